import FoundationEssentials
import Testing

@testable import BatchProgress

@Suite struct JSONReadingTests {
    static let values: [(text: String, value: JSONValue)] = [
        ("null", .null), ("true", true), (" false\n", false), ("\"\"", ""), ("[]", []), ("{}", [:]),
        ("0", 0), ("-0", 0), ("-17", -17), ("9223372036854775807", .integer(.max)),
        ("-9223372036854775808", .integer(.min)), ("9223372036854775808", .number(9_223_372_036_854_775_808)),
        ("-9223372036854775809", .number(-9_223_372_036_854_775_808)),
        ("-9.223372036854776e+18", .number(-9_223_372_036_854_775_808)),
        ("-9223372036854774784.0", .integer(-9_223_372_036_854_774_784)),
        ("2.5", 2.5), ("1.0", 1), ("1e3", 1000), ("1E+3", 1000), ("25e-1", 2.5), ("1e-400", 0),
        ("1e308", 1e308),
        (#""a\"\\\/\b\f\n\r\t""#, "a\"\\/\u{8}\u{C}\n\r\t"), (#""\u00e9\u20AC\ud83d\ude00é""#, "é€😀é"),
        ("[1, [2,[]] ,{\"a\":[null]}]", [1, [2, []], ["a": [nil]]]),
        ("\t{ \"a\" : 1 ,\r\n \"b\":{\"\":\"x\"} }", ["a": 1, "b": ["": "x"]]),
        // As Foundation has it.
        (#"{"a":1,"a":2}"#, ["a": 1]),
    ]

    @Test(arguments: values) func isRead(text: String, value: JSONValue) throws {
        #expect(try JSONValue(reading: text.utf8) == value)
        #expect(try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)) == value)
    }

    static let faults: [(text: String, fault: String)] = [
        ("", "no JSON at byte 0: no value"), (" ", "no JSON at byte 1: no value"),
        ("nul", "byte 0: no value"),
        ("True", "no value"), ("undefined", "no value"), ("NaN", "no value"), ("+1", "no value"),
        (".5", "no value"),
        ("01", "no value"), ("1.", "no number"), ("1e", "no number"), ("-", "no value"),
        ("1e999", "doesn't fit"),
        ("1 2", "byte 2: more than one value"), ("[1,]", "byte 3: no value"), ("[1", "an array is not ended"),
        ("[1 2]", "an array is not ended"), ("{", "a member has no name"), ("{a:1}", "a member has no name"),
        (#"{"a" 1}"#, "a member has no value"), (#"{"a":}"#, "no value"),
        (#"{"a":1,}"#, "a member has no name"),
        (#"{"a":1"#, "an object is not ended"), ("\"", "a string is not ended"),
        (#""\"#, "a string is not ended"),
        ("\"\n\"", "a control character"), (#""\x""#, "before what needs none"),
        (#""\u12""#, "four hexadecimal"),
        (#""\u+123""#, "four hexadecimal"), (#""\ud83d""#, "half of a character"),
        (#""\ude00""#, "half of a"),
        (#""\ud83d\u0041""#, "half of a character"), ("'a'", "no value"), ("// a\n1", "no value"),
    ]

    @Test(arguments: faults) func isNone(text: String, fault: String) {
        let error = #expect(throws: JSONValue.ReadingFault.self) { try JSONValue(reading: text.utf8) }
        #expect(error?.description.contains(fault) == true, "\(error?.description ?? "")")
    }

    @Test func bytesThatAreNoText() {
        #expect(throws: JSONValue.ReadingFault.self) { try JSONValue(reading: [0x22, 0xff, 0x22]) }
        #expect(throws: JSONValue.ReadingFault.self) {
            try JSONValue(reading: [0x22, 0x5c, 0x6e, 0xc3, 0x22])
        }
    }

    @Test(arguments: [(128, true), (129, false), (1_000_000, false)])
    func depth(levels: Int, isRead: Bool) {
        let text = String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
        #expect(((try? JSONValue(reading: text.utf8)) != nil) == isRead)
    }

    // MARK: What is too deep

    private static func nested(_ text: String, levels: Int = 200) -> String {
        let objects = levels / 2
        return String(repeating: "[", count: levels - objects) + String(repeating: "{\"]\":", count: objects)
            + text + String(repeating: "}", count: objects)
            + String(repeating: "]", count: levels - objects)
    }

    /// Down to where there is room for it, and no further; what follows is read.
    @Test(arguments: values) func whatIsTooDeepIsSkippedWhereThatIsWanted(text: String, value: JSONValue)
        throws
    {
        let read = try JSONValue(
            reading: "{\"deep\":\(Self.nested(text)),\"a\":\(text)}".utf8, tooDeep: .null)
        #expect(read["a"] == value)
        var deep = read["deep"]
        var levels = 1
        while let inner = deep?.array?.first ?? deep?["]"] {
            deep = inner
            levels += 1
        }
        #expect(deep == .null && levels == 128)
    }

    @Test(arguments: faults) func whatIsSkippedHasToBeJSON(text: String, fault: String) {
        // Which byte that is, and what follows a text that ends too early, isn't the same there.
        for text in [Self.nested(text), Self.nested("[\(text)"), Self.nested("[1,{\"a\":\(text)}]")] {
            #expect(throws: JSONValue.ReadingFault.self) { try JSONValue(reading: text.utf8, tooDeep: .null) }
        }
    }

    @Test(arguments: [
        "[[}", "{]", "[{\"a\":1]", "{\"a\":[1}", "[[],", "[,[]]", "{\"a\":{},}", "[[]1]", "{\"a\":{}\"b\":1}",
        "{\"a\":1 \"]\"", "{1:2}", "{\"a\":[]:1}", "[[]:1]", "[1", "{\"a\"",
    ])
    func bracketsThatDoNotMatchAreFoundHoweverDeep(text: String) {
        for levels in [0, 127, 128, 129, 1000] {
            let text = Self.nested(text, levels: levels)
            #expect(throws: JSONValue.ReadingFault.self) { try JSONValue(reading: text.utf8, tooDeep: .null) }
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: [true, false])
    func hundredThousandsOfLevelsAreSkippedInTime(areEnded: Bool) throws {
        let (count, opening) = (100_000, "[{\"a\":")
        let levels = String(repeating: opening, count: count) + "0"
        let text = "[\(levels)\(areEnded ? String(repeating: "}]", count: count) : ""),7]"
        if areEnded {
            #expect(try JSONValue(reading: text.utf8, tooDeep: .null).array?.last == 7)
        } else {
            #expect(throws: JSONValue.ReadingFault.self) { try JSONValue(reading: text.utf8, tooDeep: .null) }
        }
    }

    /// Decoding takes minutes for this: for each value it makes errors that hold the way to it.
    @Test(.timeLimit(.minutes(1))) func aMegabyteIsReadInTimeHoweverItIsNested() throws {
        let (opening, closing) = (String(repeating: "[", count: 120), String(repeating: "]", count: 120))
        let values = String(repeating: "0,", count: 500_000)
        let value = try JSONValue(reading: "{\"a\":\(opening)\(values)0\(closing)}".utf8)
        #expect(value["a"]?.array?.count == 1)
    }
}

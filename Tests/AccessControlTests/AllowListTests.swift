import AccessControl
import Testing
import ZeroMQ

@Suite struct AllowListTests {
    private static let ann = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
    private static let bob = "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"

    @Test func aLineLetsAKeyIn() throws {
        let list = try AllowList(
            """
            # who   key   may

            ann  \(Self.ann)  submit,watch
              bob\t\(Self.bob) work\r
            """)
        #expect(list.count == 2)
        let key = try #require(CurveKey(Self.ann))
        #expect(list[key]?.name.description == "ann" && list[key]?.roles == [.submit, .watch])
        let other = try #require(CurveKey(Self.bob))
        #expect(list[other]?.roles == [.work])
    }

    @Test(arguments: [
        ("ann", "line 1 is not a name, a public key, and roles"),
        ("\nann \(ann)", "line 2 is not a name"),
        ("ann \(ann) work watch", "line 1 is not"),
        ("a/b \(ann) work", "'a/b' is no name"),
        ("ann short work", "'short' is no public key"),
        ("ann \(ann.dropLast())~ work", "is no public key"),
        ("ann \(ann) root", "'root' is no role: they are watch, submit, work"),
        ("ann \(ann) work,", "'' is no role"),
        ("ann \(ann) work\nbob \(ann) watch", "line 2: this key has a line already"),
    ])
    func whatIsWrongIsNamedWithItsLine(_ text: String, says: String) {
        #expect { try AllowList(text) } throws: { "\($0)".contains(says) }
    }

    @Test(arguments: [
        ("ann \(ann) submit", "ann \(ann) watch", false),
        ("ann \(ann) watch", "ann \(ann) work", true),
        ("ann \(ann) watch,work", "ann \(ann) work", true),
        ("ann \(ann) watch", "", true),
        ("ann \(ann) work", "", false),
        ("", "ann \(ann) watch", false),
        ("ann \(ann) watch", "ann \(ann) watch\nbob \(bob) watch", false),
    ])
    func whoMayNotLookAnyMoreIsNoticed(before: String, after: String, takesAway: Bool) throws {
        #expect(try AllowList(before).takesAway([.watch, .submit], in: AllowList(after)) == takesAway)
    }

    /// Where a line ends with CR LF, a comment ends there as well.
    @Test func linesMayEndAsOnWindows() throws {
        let text = "# who key may\nann \(Self.ann) work\n\nbob \(Self.bob) watch\n"
        #expect(try AllowList(text.replacing("\n", with: "\r\n")) == AllowList(text))
        #expect(try AllowList(text).count == 2)
    }

    @Test func nobodyIsOnAnEmptyList() throws {
        #expect(try AllowList("").count == 0)
    }

    @Test(arguments: [
        ("ann", "ann", true), ("ann", "ann/laptop", true), ("ann", "ann/", true), ("ann", "anna", false),
        ("ann", "bob", false), ("ann", "", false), ("ann", "bob/ann", false), ("ann", "ANN", false),
    ])
    func aNameCoversWhatIsBehindIt(name: String, claim: String, covered: Bool) throws {
        let name = try #require(KeyName(name))
        #expect(name.covers(claim) == covered)
        #expect(name.covers(name.claim(claim)), "a claim is made under one's own name")
    }

    @Test(arguments: ["", "a b", "a/b", "ä", String(repeating: "a", count: 65)])
    func whatIsNoName(_ text: String) {
        #expect(KeyName(text) == nil)
    }
}

@Suite struct KeyFileTests {
    @Test func bothFilesAreReadAsTheyWereWritten() throws {
        let name = try #require(KeyName("ann"))
        let file = KeyFile(name: name, keys: .generate())
        #expect(try KeyFile(file.secretText) == file)
        let shown = try KeyFile(file.text)
        #expect(shown.publicKey == file.publicKey && shown.keys == nil)
    }

    @Test(arguments: [
        ("", "'name' is missing"), ("name a b", "line 1 is no"), ("key x", "line 1 is no"),
        ("name ann", "'public' is missing"), ("name ann\nname ann", "line 2 says 'name' again"),
        ("name ann\npublic x", "'public' is missing, or no key"),
        (
            "name ann\npublic rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7\nsecret x",
            "'secret' is not the other half"
        ),
        (
            "name a\npublic rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7\nsecret "
                + "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh7", "'secret' is not the other half"
        ),
    ])
    func whatIsWrongIsNamed(_ text: String, says: String) {
        #expect { try KeyFile(text) } throws: { "\($0)".contains(says) }
    }
}

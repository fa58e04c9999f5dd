import Glibc

/// The arguments as bytes: names of files needn't be UTF-8.
struct RawArguments: Sendable {
    /// Before the first `:::`, without the program's name.
    var words: [[UInt8]]
    /// After it; nil if there is none.
    var values: [[UInt8]]?

    static let process = RawArguments(
        UnsafeBufferPointer(start: CommandLine.unsafeArgv, count: Int(CommandLine.argc))
            .dropFirst().compactMap(\.self).map { word in
                UnsafeBufferPointer(start: word, count: strlen(word)).map(UInt8.init(bitPattern:))
            })

    init(_ arguments: [[UInt8]]) {
        let separator = Array(":::".utf8)
        let takesValues = [Array("run".utf8), Array("submit".utf8)].contains(arguments.first)
        guard takesValues, let index = arguments.firstIndex(of: separator) else {
            words = arguments
            values = nil
            return
        }
        words = Array(arguments[..<index])
        values = Array(arguments[(index + 1)...])
    }

    /// The command's words as bytes, where the parser found so many.
    func command(_ count: Int) -> [[UInt8]] { Array(words.suffix(count)) }
}

/// What a part of a command is replaced by. The meanings are those that GNU parallel documents.
enum Placeholder: Hashable, CaseIterable {
    /// `{}`: the value itself.
    case value
    /// `{.}`: without what follows the last `.` after the last `/`.
    case withoutExtension
    /// `{/}`: what follows the last `/`.
    case basename
    /// `{//}`: the folder, as dirname(1) gives it.
    case dirname
    /// `{/.}`: the basename without its extension.
    case basenameWithoutExtension
    /// `{#}`: the number of the job, from 1.
    case number

    var spelling: [UInt8] {
        switch self {
        case .value: Array("{}".utf8)
        case .withoutExtension: Array("{.}".utf8)
        case .basename: Array("{/}".utf8)
        case .dirname: Array("{//}".utf8)
        case .basenameWithoutExtension: Array("{/.}".utf8)
        case .number: Array("{#}".utf8)
        }
    }

    func text(for value: [UInt8], number: Int) -> [UInt8] {
        let path = value[...]
        return switch self {
        case .value: value
        case .withoutExtension: Array(path.withoutExtension)
        case .basename: Array(path.basename)
        case .dirname: Array(path.dirname)
        case .basenameWithoutExtension: Array(path.basename.withoutExtension)
        case .number: Array(String(number).utf8)
        }
    }
}

private let slash = UInt8(ascii: "/")

extension ArraySlice<UInt8> {
    fileprivate var withoutExtension: ArraySlice<UInt8> {
        guard let dot = basename.lastIndex(of: UInt8(ascii: ".")) else { return self }
        return self[..<dot]
    }

    fileprivate var basename: ArraySlice<UInt8> {
        guard let last = lastIndex(of: slash) else { return self }
        return self[(last + 1)...]
    }

    fileprivate var dirname: ArraySlice<UInt8> {
        let top: ArraySlice<UInt8> = first == slash ? [slash] : [UInt8(ascii: ".")]
        let named = withoutTrailingSlashes
        guard let last = named.lastIndex(of: slash) else { return top }
        let folder = named[...last].withoutTrailingSlashes
        return folder.isEmpty ? top : folder
    }

    private var withoutTrailingSlashes: ArraySlice<UInt8> {
        guard let last = lastIndex(where: { $0 != slash }) else { return [] }
        return self[...last]
    }
}

/// Where execvpe(3) looks for a program: the folders of `PATH`, in order.
package struct SearchPath {
    private let folders: [ArraySlice<UInt8>]

    package init(_ environment: [[UInt8]]) {
        let name = Array("PATH=".utf8)
        let path = environment.first { $0.starts(with: name) }?.dropFirst(name.count)
        folders = (path ?? Array("/bin:/usr/bin".utf8)[...])
            .split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    }

    /// A word with a slash is a path already. An empty folder is the working directory.
    package func candidates(for program: [UInt8]) -> [[UInt8]] {
        let slash = UInt8(ascii: "/")
        guard !program.isEmpty, !program.contains(slash) else { return [program] }
        return folders.map { $0.isEmpty ? program : $0 + [slash] + program }
    }
}

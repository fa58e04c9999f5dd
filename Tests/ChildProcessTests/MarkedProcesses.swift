import Glibc

/// The processes that carry a variable of their own in the environment, wherever they went.
struct Marker {
    let variable: [UInt8]

    init() {
        variable = bytes("CHILD_PROCESS_TEST=\(UInt64.random(in: 0...UInt64.max))-")
    }

    struct Found: Hashable {
        let pid: pid_t
        let name: String
    }

    /// All that are alive and carry the mark.
    func processes() -> Set<Found> {
        Set(allProcesses().filter(isMarked).map { Found(pid: $0, name: name(of: $0)) })
    }

    func pids(named name: String) -> Set<pid_t> {
        Set(processes().filter { $0.name == name }.map(\.pid))
    }

    private func isMarked(_ pid: pid_t) -> Bool {
        content("/proc/\(pid)/environ").split(separator: 0).contains { $0.elementsEqual(variable) }
    }

    private func name(of pid: pid_t) -> String {
        String(decoding: content("/proc/\(pid)/comm").dropLast(), as: UTF8.self)
    }
}

private func allProcesses() -> [pid_t] {
    guard let folder = opendir("/proc") else { return [] }
    defer { closedir(folder) }
    var found: [pid_t] = []
    // Not by way of `d_name`'s value: the entry may be shorter than its type says.
    let offset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 0
    while let entry = readdir(folder) {
        let name = UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CChar.self)
        if let pid = pid_t(String(cString: name)) { found.append(pid) }
    }
    return found
}

private func content(_ path: String) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return [] }
    defer { close(file) }
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while case let count = read(file, &buffer, buffer.count), count > 0 { all += buffer[..<count] }
    return all
}

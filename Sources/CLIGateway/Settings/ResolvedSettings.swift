/// What is set: by variables, or where those say nothing by the file.
package struct ResolvedSettings: Hashable, Sendable {
    package enum Origin: Hashable, Sendable {
        case variable
        case file(path: String, line: Int)
    }

    package struct Entry: Hashable, Sendable {
        package var name: String
        package var value: String
        package var origin: Origin
    }

    /// What is in order, sorted by name.
    package private(set) var entries: [Entry] = []
    /// Everything that is wrong: variables first, then the file from its top.
    package private(set) var errors: [SettingsError] = []

    private static let prefix = "TALLY_"

    /// - Parameters:
    ///   - given: variables that are no settings: those that commands of ours are given.
    package init(
        _ known: [Setting], given: Set<String>, environment: [String: String], file: SettingsFile?
    ) {
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) where name.hasPrefix(Self.prefix) {
            if !given.contains(name) { take(name, value, .variable, known) }
        }
        if let file { take(file, known) }
        entries.sort { $0.name < $1.name }
    }

    private mutating func take(_ file: SettingsFile, _ known: [Setting]) {
        if let fault = file.fault { errors.append(SettingsError("\(file.path): \(fault)")) }
        var lines: [String: Int] = [:]
        for (number, line) in file.lines.sorted(by: { $0.key < $1.key }) {
            let place = "\(file.path), line \(number)"
            switch line {
            case .malformed(let text):
                errors.append(
                    SettingsError(
                        "\(place): '\(text.prefix(60))' is no setting; one looks like: \(Self.prefix)LOG=debug"
                    ))
            case .setting(let name, let value):
                if let first = lines.updateValue(number, forKey: name) {
                    errors.append(SettingsError("\(place): \(name) is set already, in line \(first)"))
                } else {
                    take(name, value, .file(path: file.path, line: number), known)
                }
            }
        }
    }

    /// A variable that is empty is one that isn't set.
    private mutating func take(_ name: String, _ value: String, _ origin: Origin, _ known: [Setting]) {
        let place =
            switch origin {
            case .variable: ""
            case .file(let path, let line): "\(path), line \(line): "
            }
        guard let setting = known.first(where: { $0.name == name }) else {
            let names = known.map(\.name).sorted().joined(separator: ", ")
            errors.append(SettingsError("\(place)there is no setting \(name); known: \(names)"))
            return
        }
        if value.isEmpty, origin == .variable { return }
        if let fault = setting.fault(value) {
            errors.append(SettingsError(place + fault))
        } else if !entries.contains(where: { $0.name == name }) {
            entries.append(Entry(name: name, value: value, origin: origin))
        }
    }
}

/// Something that is set by a variable of the environment, or by a line of the settings file with the
/// variable's name.
package struct Setting: Sendable {
    package let name: String
    /// A sentence that says what is wrong with a value, and names the setting; nil if nothing is.
    let fault: @Sendable (String) -> String?

    package init(_ name: String, fault: @escaping @Sendable (String) -> String?) {
        self.name = name
        self.fault = fault
    }
}

/// Something is wrong with a setting: which, where, and what would be right.
package struct SettingsError: Error, Hashable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

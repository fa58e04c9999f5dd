import ZeroMQ

/// Whose keys a coordinator lets in, and as what: a line each of a name, the public key, and roles.
///
/// ```text
/// # who        key                                       may
/// ann          rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7  submit
/// builder-1    Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID  work
/// ```
///
/// A holder may have several keys, on a line each; a key has one line.
package struct AllowList: Hashable, Sendable {
    package struct Holder: Hashable, Sendable {
        package var name: KeyName
        package var roles: Set<Role>

        package init(name: KeyName, roles: Set<Role>) {
            self.name = name
            self.roles = roles
        }
    }

    package struct Fault: Error, Hashable, CustomStringConvertible {
        package let description: String

        package init(description: String) {
            self.description = description
        }
    }

    private var holders: [CurveKey: Holder] = [:]

    /// Nobody.
    package init() {}

    /// Throws what is wrong with the first line that is none of its form.
    package init(_ text: String) throws(Fault) {
        for (number, line) in text.meaningfulLines {
            let words = line.words
            guard words.count == 3 else {
                throw Fault(
                    description: "line \(number) is not a name, a public key, and roles as in submit,work")
            }
            guard let name = KeyName(words[0]) else {
                throw Fault(description: "line \(number): '\(words[0])' is no name: \(KeyName.requirement)")
            }
            guard let key = CurveKey(words[1]) else {
                throw Fault(
                    description: "line \(number): '\(words[1])' is no public key, as tally keygen prints it")
            }
            let roles: Set<Role>
            do {
                roles = try Self.roles(words[2])
            } catch {
                throw Fault(description: "line \(number): \(error)")
            }
            guard holders.updateValue(Holder(name: name, roles: roles), forKey: key) == nil else {
                throw Fault(description: "line \(number): this key has a line already")
            }
        }
    }

    /// Of words with commas between.
    package static func roles(_ text: String) throws(Fault) -> Set<Role> {
        var roles: Set<Role> = []
        for word in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let role = Role(rawValue: String(word)) else {
                let known = Role.allCases.map(\.rawValue).joined(separator: ", ")
                throw Fault(description: "'\(word)' is no role: they are \(known)")
            }
            roles.insert(role)
        }
        return roles
    }

    package subscript(key: CurveKey) -> Holder? { holders[key] }

    /// Whether somebody with one of these roles has none of them any more in the list that comes after this one.
    package func takesAway(_ roles: Set<Role>, in next: AllowList) -> Bool {
        holders.contains { key, holder in
            !holder.roles.isDisjoint(with: roles) && next.holders[key]?.roles.isDisjoint(with: roles) ?? true
        }
    }

    package var count: Int { holders.count }

    /// The line that lets this key in.
    package static func line(_ file: KeyFile, roles: String) -> String {
        "\(file.name)  \(file.publicKey)  \(roles)"
    }
}

import BatchProgress

/// Who has which power in a room.
///
/// https://spec.matrix.org/v1.19/client-server-api/#mroompower_levels
package struct PowerLevels: Hashable, Sendable {
    private let creators: Set<String>
    private let creatorsLevel: Int64
    private let users: [String: JSONValue]
    private let standard: Int64

    /// - Parameters:
    ///   - content: that of `m.room.power_levels`.
    ///   - creation: the whole event `m.room.create`.
    init(content: JSONValue?, creation: JSONValue?) {
        users = content?["users"]?.object ?? [:]
        standard = content?["users_default"].flatMap(Self.level) ?? 0
        let version = creation?["content"]?["room_version"]?.string.flatMap { Int($0) } ?? 1
        let others = creation?["content"]?["additional_creators"]?.array ?? []
        let all = ([creation?["sender"]] + others).compactMap { $0?.string }
        creators = version >= 12 || content == nil ? Set(all) : []
        creatorsLevel = version >= 12 ? .max : 100
    }

    /// Those who created a room of version 12 stand above all numbers; before that, they had 100 while the room said
    /// nothing else.
    package func level(of user: String) -> Int64 {
        creators.contains(user) ? creatorsLevel : users[user].flatMap(Self.level) ?? standard
    }

    /// Old rooms may have numbers as text.
    private static func level(_ json: JSONValue) -> Int64? {
        json.integer ?? json.string.flatMap { Int64($0) }
    }
}

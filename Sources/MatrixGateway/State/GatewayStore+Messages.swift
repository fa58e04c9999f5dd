import BatchProgress
import Foundation
import GRDB
import MatrixRoom

extension GatewayStore {
    /// The finished are kept, so that none is begun again when its batch is told of once more.
    private static let keptAfterEnd: Duration = .seconds(30 * 86_400)

    func message(_ key: MessageKey) throws(GatewayFault) -> KeptMessage? {
        try write { database in
            try String.fetchOne(
                database, sql: "SELECT kept FROM messages WHERE room = ? AND batch = ?",
                arguments: [key.room, key.batch.description]
            ).flatMap(Self.kept)
        }
    }

    /// Those about which something may be left to say.
    func unfinishedMessages() throws(GatewayFault) -> [MessageKey] {
        try write { database in
            try Row.fetchAll(database, sql: "SELECT room, batch FROM messages WHERE finished = 0").compactMap
            {
                row in
                let room: String? = row[0]
                let batch: String? = row[1]
                guard let room, let batch = batch.flatMap({ BatchID($0) }) else { return nil }
                return MessageKey(room: room, batch: batch)
            }
        }
    }

    func save(_ kept: KeptMessage, of key: MessageKey, bucket: TokenBucket, at now: Timestamp)
        throws(GatewayFault)
    {
        let isFinished = kept.isFinished || kept.isLeftAlone
        try write { database in
            try database.execute(
                sql: "INSERT OR REPLACE INTO messages VALUES (?, ?, ?, ?, ?)",
                arguments: [
                    key.room, key.batch.description, isFinished, Self.text(kept), now.microseconds,
                ])
            try database.setFact(.bucket, to: bucket)
        }
    }

    func remove(_ key: MessageKey) throws(GatewayFault) {
        try write {
            try $0.execute(
                sql: "DELETE FROM messages WHERE room = ? AND batch = ?",
                arguments: [key.room, key.batch.description])
        }
    }

    func removeMessages(in room: String) throws(GatewayFault) {
        try write { try $0.execute(sql: "DELETE FROM messages WHERE room = ?", arguments: [room]) }
    }

    func sweep(at now: Timestamp) throws(GatewayFault) {
        let oldest = now + (.zero - Self.keptAfterEnd)
        try write {
            try $0.execute(
                sql: "DELETE FROM messages WHERE finished = 1 AND touched < ?",
                arguments: [oldest.microseconds])
        }
    }

    private static func kept(_ text: String) -> KeptMessage? {
        try? JSONDecoder().decode(KeptMessage.self, from: Data(text.utf8))
    }
}

extension GatewayStore {
    /// What was asked in the rooms up to here is done, and answered by these.
    func save(since: String, answers: [RoomAnswer]) throws(GatewayFault) {
        try write { database in
            try database.setFact(.since, to: since)
            for answer in answers {
                try database.execute(
                    sql: "INSERT OR REPLACE INTO answers VALUES (?, ?)",
                    arguments: [answer.command, Self.text(answer)])
            }
        }
    }

    func answers() throws(GatewayFault) -> [RoomAnswer] {
        try write { database in
            try String.fetchAll(database, sql: "SELECT answer FROM answers").compactMap {
                try? JSONDecoder().decode(RoomAnswer.self, from: Data($0.utf8))
            }
        }
    }

    func removeAnswer(to command: String) throws(GatewayFault) {
        try write { try $0.execute(sql: "DELETE FROM answers WHERE command = ?", arguments: [command]) }
    }
}

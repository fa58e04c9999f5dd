import BatchProgress
import MatrixRoom
import Testing

@Suite struct CommandTests {
    private static let id = BatchID(known: "k3x9")

    @Test(
        arguments: [
            ("!tally", .help), ("!tally help", .help), ("  !Tally   LIST ", .list),
            ("!tally status", .status(nil)),
            ("!tally status k3x9", .status(id)), ("!tally watch k3x9", .watch(id)),
            ("!tally cancel k3x9", .cancel(id)), ("!tally pause k3x9", .pause(id)),
            ("!tally resume\tk3x9", .resume(id)), ("!tally retry k3x9\nsecond line", .retry(id)),
            ("> <@a:b> quoted\n> !tally cancel other\n\n!tally pause k3x9", .pause(id)),
        ] as [(String, RoomCommand)])
    func `commands`(body: String, command: RoomCommand) {
        #expect(RoomCommand.parse(body) == .success(command))
    }

    @Test(arguments: ["", "hello", "tally list", "!tallyho", "say !tally list", "\n", "> !tally list"])
    func `what isn't addressed to us`(body: String) {
        #expect(RoomCommand.parse(body) == nil)
    }

    @Test(arguments: [
        ("!tally cancel", "'cancel' takes one batch's id: !tally cancel ID"),
        ("!tally cancel a b", "'cancel' takes one batch's id: !tally cancel ID"),
        ("!tally list all", "'list' takes nothing more"),
        ("!tally explode", "'explode' is no command; see: !tally help"),
        ("!tally @room", "'@\u{2060}room' is no command; see: !tally help"),
        ("!tally pause -x", "'-x' is no batch's id, which is \(BatchID.requirement)"),
    ])
    func `faults say what would be right`(body: String, fault: String) throws {
        let result = try #require(RoomCommand.parse(body))
        #expect(throws: RoomCommand.Fault.self) { try result.get() }
        if case .failure(let error) = result { #expect(error.description == fault) }
    }

    @Test(
        arguments: [
            (CommandPermission(users: [.alice]), MatrixUserID.alice, nil, true),
            (CommandPermission(users: [.alice]), .bob, 100, false),
            (CommandPermission(powerLevel: 50), .bob, 50, true),
            (CommandPermission(powerLevel: 50), .bob, 49, false),
            (CommandPermission(powerLevel: 50), .bob, nil, false),
            (CommandPermission(users: [.alice], powerLevel: 50), .bob, .max, true),
            (CommandPermission(), .alice, .max, false),
        ] as [(CommandPermission, MatrixUserID, Int64?, Bool)])
    func `who may change batches`(
        permission: CommandPermission, sender: MatrixUserID, power: Int64?, isAllowed: Bool
    ) {
        #expect((permission.refusal(of: sender, power: power) == nil) == isAllowed)
    }

    @Test(arguments: [
        ("@alice:example.org", true), ("@a:b", true), ("alice", false), ("@alice", false), ("@alice:", false),
        ("@al ice:b", false), ("@a\":b", false), ("#room:b", false),
    ])
    func `users`(text: String, isUser: Bool) {
        #expect((MatrixUserID(text) != nil) == isUser)
    }

    @Test func `a list names batches, and how many more there are`() {
        let events = (0..<25).map { event("b\($0)", label: $0 == 0 ? "first" : nil, done: $0) }
        let lines = RenderedMessage(listing: events, under: "25 batches run").body.split(separator: "\n")
        #expect(lines.count == 22)
        #expect(lines[1] == "🔄 first: 0%, 0 of 100 finished, batch b0")
        #expect(lines[2] == "🔄 batch b1: 1%, 1 of 100 finished")
        #expect(lines[21] == "and 5 more")
    }
}

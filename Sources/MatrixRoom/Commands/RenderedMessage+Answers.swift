import BatchProgress

extension RenderedMessage {
    private static let mostListed = 20

    package static let help: RenderedMessage = {
        var message = RenderedMessage()
        let lines = [
            ("status [ID]", "how a batch stands, or all that run"), ("list", "batches, the newest first"),
            ("watch ID", "shows a batch here, and tells you when it has ended"),
            ("pause ID, resume ID", "starts nothing more of a batch; goes on with it"),
            ("cancel ID", "ends a batch"), ("retry ID", "makes a new batch of the operations that failed"),
        ]
        message.add("What can be asked here:")
        for (command, meaning) in lines {
            message.breakLine()
            message.add("\(RoomCommand.name) \(command)", .code)
            message.add(" – \(meaning)")
        }
        return message
    }()

    /// One sentence of ours; what came from outside has to be safe already.
    package init(saying sentence: String) {
        self.init()
        add(sentence)
    }

    /// - Parameter heading: what they are, such as `3 batches run`.
    package init(listing events: [BatchProgressEvent], under heading: String) {
        self.init()
        add(heading)
        for event in events.prefix(Self.mostListed) {
            breakLine()
            if addHeadline(event) { add(", batch \(event.batchId)") }
        }
        if events.count > Self.mostListed {
            breakLine()
            add("and \(HumanText.count(events.count - Self.mostListed)) more")
        }
    }
}

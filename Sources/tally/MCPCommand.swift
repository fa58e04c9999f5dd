import ArgumentParser
import BatchClient
import CLIGateway
import Glibc
import HTTPGateway
import Logging
import MCPGateway
import Observability

struct MCPCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mcp",
        abstract: "Serve batches to AI assistants (MCP), and to anybody over HTTP.",
        discussion: """
              tally mcp
              claude mcp add --transport http tally http://127.0.0.1:5580/mcp
              curl -N http://127.0.0.1:5580/batches/k3x9mq2wpd/events

            It tells how batches stand, and changes nothing unless allowed to. Who reaches it from another machine, \
            or changes something, shows a token, which is set by TALLY_MCP_TOKEN or the file that \
            TALLY_MCP_TOKEN_FILE names. SIGTERM or Ctrl-C ends it.
            """)

    @Option(
        name: [.customLong("listen"), .customLong("http")],
        help: ArgumentHelp("Where to listen. Port 0: any that is free.", valueName: "host:port"))
    var listen = "127.0.0.1:5580"

    @Flag(
        help: "MCP on standard input and output, for an assistant that starts this program; nothing listens.")
    var stdio = false

    @Option(
        name: .customLong("allow-host"),
        help: ArgumentHelp(
            "A name by which clients reach it, besides this machine's own; may be given again.",
            valueName: "name"))
    var allowedHosts: [String] = []

    @Option(
        name: .customLong("allow-submit"),
        help: ArgumentHelp(
            "Types of operations that may be submitted, such as thumbnail,upper. 'command' lets whoever has the token run commands on the workers.",
            valueName: "types"))
    var submittedTypes: String?

    @Flag(help: "Let batches be cancelled, paused, resumed and retried.")
    var allowControl = false

    @OptionGroup var coordinator: CoordinatorOption

    func run() async throws {
        let outcome = try await untilInterrupted {
            stdio ? try await serveStandardStreams() : try await listen()
        }
        // What is started by an assistant says nothing that it isn't asked.
        if !stdio { log.info("ended") }
        // Being told to end is how it ends.
        if case .interrupted = outcome { throw CLIGateway.ExitCode.allCompleted }
    }

    private var log: Logger { Settings.logger("tally.mcp") }

    private func listen() async throws {
        let types = try allowedTypes
        let configuration = try server(changing: !types.isEmpty || allowControl)
        raiseFileLimit()
        let status = ProcessStatus { ["no coordinator has answered yet"] }
        let probes = Probes(status)
        let waiting = WaitingServer(configuration, probes: probes.routes(), log: log)
        try await coordinator.connectOnceThere(log: log, waiting: waiting.start) { client in
            await waiting.stop()
            let streams = OpenStreams()
            status.answer(lacking: { await client.lack.map { [$0] } ?? [] })
            let http = HTTPRoutes(
                client: client, streams: streams, submitting: types, configuration: configuration)
            let mcp = MCPEndpoint(try desk(client), streams: streams, limits: configuration.limits)
            let server = HTTPServer(
                configuration, streams: streams, log: log,
                routes: [http.addRoutes, mcp.addRoutes, probes.routes(streams: streams).addRoutes])
            try await server.run()
        }
    }

    private func serveStandardStreams() async throws {
        try await coordinator.connect { client in
            await StdioServer(try desk(client)).serve(reading: STDIN_FILENO) { line in
                _ = Descriptor.standardOutput.write(line)
            }
        }
    }

    private func desk(_ client: BatchConnection) throws -> MCPDesk {
        let permissions = MCPPermissions(control: allowControl, submitTypes: try allowedTypes.sorted())
        return MCPDesk(client, permissions: permissions, version: Tally.version)
    }

    private func server(changing: Bool) throws -> HTTPServerConfiguration {
        let token = try AccessToken.setting()
        if changing, token == nil {
            throw UsageError(
                "--allow-submit and --allow-control need a token: put one into TALLY_MCP_TOKEN, or into a file that "
                    + "TALLY_MCP_TOKEN_FILE names")
        }
        let (host, port) = try hostAndPort(listen, from: "--listen", example: "127.0.0.1:5580")
        return try HTTPServerConfiguration(
            host: host, port: port, accessToken: token, allowedHosts: allowedHosts)
    }

    private var allowedTypes: Set<String> {
        get throws {
            let types = submittedTypes?.split(separator: ",", omittingEmptySubsequences: false).map(
                String.init)
            for type in types ?? [] where BatchID(type) == nil {
                throw UsageError("--allow-submit: '\(type)' is no type: \(BatchID.requirement)")
            }
            return Set(types ?? [])
        }
    }
}

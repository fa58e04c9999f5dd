import Glibc
import Testing
import ZeroMQ

@Suite struct EndpointTests {
    @Test(arguments: [
        ("tcp://127.0.0.1:99999", "not a valid endpoint or setting"),
        ("tcp://192.0.2.1:5550", "not an address of this machine"),
        ("tcp://nosuchinterface0:5550", "not an address or network interface of this machine"),
        ("carrier-pigeon://loft", "unknown transport"),
        ("loft", "not a valid endpoint or setting"),
        ("ipc:///nowhere/at/all/socket", "no such folder"),
        ("ipc:///tmp/" + String(repeating: "x", count: 103), "path is longer than 107 bytes"),
    ])
    func aBindThatFailsSaysWhy(endpoint: String, meaning: String) async throws {
        try await withLoop { loop in
            let peer = try Peer(.router, on: loop)
            let error = await #expect(throws: ZeroMQError.self) { try await peer.bind(endpoint) }
            #expect(error?.description == "bind \(endpoint): \(meaning)")
        }
    }

    @Test func anEndpointInUseIsNamed() async throws {
        try await withLoop { loop in
            let (first, second) = (try Peer(.pull, on: loop), try Peer(.pull, on: loop))
            let endpoint = try await first.bind()
            let error = await #expect(throws: ZeroMQError.self) { try await second.bind(endpoint) }
            #expect(error?.description == "bind \(endpoint): address already in use")
            await first.close()
        }
    }

    @Test func theSocketFileOfADeadProcessIsReplaced() async throws {
        try await withSocketFolder { folder in
            let endpoint = "ipc://\(folder)/socket"
            await #expect(processExitsWith: .signal(SIGKILL)) { [endpoint = endpoint as String] in
                let peer = try Peer(.pull, on: try SocketLoop(name: "doomed"))
                try await peer.bind(endpoint)
                kill(getpid(), SIGKILL)
            }
            var status = stat()
            try #require(lstat("\(folder)/socket", &status) == 0, "it left its file")
            try await expectUsable(endpoint)
        }
    }

    @Test func theSocketOfALivingProcessIsNotTakenOver() async throws {
        try await withSocketFolder { folder in
            try await withLoop { loop in
                let endpoint = "ipc://\(folder)/socket"
                let living = try Peer(.pull, on: loop)
                try await living.bind(endpoint)
                await living.listen()
                await #expect(processExitsWith: .exitCode(EADDRINUSE)) { [endpoint = endpoint as String] in
                    let thief = try Peer(.pull, on: try SocketLoop(name: "thief"))
                    do { try await thief.bind(endpoint) } catch { exit((error as? ZeroMQError)?.code ?? 1) }
                }
                let push = try Peer(.push, on: loop)
                try await push.connect(endpoint)
                try await push.send(bytes("still here"))
                #expect(try await living.received.next() == .message([bytes("still here")]))
            }
        }
    }

    @Test func aFileThatIsNoSocketIsLeftAlone() async throws {
        try await withSocketFolder { folder in
            try await withLoop { loop in
                close(open("\(folder)/precious", O_CREAT | O_WRONLY, 0o600))
                let peer = try Peer(.pull, on: loop)
                let endpoint = "ipc://\(folder)/precious"
                let error = await #expect(throws: ZeroMQError.self) { try await peer.bind(endpoint) }
                #expect(error?.meaning == "a file that is not a socket is in the way")
                #expect(access("\(folder)/precious", F_OK) == 0)
            }
        }
    }

    @Test func aClosedSocketLeavesNoFileAndNoneOfOthersIsTaken() async throws {
        try await withSocketFolder { folder in
            try await withLoop { loop in
                let endpoint = "ipc://\(folder)/socket"
                let first = try Peer(.pull, on: loop)
                try await first.bind(endpoint)
                #expect(access("\(folder)/socket", F_OK) == 0)
                await first.close()
                #expect(access("\(folder)/socket", F_OK) != 0)

                let second = try Peer(.pull, on: loop)
                try await second.bind(endpoint)
                unlink("\(folder)/socket")
                close(open("\(folder)/socket", O_CREAT | O_WRONLY, 0o600))
                await second.close()
                #expect(access("\(folder)/socket", F_OK) == 0)
            }
        }
    }

    @Test func whatAProcessStillHadToSendArrivesIfItFinishes() async throws {
        try await withLoop { loop in
            let pull = try Peer(.pull, on: loop)
            let endpoint = try await pull.bind()
            await pull.listen()
            await #expect(processExitsWith: .success) { [endpoint = endpoint as String] in
                let push = try Peer(.push, on: try SocketLoop(name: "leaving"))
                try await push.connect(endpoint)
                _ = try await push.fill(upTo: 500)
                guard !ZeroMQContext.finish() else { exit(1) }  // a socket is open
                await push.close()
                guard ZeroMQContext.finish() else { exit(2) }
                guard (try? Socket(.push, loop: SocketLoop(name: "late"))) == nil else { exit(3) }
            }
            #expect(try await pull.received.next(500).count == 500)
        }
    }

    @Test func theVersionIsTheLibrarys() {
        #expect(ZeroMQContext.version.hasPrefix("4."))
    }

    private func expectUsable(_ endpoint: String) async throws {
        try await withLoop { loop in
            let (pull, push) = (try Peer(.pull, on: loop), try Peer(.push, on: loop))
            try await pull.bind(endpoint)
            await pull.listen()
            try await push.connect(endpoint)
            try await push.send(bytes("alive"))
            #expect(try await pull.received.next() == .message([bytes("alive")]))
        }
    }
}

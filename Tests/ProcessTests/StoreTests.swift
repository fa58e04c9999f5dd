import Glibc
import ProcessTesting
import Testing

extension Processes {
    /// A store that can't be used is said to be so, and left as it is.
    @Suite struct Stores {
        enum Damage: CaseIterable {
            case noise, text, pages, newer
        }

        @Test(arguments: Damage.allCases) func isRefusedInWords(_ damage: Damage) async throws {
            try await withHome { home in
                let store = "\(home.state)/coordinator.sqlite"
                try await makeStore(home)
                let bad = spoil(Files.read(store), damage)
                try Files.write(bad, to: store)

                let finished = try await home.run("coordinator")
                #expect(finished.ending == .exited(1), "\(finished.error)")
                #expect(finished.error.contains(store), "\(finished.error)")
                let says = damage == .newer ? "later version of Tally (schema 99" : "damaged"
                #expect(finished.error.contains(says), "\(finished.error)")
                #expect(Files.read(store) == bad)
                // And who would have started one is told why there is none.
                let run = try await home.run("run", "true", ":::", "a")
                #expect(run.ending == .exited(4), "\(run.error)")
                #expect(run.error.contains(says), "\(run.error)")
            }
        }

        /// One with batches in it, all of it in the file itself.
        private func makeStore(_ home: Home) async throws {
            let coordinator = try await home.coordinator()
            for number in 0..<20 {
                try await home.submit("b\(number)", [String](repeating: Line.noOp, count: 20))
            }
            coordinator.signal(SIGTERM)
            #expect(try await coordinator.end() == .exited(0))
            for ending in ["-wal", "-shm"] {
                #expect(!Files.exists("\(home.state)/coordinator.sqlite\(ending)"))
            }
        }

        private func spoil(_ content: [UInt8], _ damage: Damage) -> [UInt8] {
            switch damage {
            case .noise: return (0..<8192).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 13) }
            case .text: return bytes("dear diary\n")
            case .pages:
                // The first page says what is in the others.
                return Array(content.prefix(4096)) + [UInt8](repeating: 0xa5, count: content.count - 4096)
            case .newer:
                var content = content
                // SQLite's user_version: https://www.sqlite.org/fileformat.html#user_version_number
                content.replaceSubrange(60..<64, with: [0, 0, 0, 99])
                return content
            }
        }

        @Test func oneInUseIsLeftToWhoHasIt() async throws {
            try await withCoordinator { home, coordinator in
                let closes = "\(home.path)/closes"
                let second = try home.start(
                    "coordinator", "--bind", "ipc://\(home.path)/control",
                    under: ["/usr/bin/strace", "-f", "-e", "trace=close", "-o", closes])
                #expect(try await second.end() == .exited(1))
                #expect(
                    second.errorText.contains("in use by process \(coordinator.pid)"), "\(second.errorText)")
                // What is closed twice is somebody else's the second time.
                #expect(Files.lines(closes).filter { $0.contains("EBADF") } == [])
                #expect(Files.lines(closes).contains { $0.contains("close(") })
                let third = try await home.run("coordinator", "--store", "\(home.path)/other.sqlite")
                #expect(third.ending == .exited(1))
                #expect(third.error.contains("address already in use"), "\(third.error)")
                #expect(try await home.run("status").ending == .exited(0))
            }
        }
    }
}

import ProcessTesting
import Testing

extension RealProgram {
    /// What GNU parallel's manual shows, side by side with it.
    @Suite struct GNUParallel {
        @Test func `twenty examples at least`() { #expect(Example.all.count >= 20) }

        @Test(arguments: Example.all) func `tally run does the same`(_ example: Example) async throws {
            let home = try #require(Worlds.current?.user)
            let theirs = try await example.result(of: example.parallel, in: home)
            let ours = try await example.result(of: example.tally, in: home)
            #expect(ours == theirs, "\(example.parallel)\n\(example.tally)")
        }
    }
}

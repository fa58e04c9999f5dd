import ProcessTesting
import Testing

/// On a machine whose name server doesn't answer: a network of its own, in which questions go nowhere.
@Suite struct NameServerTests {
    private static let script = """
        PATH=$PATH:/usr/sbin:/sbin
        ip link add here type veth peer name nowhere
        ip address add 10.255.254.1/24 dev here
        for name in lo here nowhere; do ip link set dev $name up; done
        ip neighbour add 10.255.254.53 lladdr 02:00:00:00:00:01 dev here nud permanent
        echo nameserver 10.255.254.53 >resolv.conf
        mount --bind resolv.conf /etc/resolv.conf
        exec "$@"
        """

    /// Looking up a name takes half a minute then, and libzmq can't be kept from that.
    @Test func aNameThatCannotBeLookedUpHoldsUpNoEnd() async throws {
        try await withHome { home in
            let list = try home.start(
                "list", environment: ["TALLY_COORDINATOR=tcp://coordinator.example:5550"],
                under: ["/usr/bin/unshare", "--net", "--mount", "/bin/bash", "-euc", Self.script, "-"])
            #expect(try await list.end(within: .seconds(20)) == .exited(4), "\(list.errorText)")
            #expect(list.errorText.contains("no coordinator answers at tcp://coordinator.example:5550"))
        }
    }
}

import BatchProgress
import Testing

@testable import BatchProtocol

@Suite struct CoordinatorAddressesTests {
    static let addresses: [(control: String, others: [String])] = [
        (
            "ipc:///run/user/1000/tally/control",
            ["events", "dispatch", "completions"].map { "ipc:///run/user/1000/tally/\($0)" }
        ),
        ("ipc://run/control", ["events", "dispatch", "completions"].map { "ipc://run/\($0)" }),
        ("ipc:///a b/control", ["events", "dispatch", "completions"].map { "ipc:///a b/\($0)" }),
        ("tcp://127.0.0.1:5550", [5551, 5552, 5553].map { "tcp://127.0.0.1:\($0)" }),
        ("tcp://build.example.org:1", [2, 3, 4].map { "tcp://build.example.org:\($0)" }),
        ("tcp://[::1]:65532", [65533, 65534, 65535].map { "tcp://[::1]:\($0)" }),
        ("tcp://*:5550", [5551, 5552, 5553].map { "tcp://*:\($0)" }),
    ]

    @Test(arguments: addresses)
    func followFromControl(control: String, others: [String]) throws {
        let addresses = try CoordinatorAddresses(control: control)
        #expect(addresses.control == control)
        #expect([addresses.events, addresses.dispatch, addresses.completions] == others)
        #expect(addresses.isTCP == control.hasPrefix("tcp"))
        #expect(try CoordinatorAddress(control).checked() == CoordinatorAddress(control))
    }

    @Test(arguments: [
        "", "control", "ipc://", "ipc://control", "tcp://", "tcp://host", "tcp://host:", "tcp://host:0",
        "tcp://host:65533", "tcp://host:-1", "tcp://host:+5550", "tcp://host:5550/", "tcp://host:http",
        "tcp://:5550", "http://host:5550", "inproc://control", "TCP://host:5550",
        "tcp://host:99999999999999999999",
    ])
    func nothingElseIsOne(control: String) {
        let message = "'\(control)' is no coordinator's address: ipc:///FOLDER/control or tcp://HOST:PORT"
        #expect(throws: WireError(.malformed, message)) { try CoordinatorAddresses(control: control) }
        #expect(throws: WireError.self) { try CoordinatorAddress(control).checked() }
    }

    @Test(arguments: [
        ("tcp://0.0.0.0:5551", "tcp://build:5550", "tcp://build:5551"),
        ("tcp://*:5551", "tcp://10.0.0.7:5550", "tcp://10.0.0.7:5551"),
        ("tcp://[::]:5551", "tcp://[fe80::1]:5550", "tcp://[fe80::1]:5551"),
        // Through something that passes connections on.
        ("tcp://10.0.0.7:5551", "tcp://localhost:5550", "tcp://localhost:5551"),
        ("ipc:///run/tally/events", "ipc:///run/tally/control", "ipc:///run/tally/events"),
    ])
    func asReachedFromHere(endpoint: String, control: String, reached: String) {
        #expect(CoordinatorAddresses.reachable(endpoint, via: control) == reached)
    }
}

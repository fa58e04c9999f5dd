extension Contract {
    static let settings = [
        Sentence(
            "flags over `TALLY_…` variables",
            Row(
                "a variable", "workers", env: ["TALLY_COORDINATOR=ipc:///nowhere/control"], in: .fleet,
                code: 4, err: .says("ipc:///nowhere/control")),
            Row(
                "a flag over it",
                "$ tally workers --coordinator \"ipc://$TALLY_STATE/run/control\" | grep -c '^w '",
                env: ["TALLY_COORDINATOR=ipc:///nowhere/control"], in: .fleet, out: "1\n"),
            Row(
                "an empty variable is none", "$ tally workers | grep -c '^w '", env: ["TALLY_COORDINATOR="],
                in: .fleet, out: "1\n")
        ),
        Sentence(
            "each checked at start-up, with the name of what is wrong",
            Row(
                "an address", "status", env: ["TALLY_COORDINATOR=nonsense"], in: .own, code: 2,
                err: .says("TALLY_COORDINATOR", "nonsense")),
            Row(
                "a flag's address", "status --coordinator http://x", in: .own, code: 2,
                err: .says("--coordinator", "http://x")),
            Row(
                "a level", "worker", env: ["TALLY_LOG=loud"], in: .own, code: 2,
                err: .says("TALLY_LOG is one of trace, ", "'loud'")),
            Row(
                "a folder", "run true ::: a", env: ["TALLY_STATE=/dev/null"], in: .own, code: 2,
                err: .says("TALLY_STATE", "/dev/null")),
            Row("a time", "watch --poll-interval 0s", in: .own, code: 2, err: .says("--poll-interval"))
        ),
        Sentence(
            "an unknown one is an error",
            Row(
                "a variable", "run true ::: a", env: ["TALLY_JOSB=3"], in: .own, code: 2,
                err: .says("there is no setting TALLY_JOSB", "TALLY_COORDINATOR")),
            Row("a flag", "status --fast", in: .own, code: 2, err: .says("--fast"))
        ),
        Sentence(
            "Secrets come from a file or a variable, never a flag",
            Row(
                "no flag for one",
                "$ for c in run submit watch coordinator worker; do tally $c --help; done | grep -icE -- '--(key|secret|token|password)[^-]' || true",
                in: .own, out: "0\n")
        ),
    ]
}

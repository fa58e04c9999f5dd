extension Contract {
    static let attending = [
        Sentence(
            "`submit`: `--wait` follows and mirrors the exit code",
            Row(
                "completed", "submit --wait --id waited --type command 'sleep 0.2; : {}' ::: 1 2", in: .fleet,
                out: "waited\n", err: .says("sleep: 2 completed in ")),
            Row(
                "failed", "submit --wait --id waited-1 --type command 'test {} = 1' ::: 1 2", in: .fleet,
                code: 1,
                out: "waited-1\n", err: .says("1 of 2 failed", "tally logs waited-1 --failed")),
            Row(
                "operations", "submit --wait --id waited-2", input: "{\"type\": \"no-op\"}\n", in: .fleet,
                out: "waited-2\n")
        ),
        Sentence(
            "`wait ID`: the same without a view",
            Row(
                "completed", "wait waited-for",
                given: ["tally submit --id waited-for --type command 'sleep 0.5; : {}' ::: 1 2"], in: .fleet,
                err: ""),
            Row(
                "failed", "wait waited-for-1",
                given: ["tally submit --id waited-for-1 --type command false ::: 1"], in: .fleet, code: 1,
                err: ""),
            Row(
                "cancelled", "wait waited-for-2",
                given: [
                    "tally submit --id waited-for-2 --type command 'sleep 60; : {}' ::: 1; tally cancel waited-for-2"
                ], in: .fleet, code: 3, err: ""),
            Row(
                "interrupted; the batch goes on",
                "$ timeout --preserve-status -s INT 1 tally wait waited-for-3 || echo $?; tally wait waited-for-3 && echo done",
                given: ["tally submit --id waited-for-3 --type command 'sleep 3; : {}' ::: 1"], in: .fleet,
                out: "130\ndone\n"),
            Row(
                "one that isn't there", "wait there-is-none", in: .fleet, code: 2,
                err: .says("there is no batch 'there-is-none'"))
        ),
        Sentence(
            "`run`: `--private` (counts only leave the coordinator)",
            Row(
                "no label in the list", "$ tally run --private --label secret 'tally list; : {}' ::: hidden",
                out: .saysNot("secret")),
            Row(
                "its output is whole", "run --private --jobs 1 'echo {}' ::: a b", out: "a\nb\n")
        ),
        Sentence(
            "and reruns what was running only with `--rerun-lost`",
            Row(
                "once more, when asked for",
                """
                $ set -m
                tally run --jobs 1 'echo {} >>begun; test -e go || sleep 60' ::: 1 2 3 &
                until [ -e begun ]; do sleep 0.05; done
                kill -KILL $!; touch go
                until tally status | grep -q paused; do sleep 0.2; done
                tally run --jobs 1 --resume "$(tally status | awk 'NR == 2 { print $1 }')" --rerun-lost
                sort begun
                """, in: .own, out: "1\n1\n2\n3\n", leaves: ["begun": .anything, "go": ""]),
            Row(
                "without --resume", "run --rerun-lost true ::: a", in: .own, code: 2,
                err: "tally: --rerun-lost goes with --resume ID: say which batch\n")
        ),
        Sentence(
            "`doctor`: what is wrong with this set-up, and what to do",
            Row("all is well", "doctor", in: .fleet, out: .anything),
            Row(
                "no coordinator where one was named", "doctor --coordinator ipc:///nowhere/control", in: .own,
                code: 1,
                out: .says("ipc:///nowhere/control"))
        ),
        Sentence(
            "Settings: flags over `TALLY_…` variables over a file",
            Row(
                "the file", "workers",
                given: [
                    "mkdir -p \"$HOME/.config/tally\"; echo 'TALLY_COORDINATOR=ipc:///nowhere/control' >\"$HOME/.config/tally/settings\""
                ], env: ["XDG_CONFIG_HOME="],
                in: .own, code: 4, err: .says("ipc:///nowhere/control")),
            Row(
                "a variable over the file", "workers",
                given: [
                    "mkdir -p \"$HOME/.config/tally\"; echo 'TALLY_COORDINATOR=ipc:///nowhere/control' >\"$HOME/.config/tally/settings\""
                ], env: ["TALLY_COORDINATOR=ipc:///elsewhere/control"],
                in: .own, code: 4, err: .says("ipc:///elsewhere/control")),
            Row(
                "an unknown one in the file", "list",
                given: [
                    "mkdir -p \"$HOME/.config/tally\"; echo 'TALLY_SPEED=9' >\"$HOME/.config/tally/settings\""
                ],
                in: .own, code: 2, err: .says("TALLY_SPEED", "settings"))
        ),
        Sentence(
            "completions that complete batch ids",
            Row(
                "bash", "$ tally --generate-completion-script bash | bash -n && echo fine", in: .own,
                out: "fine\n")
        ),
    ]
}

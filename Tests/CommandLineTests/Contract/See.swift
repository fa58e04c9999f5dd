/// Batches of the fleet that ended each in its way.
private func batch(_ id: String, _ command: String, _ values: String) -> String {
    "tally submit --id \(id) --label \(id) --type command '\(command)' ::: \(values); tally watch \(id) || true"
}

extension Contract {
    static let see = [
        Sentence(
            "`watch [ID]`: live until the end (all: until detached); mirrors the exit code of ID",
            Row(
                "it completed", "watch watched", given: [batch("watched", "sleep 0.2; : {}", "1 2")],
                in: .fleet,
                out: .says("watched: 2 completed in ")),
            Row(
                "while it goes on",
                "$ tally submit --id going --type command 'sleep 0.5; : {}' ::: 1 2 3 4; tally watch going",
                in: .fleet, out: .says("going\n", "4 completed in ", " (50%)")),
            Row(
                "some failed", "watch broken", given: [batch("broken", "test {} = 1", "1 2")], in: .fleet,
                code: 1,
                out: .says("broken: 1 of 2 failed in ", "tally logs broken --failed", "tally retry broken")),
            Row(
                "it was cancelled", "watch stopped",
                given: [
                    "tally submit --id stopped --type command 'sleep 60; : {}' ::: 1 2; tally cancel stopped"
                ],
                in: .fleet, code: 3, out: .says("sleep: cancelled, 0 of 2 completed")),
            Row(
                "no worker takes it",
                """
                $ tally coordinator 2>said & until tally list >/dev/null 2>&1; do sleep 0.1; done
                echo '{"type": "knit"}' | tally submit --id scarf
                timeout --preserve-status -s INT 3 tally watch scarf || echo $?
                """, in: .own,
                out: .both(
                    .says("scarf: no worker takes operations of type knit\n"), .says("130\n")),
                leaves: ["said": .anything]),
            Row(
                "all: until Ctrl-C", "$ timeout --preserve-status -s INT 2 tally watch || echo $?",
                in: .fleet,
                out: .says("130\n")),
            Row(
                "one that isn't there", "watch there-is-none", in: .fleet, code: 2,
                err: "tally: there is no batch 'there-is-none'\n")
        ),
        Sentence(
            "`status [ID]`, `list`, `workers`: one look; exit 0 when answered",
            Row(
                "status of one that failed", "status looked-at",
                given: [batch("looked-at", "echo no; exit 3; : {}", "a")],
                in: .fleet,
                out: """
                    looked-at  (looked-at)
                      status     failed
                      finished   1 of 1: 0 completed, 1 failed, 0 cancelled
                    …
                      failed     a: …exit 3…

                    """),
            Row(
                "status of a run that was stopped says how to go on",
                """
                $ tally run --halt now --label x --jobs 1 false ::: a b 2>said || true
                tally status "$(tally list | awk 'NR == 2 { print $1 }')" | grep -e paused -e waiting
                """, in: .own,
                out: "  status     paused\n  paused     go on with: tally run --resume …\n",
                leaves: ["said": .anything]),
            Row("status of all", "status", in: .own, code: 4, err: .says("no coordinator answers at ipc://")),
            Row(
                "list, with those that ended",
                "$ tally list | awk '$1 == \"listed\" { print $2, $3, $4, $5, $6 }'",
                given: [batch("listed", "true", "1 2 3")], in: .fleet, out: "completed 3 0 3 listed\n"),
            Row(
                "list's heading", "$ tally list | head -n 1", in: .fleet,
                out: "ID …  STATUS …  FINISHED  FAILED  TOTAL  LABEL\n"),
            Row(
                "workers", "$ tally workers | awk 'NR == 1 || $1 == \"w\" { print $1, $3, $5 }'", in: .fleet,
                out: "NAME SLOTS FOR\nw 2 all\n"),
            Row(
                "status of none", "status there-is-none", in: .fleet, code: 2,
                err: "tally: there is no batch 'there-is-none'\n")
        ),
        Sentence(
            "`--json`",
            Row(
                "status",
                "$ tally status --json as-json | python3 -c 'import json, sys; e = json.load(sys.stdin)[\"event\"]; print(e[\"status\"], e[\"completedOperations\"])'",
                given: [batch("as-json", "true", "1 2")], in: .fleet, out: "completed 2\n"),
            Row(
                "list, a line each",
                "$ tally list --json | python3 -c 'import json, sys; print(all(\"event\" in json.loads(l) for l in sys.stdin))'",
                in: .fleet, out: "True\n"),
            Row(
                "workers",
                "$ tally workers --json | python3 -c 'import json, sys; print([w[\"slots\"] for w in map(json.loads, sys.stdin) if w[\"name\"] == \"w\"])'",
                in: .fleet, out: "[2]\n")
        ),
        Sentence(
            "`logs ID [N]`: what an operation printed; `--failed` for all that failed",
            Row(
                "one", "logs logged 1", given: [batch("logged", "echo out {}; echo err {} >&2", "a b")],
                in: .fleet,
                out: "out b\n", err: "== operation 1 (b): completed, exit 0\nerr b\n"),
            Row(
                "those that failed", "logs half --failed",
                given: [batch("half", "echo {}; test {} = a", "a b c")],
                in: .fleet, out: "b\nc\n",
                err: .says("== operation 1 (b): failed, exit 1", "== operation 2 (c)")),
            Row(
                "bytes as they are", "logs bytes 0", given: [batch("bytes", #"printf "\\377"; : {}"#, "a")],
                in: .fleet,
                out: .bytes([0xff])),
            Row(
                "neither", "logs logged", in: .own, code: 2,
                err:
                    "tally: say which operation, or --failed. For example: tally logs logged --failed\n"
            ),
            Row(
                "an operation that there isn't", "logs alone 7", given: [batch("alone", "true", "a")],
                in: .fleet, code: 2,
                err: "tally: batch 'alone' has no operation 7: they are 0 to 0\n"),
            Row(
                "of a batch that there isn't", "logs there-is-none 0", in: .fleet, code: 2,
                err: "tally: there is no batch 'there-is-none'\n"),
            Row("no number", "logs logged first", in: .own, code: 2, err: .says("first"))
        ),
    ]
}

/// Defines what prints the process ids of the user's coordinators.
private let coordinators = """
    coordinators() { for p in /proc/[0-9]*; do
        case "$(readlink $p/exe)" in */tally) ;; *) continue ;; esac
        tr '\\0' '\\n' 2>/dev/null <$p/environ | grep -qx "TALLY_STATE=$TALLY_STATE" || continue
        tr '\\0' ' ' <$p/cmdline | grep -q ' coordinator ' && echo "${p#/proc/}"
    done 2>/dev/null || true; }
    """

extension Contract {
    static let here = [
        Sentence(
            "Operations run on this machine, in this folder and environment",
            Row("the folder", "$ tally run 'pwd; : {}' ::: a | grep -cx \"$PWD\"", out: "1\n"),
            Row("files by relative names", "run 'cat {}' ::: x", files: ["x": "here\n"], out: "here\n"),
            Row("a variable", "run 'echo \"$FRUIT\" {}' ::: a", env: ["FRUIT=pear"], out: "pear a\n"),
            Row(
                "the operation's number and attempt",
                "run --jobs 1 'echo $TALLY_OPERATION $TALLY_ATTEMPT; : {}' ::: a b", out: "0 1\n1 1\n")
        ),
        Sentence(
            "on workers that `run` starts for itself and that lease only this batch",
            Row(
                "another batch waits on",
                """
                $ tally run --jobs 2 'until [ -e go ]; do sleep 0.1; done; : {}' ::: a &
                until tally status 2>/dev/null | grep -q until; do sleep 0.1; done
                tally submit --id waits --type command 'touch taken; : {}' ::: x
                sleep 1; touch go; wait
                tally status --json waits | grep -o '"status":"[a-z]*"'
                """, in: .own, out: "waits\n\"status\":\"pending\"\n", leaves: ["go": ""]),
            Row(
                "the fleet's worker takes nothing of it",
                "$ tally run 'tally workers; : {}' ::: a | awk '{ print ($1 == \"w\" ? $1 : \"-\"), $4 }'",
                in: .fleet, out: .says("w 0\n", "- 1\n"))
        ),
        Sentence(
            "`--jobs N` (default: cores) is exact",
            Row(
                "three at once",
                """
                $ tally run --jobs 3 'echo + >>log; sleep 0.4; echo - >>log; : {}' ::: 1 2 3 4 5 6 7
                awk '{ n += $1 == "+" ? 1 : -1; if (n > m) m = n } END { print m }' log
                """, out: "3\n", leaves: ["log": .anything]),
            Row(
                "as many as cores",
                """
                $ tally run 'echo + >>log; sleep 0.4; echo - >>log; : {}' ::: 1 2 3 4 5 6 7 8
                awk '{ n += $1 == "+" ? 1 : -1; if (n > m) m = n } END { print m }' log | grep -cx "$(nproc)"
                """, out: "1\n", leaves: ["log": .anything]),
            Row("-j is short for it", "run -j 1 'echo {}' ::: 2 1 3", out: "2\n1\n3\n"),
            Row("-j1, as make and xargs take it", "run -j1 'echo {}' ::: 2 1 3", out: "2\n1\n3\n"),
            Row("none", "run --jobs 0 true ::: a", code: 2, err: "tally: --jobs is 1 to 10000, not 0\n")
        ),
        Sentence(
            "The coordinator behind it is the user's own: one per user, over `ipc://`",
            Row(
                "sockets in the state folder", "run 'ls \"$TALLY_STATE/run\"; : {}' ::: a",
                out: "completions\ncontrol\ndispatch\nevents\n")
        ),
        Sentence(
            """
            started by the first who needs it in a session of its own under a lock on the state folder (the loser \
            connects)
            """,
            Row(
                "one of four that come at once",
                """
                $ \(coordinators)
                for n in 1 2 3 4; do tally run 'touch {}; until [ -e go ]; do sleep 0.1; done' ::: $n & done
                until [ "$(ls | wc -l)" = 4 ]; do sleep 0.1; done
                coordinators | wc -l
                ps -o sid= -p "$(coordinators)" | tr -d ' ' | grep -cx "$(coordinators)"
                touch go; wait
                """, in: .own, out: "1\n1\n", leaves: ["1": "", "2": "", "3": "", "4": "", "go": ""])
        ),
        Sentence(
            "and gone ten seconds after its last client and active batch",
            Row(
                "from six to twenty seconds",
                """
                $ \(coordinators)
                tally run true ::: a; SECONDS=0
                while [ -n "$(coordinators)" ]; do sleep 0.2; done
                [ $SECONDS -ge 6 ] && [ $SECONDS -le 20 ] && echo "as promised"
                """, in: .own, out: "as promised\n")
        ),
        Sentence(
            "Any `tally watch`, `mcp` or `matrix` of the user sees the batch",
            Row(
                "watch, while it runs",
                "$ tally run --label pears 'timeout -s INT 3 tally watch; : {}' ::: a",
                out: .says("pears: 0 of 1 (0%), id ")),
            Row(
                "status, while it runs", "run --label plums 'tally status; : {}' ::: a",
                out: .says(" plums\n"))
        ),
        Sentence(
            "Work for the fleet is `submit`'s",
            Row(
                "run leaves a batch of the fleet alone", "run --resume fleets-own",
                given: ["tally submit --id fleets-own --type command 'sleep 1; : {}' ::: 1 2 3 4"],
                in: .fleet,
                code: 1,
                err: "tally: batch 'fleets-own' is the fleet's; go on with it by: tally resume fleets-own\n")
        ),
    ]
}

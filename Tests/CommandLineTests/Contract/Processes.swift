extension Contract {
    static let processes = [
        Sentence(
            "`up`: coordinator, workers, for development",
            Row(
                "a batch, and its end by Ctrl-C",
                """
                $ set -m; tally up --slots 3 2>said &
                until tally workers 2>/dev/null | awk '$3 == 3 { found = 1 } END { exit !found }'; do sleep 0.1; done
                tally submit --id through --type command 'echo {} >done' ::: x; tally watch through | tail -n 1
                kill -INT %1; wait %1
                tally status 2>/dev/null || echo $?
                """, in: .own, out: "through\necho: 1 completed in …\n4\n",
                leaves: ["done": "x\n", "said": .anything])
        ),
        Sentence(
            "`coordinator`, `worker`: the processes",
            Row(
                "each ends by SIGTERM",
                """
                $ tally coordinator 2>coordinator & tally worker --allow-commands --slots 2 --name anna 2>worker &
                until tally workers 2>/dev/null | grep -q '^anna '; do sleep 0.1; done
                kill -TERM %2; wait %2; kill -TERM %1; wait %1; echo ended
                """, in: .own, out: "ended\n",
                leaves: ["coordinator": .says("listening", "ended"), "worker": .anything]),
            Row(
                "by one that comes as soon as it has said that it listens",
                """
                $ mkfifo said; for try in 1 2 3 4 5; do
                  tally coordinator 2>said & exec 3<said
                  until read -r line <&3 && [[ $line == *listening* ]]; do :; done
                  kill -TERM $!; wait $! || echo "exit code $?"; exec 3<&-
                done; rm said
                """, in: .own),
            Row(
                "a coordinator on tcp", "coordinator --bind tcp://127.0.0.1:5550", in: .own, code: 2,
                err: .says(
                    "tcp://127.0.0.1:5550", "anybody who reaches the port", "--allow FILE", "--insecure")),
            Row(
                "a second coordinator", "coordinator", in: .fleet, code: 1,
                err: .says("is in use by process ", ": stop it first, or choose another path")),
            Row(
                "slots", "worker --slots 0", in: .own, code: 2, err: "tally: --slots is 1 to 10000, not 0\n")
        ),
    ]
}

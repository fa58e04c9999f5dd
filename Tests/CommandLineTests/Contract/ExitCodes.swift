extension Contract {
    static let exitCodes = [
        Sentence(
            "0 all completed, 1 some failed, 2 usage, 3 cancelled, 4 no coordinator, 130 and 143 interrupted, 141 output closed",
            Row("0", "run true ::: a b"),
            Row("1, if one of them failed", "run 'test {} = a' ::: a b", code: 1),
            Row("1, whatever the command's own", "run 'exit 4; : {}' ::: a", code: 1),
            Row("2", "juggle", in: .own, code: 2, err: .says("juggle")),
            Row(
                "3, cancelled by another",
                "$ tally run 'until [ -e never ]; do sleep 0.1; done; : {}' ::: a & until id=$(tally status 2>/dev/null | grep until); do sleep 0.1; done; tally cancel ${id%% *}; wait $! || echo $?",
                in: .own, out: "3\n"),
            Row(
                "4, without a coordinator", "list", in: .own, code: 4,
                err: "tally: no coordinator answers at ipc://…; start one with: tally up\n"),
            Row(
                "4, with values that nobody takes", "submit --type command true ::: 1", in: .own, code: 4,
                err: .says("no coordinator answers at ipc://")),
            Row(
                "4, where one was named", "run --coordinator ipc:///nowhere/control true ::: a", in: .own,
                code: 4,
                err:
                    "tally: no coordinator answers at ipc:///nowhere/control; see what is wrong with: tally doctor\n"
            ),
            Row(
                "130, watch", "$ timeout --preserve-status -s INT 1 tally watch || echo $?", in: .fleet,
                out: .says("130\n")),
            Row(
                "143, watch", "$ timeout --preserve-status 1 tally watch || echo $?", in: .fleet,
                out: .says("143\n")),
            Row("0, help", "--help", in: .own, out: .says("tally run 'gzip -kf {}' ::: *.log")),
            Row("0, version", "--version", in: .own, out: "tally …\n")
        )
    ]
}

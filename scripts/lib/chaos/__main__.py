"""Kills, stops and cuts off the real processes, and audits what is left. See docs/testing.md."""

import argparse
import signal
import sys
from random import SystemRandom

import chaos
from control import Silent
from everything import Everything
from home import Failed, home


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/chaos", description=__doc__)
    parser.add_argument("--minutes", type=float, default=1, help="how long there are faults and load (default: 1)")
    parser.add_argument("--seed", type=int, help="of the plan: what is done, in which order (default: any)")
    parser.add_argument("--everything", type=int, metavar="TIMES", help="instead: kill everything at once, so often")
    parser.add_argument(
        "--operations", type=int, default=100_000, help="in the batch that is run meanwhile (default: 100000)")
    parser.add_argument("--program", help="the tally to run (default: the one that is built here)")
    return parser.parse_args()


def main():
    # As any error: what was begun is ended.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("terminated"))
    given = arguments()
    seed = SystemRandom().randrange(1_000_000) if given.seed is None else given.seed
    what = f"seed {seed}" if given.everything is None else f"everything {given.everything} times"
    print(f"chaos: {what}", flush=True)
    try:
        with home(given.program) as place:
            if given.everything is None:
                wrong = chaos.run(place, seed, given.minutes)
            else:
                wrong = Everything(place, given.everything, given.operations).run()
            if wrong:
                raise Failed(f"{wrong} of these lines are wrong")
    except (Failed, Silent) as failure:
        sys.exit(f"chaos: {what}: {failure}")
    print(f"chaos: {what}: all is right", flush=True)


main()

"""One run: everything is killed, stopped and cut off under load, then left alone, and audited."""

import time

import plan
import report
from audit import Found, audit
from faults import Faults
from home import Failed
from load import Load
from operations import runs
from store import read
from world import World

# For what was begun when the last fault is over. It is more than a loss, a retry and a cancellation take together, also
# on a machine that does other things.
SETTLING = 180


def run(home, seed, minutes):
    """How many lines of the audit are wrong."""
    world = World(home)
    world.start()
    load, faults = Load(home, seed), Faults(world, plan.faults(seed, minutes))
    began = time.monotonic()
    load.start()
    faults.start()
    while time.monotonic() - began < 60 * minutes - 5:
        look(world, load, faults)
        time.sleep(0.2)
    faults.finish()
    look(world, load, faults)
    print(f"{time.monotonic() - began:.0f} seconds of load, with {len(faults.done)} faults; now it settles", flush=True)
    settle(world, load)
    found = collect(world, load, faults)
    report.print_faults(faults.done, load.submitters_killed)
    report.print_seconds("from a start of the coordinator until it answers", faults.answers)
    report.print_seconds("until an operation ends again", faults.ends)
    return report.print_audit(audit(found))


def look(world, load, faults):
    world.check()
    if wrong := load.failures + faults.failures:
        raise Failed("; ".join(wrong))


def settle(world, load):
    began = time.monotonic()
    load.finish(SETTLING)
    print(f"the last batch ended {time.monotonic() - began:.1f} s after the load", flush=True)
    control = world.control()
    world.until("no batch is active", SETTLING, lambda: not control.ask("list")[0]["batches"])
    labels = batches(world, load)

    def unknown():
        return {name: ends for name, seen in world.subscribers.items() if (ends := seen.unknown_ends(labels))}

    seconds = world.until("every subscriber knows of every end", 60, lambda: not unknown(), unknown)
    print(f"all subscribers knew of it {seconds:.1f} s later", flush=True)


def collect(world, load, faults):
    world.check()
    control = world.control()
    statuses = {id: control.ask("status", batch=id)[0]["event"] for id in batches(world, load)}
    wrong, leftovers = world.end()
    return Found(
        ledger=load.ledger, unanswered_retries=load.unanswered_retries, store=read(world.home), statuses=statuses,
        subscribers=world.subscribers, runs=runs(world.home.effects), faults=faults.done, copies=faults.copies,
        crashes=world.crashes() + world.errors() + wrong, leftovers=leftovers)


def batches(world, load):
    """Labels of all there are, by id; also of retries whose answers didn't come, unless they are older than a thousand
    others."""
    listed = world.control().ask("list", ended=True)[0]["batches"]
    return {batch["event"]["batchId"]: batch["event"]["label"] for batch in listed} | {
        entry.id: entry.retry_of or entry.id for entry in load.ledger.values()}

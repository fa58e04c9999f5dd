"""What a run says."""

from collections import Counter
from statistics import median


def print_faults(faults, submitters_killed):
    kinds = Counter((fault.kind, fault.target) for fault in faults)

    def amount(kind, target=""):
        return sum(
            count for (its_kind, its_target), count in kinds.items() if its_kind == kind and target in its_target)

    print(
        f"{amount('kill')} SIGKILLs ({amount('kill', 'coordinator')} of the coordinator), and {submitters_killed} of "
        f"submitters; {amount('stop')} SIGSTOPs ({amount('stop', 'coordinator')} of the coordinator); "
        f"{amount('reset') + amount('stall')} cut links ({amount('reset')} reset, {amount('stall')} silent)",
        flush=True)


def print_seconds(what, seconds):
    if seconds:
        print(
            f"{what}: {len(seconds)} times, median {median(seconds):.2f} s, longest {max(seconds):.2f} s", flush=True)


def print_audit(lines):
    """How many were wrong."""
    for line in lines:
        print(f"{'WRONG' if line.wrong else 'right'}  {line.says}", flush=True)
        for wrong in line.wrong[:10]:
            print(f"       {wrong}", flush=True)
        if len(line.wrong) > 10:
            print(f"       and {len(line.wrong) - 10} more", flush=True)
    return sum(bool(line.wrong) for line in lines)

"""What runs below a process, as /proc shows it: it may have ended between two looks."""
import os
import time


def families():
    """Every process id with the ids of its children."""
    found = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat", encoding="latin-1") as f:
                found.setdefault(int(f.read().rsplit(")", 1)[1].split()[1]), []).append(int(name))
        except OSError:
            continue
    return found


def children(pid):
    """Process ids of all descendants of a process."""
    found, out, todo = families(), [], [pid]
    while todo:
        for child in found.get(todo.pop(), []):
            out.append(child)
            todo.append(child)
    return out


def alive(pids):
    return [p for p in pids if os.path.exists(f"/proc/{p}")]


def settled(pid, wanted, patience=30):
    """The descendants once they are `wanted` or more and the same for a second: what proves the jail is gone then."""
    below, since, start = [], time.monotonic(), time.monotonic()
    while time.monotonic() - start < patience:
        now = children(pid)
        if now != below:
            below, since = now, time.monotonic()
        if len(below) >= wanted and time.monotonic() - since > 1:
            return below
        time.sleep(0.02)
    raise AssertionError(f"{len(below)} processes below {pid}, {wanted} wanted")

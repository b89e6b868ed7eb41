"""Two whole posts (tests/posts.py) end to end: from who sends until it can be collected at the other side, every commit synced.
Both posts, their workers, PostgreSQL and who sends share one machine. bench.py post measures:
- transfers a second of three kinds of files, on SQLite and on PostgreSQL; what each costs the processors, role by role; what is synced
- how long one alone takes
- one worker and two, each with the same share of a core (cleaned_a_second() says what is there and what is not)
- a queue of --waiting jobs that wait for the workers: each tenth of them, until it is released at the other side"""
import collections
import contextlib
import os
import re
import statistics
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [os.path.join(ROOT, "tests"), os.path.join(ROOT, "tests", "regress")]
import papers  # noqa: E402
import posts  # noqa: E402
from processes import children  # noqa: E402

WORKERS = 4  # of a post: while its gate commits they have something to do, and what they did is committed together
AHEAD = 48  # questions under way: a user may have 64
KINDS = {"4 KB csv": (lambda n: papers.csv(n, 4096), "csv", 400, 100), "50 KB docx, one picture": (lambda n: papers.docx(n, 50 * 1024), "docx", 200, 30),
         "200 KB PDF": (lambda n: papers.paper(n, 200 * 1024), "pdf", 100, 15)}
STAND_IN = os.path.join(ROOT, "build", "src", "post", "post-stand-in")
IN = {"to": "lgwan", "route": "file-in", "recipient": "ni"}


def counts(post):
    return post.ok("root", "status")["transfers"]


def over(post, states):
    c = counts(post)
    return sum(c[s] for s in states)


def send_all(lab, make, ending, numbers):
    """Hands them over, many questions under way at once."""
    control, open_, ids = lab.internet.who("ichi").control(), collections.deque(), []

    def one():
        answer = control.get(open_.popleft())
        if answer["status"] != "ok":
            raise RuntimeError(answer)
        ids.append(answer["transfer"]["id"])
    for n in numbers:
        if len(open_) >= AHEAD:
            one()
        open_.append(control.send(make(n), f"{n}.{ending}", **IN))
    while open_:
        one()
    return ids


def until_released(lab, wanted, stride=0.02):
    """Until so many are released at the other side; what came to another end is a fault."""
    while True:
        c = counts(lab.lgwan)
        if c["released"] + c["collected"] >= wanted:
            return
        bad = counts(lab.internet)
        if bad["refused"] or bad["denied"] or bad["rejected"]:
            raise RuntimeError(f"not all pass: {bad}")
        time.sleep(stride)


def rate(lab, make, ending, first, number):
    """Transfers a second from the first that is sent until the last can be collected."""
    before, t = counts(lab.lgwan)["released"], time.monotonic()
    send_all(lab, make, ending, range(first, first + number))
    until_released(lab, before + number)
    return number / (time.monotonic() - t)


# --- who works on it ---

def seconds_of(pid):
    """Of a process and of those below it that have ended."""
    with open(f"/proc/{pid}/stat", encoding="latin-1") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def cpu(lab):
    """{role: seconds of a processor so far}, of the posts that are there."""
    found = collections.Counter()
    for post in (p for p in lab.posts.values() if p.process):
        for pid in children(post.process.pid):
            try:
                with open(f"/proc/{pid}/status", encoding="utf-8") as f:
                    parent = int(re.search(r"PPid:\t(\d+)", f.read()).group(1))
                name = pid if parent == post.process.pid else parent
                while parent not in (post.process.pid, 1):
                    name = parent
                    with open(f"/proc/{parent}/status", encoding="utf-8") as f:
                        parent = int(re.search(r"PPid:\t(\d+)", f.read()).group(1))
                with open(f"/proc/{name}/cmdline", "rb") as f:
                    found[f.read().split(b"\0")[0].decode().split("-")[0]] += seconds_of(pid)
            except OSError:
                continue
    if lab.postgres:
        found["postgresql"] = sum(seconds_of(pid) for pid in [lab.postgres.process.pid, *children(lab.postgres.process.pid)])
    return found


def show_cpu(before, after, number):
    used = {role: (after[role] - before[role]) / number * 1000 for role in after}
    print("        milliseconds of a processor a transfer, both posts: " + ", ".join(f"{r} {v:.1f}" for r, v in sorted(used.items(), key=lambda x: -x[1])), flush=True)


# --- what is synced ---

CLASSES = (("commits to SQLite", r"-wal>"), ("SQLite besides", r"\.sqlite"), ("ledger", r"/ledger"), ("blobs", r"/blobs"), ("keys", r"/keys"), ("others", ""))


def syncs(lab, make, ending, first, number):
    """{kind of file: syncs a transfer} of both posts, and transactions of PostgreSQL: counted in a run of its own."""
    pids = [str(p) for post in lab.posts.values() for p in [post.process.pid, *children(post.process.pid)]]
    out = os.path.join(lab.dir, "strace")
    tracer = subprocess.Popen(["strace", "-f", "-y", "-e", "trace=fsync,fdatasync,syncfs", "-o", out, "-p", ",".join(pids)], stderr=subprocess.PIPE)
    time.sleep(1)
    before = postgres_counts(lab)
    rate(lab, make, ending, first, number)
    found = {k: (v - before[k]) / number for k, v in postgres_counts(lab).items()}
    tracer.terminate()
    tracer.wait()
    with open(out, encoding="utf-8", errors="replace") as f:
        calls = [line for line in f if re.search(r"(fsync|fdatasync|syncfs)\(", line)]
    for call in calls:
        kind = next(name for name, pattern in CLASSES if re.search(pattern, call))
        found[kind] = found.get(kind, 0) + 1 / number
    return found


def postgres_counts(lab):
    if not lab.postgres:
        return {}

    def ask(sql):
        p = subprocess.run([os.path.join(posts.Postgres.BIN, "psql"), "-h", lab.postgres.folder, "-U", "sekisho", "-d", "postgres", "-Atc", sql], capture_output=True, text=True, check=True)
        return int(p.stdout)
    time.sleep(1.2)  # its counters are told once a second
    return {"transactions of PostgreSQL, reads among them": ask("SELECT sum(xact_commit) FROM pg_stat_database WHERE datname IN ('internet', 'lgwan')"),
            "syncs of its log": ask("SELECT wal_sync FROM pg_stat_wal")}


# --- waiting ---

def latency(lab, make, ending, first, number):
    """Seconds from sending to released, one after the other."""
    seconds, ni = [], lab.lgwan.who("ni")
    for n in range(first, first + number):
        t = time.monotonic()
        id = lab.internet.who("ichi").send(make(n), f"{n}.{ending}", **IN)["transfer"]["id"]
        while ni.ask("show", id=id).get("transfer", {}).get("state") != "released":
            time.sleep(0.002)
        seconds.append(time.monotonic() - t)
    return sorted(seconds)


def fill(lab, make, ending, number):
    """So many jobs wait at the post that cleans: its workers are stand-ins that take nothing. Seconds it took."""
    t = time.monotonic()
    send_all(lab, make, ending, range(number))
    return time.monotonic() - t


def stand_in(post):
    """The post, started with workers that take nothing."""
    post.replace("sekisho-worker", STAND_IN)
    post.start(wait=False)
    posts.wait_for(f"{post.zone} does not answer", lambda: "gate: ready" in post.said() and "control: ready" in post.said())
    post.link_members()


def to_work(post, workers):
    """Real workers in their places: their processes, jails included, worker by worker."""
    post.replace("sekisho-worker", None)
    before = {n: post.pids(f"worker-{n + 1}") for n in range(workers)}
    for n in range(workers):
        post.kill_role(f"worker-{n + 1}")
    posts.wait_for("no workers", lambda: all(post.pids(f"worker-{n + 1}") not in ([], before[n]) for n in range(workers)))
    return [post.pids(f"worker-{n + 1}")[0] for n in range(workers)]


def drain(lab, number):
    """Seconds of each tenth of so many jobs that waited, until they are released at the other side."""
    stand_in(lab.internet)
    lab.lgwan.start()
    lab.lgwan.link_members()
    filled = fill(lab, lambda n: papers.csv(n, 4096), "csv", number)
    to_work(lab.internet, WORKERS)
    marks, tenth, stride = [], number // 10, min(0.5, number / 20000)  # whoever counts them is work, too
    while len(marks) < 11:
        done = counts(lab.lgwan)["released"]
        while len(marks) < 11 and done >= len(marks) * tenth + (0 if marks else 1):
            marks.append(time.monotonic())
        time.sleep(stride)
    return filled, [b - a for a, b in zip(marks, marks[1:])]


# --- one worker and two ---

PERIOD = 20000  # microseconds


class Share:
    """So much of a core, and no more, for a process and all below it: a control group (version 2, or 1). None without root."""

    def __init__(self, name, share):
        two = "/sys/fs/cgroup"
        self.two = os.path.exists(os.path.join(two, "cgroup.subtree_control"))
        self.folder = os.path.join(two if self.two else os.path.join(two, "cpu"), f"sekisho-bench-{os.getpid()}-{name}")
        if self.two:
            self.write(os.path.join(two, "cgroup.subtree_control"), "+cpu")
        os.mkdir(self.folder)
        if self.two:
            self.write("cpu.max", f"{int(PERIOD * share)} {PERIOD}")
        else:
            self.write("cpu.cfs_period_us", PERIOD)
            self.write("cpu.cfs_quota_us", int(PERIOD * share))

    def write(self, name, value):
        with open(os.path.join(self.folder, name), "w", encoding="ascii") as f:
            f.write(str(value))

    def add(self, pid):
        """Whoever is forked after its parent came in is in by birth: those who were forked before are fetched until none is left."""
        self.write("cgroup.procs", pid)
        posts.wait_for("a worker is outside of its share", lambda: self.fetch(pid))

    def fetch(self, pid):
        outside = set(children(pid)) - self.inside()
        for p in outside:
            with contextlib.suppress(ProcessLookupError):
                self.write("cgroup.procs", p)
        return not outside

    def inside(self):
        with open(os.path.join(self.folder, "cgroup.procs"), encoding="ascii") as f:
            return {int(line) for line in f}

    def close(self):
        """When all in it have ended."""
        posts.wait_for("a control group is in use", self.gone)

    def gone(self):
        try:
            os.rmdir(self.folder)
        except FileNotFoundError:
            return True
        except OSError:
            return False
        return True


def share_of_a_worker():
    """Of a core: one core is left to the gate, the scribe and everybody else, the other ones are for two workers."""
    return min(1.0, (len(os.sched_getaffinity(0)) - 1) / 2)


def until_cleaned(post, wanted):
    """When so many are cleaned, and how many there are then."""
    while True:
        c = counts(post)
        done = c["offered"] + c["cleaned"] + c["held"]
        if c["refused"] or c["denied"]:
            raise RuntimeError(f"not all pass: {c}")
        if done >= wanted:
            return done, time.monotonic()
        time.sleep(0.01)


def cleaned_a_second(workers, number):
    """
    By workers that each may use the same share of a core, with their jails. All jobs wait before the first is given to them, and
    the other post is not there: what is measured is the queue, the gate, its store and the workers. The first tenth, in which they start, and
    the last one, in which one of them may have nothing left, do not count.
    """
    with posts.Lab(workers=workers) as lab, contextlib.ExitStack() as stack:
        stand_in(lab.internet)
        fill(lab, lambda n: papers.paper(n, 200 * 1024), "pdf", number)
        shares = [Share(f"{workers}-{n}", share_of_a_worker()) for n in range(workers)]
        for share in shares:
            stack.callback(share.close)
        stack.callback(lab.internet.kill)
        for share, pid in zip(shares, to_work(lab.internet, workers)):
            share.add(pid)
        first, begin = until_cleaned(lab.internet, number // 10)
        before = cpu(lab)
        last, end = until_cleaned(lab.internet, number - number // 10)
        used = cpu(lab)
        busy = {role: (used[role] - before[role]) / (end - begin) for role in used}
        return (last - first) / (end - begin), busy


def two_workers(want):
    share = share_of_a_worker()
    try:
        Share("probe", share).close()
    except OSError as e:
        print(f"  one worker and two: no control groups here ({e.strerror}); left out")
        return
    one, busy_one = cleaned_a_second(1, 300)
    two, busy_two = cleaned_a_second(2, 600)
    print(f"  200 KB PDFs cleaned a second, of a queue of them, by workers that may use {share * 100:.0f} % of a core each, jails included: "
          f"{one:.2f} by one, {two:.2f} by two")
    for name, busy in (("one", busy_one), ("two", busy_two)):
        print(f"        with {name}, % of a core: " + ", ".join(f"{r} {v * 100:.0f}" for r, v in sorted(busy.items(), key=lambda x: -x[1]) if v >= 0.005))
    want("two workers by one", two / one, 1.7, at_most=False)


# --- the tables ---

def table(postgres, want):
    name = "PostgreSQL" if postgres else "SQLite"
    for kind, (make, ending, number, limit) in KINDS.items():
        with posts.Lab(postgres=postgres, workers=WORKERS) as lab:
            lab.start()
            rate(lab, make, ending, 0, 16)  # warm
            before = cpu(lab)
            want(f"{name}, {kind}, a second", rate(lab, make, ending, 1000, number), limit, at_most=False)
            show_cpu(before, cpu(lab), number)
            said = syncs(lab, make, ending, 5000, 64)
            print("        both posts, a transfer: " + ", ".join(f"{k} {v:.2f}" for k, v in sorted(said.items())), flush=True)


def low_load(postgres, want):
    with posts.Lab(postgres=postgres, workers=2) as lab:
        lab.start()
        seconds = latency(lab, lambda n: papers.docx(n, 100 * 1024), "docx", 0, 41)
        name = "PostgreSQL" if postgres else "SQLite"
        want(f"{name}, 100 KB docx alone, p50", statistics.median(seconds) * 1000, 250, unit=" ms")
        print(f"        p90 {seconds[36] * 1000:.0f} ms, the worst {seconds[-1] * 1000:.0f} ms", flush=True)


def run(want, jobs):
    if not posts.possible():
        print("\npost: members are system users of their own: that needs root; left out")
        return
    print("\npost: two posts and who sends on one machine, every commit synced", flush=True)
    for postgres in (False, True):
        table(postgres, want)
        low_load(postgres, want)
    two_workers(want)
    with posts.Lab(workers=WORKERS) as lab:
        filled, tenths = drain(lab, jobs)
        print(f"  {jobs} waiting jobs: taken in {jobs / filled:.0f} a second, worked off {jobs / sum(tenths):.0f} a second")
        print("        each tenth: " + ", ".join(f"{t:.1f}" for t in tenths) + " s")
        want("time of the last tenth by that of the first", tenths[-1] / tenths[0], 1.2)

"""`./do bench portal`: an authenticated ask and an upload through the portal of a real post, beside a bare server of libmicrohttpd in the same run. Processor time of
the servers is told beside the clock: the clock also counts what else the machine does, and the browser."""
import json
import os
import socket
import sqlite3
import subprocess
import tempfile
import time

import posts

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
HTTPS = os.path.join(ROOT, "build", "bench", "https")
SIZE = 1 << 30
TICK = os.sysconf("SC_CLK_TCK")


def cpu(*pids):
    """Seconds of the processor that they have used."""
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/stat", encoding="latin-1") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICK


def peak(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("VmHWM:")) * 1024


def https(*args):
    p = subprocess.run([HTTPS, *map(str, args)], capture_output=True, text=True, check=True, timeout=600)
    seconds, what = p.stdout.split()
    return float(seconds), int(what)


class Bare:
    """The server to compare with; its key is that of the post."""

    def __init__(self, folder, keys):
        with socket.create_server(("127.0.0.1", 0)) as s:
            self.port = s.getsockname()[1]
        self.process = subprocess.Popen([HTTPS, "bare", str(self.port), f"{keys}/own.key", f"{keys}/own.crt", os.path.join(folder, "bare.out")])
        end = time.monotonic() + 20
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except OSError:
                time.sleep(0.05)
        raise TimeoutError("the bare server does not begin")

    def end(self):
        self.process.kill()
        self.process.wait()


def asked(port, host, cookie, pids, n, lines=8):
    before = cpu(*pids)
    seconds, good = https("ask", port, host, n, lines, cookie)
    return {"a second": good / seconds, "good": good, "cpu us": 1e6 * (cpu(*pids) - before) / n}


def brought(port, host, path, cookie, pids):
    before = cpu(*pids)
    seconds, status = https("bring", port, host, path, SIZE, cookie)
    return {"MB/s": SIZE / 1e6 / seconds, "status": status, "cpu s": cpu(*pids) - before}


# --- lists ---

def copies(path, id, n):
    """So many more of a transfer, of two people over a year, in a store that nobody has open."""
    db = sqlite3.connect(path)
    for table in ("transfer", "listed"):
        names = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
        row = dict(zip(names, db.execute(f"SELECT {', '.join(names)} FROM {table} WHERE id = ?", (id,)).fetchone()))
        what = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"

        def copy(i):
            new = {**row, "id": f"{i:032x}", "received": row["received"] - i * 315}
            if table == "transfer" and i % 2:
                new["requester"] = "ni"
            return [new[name] for name in names]
        db.executemany(what, (copy(i + 1) for i in range(n)))
    db.commit()
    db.close()


LISTS = {"first of all": {"all": True}, "held": {"all": True, "state": "held"}, "by a route": {"all": True, "route": "file-in"}, "by part of a name": {"all": True, "text": "見積"},
         "by a name that is nowhere": {"all": True, "text": "どこにもない"}, "of a day": {"all": True, "from": 0, "until": 1}, "one's own": {}, "what waits": {"waiting": True}}


def listed(post, n=100000):
    """The middle time of a page of each list, ms, of the first seven pages."""
    id = post.log_in("ichi").bring("見積書.csv", b"a,b\n1,2\n", to="lgwan", route="file-in", **{"class": "1"})[1]["transfer"]["id"]
    post.await_state(id, "crossed", "released")
    post.lab.stop()
    copies(os.path.join(post.folder, "store", "store.sqlite"), id, n)
    post.start()
    b, out = post.log_in("sa"), {}

    def once(**members):
        begun = time.monotonic()
        status, answer = b.ask("list", most=50, **members)
        assert status == 200, answer
        return 1000 * (time.monotonic() - begun), answer.get("next")
    for what, members in LISTS.items():
        times, after = [], None
        for _ in range(7):
            ms, after = once(**members, **({"after": after} if after else {}))
            times.append(ms)
        out[what] = sorted(times)[len(times) // 2]
    return out


def tell(what, row):
    print(f"  {what:<34}", "  ".join(f"{k} {v:.1f}" if isinstance(v, float) else f"{k} {v}" for k, v in row.items()), flush=True)


def measure(n=1800, say=tell):
    subprocess.run(["ninja", "-C", os.path.join(ROOT, "build"), "--quiet", "bench/https"], check=True)
    out = {}
    with posts.Lab(portal=True) as lab, tempfile.TemporaryDirectory() as folder:
        post = lab.internet
        post.start()
        post.link_members()
        bare = Bare(folder, os.path.join(post.folder, "portal"))
        try:
            host, browsers = "internet.localhost", [post.log_in("ichi") for _ in range(8)]
            pid, gate = post.pids("portal")[0], post.pids("gate")[0]
            cookie = browsers[0].cookies["__Host-sekisho"]
            out["bare"] = asked(bare.port, host, cookie, [bare.process.pid], n * len(browsers))
            rounds = [asked(post.portal, host, b.cookies["__Host-sekisho"], [pid, gate], n) for b in browsers]
            out["portal"] = {k: sum(r[k] for r in rounds) / len(rounds) for k in rounds[0]}
            before = cpu(pid)
            https("ask", post.portal, host, 500, 8, cookie)
            out["portal"]["of it the portal"] = 1e6 * (cpu(pid) - before) / 500
            out["bare upload"] = brought(bare.port, host, "/x", cookie, [bare.process.pid])
            r = browsers[0].request("POST", "/api/v1/uploads", json.dumps({"size": SIZE}).encode())
            path = "/api/v1/uploads/" + json.loads(r.body)["upload"]
            rss = peak(pid)
            out["upload"] = {**brought(post.portal, host, path, cookie, [pid]), "peak MiB before": rss / (1 << 20), "peak MiB": peak(pid) / (1 << 20)}
        finally:
            bare.end()
        out["lists of 100,000, ms a page"] = listed(post)
    for what, row in out.items():
        say(what, row)
    return out


def run(want):
    print("\nportal: 8 connections that are kept, TLS 1.3; an ask of a session (whoami) beside 1 KiB from a bare libmicrohttpd; 1 GiB sealed beside 1 GiB written")
    got = measure()
    want("asks a second, of what the bare server answers", got["portal"]["a second"] / got["bare"]["a second"], 0.5, at_most=False)
    want("upload, of what the bare server takes", got["upload"]["MB/s"] / got["bare upload"]["MB/s"], 0.7, at_most=False)
    for what, ms in got["lists of 100,000, ms a page"].items():
        want(f"a page of 100,000 transfers, {what}", ms, 100, unit=" ms")
    want("memory of the portal during the upload", got["upload"]["peak MiB"], 64, unit=" MiB")

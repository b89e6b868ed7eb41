#!/usr/bin/python3
"""Many transfers through two posts (posts.py) while everything that can die dies: roles and whole posts are killed, a disk
fills up, the link is cut, PostgreSQL stops. At the end nothing that was acknowledged is lost, nothing was released twice or
without being clean, and both ledgers verify. All of it follows from a seed, but for what the machine's own pace changes.

crash.py [--postgres] [--number N] [--seed N] [--keep]
"""
import argparse
import faulthandler
import collections
import hashlib
import json
import os
import random
import signal
import sys
import time

import papers
import posts
import samples

NUMBER = "123456789018"  # a published test value
ROLES = ("gate", "gate", "scribe", "control", "link", "link", "worker-1", "worker-2", "portal", "login", "printer")
INTERRUPTED = 3  # so often bytes may leave without being counted (SK_GATE_INTERRUPTED)
PATIENCE = 10  # seconds for one answer, before it is asked again
# What becomes of each kind at last; whatever waits is told why.
ENDS = {"csv": {"collected"}, "large": {"collected"}, "docm": {"collected"}, "out": {"collected"}, "approval": {"collected"}, "program": {"refused"}, "number": {"denied"}}
WEIGHTS = {"csv": 7, "large": 1, "docm": 4, "out": 5, "approval": 1, "program": 1, "number": 1}
IN = {"to": "lgwan", "route": "file-in", "recipient": "ni"}
OUT = {"to": "internet", "route": "free-out", "recipient": "ni", "class": "1"}


class Failure(Exception):
    pass


def paper(kind, number):
    """(zone of who gives it, bytes, name, what is said of it)."""
    if kind == "csv":
        return "internet", papers.csv(number, 2000), f"{number}.csv", IN
    if kind == "large":  # of many pieces
        return "internet", papers.csv(number, 500_000), f"{number}.csv", IN
    if kind == "docm":
        return "internet", papers.docx(number, 12000, mark=True), f"{number}.docm", IN
    if kind == "program":
        return "internet", samples.program() + str(number).encode(), f"{number}.pdf", IN
    if kind == "number":
        return "lgwan", papers.csv(number, 500, f"個人番号 {NUMBER}"), f"{number}.csv", OUT
    return "lgwan", papers.csv(number, 1000), f"{number}.csv", {**OUT, "route": "file-out"} if kind == "approval" else OUT


class Chaos:
    """One thing at a time goes wrong, for a while; then it is put right."""

    def __init__(self, lab, rng):
        self.lab, self.rng, self.done = lab, rng, collections.Counter()
        self.deaths = collections.Counter()  # of a post, since it was started: it waits longer and longer
        self.mend, self.until = None, 0.0
        self.kinds = ["role"] * 10 + ["post"] * 2 + ["link"] * 3
        if lab.internet.disk and lab.internet.disk.mounted:
            self.kinds += ["disk"] * 2
        if lab.postgres:
            self.kinds += ["postgres"] * 2

    def begin(self):
        kind = self.rng.choice(self.kinds)
        post = self.lab.posts[self.rng.choice(posts.ZONES)]
        if kind == "role" and self.deaths[post.zone] > 8:
            kind = "post"
        self.done[kind] += 1
        self.mend = getattr(self, kind)(post)
        self.until = time.monotonic() + self.rng.uniform(0.05, 0.8)

    def role(self, post):
        role = self.rng.choice(ROLES)
        if role == "link":
            role = "link-" + ("lgwan" if post.zone == "internet" else "internet")
        self.done[role.split("-")[0]] += 1
        self.deaths[post.zone] += 1
        post.kill_role(role)

    def post(self, post):
        def again():
            self.deaths[post.zone] = 0
            post.start(wait=False)
        post.kill()
        return again

    def link(self, _post):
        self.lab.proxy.cut()
        return self.lab.proxy.mend

    def disk(self, post):
        post.disk.fill()
        return post.disk.empty

    def postgres(self, _post):
        self.lab.postgres.stop()
        return self.lab.postgres.start

    def tick(self, over=False):
        if self.mend and (over or time.monotonic() >= self.until):
            self.mend()
            self.mend = None


class Crash:
    def __init__(self, lab, number, seed):
        self.lab, self.number, self.rng = lab, number, random.Random(seed)
        self.chaos = Chaos(lab, self.rng)
        self.sent = {}  # acknowledged: id -> kind
        self.unsaid = {}  # asked for, never acknowledged
        self.open = []  # that nobody has tried to get yet
        self.had = collections.Counter()  # got whole while things went wrong
        self.reasons = collections.Counter()

    # --- asking a post that may be dead ---

    def answer(self, control, serial):
        """What is wrong meanwhile is put right when its time has come."""
        end = time.monotonic() + PATIENCE
        while True:
            self.chaos.tick()
            try:
                return control.get(serial, 0.05)
            except TimeoutError:
                if time.monotonic() > end:
                    raise

    def send(self, zone, data, name, said, id):
        """The answer, or None when there is none now."""
        person = self.lab.posts[zone].who("ichi")
        try:
            control = person.control()
            return self.answer(control, control.send(data, name, id=id, **said))
        except (OSError, TimeoutError):
            person.hang_up()
            return None

    def send_until_taken(self, kind, number):
        zone, data, name, said = paper(kind, number)
        id = posts.new_id(self.rng)
        for _ in range(400):
            self.chaos.tick()
            answer = self.send(zone, data, name, said, id)
            if answer and answer["status"] == "ok":
                self.sent[id] = kind
                self.open.append((id, zone))
                return
            self.reasons[answer["why"] if answer else "none"] += 1
            time.sleep(0.05)
        self.unsaid[id] = kind

    def get_one(self):
        """One that may be there by now, in the middle of it all; once, so that it can still be got afterwards."""
        id, zone = self.open.pop(self.rng.randrange(len(self.open)))
        person = self.lab.posts["lgwan" if zone == "internet" else "internet"].who("ni")
        try:
            control = person.control()
            with open(os.memfd_create("got", os.MFD_ALLOW_SEALING), "w+b") as f:
                answer = self.answer(control, control.put("get", f.fileno(), id=id))
                self.had[id] += answer["status"] == "ok"
                self.reasons["get: " + answer.get("why", "ok")] += 1
        except (OSError, TimeoutError):
            person.hang_up()
            self.reasons["get: none"] += 1

    def storm(self):
        kinds, weights = zip(*WEIGHTS.items())
        left = 0
        for n in range(self.number):
            self.chaos.tick()
            if left == 0 and self.chaos.mend is None:
                self.chaos.begin()
                left = self.rng.randrange(2, 9)
            left = max(0, left - 1)
            time.sleep(self.rng.uniform(0, 0.08))  # so that what goes wrong meets many states of many transfers
            self.send_until_taken(self.rng.choices(kinds, weights)[0], n)
            if len(self.open) > 10 and self.rng.random() < 0.5:
                self.get_one()

    # --- afterwards ---

    def calm(self):
        """Everything is there again: whole posts are started anew, so that nobody still waits before he is."""
        self.chaos.tick(over=True)
        for post in self.lab.posts.values():
            post.kill()
            post.start()
        self.lab.await_link()

    def rows(self):
        return {zone: {r["id"]: r for r in post.rows()} for zone, post in self.lab.posts.items()}

    def approve(self, rows):
        for row in rows["lgwan"].values():
            if row["state"] == "held" and "approval" in row["holds"]:
                self.lab.lgwan.ok("cho", "approve", id=row["id"], hash=row["output_hash"])

    def settle(self):
        """Until all of it has come to its end or waits for a person."""
        end = time.monotonic() + 300
        while True:
            rows = self.rows()
            self.approve(rows)
            ends = [(z, i, r["state"]) for z in rows for i, r in rows[z].items()]
            open_ends = [x for x in ends if x[2] not in posts.OVER]
            if not open_ends:
                return rows
            if time.monotonic() > end:
                raise Failure(f"{len(open_ends)} never ended: " + json.dumps([self.lab.posts[z].ask("root", "show", id=i) for z, i, _ in open_ends[:3]], ensure_ascii=False))
            time.sleep(0.3)

    def collect(self, rows):
        """{id: bytes} of all that was released, as its recipient gets it."""
        got = {}
        for post in self.lab.posts.values():
            for row in rows[post.zone].values():
                if row["to"] == post.zone and row["state"] in ("released", "collected"):
                    data = post.who("ni").get(row["id"])
                    if not isinstance(data, bytes):
                        raise Failure(f"{row['id']} cannot be collected: {data}")
                    got[row["id"]] = data
        return got

    def await_told(self):
        """Who gave it hears that it was collected."""
        def told():
            return all(r["state"] != "released" for rows in self.rows().values() for r in rows.values())
        posts.wait_for("the givers do not hear of the end", told)

    def notes(self, id):
        history = next((a["history"] for a in (p.ask("root", "show", id=id) for p in self.lab.posts.values()) if a["status"] == "ok"), [])
        return [(h["event"], h.get("note")) for h in history]

    def check_ends(self, rows):
        explained = collections.Counter()
        for id, kind in self.sent.items():
            giver = "lgwan" if kind in ("out", "number", "approval") else "internet"
            row = rows[giver].get(id)
            if row is None:
                raise Failure(f"lost: {id} ({kind}) was acknowledged and is not there")
            if row["state"] not in ENDS[kind]:
                notes = self.notes(id)
                if not {("refused", "worker-failed"), ("reject", "worker-failed")} & set(notes):
                    raise Failure(f"{id} ({kind}) is {row['state']}: {notes}")
                explained["its workers were killed too often"] += 1
        return explained

    def check_bytes(self, rows, got):
        names = {}
        for id, data in got.items():
            sha = hashlib.sha256(data).hexdigest()
            for zone in posts.ZONES:
                if rows[zone][id].get("output_hash", sha) != sha:  # who gave it may have forgotten
                    raise Failure(f"{id}: other bytes than {zone} says")
            names[f"{id}.{rows['lgwan'][id]['output_type']}"] = data
            if samples.MARK.encode() in data:
                raise Failure(f"{id} was released uncleaned")
        for name, sha in posts.cleaned(self.lab.dir, names).items():
            if sha != hashlib.sha256(names[name]).hexdigest():
                raise Failure(f"{name}: what was released is not as clean as can be")

    def check_ledgers(self, rows, got):
        for post in self.lab.posts.values():
            post.verify_ledger()
            released, outbox = collections.Counter(), collections.Counter()
            for e in post.ledger():
                outbox[e.get("outbox")] += 1
                if e["kind"] == "transfer.release" and e["by"] != "link":
                    released[e["transfer"]] += 1
                if e["kind"] == "transfer.release" and e["transfer"] in got and e["hash.out"] != hashlib.sha256(got[e["transfer"]]).hexdigest():
                    raise Failure(f"{e['transfer']}: the ledger of {post.zone} says another hash")
            if max(outbox.values(), default=0) > 1:
                raise Failure(f"{post.zone}: an entry stands twice in the ledger")
            if any(n > 1 for n in released.values()):
                raise Failure(f"{post.zone}: released twice")
            self.check_counts(post, rows[post.zone])
            here = {i for i, r in rows[post.zone].items() if r["to"] == post.zone and i in got}
            if set(released) != here:
                raise Failure(f"{post.zone}: the ledger tells of {len(released)} releases, {len(here)} were collected")

    def check_counts(self, post, rows):
        """Whatever left was counted, but for so often; and what was got whole is in the ledger."""
        kinds = collections.defaultdict(collections.Counter)
        for e in post.ledger():
            if e["kind"] in ("transfer.hand", "transfer.collect") and e["by"] != "link":
                kinds[e["transfer"]][e["kind"]] += 1
        for id, n in kinds.items():
            hands, counted = n["transfer.hand"], n["transfer.collect"]
            if counted != rows[id]["downloads"]:
                raise Failure(f"{id}: {counted} collections in the ledger, {rows[id]['downloads']} in the row")
            if hands > counted + INTERRUPTED:
                raise Failure(f"{id}: its bytes left {hands} times, {counted} are counted")
            if self.had[id] > hands + counted:
                raise Failure(f"{id}: got {self.had[id]} times, the ledger knows of {hands}")

    def run(self):
        self.storm()
        self.calm()
        got = self.collect(self.settle())
        self.await_told()
        rows = self.rows()
        explained = self.check_ends(rows)
        self.check_bytes(rows, got)
        self.lab.stop()
        self.check_ledgers(rows, got)
        return {"sent": len(self.sent), "never acknowledged": len(self.unsaid), "collected": len(got), "got meanwhile": sum(self.had.values()), "explained": dict(explained),
                "chaos": dict(self.chaos.done), "not answered at once": dict(self.reasons)}


def run(number, seed, postgres, keep=False):
    with posts.Lab(postgres=postgres, workers=2, disk="384m", portal=True) as lab:
        try:
            lab.start()
            return Crash(lab, number, seed).run()
        except BaseException:
            for post in lab.posts.values():
                print(f"--- {post.zone}\n{post.said()[-6000:]}", file=sys.stderr)
            if keep:
                print(f"left in {lab.dir}", file=sys.stderr)
                os._exit(1)
            raise


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--postgres", action="store_true")
    ap.add_argument("--number", type=int, default=200)
    ap.add_argument("--seed", type=int, default=4)
    ap.add_argument("--keep", action="store_true", help="leave the posts as they are when something is wrong")
    args = ap.parse_args()
    faulthandler.register(signal.SIGUSR1)
    print(json.dumps(run(args.number, args.seed, args.postgres, args.keep), indent=1))


if __name__ == "__main__":
    main()

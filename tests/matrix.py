"""Every request that doc/openapi.json knows, by everybody there is: who is answered what stands in tests/matrix.txt, cell by cell, and is held against two
real posts of the example city (policy/), by tests/regress/test_matrix.py. `tests/matrix.py` writes the table anew from what they answer: to be read line by line."""
import os
import re
import sys
import time
import urllib.parse

import openapi
import posts
import samples
from logged import wait_for

ROOT = posts.ROOT
TABLE = os.path.join(ROOT, "tests", "matrix.txt")
# Who asks: the member, and what he is to the transfers that are asked about. The first three are nobody to this post.
NOBODY = {"nobody": "without a session", "elsewhere": "in a session of the other zone's portal", "below": "in a zone that wants two factors, having shown one"}
PEOPLE = {"staff": "zaisei-1", "requester": "seisaku-2", "deputy": "seisaku-1", "approver": "seisaku-cho", "tokatsu": "tokatsu", "ciso": "ciso",
          "administrator": "digital-1", "auditor": "kansa-2"}
COLUMNS = [*NOBODY, *PEOPLE]
# One more of the same department, so that requester, deputy and approver are three.
MORE = '\nmember seisaku-2 {\n\tname "政策企画課職員2"\n\tdepartment seisaku\n\trole staff\n}\n'
TARGET = "kokuho-1"  # whose account it is about, where it is about one
ASKS_OF_ORIGINAL = {"original.show", "original.approve", "original.deny", "original.cancel", "originals.content"}
# What changes what it is about: behind a yes there is another one for the next who asks.
CHANGES = {"approve", "decide", "deny", "cancel", "class", "password", "original.ask", "original.approve", "original.deny", "original.cancel", "user.disable", "uploads.end", "uploads.put", "send"}
ENDS = {"logout", "password.change", "factor.remove", "session.end", "user.disable"}  # they may end sessions
DAY = 24 * 3600 * 1000
EXPLAINED = '{"carry": "file", "from": "lgwan", "to": "internet", "route": "file-out", "requester": "seisaku-2"}'
PASSWORD = "関所を通る 手形 七五三"


def policy():
    """The example city. The internet zone wants two factors, so that somebody can be below them; originals of what goes out are kept, too; no clamd."""
    text = re.sub(r"\tscan virus.*\n", "", read("example.policy"))
    text = text.replace("\thold corporate-number, dictionary\n", "\thold corporate-number, dictionary\n\tkeep original 30 days\n", 1)
    return text.replace("zone internet {\n", "zone internet {\n\tlogin two-factors\n", 1)


def read(name):
    with open(os.path.join(ROOT, "policy", name), encoding="utf-8") as f:
        return f.read()


class City(posts.Lab):
    """Its two posts; who is who stands in a file of its own, as a change of it wants."""

    def __init__(self):
        super().__init__(portal=True, policy=policy())

    def make(self, *options):
        for name, more in (("clauses.policy", ""), ("organisation.policy", MORE)):
            with open(os.path.join(self.dir, name), "w", encoding="utf-8") as f:
                f.write(read(name) + more)
        super().make(*options)
        self.lgwan.set(f"organisation {self.dir}/organisation.policy")


def operations():
    """name: (method, path, operation) of everything that is described."""
    out = {}
    for path, entry in openapi.build()["paths"].items():
        for method, op in entry.items():
            if method != "parameters":
                out[op["operationId"]] = (method.upper(), path, op)
    return out


class Matrix:
    def __init__(self, lab):
        self.lab, self.post, self.other = lab, lab.lgwan, lab.internet
        self.browsers, self.about = {}, {}
        self.made = 0
        for name in sorted({*PEOPLE.values(), TARGET}):
            self.post.ok("root", "user.add", member=name)
        self.other.ok("root", "user.add", member=PEOPLE["staff"])
        self.other.ok("root", "user.add", member=PEOPLE["requester"], system_user="test-ichi", uid=posts.USERS["ichi"])
        for column in COLUMNS:
            self.browsers[column] = self.from_its_own(self.enter(column), column)
        now = int(time.time() * 1000)
        self.browsers["approver"].ask("absence.add", until=now + 3600_000)

    def enter(self, column):
        """Its browser, logged in by a link."""
        if column in PEOPLE:
            return self.post.log_in(PEOPLE[column])
        if column == "below":
            return self.other.log_in(PEOPLE["staff"])
        b = self.post.browser()
        if column == "elsewhere":
            b.cookies = dict(self.other.log_in(PEOPLE["staff"]).cookies)
        return b

    def close(self):
        for b in self.browsers.values():
            b.close()

    def from_its_own(self, b, column):
        """Each has an address of his own: nobody waits for the wrong tries of another."""
        b.close()
        b.source = f"127.0.77.{COLUMNS.index(column) + 1}"
        return b

    # --- what it is about ---

    def upload(self, column):
        """One of its own where it can have one, else one of the requester."""
        owner = self.browsers[column if column in PEOPLE else "requester"]
        status, _, answer = call(owner, "POST", "/api/v1/uploads", {"size": 3, "name": "a.txt"})
        return answer["upload"] if status == 201 else "0" * 32

    def transfer(self):
        """Of the requester, held for the approval of his superior."""
        b = self.browsers["requester"]
        status, answer = b.bring("案.txt", "案\n".encode(), to="internet", route="file-out", **{"class": "1"})
        if status != 200:
            raise AssertionError(answer)
        id = answer["transfer"]["id"]
        return wait_for(lambda: f"it is never held: {b.ask('show', id=id)}", lambda: next((t for t in [b.ask("show", id=id)[1]["transfer"]] if t["state"] == "held"), None))

    def original(self):
        status, answer = self.browsers["requester"].ask("original.ask", id=self.held()["id"], reason="控え")
        if status != 200:
            raise AssertionError(answer)
        return answer["original"]["id"]

    def held(self):
        if "transfer" not in self.about:
            self.about["transfer"] = self.transfer()
        return self.about["transfer"]

    def arrived(self):
        """For the requester of the others, from the other zone, released here."""
        if "arrived" not in self.about:
            id = self.other.who("ichi").send(samples.pdf_pages(1), "届.pdf", to="lgwan", route="file-in", **{"class": "1"})["transfer"]["id"]
            self.about["arrived"] = self.post.await_state(id, "released", "collected")["id"]
        return self.about["arrived"]

    def id_for(self, name):
        if name in ("transfers.content", "pages", "transfers.page"):
            return self.arrived()
        if name in ASKS_OF_ORIGINAL:
            if "original" not in self.about:
                self.about["original"] = self.original()
            return self.about["original"]
        return self.held()["id"]

    def values(self, name, column):
        mine, now, held = PEOPLE.get(column, PEOPLE["requester"]), int(time.time() * 1000), self.held()
        about = {"login.password": mine, "recovery.ask": mine, "login.challenge": mine, "user.add": "choju-1"}
        self.made += 1
        return {"to": "internet", "name": "a.txt", "hold": "approval", "hash": held["output_hash"], "votes": f"{held['id']} {held['output_hash']}", "reason": "控え",
                "member": about.get(name, TARGET), "uid": 4000, "system_user": "nobody", "new": PASSWORD, "from": now + 90 * DAY, "until": now + 91 * DAY,
                "moves": "x", "credential": "0000", "sealed": "00", "folder": f"{self.lab.dir}/backup-{self.made}", "number": 999999, "secret": "x", "code": "000000",
                "token": "0" * 64, "title": "鍵", "assertion": "x", "request": EXPLAINED, "password": "x", "size": 3}

    def body(self, name, op, column):
        schema = op["requestBody"]["content"]["application/json"]["schema"]
        said = {}
        for member in schema.get("required", []):
            said[member] = self.id_for(name) if member == "id" else self.upload(column) if member == "upload" else self.values(name, column)[member]
        if name == "send":
            call(self.browsers[column], "PATCH", f"/api/v1/uploads/{said['upload']}", b"abc", {"Upload-Offset": "0"})
            said.update({"class": "1", "route": "file-out"})
        more = {"class": {"class": "2"}, "session.end": {"number": 999999}, "absence.add": {"from": self.values(name, column)["from"]}}
        return {**said, **more.get(name, {})}

    # --- one cell ---

    def ask(self, name, column):
        """What is answered: (status, heads, body)."""
        method, path, op = operations()[name]
        b = self.browsers[column]
        if "{id}" in path:
            path = path.replace("{id}", self.upload(column) if name.startswith("uploads.") else self.id_for(name)).replace("{number}", "1")
        wanted = [p["name"] for p in op.get("parameters", []) if p["in"] == "query" and p.get("required")]
        if wanted:
            path += "?" + "&".join(f"{n}={urllib.parse.quote(str(self.values(name, column)[n]))}" for n in wanted)
        content = op.get("requestBody", {}).get("content", {})
        body = self.body(name, op, column) if "application/json" in content else b"abc" if content else None
        return call(b, method, path, body, {"Upload-Offset": "0"} if name == "uploads.put" else {})

    def cell(self, name, column):
        answer = self.ask(name, column)
        if name in CHANGES and answer[0] < 300:
            self.about.clear()
        if name in ENDS:
            self.browsers[column].close()
            self.browsers[column] = self.from_its_own(self.enter(column), column)
        return answer


def word_of(status, body):
    if isinstance(body, dict) and "decided" in body:  # each line has its own
        return f"{status}:{body['decided'][0].get('why', 'ok')}"
    why = body.get("why") if isinstance(body, dict) else None
    return f"{status}:{why}" if why else str(status)


def call(b, method, path, body=None, heads=None):
    """status, heads, object or bytes; of a stream of events only its heads."""
    if path == "/api/v1/events":
        return events(b)
    data = openapi.json.dumps(body, ensure_ascii=False).encode() if isinstance(body, dict) else body
    r = b.request(method, path, data, {**({"Content-Type": "application/json"} if isinstance(body, dict) else {}), **(heads or {}),
                                       **({"X-Sekisho": None, "Origin": None} if method == "GET" else {})})
    kind = r.headers.get("Content-Type", "")
    return r.status, r.headers, openapi.json.loads(r.body) if kind == "application/json" and r.body else r.body


def events(b):
    c = b.connect()
    c.request("GET", "/api/v1/events", headers=b.heads({"X-Sekisho": None, "Origin": None}))
    r = c.getresponse()
    out = r.status, r.headers, b"" if r.status == 200 else openapi.json.loads(r.read())
    c.close()
    return out


def load():
    """name: {column: cell}"""
    with open(TABLE, encoding="utf-8") as f:
        rows = [line.split() for line in f if line.strip() and not line.startswith("#")]
    return {row[0]: dict(zip(rows[0][1:], row[1:])) for row in rows[1:]}


def main():
    with City() as lab:
        lab.start(members=False)
        m = Matrix(lab)
        rows = [["request", *COLUMNS]]
        for name in sorted(operations()):
            rows.append([name])
            for column in COLUMNS:
                status, _, body = m.cell(name, column)
                rows[-1].append(word_of(status, body))
        m.close()
        lab.stop()
    widths = [max(len(r[i]) for r in rows) + 1 for i in range(len(rows[0]))]
    with open(TABLE, "w", encoding="utf-8") as f:
        f.write("# Who is answered what: see tests/matrix.py. A request stands for all of its kind: the smallest one that is well formed, about a transfer\n"
                "# of `requester` that waits for `approver`, at the post of a zone that is content with one factor.\n")
        f.writelines("".join(c.ljust(w) for c, w in zip(r, widths)).rstrip() + "\n" for r in rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())

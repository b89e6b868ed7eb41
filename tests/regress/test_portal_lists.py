"""What auditors and others take away of lists: workbooks, from two real posts, opened by an independent reader."""
import io
import json
import os
import subprocess
import tarfile
import tempfile
import unittest
import urllib.parse

import openpyxl

import posts
from logged import wait_for

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HOSTILE = "=HYPERLINK(\"x.example\").txt"


@unittest.skipUnless(posts.possible(), "two posts need root")
class Lists(posts.PortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        b = cls.lab.internet.log_in("ichi")
        cls.sent = [b.bring(name, "本文\n".encode(), to="lgwan", route="file-in", **{"class": "1"})[1]["transfer"]["id"] for name in (HOSTILE, "二.txt")]
        other = cls.lab.internet.log_in("ni")
        cls.others = other.bring("三.txt", "本文\n".encode(), to="lgwan", route="file-in", **{"class": "1"})[1]["transfer"]["id"]
        for id in (*cls.sent, cls.others):
            cls.lab.internet.await_state(id, "released", "collected")
        b.close()
        other.close()

    def browser(self, name=None):
        b = self.lab.internet.log_in(name) if name else self.lab.internet.browser()
        self.addCleanup(b.close)
        return b

    def get(self, b, **query):
        return b.request("GET", "/api/v1/transfers.xlsx?" + urllib.parse.urlencode(query), heads={"X-Sekisho": None, "Origin": None})

    def rows(self, b, **query):
        """(heads, rows) of the document."""
        r = self.get(b, **query)
        self.assertEqual((r.status, r.headers["Content-Type"]), (200, EXCEL), r.body[:300])
        sheet = openpyxl.load_workbook(io.BytesIO(r.body)).active
        for row in sheet.iter_rows():
            self.assertFalse([c for c in row if c.data_type == "f" or c.hyperlink])
        return [c.value for c in sheet[1]], [[c.value for c in row] for row in sheet.iter_rows(min_row=2)]

    def refused(self, r, status, why):
        self.assertEqual((r.status, json.loads(r.body)["why"]), (status, why))

    def test_own(self):
        b = self.browser("ichi")
        heads, rows = self.rows(b, language="en")
        self.assertEqual(heads[2], "Name of the file")
        self.assertEqual([r[-1] for r in rows], self.sent[::-1])  # the newest first
        self.assertEqual([r[2] for r in rows], ["二.txt", HOSTILE])
        heads, rows = self.rows(b, text="二")
        self.assertEqual((heads[2], [r[-1] for r in rows]), ("ファイル名", self.sent[1:]))
        self.assertEqual(self.rows(b, text="ない")[1], [])

    def test_names_of_files(self):
        b = self.browser("ichi")
        self.assertRegex(self.get(b, language="en").headers["Content-Disposition"], r'^attachment; filename="transfers-\d{8}\.xlsx"; filename\*=UTF-8\'\'transfers-\d{8}\.xlsx$')
        self.assertIn("filename*=UTF-8''" + urllib.parse.quote("転送一覧-"), self.get(b).headers["Content-Disposition"])

    def test_rights_are_those_of_the_list(self):
        for name, allowed in (("ichi", False), ("cho", False), ("sa", True), ("kan", True)):
            with self.subTest(name=name):
                b = self.browser(name)
                if not allowed:
                    self.refused(self.get(b, all="true"), 403, "no-right")
                    continue
                rows = self.rows(b, all="true")[1]
                self.assertLessEqual({*self.sent, self.others}, {r[-1] for r in rows})
                self.assertEqual({r[2] for r in rows} - {None}, {HOSTILE, "二.txt", "三.txt"} if name == "sa" else set())  # who runs the post sees no names
        self.assertEqual(len(self.rows(self.browser("cho"), department="shimin")[1]), 3)
        self.refused(self.get(self.browser("ichi"), department="joho"), 403, "no-right")
        self.refused(self.get(self.browser("kan"), all="true", text="二"), 403, "no-right")
        self.refused(self.get(self.browser()), 401, "no-session")

    def test_wrong_questions(self):
        b = self.browser("ichi")
        for query, why in (({"state": "nothing"}, "value"), ({"most": "3"}, "no-such-member"), ({"all": "no"}, "value"), ({"language": "fr"}, "value"), ({"from": "x"}, "value")):
            self.refused(self.get(b, **query), 400, why)
        r = b.request("GET", "/api/v1/transfers.xlsx?text=a%00b")
        self.refused(r, 400, "value")
        self.refused(b.request("GET", "/api/v1/transfers.xlsx?text=a&text=b"), 400, "value")
        r = b.request("GET", "/api/v1/transfers.xlsx", heads={"Sec-Fetch-Site": "cross-site"})  # another site's page has it opened
        self.refused(r, 401, "no-session")
        self.assertEqual(b.ask("export")[0], 404)  # no ask of a browser

    def test_it_is_told(self):
        before = sum(e["kind"] == "export" for e in self.lab.internet.ledger())
        self.rows(self.browser("sa"), all="true", text="二")
        wait_for("it is never in the ledger", lambda: sum(e["kind"] == "export" for e in self.lab.internet.ledger()) > before)
        entry = [e for e in self.lab.internet.ledger() if e["kind"] == "export"][-1]
        self.assertEqual(entry["by"], "self")
        self.assertIn("二", json.dumps(entry["personal.comment"], ensure_ascii=False))  # behind a commitment: what was looked for tells of people

    # --- the ledger ---

    def search(self, b, **members):
        status, answer = b.ask("ledger.search", **members)
        self.assertEqual(status, 200, answer)
        return answer["entries"]

    def entries(self, b, id, kind):
        """Those of a transfer, when there is one of this kind."""
        return wait_for(f"never in the ledger: {kind}", lambda: (lambda v: v if kind in {e["kind"] for e in v} else None)(self.search(b, id=id)))

    def field(self, entry, name):
        return next((f for f in entry["fields"] if f["name"] == name), {})

    def test_ledger_is_searched(self):
        b = self.browser("sa")
        found = self.entries(b, self.sent[0], "transfer.release")
        self.assertEqual({e["transfer"] for e in found}, {self.sent[0]})
        indexes = [e["index"] for e in found]
        self.assertEqual(indexes, sorted(indexes, reverse=True))
        receive, = (e for e in found if e["kind"] == "transfer.receive")
        self.assertEqual({e["kind"] for e in self.search(b, id=self.sent[0], kind="transfer.receive")}, {"transfer.receive"})
        self.assertEqual([e["index"] for e in self.search(b, id=self.sent[0], kind="transfer")], indexes)  # all that begin so
        self.assertEqual(self.search(b, kind="transf"), [])
        own = self.search(b, member="ichi", kind="transfer.receive")
        self.assertEqual({e["transfer"] for e in own}, set(self.sent))
        self.assertEqual(self.search(b, member=HOSTILE), [])  # the name of a file is nobody
        self.assertEqual(self.search(b, **{"from": receive["time"], "until": receive["time"]}, id=self.sent[0], kind="transfer.receive")[0], receive)
        self.assertEqual([e["index"] for e in self.search(b, first=2, last=4)], [4, 3, 2])
        # page by page, each entry once
        seen, after = [], {}
        while True:
            status, answer = b.ask("ledger.search", most=3, last=20, **after)
            self.assertEqual(status, 200)
            seen += [e["index"] for e in answer["entries"]]
            if "next" not in answer:
                break
            after = {"after": answer["next"]}
        self.assertEqual(seen, list(range(20, -1, -1)))

    def test_ledger_opens_to_who_may_see(self):
        found = self.entries(self.browser("sa"), self.sent[0], "transfer.receive")
        receive, = (e for e in found if e["kind"] == "transfer.receive")
        self.assertEqual(self.field(receive, "personal.file"), {"name": "personal.file", "behind": "open", "value": HOSTILE})
        same, = (e for e in self.search(self.browser("kan"), id=self.sent[0], kind="transfer.receive"))
        self.assertEqual(self.field(same, "personal.file"), {"name": "personal.file", "behind": "closed"})
        self.assertNotIn("ichi", json.dumps(same))
        self.assertEqual(same["leaf"], receive["leaf"])
        for name, members, why in (("kan", {"member": "ichi"}, "no-right"), ("ichi", {}, "no-right"), ("cho", {}, "no-right"), (None, {}, "no-session")):
            self.assertEqual(self.browser(name).ask("ledger.search", **members)[1]["why"], why, name)
        b = self.browser("sa")
        for members in ({"first": 5, "last": 4}, {"first": 1 << 40}, {"after": "x"}, {"after": "-1"}):
            self.assertEqual(b.ask("ledger.search", **members)[1]["why"], "value", members)

    def document(self, b, path):
        return b.request("GET", f"/api/v1/{path}", heads={"X-Sekisho": None, "Origin": None})

    def verified(self, data):
        """What the independent verifier says of a receipt."""
        with tempfile.NamedTemporaryFile() as f:
            f.write(data)
            f.flush()
            p = subprocess.run([posts.LEDGERVERIFY, "--json", "--key", os.path.join(self.lab.internet.folder, "ledger.pub"), f.name], capture_output=True, timeout=60, check=False)
        said = json.loads(p.stdout)
        self.assertEqual((p.returncode, said["verdict"]), (0, "good"), said)
        return said

    def test_ledger_is_proved(self):
        b = self.browser("sa")
        receive, = (e for e in self.entries(b, self.sent[0], "transfer.release") if e["kind"] == "transfer.receive")
        r = self.document(b, f"ledger.receipt?number={receive['index']}&language=en")
        self.assertEqual(r.status, 200, r.body[:300])
        self.assertIn(f"ledger-entry-{receive['index']}.receipt", r.headers["Content-Disposition"])
        said = self.verified(r.body)
        self.assertEqual(said["openings"]["personal.file"], HOSTILE)
        closed = self.document(self.browser("kan"), f"ledger.receipt?number={receive['index']}")
        self.assertEqual(self.verified(closed.body)["openings"], {})
        self.refused(self.document(b, "ledger.receipt?number=1099511627775"), 400, "value")
        self.refused(self.document(b, "ledger.receipt"), 400, "missing")
        self.refused(self.document(self.browser("ichi"), "ledger.receipt?number=1"), 403, "no-right")
        self.refused(self.document(self.browser(), "ledger.receipt?number=1"), 401, "no-session")

    def test_ledger_is_taken_away(self):
        b = self.browser("sa")
        found = self.entries(b, self.sent[0], "transfer.release")
        r = self.document(b, f"ledger.tar?id={self.sent[0]}")
        self.assertEqual((r.status, r.headers["Content-Type"]), (200, "application/x-tar"), r.body[:300])
        with tarfile.open(fileobj=io.BytesIO(r.body)) as tar:
            names = tar.getnames()
            self.assertEqual(names, [f"{e['index']:010}.receipt" for e in found])
            for name in names:
                self.verified(tar.extractfile(name).read())
        r = self.document(b, f"ledger.xlsx?id={self.sent[0]}&language=en")
        self.assertEqual((r.status, r.headers["Content-Type"]), (200, EXCEL), r.body[:300])
        sheet = openpyxl.load_workbook(io.BytesIO(r.body)).active
        heads = [c.value for c in sheet[1]]
        rows = [dict(zip(heads, (c.value for c in row))) for row in sheet.iter_rows(min_row=2)]
        self.assertEqual([(x["Entry"], x["Kind"], x["Leaf hash in the ledger"]) for x in rows], [(e["index"], e["kind"], e["leaf"]) for e in found])
        self.assertIn(HOSTILE, [x["Name of the file"] for x in rows])
        blind = openpyxl.load_workbook(io.BytesIO(self.document(self.browser("kan"), f"ledger.xlsx?id={self.sent[0]}").body)).active
        self.assertNotIn(HOSTILE, [c.value for row in blind.iter_rows() for c in row])
        for kind in ("ledger.receipts", "ledger.export"):
            wait_for(f"{kind} is never in the ledger", lambda kind=kind: self.search(b, kind=kind))
        for path in ("ledger.tar", "ledger.xlsx"):
            self.refused(self.document(self.browser("cho"), path), 403, "no-right")
            self.refused(self.document(b, f"{path}?first=7&last=3"), 400, "value")


if __name__ == "__main__":
    unittest.main()

"""What auditors and others take away of lists: workbooks, from two real posts, opened by an independent reader."""
import io
import json
import unittest
import urllib.parse

import openpyxl

import posts
from logged import wait_for

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HOSTILE = "=HYPERLINK(\"x.example\").txt"


@unittest.skipUnless(posts.possible(), "two posts need root")
class Lists(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.lab = posts.Lab(portal=True)
        cls.addClassCleanup(cls.lab.close)
        cls.lab.start()
        cls.addClassCleanup(cls.lab.stop)
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
        self.assertIn("filename*=UTF-8''" + urllib.parse.quote("移送一覧-"), self.get(b).headers["Content-Disposition"])

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


if __name__ == "__main__":
    unittest.main()

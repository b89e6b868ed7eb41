"""The language of the policy from outside: what it says of good and bad policies, in which language, with which code."""
import json
import os
import random
import re
import shutil
import subprocess
import unittest
import uuid

from command import Case, SEKISHO

POLICY = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "policy")
FILES = ("example.policy", "classes-r4.policy", "clauses.policy", "organisation.policy")


class Policy(Case):
    def setUp(self):
        super().setUp()
        for name in FILES:
            shutil.copy(os.path.join(POLICY, name), self.path(name))

    def run_policy(self, *args, code):
        done = subprocess.run([SEKISHO, "policy", *args], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def change(self, name, old, new):
        with open(self.path(name), encoding="utf-8") as f:
            text = f.read()
        self.assertIn(old, text)
        with open(self.path(name), "w", encoding="utf-8") as f:
            f.write(text.replace(old, new, 1))

    def check(self, code, lang="en"):
        return self.run_policy("check", "--lang", lang, self.path("example.policy"), code=code)

    def test_the_example_can_be_used_and_stands_in_its_canonical_form(self):
        self.assertIn("4 routes", self.check(0).stdout)
        for name in FILES:
            done = self.run_policy("fmt", self.path(name), code=0)
            with open(self.path(name), encoding="utf-8") as f:
                self.assertEqual(done.stdout, f.read(), name)

    def test_classes_of_the_guideline_before(self):
        with open(self.path("example.policy"), encoding="utf-8") as f:
            text = f.read()
        with open(self.path("example.policy"), "w", encoding="utf-8") as f:
            f.write(re.sub(r'(?s)classes confidentiality.*?(?=zone )', "", text).replace('include "clauses.policy"', 'include "classes-r4.policy"\ninclude "clauses.policy"'))
        self.assertIn("'3B'", self.check(1).stderr)
        self.change("example.policy", 'holds confidentiality <= "3B"', 'holds confidentiality <= "2"')
        self.check(0)

    def test_an_error_names_file_line_and_place(self):
        self.change("example.policy", "from internet to lgwan {", "from internett to lgwan {")
        told = self.check(1).stderr
        self.assertRegex(told, r"example\.policy:\d+: error: There is no zone 'internett'\. \[unknown\]")
        line, marks = [row for row in told.splitlines() if "internett to" in row or row.strip().startswith("^^^^^^^^^")][:2]
        self.assertEqual(line.index("internett"), marks.index("^"))
        self.assertEqual(marks.count("^"), len("internett"))

    def test_an_error_in_an_included_file_names_that_file(self):
        self.change("organisation.policy", "role staff\n", "role staf\n")
        self.assertIn("organisation.policy:", self.check(1).stderr)

    def test_japanese_is_complete_and_marks_wide_letters_by_their_width(self):
        self.change("example.policy", 'name "LGWAN接続系"', 'name "LGWAN接続系" 多い')
        told = self.check(1, "ja").stderr
        self.assertIn("エラー: ここに '多い' は要りません。", told)
        rows = told.splitlines()
        at = next(i for i, row in enumerate(rows) if "多い" in row and "LGWAN" in row)
        before = rows[at][:rows[at].index("多い")]
        width = sum(2 if ord(c) > 0xFF else 1 for c in before)
        self.assertEqual(rows[at + 1], " " * width + "^^^^")

    def test_what_cannot_be_read_is_no_bad_policy(self):
        self.run_policy("check", self.path("none.policy"), code=2)
        self.run_policy("check", code=2)
        self.run_policy("nonsense", code=2)
        os.unlink(self.path("clauses.policy"))
        self.assertIn("clauses.policy", self.check(1).stderr)

    def test_fmt_writes_in_place_or_leaves_the_file_alone(self):
        with open(self.path("x.policy"), "w", encoding="utf-8") as f:
            f.write("sekisho policy 1\nrole  x {name \"a\"}  # why\n")
        os.chmod(self.path("x.policy"), 0o640)
        self.run_policy("fmt", "--write", self.path("x.policy"), code=0)
        with open(self.path("x.policy"), encoding="utf-8") as f:
            self.assertEqual(f.read(), "sekisho policy 1\n\nrole x {  # why\n\tname \"a\"\n}\n")
        self.assertEqual(os.stat(self.path("x.policy")).st_mode & 0o777, 0o640)
        bad = "sekisho policy 1\nrole x {\n"
        with open(self.path("x.policy"), "w", encoding="utf-8") as f:
            f.write(bad)
        self.run_policy("fmt", "--write", self.path("x.policy"), code=1)
        with open(self.path("x.policy"), encoding="utf-8") as f:
            self.assertEqual(f.read(), bad)
        self.assertEqual([n for n in os.listdir(self.path("")) if n.startswith(".")], [])

    def test_a_binary_file_ends_in_one_message(self):
        for binary in (random.Random(1).randbytes(100000), bytes(range(256)) * 400, b"x" * 100000, b"\0", b""):
            with open(self.path("x.policy"), "wb") as f:
                f.write(binary)
            told = self.run_policy("check", self.path("x.policy"), code=1).stderr
            self.assertEqual(told.count("error:"), 1, told)
            self.assertIn("sekisho policy 1", told)
            self.assertLess(len(told), 2000)

    def test_of_a_long_line_the_place_is_shown(self):
        with open(self.path("x.policy"), "w", encoding="utf-8") as f:
            f.write("sekisho policy 1\n# comment\nrole x { name \"" + "あ" * 1000 + "\" wrong; may approve" + " " * 3000 + "}\n")
        told = self.run_policy("check", self.path("x.policy"), code=1).stderr
        line, marks = told.splitlines()[1:3]
        self.assertEqual(marks.strip(), "^^^^^")
        self.assertLess(len(line), 500)
        before = line[:line.index("wrong")]
        self.assertEqual(sum(2 if ord(c) > 0xFF else 1 for c in before), marks.index("^"))

    # --- explain ---

    NOON = "令和8年6月15日 12:00"
    FILE_IN = ("--from", "internet", "--to", "lgwan", "--carry", "file", "--requester", "shimin-1", "--claimed", "docx")
    FILE_OUT = ("--from", "lgwan", "--to", "internet", "--carry", "file", "--requester", "shimin-1", "--claimed", "docx",
                "--confidentiality", "2")
    FLOW = ("--carry", "flow", "--from", "mynumber", "--host", "eltax.example", "--source", "10.1.20.5", "--mac",
            "02:00:00:00:00:05", "--destination", "192.0.2.10", "--port", "443", "--protocol", "tcp")
    SCREEN = ("--carry", "screen", "--from", "lgwan", "--to", "internet", "--requester", "shimin-1", "--login", "os-login")
    MAIL_IN = ("--carry", "mail", "--from", "internet", "--to", "lgwan", "--requester", "shimin-1", "--claimed", "eml")
    YES = ("--vote", "member=shimin-cho,hold=approval,allow=yes,at=" + NOON)

    def explain(self, *args, code, policy="example.policy"):
        done = self.run_policy("explain", "--json", "--time", self.NOON, *args, self.path(policy), code=code)
        rows = [json.loads(row) for row in done.stdout.splitlines()]
        return rows[0] if len(rows) == 1 else rows

    def line_of(self, reason):
        """What stands on the line that decided, read from the file itself."""
        with open(self.path(reason["file"]), encoding="utf-8") as f:
            return f.read().splitlines()[reason["line"] - 1].strip()

    def says(self, effect, code, line, *args):
        d = self.explain(*args, code=0 if effect == "pass" else 1)
        self.assertEqual(d["effect"], effect, d)
        reason = next((r for r in d["reasons"] if r["code"] == code), None)
        self.assertIsNotNone(reason, d)
        self.assertEqual(reason["effect"], effect)
        self.assertTrue(self.line_of(reason).startswith(line), (self.line_of(reason), line))
        self.assertTrue(reason["text"]["en"] and reason["text"]["ja"])
        self.assertNotEqual(reason["text"]["en"], reason["text"]["ja"])
        return d

    def test_each_decision_names_the_line_of_the_example_that_made_it(self):
        well = "--assume-good"
        for effect, code, line, *args in (
                ("pass", "permitted", "route file-in from", *self.FILE_IN, well),
                ("hold", "password", "encrypted hold for 7 days", *self.FILE_IN, well, "--encrypted", "yes"),
                ("deny", "password-late", "encrypted hold", *self.FILE_IN, well, "--encrypted", "yes", "--received", "R8.6.8"),
                ("deny", "limit.size", "limit size 100M", *self.FILE_IN, well, "--size", "101M"),
                ("hold", "scan-failed", "scan virus required", *self.FILE_IN, well, "--scan", "failed"),
                ("hold", "signatures", "scan virus required", *self.FILE_IN, well, "--signatures", "4 days"),
                ("deny", "virus", "scan virus required", *self.FILE_IN, well, "--scan", "found"),
                ("deny", "not-cleaned", "clean rebuild else", *self.FILE_IN, well, "--rebuild", "no", "--flatten", "no"),
                ("deny", "requester-unknown", "route file-in", *self.FILE_IN, well, "--requester", "nobody"),
                ("hold", "approval", "approve by superior", *self.FILE_OUT, well),
                ("pass", "permitted", "route file-out from", *self.FILE_OUT, well, *self.YES),
                ("deny", "class", "require class confidentiality", *self.FILE_OUT, well, "--confidentiality", "3C"),
                ("deny", "class-zone", "holds confidentiality <= \"2\"", *self.FILE_OUT, well, "--confidentiality", "3C"),
                ("deny", "leak.mynumber", "refuse mynumber", *self.FILE_OUT, well, *self.YES, "--mynumber", "1"),
                ("hold", "leak.corporate-number", "hold corporate-number", *self.FILE_OUT, well, *self.YES,
                 "--corporate-number", "1"),
                ("deny", "expired", "expire 7 days", *self.FILE_OUT, well, *self.YES, "--released", "R8.6.1", "--downloads", "0"),
                ("pass", "permitted", "route mail-in from", *self.MAIL_IN, well),
                ("pass", "permitted", "route mail-in from", *self.MAIL_IN, well, "--attached", "2", "--attached-rebuild", "no",
                 "--attached-flatten", "no"),
                ("deny", "not-cleaned", "clean text", *self.MAIL_IN, well, "--text", "no"),
                ("pass", "permitted", "route browse from", *self.SCREEN),
                ("deny", "clipboard", "clipboard none", *self.SCREEN, "--clipboard", "out"),
                ("pass", "flow-permitted", "flow eltax from", *self.FLOW),
                ("deny", "source", "source 10.1.20.5", *self.FLOW, "--source", "10.1.20.6"),
                ("deny", "mac", "source 10.1.20.5", *self.FLOW, "--mac", "02:00:00:00:00:06"),
                ("deny", "port", "tcp 443", *self.FLOW, "--port", "80"),
                ("deny", "destination", "flow eltax", *self.FLOW, "--destination", "192.0.2.11"),
                ("deny", "ended", "until 令和9年3月31日", *self.FLOW, "--time", "令和9年4月1日"),
                ("deny", "approved-later", "approved by", *self.FLOW, "--time", "令和8年3月31日"),
                ("deny", "no-flow", "sekisho policy 1", *self.FLOW, "--host", "other.example"),
                ("deny", "no-route", "sekisho policy 1", "--carry", "file", "--from", "internet", "--to", "mynumber", well),
                ("hold", "original", "keep original 30 days", *self.FILE_IN, well, "--original", "yes", "--to", "internet",
                 "--route", "file-in"),
                ("deny", "original-zone", "keep original 30 days", *self.FILE_IN, well, "--original", "yes", "--route", "file-in")):
            with self.subTest(code=code, args=args):
                self.says(effect, code, line, *args)

    def test_what_is_not_known_is_awaited_step_by_step(self):
        known = list(self.FILE_IN)
        for more in ([], ["--login", "password", "--received", "R8.6.15", "--size", "3M", "--space", "yes"],
                     ["--found", "docx", "--depth", "1", "--members", "1", "--pages", "2", "--encrypted", "no", "--rebuild", "yes"],
                     ["--verified", "yes"], ["--scan", "clean", "--signatures", "2 hours"]):
            known += more
            d = self.explain(*known, code=0 if "--signatures" in known else 1)
            self.assertEqual(d["effect"], "pass" if "--signatures" in known else "hold", d)
            for fact in ("size", "found", "cleaned", "verified", "scan"):
                said = "--rebuild" in known if fact == "cleaned" else "--" + fact in known
                self.assertEqual(fact in d["awaits"], not said, (fact, d["awaits"]))
        self.assertEqual(d["duties"]["method"], "rebuild")

    def test_a_request_comes_from_a_file_and_is_written_the_same_way(self):
        d = self.explain(*self.FILE_OUT, "--assume-good", *self.YES, code=0)
        with open(self.path("r.json"), "w", encoding="utf-8") as f:
            json.dump(d["request"], f, indent=1, ensure_ascii=False)
            f.write("\n" + json.dumps(dict(d["request"], mynumber=3, time="令和8年6月15日 13:00")))
        one, two = self.explain("--request", self.path("r.json"), code=1)
        self.assertEqual(one["request"], d["request"])
        self.assertEqual((one["effect"], two["effect"]), ("pass", "deny"))
        self.assertEqual(two["time"], "2026-06-15T13:00:00+09:00")
        for bad in ('{"size":-1}', '{"sise":1}', '{"size":1', '[]', '{"size":1.5}', '{"size":1,"size":2}', '{"from":{}}',
                    '{"votes":[1]}', '{"contains":["exee"]}', '{"source":"10.0.0.0/8"}', '{"time":"平成40年"}', 'x', '{"from":"a\\u0000b"}'):
            with open(self.path("r.json"), "w", encoding="utf-8") as f:
                f.write(bad)
            done = self.run_policy("explain", "--lang", "ja", "--request", self.path("r.json"), self.path("example.policy"), code=2)
            self.assertIn("依頼 1", done.stderr, bad)

    def test_people_read_dates_of_their_calendar(self):
        told = self.run_policy("explain", "--lang", "ja", "--time", self.NOON, *self.FILE_OUT, "--assume-good", "--released", "R8.6.14",
                               "--downloads", "0", self.path("example.policy"), code=1).stdout
        self.assertIn("令和8年6月15日 12:00", told)
        self.assertIn("市民課長 (shimin-cho)", told)
        self.assertIn("令和8年6月21日 00:00", told)
        self.assertRegex(told, r"example\.policy:\d+: approve by superior")
        self.assertNotRegex(told, r"[A-Za-z]{3,} [a-z]{3,} [a-z]{3,} [a-z]{3,} [a-z]{3,}")

    # --- diff ---

    def other(self, *changes):
        """The example again in a folder of its own, with these changes."""
        folder = self.path("new")
        os.makedirs(folder, exist_ok=True)
        for name in FILES:
            shutil.copy(self.path(name), folder)
        for old, new in changes:
            self.change(os.path.join("new", "example.policy"), old, new)
        return os.path.join(folder, "example.policy")

    def diff(self, new, *args, code):
        return json.loads(self.run_policy("diff", "--json", "--time", self.NOON, *args, self.path("example.policy"), new, code=code).stdout)

    def test_what_did_not_change_is_no_difference(self):
        d = self.diff(self.other(), code=0)
        self.assertEqual((d["lines"], d["changed"]), ([], 0))
        self.assertGreater(d["decisions"], 10000)
        route = "route browse from lgwan to internet {\n\tcarry screen\n\tclipboard none\n\tfiles file-in\n\tclause \"6.3.2\", \"2.12\"\n}\n"
        moved = self.other((route, ""), ("city ", route + "\ncity "))
        d = self.diff(moved, code=0)
        self.assertEqual((d["lines"], d["changed"]), ([], 0))

    def test_a_change_shows_its_lines_and_the_decisions_that_become_others(self):
        for change, effects, line in ((("\trefuse mynumber\n", "\thold mynumber\n"), ("deny", "hold"), "-\trefuse mynumber"),
                                      (("\trefuse mynumber\n", ""), ("deny", "pass"), "-\trefuse mynumber"),
                                      (("\thold corporate-number, dictionary\n", "\trefuse corporate-number, dictionary\n"), ("hold", "deny"), "+\trefuse corp"),
                                      (("\tapprove by superior, deputy after 4 hours, bulk confidentiality <= \"1\"\n", ""), ("hold", "pass"), "-\tapprove"),
                                      ((", bulk confidentiality <= \"1\"", ", passkey"), ("pass", "hold"), "+\tapprove by superior, deputy after 4 hours, passkey"),
                                      ((", bulk confidentiality <= \"1\"", ", bulk confidentiality <= \"2\""), ("hold", "hold"), "+\tapprove by"),
                                      (("\tkeep original 30 days  # released", "\tkeep original 30 days, release passkey  # released"), ("pass", "hold"), "+\tkeep original"),
                                      (("until 令和9年3月31日", "until 令和9年4月30日"), ("deny", "pass"), "+\tuntil 令和9年4月30日"),
                                      (("limit size 100M", "limit size 200M"), ("deny", "pass"), "+\tlimit size 200M"),
                                      (("signatures 3 days", "signatures 1 day"), ("pass", "hold"), "+\tscan virus required, signatures 1 day"),
                                      (("clipboard none", "clipboard out"), ("deny", "pass"), "+\tclipboard out"),
                                      (("clean text", "clean rebuild else text"), ("pass", "pass"), "+\tclean rebuild else text"),
                                      (("tcp 443", "tcp 444"), ("pass", "deny"), "+\ttcp 444")):
            with self.subTest(change=change):
                d = self.diff(self.other(change), code=1)
                self.assertEqual(len(d["lines"]), 1)
                self.assertTrue(any(row.startswith(line) for row in d["lines"][0]["text"].splitlines()), d["lines"])
                self.assertIn(effects, {(g["before"]["effect"], g["after"]["effect"]) for g in d["changes"]})
                self.assertEqual(d["changed"], sum(g["count"] for g in d["changes"]))

    def test_a_new_denial_only_takes_away(self):
        new = self.other(("city ", "deny d from internet to lgwan {\n\ttypes docx\n\tclause \"6.3.2\"\n}\n\ncity "))
        d = self.diff(new, code=1)
        self.assertEqual([(row["statement"], row["change"]) for row in d["lines"]], [("deny d", "added")])
        self.assertEqual({g["after"]["effect"] for g in d["changes"]}, {"deny"})

    def test_recorded_requests_take_the_place_of_those_made_up(self):
        asked = [self.explain(*args, "--assume-good", code=code)["request"]
                 for code, args in ((0, self.FILE_IN), (1, self.FILE_OUT), (1, (*self.FILE_OUT, "--mynumber", "2")))]
        with open(self.path("asked.jsonl"), "w", encoding="utf-8") as f:
            f.writelines(json.dumps(a) + "\n" for a in asked)
        new = self.other(("\trefuse mynumber\n", ""))
        d = self.diff(new, "--requests", self.path("asked.jsonl"), code=1)
        self.assertEqual((d["decisions"], d["changed"]), (3, 1))
        self.assertEqual(d["changes"][0]["example"]["mynumber"], 2)
        told = self.run_policy("diff", "--lang", "ja", "--requests", self.path("asked.jsonl"), self.path("example.policy"), new, code=1).stdout
        self.assertIn("3 件の判定のうち 1 件が変わります。", told)
        with open(self.path("asked.jsonl"), "w", encoding="utf-8") as f:
            f.writelines(json.dumps(a) + "\r\n\n" for a in asked * 1000)
        d = self.diff(new, "--requests", self.path("asked.jsonl"), code=1)
        self.assertEqual((d["decisions"], d["changed"], d["changes"][0]["count"]), (3000, 1000, 1000))
        with open(self.path("asked.jsonl"), "a", encoding="utf-8") as f:
            f.write('{"size":')
        done = self.run_policy("diff", "--lang", "en", "--requests", self.path("asked.jsonl"), self.path("example.policy"), new, code=2)
        self.assertIn("request 3001:", done.stderr)
        self.run_policy("diff", self.path("example.policy"), code=2)
        self.run_policy("diff", self.path("example.policy"), self.path("none.policy"), code=2)
        self.run_policy("diff", "--requests", self.path("none"), self.path("example.policy"), new, code=2)

    # --- OSCAL ---

    def export(self, kind, policy):
        return self.run_policy("export", "--oscal", kind, policy, code=0).stdout

    def exported(self, policy):
        for kind in ("catalog", "profile"):
            with open(self.path(kind + ".json"), "w", encoding="utf-8") as f:
                f.write(self.export(kind, policy))
        return self.path("catalog.json"), self.path("profile.json")

    def test_the_example_goes_to_oscal_and_comes_back(self):
        paths = self.exported(self.path("example.policy"))
        back = self.run_policy("import", *paths, code=0).stdout
        with open(self.path("back.policy"), "w", encoding="utf-8") as f:
            f.write(back)
        self.assertIn("4 routes", self.run_policy("check", "--lang", "en", self.path("back.policy"), code=0).stdout)
        self.assertEqual(self.run_policy("fmt", self.path("back.policy"), code=0).stdout, back)
        self.assertEqual(self.diff(self.path("back.policy"), code=0)["changed"], 0)
        for kind, path in zip(("catalog", "profile"), paths):
            with open(path, encoding="utf-8") as f:
                self.assertEqual(self.export(kind, self.path("back.policy")), f.read(), kind)

    def test_what_is_exported_has_the_form_of_oscal(self):
        docs = [json.loads(self.export(kind, self.path("example.policy"))) for kind in ("catalog", "profile")]
        catalog, profile = docs[0]["catalog"], docs[1]["profile"]
        space = uuid.uuid5(uuid.NAMESPACE_URL, "urn:sekisho:policy:1")
        for doc in (catalog, profile):
            self.assertEqual(doc["uuid"], str(uuid.uuid5(space, doc["metadata"]["version"])))
            self.assertEqual(doc["metadata"]["last-modified"], "2022-07-01T00:00:00+09:00")
            self.assertRegex(doc["metadata"]["oscal-version"], r"^1\.1\.")
        ids = {c["id"]: c for c in catalog["controls"]}
        self.assertEqual(ids["clause-6.3.1"]["title"], "マイナンバー利用事務系の強靭性")
        self.assertEqual(ids["clause-6.3.1"]["props"], [{"name": "label", "value": "6.3.1"}])
        self.assertLessEqual(set(profile["imports"][0]["include-controls"][0]["with-ids"]), set(ids))
        self.assertEqual(profile["imports"][0]["href"], "#" + profile["back-matter"]["resources"][0]["uuid"])
        parts = {p["id"] for a in profile["modify"]["alters"] for d in a["adds"] for p in d.get("parts", [])}
        self.assertEqual(parts, {"route-file-in", "route-file-out", "route-mail-in", "route-browse", "flow-eltax"})
        links = {x["href"][1:] for a in profile["modify"]["alters"] for d in a["adds"] for x in d.get("links", [])}
        self.assertLessEqual(links, parts)
        for token in list(ids) + list(parts):
            self.assertRegex(token, r"^[^\W\d][\w.-]*$")
        uuids = [r["uuid"] for r in profile["back-matter"]["resources"]]
        self.assertEqual(len(set(uuids)), len(uuids))

    def test_an_import_is_not_believed(self):
        catalog, profile = self.exported(self.path("example.policy"))
        self.run_policy("import", profile, code=1)
        self.run_policy("import", catalog, catalog, code=1)
        self.run_policy("import", self.path("none"), code=2)
        self.run_policy("import", code=2)
        self.assertEqual(self.run_policy("import", catalog, code=0).stdout.count("\nclause "), 36)
        with open(profile, encoding="utf-8") as f:
            text = f.read()
        for old, new, told in (("refuse mynumber", "refuse mynumbers", "mynumbers"), ("```\\nroute file-in", "```\\ninclude \\\"/etc/passwd\\\"\\nroute file-in", ""),
                               ("catalog-uuid", "catalog-uuid2", None), ("from internet to lgwan {", "from internett to lgwan {", "internett")):
            self.assertIn(old, text)
            with open(profile, "w", encoding="utf-8") as f:
                f.write(text.replace(old, new, 1))
            done = self.run_policy("import", catalog, profile, code=0 if told is None else 1)
            self.assertIn(told or "", done.stderr)
            self.assertEqual(done.stdout == "", told is not None)


if __name__ == "__main__":
    unittest.main()

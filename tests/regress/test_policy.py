"""The language of the policy from outside: what it says of good and bad policies, in which language, with which code."""
import os
import random
import shutil
import subprocess
import unittest

from command import Case, SEKISHO

POLICY = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "policy")
FILES = ("example.policy", "clauses.policy", "organisation.policy")


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


if __name__ == "__main__":
    unittest.main()

"""The library as others embed it, and the documents that describe reports."""
import json
import os
import re
import subprocess
import unittest

import codes
import samples
from command import Case, KEYS, ROOT


class Library(Case):
    def test_example_builds_and_runs(self):
        exe, lib = self.path("example"), os.path.join(ROOT, "build", "src", "engine")
        subprocess.run(["cc", "-Wall", "-Wextra", "-Werror", "-I" + os.path.join(ROOT, "include"), os.path.join(ROOT, "doc", "example.c"),
                        "-o", exe, "-L" + lib, "-lsekisho", "-Wl,-rpath," + lib], check=True)
        helpers = os.path.join(ROOT, "build", "src", "cmd")
        p = subprocess.run([exe, helpers], input=samples.text_with_bidi(), capture_output=True, check=False)
        self.assertEqual(p.returncode, 0, p.stderr)
        self.assertIn(samples.KEEP.encode(), p.stdout)
        self.assertIn(b"invisible", p.stderr)
        p = subprocess.run([exe, helpers], input=samples.program(), capture_output=True, check=False)
        self.assertEqual((p.returncode, p.stdout), (1, b""))
        p = subprocess.run([exe, "/nonexistent"], input=b"a", capture_output=True, check=False)
        self.assertEqual((p.returncode, p.stdout), (2, b""))
        self.assertIn(b"no jail", p.stderr)

    def test_library_exports_only_its_interface(self):
        lib = os.path.join(ROOT, "build", "src", "engine", "libsekisho.so")
        out = subprocess.run(["nm", "-D", "--defined-only", lib], capture_output=True, text=True, check=True).stdout
        names = {line.split()[-1] for line in out.splitlines()}
        with open(os.path.join(ROOT, "include", "sekisho.h"), encoding="utf-8") as f:
            declared = set(re.findall(r"SK_API [^;(]*?\b(sk_\w+)\(", f.read()))
        self.assertEqual(names, declared)

    def test_command_and_library_link_no_parser(self):
        for name in ("engine/libsekisho.so", "cmd/sekisho"):
            out = subprocess.run(["ldd", os.path.join(ROOT, "build", "src", name)], capture_output=True, text=True, check=True).stdout
            for parser in ("qpdf", "mupdf", "jpeg", "png", "spng", "tiff", "webp", "gif", "expat", "deflate", "harfbuzz", "cairo", "libz."):
                self.assertNotIn(parser, out, name)

    def test_verifier_links_no_parser_of_the_cleaner(self):
        out = subprocess.run(["ldd", os.path.join(ROOT, "build", "src", "cmd", "sekisho-verifier")], capture_output=True, text=True, check=True).stdout
        for parser in ("qpdf", "mupdf", "jpeg", "png", "spng", "tiff", "webp", "gif", "expat", "deflate", "harfbuzz", "cairo"):
            self.assertNotIn(parser, out)


class Documents(unittest.TestCase):
    def test_schema_has_exactly_the_keys(self):
        with open(os.path.join(ROOT, "doc", "report.schema.json"), encoding="utf-8") as f:
            schema = json.load(f)
        self.assertEqual(set(schema["required"]), KEYS)
        self.assertEqual(set(schema["properties"]), KEYS)

    def test_manual_lists_every_code(self):
        want = subprocess.run(["sh", os.path.join(ROOT, "tests", "report5.sh")], capture_output=True, text=True, check=True).stdout
        with open(os.path.join(ROOT, "man", "sekisho-report.5"), encoding="utf-8") as f:
            self.assertEqual(f.read(), want, "run: sh tests/report5.sh > man/sekisho-report.5")
        self.assertGreater(len(codes.codes()), 50)


if __name__ == "__main__":
    unittest.main()

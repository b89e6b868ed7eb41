"""The library as others embed it, and the documents that describe reports."""
import json
import os
import re
import subprocess
import unittest

import codes
import samples
from command import Case, KEYS, ROOT


# How the functions begin of the libraries that read files for the cleaner and the renderer.
PARSERS = ("jpeg_", "jinit_", "png_", "spng_", "TIFF", "WebP", "DGif", "XML_", "libdeflate_", "hb_", "cairo_", "FT_", "opj_", "jbig2_", "fz_", "pdf_", "iconv", "gnutls_")


def symbols(name):
    """All that is defined in a program of the build, or asked of a shared library: libraries are linked in, so ldd would not tell."""
    path = os.path.join(ROOT, "build", "src", name)
    out = subprocess.run(["nm", path], capture_output=True, text=True, check=True).stdout
    return {line.split()[-1].split("@")[0] for line in out.splitlines()}


def parsers_in(name):
    """The libraries among PARSERS, and QPDF, of which a program has functions."""
    return {p for s in symbols(name) for p in PARSERS if s.startswith(p)} | {"QPDF" for s in symbols(name) if "QPDF" in s}


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
            self.assertEqual(parsers_in(name), set(), name)
            self.assertNotIn("inflate", symbols(name))

    def test_verifier_links_no_parser_of_the_cleaner(self):
        self.assertLess({"jpeg_", "png_", "TIFF", "WebP", "XML_", "libdeflate_", "QPDF", "cairo_", "FT_"}, parsers_in("cmd/sekisho-cleaner"))
        self.assertEqual(parsers_in("cmd/sekisho-verifier"), set())
        self.assertIn("inflate", symbols("cmd/sekisho-verifier"))


def misfit(value, schema, root, at="row"):
    """The first place where a value does not fit a schema, of which only what ours uses is known; None when it fits."""
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rsplit("/", 1)[-1]]
    assert set(schema) <= {"type", "enum", "pattern", "minimum", "required", "properties", "additionalProperties", "items", "$schema", "title", "$defs"}, schema
    kinds = {"object": dict, "array": list, "string": str, "integer": int, "null": type(None)}
    types = schema.get("type", list(kinds))
    if not isinstance(value, tuple(kinds[t] for t in ([types] if isinstance(types, str) else types))) or isinstance(value, bool):
        return f"{at}: {value!r} is no {types}"
    if value not in schema.get("enum", [value]) or isinstance(value, int) and value < schema.get("minimum", value) \
            or isinstance(value, str) and not re.search(schema.get("pattern", ""), value):
        return f"{at}: {value!r}"
    if isinstance(value, list):
        return next(filter(None, (misfit(v, schema["items"], root, f"{at}[{i}]") for i, v in enumerate(value))), None)
    if not isinstance(value, dict):
        return None
    if set(schema["required"]) - set(value) or set(value) - set(schema["properties"]):
        return f"{at}: {set(value) ^ set(schema['required'])}"
    return next(filter(None, (misfit(v, schema["properties"][k], root, f"{at}.{k}") for k, v in value.items())), None)


class Schema(Case):
    def test_every_kind_of_row_fits_the_schema(self):
        with open(os.path.join(ROOT, "doc", "report.schema.json"), encoding="utf-8") as f:
            schema = json.load(f)
        os.mkdir(self.path("out"))
        bad = os.path.join(self.dir.encode(), b"bad\xff\n\xe3\x81\"\\.txt")
        for path in (bad, os.path.join(self.dir.encode(), b"out", b"exists.txt")):
            with open(path, "wb") as f:
                f.write(b"hello\n")
        inputs = [*samples.make(self.path("in")), bad, self.write("exists.txt", b"hello\n"), self.write("empty.pdf", b""), self.write("one", b"\0"), "/dev/null",
                  self.path("none"), self.path("none\udcff"), self.write("broken.docx", samples.docm_with_macro()[:500]), self.write("tail.png", samples.png(tail=b"MZ"))]
        seen = set()
        for args in (["clean", "-o", self.path("out")], ["clean", "--method", "flatten", "--force", "-o", self.path("out")], ["clean", "--method", "text", "--force", "-o", self.path("out")], ["clean", "--method", "text", "-o", self.path("none")], ["inspect"]):
            p = self.run_command(args[0], "--json", "--lang", "ja", *args[1:], *inputs)
            if args[-1] == self.path("none"):
                self.assertEqual((p.returncode, p.stdout), (2, b""))
                continue
            rows = [json.loads(line) for line in p.stdout.decode("utf-8").splitlines()]
            self.assertEqual(len(rows), len(inputs))
            for row in rows:
                self.assertIsNone(misfit(row, schema, schema), row)
                self.assertEqual(row["verdict"] == "clean", row["reason"] is None, row)
                self.assertEqual(row["verdict"] == "clean" and args[0] == "clean", row["output"] is not None, row)
                self.assertEqual(row["verdict"] == "clean", row["output_type"] is not None, row)
                seen.add((row["verdict"], row["reason"] and row["reason"]["code"], row["input_hex"] is None))
        self.assertLessEqual({("clean", None, True), ("clean", None, False), ("refused", "output-exists", True), ("refused", "program", True), ("refused", "empty", True),
                              ("refused", "special-file", True), ("refused", "method-unavailable", True), ("error", "system", True), ("error", "system", False)}, seen)
        self.assertIsNotNone(misfit({**rows[0], "more": 1}, schema, schema))
        self.assertIsNotNone(misfit({**rows[0], "verdict": "perhaps"}, schema, schema))


class Documents(unittest.TestCase):
    def test_schema_has_exactly_the_keys(self):
        with open(os.path.join(ROOT, "doc", "report.schema.json"), encoding="utf-8") as f:
            schema = json.load(f)
        self.assertEqual(set(schema["required"]), KEYS)
        self.assertEqual(set(schema["properties"]), KEYS)

    def test_security_names_tests_that_exist(self):
        with open(os.path.join(ROOT, "SECURITY.md"), encoding="utf-8") as f:
            named = set(re.findall(r"`(test_\w+)`", f.read()))
        found = subprocess.run(["git", "grep", "-hoE", r"\btest_\w+", "--", "tests/regress/*.py", "src/*/test-*.c"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        files = {name.removesuffix(".py") for name in os.listdir(os.path.join(ROOT, "tests", "regress"))}
        self.assertGreater(len(named), 5)
        self.assertEqual(named - set(found.split()) - files, set())

    def test_notes_in_archives_say_what_the_catalogue_says(self):
        def read(name):
            with open(os.path.join(ROOT, name), encoding="utf-8") as f:
                return f.read()
        english = dict(re.findall(r'^SK_CODE\((\w+), "[^"]+", "([^"]*)"\)', read("src/base/codes.def"), re.M))
        japanese = dict(re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', read("po/ja.po"), re.M))
        notes = dict(re.findall(r'^SK_NOTE\((\w+), "([^"]*)"\)', read("src/format/archive/notes.def"), re.M))
        self.assertEqual(set(notes) - {"ARCHIVE_LINK"}, {c for c in english if c.startswith("REASON_")})
        self.assertEqual(notes, {c: japanese[english[c]] for c in notes})

    def test_manual_lists_every_code(self):
        want = subprocess.run(["sh", os.path.join(ROOT, "tests", "report5.sh")], capture_output=True, text=True, check=True).stdout
        with open(os.path.join(ROOT, "man", "sekisho-report.5"), encoding="utf-8") as f:
            self.assertEqual(f.read(), want, "run: sh tests/report5.sh > man/sekisho-report.5")
        self.assertGreater(len(codes.codes()), 50)


if __name__ == "__main__":
    unittest.main()

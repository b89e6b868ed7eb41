"""The command as its manual promises it: outputs, names, reports, exit codes."""
import hashlib
import json
import lzma
import os
import subprocess
import unittest
import zipfile
import zlib

import samples
from command import Case, SEKISHO


class Samples(Case):
    def setUp(self):
        super().setUp()
        self.inputs = samples.make(self.path("in"))
        os.mkdir(self.path("out"))

    def test_planted_things_are_gone_and_the_rest_stays(self):
        rows = self.clean("-o", self.path("out"), *self.inputs, code=1)
        self.assertEqual({r["input"] for r in rows}, set(self.inputs))
        for row in rows:
            name = os.path.basename(row["input"])
            if name in samples.REFUSED:
                self.assertEqual((row["verdict"], row["reason"]["code"]), ("refused", "program"))
                self.assertIsNone(row["output"])
                continue
            self.assertEqual(row["verdict"], "clean", row)
            data = self.read(row["output"])
            self.assertNotIn(samples.MARK.encode(), data)
            self.assertEqual(row["sha256_out"], hashlib.sha256(data).hexdigest())
            self.assertEqual(row["size_out"], len(data))
            self.assertTrue(row["removed"] or name == "plan.bmp", name)
        self.no_remains(self.path("out"))

    def test_second_pass_changes_nothing(self):
        first = {os.path.basename(r["output"]): r for r in self.clean("-o", self.path("out"), *self.inputs) if r["output"]}
        os.mkdir(self.path("again"))
        again = self.clean("-o", self.path("again"), *[r["output"] for r in first.values()], code=0)
        for row in again:
            self.assertEqual(row["removed"], [], row)
            self.assertEqual(row["sha256_out"], row["sha256_in"], row)

    def test_telling_codes(self):
        rows = {os.path.basename(r["input"]): self.codes(r) for r in self.clean("-o", self.path("out"), *self.inputs)}
        self.assertLessEqual({"pdf.javascript", "pdf.launch", "pdf.embedded-file", "pdf.metadata"}, rows["invoice.pdf"])
        self.assertLessEqual({"office.macro", "office.field", "office.template"}, rows["application.docm"])
        self.assertLessEqual({"office.formula", "office.external"}, rows["budget.xlsx"])
        self.assertIn("image.metadata", rows["map.png"])
        self.assertIn("image.metadata", rows["seal.gif"])
        self.assertIn("text.formula", rows["list.csv"])
        self.assertLessEqual({"text.bidi", "text.escape"}, rows["notice.txt"])
        self.assertLessEqual({"archive.member", "archive.name", "archive.comment"}, rows["photos.zip"])

    def test_macro_document_becomes_a_plain_one(self):
        row = self.clean("-o", self.path("out"), self.path("in/application.docm"), code=0)[0]
        self.assertEqual((row["type"], row["output_type"]), ("docm", "docx"))
        self.assertTrue(row["output"].endswith("application.docx"))

    def test_text_method(self):
        rows = self.clean("--method", "text", "-o", self.path("out"), self.path("in/application.docm"), self.path("in/budget.xlsx"), code=0)
        for row in rows:
            self.assertIn(samples.KEEP.encode(), self.read(row["output"]))
            self.assertEqual(row["output_type"], "txt")

    def test_methods_reach_the_members_of_archives(self):
        """Documents of one size, so that one may lie where another lay: each gives its own text."""
        one = samples.pdf_with_script()
        names = {f"{i}.pdf": one.replace(b"invoice", b"invoic%d" % i) for i in range(5)}
        source = self.write("many.zip", samples.opc(names))
        row = self.clean("--method", "text", "-o", self.path("out"), source, code=0)[0]
        with zipfile.ZipFile(row["output"]) as z:
            for i in range(5):
                self.assertIn(f"invoic{i}", z.read(f"{i}.txt").decode())
        row = self.clean("--method", "flatten", "--force", "-o", self.path("out"), source, code=0)[0]
        with zipfile.ZipFile(row["output"]) as z:
            self.assertEqual(len({z.read(n) for n in z.namelist()}), 5)
            self.assertTrue(all(z.read(n).startswith(b"%PDF-1.7") for n in z.namelist()))

    def test_every_kind_of_archive_becomes_a_zip(self):
        """Inside the jail: all formats and compressions that bsdtar can write, a Japanese name, a program, a link."""
        self.write("parts/資料/一覧表.txt", "表ソ能\n".encode())
        self.write("parts/run.exe", b"MZ" + bytes(58) + b"\x40\0\0\0PE\0\0" + bytes(300))
        os.symlink("/etc/passwd", self.path("parts/link"))
        kinds = {"a.7z": ["--format=7zip"], "a.iso": ["--format=iso9660"], "a.tar": ["--format=pax"], "b.tar": ["--format=gnutar"],
                 "a.tgz": ["-z"], "a.tar.bz2": ["-j"], "a.tar.xz": ["-J"], "a.tar.lzma": ["--lzma"], "a.tar.zst": ["--zstd"]}
        for name, options in kinds.items():
            subprocess.run(["bsdtar", *options, "-cf", self.path(name), "-C", self.path("parts"), "資料", "run.exe", "link"],
                           check=True, env={**os.environ, "LC_ALL": "C.UTF-8"})
            with self.subTest(name):
                row = self.clean("--force", "-o", self.path("o.zip"), self.path(name), code=0)[0]
                self.assertEqual(row["output_type"], "zip")
                self.assertLessEqual({"archive.member", "archive.link"}, self.codes(row))
                with zipfile.ZipFile(row["output"]) as z:
                    self.assertEqual([n for n in z.namelist() if not n.endswith("/")], ["資料/一覧表.txt", "run.txt", "link.txt"])
                    self.assertEqual(z.read("資料/一覧表.txt").decode(), "表ソ能\n")

    def test_dictionaries_that_do_not_fit(self):
        """Streams whose header asks for more memory than a job has: told as that, at once."""
        plain = bytearray(lzma.compress(b"x" * 100, format=lzma.FORMAT_XZ))
        for bits in (37, 40):  # LZMA2: 1.5 GiB, 4 GiB
            plain[16] = bits
            plain[20:24] = zlib.crc32(bytes(plain[12:20])).to_bytes(4, "little")
            row = self.one(bytes(plain), "a.xz")
            self.assertEqual((row["verdict"], row["reason"]["code"]), ("refused", "limit.memory"))

    def test_japanese_sentences(self):
        p = self.run_command("clean", "--lang", "ja", "-o", self.path("out"), self.path("in/application.docm"))
        self.assertIn("自動で動くプログラム（マクロ）を取り除きました", p.stdout.decode())
        p = self.run_command("clean", "--lang", "en", "--force", "-o", self.path("out"), self.path("in/application.docm"))
        self.assertIn("Removed a program that runs by itself (macro).", p.stdout.decode())

    def test_inspect_writes_nothing(self):
        before = sorted(os.listdir(self.path("in")))
        p = self.run_command("inspect", "--json", *self.inputs)
        rows = {os.path.basename(r["input"]): r for r in map(json.loads, p.stdout.decode().splitlines())}
        self.assertIn("office.macro", self.codes(rows["application.docm"]))
        self.assertEqual(rows["harmless.pdf"]["type"], "exe")
        self.assertTrue(all(r["output"] is None for r in rows.values()))
        self.assertEqual(sorted(os.listdir(self.path("in"))), before)
        self.assertEqual(os.listdir(self.path("out")), [])


class Names(Case):
    def test_default_name_lies_beside_the_input(self):
        row = self.clean(self.write("a/b.txt", b"hello\n"), code=0)[0]
        self.assertEqual(row["output"], self.path("a/b.clean.txt"))

    def test_output_folder_with_and_without_slashes(self):
        os.mkdir(self.path("out"))
        self.write("in/b/a.txt", b"hello\n")
        for out in ("out", "out/", "out//"):
            row = self.clean("--force", "-o", out, "in", code=0)[0]
            self.assertEqual(row["output"], "out/b/a.txt")

    def test_output_file(self):
        row = self.clean("-o", self.path("z.txt"), self.write("a.txt", b"hello\n"), code=0)[0]
        self.assertEqual(row["output"], self.path("z.txt"))

    def test_existing_output_is_kept_unless_forced(self):
        source, out = self.write("a.txt", b"new\n"), self.write("z.txt", b"old")
        row = self.clean("-o", out, source, code=1)[0]
        self.assertEqual(row["reason"]["code"], "output-exists")
        self.assertEqual(self.read(out), b"old")
        self.clean("--force", "-o", out, source, code=0)
        self.assertEqual(self.read(out), b"new\n")
        self.no_remains(self.dir)

    def test_same_names_get_distinct_outputs(self):
        os.mkdir(self.path("out"))
        rows = self.clean("-o", self.path("out"), self.write("a/x.txt", b"one\n"), self.write("b/x.txt", b"two\n"), code=0)
        self.assertEqual({os.path.basename(r["output"]) for r in rows}, {"x.txt", "x-2.txt"})
        self.assertEqual({self.read(r["output"]) for r in rows}, {b"one\n", b"two\n"})

    def test_folders_keep_their_structure(self):
        self.write("in/a.txt", b"a\n")
        self.write("in/b/c/d.txt", b"d\n")
        os.mkdir(self.path("out"))
        self.clean("-o", self.path("out"), self.path("in"), code=0)
        self.assertEqual(self.read(self.path("out/a.txt")), b"a\n")
        self.assertEqual(self.read(self.path("out/b/c/d.txt")), b"d\n")

    def test_links_in_folders_are_not_followed(self):
        self.write("secret/s.txt", b"s\n")
        self.write("in/a.txt", b"a\n")
        os.symlink(self.path("secret"), self.path("in/link"))
        os.symlink(self.path("secret/s.txt"), self.path("in/s.txt"))
        os.mkdir(self.path("out"))
        rows = self.clean("-o", self.path("out"), self.path("in"), code=0)
        self.assertEqual([r["input"] for r in rows], [self.path("in/a.txt")])

    def test_wrong_extension_is_corrected_and_told(self):
        os.mkdir(self.path("out"))
        row = self.clean("-o", self.path("out"), self.write("photo.jpg", samples.png(text="")), code=0)[0]
        self.assertEqual((os.path.basename(row["output"]), row["changed_name"]), ("photo.png", "photo.png"))
        self.assertEqual(self.codes(row), {"name.changed"})

    def test_strange_names(self):
        os.mkdir(self.path("out"))
        for raw in (b"new\nline.txt", b"bad\xff\xfeutf8.txt", "全角 空白.txt".encode(), b"-dash.txt"):
            path = os.path.join(self.dir.encode(), raw)
            with open(path, "wb") as f:
                f.write(b"hello\n")
            row = self.clean(b"-o", self.path("out").encode(), path, code=0)[0]
            self.assertTrue(os.path.exists(os.path.join(self.dir.encode(), b"out", raw)), raw)
            if b"\xff" in raw:
                self.assertEqual(bytes.fromhex(row["input_hex"]), path)
            else:
                self.assertEqual((row["input"].encode(), row["input_hex"]), (path, None))

    def test_standard_input_and_output(self):
        p = self.run_command("clean", "-", input=b"hello\x1b[1m\n")
        self.assertEqual((p.returncode, p.stdout), (0, b"hello\n"))
        self.assertIn(b"text.escape", p.stderr)
        self.assertNotIn(b"name.changed", p.stderr)
        p = self.run_command("clean", "-", input=samples.program())
        self.assertEqual((p.returncode, p.stdout), (1, b""))


class Usage(Case):
    def test_missing_output_folder(self):
        a = self.write("a.txt", b"a\n")
        p = self.run_command("clean", "-o", self.path("nowhere/"), a)
        self.assertEqual(p.returncode, 2)
        self.assertIn(b"nowhere", p.stderr)
        self.assertEqual(os.listdir(self.dir), ["a.txt"])
        row = self.clean("-o", self.path("nowhere/b.txt"), a, code=2)[0]
        self.assertEqual((row["verdict"], row["reason"]["code"]), ("error", "system"))

    def test_usage_errors(self):
        for args in ([], ["clean"], ["nonsense"], ["clean", "--method", "x", "a"], ["clean", "--jobs", "0", "a"], ["clean", "--jobs", "1x", "a"],
                     ["clean", "--lang", "fr", "a"], ["clean", "--unknown", "a"], ["clean", "--json", "-"]):
            p = self.run_command(*args, input=b"")
            self.assertEqual(p.returncode, 2, args)
            self.assertTrue(p.stderr, args)

    def test_missing_input(self):
        row = self.clean(self.path("none.txt"), code=2)[0]
        self.assertEqual((row["verdict"], row["reason"]["code"]), ("error", "system"))
        self.assertIn("No such file", row["reason"]["detail"])

    def test_report_file(self):
        p = self.run_command("clean", "--report", self.path("r.jsonl"), self.write("a.txt", b"a\n"))
        self.assertEqual(p.returncode, 0)
        row = json.loads(self.read(self.path("r.jsonl")))
        self.assertEqual(row["verdict"], "clean")
        p = self.run_command("clean", "--report", self.path("no/r"), self.path("a.txt"))
        self.assertEqual(p.returncode, 2)

    def test_special_files_are_refused(self):
        os.mkfifo(self.path("pipe"))
        self.assertEqual(self.clean(self.path("pipe"), code=1)[0]["reason"]["code"], "special-file")
        self.assertEqual(self.clean("-o", self.path("x"), "/dev/zero", code=1)[0]["reason"]["code"], "special-file")

    def test_formats_lists_every_family(self):
        p = self.run_command("formats", "--lang", "en")
        self.assertEqual(p.returncode, 0)
        first = {line.split()[0] for line in p.stdout.decode().splitlines()[1:]}
        self.assertLessEqual({"pdf", "docx", "docm", "xlsx", "pptx", "jpg", "png", "gif", "bmp", "webp", "tiff", "zip", "txt", "csv", "tsv", "json", "xml"}, first)

    def test_version_and_help(self):
        self.assertIn(b"sekisho", self.run_command("--version").stdout)
        self.assertEqual(self.run_command("--help").returncode, 0)


if __name__ == "__main__":
    unittest.main()

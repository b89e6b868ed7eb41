"""Files behind passwords: opened with the right one, each in its own way, told apart from damaged ones; protected again when asked."""
import io
import json
import os
import resource
import signal
import subprocess
import time
import unittest
import zipfile

import docx

import locked
import samples
from command import ROOT, SEKISHO, Case

PASSWORD = "ひみつpw"
SEEDS = os.path.join(ROOT, "tests", "seeds", "locked")


def document():
    d = docx.Document()
    d.add_paragraph(f"{samples.KEEP} 漢字")
    out = io.BytesIO()
    d.save(out)
    return out.getvalue()


def content(text):
    return ('<?xml version="1.0" encoding="UTF-8"?><office:document-content office:version="1.2" '
            'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
            f'<office:body><office:text><text:p>{text}</text:p></office:text></office:body></office:document-content>').encode()


class Passwords(Case):
    def passwords(self, *lines, name="passwords"):
        return self.write(name, "".join(f"{p}\r\n" for p in lines).encode())

    def cleaned(self, path, *options, password=PASSWORD, code=None):
        out = self.path(f"out{time.monotonic_ns()}")
        os.makedirs(out)
        given = ("--password-file", self.passwords(password)) if password else ()
        rows = self.clean(*given, *options, "-o", out, path, code=code)
        return rows[0]

    def reason(self, path, password):
        return (self.cleaned(path, password=password)["reason"] or {}).get("code")

    def opens(self, data, name, words=(samples.KEEP, "漢字")):
        """Clean with the password; no password and a wrong one have reasons of their own."""
        path = self.write(name, data)
        self.assertEqual(self.reason(path, None), "encrypted", name)
        self.assertEqual(self.reason(path, "wrong"), "wrong-password", name)
        row = self.cleaned(path, "--method", "text")
        self.assertEqual(row["verdict"], "clean", (name, row["reason"]))
        self.assertIn("data.encryption", self.codes(row))
        text = self.read(row["output"]).decode()
        for word in words:
            self.assertIn(word, text, name)

    def test_agile_packages(self):
        for algorithm, bits in (("sha1", 128), ("sha256", 192), ("sha384", 256), ("sha512", 256)):
            self.opens(locked.agile(document(), PASSWORD, algorithm, bits), f"{algorithm}.docx")

    def test_standard_packages(self):
        for bits in (128, 192, 256):
            self.opens(locked.standard(document(), PASSWORD, bits), f"{bits}.docx")

    def test_changed_package_is_damaged_not_wrong(self):
        path = self.write("a.docx", locked.agile(document(), PASSWORD, tamper=True))
        self.assertEqual(self.reason(path, PASSWORD), "damaged")
        self.assertEqual(self.reason(path, "wrong"), "wrong-password")

    def test_what_everybody_can_open_is_opened_without_a_password(self):
        path = self.write("a.docx", locked.agile(document(), "VelvetSweatshop"))
        self.assertEqual(self.cleaned(path, password=None)["verdict"], "clean")

    def test_keys_that_take_too_long(self):
        for told, reason in ((1000000, "wrong-password"), (1000001, "limit.key"), (2000000000, "limit.key"), (99999999999, "limit.key")):
            path = self.write("a.docx", locked.agile(document(), PASSWORD, rounds=1, told=told))
            self.assertEqual(self.reason(path, PASSWORD), reason, told)

    def test_password_in_the_code_page_of_windows(self):
        path = self.write("a.docx", locked.agile(document(), "表能予算"))
        out = self.path("o")
        os.makedirs(out)
        row = self.clean("--password-file", self.write("p", "表能予算\r\n".encode("cp932")), "-o", out, path)[0]
        self.assertEqual(row["verdict"], "clean")

    @unittest.skipUnless(os.path.exists("/usr/lib/libreoffice/program/libswlo.so"), "LibreOffice is not installed")
    def test_old_office_files(self):
        for scheme in ("rc4", "api", "api40"):
            self.opens(locked.workbook(PASSWORD, f"{samples.KEEP} 漢字", scheme), f"{scheme}.xls")
        for name in ("t.doc", "s.xls"):  # made by LibreOffice with this password
            self.opens(self.read(os.path.join(SEEDS, name)), name, ("KEEP-漢字",))

    def test_opendocument(self):
        formats = self.run_command("formats").stdout.decode()
        if "odt" not in formats.split():
            self.skipTest("no family for it in this build")
        for name in ("t.odt", "s.ods"):
            self.opens(self.read(os.path.join(SEEDS, name)), name, ("KEEP-漢字",))
        self.opens(locked.blowfish_odf({"content.xml": content(f"{samples.KEEP} 漢字")}, PASSWORD), "old.odt")

    def test_pdf_of_all_revisions(self):
        plain = self.write("plain.pdf", samples.pdf_with_script())
        for bits, extra in (("40", ()), ("128", ("--use-aes=n",)), ("128", ("--use-aes=y",)), ("128", ("--force-V4",)), ("256", ()), ("256", ("--force-R5",))):
            for given in ("user", "owner"):
                path = self.path("x.pdf")
                weak = [] if bits == "256" else ["--allow-weak-crypto"]
                subprocess.run(["qpdf", *weak, "--encrypt", "user", "owner", bits, *extra, "--", plain, path], check=True)
                self.assertEqual(self.reason(path, None), "encrypted")
                self.assertEqual(self.reason(path, "wrong"), "wrong-password")
                self.assertEqual(self.cleaned(path, password=given)["verdict"], "clean", (bits, extra, given))

    def zip_of_7z(self, *options, password="secret"):
        path = self.path("a.zip")
        if os.path.exists(path):
            os.unlink(path)
        self.write("a.txt", f"{samples.KEEP} 漢字\n".encode())
        self.write("b.txt", b"long " * 1000)
        subprocess.run(["7zz", "a", "-tzip", f"-p{password}", *options, path, "a.txt", "b.txt"], check=True, cwd=self.dir, stdout=subprocess.DEVNULL)
        return path

    def test_zip(self):
        for method in ("ZipCrypto", "AES128", "AES192", "AES256"):
            path = self.zip_of_7z(f"-mem={method}")
            self.assertEqual(self.reason(path, None), "encrypted")
            self.assertEqual(self.reason(path, "wrong"), "wrong-password")
            row = self.cleaned(path, password="secret")
            self.assertEqual(row["verdict"], "clean", method)
            with zipfile.ZipFile(row["output"]) as z:
                self.assertEqual(z.read("a.txt").decode(), f"{samples.KEEP} 漢字\n")
                self.assertEqual(len(z.read("b.txt")), 5000)

    def test_zip_of_bsdtar_and_of_two_passwords(self):
        self.write("a.txt", b"one\n")
        self.write("b.txt", b"two\n")
        subprocess.run(["bsdtar", "-c", "--format", "zip", "--options", "zip:encryption=aes256", "--passphrase", "first", "-f", "a.zip", "a.txt"],
                       check=True, cwd=self.dir)
        subprocess.run(["7zz", "a", "-tzip", "-psecond", "a.zip", "b.txt"], check=True, cwd=self.dir, stdout=subprocess.DEVNULL)
        given = self.passwords("nothing", "second", "first")
        os.makedirs(self.path("o"))
        row = self.clean("--password-file", given, "-o", "o", "a.zip")[0]
        with zipfile.ZipFile(self.path(row["output"])) as z:
            self.assertEqual([z.read(n) for n in ("a.txt", "b.txt")], [b"one\n", b"two\n"])
        row = self.cleaned(self.path("a.zip"), password="second")
        self.assertEqual(row["verdict"], "clean")
        with zipfile.ZipFile(row["output"]) as z:
            self.assertIn("パスワードが違う", z.read("a.txt").decode())

    def test_damaged_member_is_told_as_such(self):
        path = self.zip_of_7z("-mem=AES256", "-mx0")
        data = bytearray(self.read(path))
        data[data.index(b"a.txt") + 5 + 11 + 16 + 2] ^= 1
        self.write("a.zip", bytes(data))
        row = self.cleaned(path, password="secret")
        self.assertEqual(row["verdict"], "clean")
        with zipfile.ZipFile(row["output"]) as z:
            self.assertIn("壊れて", z.read("a.txt").decode())

    def test_7z_is_told_as_encrypted(self):
        self.write("a.txt", b"x\n")
        for options in ([], ["-mhe=on"]):
            subprocess.run(["7zz", "a", "-psecret", *options, "a.7z", "a.txt"], check=True, cwd=self.dir, stdout=subprocess.DEVNULL)
            self.assertEqual(self.reason(self.path("a.7z"), "secret"), "encrypted")
            os.unlink(self.path("a.7z"))

    def test_protected_again(self):
        path = self.write("手紙.docx", locked.agile(document(), "secret"))
        plain = self.write("plain.docx", document())
        os.makedirs(self.path("o"))
        given = self.passwords("other", "secret")
        rows = {os.path.basename(r["input"]): r for r in self.clean("--password-file", given, "--reencrypt", "-o", "o", path, plain, code=0)}
        self.assertEqual(rows["plain.docx"]["output_type"], "docx")  # it came open
        row = rows["手紙.docx"]
        self.assertEqual((row["output_type"], os.path.basename(row["output"])), ("zip", "手紙.zip"))
        subprocess.run(["bsdtar", "--passphrase", "secret", "-xf", self.path(row["output"]), "-C", self.dir + "/o"], check=True)
        again = self.cleaned(self.path("o", "手紙.docx"), password=None)
        self.assertEqual((again["verdict"], again["removed"]), ("clean", []))
        self.assertEqual(subprocess.run(["7zz", "t", "-pother", self.path(row["output"])], capture_output=True, check=False).returncode, 2)

    def test_archive_protected_again(self):
        path = self.zip_of_7z("-mem=ZipCrypto")
        row = self.cleaned(path, "--reencrypt", password="secret")
        listed = subprocess.run(["7zz", "l", "-slt", row["output"]], capture_output=True, check=True).stdout.decode()
        self.assertEqual(listed.count("AES-256"), 2)
        subprocess.run(["7zz", "t", "-psecret", row["output"]], check=True, stdout=subprocess.DEVNULL)
        again = self.cleaned(row["output"], password="secret")
        self.assertEqual(again["verdict"], "clean")

    def test_name_of_the_one_member_is_safe_everywhere(self):
        os.makedirs(self.path("o"))
        data = locked.agile(document(), "secret")
        for name, inside in (("..\\..\\C:手\u202e紙.docx", ".._.._C_手_紙.docx"), ("con .x.docx", "_con .x.docx"), (" a\nb|.docx", "_a_b_.docx"),
                             ("葛\U000e0100城\U000e0001.docx", "葛\U000e0100城_.docx"), (b"\x8e\x86\\.docx", "___.docx"), ("あ" * 83 + ".docx", "あ" * 83 + ".docx"),
                             ("葛\u200b\U000e0100" + "\u0301" * 9 + ".docx", "葛__" + "\u0301" * 8 + "_.docx")):
            path = os.path.join(os.fsencode(self.dir), os.fsencode(name))
            with open(path, "wb") as f:
                f.write(data)
            row = self.clean("--password-file", self.passwords("secret"), "--reencrypt", "-o", self.path("o"), os.fsdecode(path), code=0)[0]
            out = bytes.fromhex(row["output_hex"]) if row.get("output_hex") else row["output"].encode()
            with open(out, "rb") as f, zipfile.ZipFile(f) as z:
                self.assertEqual([i.filename.encode() for i in z.infolist()], [inside.encode()])

    def test_no_core_with_passwords(self):
        os.mkfifo(self.path("first"))
        os.mkfifo(self.path("second"))
        p = subprocess.Popen([SEKISHO, "clean", "--password-file", "first", "--password-file", "second", "a.txt"], cwd=self.dir, stderr=subprocess.DEVNULL,
                             preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY,) * 2))
        with open(self.path("first"), "wb") as f:
            f.write(b"secret\n")
        with open(self.path("second"), "wb"):  # it opens only once the first has been read
            os.kill(p.pid, signal.SIGQUIT)
            self.assertEqual(os.waitpid(p.pid, 0)[1], signal.SIGQUIT)  # 128 more: with a core
        p.returncode = 0

    def test_the_same_passwords_twice(self):
        path = self.write("a.docx", locked.agile(document(), "secret"))
        given = self.passwords("secret")
        self.assertEqual(self.clean("--password-file", given, "--password-file", given, path, code=0)[0]["verdict"], "clean")

    def test_usage(self):
        for args in (["--password-file", "missing"], ["--password-fd", "x"], ["--password-fd", "99"], ["--reencrypt"],
                     ["--password-file", self.write("empty", b"\n\r\n")], ["--password-file", self.write("long", b"x" * 1025)],
                     ["--password-file", self.write("many", b"".join(b"%d\n" % i for i in range(40)))]):
            p = self.run_command("clean", *args, self.write("a.txt", b"a"))
            self.assertEqual((p.returncode, p.stdout), (2, b""), args)
            self.assertTrue(p.stderr)
        p = self.run_command("clean", "--password-fd", "0", "-", input=b"secret\n")
        self.assertEqual(p.returncode, 2)

    def test_descriptor_and_nothing_told(self):
        """The password is in no argument, environment, report or message, of no process."""
        path = self.zip_of_7z(password="Vq7Zr9Kt2w")
        read, write = os.pipe()
        os.write(write, b"wrong\nVq7Zr9Kt2w")
        os.close(write)
        os.makedirs(self.path("o"))
        with subprocess.Popen([SEKISHO, "clean", "--json", "--report", "r", "--password-fd", str(read), "-o", "o", path], cwd=self.dir,
                              pass_fds=[read], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as p:
            os.close(read)
            seen = b""
            while p.poll() is None:
                for pid in filter(str.isdigit, os.listdir("/proc")):
                    for what in ("cmdline", "environ"):
                        try:
                            with open(f"/proc/{pid}/{what}", "rb") as f:
                                text = f.read()
                        except OSError:
                            continue
                        seen += text if b"sekisho" in text else b""
            out, err = p.communicate()
        self.assertEqual(json.loads(out)["verdict"], "clean")
        for text in (out, err, self.read(self.path("r")), seen):
            self.assertNotIn(b"Vq7Zr9Kt2w", text)


if __name__ == "__main__":
    unittest.main()

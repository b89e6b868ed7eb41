"""Hostile and broken input from outside: a clear answer, nothing lost, nothing half-written, nothing left behind."""
import io
import json
import os
import random
import resource
import signal
import struct
import subprocess
import time
import unittest
import zipfile
import zlib

import samples
from command import Case, LONG, SEKISHO
from processes import alive, children, families, settled

OUR_FAULT = {"worker-crashed", "worker-forbidden", "internal", "verify-failed", "limit.time", "limit.memory"}


class Damaged(Case):
    def setUp(self):
        super().setUp()
        os.mkdir(self.path("out"))

    def check(self, variants):
        """No variant may crash, hang or fail the second check."""
        paths = [self.write(f"v{i}/{name}", data) for i, (name, data) in enumerate(variants)]
        rows = self.clean("-o", self.path("out"), *paths)
        self.assertEqual(len(rows), len(paths))
        for row in rows:
            if row["reason"]:
                self.assertNotIn(row["reason"]["code"], OUR_FAULT, row)
            if row["output"]:
                self.assertNotIn(samples.MARK.encode(), self.read(row["output"]))
        self.no_remains(self.path("out"))

    def test_empty_and_one_byte(self):
        for data in (b"", b"\0", b"%", b"P", b"\xff"):
            row = self.one(data, "x.pdf", "o" + data.hex())
            self.assertIn(row["verdict"], ("refused", "clean"))
        self.assertEqual(self.one(b"", "e.pdf", "e")["reason"]["code"], "empty")

    def test_truncated(self):
        for name, make in samples.SAMPLES.items():
            data = make()
            with self.subTest(name):
                self.check([(name, data[:len(data) * i // 16]) for i in range(16)])

    def test_bit_flips(self):
        rng = random.Random(1)
        for name, make in samples.SAMPLES.items():
            data, variants = make(), []
            for _ in range(200 if LONG else 40):
                flipped = bytearray(data)
                for _ in range(rng.choice((1, 1, 2, 8))):
                    flipped[rng.randrange(len(flipped))] ^= 1 << rng.randrange(8)
                variants.append((name, bytes(flipped)))
            with self.subTest(name):
                self.check(variants)


class Bombs(Case):
    def test_zip_with_wrong_sizes(self):
        data = bytearray(samples.opc({"a.txt": "hello " * 100}))
        at = data.find(b"PK\x01\x02")
        struct.pack_into("<I", data, at + 24, 7)
        row = self.one(bytes(data), "a.zip")
        self.assertEqual((row["verdict"], row["reason"]["code"]), ("refused", "damaged"))

    def test_page_tree_loop(self):
        data = samples.pdf({1: "<</Type /Catalog /Pages 2 0 R>>", 2: "<</Type /Pages /Kids [2 0 R 3 0 R] /Count 2>>",
                            3: "<</Type /Pages /Kids [2 0 R] /Parent 2 0 R /Count 1>>"})
        row = self.one(data, "loop.pdf")
        self.assertEqual((row["verdict"], row["reason"]["code"]), ("refused", "damaged"))

    def test_entity_bomb(self):
        dtd = '<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">' + "".join(f'<!ENTITY {chr(98 + i)} "{("&" + chr(97 + i) + ";") * 10}">' for i in range(9)) + "]>"
        row = self.one((samples.HEAD + dtd + "<l>&j;</l>").encode(), "bomb.xml")
        self.assertEqual(row["verdict"], "refused")
        doc = samples.opc({"[Content_Types].xml": samples.types([("/word/document.xml", f"{samples.W}.document.main+xml")]),
                           "_rels/.rels": samples.rels([("rId1", "officeDocument", "word/document.xml", False)]),
                           "word/document.xml": samples.HEAD + dtd + '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>&j;</w:t></w:r></w:p></w:body></w:document>'})
        row = self.one(doc, "bomb.docx", "out2")
        self.assertNotEqual(row["verdict"], "error")

    def test_png_that_claims_ten_gigabytes(self):
        data = bytearray(samples.png())
        struct.pack_into(">II", data, 16, 100000, 100000)
        struct.pack_into(">I", data, 29, zlib.crc32(bytes(data[12:29])))
        row = self.one(bytes(data), "huge.png")
        self.assertEqual((row["verdict"], row["reason"]["code"]), ("refused", "limit.pixels"))

    def test_zip_bomb(self):
        inner = samples.opc({"a.txt": b"0" * (64 << 20)})
        outer = inner
        for depth in range(2):
            buf = io.BytesIO()
            with zipfile.ZipFile(buf, "w", zipfile.ZIP_DEFLATED) as z:
                for i in range(16):
                    z.writestr(f"{depth}-{i}.zip", outer)
            outer = buf.getvalue()
        row = self.one(outer, "bomb.zip")
        self.assertEqual((row["verdict"], row["reason"]["code"]), ("refused", "limit.expansion"))

    def test_nesting(self):
        data = samples.opc({"a.txt": "hello\n"})
        for _ in range(12):
            data = samples.opc({"in.zip": data})
        row = self.one(data, "deep.zip")
        self.assertIn("archive.member" if row["verdict"] == "clean" else "limit.nesting",
                      self.codes(row) if row["verdict"] == "clean" else {row["reason"]["code"]})


class Busy(Case):
    """Small files whose reading would take minutes if its time grew with the square of their size."""
    FILES = {
        "forms.rtf": "{\\rtf1\\ansi " + "{\\nonshppict x}" * 200000 + "}",
        "lists.rtf": "{\\rtf1\\ansi{\\*\\listoverridetable{\\listoverride" + "\\listoverridecount1" * 200000 + "{\\lfolevel}" * 100000 + "}}}",
        "soft.ics": "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nX;" + "\r\n ;=" * 400000 + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        "comments.html": "<!--" * 1000000,
    }

    def test_time_grows_with_size(self):
        for name, text in self.FILES.items():
            with self.subTest(name):
                self.assertEqual(self.one(text.encode(), name, "of-" + name)["verdict"], "clean")

    def test_styles_that_apply_to_everything(self):
        sheet = ".a{fill:url(#b)}" * 3000
        row = self.one(f'<svg xmlns="http://www.w3.org/2000/svg"><style>{sheet}</style>{("<g class=" + chr(34) + "aa " * 3000 + chr(34) + "/>") * 3000}</svg>'.encode(), "styles.svg")
        self.assertEqual(row["reason"]["code"], "limit.objects")

    def test_mail_with_many_texts_in_two_forms(self):
        text = "--y\r\n\r\nwords of a text and many more that its page has not\r\n--y\r\nContent-Type: text/html\r\n\r\n<p>words of a text\r\n--y--\r\n"
        parts = f"--z\r\nContent-Type: multipart/alternative; boundary=y\r\n\r\n{text}" * 5000
        row = self.one(f"From: a@example.jp\r\nContent-Type: multipart/mixed; boundary=z\r\n\r\n{parts}--z--\r\n".encode(), "texts.eml")
        self.assertEqual(row["verdict"], "clean")

    def test_mail_with_many_pictures_in_its_page(self):
        parts = "".join(f"--z\r\nContent-ID: <{i}@x>\r\nContent-Type: text/plain\r\n\r\nx\r\n" for i in range(12000))
        page = "".join(f'<img src="cid:{i}@x">' for i in range(12000))
        row = self.one(f"From: a@example.jp\r\nContent-Type: multipart/related; boundary=z\r\n\r\n--z\r\nContent-Type: text/html\r\n\r\n{page}\r\n{parts}--z--\r\n".encode(), "many.eml")
        self.assertEqual(row["verdict"], "clean")


class System(Case):
    def test_folder_without_permission(self):
        a = self.write("a.txt", b"hello\n")
        os.mkdir(self.path("locked"), 0o755)
        os.chmod(self.dir, 0o755)
        os.chmod(a, 0o644)
        command = self.as_ordinary_user("clean", "--json", "-o", self.path("locked"), a)
        os.chmod(self.path("locked"), 0o755 if os.geteuid() == 0 else 0o555)
        p = subprocess.run(command, capture_output=True, check=False, cwd="/")
        self.assertEqual(p.returncode, 2, p.stderr)
        self.assertIn(b"Permission denied", p.stdout)
        self.assertEqual(os.listdir(self.path("locked")), [])

    def test_full_disk(self):
        if os.geteuid():
            self.skipTest("mounting needs root")
        source = self.write("big.bmp", samples.bmp()[:2] + big_bmp())
        os.mkdir(self.path("small"))
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "sekisho-test", self.path("small")], check=True)
        try:
            row = self.clean("-o", self.path("small"), source, code=2)[0]
            self.assertEqual((row["verdict"], row["reason"]["code"]), ("error", "system"))
            self.assertIn("No space", row["reason"]["detail"])
            self.assertEqual(os.listdir(self.path("small")), [])
        finally:
            subprocess.run(["umount", self.path("small")], check=True)

    def many(self, n=3000):
        data = samples.pdf_with_script()
        return [self.write(f"in/{i}.pdf", data) for i in range(n)]

    def test_interrupt_leaves_only_whole_files(self):
        inputs = self.many()
        os.mkdir(self.path("out"))
        p = subprocess.Popen([SEKISHO, "clean", "--jobs", "2", "-o", self.path("out"), *inputs], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        while not os.listdir(self.path("out")) and p.poll() is None:
            time.sleep(0.01)
        below = children(p.pid)
        p.send_signal(signal.SIGINT)
        _out, err = p.communicate(timeout=20)
        self.assertEqual(p.returncode, 2)
        self.assertIn(b"interrupted", err)
        self.no_remains(self.path("out"))
        sizes = {os.path.getsize(self.path("out", n)) for n in os.listdir(self.path("out"))}
        self.assertEqual(len(sizes), 1)
        self.assertEqual(alive(below), [])

    def test_killed_command_leaves_nothing(self):
        inputs = self.many()
        os.mkdir(self.path("out"))
        p = subprocess.Popen([SEKISHO, "clean", "--jobs", "2", "-o", self.path("out"), *inputs], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not os.listdir(self.path("out")) and p.poll() is None:
            time.sleep(0.01)
        below = children(p.pid)
        p.kill()
        p.wait()
        for _ in range(100):
            if not alive(below):
                break
            time.sleep(0.1)
        self.assertEqual(alive(below), [])
        self.no_remains(self.path("out"))
        self.assertEqual(len({os.path.getsize(self.path("out", n)) for n in os.listdir(self.path("out"))}), 1)

    def started(self, inputs):
        """A batch that has delivered something and stands still, for a deed that the scheduler cannot spread over several files."""
        os.mkdir(self.path("out"))
        p = subprocess.Popen([SEKISHO, "clean", "--jobs", "1", "-o", self.path("out"), *inputs], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        while not os.listdir(self.path("out")) and p.poll() is None:
            time.sleep(0.01)
        p.send_signal(signal.SIGSTOP)
        return p

    def ended(self, p, killed, inputs):
        for pid in killed:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        p.send_signal(signal.SIGCONT)
        out = p.communicate(timeout=120)[0].decode()
        self.assertIn(p.returncode, (0, 2))
        self.assertEqual(len(os.listdir(self.path("out"))), len(inputs) - out.count("error:") - out.count("エラー:"))
        self.no_remains(self.path("out"))
        return out.count("pdf.javascript")

    def test_killed_worker_is_told_and_the_batch_goes_on(self):
        inputs = self.many(400)
        p = self.started(inputs)
        self.assertGreaterEqual(self.ended(p, children(p.pid), inputs), len(inputs) - 1)

    def test_killed_helper_costs_no_file(self):
        inputs = self.many(100)
        p = self.started(inputs)
        helpers = families().get(p.pid)
        self.assertTrue(helpers)
        self.assertEqual(self.ended(p, helpers, inputs), len(inputs))

    def test_helpers_killed_at_random_moments(self):
        """Whatever is killed and whenever: each input has its answer, each output is whole and told, nothing remains."""
        inputs, rng = self.many(60), random.Random(9)
        for i in range(100 if LONG else 10):
            out = self.path(f"out{i}")
            os.mkdir(out)
            p = subprocess.Popen([SEKISHO, "clean", "--json", "--jobs", "3", "-o", out, *inputs], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            time.sleep(rng.random() * 0.3)
            below = children(p.pid)
            for pid in rng.sample(below, min(len(below), rng.choice((1, 2, 5)))):
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            got, err = p.communicate(timeout=120)
            rows = [json.loads(line) for line in got.splitlines()]
            told = {os.path.basename(r["output"]) for r in rows if r["output"]}
            self.assertEqual(set(os.listdir(out)), told)
            self.assertLessEqual(len({os.path.getsize(os.path.join(out, n)) for n in told}), 1)
            if rows:
                self.assertEqual(len(rows), len(inputs))
                self.assertEqual(p.returncode, 2 if len(told) < len(inputs) else 0, err)
            else:
                self.assertEqual((p.returncode, b"jail" in err), (2, True), err)
            deadline = time.monotonic() + 20
            while alive(below) and time.monotonic() < deadline:
                time.sleep(0.05)
            self.assertEqual(alive(below), [])

    def test_file_system_without_nameless_files(self):
        """As on FAT or NFS, which know no O_TMPFILE, and NFS no renaming that keeps what is there: a temporary name is used."""
        shim, source = self.path("shim.so"), self.write("shim.c", b"""
            #include <errno.h>
            #include <fcntl.h>
            #include <stdarg.h>
            #include <stdio.h>
            #include <sys/syscall.h>
            #include <unistd.h>
            static int opening(int dir, const char *path, int flags, int mode)
            {
                if ((flags & O_TMPFILE) == O_TMPFILE) { errno = EOPNOTSUPP; return -1; }
                return (int)syscall(SYS_openat, dir, path, flags, mode);
            }
            int openat(int dir, const char *path, int flags, ...) { va_list a; va_start(a, flags); int m = va_arg(a, int); va_end(a); return opening(dir, path, flags, m); }
            int openat64(int dir, const char *path, int flags, ...) { va_list a; va_start(a, flags); int m = va_arg(a, int); va_end(a); return opening(dir, path, flags, m); }
            int renameat2(int a, const char *p, int b, const char *q, unsigned f) { errno = EINVAL; return -1; }
        """)
        subprocess.run(["cc", "-D_GNU_SOURCE", "-w", "-shared", "-fPIC", source, "-o", shim], check=True)
        env, out, a = {**os.environ, "LD_PRELOAD": shim}, self.path("out"), self.write("a.txt", b"hello\n")
        os.mkdir(out)
        self.clean("-o", out, a, code=0, env=env)
        self.assertEqual(self.clean("-o", out, a, code=1, env=env)[0]["reason"]["code"], "output-exists")
        self.clean("--force", "-o", out, a, code=0, env=env)
        self.assertEqual(self.clean("-o", out, self.write("b.pdf", samples.program()), code=1, env=env)[0]["verdict"], "refused")
        self.assertEqual(os.listdir(out), ["a.txt"])
        p = subprocess.Popen([SEKISHO, "clean", "--jobs", "2", "-o", out, *self.many(300)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env)
        seen = set()
        while len(seen) < 8 and p.poll() is None:
            seen |= set(os.listdir(out))
        p.send_signal(signal.SIGHUP)
        self.assertEqual(p.wait(timeout=60), 2)
        self.assertTrue(any(n.startswith(".sekisho-") for n in seen), seen)
        self.no_remains(out)


def big_bmp():
    """A 24-bit BMP of 300 kB of noise, without its first two bytes."""
    rng, side = random.Random(3), 320
    rows = rng.randbytes(side * side * 3)
    return struct.pack("<IHHI", 54 + len(rows), 0, 0, 54) + struct.pack("<IiiHHIIiiII", 40, side, side, 1, 24, 0, len(rows), 2835, 2835, 0, 0) + rows


class Jail(Case):
    def test_selftest_as_root_and_as_an_ordinary_user(self):
        p = self.run_command("selftest", "--lang", "en")
        self.assertEqual(p.returncode, 0, p.stdout)
        if os.geteuid() == 0:
            q = subprocess.run(self.as_ordinary_user("selftest", "--lang", "en"), capture_output=True, check=False, cwd="/")
            self.assertEqual((q.returncode, q.stdout), (0, p.stdout))

    def in_user_namespace(self, mapping, script):
        """A script as root of a user namespace with these uids."""
        p = subprocess.Popen(["unshare", "--user", "sh", "-c", f"read go && exec sh -c '{script}'"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        while os.readlink(f"/proc/{p.pid}/ns/user") == os.readlink("/proc/self/ns/user"):
            time.sleep(0.01)
        for name in ("uid_map", "gid_map"):
            with open(f"/proc/{p.pid}/{name}", "w", encoding="ascii") as f:
                f.write(mapping)
        out, err = p.communicate("go\n", timeout=60)
        return p.returncode, out, err

    def limited(self, limits, *args):
        """The command started with these hard limits, as a service manager would."""
        def lower():
            for which, value in limits.items():
                resource.setrlimit(which, (value, value))
        return self.run_command(*args, preexec_fn=lower)

    def test_lower_limits_of_the_starter_are_kept_or_named(self):
        a, b = self.write("a.txt", b"hello\n"), self.path("b.txt")
        p = self.limited({resource.RLIMIT_AS: 900 << 20, resource.RLIMIT_FSIZE: 100 << 20, resource.RLIMIT_NOFILE: 40, resource.RLIMIT_CPU: 300},
                         "clean", "-o", b, a)
        self.assertEqual((p.returncode, os.path.getsize(b)), (0, 6), p.stderr)
        for which, value, name in ((resource.RLIMIT_AS, 300 << 20, "RLIMIT_AS"), (resource.RLIMIT_FSIZE, 1 << 20, "RLIMIT_FSIZE"),
                                   (resource.RLIMIT_NOFILE, 24, "RLIMIT_NOFILE")):
            p = self.limited({which: value}, "selftest", "--lang", "en")
            self.assertEqual(p.returncode, 2, p.stdout)
            self.assertIn(name, p.stdout.decode())

    def test_missing_parts_refuse_to_run(self):
        """Where the system gives no user namespace, or no ordinary user, nothing is cleaned, and what is missing is named."""
        if os.geteuid():
            self.skipTest("mapping users needs root")
        a, b = self.write("a.txt", b"hello\n"), self.path("b.txt")
        for mapping, limit, part in (("0 0 65536", "echo 0 > /proc/sys/user/max_user_namespaces;", "a user namespace"), ("0 0 1", "", "giving up root")):
            code, _out, err = self.in_user_namespace(mapping, f"{limit} exec {SEKISHO} clean --lang en -o {b} {a}")
            self.assertEqual(code, 2, err)
            self.assertIn(f"the jail is not available: sekisho-cleaner: {part}", err)
            self.assertIn("    -> ", err)
            self.assertFalse(os.path.exists(b))
            code, out, err = self.in_user_namespace(mapping, f"{limit} exec {SEKISHO} selftest --lang en")
            self.assertEqual((code, out.count(f"missing: {part}"), out.count("    -> ")), (2, 5, 5), out)

    def test_environment_reaches_no_jail(self):
        if os.geteuid():
            self.skipTest("reading another's environment needs root")
        env = {**os.environ, "SEKISHO_NO_JAIL": "1", "SEKISHO_SANDBOX": "0", "GCONV_PATH": "/tmp", "MALLOC_CHECK_": "0"}
        p = subprocess.Popen([SEKISHO, "clean", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env)
        try:
            below = settled(p.pid, 4)
            for pid in below:
                self.assertEqual(self.read(f"/proc/{pid}/environ"), b"", pid)
                self.assertNotIn("Uid:\t0\t", self.read(f"/proc/{pid}/status").decode())
        finally:
            p.stdin.close()
            p.wait(timeout=20)

    def test_no_option_weakens_the_jail(self):
        for option in ("--no-sandbox", "--no-jail", "--unsafe", "--debug", "--insecure"):
            self.assertEqual(self.run_command("clean", option, self.write("a.txt", b"a\n")).returncode, 2)


if __name__ == "__main__":
    unittest.main()

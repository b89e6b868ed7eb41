"""The command in awkward surroundings: closed and full streams, crowded folders, odd names, odd callers."""
import json
import os
import signal
import socket
import subprocess
import time
import unittest

import samples
from command import Case, SEKISHO


class Streams(Case):
    def shell(self, redirections, *args, **kw):
        """The command with its streams redirected by a shell."""
        return subprocess.run(["sh", "-c", f'exec "$0" "$@" {redirections}', SEKISHO, *args], capture_output=True, check=False, cwd=self.dir, timeout=60, **kw)

    def test_closed_input_is_an_error_not_an_empty_success(self):
        p = self.shell("<&-", "clean", "-")
        self.assertEqual((p.returncode, p.stdout), (2, b""))
        self.assertIn(b"Bad file descriptor", p.stderr)

    def test_closed_output_is_told_and_gets_into_no_file(self):
        a = self.write("a.txt", b"hello\n")
        for i, json_or_not in enumerate((["--json"], [])):
            out = self.path(f"z{i}.txt")
            p = self.shell(">&-", "clean", *json_or_not, "-o", out, a)
            self.assertEqual(p.returncode, 2)
            self.assertIn(b"standard output", p.stderr)
            self.assertEqual(self.read(out), b"hello\n")
        p = self.shell(">&- 2>&- <&-", "clean", "-o", self.path("y.txt"), a)
        self.assertEqual((p.returncode, self.read(self.path("y.txt"))), (2, b"hello\n"))

    def test_full_output_is_told(self):
        a = self.write("a.txt", b"hello\n")
        for args in (["clean", "-o", self.path("z.txt"), a], ["clean", "--json", "-o", self.path("y.txt"), a], ["inspect", a], ["formats"], ["selftest"], ["--help"], ["clean", "-o", "-", a]):
            self.assertEqual(self.shell(">/dev/full", *args).returncode, 2, args)

    def test_reader_that_leaves_does_not_stop_the_work(self):
        inputs = [self.write(f"in/{i}.txt", b"hello\n") for i in range(50)]
        os.mkdir(self.path("out"))
        p = subprocess.Popen([SEKISHO, "clean", "--json", "-o", self.path("out"), *inputs], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        p.stdout.close()
        self.assertEqual(p.wait(timeout=60), 2)
        self.assertEqual(len(os.listdir(self.path("out"))), 50)

    def test_report_on_a_full_device_is_told(self):
        p = self.run_command("clean", "--report", "/dev/full", "-o", self.path("z.txt"), self.write("a.txt", b"a\n"))
        self.assertEqual(p.returncode, 2)
        self.assertIn(b"report", p.stderr)

    def test_terminal_shows_progress_without_cut_characters(self):
        name = "申請書" * 15 + ".txt"
        inputs = [self.write(f"in/{i}{name}", b"hello\n" * 1000) for i in range(40)]
        os.mkdir(self.path("out"))
        pid, fd = os.forkpty()
        if pid == 0:
            os.execve(SEKISHO, [SEKISHO, "clean", "--lang", "ja", "--jobs", "1", "-o", self.path("out"), *inputs], os.environ)
        seen = b""
        while True:
            try:
                part = os.read(fd, 65536)
            except OSError:
                break
            seen += part
        os.close(fd)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 0)
        self.assertIn("残り".encode(), seen)
        self.assertIn(b"/40 ", seen)
        seen.decode("utf-8")


class Losses(Case):
    def test_report_never_overwrites_an_input(self):
        a = self.write("in/a.txt", b"hello\n")
        for inputs in (a, self.path("in")):
            p = self.run_command("clean", "--report", a, inputs)
            self.assertEqual(p.returncode, 2)
            self.assertIn(b"one of the inputs", p.stderr)
            self.assertEqual(self.read(a), b"hello\n")

    def test_forced_output_never_replaces_another_input(self):
        """a.docm becomes a.docx, and an a.docx that waits for its turn lies there."""
        self.write("in/a.docm", samples.docm_with_macro())
        other = self.write("in/a.docx", b"not read yet")
        rows = {os.path.basename(r["input"]): r for r in self.clean("--force", "--jobs", "1", "-o", self.path("in"), self.path("in"), code=1)}
        self.assertEqual(rows["a.docm"]["reason"]["code"], "output-exists")
        self.assertEqual(self.read(other), b"not read yet")

    def test_forced_output_never_replaces_the_report(self):
        os.mkdir(self.path("out"))
        a, report = self.write("a.txt", b"hello\n"), self.path("out/a.txt")
        p = self.run_command("clean", "--force", "--report", report, "-o", self.path("out"), a)
        self.assertEqual(p.returncode, 1)
        self.assertEqual(json.loads(self.read(report))["reason"]["code"], "output-exists")

    def test_one_folder_by_two_names(self):
        self.write("in/a.docm", samples.docm_with_macro())
        self.write("in/a.docx", samples.docm_with_macro())
        rows = self.clean("--force", self.path("in/a.docm"), self.path("in/../in/a.docx"), code=0)
        self.assertEqual({os.path.basename(r["output"]) for r in rows}, {"a.clean.docx", "a.clean-2.docx"})

    def test_links_planted_in_the_output_folder_are_not_followed(self):
        self.write("in/sub/a.txt", b"hello\n")
        self.write("in/b.txt", b"hello\n")
        os.makedirs(self.path("elsewhere"))
        os.mkdir(self.path("out"))
        os.symlink(self.path("elsewhere"), self.path("out/sub"))
        os.symlink(self.path("elsewhere/b"), self.path("out/b.txt"))
        for force in ([], ["--force"]):
            rows = {os.path.basename(r["input"]): r for r in self.clean(*force, "-o", self.path("out"), self.path("in"), code=2)}
            self.assertEqual(rows["a.txt"]["verdict"], "error")
            self.assertEqual(os.listdir(self.path("elsewhere")), [])
        self.assertEqual(rows["b.txt"]["verdict"], "clean")
        self.assertFalse(os.path.islink(self.path("out/b.txt")))

    def test_output_folder_inside_the_input_is_no_input(self):
        self.write("in/a.txt", b"hello\n")
        os.mkdir(self.path("in/out"))
        for _ in range(3):
            rows = self.clean("--force", "-o", self.path("in/out"), self.path("in"), code=0)
            self.assertEqual([r["input"] for r in rows], [self.path("in/a.txt")])
        self.assertEqual(os.listdir(self.path("in/out")), ["a.txt"])

    def test_private_input_gives_a_private_output(self):
        a = self.write("a.txt", b"hello\n")
        os.chmod(a, 0o600)
        row = self.clean(a, code=0)[0]
        self.assertEqual(os.stat(row["output"]).st_mode & 0o777, 0o600)

    def test_hangup_and_termination_leave_only_whole_files(self):
        for sig in (signal.SIGHUP, signal.SIGTERM):
            inputs = [self.write(f"in{sig}/{i}.pdf", samples.pdf_with_script()) for i in range(300)]
            out = self.path(f"out{sig}")
            os.mkdir(out)
            p = subprocess.Popen([SEKISHO, "clean", "--jobs", "4", "-o", out, *inputs], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            while not os.listdir(out) and p.poll() is None:
                time.sleep(0.01)
            p.send_signal(sig)
            _out, err = p.communicate(timeout=30)
            self.assertEqual(p.returncode, 2, err)
            self.assertIn(b"interrupted", err)
            self.no_remains(out)
            self.assertEqual(len({os.path.getsize(os.path.join(out, n)) for n in os.listdir(out)}), 1)


class Places(Case):
    def test_long_names_are_shortened_between_characters(self):
        name = "あ" * 83 + ".txt"
        row = self.clean(self.write(name, b"hello\n"), code=0)[0]
        got = os.path.basename(row["output"])
        self.assertEqual((got, row["changed_name"]), ("あ" * 81 + ".clean.txt", got))
        os.mkdir(self.path("out"))
        rows = self.clean("-o", self.path("out"), self.write(f"a/{name}", b"1\n"), self.write(f"b/{name}", b"2\n"), code=0)
        self.assertEqual({os.path.basename(r["output"]) for r in rows}, {name, "あ" * 83 + "-2.txt"})

    def test_names_that_read_backwards_are_set_upright(self):
        row = self.clean(self.write("bill\u202efdp.txt", b"hello\n"), code=0)[0]
        self.assertEqual((os.path.basename(row["output"]), row["changed_name"]), ("billfdp.clean.txt", "billfdp.clean.txt"))
        os.mkdir(self.path("out"))
        rows = self.clean("-o", self.path("out"), self.write("a\u2066.txt", b"1\n"), self.write("b/a.txt", b"2\n"), code=0)
        self.assertEqual({os.path.basename(r["output"]) for r in rows}, {"a.txt", "a-2.txt"})

    def test_sockets_pipes_and_devices_are_refused_unopened(self):
        s = socket.socket(socket.AF_UNIX)
        s.bind(self.path("socket"))
        self.addCleanup(s.close)
        os.mkfifo(self.path("pipe"))
        rows = self.clean(self.path("socket"), self.path("pipe"), "/dev/null", "/dev/stdin", code=1, input=b"")
        self.assertEqual({r["reason"]["code"] for r in rows}, {"special-file"})

    def test_empty_folder_is_nothing_to_do(self):
        os.mkdir(self.path("in"))
        os.mkdir(self.path("out"))
        p = self.run_command("clean", "-o", self.path("out"), self.path("in"))
        self.assertEqual((p.returncode, p.stdout), (0, b""))
        self.assertIn(b"no file", p.stderr)

    def test_unreadable_inputs_are_told_and_the_rest_is_cleaned(self):
        a, b = self.write("in/a.txt", b"a\n"), self.write("in/locked/b.txt", b"b\n")
        c = self.write("in/c.txt", b"c\n")
        os.mkdir(self.path("out"), 0o777)
        os.chmod(self.dir, 0o755)
        os.chmod(self.path("out"), 0o777)
        os.chmod(a, 0)
        os.chmod(os.path.dirname(b), 0)
        command = self.as_ordinary_user("clean", "--json", "-o", self.path("out"), self.path("in"))
        p = subprocess.run(command, capture_output=True, check=False, cwd="/")
        os.chmod(os.path.dirname(b), 0o755)
        rows = {os.path.relpath(r["input"], self.path("in")): r for r in map(json.loads, p.stdout.splitlines())}
        self.assertEqual(p.returncode, 2)
        self.assertEqual({n: r["verdict"] for n, r in rows.items()}, {"a.txt": "error", "locked": "error", "c.txt": "clean"})
        self.assertIn("Permission denied", rows["a.txt"]["reason"]["detail"])
        self.assertEqual(os.listdir(self.path("out")), [os.path.basename(c)])

    def test_output_that_is_a_file_where_a_folder_is_needed(self):
        a, z = self.write("a.txt", b"a\n"), self.write("z", b"z")
        for args in (["-o", z, a, a], ["-o", z + "/", a]):
            p = self.run_command("clean", *args)
            self.assertEqual(p.returncode, 2)
            self.assertIn(b"is not a folder", p.stderr)
        self.assertEqual(self.run_command("clean", "-o", "", a).returncode, 2)
        self.assertEqual(self.read(z), b"z")


class Words(Case):
    def test_all_claims_of_a_polyglot_are_told(self):
        both = samples.pdf_with_script() + samples.opc({"a.txt": "hello\n"})
        rows = self.clean(self.write("both.pdf", both), code=1)
        self.assertEqual(rows[0]["reason"]["code"], "polyglot")
        self.assertLessEqual({"pdf", "zip"}, {c["type"] for c in rows[0]["claims"]})
        p = self.run_command("inspect", "--lang", "en", self.path("both.pdf"))
        self.assertEqual(p.returncode, 1)
        for kind in (b"looks like pdf:", b"looks like zip:", b"pdf (", b"zip ("):
            self.assertIn(kind, p.stdout)

    def test_options_that_do_not_fit_are_usage_errors(self):
        a = self.write("a.txt", b"a\n")
        for args in (["inspect", "-o", "x", a], ["inspect", "--force", a], ["inspect", "--report", "x", a], ["formats", "--json"], ["formats", a],
                     ["selftest", "--force"], ["selftest", a], ["clean", a, "-o"], ["clean", "--json=1", a], ["clean", "--jobs"]):
            p = self.run_command(*args)
            self.assertEqual((p.returncode, p.stdout), (2, b""), args)
            self.assertIn(b"--help", p.stderr, args)
        self.assertEqual(sorted(os.listdir(self.dir)), ["a.txt"])

    def test_language_of_the_locale_without_its_locale(self):
        env = {"PATH": os.environ["PATH"], "LANG": "ja_JP.UTF-8"}
        a = self.path("none.txt")
        self.assertIn("エラー", self.run_command("clean", a, env=env).stdout.decode())
        self.assertIn("ファイルまたはフォルダーがありません", self.run_command("clean", a, env=env).stdout.decode())
        self.assertIn("使えません", self.run_command("clean", "--nonsense", env=env).stderr.decode())
        self.assertIn("使えません", self.run_command("clean", "--nonsense", "--lang", "ja").stderr.decode())
        self.assertIn("error", self.run_command("clean", "--lang", "en", a, env=env).stdout.decode())

    def test_places_are_told_in_the_language_of_the_run(self):
        p = self.run_command("clean", "--lang", "ja", self.write("a.pdf", samples.pdf_with_script()), self.write("b.zip", samples.archive()))
        text = p.stdout.decode()
        self.assertIn("[pdf.launch: 1ページ]", text)
        self.assertIn("[pdf.launch: report.pdf!1ページ]", text)
        self.assertNotIn("document]", text)

    def test_rows_come_before_their_sum(self):
        a = self.write("a.txt", b"a\n")
        p = subprocess.run([SEKISHO, "clean", "--lang", "en", a, a], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        self.assertTrue(p.stdout.rstrip().endswith(b"2 clean, 0 refused, 0 errors"), p.stdout)

    def test_many_lanes_in_few_descriptors(self):
        """A low soft limit is raised; sixty lanes need more than it."""
        inputs = [self.write(f"in/{i}.txt", b"hello\n") for i in range(80)]
        os.mkdir(self.path("out"))
        p = subprocess.run(["sh", "-c", 'ulimit -Sn 100; exec "$0" "$@"', SEKISHO, "clean", "--quiet", "--jobs", "30", "-o", self.path("out"), *inputs], capture_output=True, check=False)
        self.assertEqual((p.returncode, len(os.listdir(self.path("out")))), (0, 80), p.stdout + p.stderr)

    def test_what_to_do_is_said(self):
        p = self.run_command("clean", "--lang", "en", self.write("a.pdf", samples.program()))
        self.assertIn("-> Ask the sender", p.stdout.decode())

    def test_names_reach_no_terminal_as_commands(self):
        name = "a\x1b]0;owned\x07\u202e.txt"
        source = self.write(name, b"a\n")
        self.write("a\x1b]0;owned\x07.clean.txt", b"exists")
        p = self.run_command("clean", source, self.path("none\x1b[2J"))
        self.assertNotIn(b"\x1b", p.stdout + p.stderr)
        self.assertNotIn("\u202e", p.stdout.decode())

    def test_inspect_does_not_claim_to_have_cleaned(self):
        p = self.run_command("inspect", "--lang", "en", self.write("a.txt", b"a\n"), self.write("b.pdf", samples.program()))
        self.assertIn(b"can be cleaned: ", p.stdout)
        self.assertIn(b"would be refused: ", p.stdout)


if __name__ == "__main__":
    unittest.main()

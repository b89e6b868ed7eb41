"""The virus scan against a real clamd, started here on one signature written by hand: the inert token of these tests."""
import os
import shutil
import signal
import subprocess
import time
import unittest

from command import ROOT, Case

# Debian puts daemons where ordinary users do not look.
CLAMD = shutil.which("clamd", path=os.environ.get("PATH", "") + ":/usr/sbin")
PROBE = os.path.join(ROOT, "build", "src", "scan", "scan-probe")
TOKEN = b"SEKISHO-INERT-TOKEN"


class Scan(Case):
    def setUp(self):
        super().setUp()
        self.assertTrue(CLAMD, "clamd is not installed")
        os.mkdir(self.path("signatures"))
        self.write("signatures/token.ndb", b"Sekisho.Test.Inert:0:*:" + TOKEN.hex().encode() + b"\n")
        self.socket = self.path("clamd.socket")
        conf = self.write("clamd.conf", "\n".join([
            f"LocalSocket {self.socket}", f"DatabaseDirectory {self.path('signatures')}", f"TemporaryDirectory {self.dir}",
            f"LogFile {self.path('clamd.log')}", "Foreground yes", "StreamMaxLength 1M", "MaxThreads 2", ""]).encode())
        self.clamd = subprocess.Popen([CLAMD, "-c", conf], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(self.stop)
        deadline = time.monotonic() + 60
        while self.scan(b"x") == ["unknown", "clamd cannot be reached", "", "0"]:
            self.assertIsNone(self.clamd.poll(), "clamd ended")
            self.assertLess(time.monotonic(), deadline, "clamd does not start")
            time.sleep(0.05)

    def stop(self):
        if self.clamd.poll() is None:
            self.clamd.send_signal(signal.SIGCONT)
            self.clamd.kill()
        self.clamd.wait()

    def scan(self, data, millis=60000):
        done = subprocess.run([PROBE, self.socket, str(millis), self.write("file", data)], capture_output=True, text=True, check=True, timeout=120)
        return done.stdout.rstrip("\n").split("|")

    def test_clean_and_found(self):
        verdict, _text, engine, made = self.scan("市民課からのお知らせ".encode() * 5000)
        self.assertEqual(verdict, "clean")
        self.assertRegex(engine, r"^ClamAV \d")
        self.assertEqual(made, "0")  # signatures written by hand have no date
        self.assertEqual(self.scan(b"before " + TOKEN + b" after")[:2], ["found", "Sekisho.Test.Inert.UNOFFICIAL"])
        self.assertEqual(self.scan(b"")[0], "clean")

    def test_what_is_too_long_for_it_is_not_clean(self):
        verdict, text, *_ = self.scan(b"x" * (3 << 20))
        self.assertEqual(verdict, "unknown")
        self.assertTrue(text)

    def test_stopped_and_gone(self):
        self.clamd.send_signal(signal.SIGSTOP)
        self.assertEqual(self.scan(b"x", 300)[:2], ["unknown", "clamd took too long"])
        self.clamd.send_signal(signal.SIGCONT)
        self.clamd.kill()
        self.clamd.wait()
        self.assertEqual(self.scan(b"x")[:2], ["unknown", "clamd cannot be reached"])


if __name__ == "__main__":
    unittest.main()

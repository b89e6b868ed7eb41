"""The demonstration of two posts: it shows what it promises, and leaves nothing behind however it ends."""
import glob
import os
import signal
import subprocess
import sys
import time
import unittest

from command import ROOT, Case

DEMO = os.path.join(ROOT, "tests", "demo_posts.py")


class Demo(Case):
    def start(self, *before):
        """In a group of its own, as a terminal starts it; its folder lies in ours."""
        os.chmod(self.dir, 0o777)
        return subprocess.Popen([*before, sys.executable, "-B", DEMO], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
                                env={**os.environ, "TMPDIR": self.dir, "HOME": self.dir})

    def left(self):
        """Processes that name our folder, and what lies in it."""
        found = []
        for path in glob.glob("/proc/[0-9]*/cmdline"):
            try:
                with open(path, "rb") as f:
                    if self.dir.encode() in f.read():
                        found.append(path)
            except OSError:
                continue
        return found + os.listdir(self.dir)

    def nothing_is_left(self):
        end = time.monotonic() + 30
        while self.left() and time.monotonic() < end:
            time.sleep(0.1)
        self.assertEqual(self.left(), [])

    def shows(self, p, *lines):
        out, _ = p.communicate(timeout=300)
        self.assertEqual(p.returncode, 0, out)
        for line in lines:
            self.assertRegex(out, line)
        self.assertEqual(out.count("Verified."), 3, out)
        self.nothing_is_left()

    COMMON = (r"tsuchi\.docm +released", r"tool\.exe +refused .*program", r"memo\.txt +denied .*virus", r"meibo\.csv +denied .*mynumber")

    @unittest.skipIf(os.geteuid(), "networks of their own need root")
    def test_as_root(self):
        self.shows(self.start(), r"terminal of lgwan +does not reach +the terminal of internet", r"kaito\.csv +released .*approved by shimin-cho",
                   r"annai\.txt +denied .*denied by shimin-cho", r"cosigned by sekisho-internet-witness", *self.COMMON)

    def test_as_somebody_else(self):
        who = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
        if who and subprocess.run([*who, "test", "-x", os.path.join(ROOT, "build", "src", "cmd", "sekisho")], check=False).returncode:
            self.skipTest("the checkout lies where only root may go")
        self.shows(self.start(*who), "Not root", r"kaito\.csv +held .*waits for approval", *self.COMMON)

    def test_ended_in_the_middle(self):
        for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            p = self.start()
            while "tsuchi.docm" not in (line := p.stdout.readline()):
                self.assertTrue(line, "it ended")
            if sig == signal.SIGINT:
                os.killpg(p.pid, sig)  # Ctrl-C is for all of them
            else:
                p.send_signal(sig)
            p.stdout.close()
            self.assertNotEqual(p.wait(120), 0)
            if sig != signal.SIGKILL:
                self.nothing_is_left()
            else:  # its folder is nobody's any more, but no process is
                end = time.monotonic() + 30
                while [x for x in self.left() if x.startswith("/proc")] and time.monotonic() < end:
                    time.sleep(0.1)
                self.assertEqual([x for x in self.left() if x.startswith("/proc")], [])


if __name__ == "__main__":
    unittest.main()

"""The demonstration of two posts: it shows what it promises, and leaves nothing behind however it ends."""
import contextlib
import glob
import os
import pty
import re
import signal
import subprocess
import sys
import threading
import time
import unittest

import demo_posts
import portal
import samples
from command import ROOT, Case
from logged import wait_for

DEMO = os.path.join(ROOT, "tests", "demo_posts.py")


class Terminal:
    """A program on a terminal of its own, as somebody who types sees it."""

    def __init__(self, command, env):
        self.text, self.code = "", None
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execvpe(command[0], command, env)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        with contextlib.suppress(OSError):  # at its end, a terminal has no more to read from
            while data := os.read(self.fd, 65536):
                self.text += data.decode("utf-8", "replace")

    def await_text(self, text):
        wait_for(lambda: self.text, lambda: text in self.text or not self.reader.is_alive(), 300)
        if text not in self.text:
            raise AssertionError(self.text)

    def links(self, zone):
        """[(origin, token)] of the clerk's links, in the order in which they were shown."""
        return re.findall(rf"shimin-1 \(a clerk\): (https://{zone}\.localhost:[0-9]+)/link#([0-9a-f]{{64}})", self.text)

    def press(self, keys):
        os.write(self.fd, keys)

    def wait(self):
        if self.code is None:
            self.reader.join(120)
            self.code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.code

    def close(self):
        if self.code is None:
            os.kill(self.pid, signal.SIGTERM)
            self.wait()
        os.close(self.fd)


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

    @unittest.skipIf(os.geteuid(), "networks of their own need root")
    @unittest.skipUnless(os.path.exists(demo_posts.PAGES), "the pages of the portal are not built")
    def test_on_a_terminal(self):
        """It ends with two addresses and links that open once; a document goes from one to the other by them; Enter gives new ones, Ctrl-C ends all of it."""
        t = Terminal([sys.executable, "-B", DEMO], {**os.environ, "TMPDIR": self.dir, "HOME": self.dir})
        self.addCleanup(t.close)
        os.chmod(self.dir, 0o777)
        t.await_text("Control-C ends it")
        there, here = (self.browser(t, zone) for zone in ("internet", "lgwan"))
        status, answer = there.bring("通知.docm", samples.docm_with_macro(), to="lgwan", recipient="shimin-1", **{"class": "1"})
        self.assertEqual(status, 200, answer)
        id = answer["transfer"]["id"]
        wait_for(lambda: f"it never comes: {there.ask('show', id=id)}", lambda: here.fetch(id).status == 200)
        self.assertNotIn(samples.MARK.encode(), here.fetch(id).body)
        t.press(b"\n")
        wait_for(lambda: t.text, lambda: len(t.links("lgwan")) == 2)
        self.browser(t, "lgwan")
        t.press(b"\x03")
        self.assertEqual(t.wait(), 0, t.text)
        self.assertNotIn("Traceback", t.text)
        self.nothing_is_left()

    def browser(self, t, zone):
        """Of a clerk who came by the newest link, which then opens nothing more."""
        origin, token = t.links(zone)[-1]
        ca = re.search(rf"certificate of its authority: (\S+/{zone}/portal/ca\.crt)", t.text).group(1)
        first, second = (portal.Browser(int(origin.rsplit(":", 1)[1]), f"{zone}.localhost", ca, origin) for _ in range(2))
        self.addCleanup(first.close)
        self.addCleanup(second.close)
        self.assertEqual([b.ask("login.link", token=token)[0] for b in (first, second)], [200, 403])
        return first

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

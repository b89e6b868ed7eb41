"""A worker that was taken over: it passes nothing off as clean, neither stops the gate nor fills its disk (tests/hostile_worker.py)."""
import os
import time
import unittest

import posts

WORKER = os.path.join(posts.ROOT, "tests", "hostile_worker.py")
DATA = b"a,b\n=cmd|' /C calc'!A0,2\n"


@unittest.skipUnless(posts.possible(), "members are system users of their own: that needs root")
class HostileWorker(unittest.TestCase):
    def setUp(self):
        self.lab = posts.Lab()
        self.addCleanup(self.lab.close)
        self.internet, self.lgwan = self.lab.internet, self.lab.lgwan
        self.internet.replace("sekisho-worker", WORKER)

    def send(self, how):
        with open(os.path.join(self.internet.programs, "sekisho-worker.lie"), "w", encoding="ascii") as f:
            f.write(how)
        self.lab.start()
        self.gate = self.internet.pids("gate")
        return self.internet.who("ichi").send(DATA, "a.csv", to="lgwan", route="file-in", recipient="ni")["transfer"]["id"]

    def test_what_is_not_clean_does_not_arrive(self):
        id = self.send("as it came")
        posts.wait_for("it is not rejected", lambda: self.lgwan.state(id) == "rejected")
        posts.wait_for("it is not told", lambda: self.internet.state(id) == "rejected")
        self.assertIsInstance(self.lgwan.who("ni").get(id), dict)
        self.lab.stop()
        for post in self.lab.posts.values():
            self.assertIn("transfer.reject", [e["kind"] for e in post.ledger() if e.get("transfer") == id])
            post.verify_ledger()

    def stays(self, how, said):
        """Nothing comes of it, and others are served meanwhile."""
        id, slowest = self.send(how), 0
        end = time.monotonic() + posts.PATIENCE
        while self.internet.count(said) < 2 and time.monotonic() < end:
            before = time.monotonic()
            self.assertEqual(self.internet.state(id), "cleaning")
            slowest = max(slowest, time.monotonic() - before)
            time.sleep(0.05)
        self.assertGreaterEqual(self.internet.count(said), 2, self.internet.said())
        self.assertIsNone(self.lgwan.row(id))
        self.assertEqual(self.internet.pids("gate"), self.gate)
        return slowest

    def test_bytes_that_were_swapped(self):
        """Other bytes than it says: they do not leave this post."""
        id = self.send("swapped")
        posts.wait_for("it is not rejected", lambda: self.lgwan.state(id) == "rejected")
        posts.wait_for("it is not told", lambda: self.internet.state(id) == "rejected")
        self.lab.stop()
        for post in self.lab.posts.values():
            self.assertIn("gone", [e.get("reason") for e in post.ledger() if e.get("transfer") == id])
            post.verify_ledger()

    def test_somebody_elses_job(self):
        self.stays("fence", "it talked nonsense")

    def test_more_than_anybody_makes_of_it(self):
        """What nobody can have made is not read: that would take the gate a quarter of a minute."""
        self.stays("vast", "what a worker made of")

    def test_more_than_all_is_done(self):
        self.stays("boasts", "it talked nonsense")

    def test_progress_without_end(self):
        """It is no news that it goes to and fro; what comes of the file is what came of it."""
        id = self.send("restless")
        posts.wait_for("it never ends", lambda: self.lgwan.state(id) == "rejected" or self.internet.state(id) == "refused")
        self.assertEqual(self.internet.pids("gate"), self.gate)

    def test_one_that_never_answers(self):
        """It is ended, and the file is given to the next one."""
        with open(self.internet.config, "a", encoding="utf-8") as f:
            f.write("patience 1\n")
        self.stays("silent", "its worker does not answer")

    def ends(self, how):
        id = self.send(how)
        posts.wait_for("it never ends", lambda: self.lgwan.state(id) == "rejected" or self.internet.state(id) == "refused")
        self.assertEqual(self.internet.pids("gate"), self.gate)

    def test_said_twice(self):
        self.ends("twice")

    def test_changed_behind(self):
        self.ends("behind")


if __name__ == "__main__":
    unittest.main()

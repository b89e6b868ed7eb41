"""The ledger of a post that was brought back from an old backup: its witness, the other post, knows more. It signs nothing until the
missing entries are there again, or two persons open a successor, whose key the other post pins."""
import json
import os
import shutil
import unittest

import posts
from command import Case
from posts import LEDGERVERIFY, SEKISHO

BY = ("--by", "administrator=kan", "--by", "auditor=sa")


@unittest.skipUnless(posts.possible(), "needs root: two posts and members that are system users")
class Lost(Case):
    def setUp(self):
        super().setUp()
        self.lab = posts.Lab()
        self.addCleanup(self.lab.close)
        self.post, self.other = self.lab.internet, self.lab.lgwan
        self.ledger = os.path.join(self.post.folder, "ledger")
        self.lab.start()
        self.cross()
        self.lab.stop()
        shutil.copytree(self.ledger, self.path("old"))
        self.lab.start(members=False)
        for _ in range(3):
            self.cross()
        self.witnessed()
        self.lab.stop()
        self.size = self.count(self.ledger)

    def send(self):
        answer = self.post.who("ichi").send(b"a,b\n1,2\n", "t.csv", to="lgwan", route="file-in")
        return answer["transfer"]["id"]

    def cross(self):
        id = self.send()
        self.other.await_state(id, "released")
        self.post.await_state(id, "released")

    def count(self, ledger):
        return json.loads(self.post.run(SEKISHO, "ledger", "verify", "--json", ledger))["size"]

    def witnessed(self):
        """The other post has cosigned the newest checkpoint."""
        def there():
            path = os.path.join(self.ledger, "witnessed")
            with open(os.path.join(self.ledger, "checkpoint"), encoding="utf-8") as a:
                newest = a.read().split("\n")[1]
            return os.path.exists(path) and self.read(path).decode().split("\n")[1] == newest
        posts.wait_for("a cosignature", there)

    def lose(self, marked=True):
        """Only the ledger is old: the store knows what it said. Not marked: a machine that went back to a snapshot."""
        self.post.run(SEKISHO, "ledger", "export", self.ledger, self.path("copy"))
        shutil.rmtree(self.ledger)
        shutil.copytree(self.path("old"), self.ledger)
        if marked:
            with open(os.path.join(self.ledger, "restored"), "w", encoding="ascii"):
                pass

    def state(self):
        return self.post.ok("root", "status")["ledger"]["state"]

    def start_behind(self):
        """It takes what it is given, and nothing of it leaves."""
        self.lab.start(members=False)
        posts.wait_for(lambda: f"behind: {self.state()}\n{self.post.said()[-2000:]}", lambda: self.state() == "behind")
        before = self.count(self.ledger)
        id = self.send()
        self.post.await_state(id, "offered")
        self.assertEqual(self.count(self.ledger), before)
        self.assertIsNone(self.other.row(id))
        return id

    def test_recovered(self):
        self.lose()
        id = self.start_behind()
        self.lab.stop()
        self.post.run(SEKISHO, "ledger", "recover", self.post.folder, self.path("copy"))
        self.assertEqual(self.count(self.ledger), self.size)
        self.lab.start(members=False)
        self.other.await_state(id, "released")
        self.cross()
        self.assertEqual(self.state(), "signs")
        self.lab.stop()
        for post in self.lab.posts.values():
            post.verify_ledger()

    def test_a_snapshot(self):
        """Nobody said that it was restored: the witness is heard before anything is signed."""
        self.lose(marked=False)
        self.start_behind()

    def test_succeeded(self):
        self.lose()
        id = self.start_behind()
        self.lab.stop()
        note = os.path.join(self.path("copy"), "checkpoint")
        self.post.run(SEKISHO, "ledger", "succeed", *BY, "--policy", self.post.policy, "--checkpoint", note, self.post.folder)
        out = self.path("anew")
        self.post.run(SEKISHO, "post", "export", self.post.folder, "lgwan", out)
        self.other.run(SEKISHO, "post", "pin", "--replace", self.other.folder, "--from", out)
        self.lab.start(members=False)
        self.other.await_state(id, "released")
        self.cross()
        self.lab.stop()
        for post in self.lab.posts.values():
            post.verify_ledger()
        first = self.post.ledger()[0]
        self.assertEqual((first["kind"], first["previous.size"], first["role"], first["role.second"]),
                         ("ledger.successor", str(self.size), "administrator", "auditor"))
        self.post.run(LEDGERVERIFY, "--key", os.path.join(self.post.folder, "ledger.pub.1"), os.path.join(self.post.folder, "ledger.1"))

"""Repairing the ledger of a post that stands still: what was lost comes back from a copy, or two persons open a successor."""
import fcntl
import json
import os
import shutil
import subprocess
import unittest

from command import BUILD, Case, SEKISHO

FEED = os.path.join(os.path.dirname(BUILD), "ledger", "feed-ledger")
VERIFY = os.path.join(BUILD, "sekisho-ledgerverify")
BY = ("--by", "administrator=digital-1", "--by", "overseer=ciso")
POLICY = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "policy", "example.policy")


class Repair(Case):
    def setUp(self):
        super().setUp()
        self.state = self.path("state")
        os.mkdir(self.state)
        self.ledger, self.key = self.at("ledger"), self.at("ledger.key")
        self.feed("create", self.ledger, self.key, "sekisho-lgwan")
        self.feed("append", self.ledger, self.key, 1, 300, 100)
        shutil.copy(os.path.join(self.ledger, "key.pub"), self.at("ledger.pub"))
        self.backup = self.path("backup")
        shutil.copytree(self.ledger, self.backup)
        self.feed("append", self.ledger, self.key, 301, 400, 100)
        self.copy = self.path("copy")
        self.run_it("export", self.ledger, self.copy, code=0)

    def at(self, name):
        return os.path.join(self.state, name)

    def feed(self, *args):
        return subprocess.run([FEED, *map(str, args)], capture_output=True, text=True, check=True).stdout

    def run_it(self, *args, code):
        if args[0] == "succeed":
            args = ("succeed", "--policy", POLICY, *args[1:])
        p = subprocess.run([SEKISHO, "ledger", *map(str, args)], capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(p.returncode, code, p.stdout + p.stderr)
        return p.stdout + p.stderr

    def size(self, ledger=None):
        return json.loads(self.run_it("verify", "--json", ledger or self.ledger, code=0))["size"]

    def entry(self, n):
        return json.loads(self.run_it("show", "--json", self.ledger, n, code=0))["entry"]

    def checkpoint(self, folder):
        return self.read(os.path.join(folder, "checkpoint"))

    def lose(self):
        shutil.rmtree(self.ledger)
        shutil.copytree(self.backup, self.ledger)

    # --- recover ---

    def test_what_a_copy_holds_comes_back(self):
        self.lose()
        self.assertIn("700", self.run_it("recover", self.state, self.copy, code=0))
        self.assertEqual(self.size(), 700)
        self.assertEqual(self.checkpoint(self.ledger), self.checkpoint(self.copy))
        self.feed("append", self.ledger, self.key, 701, 10, 10)  # and it goes on
        self.assertEqual(self.size(), 710)

    def test_all_of_it_comes_back(self):
        shutil.rmtree(self.ledger)
        self.run_it("recover", self.state, self.copy, code=2)  # there is no folder
        os.mkdir(self.ledger, 0o700)
        self.run_it("recover", self.state, self.copy, code=0)
        self.assertEqual(self.size(), 700)
        self.assertTrue(os.path.exists(os.path.join(self.ledger, "restored")))  # it asks all of its witnesses first

    def test_the_checkpoint_of_a_witness_decides(self):
        note = self.path("note")
        shutil.copy(os.path.join(self.copy, "checkpoint"), note)
        self.feed("append", self.ledger, self.key, 701, 50, 50)
        newer = self.path("newer")
        self.run_it("export", self.ledger, newer, code=0)
        self.lose()
        self.run_it("recover", "--checkpoint", note, self.state, newer, code=0)  # a copy may hold more
        self.assertEqual(self.size(), 700)

    def test_copies_that_do_not_fit(self):
        self.lose()
        before = self.checkpoint(self.ledger)
        bundle = os.path.join(self.copy, "tile", "entries", "001")
        data = bytearray(self.read(bundle))
        data[-5] ^= 1
        with open(bundle, "wb") as f:
            f.write(data)
        self.run_it("recover", self.state, self.copy, code=2)
        os.remove(bundle)
        self.run_it("recover", self.state, self.copy, code=2)
        self.assertEqual(self.checkpoint(self.ledger), before)
        self.assertEqual(self.size(), 300)

    def test_other_checkpoints(self):
        other, key = self.path("other"), self.path("otherkey")
        self.feed("create", other, key, "sekisho-lgwan")
        self.feed("append", other, key, 1, 900, 100)
        self.lose()
        self.run_it("recover", self.state, other, code=2)
        self.run_it("recover", "--checkpoint", os.path.join(self.backup, "checkpoint"), self.state, self.copy, code=2)
        self.assertEqual(self.size(), 300)

    def test_a_post_that_runs(self):
        self.lose()
        with open(self.at("lock"), "w", encoding="ascii") as f:
            fcntl.flock(f, fcntl.LOCK_EX)
            self.run_it("recover", self.state, self.copy, code=2)
            self.run_it("succeed", *BY, self.state, code=2)
        self.assertEqual(self.size(), 300)

    # --- succeed ---

    def test_a_successor(self):
        note = self.path("note")
        shutil.copy(os.path.join(self.copy, "checkpoint"), note)
        self.lose()
        said = self.run_it("succeed", *BY, "--checkpoint", note, self.state, code=0)
        new_key = self.read(self.at("ledger.pub")).decode().strip()
        self.assertIn(new_key, said)
        self.assertTrue(new_key.startswith("sekisho-lgwan.2+"))
        self.assertEqual(self.size(), 1)
        entry = self.entry(0)
        self.assertEqual((entry["kind"], entry["previous.origin"], entry["previous.size"], entry["role"], entry["role.second"]),
                         ("ledger.successor", "sekisho-lgwan", "700", "administrator", "overseer"))
        self.assertEqual(entry["personal.second"]["value"], "ciso")
        self.assertEqual(self.size(self.at("ledger.1")), 300)
        self.assertEqual(self.read(self.at("ledger.pub.1")), self.read(os.path.join(self.backup, "key.pub")))
        self.feed("append", self.ledger, self.key, 1001, 20, 20)  # under the new key
        subprocess.run([VERIFY, "--key", self.at("ledger.pub"), self.ledger], check=True, capture_output=True)
        self.run_it("succeed", *BY, self.state, code=0)
        self.assertTrue(self.read(self.at("ledger.pub")).startswith(b"sekisho-lgwan.3+"))
        self.assertEqual(self.size(self.at("ledger.2")), 21)
        self.assertEqual(sorted(os.listdir(self.state)), sorted(
            f"{name}{end}" for name in ("ledger", "ledger.key", "ledger.pub") for end in ("", ".1", ".2")) + ["lock"])

    def test_two_persons_in_two_roles(self):
        before = sorted(os.listdir(self.ledger))
        for by in ((), BY[:2], ("--by", "a=x", "--by", "a=y"), ("--by", "a=x", "--by", "b=x"), ("--by", "a=", "--by", "b=y"),
                   ("--by", "=x", "--by", "b=y"), ("--by", "a b=x", "--by", "c=y"), (*BY, "--by", "c=z"),
                   # members, each with the right of his role, one of whom runs the posts and one who does not
                   ("--by", "administrator=shokuin-1", "--by", "overseer=ciso"), ("--by", "administrator=digital-1", "--by", "auditor=ciso"),
                   ("--by", "administrator=digital-1", "--by", "overseer=nobody"), ("--by", "administrator=digital-1", "--by", "administrator=digital-2"),
                   ("--by", "auditor=ciso", "--by", "overseer=tokatsu")):
            self.run_it("succeed", *by, self.state, code=2)
        self.run_it("succeed", *BY, "--policy", self.path("none.policy"), self.state, code=2)
        self.run_it("succeed", *BY, "--origin", "sekisho-lgwan", self.state, code=2)
        self.run_it("succeed", *BY, "--origin", "a+b", self.state, code=2)
        self.assertEqual(sorted(os.listdir(self.ledger)), before)
        self.assertEqual(self.size(), 700)
        self.run_it("succeed", *BY, "--origin", "sekisho-lgwan/anew", self.state, code=0)  # what failed is in nobody's way
        self.assertEqual(self.size(), 1)

    def test_a_checkpoint_of_somebody_else(self):
        other, key = self.path("other"), self.path("otherkey")
        self.feed("create", other, key, "sekisho-lgwan")
        self.run_it("succeed", *BY, "--checkpoint", os.path.join(other, "checkpoint"), self.state, code=2)
        self.assertEqual(self.size(), 700)

    def test_interrupted(self):
        """Killed at any moment between the mark and the end, it is finished by beginning again."""
        self.run_it("succeed", *BY, self.state, code=0)
        done = {name: self.read(self.at(name)) for name in ("ledger.key", "ledger.key.1", "ledger.pub", "ledger.pub.1")}
        order = [(name, end) for name in ("ledger", "ledger.pub", "ledger.key") for end in (".1", "")]
        for step in range(len(order)):
            for name, end in reversed(order[step:]):  # undo what the later steps did
                os.rename(self.at(name + end), self.at(name + (".new" if end == "" else "")))
            with open(self.at("succeeding"), "w", encoding="ascii") as f:
                f.write("1\n")
            self.assertIn("sekisho-lgwan.2", self.run_it("succeed", *BY, self.state, code=0))
            self.assertEqual({name: self.read(self.at(name)) for name in done}, done)
            self.assertEqual((self.size(), self.size(self.at("ledger.1"))), (1, 700))
            self.assertFalse(os.path.exists(self.at("succeeding")))

    @unittest.skipUnless(os.geteuid() == 0, "needs root: files of another user")
    def test_files_belong_to_the_owner_of_the_ledger(self):
        os.chmod(self.dir, 0o755)
        os.chmod(self.state, 0o755)
        os.chmod(self.copy, 0o700)
        self.lose()
        for path in self.below(self.ledger):
            os.chown(path, 65534, 65534)
        self.run_it("recover", self.state, self.copy, code=0)
        self.assertEqual({os.stat(p).st_uid for p in self.below(self.ledger)}, {65534})
        self.run_it("succeed", *BY, self.state, code=0)
        self.assertEqual({os.stat(p).st_uid for p in self.below(self.ledger)}, {65534})
        self.assertEqual(os.stat(self.key).st_uid, 65534)
        self.assertEqual(os.stat(self.key).st_mode & 0o777, 0o400)

    def below(self, folder):
        return [folder] + [os.path.join(at, name) for at, folders, files in os.walk(folder) for name in folders + files]

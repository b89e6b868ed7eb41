"""What people do with the command at two posts: sending, deciding, collecting, passwords, originals, accounts; and a post that
goes away and comes back from a backup, on both back ends."""
import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import time
import unittest
import zipfile

import posts
from command import ROOT, SEKISHO, Case

PASSWORD = "correct horse\n"


class Asking:
    postgres = False

    @classmethod
    def setUpClass(cls):
        if not posts.possible():
            raise unittest.SkipTest("members are system users of their own: that needs root")
        cls.lab = posts.Lab(postgres=cls.postgres)
        cls.addClassCleanup(cls.lab.close)
        cls.lab.start()
        cls.internet, cls.lgwan = cls.lab.internet, cls.lab.lgwan
        # the checkout may lie where only root may go
        for part in ("src/cmd", "src/engine"):
            to = os.path.join(cls.lab.dir, "bin", part)
            os.makedirs(to)
            for entry in os.scandir(os.path.join(ROOT, "build", part)):
                if entry.is_file() and (entry.name == "sekisho" or ".so" in entry.name):
                    shutil.copy(entry.path, to)

    def setUp(self):
        super().setUp()
        os.chmod(self.dir, 0o777)

    def say(self, post, who, *args, code=0):
        """What the command says to somebody, in English."""
        uid = posts.USERS.get(who)
        program = os.path.join(self.lab.dir, "bin/src/cmd/sekisho") if uid else SEKISHO
        p = subprocess.run([program, *args, "--control", post.path, "--lang", "en"], capture_output=True, check=False, text=True, cwd=self.dir,
                           user=uid, group=uid, extra_groups=[] if uid else None, timeout=120)
        self.assertEqual(p.returncode, code, (args, p.stdout, p.stderr))
        return p.stdout if code == 0 else p.stdout + p.stderr

    def json(self, post, who, *args, code=0):
        return json.loads(self.say(post, who, *args, "--json", code=code).splitlines()[0])

    def put(self, name, data):
        path = self.write(name, data)
        os.chmod(path, 0o644)
        return path

    def send(self, post, who, path, *args):
        return self.json(post, who, "send", *args, path)["transfer"]["id"]

    def bring_out(self, data=b"text\n", *args):
        return self.send(self.lgwan, "ichi", self.put("a.txt", data), "--to", "internet", "--route", "file-out", "--class", "2",
                         "--recipient", "ni", "--reason", "asked for", *args)

    def rest(self, post, who, id):
        return self.json(post, who, "transfer", "wait", "--seconds", "100", id)["transfer"]

    def test_out_and_collected(self):
        id = self.bring_out("本文\n".encode())
        self.assertEqual(self.rest(self.lgwan, "ichi", id)["holds"], ["approval"])
        self.assertIn(id, self.say(self.lgwan, "cho", "transfer", "list", "--waiting"))
        japan = time.gmtime(time.time() + 9 * 3600)
        today, year = time.strftime("%Y-%m-%d", japan), japan.tm_year
        mine = self.lgwan, "ichi", "transfer", "list"
        self.assertIn(id, self.say(*mine, "--from", today, "--until", today))
        self.assertIn(id, self.say(*mine, "--from", f"令和{year - 2018}年{japan.tm_mon}月{japan.tm_mday}日", "--until", f"R{year - 2018}.{japan.tm_mon}.{japan.tm_mday}"))
        self.assertNotIn(id, self.say(*mine, "--until", "令和8年4月1日"))
        self.assertNotIn(id, self.say(*mine, "--from", f"{year + 1}-01-01"))
        self.say(*mine, "--from", "令和", code=2)
        self.assertNotIn(id, self.say(self.lgwan, "ni", "transfer", "list", "--waiting"))
        said = self.say(self.lgwan, "cho", "transfer", "show", id)
        self.assertIn("0 of 1 approvals", said)
        self.assertIn("you are: approver", said)
        self.assertIn("sent himself", self.say(self.lgwan, "ichi", "transfer", "approve", id, code=1))
        self.assertIn("the right", self.say(self.lgwan, "root", "transfer", "approve", id, code=1))
        self.assertIn("by now", self.say(self.lgwan, "cho", "transfer", "approve", "--hash", "00" * 32, id, code=1))
        self.say(self.lgwan, "cho", "transfer", "approve", "--comment", "fine", id)
        self.assertEqual(self.rest(self.lgwan, "ichi", id)["state"], "released")
        self.assertEqual(self.rest(self.internet, "ni", id)["state"], "released")
        self.say(self.internet, "ichi", "transfer", "get", "-o", "x", id, code=1)
        self.say(self.lgwan, "ni", "transfer", "get", "-o", "x", id, code=1)
        for _ in range(4):  # there is such a file already: that does not count
            self.say(self.internet, "ni", "transfer", "get", id, code=2)
        os.unlink(self.path("a.txt"))
        self.say(self.internet, "ni", "transfer", "get", id)
        self.assertEqual(self.read(self.path("a.txt")).decode(), "本文\n")
        self.say(self.internet, "ni", "transfer", "get", "-o", "a.txt", id, code=2)
        self.assertEqual(self.say(self.internet, "ni", "transfer", "get", "-o", "-", id), "本文\n")
        self.say(self.internet, "ni", "transfer", "get", "--force", id)
        self.assertIn("as often as", self.say(self.internet, "ni", "transfer", "get", "--force", id, code=1))
        self.assertIn("ni", self.say(self.internet, "ni", "transfer", "show", id))

    def test_several_with_one_word(self):
        """Of the lowest class, as the policy says; others, and what was found in them, by themselves."""
        low = [self.bring_out(b"a%d\n" % i, "--class", "1") for i in range(2)]
        high = self.bring_out()
        for id in (*low, high):
            self.assertEqual(self.rest(self.lgwan, "ichi", id)["holds"], ["approval"])
        waiting = {t["id"]: t for t in self.json(self.lgwan, "cho", "transfer", "list", "--waiting", "--most", "200")["transfers"]}
        self.assertEqual([waiting[id]["bulk"] for id in (*low, high)], [True, True, False])
        self.assertIn("sent himself", self.say(self.lgwan, "ichi", "transfer", "decide", "--allow", *low, code=1))
        said = self.say(self.lgwan, "cho", "transfer", "decide", "--allow", "--comment", "all", low[0], high, low[1], code=1)
        self.assertIn("by itself", said.splitlines()[1])
        for id in low:
            self.assertEqual(self.rest(self.lgwan, "ichi", id)["state"], "released")
            self.assertIn("all", self.say(self.lgwan, "ichi", "transfer", "show", id))
        self.assertEqual(self.rest(self.lgwan, "ichi", high)["state"], "held")
        self.say(self.lgwan, "cho", "transfer", "deny", high)
        posts.wait_for("each has an entry of its own", lambda: len(
            [e for e in self.lgwan.ledger() if e["kind"] == "transfer.vote" and e.get("reason") == "approval-bulk"]) == 2)

    def test_denied(self):
        id = self.bring_out()
        self.rest(self.lgwan, "ichi", id)
        self.say(self.lgwan, "cho", "transfer", "deny", "--comment", "not this", id)
        self.assertEqual(self.rest(self.lgwan, "ichi", id)["state"], "denied")
        self.assertIn("not this", self.say(self.lgwan, "ichi", "transfer", "show", id))
        self.assertIn("denied", self.say(self.lgwan, "ichi", "transfer", "cancel", id, code=1))

    def test_cancelled(self):
        id = self.bring_out()
        self.say(self.lgwan, "ni", "transfer", "show", id)  # it is for him
        self.say(self.lgwan, "ni", "transfer", "cancel", id, code=1)
        self.say(self.lgwan, "ichi", "transfer", "cancel", id)
        self.assertIn("cancelled", self.say(self.lgwan, "ichi", "transfer", "show", id))

    def test_class(self):
        path = self.put("b.txt", b"text\n")
        id = self.send(self.lgwan, "ichi", path, "--to", "internet", "--route", "file-out", "--recipient", "ni")
        self.assertIn("class", self.rest(self.lgwan, "ichi", id)["holds"])
        self.say(self.lgwan, "ichi", "transfer", "class", "--class", "2", id)
        self.assertEqual(self.json(self.lgwan, "ichi", "transfer", "show", id)["transfer"]["class"], "2")
        self.say(self.lgwan, "ichi", "transfer", "class", "--class", "1", id, code=1)

    def locked(self):
        """An archive behind a password."""
        plain, path = self.put("c.txt", b"inside\n"), self.path("locked.zip")
        subprocess.run(["bsdtar", "-c", "--format", "zip", "--options", "zip:encryption=aes256", "--passphrase", PASSWORD.strip(), "-f", path,
                        "-C", os.path.dirname(plain), os.path.basename(plain)], check=True)
        os.chmod(path, 0o644)
        return path

    def test_passwords(self):
        path, secret, wrong = self.locked(), self.put("pw", PASSWORD.encode()), self.put("wrong", b"something else\n")
        id = self.send(self.internet, "ichi", path, "--to", "lgwan", "--route", "file-in", "--recipient", "ni")
        self.assertEqual(self.rest(self.internet, "ichi", id)["holds"], ["password"])
        self.say(self.internet, "cho", "transfer", "password", "--password-file", secret, id, code=1)
        self.say(self.internet, "ichi", "transfer", "password", "--password-file", wrong, id)
        self.assertEqual(self.rest(self.internet, "ichi", id)["holds"], ["password"])
        self.say(self.internet, "ichi", "transfer", "password", "--password-file", secret, id)
        self.assertEqual(self.rest(self.internet, "ichi", id)["state"], "released")
        id = self.send(self.internet, "ichi", path, "--to", "lgwan", "--route", "file-in", "--recipient", "ni", "--password-file", secret)
        self.assertEqual(self.rest(self.internet, "ichi", id)["state"], "released")
        self.say(self.lgwan, "ni", "transfer", "get", "-o", "got.zip", id)
        with zipfile.ZipFile(self.path("got.zip")) as z:
            self.assertEqual(z.read("c.txt"), b"inside\n")

    def test_original(self):
        id = self.send(self.internet, "ichi", self.put("d.txt", b"as it came\r\n"), "--to", "lgwan", "--route", "file-in", "--recipient", "ni")
        self.rest(self.internet, "ichi", id)
        self.assertIn("internet", self.say(self.lgwan, "ni", "original", "ask", "--reason", "look", id))  # not here, but there
        asked = posts.wait_for("the other post is never asked", lambda: self.json(self.internet, "ni", "original", "list")["originals"])
        request = asked[0]["id"]
        self.say(self.internet, "ni", "original", "get", "-o", "x", request, code=1)
        self.assertIn(request, self.say(self.internet, "cho", "original", "list", "--waiting"))
        self.say(self.internet, "ichi", "original", "release", request, code=1)
        self.say(self.internet, "cho", "original", "release", request)
        self.say(self.internet, "cho", "original", "get", "-o", "x", request, code=1)
        self.say(self.internet, "ni", "original", "get", "-o", "original", request)
        self.assertEqual(self.read(self.path("original")), b"as it came\r\n")

    def test_accounts(self):
        self.assertEqual(self.json(self.lgwan, "ichi", "whoami")["member"], "ichi")
        self.say(self.lgwan, "ichi", "user", "list", code=1)
        self.assertIn("test-ichi", self.say(self.lgwan, "sa", "user", "list"))
        self.say(self.lgwan, "kan", "user", "disable", "dairi")
        self.assertIn("disabled", self.say(self.lgwan, "dairi", "transfer", "list", code=1))
        self.say(self.lgwan, "kan", "user", "enable", "dairi")
        self.say(self.lgwan, "dairi", "transfer", "list")
        wanted = {"user.add", "user.disable", "user.enable"}
        posts.wait_for("what was done to accounts is not in the ledger", lambda: wanted <= {e["kind"] for e in self.lgwan.ledger()})
        self.say(self.lgwan, "root", "user", "link", "dairi", "root", code=1)
        self.say(self.lgwan, "ichi", "user", "password", "--password-file", self.put("pw", PASSWORD.encode()))
        self.assertIs(self.json(self.lgwan, "ichi", "user", "show", "ichi")["account"]["password"], True)
        self.say(self.lgwan, "ichi", "user", "password", "--password-file", self.put("pw", b"short\n"), code=2)

    def test_languages(self):
        said = subprocess.run([SEKISHO, "status", "--control", self.lgwan.path, "--lang", "ja"], capture_output=True, check=True, text=True)
        self.assertIn("領域 lgwan の関所", said.stdout)
        said = subprocess.run([SEKISHO, "transfer", "show", "00" * 16, "--control", self.lgwan.path, "--lang", "ja"],
                              capture_output=True, check=False, text=True)
        self.assertEqual(said.returncode, 1)
        self.assertIn("この番号の転送は", said.stderr)

    def lose(self, post, *folders):
        for folder in folders:
            for top, _, names in os.walk(os.path.join(post.folder, folder)):
                for name in names:
                    os.unlink(os.path.join(top, name))
            for name in os.listdir(os.path.join(post.folder, folder)) if folder == "ledger" else ():
                shutil.rmtree(os.path.join(post.folder, folder, name))
        if self.postgres:
            self.lab.postgres.run("dropdb", "-h", self.lab.postgres.folder, "-U", "sekisho", "internet")
            self.lab.postgres.database("internet")

    def opened(self, post, id):
        """What stands behind commitments about the people of a transfer, by its state."""
        return {e["personal.requester"].get("value", e["personal.requester"]["state"]) for e in post.ledger()
                if e.get("transfer") == id and "personal.requester" in e}

    def due_now(self, post, id):
        self.store_do(post, f"UPDATE transfer SET expires = 1 WHERE id = '{id}'")

    def store_do(self, post, words):
        if self.postgres:
            self.lab.postgres.run("psql", "-h", self.lab.postgres.folder, "-U", "sekisho", "-c", words, "internet")
        else:
            with contextlib.closing(sqlite3.connect(os.path.join(post.folder, "store", "store.sqlite"))) as db, db:
                db.execute(words)

    def test_zy_what_is_behind_commitments_comes_back_unless_it_was_erased(self):
        """Values lie beside the keys; with an older copy of them nothing comes back that the post has erased since."""
        post, keys, copies = self.internet, self.path("keys"), [self.path("copy0"), self.path("copy1")]
        os.mkdir(keys)
        stays = self.send(post, "ichi", self.put("s.txt", b"s\n"), "--to", "lgwan", "--route", "file-in", "--recipient", "ni")
        goes = self.send(post, "ichi", self.put("g.exe", b"MZ" + bytes(200)), "--to", "lgwan", "--route", "file-in", "--recipient", "ni")
        self.rest(post, "ichi", stays)
        self.assertEqual(self.rest(post, "ichi", goes)["state"], "refused")
        posts.wait_for("both are in the ledger", lambda: self.opened(post, stays) == self.opened(post, goes) == {"ichi"})
        self.assertGreater(self.json(post, "root", "backup", "--keys", keys, copies[0])["openings"], 0)
        old = os.listdir(keys)
        self.assertEqual(sorted(name.split("-")[0] for name in old), ["keys", "openings"])
        key = os.path.join(keys, next(name for name in old if name.startswith("keys")))
        post.stop()
        self.due_now(post, goes)
        post.start()
        self.lab.await_link()
        posts.wait_for("it is erased", lambda: self.opened(post, goes) == {"erased"})
        self.assertNotIn("openings", self.json(post, "root", "backup", copies[1]))
        post.stop()
        full, entries = self.path("full"), len(post.ledger())
        post.run(SEKISHO, "ledger", "export", os.path.join(post.folder, "ledger"), full)
        restore = ["restore", "--config", post.config, "--json"]
        # the ledger is lost: what the store has not forgotten comes back, and nothing else
        self.lose(post, "blobs", "keys", "store", "ledger")
        said = json.loads(post.run(SEKISHO, *restore, "--keys", key, copies[1]))
        self.assertGreater(said["openings"], 0)
        self.assertGreater(said["erased"], 0)
        self.assertEqual((self.opened(post, stays), self.opened(post, goes)), ({"ichi"}, {"erased"}))
        # without that copy nothing does; the ledger that is there keeps what it has
        self.lose(post, "blobs", "keys", "store")
        said = json.loads(post.run(SEKISHO, *restore, copies[1]))
        self.assertEqual((said["openings"], said["erased"]), (0, 0))
        self.assertEqual((self.opened(post, stays), self.opened(post, goes)), ({"ichi"}, {"erased"}))
        # as it was when both were made, with the ledger of that day
        self.lose(post, "blobs", "keys", "store", "ledger")
        post.run(SEKISHO, *restore, "--keys", key, copies[0])
        self.assertEqual((self.opened(post, stays), self.opened(post, goes)), ({"ichi"}, {"ichi"}))
        # and with the ledger in which it was erased: there it stays so, also in a store that still knows it
        self.lose(post, "blobs", "keys", "store", "ledger")
        post.run(SEKISHO, *restore, "--keys", key, copies[1])
        self.lose(post, "blobs", "keys", "store")
        if len(post.ledger()) < entries:  # something happened behind the copy
            post.run(SEKISHO, "ledger", "recover", post.folder, full)
        post.run(SEKISHO, *restore, "--keys", key, copies[0])
        self.assertEqual((self.opened(post, stays), self.opened(post, goes)), ({"ichi"}, {"erased"}))
        receipt = self.path("receipt")
        number = next(n for n, e in enumerate(post.ledger()) if e.get("transfer") == stays and "personal.requester" in e)
        post.run(SEKISHO, "ledger", "prove", "--openings", "-o", receipt, os.path.join(post.folder, "ledger"), number)
        said = json.loads(post.run(posts.LEDGERVERIFY, "--json", "--key", os.path.join(post.folder, "ledger.pub"), receipt))
        self.assertEqual((said["verdict"], said["openings"]["personal.requester"]), ("good", "ichi"))
        post.start()
        self.lab.await_link()
        post.verify_ledger()

    def test_zx_what_is_about_no_transfer_has_a_date(self):
        """Whose account was made is in the ledger until a date; then the commitment stays, and the chain with it."""
        post = self.internet
        number, people = next((n, [k for k in e if k.startswith("personal.")]) for n, e in enumerate(post.ledger()) if e["kind"] == "user.add")
        self.assertTrue(people)
        self.assertTrue(all("value" in post.ledger()[number][k] for k in people))
        post.stop()
        self.store_do(post, "UPDATE logged SET until = 1 WHERE until IS NOT NULL")
        post.start()
        self.lab.await_link()
        posts.wait_for("it is erased", lambda: {post.ledger()[number][k]["state"] for k in people} == {"erased"})
        post.verify_ledger()

    def test_zz_back_from_a_backup(self):
        """Last: a post is lost but for its keys and its ledger, and comes back as it was."""
        post, copy, keys = self.internet, self.path("copy"), self.path("keys")
        os.mkdir(keys)
        id = self.send(post, "ichi", self.put("e.txt", b"e\n"), "--to", "lgwan", "--route", "file-in", "--recipient", "ni")
        self.rest(post, "ichi", id)
        self.say(post, "ichi", "backup", copy, code=1)
        for beside in (copy, os.path.join(copy, "keys"), os.path.dirname(copy)):  # never lie keys with what they open
            self.say(post, "root", "backup", "--keys", beside, copy, code=1)
        before = sum(e["kind"] == "backup" for e in post.ledger())
        backed = self.json(post, "root", "backup", "--keys", keys, copy)
        told = [(e["by"], e["reason"]) for e in post.ledger() if e["kind"] == "backup"]
        self.assertEqual(told[before:], [("root", "with-keys")])  # before anything was copied
        self.say(post, "root", "backup", copy, code=1)
        restore = ["restore", "--config", post.config, "--keys", os.path.join(keys, next(n for n in os.listdir(keys) if n.startswith("keys"))), copy]
        self.assertIn(b"running", subprocess.run([SEKISHO, *restore, "--lang", "en"], capture_output=True, check=False).stderr)
        later = self.send(post, "ichi", self.put("f.txt", b"f\n"), "--to", "lgwan", "--route", "file-in", "--recipient", "ni")
        self.rest(post, "ichi", later)
        post.stop()
        self.assertEqual(subprocess.run([SEKISHO, *restore], capture_output=True, check=False).returncode, 2)  # there is something
        full = self.path("full")
        post.run(SEKISHO, "ledger", "export", os.path.join(post.folder, "ledger"), full)
        self.lose(post, "blobs", "keys", "store")
        said = json.loads(post.run(SEKISHO, *restore, "--json"))
        self.assertEqual((said["missing"], said["unreadable"]), (0, 0))
        entries = said["entries"]
        self.lose(post, "blobs", "keys", "store", "ledger")  # and once more, now without a ledger: the backup has one
        tar = os.path.join(copy, "ledger.tar")
        with open(tar, "rb") as f:
            good = f.read()
        at = good.index(b"kind transfer.receive")
        for bad in (good[:at] + b"K" + good[at + 1:], good[:700]):
            with open(tar, "wb") as f:
                f.write(bad)
            self.assertEqual(subprocess.run([SEKISHO, *restore], capture_output=True, check=False).returncode, 2)
            self.lose(post, "blobs", "keys", "store", "ledger")
        with open(tar, "wb") as f:
            f.write(good)
        said = json.loads(post.run(SEKISHO, *restore, "--json"))
        self.assertEqual((said["missing"], said["unreadable"], said["entries"]), (0, 0, backed["entries"]))
        self.assertLess(said["entries"], entries)
        self.lose(post, "blobs", "keys", "store")
        post.run(SEKISHO, "ledger", "recover", post.folder, full)  # what its witness saw later
        said = json.loads(post.run(SEKISHO, *restore, "--json"))
        self.assertEqual(said["entries"], entries)
        post.start()
        self.lab.await_link()
        self.say(post, "ichi", "transfer", "show", id)
        self.say(post, "ichi", "transfer", "show", later, code=1)
        id = self.send(post, "ichi", self.put("g.txt", b"g\n"), "--to", "lgwan", "--route", "file-in", "--recipient", "ni")
        self.assertEqual(self.rest(post, "ichi", id)["state"], "released")
        post.verify_ledger()


class AskingSqlite(Asking, Case):
    pass


class AskingPostgres(Asking, Case):
    postgres = True

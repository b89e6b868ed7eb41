"""A post from outside: it is made, it knows another one, it starts, its roles end and come back, it ends."""
import os
import pwd
import re
import shutil
import signal
import socket
import stat
import subprocess
import unittest

import loopback
from command import ROOT, SEKISHO
from post import POLICY, SEKISHOD, Post, PostCase
from processes import alive, children

LINK = "internet=connect:192.0.2.2:8443"


class Init(PostCase):
    def init(self, *args, code=0):
        return self.run_it(SEKISHO, "post", "init", *args, "--lang", "en", code=code)

    def test_secrets_are_for_nobody_else_and_the_rest_is_there(self):
        post = Post(self, "lgwan", "--link", LINK, "--workers", "3")
        modes = {n: stat.S_IMODE(os.stat(os.path.join(post.folder, n)).st_mode) for n in os.listdir(post.folder)}
        for secret in ("master.key", "ledger.key", "witness.key", "box.key", "blobs", "keys", "ledger", "witness", "store"):
            self.assertEqual(modes[secret] & 0o077, 0, secret)
        self.assertEqual(stat.S_IMODE(os.stat(post.folder).st_mode), 0o711)  # people of the machine come to the socket, and see no more
        self.assertEqual(stat.S_IMODE(os.stat(os.path.join(post.folder, "link/internet/own.key")).st_mode) & 0o077, 0)
        with open(post.config, encoding="utf-8") as f:
            said = dict(line.strip().split(" ", 1) for line in f if not line.startswith("#"))
        self.assertEqual(said, {"zone": "lgwan", "policy": POLICY, "link": "internet connect 192.0.2.2 8443", "workers": "3",
                                "state": post.folder})

    def test_two_posts_have_no_key_in_common(self):
        a, b = (Post(self, z) for z in ("lgwan", "internet"))
        for name in ("master.key", "ledger.key", "witness.key", "box.key"):
            with open(os.path.join(a.folder, name), "rb") as x, open(os.path.join(b.folder, name), "rb") as y:
                self.assertNotEqual(x.read(), y.read())

    def test_keys_can_be_credentials_of_systemd(self):
        folder = self.path("credentials")
        post = Post(self, "lgwan", before=("env", f"CREDENTIALS_DIRECTORY={folder}"))
        os.mkdir(folder, 0o700)
        for name in ("master.key", "ledger.key", "witness.key", "box.key"):
            os.rename(os.path.join(post.folder, name), os.path.join(folder, name))
        post.start()
        post.end()

    def test_nothing_is_made_twice(self):
        post = Post(self, "lgwan")
        before = self.read(os.path.join(post.folder, "master.key"))
        self.assertIn("there is a post already", self.init(post.folder, "--zone", "lgwan", "--policy", POLICY, code=2))
        self.assertEqual(self.read(os.path.join(post.folder, "master.key")), before)

    def test_what_its_policy_does_not_know(self):
        self.assertIn("no zone nowhere", self.init("p", "--zone", "nowhere", "--policy", POLICY, code=2))
        self.assertIn("no crossing between mynumber and internet",
                      self.init("p", "--zone", "mynumber", "--policy", POLICY, "--link", LINK, code=2))
        self.assertIn("opened from lgwan", self.init("p", "--zone", "lgwan", "--policy", POLICY, "--link",
                                                     "internet=listen:192.0.2.2:8443", code=2))
        self.assertIn("opened from lgwan", self.init("p", "--zone", "internet", "--policy", POLICY, "--link",
                                                     "lgwan=connect:192.0.2.2:8443", code=2))
        self.assertFalse(os.path.exists(self.path("p")))

    def test_what_is_asked_wrongly(self):
        for args in (["p"], ["--zone", "lgwan"], ["p", "--zone", "lgwan", "--policy", POLICY, "--links"],
                     ["p", "--zone", "../x", "--policy", POLICY], ["p", "--zone", "lgwan", "--policy", POLICY, "--link", "internet"],
                     ["p", "--zone", "lgwan", "--policy", POLICY, "--link", "internet=connect:gate.example.jp:1"],
                     ["p", "--zone", "lgwan", "--policy", POLICY, "--workers", "99"]):
            self.init(*args, code=2)
            self.assertFalse(os.path.exists(self.path("p")), args)

    def test_what_would_stop_it_in_the_middle(self):
        """With keys made, which nobody would dare to remove."""
        asked = ["p", "--zone", "lgwan", "--policy", POLICY]
        self.write("post.conf", b"")
        self.assertIn("File exists", self.init(*asked, "--config", "post.conf", code=2))
        self.assertIn("No such file", self.init(*asked, "--config", "nowhere/post.conf", code=2))
        if all(user.pw_name != "sekisho-gate" for user in pwd.getpwall()):
            self.assertIn("systemd-sysusers", self.init(*asked, "--users", code=2))
        self.assertFalse(os.path.exists(self.path("p")))

    def test_an_address_in_brackets(self):
        post = Post(self, "lgwan", "--link", "internet=connect:[2001:db8::2]:8443")
        self.assertIn(b"link internet connect 2001:db8::2 8443\n", self.read(post.config))


class Pins(PostCase):
    def setUp(self):
        super().setUp()
        self.a = Post(self, "lgwan", "--link", LINK)
        self.b = Post(self, "internet", "--link", "lgwan=listen:192.0.2.2:8443")

    def export(self, post, zone, out, code=0):
        return self.run_it(SEKISHO, "post", "export", post.folder, zone, self.path(out), "--lang", "en", code=code)

    def pin(self, post, *args, code=0):
        return self.run_it(SEKISHO, "post", "pin", post.folder, *args, "--lang", "en", code=code)

    def fingerprint(self, text):
        return re.search(r"(?:[0-9a-f]{4} ){15}[0-9a-f]{4}", text).group(0)

    def test_both_sides_see_the_same_number(self):
        exported = self.export(self.a, "internet", "x")
        self.assertEqual(self.fingerprint(exported), self.fingerprint(self.pin(self.b, "--from", self.path("x"))))
        for theirs, ours in (("peer.log", "ledger.pub"), ("peer.witness", "witness.pub"), ("peer.box", "box.pub")):
            self.assertEqual(self.read(os.path.join(self.b.folder, "link/lgwan", theirs)), self.read(os.path.join(self.a.folder, ours)))

    def test_what_was_read_aloud_can_be_typed(self):
        said = self.export(self.a, "internet", "x")
        words = re.findall(r"--(certificate|log|witness|box) (\S+)", said)
        self.assertEqual([w for w, _ in words], ["certificate", "log", "witness", "box"])
        typed = self.pin(self.b, "lgwan", *[x for w, v in words for x in ("--" + w, v)])
        self.assertEqual(self.fingerprint(typed), self.fingerprint(said))

    def test_what_is_not_meant_for_this_post(self):
        self.export(self.a, "internet", "x")
        self.assertIn("for the post of another zone", self.pin(self.a, "--from", self.path("x"), code=2))
        with open(self.path("x/for"), "w", encoding="ascii") as f:
            f.write("lgwan")
        self.assertIn("no link to that zone", self.pin(self.a, "--from", self.path("x"), code=2))
        with open(self.path("x/zone"), "w", encoding="ascii") as f:
            f.write("../internet")
        self.assertIn("not the name of a zone", self.pin(self.a, "--from", self.path("x"), code=2))

    def test_a_changed_byte(self):
        for name in ("certificate.pem", "log.pub", "witness.pub", "box.pub"):
            out = "x-" + name
            self.export(self.a, "internet", out)
            path = self.path(out, name)
            data = bytearray(self.read(path))
            data[len(data) // 2] = ord("!")
            with open(path, "wb") as f:
                f.write(data)
            self.pin(self.b, "--from", self.path(out), code=2)
            self.assertEqual(sorted(os.listdir(os.path.join(self.b.folder, "link/lgwan"))), ["own.crt", "own.key"])

    def test_another_log_is_a_decision_of_its_own(self):
        self.introduce(self.a, self.b)
        os.rename(self.a.folder, self.a.folder + ".old")
        again = Post(self, "lgwan", "--link", LINK)
        self.export(again, "internet", "y")
        before = self.read(os.path.join(self.b.folder, "link/lgwan/peer.log"))
        self.assertIn("--replace", self.pin(self.b, "--from", self.path("y"), code=2))
        self.assertEqual(self.read(os.path.join(self.b.folder, "link/lgwan/peer.log")), before)
        self.pin(self.b, "--replace", "--from", self.path("y"))
        self.assertEqual(len(self.read(os.path.join(self.b.folder, "link/lgwan/peer.pins")).split()), 1)

    def test_the_old_pin_stays_beside_the_new_one(self):
        self.introduce(self.a, self.b)
        pins = os.path.join(self.b.folder, "link/lgwan/peer.pins")
        seen = [self.read(pins).decode().strip()]
        words = dict(re.findall(r"--(certificate|log|witness|box) (\S+)", self.export(self.a, "internet", "again")))
        for digit in "123":
            words["certificate"] = digit * 64
            self.pin(self.b, "lgwan", *[x for w, v in words.items() for x in ("--" + w, v)])
            seen.append(digit * 64)
            self.assertEqual(self.read(pins).decode().split(), seen[-2:])


class Start(PostCase):
    """What keeps a post from starting is said, and nothing of it is left behind."""

    def refuses(self, post, says):
        self.assertIn(says, self.run_it(*post.command(), code=1))
        self.assertFalse(os.path.exists(post.control))

    def test_no_configuration(self):
        self.assertIn("No such file", self.run_it(SEKISHOD, "--config", self.path("none"), code=1))
        self.assertIn("Usage", self.run_it(SEKISHOD, "--colour", code=2))

    def test_a_word_that_is_not_known(self):
        post = Post(self, "lgwan")
        with open(post.config, "a", encoding="ascii") as f:
            f.write("colour red\n")
        self.refuses(post, "post.conf: line 5: there is no such key: colour")

    def test_no_folder(self):
        post = Post(self, "lgwan")
        os.rename(post.folder, post.folder + ".away")
        post.config = post.folder + ".away/post.conf"
        self.refuses(post, "'sekisho post init' makes it")

    def test_a_key_that_others_may_read(self):
        post = Post(self, "lgwan")
        os.chmod(os.path.join(post.folder, "ledger.key"), 0o440)
        self.refuses(post, "ledger.key: others than its owner may read it")

    def test_no_key(self):
        post = Post(self, "lgwan")
        os.unlink(os.path.join(post.folder, "box.key"))
        self.refuses(post, "box.key: No such file")

    def test_a_post_that_is_not_known(self):
        post = Post(self, "lgwan", "--link", LINK)
        for role in ("sekisho-crossing-client", "sekisho-crossing-server"):
            post.stand_in(role)
        self.refuses(post, "the other post is not known yet: 'sekisho post pin'")

    def test_a_program_that_is_not_there(self):
        post = Post(self, "lgwan")
        post.programs = self.path("empty")
        os.mkdir(post.programs)
        self.refuses(post, "a program of the post is not there: " + self.path("empty", "sekisho-scribe"))

    def test_an_address_that_is_taken(self):
        address = loopback.free_address()
        with socket.create_server((address, loopback.CROSSING)):
            a = Post(self, "lgwan", "--link", f"internet=connect:{address}:{loopback.CROSSING}")
            b = Post(self, "internet", "--link", f"lgwan=listen:{address}:{loopback.CROSSING}")
            self.introduce(a, b)
            for role in ("sekisho-crossing-client", "sekisho-crossing-server"):
                b.stand_in(role)
            self.refuses(b, f"{address} port {loopback.CROSSING}: Address already in use")

    def test_users_that_are_not_there(self):
        post = Post(self, "lgwan")
        with open(post.config, "a", encoding="ascii") as f:
            f.write("users yes\n")
        self.refuses(post, "there is no system user" if os.geteuid() == 0 else "needs root")

    def test_checking_starts_nothing(self):
        post = Post(self, "lgwan")
        self.run_it(*post.command(), "--check")
        self.assertFalse(os.path.exists(post.control))
        with open(post.config, "a", encoding="ascii") as f:
            f.write("workers many\n")
        self.run_it(*post.command(), "--check", code=1)


class Life(PostCase):
    def test_it_starts_and_ends(self):
        post = Post(self, "lgwan", "--workers", "2").start()
        for role in ("scribe", "gate", "control", "worker-1", "worker-2"):
            self.assertIsNotNone(post.pid(role), role)
        self.assertIsNone(post.pid("scanner"))
        self.assertIn(post.zone, post.ask("status"))
        post.end()
        self.assertEqual(post.count("ended: exit status 0"), 5)
        post.start(ready=False)
        post.await_line("the post lgwan is ready", 2)
        post.end()

    def test_two_cannot_work_in_one_folder(self):
        post = Post(self, "lgwan").start()
        self.assertIn("another program is at work there", self.run_it(*post.command(), code=1))
        self.assertTrue(os.path.exists(post.control))
        post.end()

    def test_roles_have_only_what_they_need(self):
        post = Post(self, "lgwan").start()
        gate = os.path.join(post.folder, "store")
        for role in ("scribe", "control", "worker-1"):
            fds = f"/proc/{post.pid(role)}/fd"
            links = [os.readlink(os.path.join(fds, n)) for n in os.listdir(fds)]
            self.assertFalse([x for x in links if x.startswith(gate) or "master.key" in x], role)
            self.assertEqual(any("ledger" in x and post.folder in x for x in links), role == "scribe", links)
        post.end()

    def test_each_role_comes_back(self):
        post = Post(self, "lgwan").start()
        for n, role in enumerate(("worker-1", "control", "scribe", "gate")):
            os.kill(post.pid(role), signal.SIGKILL)
            post.await_line(f"{role}: ready", 2)
        self.assertIn(post.zone, post.ask("status"))
        post.end()
        for role in ("worker-1", "control", "scribe", "gate"):
            self.assertEqual(post.count(f"{role}: started"), 2, role)

    def test_a_killed_supervisor_takes_all_with_it(self):
        post = Post(self, "lgwan").start()
        below = children(post.process.pid)
        post.kill()
        for _ in range(500):
            if not alive(below):
                break
            os.sched_yield()
            subprocess.run(["sleep", "0.02"], check=True)
        self.assertEqual(alive(below), [])
        # what it left behind is in nobody's way
        post.start(ready=False)
        post.await_line("the post lgwan is ready", 2)
        post.end()

    def test_a_policy_is_read_anew_and_a_bad_one_is_not_taken(self):
        policy = self.path("city.policy")
        for name in os.listdir(os.path.join(ROOT, "policy")):
            with open(os.path.join(ROOT, "policy", name), "rb") as f:
                self.write("city.policy" if name == "example.policy" else name, f.read())
        post = Post(self, "lgwan", policy=policy).start()
        good = self.read(policy)
        self.write("city.policy", good + b"\nzone nonsense\n")
        post.process.send_signal(signal.SIGHUP)
        post.await_line("gate: policy kept, the new one is not good: city.policy:")
        self.assertIn(post.zone, post.ask("status"))
        self.write("city.policy", good + b"\n# another\n")
        post.process.send_signal(signal.SIGHUP)
        post.await_line("gate: policy taken")
        post.end()


USERS = ("gate", "scribe", "worker", "control", "scanner", "crossing")


@unittest.skipIf(os.geteuid(), "users of their own need root")
class Users(PostCase):
    """Each role as a system user of its own: they are made in a namespace of the test, by a file of users of its own."""

    def setUp(self):
        super().setUp()
        os.chmod(self.dir, 0o755)
        with open("/etc/passwd", encoding="utf-8") as f:
            users = f.read() + "".join(f"sekisho-{u}:x:{64000 + i}:{64000 + i}::/:/bin/false\n" for i, u in enumerate(USERS))
        passwd = self.write("passwd", users.encode())
        os.chmod(passwd, 0o644)
        self.before = ["unshare", "--mount", "sh", "-c", f"mount --bind {passwd} /etc/passwd && exec \"$@\"", "sh"]
        # the checkout may lie where only root may go
        for part in ("src/cmd", "src/engine"):
            os.makedirs(self.path("build", part))
            for entry in os.scandir(os.path.join(ROOT, "build", part)):
                if entry.is_file() and (os.access(entry.path, os.X_OK) or ".so" in entry.name):
                    shutil.copy(entry.path, self.path("build", part))
        shutil.copytree(os.path.join(ROOT, "policy"), self.path("policy"))
        self.kw = {"before": self.before, "build": self.path("build/src/cmd"), "policy": self.path("policy/example.policy")}

    def test_each_role_is_somebody_else_and_reaches_only_its_own(self):
        post = Post(self, "lgwan", "--users", **self.kw)
        post.start()
        whom = {}
        for role in ("scribe", "gate", "control", "worker-1"):
            with open(f"/proc/{post.pid(role)}/status", encoding="ascii") as f:
                status = dict(line.rstrip("\n").split(":\t", 1) for line in f if ":\t" in line)
            whom[role] = int(status["Uid"].split()[0])
            self.assertEqual(len(set(status["Uid"].split())), 1)
            self.assertEqual((status["Groups"].strip(), int(status["CapEff"], 16), int(status["CapPrm"], 16)), ("", 0, 0))
        self.assertEqual(len(set(whom.values()) - {0}), 4, whom)
        self.assertIn(post.zone, post.ask("status"))
        for user, reaches in (("gate", {"blobs", "keys", "store"}), ("scribe", {"ledger", "witness"}), ("worker", set()), ("control", set())):
            uid = str(64000 + USERS.index(user))
            for folder in ("blobs", "keys", "store", "ledger", "witness"):
                code = subprocess.run(["setpriv", "--reuid", uid, "--regid", uid, "--clear-groups", "ls", os.path.join(post.folder, folder)],
                                      capture_output=True, check=False).returncode
                self.assertEqual(code == 0, folder in reaches, (user, folder))
        post.end()

    def test_two_posts_talk(self):
        a, b = self.two("--users", **self.kw)
        for post in (a, b):
            post.start()
        a.await_line("link to internet: up")
        b.await_line("link to lgwan: up")
        a.end()
        b.end()


class Two(PostCase):
    def test_they_find_each_other_and_again_after_each_loss(self):
        a, b = self.two()
        a.start()
        b.start()
        a.await_line("link to internet: up")
        b.await_line("link to lgwan: up")
        for post, role in ((a, "link-internet"), (b, "link-lgwan"), (b, "gate"), (a, "gate")):
            os.kill(post.pid(role), signal.SIGKILL)
            post.await_line(f"{role}: ready", 2)
            a.await_links()
            b.await_links()
        a.end()
        b.end()

    def test_a_key_of_the_link_is_renewed(self):
        a, b = self.two()
        link = os.path.join(a.folder, "link/internet")
        renew = [SEKISHO, "post", "renew"]
        self.assertIn("no next key", self.run_it(*renew, "--use", a.folder, "internet", "--lang", "en", code=2))
        self.assertIn("no link to that zone", self.run_it(*renew, a.folder, "mynumber", "--lang", "en", code=2))
        old = self.read(os.path.join(link, "own.key"))
        self.run_it(*renew, a.folder, "internet")
        self.run_it(*renew, a.folder, "internet", code=2)
        self.assertEqual(self.read(os.path.join(link, "own.key")), old)
        self.run_it(SEKISHO, "post", "export", a.folder, "internet", self.path("next"))
        self.run_it(SEKISHO, "post", "pin", b.folder, "--from", self.path("next"))
        # the other post knows both by now: the link is there with the old one, and with the new one
        b.start()
        for key in ("old", "new"):
            if key == "new":
                self.run_it(*renew, "--use", a.folder, "internet")
                self.assertNotEqual(self.read(os.path.join(link, "own.key")), old)
                self.assertEqual(sorted(n for n in os.listdir(link) if n.startswith("next")), [])
                os.unlink(a.log)
            a.start()
            a.await_links()
            a.end()
        b.end()

    def test_a_post_that_was_not_pinned(self):
        a, b = self.two()
        os.rename(a.folder, a.folder + ".old")
        with open(os.path.join(a.folder + ".old", "post.conf"), encoding="utf-8") as f:
            at = ":".join(re.search(r"connect (\S+) (\d+)", f.read()).groups())
        other = Post(self, "lgwan", "--link", f"internet=connect:{at}")
        out = self.path("internet-for-lgwan")
        self.run_it(SEKISHO, "post", "pin", other.folder, "--from", out)
        b.start()
        other.start()
        other.await_line("link to internet: ", 2)
        self.assertEqual(other.count("link to internet: up") + b.count("link to lgwan: up"), 0)
        other.end()
        b.end()


class MaliciousPeer(PostCase):
    """A role that was taken over talks nonsense: it is dropped and started anew; supervisor and gate live on."""

    # a few at a time: each failure in a row doubles the pause before the next start
    WORDS = (("kind", "body", "frame", "descriptors"), ("flood", "slander", "supervisor", "crash"))

    def test_link(self):
        """Both ends: the one that was taken over, and the one that hears from it."""
        for words in self.WORDS:
            a, b = self.two()
            b.start()
            self.survives(a, "sekisho-crossing-client", "link-internet", words, b)
            b.end()
            for post in (a, b):
                shutil.rmtree(post.folder)
            for name in ("lgwan-for-internet", "internet-for-lgwan", "lgwan-programs"):
                shutil.rmtree(self.path(name))

    def survives(self, post, program, role, words, other_post=None):
        post.stand_in(program, *words)
        post.start(ready=False)
        # the real one follows when every word had its end
        post.await_line(f"{role}: ended", len(words))
        post.await_line(f"{role}: started", len(words) + 1)
        post.await_line(f"the post {post.zone} is ready")
        self.assertEqual(post.count("gate: ended") + post.count("gate: dropped"), 0, post.said())
        for other in {"scribe", "control", "worker-1"} - {role}:
            self.assertEqual(post.count(f"{other}: ended"), 0, post.said())
        self.assertIn(post.zone, post.ask("status"))
        if other_post:
            other_post.await_line(f"link to {post.zone}: up")
            self.assertEqual(other_post.count(": ended") + other_post.count(": dropped"), 0, other_post.said())
        post.end()
        os.unlink(post.log)

    def attack(self, program, role, *options):
        post = Post(self, "lgwan", *options)
        for words in self.WORDS:
            self.survives(post, program, role, words)

    def test_worker(self):
        self.attack("sekisho-worker", "worker-1")

    def test_control(self):
        self.attack("sekisho-control", "control")

    def test_scribe(self):
        self.attack("sekisho-scribe", "scribe")

    def test_scanner(self):
        self.attack("sekisho-scanner", "scanner", "--clamd", self.path("no-socket"))


if __name__ == "__main__":
    unittest.main()

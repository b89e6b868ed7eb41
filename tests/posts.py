"""Two whole posts on this machine, for tests and benches: internet and lgwan of tests/posts.policy, each started as
sekishod starts it, joined by a proxy that can cut what passes between them. Members are system users of their own, since
a post asks the kernel who asks: that needs root. Each post's folder can be a small disk of its own that can be filled, its
store SQLite or a real PostgreSQL.
"""
import contextlib
import ctypes
import json
import os
import pwd
import random
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import unittest

import loopback
import portal
from control import Control
from logged import PATIENCE, Logged, wait_for

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.path.join(ROOT, "build", "src", "cmd")
SEKISHO, SEKISHOD, LEDGERVERIFY = (os.path.join(BUILD, n) for n in ("sekisho", "sekishod", "sekisho-ledgerverify"))
POLICY = os.path.join(ROOT, "tests", "posts.policy")
ZONES = ("internet", "lgwan")
# Who asks: system users that nobody else is. Root is nobody's account.
USERS = {name: 48101 + i for i, name in enumerate(("cho", "dairi", "ichi", "ni", "kan", "sa"))}
OVER = {"refused", "denied", "rejected", "released", "collected", "expired", "cancelled"}


def possible():
    return os.geteuid() == 0


def new_id(rng=random.SystemRandom()):
    return f"{rng.getrandbits(128):032x}"


@contextlib.contextmanager
def acting(uid):
    """As another system user, for the kernel: what is connected meanwhile is his."""
    os.setegid(uid)
    os.seteuid(uid)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


def seal(box, id, password):
    """A password for one transfer, that only the workers of the post of this box open (src/jobs/seal.c)."""
    sodium = ctypes.CDLL("libsodium.so.23")
    plain = b"sekisho/password/1 " + id.encode() + password.encode() + b"\x80"
    plain += bytes(-len(plain) % 128)
    out = ctypes.create_string_buffer(len(plain) + 48)
    if sodium.sodium_init() < 0 or sodium.crypto_box_seal(out, plain, ctypes.c_ulonglong(len(plain)), bytes.fromhex(box)):
        raise OSError("a password cannot be sealed")
    return out.raw.hex()


def cleaned(folder, files):
    """What the command makes of {name: bytes}: {name: hash of the result, or None}. What is clean stays as it is."""
    with tempfile.TemporaryDirectory(dir=folder) as d:
        out = os.path.join(d, "out")
        os.mkdir(out)
        for name, data in files.items():
            with open(os.path.join(d, name), "wb") as f:
                f.write(data)
        p = subprocess.run([SEKISHO, "clean", "--json", "-o", out, *(os.path.join(d, n) for n in files)], capture_output=True, text=True, check=False)
        rows = [json.loads(line) for line in p.stdout.splitlines()]
    found = {os.path.basename(r["input"]): r["sha256_out"] if r["verdict"] == "clean" else None for r in rows}
    return {name: found.get(name) for name in files}


class Person:
    """Somebody who asks a post; hangs up and calls again when he is cut off."""

    def __init__(self, path, uid):
        self.path, self.uid, self.line = path, uid, None

    def control(self):
        if self.line is None:
            with acting(self.uid) if self.uid else contextlib.nullcontext():
                self.line = Control(self.path)
        return self.line

    def hang_up(self):
        if self.line:
            self.line.close()
        self.line = None

    def call(self, name, *args, **kw):
        try:
            return getattr(self.control(), name)(*args, **kw)
        except OSError:
            self.hang_up()
            raise

    def ask(self, do, fd=None, **members):
        """The answer; an old connection may have been closed meanwhile: once more, on a new one."""
        for last in (False, True):
            try:
                return self.call("ask", do, fd, **members)
            except (ConnectionError, BrokenPipeError):
                if last:
                    raise

    def send(self, data, name, **members):
        """Hands a file over: what became of it. Twice with the same number is once."""
        members.setdefault("id", new_id())
        for last in (False, True):
            try:
                return self.call("get", self.call("send", data, name, **members))
            except (ConnectionError, BrokenPipeError):
                if last:
                    raise

    def get(self, id, do="get"):
        """Bytes, or the answer that says no."""
        return self.call("fetch", do, id)


class Proxy:
    """Between two posts: what connects to `address` comes to `target`, at the port of the crossing, unless it is cut."""

    def __init__(self, target):
        self.target, self.address, self.up, self.pairs = target, loopback.free_address(), True, {}
        self.listener = socket.create_server((self.address, loopback.CROSSING), backlog=64)
        self.wake_r, self.wake_w = os.pipe()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def say(self, up):
        self.up = up
        os.write(self.wake_w, b"x")

    def cut(self):
        """Every connection ends in the middle of whatever it does, and no new one is made."""
        self.say(False)

    def mend(self):
        self.say(True)

    def close(self):
        self.say(None)
        self.thread.join()
        for fd in (self.wake_r, self.wake_w):
            os.close(fd)
        self.listener.close()

    def drop(self, sock):
        other = self.pairs.pop(sock, None)
        sock.close()
        if other:
            self.pairs.pop(other, None)
            other.close()

    def drop_all(self):
        for sock in list(self.pairs):
            if sock in self.pairs:
                self.drop(sock)

    def accept(self):
        sock, _ = self.listener.accept()
        try:
            other = socket.create_connection((self.target, loopback.CROSSING), timeout=5) if self.up else None
        except OSError:
            other = None
        if other is None:
            sock.close()
            return
        for a, b in ((sock, other), (other, sock)):
            a.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.pairs[a] = b

    def carry(self, sock):
        try:
            data = sock.recv(1 << 18)
            if data:
                self.pairs[sock].sendall(data)
        except OSError:
            data = b""
        if not data:
            self.drop(sock)

    def run(self):
        while self.up is not None:
            ready = select.select([self.listener, self.wake_r, *self.pairs], [], [])[0]
            if self.wake_r in ready:
                os.read(self.wake_r, 64)
            if not self.up:
                self.drop_all()
            for sock in ready:
                if sock is self.listener:
                    self.accept()
                elif sock in self.pairs:
                    self.carry(sock)
        self.drop_all()


class Postgres:
    """A server of its own in a folder, that is stopped hard and started again."""

    BIN = "/usr/lib/postgresql/15/bin"

    def __init__(self, folder):
        self.folder, self.process = folder, None
        user = pwd.getpwnam("nobody")
        self.ids = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
        os.mkdir(folder, 0o700)
        if self.ids:
            os.chown(folder, user.pw_uid, user.pw_gid)
        self.run("initdb", "-D", self.data(), "-U", "sekisho", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "--data-checksums")
        self.start()

    def data(self):
        return os.path.join(self.folder, "data")

    def run(self, program, *args):
        subprocess.run([os.path.join(self.BIN, program), *args], stdout=subprocess.DEVNULL, cwd="/", check=True, **self.ids)

    def start(self):
        with open(os.path.join(self.folder, "log"), "ab") as log:
            self.process = subprocess.Popen([os.path.join(self.BIN, "postgres"), "-D", self.data(), "-k", self.folder, "-clisten_addresses=",
                                             "-cshared_buffers=64MB", "-cmax_connections=60"], cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log, **self.ids)
        wait_for("PostgreSQL does not start", lambda: subprocess.run(
            [os.path.join(self.BIN, "pg_isready"), "-q", "-h", self.folder], check=False).returncode == 0)

    def stop(self):
        """At once, as when its machine goes away: what was committed must come back."""
        if self.process:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait()
        self.process = None

    def database(self, name):
        self.run("createdb", "-h", self.folder, "-U", "sekisho", name)
        return f"postgresql:host={self.folder} user=sekisho dbname={name}"


class Disk:
    """A small disk of its own for a folder, in memory."""

    def __init__(self, folder, size):
        self.folder, self.ballast = folder, os.path.join(folder, "ballast")
        os.makedirs(folder, exist_ok=True)
        self.mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=0711", "tmpfs", folder], stderr=subprocess.DEVNULL, check=False).returncode == 0

    def fill(self):
        left = os.statvfs(self.folder)
        with open(self.ballast, "ab", buffering=0) as f, contextlib.suppress(OSError):
            os.posix_fallocate(f.fileno(), 0, left.f_bavail * left.f_frsize)
            while True:
                f.write(bytes(65536))

    def empty(self):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.ballast)

    def close(self):
        if self.mounted:
            subprocess.run(["umount", "-l", self.folder], check=False)
        self.mounted = False


class Post(Logged):
    """One post: made, started, asked, hurt, ended."""

    def __init__(self, lab, zone):
        self.lab, self.zone, self.process, self.programs = lab, zone, None, None
        self.folder, self.log, self.path = (os.path.join(lab.dir, zone + end) for end in ("", ".log", ".control"))
        self.config, self.policy = os.path.join(self.folder, "post.conf"), os.path.join(lab.dir, zone + ".policy")
        self.disk, self.people, self.portal, self.origin = None, {}, None, None

    def run(self, *args, code=0):
        p = subprocess.run([str(a) for a in args], capture_output=True, text=True, check=False, cwd=self.lab.dir, timeout=PATIENCE)
        if p.returncode != code:
            raise AssertionError(f"{args}: {p.returncode}\n{p.stdout}{p.stderr}")
        return p.stdout

    def init(self, link, *options):
        self.run(SEKISHO, "post", "init", self.folder, "--zone", self.zone, "--policy", self.policy, "--control", self.path, "--link", link, *options)

    def portal_options(self):
        """A portal at a port of its own; below localhost names lead to this machine."""
        self.portal = loopback.free_port()
        folder = os.path.join(ROOT, "build", "web")
        if not os.path.exists(os.path.join(folder, "index.html")):
            folder = portal.pages(os.path.join(self.lab.dir, self.zone + "-pages"))
        self.origin = f"https://{self.zone}.localhost:{self.portal}"
        return ["--portal", self.origin, "--portal-listen", f"127.0.0.1:{self.portal}", "--portal-pages", folder]

    def browser(self):
        """Of this zone, with nobody logged in."""
        return portal.Browser(self.portal, f"{self.zone}.localhost", os.path.join(self.folder, "portal", "ca.crt"), self.origin, real=True)

    def log_in(self, name):
        """A browser in which a member came by a link."""
        b = self.browser()
        status, answer = b.ask("login.link", token=self.ok("root", "user.invite", member=name)["link"])
        if status != 200:
            raise AssertionError(f"{self.zone}: {name}: {answer}")
        return b

    def set(self, line):
        with open(self.config, "a", encoding="utf-8") as f:
            f.write(line + "\n")

    # --- its processes ---

    def replace(self, role, program, real=None):
        """Another program in the place of a role's."""
        if self.programs is None:
            self.programs = os.path.join(self.lab.dir, self.zone + "-programs")
            os.mkdir(self.programs)
            for name in os.listdir(BUILD):
                if name.startswith("sekisho-") and os.path.isfile(os.path.join(BUILD, name)):
                    os.symlink(os.path.join(BUILD, name), os.path.join(self.programs, name))
        path = os.path.join(self.programs, role)
        if os.path.lexists(path):
            os.unlink(path)
        if program:
            shutil.copy(program, path)
        else:
            os.symlink(os.path.join(BUILD, role), path)
        if real:
            shutil.copy(os.path.join(BUILD, role), path + ".real")

    def start(self, wait=True):
        before = self.count("is ready")
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([SEKISHOD, "--config", self.config, *(["--programs", self.programs] if self.programs else [])],
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        if wait:
            self.await_line("is ready", before + 1)
        return self

    def pids(self, role):
        """Of the programs that run under this name, below sekishod."""
        found = []
        for name in filter(str.isdigit, os.listdir("/proc")):
            with contextlib.suppress(OSError), open(f"/proc/{name}/stat", encoding="latin-1") as f:
                if int(f.read().rsplit(")", 1)[1].split()[1]) != self.process.pid:
                    continue
                with open(f"/proc/{name}/cmdline", "rb") as c:
                    if c.read().split(b"\0")[0] == role.encode():
                        found.append(int(name))
        return found

    def kill_role(self, role):
        for pid in self.pids(role):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def stop(self):
        for p in self.people.values():
            p.hang_up()
        if self.process is None:
            return
        self.process.terminate()
        code = self.process.wait(PATIENCE)
        self.process = None
        if code:
            raise AssertionError(f"{self.zone} ended with {code}:\n{self.said()[-4000:]}")

    def kill(self):
        """sekishod itself; its roles go with it."""
        for p in self.people.values():
            p.hang_up()
        if self.process:
            self.process.kill()
            self.process.wait()
        self.process = None

    def reload(self, text):
        """Another policy in place of the one in force."""
        with open(self.policy, "w", encoding="utf-8") as f:
            f.write(text)
        self.process.send_signal(signal.SIGHUP)

    # --- who asks ---

    def who(self, name):
        if name not in self.people:
            self.people[name] = Person(self.path, self.lab.users.get(name, 0))
        return self.people[name]

    def ask(self, name, do, fd=None, **members):
        return self.who(name).ask(do, fd, **members)

    def ok(self, name, do, **members):
        answer = self.ask(name, do, **members)
        if answer["status"] != "ok":
            raise AssertionError(f"{self.zone}: {name} {do} {members}: {answer}")
        return answer

    def link_members(self, names=tuple(USERS)):
        for name in names:
            self.ok("root", "user.add", member=name, system_user=f"test-{name}", uid=self.lab.users[name])

    def row(self, id):
        """The transfer as root sees it, or None when it does not exist here."""
        answer = self.ask("root", "show", id=id)
        return answer.get("transfer") if answer["status"] == "ok" else None

    def state(self, id):
        return (self.row(id) or {}).get("state")

    def await_state(self, id, *states):
        """Until it is in one of these; it is wrong when it ends in another."""
        def there():
            row = self.row(id)
            if row and row["state"] not in states and row["state"] in OVER - {"released", "collected"}:
                raise AssertionError(f"{id} is {row['state']}, not {states}: {json.dumps(self.ask('root', 'show', id=id), ensure_ascii=False)}")
            return row if row and row["state"] in states else None
        return wait_for(lambda: f"{id} is never {states}: {self.row(id)}\n{self.said()[-3000:]}", there)

    def rows(self):
        """All transfers, as root sees them."""
        out, after = [], {}
        while True:
            answer = self.ok("root", "list", all=True, most=200, **after)
            out += answer["transfers"]
            if not answer.get("next"):
                return out
            after = {"after": answer["next"]}

    # --- its ledger ---

    def ledger(self):
        """All entries, when it stands still or not: {index: entry}."""
        lines = self.run(SEKISHO, "ledger", "show", "--json", os.path.join(self.folder, "ledger")).splitlines()
        return [json.loads(line)["entry"] for line in lines]

    def verify_ledger(self):
        """What the independent verifier says of it."""
        p = subprocess.run([LEDGERVERIFY, "--json", "--key", os.path.join(self.folder, "ledger.pub"), os.path.join(self.folder, "ledger")],
                           capture_output=True, text=True, check=False, timeout=PATIENCE)
        said = json.loads(p.stdout)
        if p.returncode or said["verdict"] != "good":
            raise AssertionError(p.stdout + p.stderr)
        return said


class Lab:
    """Both posts. options: postgres, workers (a post), disk (size of each post's, as mount takes it), policy (its text), portal (each has one; its
    pages: those that were built, or a few made up), users (system users of members; those of USERS have accounts from the start)."""

    def __init__(self, postgres=False, workers=1, disk=None, policy=None, portal=False, users=None):
        self.users = users or USERS
        self.dir = tempfile.mkdtemp(prefix="sekisho-posts-")
        os.chmod(self.dir, 0o711)  # members come to the control sockets
        self.postgres, self.proxy = None, None
        self.posts = {z: Post(self, z) for z in ZONES}
        self.internet, self.lgwan = (self.posts[z] for z in ZONES)
        try:
            self.make(postgres, workers, disk, policy, portal)
        except BaseException:
            self.close()
            raise

    def make(self, postgres, workers, disk, policy, portal):
        listens = loopback.free_address()
        self.proxy = Proxy(listens)
        self.postgres = Postgres(os.path.join(self.dir, "pg")) if postgres else None
        if policy is None:
            with open(POLICY, encoding="utf-8") as f:
                policy = f.read()
        links = {"internet": f"lgwan=listen:{listens}:{loopback.CROSSING}", "lgwan": f"internet=connect:{self.proxy.address}:{loopback.CROSSING}"}
        for zone, post in self.posts.items():
            with open(post.policy, "w", encoding="utf-8") as f:
                f.write(policy)
            post.disk = Disk(post.folder, disk) if disk else None
            options = ["--workers", workers, *(["--store", self.postgres.database(zone)] if postgres else [])]
            post.init(links[zone], *options, *(post.portal_options() if portal else []))
        self.introduce()

    def introduce(self):
        """Each pins the other."""
        for a, b in ((self.internet, self.lgwan), (self.lgwan, self.internet)):
            out = os.path.join(self.dir, f"{a.zone}-for-{b.zone}")
            a.run(SEKISHO, "post", "export", a.folder, b.zone, out)
            b.run(SEKISHO, "post", "pin", b.folder, "--from", out)

    def start(self, members=True):
        for p in self.posts.values():
            p.start()
        if members:
            for p in self.posts.values():
                p.link_members()
        self.await_link()
        return self

    def await_link(self):
        for p in self.posts.values():
            wait_for(lambda p=p: f"the link of {p.zone} is not up:\n{p.said()[-3000:]}",
                     lambda p=p: all(x["up"] for x in p.ok("root", "status")["links"]))

    def stop(self):
        for p in self.posts.values():
            p.stop()

    def close(self):
        """Whatever is left goes."""
        for p in self.posts.values():
            p.kill()
        if self.postgres:
            self.postgres.stop()
        if self.proxy:
            self.proxy.close()
        for p in self.posts.values():
            if p.disk:
                p.disk.close()
        shutil.rmtree(self.dir, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class PortalCase(unittest.TestCase):
    """Tests that share two posts with portals."""

    @classmethod
    def setUpClass(cls):
        cls.lab = Lab(portal=True)
        cls.addClassCleanup(cls.lab.close)
        cls.lab.start()
        cls.addClassCleanup(cls.lab.stop)

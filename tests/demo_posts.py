#!/usr/bin/python3
"""The second part of `./do run`: two whole posts, one in the internet zone and one in the LGWAN zone, send files to each other.

As root each post, and a terminal of each zone, has a network of its own (namespaces): a cable (veth) from post to post, one
from each post to its terminal, and nothing that forwards. Without root both posts use the loopback. Every role is a system
user of its own then, and so is each person. All of it lies in one temporary folder and below this process: nothing is left.
"""
import contextlib
import hashlib
import io
import json
import os
import pwd
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import tempfile
import time

import loopback
import samples

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
INSIDE = "SEKISHO_DEMO_FOLDER"  # set where the networks and users are ours already
PATIENCE = 120
ROLES = ("gate", "scribe", "worker", "control", "scanner", "crossing", "portal", "login", "printer")
PAGES = os.path.join(ROOT, "build", "web", "index.html")
# Members of the example policy, and the system users they have here.
PEOPLE = {"shimin-1": ("demo-shimin-1", "a clerk"), "shimin-cho": ("demo-shimin-cho", "the head of the division"),
          "digital-1": ("demo-digital-1", "the first administrator")}
CROSSING = {"lgwan": "192.0.2.1", "internet": "192.0.2.2"}
ZONE_NET = {"lgwan": ("10.2.0.5", "10.2.0.100"), "internet": ("10.3.0.5", "10.3.0.100")}
CLAMD = shutil.which("clamd", path=os.environ.get("PATH", "") + ":/usr/sbin")
# Inert: it means something only to the one signature that is written here.
TOKEN = b"SEKISHO-INERT-" + b"TOKEN"
# The number of the government's own examples; its check digit is right.
NUMBER = "".join(("1234", "5678", "9018"))


def say(text=""):
    print(text, flush=True)


def run(*args, check=True, **kw):
    p = subprocess.run([str(a) for a in args], capture_output=True, text=True, check=False, timeout=PATIENCE, **kw)
    if check and p.returncode:
        raise RuntimeError(f"{' '.join(map(str, args))}: exit {p.returncode}\n{p.stdout}{p.stderr}")
    return p


def wait_for(what, get):
    end = time.monotonic() + PATIENCE
    while not (got := get()):
        if time.monotonic() > end:
            raise RuntimeError(what() if callable(what) else what)
        time.sleep(0.05)
    return got


# --- networks ---

class Net:
    """A network namespace, held by a process that dies with us."""

    def __init__(self):
        self.holder = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", "unshare", "--net", "sh", "-c", "echo; exec sleep infinity"],
                                       stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
        self.holder.stdout.readline()
        self.enter = ["nsenter", f"--net=/proc/{self.holder.pid}/ns/net"]
        run(*self.enter, "ip", "link", "set", "lo", "up")

    def cable(self, name, address, other, other_name, other_address):
        """A cable to another one."""
        run(*self.enter, "ip", "link", "add", name, "type", "veth", "peer", "name", other_name, "netns", other.holder.pid)
        for net, dev, where in ((self, name, address), (other, other_name, other_address)):
            run(*net.enter, "ip", "address", "add", where, "dev", dev)
            run(*net.enter, "ip", "link", "set", dev, "up")

    def end(self):
        self.holder.kill()
        self.holder.wait()


def reaches(enter, address, port):
    """Whether a connection from there comes about."""
    code = f"import socket; socket.create_connection(({address!r}, {port}), timeout=2)"
    return run(*enter, sys.executable, "-c", code, check=False).returncode == 0


class Loopback:
    """Both posts on this machine's own loopback: it shows everything but that there is no other way."""
    separate = False

    def __init__(self):
        self.address, self.port = loopback.free_address(loopback.CROSSING), loopback.CROSSING

    def post(self, zone):
        return []

    terminal = post

    def listens(self, zone):
        return self.address

    def end(self):
        pass


class Networks:
    separate = True

    def __init__(self):
        self.address, self.port = CROSSING["internet"], loopback.CROSSING
        self.nets = {}
        try:
            self.make()
        except BaseException:
            self.end()
            raise

    def make(self):
        for zone in CROSSING:
            for kind in ("post", "terminal"):
                self.nets[kind, zone] = Net()
        self.nets["post", "lgwan"].cable("crossing", CROSSING["lgwan"] + "/30", self.nets["post", "internet"], "crossing", CROSSING["internet"] + "/30")
        for zone, (post, terminal) in ZONE_NET.items():
            self.nets["post", zone].cable("zone", post + "/16", self.nets["terminal", zone], "zone", terminal + "/16")
            run(*self.nets["terminal", zone].enter, "ip", "route", "add", "default", "via", post)
        for net in self.nets.values():
            run(*net.enter, "sysctl", "-qw", "net.ipv4.ip_forward=0")

    def post(self, zone):
        return self.nets["post", zone].enter

    def terminal(self, zone):
        return self.nets["terminal", zone].enter

    def listens(self, zone):
        """The post's address in its zone."""
        return ZONE_NET[zone][0]

    def prove(self):
        """No way from one zone to the other but the posts. Each failure beside a success, so that a dead cable proves nothing."""
        far = subprocess.Popen([*self.terminal("internet"), sys.executable, "-c", "import socket; s = socket.create_server(('', 80)); print(flush=True)\nwhile True: s.accept()"],
                               stdout=subprocess.PIPE)
        far.stdout.readline()
        try:
            rows = (("the post of internet", self.post("internet"), ZONE_NET["internet"][1], 80, True, "its own terminal"),
                    ("the post of lgwan", self.post("lgwan"), self.address, self.port, True, "the crossing"),
                    ("the terminal of lgwan", self.terminal("lgwan"), ZONE_NET["internet"][1], 80, False, "the terminal of internet"),
                    ("the terminal of lgwan", self.terminal("lgwan"), self.address, self.port, False, "the crossing"),
                    ("the terminal of internet", self.terminal("internet"), CROSSING["lgwan"], loopback.CROSSING, False, "the crossing"),
                    ("the post of lgwan", self.post("lgwan"), ZONE_NET["internet"][1], 80, False, "the terminal of internet"))
            for who, enter, address, port, wanted, what in rows:
                got = reaches(enter, address, port)
                say(f"  {who:26}{'reaches' if got else 'does not reach':16}{what} ({address} port {port})")
                if got != wanted:
                    raise RuntimeError("the networks are not as they should be")
        finally:
            far.kill()
            far.wait()

    def end(self):
        for net in self.nets.values():
            net.end()


# --- the virus scanner, a real one, with one signature written by hand ---

def signatures():
    """A database of ClamAV as who writes one himself makes it (.cud): a head with the time, and a tar of it. Its date counts."""
    body = b"Sekisho.Demonstration.Inert:0:*:" + TOKEN.hex().encode() + b"\n"
    head = time.strftime("ClamAV-VDB:%d %b %Y %H-%M +0000:1:1:90:X:X:sekisho:", time.gmtime()).encode() + str(int(time.time())).encode()
    info = head + b"\ndaily.ndb:%d:%s\n" % (len(body), hashlib.sha256(body).hexdigest().encode())
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as f:
        for name, data in (("COPYING", b""), ("daily.info", info), ("daily.ndb", body)):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            f.addfile(member, io.BytesIO(data))
    return head.ljust(512) + packed.getvalue()


class Clamd:
    def __init__(self, folder):
        self.folder = os.path.join(folder, "clamd")
        os.makedirs(os.path.join(self.folder, "signatures"))
        for path in (self.folder, os.path.join(self.folder, "signatures")):
            os.chmod(path, 0o755)
        with open(os.path.join(self.folder, "signatures", "daily.cud"), "wb") as f:
            f.write(signatures())
        self.socket = os.path.join(self.folder, "socket")
        conf = os.path.join(self.folder, "clamd.conf")
        with open(conf, "w", encoding="ascii") as f:
            f.write(f"LocalSocket {self.socket}\nLocalSocketMode 666\nDatabaseDirectory {self.folder}/signatures\nTemporaryDirectory {self.folder}\n"
                    f"LogFile {self.folder}/log\nForeground yes\nStreamMaxLength 100M\nMaxThreads 2\n")
        self.process = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", CLAMD, "-c", conf], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def await_it(self):
        wait_for("clamd does not start", lambda: self.process.poll() is not None or os.path.exists(self.socket))
        if self.process.poll() is not None:
            raise RuntimeError("clamd does not start")

    def end(self):
        self.process.kill()
        self.process.wait()


# --- the posts ---

class Post:
    def __init__(self, stage, zone, link):
        self.stage, self.zone, self.process = stage, zone, None
        self.folder, self.log = (os.path.join(stage.folder, zone + end) for end in ("", ".log"))
        self.control = os.path.join(self.folder, "control")
        options = ["--users"] if stage.users else []
        if stage.clamd:
            options += ["--clamd", stage.clamd.socket]
        self.relay, self.port = None, loopback.free_port()
        self.origin = f"https://{zone}.localhost:{self.port}"
        if stage.pages:
            options += ["--portal", self.origin, "--portal-listen", f"{stage.net.listens(zone)}:{self.port}"]
        run(stage.sekisho, "post", "init", self.folder, "--zone", zone, "--policy", os.path.join(stage.folder, "policy", "city.policy"), "--link", link, *options)

    def start(self):
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(["setpriv", "--pdeathsig", "TERM", *self.stage.net.post(self.zone), self.stage.program("sekishod"),
                                             "--config", os.path.join(self.folder, "post.conf")], stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def said(self):
        with open(self.log, encoding="utf-8", errors="replace") as f:
            return f.read()

    def await_line(self, text):
        def there():
            if self.process.poll() is not None:
                raise RuntimeError(f"the post of {self.zone} has ended:\n{self.said()}")
            return text in self.said()
        wait_for(lambda: f"the post of {self.zone} does not say '{text}':\n{self.said()}", there)

    def open_portal(self):
        """Browsers are outside of the networks: from the loopback of this machine to the post, by way of its zone's terminal."""
        if not self.stage.net.separate:
            return
        listener = socket.create_server(("127.0.0.1", self.port), backlog=256)
        fd = listener.fileno()
        self.relay = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", *self.stage.net.terminal(self.zone), sys.executable, os.path.join(ROOT, "tests", "relay.py"),
                                       str(fd), self.stage.net.listens(self.zone), str(self.port)], pass_fds=[fd])
        listener.close()

    def link(self, member):
        """What opens the portal for a member, once."""
        return self.ask(None, "user", "invite", member).stdout.strip()

    def end(self):
        if self.relay:
            self.relay.kill()
            self.relay.wait()
            self.relay = None
        if self.process and self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(30)
                return
            self.process.kill()
            self.process.wait()

    def ask(self, member, *args, check=True):
        """The command, by a member at a terminal of the zone; None: by root, at the post."""
        who = self.stage.act_as(self, member)
        where = self.stage.net.terminal(self.zone) if member else self.stage.net.post(self.zone)
        return run(*where, *who, self.stage.sekisho, *args, "--control", self.control, check=check, cwd=self.stage.desk)

    def json(self, member, *args):
        p = self.ask(member, *args, "--json", check=False)
        try:
            return json.loads(p.stdout)
        except ValueError:
            raise RuntimeError(f"sekisho {' '.join(args)}: {p.stderr}\n{self.said()[-2000:]}") from None

    def transfer(self, id, member="shimin-1"):
        answer = self.json(member, "transfer", "show", id)
        return answer.get("transfer")

    def rest(self, id, *states, member="shimin-1"):
        """Until it is in one of these states, or ends in another."""
        ends = {"refused", "denied", "rejected", "cancelled", "expired", *states}

        def there():
            t = self.transfer(id, member)
            return t if t and t["state"] in ends else None
        return wait_for(lambda: f"{id} at {self.zone}: {self.transfer(id, member)}\n{self.said()[-2000:]}", there)


class Stage:
    """Everything that is needed, in one folder."""

    def __init__(self, folder):
        self.folder, self.posts, self.clamd, self.net = folder, {}, None, None
        self.users = os.geteuid() == 0
        self.pages = os.path.exists(PAGES)
        self.build = os.path.join(folder, "build") if self.users else os.path.join(ROOT, "build")
        self.sekisho = self.program("sekisho")
        self.desk = os.path.join(folder, "desk")  # where the files of people lie
        os.mkdir(self.desk)
        os.chmod(self.desk, 0o777)

    def program(self, name):
        return os.path.join(self.build, "src", "cmd", name)

    def act_as(self, _post, member):
        if not self.users or member is None:
            return []
        user = pwd.getpwnam(PEOPLE[member][0])
        return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]

    def write_policy(self):
        """The example, as it is; where there is no scanner it cannot demand one."""
        shutil.copytree(os.path.join(ROOT, "policy"), os.path.join(self.folder, "policy"))
        with open(os.path.join(self.folder, "policy", "example.policy"), encoding="utf-8") as f:
            text = f.read()
        with open(os.path.join(self.folder, "policy", "city.policy"), "w", encoding="utf-8") as f:
            f.write(text if self.clamd else re.sub(r"\n\tscan virus required[^\n]*", "", text))

    def start(self):
        self.net = Networks() if self.users else Loopback()
        self.clamd = Clamd(self.folder) if CLAMD else None
        self.write_policy()
        if self.clamd:
            self.clamd.await_it()
        ends = {"lgwan": f"internet=connect:{self.net.address}:{self.net.port}", "internet": f"lgwan=listen:{self.net.address}:{self.net.port}"}
        self.posts = {zone: Post(self, zone, link) for zone, link in ends.items()}
        for one, other in (("lgwan", "internet"), ("internet", "lgwan")):
            out = os.path.join(self.folder, f"{one}-for-{other}")
            run(self.sekisho, "post", "export", self.posts[one].folder, other, out)
            run(self.sekisho, "post", "pin", self.posts[other].folder, "--from", out)
        for zone in ("internet", "lgwan"):
            self.posts[zone].start()
        for zone, other in (("internet", "lgwan"), ("lgwan", "internet")):
            self.posts[zone].await_line(f"link to {other}: up")

    def accounts(self):
        """Root has none. Without root there is one user alone: he is the clerk, and runs the posts, so that he may approve nothing."""
        people = {m: user for m, (user, _) in PEOPLE.items()} if self.users else {"shimin-1": pwd.getpwuid(os.getuid()).pw_name}
        for post in self.posts.values():
            for member, user in people.items():
                post.ask(None, "user", "add", member, "--system-user", user)

    def end(self):
        for part in (*self.posts.values(), self.clamd, self.net):
            if part:
                part.end()


# --- what is sent ---

def token_text():
    return b"memo\n" + TOKEN + b"\n"


def numbers():
    return "氏名,個人番号\n見本,".encode() + NUMBER.encode() + b"\n"


FILES = (
    # from, name, bytes, class, what is to become of it: its state, and words of why
    ("internet", "tsuchi.docm", samples.docm_with_macro, "1", "released"),
    ("internet", "hyo.xlsx", samples.xlsx_with_formula, "1", "released"),
    ("internet", "annai.pdf", samples.pdf_with_script, "1", "released"),
    ("internet", "zu.png", samples.png, "1", "released"),
    ("internet", "tool.exe", samples.program, "1", "refused program"),
    ("internet", "memo.txt", token_text, "1", "denied virus"),
    ("lgwan", "kaito.csv", samples.csv_with_formula, "2", "released approved"),
    ("lgwan", "annai.txt", samples.text_with_bidi, "1", "denied shimin-cho"),
    ("lgwan", "meibo.csv", numbers, "2", "denied mynumber"),
)


class Item:
    def __init__(self, stage, row):
        self.way, self.name, self.make, self.klass, self.wanted = row
        if not stage.users and self.way == "lgwan" and "mynumber" not in self.wanted:
            self.wanted = "held approval"
        self.here = stage.posts[self.way]
        self.there = stage.posts["lgwan" if self.way == "internet" else "internet"]
        self.seen, self.stage, self.id, self.notes, self.state, self.took = None, stage, None, [], "", 0.0

    def send(self):
        path = os.path.join(self.stage.desk, self.name)
        with open(path, "wb") as f:
            f.write(self.make())
        os.chmod(path, 0o644)
        answer = self.here.json("shimin-1", "send", path, "--to", self.there.zone, "--recipient", "shimin-1", "--reason", "demonstration",
                                "--class", self.klass)
        if "transfer" not in answer:
            raise RuntimeError(f"{self.name}: {answer}")
        self.sent = time.monotonic()
        self.id = answer["transfer"]["id"]

    def follow(self):
        row = self.here.rest(self.id, "held", "released")
        if row["state"] == "held" and "approval" in row["holds"]:
            row = self.decide(row)
        if row["state"] == "released":
            self.collect(self.there.rest(self.id, "released"))
        self.state, self.took = row["state"], time.monotonic() - self.sent
        self.row = row
        self.reasons()

    def decide(self, row):
        """The head of the division approves, or does not; the clerk cannot."""
        own = self.here.json("shimin-1", "transfer", "approve", self.id)
        if own.get("status") == "ok":
            raise RuntimeError("a requester approved his own")
        if not self.stage.users:
            self.notes.append("waits for approval: nobody else is here")
            return row
        self.seen = row["output_hash"]
        verb = "approve" if "approved" in self.wanted else "deny"
        self.here.ask("shimin-cho", "transfer", verb, self.id)
        self.notes.append("held for approval, " + ("approved" if verb == "approve" else "denied") + " by shimin-cho")
        return self.here.rest(self.id, "released")

    def collect(self, row):
        out = os.path.join(self.stage.desk, f"{self.there.zone}-{self.name}")
        self.there.ask("shimin-1", "transfer", "get", self.id, "-o", out)
        with open(out, "rb") as f:
            data = f.read()
        if hashlib.sha256(data).hexdigest() != row["output_hash"] or self.seen not in (None, row["output_hash"]):
            raise RuntimeError(f"{self.name}: other bytes arrived than were let through")
        if samples.MARK.encode() in data:
            raise RuntimeError(f"{self.name}: something planted arrived")
        taken = sum(int(part.split("=")[1]) for part in row.get("removed", "").split(",") if "=" in part)
        self.notes.append(f"{row.get('size', '?')} → {len(data)} bytes, {taken} things taken out")

    def reasons(self):
        """Why it did not pass: the words of the events that stopped it."""
        if self.state != "released":
            for h in self.here.json("shimin-1", "transfer", "show", self.id).get("history", []):
                if h.get("note") and h["note"] not in " ".join(self.notes):
                    self.notes.append(h["note"])

    def right(self):
        return self.state == self.wanted.split()[0] and all(word in " ".join(self.notes) for word in self.wanted.split()[1:])


# --- the ledger ---

def entry_of(stage, item):
    """The index of the entry with which it was offered to the other zone: it holds all that was known and decided."""
    shown = run(stage.sekisho, "ledger", "show", "--json", os.path.join(item.here.folder, "ledger")).stdout
    for row in map(json.loads, shown.splitlines()):
        entry = row["entry"]
        if entry.get("kind") == "transfer.offer" and entry.get("transfer") == item.id:
            return row["index"]
    raise RuntimeError(f"{item.name}: the ledger has no entry of its offer")


def prove(stage, item):
    """A receipt of one entry, for the independent verifier; the other post cosigns the ledger some seconds later."""
    receipt, index = os.path.join(stage.folder, "receipt"), entry_of(stage, item)

    def cosigned():
        run(stage.sekisho, "ledger", "prove", "--openings", "-o", receipt, os.path.join(item.here.folder, "ledger"), index)
        p = run(stage.program("sekisho-ledgerverify"), "--lang", "en", "--key", os.path.join(item.here.folder, "ledger.pub"),
                "--witness", os.path.join(item.there.folder, "witness.pub"), receipt, check=False)
        if p.returncode and "witness.missing" not in p.stdout:
            raise RuntimeError(f"the receipt does not verify:\n{p.stdout}{p.stderr}")
        os.unlink(receipt)
        return p.stdout if p.returncode == 0 else None
    for line in wait_for(f"the post of {item.there.zone} does not cosign the ledger of {item.here.zone}", cosigned).strip().splitlines():
        say(f"  {line[:150]}{'…' if len(line) > 150 else ''}")


def verify(stage, post):
    p = run(stage.program("sekisho-ledgerverify"), "--lang", "en", "--key", os.path.join(post.folder, "ledger.pub"), os.path.join(post.folder, "ledger"), check=False)
    say(f"  {post.zone}: " + (p.stdout + p.stderr).strip().replace("\n", "\n    "))
    if p.returncode:
        raise RuntimeError(f"the ledger of {post.zone} does not verify")


# --- the play ---

def play(stage):
    say("\n== Two posts")
    stage.start()
    if stage.net.separate:
        say("  Each post and each terminal has a network of its own; the only cable between the zones joins the posts.")
        stage.net.prove()
    else:
        say("  Not root: both posts run on the loopback of this machine, as one user, who approves nothing. As root each post has a\n"
            "  network of its own, each role and each person is a user of its own, and what waits for approval is approved.")
    if not stage.clamd:
        say("  clamd is not installed: nothing is scanned for viruses here.")
    stage.accounts()
    say("\n== Files from zone to zone")
    say(f"  {'from':9}  {'to':9} {'file':12} {'state':10} {'took':>7}  what became of it")
    items = [Item(stage, row) for row in FILES if stage.clamd or "virus" not in row[4]]
    for item in items:
        item.send()
    for item in items:
        item.follow()
        say(f"  {item.way:9}→ {item.there.zone:9} {item.name:12} {item.state:10} {item.took:5.1f} s  {'; '.join(item.notes)[:150]}")
    wrong = [i for i in items if not i.right()]
    if wrong:
        raise RuntimeError("not as it should be: " + ", ".join(f"{i.name} is {i.state} ({'; '.join(i.notes)}), wanted: {i.wanted}" for i in wrong))
    say("\n== The proof of one of them, by the independent verifier, with the key of the ledger and that of the other post as its witness")
    prove(stage, next(i for i in items[::-1] if i.state == "released"))
    for post in stage.posts.values():
        post.end()
    say("\n== Both ledgers, whole")
    for post in stage.posts.values():
        verify(stage, post)


ZONE_NAMES = {"internet": "インターネット接続系", "lgwan": "LGWAN接続系"}
GUIDE = """  1. Have the browser trust both certificates as authorities: they vouch for these two names and nothing else.
     二つの証明書をブラウザーに認証局として登録します（この二つの名前にしか効きません）。
  2. Open the links of one person, one in each zone; each opens once, within 15 minutes. Enter prints new ones.
     同じ人のリンクを両方の領域で開きます。一度だけ、15分以内に開けます。Enterキーで新しいリンクを表示します。
  3. Drop a file in one zone and fetch it clean in the other.
     片方の領域にファイルを置き、もう片方で無害化されたものを受け取ります。
  Control-C ends it; nothing is left. Ctrl-Cで終わり、何も残りません。"""


def show_links(stage):
    for zone in ("internet", "lgwan"):
        post = stage.posts[zone]
        say(f"  {zone:9} {post.origin}   {ZONE_NAMES[zone]}")
        say(f"    certificate of its authority: {post.folder}/portal/ca.crt")
        for member, (_, what) in PEOPLE.items():
            say(f"    {member} ({what}): {post.link(member)}")


def stay(stage):
    """The same posts, for people: until they end it."""
    for post in stage.posts.values():
        post.start()
    for post, other in zip(stage.posts.values(), reversed(stage.posts)):
        post.await_line(f"link to {other}: up")
        post.open_portal()
    say("\n== For your browser, on this machine · このコンピューターのブラウザーで")
    show_links(stage)
    say(GUIDE)
    typed = [sys.stdin] if sys.stdin.isatty() else []
    while all(post.process.poll() is None for post in stage.posts.values()):
        if not select.select(typed, [], [], 0.5)[0]:
            continue
        if os.read(sys.stdin.fileno(), 4096):
            show_links(stage)
        else:
            typed = []
    raise RuntimeError("a post has ended")


def inside(folder):
    """Where users and networks are ours."""
    def stop(*_):
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    stage = Stage(folder)
    try:
        play(stage)
        if stage.pages and (sys.stdin.isatty() or os.environ.get("SEKISHO_DEMO_STAY")):
            with contextlib.suppress(KeyboardInterrupt):
                stay(stage)
            say("\nended · 終わりました")
        return 0
    except KeyboardInterrupt:
        say("\nended before its end")
        return 130
    except (RuntimeError, OSError, subprocess.SubprocessError) as e:
        print(f"the demonstration failed: {e}", file=sys.stderr)
        return 1
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        stage.end()


def as_root(folder):
    """In a mount namespace of its own: with users of our own, and the programs where these may read them."""
    with open("/etc/passwd", encoding="utf-8") as f:
        users = f.read()
    names = [f"sekisho-{r}" for r in ROLES] + [user for user, _ in PEOPLE.values()]
    users += "".join(f"{name}:x:{64100 + i}:{64100 + i}::/:/bin/false\n" for i, name in enumerate(names))
    passwd = os.path.join(folder, "passwd")
    with open(passwd, "w", encoding="utf-8") as f:
        f.write(users)
    os.chmod(passwd, 0o644)
    os.mkdir(os.path.join(folder, "build"))
    script = ('mount --bind "$1/passwd" /etc/passwd && mount --rbind "$2/build" "$1/build" && shift 2 && exec "$@"')
    return subprocess.Popen(["setpriv", "--pdeathsig", "TERM", "unshare", "--mount", "sh", "-c", script, "sh", folder, ROOT, sys.executable, os.path.abspath(__file__)],
                            env={**os.environ, INSIDE: folder, "LC_ALL": "C.UTF-8"})


def main():
    if os.environ.get(INSIDE):
        return inside(os.environ[INSIDE])
    folder = tempfile.mkdtemp(prefix="sekisho-demo-")
    os.chmod(folder, 0o755)
    child = None
    try:
        if os.geteuid() != 0:
            return inside(folder)
        child = as_root(folder)
        signal.signal(signal.SIGTERM, lambda *_: child.terminate())
        while True:
            try:
                return child.wait()
            except KeyboardInterrupt:  # it has heard it, too
                continue
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())

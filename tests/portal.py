"""The portal as a process of its own, for tests and benches: started as its supervisor starts it, with a gate that is this program's. Python is
the browser."""
import array
import contextlib
import http.client
import json
import os
import select
import socket
import ssl
import struct
import subprocess
import tempfile
import threading

import answers

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.path.join(ROOT, "build", "src", "cmd")
THING, PEER, GO, RELOAD, STOP, READY, RELOADED, BAD_PEER = range(1, 9)
ASK, GIVE, ANSWER, HANDED = range(1, 5)
GATE = 2 - 1  # SK_PLACE_GATE
PATIENCE = 20
TERMINAL = 80


def send(sock, kind, serial, body=b"", fds=()):
    ancillary = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
    sock.sendmsg([struct.pack("<II", kind, serial), body], ancillary)


def receive(sock):
    """kind, serial, body, descriptors; None at the end."""
    data, ancillary, _flags, _ = sock.recvmsg(1 << 17, socket.CMSG_SPACE(16 * 4))
    fds = array.array("i")
    for level, kind, what in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            fds.frombytes(what[:len(what) - len(what) % fds.itemsize])
    if not data:
        return None
    kind, serial = struct.unpack_from("<II", data)
    return kind, serial, data[8:], list(fds)


class Browser:
    """One connection that is kept, and a jar of cookies."""

    def __init__(self, port, host, ca, origin, real=False):
        self.port, self.host, self.origin, self.cookies, self.connection = port, host, origin, {}, None
        self.real = real  # a real gate answers: as tests/answers.py says
        self.source = None  # an address of this machine to come from
        self.context = ssl.create_default_context(cafile=ca)

    def open(self):
        raw = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE, source_address=self.source and (self.source, 0))
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self.context.wrap_socket(raw, server_hostname=self.host)

    def connect(self):
        c = http.client.HTTPSConnection(self.host, self.port, timeout=PATIENCE, context=self.context)
        c.sock = self.open()
        return c

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def heads(self, more=None):
        heads = {"Host": self.origin.removeprefix("https://"), "Origin": self.origin, "X-Sekisho": "1"}
        if self.cookies:
            heads["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        heads.update(more or {})
        return {k: v for k, v in heads.items() if v is not None}

    def keep(self, response):
        for line in response.headers.get_all("Set-Cookie") or []:
            name, value = line.split(";")[0].split("=", 1)
            if "Max-Age=0" in line:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value

    def request(self, method, path, body=None, heads=None):
        """The response, with .body; the connection is kept where the server keeps it."""
        self.connection = self.connection or self.connect()
        self.connection.request(method, path, body=body, headers=self.heads(heads))
        r = self.connection.getresponse()
        r.body = r.read()
        self.keep(r)
        if r.will_close:
            self.close()
        return r

    def ask(self, word, **members):
        """status of HTTP, object"""
        heads = {"Content-Type": "application/json"}
        r = self.request("POST", f"/api/v1/{word}", json.dumps(members, ensure_ascii=False).encode(), heads)
        answer = json.loads(r.body)
        wrong = answers.faults_of_answer(word, answer) if self.real and r.status == 200 else []
        if wrong:
            raise AssertionError(f"{word} answers what doc/openapi.json does not say: {wrong}")
        return r.status, answer

    def bring(self, name, data, piece=8 << 20, **send):
        """A file by uploads and `send`: status, answer."""
        r = self.request("POST", "/api/v1/uploads", json.dumps({"size": len(data), "name": name}).encode())
        if r.status != 201:
            return r.status, json.loads(r.body)
        upload, at = json.loads(r.body)["upload"], 0
        while at < len(data):
            r = self.request("PATCH", f"/api/v1/uploads/{upload}", data[at:at + piece], {"Upload-Offset": str(at)})
            if r.status != 204:
                return r.status, r.body
            at = int(r.headers["Upload-Offset"])
        return self.ask("send", name=name, upload=upload, **send)

    def events(self):
        """A stream of server-sent events: (event, data) one after the other, on a connection of its own; None at its end."""
        c = self.connect()
        c.request("GET", "/api/v1/events", headers=self.heads({"X-Sekisho": None, "Origin": None}))
        r = c.getresponse()
        if r.status != 200:
            raise AssertionError((r.status, r.read()))
        event = None
        try:
            for line in r:
                line = line.decode().rstrip("\n")
                if line.startswith("event: "):
                    event = line[7:]
                elif line.startswith("data: "):
                    yield event, json.loads(line[6:])
                elif line.startswith(": sekisho"):
                    yield "begun", None
        finally:
            c.close()

    def fetch(self, id, of="transfers"):
        return self.request("GET", f"/api/v1/{of}/{id}/content", heads={"X-Sekisho": None, "Origin": None})


def certificate(folder, origin):
    """Keys of a portal in a folder of their own, as `sekisho post certificate` makes them."""
    with open(os.path.join(folder, "zone"), "w", encoding="ascii") as f:
        f.write("internet\n")
    subprocess.run([os.path.join(BUILD, "sekisho"), "post", "certificate", folder, origin], check=True, stdout=subprocess.DEVNULL, timeout=PATIENCE)
    return os.path.join(folder, "portal")


def pages(folder):
    """A few pages, as a build of the web part makes them."""
    os.makedirs(os.path.join(folder, "assets"))
    for name, text in (("index.html", "<!doctype html><title>sekisho</title>"), ("assets/app-1.js", "console.log('sekisho')\n" * 100),
                       ("assets/app-1.js.br", "br"), ("assets/app-1.js.gz", "gz")):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
            f.write(text)
    return folder


class FakePost:
    """sekisho-portal, and a gate that answers by `answer(terminal, ask)`: an object, (object, bytes wire, descriptor) or None (later)."""

    HOST = "portal.localhost"

    def __init__(self, answer, files=None, settings=""):
        self.dir = tempfile.mkdtemp(prefix="sekisho-portal-")
        self.answer, self.asked, self.lock = answer, [], threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port = self.listener.getsockname()[1]
        self.origin = f"https://{self.HOST}:{self.port}"
        self.keys = certificate(self.dir, self.origin)
        self.settings = os.path.join(self.dir, "post.conf")
        with open(self.settings, "w", encoding="ascii") as f:
            f.write(f"zone internet\npolicy /p\nstate {self.dir}\nportal {self.origin}\nportal-listen 127.0.0.1 {self.port}\n{settings}")
        self.pages = pages(os.path.join(self.dir, "web"))
        self.old, self.gate, self.ready, self.bad, self.ended = [], None, threading.Event(), threading.Event(), threading.Event()
        self.wake_r, self.wake_w = os.pipe()
        self.start(files)

    def start(self, files):
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        fd = theirs.fileno()

        def child():
            if files:
                import resource
                resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
            os.dup2(fd, 3, inheritable=True)
        self.process = subprocess.Popen([os.path.join(BUILD, "sekisho-portal")], stdin=subprocess.DEVNULL, pass_fds=(3,) if fd == 3 else (3, fd), preexec_fn=child)
        theirs.close()
        self.supervisor = ours
        for name, path in (("settings", self.settings), ("own.key", f"{self.keys}/own.key"), ("own.crt", f"{self.keys}/own.crt"), ("assets", self.pages)):
            self.hand(name, os.open(path, os.O_RDONLY))
        self.hand("listen", os.dup(self.listener.fileno()))
        self.meet()
        send(ours, GO, 0)
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()
        if not self.ready.wait(PATIENCE):
            raise AssertionError("the portal does not begin")

    def hand(self, name, fd):
        send(self.supervisor, THING, 0, name.encode(), [fd])
        os.close(fd)

    def meet(self):
        """A gate, in place of an earlier one."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        send(self.supervisor, PEER, 0, bytes([GATE]), [theirs.fileno()])
        theirs.close()
        self.let_go(ours)

    def part(self):
        """The gate goes away."""
        self.let_go(None)

    def let_go(self, gate):
        """The thread that serves closes the old one: nobody takes it from under it."""
        if self.gate:
            self.old.append(self.gate)
        self.gate = gate
        os.write(self.wake_w, b"x")

    def say(self, serial, answer):
        if isinstance(answer, tuple):
            answer, wire, fd = answer
            send(self.gate, HANDED, serial, wire + json.dumps(answer).encode(), [fd])
        else:
            send(self.gate, ANSWER, serial, json.dumps(answer, ensure_ascii=False).encode())

    def serve(self, kind, serial, body):
        terminal = {"session": body[:32].hex(), "device": body[32:64].hex(), "address": body[64:80]}
        ask = json.loads(body[TERMINAL:])
        with self.lock:
            self.asked.append((kind, terminal, ask))
        answer = self.answer(terminal, ask, serial)
        if answer is not None:
            self.say(serial, answer)

    def run(self):
        while True:
            gate = self.gate
            ready = select.select([s for s in (self.supervisor, gate, self.wake_r) if s is not None], [], [])[0]
            if self.wake_r in ready and os.read(self.wake_r, 1) == b"q":
                return
            while self.old:
                self.old.pop().close()
            with contextlib.suppress(OSError, ValueError):
                if self.supervisor in ready:
                    m = receive(self.supervisor)
                    if m is None:
                        self.ended.set()
                        return
                    {READY: self.ready, BAD_PEER: self.bad}[m[0]].set()
                if gate in ready and gate is self.gate:
                    m = receive(gate)
                    if m:
                        self.serve(*m[:3])

    def browser(self):
        return Browser(self.port, self.HOST, os.path.join(self.keys, "ca.crt"), self.origin)

    def rss(self):
        """Bytes that the process has in memory."""
        with open(f"/proc/{self.process.pid}/statm", encoding="ascii") as f:
            return int(f.read().split()[1]) * os.sysconf("SC_PAGESIZE")

    def stop(self):
        """Ended as its supervisor ends it; its exit status."""
        with contextlib.suppress(OSError):
            send(self.supervisor, STOP, 0)
        code = self.process.wait(PATIENCE)
        os.write(self.wake_w, b"q")
        self.thread.join(PATIENCE)
        for s in (self.supervisor, self.gate, self.listener):
            if s:
                s.close()
        os.close(self.wake_r)
        os.close(self.wake_w)
        subprocess.run(["rm", "-rf", self.dir], check=True)
        return code

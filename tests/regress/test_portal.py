"""The portal as browsers and others meet it, with a gate that is this test's: what it lets through, what every answer says, what is brought and fetched,
and that nobody keeps others out by being slow, idle, many or rude."""
import contextlib
import hashlib
import http.client
import io
import os
import random
import re
import resource
import select
import socket
import ssl
import threading
import unittest

import portal
from logged import wait_for

TOKEN, OTHER, DEVICE = "ab" * 32, "ef" * 32, "cd" * 32
ID = "00112233445566778899aabbccddeeff"
SECURITY = {
    "Content-Security-Policy": r"default-src 'none'; script-src 'self'; .*frame-ancestors 'none'; base-uri 'none'",
    "Strict-Transport-Security": r"max-age=\d+", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp", "Permissions-Policy": r".*camera=\(\).*"}


class Gate:
    """Answers as a gate might; keeps the files of uploads."""

    def __init__(self):
        self.uploads, self.contents, self.held = {}, {}, []

    def begin(self, ask):
        id, fd = f"{len(self.uploads) + 1:032x}", os.memfd_create("upload")
        self.uploads[id] = (fd, self.wire(True, ask["size"]))
        return self.hand(id)

    @staticmethod
    def wire(sealed, size, sha256=bytes(32)):
        return bytes([sealed]) + (b"\1" * 32 + b"5" * 32 if sealed else bytes(32) + b"0" * 32) + sha256 + size.to_bytes(8, "little")

    def hand(self, id):
        if id not in self.uploads:
            return {"status": "refused", "why": "no-upload"}
        fd, wire = self.uploads[id]
        return {"status": "ok", "upload": id}, wire, fd

    def get(self, id):
        if id not in self.contents:
            return {"status": "refused", "why": "no-transfer"}
        name, data, said = self.contents[id]
        fd = os.memfd_create("content")
        os.write(fd, data)
        self.held.append(fd)
        return {"status": "ok", "transfer": {"id": id, "name": name, "output_type": "docx", "found": "docm"}}, self.wire(False, len(data), said), fd

    def __call__(self, terminal, ask, serial):
        word = ask["ask"]
        if word == "login.password":
            return {"status": "ok", "session": TOKEN, "device": DEVICE, "member": ask["member"]}
        if terminal["session"] != TOKEN:
            return {"status": "refused", "why": "no-session"}
        if word == "upload.begin":
            return self.begin(ask)
        if word == "upload.open":
            return self.hand(ask["upload"])
        if word == "upload.drop":
            return {"status": "ok"} if self.uploads.pop(ask["upload"], None) else {"status": "refused", "why": "no-upload"}
        if word == "get":
            return self.get(ask["id"])
        if word == "class":
            return None
        return {"status": "ok", "asked": ask}


class PortalTest(unittest.TestCase):
    FILES, SETTINGS = None, ""

    @classmethod
    def setUpClass(cls):
        cls.gate = Gate()
        cls.post = portal.FakePost(cls.gate, cls.FILES, cls.SETTINGS)

    @classmethod
    def tearDownClass(cls):
        code, bad = cls.post.stop(), cls.post.bad.is_set()
        assert (code, bad) == (0, False), (code, bad)

    def setUp(self):
        self.post.asked.clear()
        self.browser = self.post.browser()
        self.addCleanup(self.browser.close)

    def logged_in(self):
        self.browser.cookies["__Host-sekisho"] = TOKEN
        return self.browser

    def words(self):
        with self.post.lock:
            return [ask["ask"] for _, _, ask in self.post.asked]


class Answers(PortalTest):
    def secure(self, r):
        for name, value in SECURITY.items():
            self.assertRegex(r.headers.get(name, ""), f"^{value}")

    def test_heads_of_all(self):
        b = self.browser
        for r in (b.request("GET", "/"), b.request("GET", "/assets/app-1.js"), b.request("GET", "/assets/none.js"), b.request("GET", "/api/v1/x"),
                  b.request("POST", "/api/v1/status", b"{}"), b.request("POST", "/api/v1/status", b"["), b.request("TRACE", "/"),
                  b.request("POST", "/api/v1/status", b"{}", {"X-Sekisho": None}), b.request("GET", "/", heads={"Host": "evil.example"})):
            self.secure(r)
            self.assertNotIn("Server", r.headers)

    def test_pages(self):
        b = self.browser
        for path in ("/", "/approvals", f"/transfers/{ID}"):
            r = b.request("GET", path)
            self.assertEqual((r.status, r.body), (200, b"<!doctype html><title>sekisho</title>"))
            self.assertEqual(r.headers["Cache-Control"], "no-cache")
        tag = r.headers["ETag"]
        r = b.request("GET", "/", heads={"If-None-Match": tag})
        self.assertEqual((r.status, r.body), (304, b""))
        r = b.request("GET", "/assets/app-1.js", heads={"Accept-Encoding": "gzip, br"})
        self.assertEqual((r.body, r.headers["Content-Encoding"], r.headers["Vary"]), (b"br", "br", "Accept-Encoding"))
        self.assertIn("immutable", r.headers["Cache-Control"])
        r = b.request("GET", "/assets/app-1.js", heads={"Accept-Encoding": "br;q=0, gzip"})
        self.assertEqual(r.body, b"gz")
        r = b.request("HEAD", "/assets/app-1.js")
        self.assertEqual((r.status, r.body, r.headers["Content-Length"]), (200, b"", "2300"))
        for path in ("/assets/../web/index.html", "/assets/%2e%2e/index.html", "/assets/app-1.js%00.css", "/..%2fpost.conf", "//etc/passwd.txt"):
            r = b.request("GET", path)
            self.assertEqual(r.status, 404, path)
        self.assertEqual(self.words(), [])

    def test_asks(self):
        b = self.logged_in()
        status, answer = b.ask("list", most=3, state="held")
        self.assertEqual((status, answer), (200, {"status": "ok", "asked": {"ask": "list", "most": 3, "state": "held"}}))
        kind, terminal, _ = self.post.asked[-1]
        self.assertEqual((kind, terminal["session"], terminal["device"]), (portal.ASK, TOKEN, "00" * 32))
        self.assertEqual(terminal["address"], bytes(10) + b"\xff\xff\x7f\0\0\1")
        for word, body, status, why in (("nothing", b"{}", 404, "no-such-ask"), ("list", b"", 200, None), ("list", b"[]", 400, "not-json"), ("list", b'{"most":1', 400, "not-json"),
                                        ("list", b'{"ask":"backup"}', 400, "not-json"), ("list", b'{"folder":"/"}', 400, "no-such-member"), ("show", b"{}", 400, "missing"),
                                        ("get", b'{"id":"%s"}' % ID.encode(), 404, "no-such-ask"), ("upload.begin", b'{"size":1}', 404, "no-such-ask"),
                                        ("get.done", b'{"id":"%s"}' % ID.encode(), 404, "no-such-ask")):
            r = b.request("POST", f"/api/v1/{word}", body)
            answer = portal.json.loads(r.body)
            self.assertEqual((r.status, answer.get("why")), (status, why), (word, body))
            self.assertEqual(r.headers["Content-Type"], "application/json")
            self.assertEqual(r.headers["Cache-Control"], "no-store")
            if why:
                self.assertTrue(answer["text"])
        self.assertEqual(self.words(), ["list", "list"])

    def test_session(self):
        b = self.browser
        self.assertEqual(b.ask("whoami")[0], 401)
        r = b.request("POST", "/api/v1/login.password", b'{"member":"ichi","secret":"x"}')
        self.assertEqual(r.status, 200)
        self.assertNotIn(TOKEN.encode(), r.body)
        self.assertNotIn(DEVICE.encode(), r.body)
        cookies = sorted(r.headers.get_all("Set-Cookie"))
        for cookie in cookies:
            self.assertRegex(cookie, r"^__Host-sekisho(-device)?=[0-9a-f]{64}; Path=/; Secure; HttpOnly; SameSite=Strict")
        self.assertEqual(["Max-Age" in c for c in cookies], [True, False])
        self.assertEqual(b.ask("whoami")[0], 200)
        self.assertEqual(self.post.asked[-1][1]["device"], DEVICE)
        self.assertEqual(b.ask("logout")[0], 200)
        self.assertNotIn("__Host-sekisho", b.cookies)
        self.assertEqual(b.ask("whoami")[0], 401)

    def test_two_cookies(self):
        """One that somebody put beside it: then nobody is logged in."""
        for cookies in (f"__Host-sekisho={OTHER}; __Host-sekisho={TOKEN}", f"__Host-sekisho={TOKEN}; __Host-sekisho=x", f'__Host-sekisho="{TOKEN}"'):
            r = self.browser.request("POST", "/api/v1/whoami", b"{}", {"Cookie": cookies})
            self.assertEqual(r.status, 401, cookies)

    def test_foreign(self):
        b = self.logged_in()
        for heads in ({"X-Sekisho": None}, {"X-Sekisho": "0"}, {"Origin": None}, {"Origin": "null"}, {"Origin": "https://evil.example"},
                      {"Origin": self.post.origin + ".evil.example"}, {"Origin": self.post.origin.replace("https", "http")}, {"Sec-Fetch-Site": "cross-site"},
                      {"Sec-Fetch-Site": "same-site"}):
            for method, path in (("POST", "/api/v1/whoami"), ("POST", "/api/v1/uploads"), ("PATCH", f"/api/v1/uploads/{ID}"), ("DELETE", f"/api/v1/uploads/{ID}")):
                r = b.request(method, path, b"{}", heads)
                self.assertEqual((r.status, portal.json.loads(r.body)["why"]), (403, "foreign"), (heads, path))
        # what a form of another page can send by itself, with the cookie even if a browser gave it along
        for kind, body in (("application/x-www-form-urlencoded", b"id=" + ID.encode()), ("text/plain", b'{"id":"%s","x":"=' % ID.encode() + b'"}'), ("multipart/form-data; boundary=x", b"--x--\r\n")):
            for word in ("cancel", "logout", "user.disable"):
                r = b.request("POST", f"/api/v1/{word}", body, {"X-Sekisho": None, "Origin": "https://evil.example", "Content-Type": kind, "Sec-Fetch-Site": "cross-site"})
                self.assertEqual((r.status, portal.json.loads(r.body)["why"]), (403, "foreign"), (kind, word))
        self.assertEqual(b.request("GET", "/api/v1/logout").status, 404)
        for heads in ({"Host": "evil.example"}, {"Host": "portal.localhost"}, {"Host": f"portal.localhost:{self.post.port}."}):
            self.assertEqual(b.request("POST", "/api/v1/whoami", b"{}", heads).status, 421)
        self.assertEqual(self.words(), [])
        # what only reads is read for nobody
        self.assertEqual(b.request("GET", f"/api/v1/transfers/{ID}/content", heads={"Sec-Fetch-Site": "cross-site"}).status, 401)

    def test_methods(self):
        for method in ("PUT", "TRACE", "OPTIONS", "CONNECT", "BREW"):
            self.assertIn(self.browser.request(method, "/api/v1/whoami").status, (400, 405))

    def test_gate_goes(self):
        b, answers = self.logged_in(), []
        t = threading.Thread(target=lambda: answers.append(b.ask("class", id=ID, **{"class": "1"})))
        t.start()
        wait_for("the gate is never asked", lambda: "class" in self.words())
        self.post.meet()
        t.join(portal.PATIENCE)
        self.assertEqual((answers[0][0], answers[0][1]["why"]), (503, "lost"))
        self.assertEqual(b.ask("whoami")[0], 200)
        self.post.part()
        other = self.post.browser()
        self.addCleanup(other.close)
        wait_for("the gate is never missed", lambda: other.ask("whoami")[1].get("why") == "no-gate")
        self.post.meet()
        wait_for("the gate is never back", lambda: b.ask("whoami")[0] == 200)


class Bytes(PortalTest):
    def begin(self, size, **more):
        r = self.browser.request("POST", "/api/v1/uploads", portal.json.dumps({"size": size, **more}).encode())
        answer = portal.json.loads(r.body)
        self.assertEqual((r.status, answer["offset"], r.headers["Location"]), (201, 0, f"/api/v1/uploads/{answer['upload']}"))
        return answer["upload"]

    def patch(self, id, at, data, browser=None):
        return (browser or self.browser).request("PATCH", f"/api/v1/uploads/{id}", data, {"Upload-Offset": str(at), "Content-Type": "application/offset+octet-stream"})

    def offset(self, id):
        r = self.browser.request("HEAD", f"/api/v1/uploads/{id}")
        return r.status, r.headers.get("Upload-Offset")

    def test_whole(self):
        b = self.logged_in()
        for size in (0, 1, 65535, 65536, 65537, 3 << 20):
            data = random.Random(size).randbytes(size)
            id = self.begin(size, name="見積書.docx")
            half = size // 3
            r = self.patch(id, 0, data[:half])
            self.assertEqual((r.status, r.headers["Upload-Offset"], r.headers["Upload-Length"]), (204, str(half), str(size)))
            self.assertEqual(self.patch(id, half, data[half:]).status, 204)
            status, answer = b.ask("send", to="lgwan", name="見積書.docx", upload=id)
            self.assertEqual(status, 200, answer)
            self.assertEqual((answer["asked"]["size"], answer["asked"]["hash"]), (size, hashlib.sha256(data).hexdigest()))
            self.assertEqual(os.fstat(self.gate.uploads.pop(id)[0]).st_size, 32 + size + 17 * max(1, -(-size // 65536)))
            self.assertEqual(b.ask("send", to="lgwan", name="a", upload=id)[1]["why"], "no-upload")

    def test_wrong(self):
        b = self.logged_in()
        id = self.begin(10)
        self.assertEqual(self.patch(id, 1, b"x").status, 409)
        self.assertEqual(self.patch(id, 0, b"x" * 11).status, 413)
        self.assertEqual(self.patch(id, 0, b"x" * 4).status, 204)
        r = self.patch(id, 0, b"x" * 4)
        self.assertEqual((r.status, r.headers["Upload-Offset"]), (409, "4"))
        for offset in (None, "", "-1", "4 ", "+4", "04", "99999999999999999999"):
            self.assertEqual(b.request("PATCH", f"/api/v1/uploads/{id}", b"x", {"Upload-Offset": offset}).status, 400, offset)
        self.assertEqual(b.ask("send", to="lgwan", name="a", upload=id)[1]["why"], "value")
        self.assertEqual(b.ask("send", to="lgwan", name="a")[1]["why"], "missing")
        for lie in ({"size": 10}, {"hash": "0" * 64}):
            self.assertEqual(b.ask("send", to="lgwan", name="a", upload=id, **lie)[1]["why"], "no-such-member")
        self.assertEqual(self.offset(ID), (404, None))
        self.assertEqual(self.patch(ID, 0, b"x").status, 404)
        self.assertNotIn("send", self.words())
        for body in (b"{}", b"[]", b'{"size":-1}', b'{"size":"1"}', b'{"size":1,"size":2}', b'{"size":1,"member":"ichi"}'):
            self.assertEqual(b.request("POST", "/api/v1/uploads", body).status, 400, body)
        other = self.post.browser()
        self.addCleanup(other.close)
        self.assertEqual(self.patch(id, 4, b"x", other).status, 401)
        self.assertEqual(b.request("DELETE", f"/api/v1/uploads/{id}").status, 200)
        self.assertEqual(self.offset(id), (404, None))

    def cut(self, id, at, data, sent):
        """A connection that breaks after so many bytes of its body."""
        s = self.browser.open()
        heads = {**self.browser.heads(), "Upload-Offset": str(at), "Content-Length": str(len(data))}
        with contextlib.suppress(OSError):  # it may be told at once that it is elsewhere
            s.sendall(f"PATCH /api/v1/uploads/{id} HTTP/1.1\r\n{''.join(f'{k}: {v}' + chr(13) + chr(10) for k, v in heads.items())}\r\n".encode() + data[:sent])
        return s

    def test_cut_anywhere(self):
        b, rng = self.logged_in(), random.Random(20261123)
        data = rng.randbytes(700001)
        id, at = self.begin(len(data)), 0
        for i in range(24):
            piece = data[at:at + rng.randrange(1, 100000)]
            sent = rng.randrange(0, len(piece) + 1)
            s = self.cut(id, at, piece, sent)
            if i % 2:
                s.close()
            else:
                s.shutdown(socket.SHUT_RDWR)  # without the end of TLS
                self.addCleanup(s.close)
            told = int(self.offset(id)[1])
            self.assertTrue(at <= told <= len(data), (at, told))
            at = told
        while at < len(data):
            try:
                r = self.patch(id, at, data[at:])
            except OSError:  # told that it is elsewhere, and cut, before all of it was sent
                b.close()
                at = int(self.offset(id)[1])
                continue
            self.assertIn(r.status, (204, 409))
            at = int(r.headers["Upload-Offset"])
        answer = b.ask("send", to="lgwan", name="a.bin", upload=id)[1]
        self.assertEqual(answer["asked"]["hash"], hashlib.sha256(data).hexdigest())

    def test_taken_over(self):
        """A connection that hangs is no longer the one that brings it when another goes on."""
        b = self.logged_in()
        id = self.begin(100000)
        s = self.cut(id, 0, b"a" * 100000, 40000)
        wait_for("nothing arrives", lambda: self.offset(id)[1] == "40000")
        self.assertEqual(self.patch(id, 40000, b"b" * 10000).status, 204)
        with contextlib.suppress(OSError):
            s.sendall(b"c" * 60000)
            self.assertEqual(s.recv(100), b"")
        s.close()
        self.assertEqual(self.offset(id), (200, "50000"))
        self.assertEqual(b.request("DELETE", f"/api/v1/uploads/{id}").status, 200)

    def test_another_gate(self):
        """It knows no upload of the one before; what it hands out once more goes on where whole pieces end."""
        self.logged_in()
        id = self.begin(200000)
        self.assertEqual(self.patch(id, 0, b"a" * 150000).status, 204)
        self.post.meet()
        wait_for("it stays as it was", lambda: self.offset(id) == (200, str(2 * 65536)))
        self.assertEqual(self.patch(id, 2 * 65536, b"a" * (200000 - 2 * 65536)).status, 204)
        answer = self.browser.ask("send", to="lgwan", name="a", upload=id)[1]
        self.assertEqual(answer["asked"]["hash"], hashlib.sha256(b"a" * 200000).hexdigest())

    def content(self, name, data, said=None):
        id = f"{len(self.gate.contents) + 1:032x}"
        self.gate.contents[id] = name, data, said or hashlib.sha256(data).digest()
        return id

    def done(self, id):
        with self.post.lock:
            return [ask.get("whole", False) for _, _, ask in self.post.asked if ask["ask"] == "get.done" and ask["id"] == id]

    def test_fetched(self):
        b = self.logged_in()
        for size in (0, 1, 65536, 1000003):
            data = random.Random(size).randbytes(size)
            id = self.content("見積 \"1\"\r\nSet-Cookie: a=b.docm", data)
            r = b.request("GET", f"/api/v1/transfers/{id}/content", heads={"X-Sekisho": None, "Origin": None})
            self.assertEqual((r.status, r.body == data, r.headers["Content-Type"]), (200, True, "application/octet-stream"))
            self.assertNotIn("Set-Cookie", r.headers)
            disposition = r.headers["Content-Disposition"]
            self.assertRegex(disposition, r'^attachment; filename="[ -!#-\[\]-~]*\.docx"; filename\*=UTF-8\'\'[A-Za-z0-9%._~!#$&+^`|-]*\.docx$')
            self.assertIn("%E8%A6%8B%E7%A9%8D", disposition)
            wait_for("its end is never told", lambda id=id: self.done(id) == [True])
        self.assertEqual(b.request("GET", f"/api/v1/transfers/{ID}/content").status, 404)
        self.browser.cookies.clear()
        self.assertEqual(b.request("GET", f"/api/v1/transfers/{id}/content").status, 401)

    def test_interrupted(self):
        self.logged_in()
        data = random.Random(7).randbytes(30 << 20)
        id = self.content("a.docx", data)
        s = self.browser.open()
        s.sendall(f"GET /api/v1/transfers/{id}/content HTTP/1.1\r\nHost: {self.browser.origin[8:]}\r\nCookie: __Host-sekisho={TOKEN}\r\n\r\n".encode())
        self.assertIn(b"200 OK", s.recv(100))
        s.close()
        wait_for("its end is never told", lambda: self.done(id) == [False])

    def test_wrong_bytes(self):
        """The last of them never leave."""
        self.logged_in()
        data = b"a" * 200000
        id = self.content("a.docx", data, bytes(32))
        with self.assertRaises((http.client.IncompleteRead, ssl.SSLError, OSError)):
            self.browser.request("GET", f"/api/v1/transfers/{id}/content")
        wait_for("its end is never told", lambda: self.done(id) == [False])


class Rude(PortalTest):
    """With room for few: 512 descriptors."""
    FILES = 512

    def raw(self, data, browser=None):
        s = (browser or self.browser).open()
        out = b""
        try:
            s.sendall(data)
            while chunk := s.recv(65536):
                out += chunk
        except (ssl.SSLError, OSError):
            pass
        s.close()
        return out

    def request(self, *lines):
        return "\r\n".join([*lines, f"Host: {self.browser.origin[8:]}", "Connection: close", "", ""]).encode("latin-1")

    def test_injection(self):
        """Whatever stands in a line of a request, no line of an answer is of it."""
        evil = "x%0d%0aSet-Cookie:%20a=b"
        for line in (f"GET /{evil} HTTP/1.1", f"GET /api/v1/{evil} HTTP/1.1", f"GET /api/v1/transfers/{evil}/content HTTP/1.1", f"POST /api/v1/{evil} HTTP/1.1"):
            heads = self.raw(self.request(line, "X-Sekisho: 1", f"Origin: {self.browser.origin}", "Content-Length: 0")).split(b"\r\n\r\n")[0]
            self.assertNotIn(b"\r\nSet-Cookie", heads, line)
            self.assertRegex(heads, b"^HTTP/1.1 (200|404|400|401)")

    OWN = b"X-Sekisho: 1\r\nOrigin: %(origin)s\r\nCookie: __Host-sekisho=" + TOKEN.encode() + b"\r\n"
    GET, POST = b"GET / HTTP/1.1\r\nHost: %(host)s\r\n", b"POST /api/v1/whoami HTTP/1.1\r\nHost: %(host)s\r\n" + OWN
    PATCH = b"PATCH /api/v1/uploads/" + b"0" * 32 + b" HTTP/1.1\r\nHost: %(host)s\r\nUpload-Offset: 0\r\n" + OWN
    # What is broken in a request, and the statuses by which it may be answered; none: not at all.
    BROKEN = {
        "no line of a request": (b"garbage\r\n\r\n", ()), "only ends of lines": (b"\r\n\r\n\r\n", (403,)), "no version": (b"GET /\r\n\r\n", (400,)),
        "another version": (b"GET / HTTP/2.0\r\nHost: %(host)s\r\n\r\n", (505,)), "no host": (b"GET / HTTP/1.1\r\n\r\n", (400,)),
        "two hosts": (GET + b"Host: evil.example\r\n\r\n", (421,)), "no value": (GET + b"Foo\r\n\r\n", (400,)), "no name": (GET + b": x\r\n\r\n", (200, 400)),
        "NUL in a value": (GET + b"Foo: a\0b\r\n\r\n", (200, 400)), "NUL in a name": (GET + b"Fo\0o: a\r\n\r\n", (200, 400)),
        "NUL in an address": (b"GET /a\0.js HTTP/1.1\r\nHost: %(host)s\r\n\r\n", (200, 400)), "a line that goes on": (GET + b"Foo: a\r\n Set-Cookie: b=c\r\n\r\n", (200, 400)),
        "a lone CR": (GET + b"Foo: a\rSet-Cookie: b=c\r\n\r\n", (200, 400)), "lone LF": (b"GET / HTTP/1.1\nHost: %(host)s\n\n", (200, 400)),
        "no such method": (b"B@D / HTTP/1.1\r\nHost: %(host)s\r\n\r\n", (405,)), "a proxy's address": (b"GET http://evil.example/ HTTP/1.1\r\nHost: %(host)s\r\n\r\n", (200, 404, 405)),
        "a head of a mebibyte": (GET + b"Foo: " + b"x" * (1 << 20) + b"\r\n\r\n", (431,)), "a name of a mebibyte": (GET + b"x" * (1 << 20) + b": x\r\n\r\n", (431,)),
        "an address of a mebibyte": (b"GET /" + b"x" * (1 << 20) + b" HTTP/1.1\r\nHost: %(host)s\r\n\r\n", (414,)),
        "very many heads": (GET + b"".join(b"X-%d: x\r\n" % i for i in range(5000)) + b"\r\n", (431,)), "very many cookies": (GET + b"Cookie: " + b"a=b; " * 9000 + b"\r\n\r\n", (431,)),
        "two lengths": (POST + b"Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}", (400, 411)), "a length below nothing": (POST + b"Content-Length: -1\r\n\r\n", (400,)),
        "a length of other digits": (POST + b"Content-Length: 0x2\r\n\r\n{}", (400,)), "a length with a sign": (POST + b"Content-Length: +2\r\n\r\n{}", (400,)),
        "a list of lengths": (POST + b"Content-Length: 2, 2\r\n\r\n{}", (400,)), "an endless length": (POST + b"Content-Length: 99999999999999999999999\r\n\r\n", (413,)),
        "no length": (POST + b"\r\n", (411,)), "CL.TE": (POST + b"Content-Length: 45\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", (411,)),
        "TE.CL": (POST + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n5c\r\n", (411,)), "TE.TE": (POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\nContent-Length: 4\r\n\r\n0\r\n\r\n", (411,)),
        "chunked, identity": (POST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", (411,)), "chunks that are none": (POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n", (411,)),
        "an upload in chunks that are none": (PATCH + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", (411,)), "a space before the colon": (POST + b"Transfer-Encoding : chunked\r\nContent-Length: 2\r\n\r\n{}", (200, 400, 411)),
    }

    def answers(self, out):
        """The answers in what came: status, heads, body."""
        found = []
        while out:
            heads, _, out = out.partition(b"\r\n\r\n")
            lines = heads.decode("latin-1").split("\r\n")
            self.assertRegex(lines[0], r"^HTTP/1\.1 [0-9]{3} .")
            status = int(lines[0][9:12])
            named = http.client.parse_headers(io.BytesIO(heads.partition(b"\r\n")[2] + b"\r\n\r\n"))
            body, out = out[:int(named["Content-Length"])], out[int(named["Content-Length"]):]
            found.append((status, named, body))
        return found

    def test_broken(self):
        """Whatever it is that comes: at most one answer, in our form, with all heads of security, and nothing of what came stands in it; what follows is never a request of its own."""
        said = {b"%(host)s": self.browser.origin[8:].encode(), b"%(origin)s": self.browser.origin.encode()}
        for what, (data, statuses) in self.BROKEN.items():
            for sign, text in said.items():
                data = data.replace(sign, text)
            self.post.asked.clear()
            with self.subTest(what):
                answers = self.answers(self.raw(data + b"POST /api/v1/logout HTTP/1.1\r\nHost: %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" % said[b"%(host)s"]))
                # what can be read in one way alone may be answered, and so may be what follows: that is no ask of a page of ours
                if statuses and answers and answers[0][0] in (200,):
                    self.assertLessEqual(len(answers), 2)
                elif len(data) > 1 << 16:  # who is told early may be cut while he still sends
                    self.assertLessEqual(len(answers), 1)
                else:
                    self.assertEqual(len(answers), 1 if statuses else 0, answers)
                if answers:
                    self.assertIn(answers[0][0], statuses)
                for status, heads, body in answers:
                    for name, value in SECURITY.items():
                        self.assertRegex(heads.get(name, ""), f"^{value}")
                    self.assertNotIn("Set-Cookie", heads)
                    if status != 200:
                        self.assertEqual(heads["Content-Type"], "application/json")
                        answer = portal.json.loads(body)
                        self.assertEqual((answer["status"], bool(answer["text"])), ("refused", True))
                self.assertNotIn("logout", self.words())
        self.assertEqual(self.logged_in().ask("whoami")[0], 200)

    def test_too_much(self):
        b = self.logged_in()
        out = self.raw(self.request("POST /api/v1/list HTTP/1.1", "X-Sekisho: 1", f"Origin: {b.origin}", "Content-Length: 60001"))
        self.assertRegex(out, b"^HTTP/1.1 413 ")
        self.assertEqual(b.request("POST", "/api/v1/list", b"{" + b" " * 59000 + b"}").status, 200)
        out = self.raw(self.request("GET / HTTP/1.1", "X: " + "x" * 100000))
        self.assertRegex(out, b"^(HTTP/1.1 4[13][0-9] |$)")
        out = self.raw(self.request("GET /" + "x" * 100000 + " HTTP/1.1"))
        self.assertRegex(out, b"^(HTTP/1.1 4[13][0-9] |$)")
        out = self.raw(self.request("GET / HTTP/1.1", *(f"X-{i}: x" for i in range(5000))))
        self.assertRegex(out, b"^(HTTP/1.1 4[13][0-9] |$)")
        self.assertEqual(b.ask("whoami")[0], 200)

    def test_no_tls(self):
        with socket.create_connection(("127.0.0.1", self.post.port), timeout=portal.PATIENCE) as s:
            s.sendall(b"GET / HTTP/1.1\r\n\r\n")
            self.assertNotIn(b"HTTP/1.1 200", s.recv(100))

    def test_old_tls(self):
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            self.browser.context.minimum_version = self.browser.context.maximum_version = version
            self.browser.open().close()
        self.browser.context.set_ciphers("ALL:@SECLEVEL=0")
        with self.assertRaises((ssl.SSLError, OSError)), self.assertWarns(DeprecationWarning):
            self.browser.context.minimum_version = ssl.TLSVersion.TLSv1
            self.browser.context.maximum_version = ssl.TLSVersion.TLSv1_1
            self.browser.open()

    def test_idle(self):
        """Four times as many as there is room for, each silent: somebody who has something to say is heard at once."""
        idle = [socket.create_connection(("127.0.0.1", self.post.port), timeout=portal.PATIENCE) for _ in range(1000)]
        self.assertEqual(self.logged_in().ask("whoami")[0], 200)
        for s in idle:
            s.close()
        self.assertLess(self.post.rss(), 64 << 20)

    def test_slow(self):
        """Heads and bodies that come a byte at a time keep nobody out either."""
        slow = []
        for i in range(300):
            s = socket.create_connection(("127.0.0.1", self.post.port), timeout=portal.PATIENCE)
            slow.append(s)
        tls = []
        for i in range(100):
            s = self.browser.open()
            s.sendall(self.request("POST /api/v1/whoami HTTP/1.1", "X-Sekisho: 1", f"Origin: {self.browser.origin}", "Content-Length: 100")[:-4 * (i % 2)] + b" ")
            tls.append(s)
        self.assertEqual(self.logged_in().ask("whoami")[0], 200)
        for s in slow + tls:
            s.close()

    def test_many_asks(self):
        """More at once than one may have under way: the rest is told to wait, others are not."""
        context, threads, said = self.logged_in(), [], []

        def one():
            b = self.post.browser()
            b.cookies["__Host-sekisho"] = TOKEN
            said.append(b.ask("class", id=ID, **{"class": "1"})[1].get("why"))
            b.close()
        for _ in range(24):
            threads.append(threading.Thread(target=one))
            threads[-1].start()
        wait_for("nobody is told to wait", lambda: said.count("limit") == 8)
        self.assertEqual(self.words().count("class"), 16)
        self.post.meet()
        for t in threads:
            t.join(portal.PATIENCE)
        self.assertEqual(said.count("lost"), 16)
        wait_for("it does not go on", lambda: context.ask("whoami")[0] == 200)

    def test_too_often(self):
        """Strangers of one address have a bucket; who is logged in has his own."""
        b, known = self.browser, self.post.browser()
        self.addCleanup(known.close)
        known.cookies["__Host-sekisho"] = TOKEN
        self.assertEqual(known.ask("whoami")[0], 200)
        statuses = {}
        for _ in range(1200):
            r = b.request("POST", "/api/v1/whoami", b"{}")
            statuses[r.status] = statuses.get(r.status, 0) + 1
            if r.status == 429:
                break
        self.assertEqual(sorted(statuses), [401, 429])
        self.assertTrue(re.fullmatch("[0-9]+", r.headers["Retry-After"]))
        self.assertEqual(known.ask("whoami")[0], 200)



class Slow(PortalTest):
    """With its real times, made short by the one setting there is for them."""
    SETTINGS = "portal-patience 1\n"

    def drip(self, s, data):
        """A byte now and then, until the connection is cut: how many went."""
        def ended():
            ready, _, _ = select.select([s], [], [], 0.1)
            if ready:
                with contextlib.suppress(ssl.SSLWantReadError):
                    if s.recv(65536) == b"":
                        return True
            s.sendall(next(data))
            return False

        def cut():
            try:
                return ended()
            except OSError:
                return True
        s.setblocking(True)
        wait_for("it is never cut", cut)

    def forever(self, first, byte=b"x"):
        yield first
        while True:
            yield byte

    def head(self, *lines):
        return "\r\n".join([*lines, f"Host: {self.browser.origin[8:]}", "X-Sekisho: 1", f"Origin: {self.browser.origin}", f"Cookie: __Host-sekisho={TOKEN}", "", ""]).encode()

    def test_slow_ones_are_cut(self):
        """Whoever comes a byte at a time, at whatever point, is cut; meanwhile others are answered."""
        upload = portal.json.loads(self.logged_in().request("POST", "/api/v1/uploads", b'{"size":100000}').body)["upload"]
        ways = {"a handshake": (False, self.forever(b"\x16\x03\x01\x02\x00")), "heads": (True, self.forever(b"GET / HTTP/1.1\r\nX: ")),
                "an ask": (True, self.forever(self.head("POST /api/v1/list HTTP/1.1", "Content-Length: 1000"), b" ")),
                "an upload": (True, self.forever(self.head(f"PATCH /api/v1/uploads/{upload} HTTP/1.1", "Upload-Offset: 0", "Content-Length: 100000"))),
                "nothing": (True, self.forever(b"", b"")), "nothing at all": (False, self.forever(b"", b""))}
        for what, (tls, data) in ways.items():
            with self.subTest(what):
                s = self.browser.open() if tls else socket.create_connection(("127.0.0.1", self.post.port), timeout=portal.PATIENCE)
                self.drip(s, data)
                s.close()
                other = self.post.browser()
                other.cookies["__Host-sekisho"] = TOKEN
                self.assertEqual(other.ask("whoami")[0], 200)
                other.close()

    def test_who_does_not_take_his_answer_is_cut(self):
        id = "00" * 15 + "aa"
        data = bytes(64 << 20)
        self.gate.contents[id] = "a.docx", data, hashlib.sha256(data).digest()
        s = self.browser.open()
        s.sendall(self.head(f"GET /api/v1/transfers/{id}/content HTTP/1.1").replace(b"X-Sekisho: 1\r\n", b""))

        def told():
            with self.post.lock:
                return [a.get("whole", False) for _, _, a in self.post.asked if a["ask"] == "get.done" and a["id"] == id]
        wait_for("it is kept for ever", lambda: told() == [False])
        s.close()


class Idle(PortalTest):
    @classmethod
    def setUpClass(cls):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if hard < 14000:
            raise unittest.SkipTest("14,000 descriptors are not to be had")
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        cls.addClassCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        super().setUpClass()

    def test_ten_thousand(self):
        """Idle, some of them behind their handshake, from one address and from many: somebody logs in, and the memory stays small."""
        idle = []
        for i in range(10000):
            s = socket.create_connection(("127.0.0.1", self.post.port), timeout=portal.PATIENCE, source_address=(f"127.1.{i % 200}.1", 0) if i % 2 else None)
            idle.append(self.browser.context.wrap_socket(s, server_hostname=self.browser.host) if i % 8 == 0 else s)
        self.assertEqual(self.browser.ask("login.password", member="ichi", secret="x")[0], 200)
        self.assertEqual(self.browser.ask("whoami")[0], 200)
        self.assertLess(self.post.rss(), 64 << 20)
        for s in idle:
            s.close()
        self.assertEqual(self.browser.ask("whoami")[0], 200)


if __name__ == "__main__":
    unittest.main()

"""The pages in a real browser, with two real posts behind them: runs the stories of web/e2e (one process of Node each), and does for them what is done
beside a browser. The browser believes in the posts' own authorities, as an office's terminals do."""
import base64
import hashlib
import hmac
import io
import json
import os
import shutil
import struct
import subprocess
import tempfile
import time

import openpyxl

import locked
import posts
import samples

ROOT = posts.ROOT
WEB = os.path.join(ROOT, "web")
CHROMIUM = shutil.which("chromium") or ""
ENDS = 240  # seconds after which a story has failed


def missing():
    """What is not there; "": all is."""
    if not posts.possible():
        return "two posts need root"
    for what, there in (("chromium", CHROMIUM), ("certutil", shutil.which("certutil")), ("node", shutil.which("node")),
                        ("web/node_modules", os.path.exists(os.path.join(WEB, "node_modules", "playwright-core"))),
                        ("build/web", os.path.exists(os.path.join(ROOT, "build", "web", "index.html")))):
        if not there:
            return what + " is not there"
    return ""


def totp(secret, at=None):
    """RFC 6238, with six digits and half minutes."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    mac = hmac.new(key, struct.pack(">Q", int((at or time.time()) // 30)), hashlib.sha1).digest()
    return f"{struct.unpack_from('>I', mac, mac[-1] & 15)[0] % (1 << 31) % 1000000:06d}"


class Stories:
    """Two posts with portals, and a home for the browser."""

    def __init__(self, shots=None, **options):
        self.home = tempfile.mkdtemp(prefix="sekisho-web-")
        self.shots = shots or os.environ.get("SEKISHO_SHOTS") or self.home
        os.makedirs(self.shots, exist_ok=True)
        self.lab = posts.Lab(portal=True, **options)
        self.lab.start()
        db = os.path.join(self.home, ".pki", "nssdb")
        os.makedirs(db)
        subprocess.run(["certutil", "-d", "sql:" + db, "-N", "--empty-password"], check=True)
        for post in self.lab.posts.values():
            subprocess.run(["certutil", "-d", "sql:" + db, "-A", "-t", "C,,", "-n", post.zone, "-i", os.path.join(post.folder, "portal", "ca.crt")], check=True)

    def close(self):
        self.lab.stop()
        self.lab.close()
        shutil.rmtree(self.home, ignore_errors=True)

    # What a story can have done: do_WORD(members of its line).
    def do_origin(self, m):
        return self.lab.posts[m["post"]].origin

    def do_invite(self, m):
        post = self.lab.posts[m["post"]]
        return post.origin + "/link#" + post.ok("root", "user.invite", member=m["member"])["link"]

    def do_sample(self, m):
        return base64.b64encode(samples.SAMPLES[m["name"]]()).decode()

    def do_locked(self, m):
        """A workbook that opens with a password."""
        book, out = openpyxl.Workbook(), io.BytesIO()
        book.active["A1"] = samples.KEEP
        book.save(out)
        return base64.b64encode(locked.agile(out.getvalue(), m["password"])).decode()

    def do_read(self, m):
        with open(m["path"], "rb") as f:
            return base64.b64encode(f.read()).decode()

    def do_folder(self, _m):
        return self.shots

    def do_kill(self, m):
        self.lab.posts[m["post"]].kill_role(m["role"])

    def do_end_sessions(self, m):
        self.lab.posts[m["post"]].ok("root", "session.end", member=m["member"], all=True)

    def do_ask(self, m):
        return self.lab.posts[m["post"]].ok(m["as"], m["word"], **m.get("members", {}))

    def do_totp(self, m):
        return totp(m["secret"])

    def answer(self, told):
        try:
            return {"value": getattr(self, "do_" + told["do"].replace("-", "_"))(told)}
        except (AssertionError, KeyError, AttributeError, OSError) as e:
            return {"error": repr(e)}

    def run(self, script, story):
        """None, or how it failed."""
        env = {**os.environ, "HOME": self.home, "CHROMIUM": CHROMIUM}
        with subprocess.Popen(["timeout", str(ENDS), "node", os.path.join("e2e", script), story], cwd=WEB, env=env, text=True, stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE) as p:
            for line in p.stdout:
                told = json.loads(line)
                if told.get("end"):
                    p.wait()
                    return told.get("error")
                p.stdin.write(json.dumps(self.answer(told)) + "\n")
                p.stdin.flush()
        return f"it ended without a word: {p.returncode}"

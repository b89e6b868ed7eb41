"""The pages in a real browser, with two real posts behind them: runs the stories of web/e2e (one process of Node each), and does for them what is done
beside a browser. The browser believes in the posts' own authorities, as an office's terminals do. Each story has people of its own (cast.py); "ichi" of
a line is that of the story which is told."""
import base64
import hashlib
import hmac
import io
import json
import os
import re
import shutil
import struct
import subprocess
import tempfile
import time

import docx
import openpyxl

import cast
import locked
import posts
import samples

ROOT = posts.ROOT
WEB = os.path.join(ROOT, "web")
CHROMIUM = shutil.which("chromium") or ""
SHOTS = os.path.join(ROOT, "build", "shots")  # where pictures are left, unless SEKISHO_SHOTS says another folder
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


def names_of(script):
    """The stories that stand in a script."""
    with open(os.path.join(WEB, "e2e", script), encoding="utf-8") as f:
        return re.findall(r"^\tasync (\w+)\(browser", f.read(), re.MULTILINE)


def tells(*scripts):
    """A class of tests: each story of the scripts is one, told by the Stories in its member `stories`."""
    def add(case):
        for script in scripts:
            for name in names_of(script):
                setattr(case, f"test_{name}", lambda self, script=script, name=name: self.assertIsNone(*2 * (self.stories.run(script, name),)))
        return case
    return add


def letter(number="1234-5678-9018"):
    """A document in which an individual number stands: a published test value."""
    out, d = io.BytesIO(), docx.Document()
    d.add_paragraph(f"個人番号は {number} です。")
    d.save(out)
    return out.getvalue()


def book(password=""):
    """A workbook; with a password only that opens it."""
    out, b = io.BytesIO(), openpyxl.Workbook()
    b.active["A1"] = samples.KEEP
    b.save(out)
    return locked.agile(out.getvalue(), password) if password else out.getvalue()


MADE = {"mynumber.docx": letter, "locked.xlsx": lambda: book("himitsu")}  # samples that only stories have


class Stories:
    """Two posts with portals for the stories of some scripts, and a home for the browser. settings: lines of {zone: of its post.conf}."""

    def __init__(self, *scripts, settings=None, policy=lambda text: text):
        self.home = tempfile.mkdtemp(prefix="sekisho-web-")
        self.shots = os.environ.get("SEKISHO_SHOTS") or SHOTS
        os.makedirs(self.shots, exist_ok=True)
        names = [n for s in scripts for n in names_of(s)]
        self.story, self.sent = None, {}
        self.lab = posts.Lab(portal=True, policy=policy(cast.policy(names)), users=cast.users(names))
        for zone, line in (settings or {}).items():
            self.lab.posts[zone].set(line.format(policy=self.lab.posts[zone].policy))
        self.lab.start(members=False)
        db = os.path.join(self.home, ".pki", "nssdb")
        os.makedirs(db)
        subprocess.run(["certutil", "-d", "sql:" + db, "-N", "--empty-password"], check=True)
        for post in self.lab.posts.values():
            subprocess.run(["certutil", "-d", "sql:" + db, "-A", "-t", "C,,", "-n", post.zone, "-i", os.path.join(post.folder, "portal", "ca.crt")], check=True)

    def close(self):
        self.lab.stop()
        self.lab.close()
        shutil.rmtree(self.home, ignore_errors=True)

    def name(self, who):
        """A member, by what the story calls him."""
        return who if who == "root" else f"{self.story}-{who}"

    # What a story can have done: do_WORD(members of its line).
    def do_origin(self, m):
        return self.lab.posts[m["post"]].origin

    def do_invite(self, m):
        post = self.lab.posts[m["post"]]
        return post.origin + "/link#" + post.ok("root", "user.invite", member=self.name(m["member"]))["link"]

    def do_sample(self, m):
        return base64.b64encode(samples.SAMPLES[m["name"]]()).decode()

    def do_locked(self, m):
        """A workbook that opens with a password."""
        return base64.b64encode(book(m["password"])).decode()

    def do_read(self, m):
        with open(m["path"], "rb") as f:
            return base64.b64encode(f.read()).decode()

    def do_folder(self, _m):
        return self.shots

    def do_kill(self, m):
        self.lab.posts[m["post"]].kill_role(m["role"])

    def do_end_sessions(self, m):
        self.lab.posts[m["post"]].ok("root", "session.end", member=self.name(m["member"]), all=True)

    def do_ask(self, m):
        return self.lab.posts[m["post"]].ok(self.name(m["as"]), m["word"], **m.get("members", {}))

    def do_send(self, m):
        """A file handed over at the control socket; its number."""
        data = MADE[m["sample"]]() if m["sample"] in MADE else samples.SAMPLES[m["sample"]]()
        more = {"recipient": self.name(m["recipient"])} if "recipient" in m else {}
        answer = self.lab.posts[m["post"]].who(self.name(m["as"])).send(data, m["name"], **m["members"], **more)
        assert answer["status"] == "ok", answer
        self.sent[answer["transfer"]["id"]] = data
        return answer["transfer"]["id"]

    def do_sent(self, m):
        return base64.b64encode(self.sent[m["id"]]).decode()

    def do_row(self, m):
        return self.lab.posts[m["post"]].row(m["id"])

    def do_rows(self, m):
        """All transfers at a post that somebody of the story has sent."""
        return [r for r in self.lab.posts[m["post"]].rows() if r["requester"] == self.name(m["by"])]

    def do_await(self, m):
        return self.lab.posts[m["post"]].await_state(m["id"], *m["states"])

    def do_pdf_text(self, m):
        return subprocess.run(["pdftotext", m["path"], "-"], capture_output=True, text=True, check=True).stdout

    def do_policy(self, m):
        with open(self.lab.posts[m["post"]].policy, encoding="utf-8") as f:
            return f.read()

    def do_people(self, m):
        """Of one April, as an office's spreadsheet saves them."""
        rows = [f"{self.story}-new-{i},髙橋　花子{i},{self.story},shokuin,R9.4.1" for i in range(m["most"])]
        return base64.b64encode("\r\n".join(["アカウント名,氏名,所属,役職,適用日", *rows, ""]).encode("cp932")).decode()

    def do_totp(self, m):
        return totp(m["secret"])

    def answer(self, told):
        try:
            return {"value": getattr(self, "do_" + told["do"].replace("-", "_"))(told)}
        except (AssertionError, KeyError, AttributeError, OSError) as e:
            return {"error": repr(e)}

    def run(self, script, story):
        """None, or how it failed."""
        self.story = story
        for post in self.lab.posts.values():
            post.link_members(cast.members(story))
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

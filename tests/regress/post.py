"""A whole post, started as sekishod starts it: its folder, its configuration, its log, its end."""
import json
import os
import shutil
import subprocess
import time

import loopback
from command import BUILD, Case, ROOT, SEKISHO
from logged import Logged
from processes import alive, children

SEKISHOD = os.path.join(BUILD, "sekishod")
STAND_IN = os.path.join(os.path.dirname(BUILD), "post", "post-stand-in")
POLICY = os.path.join(ROOT, "policy", "example.policy")
PATIENCE = 60


class Post(Logged):
    """One post in a folder of a test."""

    def __init__(self, case, zone, *options, policy=POLICY, before=(), build=BUILD):
        """before: what stands in front of its commands; build: the folder of its programs."""
        self.case, self.zone, self.process, self.programs, self.before, self.build = case, zone, None, None, before, build
        self.folder = case.path(zone)
        case.run_it(*before, os.path.join(build, "sekisho"), "post", "init", self.folder, "--zone", zone, "--policy", policy, "--lang", "en", *options)
        self.config, self.log, self.control = (os.path.join(self.folder, n) for n in ("post.conf", "log", "control"))
        case.addCleanup(self.kill)

    def stand_in(self, role, *words):
        """Another program in the place of one role: what it does at each start; then the real one takes over."""
        if self.programs is None:
            self.programs = self.case.path(self.zone + "-programs")
            os.mkdir(self.programs)
            for name in os.listdir(self.build):
                if name.startswith("sekisho-") and os.path.isfile(os.path.join(self.build, name)):
                    os.symlink(os.path.join(self.build, name), os.path.join(self.programs, name))
        path = os.path.join(self.programs, role)
        if os.path.islink(path):
            os.rename(path, path + ".real")
        shutil.copy(STAND_IN, path)
        with open(path + ".say", "w", encoding="ascii") as f:
            f.write("".join(w + "\n" for w in words))

    def command(self):
        return [*self.before, os.path.join(self.build, "sekishod"), "--config", self.config, *(["--programs", self.programs] if self.programs else [])]

    def start(self, ready=True):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        if ready:
            self.await_line(f"the post {self.zone} is ready")
        return self

    def pid(self, role):
        """Of a role that runs: its program is called by the role's name."""
        for p in children(self.process.pid):
            try:
                with open(f"/proc/{p}/cmdline", "rb") as f:
                    if f.read().split(b"\0")[0] == role.encode():
                        return p
            except OSError:
                continue
        return None

    def end(self):
        """Asked to end, it ends well, and nothing of it is left."""
        below = children(self.process.pid)
        self.process.terminate()
        self.case.assertEqual(self.process.wait(PATIENCE), 0, self.said())
        self.case.assertEqual(alive(below), [])
        self.case.assertFalse(os.path.exists(self.control))
        self.process = None

    def kill(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def await_links(self):
        """Until all its links are up."""
        end = time.monotonic() + PATIENCE
        while True:
            p = subprocess.run([SEKISHO, "status", "--json", "--control", self.control], capture_output=True, check=False)
            if p.returncode == 0 and all(x["up"] for x in json.loads(p.stdout)["links"]):
                return
            if time.monotonic() > end:
                raise AssertionError(f"{p.stdout}{p.stderr}\n{self.said()}")
            time.sleep(0.05)

    def ask(self, *args, code=0, **kw):
        """The command, asking this post."""
        return self.case.run_it(SEKISHO, *args, "--control", self.control, "--lang", "en", code=code, **kw)


class PostCase(Case):
    def run_it(self, *args, code=0, **kw):
        p = subprocess.run([str(a) for a in args], capture_output=True, text=True, check=False, cwd=self.dir, timeout=120, **kw)
        self.assertEqual(p.returncode, code, f"{args}\n{p.stdout}{p.stderr}")
        return p.stdout + p.stderr

    def introduce(self, a, b):
        """Each pins the other."""
        for one, other in ((a, b), (b, a)):
            out = self.path(f"{one.zone}-for-{other.zone}")
            self.run_it(SEKISHO, "post", "export", one.folder, other.zone, out)
            self.run_it(SEKISHO, "post", "pin", other.folder, "--from", out)

    def two(self, *options, policy=POLICY, **kw):
        """The posts of lgwan and internet, which know each other; not started."""
        at = f"{loopback.free_address()}:{loopback.CROSSING}"
        a = Post(self, "lgwan", "--link", f"internet=connect:{at}", *options, policy=policy, **kw)
        b = Post(self, "internet", "--link", f"lgwan=listen:{at}", *options, policy=policy, **kw)
        self.introduce(a, b)
        return a, b

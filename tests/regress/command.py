"""Running the command from the production build; what every test of it needs."""
import json
import os
import shutil
import subprocess
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, "build", "src", "cmd")
SEKISHO = os.path.join(BUILD, "sekisho")
LONG = bool(os.environ.get("SEKISHO_TEST_LONG"))
KEYS = {"input", "input_hex", "type", "claims", "method", "verdict", "output", "output_hex", "output_type", "sha256_in", "sha256_out",
        "size_in", "size_out", "inside", "removed", "changed_name", "reason", "millis"}


class Case(unittest.TestCase):
    """A temporary folder, and the command run in it."""

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="sekisho-")
        self.addCleanup(shutil.rmtree, self.dir, True)

    def path(self, *parts):
        return os.path.join(self.dir, *parts)

    def write(self, name, data):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(data)
        return path

    def as_ordinary_user(self, *args):
        """The command line that runs the command as somebody who is not root; the checkout may lie where only root may go."""
        if os.geteuid() != 0:
            return [SEKISHO, *args]
        folder = tempfile.mkdtemp(prefix="sekisho-")
        self.addCleanup(shutil.rmtree, folder, True)
        os.chmod(folder, 0o755)
        for part in ("src/cmd", "src/engine"):
            os.makedirs(os.path.join(folder, part))
            for entry in os.scandir(os.path.join(ROOT, "build", part)):
                if entry.is_file() and (os.access(entry.path, os.X_OK) or ".so" in entry.name):
                    shutil.copy(entry.path, os.path.join(folder, part))
        return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", os.path.join(folder, "src/cmd/sekisho"), *args]

    def read(self, path):
        with open(path, "rb") as f:
            return f.read()

    def run_command(self, *args, **kw):
        kw.setdefault("cwd", self.dir)
        kw.setdefault("timeout", 120)
        return subprocess.run([SEKISHO, *args], capture_output=True, check=False, **kw)

    def clean(self, *args, code=None, **kw):
        """The JSON rows of `clean --json`; checks the keys of each."""
        p = self.run_command("clean", "--json", *args, **kw)
        rows = [json.loads(line) for line in p.stdout.decode().splitlines()]
        for row in rows:
            self.assertEqual(set(row), KEYS)
        if code is not None:
            self.assertEqual(p.returncode, code, p.stderr.decode() + p.stdout.decode())
        return rows

    def one(self, data, name="x.bin", out="out"):
        """Clean one file; its row."""
        os.makedirs(self.path(out), exist_ok=True)
        rows = self.clean("-o", self.path(out), self.write(name, data))
        self.assertEqual(len(rows), 1)
        return rows[0]

    def codes(self, row):
        return {r["code"] for r in row["removed"]}

    def no_remains(self, folder):
        """Nothing temporary lies in a folder."""
        self.assertEqual([n for n in os.listdir(folder) if n.startswith(".sekisho-")], [])

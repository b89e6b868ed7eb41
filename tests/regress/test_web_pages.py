"""The pages in a real browser (Debian's Chromium) with a post that exists only in it: every page in both languages and two sizes looked at by axe, and
the queue of approvals worked off by keyboard and passkey. What they do with real posts: test_web.py, test_web_desk.py."""
import os
import subprocess
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WEB = os.path.join(ROOT, "web")
PATIENCE = 900
NO_BROWSER = 77


@unittest.skipUnless(os.path.isdir(os.path.join(WEB, "node_modules")), "the pages are not built here: ./do build says why")
class Pages(unittest.TestCase):
    def run_script(self, name):
        done = subprocess.run(["node", os.path.join(WEB, "e2e", name)], cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False)
        if done.returncode == NO_BROWSER:
            self.skipTest("there is no Chromium here")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_axe_finds_nothing_on_any_page(self):
        self.run_script("axe.mjs")

    def test_approvals_by_keyboard_and_passkey(self):
        self.run_script("keyboard.mjs")


if __name__ == "__main__":
    unittest.main()

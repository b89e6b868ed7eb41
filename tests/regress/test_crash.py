"""tests/crash.py, short: 200 transfers on each back end; with --long 2,000."""
import json
import unittest

import crash
import posts
from command import LONG


class Crash(unittest.TestCase):
    NUMBER, SEED = 2000 if LONG else 200, 4

    def storm(self, postgres):
        if not posts.possible():
            self.skipTest("members are system users of their own: that needs root")
        said = crash.run(self.NUMBER, self.SEED, postgres)
        print(json.dumps(said))
        self.assertEqual(said["sent"] + said["never acknowledged"], self.NUMBER)

    def test_sqlite(self):
        self.storm(False)

    def test_postgres(self):
        self.storm(True)


if __name__ == "__main__":
    unittest.main()

"""The pages of those who run a post: web/e2e/admin.mjs, in a real browser, with two real posts whose organisation the portal may change."""
import unittest

import web


@unittest.skipIf(web.missing(), web.missing())
@web.tells("admin.mjs")
class Admin(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stories = web.Stories("admin.mjs", settings={"lgwan": "organisation {policy}"})
        cls.addClassCleanup(cls.stories.close)


if __name__ == "__main__":
    unittest.main()

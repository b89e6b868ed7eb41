"""The pages of the portal as people meet them: the stories of web/e2e in a real browser, with two real posts. Each story that stands in a script is a
test; those of one class share their posts."""
import unittest

import web


class Told(unittest.TestCase):
    """Tells stories of `scripts`, at posts of their own."""

    scripts = ()

    @classmethod
    def setUpClass(cls):
        cls.stories = web.Stories(*cls.scripts)
        cls.addClassCleanup(cls.stories.close)


@unittest.skipIf(web.missing(), web.missing())
@web.tells("staff.mjs", "rough.mjs", "logins.mjs")
class Staff(Told):
    """What staff do all day, what can go wrong meanwhile, and how they log in."""

    scripts = ("staff.mjs", "rough.mjs", "logins.mjs")


@unittest.skipIf(web.missing(), web.missing())
@web.tells("desk.mjs")
class Desk(Told):
    """Those who decide, and those who audit."""

    scripts = ("desk.mjs",)


@unittest.skipIf(web.missing(), web.missing())
@web.tells("roles.mjs")
class Roles(Told):
    """Every page that each role sees, in both languages and two sizes."""

    scripts = ("roles.mjs",)


del Told  # it tells nothing itself


if __name__ == "__main__":
    unittest.main()

"""The pages of the portal as staff meet them: web/e2e/staff.mjs, in a real browser, with two real posts."""
import unittest

import web


@unittest.skipIf(web.missing(), web.missing())
class Staff(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stories = web.Stories()
        cls.addClassCleanup(cls.stories.close)

    def tell(self, story):
        failed = self.stories.run("staff.mjs", story)
        self.assertIsNone(failed, failed)

    def test_across(self):
        self.tell("across")

    def test_english_on_a_phone(self):
        self.tell("english")

    def test_many_files(self):
        self.tell("many")

    def test_portal_dies_under_an_upload(self):
        self.tell("cut")

    def test_session_ends_under_an_upload(self):
        self.tell("session")

    def test_logins(self):
        self.tell("logins")

    def test_code(self):
        self.tell("code")

    def test_password(self):
        self.tell("password")

    def test_refused(self):
        self.tell("refused")

    def test_two_tabs(self):
        self.tell("tabs")

    def test_strangers(self):
        self.tell("strangers")


if __name__ == "__main__":
    unittest.main()

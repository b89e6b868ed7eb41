"""Logging in at a real post: the portal, the gate and the role that looks at passwords. The device that counts codes is this test."""
import base64
import hashlib
import hmac
import struct
import time
import unittest

import posts
from logged import wait_for

SECRET, OTHER = "正しい長いパスワード", "別の長いパスワード"


def code(secret, step):
    """RFC 6238, with a code of its own."""
    h = hmac.new(base64.b32decode(secret), struct.pack(">Q", step), hashlib.sha1).digest()
    at = h[-1] & 15
    return f"{(struct.unpack('>I', h[at:at + 4])[0] & 0x7FFFFFFF) % 1000000:06d}"


@unittest.skipUnless(posts.possible(), "two posts need root")
class Logins(posts.PortalCase):
    def browser(self, name=None):
        b = self.lab.lgwan.log_in(name) if name else self.lab.lgwan.browser()
        self.addCleanup(b.close)
        return b

    def ok(self, b, word, **members):
        status, answer = b.ask(word, **members)
        self.assertEqual(status, 200, answer)
        return answer

    def refused(self, b, status, why, word, **members):
        got, answer = b.ask(word, **members)
        self.assertEqual((got, answer.get("why")), (status, why))

    def test_password_and_code(self):
        first, second = self.browser("ni"), self.browser()
        self.refused(second, 401, "no-session", "whoami")
        self.ok(first, "password.change", new=SECRET)
        self.refused(second, 403, "login-wrong", "login.password", member="ni", secret=OTHER)
        self.refused(second, 403, "login-wrong", "login.password", member="daremo", secret=SECRET)
        answer = self.ok(second, "login.password", member="ni", secret=SECRET)
        self.assertEqual((answer["login"], answer["factors"]), ("password", ["password"]))
        self.assertNotIn("session", answer)  # the token is for the cookie alone
        step = int(time.time()) // 30
        secret = self.ok(second, "factor.code.begin")["secret"]
        self.assertEqual(self.ok(second, "factor.code.confirm", code=code(secret, step))["login"], "two-factors")
        third = self.browser()
        self.assertEqual(self.ok(third, "login.password", member="ni", secret=SECRET)["more"], ["code"])
        self.refused(third, 403, "login-more", "password.change", secret=SECRET, new=OTHER)
        self.refused(third, 403, "login-wrong", "login.code", code=code(secret, step))
        self.assertEqual(self.ok(third, "login.code", code=code(secret, step + 1))["login"], "two-factors")
        self.ok(third, "password.change", secret=SECRET, new=OTHER)
        self.refused(second, 401, "no-session", "whoami")
        self.assertEqual(self.ok(third, "whoami")["member"], "ni")
        self.ok(third, "logout")
        self.refused(third, 401, "no-session", "whoami")

    def test_role_is_killed(self):
        b = self.browser("cho")
        self.ok(b, "password.change", new=SECRET)
        self.lab.lgwan.kill_role("login")
        said = []

        def answered():
            said.append(self.browser().ask("login.password", member="cho", secret=SECRET))
            return said[-1][0] != 503

        wait_for("the login role is not started anew", answered)
        status, answer = said[-1]
        self.assertEqual((status, answer["member"]), (200, "cho"))


if __name__ == "__main__":
    unittest.main()

"""The pages of those who decide, run a post or audit it: web/e2e/desk.mjs, in a real browser, with two real posts."""
import base64
import unittest

import samples
import web


class Stories(web.Stories):
    """And what these stories want done beside the browser."""

    def __init__(self, **options):
        super().__init__(**options)
        self.sent = {}

    def do_send(self, m):
        data = samples.SAMPLES[m["sample"]]()
        answer = self.lab.posts[m["post"]].who(m["as"]).send(data, m["name"], **m["members"])
        assert answer["status"] == "ok", answer
        self.sent[answer["transfer"]["id"]] = data
        return answer["transfer"]["id"]

    def do_sent(self, m):
        return base64.b64encode(self.sent[m["id"]]).decode()

    def do_row(self, m):
        return self.lab.posts[m["post"]].row(m["id"])

    def do_await(self, m):
        self.lab.posts[m["post"]].await_state(m["id"], *m["states"])


@unittest.skipIf(web.missing(), web.missing())
class Desk(unittest.TestCase):
    def setUp(self):
        """Posts of its own for each: who has a passkey from one story does not open a link in the next."""
        self.stories = Stories()
        self.addCleanup(self.stories.close)

    def tell(self, story):
        failed = self.stories.run("desk.mjs", story)
        self.assertIsNone(failed, failed)

    def test_approved_by_passkey(self):
        self.tell("approve")

    def test_denied_with_a_reason(self):
        self.tell("deny")

    def test_original(self):
        self.tell("original")

    def test_audit(self):
        self.tell("audit")


if __name__ == "__main__":
    unittest.main()

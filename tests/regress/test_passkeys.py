"""A passkey from end to end: registered at a post, an approval signed with it, believed by the other post, proved to an auditor. The
browser is this test, with another library than any of the programs use."""
import base64
import hashlib
import json
import os
import struct
import unittest

import posts
from command import Case
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

ORIGIN, PARTY = "https://portal.city.example", "portal.city.example"


def b64(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class Authenticator:
    """A security key and the browser before it."""

    def __init__(self, party=PARTY, origin=ORIGIN):
        self.key, self.id, self.counter, self.party, self.origin = ec.generate_private_key(ec.SECP256R1()), os.urandom(32), 0, party, origin
        numbers = self.key.public_key().public_numbers()
        self.x, self.y = (n.to_bytes(32, "big") for n in (numbers.x, numbers.y))

    def client(self, kind, challenge):
        return json.dumps({"type": f"webauthn.{kind}", "challenge": challenge, "origin": self.origin, "crossOrigin": False},
                          separators=(",", ":")).encode()

    def data(self, flags):
        self.counter += 1
        return hashlib.sha256(self.party.encode()).digest() + bytes([flags]) + struct.pack(">I", self.counter)

    def create(self, challenge):
        cose = b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20" + self.x + b"\x22\x58\x20" + self.y
        data = self.data(0x45) + bytes(16) + struct.pack(">H", len(self.id)) + self.id + cose
        return "\n".join(map(b64, (data, self.client("create", challenge))))

    def get(self, challenge):
        data, client = self.data(0x05), self.client("get", challenge)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return "\n".join(map(b64, (self.id, data, client, signature)))


@unittest.skipUnless(posts.possible(), "needs root: two posts and members that are system users")
class Passkeys(Case):
    def setUp(self):
        super().setUp()
        with open(posts.POLICY, encoding="utf-8") as f:
            policy = f.read().replace("approve by superior, deputy after 4 hours, bulk confidentiality <= \"1\"", "approve by superior, deputy after 4 hours, passkey").replace(
                "keep original 1 days", "keep original 1 days, release passkey")
        self.lab = posts.Lab(policy=policy)
        self.addCleanup(self.lab.close)
        self.post = self.lab.lgwan
        self.post.set(f"portal {ORIGIN}")
        self.lab.start()

    def register(self, member, auth):
        asked = self.post.ok(member, "passkey.challenge")
        self.assertEqual((asked["party"], asked["origin"]), (PARTY, ORIGIN))
        return self.post.ask(member, "passkey.add", assertion=auth.create(asked["challenge"]), title="鍵")

    def held(self):
        answer = self.post.who("ichi").send(b"a,b\n1,2\n", "t.csv", to="internet", route="file-out", **{"class": "2"})
        return self.post.await_state(answer["transfer"]["id"], "held")

    def approve(self, row, auth, member="cho", do="approve", sign="allow"):
        asked = self.to_sign(member, row, sign)
        return self.post.ask(member, do, id=row["id"], hold="approval", hash=asked["hash"], assertion=auth.get(asked["challenge"]))

    def to_sign(self, member, row, sign):
        return self.post.ok(member, "sign", id=row["id"], hold="approval", **({"allow": True} if sign == "allow" else {}))

    def refused(self, answer, why, field=None):
        self.assertEqual((answer["status"], answer.get("why"), answer.get("field")), ("refused", why, field))

    def test_across(self):
        key, row = Authenticator(), self.held()
        self.refused(self.post.ask("cho", "approve", id=row["id"], hash=row["output_hash"]), "passkey")
        self.refused(self.approve(row, key), "passkey-wrong", "passkey.form")  # nobody's yet
        self.assertEqual(self.register("cho", key)["passkey"]["title"], "鍵")
        self.refused(self.approve(row, Authenticator()), "passkey-wrong", "passkey.form")
        self.refused(self.approve(row, key, sign="deny"), "passkey-wrong", "passkey.other")
        self.assertEqual(self.approve(row, key)["status"], "ok")
        self.lab.internet.await_state(row["id"], "released")
        self.post.await_state(row["id"], "released")
        self.audit(row, key)

    def audit(self, row, key):
        """What somebody with a receipt and the key of the ledger can say."""
        entries = self.post.ledger()
        hashed = hashlib.sha256(key.x + key.y).hexdigest()
        owner = [e["personal.actor"]["value"] for e in entries if e["kind"] == "passkey.add" and e["hash.key"] == hashed]
        self.assertEqual(owner, ["cho"])
        for n in (n for n, e in enumerate(entries) if e["kind"] in ("transfer.vote", "transfer.offer") and e["transfer"] == row["id"]):
            self.proved(n, [("cho", "allow", "approval", "2", hashed)])
        self.assertEqual(entries[n]["auth"], "passkey")

    def proved(self, n, what):
        receipt = self.path(f"receipt{n}")
        self.post.run(posts.SEKISHO, "ledger", "prove", "--openings", "-o", receipt, os.path.join(self.post.folder, "ledger"), n)
        said = json.loads(self.post.run(posts.LEDGERVERIFY, "--json", "--key", os.path.join(self.post.folder, "ledger.pub"), receipt))
        self.assertEqual([(p["member"], p["decision"], p["hold"], p.get("class", ""), p["key"]) for p in said["passkeys"]], what)

    def test_keys_of_others_and_copies(self):
        key, other, row = Authenticator(), Authenticator(), self.held()
        self.register("cho", key)
        self.register("ni", other)
        self.refused(self.approve(row, other), "passkey-wrong", "passkey.form")  # the key of ni
        self.assertEqual(self.post.ask("ni", "approve", id=row["id"], hash=row["output_hash"], assertion="")["status"], "refused")
        self.assertEqual(self.approve(row, key, do="deny", sign="deny")["status"], "ok")
        self.post.await_state(row["id"], "denied")
        second = self.held()
        key.counter = 0  # a copy of the key that does not know how often the other one signed
        self.refused(self.approve(second, key), "passkey-wrong", "passkey.counter")

    def test_registering(self):
        for wrong in (Authenticator(party="evil.example"), Authenticator(origin="https://evil.example")):
            self.refused(self.register("cho", wrong), "passkey-wrong", "passkey.party")
        key = Authenticator()
        asked = self.post.ok("ni", "passkey.challenge")
        self.refused(self.post.ask("cho", "passkey.add", assertion=key.create(asked["challenge"]), title="x"), "passkey-wrong", "passkey.other")
        self.assertEqual(self.register("cho", key)["status"], "ok")
        self.refused(self.register("ni", key), "passkey-wrong", "known")
        self.refused(self.post.ask("ni", "passkey.remove", credential=key.id.hex()), "value", "credential")
        self.refused(self.post.ask("ni", "passkey.remove", credential=key.id.hex(), member="cho"), "no-right")
        self.post.ok("root", "passkey.remove", credential=key.id.hex(), member="cho")
        self.assertEqual(self.post.ok("cho", "passkey.list")["passkeys"], [])
        posts.wait_for("the ledger", lambda: self.logged() == ["passkey.add", "passkey.remove"])

    def logged(self):
        return [e["kind"] for e in self.post.ledger() if e["kind"].startswith("passkey")]

    def test_an_original(self):
        """Released by a signature that says for which request; the ledger of that post proves it."""
        self.lab.internet.stop()
        self.lab.internet.set(f"portal {ORIGIN}")
        self.lab.internet.start()
        self.post, key = self.lab.internet, Authenticator()
        self.register("cho", key)
        row = self.post.await_state(self.post.who("ichi").send(b"a,b\n1,2\n", "t.csv", to="lgwan", route="file-in")["transfer"]["id"], "released")
        request = self.post.ok("ichi", "original.ask", id=row["id"], reason="原本")["original"]["id"]
        self.refused(self.post.ask("ichi", "sign", id=request, hold="original", allow=True), "own")
        self.assertIs(self.post.ok("cho", "original.show", id=request)["passkey"], True)
        self.refused(self.post.ask("cho", "original.approve", id=request), "passkey")
        asked = self.post.ok("cho", "sign", id=request, hold="original", allow=True)
        self.refused(self.post.ask("cho", "original.deny", id=request, assertion=key.get(asked["challenge"])), "passkey-wrong", "passkey.other")
        self.post.ok("cho", "original.approve", id=request, policy=asked["policy"], assertion=key.get(asked["challenge"]))
        self.assertEqual(self.post.who("ichi").get(request, "original.get"), b"a,b\n1,2\n")
        self.assertEqual([(v["method"], v["counts"]) for v in self.post.ok("ichi", "original.show", id=request)["votes"]], [("passkey", True)])
        posts.wait_for("the ledger", lambda: "original.collect" in [e["kind"] for e in self.post.ledger()])
        n, vote = next((n, e) for n, e in enumerate(self.post.ledger()) if e["kind"] == "original.vote")
        self.assertEqual(vote["approval"], hashlib.sha256(request.encode()).hexdigest())
        self.proved(n, [("cho", "allow", "original", "", hashlib.sha256(key.x + key.y).hexdigest())])

    def test_without_a_portal(self):
        self.refused(self.lab.internet.ask("cho", "passkey.challenge"), "unready", "portal")

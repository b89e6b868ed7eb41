"""The ledger from outside: the command, the independent verifier, and what of it other people's code (cryptography) says, too."""
import base64
import hashlib
import json
import os
import struct
import subprocess
import unittest

from command import BUILD, Case, SEKISHO
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FEED = os.path.join(os.path.dirname(BUILD), "ledger", "feed-ledger")
VERIFY = os.path.join(BUILD, "sekisho-ledgerverify")


def key_id(name, kind, key):
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + key).digest()[:4]


def node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


class Ledger(Case):
    def setUp(self):
        super().setUp()
        self.ledger, self.key = self.path("ledger"), self.path("key")
        self.feed("create", self.ledger, self.key, "city.example/lgwan")
        self.feed("append", self.ledger, self.key, 1, 600, 100)
        self.witness = self.path("witness.pub")
        with open(self.witness, "w", encoding="ascii") as f:
            f.write(self.feed("cosign", self.ledger, self.key, self.path("state"), self.path("wkey"), "w.example/1"))

    def feed(self, *args):
        return subprocess.run([FEED, *map(str, args)], capture_output=True, text=True, check=True).stdout

    def run_it(self, *args, code, program=(SEKISHO, "ledger")):
        p = subprocess.run([*program, *map(str, args)], capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(p.returncode, code, p.stdout + p.stderr)
        return p.stdout

    def verify(self, *args, code=0):
        """What the verifier says, as JSON; it must say the same in words."""
        args = ["--key", os.path.join(self.ledger, "key.pub"), *args]
        for lang in ("ja", "en"):
            self.run_it("--lang", lang, *args, code=code, program=(VERIFY,))
        return json.loads(self.run_it("--json", *args, code=code, program=(VERIFY,)))

    def codes(self, said):
        return [f["code"] for f in said["findings"]]

    def receipt(self, entry, *options):
        path = self.path(f"receipt{len(os.listdir(self.dir))}")
        self.run_it("prove", *options, "-o", path, self.ledger, entry, code=0)
        return path

    def flip(self, name, at):
        path = os.path.join(self.ledger, name)
        data = bytearray(self.read(path))
        data[at] ^= 1
        with open(path, "wb") as f:
            f.write(data)

    def test_a_good_ledger(self):
        self.assertIn("600", self.run_it("verify", self.ledger, code=0))
        said = self.verify("--witness", self.witness, "--max-age", 600, self.ledger)
        self.assertEqual((said["verdict"], said["size"], said["entries"], said["findings"]), ("good", 600, 600, []))
        self.assertEqual(said["witnesses"][0]["size"], 600)
        self.assertEqual(json.loads(self.run_it("verify", "--json", self.ledger, code=0))["root"], said["root"])

    def test_show(self):
        rows = [json.loads(line) for line in self.run_it("show", "--json", self.ledger, 5, 7, code=0).splitlines()]
        self.assertEqual([r["index"] for r in rows], [5, 6, 7])
        self.assertEqual(rows[0]["entry"]["personal.requester"]["value"], "shokuin006@example.jp")
        self.assertIn("令和7年11月25日", self.run_it("show", self.ledger, 5, code=0))
        self.assertEqual(len(self.run_it("show", "--json", self.ledger, code=0).splitlines()), 600)
        for wrong in (("600",), ("x",), ("7", "5"), ("1", "600")):
            self.run_it("show", self.ledger, *wrong, code=2)

    def test_erasing_keeps_what_was_proven(self):
        before = self.receipt(5, "--openings")
        self.assertEqual(self.verify(before)["openings"], {"personal.requester": "shokuin006@example.jp"})
        self.feed("erase", self.ledger, self.key, 5)
        self.assertNotIn(b"shokuin006", self.read(os.path.join(self.ledger, "openings", "000")))
        self.assertIn("(erased)", self.run_it("show", "--lang", "en", self.ledger, 5, code=0))
        self.assertIn("消去済み", self.run_it("show", "--lang", "ja", self.ledger, 5, code=0))
        self.verify(self.ledger)
        self.verify(before)
        self.assertEqual(self.verify(self.receipt(5, "--openings"))["openings"], {})

    def test_a_receipt_by_the_texts_alone(self):
        """Read as tlog-proof, signed-note and tlog-cosignature say, with another library."""
        lines = self.read(self.receipt(333)).decode().split("\n")
        self.assertEqual(lines[0], "c2sp.org/tlog-proof@v1")
        extra = base64.b64decode(lines[1].removeprefix("extra "), validate=True).decode().split("\n")
        entry = base64.b64decode(extra[1].removeprefix("entry "), validate=True)
        self.assertIn(b"\noutbox 334\n", entry)
        gap = lines.index("")
        path = [base64.b64decode(line, validate=True) for line in lines[3:gap]]
        text, signatures = lines[gap + 1:gap + 4], [line.split(" ") for line in lines[gap + 5:] if line]
        index, size, h = 333, int(text[1]), hashlib.sha256(b"\0" + entry).digest()
        last = size - 1
        for p in path:
            if index & 1 or index == last:
                h = node(p, h)
                while not index & 1 and index:
                    index, last = index >> 1, last >> 1
            else:
                h = node(h, p)
            index, last = index >> 1, last >> 1
        self.assertEqual(base64.b64encode(h).decode(), text[2])
        body = ("\n".join(text) + "\n").encode()
        for line, kind in zip((extra[2], extra[3]), (1, 4)):
            name, hexid, raw = line.split(" ")[1].split("+", 2)
            raw = base64.b64decode(raw, validate=True)
            self.assertEqual((raw[0], hexid), (kind, key_id(name, kind, raw[1:]).hex()))
            signed = base64.b64decode(next(s[2] for s in signatures if s[1] == name), validate=True)
            self.assertEqual(signed[:4].hex(), hexid)
            message, signature = body, signed[4:]
            if kind == 4:
                message = f"cosignature/v1\ntime {struct.unpack('>Q', signed[4:12])[0]}\n".encode() + body
                signature = signed[12:]
            Ed25519PublicKey.from_public_bytes(raw[1:]).verify(signature, message)

    def offer(self, **changed):
        """An entry with an approval that a passkey signed, made as doc/passkey.md says by a third implementation; its receipt."""
        said = {"transfer": "ab" * 16, "output": "cd" * 32, "class": "2", "decision": "allow approval", "policy": "ef" * 32,
                "origin": "https://portal.city.example", "flags": 5, **changed}
        challenge = hashlib.sha256("".join(f"{line}\n" for line in (
            "sekisho-approval 1", said["transfer"], said["output"], said["class"], said["decision"], said["policy"])).encode()).digest()
        client = json.dumps({"type": "webauthn.get", "challenge": base64.urlsafe_b64encode(challenge).decode().rstrip("="),
                             "origin": said["origin"], "crossOrigin": False}, separators=(",", ":")).encode()
        data = hashlib.sha256(b"city.example").digest() + bytes([said["flags"]]) + struct.pack(">I", 4)
        key = ec.generate_private_key(ec.SECP256R1())
        numbers = key.public_key().public_numbers()
        text = [base64.b64encode(b).decode() for b in (
            "課長-1".encode(), b"2", numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big"), data, client,
            key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256())))]
        path = self.path("offer")
        with open(path, "w", encoding="utf-8") as f:
            f.write("kind transfer.offer\nclass 2\ntransfer " + "ab" * 16 + "\nhash.out " + "cd" * 32 + "\npersonal.assertion passkey1 es256 "
                    f"{text[0]} allow approval {'ef' * 32} {text[1]} city.example {' '.join(text[2:])}\n")
        entries = json.loads(self.run_it("verify", "--json", self.ledger, code=0))["size"]
        self.feed("say", self.ledger, self.key, 1000 + entries, path)
        return self.receipt(entries, "--openings")

    def test_passkeys(self):
        said = self.verify(self.offer())
        self.assertEqual(said["verdict"], "good")
        self.assertEqual([(p["member"], p["decision"], p["hold"], p["class"]) for p in said["passkeys"]], [("課長-1", "allow", "approval", "2")])
        for changed, code in (({"output": "00" * 32}, "assertion.other"), ({"decision": "deny approval"}, "assertion.other"),
                              ({"flags": 1}, "assertion.presence"), ({"origin": "https://evil.example"}, "assertion.party")):
            said = self.verify(self.offer(**changed), code=1)
            self.assertEqual(self.codes(said), [code])
            self.assertEqual(said["passkeys"], [])

    def test_what_is_brought_along_proves_nothing(self):
        receipt = self.receipt(3)
        said = json.loads(self.run_it("--json", receipt, code=2, program=(VERIFY,)))
        self.assertEqual((said["verdict"], self.codes(said)), ("unknown", ["trust.none"]))
        self.run_it("--trust-included", receipt, code=0, program=(VERIFY,))
        self.feed("create", self.path("other"), self.path("otherkey"), "city.example/lgwan")
        self.feed("append", self.path("other"), self.path("otherkey"), 1, 600, 100)
        self.assertEqual(self.codes(self.verify(self.path("other"), code=1)), ["checkpoint.key"])

    def test_damage_is_named(self):
        self.flip("tile/entries/001", 9000)
        self.run_it("verify", self.ledger, code=1)
        found = self.verify(self.ledger, code=1)["findings"]
        self.assertEqual([(f["code"], f["where"]) for f in found], [("entry.changed", "tile/entries/001")])
        self.flip("tile/entries/001", 9000)
        self.flip("tile/0/000", 1000)
        found = self.verify(self.ledger, code=1)["findings"]
        self.assertEqual([(f["code"], f["where"], f["entry"]) for f in found], [("tile.changed", "tile/0/000", 1000 // 32)])

    def test_a_fork_shown_to_a_witness(self):
        shown = os.path.join(self.path("state"), hashlib.sha256(b"city.example/lgwan").hexdigest())
        self.verify("--checkpoint", shown, self.ledger)
        fork = self.path("fork")
        self.feed("create", fork, self.key, "city.example/lgwan")
        self.feed("append", fork, self.key, 2, 600, 100)
        said = self.verify("--checkpoint", shown, fork, code=1)
        self.assertEqual(self.codes(said), ["log.fork"])
        said = self.verify("--checkpoint", shown, "--checkpoint", os.path.join(fork, "checkpoint"), code=1)
        self.assertEqual(self.codes(said), ["checkpoints.fork"])
        self.feed("create", self.path("cut"), self.key, "city.example/lgwan")
        self.feed("append", self.path("cut"), self.key, 1, 200, 100)
        self.assertEqual(self.codes(self.verify("--checkpoint", shown, self.path("cut"), code=1)), ["log.shorter"])

    def test_export_for_an_auditor(self):
        copy = self.path("copy")
        self.run_it("export", self.ledger, copy, code=0)
        self.assertEqual(sorted(os.listdir(copy)), ["checkpoint", "key.pub", "tile", "witness.pub", "witnessed"])
        self.verify("--witness", self.witness, copy)
        self.run_it("export", self.ledger, copy, code=2)

    def test_wrong_use(self):
        self.run_it(code=2)
        self.run_it("prove", self.ledger, code=2)
        self.run_it("prove", self.ledger, 600, code=2)
        self.run_it("verify", self.path("none"), code=2)
        self.run_it(code=2, program=(VERIFY,))
        self.run_it("--key", "x", self.ledger, code=2, program=(VERIFY,))
        self.run_it("--quorum", "-1", self.ledger, code=2, program=(VERIFY,))
        self.run_it(self.path("none"), code=2, program=(VERIFY,))
        self.assertEqual(self.codes(self.verify(self.write("nothing", b"nothing\n"), code=1)), ["receipt.malformed"])


if __name__ == "__main__":
    unittest.main()

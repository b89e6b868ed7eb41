"""Two real posts, asked by their portals alone: a link opens a session, a file is dropped on one side and fetched clean on the other."""
import contextlib
import io
import random
import re
import shutil
import sqlite3
import subprocess
import tempfile
import unittest
import zipfile
from pathlib import Path

from PIL import Image

import openapi
import portal
import posts
import web
from logged import wait_for

import samples


@unittest.skipUnless(posts.possible(), "two posts need root")
class PortalPosts(posts.PortalCase):
    def browser(self, post, name=None):
        b = post.log_in(name) if name else post.browser()
        self.addCleanup(b.close)
        return b

    def test_across(self):
        there, here = self.browser(self.lab.internet, "ichi"), self.browser(self.lab.lgwan, "ichi")
        self.assertEqual(there.ask("whoami")[1]["member"], "ichi")
        name, data = "申請書.docm", samples.docm_with_macro()
        status, answer = there.bring(name, data, to="lgwan", route="file-in", **{"class": "1"})
        self.assertEqual(status, 200, answer)
        id = answer["transfer"]["id"]
        wait_for(lambda: f"it never comes: {there.ask('show', id=id)} {here.ask('list')}",
                 lambda: here.ask("show", id=id)[1].get("transfer", {}).get("state") == "released")
        r = here.fetch(id)
        self.assertEqual(r.status, 200)
        self.assertNotEqual(r.body, b"")
        self.assertRegex(r.headers["Content-Disposition"], "^attachment; ")
        wait_for(lambda: f"it is never counted: {here.ask('show', id=id)}", lambda: here.ask("show", id=id)[1]["transfer"]["downloads"] == 1)
        self.assertEqual(there.fetch(id).status, 409)  # it is collected at the other post
        stranger = self.browser(self.lab.lgwan, "ni")
        self.assertEqual(stranger.fetch(id).status, 404)

    def test_pages(self):
        """Every page is drawn in a jail, once; it is seen by who may see what is in it, and gone with it."""
        there, b, other = (self.browser(*who) for who in ((self.lab.internet, "ichi"), (self.lab.lgwan, "ichi"), (self.lab.lgwan, "ni")))
        status, answer = there.bring("案.pdf", samples.pdf_pages(3), to="lgwan", route="file-in", **{"class": "1"})
        self.assertEqual(status, 200, answer)
        id = answer["transfer"]["id"]
        wait_for(lambda: f"it never comes: {b.ask('show', id=id)}",
                 lambda: b.ask("show", id=id)[1].get("transfer", {}).get("state") == "released")
        self.assertEqual(b.ask("pages", id=id)[1].get("pages"), 3)
        pictures = [b.request("GET", f"/api/v1/transfers/{id}/pages/{n}.png") for n in (1, 2, 3, 3)]
        for r in pictures:
            self.assertEqual((r.status, r.headers["Content-Type"]), (200, "image/png"))
            with Image.open(io.BytesIO(r.body)) as picture:
                picture.load()
                self.assertEqual(picture.mode, "RGB")
                self.assertGreater(min(picture.size), 300)
        self.assertEqual(len({r.body for r in pictures}), 3)
        self.assertEqual(b.request("GET", f"/api/v1/transfers/{id}/pages/4.png").status, 400)
        self.assertEqual(b.request("GET", f"/api/v1/transfers/{id}/pages/0.png").status, 400)
        self.assertEqual(b.ask("page", id=id, number=1)[0], 404)  # no ask of a browser
        self.assertEqual(other.request("GET", f"/api/v1/transfers/{id}/pages/1.png").status, 404)
        self.assertEqual(other.ask("pages", id=id)[0], 404)

    def test_page_of_office_file(self):
        there, b = self.browser(self.lab.internet, "ichi"), self.browser(self.lab.lgwan, "ichi")
        id = there.bring("申請書.docm", samples.docm_with_macro(), to="lgwan", route="file-in", **{"class": "1"})[1]["transfer"]["id"]
        wait_for(lambda: f"it never comes: {b.ask('show', id=id)}",
                 lambda: b.ask("show", id=id)[1].get("transfer", {}).get("state") == "released")
        if not shutil.which("soffice"):
            self.assertEqual(b.ask("pages", id=id)[1].get("why"), "no-pages")
            return
        self.assertEqual(b.ask("pages", id=id), (200, {"status": "ok", "pages": 1}))
        with Image.open(io.BytesIO(b.request("GET", f"/api/v1/transfers/{id}/pages/1.png").body)) as picture:
            self.assertGreater(len(picture.convert("L").getcolors()), 2)  # words stand on it

    def look_at(self, there, b, name, data):
        """Its pages as pictures at the other post."""
        status, answer = there.bring(name, data, to="lgwan", route="file-in", **{"class": "1"})
        self.assertEqual(status, 200, answer)
        id = answer["transfer"]["id"]
        wait_for(lambda: f"it never comes: {b.ask('show', id=id)}",
                 lambda: b.ask("show", id=id)[1].get("transfer", {}).get("state") == "released")
        status, answer = b.ask("pages", id=id)
        self.assertEqual(status, 200, (name, answer))
        out = []
        for n in range(1, answer["pages"] + 1):
            r = b.request("GET", f"/api/v1/transfers/{id}/pages/{n}.png")
            self.assertEqual((r.status, r.headers["Content-Type"]), (200, "image/png"), (name, r.body[:200]))
            with Image.open(io.BytesIO(r.body)) as picture:
                out.append(picture.convert("RGB"))
        self.assertEqual(b.request("GET", f"/api/v1/transfers/{id}/pages/{len(out) + 1}.png").status, 400)
        return id, out

    @staticmethod
    def picture():
        data = io.BytesIO()
        Image.new("RGB", (300, 200), (200, 30, 30)).save(data, "PNG")
        return data.getvalue()

    def test_every_kind_has_pages(self):
        there, b = self.browser(self.lab.internet, "ichi"), self.browser(self.lab.lgwan, "ichi")
        _, (page,) = self.look_at(there, b, "赤.png", self.picture())
        colours = {c for _, c in page.getcolors(1 << 24)}
        self.assertTrue(any(r > 150 and g < 80 and bl < 80 for r, g, bl in colours), "the picture is not what was sent")
        if not shutil.which("soffice"):
            return
        mail = "From: ichi@example.jp\r\nTo: ni@example.jp\r\nDate: Mon, 23 Nov 2026 09:00:00 +0900\r\nSubject: test\r\n\r\nhello\r\n"
        for name, data in (("a.txt", "本文\n"), ("b.csv", "番号,名前\n1,市民課\n"), ("c.html", "<!doctype html><title>t</title><p>本文"), ("d.eml", mail)):
            _, pages = self.look_at(there, b, name, data.encode())
            self.assertEqual(len(pages), 1, name)
            self.assertGreater(len(pages[0].convert("L").getcolors()), 2, name)  # words stand on it
        _, pages = self.look_at(there, b, "長い.txt", "".join(f"{i} 行目\n" for i in range(400)).encode())
        self.assertGreater(len(pages), 3)
        self.assertEqual(len({p.tobytes() for p in pages}), len(pages))

    def test_what_is_printed_is_kept_with_it(self):
        """Once for all pages, as long as a transfer has the file; then it goes as they do."""
        if not shutil.which("soffice"):
            self.skipTest("no LibreOffice")
        there, b = self.browser(self.lab.internet, "ichi"), self.browser(self.lab.lgwan, "ichi")
        id, pages = self.look_at(there, b, "長い.txt", "".join(f"{i} 番\n" for i in range(300)).encode())
        output = bytes.fromhex(b.ask("show", id=id)[1]["transfer"]["output_hash"])
        with contextlib.closing(sqlite3.connect(f"file:{self.lab.lgwan.folder}/store/store.sqlite?mode=ro", uri=True)) as db:
            rows = db.execute("SELECT number, pages, image FROM sheet WHERE output = ? ORDER BY number", (output,)).fetchall()
        self.assertEqual([n for n, _, _ in rows], list(range(len(pages) + 1)))
        self.assertEqual({n for _, n, _ in rows}, {len(pages)})
        self.assertEqual(len({image for _, _, image in rows}), len(rows))

    def test_receipt(self):
        """Printed at both posts for whoever may see the transfer; its QR code says the same as the paper."""
        there, b, other = (self.browser(*who) for who in ((self.lab.internet, "ichi"), (self.lab.lgwan, "ichi"), (self.lab.lgwan, "ni")))
        id = there.bring("=見積書.txt", "本文\n".encode(), to="lgwan", route="file-in", **{"class": "1"})[1]["transfer"]["id"]
        wait_for(lambda: f"it never comes: {b.ask('show', id=id)}",
                 lambda: b.ask("show", id=id)[1].get("transfer", {}).get("state") == "released")
        path = f"/api/v1/transfers/{id}/receipt.pdf"
        self.assertEqual(other.request("GET", path).status, 404)
        self.assertEqual(b.ask("receipt", id=id)[0], 404)  # no ask of a browser
        for browser in (there, b):
            wait_for(lambda: f"no proof: {browser.request('GET', path).body[:200]}", lambda: "sekisho-ledgerverify" in self.receipt(browser, path)[0])
            text, code = self.receipt(browser, path)
            for word in ("移送証明書", "Receipt of a transfer", id, "=見積書.txt", "internet", "lgwan", b.ask("show", id=id)[1]["transfer"]["output_hash"]):
                self.assertIn(word, text)
            self.assertTrue(code.startswith("sekisho 1\n"), code)
            self.assertEqual(len(code.strip().split("\n")), 4)
            for word in code.strip().split("\n")[1:]:
                self.assertIn(word, text)

    def receipt(self, browser, path):
        r = browser.request("GET", path)
        self.assertEqual((r.status, r.headers["Content-Type"]), (200, "application/pdf"), r.body[:300])
        self.assertRegex(r.headers["Content-Disposition"], "^attachment; ")
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "r.pdf").write_bytes(r.body)
            text = subprocess.run(["pdftotext", "-layout", "r.pdf", "-"], cwd=folder, capture_output=True, check=True, timeout=60).stdout.decode()
            subprocess.run(["pdftoppm", "-r", "150", "-png", "-singlefile", "r.pdf", "r"], cwd=folder, check=True, timeout=60)
            code = subprocess.run(["zbarimg", "-q", "--raw", "r.png"], cwd=folder, capture_output=True, timeout=60).stdout.decode()
        return text, code

    def test_session_ends_under_an_upload(self):
        b = self.browser(self.lab.internet, "ni")
        r = b.request("POST", "/api/v1/uploads", b'{"size":100}')
        upload = portal.json.loads(r.body)["upload"]
        patch = f"/api/v1/uploads/{upload}"
        self.assertEqual(b.request("PATCH", patch, b"x" * 40, {"Upload-Offset": "0"}).status, 204)
        self.assertEqual(b.ask("logout")[0], 200)
        self.assertEqual(b.request("PATCH", patch, b"x" * 60, {"Upload-Offset": "40"}).status, 401)
        again, other = self.browser(self.lab.internet, "ni"), self.browser(self.lab.internet, "ichi")
        self.assertEqual(other.request("PATCH", patch, b"x" * 60, {"Upload-Offset": "40"}).status, 404)
        self.assertEqual(again.request("HEAD", patch).headers["Upload-Offset"], "40")
        self.assertEqual(again.request("PATCH", patch, b"x" * 60, {"Upload-Offset": "40"}).status, 204)
        self.assertEqual(again.ask("send", to="lgwan", name="x.txt", route="file-in", upload=upload, **{"class": "1"})[0], 200)

    def test_events(self):
        """Whoever is concerned is told each state; others are not; the stream ends with its gate."""
        there, other, here = self.browser(self.lab.internet, "ichi"), self.browser(self.lab.internet, "ni"), self.browser(self.lab.lgwan, "ichi")
        mine, his, arrives = there.events(), other.events(), here.events()
        for stream in (mine, his, arrives):
            self.assertEqual(next(stream)[0], "begun")
        id = there.bring("a.csv", b"a,b\n1,2\n", to="lgwan", route="file-in", **{"class": "1"})[1]["transfer"]["id"]
        seen = []
        for event, data in mine:
            if event == "transfer" and data["id"] == id:
                if data["state"] not in seen[-1:]:  # how far a worker has come is told in between
                    seen.append(data["state"])
                if data["state"] == "released":
                    break
        self.assertEqual(seen[0], "cleaning")
        self.assertEqual(len(set(seen)), len(seen))
        self.assertEqual(next(d["state"] for e, d in arrives if e == "transfer" and d["id"] == id and d["state"] == "released"), "released")
        own = other.bring("b.csv", b"a,b\n1,2\n", to="lgwan", route="file-in", **{"class": "1"})[1]["transfer"]["id"]
        for event, data in his:
            self.assertNotEqual(data.get("id"), id)
            if event == "transfer" and data["id"] == own:
                break
        self.lab.internet.kill_role("gate")
        self.assertNotIn(None, [e for e, _ in his])  # all that was told, and the end
        for stream in (mine, his, arrives):
            stream.close()
        self.assertEqual(self.browser(self.lab.internet).request("GET", "/api/v1/events").status, 401)
        self.lab.await_link()

    def test_tasks_are_counted(self):
        """What waits is told with its numbers: at first, and when they are others; to whom it is the same, nothing."""
        there, here = self.browser(self.lab.internet, "dairi"), self.browser(self.lab.lgwan, "dairi")
        stream = here.events()
        self.assertEqual(next(stream)[0], "begun")
        before = next(d for e, d in stream if e == "tasks")
        self.assertEqual(before, {k: v for k, v in here.ask("tasks")[1].items() if k != "status"})
        status, answer = there.bring("a.csv", b"a,b\n1,2\n", to="lgwan", route="file-in", **{"class": "1"})
        self.assertEqual(status, 200, answer)
        after = next(d for e, d in stream if e == "tasks")
        self.assertEqual(after, {**before, "received": before["received"] + 1})
        stream.close()

    def test_progress_of_a_long_one(self):
        """What it is at, and how far: told by the worker at it, at the post that cleans and at the one that checks."""
        there, here = self.browser(self.lab.internet, "dairi"), self.browser(self.lab.lgwan, "dairi")
        streams = [self.begun(there), self.begun(here)]
        data, rng = io.BytesIO(), random.Random(5)
        with zipfile.ZipFile(data, "w", zipfile.ZIP_STORED) as z:
            for i in range(64):
                z.writestr(f"{i}.txt", rng.randbytes(25000).hex() + "\n")  # it does not become small
        status, answer = there.bring("a.zip", data.getvalue(), to="lgwan", route="file-in", **{"class": "1"})
        self.assertEqual(status, 200, answer)
        told = []
        for stream in streams:
            seen = []
            for event, data in stream:
                if event == "transfer" and data["id"] == answer["transfer"]["id"]:
                    seen.append(data)
                    if data["state"] == "released":
                        break
            told.append([d for d in seen if "percent" in d])
            stream.close()
        self.assertTrue({"clean", "check"} <= {d["part"] for d in told[0]}, told)
        self.assertEqual({d["state"] for d in told[0]}, {"cleaning"})
        self.assertEqual([d["percent"] for d in told[0]], sorted(d["percent"] for d in told[0]))
        self.assertIn(("crossed", "check"), [(d["state"], d["part"]) for d in told[1]])

    def ends(self, stream):
        """What is told of the session until the stream ends."""
        return [data for event, data in stream if event == "session"]

    def begun(self, browser):
        stream = browser.events()
        self.assertEqual(next(stream)[0], "begun")
        return stream

    def test_stream_ends_with_its_session(self):
        post = self.lab.internet
        one, two, other = (self.browser(post, name) for name in ("dairi", "dairi", "ni"))
        streams = [self.begun(b) for b in (one, two, other)]
        # one session is ended from another one
        number = next(s["number"] for s in two.ask("session.list")[1]["sessions"] if not s["own"] and s["number"] == one.ask("whoami")[1]["session"])
        self.assertEqual(two.ask("session.end", number=number)[1]["ended"], 1)
        self.assertEqual(self.ends(streams[0]), [{"ended": True}])
        self.assertEqual(one.request("GET", "/api/v1/events").status, 401)
        # logged out
        self.assertEqual(two.ask("logout")[0], 200)
        self.assertEqual(self.ends(streams[1]), [{"ended": True}])
        # the account is closed by who runs the post
        post.ok("root", "user.disable", member="ni")
        self.assertEqual(self.ends(streams[2]), [{"ended": True}])
        post.ok("root", "user.enable", member="ni")

    def test_raised_session_is_told(self):
        b = self.browser(self.lab.internet, "sa")
        stream = self.begun(b)
        secret = b.ask("factor.code.begin")[1]["secret"]
        old = dict(b.cookies)
        status, answer = b.ask("factor.code.confirm", code=web.totp(secret))
        self.assertEqual((status, answer["login"]), (200, "two-factors"), answer)
        told = next(data for event, data in stream if event == "session")
        self.assertEqual((told["login"], told["enough"], sorted(told["factors"])), ("two-factors", True, ["code", "link"]))
        # another token opens it now, and its stream goes on
        self.assertNotEqual(old["__Host-sekisho"], b.cookies["__Host-sekisho"])
        self.assertEqual(b.ask("logout")[0], 200)
        self.assertEqual(self.ends(stream), [{"ended": True}])
        self.lab.internet.ok("root", "factor.remove", member="sa")

    def test_fixation(self):
        """A cookie that somebody planted before a login opens nothing afterwards, whoever's it was; each login and each raise has a token of its own."""
        post = self.lab.internet
        thief, made_up = self.browser(post, "ni"), "5a" * 32
        for planted in (thief.cookies["__Host-sekisho"], made_up):
            victim = self.browser(post)
            victim.cookies = {"__Host-sekisho": planted}
            status, answer = victim.ask("login.link", token=post.ok("root", "user.invite", member="ichi")["link"])
            self.assertEqual((status, answer["member"]), (200, "ichi"))
            self.assertNotEqual(victim.cookies["__Host-sekisho"], planted)
            who = self.browser(post)
            who.cookies = {"__Host-sekisho": planted}
            self.assertEqual(who.ask("whoami")[0], 401)
        # what the browser had before a raise is void at once
        before = victim.cookies["__Host-sekisho"]
        self.assertEqual(victim.ask("factor.code.confirm", code=web.totp(victim.ask("factor.code.begin")[1]["secret"]))[0], 200)
        who.cookies = {"__Host-sekisho": before}
        self.assertEqual(who.ask("whoami")[0], 401)
        self.assertEqual(victim.ask("factor.remove")[0], 200)
        # and a token is no more than its session: it says nothing in an address, nor as a member
        who.cookies = {}
        token = victim.cookies["__Host-sekisho"]
        self.assertEqual(who.request("POST", f"/api/v1/whoami?session={token}", b"{}").status, 401)
        self.assertEqual(who.ask("whoami", session=token)[1]["why"], "no-such-member")

    HOSTILE = ("<script>alert(1)<script>.txt", "\"><img src=x onerror=alert(1)>.txt", "javascript:alert(1).txt", "<svg onload=alert(1)>.txt", "{{7*7}}${7*7}<%=7%>.txt",
               "'-alert(1)-'.txt", "&lt;script&gt;&#60;.txt", "\u202etxt.exe", "=HYPERLINK(\"evil.example\").csv")

    def test_hostile_names(self):
        """What people write comes back as it is, in nothing but JSON that no browser takes for a page, and stands in no head."""
        there, here = self.browser(self.lab.internet, "ichi"), self.browser(self.lab.lgwan, "ichi")
        sent = {}
        for name in ("</script>.txt", "../x.txt", "a\r\nSet-Cookie: a=b.txt"):
            self.assertEqual(there.bring(name, b"a\n", to="lgwan", route="file-in", **{"class": "1"})[1].get("why"), "value", name)
        for name in self.HOSTILE:
            reason = name[:-4] + "\n</script><script>alert(2)</script>"
            status, answer = there.bring(name, b"a,b\n1,2\n", to="lgwan", route="file-in", reason=reason, **{"class": "1"})
            self.assertEqual(status, 200, answer)
            sent[answer["transfer"]["id"]] = name, reason
        for id, (name, reason) in sent.items():
            wait_for(lambda id=id: f"it never comes: {here.ask('show', id=id)}", lambda id=id: here.ask("show", id=id)[1].get("transfer", {}).get("state") == "released")
            for b in (there, here):
                r = b.request("POST", "/api/v1/show", portal.json.dumps({"id": id}).encode())
                self.assertEqual((r.headers["Content-Type"], r.headers["X-Content-Type-Options"]), ("application/json", "nosniff"))
                shown = portal.json.loads(r.body)["transfer"]
                self.assertEqual(shown["name"], name)
                self.assertEqual(shown.get("reason"), reason if b is there else None)  # the reason stays where it was said
            r = here.fetch(id)
            self.assertEqual(r.status, 200)
            self.assertRegex(r.headers["Content-Disposition"], r'^attachment; filename="[ -!#-\[\]-~]*"; filename\*=UTF-8\'\'[A-Za-z0-9%._~!#$&+^`|-]*$')
            self.assertEqual((r.headers["Content-Type"], r.headers["X-Content-Type-Options"]), ("application/octet-stream", "nosniff"))
            self.assertTrue(all(not re.search("alert|script|onload", value) for value in r.headers.values() if not value.startswith(("default-src", "attachment"))))

    def test_strangers(self):
        b = self.browser(self.lab.internet)
        for word, members in (("whoami", {}), ("list", {}), ("status", {}), ("backup", {"folder": "/tmp/x"})):
            status, answer = b.ask(word, **members)
            self.assertEqual((status, answer["why"]), (401, "no-session"), word)
        b.cookies["__Host-sekisho"] = "0" * 63 + "1"
        self.assertEqual(b.ask("list")[0], 401)
        link = self.lab.internet.ok("root", "user.invite", member="sa")["link"]
        self.assertEqual(b.ask("login.link", token=link)[0], 200)
        first = dict(b.cookies)
        self.assertEqual(b.ask("whoami")[1]["member"], "sa")
        other = self.browser(self.lab.internet)
        self.assertEqual(other.ask("login.link", token=link)[0], 403)  # once
        self.assertEqual(b.ask("logout")[0], 200)
        b.cookies = first
        self.assertEqual(b.ask("whoami")[0], 401)

    def test_portal_is_killed(self):
        """Another comes in its place, at the same address; sessions and uploads go on."""
        post, b = self.lab.lgwan, self.browser(self.lab.lgwan, "cho")
        r = b.request("POST", "/api/v1/uploads", b'{"size":100000}')
        patch = f"/api/v1/uploads/{portal.json.loads(r.body)['upload']}"
        self.assertEqual(b.request("PATCH", patch, b"x" * 99999, {"Upload-Offset": "0"}).status, 204)
        post.kill_role("portal")
        b.close()

        def back():
            try:
                return b.request("HEAD", patch)
            except OSError:
                b.close()
                return None

        def sent():
            try:
                return b.ask("send", to="internet", name="x.txt", upload=patch[-32:], **{"class": "1"})
            except OSError:
                b.close()
                return None
        r = wait_for("it never comes back", back)
        self.assertEqual((r.status, r.headers["Upload-Offset"]), (200, "65536"))
        self.assertEqual(b.ask("whoami")[1]["member"], "cho")
        self.assertEqual(b.request("PATCH", patch, b"x" * (100000 - 65536), {"Upload-Offset": "65536"}).status, 204)
        post.kill_role("portal")  # what is whole is found by the send, too
        b.close()
        status, answer = wait_for("it is never sent", sent)
        self.assertEqual(status, 200, answer)

    # --- every ask by everybody, as doc/openapi.json describes it ---

    VALUES = {"integer": 1, "boolean": True}

    def value(self, schema):
        if "pattern" in schema:
            return "0" * (64 if "64" in schema["pattern"] else 32)
        return self.VALUES.get(schema.get("type"), "x")

    def look(self, word, operation, status, answer):
        """It is one of the answers that are described."""
        self.assertIn(str(status), operation["responses"], (word, answer))
        self.assertNotIn(answer.get("why"), ("fault", "lost", "no-gate"), (word, answer))
        if status == 200:
            self.assertEqual(answer["status"], "ok", word)
            return
        self.assertEqual((answer["status"], {"status", "why", "text"} - set(answer)), ("refused", set()), word)
        whys = operation["responses"][str(status)]["content"]["application/json"]["schema"]["allOf"][1]["properties"]["why"]["enum"]
        self.assertIn(answer["why"], whys, word)
        self.assertNotIn("{1}", answer["text"], word)

    def test_everything_by_everybody(self):
        paths = {path[8:]: entry["post"] for path, entry in openapi.build()["paths"].items() if "{" not in path and "requestBody" in entry.get("post", {}) and path != "/api/v1/uploads"}
        self.assertGreater(len(paths), 50)
        stranger = self.browser(self.lab.internet)
        for name in (None, "ichi", "cho", "kan", "sa"):
            b = self.browser(self.lab.internet, name) if name else stranger
            for word, operation in sorted(paths.items()):
                schema = operation["requestBody"]["content"]["application/json"]["schema"]
                body = {m: self.value(schema["properties"][m]) for m in schema.get("required", [])}
                status, answer = b.ask(word, **body)
                with self.subTest(word=word, name=name):
                    self.look(word, operation, status, answer)
                    if name is None and operation["x-needs"] != "nothing":
                        self.assertEqual((status, answer["why"]), (401, "no-session"))
                    elif name:
                        self.assertNotEqual(status, 401)
                if name and word in ("logout", "login.link", "session.end", "password.change"):
                    b = self.browser(self.lab.internet, name)


if __name__ == "__main__":
    unittest.main()

"""Mails through the command, read again by Python's own reader of mail."""
import base64
import email
import email.policy
import io
import os
import zipfile

import samples
from command import Case


def part(kind, data, *fields):
    head = "".join(f + "\r\n" for f in fields)
    return f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n{head}\r\n".encode() + base64.encodebytes(data)


def attachment(name, data, kind="application/octet-stream"):
    return part(kind, data, f'Content-Disposition: attachment; filename="{name}"')


def mail(*parts, kind="mixed", head=()):
    top = ["From: =?ISO-2022-JP?B?" + base64.b64encode("総務課".encode("iso2022_jp")).decode() + "?= <a@example.jp>", "To: b@example.jp",
           "Date: Wed, 01 Apr 2026 09:00:00 +0900", "Subject: =?Shift_JIS?B?" + base64.b64encode("会議の件①".encode("cp932")).decode() + "?=",
           "MIME-Version: 1.0", *head, f'Content-Type: multipart/{kind}; boundary="cut"']
    return "\r\n".join(top).encode() + b"\r\n\r\n" + b"".join(b"--cut\r\n" + p + b"\r\n" for p in parts) + b"--cut--\r\n"


WORDS = b"Content-Type: text/plain; charset=ISO-2022-JP\r\n\r\n\x1b$B2q5D\x1b(B KEPT\r\n"


class Mail(Case):
    def read_mail(self, row):
        self.assertEqual((row["verdict"], row["output_type"]), ("clean", "eml"), row)
        return email.message_from_bytes(self.read(row["output"]), policy=email.policy.default)

    def again(self, row):
        """A second pass changes and removes nothing."""
        os.makedirs(self.path("again"), exist_ok=True)
        second = self.clean("-o", self.path("again"), row["output"], code=0)[0]
        self.assertEqual((second["removed"], second["sha256_out"]), ([], row["sha256_out"]))

    def test_one_attachment_of_each_kind(self):
        inputs = samples.make(self.path("in"))
        parts = [attachment(os.path.basename(p), self.read(p)) for p in inputs]
        row = self.one(mail(WORDS, *parts, attachment("run.exe", samples.program())), "all.eml")
        msg = self.read_mail(row)
        self.assertEqual((msg["Subject"], msg["From"].addresses[0].display_name), ("会議の件①", "総務課"))
        got = {p.get_filename(): p.get_content() for p in msg.iter_attachments()}
        self.assertEqual(len(got), len(inputs) + 1)
        for name, data in got.items():
            data = data.encode() if isinstance(data, str) else data
            self.assertNotIn(samples.MARK.encode(), data, name)
        self.assertTrue(zipfile.ZipFile(io.BytesIO(got["application.docx"])).namelist())
        self.assertIn("「run.exe」は取り除かれました。", got["run.txt"])
        self.assertLessEqual({"pdf.javascript", "office.macro", "mail.part"}, self.codes(row))
        self.again(row)

    def test_japanese_survives(self):
        texts = {"iso-2022-jp": "会議の資料", "shift_jis": "ソ表能①㈱髙 ｶﾅ", "euc-jp": "予定表", "utf-8": "令和八年 \ue000 葛\U000e0100 〜"}
        codecs = {"shift_jis": "cp932"}
        for charset, text in texts.items():
            raw = text.encode(codecs.get(charset, charset))
            row = self.one(mail(part(f"text/plain; charset={charset}", raw), attachment("=?utf-8?B?" + base64.b64encode("表.txt".encode()).decode() + "?=", b"x")), charset + ".eml")
            msg = self.read_mail(row)
            self.assertEqual(msg.get_body().get_content().strip(), text)
            self.assertEqual([p.get_filename() for p in msg.iter_attachments()], ["表.txt"])
            self.again(row)

    def test_what_programs_read_differently(self):
        torn = b"From: a@example.jp\r\nTo: b@example.jp\r\nContent-Type: text/plain\r\nContent-Type: text/html\r\n\r\nx\r\n"
        row = self.one(torn, "torn.eml")
        self.assertEqual((row["verdict"], row["reason"]["code"]), ("refused", "polyglot"))
        two = part('text/plain; name="a.txt"', b"PLANTED", 'Content-Disposition: attachment; filename="a.js"')
        row = self.one(mail(WORDS, two), "names.eml")
        self.assertNotIn("PLANTED", "".join(p.get_content() for p in self.read_mail(row).walk() if not p.is_multipart()))
        self.assertIn("mail.name", self.codes(row))
        row = self.one(mail(WORDS, b"Content-Type: message/external-body; access-type=URL\r\n\r\n\r\n"), "outside.eml")
        self.assertIn("mail.external", self.codes(row))
        self.again(row)

    def test_mails_in_mails_and_archives(self):
        inner = mail(WORDS, attachment("run.js", b"PLANTED"), head=("X-Secret: PLANTED",))
        row = self.one(mail(WORDS, b"Content-Type: message/rfc822\r\n\r\n" + inner), "outer.eml")
        self.assertNotIn(b"PLANTED", self.read(row["output"]))
        nested = [p for p in self.read_mail(row).walk() if p.get_content_type() == "message/rfc822"]
        self.assertEqual(nested[0].get_content()["Subject"], "会議の件①")
        self.again(row)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as z:
            z.writestr("a.eml", inner)
        self.assertEqual(self.one(out.getvalue(), "mails.zip")["verdict"], "clean")

    def test_folders_become_archives_of_mails(self):
        one = mail(WORDS).replace(b"\r\n", b"\n")
        row = self.one(b"".join(b"From a@example.jp Wed Apr  1 09:00:00 2026\n" + one + b"\n" for _ in range(3)), "box.mbox")
        self.assertEqual((row["type"], row["output_type"]), ("mbox", "zip"))
        with zipfile.ZipFile(row["output"]) as z:
            self.assertEqual(z.namelist(), ["mail-0001.eml", "mail-0002.eml", "mail-0003.eml"])

    def test_pictures_of_pages_resolve(self):
        page = part("text/html; charset=Shift_JIS", "<p>会議<img src='cid:one%40x'><img src='cid:gone@x'><img src='http://example.com/a.png'>".encode("cp932"))
        picture = part("image/png", samples.png(), "Content-ID: <one@x>")
        row = self.one(mail(page, picture, kind="related"), "page.eml")
        msg = self.read_mail(row)
        text = next(p for p in msg.walk() if p.get_content_type() == "text/html").get_content()
        self.assertIn("cid:one@x", text)
        self.assertIn("会議", text)
        self.assertNotIn("gone", text)
        self.assertNotIn("example.com", text)
        self.assertEqual([p["Content-ID"] for p in msg.walk() if p.get_content_type() == "image/png"], ["<one@x>"])
        self.again(row)

    def test_text_stays_a_mail_without_pages(self):
        page = part("text/html; charset=utf-8", "<p>会議</p><script>PLANTED</script>".encode())
        data = mail(page, attachment("a.csv", b"a,b\r\n1,2\r\n"))
        os.makedirs(self.path("out"))
        row = self.clean("--method", "text", "-o", self.path("out"), self.write("page.eml", data), code=0)[0]
        msg = self.read_mail(row)
        self.assertEqual({p.get_content_type() for p in msg.walk()}, {"multipart/mixed", "text/plain"})
        self.assertIn("会議", msg.get_body().get_content())
        self.assertNotIn(b"PLANTED", self.read(row["output"]))

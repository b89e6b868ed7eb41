"""Web pages in one file, as Chrome, Word, Excel and Internet Explorer write them: what other readers see of the result, by every method."""
import base64
import email.message
import os
import quopri
import subprocess
import unittest

from command import Case

OFFICE = "/usr/lib/libreoffice"
PIXEL = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xfe\x04LOST\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
SHOWN = "data:image/gif;base64,"


def part(kind, data, *fields, encoding="base64"):
    text = base64.encodebytes(data).replace(b"\n", b"\r\n") if encoding == "base64" else quopri.encodestring(data).replace(b"\n", b"\r\n")
    head = [f"Content-Type: {kind}", f"Content-Transfer-Encoding: {encoding}", *fields]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + text


def related(head, parts, preamble=b"", boundary="----=_NextPart_01"):
    lines = "\r\n".join([*head, f'Content-Type: multipart/related; type="text/html"; boundary="{boundary}"']).encode()
    body = b"".join(b"\r\n--" + boundary.encode() + b"\r\n" + p for p in parts)
    return lines + b"\r\n\r\n" + preamble + body + b"\r\n--" + boundary.encode() + b"--\r\n"


def chrome():
    page = """<!DOCTYPE html><html lang="ja"><head><meta http-equiv="Content-Type" content="text/html; charset=UTF-8"><title>お知らせ</title>
<link rel="stylesheet" type="text/css" href="cid:css-1@mhtml.blink"></head><body class="top"><p>表示能力 髙﨑 葛\U000e0100城</p>
<img src="https://city.example.jp/img/a.gif" alt="pixel"><img src="https://x.invalid/LOST.png"><iframe src="cid:frame-2@mhtml.blink" title="地図"></iframe>
<a href="https://city.example.jp/page.html#below">down</a><a href="https://example.jp/other">other</a><p id="below">below</p>
<script src="https://city.example.jp/LOST.js"></script></body></html>""".encode()
    inner = "<html><head><style>p { color: RED } body { margin: 0 }</style></head><body><p>枠の中</p></body></html>".encode()
    return related(["From: <Saved by Blink>", "Snapshot-Content-Location: https://city.example.jp/page.html",
                    "Subject: =?utf-8?Q?=E3=81=8A?=", "Date: Wed, 1 Apr 2026 09:00:00 +0900", "MIME-Version: 1.0"], [
        part("text/html", page, "Content-ID: <frame-1@mhtml.blink>", "Content-Location: https://city.example.jp/page.html", encoding="quoted-printable"),
        part("text/css", b'@charset "utf-8"; .top { background-image: url("../img/a.gif"); behavior: url(LOST) }', "Content-Location: cid:css-1@mhtml.blink",
             encoding="quoted-printable"),
        part("image/gif", PIXEL, "Content-Location: https://city.example.jp/img/a.gif"),
        part("text/html", inner, "Content-ID: <frame-2@mhtml.blink>", "Content-Location: https://map.example.jp/", encoding="quoted-printable"),
        part("text/javascript", b"LOST", "Content-Location: https://city.example.jp/LOST.js")], boundary="----MultipartBoundary--x----")


def word():
    page = """<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta http-equiv=Content-Type content="text/html; charset=shift_jis">
<link rel=File-List href="起案.files/filelist.xml"><link rel=Edit-Time-Data href="起案.files/editdata.mso"><title>起案書</title>
<!--[if gte mso 9]><xml><o:DocumentProperties><o:Author>LOST</o:Author></o:DocumentProperties></xml><![endif]-->
<style>p.MsoNormal {font-family:"ＭＳ 明朝"}</style></head><body lang=JA><div class=WordSection1><p class=MsoNormal>令和八年度 ｷﾞｶｲ<o:p></o:p></p>
<!--[if gte vml 1]><v:shape><v:imagedata src="起案.files/image001.wmz"/></v:shape><![endif]--><![if !vml]><img width=1 height=1 src="起案.files/image002.gif"><![endif]>
<a href="#_Toc1">目次</a><p id="_Toc1">本文</p></div></body></html>""".encode("cp932")
    at = "Content-Location: file:///C:/2673C891/"
    files = at + "%E8%B5%B7%E6%A1%88.files/"
    return related(["MIME-Version: 1.0"], [
        part('text/html; charset="shift_jis"', page, at + "%E8%B5%B7%E6%A1%88.htm", encoding="quoted-printable"),
        part("image/gif", PIXEL, files + "image002.gif"), part("image/x-wmz", b"\x1f\x8bLOST", files + "image001.wmz"),
        part("application/x-mso", b"ActiveMime LOST", files + "editdata.mso"),
        part('text/xml; charset="utf-8"', b"<xml>LOST</xml>", files + "filelist.xml"),
        part('text/html; charset="shift_jis"', b"<html><body><div style='mso-element:footnote-separator' id=fs><p>&nbsp;</p></div></body></html>", files + "header.htm")],
        preamble=b"This document is a Single File Web Page, also known as a Web Archive file.  If you are seeing this message, ...\r\n")


def excel():
    at = "Content-Location: file:///C:/3F/"
    frames = b"""<html><head><script>LOST</script></head><frameset rows="*,39"><frame src="Book.files/sheet001.htm" name="frSheet"><frame src="Book.files/tabstrip.htm">
<noframes><body>LOST</body></noframes></frameset></html>"""
    tabs = '<html><body><table><tr><td><a href="sheet001.htm">住民</a></td><td><a href="sheet002.htm">税額</a></td></tr></table></body></html>'.encode()
    style = b"td { color: black } .xl65 { text-align: right }"
    sheet = '<html><head><link rel=Stylesheet href=stylesheet.css></head><body link=blue><table><tr><td class=xl65>{}</td><td>{}</td></tr></table></body></html>'
    return related(["MIME-Version: 1.0", "X-Document-Type: Workbook"], [
        part('text/html; charset="us-ascii"', frames, at + "Book.htm", encoding="quoted-printable"),
        part('text/css; charset="us-ascii"', style, at + "Book.files/stylesheet.css", encoding="quoted-printable"),
        part('text/html; charset="utf-8"', tabs, at + "Book.files/tabstrip.htm", encoding="quoted-printable"),
        part('text/html; charset="utf-8"', sheet.format("一枚目", "1,234").encode(), at + "Book.files/sheet001.htm", encoding="quoted-printable"),
        part('text/html; charset="utf-8"', sheet.format("二枚目", "5,678").encode(), at + "Book.files/sheet002.htm", encoding="quoted-printable")])


def explorer():
    page = '<HTML><HEAD><TITLE>電子申請</TITLE></HEAD><BODY onload="LOST()">ご案内<IMG src="http://city.example.jp/a.gif"></BODY></HTML>'.encode("iso2022_jp")
    return related(["From: =?iso-2022-jp?B?V2luZG93cyBJbnRlcm5ldCBFeHBsb3JlciA4?=", "Subject: x", "Date: Wed, 1 Apr 2026 09:00:00 +0900", "MIME-Version: 1.0"], [
        part('text/html;\r\n\tcharset="iso-2022-jp"', page, "Content-Location: http://city.example.jp/", encoding="quoted-printable"),
        part("image/gif", PIXEL, "Content-Location: http://city.example.jp/a.gif")])


class SavedPages(Case):
    def rebuilt(self, data, name="a.mht"):
        row = self.one(data, name)
        self.assertEqual((row["verdict"], row["type"], row["output_type"]), ("clean", "mhtml", "html"), row)
        out = self.read(row["output"])
        self.assertNotIn(b"LOST", out)
        again = self.one(out, "again-" + name + ".html", "again-" + name)
        self.assertEqual((again["sha256_out"], again["removed"]), (row["sha256_out"], []))
        return row, out.decode()

    def test_chrome(self):
        row, out = self.rebuilt(chrome())
        for word in ("表示能力 髙﨑 葛\U000e0100城", "<title>お知らせ</title>", '<html lang="ja">', 'href="#below"', 'href="https://example.jp/other"', "枠の中",
                     '<a href="#sekisho-2">▼ 地図</a>', '<div id="sekisho-2">', "#sekisho-2 p{color:red}", "#sekisho-2>div{margin:0}", "#sekisho-1 .top{background-image:url(data:image/gif"):
            self.assertIn(word, out)
        self.assertEqual(out.count(SHOWN), 2)
        self.assertLessEqual({"html.script", "html.remote", "html.metadata"}, self.codes(row))

    def test_word(self):
        row, out = self.rebuilt(word())
        for word_ in ("令和八年度 ｷﾞｶｲ", "<title>起案書</title>", 'href="#_Toc1"', SHOWN, "p.MsoNormal{"):
            self.assertIn(word_, out)
        self.assertNotIn("sekisho-", out)
        self.assertLessEqual({"office.macro", "html.hidden", "html.comment", "html.unknown"}, self.codes(row))

    def test_excel(self):
        row, out = self.rebuilt(excel())
        for word_ in ("1,234", "5,678", '<a href="#sekisho-3">住民</a>', '<a href="#sekisho-4">税額</a>', '<div id="sekisho-4">', "#sekisho-4 .xl65{text-align:right}"):
            self.assertIn(word_, out)
        self.assertLess(out.index("一枚目"), out.index("二枚目"))
        self.assertNotIn("html.frame", self.codes(row))

    def test_explorer(self):
        _row, out = self.rebuilt(explorer())
        for word_ in ("<title>電子申請</title>", "ご案内", SHOWN):
            self.assertIn(word_, out)

    def by(self, method, data):
        folder = self.path(f"{method}-{len(data)}")
        os.makedirs(folder, exist_ok=True)
        row, = self.clean("--method", method, "-o", folder, self.write("a.mht", data), code=0)
        return row

    def test_text(self):
        text = self.read(self.by("text", excel())["output"]).decode()
        for words in ("住民", "一枚目\t1,234\n", "二枚目\t5,678\n"):
            self.assertIn(words, text)
        text = self.read(self.by("text", chrome())["output"]).decode()
        for words in ("お知らせ\n", "[pixel]", "枠の中"):
            self.assertIn(words, text)
        self.assertNotIn("LOST", text)

    @unittest.skipUnless(os.path.isdir(OFFICE), "LibreOffice is not installed")
    def test_flatten(self):
        row = self.by("flatten", excel())
        self.assertEqual(row["output_type"], "pdf")
        text = subprocess.run(["pdftotext", row["output"], "-"], capture_output=True, text=True, check=True).stdout
        for word_ in ("一枚目", "5,678"):
            self.assertIn(word_, text)

    def test_names(self):
        self.assertEqual(self.one(word(), "a.doc")["changed_name"], "a.html")
        self.assertTrue(self.one(chrome(), "b.mhtml")["output"].endswith("b.html"))

    def test_mail_stays_mail(self):
        mail = email.message.EmailMessage()
        mail["From"], mail["To"], mail["Subject"], mail["MIME-Version"] = "a@example.jp", "b@example.jp", "x", "1.0"
        mail.set_content("words")
        for data in (bytes(mail), b"To: b@example.jp\r\n" + chrome()):
            self.assertEqual(self.one(data, "m.mht")["type"], "eml")

    def test_hostile(self):
        loops = related(["MIME-Version: 1.0"], [
            part("text/html", b'<p>one<iframe src="b.htm"></iframe><iframe src="a.htm"></iframe>', "Content-Location: file:///C:/a.htm"),
            part("text/html", b'<p>two<iframe src="a.htm"></iframe><iframe src="../../../b.htm"></iframe>', "Content-Location: file:///C:/b.htm")])
        _row, out = self.rebuilt(loops)
        self.assertEqual((out.count("one"), out.count("two")), (1, 1))
        disguised = related(["MIME-Version: 1.0"], [
            part("text/html", b'<p>words<img src="cid:x"><link rel=stylesheet href="cid:y">', "Content-Location: file:///C:/a.htm"),
            part("image/gif", b"MZ\x90\x00LOST", "Content-ID: <x>"), part("text/css", b"p{background:url(cid:x)}@import url(http://x.invalid/LOST)", "Content-ID: <y>")])
        row, out = self.rebuilt(disguised, "disguised.mht")
        self.assertNotIn("<img src", out)
        self.assertLessEqual({"html.image", "html.remote"}, self.codes(row))
        deep = related(["MIME-Version: 1.0"], [
            part("text/html", b"<p>one", "Content-Location: file:///C:/a.htm"),
            part("text/html", b"<div>" * 498 + b"two", "Content-Location: file:///C:/b.htm")])
        self.assertEqual(self.one(deep, "deep.mht")["reason"]["code"], "limit.nesting")
        torn = chrome().replace(b"MIME-Version", b"Content-Type: multipart/related; boundary=other\r\nMIME-Version", 1)
        self.assertEqual(self.one(torn, "torn.mht")["reason"]["code"], "polyglot")
        none = related(["MIME-Version: 1.0"], [part("image/gif", PIXEL, "Content-Location: file:///C:/a.gif")])
        self.assertEqual(self.one(none, "none.mht")["reason"]["code"], "damaged")


if __name__ == "__main__":
    unittest.main()

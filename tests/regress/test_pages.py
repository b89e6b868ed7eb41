"""Web pages from outside: what other readers see of the result, by every method."""
import base64
import os
import subprocess
import unittest

from command import Case

OFFICE = "/usr/lib/libreoffice"
PIXEL = base64.b64encode(
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xfe\x04LOST\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;").decode()
PAGE = f"""<html><head><meta charset="shift_jis"><title>題</title><script>LOST</script><style>@import url(http://x.invalid/LOST);
td {{ color: RED }}</style></head><body onload="LOST"><p style="background:u\\72l(//x.invalid/LOST)">表示能力<a href="javascript:LOST">a</a>
<a href="https://example.jp/?a=1&amp;b=2">link</a><img src="http://x.invalid/LOST" alt="words"><img src="data:image/gif;base64,{PIXEL}">
<table><tr><td>one<td>two</table><!--[if mso]>LOST<![endif]--><svg><style>LOST</style></svg><form action="LOST"><input value="filled"></form>
<iframe srcdoc="LOST"></iframe><ruby>漢<rt>かん</ruby></body></html>""".encode("cp932")


class Pages(Case):
    def test_rebuilt(self):
        row = self.one(PAGE, "a.html")
        self.assertEqual((row["verdict"], row["type"], row["output_type"]), ("clean", "html", "html"))
        self.assertLessEqual({"html.script", "html.event", "html.link", "html.remote", "html.comment", "html.drawing", "html.form", "html.frame"}, self.codes(row))
        out = self.read(row["output"])
        for word in (b"LOST", b"x.invalid", b"javascript", b"<script", b"<svg", b"<!--"):
            self.assertNotIn(word, out)
        for word in ("表示能力", "<title>題</title>", "td{color:red}", 'href="https://example.jp/?a=1&amp;b=2"', "data:image/gif;base64,", "filled", "<rt>かん</rt>"):
            self.assertIn(word, out.decode())
        again = self.one(out, "b.html", "again")
        self.assertEqual((again["sha256_out"], again["removed"]), (row["sha256_out"], []))

    def by(self, method):
        os.makedirs(self.path(method), exist_ok=True)
        row, = self.clean("--method", method, "-o", self.path(method), self.write("a.html", PAGE), code=0)
        return row

    def test_text(self):
        row = self.by("text")
        self.assertEqual(row["output_type"], "txt")
        text = self.read(row["output"]).decode()
        for words in ("題\n", "表示能力a", "link [https://example.jp/?a=1&b=2]", "[words]", "one\ttwo\n", "[filled]", "漢(かん)"):
            self.assertIn(words, text)
        self.assertNotIn("LOST", text)

    @unittest.skipUnless(os.path.isdir(OFFICE), "LibreOffice is not installed")
    def test_flatten(self):
        row = self.by("flatten")
        self.assertEqual(row["output_type"], "pdf")
        text = subprocess.run(["pdftotext", row["output"], "-"], capture_output=True, text=True, check=True).stdout
        for word in ("表示能力", "link", "one", "two", "filled"):
            self.assertIn(word, text)
        self.assertNotIn("LOST", text)

    def test_name_and_content(self):
        row = self.one(PAGE, "picture.jpg")
        self.assertEqual((row["type"], row["changed_name"]), ("html", "picture.html"))


if __name__ == "__main__":
    unittest.main()

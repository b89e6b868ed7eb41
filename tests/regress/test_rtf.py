"""RTF from outside: what other readers see of the result, by every method."""
import io
import os
import subprocess
import unittest
import zipfile

from command import Case

OFFICE = "/usr/lib/libreoffice"
HEAD = rb"{\rtf1\ansi\ansicpg932\deff0{\fonttbl{\f0\froman\fcharset128 \'82\'6c\'82\'72 \'96\'be\'92\'a9;}}{\info{\author LOST}}"
BODY = (rb"\pard\f0\'95\'5c\'8e\'a6 \'5c\'b1\'b2 \u-8192?\u-10187?\u-8507?\par"
        rb"{\object\objemb{\*\objclass Package}{\*\objdata 4c4f5354}{\result\pard shown}}\par"
        rb'{\field{\*\fldinst DDEAUTO LOST}{\fldrslt value}}{\field{\*\fldinst HYPERLINK "https://example.jp/"}{\fldrslt link}}\par'
        rb"\trowd\cellx3000\cellx6000\intbl one\cell two\cell\row\pard{\*\template LOST}{\*\nosuch LOST}end\par}")


class Rtf(Case):
    def test_rebuilt(self):
        row = self.one(HEAD + BODY, "a.rtf")
        self.assertEqual((row["verdict"], row["type"], row["output_type"]), ("clean", "rtf", "rtf"))
        self.assertLessEqual({"office.ole", "office.field", "office.metadata", "office.template", "office.unknown-part"}, self.codes(row))
        out = self.read(row["output"])
        self.assertNotIn(b"LOST", out)
        self.assertTrue(all(b < 0x7F for b in out))
        for word in (b"\\u-30616?\\u31034?", b"\\u-143?", b"\\u-8192?", b"\\u-10187?\\u-8507?", b"shown", b"value", b"https://example.jp/"):
            self.assertIn(word, out)
        again = self.one(out, "b.rtf", "again")
        self.assertEqual((again["sha256_out"], again["removed"]), (row["sha256_out"], []))

    def text_of(self, *method):
        os.makedirs(self.path("text"), exist_ok=True)
        row, = self.clean(*method, "-o", self.path("text"), self.write("a.rtf", HEAD + BODY), code=0)
        return row

    def test_text(self):
        row = self.text_of("--method", "text")
        self.assertEqual(row["output_type"], "txt")
        self.assertEqual(self.read(row["output"]).decode(), "表示 \\ｱｲ \ue000𝛅\nshown\nvaluelink\none\ttwo\nend\n")

    @unittest.skipUnless(os.path.isdir(OFFICE), "LibreOffice is not installed")
    def test_flatten(self):
        row = self.text_of("--method", "flatten")
        self.assertEqual(row["output_type"], "pdf")
        text = subprocess.run(["pdftotext", row["output"], "-"], capture_output=True, text=True, check=True).stdout
        for word in ("表示", "shown", "value", "link", "one", "two", "end"):
            self.assertIn(word, text)

    def test_in_an_archive(self):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as z:
            z.writestr("通知.rtf", HEAD + BODY)
        row = self.one(out.getvalue(), "a.zip")
        with zipfile.ZipFile(row["output"]) as z:
            self.assertNotIn(b"LOST", z.read("通知.rtf"))

    def test_name_and_content(self):
        """The content decides, also below the name of a Word file, as Word has it."""
        row = self.one(HEAD + BODY, "letter.doc")
        self.assertEqual((row["type"], row["changed_name"]), ("rtf", "letter.rtf"))
        self.assertTrue(row["output"].endswith(".rtf"))


if __name__ == "__main__":
    unittest.main()

"""一太郎 from outside: documents made from what is known of the format, packed and not."""
import io
import os
import struct
import subprocess
import unittest
import zipfile

import olefile

from command import ROOT, Case

SEEDS = os.path.join(ROOT, "tests", "seeds", "ichitaro")


class Ichitaro(Case):
    def document(self):
        """The seed of the fuzzer that is a whole file; its first byte says so."""
        return self.read(os.path.join(SEEDS, "file"))[1:]

    def test_rebuilt(self):
        row = self.one(self.document(), "a.jtd")
        self.assertEqual((row["verdict"], row["type"], row["output_type"]), ("clean", "jtd", "jtd"))
        self.assertEqual(self.codes(row), {"office.macro", "office.ole"})
        with olefile.OleFileIO(row["output"]) as o:
            names = {"/".join(n) for n in o.listdir()}
            self.assertEqual(names, {"DocumentText", "Font", "\4JSRV_SegmentInformation", "ObjectSheets/DocSheet/DOCS_0001/DocumentText"})
            listed = o.openstream("\4JSRV_SegmentInformation").read()
            first, size, count = struct.unpack("<HHH", listed[14:20])
            for i in range(count):
                entry = listed[first + i * size:first + (i + 1) * size]
                name = entry[:64].decode("utf-16-le").rstrip("\0")
                expected = o.get_size(name) if o.get_type(name) == olefile.STGTY_STREAM else 0
                self.assertEqual(struct.unpack("<I", entry[68:72])[0], expected, name)
        again = self.one(self.read(row["output"]), "b.jtd", "again")
        self.assertEqual((again["sha256_out"], again["removed"]), (row["sha256_out"], []))

    def test_text(self):
        os.makedirs(self.path("text"))
        row, = self.clean("--method", "text", "-o", self.path("text"), self.write("a.jtd", self.document()), code=0)
        self.assertEqual(self.read(row["output"]).decode(), "住民\ue000𠮷\n住民\ue000𠮷\n")

    @unittest.skipUnless(os.path.isdir("/usr/lib/libreoffice"), "LibreOffice is not installed")
    def test_flatten(self):
        os.makedirs(self.path("flat"))
        row, = self.clean("--method", "flatten", "-o", self.path("flat"), self.write("a.jtd", self.document()), code=0)
        self.assertEqual(row["output_type"], "pdf")
        self.assertIn("text.printed", self.codes(row))
        text = subprocess.run(["pdftotext", row["output"], "-"], capture_output=True, text=True, check=True).stdout
        self.assertEqual(text.count("住民"), 2)

    def test_in_an_archive(self):
        """A document without a text that can be read is replaced by a note, the others pass."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as z:
            z.writestr("議事録.jtd", self.document())
            z.writestr("壊.jtd", self.document().replace(b"SsmgV.01", b"SsmgV.99"))
        row = self.one(out.getvalue(), "a.zip")
        with zipfile.ZipFile(row["output"]) as z:
            names = z.namelist()
        self.assertIn("議事録.jtd", names)
        self.assertNotIn("壊.jtd", names)
        self.assertEqual(subprocess.run(["bsdtar", "-tf", row["output"]], capture_output=True, check=False).returncode, 0)


if __name__ == "__main__":
    unittest.main()

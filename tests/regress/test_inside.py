"""What lies in a file, as the report and the policy are told: members of all levels, their types, pages, passwords."""
import io
import os
import subprocess
import unittest
import zipfile

from PIL import Image

import samples
from command import Case


def pages(kind, n):
    sheets = [Image.new("L", (40, 60), 20 * i) for i in range(n)]
    out = io.BytesIO()
    sheets[0].save(out, kind, save_all=True, append_images=sheets[1:])
    return out.getvalue()


def zipped(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for name, data in members.items():
            z.writestr(name, data)
    return out.getvalue()


class Inside(Case):
    def inside(self, data, name, *options, code=0):
        self.number = getattr(self, "number", 0) + 1
        row, = self.clean("--force", "-o", self.path(f"out{self.number}"), *options, self.write(name, data), code=code)
        return row["inside"]

    def test_a_plain_file_holds_nothing(self):
        nothing = {"members": 0, "depth": 0, "pages": 0, "types": [], "password": "none"}
        self.assertEqual(self.inside(b"a,b\r\n", "a.csv"), nothing)
        self.assertEqual(self.inside(samples.png(), "a.png"), nothing)
        self.assertEqual(self.inside(samples.docm_with_macro(), "a.docm"), nothing)

    def test_pages(self):
        self.assertEqual(self.inside(pages("PDF", 3), "a.pdf")["pages"], 3)
        self.assertEqual(self.inside(pages("PDF", 3), "a.pdf", "--method", "flatten")["pages"], 3)
        self.assertEqual(self.inside(pages("TIFF", 4), "a.tiff")["pages"], 4)
        self.assertEqual(self.inside(b"hello\n", "a.txt", "--method", "flatten")["pages"], 1)

    def test_members_of_members(self):
        """A program is told although a note stands for it; a member of unknown kind counts and has no type."""
        inner = zipped({"c.pdf": pages("PDF", 2), "d.exe": samples.program(), "e.bin": b"\x81\x00\xff\x02" * 9})
        got = self.inside(zipped({"a.txt": b"x\n", "b.zip": inner, "f.tiff": pages("TIFF", 2)}), "a.zip")
        self.assertEqual((got["members"], got["depth"], got["pages"], got["password"]), (6, 2, 4, "none"))
        self.assertLessEqual({"txt", "zip", "pdf", "tiff"}, set(got["types"]))
        self.assertEqual(len(got["types"]), 5)
        self.assertNotIn("unknown", got["types"])

    def test_passwords(self):
        path = self.path("locked.zip")
        self.write("a.txt", b"x\n")
        subprocess.run(["bsdtar", "-c", "--format", "zip", "--options", "zip:encryption=aes256", "--passphrase", "sesame", "-f", path,
                        "-C", os.path.dirname(self.path("a.txt")), "a.txt"], check=True)
        locked = self.read(path)
        given = ("--password-file", self.write("passwords", b"sesame\n"))
        both = zipped({"b.zip": locked, "c.txt": b"y\n"})
        self.assertEqual(self.inside(locked, "l.zip", code=1)["password"], "needed")
        self.assertEqual(self.inside(locked, "l.zip", *given)["password"], "opened")
        # a note stands for what stayed shut: the archive passes, and the password is asked for all the same
        self.assertEqual(self.inside(both, "m.zip")["password"], "needed")
        self.assertEqual(self.inside(both, "m.zip", *given)["password"], "opened")


if __name__ == "__main__":
    unittest.main()

"""Two posts whose routes look into what comes: for viruses with a real clamd, for numbers on scanned sheets."""
import io
import os
import shutil
import subprocess
import unittest

from PIL import Image, ImageDraw, ImageFont

import posts
from command import Case

CLAMD = shutil.which("clamd", path=os.environ.get("PATH", "") + ":/usr/sbin")
TOKEN = b"SEKISHO-INERT-TOKEN"
FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
ROUTES = """
route scanned-in from internet to lgwan {
	carry file
	clean rebuild
	scan virus required, signatures 1 days
	expire 2 days
	clause "6.3"
}

route read-in from internet to lgwan {
	carry file
	clean rebuild
	hold mynumber
	unreadable ocr
	expire 2 days
	clause "6.3"
}
"""


def sheet(*lines):
    """A sheet as a scanner takes it: pixels and nothing else."""
    image, out = Image.new("L", (1240, 1754), 250), io.BytesIO()
    for i, line in enumerate(lines):
        ImageDraw.Draw(image).text((150, 200 + 80 * i), line, font=ImageFont.truetype(FONT, 32), fill=20)
    image.save(out, "PDF", resolution=150)
    return out.getvalue()


@unittest.skipUnless(posts.possible(), "members are system users of their own: that needs root")
class Looks(Case):
    @classmethod
    def setUpClass(cls):
        with open(posts.POLICY, encoding="utf-8") as f:
            cls.lab = posts.Lab(policy=f.read() + ROUTES)
        cls.addClassCleanup(cls.lab.close)
        cls.signatures, cls.socket = (os.path.join(cls.lab.dir, n) for n in ("signatures", "clamd.socket"))
        os.mkdir(cls.signatures)
        with open(os.path.join(cls.signatures, "token.ndb"), "wb") as f:
            f.write(b"Sekisho.Test.Inert:0:*:" + TOKEN.hex().encode() + b"\n")
        cls.internet, cls.lgwan = cls.lab.internet, cls.lab.lgwan
        cls.internet.set(f"clamd {cls.socket}")
        cls.internet.set(f"signatures {cls.signatures}")
        cls.clamd = None
        cls.addClassCleanup(cls.stop_clamd)
        cls.start_clamd()
        cls.lab.start()

    @classmethod
    def start_clamd(cls):
        conf = os.path.join(cls.lab.dir, "clamd.conf")
        with open(conf, "w", encoding="ascii") as f:
            f.write(f"LocalSocket {cls.socket}\nDatabaseDirectory {cls.signatures}\nTemporaryDirectory {cls.lab.dir}\nForeground yes\nMaxThreads 4\n")
        cls.clamd = subprocess.Popen([CLAMD, "-c", conf], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        posts.wait_for("clamd does not start", lambda: os.path.exists(cls.socket))

    @classmethod
    def stop_clamd(cls):
        if cls.clamd:
            cls.clamd.kill()
            cls.clamd.wait()
            if os.path.exists(cls.socket):
                os.unlink(cls.socket)
        cls.clamd = None

    def bring_in(self, route, data, name):
        answer = self.internet.who("ichi").send(data, name, to="lgwan", route=route, recipient="ni")
        self.assertEqual(answer["status"], "ok", answer)
        return answer["transfer"]["id"]

    def held(self, id, why):
        row = self.internet.await_state(id, "held")
        self.assertEqual(row["holds"], [why], row)
        self.assertIsNone(self.lgwan.row(id))

    def test_what_a_scan_says(self):
        """Clean passes; found is denied; a scanner that is away holds, and so do signatures that are too old."""
        id = self.bring_in("scanned-in", b"a,b\r\n1,2\r\n", "a.csv")
        self.lgwan.await_state(id, "released")
        id = self.bring_in("scanned-in", b"before " + TOKEN + b" after\n", "b.txt")
        self.internet.await_state(id, "denied")
        self.assertIsNone(self.lgwan.row(id))
        os.utime(os.path.join(self.signatures, "token.ndb"), (1700000000, 1700000000))
        self.held(self.bring_in("scanned-in", b"a,b\r\n3,4\r\n", "c.csv"), "scan")
        os.utime(os.path.join(self.signatures, "token.ndb"))
        self.stop_clamd()
        self.held(self.bring_in("scanned-in", b"a,b\r\n5,6\r\n", "d.csv"), "scan")
        self.start_clamd()
        id = self.bring_in("scanned-in", b"a,b\r\n7,8\r\n", "e.csv")
        self.lgwan.await_state(id, "released")

    def test_a_number_on_a_scanned_sheet(self):
        id = self.bring_in("read-in", sheet("お知らせ", "窓口は九時に開きます。"), "notice.pdf")
        self.lgwan.await_state(id, "released")
        self.held(self.bring_in("read-in", sheet("申請書", "個人番号　1234 5678 9018"), "form.pdf"), "leak")
        noise = io.BytesIO()
        Image.effect_noise((600, 400), 80).save(noise, "PNG")
        self.held(self.bring_in("read-in", noise.getvalue(), "noise.png"), "leak")


if __name__ == "__main__":
    unittest.main()

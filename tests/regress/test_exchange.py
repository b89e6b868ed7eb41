"""Calendars, contacts and drawings through the command: what they may carry and what not; kinds that are only named, with what to do."""
import base64
import io
import os
import zipfile

import samples
from command import Case


def entry(inner):
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20260401T090000Z\r\n{inner}END:VEVENT\r\nEND:VCALENDAR\r\n".encode()


def card(inner):
    return f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{samples.KEEP}\r\n{inner}END:VCARD\r\n".encode()


def dxf(*pairs):
    records = "".join(f"{code:3d}\r\n{value}\r\n" for code, value in pairs)
    return f"  0\r\nSECTION\r\n  2\r\nENTITIES\r\n{records}  0\r\nENDSEC\r\n  0\r\nEOF\r\n".encode("cp932")


P21 = (f"ISO-10303-21;\r\nHEADER;\r\nFILE_DESCRIPTION((''),'2;1');\r\nENDSEC;\r\nDATA;\r\n#1=DOCUMENT_FILE('file://{samples.MARK}/{samples.KEEP}.tif');\r\n"
       "ENDSEC;\r\nEND-ISO-10303-21;\r\n").encode()


class Exchange(Case):
    def kept(self, data, name, output_type, codes):
        row = self.one(data, name)
        self.assertEqual((row["verdict"], row["output_type"]), ("clean", output_type), row)
        self.assertLessEqual(codes, self.codes(row))
        out = self.read(row["output"])
        self.assertIn(samples.KEEP.encode(), out)
        self.assertNotIn(samples.MARK.encode(), out)
        return out

    def test_calendar(self):
        m = samples.MARK
        out = self.kept(entry(f"SUMMARY:{samples.KEEP}\r\nATTACH:file:///{m}\r\nX-ALT-DESC;FMTTYPE=text/html:{m}\r\nLOCATION;ALTREP=\"http://x/{m}\":a\r\n"
                              f"URL:javascript:{m}\r\nRRULE:FREQ=DAILY\r\nBEGIN:VALARM\r\nACTION:PROCEDURE\r\nATTACH:{m}\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\n"),
                        "a.ics", "ics", {f"calendar.{c}" for c in ("attachment", "html", "link", "alarm", "recurrence", "method")})
        self.assertIn(b"METHOD:PUBLISH\r\n", out)
        self.assertIn(b"ACTION:DISPLAY\r\n", out)
        self.assertIn(b"RRULE:FREQ=DAILY;COUNT=3660\r\n", out)

    def test_contact_with_picture(self):
        picture = base64.b64encode(samples.png(tail=samples.MARK.encode())).decode()
        out = self.kept(card(f"PHOTO;ENCODING=b;TYPE=PNG:{picture}\r\nLOGO;VALUE=uri:http://x/{samples.MARK}.png\r\nKEY:{samples.MARK}\r\n"), "a.vcf", "vcf",
                        {"calendar.link", "calendar.attachment", "data.trailing"})
        photo = next(line for line in out.decode().replace("\r\n ", "").splitlines() if line.startswith("PHOTO;ENCODING=b;TYPE=PNG:"))
        data = base64.b64decode(photo.split(":")[1])
        self.assertTrue(data.startswith(b"\x89PNG"))
        self.assertNotIn(samples.MARK.encode(), data)

    def test_drawings(self):
        self.kept(P21, "a.p21", "p21", {"cad.external"})
        m = samples.MARK
        self.kept(dxf((0, "TEXT"), (1, samples.KEEP), (1001, "PE_URL"), (1000, f"http://x/{m}"), (0, "OLE2FRAME"), (310, "D0CF"), (1, m), (0, "IMAGE"), (1, m)),
                  "a.dxf", "dxf", {"cad.link", "cad.embedded", "cad.external"})

    def test_as_text(self):
        os.mkdir(self.path("out"))
        row = self.clean("--method", "text", "-o", self.path("out"), self.write("a.ics", entry("SUMMARY:会議\r\n")))[0]
        self.assertEqual((row["verdict"], row["output_type"]), ("clean", "txt"), row)
        self.assertIn("SUMMARY\t会議\n", self.read(row["output"]).decode())

    def test_in_an_archive(self):
        """Every kind that comes out of a member passes the second check inside the zip."""
        buf = io.BytesIO()
        with zipfile.ZipFile(buf, "w") as z:
            for name, data in {"a.ics": entry("SUMMARY:x\r\n"), "a.vcf": card(""), "a.p21": P21, "a.dxf": dxf((0, "LINE")), "a.rtf": b"{\\rtf1 x}",
                               "a.html": b"<!DOCTYPE html><html><body><p>x</p></body></html>", "a.svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'}.items():
                z.writestr(name, data)
        row = self.one(buf.getvalue(), "a.zip")
        self.assertEqual(row["verdict"], "clean", row)
        with zipfile.ZipFile(row["output"]) as z:
            self.assertEqual(len(z.namelist()), 7)
            self.assertLessEqual({"a.ics", "a.vcf", "a.p21", "a.dxf"}, set(z.namelist()))

    def test_only_named(self):
        """Refused with the name of the kind, and with advice for that kind."""
        for name, data, kind, words in (("a.dwg", b"AC1032\0\0\0\0", "dwg", "DXF in its ASCII form"), ("a.jww", b"JwwData.\x58\2\0\0", "jww", "Jw_cad"),
                                        ("a.xdw", bytes(range(256)) * 4, "xdw", "DocuWorks"), ("a.xbd", bytes(range(256)) * 4, "xdw", "DocuWorks"),
                                        ("b.dxf", b"AutoCAD Binary DXF\r\n\x1a\0", "dxf", "ASCII"), ("a.hwp", b"HWP Document File V3.00 \x1a\1\2\3\4\5\0", "hwp", "Hangul"),
                                        ("a.accdb", b"\0\1\0\0Standard ACE DB\0" + bytes(100), "mdb", "Export the tables")):
            row = self.one(data, name)
            self.assertEqual((row["verdict"], row["type"], row["reason"]["code"]), ("refused", kind, "unsupported-type"), row)
            told = self.run_command("inspect", self.path(name), env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"})
            self.assertIn(words, told.stdout.decode() + told.stderr.decode())

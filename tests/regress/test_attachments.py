"""One mail with an attachment of every kind that needs no other program to be made: each is cleaned by its own family and opened by a reader that
shares nothing with sekisho."""
import email
import email.policy
import io
import json
import os
import subprocess
import tempfile
import zipfile

import docx
import openpyxl
from lxml import etree
from PIL import Image

import samples
import sprinkle_documents
from command import Case
from test_exchange import P21, card, dxf, entry
from test_mail import WORDS, attachment, mail

KEEP, MARK = samples.KEEP, samples.MARK
ODF = "urn:oasis:names:tc:opendocument:xmlns"


def picture(kind, **options):
    out = io.BytesIO()
    Image.new("RGB", (40, 30), (200, 30, 30)).save(out, kind, **options)
    return out.getvalue() + MARK.encode()


def opendocument():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        z.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        z.writestr("content.xml", f'<office:document-content xmlns:office="{ODF}:office:1.0" xmlns:text="{ODF}:text:1.0" office:version="1.3"><office:body>'
                   f"<office:text><text:p>{KEEP}</text:p></office:text></office:body></office:document-content>")
        z.writestr("Basic/Standard/a.xml", MARK)
        z.writestr("META-INF/manifest.xml", '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
                   '<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.text"/></manifest:manifest>')
    return out.getvalue()


def packed(kind, name, data):
    """An archive by a tool of its own."""
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, name), "wb") as f:
            f.write(data)
        return subprocess.run(["bsdtar", "-cf", "-", f"--format={kind}", "-C", folder, name], check=True, capture_output=True).stdout


def is_xml(data):
    etree.fromstring(data)


def is_pdf(data):
    with tempfile.NamedTemporaryFile(suffix=".pdf") as f:
        f.write(data)
        f.flush()
        subprocess.run(["qpdf", "--check", f.name], check=True, stdout=subprocess.DEVNULL)


def is_archive(data):
    assert zipfile.ZipFile(io.BytesIO(data)).testzip() is None


def is_picture(data):
    Image.open(io.BytesIO(data)).load()


def says(data):
    assert KEEP in data.decode(), data[:200]


def kinds():
    """name → (bytes, name of the cleaned file, what opens it)"""
    text = f"{KEEP}\n".encode()
    markup = f"<p>{KEEP}</p><script>{MARK}</script>"
    return {
        "a.pdf": (samples.pdf_with_script(), "a.pdf", is_pdf),
        "b.docm": (samples.docm_with_macro(), "b.docx", lambda d: docx.Document(io.BytesIO(d))),
        "c.xlsx": (samples.xlsx_with_formula(), "c.xlsx", lambda d: openpyxl.load_workbook(io.BytesIO(d))),
        "d.pptx": (sprinkle_documents.slides(), "d.pptx", is_archive),
        "e.odt": (opendocument(), "e.odt", is_archive),
        "f.rtf": (f"{{\\rtf1\\ansi {KEEP}{{\\object{{\\*\\objdata {MARK}}}}}}}".encode(), "f.rtf", says),
        "g.png": (samples.png(tail=MARK.encode()), "g.png", is_picture), "h.gif": (samples.gif(), "h.gif", is_picture), "i.bmp": (samples.bmp(), "i.bmp", is_picture),
        "j.jpg": (picture("JPEG"), "j.jpg", is_picture), "k.webp": (picture("WEBP"), "k.webp", is_picture), "l.tiff": (picture("TIFF"), "l.tiff", is_picture),
        "m.ico": (picture("ICO", sizes=[(16, 16)]), "m.png", is_picture),
        "n.svg": (f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text y="9">{KEEP}</text><script>{MARK}</script></svg>'.encode(), "n.svg", is_xml),
        "o.zip": (samples.archive(), "o.zip", is_archive), "p.7z": (packed("7zip", "a.txt", text), "p.zip", is_archive),
        "q.tar": (packed("pax", "a.txt", text), "q.zip", is_archive), "r.iso": (packed("iso9660", "a.txt", text), "r.zip", is_archive),
        "s.html": (f"<!DOCTYPE html><title>t</title>{markup}".encode(), "s.html", lambda d: (says(d), etree.fromstring(d, etree.HTMLParser()))),
        "t.ics": (entry(f"SUMMARY:{KEEP}\r\nATTACH:file:///{MARK}\r\n"), "t.ics", says), "u.vcf": (card(f"KEY:{MARK}\r\n"), "u.vcf", says),
        "v.p21": (P21, "v.p21", says), "w.dxf": (dxf((0, "TEXT"), (1, KEEP), (1001, "PE_URL"), (1000, f"http://x/{MARK}")), "w.dxf", says),
        "x.csv": (samples.csv_with_formula(), "x.csv", bytes.decode), "y.json": (json.dumps({"a": KEEP}).encode(), "y.json", json.loads),
        "z.xml": (f"<a>{KEEP}</a>".encode(), "z.xml", is_xml), "za.txt": (text, "za.txt", says),
        "zb.eml": (mail(WORDS, attachment("inner.docm", samples.docm_with_macro())), "zb.eml", email.message_from_bytes),
        "zc.exe": (samples.program(), "zc.txt", lambda d: d.decode().index("「zc.exe」は取り除かれました。")),
    }


class Attachments(Case):
    def bytes_of(self, part):
        content = part.get_content()
        if isinstance(content, email.message.EmailMessage):
            return content.as_bytes()
        return content.encode() if isinstance(content, str) else content

    def test_every_kind_in_one_mail(self):
        wanted = kinds()
        row = self.one(mail(WORDS, *(attachment(name, data) for name, (data, _out, _opens) in wanted.items())), "all.eml")
        self.assertEqual((row["verdict"], row["output_type"]), ("clean", "eml"), row)
        msg = email.message_from_bytes(self.read(row["output"]), policy=email.policy.default)
        got = {p.get_filename(): self.bytes_of(p) for p in msg.iter_attachments()}
        self.assertEqual(sorted(got), sorted(out for _data, out, _opens in wanted.values()))
        for name, (_data, out, opens) in wanted.items():
            with self.subTest(name):
                self.assertNotIn(MARK.encode(), got[out])
                opens(got[out])
        self.assertEqual([p.get_filename() for p in msg.iter_attachments()], [out for _data, out, _opens in wanted.values()])

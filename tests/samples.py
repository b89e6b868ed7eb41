#!/usr/bin/python3
"""Small documents that carry what must not pass: inert, made from nothing but the standard library.

samples.py FOLDER writes them; tests import make(). Every planted thing holds the word MARK and must not be
found in a cleaned file; every KEEP must be.
"""
import os
import struct
import sys
import zipfile
import zlib

MARK = "PLANTED"
KEEP = "KEPT"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PKG = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def pdf(objects, trailer="", tail=b""):
    """A PDF from {number: body}; a body is text, or (dictionary text, stream bytes)."""
    out, offsets = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), {}
    for number, body in sorted(objects.items()):
        offsets[number] = len(out)
        if isinstance(body, tuple):
            text, data = body
            out += b"%d 0 obj\n<<%s /Length %d>>\nstream\n" % (number, text.encode(), len(data)) + data + b"\nendstream\nendobj\n"
        else:
            out += b"%d 0 obj\n%s\nendobj\n" % (number, body.encode("utf-8"))
    start, top = len(out), max(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % top
    for number in range(1, top):
        out += b"%010d 00000 n \n" % offsets[number]
    out += b"trailer\n<</Size %d /Root 1 0 R %s>>\nstartxref\n%d\n%%%%EOF\n" % (top, trailer.encode(), start)
    return bytes(out) + tail


def pdf_with_script():
    content = f"BT /F1 24 Tf 72 700 Td ({KEEP} invoice) Tj ET".encode()
    return pdf({
        1: "<</Type /Catalog /Pages 2 0 R /OpenAction 6 0 R /Names <</EmbeddedFiles <</Names [(a.txt) 7 0 R]>>>>>>",
        2: "<</Type /Pages /Kids [3 0 R] /Count 1>>",
        3: "<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources <</Font <</F1 5 0 R>>>> /Annots [9 0 R 10 0 R]>>",
        4: ("", content),
        5: "<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>",
        6: f"<</S /JavaScript /JS (app.alert\\('{MARK}'\\))>>",
        7: "<</Type /Filespec /F (a.txt) /EF <</F 8 0 R>>>>",
        8: ("/Type /EmbeddedFile", f"{MARK} attached".encode()),
        9: f"<</Type /Annot /Subtype /Link /Rect [72 690 200 720] /A <</S /Launch /F ({MARK}.exe)>>>>",
        10: "<</Type /Annot /Subtype /Link /Rect [72 600 200 620] /A <</S /URI /URI (https://www.example.jp/)>>>>",
    }, trailer=f"/Info <</Author ({MARK} author)>>", tail=f"{MARK} after the end".encode())


def pdf_pages(n):
    """A PDF of n pages with a bar on each that is as long as its number."""
    pages = {2: "<</Type /Pages /Kids [" + " ".join(f"{3 + 2 * i} 0 R" for i in range(n)) + f"] /Count {n}>>"}
    for i in range(n):
        pages[3 + 2 * i] = f"<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {4 + 2 * i} 0 R>>"
        pages[4 + 2 * i] = ("", f"0 0 0 rg 72 700 {40 * (i + 1)} 20 re f".encode())
    return pdf({1: "<</Type /Catalog /Pages 2 0 R>>", **pages})


def opc(parts, comment=b""):
    """A zip package from {name: text or bytes}."""
    import io
    buf = io.BytesIO()
    with zipfile.ZipFile(buf, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in parts.items():
            z.writestr(name, data)
        z.comment = comment
    return buf.getvalue()


def types(overrides, defaults=(("rels", "application/vnd.openxmlformats-package.relationships+xml"), ("xml", "application/xml"))):
    d = "".join(f'<Default Extension="{e}" ContentType="{t}"/>' for e, t in defaults)
    o = "".join(f'<Override PartName="{p}" ContentType="{t}"/>' for p, t in overrides)
    return f'{HEAD}<Types xmlns="{PKG}/content-types">{d}{o}</Types>'


def rels(rows):
    body = "".join(f'<Relationship Id="{i}" Type="{t if "://" in t else REL + "/" + t}" Target="{g}"{" TargetMode=" + chr(34) + "External" + chr(34) if x else ""}/>'
                   for i, t, g, x in rows)
    return f'{HEAD}<Relationships xmlns="{PKG}/relationships">{body}</Relationships>'


W = "application/vnd.openxmlformats-officedocument.wordprocessingml"
S = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def docm_with_macro():
    body = (f'<w:p><w:r><w:t>{KEEP} 住民票の写し</w:t></w:r></w:p>'
            f'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> DDEAUTO cmd "{MARK}" </w:instrText></w:r>'
            f'<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>{KEEP} shown</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>')
    return opc({
        "[Content_Types].xml": types([("/word/document.xml", "application/vnd.ms-word.document.macroEnabled.main+xml"),
                                      ("/word/vbaProject.bin", "application/vnd.ms-office.vbaProject"),
                                      ("/docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml")]),
        "_rels/.rels": rels([("rId1", "officeDocument", "word/document.xml", False),
                             ("rId2", f"{PKG}/relationships/metadata/core-properties", "docProps/core.xml", False)]),
        "word/document.xml": f'{HEAD}<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{body}</w:body></w:document>',
        "word/_rels/document.xml.rels": rels([("rId1", "http://schemas.microsoft.com/office/2006/relationships/vbaProject", "vbaProject.bin", False),
                                              ("rId2", "attachedTemplate", f"https://{MARK.lower()}.example/t.dotm", True)]),
        "word/vbaProject.bin": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + MARK.encode() * 50,
        "docProps/core.xml": f'{HEAD}<cp:coreProperties xmlns:cp="{PKG}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>{MARK}</dc:creator></cp:coreProperties>',
    })


def xlsx_with_formula():
    rows = (f'<row r="1"><c r="A1" t="inlineStr"><is><t>{KEEP} 予算</t></is></c><c r="B1"><v>1200</v></c></row>'
            f'<row r="2"><c r="A2"><f>SUM(B1:B1)</f><v>1200</v></c><c r="B2" t="str"><f>WEBSERVICE("http://{MARK.lower()}.example")</f><v>{KEEP} value</v></c></row>')
    return opc({
        "[Content_Types].xml": types([("/xl/workbook.xml", f"{S}.sheet.main+xml"), ("/xl/worksheets/sheet1.xml", f"{S}.worksheet+xml"),
                                      ("/xl/externalLinks/externalLink1.xml", f"{S}.externalLink+xml")]),
        "_rels/.rels": rels([("rId1", "officeDocument", "xl/workbook.xml", False)]),
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="{REL}"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets>'
                           f'<externalReferences><externalReference r:id="rId2"/></externalReferences></workbook>',
        "xl/_rels/workbook.xml.rels": rels([("rId1", "worksheet", "worksheets/sheet1.xml", False), ("rId2", "externalLink", "externalLinks/externalLink1.xml", False)]),
        "xl/worksheets/sheet1.xml": f'{HEAD}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>',
        "xl/externalLinks/externalLink1.xml": f'{HEAD}<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><ddeLink ddeService="cmd" ddeTopic="{MARK}"/></externalLink>',
    })


def spreadsheet(path, rows):
    """An xlsx of one sheet with these rows (XML)."""
    with open(path, "wb") as f:
        f.write(opc({
            "[Content_Types].xml": types([("/xl/workbook.xml", f"{S}.sheet.main+xml"), ("/xl/worksheets/sheet1.xml", f"{S}.worksheet+xml")]),
            "_rels/.rels": rels([("rId1", "officeDocument", "xl/workbook.xml", False)]),
            "xl/workbook.xml": f'{HEAD}<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="{REL}"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": rels([("rId1", "worksheet", "worksheets/sheet1.xml", False)]),
            "xl/worksheets/sheet1.xml": f'{HEAD}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>',
        }))


def png(text=MARK, width=40, height=30, tail=b""):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    raw = b"".join(b"\0" + bytes(v for x in range(width) for v in (x * 6 % 256, y * 8 % 256, 128)) for y in range(height))
    out = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    if text:
        out += chunk(b"tEXt", b"Comment\0" + text.encode())
    return out + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"") + tail


def gif(tail=b""):
    head = b"GIF89a" + struct.pack("<HHBBB", 2, 2, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    comment = b"\x21\xfe" + bytes([len(MARK)]) + MARK.encode() + b"\0"
    return head + comment + b"\x2c" + struct.pack("<HHHHB", 0, 0, 2, 2, 0) + b"\x02\x03\x44\x12\x05\x00" + b"\x3b" + tail


def bmp():
    rows = b"".join(bytes([x * 20 % 256, 60, 200 - x]) for _y in range(8) for x in range(8))
    return b"BM" + struct.pack("<IHHI", 54 + len(rows), 0, 0, 54) + struct.pack("<IiiHHIIiiII", 40, 8, 8, 1, 24, 0, len(rows), 2835, 2835, 0, 0) + rows


def csv_with_formula():
    return f'氏名,金額\r\n{KEEP},-1200\r\n"=cmd|\' /C calc\'!A0",5\r\n'.encode("cp932")


def text_with_bidi():
    return f"{KEEP} 請求書\u202efdp.exe\u202c\n\x1b[31mred\x1b[0m\n".encode()


def program():
    return b"MZ" + b"\0" * 58 + struct.pack("<I", 64) + b"PE\0\0\x4c\x01" + b"\0" * 200


def archive():
    import io
    buf = io.BytesIO()
    with zipfile.ZipFile(buf, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("report.pdf", pdf_with_script())
        z.writestr("setup.exe", program())
        z.writestr("../../escape.txt", f"{KEEP} text\n")
        z.writestr(zipfile.ZipInfo("表/一覧.csv"), csv_with_formula())
        z.comment = MARK.encode()
    return buf.getvalue()


SAMPLES = {
    "invoice.pdf": pdf_with_script, "application.docm": docm_with_macro, "budget.xlsx": xlsx_with_formula, "map.png": png,
    "seal.gif": gif, "plan.bmp": bmp, "list.csv": csv_with_formula, "notice.txt": text_with_bidi, "photos.zip": archive,
    "harmless.pdf": program,
}
REFUSED = {"harmless.pdf"}


def make(folder):
    """Write all samples; returns their paths."""
    os.makedirs(folder, exist_ok=True)
    paths = []
    for name, maker in SAMPLES.items():
        path = os.path.join(folder, name)
        with open(path, "wb") as f:
            f.write(maker())
        paths.append(path)
    return paths


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: samples.py FOLDER")
    print(len(make(sys.argv[1])), "samples")

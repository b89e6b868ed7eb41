"""Ordinary documents of a given size, each another one by its number, that are made fast: for posts that carry many. None
holds anything that must go but MARK, where it is asked for."""
import random
import struct
import zlib

from samples import HEAD, KEEP, MARK, REL, W, opc, pdf, rels, types

DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
PICTURES = {}


def noise_png(size, seed=1):
    """A picture of about so many bytes that cannot be packed."""
    if (size, seed) not in PICTURES:
        width = 100
        height, rng = max(1, size // (3 * width)), random.Random(seed)
        raw = b"".join(b"\0" + rng.randbytes(3 * width) for _ in range(height))

        def chunk(kind, data):
            return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        PICTURES[size, seed] = (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
                                + chunk(b"IDAT", zlib.compress(raw, 1)) + chunk(b"IEND", b""))
    return PICTURES[size, seed]


def csv(number, size=4096, text=""):
    head = f"番号,氏名,備考\r\n{number},{KEEP},{text}\r\n"
    row = f"{number},例示 {KEEP},市民課の一覧\r\n"
    lines = max(0, size - len(head.encode())) // len(row.encode())
    return (head + row * lines).encode()


def picture_of(relation):
    return ('<w:p><w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="1800000" cy="1800000"/><wp:docPr id="1" name="p"/>'
            f'<a:graphic><a:graphicData uri="{DRAWING}/picture"><pic:pic><pic:nvPicPr><pic:cNvPr id="1" name="p"/><pic:cNvPicPr/></pic:nvPicPr>'
            f'<pic:blipFill><a:blip r:embed="{relation}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
            '<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="1800000" cy="1800000"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>'
            '</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>')


def docx(number, size=50 * 1024, mark=False):
    """With one picture, which is most of it; mark: with a macro, too."""
    spaces = (f'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="{REL}" xmlns:wp="{DRAWING}/wordprocessingDrawing" '
              f'xmlns:a="{DRAWING}/main" xmlns:pic="{DRAWING}/picture"')
    text = "".join(f"<w:p><w:r><w:t>{KEEP} {number} 住民向けのお知らせ {i}</w:t></w:r></w:p>" for i in range(20))
    kind = "application/vnd.ms-word.document.macroEnabled.main+xml" if mark else f"{W}.document.main+xml"
    relations = [("rId1", "image", "media/image1.png", False)]
    parts = {}
    if mark:
        relations.append(("rId2", "http://schemas.microsoft.com/office/2006/relationships/vbaProject", "vbaProject.bin", False))
        parts["word/vbaProject.bin"] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + MARK.encode() * 50
    overrides = [("/word/document.xml", kind)] + ([("/word/vbaProject.bin", "application/vnd.ms-office.vbaProject")] if mark else [])
    defaults = (("rels", "application/vnd.openxmlformats-package.relationships+xml"), ("xml", "application/xml"), ("png", "image/png"))
    parts.update({
        "[Content_Types].xml": types(overrides, defaults),
        "_rels/.rels": rels([("rId1", "officeDocument", "word/document.xml", False)]),
        "word/document.xml": f"{HEAD}<w:document {spaces}><w:body>{text}{picture_of('rId1')}</w:body></w:document>",
        "word/_rels/document.xml.rels": rels(relations),
        "word/media/image1.png": noise_png(size - 4096)})
    return opc(parts)


def paper(number, size=200 * 1024, mark=False):
    """A PDF of pages of text with one picture, which is most of it."""
    content = f"BT /F1 12 Tf 72 700 Td ({KEEP} {number}) Tj ET q 200 0 0 200 72 400 cm /I Do Q".encode()
    width, rng = 100, random.Random(2)
    height = max(1, (size - 2048) // (3 * width))
    if ("pdf", size) not in PICTURES:
        PICTURES["pdf", size] = zlib.compress(rng.randbytes(3 * width * height), 1)
    action = f"/OpenAction <</S /JavaScript /JS (app.alert\\('{MARK}'\\))>>" if mark else ""
    return pdf({
        1: f"<</Type /Catalog /Pages 2 0 R {action}>>",
        2: "<</Type /Pages /Kids [3 0 R] /Count 1>>",
        3: "<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources <</Font <</F1 5 0 R>> /XObject <</I 6 0 R>>>>>>",
        4: ("", content),
        5: "<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>",
        6: (f"/Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /FlateDecode", PICTURES["pdf", size]),
    })

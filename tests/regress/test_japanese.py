"""Forty Japanese files of our own: character sets, names, archives, vertical writing, characters of one's own and of old tables. What people
wrote comes out character by character, and a second cleaning changes nothing."""
import base64
import binascii
import email
import email.policy
import io
import os
import re
import struct
import unicodedata
import zipfile
import zlib

import samples
from command import Case

# Signs that tables map differently (wave dash, minus, parallel, yen), of NEC and IBM, second bytes 5C (表ソ能), half-width kana.
TRAPS = "①㈱№℡～－∥―￠￡￢ 表ソ能貼暴噂 髙﨑 ｶﾞｷﾞ半角ｶﾅ 令和８年度"
# Only in Unicode: a variant of a kanji, JIS X 0213, a character of one's own, a sign of an era, kana with a mark of its own.
BEYOND = "葛\U000e0100城 辻\U000e0101 \U00020b9f\U00029e3d か\u309a ㋿ \ue000\uf8ff 噓俠"
PLAIN = "昭和六十四年一月七日、住民票の写しを交付する。"


def rows(text):
    """CP932 bytes as pairs of JIS X 0208 and its extensions, or single bytes."""
    data, out, i = text.encode("cp932"), [], 0
    while i < len(data):
        b = data[i]
        if b < 0x80 or 0xA1 <= b <= 0xDF:
            out.append((b,))
            i += 1
            continue
        lead, trail = (b - 0x81 if b < 0xA0 else b - 0xC1), data[i + 1]
        low = trail - 0x40 - (trail > 0x7F)
        out.append((0x21 + lead * 2 + (low >= 94), 0x21 + low % 94))
        i += 2
    return out


def eucjp(text):
    return b"".join(bytes(c) if c[0] < 0x80 and len(c) == 1 else bytes((0x8E, c[0])) if len(c) == 1 else bytes(b | 0x80 for b in c)
                    for c in rows(text))


def jis(text, kana="escape"):
    """ISO-2022-JP as Windows writes it, with the extensions of NEC; half-width kana by ESC ( I or by SO and SI."""
    out, state = b"", "ascii"
    for c in rows(text):
        want = "kanji" if len(c) == 2 else "ascii" if c[0] < 0x80 else "kana"
        if want != state:
            if state == "kana" and kana == "shift":
                out += b"\x0f"
            out += {"kanji": b"\x1b$B", "ascii": b"\x1b(B", "kana": b"\x1b(I" if kana == "escape" else b"\x1b(B\x0e"}[want]
            state = want
        out += bytes(b & 0x7F for b in c)
    return out + (b"\x0f" if state == "kana" and kana == "shift" else b"") + (b"\x1b(B" if state != "ascii" else b"")


# In the tables of JIS itself there are no signs of IBM.
IN_JIS = TRAPS.replace("髙﨑", "高崎")


def raw_zip(members, flag=0):
    """A zip with names as bytes and without the mark of UTF-8, as old programs write it."""
    body, directory = b"", b""
    for name, data in members:
        head = struct.pack("<HHHHHIIIHH", 20, flag, 0, 0, 0x21, zlib.crc32(data), len(data), len(data), len(name), 0)
        directory += b"PK\1\2" + struct.pack("<H", 20) + head + struct.pack("<HHHII", 0, 0, 0, 0, len(body)) + name
        body += b"PK\3\4" + head + name + data
    return body + directory + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, len(members), len(members), len(directory), len(body), 0)


def crc16(data):
    crc = 0
    for b in data:
        crc ^= b
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc


def lzh(level, name, data):
    """An archive of LHA with one member that is not compressed, with a header of this level."""
    crc, method = crc16(data), b"-lh0-"
    if level < 2:
        rest = method + struct.pack("<IIIBB", len(data), len(data), 0x5C210000, 0x20, level) + bytes((len(name),)) + name + struct.pack("<H", crc)
        rest += b"" if level == 0 else b"M" + struct.pack("<H", 0)
        return bytes((len(rest), sum(rest) & 0xFF)) + rest + data + b"\0"
    fixed = method + struct.pack("<IIIBB", len(data), len(data), 1774000000, 0x20, level) + struct.pack("<H", crc) + b"M"
    # Extended headers: their own length, a kind (0: the checksum of all headers, 1: the name), the length of the next one.
    size = "<H" if level == 2 else "<I"
    extended = b"".join(struct.pack(size, struct.calcsize(size) + len(e)) + e for e in (b"\0\0\0", b"\1" + name)) + struct.pack(size, 0)
    total = (2 if level == 2 else 6) + len(fixed) + len(extended)
    head = struct.pack("<H", total) + fixed if level == 2 else struct.pack("<H", 4) + fixed + struct.pack("<I", total)
    at = len(head) + struct.calcsize(size) + 1
    head += extended
    return head[:at] + struct.pack("<H", crc16(head)) + head[at + 2:] + data + b"\0" * 2


def docx(body):
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return samples.opc({
        "[Content_Types].xml": samples.types([("/word/document.xml", f"{samples.W}.document.main+xml")]),
        "_rels/.rels": samples.rels([("rId1", "officeDocument", "word/document.xml", False)]),
        "word/document.xml": f'{samples.HEAD}<w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>'})


def xlsx(cells, styles):
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    return samples.opc({
        "[Content_Types].xml": samples.types([("/xl/workbook.xml", f"{samples.S}.sheet.main+xml"), ("/xl/styles.xml", f"{samples.S}.styles+xml"),
                                              ("/xl/worksheets/sheet1.xml", f"{samples.S}.worksheet+xml")]),
        "_rels/.rels": samples.rels([("rId1", "officeDocument", "xl/workbook.xml", False)]),
        "xl/workbook.xml": f'{samples.HEAD}<workbook {space} xmlns:r="{samples.REL}"><sheets><sheet name="令和８年①" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": samples.rels([("rId1", "worksheet", "worksheets/sheet1.xml", False), ("rId2", "styles", "styles.xml", False)]),
        "xl/styles.xml": f"{samples.HEAD}<styleSheet {space}>{styles}</styleSheet>",
        "xl/worksheets/sheet1.xml": f'{samples.HEAD}<worksheet {space}><sheetData><row r="1">{cells}</row></sheetData></worksheet>'})


def odt(styles, body):
    office = ('xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
              'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.3"')
    manifest = ('<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">'
                '<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.text"/>'
                '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
                '<manifest:file-entry manifest:full-path="styles.xml" manifest:media-type="text/xml"/></manifest:manifest>')
    buf = io.BytesIO()
    with zipfile.ZipFile(buf, "w") as z:
        z.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        z.writestr("content.xml", f"{samples.HEAD}<office:document-content {office}><office:body><office:text>{body}</office:text></office:body></office:document-content>")
        z.writestr("styles.xml", f"{samples.HEAD}<office:document-styles {office}>{styles}</office:document-styles>")
        z.writestr("META-INF/manifest.xml", samples.HEAD + manifest)
    return buf.getvalue()


class Japanese(Case):
    def cleaned(self, data, name, output_type):
        """The bytes of the cleaned file; a second cleaning changes and removes nothing."""
        row = self.one(data, name)
        self.assertEqual((row["verdict"], row["output_type"]), ("clean", output_type), row)
        os.makedirs(self.path("again"), exist_ok=True)
        second = self.clean("-o", self.path("again"), row["output"], code=0)[0]
        self.assertEqual((second["removed"], second["sha256_out"]), ([], row["sha256_out"]))
        self.row = row
        return self.read(row["output"])

    def txt(self, data, want):
        self.assertEqual(self.cleaned(data, "文書.txt", "txt").decode(), want)
        self.assertEqual(self.codes(self.row), set())

    # --- texts ---

    def test_01_txt_cp932(self):
        self.txt((PLAIN + TRAPS + "\r\n").encode("cp932"), PLAIN + TRAPS + "\r\n")

    def test_02_txt_eucjp(self):
        self.txt(eucjp(PLAIN + IN_JIS + "\n"), PLAIN + IN_JIS + "\n")

    def test_03_txt_iso2022jp(self):
        self.txt(jis(PLAIN + IN_JIS + "\r\n"), PLAIN + IN_JIS + "\r\n")

    def test_04_txt_iso2022jp_kana_by_shift(self):
        self.txt(jis(PLAIN + "半角ｶﾅ①\n", kana="shift"), PLAIN + "半角ｶﾅ①\n")

    def test_05_txt_utf8_with_mark(self):
        self.txt(("\ufeff" + PLAIN + TRAPS + BEYOND + "\n").encode(), PLAIN + TRAPS + BEYOND + "\n")

    def test_06_txt_utf16le(self):
        self.txt((PLAIN + TRAPS + BEYOND + "\r\n").encode("utf-16"), PLAIN + TRAPS + BEYOND + "\r\n")

    def test_07_txt_utf16be_without_mark(self):
        text = "件名: 会議の案内 2026-04-01 10:00\r\n" * 8 + PLAIN + "\r\n"
        self.txt(text.encode("utf-16-be"), text)

    def test_08_txt_characters_of_ones_own(self):
        """外字: CP932 from F040 on lies in the private area, in the same order."""
        self.txt((PLAIN + "氏名 ").encode("cp932") + b"\xf0\x40\xf0\x7e\xf0\x80\xf9\xfc\n", PLAIN + "氏名 \ue000\ue03e\ue03f\ue757\n")

    def test_09_txt_twins_of_vendors(self):
        """The same character at several places of CP932 (NEC row 13, NEC's and IBM's extensions) is one."""
        pairs = b"\x81\xbe\x87\x9c \xed\x40\xfa\x5c \x81\xca\xee\xf9\xfa\x54 \xee\xef\xfa\x40\n"
        self.txt(PLAIN.encode("cp932") + pairs, PLAIN + "∪∪ 纊纊 ￢￢￢ ⅰⅰ\n")

    def test_10_txt_jisx0212_in_eucjp(self):
        self.txt(eucjp(PLAIN) + b"\x8f\xb0\xa1\x8f\xed\xe3\n", PLAIN + "丂龥\n")

    def test_11_txt_variants_and_jisx0213(self):
        self.txt((BEYOND + "\n").encode(), BEYOND + "\n")

    def test_12_txt_eras_and_signs(self):
        text = "㍾㍽㍼㍻㋿ 明治大正昭和平成令和元年 ㌔㌢㍍㎡㏍ 〒〆〇々ゝゞヽヾ\n"
        self.txt(text.encode(), text)

    def test_13_txt_decomposed_kana_stay_decomposed(self):
        text = unicodedata.normalize("NFD", "ガギグゲゴ ぱぴぷ") + "\n"
        self.txt(text.encode(), text)

    def test_14_xml_in_shift_jis(self):
        data = f'<?xml version="1.0" encoding="Shift_JIS"?>\n<台帳><氏名>{TRAPS}</氏名></台帳>\n'.encode("cp932")
        self.assertIn(f"<氏名>{TRAPS}</氏名>", self.cleaned(data, "台帳.xml", "xml").decode())

    def test_15_json(self):
        data = ('{"氏名": "' + "".join(f"\\u{ord(c):04x}" for c in "髙﨑") + f' {BEYOND}"}}').encode()
        self.assertIn(f'"髙﨑 {BEYOND}"', self.cleaned(data, "a.json", "json").decode())

    # --- tables ---

    def test_16_csv_cp932(self):
        text = f"番号,氏名\r\n1,{TRAPS}\r\n2,\"表,ソ\"\r\n"
        self.assertEqual(self.cleaned(text.encode("cp932"), "名簿.csv", "csv").decode("utf-8-sig"), text)

    def test_17_csv_eucjp(self):
        text = f"番号,氏名\n1,{IN_JIS}\n2,能力\n"
        self.assertEqual(self.cleaned(eucjp(text), "名簿.csv", "csv").decode("utf-8-sig"), text)

    def test_18_tsv_with_commas_of_its_own(self):
        text = f"番号\t氏名、役職\n1\t{TRAPS}\n"
        self.assertEqual(self.cleaned(text.encode("cp932"), "名簿.tsv", "tsv").decode("utf-8-sig"), text)

    # --- names of files ---

    def test_19_name_stays(self):
        name = "表ソ能①㈱～－髙﨑ｶﾅ葛\U000e0100城\ue000.txt"
        self.cleaned(PLAIN.encode(), name, "txt")
        self.assertEqual((os.path.basename(self.row["output"]), self.row["changed_name"]), (name, None))

    def test_20_name_gets_its_extension_only(self):
        self.cleaned(samples.png(text=""), "能登の表.txt", "png")
        self.assertTrue(os.path.basename(self.row["output"]).startswith("能登の表"))
        self.assertTrue(self.row["output"].endswith(".png"))

    # --- archives ---

    def members(self, data, name="資料.zip"):
        with zipfile.ZipFile(io.BytesIO(self.cleaned(data, name, "zip"))) as z:
            self.assertEqual({i.flag_bits & 0x800 for i in z.infolist() if not i.filename.isascii()} - {0x800}, set())
            return {i.filename: z.read(i) for i in z.infolist()}

    NAMES = ("表計算ソフト能力.txt", "資料/貼付①㈱.txt", "ｶﾀｶﾅ～－.txt")

    def zip_names(self, encode, names=NAMES, flag=0):
        got = self.members(raw_zip([(encode(n), PLAIN.encode()) for n in names], flag))
        self.assertEqual(set(n for n in got if not n.endswith("/")), set(names))
        self.assertEqual(set(v.decode() for n, v in got.items() if not n.endswith("/")), {PLAIN})

    def test_21_zip_cp932_with_5c(self):
        self.zip_names(lambda n: n.encode("cp932"))

    def test_22_zip_eucjp(self):
        self.zip_names(eucjp, ("表計算ソフト能力.txt", "資料/貼付け.txt", "予算書について.txt"))

    def test_23_zip_utf8_with_mark(self):
        self.zip_names(str.encode, self.NAMES + ("葛\U000e0100城.txt",), 0x800)

    def test_24_zip_utf8_without_mark(self):
        self.zip_names(str.encode)

    def test_25_zip_members_in_several_sets(self):
        data = raw_zip([("a.txt".encode(), (PLAIN + TRAPS).encode("cp932")), ("b.txt".encode(), eucjp(PLAIN + IN_JIS)), ("c.txt".encode(), jis(PLAIN + IN_JIS))])
        got = self.members(data)
        self.assertEqual([got[n].decode() for n in ("a.txt", "b.txt", "c.txt")], [PLAIN + TRAPS, PLAIN + IN_JIS, PLAIN + IN_JIS])

    def lzh_names(self, level):
        got = self.members(lzh(level, "表計算ソフト①ｶﾅ能.txt".encode("cp932"), (PLAIN + TRAPS).encode("cp932")), "資料.lzh")
        self.assertEqual({n: v.decode() for n, v in got.items()}, {"表計算ソフト①ｶﾅ能.txt": PLAIN + TRAPS})

    def test_26_lzh_level_0(self):
        self.lzh_names(0)

    def test_27_lzh_level_1(self):
        self.lzh_names(1)

    def test_28_lzh_level_2(self):
        self.lzh_names(2)

    def test_29_lzh_level_3(self):
        self.lzh_names(3)

    # --- documents ---

    def part(self, data, name, output_type, part):
        with zipfile.ZipFile(io.BytesIO(self.cleaned(data, name, output_type))) as z:
            return z.read(part).decode()

    def test_30_docx_vertical(self):
        body = (f'<w:p><w:r><w:t>{PLAIN}</w:t></w:r><w:r><w:rPr><w:eastAsianLayout w:id="1" w:vert="1" w:vertCompress="1"/></w:rPr><w:t>12</w:t></w:r></w:p>'
                '<w:sectPr><w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/><w:textDirection w:val="tbRl"/><w:docGrid w:type="lines" w:linePitch="360"/></w:sectPr>')
        xml = self.part(docx(body), "縦書き.docx", "docx", "word/document.xml")
        self.assertIn(PLAIN, xml)
        self.assertRegex(xml, r'<w:textDirection w:val="tbRl"/>')
        self.assertRegex(xml, r'<w:eastAsianLayout w:id="1"[^>]* w:vert="1"')

    def test_31_docx_characters(self):
        xml = self.part(docx(f"<w:p><w:r><w:t>{TRAPS}{BEYOND}</w:t></w:r></w:p>"), "外字.docx", "docx", "word/document.xml")
        self.assertIn(f"<w:t>{TRAPS}{BEYOND}</w:t>", xml)

    def test_32_docx_ruby_and_eras(self):
        body = ('<w:p><w:r><w:ruby><w:rubyPr><w:rubyAlign w:val="distributeSpace"/><w:hps w:val="10"/><w:hpsRaise w:val="18"/><w:hpsBaseText w:val="21"/><w:lid w:val="ja-JP"/></w:rubyPr>'
                '<w:rt><w:r><w:t>かつらぎ</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>葛\U000e0100城</w:t></w:r></w:rubyBase></w:ruby></w:r>'
                '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> DATE \\@ "ggge年M月d日" </w:instrText></w:r>'
                '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>令和8年4月1日</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>')
        xml = self.part(docx(body), "ルビ.docx", "docx", "word/document.xml")
        for want in ("かつらぎ", "葛\U000e0100城", "<w:rubyBase>", "ggge年M月d日", "令和8年4月1日"):
            self.assertIn(want, xml)

    def test_33_xlsx_eras(self):
        formats = ('[$-411]ggge"年"m"月"d"日";@', "[$-411]ge.m.d;@", '[$-ja-JP-x-gannen]ggge"年"m"月"d"日";@')
        styles = ("".join(('<numFmts count="3">', *(f'<numFmt numFmtId="{176 + i}" formatCode="{f.replace(chr(34), "&quot;")}"/>' for i, f in enumerate(formats)), "</numFmts>"))
                  + '<fonts count="1"><font><sz val="11"/><name val="ＭＳ Ｐ明朝"/></font></fonts><fills count="1"><fill><patternFill patternType="none"/></fill></fills>'
                  '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf numFmtId="0"/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="176" applyNumberFormat="1"/></cellXfs>')
        data = xlsx('<c r="A1" s="1"><v>46113</v></c>', styles)
        xml = self.part(data, "和暦.xlsx", "xlsx", "xl/styles.xml")
        self.assertEqual([f.replace("&quot;", '"') for f in re.findall(r'formatCode="([^"]*)"', xml)], list(formats))
        self.assertIn("ＭＳ Ｐ明朝", xml)
        with zipfile.ZipFile(self.row["output"]) as z:
            self.assertIn('name="令和８年①"', z.read("xl/workbook.xml").decode())

    def test_34_xlsx_cells(self):
        xml = self.part(xlsx(f'<c r="A1" t="inlineStr"><is><t>{TRAPS}{BEYOND}</t></is></c>', '<fonts count="1"><font/></fonts>'), "外字.xlsx", "xlsx", "xl/worksheets/sheet1.xml")
        self.assertIn(f"<t>{TRAPS}{BEYOND}</t>", xml)

    def test_35_odt_vertical(self):
        styles = ('<office:automatic-styles><style:page-layout style:name="v"><style:page-layout-properties style:writing-mode="tb-rl"/></style:page-layout></office:automatic-styles>'
                  '<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="v"/></office:master-styles>')
        data = odt(styles, f"<text:p>{PLAIN}{TRAPS}{BEYOND}</text:p>")
        self.assertIn(PLAIN + TRAPS + BEYOND, self.part(data, "縦書き.odt", "odt", "content.xml"))
        with zipfile.ZipFile(self.row["output"]) as z:
            self.assertIn('style:writing-mode="tb-rl"', z.read("styles.xml").decode())

    # --- calendars, contacts, drawings ---

    def test_36_contact_of_an_old_telephone(self):
        def quoted(text):
            return "".join(f"={b:02X}" for b in text.encode("cp932"))
        charset = "CHARSET=SHIFT_JIS;ENCODING=QUOTED-PRINTABLE"
        card = (f"BEGIN:VCARD\r\nVERSION:2.1\r\nN;{charset}:{quoted('髙﨑')};{quoted('表ソ能')};;;\r\nSOUND;X-IRMC-N;{charset}:{quoted('ﾀｶｻｷ')};{quoted('ｿﾉｳ')};;;\r\n"
                f"NOTE;{charset}:{quoted(TRAPS[:8])}=\r\n{quoted(TRAPS[8:])}\r\nEND:VCARD\r\n")
        text = self.cleaned(card.encode(), "連絡先.vcf", "vcf").decode().replace("\r\n ", "")
        for want in ("N:髙﨑;表ソ能;;;", "X-PHONETIC-LAST-NAME:ﾀｶｻｷ", "X-PHONETIC-FIRST-NAME:ｿﾉｳ", f"NOTE:{TRAPS}"):
            self.assertIn(want + "\r\n", text)

    def test_37_calendar(self):
        entry = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:{PLAIN}{BEYOND}\r\nLOCATION:{TRAPS}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        got = self.cleaned(entry.encode(), "予定.ics", "ics")
        self.assertTrue(all(len(line) <= 75 for line in got.split(b"\r\n")))
        self.assertEqual(got.decode().replace("\r\n ", ""), entry)

    def test_38_drawing_sfc(self):
        lines = ["ISO-10303-21;", "HEADER;", "FILE_DESCRIPTION(('SCADEC level2 feature_mode'),'2;1');", "ENDSEC;", "DATA;", "/*SXF",
                 f"#10 = text_string_feature('1','1','1',\\'{TRAPS}\\','0','0')", "SXF*/", "ENDSEC;", "END-ISO-10303-21;", ""]
        data = "\r\n".join(lines).encode("cp932")
        self.assertEqual(self.cleaned(data, "図面.sfc", "sfc"), data)

    # --- mails ---

    def mail(self, head, body):
        data = b"From: a@example.jp\r\nTo: b@example.jp\r\nMIME-Version: 1.0\r\n" + head + b"\r\n\r\n" + body
        return email.message_from_bytes(self.cleaned(data, "受信.eml", "eml"), policy=email.policy.default)

    def test_39_mail_iso2022jp_with_more_than_it_has(self):
        subject = base64.b64encode(jis("会議①㈱ｶﾅ")).decode()
        m = self.mail(f"Subject: =?ISO-2022-JP?B?{subject}?=\r\nContent-Type: text/plain; charset=ISO-2022-JP".encode(), jis(PLAIN + IN_JIS) + b"\r\n")
        self.assertEqual((m["Subject"], m.get_content().strip()), ("会議①㈱ｶﾅ", PLAIN + IN_JIS))

    def test_40_mail_bytes_without_a_label(self):
        m = self.mail("Subject: 表ソ能の件①\r\nContent-Type: text/plain; charset=Shift_JIS".encode("cp932"), (PLAIN + TRAPS).encode("cp932") + b"\r\n")
        self.assertEqual((m["Subject"], m.get_content().strip()), ("表ソ能の件①", PLAIN + TRAPS))

    def test_41_mail_eucjp(self):
        subject = binascii.b2a_qp(eucjp("能力の表"), header=True).decode()
        m = self.mail(f"Subject: =?EUC-JP?Q?{subject}?=\r\nContent-Type: text/plain; charset=EUC-JP".encode(), eucjp(PLAIN + IN_JIS) + b"\r\n")
        self.assertEqual((m["Subject"], m.get_content().strip()), ("能力の表", PLAIN + IN_JIS))

    def test_42_mail_names_of_attachments(self):
        """RFC 2231 in parts and in Shift_JIS; RFC 2047 in quotes, as most programs write it."""
        raw = "".join(f"%{b:02X}" for b in "表計算ソフト能.txt".encode("cp932"))
        word = "=?ISO-2022-JP?B?" + base64.b64encode(jis("貼付①.txt")).decode() + "?="
        parts = [f"Content-Type: text/plain\r\nContent-Disposition: attachment; filename*0*=shift_jis''{raw[:21]}; filename*1*={raw[21:]}\r\n\r\na\r\n",
                 f'Content-Type: application/octet-stream; name="{word}"\r\nContent-Disposition: attachment; filename="{word}"\r\n\r\nb\r\n']
        body = "".join(f"--cut\r\n{p}" for p in parts) + "--cut--\r\n"
        m = self.mail(b'Subject: x\r\nContent-Type: multipart/mixed; boundary="cut"', body.encode())
        self.assertEqual([p.get_filename() for p in m.iter_attachments()], ["表計算ソフト能.txt", "貼付①.txt"])

"""What must not leave, from outside: found in documents as other programs write them, told by place and never by content."""
import io
import json
import unittest
import zipfile

import docx
import openpyxl
from PIL import Image, ImageDraw, ImageFont

import samples
from command import Case

NUMBER = "123456789018"  # a published test value
COMPANY = "7000012050002"  # the National Tax Agency's
FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"


class Leaks(Case):
    def look(self, *args, code):
        done = self.run_command("leaks", "--json", *args)
        self.assertEqual(done.returncode, code, done.stderr.decode() + done.stdout.decode())
        self.assertNotIn(NUMBER.encode(), done.stdout + done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def document(self):
        d = docx.Document()
        d.add_paragraph("個人番号は 1234-5678-9018 です。")
        d.core_properties.comments = "取扱注意"
        out = io.BytesIO()
        d.save(out)
        return out.getvalue()

    def workbook(self):
        book = openpyxl.Workbook()
        book.active["A1"] = "一覧"
        hidden = book.create_sheet("隠し")
        hidden.sheet_state = "hidden"
        hidden.append(["氏名", "個人番号"])
        hidden.append(["職員1", int(NUMBER)])
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    def test_a_document_and_its_properties(self):
        words = self.write("words.txt", "# 例\n取扱注意\n".encode())
        row, = self.look("--words", words, self.write("a.docx", self.document()), code=1)
        self.assertEqual(row["mynumbers"], {"sure": 1, "likely": 0, "weak": 0})
        self.assertEqual(row["words"]["sure"], 1)
        self.assertEqual({p["kind"] for p in row["places"]}, {"mynumber", "word"})

    def test_a_number_in_a_hidden_sheet(self):
        row, = self.look(self.write("a.xlsx", self.workbook()), code=1)
        self.assertEqual(sum(row["mynumbers"].values()), 1)

    def test_in_an_archive_with_its_place(self):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as z:
            z.writestr("中/表.csv", f"会社,法人番号\n例示,{COMPANY}\n")
        row, = self.look(self.write("a.zip", out.getvalue()), code=1)
        self.assertEqual(row["corporate_numbers"]["sure"], 1)
        self.assertEqual(row["places"][0]["where"], "中/表.csv")
        self.assertEqual((row["places"][0]["line"], row["places"][0]["cell"]), (2, 1))

    def test_pages_with_words_and_without(self):
        """A flattened text keeps its words under its pixels; a picture as a page has none."""
        text = self.write("a.txt", f"マイナンバー {NUMBER}\n".encode())
        self.clean("--method", "flatten", "-o", self.path("a.pdf"), text, code=0)
        row, = self.look(self.path("a.pdf"), code=1)
        self.assertEqual(row["mynumbers"]["sure"], 1)
        self.assertEqual(row["places"][0]["where"], "page 1")
        self.assertEqual(row["unread_pages"], 0)
        picture = io.BytesIO()
        image = Image.new("RGB", (60, 40), "white")
        image.putpixel((30, 20), (0, 0, 0))
        image.paste((0, 0, 0), (10, 10, 30, 30))
        image.save(picture, "PNG")
        path = self.write("b.png", picture.getvalue())
        self.clean("--method", "flatten", "-o", self.path("b.pdf"), path, code=0)
        pages, alone = self.look(self.path("b.pdf"), path, code=1)
        self.assertEqual((pages["unread_pages"], alone["unread_pictures"]), (1, 1))

    def sheet(self, *lines, turned=0):
        """A sheet as a scanner takes it: pixels and nothing else."""
        image = Image.new("L", (1240, 1754), 250)
        for i, line in enumerate(lines):
            ImageDraw.Draw(image).text((150, 200 + 80 * i), line, font=ImageFont.truetype(FONT, 32), fill=20)
        return image.rotate(turned, expand=True, fillcolor=250)

    def scan(self, kind, *sheets):
        out = io.BytesIO()
        sheets[0].save(out, kind, save_all=len(sheets) > 1, append_images=sheets[1:], dpi=(150, 150)) if kind != "PNG" else sheets[0].save(out, kind)
        return out.getvalue()

    def test_a_scanned_page_is_read(self):
        form = self.sheet("個人番号カード交付申請書", "氏名　関所太郎", "個人番号　1234 5678 9018")
        notice = self.sheet("市民課からのお知らせ", "窓口は九時に開きます。", turned=90)
        pdf = self.write("a.pdf", self.scan("PDF", form, notice))
        row, = self.look("--ocr", pdf, code=1)
        self.assertEqual((row["mynumbers"]["sure"], row["ocr"], row["read"], row["unread_pages"]), (1, True, 2, 0))
        self.assertEqual(row["places"][0]["where"], "page 1")
        row, = self.look(pdf, code=1)
        self.assertEqual((row["mynumbers"]["sure"], row["ocr"], row["read"], row["unread_pages"]), (0, False, 0, 2))
        row, = self.look("--ocr", self.write("b.pdf", self.scan("PDF", notice)), code=0)
        self.assertEqual((row["read"], row["places"]), (1, []))

    def test_a_scan_beside_words_is_read(self):
        """A stamp of a few words on a scan; and a page of pixels whose words lie below them: nothing is told twice."""
        scan = self.scan("JPEG", self.sheet("個人番号　1234 5678 9018"))
        pdf = samples.pdf({
            1: "<</Type /Catalog /Pages 2 0 R>>", 2: "<</Type /Pages /Kids [3 0 R] /Count 1>>",
            3: "<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources <</Font <</F 5 0 R>> /XObject <</I 6 0 R>>>>>>",
            4: ("", b"q 595 0 0 842 0 0 cm /I Do Q BT /F 12 Tf 300 20 Td (received) Tj ET"),
            5: "<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>",
            6: ("/Type /XObject /Subtype /Image /Width 1240 /Height 1754 /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode", scan)})
        row, = self.look("--ocr", self.write("a.pdf", pdf), code=1)
        self.assertEqual((row["mynumbers"]["sure"], row["read"], row["unread_pages"]), (1, 1, 0))
        self.clean("--method", "flatten", "-o", self.path("b.pdf"), self.write("b.txt", f"マイナンバー {NUMBER}\n".encode()), code=0)
        row, = self.look("--ocr", self.path("b.pdf"), code=1)
        self.assertEqual((row["mynumbers"]["sure"], row["read"], row["unread_pages"]), (1, 1, 0))

    def test_scanned_pictures_are_read(self):
        form = self.sheet("法人番号", "法人番号　7000012050002")
        tiff, png = self.look("--ocr", self.write("a.tiff", self.scan("TIFF", self.sheet("お知らせ"), form)),
                              self.write("a.png", self.scan("PNG", form)), code=1)
        for row in tiff, png:
            self.assertEqual((sum(row["corporate_numbers"].values()), row["read"], row["unread_pictures"]), (1, 1, 0))

    def test_a_scan_in_a_document_is_read(self):
        d = docx.Document()
        d.add_paragraph("添付のとおり。")
        d.add_picture(io.BytesIO(self.scan("PNG", self.sheet("個人番号　1234 5678 9018"))))
        out = io.BytesIO()
        d.save(out)
        row, = self.look("--ocr", self.write("a.docx", out.getvalue()), code=1)
        self.assertEqual((row["mynumbers"]["sure"], row["unread_pictures"]), (1, 0))
        self.assertIn("media/image1.png", row["places"][0]["where"])

    def test_what_shows_no_writing_stays_unread(self):
        noise = Image.effect_noise((600, 400), 80)
        row, = self.look("--ocr", self.write("a.png", self.scan("PNG", noise)), code=1)
        self.assertEqual((row["ocr"], row["read"], row["unread_pictures"]), (True, 0, 1))

    def test_nothing_found(self):
        row, = self.look(self.write("a.txt", "電話 0312345678\n".encode()), code=0)
        self.assertEqual(row["places"], [])

    def test_hashes_agree_within_a_run_only(self):
        paths = [self.write("a.txt", NUMBER.encode()), self.write("b.txt", b"1234 5678 9018")]
        one, two = self.look(*paths, code=1)
        again = self.look(*paths, code=1)[0]
        self.assertEqual(one["places"][0]["hash"], two["places"][0]["hash"])
        self.assertNotEqual(one["places"][0]["hash"], again["places"][0]["hash"])

    def test_people_read_it_in_japanese(self):
        done = self.run_command("leaks", "--lang", "ja", self.write("a.txt", f"個人番号 {NUMBER}\n".encode()))
        told = done.stdout.decode()
        self.assertIn("個人番号（確実）、1行目の6文字目", told)
        self.assertNotIn(NUMBER, told)

    def test_what_cannot_be_looked_through_is_an_error(self):
        row, = self.look(self.write("a.pdf", b"%PDF-1.4 broken"), code=2)
        self.assertNotEqual(row["verdict"], "clean")
        bad = self.write("bad.txt", b"ok\n\\q\n")
        row, = self.look("--words", bad, self.write("a.txt", b"x\n"), code=2)
        self.assertIn("line 2", row["reason"]["detail"])
        self.assertEqual(self.run_command("leaks").returncode, 2)
        self.assertEqual(self.run_command("leaks", "--words", self.path("none"), self.path("a.txt")).returncode, 2)
        self.assertEqual(self.run_command("leaks", self.path("none.txt")).returncode, 2)


if __name__ == "__main__":
    unittest.main()

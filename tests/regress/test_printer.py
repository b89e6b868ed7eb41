"""Lists as workbooks, read by an independent reader."""
import io
import json
import subprocess
import unittest
from pathlib import Path

import openpyxl

BUILD = Path(__file__).resolve().parent.parent.parent / "build"
PRINTER = BUILD / "src" / "cmd" / "sekisho-printer"
HOSTILE = ["=1+1", "+A1", "-2", "@SUM(A1)", "=HYPERLINK(\"http://x.example/\")", "{=1}", "http://x.example/", "\t=1", "<b>&amp;\u0001", "1e3", "見積書.docx"]


def workbook(answer, *args):
    r = subprocess.run([PRINTER, "xlsx", *args], input=json.dumps(answer).encode(), capture_output=True, timeout=60)
    return r.returncode, r.stdout


class Printer(unittest.TestCase):
    def test_names_are_text(self):
        status, data = workbook({"status": "ok", "transfers": [{"id": f"{i:032x}", "name": n, "received": 1789000000000, "state": "held", "size": 12345}
                                                               for i, n in enumerate(HOSTILE)]})
        self.assertEqual(status, 0)
        sheet = openpyxl.load_workbook(io.BytesIO(data)).active
        head = [c.value for c in sheet[1]]
        self.assertEqual(sheet.max_row, len(HOSTILE) + 1)
        for i, name in enumerate(HOSTILE):
            row = dict(zip(head, sheet[i + 2]))
            cell = row[head[2]]
            self.assertEqual(cell.data_type, "s", name)
            self.assertIsNone(cell.hyperlink)
            self.assertEqual(openpyxl.utils.escape.unescape(cell.value), name)
            self.assertEqual(row[head[0]].value.isoformat(), "2026-09-10T09:26:40")  # in Japan
            self.assertEqual(row[head[9]].value, 12345)
        self.assertNotIn(b"<f>", b"".join(self.parts(data).values()))

    def parts(self, data):
        import zipfile
        with zipfile.ZipFile(io.BytesIO(data)) as z:
            return {n: z.read(n) for n in z.namelist()}

    def test_languages(self):
        heads = {lang: [c.value for c in openpyxl.load_workbook(io.BytesIO(workbook({"transfers": []}, lang)[1])).active[1]] for lang in ("ja", "en")}
        self.assertEqual(heads["en"][2], "Name of the file")
        self.assertEqual(heads["ja"][2], "ファイル名")
        self.assertEqual(len(heads["ja"]), len(heads["en"]))

    def test_more(self):
        last = {}
        for lang in ("ja", "en"):
            sheet = openpyxl.load_workbook(io.BytesIO(workbook({"transfers": [{"id": "0" * 32}], "next": "1-" + "0" * 32}, lang)[1])).active
            self.assertEqual(sheet.max_row, 3)
            last[lang] = sheet.cell(3, 1).value
        self.assertTrue(last["en"].startswith("There are more"))
        self.assertNotEqual(last["ja"], last["en"])

    def test_not_a_list(self):
        for answer in ({}, [], {"transfers": 1}, {"status": "refused", "why": "no-right"}):
            status, data = workbook(answer)
            self.assertEqual((status, data), (1, b""))


if __name__ == "__main__":
    unittest.main()

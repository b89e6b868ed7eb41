"""Office documents with things sprinkled in: each comes out clean and passes its verifier, or is refused."""
import subprocess
import tempfile
import unittest
import zipfile

import sprinkle
import sprinkle_documents
from command import LONG


class Sprinkled(unittest.TestCase):
    def test_made_documents_are_clean_as_they_are(self):
        with tempfile.TemporaryDirectory(prefix="sekisho-") as work:
            documents = sprinkle_documents.all_of_them()
            bad, clean = sprinkle.run(documents, len(documents), None, work)
        self.assertEqual((bad, clean), ([], len(documents)))

    def test_no_output_fails_its_verifier(self):
        with tempfile.TemporaryDirectory(prefix="sekisho-") as work:
            bad, clean = sprinkle.run(sprinkle_documents.all_of_them(), 3000 if LONG else 300, 7, work)
        self.assertEqual(bad, [])
        self.assertGreater(clean, 100 if not LONG else 1000)

    def test_large_parts_pass_in_pieces(self):
        """Twelve MiB of sheet: more than is held at once; what must go goes, and a second cleaning changes nothing."""
        with tempfile.TemporaryDirectory(prefix="sekisho-") as work:
            path = f"{work}/large.xlsx"
            with open(path, "wb") as f:
                f.write(sprinkle_documents.large())
            p = subprocess.run([sprinkle.REPLAY, "-2", "-o", work, path], capture_output=True, text=True, check=False)
            self.assertEqual(p.returncode, 0, p.stdout)
            self.assertIn("office.formula*1[", p.stdout)
            with zipfile.ZipFile(f"{work}/large.xlsx.xlsx") as z:
                sheet = z.read("xl/worksheets/sheet1.xml").decode()
            self.assertGreater(len(sheet), 12 << 20)
            self.assertNotIn("WEBSERVICE", sheet)
            self.assertEqual(sheet.count("<row "), 120001)
            self.assertIn('<hyperlink ref="A1" r:id="rId1"/>', sheet)


if __name__ == "__main__":
    unittest.main()

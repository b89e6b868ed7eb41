"""Office documents with things sprinkled in: each comes out clean and passes its verifier, or is refused."""
import tempfile
import unittest

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


if __name__ == "__main__":
    unittest.main()

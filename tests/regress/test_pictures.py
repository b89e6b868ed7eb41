"""Pictures and drawings through the command: kinds that become another, and what they must not bring."""
import gzip
import subprocess
import unittest

from command import Case

SVG = ('<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
       '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="200" height="100" onload="a()">'
       '<script>a()</script><style>.a{fill:#036} @import "http://x.invalid/";</style><rect class="a" width="200" height="50"/>'
       '<image xlink:href="http://x.invalid/p.png" width="9" height="9"/>'
       '<text x="10" y="80" font-size="20">案内図 葛\U000e0100 \ue000</text></svg>')


class Drawings(Case):
    def test_svg_and_svgz_become_svg(self):
        for name, data in (("図.svg", SVG.encode()), ("図.svgz", gzip.compress(SVG.encode()))):
            with self.subTest(name):
                row = self.clean("--force", "-o", self.path("o.svg"), self.write(name, data), code=0)[0]
                self.assertEqual(row["output_type"], "svg")
                self.assertLessEqual({"svg.script", "svg.external", "text.dtd"}, self.codes(row))
                out = self.read(row["output"]).decode()
                self.assertIn("案内図 葛\U000e0100 \ue000", out)
                for token in ("script", "onload", "invalid", "DOCTYPE"):
                    self.assertNotIn(token, out)
                self.assertEqual(self.codes(self.clean("--force", "-o", self.path("o2.svg"), row["output"], code=0)[0]), set())
                self.assertEqual(self.read(self.path("o2.svg")).decode(), out)

    def test_words_of_a_drawing(self):
        row = self.clean("--method", "text", "-o", self.path("o.txt"), self.write("a.svg", SVG.encode()), code=0)[0]
        self.assertEqual(self.read(row["output"]).decode(), "案内図 葛\U000e0100 \ue000\n")

    def test_drawing_as_pages(self):
        row = self.clean("--method", "flatten", "-o", self.path("o.pdf"), self.write("a.svg", SVG.encode()), code=0)[0]
        out = subprocess.run(["pdftotext", row["output"], "-"], check=True, capture_output=True).stdout.decode()
        self.assertIn("案内図", out)

    def test_drawing_that_draws_itself_too_often(self):
        uses = "".join(f'<g id="l{i}">' + f'<use href="#l{i - 1}"/>' * 10 + "</g>" for i in range(1, 12))
        row = self.clean(self.write("a.svg", f'<svg xmlns="http://www.w3.org/2000/svg"><g id="l0"/>{uses}</svg>'.encode()), code=1)[0]
        self.assertEqual(row["reason"]["code"], "limit.paintings")


if __name__ == "__main__":
    unittest.main()

"""Pictures and drawings through the command: kinds that become another, and what they must not bring."""
import glob
import gzip
import json
import os
import subprocess
import unittest

from PIL import Image, ImageChops, ImageStat

from command import SEKISHO, Case

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


class Photos(Case):
    """HEIC and AVIF, as libheif's own program writes them."""

    def photo(self, name, *options, mode="RGB", size=(300, 200)):
        image = Image.new("RGB", size)
        image.putdata([(x * 255 // size[0], y * 255 // size[1], 60) for y in range(size[1]) for x in range(size[0])])
        if mode == "RGBA":
            image.putalpha(Image.linear_gradient("L").resize(size))
        else:
            image = image.convert(mode)
        exif = Image.Exif()
        exif[0x010E] = "TOKEN-EXIF"
        source = self.path("source.png")
        image.save(source, exif=exif)
        subprocess.run(["heif-enc", *options, "-q", "90", source, "-o", self.path(name)], check=True, capture_output=True)
        return self.path(name), image

    def difference(self, a, b):
        return max(ImageStat.Stat(ImageChops.difference(a.convert("RGB"), b.convert("RGB"))).mean)

    def test_photos_become_jpeg(self):
        for name, options, mode in (("a.heic", ["-t", "64"], "RGB"), ("a.avif", ["-A"], "RGB"), ("g.heic", [], "L"), ("g.avif", ["-A"], "L"),
                                    ("c.heic", ["-p", "chroma=444"], "RGB"), ("d.avif", ["-A", "--full_range_flag", "0", "--matrix_coefficients", "1"], "RGB")):
            with self.subTest(name):
                path, image = self.photo(name, *options, mode=mode)
                row = self.clean("--force", "-o", self.path("o.jpg"), path, code=0)[0]
                self.assertEqual(row["output_type"], "jpg")
                self.assertIn("image.metadata", self.codes(row))
                if "-t" in options:
                    self.assertIn("image.thumbnail", self.codes(row))
                with Image.open(row["output"]) as out:
                    self.assertEqual((out.size, out.mode), (image.size, mode))
                    self.assertLess(self.difference(out, image), 3)
                self.assertNotIn(b"TOKEN", self.read(row["output"]))

    def test_transparent_photos_become_png(self):
        for name, options in (("a.heic", []), ("a.avif", ["-A"])):
            with self.subTest(name):
                path, image = self.photo(name, *options, mode="RGBA")
                row = self.clean("--force", "-o", self.path("o.png"), path, code=0)[0]
                self.assertEqual(row["output_type"], "png")
                with Image.open(row["output"]) as out:
                    self.assertLess(self.difference(out.getchannel("A"), image.getchannel("A")), 2)

    def test_photo_as_a_page(self):
        path, _image = self.photo("a.heic")
        row = self.clean("--method", "flatten", "-o", self.path("o.pdf"), path, code=0)[0]
        self.assertTrue(self.read(row["output"]).startswith(b"%PDF-1.7"))

    def test_cut_off(self):
        path, _image = self.photo("a.heic")
        data = self.read(path)
        row = self.clean(self.write("b.heic", data[:len(data) // 2]), code=1)[0]
        self.assertEqual(row["reason"]["code"], "damaged")

    @unittest.skipUnless(os.geteuid() == 0, "hides a library of this machine")
    def test_without_the_decoder(self):
        path, _image = self.photo("a.heic")
        found = glob.glob("/usr/lib/*/libde265.so.0")
        hide = " && ".join(f"mount --bind /dev/null $(readlink -f {f})" for f in found)
        p = subprocess.run(["unshare", "-m", "sh", "-c", hide + ' && exec "$@"', "sh", SEKISHO, "clean", "--json", path], capture_output=True,
                           check=False, timeout=60, cwd=self.dir)
        self.assertEqual(json.loads(p.stdout)["reason"]["code"], "decoder-missing", p.stderr)


class Depths(Case):
    """What is kept as it is: animations, four inks, sixteen bits."""

    def same(self, path, frames=1):
        with Image.open(path) as before, Image.open(self.clean("--force", "-o", self.path("o"), path, code=0)[0]["output"]) as after:
            self.assertEqual((after.mode, after.size, getattr(after, "n_frames", 1)), (before.mode, before.size, frames))
            for i in range(frames):
                before.seek(i)
                after.seek(i)
                self.assertEqual(after.tobytes(), before.tobytes())
                self.assertEqual((after.info.get("duration"), after.info.get("loop")), (before.info.get("duration"), before.info.get("loop")))

    def colours(self):
        image = Image.new("RGB", (200, 120))
        image.putdata([(x, y * 2, x * y % 256) for y in range(120) for x in range(200)])
        return image

    def test_webp_keeps_its_animation(self):
        frames = [self.colours().rotate(30 * i) for i in range(4)]
        alpha = [f.convert("RGBA") for f in frames]
        for i, f in enumerate(alpha):
            f.putalpha(Image.linear_gradient("L").resize(f.size).rotate(90 * i))
        for name, pictures, options in (("lossy", frames, {}), ("lossless", frames, {"lossless": True}), ("alpha", alpha, {"minimize_size": True})):
            with self.subTest(name):
                path = self.path(name + ".webp")
                pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=[100, 200, 50, 70], loop=3, exif=b"Exif\0\0TOKEN", **options)
                self.same(path, 4)

    def test_four_inks(self):
        image = self.colours().convert("CMYK")
        for name, options in (("a.jpg", {"quality": 90}), ("a.tif", {}), ("b.tif", {"compression": "jpeg"}), ("c.tif", {"compression": "tiff_lzw"})):
            with self.subTest(name):
                image.save(self.path(name), **options)
                self.same(self.path(name))

    def test_sixteen_bits(self):
        image = Image.frombytes("I;16", (200, 120), b"".join((i * 7919 % 65536).to_bytes(2, "little") for i in range(200 * 120)))
        for name, options in (("a.png", {}), ("a.tif", {}), ("b.tif", {"compression": "tiff_lzw"})):
            with self.subTest(name):
                image.save(self.path(name), **options)
                self.same(self.path(name))


class Decoders(Case):
    def test_selftest_names_those_that_are_missing(self):
        """A machine without them is not called broken."""
        if os.geteuid():
            self.skipTest("mounting needs root")
        found = [f for n in ("libde265.so.0", "libdav1d.so.6") for f in glob.glob(f"/usr/lib/*/{n}")]
        if len(found) < 2:
            self.skipTest("the decoders are not installed")
        whole = self.run_command("selftest", "--lang", "en").stdout.decode()
        script = "".join(f'mount --bind /dev/null "$(readlink -f {f})" && ' for f in found) + f"exec {SEKISHO} selftest --lang en"
        p = subprocess.run(["unshare", "--mount", "sh", "-c", script], capture_output=True, check=False, timeout=120)
        self.assertEqual(p.returncode, 0, p.stdout)
        for package in ("libde265-0", "libdav1d6"):
            self.assertNotIn(package, whole)
            self.assertIn(package, p.stdout.decode())


if __name__ == "__main__":
    unittest.main()

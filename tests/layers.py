#!/usr/bin/python3
"""Layers only look down: reads the include lines of src/ and fails on an arrow that points up, and on any arrow
between what cleans and what checks. ./do lint"""
import os
import re
import sys

SRC = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "src")
# A folder and the folders it may include from; itself and base are always allowed.
ALLOWED = {
    "base": set(), "ipc": set(), "jail": {"ipc"}, "container": set(), "format": {"container"}, "render": set(),
    "clean": {"format", "container", "ipc"}, "verify": set(), "engine": {"ipc"},
    "cmd": {"engine", "ipc", "jail", "clean", "format", "verify", "render"},
}
# Programs that only test may look across.
TESTS = re.compile(r"(^|/)(test|fuzz|replay)-[^/]*\.c$|/jail-probe\.c$")
INCLUDE = re.compile(r'^\s*#\s*include\s+"([a-z0-9_]+)/', re.M)
# Libraries that parse: the checker may use none of them.
PARSERS = re.compile(r'#\s*include\s+<(qpdf|mupdf|jpeglib|turbojpeg|spng|png|webp|tiff|gif_lib|expat|libdeflate|hb|ft2build|freetype|openjpeg|jbig2|libxml|archive|cairo|iconv|jansson)')


def main():
    bad = []
    for folder, _dirs, files in os.walk(SRC):
        for name in files:
            if not name.endswith((".c", ".h")):
                continue
            path = os.path.join(folder, name)
            rel = os.path.relpath(path, SRC)
            layer = rel.split(os.sep)[0]
            with open(path, encoding="utf-8") as f:
                text = f.read()
            if layer not in ALLOWED:
                bad.append(f"src/{rel}: layer {layer} is not in tests/layers.py")
                continue
            for target in INCLUDE.findall(text):
                if target in ALLOWED and target not in ALLOWED[layer] | {layer, "base"} and not TESTS.search(rel):
                    bad.append(f"src/{rel}: {layer} must not look at {target}")
            if layer == "verify" and PARSERS.search(text) and not TESTS.search(rel):
                bad.append(f"src/{rel}: a checker must not use a parsing library")
    print("\n".join(bad) or "layers: all arrows point down")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
"""Layers only look down: reads the include lines of src/ and fails on an arrow that points up, and on any arrow
between what cleans and what checks, in either direction. ./do lint"""
import os
import re
import sys

SRC = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "src")
# A folder and the folders it may include from; itself and base are always allowed.
ALLOWED = {
    "base": set(),
    "ipc": set(),
    "jail": {"ipc"},
    "container": set(),
    "format": {"container"},
    "render": set(),
    "convert": set(),
    "ocr": set(),
    "leak": set(),
    "clean": {"format", "container", "ipc", "leak"},
    "verify": set(),
    "engine": {"ipc", "leak"},
    "policy": set(),
    "ledger": set(),
    "ledgerverify": set(),
    "passkey": set(),
    "login": {"post"},
    "printer": {"container", "ledgerverify"},
    "bytes": set(),
    "store": {"bytes"},
    "scan": {"bytes"},
    "front": {"bytes"},
    "jobs": {"bytes"},
    "record": {"ledger"},
    "link": set(),
    "crossing": {"link", "ipc", "post"},
    "portal": {"bytes", "front", "ipc", "post"},
    "gate": {"jobs", "passkey", "policy", "store", "ledger", "ledgerverify", "record", "link"},
    "post": {"ipc"},
    "desk": {"bytes", "gate", "policy", "store", "record", "jobs", "link", "scan", "login", "printer", "passkey", "front", "post", "ipc", "ledger"},
    "cmd": {"bytes", "store", "portal", "engine", "record", "scan", "login", "printer", "leak", "post", "jobs", "front", "link", "crossing", "desk", "ipc", "jail", "clean", "format", "verify", "render", "convert", "ocr", "policy", "ledger",
            "ledgerverify"},
}
# Inside format/ and verify/ a family and those it may include from: what lies inside documents, never the other way round.
FAMILIES = {
    "format/cad": {"image", "metafile", "text"}, "verify/cad": {"text"},
    "format/mail": {"archive", "html", "text"}, "verify/mail": {"text"},
    "format/mhtml": {"css", "html", "mail", "office", "text"},
    "format/locked": set(),
    "format/calendar": {"text"}, "verify/calendar": {"image", "text"},
    "format/pdf": {"font", "image", "text"}, "format/office": {"text"}, "format/odf": {"office", "image", "metafile", "text"}, "format/ooxml": {"office", "image", "metafile", "text"}, "format/metafile": {"image", "text"},
    "format/legacy": set(), "format/archive": {"text"}, "format/other": {"text"}, "format/image": set(), "format/font": set(), "format/text": set(),
    "format/css": {"text"}, "format/html": {"css", "office", "text"}, "verify/html": {"css", "image", "text"}, "verify/css": {"text"}, "format/svg": {"office", "text"}, "verify/svg": {"image", "text"}, "format/heif": {"image"}, "format/rtf": {"image", "metafile", "office", "ooxml", "text"}, "verify/rtf": {"ooxml"}, "format/ichitaro": {"text"}, "verify/ichitaro": set(),
    "verify/pdf": {"font", "image"}, "verify/ooxml": {"text"}, "verify/odf": {"text"}, "verify/image": set(), "verify/font": set(), "verify/text": set(),
}
FAMILY = re.compile(r'^\s*#\s*include\s+"(?:format|verify)/([a-z]+)/', re.M)
# Programs that only test may look across.
TESTS = re.compile(r"(^|/)(test|fuzz|replay)-[^/]*\.[ch]$|/jail-probe\.c$")
INCLUDE = re.compile(r'^\s*#\s*include\s+"([a-z0-9_.]+)/', re.M)
# The checker uses the C library and zlib, no other; <iconv.h> would be a parser, too.
SYSTEM = re.compile(r"^\s*#\s*include\s+<([^>]+)>", re.M)
# The verifier of ledgers takes its hashes and signatures from nettle, which the ledger does not use.
LEDGER_CHECKER = {"gmp.h", "nettle/bignum.h", "nettle/dsa.h", "nettle/ecc.h", "nettle/ecc-curve.h", "nettle/ecdsa.h", "nettle/eddsa.h", "nettle/sha2.h"}
CHECKER = {"zlib.h", "ctype.h", "endian.h", "math.h", "stdarg.h", "stdbool.h", "stddef.h", "stdint.h", "stdio.h", "stdlib.h", "string.h", "strings.h"}
# In the command only the jailed programs look at what works in the jail.
JAILED = {"jail", "leak", "clean", "format", "verify", "render", "convert", "ocr"}
PROGRAMS = re.compile(r"^cmd/(cleaner|converter|reader|renderer|role|verifier)\.[ch]$")


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
                if target == "..":
                    bad.append(f"src/{rel}: includes are written from src/")
                if target in ALLOWED and target not in ALLOWED[layer] | {layer, "base"} and not TESTS.search(rel):
                    bad.append(f"src/{rel}: {layer} must not look at {target}")
                if target in JAILED and layer == "cmd" and not PROGRAMS.match(rel):
                    bad.append(f"src/{rel}: the command must not look at {target}")
            family = os.path.dirname(rel).replace(os.sep, "/")
            if layer in ("format", "verify") and family != layer and not TESTS.search(rel):
                if family not in FAMILIES:
                    bad.append(f"src/{rel}: family {family} is not in tests/layers.py")
                bad += [f"src/{rel}: {family} must not look at {layer}/{target}" for target in FAMILY.findall(text)
                        if target not in FAMILIES.get(family, set()) | {family.split("/")[1]}]
            if layer == "verify" and not TESTS.search(rel):
                bad += [f"src/{rel}: a checker must not use <{name}>" for name in SYSTEM.findall(text) if name not in CHECKER]
            if layer == "ledgerverify" and not TESTS.search(rel):
                bad += [f"src/{rel}: the verifier of ledgers must not use <{name}>" for name in SYSTEM.findall(text)
                        if name not in CHECKER - {"zlib.h"} | LEDGER_CHECKER]
    print("\n".join(bad) or "layers: all arrows point down")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Compiles names.txt into C tables with perfect-enough hashing (names-tables.h). Usage: mknames.py OUTPUT NAMES"""
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "text"))
from nametables import emit_array, name_hash, pair_hash, table

CLASSES = {"k": "TOKEN", "l": "LONG", "b": "BASE64", "s": "TEXT", "r": "RELATION", "n": "WORD", "f": "FORMULA"}


def read(path):
    spaces, elements = [], []
    for line in open(path, encoding="ascii"):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if words[0] == "ns":
            spaces.append(words[1:])
        elif line[0] == " ":
            elements[-1] += words
        else:
            elements.append(words)
    return spaces, elements


def main():
    spaces, elements = read(sys.argv[2])
    index = {key: i for i, (key, *_) in enumerate(spaces)}
    written = {key: "" if prefix == "-" else prefix + ":" for key, prefix, *_ in spaces}
    written["none"], index["none"] = "", 254

    with open(sys.argv[1], "w", encoding="ascii") as out:
        out.write("/* Made by mknames.py from names.txt. */\n\n")
        out.write("static const struct space spaces[] = {\n")
        for key, prefix, flag, uri in spaces:
            prefix = "" if prefix == "-" else prefix
            out.write(f'\t{{"{prefix}", "{uri}", {int(flag == "i")}}},\n')
        out.write("};\n\n")

        names, pairs = [], []
        out.write("static const struct element elements[] = {\n")
        for e, words in enumerate(elements):
            key, local = words[0].rstrip("!*").split(":")
            flags = [f for f, mark in (("HAS_TEXT", "!"), ("SPECIAL", "*")) if mark in words[0]]
            names.append(written[key] + local)
            out.write(f'\t{{"{names[-1]}", {len(names[-1])}, {index[key]}, {" | ".join(flags) or 0}}},\n')
            kind = None
            for w in words[1:]:
                if w.endswith("="):
                    kind = CLASSES[w[0]]
                    continue
                key, _, local = w.rpartition(":")
                pairs.append((e, (written[key] if key else "") + local, kind, index[key] if key else 255))
        out.write("};\n\nstatic const struct pair pairs[] = {\n")
        for e, attr, kind, space in pairs:
            out.write(f'\t{{"{attr}", {e}, {len(attr)}, {space}, {kind}}},\n')
        out.write("};\n\n")

        emit_array(out, "uint16_t", "element_slots", table([name_hash(n) for n in names], 8192))
        emit_array(out, "uint16_t", "pair_slots", table([pair_hash(a, e) for e, a, _, _ in pairs], 32768))

    with open(sys.argv[1].replace("tables", "ids"), "w", encoding="ascii") as out:
        out.write("/* Made by mknames.py from names.txt: the elements that part.c looks at. */\n\nenum {\n")
        for e, words in enumerate(elements):
            if "*" in words[0] or "r=" in words:
                out.write(f"\tON_{words[0].rstrip('!*').replace(':', '_')} = {e},\n")
        out.write("};\n")


main()

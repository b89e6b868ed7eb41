#!/usr/bin/env python3
"""Compiles names.txt into C tables with perfect-enough hashing (names-tables.h). Usage: mknames.py OUTPUT NAMES"""
import sys

MASK = (1 << 64) - 1
CLASSES = {"k": "TOKEN", "l": "LONG", "b": "BASE64", "s": "TEXT", "r": "RELATION", "n": "WORD", "f": "FORMULA"}


def load(b):
    return int.from_bytes(b, "little")


def name_hash(s):
    """sk_vx_hash() of verify/text/hash.h."""
    b = s.encode()
    first, last = load(b[:8]), load(b[-8:]) if len(b) > 8 else 0
    h = ((first ^ ((last << 29 | last >> 35) & MASK) ^ len(b)) * 0x9E3779B97F4A7C15) & MASK
    return (((h ^ h >> 32) * 0xC2B2AE3D27D4EB4F) & MASK) >> 32


def pair_hash(attr, element):
    h = name_hash(attr) ^ (element * 0x9E3779B1 & 0xFFFFFFFF)
    return h ^ h >> 15


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


def table(hashes, size):
    slots = [0] * size
    for i, h in enumerate(hashes):
        at = h & (size - 1)
        while slots[at]:
            at = (at + 1) & (size - 1)
        slots[at] = i + 1
    return slots


def emit_array(out, kind, name, values):
    out.write(f"static const {kind} {name}[{len(values)}] = {{\n")
    for i in range(0, len(values), 16):
        out.write("\t" + ", ".join(str(v) for v in values[i:i + 16]) + ",\n")
    out.write("};\n\n")


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

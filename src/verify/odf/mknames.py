#!/usr/bin/env python3
"""Compiles names.txt into C tables. Usage: mknames.py TABLES IDS NAMES"""
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "text"))
from nametables import emit_array, name_hash, pair_hash, table


def rows(path):
    text = open(path, encoding="ascii").read().replace("\n ", " ")
    return [line.split() for line in text.split("\n") if line and line[0] != "#"]


def read(path):
    spaces, lists, elements, settings = {}, {}, {}, {}
    for words in rows(path):
        kind = words[0]
        if kind == "ns":
            spaces[words[1]] = words[2]
        elif kind == "setting":
            settings.update({w: words[1][0] for w in words[2:]})
        elif kind in ("attributes", "children"):
            lists[kind, words[1]] = words[2:]
        else:
            elements[kind.rstrip("!")] = (kind.endswith("!"), words[1:])
    return spaces, lists, elements, settings


def expand(words, lists):
    """Attributes with their classes, and children."""
    attrs, kids, where, mode = {}, set(), "attributes", None
    todo = list(reversed(words))
    while todo:
        w = todo.pop()
        if w == "/":
            where = "children"
        elif w[0] == "%":
            todo += list(reversed(lists[where, w[1:]]))
        elif w[0] == "@":
            mode = w[1]
        elif where == "attributes":
            attrs[w] = mode
        else:
            kids.add(w)
    return attrs, kids


def main():
    spaces, lists, elements, settings = read(sys.argv[3])
    order = sorted(elements)
    number = {e: i for i, e in enumerate(order)}
    width = (len(order) + 7) // 8
    pairs, kids = [], []
    for e in order:
        attrs, children = expand(elements[e][1], lists)
        pairs += [(number[e], a, c) for a, c in sorted(attrs.items())]
        bits = [0] * width
        for k in children:
            bits[number[k] // 8] |= 1 << number[k] % 8
        kids.append(bits)
    with open(sys.argv[1], "w", encoding="ascii") as out:
        out.write("/* Made by mknames.py from names.txt. */\n\nstatic const struct element elements[] = {\n")
        for e in order:
            out.write(f'\t{{"{e}", {len(e)}, {int(elements[e][0])}}},\n')
        out.write("};\n\nstatic const struct pair pairs[] = {\n")
        for e, a, c in pairs:
            out.write(f'\t{{"{a}", {e}, {len(a)}, \'{c}\'}},\n')
        out.write(f"}};\n\nstatic const uint8_t kids[][{width}] = {{\n")
        for bits in kids:
            out.write("\t{" + ", ".join(map(str, bits)) + "},\n")
        out.write("};\n\nstatic const struct setting settings[] = {\n")
        for s, c in sorted(settings.items()):
            out.write(f'\t{{"{s}", \'{c}\'}},\n')
        out.write("};\n\n")
        emit_array(out, "uint16_t", "element_slots", table([name_hash(n) for n in order], 2048))
        emit_array(out, "uint16_t", "pair_slots", table([pair_hash(a, e) for e, a, _ in pairs], 16384))
        out.write(f"#define SPACES {len(spaces)}\n#define DECLARATIONS \\\n")
        out.write(" \\\n".join(f'\t" xmlns:{p}=\\"{u}\\""' for p, u in sorted(spaces.items())) + "\n")
        out.write(f'#define DECLARATION_MATH " xmlns:math=\\"{spaces["math"]}\\""\n')
    with open(sys.argv[2], "w", encoding="ascii") as out:
        out.write("/* Made by mknames.py from names.txt. */\n\nenum {\n")
        for e in order:
            out.write(f"\tVO_{e.replace(':', '_').replace('-', '_')} = {number[e]},\n")
        out.write("};\n")


main()

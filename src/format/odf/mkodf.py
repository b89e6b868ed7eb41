#!/usr/bin/env python3
"""Compiles names.txt and rules.txt into C tables. Usage: mkodf.py NAMES_HEADER DATA_HEADER FOLDER"""
import os
import sys

SLOTS_BITS = 14


def lines(path):
    """Lines with their continuations, which begin with a blank."""
    out = []
    with open(path, encoding="ascii") as f:
        for line in f:
            if not line.strip() or line.startswith("#"):
                continue
            if line[0] == " " and out:
                out[-1] += " " + line.strip()
            else:
                out.append(line.strip())
    return [line.split() for line in out]


def attributes(words, groups, into):
    mode = None
    for w in words:
        if w[0] == "%":
            into.update(groups[w[1:]])
        elif w[0] == "@":
            mode = w[1:]
        else:
            into[w] = mode


def children(words, groups, into):
    for w in words:
        into.update(groups[w[1:]] if w[0] == "%" else [w])


def read_names(path):
    """Namespaces; element → (attributes with their classes, children, whether it holds text)."""
    spaces, attrs, kids, elements = [], {}, {}, {}
    for words in lines(path):
        if words[0] == "ns":
            spaces.append((words[1], words[2:]))
        elif words[0] == "attributes":
            attributes(words[2:], attrs, attrs.setdefault(words[1], {}))
        elif words[0] == "children":
            children(words[2:], kids, kids.setdefault(words[1], set()))
        else:
            slash = words.index("/") if "/" in words else len(words)
            a, c = {}, set()
            attributes(words[1:slash], attrs, a)
            children(words[slash + 1:], kids, c)
            elements[words[0].rstrip("!")] = (a, c, words[0].endswith("!"))
    return spaces, elements


def c_name(q):
    return "N_" + q.replace(":", "_").replace("-", "_")


def slots(keys):
    """(key, value) placed by multiplicative hashing with linear probing, as names.c finds them."""
    size = 1 << SLOTS_BITS
    table = [(0, 0)] * size
    for key, value in sorted(keys):
        i = (key * 0x9E3779B1 & 0xFFFFFFFF) >> (32 - SLOTS_BITS)
        while table[i][0]:
            i = (i + 1) % size
        table[i] = (key, value)
    return table


def main():
    folder = sys.argv[3]
    spaces, elements = read_names(os.path.join(folder, "names.txt"))
    row, needs, settings, aliases, hooks, told = {}, [], [], [], ["NONE"], {}
    for words in lines(os.path.join(folder, "rules.txt")):
        kind, rest = words[0], words[1:]
        if kind == "ns":
            spaces.append((rest[0], rest[1:]))
        elif kind == "alias":
            aliases.append(rest)
        elif kind in ("drop", "through", "attr", "hook"):
            for q in rest[1:]:
                row.setdefault(q, {})[kind] = rest[0]
            if kind == "hook" and rest[0] not in hooks:
                hooks.append(rest[0])
        elif kind == "space":
            told.update((p, rest[0]) for p in rest[1:])
        elif kind == "need":
            needs += [(rest[0], a) for a in rest[1:]]
        elif kind == "setting":
            settings += [(n, rest[0]) for n in rest[1:]]
        else:
            sys.exit("rules.txt: " + " ".join(words))
    names = set(row) | set(elements)
    for a, c, _ in elements.values():
        names |= set(a) | c
    prefixes = [""] + sorted({p for p, _ in spaces} | {p for _, p in aliases} | {"xml"})
    space = {p: i for i, p in enumerate(prefixes)}
    order = sorted(names, key=lambda q: (space[q.rpartition(":")[0]], q))
    number = {q: i + 1 for i, q in enumerate(order)}
    code = lambda c: "SK_CODE_NONE" if c == "-" else "SK_" + c

    with open(sys.argv[1], "w", encoding="ascii") as out:
        out.write("/* Made by mkodf.py. */\n\nenum {\n")
        for q in order:
            out.write(f"\t{c_name(q)} = {number[q]},\n")
        out.write("};\n\nenum od_hook {\n")
        for h in hooks:
            out.write(f"\tHOOK_{h},\n")
        out.write("};\n\nenum {\n")
        for p in prefixes:
            out.write(f"\tNS_{p or 'none'} = {space[p]},\n")
        out.write(f"\tNS_COUNT = {len(prefixes)},\n}};\n")

    with open(sys.argv[2], "w", encoding="ascii") as out:
        out.write("/* Made by mkodf.py. */\n\nstatic const struct od_name name_rows[] = {\n\t{.q = \"\"},\n")
        for q in order:
            r, e = row.get(q, {}), elements.get(q)
            flags = ["OD_TEXT"] if e and e[2] else []
            flags += [f for k, f in (("drop", "OD_DROP"), ("through", "OD_THROUGH"), ("attr", "OD_QUIET" if r.get("attr") == "-" else "")) if k in r and f]
            flags += ["OD_NEEDS"] if any(n[0] == q for n in needs) else []
            out.write(f'\t{{"{q}", {len(q)}, {len(q) - len(q.rpartition(":")[2])}, {space[q.rpartition(":")[0]]}, HOOK_{r.get("hook", "NONE")}, '
                      f'{" | ".join(flags) or 0}, {code(r.get("drop") or r.get("through") or "-")}, {code(r.get("attr", "-"))}}},\n')
        out.write("};\n\nstatic const uint16_t ns_first[] = {")
        for i in range(len(prefixes) + 1):
            out.write(f"{1 + sum(1 for q in order if space[q.rpartition(':')[0]] < i)}, ")
        out.write("};\n\nstatic const struct uri_row uris[] = {\n")
        rows = [(u, p) for p, us in spaces for u in us] + [(u, p) for u, p in aliases] + [("http://www.w3.org/XML/1998/namespace", "xml")]
        for u, p in sorted(rows):
            out.write(f'\t{{"{u}", {space[p]}}},\n')
        out.write("};\n\nstatic const enum sk_code told[NS_COUNT] = {\n")
        for p, c in sorted(told.items()):
            out.write(f"\t[{space[p]}] = {code(c)},\n")
        out.write("};\n\n#define DECLARATIONS \\\n")
        out.write(" \\\n".join(f'\t" xmlns:{p}=\\"{us[0]}\\""' for p, us in sorted(spaces)) + "\n\n")
        math = dict(spaces)["math"][0]
        out.write(f'#define DECLARATION_MATH " xmlns:math=\\"{math}\\""\n\n#define SLOTS_BITS {SLOTS_BITS}\n\n')
        for name, keys in (("children", [(number[e] << 16 | number[c], 1) for e, (_, kids, _) in elements.items() for c in kids]),
                           ("attributes", [(number[e] << 16 | number[a], ord(cls)) for e, (ats, _, _) in elements.items() for a, cls in ats.items()])):
            out.write(f"static const struct slot {name}[1 << SLOTS_BITS] = {{\n")
            for i, (k, v) in enumerate(slots(keys)):
                if k:
                    out.write(f"\t[{i}] = {{{k}U, {v}}},\n")
            out.write("};\n\n")
        out.write("static const struct need needs[] = {\n")
        for e, a in sorted(needs, key=lambda n: (number[n[0]], number[n[1]])):
            out.write(f"\t{{{c_name(e)}, {c_name(a)}}},\n")
        out.write("};\n\nstatic const struct setting settings[] = {\n")
        for n, t in sorted(settings):
            out.write(f'\t{{"{n}", \'{t[0]}\'}},\n')
        out.write("};\n")


main()

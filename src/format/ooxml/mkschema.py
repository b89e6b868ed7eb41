#!/usr/bin/env python3
"""Compiles schema-*.txt, rules.txt and kinds.def into C tables (schema-tables.h), or into the list of
names for people and the verifier (--names). Usage: mkschema.py OUTPUT DIR [--names]"""
import collections
import os
import re
import sys

out, here = sys.argv[1], sys.argv[2]
ns_order, ns_info, quiet = ["none"], {"none": ("", "-", [""])}, []
drop, attrdrop, hooks, unwrap, formulas, empty, need, objects, space = {}, {}, {}, [], set(), [], [], [], []
rels, classes = {}, {}
types, roots = {}, {}

kinds = re.findall(r'OX_KIND\((\w+),(.*?)\)\n', open(os.path.join(here, "kinds.def")).read().split('#define OX_MSREL')[1], re.S)
kind_names = [k for k, _ in kinds]
kind_roots = [re.findall(r'"([^"]*)"', row)[-1] for _, row in kinds]


def kind_id(word):
    name = re.sub(r"([A-Z])", r"_\1", word).upper()
    if name not in kind_names:
        sys.exit("rules.txt: no kind " + word)
    return kind_names.index(name)


for line in open(os.path.join(here, "rules.txt")):
    f = line.split()
    if not f or f[0].startswith("#"):
        continue
    if f[0] == "ns":
        ns_order.append(f[1])
        ns_info[f[1]] = ("" if f[2] == "-" else f[2], f[3], f[4:])
    elif f[0] == "quiet":
        quiet += f[1:]
    elif f[0] == "drop":
        drop.update((n, f[1]) for n in f[2:])
    elif f[0] == "attrdrop":
        attrdrop.update((n, f[1]) for n in f[2:])
    elif f[0] == "unwrap":
        unwrap += f[1:]
    elif f[0] == "hook":
        hooks.update((n, f[1]) for n in f[2:])
    elif f[0] == "formula":
        formulas.update(f[1:])
    elif f[0] == "empty":
        empty += f[1:]
    elif f[0] == "need":
        need += f[1:]
    elif f[0] == "object":
        objects += f[1:]
    elif f[0] == "space":
        space += f[1:]
    elif f[0] == "class":
        classes.update((n, f[1]) for n in f[2:])
    elif f[0] == "rel":
        mask = 0
        for k in f[2].split(","):
            mask |= 1 << kind_id(k)
        rels.update((n, (f[1], mask & ~1)) for n in f[3:])
    else:
        sys.exit("rules.txt: " + line)

for name in sorted(os.listdir(here)):
    if not re.match(r"schema-\w+\.txt$", name):
        continue
    for line in open(os.path.join(here, name)):
        f = line.split()
        if not f or f[0].startswith("#"):
            continue
        if f[0] == "root":
            el, ty = f[1].split("=")
            roots.setdefault(el, ty)
            continue
        ty = f[0].rstrip("!")
        attrs, children, mode = {}, {}, None
        for w in f[1:]:
            if w in ("@k", "@l", "@s", "@b"):
                mode = w[1]
            elif w == "/":
                mode = "/"
            elif mode == "/":
                el, t = w.split("=")
                children[el] = t
            else:
                attrs[w] = mode
        if ty in types:
            sys.exit("type twice: " + ty)
        types[ty] = (attrs, children, f[0].endswith("!"))

type_ids = {t: i + 1 for i, t in enumerate(sorted(types))}
# every element name with the types it may have
element_types = collections.defaultdict(set)
for el, ty in roots.items():
    element_types[el].add(ty)
for ty, (attrs, children, text) in types.items():
    for el, t in children.items():
        if t not in types:
            sys.exit(f"{ty}: no type {t}")
        element_types[el].add(t)
names = set(element_types) | set(drop) | set(unwrap) | set(hooks)
attr_q = lambda a: a if ":" in a else "none:" + a
for ty, (attrs, children, text) in types.items():
    names |= {attr_q(a) for a in attrs}
names |= {attr_q(a.split("@")[-1]) for a in attrdrop}
names |= {"mc:AlternateContent", "mc:Choice", "mc:Fallback", "none:Requires", "xml:space", "none:relId"}
bad = [n for n in names if n.split(":")[0] not in ns_info]
for n in bad:
    pass
names = sorted(n for n in names if n not in bad)
names.sort(key=lambda n: (ns_order.index(n.split(":")[0]), n.split(":")[1]))
ids = {n: i + 1 for i, n in enumerate(names)}


def canonical(n):
    pre, local = n.split(":")
    p = ns_info[pre][0]
    return (p + ":" if p else "") + local


def attr_rules(ty, a):
    """Class, relationship row and drop of an attribute of a type, by the elements that have the type."""
    found = set()
    for el, ts in element_types.items():
        if ty not in ts:
            continue
        key = el + "@" + a
        if key in rels:
            found.add(("R",) + rels[key])
        elif a.startswith("r:") or a == "o:relid":
            found.add(("R", "a", 0))
        elif key in formulas:
            found.add(("f",))
        elif key in classes:
            found.add((classes[key],))
        else:
            found.add((types[ty][0][a],))
    return found


relrows, attr_table = [], []
for ty, (attrs, children, text) in types.items():
    for a in attrs:
        if attr_q(a) not in ids:
            continue
        found = attr_rules(ty, a)
        if len(found) > 1:
            # the type is shared by elements that differ here: rows by element instead
            for el, ts in element_types.items():
                if ty in ts:
                    key = el + "@" + a
                    if key in rels:
                        pass
        for r in found or {(attrs[a],)}:
            row = None
            if r[0] == "R":
                if (r[1], r[2]) not in relrows:
                    relrows.append((r[1], r[2]))
                row = relrows.index((r[1], r[2]))
        attr_table.append((type_ids[ty], ids[attr_q(a)], found, row, ty, a))

if "--names" in sys.argv:
    with open(out, "w") as o:
        o.write("# Names that may occur in an output (see ooxml.md). ns KEY PREFIX FLAGS URI in the order of declaration\n"
                "# (KEY: the prefix used in this list; PREFIX as written, \"-\": the default namespace; i: named in\n"
                "# mc:Ignorable); then KEY:ELEMENT, \"!\" when it holds text, and its attributes by class.\n")
        for p in ns_order[1:]:
            pre, fl, uris = ns_info[p]
            o.write(f"ns {p} {pre or '-'} {fl} {uris[0]}\n")
        merged = {}
        for el, ts in element_types.items():
            if el not in ids:
                continue
            at, text = {}, False
            for t in ts:
                text |= types[t][2]
                for a, c in types[t][0].items():
                    if attr_q(a) in ids:
                        at[canonical(attr_q(a))] = "s" if at.get(canonical(attr_q(a)), c) != c else c
            if el in space:
                at["xml:space"] = "k"
            merged[el] = (at, text)
        for el in sorted(merged):
            at, text = merged[el]
            by = collections.defaultdict(list)
            for a, c in at.items():
                by[c].append(a)
            o.write(el + ("!" if text else "") + "".join(f" @{c} " + " ".join(sorted(by[c])) for c in sorted(by)) + "\n")
    sys.exit()


def hash_table(rows, value_bits):
    """Open addressing, multiplicative hash as in schema.c; rows of (key, value)."""
    bits = 1
    while (1 << bits) < 2 * len(rows):
        bits += 1
    table = [(0, 0)] * (1 << bits)
    for key, val in rows:
        i = (key * 0x9E3779B1 & 0xFFFFFFFF) >> (32 - bits)
        while table[i][0]:
            if table[i][0] == key:
                sys.exit("key twice")
            i = (i + 1) % len(table)
        table[i] = (key, val)
    return bits, table


def emit_hash(o, name, rows):
    bits, table = hash_table(rows, 16)
    o.write(f"#define {name.upper()}_BITS {bits}\nstatic const struct slot {name}[{len(table)}] = {{\n")
    for i in range(0, len(table), 8):
        o.write("".join(f"{{{k},{v}}}," for k, v in table[i:i + 8]) + "\n")
    o.write("};\n")


def lit(s):
    return '"' + s.replace("\\", "\\\\").replace('"', '\\"') + '"'


def open_table(path, guard):
    o = open(path, "w")
    o.write(f"/* Made by mkschema.py from schema-*.txt, rules.txt and kinds.def. */\n#ifndef {guard}\n#define {guard}\n")
    return o


with open_table(out, "SK_OX_TABLES_H") as o:
    for p in ns_order:
        o.write(f"#define NS_{p} {ns_order.index(p)}\n")
    o.write(f"#define NS_COUNT {len(ns_order)}\n")
    for n, i in ids.items():
        o.write(f"#define N_{n.replace(':', '_').replace('-', '_').replace('.', '_')} {i}\n")
    hook_ids = sorted(set(hooks.values()))
    o.write("enum ox_hook { HOOK_NONE, " + ", ".join("HOOK_" + h for h in hook_ids) + " };\n")
    o.write("#endif\n")

with open_table(out.replace(".h", "-data.h"), "SK_OX_TABLES_DATA_H") as o:
    o.write("static const struct ox_ns_row ns_rows[NS_COUNT] = {\n")
    for p in ns_order:
        pre, fl, uris = ns_info[p]
        o.write(f"{{{lit(pre)}, {lit(uris[0])}, {1 if fl == 'i' else 0}}},\n")
    o.write("};\nstatic const struct ox_uri uris[] = {\n")
    allu = sorted([(u, ns_order.index(p)) for p in ns_order[1:] for u in ns_info[p][2]] + [(u, 255) for u in quiet])
    for u, i in allu:
        o.write(f"{{{lit(u)}, {i}}},\n")
    o.write("};\nstatic const struct ox_name name_rows[] = {\n{0},\n")
    for n in names:
        q = canonical(n)
        local = n.split(":")[1]
        el_flags = (1 if n in unwrap else 0) | (2 if n in empty else 0) | (4 if n in formulas else 0) | (8 if n in need else 0) | (16 if n in objects else 0) | (32 if n in space else 0)
        code = "SK_" + drop[n] if n in drop else "0"
        bare = n[5:] if n.startswith("none:") else n
        acode = "SK_" + attrdrop[bare] if bare in attrdrop else "0"
        if acode == "0":
            for k, c in attrdrop.items():
                if "@" in k and k.split("@")[1] == bare:
                    acode = "SK_" + c
        hook = "HOOK_" + hooks[n] if n in hooks else "0"
        o.write(f"{{{lit(q)}, {len(q)}, {len(q) - len(local)}, {ns_order.index(n.split(':')[0])}, {el_flags}, {hook}, {code}, {acode}}},\n")
    o.write("};\nstatic const uint16_t ns_first[NS_COUNT + 1] = {")
    at = 1
    for p in ns_order:
        o.write(f"{at},")
        at += sum(1 for n in names if n.split(":")[0] == p)
    o.write(f"{at}}};\n")
    o.write("static const uint8_t type_text[] = {0," + ",".join(str(int(types[t][2])) for t in sorted(types)) + "};\n")
    emit_hash(o, "child_table", [((type_ids[ty] << 16) | ids[el], type_ids[t]) for ty, (a, ch, x) in types.items() for el, t in ch.items() if el in ids])
    rows = []
    per_element = []
    for tid, aid, found, row, ty, a in attr_table:
        if len(found) == 1 or not found:
            r = next(iter(found)) if found else (types[ty][0][a],)
            val = ord(r[0]) | ((row if row is not None else 0) << 8)
        else:
            val = ord("E")
            for el, ts in element_types.items():
                if ty in ts:
                    key = el + "@" + a
                    if key in rels:
                        if rels[key] not in relrows:
                            relrows.append(rels[key])
                        per_element.append(((ids[el] << 16) | aid, ord("R") | relrows.index(rels[key]) << 8))
                    elif a.startswith("r:") or a == "o:relid":
                        if ("a", 0) not in relrows:
                            relrows.append(("a", 0))
                        per_element.append(((ids[el] << 16) | aid, ord("R") | relrows.index(("a", 0)) << 8))
                    elif key in formulas:
                        per_element.append(((ids[el] << 16) | aid, ord("f")))
                    else:
                        per_element.append(((ids[el] << 16) | aid, ord(classes.get(key, types[ty][0][a]))))
        rows.append(((tid << 16) | aid, val))
    emit_hash(o, "attr_table", rows)
    emit_hash(o, "element_attr_table", sorted(dict(per_element).items()) or [(1, 0)])
    o.write("static const struct ox_rel_rule rel_rules[] = {\n")
    for mode, mask in relrows or [("a", 0)]:
        o.write(f"{{'{mode}', 0x{mask:x}ULL}},\n")
    o.write("};\nstatic const struct ox_root kind_root_rows[] = {\n")
    for r in kind_roots:
        if r and r not in roots:
            sys.exit("no root " + r)
        o.write(f"{{{ids[r]}, {type_ids[roots[r]]}}},\n" if r else "{0, 0},\n")
    o.write("};\n#endif\n")

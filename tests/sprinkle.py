#!/usr/bin/python3
"""Sprinkles things into Office documents, as the schema of the cleaner allows and as it does not, and cleans them in
process (replay-clean): each comes out clean, passing its verifier and a second cleaning unchanged, or is refused.

sprinkle.py [-n COUNT] [-s SEED] [-k FOLDER] [FILE...]     without files: documents made here
"""
import argparse
import io
import os
import random
import re
import subprocess
import sys
import tempfile
import zipfile

from lxml import etree

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OOXML = os.path.join(ROOT, "src", "format", "ooxml")
REPLAY = os.environ.get("REPLAY_CLEAN") or os.path.join(ROOT, "build", "src", "clean", "replay-clean")
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PKG_REL = "http://schemas.openxmlformats.org/package/2006/relationships"

VALUES = ["", "0", "1", "-1", "true", "rId1", "rId2", "rId3", "rId9", "worksheet", "external", "Note", "Button", "begin", "separate", "end",
          "https://a.example/", "https://a.example/ ", "https://a.example/ ", "https://a.example/　", "https://a.example/x",
          "file:///c:/x", "mailto:a@b.example", "#Sheet1!A1", "\\\\host\\share", "javascript:x", "a\tb\nc\rd", "<&>\"'", "x" * 70, "あ", "＝",
          "ppaction://noaction", "ppaction://hlinksldjump", "ppaction://hlinkshowjump?jump=nextslide", "ppaction://program",
          "ppaction://customshow?id=1&return=true", "width:1pt", "width:expression(1)", "behavior:url(#x)", "background:javascript:1", "a b=c",
          "QUJD RA==", "QUJDRA==", "http://schemas.openxmlformats.org/drawingml/2006/table", "http://purl.oclc.org/ooxml/drawingml/picture",
          "http://schemas.openxmlformats.org/drawingml/2006/chart", "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
          "http://schemas.openxmlformats.org/presentationml/2006/ole", "preserve", "wps", "w14 wps", "v", "nobody"]
FORMULAS = ["SUM(A1:B2)", "HYPERLINK(name)", "HYPERLINK(A1)", "HYPERLINK(\"https://a.example/\")", "HYPERLINK(\"https://a.example/\"&A1)",
            "HYPERLINK(A1&\"x\")", "HYPERLINK('S 1'!A1", "HYPERLINK(T[@x],1)", "_xlfn.WEBSERVICE(1)", "CUBEVALUE(\"x\")", "ＲＴＤ(1)", "'open", "\"open",
            "T[open", "T[x]!A1", "T[x]y", "[1]S!A1", "cmd|'/c x'!A1", "http://x/y", "\\\\h\\x!A1", "c:\\x!A1", "x\\y!A1", "x" * 1100 + "(1)", "a_xll.b(1)",
            "_xlfn._xlpm.CALL (1)", "'a:b:c'!A1", "A1 B1", "{1,2;3}", "#REF!", "市区!A1", "IMAGE(\"http://x\")", "名前 (1)"]
FIELDS = [" PAGE ", "PAGE\\* MERGEFORMAT", "HYPERLINK \"https://a.example/\"", "HYPERLINK \\l \"x\" \\q", "HYPERLINK", "hyperlink a b", "REF x LINK",
          "REF x-LINK", "DOCPROPERTY My-Link", "DDEAUTO c", "IF 1 = 1 \"DDE\" “LINK”", "PAGE \"a\\\" \"DDE", "PAGE \"a” DDE \"",
          "QUOTE \"68\"", "QUOTE 0x41", "QUOTE x", "= 1 + 2", "", "  ", "TOC \\o \"1-3\"", "SEQ a | b", "INCLUDETEXT x", "\"PAGE\"", "HYPERLINK https://à.example/à"]


class Schema:
    """What the cleaner's schema says: attributes and children of each element, over all its types."""

    def __init__(self):
        self.uris, self.attrs, self.children, self.text, types, element_types = {}, {}, {}, set(), {}, {}
        with open(os.path.join(OOXML, "rules.txt"), encoding="utf-8") as f:
            rows = [line.split() for line in f if line.strip()]
        for row in rows:
            if row[0] == "ns":
                self.uris[row[1]] = row[4:]
        self.odd = [n for row in rows if row[0] in ("drop", "unwrap", "hook") for n in row[2:] if ":" in n]
        for name in sorted(n for n in os.listdir(OOXML) if re.match(r"schema-\w+\.txt$", n)):
            with open(os.path.join(OOXML, name), encoding="utf-8") as f:
                for row in (line.split() for line in f if line.strip() and line[0] != "#"):
                    if row[0] == "root":
                        element, kind = row[1].split("=")
                        element_types.setdefault(element, set()).add(kind)
                    else:
                        types[row[0].rstrip("!")] = self.row(row[1:]) + (row[0].endswith("!"),)
        for _attrs, children, _text in types.values():
            for element, kind in children.items():
                element_types.setdefault(element, set()).add(kind)
        for element, kinds in element_types.items():
            self.attrs[element] = sorted({a for k in kinds for a in types[k][0]})
            self.children[element] = sorted({c for k in kinds for c in types[k][1] if c.split(":")[0] in self.uris})
            if any(types[k][2] for k in kinds):
                self.text.add(element)
        self.all = sorted(e for e in element_types if e.split(":")[0] in self.uris)
        self.keys = {uri: key for key, uris in self.uris.items() for uri in uris}

    @staticmethod
    def row(words):
        attrs, children, mode = [], {}, None
        for w in words:
            if w in ("@k", "@l", "@s", "@b", "/"):
                mode = w
            elif mode == "/":
                element, kind = w.split("=")
                children[element] = kind
            else:
                attrs.append(w)
        return attrs, children

    def key(self, element):
        """prefix:local of an element, or None."""
        q = etree.QName(element)
        prefix = self.keys.get(q.namespace) if q.namespace else "none"
        return f"{prefix}:{q.localname}" if prefix else None

    def clark(self, name):
        prefix, _, local = name.rpartition(":")
        return "{%s}%s" % (self.uris[prefix][0], local) if prefix in self.uris else local


class Sprinkler:
    def __init__(self, schema, rng):
        self.schema, self.rng = schema, rng

    def value(self, name=""):
        pool = FORMULAS if name in ("formula", "textlink", "location") else FIELDS if name == "w:instr" else VALUES
        return self.rng.choice(pool if self.rng.random() < 0.8 else VALUES + FORMULAS + FIELDS)

    def set_attribute(self, element, name=None):
        known = self.schema.attrs.get(self.schema.key(element) or "", [])
        name = name or (self.rng.choice(known) if known and self.rng.random() < 0.9 else self.rng.choice(
            ["xml:space", "r:id", "style", "href", "src", "w15:val", "uri", "onclick", "mc:Ignorable"]))
        value = self.value(name)
        if name == "xml:space":
            element.set("{http://www.w3.org/XML/1998/namespace}space", value)
        elif ":" not in name or name.split(":")[0] in self.schema.uris:
            element.set(self.schema.clark(name), value)

    def text(self, name):
        local = name.split(":")[1]
        if local in ("instrText", "delInstrText"):
            return self.rng.choice(FIELDS)
        if local in ("f", "formula", "formula1", "formula2", "definedName"):
            return self.rng.choice(FORMULAS)
        return self.rng.choice(["x", " ", "", "a\rb", "<&>", "\u0085\u2028", *VALUES[:8]])

    def make(self, name, depth):
        e = etree.Element(self.schema.clark(name))
        for a in self.schema.attrs.get(name, []):
            if self.rng.random() < 0.4:
                self.set_attribute(e, a)
        if name in self.schema.text or self.rng.random() < 0.03:
            e.text = self.text(name)
        children = self.schema.children.get(name, [])
        for _ in range(self.rng.randrange(4) if depth and children else 0):
            self.put(e, self.make(self.rng.choice(children), depth - 1))
        return e

    def put(self, parent, child):
        parent.insert(self.rng.randrange(len(parent) + 1), child)

    def add_child(self, e):
        children = self.schema.children.get(self.schema.key(e) or "", [])
        common = [c for c in children if c in self.schema.odd]
        pool = common if common and self.rng.random() < 0.3 else children if children and self.rng.random() < 0.9 else self.schema.all
        self.put(e, self.make(self.rng.choice(pool), 3))

    def wrap(self, e):
        """Children of an element become alternatives, in any order."""
        alternate = etree.Element("{%s}AlternateContent" % MC, nsmap={
            "wps": self.schema.uris["wps"][0], "w14": self.schema.uris["w14"][0], "v": self.schema.uris["v"][0], "nobody": "urn:nobody"})
        for child in list(e)[:self.rng.randrange(4)]:
            option = etree.SubElement(alternate, "{%s}%s" % (MC, self.rng.choice(["Choice", "Choice", "Fallback"])))
            option.set("Requires", self.rng.choice(["wps", "w14", "v", "nobody", "w14 wps", ""]))
            option.append(child)
        self.put(e, alternate)

    def field(self, e):
        """Characters and instructions of fields, whole or not, in some order."""
        for _ in range(self.rng.randrange(1, 6)):
            r = etree.Element("{%s}r" % W)
            kind = self.rng.randrange(5)
            if kind < 3:
                etree.SubElement(r, "{%s}fldChar" % W).set("{%s}fldCharType" % W, ("begin", "separate", "end")[kind])
            else:
                name = self.rng.choice(["instrText", "instrText", "delInstrText", "t", "delText"])
                etree.SubElement(r, "{%s}%s" % (W, name)).text = self.rng.choice(FIELDS)
            self.put(e, r)

    def move(self, e, everything):
        other = self.rng.choice(everything)
        if e.getparent() is not None and other is not e and e not in other.iterancestors():
            self.put(other, e)

    def change(self, root):
        everything = [e for e in root.iter() if isinstance(e.tag, str)]
        e = self.rng.choice(everything)
        what = self.rng.randrange(12)
        if what < 4:
            self.add_child(e)
        elif what < 7:
            self.set_attribute(e)
        elif what == 7:
            self.wrap(e)
        elif what == 8:
            self.move(e, everything)
        elif what == 9 and e.getparent() is not None:
            self.put(e.getparent(), etree.fromstring(etree.tostring(e)))
        elif what == 10 and e.getparent() is not None and self.rng.random() < 0.3:
            e.getparent().remove(e)
        elif self.schema.key(e) in ("w:p", "w:hyperlink", "w:ins", "w:del"):
            self.field(e)
        elif e.text or self.schema.key(e) in self.schema.text:
            e.text = self.text(self.schema.key(e) or "x:x")

    def rels(self, root, names):
        """One more relationship, or one that leads elsewhere."""
        types = [r.get("Type") for r in root] + [REL + "/" + t for t in ("hyperlink", "image", "slide", "chart", "diagramData", "header", "oleObject")]
        kind, target = self.rng.choice(types), self.rng.choice(VALUES + ["/" + n for n in names] * 2)
        if len(root) and self.rng.random() < 0.5:
            r = self.rng.choice(list(root))
        else:
            r = etree.SubElement(root, "{%s}Relationship" % PKG_REL, Id=self.rng.choice(["rId1", "rId2", "rId3", "rId9", "rId77"]))
        r.set("Type", kind)
        r.set("Target", target)
        if kind.endswith("hyperlink") or self.rng.random() < 0.1:
            r.set("TargetMode", "External")

    def part(self, name, data, names):
        try:
            root = etree.fromstring(data)
        except etree.XMLSyntaxError:
            return data
        if name.endswith(".rels"):
            self.rels(root, names)
        elif name != "[Content_Types].xml":
            for _ in range(self.rng.choice((1, 1, 2, 3, 6))):
                self.change(root)
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)

    def document(self, data):
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
            names = [n for n in old.namelist() if not n.endswith("/")]
            xml = [n for n in names if n.endswith((".xml", ".rels", ".vml"))]
            chosen = set(self.rng.sample(xml, min(len(xml), self.rng.choice((1, 1, 2, 4)))))
            main = [n for n in xml if re.search(r"(document|sheet\d*|slide\d+|chart\d*)\.xml$", n)]
            if main and self.rng.random() < 0.5:
                chosen.add(self.rng.choice(main))
            for n in names:
                body = old.read(n)
                new.writestr(n, self.part(n, body, names) if n in chosen else body)
        return out.getvalue()


def made():
    """Documents that hold a little of everything."""
    import sprinkle_documents
    return sprinkle_documents.all_of_them()


def run(documents, count, seed, folder):
    """Lines of replay-clean that tell of an output that did not pass, and how many are clean; seed None changes nothing."""
    schema = Schema()
    names = []
    for i in range(count):
        ext, data = documents[i % len(documents)]
        names.append(os.path.join(folder, f"{seed}-{i}.{ext}"))
        if seed is not None:
            data = Sprinkler(schema, random.Random(seed * 1000003 + i)).document(data)
        with open(names[-1], "wb") as f:
            f.write(data)
    p = subprocess.run([REPLAY, "-2", *names], capture_output=True, text=True, errors="replace", check=False)
    lines = p.stdout.splitlines()
    bad = [line for line in lines if ": VERIFY " in line or ": UNSTABLE " in line]
    if p.returncode not in (0, 1) or sum(" -> " in line for line in lines) < count:
        bad.append(f"replay-clean ended with {p.returncode}: {p.stderr[-2000:]}")
    return bad, sum(": " in line and "-> clean " in line for line in lines)


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("-n", type=int, default=300)
    ap.add_argument("-s", type=int, default=1)
    ap.add_argument("-k", help="keep the documents in this folder")
    ap.add_argument("files", nargs="*")
    args = ap.parse_args()
    documents = []
    for path in args.files:
        with open(path, "rb") as f:
            documents.append((path.rsplit(".", 1)[-1], f.read()))
    with tempfile.TemporaryDirectory(prefix="sekisho-") as work:
        if args.k:
            os.makedirs(args.k, exist_ok=True)
        bad, clean = run(documents or made(), args.n, args.s, args.k or work)
    print("\n".join(bad))
    print(f"{args.n} documents, {clean} clean, {len(bad)} failed")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

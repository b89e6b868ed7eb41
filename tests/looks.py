#!/usr/bin/python3
"""Do cleaned Office files look as before? Originals and outputs through LibreOffice to PDF, pages drawn at 50 dpi: equal
page count and mean grey difference at most 6 of 255; pictures, charts, comments, notes, headers, footers, styles and
conditional formats equal in number, or their loss told in the report.

looks.py FOLDER...      needs LibreOffice, poppler-utils, python3-pil, python3-lxml
"""
import collections
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import zipfile

from PIL import Image, ImageChops, ImageStat

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SEKISHO = os.environ.get("SEKISHO") or os.path.join(ROOT, "build", "src", "cmd", "sekisho")
BATCH = 20
START, EACH = 30, 6  # seconds for LibreOffice to begin, and for a file
ODF = ("odt", "ods", "odp", "odg", "ott", "ots", "otp", "otg", "fodt", "fods", "fodp", "fodg")
COUNTED = {"pictures": rb"<pic:pic[ >]|<p:pic[ >]|<xdr:pic[ >]", "charts": rb"<c:chart ", "comments": rb"<w:comment |<comment |<p:cm ",
           "notes": rb"<w:footnote |<w:endnote ", "headers": rb"<w:hdr[ >]", "footers": rb"<w:ftr[ >]", "styles": rb"<w:style |<cellStyle ",
           "conditional formats": rb"<cfRule |<calcext:condition ",
           "drawn pictures": rb"<draw:image ", "objects": rb"<draw:object ", "annotations": rb"<office:annotation[ >]", "notes in text": rb"<text:note[ >]",
           "header and footer texts": rb"<style:(?:header|footer)[ >]", "styles of OpenDocument": rb"<style:style ", "changes": rb"<text:changed-region[ >]"}


def soffice(paths, folder, work, seconds):
    """Whether LibreOffice came to an end in time; what it started ends with it."""
    p = subprocess.Popen(["soffice", f"-env:UserInstallation=file://{work}/profile", "--headless", "--convert-to", "pdf", "--outdir", folder, *paths],
                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        p.wait(timeout=seconds)
        return True
    except subprocess.TimeoutExpired:
        os.killpg(p.pid, signal.SIGKILL)
        p.wait()
        return False


def to_pdf(paths, folder, work):
    """Convert; a file LibreOffice cannot read, or does not finish in time, has no PDF afterwards."""
    os.makedirs(folder, exist_ok=True)
    for i in range(0, len(paths), BATCH):
        batch = paths[i:i + BATCH]
        if soffice(batch, folder, work, START + EACH * len(batch)):
            continue
        for path in batch:
            done = os.path.exists(os.path.join(folder, os.path.basename(path).rsplit(".", 1)[0] + ".pdf"))
            if not done and not soffice([path], folder, work, START + EACH):
                print(f"LibreOffice does not finish {os.path.basename(os.path.dirname(path))}/{os.path.basename(path)}", file=sys.stderr)


def pages(pdf, work):
    """The pages as grey images."""
    stem = os.path.join(work, "page")
    for old in os.listdir(work):
        if old.startswith("page"):
            os.remove(os.path.join(work, old))
    subprocess.run(["pdftoppm", "-r", "50", "-gray", "-l", "30", pdf, stem], check=False, stderr=subprocess.DEVNULL)
    names = sorted(n for n in os.listdir(work) if n.startswith("page"))
    out = []
    for n in names:
        with Image.open(os.path.join(work, n)) as im:
            out.append(im.convert("L"))
    return out


def difference(a, b):
    """Worst mean grey difference of a page, or a reason."""
    if len(a) != len(b):
        return f"{len(a)} pages became {len(b)}"
    worst = 0
    for x, y in zip(a, b):
        if abs(x.width - y.width) > 1 or abs(x.height - y.height) > 1:
            return "a page changed its size"
        worst = max(worst, ImageStat.Stat(ImageChops.difference(x, y.resize(x.size))).mean[0])
    return worst


def count(path):
    found = collections.Counter()
    try:
        with zipfile.ZipFile(path) as z:
            for name in z.namelist():
                if name.lower().endswith(".xml"):
                    data = z.read(name)
                    for what, pattern in COUNTED.items():
                        found[what] += len(re.findall(pattern, data))
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError):
        return None
    return found


def lost(source, output, removed):
    """What became fewer although nothing in the report says so."""
    a, b = count(source), count(output)
    if a is None or b is None or removed:
        return []
    return [f"{what} {a[what]} -> {b[what]}" for what in COUNTED if b[what] < a[what]]


def main():
    files = sorted(os.path.join(d, n) for top in sys.argv[1:] for d, _s, names in os.walk(top) for n in names
                   if n.lower().rsplit(".", 1)[-1] in ("docx", "xlsx", "pptx", "docm", "xlsm", "pptm", *ODF))
    work = tempfile.mkdtemp(prefix="sekisho-looks-")
    bad = compared = 0
    try:
        sources = os.path.join(work, "in")
        os.makedirs(sources)
        numbered = [shutil.copy(f, os.path.join(sources, f"{i:04d}.{f.rsplit('.', 1)[-1].lower()}")) for i, f in enumerate(files)]
        os.makedirs(os.path.join(work, "out"))
        p = subprocess.run([SEKISHO, "clean", "--json", "-o", os.path.join(work, "out"), *numbered], stdout=subprocess.PIPE, check=False)
        rows = {r["input"]: r for r in map(json.loads, p.stdout.decode().splitlines()) if r["verdict"] == "clean"}
        to_pdf(list(rows), os.path.join(work, "before"), work)
        to_pdf([r["output"] for r in rows.values()], os.path.join(work, "after"), work)
        for name, source in zip(files, numbered):
            row = rows.get(source)
            if not row:
                continue
            stem = os.path.basename(source).rsplit(".", 1)[0] + ".pdf"
            before, after = os.path.join(work, "before", stem), os.path.join(work, "after", os.path.basename(row["output"]).rsplit(".", 1)[0] + ".pdf")
            for line in lost(source, row["output"], row["removed"]):
                print(f"{name}: {line}")
            if not os.path.exists(before):
                continue
            compared += 1
            d = difference(pages(before, work), pages(after, work)) if os.path.exists(after) else "does not open any more"
            if not isinstance(d, (int, float)) or d > 6:
                bad += 1
                print(f"{name}: {d if isinstance(d, str) else f'difference {d:.1f}'}")
    finally:
        shutil.rmtree(work, ignore_errors=True)
    part = 100 * (compared - bad) / compared if compared else 0
    print(f"{compared} compared, {bad} look different: {part:.1f} % look as before")
    return 0 if part >= 95 else 1


if __name__ == "__main__":
    sys.exit(main())

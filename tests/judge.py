#!/usr/bin/python3
"""Let an outside judge look at what the command makes of its canaries and of every tenth file of its corpus.

judge.py ORACLE [--all] [--only FORMATS]. Fails on anything unsafe, a crash, a time-out, or a lost KEEP token; closes with
"N passed, N failed" (files).
"""
import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile

SEKISHO = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "build", "src", "cmd", "sekisho")
FORMATS = ("pdf,docx,docm,xlsx,xlsm,pptx,pptm,doc,xls,ppt,rtf,odt,ods,odp,jtd,jpg,png,gif,bmp,webp,tiff,svg,zip,7z,rar,lzh,cab,tar,txt,csv,html,ics,"
           "eml,msg")


def judge(oracle, args):
    """The table row of all formats."""
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        subprocess.run(["/usr/bin/python3", oracle, "run", "--cmd", SEKISHO, "--out", out.name, *args], check=False)
        with open(out.name, encoding="utf-8") as f:
            return json.load(f)["table"]["all"]


def corpus(index, formats, every):
    with open(index, encoding="utf-8", newline="") as f:
        rows = [r for r in csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE) if r["format"] in formats]
    rows.sort(key=lambda r: r["sha256"])
    return [os.path.join(os.path.dirname(index), r["path"]) for r in rows[::every]]


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("oracle")
    ap.add_argument("--all", action="store_true", help="the whole corpus, cleaned twice")
    ap.add_argument("--only", default=FORMATS)
    args = ap.parse_args()
    base = os.path.dirname(os.path.dirname(os.path.abspath(args.oracle)))
    canaries, index = os.path.join(base, "oracle", "canaries"), os.path.join(base, "corpus", "index.tsv")
    print("canaries", flush=True)
    first = judge(args.oracle, ["--only", args.only, "--manifest", os.path.join(canaries, "manifest.json"), canaries])
    print("corpus", flush=True)
    files = corpus(index, args.only.split(","), 1 if args.all else 10)
    second = judge(args.oracle, (["--twice"] if args.all else []) + ["--index", index, *files])
    bad = sum(t[k] for t in (first, second) for k in ("unsafe", "crash", "timeout")) + first["infidel"]
    print(f"{first['files'] + second['files'] - bad} passed, {bad} failed")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

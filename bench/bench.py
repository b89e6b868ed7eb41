#!/usr/bin/python3
"""Speed, size and memory of sekisho beside what a user would pick and beside the physical limit, in one run over the
same files, on one core, whole processes.

bench.py [NAME] [--files FOLDER] [--rounds N]     NAME: pdf, office, jpeg, zip, single, jobs, memory, size
Without --files: ../shared/corpus when it is there, else a set that is generated.
"""
import argparse
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "tests"))
import samples  # noqa: E402

SEKISHO = os.path.join(ROOT, "build", "src", "cmd", "sekisho")
LIMIT = os.path.join(ROOT, "build", "bench", "limit")
CORE = ["taskset", "-c", "0"]
PATIENCE = 30  # seconds for one file of a peer: some never end on damaged input


class Bench:
    def __init__(self, files, rounds):
        self.rounds = rounds
        self.work = tempfile.mkdtemp(prefix="sekisho-bench-")
        self.files = files or self.generated()

    def close(self):
        shutil.rmtree(self.work, ignore_errors=True)

    def generated(self):
        """A set of our own: the samples, larger documents, archives of text."""
        folder = os.path.join(self.work, "in")
        samples.make(folder)
        rng = random.Random(7)
        words = [f"word{i}" for i in range(2000)]
        for n in range(8):
            with zipfile.ZipFile(os.path.join(folder, f"text{n}.zip"), "w", zipfile.ZIP_DEFLATED) as z:
                for i in range(6):
                    z.writestr(f"{i}.txt", " ".join(rng.choice(words) for _ in range(40000)) + "\n")
        return folder

    def of(self, *extensions):
        out = []
        for folder, _dirs, names in os.walk(self.files):
            out += [os.path.join(folder, n) for n in names if n.lower().rsplit(".", 1)[-1] in extensions]
        return sorted(out)

    def sekisho(self, files, jobs=1, pin=True):
        out = tempfile.mkdtemp(dir=self.work)
        p = subprocess.run((CORE if pin else []) + [SEKISHO, "clean", "--json", "--jobs", str(jobs), "-o", out, *files],
                           stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
        done = p.stdout.count(b'"verdict":"clean"')
        shutil.rmtree(out)
        return done

    def each(self, command):
        """A tool that takes one file at a time: {in} and {out} are filled in. Returns how many succeeded."""
        def run(files):
            done = 0
            for f in files:
                out = os.path.join(self.work, "peer-out")
                argv = [a.replace("{in}", f).replace("{out}", out) for a in command]
                if argv[0] == "mat2":
                    copy = os.path.join(self.work, "copy." + f.rsplit(".", 1)[-1])
                    shutil.copy(f, copy)
                    argv[-1] = copy
                try:
                    p = subprocess.run(CORE + argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=PATIENCE, check=False)
                    done += p.returncode == 0
                except subprocess.TimeoutExpired:
                    continue
            return done
        return run

    def measure(self, run, files):
        """(median CPU seconds, median wall seconds, files done)."""
        cpu, wall, done = [], [], 0
        for _ in range(self.rounds):
            before, t = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
            done = run(files)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            wall.append(time.monotonic() - t)
            cpu.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        return statistics.median(cpu), statistics.median(wall), done

    def table(self, title, files, rows):
        """Print a table; the first row is the base of the ratios."""
        size = sum(map(os.path.getsize, files)) / 1e6
        print(f"\n{title}: {len(files)} files, {size:.1f} MB, one core, median of {self.rounds}")
        print(f"{'':34s}{'done':>6s}{'CPU s':>9s}{'wall s':>9s}{'files/s':>9s}{'MB/s':>8s}{'CPU ratio':>11s}")
        base = None
        for name, run in rows:
            cpu, wall, done = self.measure(run, files)
            base = base or cpu
            print(f"{name:34s}{done:6d}{cpu:9.2f}{wall:9.2f}{len(files) / wall:9.1f}{size / wall:8.1f}{cpu / base:11.2f}")

    def pdf(self):
        files = self.of("pdf")
        rows = [("sekisho clean", self.sekisho), ("mutool clean -gz", self.each(["mutool", "clean", "-gz", "{in}", "{out}"])),
                ("qpdf", self.each(["qpdf", "--object-streams=disable", "{in}", "{out}"])),
                ("gs -sDEVICE=pdfwrite", self.each(["gs", "-q", "-dNOPAUSE", "-dBATCH", "-dSAFER", "-sDEVICE=pdfwrite", "-o", "{out}", "{in}"])),
                ("mat2", self.each(["mat2", "--inplace", "{in}"])),
                ("exiftool -all=", self.each(["exiftool", "-q", "-all=", "-o", "-", "{in}"]))]
        self.table("PDF", files, rows)

    def office(self):
        files = self.of("docx", "xlsx", "pptx", "docm", "xlsm", "pptm")
        rows = [("sekisho clean", self.sekisho), ("limit: inflate, parse, deflate", self.limit("office")),
                ("mat2", self.each(["mat2", "--inplace", "{in}"]))]
        self.table("Office (OOXML)", files, rows)

    def jpeg(self):
        files = self.of("jpg", "jpeg") * 5
        rows = [("sekisho clean", lambda f: self.sekisho(f)), ("jpegtran -copy none -optimize", self.each(["jpegtran", "-copy", "none", "-optimize", "-outfile", "{out}", "{in}"])),
                ("exiftool -all=", self.each(["exiftool", "-q", "-all=", "-o", "-", "{in}"]))]
        self.table("JPEG", files, rows)

    def zip(self):
        folder = os.path.join(self.work, "text")
        os.makedirs(folder, exist_ok=True)
        rng, words, files = random.Random(7), [f"word{i}" for i in range(2000)], []
        for n in range(8):
            files.append(os.path.join(folder, f"{n}.zip"))
            with zipfile.ZipFile(files[-1], "w", zipfile.ZIP_DEFLATED) as z:
                for i in range(6):
                    z.writestr(f"{i}.txt", " ".join(rng.choice(words) for _ in range(60000)) + "\n")
        self.table("zip of text", files, [("sekisho clean", self.sekisho), ("limit: inflate, deflate", self.limit("zip"))])

    def limit(self, kind):
        def run(files):
            subprocess.run(CORE + [LIMIT, kind, *files], stdout=subprocess.DEVNULL, check=True)
            return len(files)
        return run

    def single(self):
        """One small file from the command line, and what each further one costs over its own work."""
        text = os.path.join(self.work, "small.txt")
        with open(text, "w", encoding="utf-8") as f:
            f.write("hello\n")
        many = []
        for i in range(200):
            many.append(os.path.join(self.work, f"small{i}.txt"))
            shutil.copy(text, many[-1])
        one = [self.measure(self.sekisho, [text])[1] for _ in range(5)]
        _cpu, wall, _done = self.measure(self.sekisho, many)
        print(f"\none small file: {min(one) * 1000:.0f} to {max(one) * 1000:.0f} ms wall; each further one in a batch: "
              f"{(wall - statistics.median(one)) / (len(many) - 1) * 1000:.2f} ms")

    def jobs(self):
        files = self.of("docx", "xlsx", "pptx", "pdf")
        one = self.measure(lambda f: self.sekisho(f, 1, pin=False), files)[1]
        two = self.measure(lambda f: self.sekisho(f, 2, pin=False), files)[1]
        print(f"\n--jobs 2 over {len(files)} files: {one:.2f} s -> {two:.2f} s, {one / two:.2f} times")

    def size(self):
        """Output size by input size, median by format."""
        import json
        out = tempfile.mkdtemp(dir=self.work)
        p = subprocess.run([SEKISHO, "clean", "--json", "-o", out, *self.of("pdf", "docx", "xlsx", "pptx", "jpg", "png", "gif", "tiff", "webp", "bmp", "zip")],
                           stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
        ratios = {}
        for line in p.stdout.splitlines():
            row = json.loads(line)
            if row["verdict"] == "clean":
                ratios.setdefault(row["type"], []).append(row["size_out"] / row["size_in"])
        print("\noutput size by input size, median:", ", ".join(f"{k} {statistics.median(v):.2f}" for k, v in sorted(ratios.items())))
        everything = [x for v in ratios.values() for x in v]
        if everything:
            print(f"all: {statistics.median(everything):.3f}")


def main():
    names = ["pdf", "office", "jpeg", "zip", "single", "jobs", "size"]
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("name", nargs="?", choices=names)
    ap.add_argument("--files")
    ap.add_argument("--rounds", type=int, default=3)
    args = ap.parse_args()
    shared = os.path.join(ROOT, "..", "shared", "corpus")
    bench = Bench(args.files or (shared if os.path.isdir(shared) else None), args.rounds)
    try:
        subprocess.run(["ninja", "-C", os.path.join(ROOT, "build"), "--quiet", "bench/limit"], check=True)
        for name in [args.name] if args.name else names:
            getattr(bench, name)()
    finally:
        bench.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())

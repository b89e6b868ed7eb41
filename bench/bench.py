#!/usr/bin/python3
"""Speed, size and memory of sekisho beside what a user would pick and beside the physical limit, in one run over the
same files, on one core, whole processes. Each wanted value stands beside the measured one.
Files that sekisho refuses, and those on which a peer never ends, are left out.

bench.py [NAME] [--files FOLDER] [--rounds N] [--waiting N]     NAME: pdf, flatten, office, jpeg, zip, archives, legacy, mail, html, photos, single, jobs, memory, size, ledger, store, post, portal, web
Without --files: ../shared/corpus when it is there, else a set that is generated.
"""
import argparse
import json
import logging
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
import zipfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "tests"))
import samples  # noqa: E402
import browsers  # noqa: E402
import first_page  # noqa: E402
import two_posts  # noqa: E402

SEKISHO = os.path.join(ROOT, "build", "src", "cmd", "sekisho")
LIMIT = os.path.join(ROOT, "build", "bench", "limit")
PEAK = os.path.join(ROOT, "build", "bench", "peak")
FEED = os.path.join(ROOT, "build", "src", "ledger", "feed-ledger")
LEDGERVERIFY = os.path.join(ROOT, "build", "src", "cmd", "sekisho-ledgerverify")
CORE = ["taskset", "-c", "0"]
PATIENCE = 5  # seconds for one file of a peer: some never end on damaged input, and such files are left out
SLOW_SAMPLE = 40  # files for peers that take most of a second each
MEMORY_SAMPLE = 24  # files a format
OFFICE = ("docx", "xlsx", "pptx", "docm", "xlsm", "pptm")
PICTURES = ("jpg", "jpeg", "png", "gif", "bmp", "webp", "tiff")
MIB = 1 << 20


def want(name, measured, limit, at_most=True, unit=""):
    """Print a wanted value beside the measured one."""
    met = measured <= limit if at_most else measured >= limit
    print(f"  {'met  ' if met else 'SHORT'} {name}: {measured:.2f}{unit}, wanted {'<=' if at_most else '>='} {limit:g}{unit}", flush=True)


def spread(files, n):
    """n of the files, evenly over their sizes, the largest among them."""
    files = sorted(files, key=lambda f: (-os.path.getsize(f), f))
    return files if len(files) <= n else [files[i * len(files) // n] for i in range(n)]


def heavy(files, n):
    """n of the files: half of them the largest, half spread over the others."""
    files = sorted(files, key=lambda f: (-os.path.getsize(f), f))
    return files[:n // 2] + spread(files[n // 2:], n - n // 2)


class Bench:
    def __init__(self, files, rounds):
        self.rounds = rounds
        self.work = tempfile.mkdtemp(prefix="sekisho-bench-")
        self.files = files or self.generated()

    def close(self):
        shutil.rmtree(self.work, ignore_errors=True)

    def generated(self):
        """A set of our own: the samples, and the archives of text."""
        folder = os.path.join(self.work, "in")
        samples.make(folder)
        self.text_archives(folder)
        return folder

    def text_archives(self, folder):
        os.makedirs(folder, exist_ok=True)
        rng, words, files = random.Random(7), [f"word{i}" for i in range(2000)], []
        for n in range(8):
            files.append(os.path.join(folder, f"text{n}.zip"))
            with zipfile.ZipFile(files[-1], "w", zipfile.ZIP_DEFLATED) as z:
                for i in range(6):
                    z.writestr(f"{i}.txt", " ".join(rng.choice(words) for _ in range(60000)) + "\n")
        return files

    def of(self, *extensions):
        out = []
        for folder, _dirs, names in os.walk(self.files):
            out += [os.path.join(folder, n) for n in names if n.lower().rsplit(".", 1)[-1] in extensions]
        return sorted(out)

    def sekisho(self, files, jobs=1, pin=True, method="rebuild"):
        out = tempfile.mkdtemp(dir=self.work)
        p = subprocess.run((CORE if pin else []) + [SEKISHO, "clean", "--json", "--method", method, "--jobs", str(jobs), "-o", out, *files],
                           stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
        done = p.stdout.count(b'"verdict":"clean"')
        shutil.rmtree(out)
        return done

    def delivered(self, files, method="rebuild"):
        """Those that come out clean: what is refused early would flatter the figures."""
        out = tempfile.mkdtemp(dir=self.work)
        p = subprocess.run([SEKISHO, "clean", "--json", "--method", method, "-o", out, *files], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
        shutil.rmtree(out)
        clean = {r["input"] for r in map(json.loads, p.stdout.splitlines()) if r["verdict"] == "clean"}
        return [f for f in files if f in clean]

    def one(self, command, f):
        """Whether a tool that takes one file at a time succeeds on it; {in} and {out} are filled in."""
        out = os.path.join(self.work, "out." + f.rsplit(".", 1)[-1])  # mutool knows an output by its extension
        argv = [a.replace("{in}", f).replace("{out}", out) for a in command]
        if argv[0] == "mat2":
            argv[-1] = shutil.copy(f, os.path.join(self.work, "copy." + f.rsplit(".", 1)[-1]))
        try:
            return subprocess.run(CORE + argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=PATIENCE, check=False).returncode == 0
        except subprocess.TimeoutExpired:
            return False

    def ended(self, command, f):
        """Whether a tool ends on a file at all, well or not."""
        t = time.monotonic()
        self.one(command, f)
        return time.monotonic() - t < PATIENCE

    def each(self, *command):
        return lambda files: sum(self.one(command, f) for f in files)

    def limit(self, kind):
        def run(files):
            subprocess.run(CORE + [LIMIT, kind, *files], stdout=subprocess.DEVNULL, check=True)
            return len(files)
        return run

    def measure(self, run, files, rounds=None):
        """(median CPU seconds, median wall seconds, files done)."""
        cpu, wall, done = [], [], 0
        for _ in range(rounds or self.rounds):
            before, t = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
            done = run(files)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            wall.append(time.monotonic() - t)
            cpu.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        return statistics.median(cpu), statistics.median(wall), done

    def table(self, title, files, rows, rounds=None):
        """Print a table; the first row is the base of the ratios. Returns {name: (CPU seconds, wall seconds)}."""
        size, rounds = sum(map(os.path.getsize, files)) / 1e6, rounds or self.rounds
        print(f"\n{title}: {len(files)} files, {size:.1f} MB, one core, median of {rounds}")
        print(f"{'':34s}{'done':>6s}{'CPU s':>9s}{'wall s':>9s}{'files/s':>9s}{'MB/s':>8s}{'CPU ratio':>11s}")
        base, got = None, {}
        for name, run in rows:
            cpu, wall, done = got[name] = self.measure(run, files, rounds)
            base = base or cpu
            print(f"{name:34s}{done:6d}{cpu:9.2f}{wall:9.2f}{len(files) / wall:9.1f}{size / wall:8.1f}{cpu / base:11.2f}", flush=True)
        return got

    def slow(self, title, files, rows, times=0):
        """Peers that are slow, on a sample: `times` as fast is wanted."""
        step = max(1, len(files) // SLOW_SAMPLE)
        got = self.table(f"{title}, one in {step} for slow peers", files[::step][:SLOW_SAMPLE], [("sekisho clean", self.sekisho)] + rows, 1)
        for name, _run in rows:
            ratio = got[name][1] / got["sekisho clean"][1]
            if times and not name.startswith("exiftool"):
                want(f"times as many files a second as {name}", ratio, times, at_most=False)
            else:
                print(f"        times as many files a second as {name}: {ratio:.2f}")

    def pdf(self):
        mutool = ("mutool", "clean", "-gz", "{in}", "{out}")
        files = [f for f in self.delivered(self.of("pdf")) if self.ended(mutool, f)]
        got = self.table("PDF", files, [("sekisho clean", self.sekisho), ("mutool clean -gz", self.each(*mutool)),
                                                            ("qpdf", self.each("qpdf", "--object-streams=disable", "{in}", "{out}"))])
        want("CPU time by that of mutool clean -gz", got["sekisho clean"][0] / got["mutool clean -gz"][0], 2.5)
        sound = [f for f in files if self.one(("qpdf", "--check", "{in}"), f)]
        self.slow("PDF that qpdf --check finds sound", sound, [
            ("gs -sDEVICE=pdfwrite", self.each("gs", "-q", "-dNOPAUSE", "-dBATCH", "-dSAFER", "-sDEVICE=pdfwrite", "-o", "{out}", "{in}")),
            ("mat2", self.each("mat2", "--inplace", "{in}")), ("exiftool -all=", self.each("exiftool", "-q", "-all=", "-o", "-", "{in}"))], 6)

    def flatten(self):
        draw = ("mutool", "draw", "-q", "-r", "200", "-o", os.path.join(self.work, "page%d.png"), "{in}")
        files = [f for f in spread(self.delivered(self.of("pdf"), "flatten"), SLOW_SAMPLE) if self.one(draw, f)]
        got = self.table("flatten of PDF at 200 dpi", files, [("sekisho clean --method flatten", lambda f: self.sekisho(f, method="flatten")),
                                                             ("mutool draw -r 200, to PNG", self.each(*draw))])
        want("CPU time by that of mutool draw", got["sekisho clean --method flatten"][0] / got["mutool draw -r 200, to PNG"][0], 1.5)

    def office(self):
        # What is protected by a password, everybody's too, costs the key; the limit cannot look into it.
        files = [f for f in self.delivered(self.of(*OFFICE)) if zipfile.is_zipfile(f)]
        got = self.table("Office (OOXML)", files, [("sekisho clean", self.sekisho), ("limit: inflate, parse, deflate", self.limit("office"))])
        want("CPU time by that of the limit", got["sekisho clean"][0] / got["limit: inflate, parse, deflate"][0], 2.5)
        self.slow("Office (OOXML)", [f for f in files if not f.endswith("m")], [("mat2", self.each("mat2", "--inplace", "{in}"))])

    def jpeg(self):
        files = self.delivered(self.of("jpg", "jpeg")) * 5
        peer = "jpegtran -copy none -optimize"
        got = self.table("JPEG", files, [("sekisho clean", self.sekisho), (peer, self.each("jpegtran", "-copy", "none", "-optimize", "-outfile", "{out}", "{in}"))])
        want("speed by that of jpegtran, CPU", got[peer][0] / got["sekisho clean"][0], 0.7, at_most=False)
        self.slow("JPEG", files[:len(files) // 5], [("exiftool -all=", self.each("exiftool", "-q", "-all=", "-o", "-", "{in}"))])

    def zip(self):
        files = self.text_archives(os.path.join(self.work, "text"))
        got = self.table("zip of text", files, [("sekisho clean", self.sekisho), ("limit: inflate, deflate", self.limit("zip"))])
        want("speed by that of the limit, CPU", got["limit: inflate, deflate"][0] / got["sekisho clean"][0], 0.5, at_most=False)

    def archives(self):
        """Archives of text beside a tool that makes them zip archives as they are, and beside their members given one by one."""
        parts, made = os.path.join(self.work, "parts"), os.path.join(self.work, "archives")
        os.makedirs(made, exist_ok=True)
        for f in self.text_archives(os.path.join(self.work, "text")):
            with zipfile.ZipFile(f) as z:
                z.extractall(os.path.join(parts, os.path.basename(f)[:-4]))
        for kind, options in (("tar", ["--format=pax"]), ("tgz", ["-z"]), ("tar.xz", ["-J"]), ("tar.zst", ["--zstd"]), ("7z", ["--format=7zip"]), ("iso", ["--format=iso9660"])):
            files = []
            for folder in sorted(os.listdir(parts)):
                files.append(os.path.join(made, f"{folder}.{kind}"))
                subprocess.run(["bsdtar", *options, "-cf", files[-1], "-C", os.path.join(parts, folder), "."], check=True)
            members = [os.path.join(f, n) for f, _dirs, names in os.walk(parts) for n in names]
            got = self.table(f"{kind} of text", files, [("sekisho clean", self.sekisho), ("bsdtar --format=zip", self.each("bsdtar", "--format=zip", "-cf", "{out}", "@{in}")),
                                                        ("sekisho clean, its members", lambda _files, m=members: self.sekisho(m))])
            want("CPU time by that of 1.5 x bsdtar and the members", got["sekisho clean"][0] / (1.5 * got["bsdtar --format=zip"][0] + got["sekisho clean, its members"][0]), 1)

    def further(self, files):
        """Milliseconds that each further file of a batch costs."""
        one, all_ = (statistics.median([self.measure(self.sekisho, f, 1)[1] for _ in range(5)]) for f in (files[:1], files))
        return (all_ - one) / (len(files) - 1) * 1000

    def generate(self, ending, number, content):
        out = [os.path.join(self.work, f"made{i}.{ending}") for i in range(number)]
        for f in out:
            with open(f, "wb") as g:
                g.write(content)
        return out

    def mail(self):
        head = "From: a@example.jp\r\nTo: b@example.jp\r\nSubject: =?ISO-2022-JP?B?GyRCO29OQRsoQg==?=\r\nDate: Mon, 1 Apr 2024 09:00:00 +0900\r\n" \
               "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=Shift_JIS\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        body = "令和六年度の予算に関する資料を送付します。\r\n" * 2400
        files = self.generate("eml", 40, head.encode() + body.encode("cp932"))
        print(f"\nmail of text, {os.path.getsize(files[0]) / 1000:.0f} kB, {len(files)} of them")
        want("each further one in a batch", self.further(files), 10, unit=" ms")

    def html(self):
        row = "<tr><td class=a>項目</td><td>あいうえお &amp; <b>強調</b></td><td><a href=\"https://example.jp/\">例</a></td></tr>\n"
        prose = "<p>この文書は、市の情報セキュリティ基本方針に基づき<b>作成</b>したものです。詳しくは<a href=\"https://example.jp/\">こちら</a>をご覧ください。</p>\n"
        for title, part in (("tables", row), ("prose", prose)):
            inner = part * (8000000 // len(part.encode()))
            page = f"<!DOCTYPE html><meta charset=utf-8><title>t</title>{'<table>' + inner + '</table>' if title == 'tables' else inner}"
            files = self.generate("html", 1, page.encode())
            got = self.table(f"HTML, {title}", files, [("sekisho clean", self.sekisho)])
            want("MB a second", len(page.encode()) / 1e6 / got["sekisho clean"][1], 20, at_most=False)

    def paces(self, files):
        """Seconds between the results of a batch; the first, which waits for the start of everything, is left out."""
        out, times = tempfile.mkdtemp(dir=self.work), []
        with subprocess.Popen(CORE + [SEKISHO, "clean", "--json", "--jobs", "1", "-o", out, *files], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as p:
            for _line in p.stdout:
                times.append(time.monotonic())
        shutil.rmtree(out)
        return [b - a for a, b in zip(times, times[1:])]

    def legacy(self):
        """Old Office files in a batch, the start of the jail in it, beside `soffice --headless --convert-to` for each on the same core: its
        profile is there from the first file on, so that no start makes one, and LibreOffice is in the memory of the machine."""
        files = spread(self.delivered(self.of("doc", "xls", "ppt")), SLOW_SAMPLE)
        if not files:
            print("\nold Office files: none here, or no LibreOffice")
            return
        profile = f"-env:UserInstallation=file://{self.work}/profile"
        new = {"doc": "docx", "xls": "xlsx", "ppt": "pptx"}
        peer = "soffice, its profile kept"

        def each(batch):
            return sum(subprocess.run(CORE + ["soffice", profile, "--headless", "--convert-to", new[f[-3:].lower()], "--outdir", self.work, f], check=False,
                                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0 for f in batch)
        each(files[-1:])
        got = self.table("Old Office files", files, [("sekisho clean", self.sekisho), (peer, each)], 1)
        want("one of a batch, median", statistics.median(self.paces(files)), 0.35, unit=" s")
        want(f"times as many files a second as {peer}", got[peer][1] / got["sekisho clean"][1], 5, at_most=False)

    def single(self):
        """One small file from the command line, and what each further one costs, its own little work included."""
        text = os.path.join(self.work, "small.txt")
        with open(text, "w", encoding="utf-8") as f:
            f.write("hello\n")
        many = [shutil.copy(text, os.path.join(self.work, f"small{i}.txt")) for i in range(200)]
        one = [self.measure(self.sekisho, [text], 1)[1] for _ in range(9)]
        wall = self.measure(self.sekisho, many)[1]
        print(f"\none small file: {min(one) * 1000:.0f} to {max(one) * 1000:.0f} ms wall")
        want("one small file, median", statistics.median(one) * 1000, 60, unit=" ms")
        want("each further one in a batch", (wall - statistics.median(one)) / (len(many) - 1) * 1000, 3, unit=" ms")

    def jobs(self):
        files = self.of(*OFFICE, "pdf")
        one = self.measure(lambda f: self.sekisho(f, 1, pin=False), files)[1]
        two = self.measure(lambda f: self.sekisho(f, 2, pin=False), files)[1]
        print(f"\n--jobs 2 over {len(files)} files, {os.cpu_count()} processors: {one:.2f} s -> {two:.2f} s")
        want("times as fast", one / two, 1.8, at_most=False)

    def peak(self, f):
        """Bytes that the largest process of cleaning a file held."""
        p = subprocess.run([PEAK, SEKISHO, "clean", "--quiet", "--jobs", "1", "-o", "-", f], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
        return int(p.stderr.split()[-1]) * 1024

    def bound(self, f):
        """What a worker may hold: of a picture by the pixels of its largest page, else by its size. None: not known."""
        if f.lower().rsplit(".", 1)[-1] not in PICTURES:
            return 64 * MIB + 6 * os.path.getsize(f)
        from PIL import Image
        Image.MAX_IMAGE_PIXELS = None
        warnings.simplefilter("ignore")  # it tells much about damaged pictures
        logging.disable()
        try:
            with Image.open(f) as picture:
                pages, most = getattr(picture, "n_frames", 1), 0
                for page in range(min(pages, 50)):
                    picture.seek(page)
                    most = max(most, picture.width * picture.height)
                return 48 * MIB + 12 * most
        except (OSError, EOFError, SyntaxError, ValueError):
            return None

    def photos(self):
        """A photo of 12 megapixels as telephones make it, beside libheif over the same decoders (libde265, dav1d)."""
        from PIL import Image
        source = os.path.join(self.work, "photo.png")
        Image.frombytes("RGB", (1000, 750), random.Random(11).randbytes(1000 * 750 * 3)).resize((4000, 3000)).save(source, compress_level=1)
        for kind, options in (("heic", ["-p", "preset=ultrafast"]), ("avif", ["-A", "-p", "speed=9"])):
            photo = os.path.join(self.work, "photo." + kind)
            subprocess.run(["heif-enc", "-q", "50", *options, "-o", photo, source], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
            convert = lambda files: sum(subprocess.run(CORE + ["heif-convert", "-q", "95", f, os.path.join(self.work, "photo.jpg")],  # noqa: E731
                                                       stdout=subprocess.DEVNULL, check=False).returncode == 0 for f in files)
            self.table(f"{kind} of 12 megapixels", [photo], [("sekisho clean", self.sekisho), ("heif-convert, to JPEG", convert)])

    def large(self):
        """Files that are large for an office, one a format, where the slope of the bound shows and not its floor."""
        from PIL import Image
        folder = os.path.join(self.work, "large")
        os.makedirs(folder, exist_ok=True)
        rng = random.Random(11)
        noise = Image.frombytes("RGB", (1000, 750), rng.randbytes(1000 * 750 * 3)).resize((4000, 3000))
        for kind in ("jpg", "png", "bmp", "webp", "tiff", "gif"):
            noise.convert("P" if kind == "gif" else "RGB").save(os.path.join(folder, "photograph." + kind))
        noise.save(os.path.join(folder, "scan.pdf"))
        rows = "".join(f'<row r="{r}">' + "".join(f'<c r="{c}{r}"><v>{rng.randrange(10 ** 6)}</v></c>' for c in "ABCDEFGHIJ") + "</row>" for r in range(1, 60001))
        samples.spreadsheet(os.path.join(folder, "table.xlsx"), rows)
        with open(os.path.join(folder, "list.csv"), "w", encoding="utf-8") as f:
            f.writelines(f"{i},name {i},{rng.randrange(10 ** 6)}\r\n" for i in range(600000))
        with zipfile.ZipFile(os.path.join(folder, "all.zip"), "w", zipfile.ZIP_DEFLATED) as z:
            for name in ("photograph.jpg", "scan.pdf", "table.xlsx", "list.csv"):
                z.write(os.path.join(folder, name), name)
        return sorted(os.path.join(folder, n) for n in os.listdir(folder))

    def memory(self):
        """The peak of the worker by format against its bound."""
        print("\nmemory of the largest process (cleaner, verifier, renderer), a file at a time, at most "
              f"{MEMORY_SAMPLE} files a format, half of them the largest\n{'':10s}{'files':>6s}{'median MiB':>12s}{'peak MiB':>10s}{'worst by bound':>16s}")
        worst = 0
        for kind in ("pdf", *OFFICE, "zip", "txt", "csv", *PICTURES):
            rows = [(self.peak(f), self.bound(f), f) for f in heavy(self.of(kind), MEMORY_SAMPLE)]
            rows = [(p / b, p, f) for p, b, f in rows if b]
            if rows:
                top = max(rows)
                worst = max(worst, top[0])
                print(f"{kind:10s}{len(rows):6d}{statistics.median(r[1] for r in rows) / MIB:12.1f}{max(r[1] for r in rows) / MIB:10.1f}{top[0]:16.2f}  {os.path.basename(top[2])}", flush=True)
        print(f"{'':10s}{'input MB':>10s}{'peak MiB':>10s}{'by bound':>16s}")
        for f in self.large():
            p, b = self.peak(f), self.bound(f)
            done = "" if self.delivered([f]) else "  (refused)"
            worst = max(worst, p / b)
            print(f"{'':10s}{os.path.getsize(f) / 1e6:10.1f}{p / MIB:10.1f}{p / b:16.2f}  {os.path.basename(f)}{done}", flush=True)
        want("of 64 MiB + 6 x input (documents), 48 MiB + 12 bytes a pixel (pictures)", worst, 1)

    def size(self):
        """Output size by input size, median by format."""
        out = tempfile.mkdtemp(dir=self.work)
        p = subprocess.run([SEKISHO, "clean", "--json", "-o", out, *self.of("pdf", *OFFICE, *PICTURES, "zip")],
                           stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
        ratios = {}
        for row in map(json.loads, p.stdout.splitlines()):
            if row["verdict"] == "clean":
                ratios.setdefault(row["type"], []).append(row["size_out"] / row["size_in"])
        print("\noutput size by input size, median:", ", ".join(f"{k} {statistics.median(v):.2f}" for k, v in sorted(ratios.items())))
        want("all, median", statistics.median([x for v in ratios.values() for x in v] or [0]), 1.1)

    def feed(self, *args):
        p = subprocess.run([FEED, *map(str, args)], capture_output=True, text=True, check=True)
        return [float(n) for n in p.stdout.split()]

    def ledger(self):
        """Durable appends beside what the disk can sync, proofs and a whole verification of a log of a million entries."""
        folder, key = os.path.join(self.work, "ledger"), os.path.join(self.work, "key")
        self.feed("create", folder, key, "bench.example/ledger")
        sync = statistics.median(self.feed("sync", folder, 100)[0] for _ in range(self.rounds))
        print(f"\nledger: one write of 4 kB and its sync take {sync * 1000:.2f} ms\n{'batch':>8s}{'entries/s':>12s}{'syncs a batch':>15s}{'limit, one sync a batch':>26s}")
        first, rates = 1, {}
        for batch, batches in ((1, 50), (16, 50), (256, 40), (1024, 20), (4096, 5)):
            done, seconds, _ = self.feed("append", folder, key, first, batch * batches, batch)
            first, rates[batch] = first + batch * batches, done / seconds
            print(f"{batch:8d}{rates[batch]:12.0f}{seconds / batches / sync:15.1f}{batch / sync:26.0f}", flush=True)
        want("entries/s, durable, in batches of 256", rates[256], 2000, at_most=False)
        self.feed("append", folder, key, first, 1000000 - first + 1, 4096)
        mean, worst = self.feed("prove", folder, 1000)
        print(f"receipts from a log of 1,000,000 entries, opened anew for each: {mean * 1000:.2f} ms, the worst {worst * 1000:.2f} ms")
        want("inclusion proof of 10^6 entries, mean", mean * 1000, 10, unit=" ms")
        t = time.monotonic()
        subprocess.run([LEDGERVERIFY, "--key", os.path.join(folder, "key.pub"), folder], stdout=subprocess.DEVNULL, check=True)
        print(f"sekisho-ledgerverify of all of it: {time.monotonic() - t:.1f} s")


    def store(self):
        """Jobs and blobs, each commit synced, beside what the disk can sync."""
        program = os.path.join(ROOT, "build", "bench", "store")
        subprocess.run(["ninja", "-C", os.path.join(ROOT, "build"), "--quiet", "bench/store"], check=True)
        folder = tempfile.mkdtemp(dir=os.environ.get("TMPDIR", "/tmp"), prefix="sk")  # a socket's path is short
        os.chmod(folder, 0o711)
        try:
            p = subprocess.run([program, folder, "3"], stdout=subprocess.PIPE, check=True, text=True)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        got = {k: float(v) for k, v in (line.split() for line in p.stdout.splitlines())}
        print(f"\nstore, every commit synced; the disk syncs {got['sync']:.0f} times a second, one after the other")
        print(f"  blobs of 4 kB a second: outputs {got['outputs']:.0f} (2 syncs each), originals {got['originals']:.0f} (4 syncs each); 20 at once (2 syncs for all): {got['outputs-20']:.0f} and {got['originals-20']:.0f}")
        for kind in ("sqlite", "postgresql"):
            rows = {k: got[f"{kind}-jobs-{k}"] for k in ("1-1", "20-1", "1-8", "20-8")}
            print(f"  {kind}: jobs a second (put, claim, finish): {rows['1-1']:.0f} one by one, {rows['20-1']:.0f} by 20; 8 processes: {rows['1-8']:.0f} one by one, {rows['20-8']:.0f} by 20")
            want(f"{kind}, one by one, by a third of the syncs of the disk", rows["1-1"] / (got["sync"] / 3), 0.7, at_most=False)
            print(f"        100,000 waiting jobs are worked off at {got[kind + '-drain']:.0f} a second, by 50")
            want(f"{kind}, time of the last tenth by that of the first", got[f"{kind}-drain-ratio"], 1.2)

    def post(self):
        two_posts.run(want, self.waiting)

    def portal(self):
        """Asks and uploads of browsers, beside a bare server."""
        browsers.run(want)

    def web(self):
        """The first page, over a slow line."""
        first_page.run(want)


def main():
    names = ["pdf", "flatten", "office", "jpeg", "zip", "archives", "legacy", "mail", "html", "photos", "single", "jobs", "memory", "size", "ledger", "store", "post", "portal", "web"]
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("name", nargs="?", choices=names)
    ap.add_argument("--files")
    ap.add_argument("--rounds", type=int, default=3)
    ap.add_argument("--waiting", type=int, default=100000, help="jobs that wait in the queue of a post")
    args = ap.parse_args()
    shared = os.path.join(ROOT, "..", "shared", "corpus")
    bench = Bench(args.files or (shared if os.path.isdir(shared) else None), args.rounds)
    bench.waiting = args.waiting
    try:
        subprocess.run(["ninja", "-C", os.path.join(ROOT, "build"), "--quiet", "bench/limit", "bench/peak"], check=True)
        for name in [args.name] if args.name else names:
            getattr(bench, name)()
    finally:
        bench.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())

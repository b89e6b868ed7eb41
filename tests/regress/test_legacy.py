"""Old Office files through LibreOffice in its jail: what comes out, what it cannot reach, and a machine without it."""
import glob
import io
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest
import zipfile

import docx
import openpyxl
from lxml import etree

import locked
import samples
import sprinkle_documents
from command import BUILD, LONG, ROOT, SEKISHO, Case

OFFICE = "/usr/lib/libreoffice"
REPLAY = os.path.join(ROOT, "build", "src", "engine", "replay-convert")


def convert(folder, kind, *files):
    """LibreOffice as everybody has it makes the old files."""
    subprocess.run(["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", kind, "--outdir", folder, *files],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120, env={**os.environ, "HOME": folder})


def linked_document(url):
    """A document with a picture that lies elsewhere, and one in a file of this machine."""
    d = docx.Document()
    d.add_paragraph(f"{samples.KEEP} links")
    for target in (url, "file:///etc/passwd"):
        d.add_picture(io.BytesIO(samples.png()))
        blip = d.element.body.findall(".//{http://schemas.openxmlformats.org/drawingml/2006/main}blip")[-1]
        r = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
        del blip.attrib[r + "embed"]
        blip.set(r + "link", d.part.relate_to(target, r[1:-1] + "/image", is_external=True))
    out = io.BytesIO()
    d.save(out)
    return out.getvalue()


MACRO = """Sub Main
On Error Resume Next
ThisComponent.Text.String = "RAN"
Open "%(mark)s" For Output As #1
Print #1, "x"
Close #1
Shell("/bin/sh", 0, "-c 'touch %(mark)s.shell'", True)
Dim c
c = createUnoService("com.sun.star.connection.Connector")
c.connect("socket,host=127.0.0.1,port=%(port)d")
End Sub
"""


def macro_document(mark, port):
    """A flat text document whose program runs when it is opened, if anybody lets it."""
    macro = MACRO % {"mark": mark, "port": port}
    spaces = " ".join(f'xmlns:{k}="urn:oasis:names:tc:opendocument:xmlns:{k}:1.0"' for k in ("office", "text", "script"))
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document {spaces} xmlns:ooo="http://openoffice.org/2004/office" xmlns:xlink="http://www.w3.org/1999/xlink"
 xmlns:dom="http://www.w3.org/2001/xml-events" office:version="1.2" office:mimetype="application/vnd.oasis.opendocument.text">
<office:scripts><office:script script:language="ooo:Basic"><ooo:libraries><ooo:library-embedded ooo:name="Standard">
<ooo:module ooo:name="M"><ooo:source-code>{macro}</ooo:source-code></ooo:module></ooo:library-embedded></ooo:libraries></office:script>
<office:event-listeners><script:event-listener script:language="ooo:script" script:event-name="dom:load"
 xlink:href="vnd.sun.star.script:Standard.M.Main?language=Basic&amp;location=document" xlink:type="simple"/></office:event-listeners>
</office:scripts><office:body><office:text><text:p>{samples.KEEP}</text:p></office:text></office:body></office:document>""".encode()


def children(pid):
    """Of all its threads."""
    out = []
    for f in glob.glob(f"/proc/{pid}/task/*/children"):
        try:
            with open(f, encoding="ascii") as g:
                out += [int(c) for c in g.read().split()]
        except OSError:
            pass
    return out


@unittest.skipUnless(os.path.exists(f"{OFFICE}/program/libswlo.so"), "LibreOffice is not installed")
class Legacy(Case):
    @classmethod
    def setUpClass(cls):
        cls.holder = tempfile.TemporaryDirectory(prefix="sekisho-")  # pylint: disable=consider-using-with
        cls.addClassCleanup(cls.holder.cleanup)
        cls.made = cls.holder.name
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            cls.port = s.getsockname()[1]
        parts = (("word.docx", "doc", sprinkle_documents.word()), ("links.docx", "doc", linked_document(f"http://127.0.0.1:{cls.port}/x.png")),
                 ("sheets.xlsx", "xls", sprinkle_documents.sheets()), ("slides.pptx", "ppt", sprinkle_documents.slides()))
        for name, _kind, data in parts:
            with open(os.path.join(cls.made, name), "wb") as f:
                f.write(data)
        for kind in ("doc", "xls", "ppt"):
            convert(cls.made, kind, *(os.path.join(cls.made, n) for n, k, _d in parts if k == kind))

    def old(self, name):
        return os.path.join(self.made, name)

    def cleaned(self, *names, method="rebuild", code=0):
        out = self.path(f"out-{method}")
        os.makedirs(out, exist_ok=True)
        rows = self.clean("--force", "--jobs", "1", "--method", method, "-o", out, *(self.old(n) for n in names), code=code)
        return {os.path.basename(r["input"]): r for r in rows}

    def test_old_files_become_new_ones(self):
        rows = self.cleaned("word.doc", "sheets.xls", "slides.ppt")
        self.assertEqual({n: (r["type"], r["output_type"]) for n, r in rows.items()},
                         {"word.doc": ("doc", "docx"), "sheets.xls": ("xls", "xlsx"), "slides.ppt": ("ppt", "pptx")})
        document = docx.Document(rows["word.doc"]["output"])
        self.assertIn("お知らせ", [p.text for p in document.paragraphs])
        self.assertEqual(document.tables[0].cell(0, 0).text, "cell")
        book = openpyxl.load_workbook(rows["sheets.xls"]["output"])
        self.assertEqual((len(book.sheetnames), book.worksheets[0]["C1"].value), (2, "項目1"))
        with zipfile.ZipFile(rows["slides.ppt"]["output"]) as z:
            slides = [etree.fromstring(z.read(n)) for n in z.namelist() if n.startswith("ppt/slides/slide")]
        self.assertIn("text", ["".join(s.itertext()).strip() for s in slides])
        again = self.path("again")
        os.makedirs(again)
        for row in self.clean("-o", again, *(r["output"] for r in rows.values()), code=0):
            self.assertEqual((row["sha256_in"], row["removed"]), (row["sha256_out"], []))

    def test_text(self):
        rows = self.cleaned("word.doc", "sheets.xls", "slides.ppt", method="text")
        for name, word in (("word.doc", "お知らせ"), ("sheets.xls", "項目1"), ("slides.ppt", "text")):
            self.assertIn(word, self.read(rows[name]["output"]).decode())

    def test_flatten_of_texts_and_tables(self):
        self.write("a.txt", "令和6年度\n\t<b> & 二つの  空白\nabc\n".encode())
        self.write("b.csv", '名前,金額\n"甲, 乙","1,000"\n'.encode("cp932"))
        rows = self.clean("--method", "flatten", "-o", self.dir, "a.txt", "b.csv", code=0)
        self.assertEqual([r["output_type"] for r in rows], ["pdf"] * 2)
        text = [subprocess.run(["pdftotext", "-layout", self.path(r["output"]), "-"], capture_output=True, check=True, text=True).stdout for r in sorted(rows, key=lambda r: r["input"])]
        self.assertEqual(text[0].split()[-5:], ["<b>", "&", "二つの", "空白", "abc"])
        self.assertIn("甲, 乙", text[1])
        self.assertIn("1,000", text[1])

    def test_flatten(self):
        """Pictures of the pages, with the words behind them; what LibreOffice wrote into its print is not told."""
        with open(self.old("a.docx"), "wb") as f:
            f.write(sprinkle_documents.word())
        rows = self.cleaned("a.docx", "sheets.xls", "slides.ppt", method="flatten")
        for name, word in (("a.docx", "お知らせ"), ("sheets.xls", "項目1"), ("slides.ppt", "text")):
            self.assertEqual(rows[name]["output_type"], "pdf")
            text = subprocess.run(["pdftotext", rows[name]["output"], "-"], capture_output=True, text=True, check=True).stdout
            self.assertIn(word, "".join(text.split()))
            self.assertEqual([c for c in self.codes(rows[name]) if c.startswith("pdf.")], [])
        size = subprocess.run(["pdfinfo", rows["slides.ppt"]["output"]], capture_output=True, text=True, check=True).stdout
        width, height = (float(v) for v in size.split("Page size:")[1].split("pts")[0].split("x"))
        self.assertGreater(width, height)

    def test_links_are_not_followed(self):
        with socket.socket() as s:
            s.bind(("127.0.0.1", self.port))
            s.listen()
            s.settimeout(0.5)
            row = self.cleaned("links.doc")["links.doc"]
            with self.assertRaises(TimeoutError):
                s.accept()
        with zipfile.ZipFile(row["output"]) as z:
            whole = b"".join(z.read(n) for n in z.namelist())
        self.assertIn(samples.KEEP.encode(), whole)
        for word in (b"127.0.0.1", b"root:", b"/etc/passwd"):
            self.assertNotIn(word, whole)

    def name_of(self, pid):
        try:
            return self.read(f"/proc/{pid}/comm")
        except OSError:
            return b""

    def killed_at_work(self, pid):
        """False where it had ended already."""
        state = b"R"
        try:
            os.kill(pid, signal.SIGSTOP)
            while state not in (b"T", b"Z", b"X"):
                state = self.read(f"/proc/{pid}/stat").rsplit(b")", 1)[1].split()[0]
            os.kill(pid, signal.SIGKILL)
        except (ProcessLookupError, FileNotFoundError):
            return False
        return state == b"T"

    def test_killed_converter_is_an_error_of_one_file(self):
        """The file in hand ends in an error, the others come out."""
        out = self.path("out")
        os.makedirs(out)
        files = [self.write(f"{i}.doc", self.read(self.old("word.doc"))) for i in range(3)]
        p = subprocess.Popen([SEKISHO, "clean", "--json", "--jobs", "1", "-o", out, *files], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=self.dir)
        killed = False
        while not killed and p.poll() is None:
            workers = [w for c in children(p.pid) if self.name_of(c) == b"sekisho-convert\n" for z in children(c) for w in children(z)]
            killed = any(self.killed_at_work(w) for w in workers[:1])
            time.sleep(0.01)
        rows = [json.loads(line) for line in p.communicate(timeout=120)[0].decode().splitlines()]
        self.assertEqual((killed, p.returncode), (True, 2))
        self.assertEqual(sorted(r["verdict"] for r in rows), ["clean", "clean", "error"])
        self.no_remains(out)

    def runs_elsewhere(self, document, mark):
        """LibreOffice that trusts everybody runs the program: the document is one that could."""
        profile = self.path("trusting")
        os.makedirs(os.path.join(profile, "user"))
        with open(os.path.join(profile, "user", "registrymodifications.xcu"), "w", encoding="utf-8") as f:
            f.write("""<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>0</value></prop></item>
</oor:items>""")
        argv = ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--norestore", document]
        with subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "HOME": self.dir}, start_new_session=True) as p:
            end = time.monotonic() + 60
            while not os.path.exists(f"{mark}.shell") and time.monotonic() < end:
                time.sleep(0.1)
            os.killpg(p.pid, signal.SIGKILL)
        return os.path.exists(mark) and os.path.exists(f"{mark}.shell")

    def test_macros_do_not_run(self):
        """Neither does the program change its document, nor is anything seen of it outside."""
        with socket.socket() as s:
            s.bind(("127.0.0.1", self.port))
            s.listen()
            s.settimeout(0.5)
            marks = [self.path("control"), self.path("jailed")]
            documents = [self.write(f"{i}.fodt", macro_document(m, self.port)) for i, m in enumerate(marks)]
            self.assertTrue(self.runs_elsewhere(documents[0], marks[0]))
            s.accept()[0].close()
            for kind in ("txt", "docx", "pdf"):
                out = self.path(f"out.{kind}")
                p = subprocess.run([REPLAY, BUILD, "odt", kind, documents[1], out], capture_output=True, check=False, cwd=self.dir, timeout=60)
                self.assertEqual((p.returncode, p.stdout), (0, b"1 0\n"), p.stderr)
                self.assertEqual([os.path.exists(marks[1] + end) for end in ("", ".shell")], [False, False])
                if kind == "txt":
                    self.assertEqual(self.read(out).decode("utf-8-sig").strip(), samples.KEEP)
            with self.assertRaises(TimeoutError):
                s.accept()

    def test_slow_start_costs_no_file_its_time(self):
        """LibreOffice that starts for longer than a file may take: the file that waited for it comes out."""
        cmd = self.path("src", "cmd")
        for part in ("cmd", "engine"):
            shutil.copytree(os.path.join(ROOT, "build", "src", part), self.path("src", part), ignore=shutil.ignore_patterns("*.p", "test-*"))
        os.remove(os.path.join(cmd, "sekisho-converter"))
        with open(os.path.join(cmd, "sekisho-converter"), "w", encoding="ascii") as f:
            f.write(f"#!/bin/sh\nsleep {21 if LONG else 3}\nexec {BUILD}/sekisho-converter\n")
        os.chmod(os.path.join(cmd, "sekisho-converter"), 0o755)
        out = self.path("out")
        os.makedirs(out)
        p = subprocess.run([os.path.join(cmd, "sekisho"), "clean", "--json", "-o", out, self.old("word.doc")], capture_output=True, check=False, timeout=120)
        self.assertEqual((p.returncode, json.loads(p.stdout)["verdict"]), (0, "clean"), p.stdout)

    def test_other_old_kinds(self):
        """XML of Office 2003, and templates and shows, which are told by what is in them."""
        sheet = """<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Worksheet ss:Name="表"><Table><Row><Cell><Data ss:Type="String">項目</Data></Cell></Row></Table></Worksheet></Workbook>"""
        word = f"""<?xml version="1.0"?><w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"><w:body><w:p><w:r><w:t>{samples.KEEP}
</w:t></w:r></w:p></w:body></w:wordDocument>"""
        self.write("s.xml", sheet.encode())
        self.write("w.xml", word.encode())
        shutil.copy(self.old("slides.ppt"), self.path("show.pps"))
        shutil.copy(self.old("word.doc"), self.path("form.dot"))
        out = self.path("out")
        os.makedirs(out)
        rows = {os.path.basename(r["input"]): r for r in self.clean("--jobs", "1", "-o", out, *(self.path(n) for n in ("s.xml", "w.xml", "show.pps", "form.dot")), code=0)}
        self.assertEqual({n: (r["type"], r["output_type"]) for n, r in rows.items()},
                         {"s.xml": ("excel-xml", "xlsx"), "w.xml": ("word-xml", "docx"), "show.pps": ("ppt", "pptx"), "form.dot": ("doc", "docx")})
        book = openpyxl.load_workbook(rows["s.xml"]["output"])
        self.assertEqual((book.sheetnames, book.worksheets[0]["A1"].value), (["表"], "項目"))
        self.assertIn(samples.KEEP, [p.text.strip() for p in docx.Document(rows["w.xml"]["output"]).paragraphs])

    def test_words_and_hidden_sheets_of_excel_95(self):
        """Bytes of CP932 become the words they are; what is hidden stays, hidden."""
        sheets = [("表ソ能", 0, "十予㈱①ﾃｽﾄ貼"), ("隠し", 1, "彌 隠れた行"), ("深い", 2, "纊 もっと深く")]
        with open(self.old("b5.xls"), "wb") as f:
            f.write(locked.workbook_95([(n.encode("cp932"), state, t.encode("cp932")) for n, state, t in sheets]))
        book = openpyxl.load_workbook(self.cleaned("b5.xls")["b5.xls"]["output"])
        self.assertEqual([(w.title, w.sheet_state, w["A1"].value) for w in book.worksheets],
                         [(n, "hidden" if state else "visible", t) for n, state, t in sheets])
        text = self.read(self.cleaned("b5.xls", method="text")["b5.xls"]["output"]).decode()
        self.assertEqual([t for n, _state, t in sheets if n not in text or t not in text], [])

    def without_office(self, *args):
        script = f'mount -t tmpfs none {OFFICE} && exec "$@"'
        return subprocess.run(["unshare", "--mount", "sh", "-c", script, "sh", SEKISHO, *args], capture_output=True, check=False, cwd=self.dir, timeout=120)

    def test_without_libreoffice(self):
        """Old files are refused with what to do, all others are cleaned, the machine is not called broken."""
        if os.geteuid():
            self.skipTest("mounting needs root")
        out, a = self.path("out"), self.write("a.txt", b"hello\n")
        os.makedirs(out)
        p = self.without_office("clean", "--json", "-o", out, self.old("word.doc"), a)
        rows = {os.path.basename(r["input"]): r for r in map(json.loads, p.stdout.decode().splitlines())}
        self.assertEqual((p.returncode, rows["word.doc"]["verdict"], rows["word.doc"]["reason"]["code"]), (1, "refused", "converter-missing"))
        self.assertEqual(rows["a.txt"]["verdict"], "clean")
        self.assertIn("LibreOffice", rows["word.doc"]["reason"]["text"])
        for lang, words in (("en", "everything else works"), ("ja", "そのほかはすべて使えます")):
            p = self.without_office("selftest", "--lang", lang)
            self.assertEqual(p.returncode, 0, p.stdout)
            for word in ("libreoffice-writer", "libreoffice-calc", "libreoffice-impress", words):
                self.assertIn(word, p.stdout.decode())


if __name__ == "__main__":
    unittest.main()

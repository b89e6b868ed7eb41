"""OpenDocument from outside: nothing of what reaches out, runs or hides is in what comes out, and the words are."""
import io
import zipfile

from command import Case

PREFIXES = {"office": "office", "text": "text", "table": "table", "draw": "drawing", "style": "style", "script": "script", "form": "form",
            "presentation": "presentation", "anim": "animation", "svg": "svg-compatible", "config": "config", "of": "of"}
SPACES = " ".join(f'xmlns:{k}="urn:oasis:names:tc:opendocument:xmlns:{v}:1.{2 if k == "of" else 0}"' for k, v in PREFIXES.items())
SPACES += ' xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:xforms="http://www.w3.org/2002/xforms"'
KINDS = {"odt": ("text", "text"), "ods": ("spreadsheet", "spreadsheet"), "odp": ("presentation", "presentation"), "odg": ("graphics", "drawing")}
AWAY = "http://hostile.example.com/gone"
MANIFEST = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"


def content(kind, body, before="", scripts=""):
    tag = KINDS[kind][1]
    return (f'<?xml version="1.0" encoding="UTF-8"?>{before}<office:document-content {SPACES} office:version="1.2">{scripts}'
            f"<office:body><office:{tag}>{body}</office:{tag}></office:body></office:document-content>").encode()


def package(kind, body, parts=None, before="", scripts=""):
    media = "application/vnd.oasis.opendocument." + KINDS[kind][0]
    parts = {"content.xml": content(kind, body, before, scripts), **(parts or {})}
    entries = "".join(f'<m:file-entry m:full-path="{n}" m:media-type="text/xml"/>' for n in parts)
    manifest = f'<m:manifest xmlns:m="{MANIFEST}" m:version="1.2"><m:file-entry m:full-path="/" m:media-type="{media}"/>{entries}</m:manifest>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        z.writestr("mimetype", media)
        for name, data in {**parts, "META-INF/manifest.xml": manifest}.items():
            z.writestr(name, data)
    return out.getvalue()


def flat(kind, body):
    media, tag = KINDS[kind]
    return (f'<?xml version="1.0" encoding="UTF-8"?><office:document {SPACES} office:version="1.2" office:mimetype="application/vnd.oasis.'
            f'opendocument.{media}"><office:body><office:{tag}>{body}</office:{tag}></office:body></office:document>').encode()


LISTENER = '<office:event-listeners><script:event-listener script:event-name="dom:load" xlink:href="vnd.sun.star.script:gone.M"/></office:event-listeners>'
LINKS = ["file:///etc/gone", "vnd.sun.star.script:gone?language=Basic", " \tjavascript:gone()", "//hostile.example.com/gone", "\\\\hostile\\gone",
         "#../../gone.odt|region", "../gone.odt", "vnd.sun.star.expand:gone", "macro:gone", ".uno:gone", "search-ms:gone", "data:text/html,gone"]
WORDS = ("".join(f'<text:p><text:a xlink:href="{link}" xlink:type="simple">keep-link{i}</text:a></text:p>' for i, link in enumerate(LINKS)) + f"""
<text:p><text:a xlink:href="mailto:a@example.jp">{LISTENER}keep-mail</text:a></text:p>
<text:section text:name="s"><text:section-source xlink:href="file:///etc/gone" text:filter-name="Text"/><text:p>keep-section</text:p></text:section>
<text:section text:name="d"><office:dde-source office:dde-application="gone" office:dde-topic="gone" office:dde-item="x"/><text:p>keep-dde</text:p></text:section>
<text:p><text:dde-connection text:connection-name="c">keep-connection</text:dde-connection><text:execute-macro text:name="gone">keep-macro</text:execute-macro
><text:script script:language="JavaScript">gone()</text:script><text:script xlink:href="{AWAY}.js"/><text:database-display text:table-name="gone"
 text:database-name="gone" text:column-name="c">keep-database</text:database-display></text:p>
<text:p><draw:frame><draw:image xlink:href="{AWAY}.png" xlink:actuate="onLoad"/></draw:frame><draw:frame><draw:image xlink:href="file:///etc/gone"/></draw:frame
><draw:frame><draw:floating-frame xlink:href="{AWAY}.html"/></draw:frame><draw:frame><draw:plugin xlink:href="{AWAY}"/></draw:frame
><draw:frame><draw:applet xlink:href="{AWAY}" draw:code="gone"/></draw:frame><draw:frame><draw:object xlink:href="file:///etc/gone"/></draw:frame
><draw:frame><draw:object-ole xlink:href="./gone"/></draw:frame></text:p>
<office:forms><form:form form:name="f" form:command="gone" form:datasource="gone" xlink:href="{AWAY}" form:method="post"><form:button form:name="b"
 form:button-type="url" xlink:href="{AWAY}" form:label="keep-button" form:image-data="{AWAY}.png">{LISTENER}</form:button><form:listbox
 form:list-source="gone" form:list-source-type="sql"/><form:connection-resource xlink:href="{AWAY}"/></form:form><xforms:model><xforms:submission
 action="{AWAY}"/></xforms:model></office:forms>
<text:p><text:conditional-text text:condition="of:=DDE(&quot;gone&quot;;&quot;gone&quot;)">keep-condition</text:conditional-text></text:p>
<text:p>keep-葛&#xE0100;城市&#xE000;ﾃｽﾄ</text:p>""")

FORMULAS = ["of:=WEBSERVICE(&quot;gone&quot;)", "of:=COM.MICROSOFT.WEBSERVICE(&quot;gone&quot;)", "of:=ＷＥＢＳＥＲＶＩＣＥ(&quot;gone&quot;)",
            "of:=DDE(&quot;gone&quot;;&quot;/c&quot;;&quot;x&quot;)", "of:='file:///gone'#$S.A1", "of:=['file:///gone'#$S.A1]", "=gone|'/c'!A1",
            "of:=HYPERLINK(&quot;file:///gone&quot;)", "of:=HYPERLINK(&quot;&quot;&amp;[.A1];&quot;gone&quot;)", "msoxl:=WEBSERVICE(&quot;gone&quot;)",
            "gone:=A1", "of:=COM.SUN.STAR.SHEET.ADDIN.GONE.gone()", "of:=WEB&#x200B;SERVICE(&quot;gone&quot;)", "of:=FILTERXML(&quot;gone&quot;;1)"]
CELLS = "".join(f'<table:table-row><table:table-cell table:formula="{f}" office:value-type="string"><text:p>keep-value{i}</text:p></table:table-cell></table:table-row>'
                for i, f in enumerate(FORMULAS))
SHEETS = f"""<table:content-validations><table:content-validation table:name="v" table:condition="of:cell-content-is-in-list(WEBSERVICE(&quot;gone&quot;))">{LISTENER}
</table:content-validation></table:content-validations>
<table:table table:name="S"><table:table-source xlink:href="file:///gone.ods"/><office:dde-source office:dde-application="gone"/>{CELLS}<table:table-row>
<table:table-cell table:formula="of:=SUM([.A1:.A2])" office:value-type="float" office:value="3"><table:cell-range-source xlink:href="file:///gone"/><text:p>3</text:p>
</table:table-cell></table:table-row></table:table>
<table:table table:name="'file:///gone'#$S"><table:table-row><table:table-cell><text:p>gone</text:p></table:table-cell></table:table-row></table:table>
<table:named-expressions><table:named-expression table:name="n" table:expression="of:=DDE(&quot;gone&quot;;2;3)"/></table:named-expressions>
<table:database-ranges><table:database-range table:name="d" table:target-range-address="S.A1:S.A2"><table:database-source-sql table:database-name="gone"
 table:sql-statement="gone"/></table:database-range></table:database-ranges>
<table:dde-links><table:dde-link><office:dde-source office:dde-application="gone"/><table:table/></table:dde-link></table:dde-links>"""

PAGE = f"""<draw:page draw:name="p"><draw:frame><draw:text-box><text:p>keep-slide</text:p></draw:text-box></draw:frame><draw:rect><office:event-listeners>
<presentation:event-listener script:event-name="dom:click" presentation:action="execute" xlink:href="file:///bin/gone"/>
<presentation:event-listener script:event-name="dom:click" presentation:action="show" xlink:href="{AWAY}"/></office:event-listeners></draw:rect>
<draw:frame><draw:plugin xlink:href="file:///gone.avi"/></draw:frame><anim:par><anim:audio xlink:href="{AWAY}.wav"/><anim:command anim:command="gone"/></anim:par>
</draw:page>"""

SCRIPTS = (f'<office:scripts><office:script script:language="ooo:Basic">gone</office:script>{LISTENER}</office:scripts><office:font-face-decls><style:font-face '
           f'style:name="f"><svg:font-face-src><svg:font-face-uri xlink:href="{AWAY}.ttf"/></svg:font-face-src></style:font-face></office:font-face-decls>')
PARTS = {n: b"gone" for n in ("Basic/Standard/M.xml", "Dialogs/d.xml", "Scripts/python/s.py", "Configurations2/menu.xml", "Pictures/unused.png",
                              "Thumbnails/thumbnail.png", "META-INF/macrosignatures.xml", "ObjectReplacements/o", "Versions/V1", "layout-cache", "manifest.rdf",
                              "Object 9/content.xml")}
SETTINGS = f"""<?xml version="1.0" encoding="UTF-8"?><office:document-settings {SPACES}><office:settings><config:config-item-set config:name="ooo:configuration-settings">
<config:config-item config:name="PrinterName" config:type="string">gone</config:config-item><config:config-item config:name="LinkUpdateMode" config:type="short">2
</config:config-item><config:config-item config:name="CurrentDatabaseDataSource" config:type="string">gone</config:config-item></config:config-item-set></office:settings>
</office:document-settings>"""


class OpenDocument(Case):
    checked = 0

    def words_of(self, row):
        """Everything in the cleaned file as one text."""
        data = self.read(row["output"])
        if data[:2] != b"PK":
            return data.decode()
        with zipfile.ZipFile(io.BytesIO(data)) as z:
            return "\n".join(n + "\n" + z.read(n).decode() for n in z.namelist())

    def check(self, name, data, keeps):
        self.checked += 1
        row = self.one(data, name, out=f"out{self.checked}")
        self.assertEqual(row["verdict"], "clean", (name, row["reason"]))
        text = self.words_of(row)
        left = [line for line in text.replace("<", "\n<").splitlines() if "gone" in line.lower() or "hostile" in line]
        self.assertEqual(left, [], name)
        self.assertEqual([k for k in keeps if k not in text], [], name)
        again = self.one(self.read(row["output"]), "again." + name.rsplit(".", 1)[1], out=f"again{self.checked}")
        self.assertEqual((again["sha256_in"], again["removed"]), (again["sha256_out"], []), name)
        return row

    def test_texts(self):
        keeps = [f"keep-link{i}<" for i in range(len(LINKS))] + ["keep-" + w for w in (
            "mail", "section", "dde", "connection", "macro", "database", "button", "condition")] + ["keep-葛\U000E0100城市\uE000ﾃｽﾄ", "mailto:a@example.jp"]
        for name, data in (("a.odt", package("odt", WORDS, {**PARTS, "settings.xml": SETTINGS}, scripts=SCRIPTS)), ("a.fodt", flat("odt", WORDS))):
            row = self.check(name, data, keeps)
            for code in ("office.macro", "office.external", "office.link", "office.connection", "office.ole", "office.activex", "office.form-control", "office.formula"):
                self.assertIn(code, self.codes(row), name)

    def test_tables(self):
        keeps = [f"keep-value{i}<" for i in range(len(FORMULAS))] + ['table:formula="of:=SUM([.A1:.A2])"']
        for name, data in (("a.ods", package("ods", SHEETS)), ("a.fods", flat("ods", SHEETS))):
            row = self.check(name, data, keeps)
            for code in ("office.external", "office.formula", "office.connection", "office.macro"):
                self.assertIn(code, self.codes(row), name)

    def test_slides_and_drawings(self):
        for kind in ("odp", "odg"):
            row = self.check(f"a.{kind}", package(kind, PAGE), ["keep-slide"])
            self.assertTrue({"office.action", "office.media"} <= set(self.codes(row)))
            self.check(f"a.f{kind}", flat(kind, PAGE), ["keep-slide"])

    def test_declarations(self):
        """Entities are not read, style sheets and comments go."""
        secret = self.write("secret", b"gone")
        for before in (f'<!DOCTYPE x [<!ENTITY x SYSTEM "file://{secret}">]>', '<!DOCTYPE x [<!ENTITY x "gone">]>'):
            row = self.check("a.odt", package("odt", "<text:p>keep-before &x;</text:p>", before=before), ["keep-before"])
            self.assertIn("office.dtd", self.codes(row))
        self.check("a.odt", package("odt", "<text:p>keep</text:p>", before=f'<?xml-stylesheet href="{AWAY}"?><!-- gone -->'), ["keep"])

    def test_objects(self):
        """A document in itself, and one in another over and over, end somewhere."""
        shows = '<text:p>keep{}<draw:frame><draw:object xlink:href="{}"/></draw:frame></text:p>'
        deep = {"Object 1/" * k + "content.xml": content("odt", shows.format(k, "./Object 1")) for k in range(1, 13)}
        row = self.check("a.odt", package("odt", shows.format(0, "./Object 1"), deep), ["keep0", "keep1", "keep7"])
        self.assertIn("office.ole", self.codes(row))
        for loop in ("./", ".", "../Object 1", "./Object 1/../"):
            self.check("a.odt", package("odt", shows.format(0, "./Object 1"), {"Object 1/content.xml": content("odt", shows.format(1, loop))}), ["keep0", "keep1"])

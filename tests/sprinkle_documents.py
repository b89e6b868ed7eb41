"""Documents with a little of everything, made for tests/sprinkle.py."""
import io
import re
import zipfile

import docx
import openpyxl
import samples
from docx.oxml import parse_xml
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
P = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
R = f'xmlns:r="{OFFICE[:-1]}"'
BOX = f"""<w:p {W} {A} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"
 xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:v="urn:schemas-microsoft-com:vml"
 xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>
<wp:inline><wp:extent cx="900000" cy="900000"/><wp:docPr id="7" name="box"/><a:graphic>
<a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp><wps:cNvSpPr/><wps:spPr/><wps:txbx><w:txbxContent><w:p>
<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>DATE</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p></w:txbxContent></wps:txbx>
<wps:bodyPr/></wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing></mc:Choice><mc:Fallback><w:pict><v:rect style="width:70pt;height:70pt">
<v:textbox style="mso-fit-shape-to-text:t"><w:txbxContent><w:p><w:r><w:t>box</w:t></w:r></w:p></w:txbxContent></v:textbox></v:rect></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"""
FIELDS = f"""<w:p {W}><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> IF </w:instrText></w:r>
<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>REF here</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>a</w:t></w:r>
<w:r><w:fldChar w:fldCharType="end"/></w:r><w:r><w:instrText xml:space="preserve"> = "a" "yes" "no"</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>
<w:r><w:t>yes</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r><w:fldSimple w:instr="PAGE"><w:r><w:t>1</w:t></w:r></w:fldSimple></w:p>"""


def word():
    d = docx.Document()
    d.add_heading("お知らせ", 1)
    d.add_paragraph("text ").add_run("bold").bold = True
    d.add_picture(io.BytesIO(samples.png()))
    d.add_table(2, 2).cell(0, 0).text = "cell"
    d.sections[0].header.paragraphs[0].text = "head"
    for xml in (FIELDS, BOX):
        d.element.body.insert(2, parse_xml(xml))
    out = io.BytesIO()
    d.save(out)
    return out.getvalue()


def sheets():
    b = openpyxl.Workbook()
    s = b.active
    for i in range(1, 5):
        s.append([i, f"=A{i}*2", f"項目{i}"])
    s["D1"] = '=HYPERLINK("https://a.example/","x")'
    s["D2"].hyperlink = "https://a.example/"
    s["A1"].comment = Comment("note", "someone")
    s.conditional_formatting.add("A1:A4", FormulaRule(formula=["A1>2"], fill=PatternFill("solid", bgColor="FFFF00")))
    v = DataValidation(type="list", formula1='"a,b"')
    v.add("E1")
    s.add_data_validation(v)
    chart = BarChart()
    chart.add_data(Reference(s, min_col=1, min_row=1, max_row=4))
    s.add_chart(chart, "G1")
    t = b.create_sheet("表")
    t.append(["a", "b"])
    t.append([1, 2])
    t.add_table(Table(displayName="T", ref="A1:B2"))
    b.defined_names.append(DefinedName("total", attr_text="Sheet!$A$1:$A$4"))
    out = io.BytesIO()
    b.save(out)
    return out.getvalue()


def slides():
    text = '<p:txBody><a:bodyPr/><a:p><a:r><a:rPr><a:hlinkClick r:id="rId2"/></a:rPr><a:t>text</a:t></a:r></a:p></p:txBody>'
    tree = "<p:cSld><p:spTree><p:nvGrpSpPr><p:cNvPr id=\"1\" name=\"\"/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>%s</p:spTree></p:cSld>"
    shape = ('<p:sp><p:nvSpPr><p:cNvPr id="2" name="s"><a:hlinkClick r:id="rId3" action="ppaction://hlinksldjump"/></p:cNvPr><p:cNvSpPr/><p:nvPr/></p:nvSpPr>'
             "<p:spPr/>" + text + "</p:sp>")
    table = ('<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="3" name="t"/><p:cNvGraphicFramePr/><p:nvPr/></p:nvGraphicFramePr><p:xfrm/><a:graphic>'
             '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/table"><a:tbl><a:tblPr/><a:tblGrid/></a:tbl></a:graphicData></a:graphic></p:graphicFrame>')
    picture = ('<p:pic><p:nvPicPr><p:cNvPr id="4" name="p"/><p:cNvPicPr/><p:nvPr/></p:nvPicPr><p:blipFill><a:blip r:embed="rId4"/></p:blipFill><p:spPr/></p:pic>')
    slide = f"<p:sld {P} {A} {R}>" + tree % (shape + table + picture) + "<p:timing><p:tnLst/></p:timing></p:sld>"
    rel = [("rId1", "slideLayout", "../slideLayouts/slideLayout1.xml", False), ("rId2", "hyperlink", "https://a.example/", True),
           ("rId3", "slide", "slide2.xml", False), ("rId4", "image", "../media/image1.png", False)]
    return samples.opc(dict([
        ("[Content_Types].xml", samples.types([("/ppt/presentation.xml", PML + "presentation.main+xml"), ("/ppt/slides/slide1.xml", PML + "slide+xml"),
                                               ("/ppt/slides/slide2.xml", PML + "slide+xml"), ("/ppt/slideLayouts/slideLayout1.xml", PML + "slideLayout+xml"),
                                               ("/ppt/slideMasters/slideMaster1.xml", PML + "slideMaster+xml"),
                                               ("/ppt/theme/theme1.xml", "application/vnd.openxmlformats-officedocument.theme+xml")],
                                              (("rels", "application/vnd.openxmlformats-package.relationships+xml"), ("xml", "application/xml"), ("png", "image/png")))),
        ("_rels/.rels", samples.rels([("rId1", "officeDocument", "ppt/presentation.xml", False)])),
        ("ppt/presentation.xml", f'<p:presentation {P} {R}><p:sldMasterIdLst><p:sldMasterId id="2147483648" r:id="rId1"/></p:sldMasterIdLst><p:sldIdLst>'
                                 '<p:sldId id="256" r:id="rId2"/><p:sldId id="257" r:id="rId3"/></p:sldIdLst><p:sldSz cx="9144000" cy="6858000"/></p:presentation>'),
        ("ppt/_rels/presentation.xml.rels", samples.rels([("rId1", "slideMaster", "slideMasters/slideMaster1.xml", False),
                                                          ("rId2", "slide", "slides/slide1.xml", False), ("rId3", "slide", "slides/slide2.xml", False)])),
        ("ppt/slides/slide1.xml", slide), ("ppt/slides/_rels/slide1.xml.rels", samples.rels(rel)),
        ("ppt/slides/slide2.xml", f"<p:sld {P} {A} {R}>" + tree % "" + "</p:sld>"), ("ppt/slides/_rels/slide2.xml.rels", samples.rels(rel[:1])),
        ("ppt/slideLayouts/slideLayout1.xml", f"<p:sldLayout {P} {A} {R}>" + tree % "" + "</p:sldLayout>"),
        ("ppt/slideLayouts/_rels/slideLayout1.xml.rels", samples.rels([("rId1", "slideMaster", "../slideMasters/slideMaster1.xml", False)])),
        ("ppt/slideMasters/slideMaster1.xml", f"<p:sldMaster {P} {A} {R}>" + tree % "" +
         '<p:clrMap bg1="lt1" tx1="dk1" bg2="lt2" tx2="dk2" accent1="accent1" accent2="accent2" accent3="accent3" accent4="accent4" accent5="accent5" '
         'accent6="accent6" hlink="hlink" folHlink="folHlink"/><p:sldLayoutIdLst><p:sldLayoutId id="2147483649" r:id="rId1"/></p:sldLayoutIdLst></p:sldMaster>'),
        ("ppt/slideMasters/_rels/slideMaster1.xml.rels", samples.rels([("rId1", "slideLayout", "../slideLayouts/slideLayout1.xml", False),
                                                                       ("rId2", "theme", "../theme/theme1.xml", False)])),
        ("ppt/theme/theme1.xml", f'<a:theme {A} name="t"><a:themeElements/></a:theme>'), ("ppt/media/image1.png", samples.png())]))


PML = "application/vnd.openxmlformats-officedocument.presentationml."


def strict(data):
    """The same with the names of the strict form of ISO/IEC 29500."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for n in old.namelist():
            body = old.read(n)
            if n.endswith((".xml", ".rels")):
                body = re.sub(rb"http://schemas\.openxmlformats\.org/(wordprocessingml|spreadsheetml|presentationml|drawingml|officeDocument)/2006/",
                              rb"http://purl.oclc.org/ooxml/\1/", body)
            new.writestr(n, body)
    return out.getvalue()


def large():
    """A workbook whose one sheet has more than twelve MiB."""
    cells = "".join(f'<row r="{i}"><c r="A{i}"><v>{i * 7919 % 100003}</v></c><c r="B{i}"><v>{i % 13}</v></c><c r="C{i}"><f>A{i}+B{i}</f><v>1</v></c></row>'
                    for i in range(1, 120001))
    sheet = (f'<worksheet xmlns="{SHEETS}" {R}><sheetData>{cells}<row r="120001"><c r="A120001"><f>WEBSERVICE("http://a.example/")</f><v>1</v></c></row></sheetData>'
             '<hyperlinks><hyperlink ref="A1" r:id="h"/></hyperlinks></worksheet>')
    return samples.opc({
        "[Content_Types].xml": samples.types([("/xl/workbook.xml", f"{samples.S}.sheet.main+xml"), ("/xl/worksheets/sheet1.xml", f"{samples.S}.worksheet+xml")]),
        "_rels/.rels": samples.rels([("rId1", "officeDocument", "xl/workbook.xml", False)]),
        "xl/workbook.xml": f'<workbook xmlns="{SHEETS}" {R}><sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": samples.rels([("rId1", "worksheet", "worksheets/sheet1.xml", False)]),
        "xl/worksheets/sheet1.xml": sheet,
        "xl/worksheets/_rels/sheet1.xml.rels": samples.rels([("h", "hyperlink", "https://a.example/", True)]),
    })


def all_of_them():
    office = [("docx", word()), ("xlsx", sheets()), ("pptx", slides())]
    return office + [(ext, strict(data)) for ext, data in office]

"""Method flatten of exchange drawings: Japanese ones of each kind, read by Poppler: their words are all there, and ink stands where the drawing has it."""
import subprocess

from command import Case

MM = 100 / 25.4  # pixels


def pairs(*rows):
    return "".join(f"{code:3d}\r\n{value}\r\n" for code, value in rows)


def section(name, inner):
    return pairs((0, "SECTION"), (2, name)) + inner + pairs((0, "ENDSEC"))


def dxf():
    """A sheet of A4 with its frame, drawn in its size: the frame decides where it lies."""
    tables = pairs((0, "TABLE"), (2, "LAYER"), (0, "LAYER"), (2, "外形線"), (70, 0), (62, 1), (6, "CONTINUOUS"), (0, "LAYER"), (2, "非表示"), (70, 0), (62, -3), (6, "CONTINUOUS"),
                   (0, "ENDTAB"), (0, "TABLE"), (2, "STYLE"), (0, "STYLE"), (2, "縦"), (70, 4), (41, 1), (3, "txt.shx"), (4, "extfont2.shx"), (0, "ENDTAB"))
    blocks = pairs((0, "BLOCK"), (2, "部品"), (70, 2), (10, 1), (20, 0), (0, "SOLID"), (8, "0"), (10, 0), (20, 0), (11, 2), (21, 0), (12, 0), (22, 2), (13, 2), (23, 2), (0, "ENDBLK"))
    entities = pairs((0, "LWPOLYLINE"), (8, "外形線"), (90, 4), (70, 1), (10, 0), (20, 0), (10, 277), (20, 0), (10, 277), (20, 190), (10, 0), (20, 190),
                     (0, "TEXT"), (8, "0"), (10, 20), (20, 170), (40, 7), (1, "市道１号線 舗装修繕工事"), (0, "TEXT"), (8, "0"), (10, 20), (20, 155), (40, 5), (1, "%%c12 ±3 45%%d \\U+9AD9\\U+5D0E"),
                     (0, "TEXT"), (8, "0"), (10, 260), (20, 30), (40, 5), (50, 90), (1, "回転した文字列"), (0, "TEXT"), (8, "0"), (7, "縦"), (10, 250), (20, 180), (40, 5), (1, "縦書きの注記"),
                     (0, "TEXT"), (8, "非表示"), (10, 20), (20, 140), (40, 5), (1, "見えない文字"),
                     (0, "MTEXT"), (8, "0"), (10, 20), (20, 130), (40, 4), (41, 60), (71, 1), (1, "{\\fMS Gothic|b0;道路の\\C1;安全\\C7;確保}\\P\\H0.8x;二行目の説明"),
                     (0, "INSERT"), (8, "外形線"), (2, "部品"), (10, 200), (20, 100), (41, 5), (42, 5), (70, 2), (44, 30))
    return (section("HEADER", pairs((9, "$ACADVER"), (1, "AC1009"), (9, "$INSUNITS"), (70, 4))) + section("TABLES", tables) + section("BLOCKS", blocks)
            + section("ENTITIES", entities) + pairs((0, "EOF"))).encode("cp932")


def exchange(mode, data):
    return (f"ISO-10303-21;\r\nHEADER;\r\nFILE_DESCRIPTION(('SCADEC level2 {mode}_mode'),'2;1');\r\nFILE_NAME('a','',(''),(''),'SCADEC_API_Ver3.30$$3.1','x','');\r\n"
            f"FILE_SCHEMA(('ASSOCIATIVE_DRAUGHTING'));\r\nENDSEC;\r\nDATA;\r\n{data}ENDSEC;\r\nEND-ISO-10303-21;\r\n").encode("cp932")


def sfc():
    features = (r"line_feature('1','2','1','5','0','0','50','0')", r"text_string_feature('1','8','1',\'部分図の文字\','0','20','5','30','0','0','0','1','1')", r"sfig_org_feature(\'部分図-1\','1')",
                r"text_string_feature('2','8','1',\'隠れた文字\','100','100','5','25','0','0','0','1','1')", r"text_string_feature('1','8','1',\'横断図 S=1:100\','148.5','190','7','60','0','0','0','5','1')",
                r"text_string_feature('1','8','1',\'縦書き\','280','150','15','5','0','0','0','7','2')",
                r"linear_dim_feature('1','8','1','1','100','50','150','50','1','100','40','100','41','100','52','1','150','40','150','41','150','52','9','1','100','50','0.3','5','2','150','50','0.3','1','1',\'5,000\','125','51','3','12','0','0','0','2','1')",
                r"sfig_locate_feature('0',\'部分図-1\','20','20','0','2','2')", r"drawing_sheet_feature(\'図面\','4','1','297','210')", r"layer_feature(\'表示\','1')", r"layer_feature(\'非表示\','0')", r"text_font_feature(\'ＭＳ 明朝\')")
    return exchange("feature", "".join(f"/*SXF\r\n#{10 * i + 10} = {f}\r\nSXF*/\r\n" for i, f in enumerate(features)))


P21 = r"""#1=CARTESIAN_POINT(' ',(20.,20.));
#2=CARTESIAN_POINT(' ',(120.,20.));
#3=DIRECTION(' ',(1.,0.));
#4=AXIS2_PLACEMENT_2D(' ',#1,#3);
#5=VECTOR(' ',#3,1.);
#6=LINE(' ',#1,#5);
#7=TRIMMED_CURVE(' ',#6,(#1),(#2),.T.,.CARTESIAN.);
#8=DRAUGHTING_PRE_DEFINED_COLOUR('red');
#9=DRAUGHTING_PRE_DEFINED_CURVE_FONT('continuous');
#10=LENGTH_MEASURE_WITH_UNIT(POSITIVE_LENGTH_MEASURE(0.500000),#9);
#11=CURVE_STYLE(' ',#9,#10,#8);
#12=PRESENTATION_STYLE_ASSIGNMENT((#11));
#13=(ANNOTATION_CURVE_OCCURRENCE()REPRESENTATION_ITEM(' ')STYLED_ITEM((#12),#7));
#14=PLANAR_EXTENT(' ',60.,5.);
#15=CARTESIAN_POINT(' ',(20.,62.5));
#16=AXIS2_PLACEMENT_2D(' ',#15,#3);
#17=EXTERNALLY_DEFINED_TEXT_FONT(IDENTIFIER('\X2\FF2DFF33\X0\'),#9);
#18=TEXT_LITERAL_WITH_EXTENT('$$SXF_baseline left','\X2\6A2A65AD56F3306E6CE88A18\X0\ No.1',#16,'baseline left',.RIGHT.,#17,#14);
#19=TEXT_STYLE_FOR_DEFINED_FONT(#8);
#20=(TEXT_STYLE(' ',#19)TEXT_STYLE_WITH_BOX_CHARACTERISTICS((BOX_HEIGHT(5.),BOX_SLANT_ANGLE(0.))));
#21=PRESENTATION_STYLE_ASSIGNMENT((#20));
#22=(ANNOTATION_TEXT_OCCURRENCE()REPRESENTATION_ITEM(' ')STYLED_ITEM((#21),#18));
#23=PLANAR_BOX(' ',297.,210.,#4);
#24=DRAWING_SHEET_REVISION('A4_horizontal',(#13,#22,#23),$,'01');
""".replace("\n", "\r\n")
SOLID = "#1=CARTESIAN_POINT('',(0.,0.,0.));\r\n#2=ADVANCED_BREP_SHAPE_REPRESENTATION('',(#1),#1);\r\n"


class Drawings(Case):
    def flat(self, name, data, verdict="clean"):
        row, = self.clean("--method", "flatten", "--force", "-o", self.dir, self.write(name, data))
        self.assertEqual(row["verdict"], verdict, row)
        return row

    def words(self, row):
        text = subprocess.run(["pdftotext", "-layout", row["output"], "-"], capture_output=True, text=True, check=True).stdout
        return "".join(text.split())

    def picture(self, row):
        """Grey pixels of the first page, 100 to the inch."""
        out = subprocess.run(["pdftoppm", "-r", "100", "-gray", "-singlefile", row["output"]], capture_output=True, check=True).stdout
        _, size, _, pixels = out.split(b"\n", 3)
        width, height = map(int, size.split())
        self.assertEqual(len(pixels), width * height)
        return width, height, pixels

    def ink(self, picture, x, y, w, h):
        """The share of dark pixels in a box of millimetres from the lower left corner of the paper."""
        width, height, pixels = picture
        columns, rows = range(round(x * MM), round((x + w) * MM)), range(height - round((y + h) * MM), height - round(y * MM))
        self.assertTrue(columns and rows and columns[-1] < width and rows[-1] < height)
        return sum(pixels[r * width + c] < 224 for r in rows for c in columns) / (len(columns) * len(rows))

    def test_dxf(self):
        row = self.flat("図面.dxf", dxf())
        words = self.words(row)
        for word in ("市道１号線舗装修繕工事", "Ø12±345°髙崎", "回転した文字列", "縦書きの注記", "道路の安全確保", "二行目の説明"):
            self.assertIn(word, words)
        self.assertNotIn("見えない文字", words)
        self.assertEqual(self.codes(row), {"cad.hidden"})
        page = self.picture(row)
        self.assertEqual([round(n / MM) for n in page[:2]], [297, 210])
        # The frame lies 10 mm inside; the squares of the block are filled, 5 times as large and 30 mm apart.
        for x, full in ((10 + 195, True), (10 + 225, True), (10 + 213, False)):
            self.assertEqual(self.ink(page, x + 1, 10 + 101, 8, 8) > 0.99, full, x)
        for box in ((9, 50, 2, 2), (286, 50, 2, 2), (100, 9, 2, 2), (30, 180, 60, 7), (268, 40, 6, 25), (258, 155, 8, 25), (30, 134, 50, 6)):
            self.assertGreater(self.ink(page, *box), 0.02, box)
        for box in ((2, 2, 6, 200), (20, 20, 150, 80), (30, 150, 100, 8)):
            self.assertEqual(self.ink(page, *box), 0, box)

    def test_sfc(self):
        row = self.flat("図面.sfc", sfc())
        words = self.words(row)
        for word in ("部分図の文字", "横断図S=1:100", "縦書き", "5,000"):
            self.assertIn(word, words)
        self.assertNotIn("隠れた文字", words)
        self.assertEqual(self.codes(row), {"cad.hidden"})
        page = self.picture(row)
        self.assertEqual([round(n / MM) for n in page[:2]], [297, 210])
        # The line is twice as long on the sheet, the words twice as high; arrows as the specification has them.
        for box in ((20, 19, 100, 2), (20, 60, 60, 10), (120, 186, 57, 8), (279, 135, 7, 15), (100, 49, 50, 2), (99, 40, 2, 12)):
            self.assertGreater(self.ink(page, *box), 0.04, box)
        for box in ((125, 18, 100, 4), (100, 100, 40, 8), (20, 72, 80, 20)):
            self.assertEqual(self.ink(page, *box), 0, box)

    def test_p21(self):
        row = self.flat("図面.p21", exchange("AP202", P21))
        self.assertIn("横断図の注記No.1", self.words(row))
        self.assertEqual(row["removed"], [])
        page = self.picture(row)
        self.assertGreater(self.ink(page, 20, 19, 100, 2), 0.2)
        # The library puts the point of words half their height above their base line.
        self.assertGreater(self.ink(page, 20, 60, 58, 5), 0.1)
        self.assertEqual(self.ink(page, 20, 66, 60, 5), 0)

    def test_no_drawing(self):
        row = self.flat("立体.p21", exchange("x", SOLID), "refused")
        self.assertEqual(row["reason"]["code"], "cad.model")
        self.assertEqual(self.one(exchange("x", SOLID), "立体.p21", "kept")["verdict"], "clean")

    def test_floods(self):
        """Arrays of arrays, blocks that hold themselves: quick, with the limit's reason or told."""
        array = pairs((0, "INSERT"), (8, "0"), (2, "A"), (10, 0), (20, 0), (70, 32000), (71, 32000), (44, 1), (45, 1))
        block = pairs((0, "BLOCK"), (2, "A"), (70, 0), (10, 0), (20, 0), (0, "LINE"), (8, "0"), (10, 0), (20, 0), (11, 9), (21, 9), (0, "INSERT"), (8, "0"), (2, "A"), (10, 1), (20, 1), (0, "ENDBLK"))
        data = section("BLOCKS", block) + section("ENTITIES", array) + pairs((0, "EOF"))
        self.assertEqual(self.flat("a.dxf", data.encode(), "refused")["reason"]["code"], "limit.paintings")
        data = section("BLOCKS", block) + section("ENTITIES", array.replace("32000", "2")) + pairs((0, "EOF"))
        self.assertEqual(self.codes(self.flat("b.dxf", data.encode())), {"cad.not-drawn"})

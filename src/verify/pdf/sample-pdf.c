/* The sample of sample-pdf.h. Test programs only. */
#include "verify/pdf/sample-pdf.h"

#include <zlib.h>

#include "verify/font/sample-font.h"

/* name, dictionary or value, stream data (NULL: none) */
static const char *const objects[][3] = {
    {"catalog",
	"<</Type/Catalog/Pages @pages/PageLabels<</Nums[0<</S/D/P(p)/St 1>>]>>/Dests<</a[@page/Fit]/b[@page/XYZ 0 "
	"null 1.5]>>/Outlines @outlines/ViewerPreferences<</FitWindow true/NumCopies 2>>/PageMode/UseOutlines"
	"/OpenAction[@page/FitH 10]/OCProperties<</OCGs[@ocg]/D<</Order[@ocg(x)[@ocg]]>>>>/Lang(ja)/MarkInfo<</Marked "
	"true>>/StructTreeRoot @struct>>",
	NULL},
    {"info", "<</Title(t)>>", NULL},
    {"pages", "<</Type/Pages/Kids[@page]/Count 1>>", NULL},
    {"outlines", "<</Type/Outlines/First @item1/Last @item2/Count 2>>", NULL},
    {"item1", "<</Title(one)/Parent @outlines/Next @item2/Dest[@page/Fit]/C[0 .5 1]/F 1>>", NULL},
    {"item2", "<</Title(two)/Parent @outlines/Prev @item1/First @item3/Last @item3/Count -1>>",
	NULL},
    {"item3", "<</Title(three)/Parent @item2/A<</S/URI/URI(https://example.jp/)>>>>", NULL},
    {"ocg", "<</Type/OCG/Name(layer)>>", NULL},
    {"struct",
	"<</Type/StructTreeRoot/K[@elem]/ParentTree @parents/ParentTreeNextKey 1/RoleMap<</My/P>>/ClassMap<</c<</O"
	"/Layout/Width 10>>>>>>",
	NULL},
    {"parents", "<</Nums[0 @parent0 1 @elem]>>", NULL},
    {"parent0", "[@elem2 null]", NULL},
    {"elem", "<</Type/StructElem/S/Document/P @struct/K[@elem2]>>", NULL},
    {"elem2",
	"<</Type/StructElem/S/My/P @elem/Pg @page/K[0<</Type/MCR/MCID 1/Pg @page>><</Type/OBJR/Obj @link>>]/A<</O/Table"
	"/ColSpan 2>>/C/c/Alt(alt)>>",
	NULL},
    {"page",
	"<</Type/Page/Parent @pages/MediaBox[0 0 200 200]/CropBox[0 0 200 100.5]/Rotate 90/Group<</Type/Group/S"
	"/Transparency/CS/DeviceRGB/I true>>/StructParents 0/Tabs/S/Resources<</Font<</R1 @simple/R2 @type0/R3 "
	"@type3>>/XObject<</R1 @form/R2 @image/R3 @mask/R4 @indexed>>/ExtGState<</R1 @gs>>/ColorSpace<</DefaultGray "
	"@icc/R1 @sep/R2[/Pattern/DeviceRGB]>>/Pattern<</R1 @tile/R2 @shadepat>>/Shading<</R1 @mesh>>/Properties<</R1 "
	"@ocg>>>>/Contents @contents/Annots[@link @note @high @free]>>",
	NULL},
    {"contents", "<<",
	"q\n1 0 0 1 10 10.5 cm\n/R1 gs\n/R1 cs\n.5 scn\n0 0 10 10 re\nf\nQ\n/OC/R1 BDC\nBT\n/R1 12 Tf\n(a\\(b)Tj\n[(x)-5(y)]TJ"
	"\nET\nEMC\n/P<</MCID 0/Lang(ja)>>BDC\nBT\n/R2 9 Tf\n(\1\2)Tj\n/R3 9 Tf\n(A)'\nET\nEMC\n/R1 Do\n/R2 Do\n/R3 Do\n/R4 Do\n/R2 CS"
	"\n/Pattern cs\n/R1 scn\n/R2 scn\n/R1 sh\nBI/W 2/H 1/BPC 8/CS/G/L 2 ID \xff\x80\nEI\n1 0 0 rg\n0 1 0 0 K\n[3 2]0 d\n1 J\n0 0 m\n1 1 "
	"l\nW*\nn\n"},
    {"simple",
	"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding<</Type/Encoding/Differences[65/A 66/B]>>>>",
	NULL},
    {"type0",
	"<</Type/Font/Subtype/Type0/BaseFont/ABCDEF+Mincho/Encoding @cmap/DescendantFonts[@cid]/ToUnicode @tounicode>>",
	NULL},
    {"cmap",
	"<</Type/CMap/CMapName/R/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/WMode 1",
	"/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
	"/Supplement 0>>def\n/CMapName/R def\n/CMapType 1 def\n/WMode 1 def\n1 begincodespacerange\n<0000><ffff>\nendcodespacerange\n"
	"1 begincidrange\n<0000><00ff> 0\nendcidrange\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"},
    {"cid",
	"<</Type/Font/Subtype/CIDFontType2/BaseFont/ABCDEF+Mincho/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
	"/Supplement 0>>/FontDescriptor @desc/DW 1000/W[1[500 600]3 4 700]/DW2[880 -1000]/CIDToGIDMap @gidmap>>",
	NULL},
    {"gidmap", "<<", "\0\0\0\1"},
    {"desc",
	"<</Type/FontDescriptor/FontName/ABCDEF+Mincho/Flags 4/FontBBox[0 0 1000 1000]/ItalicAngle 0/FontStretch/Normal"
	"/FontFile2 @ttf>>",
	NULL},
    {"tounicode", "<<",
	"/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)"
	"/Supplement 0>>def\n/CMapName/R def\n/CMapType 2 def\n1 begincodespacerange\n<0000><ffff>\nendcodespacerange\n"
	"1 beginbfchar\n<0001><3042>\nendbfchar\n1 beginbfrange\n<0010><0011>[<3044><d867de3d>]\nendbfrange\nendcmap\nCMapName "
	"currentdict /CMap defineresource pop\nend\nend\n"},
    {"ttf", "<</Length1 @@", ""},
    {"type3",
	"<</Type/Font/Subtype/Type3/FontBBox[0 0 10 10]/FontMatrix[.1 0 0 .1 0 0]/CharProcs<</A @glyph>>/Encoding<</Type"
	"/Encoding/Differences[65/A]>>/FirstChar 65/LastChar 65/Widths[10]/Resources<<>>>>",
	NULL},
    {"glyph", "<<", "10 0 0 0 10 10 d1\n0 0 10 10 re\nf\n"},
    {"form",
	"<</Type/XObject/Subtype/Form/BBox[0 0 10 10]/Matrix[1 0 0 1 0 0]/Resources<</XObject<</R1 @image>>>>/OC @ocg",
	"/R1 Do\n"},
    {"image",
	"<</Type/XObject/Subtype/Image/Width 4/Height 2/ColorSpace/DeviceRGB/BitsPerComponent 8/SMask @smask/Interpolate "
	"true",
	"012345678901234567890123"},
    {"smask",
	"<</Type/XObject/Subtype/Image/Width 2/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8/Matte[0 0 0]/DecodeParms"
	"<</Predictor 15/Colors 1/BitsPerComponent 8/Columns 2>>",
	"\2ab"},
    {"mask",
	"<</Type/XObject/Subtype/Image/Width 9/Height 1/ImageMask true/BitsPerComponent 1/Decode[1 0]",
	"xy"},
    {"indexed",
	"<</Type/XObject/Subtype/Image/Width 2/Height 1/ColorSpace[/Indexed/DeviceRGB 1(012345)]/BitsPerComponent 1/Mask[0 "
	"0]",
	"\x40"},
    {"gs",
	"<</Type/ExtGState/LW 2/D[[1 2]0]/BM/Multiply/CA .5/SMask<</Type/Mask/S/Luminosity/G @form2/BC[0 0 0]/TR @tint1>>>>",
	NULL},
    {"form2",
	"<</Type/XObject/Subtype/Form/BBox[0 0 10 10]/Group<</Type/Group/S/Transparency/CS/DeviceGray>>/Resources<<>>",
	"0 g\n"},
    {"tint1", "<</FunctionType 2/Domain[0 1]/N 1/C0[0]/C1[1]>>", NULL},
    {"icc", "[/ICCBased @profile]", NULL},
    {"profile", "<</N 1/Alternate/DeviceGray", ""},
    {"sep", "[/Separation/Spot/DeviceCMYK @calc]", NULL},
    {"calc", "<</FunctionType 4/Domain[0 1]/Range[0 1 0 1 0 1 0 1]",
	"{ dup .5 gt { pop 1 } { 2 mul } ifelse 0 0 0 }"},
    {"tile",
	"<</Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 5 5]/XStep 5/YStep 5/Resources<<>>",
	"1 g\n0 0 3 3 re\nf\n"},
    {"shadepat",
	"<</Type/Pattern/PatternType 2/Shading<</ShadingType 2/ColorSpace/DeviceRGB/Coords[0 0 1 1]/Function @stitch/Extend["
	"true false]>>>>",
	NULL},
    {"stitch",
	"<</FunctionType 3/Domain[0 1]/Functions[@sampled<</FunctionType 2/Domain[0 1]/N 1/C0[0 0 0]/C1[1 1 1]>>]/Bounds[.5]"
	"/Encode[0 1 0 1]>>",
	NULL},
    {"sampled", "<</FunctionType 0/Domain[0 1]/Range[0 1 0 1 0 1]/Size[2]/BitsPerSample 8",
	"abcdef"},
    {"mesh",
	"<</ShadingType 4/ColorSpace/DeviceGray/BitsPerCoordinate 8/BitsPerComponent 8/BitsPerFlag 8/Decode[0 1 0 1 0 1]",
	"\0\1\2\3\0\1\2\3\0\1\2\3"},
    {"link",
	"<</Type/Annot/Subtype/Link/Rect[0 0 10 10]/Border[0 0 1]/A<</S/URI/URI(mailto:a@example.jp)>>/StructParent 1/F 4>>",
	NULL},
    {"note",
	"<</Type/Annot/Subtype/Text/Rect[0 0 10 10]/Contents(hello)/Name/Note/Open false/C[1 1 0]>>",
	NULL},
    {"high",
	"<</Type/Annot/Subtype/Highlight/Rect[0 0 10 10]/QuadPoints[0 0 1 0 0 1 1 1]/CA .5/AP<</N @form2>>>>",
	NULL},
    {"free", "<</Type/Annot/Subtype/FreeText/Rect[0 0 10 10]/DA(/Helv 9 Tf 0 g)/Q 1/Contents(x)>>",
	NULL},
    /* not part of the sample: for changes that refer to them */
    {"spare-js", "<</S/JavaScript/JS(app.alert\\(1\\))>>", NULL},
    {"spare-file", "<</Type/EmbeddedFile", "MZ"},
    {"spare-widget", "<</Type/Annot/Subtype/Widget/Rect[0 0 1 1]/FT/Btn>>", NULL},
    {"spare-launch", "<</S/Launch/F(cmd.exe)>>", NULL},
    {"spare-metadata", "<</Type/Metadata/Subtype/XML", "<x/>"},
    {"spare-elem", "<</Type/StructElem/S/P/P @elem>>", NULL},
    {"spare-ocg", "<</Type/OCG/Name(hidden)>>", NULL},
    {"spare-page", "<</Type/Page/Parent @pages/MediaBox[0 0 1 1]/Resources<<>>>>", NULL},
};

static void put32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 24);
	p[1] = (uint8_t)(v >> 16);
	p[2] = (uint8_t)(v >> 8);
	p[3] = (uint8_t)v;
}

static void tag(uint8_t *p, const char *s)
{
	while (*s)
		*p++ = (uint8_t)*s++;
}

/* A grey profile: white point and gamma curve. */
static size_t grey_profile(uint8_t *p)
{
	memset(p, 0, 200);
	put32(p, 192);
	p[8] = 4;
	tag(p + 12, "mntrGRAYXYZ ");
	tag(p + 36, "acsp");
	put32(p + 68, 0xf6d6);
	put32(p + 72, 0x10000);
	put32(p + 76, 0xd32d);
	put32(p + 128, 2);
	tag(p + 132, "wtpt");
	put32(p + 136, 156);
	put32(p + 140, 20);
	tag(p + 144, "kTRC");
	put32(p + 148, 176);
	put32(p + 152, 14);
	tag(p + 156, "XYZ ");
	put32(p + 164, 0xf6d6);
	tag(p + 176, "curv");
	put32(p + 184, 1);
	p[188] = 2;
	return 192;
}

struct sample_object *sample_find(struct sample_pdf *f, const char *name)
{
	for (size_t i = 0; i < f->n; i++)
		if (strcmp(f->o[i].name, name) == 0)
			return &f->o[i];
	abort();
}

/* The data of a row may hold NULs only where it ends in `len`. */
static size_t data_length(const char *name, const char *data)
{
	static const struct {
		const char *name;
		size_t n;
	} known[] = {{"gidmap", 4}, {"mesh", 12}};

	for (size_t i = 0; i < 2; i++)
		if (strcmp(known[i].name, name) == 0)
			return known[i].n;
	return strlen(data);
}

static void add_font(struct sample_pdf *f)
{
	static struct sample_sfnt font;
	struct sample_object *o = sample_find(f, "ttf");

	sample_sfnt(&font);
	sample_sfnt_build(&font);
	memcpy(o->data, font.out, font.n);
	o->ndata = font.n;
	snprintf(o->dict, sizeof(o->dict), "<</Length1 %zu", font.n);
}

struct sample_pdf *sample_pdf(void)
{
	struct sample_pdf *f = calloc(1, sizeof(*f));

	if (f == NULL)
		abort();
	for (size_t i = 0; i < sizeof(objects) / sizeof(objects[0]); i++) {
		struct sample_object *o = &f->o[f->n++];
		o->name = objects[i][0];
		snprintf(o->dict, sizeof(o->dict), "%s", objects[i][1]);
		o->stream = objects[i][2] != NULL;
		if (!o->stream)
			continue;
		o->ndata = data_length(o->name, objects[i][2]);
		memcpy(o->data, objects[i][2], o->ndata);
	}
	add_font(f);
	struct sample_object *icc = sample_find(f, "profile");
	icc->ndata = grey_profile(icc->data);
	return f;
}

bool sample_change(struct sample_object *o, bool data, const char *from, const char *to)
{
	uint8_t *p = data ? o->data : (uint8_t *)o->dict;
	size_t n = data ? o->ndata : strlen(o->dict) + 1;
	size_t at = sk_slice_find(sk_slice(p, n), 0, sk_slice_str(from));
	size_t a = strlen(from), b = strlen(to);

	if (at == SIZE_MAX)
		return false;
	memmove(p + at + b, p + at + a, n - at - a);
	for (size_t i = 0; i < b; i++)
		p[at + i] = (uint8_t)to[i];
	if (data)
		o->ndata = o->ndata + b - a;
	return true;
}

/* `@name` behind a space, a bracket or a string; any other is part of an address. */
static bool is_reference(const char *s)
{
	return strchr(" [)>", s[-1]) != NULL;
}

/* Number the objects that the text of one refers to, in order; returns the next free number. */
static unsigned number_refs(struct sample_pdf *f, const struct sample_object *o,
    struct sample_object **order, unsigned next)
{
	for (const char *s = strchr(o->dict, '@'); s; s = strchr(s + 1, '@')) {
		char name[32];
		size_t n = strspn(s + 1, "abcdefghijklmnopqrstuvwxyz-0123456789");
		snprintf(name, sizeof(name), "%.*s", (int)n, s + 1);
		if (!is_reference(s))
			continue;
		struct sample_object *to = sample_find(f, name);
		if (to->num == 0) {
			to->num = next;
			order[next++] = to;
		}
	}
	return next;
}

static void put(struct sample_pdf *f, const void *p, size_t n)
{
	if (n > sizeof(f->out) - f->nout)
		abort();
	memcpy(f->out + f->nout, p, n);
	f->nout += n;
}

static void puts_(struct sample_pdf *f, const char *s)
{
	put(f, s, strlen(s));
}

/* The text of an object with its references resolved. */
static void put_text(struct sample_pdf *f, const char *s)
{
	while (*s) {
		char name[32], ref[32];
		size_t plain = strcspn(s, "@");
		put(f, s, plain);
		s += plain;
		if (*s == 0)
			return;
		size_t n = strspn(s + 1, "abcdefghijklmnopqrstuvwxyz-0123456789");
		if (!is_reference(s)) {
			put(f, s++, 1);
			continue;
		}
		snprintf(name, sizeof(name), "%.*s", (int)n, s + 1);
		snprintf(ref, sizeof(ref), "%u 0 R", sample_find(f, name)->num);
		puts_(f, ref);
		s += n + 1;
	}
}

static void put_object(struct sample_pdf *f, const struct sample_object *o)
{
	static uint8_t packed[40000];
	uLongf n = sizeof(packed);
	char text[64];

	snprintf(text, sizeof(text), "%u 0 obj\n", o->num);
	puts_(f, text);
	put_text(f, o->dict);
	if (!o->stream) {
		puts_(f, "\nendobj\n");
		return;
	}
	if (compress2(packed, &n, o->data, o->ndata, 6) != Z_OK)
		abort();
	snprintf(text, sizeof(text), "%s/Length %lu>>\nstream\n",
	    o->raw ? "" : "/Filter/FlateDecode",
	    o->raw ? (unsigned long)o->ndata : (unsigned long)n);
	puts_(f, text);
	put(f, o->raw ? o->data : packed, o->raw ? o->ndata : n);
	puts_(f, "\nendstream\nendobj\n");
}

static void put_trailer(struct sample_pdf *f, unsigned next, unsigned info)
{
	char text[512], hex[33];
	size_t table = f->nout;

	snprintf(hex, sizeof(hex), "%08lx%024zx", crc32(0, f->out, (uInt)table), table);
	snprintf(text, sizeof(text), "xref\n0 %u\n0000000000 65535 f \n", next);
	puts_(f, text);
	size_t at = 0;
	for (unsigned i = 1; i < next; i++) {
		snprintf(text, sizeof(text), "\n%u 0 obj\n", i);
		at = sk_slice_find(sk_slice(f->out, table), at, sk_slice_str(text));
		snprintf(text, sizeof(text), "%010zu 00000 n \n", at + 1);
		puts_(f, text);
	}
	snprintf(text, sizeof(text),
	    "trailer\n<</Size %u/Root 1 0 R/Info %u 0 R/ID[<%s><%s>]%s>>\nstartxref\n%zu\n%%%%EOF\n",
	    next, info, hex, hex, f->trailer, table);
	puts_(f, text);
}

void sample_pdf_seal(struct sample_pdf *f)
{
	size_t table =
	    sk_slice_rfind(sk_slice(f->out, f->nout), f->nout, SK_SLICE_LIT("\nxref\n")) + 1;
	size_t at = sk_slice_rfind(sk_slice(f->out, f->nout), f->nout, SK_SLICE_LIT("/ID[<"));
	char hex[33];

	snprintf(hex, sizeof(hex), "%08lx%024zx", crc32(0, f->out, (uInt)table), table);
	memcpy(f->out + at + 5, hex, 32);
	memcpy(f->out + at + 39, hex, 32);
}

void sample_pdf_build(struct sample_pdf *f)
{
	struct sample_object *order[SAMPLE_OBJECTS + 1];
	unsigned next = 2;

	for (size_t i = 0; i < f->n; i++)
		f->o[i].num = 0;
	order[1] = sample_find(f, "catalog");
	order[1]->num = 1;
	for (unsigned i = 1; i < next; i++)
		next = number_refs(f, order[i], order, next);
	struct sample_object *info = sample_find(f, "info");
	info->num = next;
	order[next++] = info;
	f->nout = 0;
	puts_(f, "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n");
	for (unsigned i = 1; i < next; i++)
		put_object(f, order[i]);
	put_trailer(f, next, info->num);
}

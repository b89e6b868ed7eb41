/* Tests of the verifiers of txt, csv, tsv, json and xml: what must not be in an output is found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "verify/text/testzip.h"

#define BOM "\xef\xbb\xbf"
#define DECL "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

struct sample {
	enum sk_filetype type;
	const char *text;
	size_t n; /* 0: up to the NUL */
};

static int run(const struct sample *s)
{
	struct sk_check c = tz_check();
	int rc = sk_verify_text(&c, s->type, sk_slice(s->text, s->n ? s->n : strlen(s->text)));

	if (rc == SK_EFORMAT)
		assert_true(c.fault.what[0] != '\0');
	sk_arena_free(c.arena);
	return rc;
}

static void expect(const struct sample *s, size_t n, int rc)
{
	for (size_t i = 0; i < n; i++)
		if (run(&s[i]) != rc)
			fail_msg("sample %zu (%s): %s", i, sk_filetype_name(s[i].type), s[i].text);
}

#define EXPECT(samples, rc) expect(samples, sizeof(samples) / sizeof((samples)[0]), rc)

static const struct sample good[] = {
    {SK_FT_TXT, "plain\tand simple\n", 0},
    {SK_FT_TXT, "dos\r\nlines\r\n", 0},
    {SK_FT_TXT, "no end", 0},
    {SK_FT_TXT, "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e \xee\x80\x80 \xf0\xa0\xae\xb7", 0},
    {SK_FT_TXT, "\xe8\xbe\xbb\xf3\xa0\x84\x80 \xe2\x9d\xa4\xef\xb8\x8f",
	0},                                                         /* selectors in place */
    {SK_FT_TXT, "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7", 0}, /* joined pictures */
    {SK_FT_TXT, "\xd9\x86\xe2\x80\x8c\xd9\x87", 0},                 /* Persian non-joiner */
    {SK_FT_TXT, "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81",
	0}, /* 8 marks */
    {SK_FT_CSV, BOM "a,b\nc,d\n", 0},
    {SK_FT_CSV, BOM "a;b\r\n\"c;\"\"d\";e\r\n", 0},
    {SK_FT_CSV,
	BOM "-5,+3.2,-\\1 000,-$5,-\xc2\xa5"
	    "5,-1e-5,-10 %\n",
	0},
    {SK_FT_CSV, BOM "a,\"b\nc\"\r\nd,\"e\r\nf\"\r\n", 0}, /* line ends in fields are free */
    {SK_FT_CSV, BOM "'=1,--,==,-\n", 0},
    {SK_FT_CSV, BOM "sep=;\na;b\n", 0},
    {SK_FT_CSV, BOM "a;-1,\"b;=1\"\n", 0},
    {SK_FT_CSV, BOM "\n", 0},
    {SK_FT_TSV, BOM "a\tb\n'@x\t\"two\nlines\"\n", 0},
    {SK_FT_JSON, "{\"a\": [1, -0.5e+3, true, null, \"\\n\\\"\\\\\"], \"b\": {}}\n", 0},
    {SK_FT_JSON, "\"\xe6\x97\xa5\"\n", 0},
    {SK_FT_XML,
	DECL "<a b=\"c&#10;&quot;\"><x:d xmlns:x=\"urn:iso:x\"/>t &amp; &lt;&gt;&#13;</a>\n", 0},
    {SK_FT_XML, DECL "<\xe5\x90\x8d\xe5\x89\x8d/>\n", 0},
    {SK_FT_XML, DECL "<a xmlns=\"\"/>\n", 0},
    {SK_FT_XML, DECL "<a xmlns=\"plain_name-1.0#/\xe8\xa1\xa8\"/>\n", 0},
    {SK_FT_XML, DECL "<a xmlns:s=\"uuid:BDC6E3F0-6DA3-11d1\"/>\n", 0},
    {SK_FT_XML, DECL "<a xmlns=\"http://xml.kishou.go.JP/jmaxml1/\"/>\n", 0},
    {SK_FT_XML, DECL "<a xmlns=\"https://jp\" xmlns:g=\"http://www.opengis.net/gml/3.2\"/>\n", 0},
    {SK_FT_XML,
	DECL "<a xmlns:x=\"http://www.w3.org/1999/xlink\" x:href=\"#a b.xml http://x/\"/>\n", 0},
    {SK_FT_XML,
	DECL
	"<a xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:schemaLocation=\"urn:iso:a "
	"a.xsd\"/>\n",
	0},
    {SK_FT_XML, DECL "<a actuate=\"onRequest\" hrefs=\"file:///x\"/>\n", 0},
};

static const struct sample bad_txt[] = {
    {SK_FT_TXT, "{\\rtf1 x}\n", 0},
    {SK_FT_TXT, " \n{\\RTF\n", 0},
    {SK_FT_TXT, "GIF89a\n", 0},
    {SK_FT_TXT, "<HTML>\n", 0},
    {SK_FT_TXT, "<!DOCTYPE html>\n", 0},
    {SK_FT_TXT, "<svg onload=x>\n", 0},
    {SK_FT_TXT, "%!PS\n", 0},
    {SK_FT_TXT, "MIME-Version: 1.0\n", 0},
    {SK_FT_TXT, "text %PDF-1.4\n", 0},
    {SK_FT_TXT, "<?xml?><?mso-application x?>\n", 0},
    {SK_FT_TXT,
	"a\xc2\xad"
	"b\n",
	0},
    {SK_FT_TXT,
	"a\xe3\x85\xa4"
	"b\n",
	0},
    {SK_FT_TXT,
	"a\xef\xbe\xa0"
	"b\n",
	0},
    {SK_FT_TXT,
	"a\xcd\x8f"
	"b\n",
	0},
    {SK_FT_TXT, "a\0b", 3},
    {SK_FT_TXT, "\x1b[31mred", 0},
    {SK_FT_TXT, "bell\x07", 0},
    {SK_FT_TXT, "del\x7f", 0},
    {SK_FT_TXT, "c1 \xc2\x9b", 0},
    {SK_FT_TXT,
	"form\x0c"
	"feed",
	0},
    {SK_FT_TXT, "lone\rcr", 0},
    {SK_FT_TXT, "mixed\r\nends\n", 0},
    {SK_FT_TXT, "end\r", 0},
    {SK_FT_TXT, "overlong \xc0\xaf", 0},
    {SK_FT_TXT, "surrogate \xed\xa0\x80", 0},
    {SK_FT_TXT, "beyond \xf4\x90\x80\x80", 0},
    {SK_FT_TXT, "cut \xe6\x97", 0},
    {SK_FT_TXT, "latin \xe9", 0},
    {SK_FT_TXT, BOM "marked", 0},
    {SK_FT_TXT, "override \xe2\x80\xae", 0},
    {SK_FT_TXT, "embedding \xe2\x80\xaa", 0},
    {SK_FT_TXT, "isolate \xe2\x81\xa6", 0},
    {SK_FT_TXT, "mark \xe2\x80\x8f", 0},
    {SK_FT_TXT, "arabic mark \xd8\x9c", 0},
    {SK_FT_TXT, "zero\xe2\x80\x8bwidth", 0},
    {SK_FT_TXT, "word\xe2\x81\xa0joiner", 0},
    {SK_FT_TXT, "non\xe2\x80\x8cjoiner", 0},
    {SK_FT_TXT, "lone joiner\xe2\x80\x8d", 0},
    {SK_FT_TXT, "joined once \xf0\x9f\x91\xa9\xe2\x80\x8d.", 0},
    {SK_FT_TXT, "tag \xf3\xa0\x81\xa1", 0},
    {SK_FT_TXT, "selector after a space \xef\xb8\x8f", 0},
    {SK_FT_TXT, "two selectors \xe2\x9d\xa4\xef\xb8\x8f\xef\xb8\x8f", 0},
    {SK_FT_TXT, "a\xf3\xa0\x84\x80", 0}, /* ideographic selector on a letter */
    {SK_FT_TXT, "nonchar \xef\xbf\xbe", 0},
    {SK_FT_TXT, "nonchar \xef\xb7\x90", 0},
    {SK_FT_TXT, "annotation \xef\xbf\xb9", 0},
    {SK_FT_TXT, "mongolian \xe1\xa0\x8e", 0},
    {SK_FT_TXT, "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81", 0},
};

static const struct sample bad_csv[] = {
    {SK_FT_CSV, BOM "\" <html>\",b\n", 0}, {SK_FT_CSV, BOM "{\\rtf1,b\n", 0},
    {SK_FT_CSV,
	BOM "a,\xe2\x88\x92"
	    "b\n",
	0},
    {SK_FT_CSV, BOM "a,\xe2\x80\x83=b\n", 0},
    {SK_FT_CSV,
	BOM "a,\xe2\x82\x8c"
	    "b\n",
	0},
    {SK_FT_CSV, BOM "a;=1,b\n", 0}, /* a cell for who splits at several characters */
    {SK_FT_CSV, BOM "a,b\t@x\n", 0}, {SK_FT_CSV, "a,b\n", 0}, /* no mark */
    {SK_FT_CSV, BOM, 0},                                      /* no record */
    {SK_FT_CSV, BOM "a,b", 0},                                /* no record end */
    {SK_FT_CSV, BOM "a,b\nc\r\n", 0},                         /* two record ends */
    {SK_FT_CSV, BOM "\"open\n", 0},                           /* no closing quote */
    {SK_FT_CSV, BOM "a\"b,c\n", 0},                           /* quote inside */
    {SK_FT_CSV, BOM "\"a\"b,c\n", 0},                         /* something behind a quote */
    {SK_FT_CSV, BOM "=1+1,b\n", 0}, {SK_FT_CSV, BOM "a,=cmd|'/c calc'!A1\n", 0},
    {SK_FT_CSV, BOM "a\n+cmd\n", 0}, {SK_FT_CSV, BOM "-cmd,b\n", 0},
    {SK_FT_CSV, BOM "@SUM(1),b\n", 0}, {SK_FT_CSV, BOM "\"=1+1\",b\n", 0},
    {SK_FT_CSV, BOM "\"a\",\"\"\"=1\"\n", 0}, /* behind a doubled quote */
    {SK_FT_CSV, BOM "  =1,b\n", 0}, {SK_FT_CSV, BOM "\xc2\xa0=1,b\n", 0},
    {SK_FT_CSV, BOM "\xe3\x80\x80=1,b\n", 0},
    {SK_FT_CSV,
	BOM "\xef\xbc\x9d"
	    "1,b\n",
	0}, /* full-width = */
    {SK_FT_CSV,
	BOM "\xef\xbc\x8b"
	    "A,b\n",
	0},
    {SK_FT_CSV,
	BOM "\xef\xbc\xa0"
	    "A,b\n",
	0},
    {SK_FT_CSV,
	BOM "\xef\xb9\xa6"
	    "A,b\n",
	0}, /* small = */
    {SK_FT_CSV, BOM "\"\n=1\",b\n", 0}, {SK_FT_CSV, BOM "\"\ta\",b\n", 0},
    {SK_FT_CSV, BOM "-1e,b\n", 0}, /* not a number */
    {SK_FT_CSV, BOM "-1+2,b\n", 0},
    {SK_FT_CSV, BOM "sep=;\na,=1;b\n", 0}, /* splits at commas in Japan */
    {SK_FT_CSV, BOM "sep=;\n=1;b\n", 0}, {SK_FT_CSV, BOM "sep=x\na,b\n", 0}, /* no such separator */
    {SK_FT_CSV, BOM "SEP=,\na,b\n", 0}, {SK_FT_CSV, BOM "a;b\nc,=1;d\n", 0},
    {SK_FT_CSV, BOM "a,\xe2\x80\xae\n", 0},
    {SK_FT_CSV, BOM "sep=;\n\"a\n=1\";b\n", 0}, /* splits at lines, too */
};

static const struct sample bad_tsv[] = {
    {SK_FT_TSV, BOM "a,=1\tb\n", 0}, /* a cell for who splits at commas, too */
    {SK_FT_TSV, BOM "a;-1|x\tb\n", 0}, {SK_FT_TSV, "a\tb\n", 0}, /* no mark */
    {SK_FT_TSV, BOM, 0},                                         /* no record */
    {SK_FT_TSV, BOM "a\tb", 0},                                  /* no record end */
    {SK_FT_TSV, BOM "a\tb\nc\td\r\n", 0},                        /* two record ends */
    {SK_FT_TSV, BOM "a\tb\r", 0},                                /* CR alone */
    {SK_FT_TSV, BOM "\"open\tb\n", 0},                           /* no closing quote */
    {SK_FT_TSV, BOM "a\"b\tc\n", 0},                             /* quote inside */
    {SK_FT_TSV, BOM "\"a\"b\tc\n", 0},                           /* something behind a quote */
    {SK_FT_TSV, BOM "=1+1\tb\n", 0}, {SK_FT_TSV, BOM "a\t=1\n", 0},
    {SK_FT_TSV, BOM "a\n+cmd\tb\n", 0}, {SK_FT_TSV, BOM "-cmd\tb\n", 0},
    {SK_FT_TSV, BOM "a\t@SUM(1)\n", 0}, {SK_FT_TSV, BOM "\"=1+1\"\tb\n", 0},
    {SK_FT_TSV, BOM "a\t\"\"\"=1\"\n", 0}, /* behind a doubled quote */
    {SK_FT_TSV, BOM "  =1\tb\n", 0}, {SK_FT_TSV, BOM "\xc2\xa0=1\tb\n", 0},
    {SK_FT_TSV, BOM "\xe3\x80\x80=1\tb\n", 0},
    {SK_FT_TSV,
	BOM "\xef\xbc\x9d"
	    "1\tb\n",
	0}, /* full-width */
    {SK_FT_TSV,
	BOM "\xef\xbc\x8b"
	    "A\tb\n",
	0},
    {SK_FT_TSV,
	BOM "\xef\xbc\x8d"
	    "A\tb\n",
	0},
    {SK_FT_TSV,
	BOM "\xef\xbc\xa0"
	    "A\tb\n",
	0},
    {SK_FT_TSV,
	BOM "\xef\xb9\xa2"
	    "A\tb\n",
	0}, /* small */
    {SK_FT_TSV,
	BOM "\xef\xb9\xa6"
	    "A\tb\n",
	0},
    {SK_FT_TSV, BOM "\"\n=1\"\tb\n", 0}, /* behind a line end */
    {SK_FT_TSV, BOM "\"\r\n=1\"\tb\r\n", 0}, {SK_FT_TSV, BOM "\"\tx\"\tb\n", 0},
    {SK_FT_TSV, BOM "-1e\tb\n", 0}, /* no number */
    {SK_FT_TSV, BOM "-1+2\tb\n", 0}, {SK_FT_TSV, BOM "sep=\t\na\tb\n", 0},
    {SK_FT_TSV, BOM "SEP=;\ta\n", 0}, {SK_FT_TSV, BOM "a\t\xe2\x80\xae\n", 0}, /* override */
    {SK_FT_TSV, BOM "a\t\xe2\x80\x8b\n", 0},                                   /* zero width */
    {SK_FT_TSV, BOM "a\t" BOM "b\n", 0},                                       /* a second mark */
    {SK_FT_TSV, BOM "a\t\x1b[0m\n", 0},                                        /* escape */
    {SK_FT_TSV, BOM "a\t\xc0\xaf\n", 0},                                       /* overlong */
};

static const struct sample bad_json[] = {
    {SK_FT_JSON, "{}", 0},
    {SK_FT_JSON, "{}\n\n", 0},
    {SK_FT_JSON, "{} {}\n", 0},
    {SK_FT_JSON, " {}\n", 0},
    {SK_FT_JSON, BOM "{}\n", 0},
    {SK_FT_JSON, "{\"a\":1,\"a\":2}\n", 0},
    {SK_FT_JSON, "{\"a\":1,}\n", 0},
    {SK_FT_JSON, "[1,]\n", 0},
    {SK_FT_JSON, "[1 2]\n", 0},
    {SK_FT_JSON, "[01]\n", 0},
    {SK_FT_JSON, "[1.]\n", 0},
    {SK_FT_JSON, "[.5]\n", 0},
    {SK_FT_JSON, "[+1]\n", 0},
    {SK_FT_JSON, "[1e]\n", 0},
    {SK_FT_JSON, "[NaN]\n", 0},
    {SK_FT_JSON, "[nul]\n", 0},
    {SK_FT_JSON, "{a:1}\n", 0},
    {SK_FT_JSON, "{'a':1}\n", 0},
    {SK_FT_JSON, "[\"a]\n", 0},
    {SK_FT_JSON, "[\"\\\"]\n", 0},
    {SK_FT_JSON, "[\"\\u0041\"]\n", 0},
    {SK_FT_JSON, "[\"\\/\"]\n", 0},
    {SK_FT_JSON, "[\"\\x\"]\n", 0},
    {SK_FT_JSON, "[\"tab\t\"]\n", 0},
    {SK_FT_JSON, "[\"line\n\"]\n", 0},
    {SK_FT_JSON, "[\"\xe2\x80\xae\"]\n", 0},
    {SK_FT_JSON, "[\"\\n\xef\xb8\x8f\"]\n", 0}, /* selector after a decoded control */
    {SK_FT_JSON, "[\"\xff\"]\n", 0},
    {SK_FT_JSON, "[1]\r\n", 0},
    {SK_FT_JSON, "/* c */ []\n", 0},
    {SK_FT_JSON, "[1", 0},
    {SK_FT_JSON, "[\"a\"\0]\n", 7},
};

static const struct sample bad_xml[] = {
    {SK_FT_XML, DECL "<x:a/>\n", 0},
    {SK_FT_XML, DECL "<a x:b=\"\"/>\n", 0},
    {SK_FT_XML, DECL "<a:b:c xmlns:a=\"u\"/>\n", 0},
    {SK_FT_XML, DECL "<a :b=\"\"/>\n", 0},
    {SK_FT_XML, DECL "<a xmlns:xml=\"u\"/>\n", 0},
    {SK_FT_XML, DECL "<a><b xmlns:x=\"u\"/><x:c/></a>\n", 0},
    {SK_FT_XML, DECL "<a xmlns:x=\"u\" xmlns:y=\"u\"><b x:c=\"1\" y:c=\"2\"/></a>\n", 0},
    {SK_FT_XML, "<a/>\n", 0},
    {SK_FT_XML, DECL "<a/>", 0},
    {SK_FT_XML, DECL "<a/>\n\n", 0},
    {SK_FT_XML, DECL "\n<a/>\n", 0},
    {SK_FT_XML, BOM DECL "<a/>\n", 0},
    {SK_FT_XML, "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\n<a/>\n", 0},
    {SK_FT_XML, "<?xml version=\"1.1\" encoding=\"UTF-8\"?>\n<a/>\n", 0},
    {SK_FT_XML, DECL "<!DOCTYPE a><a/>\n", 0},
    {SK_FT_XML, DECL "<?xml-stylesheet href=\"x\"?><a/>\n", 0},
    {SK_FT_XML, DECL "<a><?php x?></a>\n", 0},
    {SK_FT_XML, DECL "<a><!-- c --></a>\n", 0},
    {SK_FT_XML, DECL "<a><![CDATA[x]]></a>\n", 0},
    {SK_FT_XML, DECL "<a>&x;</a>\n", 0},
    {SK_FT_XML, DECL "<a>&#65;</a>\n", 0},
    {SK_FT_XML, DECL "<a>&quot;</a>\n", 0},
    {SK_FT_XML, DECL "<a>&#9;</a>\n", 0},
    {SK_FT_XML, DECL "<a>></a>\n", 0},
    {SK_FT_XML, DECL "<a>\r</a>\n", 0},
    {SK_FT_XML, DECL "<a b=\"<\"/>\n", 0},
    {SK_FT_XML, DECL "<a b=\"\t\"/>\n", 0},
    {SK_FT_XML, DECL "<a b='c'/>\n", 0},
    {SK_FT_XML, DECL "<a b = \"c\"/>\n", 0},
    {SK_FT_XML, DECL "<a  b=\"c\"/>\n", 0},
    {SK_FT_XML, DECL "<a b=\"c\" />\n", 0},
    {SK_FT_XML, DECL "<a b=\"c\" b=\"d\"/>\n", 0},
    {SK_FT_XML, DECL "<a></a>\n", 0},
    {SK_FT_XML, DECL "<a><b></a></b>\n", 0},
    {SK_FT_XML, DECL "<a/><b/>\n", 0},
    {SK_FT_XML, DECL "<a>\n", 0},
    {SK_FT_XML, DECL "text\n", 0},
    {SK_FT_XML, DECL "<1/>\n", 0},
    {SK_FT_XML, DECL "<a -b=\"\"/>\n", 0},
    {SK_FT_XML, DECL "<a$/>\n", 0},
    {SK_FT_XML, DECL "<a>\x01</a>\n", 0},
    {SK_FT_XML, DECL "<a>\xe2\x80\xae</a>\n", 0},
    {SK_FT_XML, DECL "<a b=\"\xe2\x80\x8b\"/>\n", 0},
    {SK_FT_XML, DECL "<a\xe2\x80\x8d/>\n", 0},
    {SK_FT_XML, DECL "<a>\xff</a>\n", 0},
    {SK_FT_XML, DECL "<a><b xmlns:n=\"http://www.w3.org/1999/xhtml\"/></a>\n", 0},
    {SK_FT_XML, DECL "<a><b xmlns:n=\"http://www.w3.org/2000/svg\"/></a>\n", 0},
    {SK_FT_XML, DECL "<a><b xmlns:n=\"http://www.w3.org/1999/XSL/Transform\"/></a>\n", 0},
    {SK_FT_XML, DECL "<a><b xmlns:n=\"http://www.w3.org/2001/XInclude\"/></a>\n", 0},
    {SK_FT_XML, DECL "<a><b xmlns:n=\"http://www.w3.org/2001/xml-events\"/></a>\n", 0},
    {SK_FT_XML, DECL "<a><b xmlns:n=\"http://www.w3.org/1998/Math/MathML\"/></a>\n", 0},
    {SK_FT_XML, DECL "<a><b xmlns:n=\"http://www.w3.org/2002/xforms\"/></a>\n", 0},
    {SK_FT_XML, DECL "<a><b xmlns:n=\"http://www.mozilla.org/xbl\"/></a>\n", 0},
    {SK_FT_XML, DECL "<a><b xmlns:n=\"urn:schemas-microsoft-com:vml\"/></a>\n", 0},
    {SK_FT_XML, DECL "<a><b xmlns:n=\"urn:schemas-microsoft-com:xslt\"/></a>\n", 0},
    {SK_FT_XML, DECL "<a><b xmlns:n=\"urn:schemas-microsoft-com:office:spreadsheet\"/></a>\n", 0},
    {SK_FT_XML, DECL "<a><b xmlns:n=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\"/></a>\n",
	0},
    {SK_FT_XML, DECL "<a><b xmlns:n=\"http://openoffice.org/2000/office\"/></a>\n", 0},
    {SK_FT_XML,
	DECL
	"<a><b xmlns:n=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"/></a>\n",
	0},
    {SK_FT_XML, DECL "<a><b xmlns:n=\"http://schemas.microsoft.com/winfx/2006/xaml\"/></a>\n", 0},
    {SK_FT_XML, DECL "<a><b xmlns:n=\"http://ns.adobe.com/xdp/\"/></a>\n", 0},
    {SK_FT_XML, DECL "<a><b xmlns:n=\"x-schema:http://x.jp/a\"/></a>\n", 0},
    {SK_FT_XML, DECL "<a><b xmlns:n=\"clr-namespace:System\"/></a>\n", 0},
    {SK_FT_XML, DECL "<a><b xmlns:n=\"javascript:a\"/></a>\n", 0},
    {SK_FT_XML, DECL "<a><b xmlns:n=\"http://user@go.jp/\"/></a>\n", 0},
    {SK_FT_XML, DECL "<a><b xmlns:n=\"http://go.jp:80/\"/></a>\n", 0},
    {SK_FT_XML, DECL "<a><b xmlns:n=\"http://go.jp.evil.com/\"/></a>\n", 0},
    {SK_FT_XML, DECL "<a><b xmlns:n=\"http://evil.com/.jp\"/></a>\n", 0},
    {SK_FT_XML, DECL "<a><b xmlns:n=\"http://evil.com#.jp\"/></a>\n", 0},
    {SK_FT_XML, DECL "<a><b xmlns:n=\"http://\"/></a>\n", 0},
    {SK_FT_XML, DECL "<a><b xmlns:n=\"HTTP://go.jp/\"/></a>\n", 0},
    {SK_FT_XML, DECL "<a><b xmlns:n=\"http://go.jp/a b\"/></a>\n", 0},
    {SK_FT_XML, DECL "<a><b xmlns:n=\"urn:iso: x\"/></a>\n", 0},
    {SK_FT_XML, DECL "<a><b xmlns:n=\"uuid:\"/></a>\n", 0},
    {SK_FT_XML, DECL "<a><b xmlns:n=\"uuid:xyz\"/></a>\n", 0},
    {SK_FT_XML, DECL "<a><b xmlns:n=\"/a\"/></a>\n", 0},
    {SK_FT_XML, DECL "<a><b xmlns:n=\"a:b\"/></a>\n", 0},
    {SK_FT_XML, DECL "<a><b xmlns:n=\"a b\"/></a>\n", 0},
    {SK_FT_XML, DECL "<a><b xmlns:n=\"http://xjp\"/></a>\n", 0},
    {SK_FT_XML, DECL "<a><b xmlns:n=\" http://go.jp/\"/></a>\n", 0},
    {SK_FT_XML, DECL "<a><b xmlns:n=\"http:/go.jp/\"/></a>\n", 0},
    {SK_FT_XML, DECL "<a xmlns:n=\"\"/>\n", 0},
    {SK_FT_XML, DECL "<a xmlns=\"http://www.w3.org/1999/xhtml\"/>\n", 0},
    {SK_FT_XML, DECL "<a href=\"file:///etc/passwd\"/>\n", 0},
    {SK_FT_XML, DECL "<a href=\"javascript:x()\"/>\n", 0},
    {SK_FT_XML, DECL "<a href=\"\\\\host\\s\"/>\n", 0},
    {SK_FT_XML, DECL "<a href=\"//host/s\"/>\n", 0},
    {SK_FT_XML, DECL "<a href=\"a.xml file:x\"/>\n", 0},
    {SK_FT_XML, DECL "<a href=\"C:/x\"/>\n", 0},
    {SK_FT_XML, DECL "<a href=\"data:text/html,x\"/>\n", 0},
    {SK_FT_XML, DECL "<a href=\"a\\b\"/>\n", 0},
    {SK_FT_XML, DECL "<a href=\"http://x/ jar:x\"/>\n", 0},
    {SK_FT_XML, DECL "<a href=\"&#9;vbscript:x\"/>\n", 0},
    {SK_FT_XML, DECL "<a src=\"file:x\"/>\n", 0},
    {SK_FT_XML, DECL "<a schemaLocation=\"urn:a file://h/s\"/>\n", 0},
    {SK_FT_XML, DECL "<a noNamespaceSchemaLocation=\"//h/s\"/>\n", 0},
    {SK_FT_XML, DECL "<a xml:base=\"file:///\"/>\n", 0},
    {SK_FT_XML, DECL "<a actuate=\"onLoad\"/>\n", 0},
    {SK_FT_XML, DECL "<Html/>\n", 0},
    {SK_FT_XML, DECL "<scriptlet/>\n", 0},
    {SK_FT_XML, DECL "<HTA:APPLICATION/>\n", 0},
};

static void test_accepts(void **state)
{
	(void)state;
	EXPECT(good, 0);
}

static void test_txt(void **state)
{
	(void)state;
	EXPECT(bad_txt, SK_EFORMAT);
}

static void test_csv(void **state)
{
	(void)state;
	EXPECT(bad_csv, SK_EFORMAT);
}

static void test_tsv(void **state)
{
	(void)state;
	EXPECT(bad_tsv, SK_EFORMAT);
}

static void test_json(void **state)
{
	(void)state;
	EXPECT(bad_json, SK_EFORMAT);
}

static void test_xml(void **state)
{
	(void)state;
	EXPECT(bad_xml, SK_EFORMAT);
}

/* `n` times `open`, then `middle`, then `n` times `close`. */
static int run_deep(enum sk_filetype type, size_t n, const char *head, const char *open,
    const char *middle, const char *close)
{
	struct sk_buf b = SK_BUF((size_t)1 << 20);

	sk_buf_puts(&b, head);
	for (size_t i = 0; i < n; i++)
		sk_buf_puts(&b, open);
	sk_buf_puts(&b, middle);
	for (size_t i = 0; i < n; i++)
		sk_buf_puts(&b, close);
	sk_buf_putc(&b, '\n');
	int rc = run(&(struct sample){type, (const char *)b.p, b.len});
	sk_buf_free(&b);
	return rc;
}

static void test_depth(void **state)
{
	(void)state;
	assert_int_equal(run_deep(SK_FT_JSON, SK_LIMIT_JSON_DEPTH, "", "[", "1", "]"), 0);
	assert_int_equal(
	    run_deep(SK_FT_JSON, SK_LIMIT_JSON_DEPTH + 1, "", "[", "1", "]"), SK_EFORMAT);
	assert_int_equal(
	    run_deep(SK_FT_XML, SK_LIMIT_XML_DEPTH - 1, DECL, "<a>", "<b/>", "</a>"), 0);
	assert_int_equal(
	    run_deep(SK_FT_XML, SK_LIMIT_XML_DEPTH, DECL, "<a>", "<b/>", "</a>"), SK_EFORMAT);
}

static void test_attributes(void **state)
{
	struct sk_buf b = SK_BUF((size_t)1 << 20);

	(void)state;
	for (unsigned n = SK_LIMIT_XML_ATTRIBUTES; n <= SK_LIMIT_XML_ATTRIBUTES + 1; n++) {
		sk_buf_reset(&b);
		sk_buf_puts(&b, DECL "<a");
		for (unsigned i = 0; i < n; i++)
			sk_buf_printf(&b, " b%u=\"\"", i);
		sk_buf_puts(&b, "/>\n");
		assert_int_equal(run(&(struct sample){SK_FT_XML, (const char *)b.p, b.len}),
		    n > SK_LIMIT_XML_ATTRIBUTES ? SK_EFORMAT : 0);
	}
	sk_buf_free(&b);
}

static void test_values(void **state)
{
	struct sk_buf b = SK_BUF((size_t)16 << 20);

	(void)state;
	for (size_t n = SK_LIMIT_XML_VALUE - 1; n <= SK_LIMIT_XML_VALUE + 1; n++) {
		sk_buf_reset(&b);
		sk_buf_puts(&b, DECL "<a b=\"");
		sk_buf_fill(&b, 'x', n);
		sk_buf_puts(&b, "\"/>\n");
		assert_int_equal(run(&(struct sample){SK_FT_XML, (const char *)b.p, b.len}),
		    n > SK_LIMIT_XML_VALUE ? SK_EFORMAT : 0);
	}
	sk_buf_free(&b);
}

/* At least thirty ways to spoil an output of each type. */
static void test_enough(void **state)
{
	(void)state;
#define KINDS(samples) (sizeof(samples) / sizeof((samples)[0]))
	assert_true(KINDS(bad_txt) >= 30 && KINDS(bad_csv) >= 30 && KINDS(bad_tsv) >= 30);
	assert_true(KINDS(bad_json) >= 30 && KINDS(bad_xml) >= 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_accepts),
	    cmocka_unit_test(test_txt),
	    cmocka_unit_test(test_csv),
	    cmocka_unit_test(test_tsv),
	    cmocka_unit_test(test_json),
	    cmocka_unit_test(test_xml),
	    cmocka_unit_test(test_depth),
	    cmocka_unit_test(test_attributes),
	    cmocka_unit_test(test_values),
	    cmocka_unit_test(test_enough),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * CMaps (Adobe TN 5014, ISO 32000-1, 9.7.5 and 9.10.3): read for their mappings, which are written again in
 * a fixed frame. Cleaner's jail. doc/profiles/pdf.md, section 9.
 */
#include "base/hex.h"
#include "format/pdf/pdf.h"

enum {
	MAX_LINES = 200000, /* a full two-byte map has 65,536 */
	MAX_TEXT = 512,     /* bytes of UTF-16 for one code */
	BLOCK = 100,        /* lines between begin and end, as the format has it */
};

static const char names[] =
    "Identity-H Identity-V GB-EUC-H GB-EUC-V GBpc-EUC-H GBpc-EUC-V GBK-EUC-H GBK-EUC-V GBKp-EUC-H GBKp-EUC-V "
    "GBK2K-H GBK2K-V UniGB-UCS2-H UniGB-UCS2-V UniGB-UTF8-H UniGB-UTF8-V UniGB-UTF16-H UniGB-UTF16-V UniGB-UTF32-H UniGB-UTF32-V "
    "B5pc-H B5pc-V HKscs-B5-H HKscs-B5-V ETen-B5-H ETen-B5-V ETenms-B5-H ETenms-B5-V CNS-EUC-H CNS-EUC-V "
    "UniCNS-UCS2-H UniCNS-UCS2-V UniCNS-UTF8-H UniCNS-UTF8-V UniCNS-UTF16-H UniCNS-UTF16-V UniCNS-UTF32-H UniCNS-UTF32-V "
    "83pv-RKSJ-H 90ms-RKSJ-H 90ms-RKSJ-V 90msp-RKSJ-H 90msp-RKSJ-V 90pv-RKSJ-H 90pv-RKSJ-V Add-RKSJ-H Add-RKSJ-V EUC-H EUC-V "
    "Ext-RKSJ-H Ext-RKSJ-V H V UniJIS-UCS2-H UniJIS-UCS2-V UniJIS-UCS2-HW-H UniJIS-UCS2-HW-V UniJIS-UTF8-H UniJIS-UTF8-V "
    "UniJIS-UTF16-H UniJIS-UTF16-V UniJIS-UTF32-H UniJIS-UTF32-V UniJIS2004-UTF8-H UniJIS2004-UTF8-V UniJIS2004-UTF16-H "
    "UniJIS2004-UTF16-V UniJIS2004-UTF32-H UniJIS2004-UTF32-V "
    "KSC-EUC-H KSC-EUC-V KSCms-UHC-H KSCms-UHC-V KSCms-UHC-HW-H KSCms-UHC-HW-V KSCpc-EUC-H KSCpc-EUC-V "
    "UniKS-UCS2-H UniKS-UCS2-V UniKS-UTF8-H UniKS-UTF8-V UniKS-UTF16-H UniKS-UTF16-V UniKS-UTF32-H UniKS-UTF32-V";

bool sk_pdf_cmap_known(const struct sk_pdf_val *name)
{
	return sk_pdf_listed(name, names);
}

enum block_kind { CODESPACE, BFCHAR, BFRANGE, CIDCHAR, CIDRANGE, NOTDEF, NKINDS };

static const char *const block_names[NKINDS] = {
    "codespacerange", "bfchar", "bfrange", "cidchar", "cidrange", "notdefrange"};

/* Lines of each kind, as they will be written; `n` of them. */
struct cmap {
	struct sk_pdf *x;
	struct sk_pdf_lex l;
	struct {
		struct sk_buf text;
		uint32_t n;
	} block[NKINDS];
	bool unicode, vertical;
	struct sk_pdf_val use;
};

struct code {
	uint32_t v;
	unsigned n; /* bytes; 0: not a code */
};

static struct code code_of(const struct sk_pdf_lex *l)
{
	uint8_t b[16];
	struct code c = {0, 0};

	if ((l->kind != SK_PDF_T_HEX && l->kind != SK_PDF_T_STRING) || l->text.n > sizeof(b))
		return c;
	size_t n = sk_pdf_unescape(l->kind, l->text, b);
	if (n < 1 || n > 4)
		return c;
	c.n = (unsigned)n;
	for (size_t i = 0; i < n; i++)
		c.v = c.v << 8 | b[i];
	return c;
}

static void put_code(struct sk_buf *b, uint32_t v, unsigned n)
{
	sk_buf_printf(b, "<%0*x>", (int)n * 2, v);
}

static void put_hex(struct sk_buf *b, const uint8_t *p, size_t n)
{
	sk_buf_putc(b, '<');
	sk_hex_write(sk_slice(p, n), b);
	sk_buf_putc(b, '>');
}

/* A new line of a kind; NULL when there are too many. Lines are closed every BLOCK of them. */
static struct sk_buf *line(struct cmap *m, enum block_kind k)
{
	if (m->block[k].n >= MAX_LINES)
		return NULL;
	m->block[k].n++;
	return &m->block[k].text;
}

/* UTF-16 of the token at hand: an even number of bytes; 0: none. */
static size_t text_of(struct cmap *m, uint8_t out[MAX_TEXT + 1])
{
	if (m->l.kind != SK_PDF_T_HEX || m->l.text.n > 2 * MAX_TEXT)
		return 0;
	size_t n = sk_pdf_unescape(SK_PDF_T_HEX, m->l.text, out + 1);
	if (n % 2) {
		out[0] = 0;
		return n + 1 > MAX_TEXT ? 0 : n + 1;
	}
	memmove(out, out + 1, n);
	return n;
}

static void put_range(struct cmap *m, struct code lo, uint32_t hi, uint8_t *text, size_t n)
{
	struct sk_buf *b = line(m, BFRANGE);

	if (b == NULL)
		return;
	put_code(b, lo.v, lo.n);
	put_code(b, hi, lo.n);
	put_hex(b, text, n);
	sk_buf_putc(b, '\n');
}

/* A range in pieces in which neither the code nor the text carries out of its last byte. */
static void text_range(struct cmap *m, struct code lo, struct code hi)
{
	uint8_t text[MAX_TEXT + 1];
	size_t n = text_of(m, text);
	uint64_t at = lo.v;

	if (n == 0 || hi.v < lo.v)
		return;
	while (at <= hi.v && m->block[BFRANGE].n < MAX_LINES) {
		uint64_t room = 256 - (at & 255), text_room = 256U - text[n - 1];
		uint64_t count = hi.v - at + 1;
		count = count < room ? count : room;
		count = count < text_room ? count : text_room;
		put_range(
		    m, (struct code){(uint32_t)at, lo.n}, (uint32_t)(at + count - 1), text, n);
		at += count;
		unsigned unit = (unsigned)(text[n - 2] << 8 | text[n - 1]) + (unsigned)count;
		text[n - 2] = (uint8_t)(unit >> 8);
		text[n - 1] = (uint8_t)unit;
	}
}

/* `<lo> <hi> [<text> …]`: one line for each code, which says the same. */
static void text_list(struct cmap *m, struct code lo, struct code hi)
{
	uint8_t text[MAX_TEXT + 1];

	for (uint64_t at = lo.v; sk_pdf_next(&m->l) != SK_PDF_T_CLOSE; at++) {
		if (m->l.kind == SK_PDF_T_END)
			return;
		size_t n = text_of(m, text);
		struct sk_buf *b = lo.n && at <= hi.v && n ? line(m, BFCHAR) : NULL;
		if (b == NULL)
			continue;
		put_code(b, (uint32_t)at, lo.n);
		put_hex(b, text, n);
		sk_buf_putc(b, '\n');
	}
}

static void cid_line(struct cmap *m, enum block_kind k, struct code lo, struct code hi)
{
	char text[SK_PDF_NUMBER];
	bool integer;
	size_t n;

	if (m->l.kind != SK_PDF_T_INT)
		return;
	n = sk_pdf_canonical(m->l.text, text, &integer);
	if (text[0] == '-' || n > 5 || (n == 5 && memcmp(text, "65535", 5) > 0))
		return;
	struct sk_buf *b = line(m, k);
	if (b == NULL)
		return;
	put_code(b, lo.v, lo.n);
	if (k != CIDCHAR)
		put_code(b, hi.v, hi.n);
	sk_buf_putc(b, ' ');
	sk_buf_put(b, text, n);
	sk_buf_putc(b, '\n');
}

static void text_char(struct cmap *m, struct code c)
{
	uint8_t text[MAX_TEXT + 1];
	size_t n = text_of(m, text);
	struct sk_buf *b = n ? line(m, BFCHAR) : NULL;

	if (b == NULL)
		return;
	put_code(b, c.v, c.n);
	put_hex(b, text, n);
	sk_buf_putc(b, '\n');
}

static void codespace(struct cmap *m, struct code lo, struct code hi)
{
	struct sk_buf *b = m->block[CODESPACE].n < BLOCK ? line(m, CODESPACE) : NULL;

	if (b == NULL)
		return;
	put_code(b, lo.v, lo.n);
	put_code(b, hi.v, hi.n);
	sk_buf_putc(b, '\n');
}

/* Entries of one block, up to its end. */
static void read_block(struct cmap *m, enum block_kind k)
{
	bool pair = k != BFCHAR && k != CIDCHAR;

	for (;;) {
		sk_pdf_next(&m->l);
		if (m->l.kind == SK_PDF_T_END || m->l.kind == SK_PDF_T_WORD)
			return;
		struct code lo = code_of(&m->l), hi = lo;
		if (pair) {
			sk_pdf_next(&m->l);
			hi = code_of(&m->l);
		}
		bool good = lo.n && hi.n == lo.n && hi.v >= lo.v;
		if (k == CODESPACE) {
			if (good)
				codespace(m, lo, hi);
			continue;
		}
		sk_pdf_next(&m->l);
		if (m->l.kind == SK_PDF_T_OPEN)
			text_list(m, lo, good ? hi : (struct code){0, 0});
		else if (!good)
			continue;
		else if (k == BFCHAR)
			text_char(m, lo);
		else if (k == BFRANGE)
			text_range(m, lo, hi);
		else
			cid_line(m, k, lo, hi);
	}
}

static int block_of(const struct cmap *m)
{
	for (int k = 0; k < NKINDS; k++) {
		if (m->l.text.n != strlen(block_names[k]) + 5 ||
		    memcmp(m->l.text.p, "begin", 5) != 0)
			continue;
		if (memcmp(m->l.text.p + 5, block_names[k], m->l.text.n - 5) == 0)
			return m->unicode ? (k <= BFRANGE ? k : -1)
					  : (k == BFCHAR || k == BFRANGE ? -1 : k);
	}
	return -1;
}

static void use_name(struct cmap *m, struct sk_slice name)
{
	struct sk_pdf_val v = {.kind = SK_PDF_NAME, .n = (uint32_t)name.n};

	v.s = sk_arena_dup(m->x->arena, name.p, name.n);
	if (v.s && !m->unicode && sk_pdf_cmap_known(&v))
		m->use = v;
}

static void read_cmap(struct cmap *m)
{
	struct sk_slice name = {0};

	for (;;) {
		sk_pdf_next(&m->l);
		if (m->l.kind == SK_PDF_T_END)
			return;
		if (m->l.kind == SK_PDF_T_NAME) {
			name = m->l.text;
		} else if (m->l.kind == SK_PDF_T_INT && sk_slice_is(name, "WMode")) {
			m->vertical = sk_slice_is(m->l.text, "1");
		} else if (m->l.kind == SK_PDF_T_WORD && sk_slice_is(m->l.text, "usecmap")) {
			use_name(m, name);
		} else if (m->l.kind == SK_PDF_T_WORD && block_of(m) >= 0) {
			read_block(m, (enum block_kind)block_of(m));
		}
		if (m->l.kind != SK_PDF_T_NAME)
			name = sk_slice(NULL, 0);
	}
}

/* --- writing --- */

static void put_blocks(struct cmap *m, enum block_kind k, struct sk_buf *out)
{
	struct sk_slice s = sk_buf_slice(&m->block[k].text);
	size_t at = 0;

	for (uint32_t left = m->block[k].n; left;) {
		uint32_t n = left < BLOCK ? left : BLOCK;
		sk_buf_printf(out, "%u begin%s\n", n, block_names[k]);
		size_t end = at;
		for (uint32_t i = 0; i < n; i++)
			end = sk_slice_find(s, end, SK_SLICE_LIT("\n")) + 1;
		sk_buf_put(out, s.p + at, end - at);
		sk_buf_printf(out, "end%s\n", block_names[k]);
		at = end;
		left -= n;
	}
}

static void write_cmap(struct cmap *m, const struct sk_pdf_val *system, struct sk_buf *out)
{
	sk_buf_puts(
	    out, "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo");
	if (system)
		sk_pdf_print(out, system);
	else
		sk_buf_puts(out, "<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>");
	sk_buf_printf(out, "def\n/CMapName/R def\n/CMapType %d def\n", m->unicode ? 2 : 1);
	if (m->vertical && !m->unicode)
		sk_buf_puts(out, "/WMode 1 def\n");
	if (m->use.n)
		sk_buf_printf(out, "/%.*s usecmap\n", (int)m->use.n, (const char *)m->use.s);
	for (int k = 0; k < NKINDS; k++)
		put_blocks(m, (enum block_kind)k, out);
	sk_buf_puts(out, "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
}

static bool rebuild(struct sk_pdf *x, struct cmap *m, struct sk_pdf_in *in)
{
	struct sk_slice s;

	if (in == NULL || !sk_pdf_plain(x, in, &s))
		return false;
	for (int k = 0; k < NKINDS; k++)
		m->block[k].text = SK_BUF(64 << 20);
	m->x = x;
	sk_pdf_lex_init(&m->l, s);
	read_cmap(m);
	if (m->block[CODESPACE].n == 0 && m->use.n == 0)
		codespace(m, (struct code){0, 2}, (struct code){0xffff, 2});
	return true;
}

static bool finish(
    struct sk_pdf *x, struct cmap *m, const struct sk_pdf_val *system, struct sk_pdf_out *o)
{
	struct sk_buf out = SK_BUF(64 << 20);

	write_cmap(m, system, &out);
	bool good = out.err == 0 && sk_pdf_pack(x, o, sk_buf_slice(&out));
	for (int k = 0; k < NKINDS; k++) {
		good = good && m->block[k].text.err == 0;
		sk_buf_free(&m->block[k].text);
	}
	sk_buf_free(&out);
	return good;
}

bool sk_pdf_tounicode(
    struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_in *in, struct sk_pdf_out *o)
{
	struct cmap m = {.unicode = true};

	o->val = sk_pdf_vdict();
	return rebuild(x, &m, in) && finish(x, &m, NULL, o);
}

bool sk_pdf_encoding_cmap(
    struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_in *in, struct sk_pdf_out *o)
{
	const struct sk_pdf_val *raw = sk_pdf_get(x, v, "CIDSystemInfo"),
				*use = sk_pdf_get(x, v, "UseCMap");
	struct cmap m = {.unicode = false};
	struct sk_pdf_val system;

	if (raw == NULL || !sk_pdf_build_system_info(x, raw, &system))
		system = sk_pdf_identity_info(x);
	if (!rebuild(x, &m, in))
		return false;
	if (m.use.n == 0 && use && use->kind == SK_PDF_NAME && sk_pdf_cmap_known(use))
		m.use = *use;
	if (sk_pdf_int(x, v, "WMode", 0) == 1)
		m.vertical = true;
	o->val = sk_pdf_vdict();
	sk_pdf_put(x, &o->val, "Type", sk_pdf_vname("CMap"));
	sk_pdf_put(x, &o->val, "CMapName", sk_pdf_vname("R"));
	sk_pdf_put(x, &o->val, "CIDSystemInfo", system);
	if (m.vertical)
		sk_pdf_put(x, &o->val, "WMode", sk_pdf_vint(1));
	if (m.use.n)
		sk_pdf_put(x, &o->val, "UseCMap", m.use);
	return finish(x, &m, &system, o);
}

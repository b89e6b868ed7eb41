/* Writing of parts: fields, encodings, boundaries (doc/profiles/mail.md, sections 3 and 4). Cleaner's jail. */
#include "format/mail/compose.h"

#include <stdlib.h>

#include "format/archive/names.h"

#define LINE_MAX_BYTES 998 /* RFC 5322, 2.1.1 */
#define NAME_PLAIN_MAX 60
#define PIECE 60 /* of a name, in one line */

/* --- parts --- */

struct sk_buf *sk_parts_next(struct sk_parts *p)
{
	if (p->n == p->cap) {
		size_t cap = p->cap ? p->cap * 2 : 8;
		struct sk_buf **all = realloc(p->each, cap * sizeof(struct sk_buf *));
		if (all == NULL)
			return NULL;
		p->each = all;
		p->cap = cap;
	}
	struct sk_buf *b = malloc(sizeof(*b));
	if (b == NULL)
		return NULL;
	*b = SK_BUF(p->max);
	p->each[p->n++] = b;
	return b;
}

void sk_parts_drop(struct sk_parts *p, size_t i)
{
	sk_buf_free(p->each[i]);
	free(p->each[i]);
	p->n--;
	for (; i < p->n; i++)
		p->each[i] = p->each[i + 1];
}

void sk_parts_free(struct sk_parts *p)
{
	while (p->n)
		sk_parts_drop(p, p->n - 1);
	free(p->each);
	p->each = NULL;
	p->cap = 0;
}

static uint64_t hash_of(const struct sk_parts *p)
{
	uint64_t h = 14695981039346656037U; /* FNV-1a */

	for (size_t i = 0; i < p->n; i++) {
		for (size_t k = 0; k < p->each[i]->len; k++)
			h = (h ^ p->each[i]->p[k]) * 1099511628211U;
		h = (h ^ 0x100) * 1099511628211U;
	}
	return h;
}

/* A line that occurs in none of the parts, made of their content. */
static void boundary_of(const struct sk_parts *p, char out[24])
{
	uint64_t h = hash_of(p);
	bool taken = true;

	for (; taken; h = h * 6364136223846793005U + 1442695040888963407U) {
		snprintf(out, 24, "=_%016llx", (unsigned long long)h);
		taken = false;
		for (size_t i = 0; i < p->n && !taken; i++)
			taken = sk_slice_find(sk_buf_slice(p->each[i]), 0, sk_slice_str(out)) !=
				SIZE_MAX;
	}
}

int sk_parts_write(const struct sk_parts *p, const char *kind, struct sk_buf *out)
{
	char boundary[24];

	for (size_t i = 0; i < p->n; i++)
		if (p->each[i]->err)
			return p->each[i]->err;
	if (p->n == 0)
		return sk_put_text("text/plain", sk_slice("", 0), out);
	if (p->n == 1)
		return sk_buf_put_slice(out, sk_buf_slice(p->each[0]));
	boundary_of(p, boundary);
	sk_buf_printf(out, "Content-Type: multipart/%s; boundary=\"%s\"\r\n\r\n", kind, boundary);
	for (size_t i = 0; i < p->n; i++) {
		sk_buf_printf(out, "--%s\r\n", boundary);
		sk_buf_put_slice(out, sk_buf_slice(p->each[i]));
		sk_buf_puts(out, "\r\n");
	}
	return sk_buf_printf(out, "--%s--\r\n", boundary);
}

/* --- texts --- */

static bool is_seven_bit(struct sk_slice s)
{
	size_t column = 0;

	for (size_t i = 0; i < s.n; i++) {
		uint8_t b = s.p[i];
		if (b == '\r' && i + 1 < s.n && s.p[i + 1] == '\n') {
			column = 0;
			i++;
		} else if ((b < 0x20 && b != '\t') || b > 0x7E || ++column > LINE_MAX_BYTES) {
			return false;
		}
	}
	return true;
}

int sk_put_text(const char *kind, struct sk_slice text, struct sk_buf *out)
{
	sk_buf_printf(out, "Content-Type: %s; charset=UTF-8\r\n", kind);
	if (strcmp(kind, "text/plain") == 0 && is_seven_bit(text)) {
		sk_buf_puts(out, "\r\n");
		return sk_buf_put_slice(out, text);
	}
	sk_buf_puts(out, "Content-Transfer-Encoding: base64\r\n\r\n");
	return sk_base64(text, out);
}

/* --- files --- */

static const char *content_type(enum sk_filetype type)
{
	static const struct {
		enum sk_filetype type;
		const char *name;
	} table[] = {
	    {SK_FT_PDF, "application/pdf"},
	    {SK_FT_DOCX, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
	    {SK_FT_XLSX, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
	    {SK_FT_PPTX,
		"application/vnd.openxmlformats-officedocument.presentationml.presentation"},
	    {SK_FT_JPEG, "image/jpeg"},
	    {SK_FT_PNG, "image/png"},
	    {SK_FT_GIF, "image/gif"},
	    {SK_FT_BMP, "image/bmp"},
	    {SK_FT_WEBP, "image/webp"},
	    {SK_FT_TIFF, "image/tiff"},
	    {SK_FT_SVG, "image/svg+xml"},
	    {SK_FT_ZIP, "application/zip"},
	    {SK_FT_TXT, "text/plain; charset=UTF-8"},
	    {SK_FT_CSV, "text/csv; charset=UTF-8"},
	    {SK_FT_TSV, "text/tab-separated-values; charset=UTF-8"},
	    {SK_FT_JSON, "application/json"},
	    {SK_FT_XML, "application/xml"},
	    {SK_FT_HTML, "text/html; charset=UTF-8"},
	    {SK_FT_RTF, "application/rtf"},
	    {SK_FT_ODT, "application/vnd.oasis.opendocument.text"},
	    {SK_FT_ODS, "application/vnd.oasis.opendocument.spreadsheet"},
	    {SK_FT_ODP, "application/vnd.oasis.opendocument.presentation"},
	    {SK_FT_ODG, "application/vnd.oasis.opendocument.graphics"},
	    {SK_FT_ICS, "text/calendar; charset=UTF-8"},
	    {SK_FT_VCF, "text/vcard; charset=UTF-8"},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].type == type)
			return table[i].name;
	return "application/octet-stream";
}

static bool is_plain_name(const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < n; i++)
		if (name[i] < 0x20 || name[i] > 0x7E || strchr("\"\\%", name[i]))
			return false;
	return n <= NAME_PLAIN_MAX && strstr(name, "=?") == NULL;
}

/* RFC 2231: percent signs, in pieces of one line each; a character may be cut, its bytes may not. */
static void put_pieces(const char *name, struct sk_buf *out)
{
	size_t column = 0;
	unsigned piece = 0;

	sk_buf_puts(out, ";\r\n filename*0*=UTF-8''");
	for (const char *c = name; *c; c++) {
		uint8_t b = (uint8_t)*c;
		bool bare = (b >= '0' && b <= '9') || ((b | 0x20) >= 'a' && (b | 0x20) <= 'z') ||
			    strchr("._-", b);
		if (column + 3 > PIECE) {
			sk_buf_printf(out, ";\r\n filename*%u*=", ++piece);
			column = 0;
		}
		if (bare)
			sk_buf_putc(out, b);
		else
			sk_buf_printf(out, "%%%02X", b);
		column += bare ? 1 : 3;
	}
}

static int put_disposition(const char *kind, const char *name, struct sk_buf *out)
{
	sk_buf_printf(out, "Content-Disposition: %s", kind);
	if (is_plain_name(name))
		sk_buf_printf(out, "; filename=\"%s\"", name);
	else
		put_pieces(name, out);
	return sk_buf_puts(out, "\r\n");
}

int sk_put_file(enum sk_filetype type, const char *name, struct sk_slice id, struct sk_slice data,
    struct sk_buf *out)
{
	if (type == SK_FT_EML)
		return sk_put_nested(name, data, out);
	sk_buf_printf(
	    out, "Content-Type: %s\r\nContent-Transfer-Encoding: base64\r\n", content_type(type));
	if (id.n)
		sk_buf_printf(out, "Content-ID: <%.*s>\r\n", (int)id.n, (const char *)id.p);
	put_disposition(id.n ? "inline" : "attachment", name, out);
	sk_buf_puts(out, "\r\n");
	return sk_base64(data, out);
}

int sk_put_nested(const char *name, struct sk_slice mail, struct sk_buf *out)
{
	sk_buf_puts(out, "Content-Type: message/rfc822\r\n");
	if (name)
		put_disposition("attachment", name, out);
	sk_buf_puts(out, "\r\n");
	return sk_buf_put_slice(out, mail);
}

static const char *reason_in_japanese(enum sk_code code)
{
	switch ((int)code) {
#define SK_NOTE(id, text) \
	case SK_##id: \
		return text;
#include "format/archive/notes.def"
#undef SK_NOTE
	default:
		return "";
	}
}

int sk_put_note(struct sk_mail *m, const char *name, const struct sk_note *note, struct sk_buf *out)
{
	char *text = sk_arena_printf(m->arena,
	    "「%s」は取り除かれました。\r\n理由：%s\r\n\r\n\"%s\" was removed.\r\nReason: %s\r\n",
	    name, note->japanese ? note->japanese : reason_in_japanese(note->code), name,
	    note->english ? note->english : sk_code_text(note->code));
	char *file = sk_name_for_note(m->arena, name);

	if (text == NULL || file == NULL)
		return SK_ENOMEM;
	return sk_put_file(SK_FT_TXT, file, sk_slice("", 0), sk_slice_str(text), out);
}

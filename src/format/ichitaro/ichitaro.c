/* Handler of 一太郎: a compound file anew, from a list of streams; its text (doc/profiles/ichitaro.md). Cleaner's jail. */
#include "format/ichitaro/ichitaro.h"

#include "format/handler.h"
#include "format/text/text.h"

#define SEGMENTS "\004JSRV_SegmentInformation"
#define STREAM_MAX ((size_t)64 << 20)
#define NODES_MAX 4096U
#define SHEETS_MAX 512U

enum place { DOCUMENT, SHEETS, SHEET };

struct build {
	struct sk_job *job;
	struct sk_cfb cfb;
	struct sk_cfb_node *nodes;
	uint32_t n, sheets;
	uint64_t read;       /* bytes of streams so far */
	struct sk_buf *text; /* method text, else NULL */
};

static bool is_any(const char *name, const char *const *list)
{
	for (; *list; list++)
		if (strcmp(name, *list) == 0)
			return true;
	return false;
}

/* Styles, fonts and page settings: kept as they are, since nobody knows them better. */
static bool is_setting(const char *name)
{
	static const char *const list[] = {"Font", "DocumentViewStyles", "DocumentEditStyles",
	    "DocumentPeripheralTwo", "DocumentPeripheralThree", "Header", "Footnote",
	    "TextLayoutStyle", "PageLayoutStyle", "PageLayoutStyleHeader", "NumberingLink",
	    "MarkTag", "DocItemInfo", NULL};

	return is_any(name, list);
}

/* Where lines and pages lay on the writer's screen: made anew by the program that opens the file. */
static bool is_cache(const char *name)
{
	static const char *const list[] = {
	    "LineMark", "PageMark", "PaperMark", "DocumentTextPositionTables", NULL};

	return is_any(name, list);
}

static bool starts(const char *name, const char *with)
{
	return strncmp(name, with, strlen(with)) == 0;
}

static enum sk_code code_of(const char *name)
{
	static const struct {
		const char *name;
		enum sk_code code;
	} list[] = {{"DocumentMacro", SK_OOXML_MACRO}, {"Embedding", SK_OOXML_OLE},
	    {"OleItem", SK_OOXML_OLE}, {"JSFart", SK_OOXML_OLE}, {"JSSlip", SK_OOXML_OLE},
	    {"RelatedDocuments", SK_OOXML_EXTERNAL}, {"ReferenceInfo", SK_OOXML_EXTERNAL},
	    {"Frame", SK_OOXML_IMAGE}, {"FigureData", SK_OOXML_IMAGE},
	    {"LayoutBox", SK_OOXML_IMAGE}, {"\005SummaryInformation", SK_OOXML_METADATA},
	    {"\005DocumentSummaryInformation", SK_OOXML_METADATA},
	    {"\004JSRV_SummaryInformation", SK_OOXML_METADATA}};

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (starts(name, list[i].name))
			return list[i].code;
	return SK_OOXML_UNKNOWN_PART;
}

static void drop(struct build *b, const char *name)
{
	size_t mark = name[0] > 0 && name[0] < ' ' ? 1 : 0; /* kinds of streams, not letters */

	if (!is_cache(name))
		sk_job_removed(b->job, code_of(name), 1, "%s", name + mark);
}

/* Twice the same name in a storage: the first one counts. */
static bool has_name(const struct build *b, uint32_t parent, const char *name)
{
	for (uint32_t i = 1; i < b->n; i++)
		if (b->nodes[i].parent == parent && strcmp(b->nodes[i].name, name) == 0)
			return true;
	return false;
}

static int add(
    struct build *b, uint32_t parent, const char *name, bool storage, struct sk_slice data)
{
	if (b->n >= NODES_MAX)
		return sk_job_refuse(b->job, SK_REASON_LIMIT_OBJECTS, "compound file");
	struct sk_cfb_node *n = &b->nodes[b->n++];
	*n = (struct sk_cfb_node){.storage = storage, .parent = parent, .data = data};
	snprintf(n->name, sizeof(n->name), "%s", name);
	return 0;
}

/* All streams together are no longer than the file: where they are, some lie in the same sectors, and a small file would become a large one. */
static int read_stream(struct build *b, uint32_t i, struct sk_slice *out)
{
	if (b->cfb.entries[i].size > STREAM_MAX)
		return sk_job_refuse(b->job, SK_REASON_LIMIT_SIZE, "stream of a compound file");
	b->read += b->cfb.entries[i].size;
	if (b->read > b->cfb.in.n)
		return sk_job_refuse(b->job, SK_REASON_DAMAGED, "streams in one place");
	return sk_cfb_read(&b->cfb, i, STREAM_MAX, out);
}

static int put_text(struct build *b, const struct ich_store *s, bool must)
{
	struct sk_slice units;
	int rc = ich_store_text(b->job->arena, s, &units);

	if (rc == 0 && b->text)
		ich_text(units, b->text);
	return rc == SK_EFORMAT && !must ? 0 : rc;
}

/* The document's own text: without a text that can be read there is no document. */
static int keep_text(struct build *b, uint32_t parent, const char *name, struct sk_slice in)
{
	struct ich_store s;
	struct sk_buf out = SK_BUF(in.n * 2 + 65536);
	int rc = ich_store_read(b->job->arena, in, &s);

	if (rc == 0)
		rc = put_text(b, &s, true);
	if (rc == 0)
		rc = ich_store_write(&s, &out);
	void *copy = rc ? NULL : sk_arena_dup(b->job->arena, out.p, out.len);
	struct sk_slice made = sk_slice(copy, out.len);
	sk_buf_free(&out);
	if (rc || copy == NULL)
		return rc ? rc : SK_ENOMEM;
	if (ich_holds_file(made))
		return sk_job_refuse(b->job, SK_REASON_POLYGLOT, "a file inside the text");
	return add(b, parent, name, false, made);
}

/* Method text: headers, frames and footnotes, where they are stores of text, too. */
static int read_other_text(struct build *b, const char *name, struct sk_slice in)
{
	static const char *const list[] = {"Header", "LayoutBoxText", "Footnote", NULL};
	struct ich_store s;

	if (b->text == NULL || !is_any(name, list))
		return 0;
	int rc = ich_store_read(b->job->arena, in, &s);
	if (rc == 0)
		rc = put_text(b, &s, false);
	return rc == SK_EFORMAT ? 0 : rc;
}

static int keep_setting(struct build *b, uint32_t parent, const char *name, struct sk_slice in)
{
	if (!ich_holds_file(in))
		return add(b, parent, name, false, in);
	sk_job_removed(b->job, SK_GENERIC_HIDDEN, 1, "%s", name);
	return 0;
}

static int put_storage(struct build *b, uint32_t entry, enum place place, uint32_t node);

static bool is_sheet(const char *name)
{
	size_t digits = starts(name, "DOCS_") ? strspn(name + 5, "0123456789") : 0;

	return digits >= 1 && digits <= 8 && name[5 + digits] == '\0';
}

/* Sheets of a document with several lie in storages within storages. */
static int put_inner(struct build *b, uint32_t i, enum place place, uint32_t parent)
{
	const struct sk_cfb_entry *e = &b->cfb.entries[i];
	uint32_t node = b->n;
	bool kept = (place == DOCUMENT && parent == 0 && strcmp(e->name, "ObjectSheets") == 0) ||
		    (place == SHEETS && strcmp(e->name, "DocSheet") == 0) ||
		    (place == SHEET && is_sheet(e->name));

	if (!kept) {
		drop(b, e->name);
		return 0;
	}
	if (place == SHEET && ++b->sheets > SHEETS_MAX)
		return sk_job_refuse(b->job, SK_REASON_LIMIT_OBJECTS, "sheets");
	int rc = add(b, parent, e->name, true, sk_slice("", 0));
	return rc ? rc
		  : put_storage(b, i,
			place == DOCUMENT ? SHEETS
			: place == SHEETS ? SHEET
					  : DOCUMENT,
			node);
}

static int put_stream(struct build *b, uint32_t i, enum place place, uint32_t parent)
{
	const char *name = b->cfb.entries[i].name;
	bool text = place == DOCUMENT && strcmp(name, "DocumentText") == 0;
	bool setting = place == DOCUMENT && is_setting(name);
	struct sk_slice data = {0};

	if (strcmp(name, SEGMENTS) == 0)
		return 0;
	int rc = text || setting || b->text ? read_stream(b, i, &data) : 0;
	if (rc == 0 && place == DOCUMENT)
		rc = read_other_text(b, name, data);
	if (rc == 0 && text)
		return keep_text(b, parent, name, data);
	if (rc == 0 && setting)
		return keep_setting(b, parent, name, data);
	drop(b, name);
	/* What goes anyway may be broken. */
	return text || setting || rc == SK_ENOMEM || rc == SK_EREFUSED ? rc : 0;
}

/* The list of what lies in a storage, with the sizes as they are now. */
static int put_segments(struct build *b, uint32_t entry, uint32_t node)
{
	uint32_t i = sk_cfb_find(&b->cfb, entry, SEGMENTS), n = 0;
	struct ich_child *children = sk_arena_array(b->job->arena, b->n, sizeof(*children));
	struct sk_slice in, out;

	if (i == SK_CFB_NONE || b->cfb.entries[i].kind != 2)
		return 0;
	if (children == NULL)
		return SK_ENOMEM;
	for (uint32_t k = 1; k < b->n; k++)
		if (b->nodes[k].parent == node)
			children[n++] = (struct ich_child){
			    b->nodes[k].name, b->nodes[k].storage, (uint32_t)b->nodes[k].data.n};
	int rc = read_stream(b, i, &in);
	if (rc == 0)
		rc = ich_segments(b->job->arena, in, children, n, &out);
	if (rc == 0 && ich_holds_file(out))
		return sk_job_refuse(
		    b->job, SK_REASON_POLYGLOT, "a file inside the list of streams");
	return rc ? rc : add(b, node, SEGMENTS, false, out);
}

static int put_storage(struct build *b, uint32_t entry, enum place place, uint32_t node)
{
	int rc = 0;

	for (uint32_t i = 1; i < b->cfb.n && rc == 0; i++) {
		const struct sk_cfb_entry *e = &b->cfb.entries[i];
		if (e->parent != entry)
			continue;
		if (has_name(b, node, e->name))
			sk_job_removed(b->job, SK_GENERIC_HIDDEN, 1, "%s", "directory");
		else if (e->kind == 1)
			rc = put_inner(b, i, place, node);
		else
			rc = put_stream(b, i, place, node);
	}
	return rc ? rc : put_segments(b, entry, node);
}

static void report_hidden(struct build *b)
{
	uint32_t n = 0;

	for (uint32_t i = 1; i < b->cfb.n; i++)
		n += b->cfb.entries[i].kind && b->cfb.entries[i].parent == SK_CFB_NONE;
	if (n)
		sk_job_removed(b->job, SK_GENERIC_HIDDEN, n, "%s", "directory");
}

/* Header of LHA, level 0 to 2: method at 2, packed and unpacked size at 7 and 11, level at 20. */
static int unpack(struct build *b, struct sk_slice in, struct sk_slice *out)
{
	struct sk_reader r = sk_reader(in);

	unsigned head = sk_read_u8(&r);
	sk_read_seek(&r, 0);
	unsigned total = sk_read_u16le(&r);
	struct sk_slice method = sk_read_slice(&r, 5);
	uint32_t packed = sk_read_u32le(&r), size = sk_read_u32le(&r);
	sk_read_skip(&r, 5);
	unsigned level = sk_read_u8(&r);
	size_t from = level == 2 ? total : head + 2U;
	if (r.bad || !sk_slice_is(method, "-lh5-") || level == 1 || level > 2 || from < 21 ||
	    packed > in.n - (from < in.n ? from : in.n))
		return SK_EFORMAT;
	int rc = sk_job_expand(b->job, size);
	uint8_t *p = rc ? NULL : sk_arena_alloc(b->job->arena, (size_t)size + 1);
	if (p == NULL)
		return rc ? rc : SK_ENOMEM;
	*out = sk_slice(p, size);
	return ich_lh5(sk_slice_sub(in, from, packed), p, size);
}

/* "JustCompressedDocument" behind the size of its header; then one file of LHA, which is the document. */
static int open_inner(struct build *b, uint32_t i)
{
	struct sk_slice in, inner;
	int rc = read_stream(b, i, &in);

	if (rc)
		return rc;
	struct sk_reader r = sk_reader(in);
	unsigned head = sk_read_u16le(&r);
	if (head < 24 || !sk_slice_is(sk_read_slice(&r, 22), "JustCompressedDocument"))
		return SK_EFORMAT;
	rc = unpack(b, sk_slice_sub(in, head, in.n), &inner);
	b->read = 0;
	return rc ? rc : sk_cfb_open(b->job->arena, inner, &b->cfb);
}

static int open_document(struct build *b, struct sk_slice in)
{
	int rc = sk_cfb_open(b->job->arena, in, &b->cfb);

	if (rc)
		return rc;
	uint32_t packed = sk_cfb_find(&b->cfb, SK_CFB_ROOT, "JSCompDocument");
	if (packed != SK_CFB_NONE &&
	    sk_cfb_find(&b->cfb, SK_CFB_ROOT, "DocumentText") == SK_CFB_NONE)
		rc = open_inner(b, packed);
	if (rc == 0 && sk_cfb_find(&b->cfb, SK_CFB_ROOT, "DocumentText") == SK_CFB_NONE)
		rc = SK_EFORMAT;
	return rc;
}

static int collect(struct build *b, struct sk_slice in)
{
	int rc = open_document(b, in);

	b->nodes = sk_arena_array(b->job->arena, NODES_MAX, sizeof(*b->nodes));
	if (rc || b->nodes == NULL)
		return rc ? rc : SK_ENOMEM;
	rc = add(b, 0, "Root Entry", true, sk_slice("", 0));
	if (rc == 0)
		rc = put_storage(b, SK_CFB_ROOT, DOCUMENT, 0);
	if (rc == 0 && !has_name(b, 0, "DocumentText"))
		rc = SK_EFORMAT;
	report_hidden(b);
	return rc;
}

static int rebuild(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out)
{
	struct build b = {.job = job};
	int rc = collect(&b, in);

	(void)type;
	out->type = SK_FT_JTD;
	return rc ? rc : sk_cfb_write(job->arena, b.nodes, b.n, &out->bytes);
}

static int text(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out)
{
	struct sk_buf words = SK_BUF(out->bytes.max);
	struct build b = {.job = job, .text = &words};
	struct sk_text_counts counts = {0};
	int rc = collect(&b, in);

	if (rc == 0)
		rc = sk_text_filter(sk_buf_slice(&words), &out->bytes, &counts);
	sk_buf_free(&words);
	sk_text_report(job, &counts, sk_filetype_name(type));
	out->type = SK_FT_TXT;
	if (rc == 0 && out->bytes.len == 0)
		rc = sk_buf_putc(&out->bytes, '\n');
	return rc ? rc : sk_text_mark(job, &out->bytes);
}

/* No program here draws a page of it: its words are printed, and it is told that they are no more than that. */
static int flatten(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out)
{
	struct sk_output words = {.bytes = SK_BUF(job->limits->output)};

	if (job->services == NULL || job->services->print == NULL)
		return sk_job_refuse(job, SK_REASON_METHOD, "no printer");
	int rc = text(job, type, in, &words);
	sk_job_removed(job, SK_TEXT_PRINTED, 1, "%s", sk_filetype_name(type));
	if (rc == 0)
		rc = sk_text_print(job, sk_buf_slice(&words.bytes), false, out);
	sk_buf_free(&words.bytes);
	return rc;
}

/* The family "other" reads the directories of compound files, and claims this type. */
static void probe(struct sk_slice in, const char *name, struct sk_report *claims)
{
	(void)in;
	(void)name;
	(void)claims;
}

static enum sk_filetype out_type(enum sk_filetype type, enum sk_method method)
{
	(void)type;
	return method == SK_METHOD_TEXT      ? SK_FT_TXT
	       : method == SK_METHOD_FLATTEN ? SK_FT_PDF
					     : SK_FT_JTD;
}

static const enum sk_filetype types[] = {SK_FT_JTD, SK_FT_JTTC, SK_FT_UNKNOWN};

const struct sk_handler sk_ichitaro_handler = {
    .name = "ichitaro",
    .types = types,
    .methods = SK_METHOD_REBUILD | SK_METHOD_FLATTEN | SK_METHOD_TEXT,
    .probe = probe,
    .rebuild = rebuild,
    .flatten = flatten,
    .text = text,
    .out_type = out_type,
};

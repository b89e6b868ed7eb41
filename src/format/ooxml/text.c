/*
 * Method text: what an Office file says, as plain lines. Paragraphs one a line, tables as
 * tab-separated lines, sheets and slides under a line with their name. Runs in the cleaner's jail.
 */
#include "format/ooxml/text.h"

#include "format/text/filter.h"

static void end_line(struct ox_text *t)
{
	if (t->cells) {
		/* Paragraphs of one cell stand beside each other. */
		if (t->out->len && t->out->p[t->out->len - 1] != '\t' &&
		    t->out->p[t->out->len - 1] != '\n')
			sk_buf_putc(t->out, ' ');
		return;
	}
	sk_buf_putc(t->out, '\n');
}

/* Elements whose text is not shown: alternatives, instructions, deleted text, phonetic readings. */
static bool is_hidden(const char *local)
{
	static const char *const list[] = {
	    "Fallback", "instrText", "delText", "delInstrText", "rPh", "del", "moveFrom"};

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (strcmp(local, list[i]) == 0)
			return true;
	return false;
}

static void XMLCALL prose_start(void *user, const XML_Char *name, const XML_Char **atts)
{
	struct ox_text *t = user;
	const char *local = ox_local(name);

	(void)atts;
	if (t->hidden || is_hidden(local)) {
		t->hidden++;
		return;
	}
	if (strcmp(local, "t") == 0)
		t->taking = true;
	else if (strcmp(local, "tab") == 0 && t->runs)
		sk_buf_putc(t->out, t->cells ? ' ' : '\t');
	else if ((strcmp(local, "br") == 0 || strcmp(local, "cr") == 0) && t->runs)
		sk_buf_putc(t->out, t->cells ? ' ' : '\n');
	else if (strcmp(local, "r") == 0)
		t->runs++;
	else if (strcmp(local, "tc") == 0)
		t->cells++;
}

/* Blanks at the end of a cell or a row say nothing. */
static void trim(struct ox_text *t, const char *what)
{
	while (t->out->len && strchr(what, t->out->p[t->out->len - 1]))
		t->out->len--;
}

static void XMLCALL prose_end(void *user, const XML_Char *name)
{
	struct ox_text *t = user;
	const char *local = ox_local(name);

	if (t->hidden) {
		t->hidden--;
		return;
	}
	if (strcmp(local, "t") == 0) {
		t->taking = false;
	} else if (strcmp(local, "r") == 0) {
		t->runs -= t->runs > 0;
	} else if (strcmp(local, "p") == 0) {
		end_line(t);
	} else if (strcmp(local, "tc") == 0 && t->cells) {
		trim(t, " ");
		t->cells--;
		if (t->cells == 0)
			sk_buf_putc(t->out, '\t');
	} else if (strcmp(local, "tr") == 0 && t->cells == 0) {
		trim(t, "\t");
		sk_buf_putc(t->out, '\n');
	}
}

static void XMLCALL prose_text(void *user, const XML_Char *s, int n)
{
	struct ox_text *t = user;

	if (t->taking && !t->hidden)
		sk_buf_put(t->out, s, (size_t)n);
}

static void XMLCALL on_doctype(
    void *user, const XML_Char *a, const XML_Char *b, const XML_Char *c, int internal)
{
	struct ox_text *t = user;

	(void)a;
	(void)b;
	(void)c;
	(void)internal;
	XML_StopParser(t->parser, XML_FALSE);
}

int ox_text_parse(struct ox_text *t, struct ox_member *m, XML_StartElementHandler start,
    XML_EndElementHandler end, XML_CharacterDataHandler text)
{
	struct sk_arena *arena = sk_arena_new(t->pkg->job->limits->memory);
	struct sk_slice in;
	int rc = arena ? ox_pkg_read(t->pkg, m, arena, &in) : SK_ENOMEM;

	t->hidden = t->cells = t->runs = 0;
	t->taking = false;
	t->parser = rc ? NULL : XML_ParserCreateNS(NULL, '\n');
	if (t->parser) {
		XML_SetUserData(t->parser, t);
		XML_SetElementHandler(t->parser, start, end);
		XML_SetCharacterDataHandler(t->parser, text);
		XML_SetStartDoctypeDeclHandler(t->parser, on_doctype);
		if (XML_Parse(t->parser, (const char *)in.p, (int)in.n, 1) != XML_STATUS_OK &&
		    t->rc == 0)
			t->rc = sk_job_refuse(t->pkg->job, SK_REASON_DAMAGED, "%s", m->name);
		XML_ParserFree(t->parser);
		rc = t->rc ? t->rc : t->out->err;
	} else if (rc == 0) {
		rc = SK_ENOMEM;
	}
	sk_arena_free(arena);
	return rc;
}

static int prose(struct ox_text *t, struct ox_member *m)
{
	return ox_text_parse(t, m, prose_start, prose_end, prose_text);
}

/* --- Word: the text, then notes, comments, headers and footers --- */

static int word(struct ox_text *t)
{
	static const enum ox_kind kinds[] = {
	    OX_FOOTNOTES, OX_ENDNOTES, OX_COMMENTS, OX_HEADER, OX_FOOTER};
	struct ox_rels rels;
	int rc = prose(t, t->pkg->main);

	if (rc == 0)
		rc = ox_rels_read(t->pkg, t->pkg->main, &rels);
	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
		for (size_t i = 0; rc == 0 && i < rels.n; i++) {
			const struct ox_rel *r = &rels.v[rels.in_order[i]];
			if (r->kind == kinds[k] && !r->external && r->member && !r->member->seen)
				rc = prose(t, r->member);
		}
	return rc;
}

/* --- PowerPoint: slides in their order, each followed by its notes --- */

static void XMLCALL slide_ids(void *user, const XML_Char *name, const XML_Char **atts)
{
	struct ox_text *t = user;
	const char *id = strcmp(ox_local(name), "sldId") == 0 ? ox_relationship_id(atts) : NULL;

	for (size_t i = 0; id && i < t->rels.n; i++)
		if (strcmp(t->rels.v[i].id, id) == 0)
			t->rels.v[i].new_id = ++t->count;
}

static void XMLCALL nothing_end(void *user, const XML_Char *name)
{
	(void)user;
	(void)name;
}

static void XMLCALL nothing_text(void *user, const XML_Char *s, int n)
{
	(void)user;
	(void)s;
	(void)n;
}

static int slide(struct ox_text *t, struct ox_member *m)
{
	struct ox_rels rels;
	int rc = prose(t, m);

	if (rc == 0)
		rc = ox_rels_read(t->pkg, m, &rels);
	for (size_t i = 0; rc == 0 && i < rels.n; i++)
		if (rels.v[i].kind == OX_NOTES_SLIDE && !rels.v[i].external && rels.v[i].member &&
		    !rels.v[i].member->seen)
			rc = prose(t, rels.v[i].member);
	return rc;
}

static int slides(struct ox_text *t)
{
	int rc = ox_rels_read(t->pkg, t->pkg->main, &t->rels);

	if (rc == 0)
		rc = ox_text_parse(t, t->pkg->main, slide_ids, nothing_end, nothing_text);
	struct ox_member **order =
	    sk_arena_array(t->pkg->job->arena, t->count + 1, sizeof(struct ox_member *));
	if (order == NULL)
		return SK_ENOMEM;
	for (size_t i = 0; i < t->rels.n && rc == 0; i++) {
		const struct ox_rel *r = &t->rels.v[i];
		if (r->new_id && r->kind == OX_SLIDE && !r->external)
			order[r->new_id] = r->member;
	}
	for (unsigned n = 1; n <= t->count && rc == 0; n++) {
		if (order[n] == NULL || order[n]->seen)
			continue;
		sk_report_pages(t->pkg->job->report, 1);
		sk_buf_printf(t->out, "%s== %u ==\n", n > 1 ? "\n" : "", n);
		rc = slide(t, order[n]);
	}
	return rc;
}

/* What is left of invisible and control characters is the text family's business. */
int ox_text(struct ox_pkg *pkg, struct sk_buf *out)
{
	struct sk_buf raw = SK_BUF(out->max);
	struct ox_text *t = sk_arena_alloc(pkg->job->arena, sizeof(*t));
	int rc = t ? 0 : SK_ENOMEM;

	if (t) {
		t->pkg = pkg;
		t->out = &raw;
		rc = pkg->main_kind == OX_DOCUMENT   ? word(t)
		     : pkg->main_kind == OX_WORKBOOK ? ox_text_sheets(t)
						     : slides(t);
	}
	if (rc == 0) {
		struct sk_text_counts counts = {0};
		rc = sk_text_filter(sk_buf_slice(&raw), out, &counts);
		if (rc == 0 && out->len == 0)
			rc = sk_buf_putc(out, '\n');
	}
	sk_buf_free(&raw);
	return rc;
}

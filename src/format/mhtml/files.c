/* The files that a web page was saved with, and how references find them (RFC 2557, sections 4 and 8). Cleaner's jail. */
#include "format/mhtml/mhtml.h"

#include <stdlib.h>
#include <strings.h>

#include "format/css/data.h"

/* What a part is called by: its place without the white space that folding left, and where it is relative to. */
static const char *location(struct sk_mhtml *h, const struct sk_part *p, const char *base)
{
	const struct sk_field *f = sk_part_get(p, "Content-Location");
	struct sk_buf plain = SK_BUF(SK_LIMIT_XML_VALUE);

	for (size_t i = 0; f && i < f->value.n; i++)
		if (f->value.p[i] > ' ')
			sk_buf_putc(&plain, f->value.p[i]);
	const char *s = plain.err   ? NULL
			: plain.len ? sk_place_join(h->job->arena, base, sk_buf_slice(&plain))
				    : "";
	sk_buf_free(&plain);
	return s;
}

static int add_file(struct sk_mhtml *h, struct sk_part *p, const char *base)
{
	struct sk_mhtml_file *all =
	    sk_arena_grow(h->job->arena, h->files, &h->cap, h->nfiles + 1, sizeof(*all));
	const char *place = location(h, p, base);

	if (all == NULL || place == NULL)
		return SK_ENOMEM;
	h->files = all;
	all[h->nfiles++] = (struct sk_mhtml_file){.part = p,
	    .location = place,
	    .page = !p->torn && (strcmp(p->kind, "text/html") == 0 ||
				    strcmp(p->kind, "application/xhtml+xml") == 0),
	    .picture = SK_BUF(h->job->limits->output)};
	return 0;
}

/* All parts without parts; the parser bounds how deep they lie. */
static int add_files(struct sk_mhtml *h, struct sk_part *p, const char *base)
{
	const char *place = location(h, p, base);
	int rc = 0;

	if (place == NULL)
		return SK_ENOMEM;
	if (strncmp(p->kind, "multipart/", 10) != 0)
		return add_file(h, p, base);
	for (struct sk_part *c = p->first; c && rc == 0; c = c->next)
		rc = add_files(h, c, *place ? place : base);
	return rc;
}

/* --- the index --- */

static int add_key(struct sk_mhtml *h, char kind, struct sk_slice place, size_t file)
{
	struct sk_mhtml_key *all =
	    sk_arena_grow(h->job->arena, h->keys, &h->keycap, h->nkeys + 1, sizeof(*all));
	char *key = sk_place_key(h->job->arena, kind, place);

	if (all == NULL || key == NULL)
		return SK_ENOMEM;
	h->keys = all;
	if (place.n)
		all[h->nkeys++] = (struct sk_mhtml_key){key, file};
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct sk_mhtml_key *x = a, *y = b;
	int order = strcmp(x->key, y->key);

	return order ? order : x->file < y->file ? -1 : x->file > y->file;
}

static int make_index(struct sk_mhtml *h)
{
	int rc = 0;

	for (size_t i = 0; i < h->nfiles && rc == 0; i++) {
		struct sk_slice place = sk_slice_str(h->files[i].location);
		struct sk_slice id = sk_part_id(h->files[i].part);
		rc = add_key(h, 'l', place, i);
		if (rc == 0)
			rc = add_key(h, 'n', sk_place_name(place), i);
		if (rc == 0 && id.n)
			rc = add_key(h, 'i', id, i);
	}
	if (h->nkeys)
		qsort(h->keys, h->nkeys, sizeof(*h->keys), compare);
	return rc;
}

/* The first file under that key; `only`: not if there is another. */
static struct sk_mhtml_file *look_up(
    struct sk_mhtml *h, struct sk_arena *a, char kind, struct sk_slice place, bool only)
{
	const char *key = place.n ? sk_place_key(a, kind, place) : NULL;
	size_t from = 0, to = h->nkeys;

	if (key == NULL)
		return NULL;
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (strcmp(h->keys[middle].key, key) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	if (from == h->nkeys || strcmp(h->keys[from].key, key) != 0)
		return NULL;
	if (only && from + 1 < h->nkeys && strcmp(h->keys[from + 1].key, key) == 0)
		return NULL;
	return &h->files[h->keys[from].file];
}

static struct sk_mhtml_file *find(struct sk_mhtml *h, struct sk_arena *a, struct sk_slice url)
{
	struct sk_mhtml_file *f = NULL;

	for (size_t i = 0; i < 2 && f == NULL; i++) {
		char *place = h->base[i] ? sk_place_join(a, h->base[i], url) : NULL;
		f = place ? look_up(h, a, 'l', sk_slice_str(place), false) : NULL;
	}
	if (f == NULL && url.n > 4 && strncasecmp((const char *)url.p, "cid:", 4) == 0)
		f = look_up(h, a, 'i', sk_slice_sub(url, 4, url.n), false);
	/* Word and Excel do not always agree with themselves on how a name is encoded in a place. */
	bool near = !sk_place_is_absolute(url) ||
		    (url.n > 5 && strncasecmp((const char *)url.p, "file:", 5) == 0);
	return f || !near ? f : look_up(h, a, 'n', sk_place_name(url), true);
}

struct sk_mhtml_file *sk_mhtml_find(struct sk_mhtml *h, struct sk_slice url)
{
	struct sk_arena *scratch = NULL;
	struct sk_mhtml_file *f = NULL;

	if (url.n <= SK_LIMIT_MHTML_PLACE && !sk_data_is(url))
		scratch = sk_arena_new((size_t)SK_LIMIT_MHTML_PLACE * 16);
	if (scratch)
		f = find(h, scratch, url);
	sk_arena_free(scratch);
	return f;
}

/* --- reading --- */

int sk_mhtml_data(struct sk_mhtml *h, struct sk_mhtml_file *f)
{
	struct sk_buf b = SK_BUF(SK_LIMIT_MEMBER);

	if (f->read)
		return 0;
	f->read = true;
	f->data = f->part->body;
	if (f->part->encoding == SK_ENC_NONE)
		return 0;
	int rc = sk_mail_decode(h->job, f->part->encoding, f->part->body, &b);
	void *copy =
	    rc == 0 ? sk_arena_dup(h->job->arena, b.len ? (const void *)b.p : "", b.len) : NULL;
	f->data = sk_slice(copy ? copy : "", copy ? b.len : 0);
	sk_buf_free(&b);
	return rc == 0 && copy == NULL ? SK_ENOMEM : rc == SK_EREFUSED ? 0 : rc;
}

/* RFC 2387, 3.2: the part that `start` names, else the first; of pages, that is. */
static bool choose_main(struct sk_mhtml *h, const struct sk_part *root)
{
	bool again;
	char *start = root->type.n ? sk_param(&h->mail, root->type, "start", &again) : NULL;
	size_t n = start ? strlen(start) : 0;
	struct sk_slice id =
	    start && n > 2 && start[0] == '<' ? sk_slice(start + 1, n - 2) : sk_slice("", 0);
	struct sk_mhtml_file *f = look_up(h, h->job->arena, 'i', id, false);
	size_t first = 0;

	while (first < h->nfiles && !h->files[first].page)
		first++;
	h->main = f && f->page ? (size_t)(f - h->files) : first;
	return first < h->nfiles;
}

int sk_mhtml_read(struct sk_mhtml *h, struct sk_job *job, struct sk_slice in)
{
	struct sk_part *root = NULL;

	*h = (struct sk_mhtml){.job = job, .mail = {.job = job, .arena = job->arena}};
	int rc = sk_mail_parse(&h->mail, in, &root);
	if (rc)
		return rc;
	if (root->torn)
		return sk_job_refuse(
		    job, SK_REASON_POLYGLOT, "%s", "web page that can be read in two ways");
	for (size_t i = 0; i < root->nfields; i++)
		if (strncasecmp((const char *)root->fields[i].name.p, "MIME-", 5) != 0 &&
		    strncasecmp((const char *)root->fields[i].name.p, "Content-", 8) != 0)
			sk_job_removed(job, SK_HTML_METADATA, 1, "%s", "MHTML");
	rc = add_files(h, root, "");
	if (rc == 0)
		rc = make_index(h);
	if (rc == 0 && !choose_main(h, root))
		rc = sk_job_refuse(job, SK_REASON_DAMAGED, "%s", "no page in the file");
	return rc;
}

void sk_mhtml_free(struct sk_mhtml *h)
{
	for (size_t i = 0; i < h->nfiles; i++)
		sk_buf_free(&h->files[i].picture);
}

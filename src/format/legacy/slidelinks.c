/*
 * What LibreOffice does not carry over. Links in the words of slides: how many the document has that was saved last, and how many the new form has; it drops those in tables, those that are no addresses, and the second of two on one word. The master of handouts. [MS-PPT] 2.3.3
 * UserEditAtom, 2.3.4 PersistDirectoryAtom, 2.6.9 InteractiveInfoAtom, 2.9.77 TextInteractiveInfoAtom. Cleaner's jail.
 */
#include "container/zip.h"
#include "format/legacy/slides.h"

#define DEPTH 40 /* of groups in a slide, and what is in a shape */
#define USER_EDIT 0x0FF5
#define DIRECTORY 0x1772
#define LINK 0x0FF2
#define LINK_ATOM 0x0FF3
#define LINK_RANGE 0x0FDF /* stands behind the link of words, not of a shape */

/* What a stream has in force: the place of each object, by its number. */
struct edits {
	struct sk_arena *arena;
	struct sk_slice stream;
	uint32_t *at;
	size_t n, cap;
	size_t left; /* bytes that may still be read: what lies over each other is read once */
};

static bool record_at(struct edits *e, uint32_t at, struct sk_slides_record *to)
{
	struct sk_reader r = sk_reader(e->stream);

	sk_read_seek(&r, at);
	if (!sk_slides_next(&r, to) || to->data.n > e->left)
		return false;
	e->left -= to->data.n;
	return true;
}

/* Of two edits the later one is read first, and wins. */
static int set_place(struct edits *e, size_t number, uint32_t at)
{
	if (number >= e->n) {
		size_t old = e->n;
		e->at = sk_arena_grow(e->arena, e->at, &e->cap, number + 1, sizeof(*e->at));
		if (e->at == NULL)
			return SK_ENOMEM;
		e->n = number + 1;
		memset(e->at + old, 0, (e->n - old) * sizeof(*e->at));
	}
	if (e->at[number] == 0)
		e->at[number] = at;
	return 0;
}

static int read_directory(struct edits *e, uint32_t at)
{
	struct sk_slides_record rec;
	int rc = 0;

	if (!record_at(e, at, &rec) || rec.type != DIRECTORY)
		return 0;
	struct sk_reader r = sk_reader(rec.data);
	while (rc == 0 && sk_read_left(&r) >= 4) {
		uint32_t head = sk_read_u32le(&r), first = head & 0xFFFFF, n = head >> 20;
		for (uint32_t i = 0; rc == 0 && i < n && sk_read_left(&r) >= 4; i++)
			rc = set_place(e, first + i, sk_read_u32le(&r));
	}
	return rc;
}

/* From the last edit back to the first; each lies before the one that follows it. */
static int read_edits(struct edits *e, uint32_t at)
{
	int rc = 0;

	for (uint32_t before = UINT32_MAX; rc == 0 && at && at < before;) {
		struct sk_slides_record rec;
		if (!record_at(e, at, &rec) || rec.type != USER_EDIT)
			return 0;
		struct sk_reader r = sk_reader(rec.data);
		sk_read_skip(&r, 8);
		before = at;
		at = sk_read_u32le(&r);
		rc = read_directory(e, sk_read_u32le(&r));
	}
	return rc;
}

enum action { NONE, MACRO, PROGRAM, JUMP, ADDRESS, OBJECT, MEDIA, SHOW };

static unsigned action_of(struct sk_slice link)
{
	struct sk_reader r = sk_reader(link);
	struct sk_slides_record rec;

	return sk_slides_next(&r, &rec) && rec.type == LINK_ATOM && rec.data.n > 8 ? rec.data.p[8]
										   : NONE;
}

static void count_link(struct sk_slice link, struct sk_slides_found *to)
{
	switch (action_of(link)) {
	case NONE:
		break;
	case JUMP:
	case ADDRESS:
	case SHOW:
		to->links++;
		break;
	default:
		to->actions++;
	}
}

static void count(struct sk_slice in, unsigned depth, struct sk_slides_found *to)
{
	struct sk_reader r = sk_reader(in);
	struct sk_slides_record rec, link = {0};

	while (sk_slides_next(&r, &rec)) {
		if (rec.type == LINK_RANGE && link.type == LINK)
			count_link(link.data, to);
		if (rec.container && depth && rec.type != LINK)
			count(rec.data, depth - 1, to);
		link = rec;
	}
}

int sk_slides_count_links(
    struct sk_job *job, struct sk_slice stream, uint32_t last_edit, struct sk_slides_found *to)
{
	struct edits e = {.arena = job->arena, .stream = stream, .left = stream.n};
	int rc = read_edits(&e, last_edit);

	e.left = stream.n;
	for (size_t i = 0; rc == 0 && i < e.n; i++) {
		struct sk_slides_record rec;
		if (e.at[i] && record_at(&e, e.at[i], &rec) && rec.container)
			count(rec.data, DEPTH, to);
	}
	return rc;
}

/*
 * Runs with a link; those that follow each other are one link, which LibreOffice cuts where the looks of its words
 * change.
 */
static uint32_t links_of(struct sk_slice xml)
{
	static const struct sk_slice open = SK_SLICE_LIT("<a:rPr"),
				     close = SK_SLICE_LIT("</a:rPr>"),
				     link = SK_SLICE_LIT("<a:hlink"), end = SK_SLICE_LIT("</a:p>");
	uint32_t n = 0;
	size_t last = SIZE_MAX; /* end of the run before, if that has a link */

	for (size_t at = 0; (at = sk_slice_find(xml, at, open)) < xml.n;) {
		size_t stop = sk_slice_find(xml, at, SK_SLICE_LIT(">"));
		if (stop < xml.n && xml.p[stop - 1] != '/')
			stop = sk_slice_find(xml, stop, close);
		if (stop >= xml.n)
			break;
		bool linked = sk_slice_find(sk_slice_sub(xml, at, stop - at), 0, link) != SIZE_MAX;
		if (linked && (last == SIZE_MAX || sk_slice_find(sk_slice_sub(xml, last, at - last),
						       0, end) != SIZE_MAX))
			n++;
		last = linked ? stop : SIZE_MAX;
		at = stop;
	}
	return n;
}

static bool has_words(const struct sk_zip_member *m)
{
	return sk_slice_starts(m->raw_name, SK_SLICE_LIT("ppt/slides/slide")) ||
	       sk_slice_starts(m->raw_name, SK_SLICE_LIT("ppt/notesSlides/notesSlide")) ||
	       sk_slice_starts(m->raw_name, SK_SLICE_LIT("ppt/slideMasters/slideMaster"));
}

/* What cannot be read here has no links; the rules of the modern form will say what is wrong with it. */
static uint32_t links_of_member(const struct sk_zip_member *m, const struct sk_limits *limits)
{
	struct sk_arena *own = sk_arena_new(limits->memory);
	struct sk_slice xml;
	uint32_t n = 0;

	if (own && sk_zip_unpack(own, m, SK_LIMIT_MEMBER, &xml) == 0)
		n = links_of(xml);
	sk_arena_free(own);
	return n;
}

static bool is_handout(const struct sk_zip_member *m)
{
	return sk_slice_starts(m->raw_name, SK_SLICE_LIT("ppt/handoutMasters/"));
}

void sk_slides_tell_lost(
    struct sk_job *job, const struct sk_slides_found *found, struct sk_slice pptx)
{
	struct sk_zip zip;
	const char *why;
	uint32_t links = 0;
	bool handout = false;

	if ((found->links == 0 && !found->handout) ||
	    sk_zip_read(job->arena, pptx, job->limits->members, &zip, &why))
		return;
	for (size_t i = 0; i < zip.count; i++) {
		handout = handout || is_handout(&zip.members[i]);
		if (links < found->links && has_words(&zip.members[i]))
			links += links_of_member(&zip.members[i], job->limits);
	}
	if (links < found->links)
		sk_job_removed(job, SK_OOXML_CONVERSION, found->links - links, "links");
	if (found->handout && !handout)
		sk_job_removed(job, SK_OOXML_CONVERSION, 1, "handout master");
}

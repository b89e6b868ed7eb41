/* Which streams a cleaned 一太郎 document has, and where (doc/profiles/ichitaro.md, section 2). Verifier's jail. */
#include "verify/ichitaro/ichitaro.h"

#define STREAM_MAX ((size_t)64 << 20)

enum place { NOWHERE, DOCUMENT, SHEETS, SHEET };

static const char *const settings[] = {"Font", "DocumentViewStyles", "DocumentEditStyles",
    "DocumentPeripheralTwo", "DocumentPeripheralThree", "Header", "Footnote", "TextLayoutStyle",
    "PageLayoutStyle", "PageLayoutStyleHeader", "NumberingLink", "MarkTag", "DocItemInfo"};

/* DOCS_ and one to eight digits. */
static bool is_sheet(const char *name)
{
	size_t n = strlen(name);

	if (n < 6 || n > 13 || strncmp(name, "DOCS_", 5) != 0)
		return false;
	for (size_t i = 5; i < n; i++)
		if (name[i] < '0' || name[i] > '9')
			return false;
	return true;
}

/* Parents stand before their children, so that their places are known. */
static enum place place_of(const struct vi_entry *e, enum place in)
{
	if (in == DOCUMENT && e->parent == 0 && strcmp(e->name, "ObjectSheets") == 0)
		return SHEETS;
	if (in == SHEETS && strcmp(e->name, "DocSheet") == 0)
		return SHEET;
	return in == SHEET && is_sheet(e->name) ? DOCUMENT : NOWHERE;
}

static int check_stream(
    struct sk_check *c, const struct vi_file *f, const struct vi_entry *e, enum place in)
{
	bool listed = false;

	if (e->data.n > STREAM_MAX)
		return sk_fail(c, 0, "stream that is too large");
	int rc = vi_no_file(c, e->name, e->data);
	if (rc)
		return rc;
	if (strcmp(e->name, "\004JSRV_SegmentInformation") == 0)
		return vi_segments(c, f, e->parent, e->data);
	if (in == DOCUMENT && strcmp(e->name, "DocumentText") == 0)
		return vi_store(c, e->data);
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		listed = listed || strcmp(e->name, settings[i]) == 0;
	return in == DOCUMENT && listed ? 0 : sk_fail(c, 0, "stream that is not listed");
}

int sk_verify_ichitaro(struct sk_check *c, struct sk_slice in)
{
	struct vi_file f = {0};
	int rc = vi_container(c, in, &f);
	enum place *places = rc ? NULL : sk_arena_array(c->arena, f.n, sizeof(*places));
	bool text = false;

	if (places == NULL)
		return rc ? rc : SK_ENOMEM;
	places[0] = DOCUMENT;
	for (uint32_t i = 1; i < f.n && rc == 0; i++) {
		const struct vi_entry *e = &f.entries[i];
		enum place in_place = places[e->parent];
		places[i] = e->storage ? place_of(e, in_place) : NOWHERE;
		if (e->storage && places[i] == NOWHERE)
			rc = sk_fail(c, 0, "storage that is not listed");
		else if (!e->storage)
			rc = check_stream(c, &f, e, in_place);
		text = text || (e->parent == 0 && strcmp(e->name, "DocumentText") == 0);
	}
	return rc || text ? rc : sk_fail(c, 0, "document without a text");
}

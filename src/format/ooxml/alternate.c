/* mc:AlternateContent (ISO/IEC 29500-3): choices that are understood, else the fallback in its place. Cleaner's jail. */
#include "format/ooxml/flt.h"

/* mc:Choice: its Requires in our prefixes; false when one of them is not known. */
static bool requires(struct ox_flt *f, const char **atts, char *out, size_t size)
{
	const char *s = NULL;
	size_t n = 0;

	for (; *atts; atts += 2)
		if (strcmp(atts[0], "Requires") == 0)
			s = atts[1];
	if (s == NULL)
		return false;
	out[0] = '\0';
	while (*s) {
		size_t len = strcspn(s, " \t\r\n");
		uint8_t ns = len ? ox_prefix_ns(f, s, len) : NS_none;
		s += len + strspn(s + len, " \t\r\n");
		if (ns == NS_none && len == 0)
			continue;
		if (ns >= NS_COUNT || ox_ns_row(ns)->prefix[0] == '\0')
			return false;
		int k = snprintf(out + n, size - n, "%s%s", n ? " " : "", ox_ns_row(ns)->prefix);
		if (k < 0 || (size_t)k >= size - n)
			return false;
		n += (size_t)k;
		f->ns_used |= 1ULL << ns;
	}
	return n > 0;
}

/* Where such an element makes no sense: alone, out of order, among text, or where only one thing may stand. */
static bool misplaced(struct ox_flt *f, uint16_t name, const struct ox_frame *parent)
{
	bool option = name == N_mc_Choice || name == N_mc_Fallback;

	if (option != (parent->mc == OX_MC_ALTERNATE))
		return true;
	if (option)
		return parent->fallback;
	return ox_type_text(parent->type) || ox_holder(f)->name == N_v_textbox;
}

static void drop(struct ox_flt *f, uint64_t used)
{
	f->ns_used = used;
	f->skip = 1;
	ox_count(f, SK_OOXML_UNKNOWN_XML);
}

/* A program reads one of the alternatives only, so that each holds fields as wholes. */
static void fence_fields(struct ox_flt *f, struct ox_frame *frame)
{
	frame->fields = (uint8_t)f->nfields;
	frame->floor = (uint8_t)f->floor;
	f->floor = f->nfields;
}

void ox_end_alternative(struct ox_flt *f, const struct ox_frame *frame)
{
	ox_fields_close(f, frame->fields);
	f->floor = frame->floor;
}

/* mc:AlternateContent, Choice and Fallback have the type of what they stand in. */
void ox_start_alternative(
    struct ox_flt *f, uint16_t name, struct ox_frame *parent, const char **atts)
{
	uint64_t used = f->ns_used;
	uint16_t type = parent->type;
	char want[128];
	bool choice = name == N_mc_Choice, fallback = name == N_mc_Fallback;

	if (misplaced(f, name, parent) || (choice && !requires(f, atts, want, sizeof(want)))) {
		drop(f, used);
		return;
	}
	parent->fallback = fallback;
	if (fallback && parent->data == 0 && !parent->through) {
		ox_roll_back(f, parent);
		parent->through = true;
	}
	bool through = fallback && parent->through;
	struct ox_frame *frame = ox_push(f);
	if (frame == NULL)
		return;
	frame->bindings = (uint32_t)f->nbindings;
	frame->type = type;
	frame->name = name;
	frame->used = used;
	frame->mc = choice ? OX_MC_CHOICE : fallback ? OX_MC_FALLBACK : OX_MC_ALTERNATE;
	frame->through = through;
	if (frame->mc != OX_MC_ALTERNATE)
		fence_fields(f, frame);
	f->nat = 0;
	if (choice)
		f->at[f->nat++] =
		    (struct ox_at){.name = N_none_Requires, .cls = 'k', .value = want};
	if (!through)
		ox_put_start(f, frame);
}

/* Where the one choice of this alternative begins; 0 unless it is alone, with a fallback that is empty. */
static size_t only_choice(struct sk_slice all, size_t *end)
{
	static const char head[] = "<mc:AlternateContent><mc:Choice Requires=\"";
	static const char *const tails[] = {"</mc:Choice><mc:Fallback/></mc:AlternateContent>",
	    "</mc:Choice></mc:AlternateContent>"};
	size_t from = sk_slice_find(all, 0, SK_SLICE_LIT("\">"));

	if (from == SIZE_MAX || !sk_slice_starts(all, sk_slice_str(head)))
		return 0;
	from += 2;
	for (size_t i = 0; i < 2; i++) {
		size_t n = strlen(tails[i]);
		if (all.n < from + n || memcmp(all.p + all.n - n, tails[i], n) != 0)
			continue;
		*end = all.n - n;
		struct sk_slice body = sk_slice_sub(all, from, *end - from);
		return sk_slice_find(body, 0, SK_SLICE_LIT("<mc:")) == SIZE_MAX ? from : 0;
	}
	return 0;
}

void ox_unwrap_alternative(struct ox_flt *f, const struct ox_frame *frame)
{
	size_t start = frame->start + (frame->parent_open ? 1 : 0), end = 0;
	struct sk_slice all = sk_slice_sub(sk_buf_slice(&f->buf), start, f->buf.len - start);
	size_t head = f->buf.err ? 0 : only_choice(all, &end);

	if (head == 0 || f->ncuts || f->npieces || f->nfields)
		return;
	uint64_t needs = ox_spaces_in(sk_slice_sub(all, 0, head));
	uint64_t used = ox_spaces_in(sk_slice_sub(all, head, end - head));
	if (needs & used)
		return;
	memmove(f->buf.p + start, f->buf.p + start + head, end - head);
	f->buf.len = start + end - head;
	f->ns_used = frame->used | used;
	for (size_t i = f->nrefs; i-- > 0 && (f->refs[i].root || f->refs[i].at > start);)
		if (!f->refs[i].root)
			f->refs[i].at -= head;
}

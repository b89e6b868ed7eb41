/* Relationships (ISO/IEC 29500-2, 9.3; doc/profiles/ooxml.md, section 3). Verifier's jail. */
#include "verify/ooxml/package.h"

#include "verify/ooxml/value.h"

#define RELS_NS "http://schemas.openxmlformats.org/package/2006/relationships"
#define MAX_RELS 1000000 /* of one part: a sheet may have a link in each of its cells */

unsigned sk_oo_rel_number(struct sk_slice id)
{
	unsigned n = 0;

	if (id.n < 4 || id.n > 10 || memcmp(id.p, "rId", 3) != 0 || id.p[3] == '0')
		return 0;
	for (size_t i = 3; i < id.n; i++) {
		if (id.p[i] < '0' || id.p[i] > '9')
			return 0;
		n = n * 10 + (id.p[i] - '0');
	}
	return n;
}

/* Folder of a member, with its slash. */
static struct sk_slice folder(struct sk_slice name)
{
	while (name.n && name.p[name.n - 1] != '/')
		name.n--;
	return name;
}

int sk_oo_find_part(const struct sk_oo_pkg *k, struct sk_slice name)
{
	size_t lo = 0, hi = k->nparts;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		struct sk_slice s = k->parts[mid].member->name;
		int d = memcmp(s.p, name.p, s.n < name.n ? s.n : name.n);
		if (d == 0)
			d = s.n < name.n ? -1 : s.n > name.n;
		if (d == 0)
			return (int)mid;
		if (d < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return -1;
}

/*
 * The part that a relative target names from a folder. It must be written in the one minimal way: up as far as
 * the folders differ, then down.
 */
static int resolve(const struct sk_oo_pkg *k, struct sk_slice dir, struct sk_slice target)
{
	char path[512];
	size_t base = dir.n, up = 0, n;

	while (sk_slice_starts(sk_slice_sub(target, up * 3, target.n), SK_SLICE_LIT("../"))) {
		if (base == 0)
			return -1;
		base = folder(sk_slice(dir.p, base - 1)).n;
		up++;
	}
	struct sk_slice rest = sk_slice_sub(target, up * 3, target.n);
	n = base + rest.n;
	if (n >= sizeof(path))
		return -1;
	memcpy(path, dir.p, base);
	memcpy(path + base, rest.p, rest.n);
	/* Not minimal: goes up out of a folder and down into it again. */
	if (up && dir.n > base) {
		struct sk_slice left = sk_slice_sub(dir, base, dir.n);
		const uint8_t *slash = memchr(left.p, '/', left.n);
		if (slash && sk_slice_starts(rest, sk_slice(left.p, (size_t)(slash - left.p) + 1)))
			return -1;
	}
	return sk_oo_find_part(k, sk_slice(path, n));
}

static int fault(
    const struct sk_oo_pkg *k, const struct sk_oo_part *from, const char *what, struct sk_slice s)
{
	return sk_oo_fail(k->c, from ? from->rels_member->name : SK_SLICE_LIT("_rels/.rels"),
	    sk_vx_at(k->xml), what, s);
}

/* Attributes Id, Type, Target and perhaps TargetMode, in this order. */
static int read_rel(
    struct sk_oo_pkg *k, struct sk_oo_part *from, unsigned number, struct sk_oo_rel *rel)
{
	static const char *const names[] = {"Id", "Type", "Target", "TargetMode"};
	const struct sk_vx *x = k->xml;
	struct sk_slice target;

	if (x->nattrs < 3 || x->nattrs > 4 || !sk_slice_is(x->name, "Relationship"))
		return fault(k, from, "relationship is not written as required", x->name);
	for (size_t i = 0; i < x->nattrs; i++)
		if (!sk_slice_is(x->attrs[i].name, names[i]))
			return fault(k, from, "attribute of a relationship", x->attrs[i].name);
	if (sk_oo_rel_number(x->attrs[0].value) != number)
		return fault(k, from, "relationship ids are not rId1, rId2 …", x->attrs[0].value);
	if (sk_vx_decode(x->attrs[2].value, &k->scratch, &target) != 0)
		return SK_ENOMEM;
	if (x->nattrs == 4) {
		if (!sk_slice_is(x->attrs[3].value, "External") ||
		    !sk_oo_kind_has_rel(OO_LINK, x->attrs[1].value))
			return fault(k, from, "external relationship that is not a hyperlink",
			    x->attrs[1].value);
		if (!sk_oo_link(target))
			return fault(
			    k, from, "hyperlink to a place that is not allowed", SK_SLICE_LIT(""));
		*rel = (struct sk_oo_rel){.kind = OO_LINK};
		return 0;
	}
	int at = resolve(k, from ? folder(from->member->name) : SK_SLICE_LIT(""), target);
	if (at < 0)
		return fault(k, from, "relationship leads to no part", target);
	*rel = (struct sk_oo_rel){.kind = k->parts[at].kind, .target = (uint32_t)at};
	if (!sk_oo_kind_has_rel(rel->kind, x->attrs[1].value))
		return fault(k, from, "relationship type does not fit its part", target);
	return 0;
}

static int read_root(struct sk_oo_pkg *k, struct sk_oo_part *from)
{
	const struct sk_vx *x = k->xml;
	int ev = sk_vx_next(k->xml);

	if (ev < 0)
		return ev;
	if (ev != SK_VX_START || !sk_slice_is(x->name, "Relationships") || x->nattrs != 1 ||
	    !sk_slice_is(x->attrs[0].name, "xmlns") || !sk_slice_is(x->attrs[0].value, RELS_NS))
		return fault(k, from, "root element is not that of relationships", x->name);
	return 0;
}

/* All relationships of one member; from == NULL is the package. */
static int read_file(struct sk_oo_pkg *k, const struct sk_vz_member *m, struct sk_oo_part *from,
    struct sk_oo_rel **rels, size_t *count)
{
	struct sk_slice bytes;
	size_t cap = 0, n = 0;
	int ev, rc = sk_vz_unpack(k->c, m, &k->space, &bytes);

	if (rc == 0)
		rc = sk_vx_check_chars(k->c, bytes);
	if (rc == 0)
		rc = sk_vx_begin(k->xml, k->c, bytes, SK_SLICE_LIT(SK_VX_DECL_STANDALONE));
	if (rc == 0)
		rc = read_root(k, from);
	while (rc == 0 && (ev = sk_vx_next(k->xml)) != SK_VX_DONE) {
		if (ev < 0)
			return ev;
		if (ev == SK_VX_END)
			continue;
		if (ev == SK_VX_TEXT || k->xml->depth != 2)
			return fault(k, from, "text or nested element among relationships",
			    SK_SLICE_LIT(""));
		if (n == MAX_RELS)
			return fault(k, from, "more relationships than allowed", SK_SLICE_LIT(""));
		*rels = sk_arena_grow(k->c->arena, *rels, &cap, n + 1, sizeof(**rels));
		if (*rels == NULL)
			return SK_ENOMEM;
		rc = read_rel(k, from, (unsigned)n + 1, &(*rels)[n]);
		n++;
	}
	if (rc == 0 && n == 0)
		return fault(k, from, "no relationship", SK_SLICE_LIT(""));
	*count = n;
	return rc;
}

static int check_targets(struct sk_oo_pkg *k, struct sk_oo_part *p)
{
	for (size_t i = 0; i < p->nrels; i++)
		if (!(sk_oo_kind_targets(p->kind) & OO_BIT(p->rels[i].kind)))
			return sk_oo_fail(k->c, p->rels_member->name, i,
			    "relationship that its part must not have", SK_SLICE_LIT(""));
	return 0;
}

/* The package leads to the main part, then perhaps to the core and to the app properties of a workbook. */
static int check_package(struct sk_oo_pkg *k, const struct sk_oo_rel *rels, size_t n)
{
	size_t i = 0;

	if (i < n && rels[i].kind == k->main_kind) {
		i++;
		i += i < n && rels[i].kind == OO_CORE;
		i += i < n && rels[i].kind == OO_APP && k->main_kind == OO_WORKBOOK;
	}
	if (i == 0 || i != n)
		return sk_oo_fail(k->c, SK_SLICE_LIT("_rels/.rels"), 0,
		    "package relationships are not as required", SK_SLICE_LIT(""));
	for (i = 0; i < n; i++)
		k->parts[rels[i].target].reached = true;
	return 0;
}

static int check_reached(struct sk_oo_pkg *k)
{
	uint32_t *queue = sk_arena_array(k->c->arena, k->nparts, sizeof(*queue));
	size_t head = 0, tail = 0;

	if (queue == NULL)
		return SK_ENOMEM;
	for (size_t i = 0; i < k->nparts; i++)
		if (k->parts[i].reached)
			queue[tail++] = (uint32_t)i;
	while (head < tail) {
		const struct sk_oo_part *p = &k->parts[queue[head++]];
		for (size_t i = 0; i < p->nrels; i++) {
			if (p->rels[i].kind == OO_LINK || k->parts[p->rels[i].target].reached)
				continue;
			k->parts[p->rels[i].target].reached = true;
			queue[tail++] = p->rels[i].target;
		}
	}
	for (size_t i = 0; i < k->nparts; i++)
		if (!k->parts[i].reached)
			return sk_oo_fail(k->c, k->parts[i].member->name, 0, "part is not reached",
			    SK_SLICE_LIT(""));
	return 0;
}

int sk_oo_read_rels(struct sk_oo_pkg *k)
{
	struct sk_oo_rel *rels = NULL;
	size_t n = 0;
	int rc = read_file(k, &k->zip.members[1], NULL, &rels, &n);

	if (rc == 0)
		rc = check_package(k, rels, n);
	for (size_t i = 0; rc == 0 && i < k->nparts; i++) {
		struct sk_oo_part *p = &k->parts[i];
		if (p->rels_member == NULL)
			continue;
		rc = read_file(k, p->rels_member, p, &p->rels, &p->nrels);
		if (rc == 0)
			rc = check_targets(k, p);
	}
	return rc ? rc : check_reached(k);
}

/* dsp:dataModelExt in the data of a diagram names the drawing among the relationships of who shows it. */
static int check_diagram(
    struct sk_oo_pkg *k, const struct sk_oo_part *p, const struct sk_oo_part *data)
{
	unsigned id = data->drawing;

	if (id == 0 || (id <= p->nrels && p->rels[id - 1].kind == OO_DIAGRAM_DRAWING))
		return 0;
	return sk_oo_fail(
	    k->c, p->member->name, id, "diagram names a drawing that is none", SK_SLICE_LIT(""));
}

int sk_oo_check_used(struct sk_oo_pkg *k)
{
	int rc = 0;

	for (size_t i = 0; i < k->nparts; i++) {
		const struct sk_oo_part *p = &k->parts[i];
		if (p->kind == OO_PIVOT_TABLE && p->nrels != 1)
			return sk_oo_fail(k->c, p->member->name, 0, "pivot table without its cache",
			    SK_SLICE_LIT(""));
		for (size_t j = 0; rc == 0 && j < p->nrels; j++) {
			const struct sk_oo_rel *r = &p->rels[j];
			if (!r->used && !sk_oo_kind_implied(p->kind, r->kind))
				return sk_oo_fail(k->c, p->rels_member->name, j + 1,
				    "relationship that the part does not name", SK_SLICE_LIT(""));
			if (r->kind == OO_DIAGRAM_DATA)
				rc = check_diagram(k, p, &k->parts[r->target]);
		}
	}
	return rc;
}

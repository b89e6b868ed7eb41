/*
 * A cleaned DXF into records, and its tables into what drawing needs of them (Autodesk's DXF Reference). Group codes and values
 * are what section 5 of the profile says; what is not there has the default of the reference. Cleaner's jail.
 */
#include "format/cad/dxf-draw.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <strings.h>

/* --- values --- */

static const struct dxf_pair *find(const struct dxf_record *r, int code)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->p[i].code == code)
			return &r->p[i];
	return NULL;
}

struct sk_slice dxf_string(const struct dxf_record *r, int code)
{
	const struct dxf_pair *p = find(r, code);

	return p ? p->v : sk_slice("", 0);
}

bool dxf_has(const struct dxf_record *r, int code)
{
	return find(r, code) != NULL;
}

double dxf_real(const struct dxf_record *r, int code, double missing)
{
	const struct dxf_pair *p = find(r, code);

	return p ? sk_cad_real(NULL, p->v) : missing;
}

int64_t dxf_int(const struct dxf_record *r, int code, int64_t missing)
{
	const struct dxf_pair *p = find(r, code);

	return p ? sk_cad_integer(p->v) : missing;
}

struct sk_xy dxf_point(const struct dxf_record *r, int code)
{
	return (struct sk_xy){dxf_real(r, code, 0), dxf_real(r, code + 10, 0)};
}

/* The arbitrary axis algorithm: a third axis alone decides the two others. */
struct sk_affine dxf_ocs(const struct dxf_record *r)
{
	double nx = dxf_real(r, 210, 0), ny = dxf_real(r, 220, 0), nz = dxf_real(r, 230, 1);
	double z = dxf_real(r, 38, dxf_real(r, 30, 0)), l = sqrt(nx * nx + ny * ny + nz * nz);

	if (!(l > 0) || (nx == 0 && ny == 0 && nz > 0))
		return SK_AFFINE_ONE;
	nx /= l;
	ny /= l;
	nz /= l;
	bool near_z = fabs(nx) < 1.0 / 64 && fabs(ny) < 1.0 / 64;
	double ax = near_z ? nz : -ny, ay = near_z ? 0 : nx, az = near_z ? -nx : 0;
	l = sqrt(ax * ax + ay * ay + az * az);
	ax /= l;
	ay /= l;
	az /= l;
	return (struct sk_affine){ax, ay, ny * az - nz * ay, nz * ax - nx * az, z * nx, z * ny};
}

/* --- names --- */

static int by_name(const void *a, const void *b)
{
	const struct dxf_name *x = a, *y = b;
	size_t n = x->name.n < y->name.n ? x->name.n : y->name.n;
	int d = n ? strncasecmp((const char *)x->name.p, (const char *)y->name.p, n) : 0;

	return d ? d : (x->name.n > y->name.n) - (x->name.n < y->name.n);
}

size_t dxf_find(const struct dxf_names *names, struct sk_slice name)
{
	const struct dxf_name want = {sk_cad_trim(name), 0};
	const struct dxf_name *got =
	    names->n ? bsearch(&want, names->v, names->n, sizeof(want), by_name) : NULL;

	return got ? got->i : SIZE_MAX;
}

static int add_name(struct dxf_drawing *d, struct dxf_names *names, struct sk_slice name, size_t i)
{
	struct dxf_name *more =
	    sk_arena_grow(d->job->arena, names->v, &names->cap, names->n + 1, sizeof(*more));

	if (more == NULL)
		return SK_ENOMEM;
	names->v = more;
	names->v[names->n++] = (struct dxf_name){sk_cad_trim(name), i};
	return 0;
}

static void sort_names(struct dxf_names *names)
{
	if (names->n)
		qsort(names->v, names->n, sizeof(*names->v), by_name);
}

/* --- colours --- */

/* AutoCAD's colour index: nine named, 24 hues in five shades and two saturations, six greys. */
uint32_t dxf_aci(int64_t i)
{
	static const uint32_t first[] = {0, 0xFF0000, 0xFFFF00, 0x00FF00, 0x00FFFF, 0x0000FF,
	    0xFF00FF, SK_CAD_COLOUR_FRONT, 0x808080, 0xC0C0C0};
	static const uint32_t greys[] = {
	    0x333333, 0x505050, 0x696969, 0x828282, 0xBEBEBE, SK_CAD_COLOUR_FRONT};
	static const double shades[] = {1, 0.65, 0.5, 0.3, 0.15};

	i = i < 0 ? -i : i;
	if (i < 10)
		return i ? first[i] : SK_CAD_COLOUR_FRONT;
	if (i >= 250)
		return greys[i > 255 ? 5 : i - 250];
	int64_t step = (i - 10) / 10; /* of 15 degrees */
	double hue = (double)step / 4, v = shades[i % 10 / 2];
	double part[3] = {fabs(hue - (hue > 3 ? 6 : 0)), fabs(hue - 2), fabs(hue - 4)};
	uint32_t rgb = 0;
	for (unsigned k = 0; k < 3; k++) {
		double s = fmin(1, fmax(0, 2 - part[k]));
		if (i % 2)
			s = 0.5 + s / 2;
		rgb = rgb << 8 | (uint32_t)lround(255 * v * s);
	}
	return rgb;
}

/* --- tables --- */

static int64_t colour_of(const struct dxf_record *r, int64_t missing)
{
	if (dxf_has(r, 420))
		return INT64_C(1) << 24 | (dxf_int(r, 420, 0) & 0xFFFFFF);
	return dxf_int(r, 62, missing);
}

#define ROOM(d, array) \
	((d)->array = sk_arena_grow((d)->job->arena, (d)->array, &(d)->array##_cap, \
	     (d)->n##array + 1, sizeof(*(d)->array)))

static int add_layer(struct dxf_drawing *d, const struct dxf_record *r)
{
	int64_t colour = dxf_int(r, 62, 7);

	if (ROOM(d, layers) == NULL)
		return SK_ENOMEM;
	d->layers[d->nlayers] = (struct dxf_layer){.off = colour < 0,
	    .frozen = dxf_int(r, 70, 0) & 1,
	    .colour = colour_of(r, 7),
	    .weight = (int)dxf_int(r, 370, -3),
	    .ltype = dxf_string(r, 6)};
	return add_name(d, &d->layer_names, dxf_string(r, 2), d->nlayers++);
}

static bool names(struct sk_slice font, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= font.n; i++)
		if (strncasecmp((const char *)font.p + i, word, n) == 0)
			return true;
	return false;
}

/* Letters of SHX fonts are as high as the text and their kanji no higher; those of TrueType fonts have one em. */
static struct sk_cad_look look_of(struct dxf_drawing *d, const struct dxf_record *r)
{
	struct sk_slice file = sk_cad_utf8(d->job, d->charset, dxf_string(r, 3));
	struct sk_slice family = sk_cad_utf8(d->job, d->charset, dxf_string(r, 1000));
	bool shx = family.n == 0 && !names(file, ".tt") && !names(file, ".ot");
	struct sk_cad_look look = {.latin = 1.37, .wide = shx ? 1.12 : 1.37};

	look.serif = names(file, "明朝") || names(family, "明朝") || names(file, "mincho") ||
		     names(family, "mincho") || names(file, "times") || names(family, "times");
	look.mono = names(family, "gothic") && !names(family, "pgothic");
	look.vertical = (dxf_int(r, 70, 0) & 4) || (family.n && family.p[0] == '@') ||
			(file.n && file.p[0] == '@');
	return look;
}

static int add_style(struct dxf_drawing *d, const struct dxf_record *r)
{
	if (ROOM(d, styles) == NULL)
		return SK_ENOMEM;
	d->styles[d->nstyles] = (struct dxf_style){
	    .look = look_of(d, r), .width = dxf_real(r, 41, 1), .oblique = dxf_real(r, 50, 0)};
	return add_name(d, &d->style_names, dxf_string(r, 2), d->nstyles++);
}

static int add_ltype(struct dxf_drawing *d, const struct dxf_record *r)
{
	if (ROOM(d, ltypes) == NULL)
		return SK_ENOMEM;
	struct sk_cad_dashes *l = &d->ltypes[d->nltypes];
	*l = (struct sk_cad_dashes){0};
	for (size_t i = 0; i < r->n && l->n + 2 < SK_CAD_DASHES; i++) {
		if (r->p[i].code != 49)
			continue;
		double v = sk_cad_real(NULL, r->p[i].v);
		/* Dashes are positive, gaps negative, dots nothing; they need not take turns. */
		if ((v < 0) != (l->n % 2 == 1))
			l->v[l->n++] = 0;
		l->v[l->n++] = fabs(v);
	}
	if (l->n % 2)
		l->v[l->n++] = 0;
	return add_name(d, &d->ltype_names, dxf_string(r, 2), d->nltypes++);
}

static int table_record(struct dxf_drawing *d, const struct dxf_record *r)
{
	if (sk_slice_is(r->name, "LAYER"))
		return add_layer(d, r);
	if (sk_slice_is(r->name, "STYLE"))
		return add_style(d, r);
	return sk_slice_is(r->name, "LTYPE") ? add_ltype(d, r) : 0;
}

/* --- blocks --- */

static bool starts_with(struct sk_slice s, const char *head)
{
	size_t n = strlen(head);

	return s.n >= n && strncasecmp((const char *)s.p, head, n) == 0;
}

static int add_block(struct dxf_drawing *d, size_t first, size_t end)
{
	const struct dxf_record *r = &d->records[first];
	struct sk_slice name = sk_cad_trim(dxf_string(r, 2));

	if (ROOM(d, blocks) == NULL)
		return SK_ENOMEM;
	d->blocks[d->nblocks] = (struct dxf_block){first + 1, end, dxf_point(r, 10)};
	/* The layouts that were not open when the drawing was saved. */
	if (starts_with(name, "*PAPER_SPACE") && end > first + 1) {
		if (ROOM(d, pages) == NULL)
			return SK_ENOMEM;
		d->pages[d->npages++] = d->nblocks;
	}
	return add_name(d, &d->block_names, name, d->nblocks++);
}

static int read_blocks(struct dxf_drawing *d, size_t from, size_t to)
{
	int rc = 0;

	for (size_t i = from, end; i < to && rc == 0; i = end + 1) {
		for (end = i; end < to && !sk_slice_is(d->records[end].name, "ENDBLK");)
			end++;
		if (sk_slice_is(d->records[i].name, "BLOCK"))
			rc = add_block(d, i, end);
	}
	return rc;
}

/* --- sections --- */

static double unit_of(int64_t insunits)
{
	static const double mm[] = {0, 25.4, 304.8, 1609344, 1, 10, 1000, 1e6, 25.4e-6, 25.4e-3,
	    914.4, 1e-7, 1e-6, 1e-3, 100, 1e4, 1e5, 1e12};

	if (insunits > 0 && insunits < (int64_t)(sizeof(mm) / sizeof(mm[0])))
		return mm[insunits];
	return 0;
}

static struct sk_slice variable(const struct dxf_record *header, const char *name)
{
	for (size_t i = 0; i + 1 < header->n; i++)
		if (header->p[i].code == 9 && sk_slice_is(sk_cad_trim(header->p[i].v), name))
			return header->p[i + 1].v;
	return sk_slice("", 0);
}

static void read_header(struct dxf_drawing *d, const struct dxf_record *r)
{
	struct sk_slice v = variable(r, "$LTSCALE");

	if (v.n && sk_cad_real(NULL, v) > 0)
		d->ltscale = sk_cad_real(NULL, v);
	d->unit_mm = unit_of(sk_cad_integer(variable(r, "$INSUNITS")));
	d->point_mode = (int)sk_cad_integer(variable(r, "$PDMODE"));
	d->point_size = sk_cad_real(NULL, variable(r, "$PDSIZE"));
}

static int read_section(struct dxf_drawing *d, size_t at, size_t to)
{
	struct sk_slice name = sk_cad_trim(dxf_string(&d->records[at], 2));
	int rc = 0;

	if (sk_slice_is(name, "HEADER"))
		read_header(d, &d->records[at]);
	for (size_t i = at + 1; sk_slice_is(name, "TABLES") && i < to && rc == 0; i++)
		rc = table_record(d, &d->records[i]);
	if (sk_slice_is(name, "BLOCKS"))
		rc = read_blocks(d, at + 1, to);
	if (sk_slice_is(name, "ENTITIES")) {
		d->from = at + 1;
		d->to = to;
	}
	return rc;
}

/* --- lines --- */

static size_t line(struct sk_slice in, size_t at, struct sk_slice *out)
{
	const uint8_t *end = at < in.n ? memchr(in.p + at, '\n', in.n - at) : NULL;
	size_t stop = end ? (size_t)(end - in.p) : in.n;

	*out = sk_slice_sub(in, at, stop - at);
	if (out->n && out->p[out->n - 1] == '\r')
		out->n--;
	return stop + 1;
}

static int read_pairs(struct dxf_drawing *d, struct sk_slice in)
{
	size_t n = 0;

	for (size_t i = 0; i < in.n; i++)
		n += in.p[i] == '\n';
	d->pairs = sk_arena_array(d->job->arena, n / 2 + 1, sizeof(*d->pairs));
	if (d->pairs == NULL)
		return SK_ENOMEM;
	for (size_t at = 0; at < in.n && d->npairs < n / 2 + 1;) {
		struct sk_slice code;
		struct dxf_pair *p = &d->pairs[d->npairs++];
		at = line(in, at, &code);
		at = line(in, at, &p->v);
		p->code = (int)sk_cad_integer(sk_cad_trim(code));
	}
	return 0;
}

static int split(struct dxf_drawing *d)
{
	for (size_t i = 0; i < d->npairs; i++) {
		if (d->pairs[i].code == 0) {
			if (ROOM(d, records) == NULL)
				return SK_ENOMEM;
			d->records[d->nrecords++] =
			    (struct dxf_record){&d->pairs[i] + 1, 0, sk_cad_trim(d->pairs[i].v)};
		} else if (d->nrecords) {
			d->records[d->nrecords - 1].n++;
		}
	}
	return 0;
}

int dxf_load(struct dxf_drawing *d, struct sk_slice in)
{
	int rc = read_pairs(d, in);

	rc = rc ? rc : split(d);
	for (size_t i = 0, to; i < d->nrecords && rc == 0; i = to + 1) {
		for (to = i; to < d->nrecords && !sk_slice_is(d->records[to].name, "ENDSEC");)
			to++;
		if (sk_slice_is(d->records[i].name, "SECTION"))
			rc = read_section(d, i, to);
	}
	sort_names(&d->layer_names);
	sort_names(&d->style_names);
	sort_names(&d->ltype_names);
	sort_names(&d->block_names);
	for (size_t i = d->from; i < d->to && !d->paper; i++)
		d->paper = dxf_int(&d->records[i], 67, 0) == 1 &&
			   !sk_slice_is(d->records[i].name, "VIEWPORT");
	return rc;
}

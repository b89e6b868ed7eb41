/* The page tree (ISO 32000-1, 7.7.3) and its pages. Cleaner's jail. */
#include "format/pdf/pdf.h"

#include "format/image/image.h"

/* Levels of the page tree, and visits of its nodes: those may share kids, so that few stand for very many. */
enum { MAX_TREE = 60, MAX_NODES = 10 * SK_LIMIT_PAGES };

static const char *const inherited_keys[SK_PDF_INHERITED] = {
    "Resources", "MediaBox", "CropBox", "Rotate"};

static bool add_page(struct sk_pdf *x, const struct sk_pdf_val *dict, struct sk_pdf_in *in,
    const struct sk_pdf_val *const *above)
{
	if (x->npages >= x->job->limits->pages)
		return sk_pdf_fatal(x, sk_job_refuse(x->job, SK_REASON_LIMIT_PAGES, "more than %u",
					   x->job->limits->pages));
	struct sk_pdf_page *p =
	    sk_arena_grow(x->arena, x->pages, &x->cappages, x->npages + 1, sizeof(*p));
	struct sk_pdf_out *o = sk_pdf_new(x, sk_pdf_vdict());
	if (p == NULL || o == NULL)
		return sk_pdf_fatal(x, SK_ENOMEM);
	x->pages = p;
	p += x->npages++;
	*p = (struct sk_pdf_page){.dict = dict, .out = o};
	memcpy(p->inherited, above, sizeof(p->inherited));
	if (in && in->page == NULL)
		in->page = o;
	return true;
}

static void walk(struct sk_pdf *x, const struct sk_pdf_val *raw,
    const struct sk_pdf_val *const *above, unsigned depth)
{
	const struct sk_pdf_val *here[SK_PDF_INHERITED];
	struct sk_pdf_in *in = NULL;
	const struct sk_pdf_val *v = sk_pdf_resolve(x, raw, &in);

	if (v == NULL || v->kind != SK_PDF_DICT || depth > MAX_TREE || (in && in->busy)) {
		sk_pdf_removed(x, SK_PDF_DAMAGED);
		return;
	}
	if (++x->visits > MAX_NODES) {
		sk_pdf_fatal(
		    x, sk_job_refuse(x->job, SK_REASON_LIMIT_PAGES, "page tree without end"));
		return;
	}
	for (int i = 0; i < SK_PDF_INHERITED; i++) {
		const struct sk_pdf_val *own = sk_pdf_get(x, v, inherited_keys[i]);
		here[i] = own ? own : above[i];
	}
	const struct sk_pdf_val *kids = sk_pdf_get_kind(x, v, "Kids", SK_PDF_ARRAY);
	if (kids == NULL || sk_pdf_is(sk_pdf_get(x, v, "Type"), "Page")) {
		if (!sk_pdf_is(sk_pdf_get(x, v, "Type"), "Pages"))
			add_page(x, v, in, here);
		return;
	}
	if (in)
		in->busy = true;
	for (uint32_t i = 0; i < kids->n && x->rc == 0; i++)
		walk(x, &kids->v[i], here, depth + 1);
	if (in)
		in->busy = false;
}

/* Pages that no tree leads to any more, in the order of their numbers. */
static void scan(struct sk_pdf *x, int64_t size)
{
	static const struct sk_pdf_val *const nothing[SK_PDF_INHERITED];

	for (int64_t i = 1; i < size && x->rc == 0; i++) {
		struct sk_pdf_in *in = sk_pdf_object(x, i, 0);
		if (in && !in->stream && sk_pdf_is(sk_pdf_get(x, &in->val, "Type"), "Page"))
			add_page(x, &in->val, in, nothing);
	}
}

bool sk_pdf_find_pages(struct sk_pdf *x, const struct sk_pdf_val *root)
{
	static const struct sk_pdf_val *const nothing[SK_PDF_INHERITED];
	const struct sk_pdf_val *pages = sk_pdf_raw(root, "Pages");

	if (pages)
		walk(x, pages, nothing, 0);
	if (x->npages == 0 && x->rc == 0 && x->size > 0) {
		scan(x, x->size);
		sk_pdf_removed(x, SK_PDF_DAMAGED);
	}
	return x->npages > 0 && x->rc == 0;
}

/* --- one page --- */

/* All parts of Contents, one after the other. */
static void gather(struct sk_pdf *x, const struct sk_pdf_val *page, struct sk_buf *all)
{
	const struct sk_pdf_val *raw = sk_pdf_raw(page, "Contents"),
				*v = sk_pdf_resolve(x, raw, NULL);
	uint32_t n = v == NULL ? 0 : v->kind == SK_PDF_ARRAY ? v->n : 1;

	for (uint32_t i = 0; i < n && x->rc == 0; i++) {
		struct sk_arena *was = sk_pdf_scratch(x);
		struct sk_pdf_in *in = NULL;
		struct sk_slice s;
		sk_pdf_resolve(x, v->kind == SK_PDF_ARRAY ? &v->v[i] : raw, &in);
		if (in && in->stream && sk_pdf_plain(x, in, &s)) {
			sk_buf_put_slice(all, s);
			sk_buf_putc(all, '\n');
		} else {
			sk_pdf_removed(
			    x, in && sk_pdf_raw(&in->val, "F") ? SK_PDF_EXTERNAL : SK_PDF_DAMAGED);
		}
		sk_pdf_scratch_end(x, was);
	}
	if (all->err)
		sk_pdf_fatal(x, SK_ENOMEM);
}

static void filter(
    struct sk_pdf *x, const struct sk_pdf_val *page, struct sk_pdf_resources *r, struct sk_buf *out)
{
	struct sk_buf all = SK_BUF(SK_LIMIT_MEMBER);
	struct sk_arena *was = sk_pdf_scratch(x);

	gather(x, page, &all);
	if (x->rc == 0)
		sk_pdf_content(x, sk_buf_slice(&all), r, SK_PDF_STREAM, out);
	sk_pdf_scratch_end(x, was);
	sk_buf_free(&all);
}

static const struct sk_pdf_rule page_rules[] = {
    {"BleedBox", SK_PDF_R_RECT},
    {"TrimBox", SK_PDF_R_RECT},
    {"ArtBox", SK_PDF_R_RECT},
    {"UserUnit", SK_PDF_R_NUM},
    {"Group", SK_PDF_R_FN, .fn = sk_pdf_build_group},
    {"StructParents", SK_PDF_R_INT, .max = INT32_MAX},
    {"Tabs", SK_PDF_R_NAMES, .arg = "R C S"},
    {NULL},
};

static int rotation(const struct sk_pdf_page *p)
{
	double d = 0;

	if (!sk_pdf_number(p->inherited[SK_PDF_ROTATE], &d) || d < -36000 || d > 36000)
		return 0;
	int r = ((int)d % 360 + 360) % 360;
	return r % 90 ? 0 : r;
}

static void put_boxes(struct sk_pdf *x, const struct sk_pdf_page *p, struct sk_pdf_val *out)
{
	const struct sk_pdf_val *media = p->inherited[SK_PDF_MEDIABOX],
				*crop = p->inherited[SK_PDF_CROPBOX];
	struct sk_pdf_val v;

	if (media == NULL || !sk_pdf_build_rect(x, media, &v)) {
		v = sk_pdf_varray();
		sk_pdf_push(x, &v, sk_pdf_vint(0));
		sk_pdf_push(x, &v, sk_pdf_vint(0));
		sk_pdf_push(x, &v, sk_pdf_vint(612));
		sk_pdf_push(x, &v, sk_pdf_vint(792));
	}
	sk_pdf_put(x, out, "MediaBox", v);
	if (crop && sk_pdf_build_rect(x, crop, &v))
		sk_pdf_put(x, out, "CropBox", v);
	if (rotation(p))
		sk_pdf_put(x, out, "Rotate", sk_pdf_vint(rotation(p)));
}

static bool handled(const struct sk_pdf_val *key)
{
	return sk_pdf_listed(key, "Type Parent MediaBox CropBox Rotate Resources Contents Annots");
}

static void put_rest(struct sk_pdf *x, const struct sk_pdf_page *p, struct sk_pdf_val *out)
{
	struct sk_pdf_val rest = sk_pdf_vdict();

	for (uint32_t i = 0; i < p->dict->n; i++)
		if (!handled(&p->dict->v[2 * i]))
			sk_pdf_put_name(x, &rest, p->dict->v[2 * i], p->dict->v[2 * i + 1]);
	sk_pdf_dict(x, &rest, page_rules, out);
	struct sk_pdf_val *u = (struct sk_pdf_val *)(uintptr_t)sk_pdf_raw(out, "UserUnit");
	double d;
	if (u && (!sk_pdf_number(u, &d) || d <= 0 || d > 1e6))
		*u = sk_pdf_vint(1);
}

static void put_contents(
    struct sk_pdf *x, const struct sk_buf *page, const struct sk_buf *drawn, struct sk_pdf_val *out)
{
	struct sk_pdf_out *o = sk_pdf_new(x, sk_pdf_vdict());
	struct sk_buf all = SK_BUF(SK_LIMIT_MEMBER);

	if (o && drawn->len) { /* the page's own drawing must not change where fields stand */
		sk_buf_puts(&all, "q\n");
		sk_buf_put(&all, page->p, page->len);
		sk_buf_puts(&all, "Q\n");
		sk_buf_put(&all, drawn->p, drawn->len);
		if (all.err)
			sk_pdf_fatal(x, SK_ENOMEM);
		else
			sk_pdf_pack(x, o, sk_buf_slice(&all));
	} else if (o) {
		sk_pdf_pack(x, o, page->len ? sk_buf_slice(page) : SK_SLICE_LIT(""));
	}
	sk_buf_free(&all);
	if (o)
		sk_pdf_put(x, out, "Contents", sk_pdf_vout(o));
}

/* --- a page as a picture --- */

static struct sk_pdf_out *picture(struct sk_pdf *x, const struct sk_pixmap *p)
{
	struct sk_buf b = SK_BUF(x->job->limits->output);
	struct sk_pdf_val v = sk_pdf_vdict();
	int rc = sk_jpeg_encode(p, 85, 0, &b);

	if (rc) {
		sk_pdf_fatal(x, rc);
		return NULL;
	}
	sk_pdf_put(x, &v, "Type", sk_pdf_vname("XObject"));
	sk_pdf_put(x, &v, "Subtype", sk_pdf_vname("Image"));
	sk_pdf_put(x, &v, "Width", sk_pdf_vint(p->width));
	sk_pdf_put(x, &v, "Height", sk_pdf_vint(p->height));
	sk_pdf_put(x, &v, "ColorSpace", sk_pdf_device(p->channels));
	sk_pdf_put(x, &v, "BitsPerComponent", sk_pdf_vint(8));
	sk_pdf_put(x, &v, "Filter", sk_pdf_vname("DCTDecode"));
	struct sk_pdf_out *o = sk_pdf_new(x, v);
	if (o) {
		o->data = sk_arena_dup(x->arena, b.p, b.len);
		o->n = b.len;
		if (o->data == NULL)
			sk_pdf_fatal(x, SK_ENOMEM);
	}
	sk_buf_free(&b);
	return x->rc ? NULL : o;
}

/* The picture over the visible box, turned back by what the page is turned. */
static void place(struct sk_pdf *x, const struct sk_pdf_val *out, int turn, struct sk_buf *b)
{
	const struct sk_pdf_val *box = sk_pdf_raw(out, "CropBox");
	double d[4] = {0, 0, 612, 792};

	sk_pdf_numbers(x, box ? box : sk_pdf_raw(out, "MediaBox"), d, 4);
	double w = d[2] - d[0], h = d[3] - d[1];
	double m[4][6] = {{w, 0, 0, h, d[0], d[1]}, {0, h, -w, 0, d[2], d[1]},
	    {-w, 0, 0, -h, d[2], d[3]}, {0, -h, w, 0, d[0], d[3]}};
	for (int i = 0; i < 6; i++) {
		if (i)
			sk_buf_putc(b, ' ');
		sk_pdf_print_real(b, m[turn / 90][i]);
	}
	sk_buf_puts(b, " cm\n/R1 Do\n");
}

static void flatten(struct sk_pdf *x, size_t index, struct sk_pdf_val *out)
{
	const struct sk_pdf_page *p = &x->pages[index];
	struct sk_buf content = SK_BUF(4096), none = SK_BUF(4096);
	struct sk_pdf_resources r;
	struct sk_pixmap pix = {0};
	struct sk_arena *keep = x->job->arena, *was = sk_pdf_scratch(x);

	if (x->job->services == NULL || x->job->services->render_page == NULL) {
		sk_pdf_fatal(x, sk_job_refuse(x->job, SK_REASON_DAMAGED,
				    "a font of %s cannot be rebuilt", x->where));
	} else {
		x->job->arena = x->tmp;
		int rc =
		    x->job->services->render_page(x->job, x->bytes, (uint32_t)index, 150, &pix);
		x->job->arena = keep;
		if (rc)
			sk_pdf_fatal(x, rc == SK_EFORMAT ? sk_job_refuse(x->job, SK_REASON_DAMAGED,
							       "%s cannot be drawn", x->where)
							 : rc);
	}
	struct sk_pdf_out *o = x->rc ? NULL : picture(x, &pix);
	sk_pdf_scratch_end(x, was);
	if (o == NULL)
		return;
	sk_pdf_removed(x, SK_PDF_PAGE_FLATTENED);
	sk_pdf_resources_init(x, &r, NULL);
	sk_pdf_resource_add(x, &r, SK_PDF_RES_XOBJECT, sk_pdf_vout(o));
	place(x, out, rotation(p), &content);
	sk_pdf_put(x, out, "Resources", sk_pdf_resources_out(x, &r));
	put_contents(x, &content, &none, out);
	sk_buf_free(&content);
}

/* The picture shows the other annotations; the structure tree must not find them any more. */
static struct sk_pdf_val only_links(struct sk_pdf *x, const struct sk_pdf_val *annots)
{
	struct sk_pdf_val links = sk_pdf_varray();

	for (uint32_t i = 0; i < annots->n; i++) {
		struct sk_pdf_out *o = annots->v[i].out;
		if (sk_pdf_is(sk_pdf_raw(&o->val, "Subtype"), "Link"))
			sk_pdf_push(x, &links, annots->v[i]);
		else
			o->state = SK_PDF_FAILED;
	}
	return links;
}

static void build_page(struct sk_pdf *x, size_t index, struct sk_pdf_out *node)
{
	struct sk_pdf_page *p = &x->pages[index];
	struct sk_buf content = SK_BUF(SK_LIMIT_MEMBER), drawn = SK_BUF(SK_LIMIT_MEMBER);
	struct sk_pdf_val *out = &p->out->val, annots = sk_pdf_varray();
	const struct sk_pdf_val *res = p->inherited[SK_PDF_RESOURCES];
	struct sk_pdf_resources r;

	x->bad_font = false;
	x->page_resources = res && res->kind == SK_PDF_DICT ? res : NULL;
	sk_pdf_put(x, out, "Type", sk_pdf_vname("Page"));
	sk_pdf_put(x, out, "Parent", sk_pdf_vout(node));
	put_boxes(x, p, out);
	put_rest(x, p, out);
	sk_pdf_resources_init(x, &r, x->page_resources);
	filter(x, p->dict, &r, &content);
	sk_pdf_build_annotations(x, p->dict, &annots, &r, &drawn);
	if (x->bad_font && x->rc == 0) {
		annots = only_links(x, &annots);
		flatten(x, index, out);
	} else if (x->rc == 0) {
		r.operators = 0; /* as long as the file, not longer */
		sk_pdf_check_load(x, &r, sk_pdf_raw(out, "MediaBox"), &annots);
		sk_pdf_put(x, out, "Resources", sk_pdf_resources_out(x, &r));
		put_contents(x, &content, &drawn, out);
	}
	if (annots.n)
		sk_pdf_put(x, out, "Annots", annots);
	sk_buf_free(&content);
	sk_buf_free(&drawn);
}

bool sk_pdf_build_pages(struct sk_pdf *x, struct sk_pdf_val *catalog)
{
	struct sk_pdf_out *node = sk_pdf_new(x, sk_pdf_vdict());
	struct sk_pdf_val kids = sk_pdf_varray();

	if (node == NULL)
		return false;
	for (size_t i = 0; i < x->npages && x->rc == 0; i++) {
		snprintf(x->where, sizeof(x->where), "page %zu", i + 1);
		sk_job_done(x->job, i, x->npages);
		build_page(x, i, node);
		sk_pdf_push(x, &kids, sk_pdf_vout(x->pages[i].out));
	}
	x->where[0] = 0;
	sk_pdf_put(x, &node->val, "Type", sk_pdf_vname("Pages"));
	sk_pdf_put(x, &node->val, "Kids", kids);
	sk_pdf_put(x, &node->val, "Count", sk_pdf_vint((int64_t)x->npages));
	sk_pdf_put(x, catalog, "Pages", sk_pdf_vout(node));
	return x->rc == 0;
}

/*
 * Document level (ISO 32000-1, 7.7, 8.11, 12.2 to 12.4): catalog, page list, pages, destinations, page labels,
 * layers, viewer preferences. Verifier's jail.
 */
#include <strings.h>

#include "verify/pdf/pdf.h"

enum { MAX_ORDER_LEVELS = 10, MAX_URI = 2083 };

static bool is_ref_to(const struct sk_pv *p, const struct sk_pv_val *v, enum sk_pv_type type)
{
	return v->kind == SK_PV_VREF && p->objs[v->i].type == type;
}

/* The pages are claimed before anything that points to them is checked. */
static int kids(struct sk_pv *p, const struct sk_pv_val *v)
{
	if (v->kind != SK_PV_VARRAY || v->n == 0 || v->n > SK_LIMIT_PAGES)
		return sk_pv_fail(p, "page list is empty or too long");
	for (uint32_t i = 0; i < v->n; i++) {
		const struct sk_pv_val *kid = &v->kids[i];
		if (is_ref_to(p, kid, SK_PV_PAGE))
			return sk_pv_fail(p, "page %lld is in the list twice", (long long)kid->i);
		int rc = sk_pv_want(p, kid, SK_PV_PAGE);
		if (rc)
			return rc;
		p->objs[kid->i].note = p->cur;
	}
	return 0;
}

static int pages(struct sk_pv *p, uint32_t num)
{
	static const struct sk_pv_rule rules[] = {
	    {K("Type"), NAMED("Pages"), MUST},
	    {K("Kids"), CALL(kids), MUST},
	    {K("Count"), INT(1, SK_LIMIT_PAGES), MUST},
	    {0},
	};
	const struct sk_pv_val *v = p->objs[num].val;
	uint32_t from = p->cur;
	int rc = sk_pv_claim(p, num, SK_PV_PAGES, NULL);

	if (rc)
		return rc;
	p->cur = num;
	rc =
	    p->objs[num].data ? sk_pv_fail(p, "is a stream") : sk_pv_dict(p, v, rules, "page list");
	if (rc == 0 && sk_pv_get(v, "Count")->i != sk_pv_get(v, "Kids")->n)
		rc = sk_pv_fail(p, "Count is not the number of pages");
	p->cur = from;
	return rc;
}

int sk_pv_dest(struct sk_pv *p, const struct sk_pv_val *v)
{
	static const struct {
		const char *name;
		uint32_t n;
		bool null; /* numbers may be null */
	} kinds[] = {{"XYZ", 3, true}, {"Fit", 0, false}, {"FitH", 1, true}, {"FitV", 1, true},
	    {"FitR", 4, false}, {"FitB", 0, false}, {"FitBH", 1, true}, {"FitBV", 1, true}};

	if (v->kind != SK_PV_VARRAY || v->n < 2 || !is_ref_to(p, &v->kids[0], SK_PV_PAGE))
		return sk_pv_fail(p, "destination does not start with a page");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!sk_pv_is(&v->kids[1], kinds[i].name) || v->n != 2 + kinds[i].n)
			continue;
		for (uint32_t k = 2; k < v->n; k++)
			if (!sk_pv_number(&v->kids[k]) &&
			    !(kinds[i].null && v->kids[k].kind == SK_PV_VNULL))
				return sk_pv_fail(p, "destination has a wrong number");
		return 0;
	}
	return sk_pv_fail(p, "destination of an unknown kind");
}

static bool good_uri(struct sk_slice s)
{
	if (!sk_slice_starts(s, SK_SLICE_LIT("http://")) &&
	    !sk_slice_starts(s, SK_SLICE_LIT("https://")) &&
	    !sk_slice_starts(s, SK_SLICE_LIT("mailto:")))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x21 || s.p[i] > 0x7e || strchr("\"<>\\", s.p[i]))
			return false;
	return true;
}

/* RFC 6068: behind the address only a subject, a text and open copies. */
static bool good_mail(struct sk_slice s)
{
	const uint8_t *p = s.n ? memchr(s.p, '?', s.n) : NULL, *end = s.p + s.n;

	while (p) {
		struct sk_slice field = sk_slice(p + 1, (size_t)(end - p - 1));
		bool known = false;
		for (unsigned i = 0; i < 3; i++) {
			static const char fields[3][9] = {"cc=", "body=", "subject="};
			size_t n = strlen(fields[i]);
			known = known || (field.n >= n &&
					     strncasecmp((const char *)field.p, fields[i], n) == 0);
		}
		if (!known)
			return false;
		p = memchr(field.p, '&', field.n);
	}
	return true;
}

static int uri(struct sk_pv *p, const struct sk_pv_val *v)
{
	uint8_t text[MAX_URI + 1];

	if (v->kind != SK_PV_VSTRING)
		return sk_pv_fail(p, "URI is not a string");
	size_t n = sk_pv_unescape(SK_PV_STRING, sk_slice(v->text, v->n), text, sizeof(text));
	if (n > MAX_URI || !good_uri(sk_slice(text, n)))
		return sk_pv_fail(p, "URI is not a plain http, https or mailto address");
	if (text[0] == 'm' && !good_mail(sk_slice(text, n)))
		return sk_pv_fail(p, "mail address with fields that are not allowed");
	return 0;
}

int sk_pv_uri_action(struct sk_pv *p, const struct sk_pv_val *v)
{
	static const struct sk_pv_rule rules[] = {
	    {K("S"), NAMED("URI"), MUST},
	    {K("URI"), CALL(uri), MUST},
	    {0},
	};

	return sk_pv_dict(p, v, rules, "action");
}

/* Names in the order of their bytes, none twice. */
static int dests(struct sk_pv *p, const struct sk_pv_val *v)
{
	uint8_t name[2][128];
	size_t n[2] = {0, 0};
	int rc = 0;

	if (v->kind != SK_PV_VDICT || v->n == 0)
		return sk_pv_fail(p, "Dests is not a dictionary with entries");
	for (uint32_t i = 0; rc == 0 && i < v->n; i++) {
		const struct sk_pv_val *key = &v->kids[2 * i];
		unsigned now = i % 2, old = 1 - now;
		n[now] = sk_pv_unescape(SK_PV_NAME, sk_slice(key->text, key->n), name[now], 128);
		size_t least = n[now] < n[old] ? n[now] : n[old];
		int order = i ? memcmp(name[old], name[now], least) : -1;
		if (order > 0 || (order == 0 && n[old] >= n[now]))
			return sk_pv_fail(p, "Dests are not sorted");
		rc = sk_pv_dest(p, key + 1);
	}
	return rc;
}

static int page_labels(struct sk_pv *p, const struct sk_pv_val *v)
{
	static const struct sk_pv_rule label[] = {
	    {K("S"), NAMED("D R r A a")},
	    {K("P"), STRING},
	    {K("St"), INT(1, 2147483647)},
	    {0},
	};
	const struct sk_pv_val *nums = sk_pv_get(v, "Nums");
	int64_t before = -1;
	int rc = 0;

	if (v->kind != SK_PV_VDICT || v->n != 1 || nums == NULL || nums->kind != SK_PV_VARRAY ||
	    nums->n % 2)
		return sk_pv_fail(p, "PageLabels is not a list of numbers and labels");
	for (uint32_t i = 0; rc == 0 && i < nums->n; i += 2) {
		const struct sk_pv_val *k = &nums->kids[i];
		if (k->kind != SK_PV_VINT || k->i <= before)
			return sk_pv_fail(p, "PageLabels do not rise");
		before = k->i;
		rc = sk_pv_dict(p, k + 1, label, "page label");
	}
	return rc;
}

static int viewer_preferences(struct sk_pv *p, const struct sk_pv_val *v)
{
	static const struct sk_pv_rule rules[] = {
	    {K("HideToolbar"), BOOL},
	    {K("HideMenubar"), BOOL},
	    {K("HideWindowUI"), BOOL},
	    {K("FitWindow"), BOOL},
	    {K("CenterWindow"), BOOL},
	    {K("DisplayDocTitle"), BOOL},
	    {K("PickTrayByPDFSize"), BOOL},
	    {K("Direction"), NAMED("L2R R2L")},
	    {K("PrintScaling"), NAMED("None AppDefault")},
	    {K("Duplex"), NAMED("Simplex DuplexFlipShortEdge DuplexFlipLongEdge")},
	    {K("NumCopies"), INT(1, 99)},
	    {0},
	};

	return sk_pv_dict(p, v, rules, "ViewerPreferences");
}

static int mark_info(struct sk_pv *p, const struct sk_pv_val *v)
{
	static const struct sk_pv_rule rules[] = {{K("Marked"), BOOL}, {K("Suspects"), BOOL}, {0}};

	return sk_pv_dict(p, v, rules, "MarkInfo");
}

static int ocgs(struct sk_pv *p, const struct sk_pv_val *v)
{
	int rc = 0;

	if (v->kind != SK_PV_VARRAY || v->n == 0)
		return sk_pv_fail(p, "OCGs is not a list of layers");
	for (uint32_t i = 0; rc == 0 && i < v->n; i++) {
		rc = sk_pv_want(p, &v->kids[i], SK_PV_OCG);
		if (rc == 0 && (p->objs[v->kids[i].i].flags & SK_PV_IN_OCGS))
			rc = sk_pv_fail(p, "layer is listed twice");
		if (rc == 0)
			p->objs[v->kids[i].i].flags |= SK_PV_IN_OCGS;
	}
	return rc;
}

static int order_level(struct sk_pv *p, const struct sk_pv_val *v, unsigned level)
{
	int rc = 0;

	if (v->kind != SK_PV_VARRAY || level > MAX_ORDER_LEVELS)
		return sk_pv_fail(p, "order of layers is not a list, or nests too deeply");
	for (uint32_t i = 0; rc == 0 && i < v->n; i++) {
		const struct sk_pv_val *kid = &v->kids[i];
		if (kid->kind == SK_PV_VARRAY)
			rc = order_level(p, kid, level + 1);
		else if (kid->kind != SK_PV_VSTRING)
			rc = sk_pv_want(p, kid, SK_PV_OCG);
	}
	return rc;
}

static int order(struct sk_pv *p, const struct sk_pv_val *v)
{
	return order_level(p, v, 1);
}

static int oc_config(struct sk_pv *p, const struct sk_pv_val *v)
{
	static const struct sk_pv_rule rules[] = {{K("Order"), CALL(order)}, {0}};

	return sk_pv_dict(p, v, rules, "layer configuration");
}

static int oc_properties(struct sk_pv *p, const struct sk_pv_val *v)
{
	static const struct sk_pv_rule rules[] = {
	    {K("OCGs"), CALL(ocgs), MUST},
	    {K("D"), CALL(oc_config), MUST},
	    {0},
	};

	return sk_pv_dict(p, v, rules, "OCProperties");
}

int sk_pv_ocg(struct sk_pv *p, const struct sk_pv_val *v)
{
	static const struct sk_pv_rule rules[] = {
	    {K("Type"), NAMED("OCG"), MUST},
	    {K("Name"), STRING, MUST},
	    {0},
	};

	return sk_pv_dict(p, v, rules, "layer");
}

static int outlines(struct sk_pv *p, const struct sk_pv_val *v)
{
	if (v->kind != SK_PV_VREF)
		return sk_pv_fail(p, "Outlines is not a reference");
	return sk_pv_outlines(p, v);
}

static int done(struct sk_pv *p, const struct sk_pv_val *v)
{
	return v->kind == SK_PV_VREF ? 0 : sk_pv_fail(p, "Pages is not a reference");
}

int sk_pv_catalog(struct sk_pv *p, const struct sk_pv_val *v)
{
	static const struct sk_pv_rule rules[] = {
	    {K("Type"), NAMED("Catalog"), MUST},
	    {K("Pages"), CALL(done), MUST},
	    {K("PageLabels"), CALL(page_labels)},
	    {K("Dests"), CALL(dests)},
	    {K("Outlines"), CALL(outlines)},
	    {K("ViewerPreferences"), CALL(viewer_preferences)},
	    {K("PageLayout"),
		NAMED(
		    "SinglePage OneColumn TwoColumnLeft TwoColumnRight TwoPageLeft TwoPageRight")},
	    {K("PageMode"), NAMED("UseNone UseOutlines UseThumbs UseOC")},
	    {K("OpenAction"), CALL(sk_pv_dest)},
	    {K("OCProperties"), CALL(oc_properties)},
	    {K("Lang"), STRING},
	    {K("MarkInfo"), CALL(mark_info)},
	    {K("StructTreeRoot"), REF(SK_PV_STRUCTROOT)},
	    {0},
	};
	const struct sk_pv_val *list = sk_pv_get(v, "Pages");

	if (list == NULL || list->kind != SK_PV_VREF)
		return sk_pv_fail(p, "catalog lacks Pages");
	int rc = pages(p, (uint32_t)list->i);
	return rc ? rc : sk_pv_dict(p, v, rules, "catalog");
}

int sk_pv_info(struct sk_pv *p, const struct sk_pv_val *v)
{
	static const struct sk_pv_rule rules[] = {{K("Title"), STRING, MUST}, {0}};

	return sk_pv_dict(p, v, rules, "Info");
}

static int group_space(struct sk_pv *p, const struct sk_pv_val *v)
{
	return sk_pv_plain_space(p, v);
}

int sk_pv_group(struct sk_pv *p, const struct sk_pv_val *v)
{
	static const struct sk_pv_rule rules[] = {
	    {K("Type"), NAMED("Group"), MUST},
	    {K("S"), NAMED("Transparency"), MUST},
	    {K("CS"), CALL(group_space)},
	    {K("I"), BOOL},
	    {K("K"), BOOL},
	    {0},
	};

	return sk_pv_dict(p, v, rules, "group");
}

static int annots(struct sk_pv *p, const struct sk_pv_val *v)
{
	int rc = 0;

	if (v->kind != SK_PV_VARRAY || v->n == 0)
		return sk_pv_fail(p, "Annots is not a list of annotations");
	for (uint32_t i = 0; rc == 0 && i < v->n; i++)
		rc = sk_pv_want(p, &v->kids[i], SK_PV_ANNOT);
	return rc;
}

static int parent(struct sk_pv *p, const struct sk_pv_val *v)
{
	if (v->kind == SK_PV_VREF && (uint32_t)v->i == p->objs[p->cur].note)
		return 0;
	return sk_pv_fail(p, "Parent is not the page list");
}

static int rotate(struct sk_pv *p, const struct sk_pv_val *v)
{
	if (v->kind == SK_PV_VINT && (v->i == 90 || v->i == 180 || v->i == 270))
		return 0;
	return sk_pv_fail(p, "Rotate is not 90, 180 or 270");
}

/* Contents are read with the page's resources, after its own keys are known to be good. */
static int contents(struct sk_pv *p, const struct sk_pv_val *v)
{
	static const struct sk_pv_rule stream[] = {STREAMKEYS, {0}};
	uint32_t page = p->cur;

	if (v->kind != SK_PV_VREF || p->objs[v->i].data == NULL)
		return sk_pv_fail(p, "Contents is not one stream");
	int rc = sk_pv_claim(p, (uint32_t)v->i, SK_PV_CONTENTS, NULL);
	if (rc)
		return rc;
	p->cur = (uint32_t)v->i;
	rc = sk_pv_dict(p, p->objs[v->i].val, stream, "content stream");
	p->cur = page;
	return rc;
}

static int later(struct sk_pv *p, const struct sk_pv_val *v)
{
	return v->kind == SK_PV_VDICT ? 0 : sk_pv_fail(p, "Resources is not a dictionary");
}

static int user_unit(struct sk_pv *p, const struct sk_pv_val *v)
{
	return sk_pv_number(v) && sk_pv_num(v) > 0 ? 0 : sk_pv_fail(p, "UserUnit is not above 0");
}

int sk_pv_page(struct sk_pv *p, const struct sk_pv_val *v)
{
	static const struct sk_pv_rule rules[] = {
	    {K("Type"), NAMED("Page"), MUST},
	    {K("Parent"), CALL(parent), MUST},
	    {K("MediaBox"), RECT, MUST},
	    {K("Resources"), CALL(later), MUST},
	    {K("Contents"), CALL(contents)},
	    {K("CropBox"), RECT},
	    {K("BleedBox"), RECT},
	    {K("TrimBox"), RECT},
	    {K("ArtBox"), RECT},
	    {K("Rotate"), CALL(rotate)},
	    {K("UserUnit"), CALL(user_unit)},
	    {K("Group"), CALL(sk_pv_group)},
	    {K("Annots"), CALL(annots)},
	    {K("StructParents"), INT(0, 2147483647)},
	    {K("Tabs"), NAMED("R C S")},
	    {0},
	};
	int rc = sk_pv_dict(p, v, rules, "page");

	if (rc)
		return rc;
	const struct sk_pv_val *c = sk_pv_get(v, "Contents");
	return sk_pv_content_of(p, c ? (uint32_t)c->i : 0, v);
}

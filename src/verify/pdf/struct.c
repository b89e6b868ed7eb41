/*
 * The structure tree (ISO 32000-1, 14.7 and 14.8), which screen readers use: elements, attributes, parent
 * tree. Every element stands in exactly one list of kids, that of its parent. Verifier's jail.
 */
#include "verify/pdf/pdf.h"

enum { MAX_LEVELS = 200 };

static int later(struct sk_pv *p, uint32_t num)
{
	uint32_t *l = sk_arena_grow(p->c->arena, p->later, &p->caplater, p->nlater + 1, sizeof(*l));

	if (l == NULL)
		return SK_ENOMEM;
	p->later = l;
	l[p->nlater++] = num;
	return 0;
}

static int page(struct sk_pv *p, const struct sk_pv_val *v)
{
	if (v->kind == SK_PV_VREF && p->objs[v->i].type == SK_PV_PAGE)
		return 0;
	return sk_pv_fail(p, "Pg is not a page");
}

/* An annotation that some page shows, or an XObject. */
static int object(struct sk_pv *p, const struct sk_pv_val *v)
{
	if (v->kind != SK_PV_VREF)
		return sk_pv_fail(p, "Obj is not a reference");
	const struct sk_pv_obj *o = &p->objs[v->i];
	return o->data ? sk_pv_want(p, v, SK_PV_XOBJECT) : later(p, (uint32_t)v->i);
}

static int kid_dict(struct sk_pv *p, const struct sk_pv_val *v)
{
	static const struct sk_pv_rule mcr[] = {
	    {K("Type"), NAMED("MCR"), MUST},
	    {K("MCID"), INT(0, 2147483647), MUST},
	    {K("Pg"), CALL(page)},
	    {0},
	};
	static const struct sk_pv_rule objr[] = {
	    {K("Type"), NAMED("OBJR"), MUST},
	    {K("Obj"), CALL(object), MUST},
	    {K("Pg"), CALL(page)},
	    {0},
	};
	bool is_object = sk_pv_is(sk_pv_get(v, "Type"), "OBJR");

	return sk_pv_dict(p, v, is_object ? objr : mcr, "structure kid");
}

/* An element below the object at hand, whose level is in its note. */
static int kid_element(struct sk_pv *p, const struct sk_pv_val *v)
{
	struct sk_pv_obj *o = &p->objs[v->i];
	const struct sk_pv_val *up = sk_pv_get(o->val, "P");
	uint32_t level = p->objs[p->cur].note + 1;

	if (o->type != SK_PV_UNSEEN || up == NULL || up->kind != SK_PV_VREF || up->i != p->cur)
		return sk_pv_fail(
		    p, "element %lld is not in the list of its parent alone", (long long)v->i);
	if (level > MAX_LEVELS)
		return sk_pv_fail(p, "structure nests too deeply");
	o->note = level;
	return sk_pv_want(p, v, SK_PV_STRUCTELEM);
}

static int kids(struct sk_pv *p, const struct sk_pv_val *v)
{
	bool root = p->objs[p->cur].type == SK_PV_STRUCTROOT;
	int rc = 0;

	if (v->kind != SK_PV_VARRAY)
		return sk_pv_fail(p, "K is not an array");
	for (uint32_t i = 0; rc == 0 && i < v->n; i++) {
		const struct sk_pv_val *kid = &v->kids[i];
		if (kid->kind == SK_PV_VREF)
			rc = kid_element(p, kid);
		else if (root)
			rc = sk_pv_fail(p, "kid of the root is not an element");
		else if (kid->kind == SK_PV_VDICT)
			rc = kid_dict(p, kid);
		else if (kid->kind != SK_PV_VINT || kid->i < 0)
			rc = sk_pv_fail(p, "kid is not an element and not marked content");
	}
	return rc;
}

static bool plain_value(const struct sk_pv_val *v)
{
	return sk_pv_number(v) || v->kind == SK_PV_VNAME || v->kind == SK_PV_VSTRING;
}

static int attribute_value(struct sk_pv *p, const struct sk_pv_val *v)
{
	bool good = v->kind == SK_PV_VARRAY || plain_value(v);

	for (uint32_t i = 0; v->kind == SK_PV_VARRAY && good && i < v->n; i++)
		good = plain_value(&v->kids[i]) || v->kids[i].kind == SK_PV_VNULL;
	return good ? 0 : sk_pv_fail(p, "attribute has a value that is not allowed");
}

static const char attribute_keys[] =
    "Placement WritingMode BorderStyle TextAlign BlockAlign InlineAlign TextDecorationType RubyAlign "
    "RubyPosition TBorderStyle ListNumbering Scope Role checked GlyphOrientationVertical LineHeight "
    "Width Height BackgroundColor BorderColor BorderThickness Padding Color SpaceBefore SpaceAfter "
    "StartIndent EndIndent TextIndent BBox BaselineShift TextDecorationColor TextDecorationThickness "
    "ColumnCount ColumnGap ColumnWidths TPadding RowSpan ColSpan Headers Summary Desc";

static int attribute(struct sk_pv *p, const struct sk_pv_val *v)
{
	const struct sk_pv_val *owner = sk_pv_get(v, "O");
	int rc = 0;

	if (owner == NULL || owner->kind != SK_PV_VNAME ||
	    !sk_pv_in_list(sk_slice(owner->text, owner->n), "Layout List Table PrintField"))
		return sk_pv_fail(p, "attribute of an owner that is not allowed");
	for (uint32_t i = 0; rc == 0 && i < v->n; i++) {
		const struct sk_pv_val *key = &v->kids[2 * i];
		if (key + 1 == owner)
			continue;
		if (!sk_pv_in_list(sk_slice(key->text, key->n), attribute_keys))
			return sk_pv_fail(p, "attribute is not allowed");
		rc = attribute_value(p, key + 1);
	}
	return rc;
}

static int attributes(struct sk_pv *p, const struct sk_pv_val *v)
{
	int rc = 0;

	if (v->kind != SK_PV_VARRAY)
		return attribute(p, v);
	for (uint32_t i = 0; rc == 0 && i < v->n; i++)
		rc = attribute(p, &v->kids[i]);
	return rc;
}

static int classes(struct sk_pv *p, const struct sk_pv_val *v)
{
	bool good = v->kind == SK_PV_VARRAY || v->kind == SK_PV_VNAME;

	for (uint32_t i = 0; v->kind == SK_PV_VARRAY && good && i < v->n; i++)
		good = v->kids[i].kind == SK_PV_VNAME;
	return good ? 0 : sk_pv_fail(p, "C is not a name or names");
}

/* It was compared when the parent's list was read. */
static int parent(struct sk_pv *p, const struct sk_pv_val *v)
{
	return v->kind == SK_PV_VREF ? 0 : sk_pv_fail(p, "P is not a reference");
}

int sk_pv_structelem(struct sk_pv *p, const struct sk_pv_val *v)
{
	static const struct sk_pv_rule rules[] = {
	    {K("Type"), NAMED("StructElem"), MUST},
	    {K("S"), NAME, MUST},
	    {K("P"), CALL(parent), MUST},
	    {K("Pg"), CALL(page)},
	    {K("K"), CALL(kids)},
	    {K("A"), CALL(attributes)},
	    {K("C"), CALL(classes)},
	    {K("R"), ANYINT},
	    {K("T"), STRING},
	    {K("Lang"), STRING},
	    {K("Alt"), STRING},
	    {K("E"), STRING},
	    {K("ActualText"), STRING},
	    {K("ID"), STRING},
	    {0},
	};

	return sk_pv_dict(p, v, rules, "structure element");
}

static int role_map(struct sk_pv *p, const struct sk_pv_val *v)
{
	bool good = v->kind == SK_PV_VDICT;

	for (uint32_t i = 0; good && i < v->n; i++)
		good = v->kids[2 * i + 1].kind == SK_PV_VNAME;
	return good ? 0 : sk_pv_fail(p, "RoleMap is not names by names");
}

static int class_map(struct sk_pv *p, const struct sk_pv_val *v)
{
	int rc = v->kind == SK_PV_VDICT ? 0 : sk_pv_fail(p, "ClassMap is not a dictionary");

	for (uint32_t i = 0; rc == 0 && i < v->n; i++)
		rc = attributes(p, &v->kids[2 * i + 1]);
	return rc;
}

static int parent_tree(struct sk_pv *p, const struct sk_pv_val *v)
{
	if (v->kind != SK_PV_VREF)
		return sk_pv_fail(p, "ParentTree is not a reference");
	p->parent_tree = (uint32_t)v->i;
	return sk_pv_claim(p, p->parent_tree, SK_PV_PARENTTREE, NULL);
}

int sk_pv_structroot(struct sk_pv *p, const struct sk_pv_val *v)
{
	static const struct sk_pv_rule rules[] = {
	    {K("Type"), NAMED("StructTreeRoot"), MUST},
	    {K("K"), CALL(kids)},
	    {K("ParentTree"), CALL(parent_tree)},
	    {K("ParentTreeNextKey"), ANYINT},
	    {K("RoleMap"), CALL(role_map)},
	    {K("ClassMap"), CALL(class_map)},
	    {0},
	};

	return sk_pv_dict(p, v, rules, "structure root");
}

/* A reference to an element that the tree holds. */
static bool is_element(const struct sk_pv *p, const struct sk_pv_val *v)
{
	return v->kind == SK_PV_VREF && p->objs[v->i].type == SK_PV_STRUCTELEM;
}

/* One entry of the parent tree: an element, or an object that is an array of elements and nulls. */
static int parents(struct sk_pv *p, const struct sk_pv_val *v)
{
	if (is_element(p, v))
		return 0;
	const struct sk_pv_val *list = v->kind == SK_PV_VREF ? p->objs[v->i].val : NULL;
	if (list == NULL || list->kind != SK_PV_VARRAY)
		return sk_pv_fail(p, "parent tree refers to something else than elements");
	int rc = sk_pv_claim(p, (uint32_t)v->i, SK_PV_PARENTS, NULL);
	for (uint32_t i = 0; rc == 0 && i < list->n; i++)
		if (!is_element(p, &list->kids[i]) && list->kids[i].kind != SK_PV_VNULL)
			rc = sk_pv_fail(p, "parent tree holds something else than elements");
	return rc;
}

static int check_parent_tree(struct sk_pv *p, const struct sk_pv_val *v)
{
	const struct sk_pv_val *nums = sk_pv_get(v, "Nums");
	int64_t before = INT64_MIN;
	int rc = 0;

	if (v->kind != SK_PV_VDICT || v->n != 1 || nums == NULL || nums->kind != SK_PV_VARRAY ||
	    nums->n % 2 || p->objs[p->cur].data)
		return sk_pv_fail(p, "parent tree is not a list of numbers and elements");
	for (uint32_t i = 0; rc == 0 && i < nums->n; i += 2) {
		const struct sk_pv_val *k = &nums->kids[i];
		if (k->kind != SK_PV_VINT || k->i <= before)
			return sk_pv_fail(p, "parent tree does not rise");
		before = k->i;
		rc = parents(p, k + 1);
	}
	return rc;
}

int sk_pv_structure_ends(struct sk_pv *p)
{
	int rc = 0;

	p->cur = p->parent_tree;
	if (p->parent_tree)
		rc = check_parent_tree(p, p->objs[p->parent_tree].val);
	for (size_t i = 0; rc == 0 && i < p->nlater; i++) {
		p->cur = p->later[i];
		if (p->objs[p->cur].type != SK_PV_ANNOT)
			rc = sk_pv_fail(p, "structure refers to an annotation that no page shows");
	}
	return rc;
}

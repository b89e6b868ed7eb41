/*
 * Elements whose fate depends on more than the schema: links and actions, objects, drawings,
 * timing. Runs in the cleaner's jail.
 */
#include "format/ooxml/flt.h"

/* In a VML drawing of a sheet: what a shape's client data says (data of its frame). */
enum { CLIENT_NONE, CLIENT_NOTE, CLIENT_OTHER };

static enum ox_verdict drop(struct ox_flt *f, enum sk_code code)
{
	ox_count(f, code);
	return OX_SKIP;
}

/* a:hlinkClick and its kin: an allowed action, or a link that was kept. */
static enum ox_verdict hyperlink(struct ox_flt *f)
{
	struct ox_at *id = ox_at_find(f, N_r_id), *action = ox_at_find(f, N_none_action);
	bool slide = false;
	bool linked = id && id->rel;

	if (action && action->value[0] == '\0')
		action->name = 0, action = NULL;
	if (action && strncmp(action->value, "ppaction://media", 16) == 0)
		return drop(f, SK_OOXML_MEDIA);
	if (action && !ox_action_ok(action->value, &slide))
		return drop(f, SK_OOXML_ACTION);
	if (action == NULL && !linked)
		return drop(f, SK_OOXML_LINK);
	if (slide != (linked && id->rel->kind == OX_SLIDE))
		return drop(f, SK_OOXML_ACTION);
	/* The action is done, whatever the address says. */
	if (action && !slide && linked) {
		id->rel = NULL;
		id->value = "";
		ox_count(f, SK_OOXML_LINK);
	}
	return OX_KEEP;
}

/* A sheet that only a program could show again becomes one that its reader can. */
static void sheet_state(struct ox_flt *f)
{
	struct ox_at *state = ox_at_find(f, N_none_state);

	if (state == NULL || strcmp(state->value, "hidden") == 0 ||
	    strcmp(state->value, "visible") == 0)
		return;
	bool very = strcmp(state->value, "veryHidden") == 0;
	state->value = very ? "hidden" : "visible";
	ox_count(f, very ? SK_OOXML_HIDDEN_SHEET : SK_OOXML_UNKNOWN_XML);
}

/* An element that is nothing but a reference. */
static enum ox_verdict reference(struct ox_flt *f, uint16_t name)
{
	const struct ox_at *id = ox_at_find(f, N_r_id);

	if (name == N_x_sheet)
		sheet_state(f);
	return id && id->rel ? OX_KEEP : drop(f, SK_OOXML_UNKNOWN_XML);
}

/* An embedded object becomes the picture that stands for it. */
static enum ox_verdict object(struct ox_flt *f, struct ox_frame *frame)
{
	uint16_t type = f->depth > 1 ? ox_child(f->frames[f->depth - 2].type, N_w_pict) : 0;

	ox_count(f, SK_OOXML_OLE);
	if (type == 0)
		return OX_SKIP;
	frame->name = N_w_pict;
	frame->type = type;
	f->nat = 0;
	return OX_KEEP;
}

/* The cached drawing of a diagram is a relationship of the part that shows the diagram. */
static enum ox_verdict diagram_drawing(struct ox_flt *f)
{
	struct ox_at *at = ox_at_find(f, N_none_relId);
	const struct ox_out *host = f->out->host;
	/* Its id would differ from host to host; programs draw the diagram anew without it. */
	const struct ox_rels *rels = host && !f->out->shared ? &host->in_rels : NULL;

	for (size_t i = 0; at && rels && i < rels->n; i++) {
		struct ox_rel *r = &rels->v[i];
		if (r->new_id == 0 || r->kind != OX_DIAGRAM_DRAWING || strcmp(r->id, at->value))
			continue;
		at->rel = r;
		return OX_KEEP;
	}
	return OX_SKIP;
}

/* p:oleObj is written only so that the picture in it can be taken out. */
static enum ox_verdict ole(struct ox_flt *f)
{
	const struct ox_at *spid = ox_at_find(f, N_none_spid);

	if (spid)
		snprintf(f->spid, sizeof(f->spid), "%s", spid->value);
	f->ole = true;
	f->nat = 0;
	return OX_KEEP;
}

/* Only the shapes of comments are client objects that may stay in a sheet's VML drawing. */
static enum ox_verdict vml_client(struct ox_flt *f)
{
	const struct ox_at *kind = ox_at_find(f, N_none_ObjectType);
	struct ox_frame *shape = &f->frames[f->depth - 2];

	if (f->out->kind != OX_VML_DRAWING)
		return OX_SKIP;
	if (shape->hook != HOOK_VML_SHAPE)
		return drop(f, SK_OOXML_FORM_CONTROL);
	bool note = kind && strcmp(kind->value, "Note") == 0;
	if (!note || shape->data == CLIENT_NONE)
		shape->data = note ? CLIENT_NOTE : CLIENT_OTHER;
	if (kind && strcmp(kind->value, "Pict") == 0)
		ox_count(f, SK_OOXML_OLE);
	else if (!note)
		ox_count(f, SK_OOXML_FORM_CONTROL);
	return OX_KEEP;
}

/*
 * The uri of a:graphicData must be that of what it holds (DrawingML, 20.1.2.2.17). Written is the one that belongs
 * to the namespace it stands for; children of another one go (graphic_child). data: the namespace wanted.
 */
static enum ox_verdict graphic_data(struct ox_flt *f, struct ox_frame *frame)
{
	static const char *const tables[] = {
	    "http://schemas.openxmlformats.org/drawingml/2006/table",
	    "http://purl.oclc.org/ooxml/drawingml/table"};
	struct ox_at *uri = ox_at_find(f, N_none_uri);
	uint8_t ns = uri ? ox_ns(uri->value) : NS_UNKNOWN;

	frame->data = 0;
	if (uri && (strcmp(uri->value, tables[0]) == 0 || strcmp(uri->value, tables[1]) == 0)) {
		uri->value = tables[0];
		frame->data = NS_a;
	} else if (ns > NS_none && ns < NS_COUNT) {
		uri->value = ox_ns_row(ns)->uri;
		frame->data = ns;
	}
	return OX_KEEP;
}

static enum ox_verdict field_simple(struct ox_flt *f)
{
	const struct ox_at *at = ox_at_find(f, N_w_instr);

	ox_field_foreign(f);
	if (at && strlen(at->value) < OX_INSTRUCTION_MAX &&
	    ox_field_ok(sk_slice_str(at->value), SIZE_MAX, false))
		return OX_KEEP;
	ox_count(f, SK_OOXML_FIELD);
	return OX_THROUGH;
}

enum ox_verdict ox_hook_start(struct ox_flt *f, struct ox_frame *frame)
{
	switch (frame->hook) {
	case HOOK_FIELD_CHAR:
		return ox_field_char(f);
	case HOOK_FIELD_TEXT:
		if (!ox_field_code_ok(f))
			return drop(f, SK_OOXML_FIELD);
		f->collecting = true;
		sk_buf_reset(&f->text);
		return OX_KEEP;
	case HOOK_FIELD_SIMPLE:
		return field_simple(f);
	case HOOK_STORY:
		ox_story_begin(f, frame);
		return OX_KEEP;
	case HOOK_OBJECT:
		return object(f, frame);
	case HOOK_HLINK:
		return hyperlink(f);
	case HOOK_REFERENCE:
		return reference(f, frame->name);
	case HOOK_DSP_REL:
		return diagram_drawing(f);
	case HOOK_VML_SHAPE:
		frame->data = CLIENT_NONE;
		return OX_KEEP;
	case HOOK_GRAPHIC_DATA:
		return graphic_data(f, frame);
	case HOOK_VML_CLIENT:
		return vml_client(f);
	case HOOK_OLE:
		return ole(f);
	case HOOK_SHEET_SHAPE:
		f->spid[0] = '\0';
		return OX_KEEP;
	case HOOK_GRAPHIC_FRAME:
		f->ole = false;
		f->spid[0] = '\0';
		sk_buf_reset(&f->picture);
		return OX_KEEP;
	case HOOK_TIMING:
		f->timing = false;
		return OX_KEEP;
	case HOOK_EXT:
	case HOOK_SHAPE_TREE:
		return OX_KEEP;
	default:
		return ox_sml_start(f, frame);
	}
}

/* What was written of an object since its frame gives way to f->picture. */
static void put_picture(struct ox_flt *f, struct ox_frame *frame)
{
	size_t at = frame->start + (frame->parent_open ? 1 : 0);

	while (f->nrefs && f->refs[f->nrefs - 1].at > at)
		f->nrefs--;
	f->buf.len = at;
	sk_buf_put_slice(&f->buf, sk_buf_slice(&f->picture));
	for (size_t i = 0; i < f->npicture_refs; i++)
		ox_add_ref(f, at + f->picture_refs[i].at, f->picture_refs[i].rel, false);
	f->ns_used = frame->used | ox_spaces_in(sk_buf_slice(&f->picture));
	f->open = false;
	/* What stands there now is complete: no end tag must follow. */
	frame->through = frame->satisfied = true;
}

/* Make f->picture from the VML drawing of the part that `rels` belong to. */
static bool find_picture(
    struct ox_flt *f, const struct ox_frame *frame, const struct ox_rels *rels, bool sheet)
{
	struct ox_rel *found = f->spid[0] ? ox_object_picture(f->pkg, rels, f->spid, NULL) : NULL;
	struct ox_rel *rel = found ? sk_arena_dup(f->job->arena, found, sizeof(*found)) : NULL;

	if (f->pkg->rc) {
		f->rc = f->pkg->rc;
		XML_StopParser(f->parser, XML_FALSE);
	}
	f->spid[0] = '\0';
	if (rel == NULL)
		return false;
	sk_buf_reset(&f->picture);
	size_t at = ox_object_compose(
	    &f->picture, sk_slice_sub(sk_buf_slice(&f->buf), frame->start, f->buf.len), sheet);
	f->picture_refs[0] = (struct ox_idref){at, rel, false};
	f->npicture_refs = 1;
	return true;
}

/* The frame of an OLE object in a slide gives way to the object's picture. */
static bool graphic_frame_end(struct ox_flt *f, struct ox_frame *frame)
{
	if (!f->ole)
		return true;
	f->ole = false;
	ox_count(f, SK_OOXML_OLE);
	if (f->picture.len == 0 && !find_picture(f, frame, &f->out->in_rels, false))
		return false;
	put_picture(f, frame);
	sk_buf_reset(&f->picture);
	return true;
}

/* An object's shape is for programs that know objects (Choice of a14); its picture is for all. */
static void mark_plain(struct ox_flt *f)
{
	for (size_t i = f->depth - 1; i > 0; i--)
		if (f->frames[i].mc == OX_MC_CHOICE) {
			f->frames[i - 1].plain = true;
			return;
		}
}

/* The same for the hidden shape that holds the place of an object in a sheet. */
static bool sheet_shape_end(struct ox_flt *f, struct ox_frame *frame)
{
	if (f->spid[0] && f->out->host && find_picture(f, frame, &f->out->host->in_rels, true)) {
		put_picture(f, frame);
		mark_plain(f);
	}
	sk_buf_reset(&f->picture);
	return true;
}

static bool vml_shape_end(const struct ox_flt *f, const struct ox_frame *frame)
{
	return f->out->kind != OX_VML_DRAWING || frame->data != CLIENT_OTHER;
}

bool ox_hook_end(struct ox_flt *f, struct ox_frame *frame)
{
	switch (frame->hook) {
	case HOOK_FIELD_TEXT:
		f->collecting = false;
		ox_field_text(f, (const char *)f->text.p, f->text.len, frame->name);
		return true;
	case HOOK_STORY:
		ox_story_end(f, frame);
		return true;
	case HOOK_OBJECT:
		return !f->open;
	case HOOK_VML_SHAPE:
		return vml_shape_end(f, frame);
	case HOOK_OLE:
		return false;
	case HOOK_SHEET_SHAPE:
		return sheet_shape_end(f, frame);
	case HOOK_GRAPHIC_FRAME:
		return graphic_frame_end(f, frame);
	case HOOK_SHAPE_TREE:
		ox_control_pictures(f);
		return true;
	case HOOK_TIMING:
		if (f->timing)
			ox_count(f, SK_OOXML_ACTION);
		return !f->timing;
	case HOOK_EXT: {
		const struct ox_rel_rule *rule;
		return !f->open || ox_attr(frame->type, frame->name, N_none_uri, &rule) == 0;
	}
	case HOOK_FIELD_CHAR:
	case HOOK_FIELD_SIMPLE:
	case HOOK_HLINK:
	case HOOK_REFERENCE:
	case HOOK_DSP_REL:
	case HOOK_VML_CLIENT:
	case HOOK_GRAPHIC_DATA:
		return true;
	default:
		return ox_sml_end(f, frame);
	}
}

void ox_hook_child(struct ox_flt *f, struct ox_frame *child, size_t end)
{
	struct ox_frame *parent = ox_top(f);

	if (child->name == N_p_pic && parent->hook == HOOK_OLE) {
		size_t from = child->start + (child->parent_open ? 1 : 0);
		sk_buf_reset(&f->picture);
		sk_buf_put(&f->picture, f->buf.p + from, end - from);
		f->npicture_refs = 0;
		for (size_t i = 0; i < f->nrefs && f->npicture_refs < OX_PICTURE_REFS; i++)
			if (!f->refs[i].root && f->refs[i].at > from && f->refs[i].at < end)
				f->picture_refs[f->npicture_refs++] =
				    (struct ox_idref){f->refs[i].at - from, f->refs[i].rel, false};
	}
	if (f->nfields && child->mc <= OX_MC_ALTERNATE)
		ox_field_piece(f, child, end);
}

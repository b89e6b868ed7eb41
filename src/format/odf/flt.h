/* The state of one part on its way through the filter (filter.c), shared with the hooks. Cleaner's jail. */
#ifndef SK_FORMAT_ODF_FLT_H
#define SK_FORMAT_ODF_FLT_H

#include <expat.h>

#include "format/odf/names.h"
#include "format/odf/odf.h"
#include "format/office/office.h"
#include "format/text/text.h"

struct od_frame {
	uint16_t name;
	uint8_t hook, flags;
	bool through;     /* nothing of its own is written: children stand in its place */
	bool parent_open; /* the parent's start tag had no '>' yet */
	bool holds;       /* may yet be taken back: what stands before it is not let go */
	bool wants;       /* a picture that should stand in it */
	bool typed;       /* has xlink:type */
	bool satisfied;   /* holds what it needs */
	bool object;      /* draw:frame: a document in it stays */
	char setting;     /* config:config-item: its kind */
	size_t start;     /* of its start tag in the output */
};

struct od_at {
	uint16_t name; /* 0: dropped */
	char cls;
	const char *value;
};

struct od_cached {
	char text[120];
	uint16_t name;
	uint8_t ns;
};

#define OD_CACHE 1024

struct od_flt {
	struct od_pkg *pkg;
	struct sk_job *job;
	struct od_doc *doc;
	const char *where;
	uint16_t root;
	struct sk_arena *arena; /* of this part only */
	XML_Parser parser;
	int rc;
	struct sk_buf buf;
	struct sk_zip_packer *packer; /* NULL: a flat file, which stays in buf */
	bool open;                    /* the last start tag has no '>' yet */
	struct od_frame *frames;
	size_t depth, frames_cap, holds;
	uint32_t skip; /* depth inside an element that is dropped */
	uint64_t elements;
	struct od_at at[SK_LIMIT_XML_ATTRIBUTES];
	size_t nat;
	bool refused; /* an attribute without which the element means nothing */
	bool collecting;
	struct sk_buf text; /* of the element being collected */
	bool body;          /* what office:body holds was seen */
	uint32_t removed[SK_CODE_COUNT];
	struct od_cached seen[OD_CACHE];
};

enum od_verdict { OD_KEPT, OD_SKIPPED, OD_PASSED };

static inline void od_count(struct od_flt *f, enum sk_code code)
{
	f->removed[code]++;
}

static inline struct od_frame *od_top(struct od_flt *f)
{
	return &f->frames[f->depth - 1];
}

/* tags.c */
void od_stop(struct od_flt *f, int rc);
struct od_frame *od_push(struct od_flt *f);
void od_pop(struct od_flt *f);
void od_hold(struct od_flt *f, struct od_frame *frame);
/* The innermost open element that is written. */
struct od_frame *od_holder(struct od_flt *f);
void od_close_start_tag(struct od_flt *f);
void od_put_start(struct od_flt *f, const struct od_frame *frame);
void od_put_end(struct od_flt *f, const struct od_frame *frame);
void od_roll_back(struct od_flt *f, const struct od_frame *frame);
/* The number of a name as expat gives it; *ns tells what an unknown one is. */
uint16_t od_intern(struct od_flt *f, const char *name, uint8_t *ns);

/* attributes.c: those that stay, into f->at */
void od_take_attributes(struct od_flt *f, uint16_t element, const char **atts);
struct od_at *od_at_find(struct od_flt *f, uint16_t name);

/* hooks.c: before the start tag is written; frame is the new one. */
enum od_verdict od_hook_start(struct od_flt *f, struct od_frame *frame, const char **atts);
/* Before the end tag is written. False: the element goes. */
bool od_hook_end(struct od_flt *f, struct od_frame *frame);

/* pictures.c */
enum od_verdict od_image_start(struct od_flt *f, struct od_frame *frame);
enum od_verdict od_binary_start(struct od_flt *f, struct od_frame *frame);
bool od_binary_end(struct od_flt *f, struct od_frame *frame);
enum od_verdict od_object_start(struct od_flt *f, struct od_frame *frame);

/* filter.c: for expat */
void XMLCALL od_on_start(void *user, const XML_Char *name, const XML_Char **atts);
void XMLCALL od_on_end(void *user, const XML_Char *name);
void XMLCALL od_on_text(void *user, const XML_Char *s, int n);

#endif

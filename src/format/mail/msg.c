/* Outlook's message files ([MS-OXMSG]): properties in the streams of a compound file. Cleaner's jail. */
#include "container/cfb.h"
#include "container/digits.h"
#include "format/mail/outlook.h"

#define HEAD_TOP \
	32 /* bytes before the properties: of the message, of one in it, of recipients and attachments */
#define HEAD_INNER 24
#define HEAD_OTHER 8
#define STORAGES 4096 /* recipients and attachments of a message */

struct file {
	struct sk_cfb cfb;
	uint32_t *first, *next; /* of each storage: its entries */
	struct sk_mail *m;
};

static int index_entries(struct file *f)
{
	struct sk_cfb *c = &f->cfb;

	f->first = sk_arena_array(f->m->arena, c->n, sizeof(uint32_t));
	f->next = sk_arena_array(f->m->arena, c->n, sizeof(uint32_t));
	if (f->first == NULL || f->next == NULL)
		return SK_ENOMEM;
	memset(f->first, 0xFF, c->n * sizeof(uint32_t));
	for (uint32_t i = c->n; i-- > 0;) {
		uint32_t parent = c->entries[i].parent;
		if (i == SK_CFB_ROOT || c->entries[i].kind == 0 || parent >= c->n)
			continue;
		f->next[i] = f->first[parent];
		f->first[parent] = i;
	}
	return 0;
}

/* __substg1.0_ and eight digits: the tag of the property whose value is in the stream; 0 when it is not that. */
static uint32_t tag_of(const char *name)
{
	uint32_t tag = 0;

	if (strncmp(name, "__substg1.0_", 12) != 0 || strlen(name) != 20)
		return 0;
	for (size_t i = 12; i < 20; i++) {
		if (sk_hex(name[i]) < 0)
			return 0;
		tag = tag << 4 | (uint32_t)sk_hex(name[i]);
	}
	return tag;
}

/* What is worth reading: strings and bytes of the standard's own properties. */
static bool is_wanted(uint32_t tag)
{
	uint32_t type = tag & 0xFFFF, id = tag >> 16;

	return id < 0x8000 &&
	       (type == SK_PT_STRING8 || type == SK_PT_UNICODE || type == SK_PT_BINARY);
}

/* Records of 16 bytes; those of variable length have their values in streams. */
static int read_fixed(struct file *f, uint32_t entry, size_t head, struct sk_props *p)
{
	struct sk_slice in;
	int rc = sk_cfb_read(&f->cfb, entry, SK_LIMIT_MEMBER, &in);
	struct sk_reader r = sk_reader(in);

	if (rc)
		return rc;
	sk_read_skip(&r, head);
	while (sk_read_left(&r) >= 16 && rc == 0) {
		uint16_t type = sk_read_u16le(&r), id = sk_read_u16le(&r);
		sk_read_skip(&r, 4);
		struct sk_slice value = sk_read_slice(&r, 8);
		if (type == SK_PT_LONG || type == SK_PT_TIME)
			rc = sk_prop_add(f->m, p, (uint32_t)id << 16 | type, value);
	}
	return rc;
}

static int read_props(
    struct file *f, uint32_t storage, size_t head, const char *around, struct sk_props *p)
{
	int rc = 0;

	for (uint32_t e = f->first[storage]; e != SK_CFB_NONE && rc == 0; e = f->next[e]) {
		const char *name = f->cfb.entries[e].name;
		uint32_t tag = tag_of(name);
		struct sk_slice value;
		if (f->cfb.entries[e].kind != 2)
			continue;
		if (strcmp(name, "__properties_version1.0") == 0) {
			rc = read_fixed(f, e, head, p);
		} else if (is_wanted(tag)) {
			rc = sk_cfb_read(&f->cfb, e, SK_LIMIT_MEMBER, &value);
			if (rc == 0)
				rc = sk_prop_add(f->m, p, tag, value);
		}
		if (rc == SK_EFORMAT) {
			sk_job_removed(f->m->job, SK_MAIL_BROKEN, 1, "%s", "stream");
			rc = 0;
		}
	}
	sk_props_charset(p, around);
	return rc;
}

static int read_message(
    struct file *f, uint32_t storage, size_t head, const char *around, struct sk_part **out);

static int read_file(struct file *f, uint32_t storage, struct sk_outlook *o)
{
	struct sk_props p = {0};
	struct sk_part *inner = NULL;
	struct sk_mail *m = f->m;
	int rc = read_props(f, storage, HEAD_OTHER, o->props.charset, &p);
	uint32_t message = sk_cfb_find(&f->cfb, storage, "__substg1.0_3701000D");

	if (rc == 0 && message != SK_CFB_NONE && sk_prop_long(&p, 0x3705, 1) == 5) {
		if (m->job->depth + m->level >= m->job->limits->nesting)
			return sk_job_refuse(m->job, SK_REASON_LIMIT_NESTING,
			    "more than %u mails in each other", m->job->limits->nesting);
		m->level++;
		rc = read_message(f, message, HEAD_INNER, o->props.charset, &inner);
		m->level--;
	}
	return rc ? rc : sk_outlook_file(m, o, &p, inner);
}

static int read_storages(struct file *f, uint32_t storage, struct sk_outlook *o)
{
	unsigned seen = 0;
	int rc = 0;

	for (uint32_t e = f->first[storage]; e != SK_CFB_NONE && rc == 0; e = f->next[e]) {
		const char *name = f->cfb.entries[e].name;
		struct sk_props p = {0};
		bool file = strncmp(name, "__attach_version1.0_#", 21) == 0;
		if (f->cfb.entries[e].kind != 1 ||
		    !(file || strncmp(name, "__recip_version1.0_#", 20) == 0))
			continue;
		if (++seen > STORAGES)
			return sk_job_refuse(f->m->job, SK_REASON_LIMIT_MEMBERS,
			    "more than %d recipients and attachments", STORAGES);
		if (file) {
			rc = read_file(f, e, o);
		} else {
			rc = read_props(f, e, HEAD_OTHER, o->props.charset, &p);
			if (rc == 0)
				rc = sk_outlook_recipient(f->m, o, &p);
		}
	}
	return rc;
}

static int read_message(
    struct file *f, uint32_t storage, size_t head, const char *around, struct sk_part **out)
{
	struct sk_outlook o;
	int rc = sk_outlook_begin(f->m, &o);

	if (rc == 0)
		rc = read_props(f, storage, head, around, &o.props);
	if (rc == 0)
		rc = read_storages(f, storage, &o);
	if (rc == 0)
		rc = sk_outlook_end(f->m, &o, out);
	sk_outlook_free(&o);
	return rc;
}

int sk_msg_parse(struct sk_mail *m, struct sk_slice in, struct sk_part **out)
{
	struct file f = {.m = m};
	int rc = sk_cfb_open(m->arena, in, &f.cfb);

	if (rc == 0)
		rc = index_entries(&f);
	return rc ? rc : read_message(&f, SK_CFB_ROOT, HEAD_TOP, "", out);
}

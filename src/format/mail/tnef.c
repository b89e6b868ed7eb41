/*
 * winmail.dat ([MS-OXTNEF]): attributes one after the other, two of which hold properties. What is cut or broken ends the
 * reading; what was read until then stays. Cleaner's jail.
 */
#include "format/mail/outlook.h"

#define SIGNATURE 0x223E9F78U

enum {
	ATT_SUBJECT = 0x8004,
	ATT_MESSAGE_ID = 0x8009,
	ATT_BODY = 0x800C,
	ATT_FILE_DATA = 0x800F,
	ATT_FILE_TITLE = 0x8010,
	ATT_FILE_START = 0x9002,
	ATT_PROPS = 0x9003,
	ATT_RECIPIENTS = 0x9004,
	ATT_FILE_PROPS = 0x9005,
	ATT_CODEPAGE = 0x9007,
};

struct stream {
	struct sk_mail *m;
	struct sk_outlook o;
	struct sk_props file; /* of the attachment that is being read */
	struct sk_part *inner;
	struct sk_slice body;
	bool open;
};

static int read_stream(
    struct sk_mail *m, struct sk_slice in, const char *around, struct sk_part **out);

bool sk_tnef_is(struct sk_slice in)
{
	return sk_slice_starts(in, SK_SLICE_LIT("\x78\x9F\x3E\x22"));
}

/* --- properties --- */

/* Bytes of a value of fixed size, 0 for those that say their length. */
static size_t fixed_size(uint16_t type)
{
	switch (type) {
	case 0x0002:
	case SK_PT_LONG:
	case 0x0004:
	case 0x000A:
	case 0x000B:
		return 4;
	case 0x0005:
	case 0x0006:
	case 0x0007:
	case 0x0014:
	case SK_PT_TIME:
		return 8;
	case 0x0048:
		return 16;
	default:
		return 0;
	}
}

static struct sk_slice read_sized(struct sk_reader *r)
{
	uint32_t n = sk_read_u32le(r);
	struct sk_slice s = sk_read_slice(r, n);

	sk_read_skip(r, (4 - n % 4) % 4);
	return s;
}

static void skip_name(struct sk_reader *r)
{
	sk_read_skip(r, 16);
	if (sk_read_u32le(r) == 0)
		sk_read_skip(r, 4);
	else
		(void)read_sized(r);
}

/* One property; of several values the first counts. */
static int read_prop(struct sk_mail *m, struct sk_reader *r, struct sk_props *p)
{
	uint16_t type = sk_read_u16le(r), id = sk_read_u16le(r);
	size_t size = fixed_size(type & 0x0FFF);
	uint32_t count = 1;
	struct sk_slice value = {0};

	if (id >= 0x8000)
		skip_name(r);
	if (size == 0 || (type & 0x1000))
		count = sk_read_u32le(r);
	for (uint32_t i = 0; i < count && !r->bad; i++) {
		struct sk_slice v = size ? sk_read_slice(r, size) : read_sized(r);
		value = i == 0 ? v : value;
		if (sk_read_left(r) == 0)
			break;
	}
	return r->bad || id >= 0x8000
		   ? 0
		   : sk_prop_add(m, p, (uint32_t)id << 16 | (type & 0x0FFF), value);
}

static int read_props(struct sk_mail *m, struct sk_reader *r, struct sk_props *p)
{
	uint32_t count = sk_read_u32le(r);
	int rc = 0;

	for (uint32_t i = 0; i < count && rc == 0 && sk_read_left(r); i++)
		rc = read_prop(m, r, p);
	return rc;
}

/* --- attachments and recipients --- */

static int end_file(struct stream *s)
{
	int rc = 0;

	if (s->open)
		rc = sk_outlook_file(s->m, &s->o, &s->file, s->inner);
	s->open = false;
	s->inner = NULL;
	s->file = (struct sk_props){.charset = s->o.props.charset};
	return rc;
}

/* Sixteen bytes say what kind of object it is, then comes a stream of its own. */
static int read_inner(struct stream *s)
{
	struct sk_slice object = sk_prop_get(&s->file, 0x3701, SK_PT_OBJECT);
	struct sk_slice in = sk_slice_sub(object, 16, object.n);
	struct sk_mail *m = s->m;

	if (!sk_tnef_is(in))
		return 0;
	if (m->job->depth + m->level >= m->job->limits->nesting)
		return sk_job_refuse(m->job, SK_REASON_LIMIT_NESTING,
		    "more than %u mails in each other", m->job->limits->nesting);
	m->level++;
	int rc = read_stream(m, in, s->o.props.charset, &s->inner);
	m->level--;
	return rc;
}

static int read_recipients(struct stream *s, struct sk_slice in)
{
	struct sk_reader r = sk_reader(in);
	uint32_t rows = sk_read_u32le(&r);
	int rc = 0;

	for (uint32_t i = 0; i < rows && rc == 0 && sk_read_left(&r); i++) {
		struct sk_props p = {.charset = s->o.props.charset};
		rc = read_props(s->m, &r, &p);
		if (rc == 0)
			rc = sk_outlook_recipient(s->m, &s->o, &p);
	}
	return rc;
}

static int read_attribute(struct stream *s, uint16_t id, struct sk_slice data)
{
	struct sk_reader r = sk_reader(data);
	int rc = 0;

	switch (id) {
	case ATT_CODEPAGE:
		s->o.props.charset = sk_mail_codepage(sk_read_u32le(&r));
		s->file.charset = s->o.props.charset;
		return 0;
	case ATT_SUBJECT:
		return sk_prop_add(s->m, &s->o.props, 0x0037001E, data);
	case ATT_MESSAGE_ID:
		return 0; /* Outlook's own, not that of the mail */
	case ATT_BODY:
		s->body = data;
		return 0;
	case ATT_PROPS:
		return read_props(s->m, &r, &s->o.props);
	case ATT_RECIPIENTS:
		return read_recipients(s, data);
	case ATT_FILE_START:
		rc = end_file(s);
		s->open = true;
		return rc;
	case ATT_FILE_TITLE:
		return sk_prop_add(s->m, &s->file, 0x3704001E, data);
	case ATT_FILE_DATA:
		s->open = true;
		return sk_prop_add(s->m, &s->file, 0x37010102, data);
	case ATT_FILE_PROPS:
		rc = read_props(s->m, &r, &s->file);
		return rc ? rc : read_inner(s);
	default:
		return 0;
	}
}

static int read_attributes(struct stream *s, struct sk_reader *r)
{
	int rc = 0;

	while (rc == 0 && sk_read_left(r)) {
		sk_read_skip(r, 1);
		uint32_t tag = sk_read_u32le(r), n = sk_read_u32le(r);
		struct sk_slice data = sk_read_slice(r, n);
		uint16_t want = sk_read_u16le(r), sum = 0;
		for (size_t i = 0; i < data.n; i++)
			sum = (uint16_t)(sum + data.p[i]);
		if (r->bad || sum != want) {
			sk_job_removed(s->m->job, SK_MAIL_BROKEN, 1, "%s", "winmail.dat");
			break;
		}
		rc = read_attribute(s, (uint16_t)tag, data);
	}
	return rc;
}

static int read_stream(
    struct sk_mail *m, struct sk_slice in, const char *around, struct sk_part **out)
{
	struct stream s = {.m = m};
	struct sk_reader r = sk_reader(in);
	int rc = sk_outlook_begin(m, &s.o);

	if (rc == 0 && sk_read_u32le(&r) != SIGNATURE)
		rc = SK_EFORMAT;
	sk_read_skip(&r, 2);
	s.o.props.charset = s.file.charset = around;
	if (rc == 0)
		rc = read_attributes(&s, &r);
	if (rc == 0)
		rc = end_file(&s);
	if (rc == 0 && s.body.n && sk_prop_get(&s.o.props, 0x1000, SK_PT_UNICODE).n == 0)
		rc = sk_prop_add(m, &s.o.props, 0x1000001E, s.body);
	if (rc == 0)
		rc = sk_outlook_end(m, &s.o, out);
	sk_outlook_free(&s.o);
	return rc;
}

int sk_tnef_parse(struct sk_mail *m, struct sk_slice in, struct sk_part **out)
{
	return read_stream(m, in, "", out);
}

/* The picture of a contact: decoded, cleaned as a file of its own, encoded again. Cleaner's jail. */
#include "format/calendar/calendar.h"

#include <strings.h>

#include "container/digits.h"

static const char *media_type(enum sk_filetype type)
{
	return type == SK_FT_JPEG  ? "JPEG"
	       : type == SK_FT_PNG ? "PNG"
	       : type == SK_FT_GIF ? "GIF"
				   : NULL;
}

/* data:image/jpeg;base64,… of vCard 4.0, or base64 by its parameter. */
static bool encoded(const struct sk_cal_line *line, struct sk_slice *data)
{
	struct sk_slice v = sk_cal_trim(line->value), how = sk_cal_param(line, "ENCODING");

	*data = v;
	if (sk_cal_is(how, "B") || sk_cal_is(how, "BASE64"))
		return true;
	if (v.n < 5 || strncasecmp((const char *)v.p, "data:", 5) != 0)
		return false;
	struct sk_slice head = sk_cal_split(&v, ',', false);
	*data = v;
	return head.n > 7 && strncasecmp((const char *)head.p + head.n - 7, ";base64", 7) == 0;
}

static void write_picture(
    struct sk_cal *c, const struct sk_cal_line *line, const struct sk_output *out)
{
	const char *media = media_type(out->type);

	if (line->group.n)
		sk_buf_put_slice(&c->line, line->group);
	sk_buf_puts(&c->line, line->group.n ? "." : "");
	sk_buf_put_slice(&c->line, line->name);
	if (c->version == 4)
		sk_buf_printf(&c->line, ":data:image/%s;base64,",
		    out->type == SK_FT_JPEG ? "jpeg" : sk_filetype_ext(out->type));
	else
		sk_buf_printf(&c->line, ";ENCODING=b;TYPE=%s:", media);
	sk_base64_put(sk_buf_slice(&out->bytes), &c->line);
	sk_cal_put(c);
}

/* The parameters of a picture are written anew; what else was said of it is lost. */
static uint32_t odd_params(const struct sk_cal_line *line)
{
	uint32_t n = 0;

	for (size_t i = 0; i < line->nparams; i++)
		n += !sk_slice_is(line->params[i].name, "TYPE") &&
		     !sk_slice_is(line->params[i].name, "MEDIATYPE") &&
		     sk_cal_param_rule(line->params[i].name, true) != SK_CAL_P_READ;
	return n;
}

static int decode(struct sk_slice text, struct sk_buf *out)
{
	struct sk_base64_seen seen;
	int rc = sk_base64_read(text, " \t", false, out, &seen);

	return seen.foreign ? SK_EFORMAT : rc;
}

void sk_cal_picture(struct sk_cal *c, const struct sk_cal_line *line)
{
	struct sk_job inner = *c->job;
	struct sk_output out = {.bytes = SK_BUF(c->out->max)};
	enum sk_code why = SK_CODE_NONE, code = SK_CALENDAR_PICTURE;
	struct sk_buf data = SK_BUF(c->out->max);
	struct sk_slice text;
	int rc = SK_EFORMAT;

	if (c->plain)
		return;
	c->unknown += odd_params(line);
	inner.method = SK_METHOD_REBUILD;
	if (!encoded(line, &text))
		code = SK_CALENDAR_LINK; /* a place where the picture would be loaded from */
	else if ((rc = decode(text, &data)) == 0 && inner.services)
		rc =
		    inner.services->clean_member(&inner, c->place, sk_buf_slice(&data), &out, &why);
	if (rc == 0 && media_type(out.type))
		write_picture(c, line, &out);
	else if (rc == 0 || rc == SK_EFORMAT || rc == SK_EREFUSED)
		sk_job_removed(c->job, code, 1, "%s", c->place);
	else
		c->out->err = rc;
	sk_buf_free(&data);
	sk_buf_free(&out.bytes);
}

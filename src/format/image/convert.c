/* Kinds of pictures that become another: which reader, which type. Cleaner's jail. */
#include "format/image/convert.h"

static int from_ico(const struct sk_pic *p, enum sk_filetype *type)
{
	*type = SK_FT_PNG;
	return sk_ico_to_png(p);
}

static const struct {
	enum sk_filetype type;
	int (*convert)(const struct sk_pic *p, enum sk_filetype *type);
} kinds[] = {
    {SK_FT_ICO, from_ico},
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

bool sk_image_converts(enum sk_filetype type)
{
	for (size_t i = 0; i < KINDS; i++)
		if (kinds[i].type == type)
			return true;
	return false;
}

int sk_image_convert(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out)
{
	struct sk_pic p = {job, NULL, in, &out->bytes};
	int rc = SK_EFORMAT;

	for (size_t i = 0; i < KINDS; i++)
		if (kinds[i].type == type)
			rc = kinds[i].convert(&p, &out->type);
	if (rc == 0)
		rc = out->bytes.err;
	if (rc)
		sk_buf_free(&out->bytes);
	return rc;
}

/*
 * Coded items as decoders want them. HEVC: the parameter sets of hvcC and the units of the item, each behind a start
 * code (ISO/IEC 14496-15, 8.3; H.265, annex B). AV1: configOBUs of av1C and the item (AV1-ISOBMFF, 2.3). Cleaner's jail.
 */
#include "format/heif/heif.h"

static const uint8_t start_code[] = {0, 0, 0, 1};

struct stream {
	struct sk_buf out;
	unsigned length; /* bytes of a unit's length */
};

static bool put_unit(struct stream *s, struct sk_reader *r, unsigned length)
{
	uint32_t n = 0;

	for (unsigned i = 0; i < length; i++)
		n = n << 8 | sk_read_u8(r);
	struct sk_slice unit = sk_read_slice(r, n);
	sk_buf_put(&s->out, start_code, sizeof(start_code));
	sk_buf_put_slice(&s->out, unit);
	return !r->bad;
}

/* HEVCDecoderConfigurationRecord: 21 bytes, then the length of lengths, then arrays of units. */
static int put_configuration(struct stream *s, struct sk_slice config)
{
	struct sk_reader r = sk_reader(config);

	sk_read_skip(&r, 21);
	s->length = (sk_read_u8(&r) & 3U) + 1;
	for (unsigned arrays = sk_read_u8(&r); arrays && !r.bad; arrays--) {
		sk_read_skip(&r, 1);
		for (unsigned n = sk_read_u16be(&r); n && !r.bad; n--)
			put_unit(s, &r, 2);
	}
	return r.bad ? SK_EFORMAT : 0;
}

static int put_hevc(struct stream *s, struct sk_slice config, struct sk_slice data)
{
	struct sk_reader r = sk_reader(data);
	int rc = put_configuration(s, config);

	while (rc == 0 && sk_read_left(&r))
		if (!put_unit(s, &r, s->length))
			rc = SK_EFORMAT;
	return rc;
}

static int put_av1(struct stream *s, struct sk_slice config, struct sk_slice data)
{
	sk_buf_put_slice(&s->out, sk_slice_sub(config, 4, config.n));
	sk_buf_put_slice(&s->out, data);
	return config.n < 4 ? SK_EFORMAT : 0;
}

int sk_heif_stream(const struct sk_heif *h, const struct sk_heif_item *item, enum sk_codec *codec,
    struct sk_slice *out)
{
	bool hevc = item->type == SK_BOX('h', 'v', 'c', '1');
	struct sk_slice data, config = sk_heif_property(h, item,
				  hevc ? SK_BOX('h', 'v', 'c', 'C') : SK_BOX('a', 'v', '1', 'C'));
	struct stream s = {.out = SK_BUF(SK_LIMIT_INPUT)};
	int rc = sk_heif_data(h, item, &data);

	if (rc == 0)
		rc = hevc ? put_hevc(&s, config, data) : put_av1(&s, config, data);
	if (rc == 0)
		rc = s.out.err;
	uint8_t *p = rc ? NULL : sk_arena_dup(h->arena, s.out.p, s.out.len);
	if (rc == 0 && p == NULL)
		rc = SK_ENOMEM;
	*codec = hevc ? SK_CODEC_HEVC : SK_CODEC_AV1;
	*out = sk_slice(p, p ? s.out.len : 0);
	sk_buf_free(&s.out);
	return rc;
}

/* The layer around libjpeg-turbo: errors, limits, output. Cleaner's jail. */
#include "format/image/jpegcodec.h"

#include <jerror.h>

#define OUT_STEP 65536

static void on_error(j_common_ptr c)
{
	struct sk_jpeg_codec *k = (struct sk_jpeg_codec *)(void *)c->err;

	if (k->status == 0)
		k->status = c->err->msg_code == JERR_OUT_OF_MEMORY ? SK_ENOMEM : SK_EFORMAT;
	longjmp(k->jump, 1);
}

static void on_message(j_common_ptr c, int level)
{
	struct sk_jpeg_codec *k = (struct sk_jpeg_codec *)(void *)c->err;

	if (level >= 0)
		return;
	c->err->num_warnings++;
	if (c->err->msg_code == JWRN_EXTRANEOUS_DATA)
		k->harmless++;
}

static void no_output(j_common_ptr c)
{
	(void)c;
}

/* Each scan of a progressive file costs a walk over the picture: bounded. */
static void on_progress(j_common_ptr c)
{
	struct sk_jpeg_codec *k = (struct sk_jpeg_codec *)(void *)c->err;

	if (c->is_decompressor &&
	    ((j_decompress_ptr)(void *)c)->input_scan_number > SK_LIMIT_JPEG_SCANS) {
		k->status = SK_ELIMIT;
		longjmp(k->jump, 1);
	}
}

void sk_jpeg_codec_init(struct sk_jpeg_codec *k)
{
	*k = (struct sk_jpeg_codec){.progress = {.progress_monitor = on_progress}};
	jpeg_std_error(&k->err);
	k->err.error_exit = on_error;
	k->err.emit_message = on_message;
	k->err.output_message = no_output;
}

static struct sk_jpeg_codec *codec_of(j_compress_ptr c)
{
	return (struct sk_jpeg_codec *)(void *)c->err;
}

static void dest_room(j_compress_ptr c)
{
	struct sk_jpeg_codec *k = codec_of(c);

	if (sk_buf_reserve(k->out, OUT_STEP)) {
		k->status = k->out->err;
		longjmp(k->jump, 1);
	}
	c->dest->next_output_byte = k->out->p + k->out->len;
	c->dest->free_in_buffer = OUT_STEP;
}

static boolean dest_full(j_compress_ptr c)
{
	codec_of(c)->out->len += OUT_STEP;
	dest_room(c);
	return TRUE;
}

static void dest_end(j_compress_ptr c)
{
	codec_of(c)->out->len += OUT_STEP - c->dest->free_in_buffer;
}

void sk_jpeg_dest(j_compress_ptr c, struct sk_jpeg_codec *k, struct sk_buf *out)
{
	k->out = out;
	k->dest = (struct jpeg_destination_mgr){.init_destination = dest_room,
	    .empty_output_buffer = dest_full,
	    .term_destination = dest_end};
	c->dest = &k->dest;
}

void sk_jpeg_ids(j_compress_ptr c)
{
	const char *ids = c->jpeg_color_space == JCS_RGB    ? "RGB"
			  : c->jpeg_color_space == JCS_CMYK ? "CMYK"
							    : "\1\2\3\4";

	for (int i = 0; i < c->num_components; i++)
		c->comp_info[i].component_id = (unsigned char)ids[i];
}

bool sk_jpeg_sane_tables(j_decompress_ptr d)
{
	for (int i = 0; i < d->num_components; i++) {
		const JQUANT_TBL *q = d->comp_info[i].quant_table;
		for (unsigned j = 0; q && j < 64; j++)
			if (q->quantval[j] == 0)
				return false;
	}
	return true;
}

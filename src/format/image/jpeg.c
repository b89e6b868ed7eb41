/*
 * JPEG: the coefficients are read and written again by libjpeg-turbo with optimised Huffman tables,
 * so the picture stays the same to the last bit; markers come from a list. A stream that makes the
 * decoder warn is decoded to pixels and encoded again. Cleaner's jail. ITU-T T.81, T.871 (JFIF).
 */
#include "format/image/jpegcodec.h"

#include <stdlib.h>

#define ICC_CHUNKS 32    /* of a profile: 2 MB; larger ones are not display profiles */
#define QUALITY_AGAIN 95 /* of a damaged picture, encoded again */

/* What the markers of the source say. */
struct facts {
	bool jfif, adobe;
	unsigned unit, x, y;
	struct sk_exif exif;
	struct sk_icc icc;
	bool has_icc;
	uint32_t metadata, unknown, thumbnails;
	unsigned sof, bits; /* marker of the frame, bits of a sample */
	struct sk_slice chunks[ICC_CHUNKS + 1];
	unsigned nchunks;
};

static void read_exif(struct facts *f, struct sk_slice body)
{
	struct sk_exif e = sk_exif_read(sk_slice_sub(body, 6, body.n));

	if (e.orientation > 1 || f->exif.orientation == 0)
		f->exif = e;
	f->metadata += !(e.canonical && e.orientation > 1);
}

static void read_app(struct facts *f, unsigned marker, struct sk_slice body)
{
	if (marker == 0xE0 && sk_slice_starts(body, SK_SLICE_LIT("JFIF\0")) && body.n >= 14 &&
	    !f->jfif) {
		f->jfif = true;
		f->unit = body.p[7] <= 2 ? body.p[7] : 0;
		f->x = (unsigned)body.p[8] << 8 | body.p[9];
		f->y = (unsigned)body.p[10] << 8 | body.p[11];
		f->thumbnails += body.n > 14;
	} else if (marker == 0xE0 && sk_slice_starts(body, SK_SLICE_LIT("JFXX\0"))) {
		f->thumbnails++;
	} else if (marker == 0xE1 && sk_slice_starts(body, SK_SLICE_LIT("Exif\0"))) {
		read_exif(f, body);
	} else if (marker == 0xE2 && sk_slice_starts(body, SK_SLICE_LIT("ICC_PROFILE\0")) &&
		   body.n > 14) {
		if (f->nchunks == 0)
			f->has_icc = true;
		if (f->nchunks < ICC_CHUNKS)
			f->chunks[f->nchunks] = body;
		f->nchunks++;
	} else if (marker == 0xEE && sk_slice_starts(body, SK_SLICE_LIT("Adobe")) && body.n >= 12 &&
		   !f->adobe) {
		f->adobe = true;
	} else if (marker == 0xFE || marker == 0xE1 || marker == 0xE2 || marker == 0xED) {
		f->metadata++;
	} else {
		f->unknown++;
	}
}

/* The pieces of the profile in the order of their numbers. */
static void join_icc(struct facts *f)
{
	static const size_t max = (size_t)2 << 20;
	struct sk_buf all = SK_BUF(max);

	f->icc = (struct sk_icc){.kind = SK_ICC_UNKNOWN};
	if (f->nchunks == 0 || f->nchunks > ICC_CHUNKS)
		return;
	for (unsigned n = 1; n <= f->nchunks; n++)
		for (unsigned i = 0; i < f->nchunks; i++)
			if (f->chunks[i].p[12] == n)
				sk_buf_put_slice(
				    &all, sk_slice_sub(f->chunks[i], 14, f->chunks[i].n));
	if (all.err == 0)
		f->icc = sk_icc_read(sk_buf_slice(&all));
	f->icc.canonical = f->icc.canonical && f->nchunks == 1;
	sk_buf_free(&all);
}

/* The next marker at or after the position, past fill bytes and entropy-coded data; 0 at the end.
 */
static unsigned next_marker(struct sk_reader *r)
{
	while (sk_read_left(r) >= 2) {
		const uint8_t *at = r->s.p + r->pos;
		const uint8_t *ff = memchr(at, 0xFF, r->s.n - r->pos - 1);
		if (ff == NULL)
			return 0;
		sk_read_skip(r, (size_t)(ff - at) + 1);
		unsigned m = sk_read_u8(r);
		if (m == 0xFF)
			r->pos--;
		else if (m != 0 && !(m >= 0xD0 && m <= 0xD7))
			return m;
	}
	return 0;
}

static bool is_frame(unsigned marker)
{
	return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 &&
	       marker != 0xCC;
}

static void read_frame(struct facts *f, unsigned marker, struct sk_slice body)
{
	f->sof = marker;
	f->bits = body.p[0];
}

static void read_facts(struct sk_slice in, struct facts *f)
{
	struct sk_reader r = sk_reader(in);
	unsigned m;

	*f = (struct facts){0};
	sk_read_skip(&r, 2);
	while ((m = next_marker(&r)) != 0 && m != 0xD9) {
		if (m == 1) { /* TEM: has no length */
			f->unknown++;
			continue;
		}
		unsigned n = sk_read_u16be(&r);
		struct sk_slice body = sk_read_slice(&r, n < 2 ? 0 : n - 2);
		if (r.bad)
			break;
		if (m == 0xDC || m == 0xDE || m == 0xDF || (m >= 0xF0 && m <= 0xFD))
			f->unknown++;
		else if ((m >= 0xE0 && m <= 0xEF) || m == 0xFE)
			read_app(f, m, body);
		else if (is_frame(m) && f->sof == 0 && body.n)
			read_frame(f, m, body);
	}
	if (f->has_icc)
		join_icc(f);
	if (f->exif.orientation == 0)
		f->exif.orientation = 1;
}

bool sk_jpeg_structure(struct sk_slice in)
{
	struct sk_reader r = sk_reader(in);
	bool frame = false;
	unsigned m;

	sk_read_skip(&r, 2);
	while ((m = next_marker(&r)) != 0) {
		if (m == 1)
			continue;
		unsigned n = sk_read_u16be(&r);
		sk_read_skip(&r, n < 2 ? 0 : n - 2);
		if (r.bad || m == 0xD8 || m == 0xD9)
			return false;
		if (is_frame(m))
			frame = true;
		if (m == 0xDA)
			return frame;
	}
	return false;
}

/* Bytes behind the end of the picture, and between its parts. */
struct rest {
	size_t trailing;
	bool gaps;
};

static void report_rest(const struct sk_pic *p, const struct rest *r)
{
	sk_pic_removed(p, SK_GENERIC_TRAILING, r->trailing > 0, "after the picture");
	sk_pic_removed(p, SK_GENERIC_HIDDEN, r->gaps, "between the parts of the picture");
}

/* White space at the end of a stream belongs to the document around it. */
static size_t trails(struct sk_slice in, size_t n)
{
	while (n && (in.p[in.n - n] == 0 || strchr("\r\n ", in.p[in.n - n])))
		n--;
	return n;
}

static void report_facts(const struct sk_pic *p, const struct facts *f)
{
	sk_pic_removed(p, SK_IMAGE_METADATA, f->metadata, "header");
	sk_pic_removed(p, SK_IMAGE_THUMBNAIL, f->thumbnails, "header");
	sk_pic_removed(p, SK_IMAGE_UNKNOWN_PART, f->unknown, "header");
}

/* Read the header and refuse what cannot be a picture before anything large is allocated. */
static int open_source(const struct sk_pic *p, struct sk_jpeg_codec *k, j_decompress_ptr d)
{
	jpeg_mem_src(d, p->in.p, p->in.n);
	d->progress = &k->progress;
	jpeg_read_header(d, TRUE);
	/* A block takes at least a bit, so 64 pixels do. */
	if ((uint64_t)d->image_width * d->image_height > (uint64_t)p->in.n * 512 + 65536)
		return SK_EFORMAT;
	if (d->num_components != 1 && d->num_components != 3 && d->num_components != 4)
		return SK_EFORMAT;
	return sk_job_pixels(p->job, d->image_width, d->image_height);
}

static void set_density(j_compress_ptr c, const struct facts *f)
{
	c->JFIF_major_version = c->JFIF_minor_version = 1;
	c->density_unit = (UINT8)(f->jfif ? f->unit : 0);
	c->X_density = (UINT16)(f->jfif && f->x && f->y ? f->x : 1);
	c->Y_density = (UINT16)(f->jfif && f->x && f->y ? f->y : 1);
	if (c->density_unit == 0 && f->exif.dpi_x) {
		c->density_unit = 1;
		c->X_density = (UINT16)f->exif.dpi_x;
		c->Y_density = (UINT16)f->exif.dpi_y;
	}
}

/* Which of the two headers that name the colour space stand in the output. */
static void set_headers(j_compress_ptr c, const struct facts *f, bool in_pdf)
{
	bool plain = c->jpeg_color_space == JCS_GRAYSCALE || c->jpeg_color_space == JCS_YCbCr;

	c->write_JFIF_header = (plain && (!in_pdf || f->jfif)) ? TRUE : FALSE;
	c->write_Adobe_marker = f->adobe ? TRUE : FALSE;
	if (!in_pdf)
		c->write_Adobe_marker =
		    ((!plain && f->adobe) || c->jpeg_color_space == JCS_RGB) ? TRUE : FALSE;
	if (c->num_components == 1)
		c->write_Adobe_marker = FALSE;
}

static void write_extras(j_compress_ptr c, const struct facts *f)
{
	uint8_t icc[14 + SK_ICC_BYTES] = "ICC_PROFILE\0\1\1";

	if (f->exif.orientation > 1) {
		uint8_t exif[6 + SK_EXIF_BYTES] = "Exif";
		sk_exif_write(f->exif.orientation, exif + 6);
		jpeg_write_marker(c, JPEG_APP0 + 1, exif, sizeof(exif));
	}
	if (f->icc.kind == SK_ICC_MATRIX && c->num_components == 3) {
		icc[12] = icc[13] = 1;
		jpeg_write_marker(
		    c, JPEG_APP0 + 2, icc, 14 + (unsigned)sk_icc_write(&f->icc, icc + 14));
	}
}

struct transcoder {
	struct sk_jpeg_codec in, out;
	struct jpeg_decompress_struct d;
	struct jpeg_compress_struct c;
	bool d_open, c_open;
	struct rest rest;
};

static void transcoder_free(struct transcoder *t)
{
	if (t->d_open)
		jpeg_destroy_decompress(&t->d);
	if (t->c_open)
		jpeg_destroy_compress(&t->c);
	free(t);
}

static int write_out(struct transcoder *t, const struct facts *f, bool in_pdf,
    jvirt_barray_ptr *coefs, struct sk_buf *out)
{
	if (setjmp(t->out.jump))
		return t->out.status;
	t->c.err = &t->out.err;
	jpeg_create_compress(&t->c);
	t->c_open = true;
	jpeg_copy_critical_parameters(&t->d, &t->c);
	sk_jpeg_ids(&t->c);
	set_density(&t->c, f);
	set_headers(&t->c, f, in_pdf);
	t->c.optimize_coding = TRUE;
	if (t->d.progressive_mode)
		jpeg_simple_progression(&t->c);
	sk_jpeg_dest(&t->c, &t->out, out);
	jpeg_write_coefficients(&t->c, coefs);
	if (!in_pdf)
		write_extras(&t->c, f);
	jpeg_finish_compress(&t->c);
	return t->out.err.num_warnings ? SK_EFORMAT : 0;
}

static int run_transcoder(
    struct transcoder *t, const struct sk_pic *p, const struct facts *f, bool in_pdf)
{
	if (setjmp(t->in.jump))
		return t->in.status;
	t->d.err = &t->in.err;
	jpeg_create_decompress(&t->d);
	t->d_open = true;
	int rc = open_source(p, &t->in, &t->d);
	if (rc)
		return rc;
	jvirt_barray_ptr *coefs = jpeg_read_coefficients(&t->d);
	if (sk_jpeg_warned(&t->in) || !sk_jpeg_sane_tables(&t->d))
		return SK_EFORMAT;
	t->rest = (struct rest){t->d.src->bytes_in_buffer, t->in.harmless > 0};
	rc = write_out(t, f, in_pdf, coefs, p->out);
	return rc;
}

/* By coefficients. SK_EFORMAT when the stream is not sane; *rest: what it has besides. */
static int transcode(const struct sk_pic *p, const struct facts *f, bool in_pdf, struct rest *rest)
{
	struct transcoder *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return SK_ENOMEM;
	sk_jpeg_codec_init(&t->in);
	sk_jpeg_codec_init(&t->out);
	size_t start = p->out->len;
	int rc = run_transcoder(t, p, f, in_pdf);
	*rest = t->rest;
	transcoder_free(t);
	if (rc == SK_ELIMIT && p->out->err == 0)
		rc = sk_job_refuse(
		    p->job, SK_REASON_BOMB, "more than %d scans in a picture", SK_LIMIT_JPEG_SCANS);
	if (rc)
		p->out->len = start;
	return rc;
}

int sk_jpeg_transcode(
    struct sk_job *job, struct sk_slice in, const char *where, bool keep_adobe, struct sk_buf *out)
{
	struct sk_pic p = {job, where, in, out};
	struct facts f;
	struct rest rest;

	read_facts(in, &f);
	int rc = transcode(&p, &f, keep_adobe, &rest);
	if (rc)
		return rc;
	/* The document says how colours are meant and which side is up, so both go too. */
	f.metadata += f.nchunks + (f.exif.canonical && f.exif.orientation > 1);
	report_facts(&p, &f);
	rest.trailing = trails(in, rest.trailing);
	report_rest(&p, &rest);
	return 0;
}

/* Decoded pixels in the colour space the encoder takes; data is malloc'ed. */
struct raw {
	unsigned width, height, channels;
	bool adobe;
	uint8_t *data;
	struct rest rest;
	struct sk_jpeg_codec k;
	struct jpeg_decompress_struct d;
};

static int read_rows(struct raw *r, const struct sk_pic *p)
{
	if (setjmp(r->k.jump))
		return r->k.status;
	r->d.err = &r->k.err;
	jpeg_create_decompress(&r->d);
	int rc = open_source(p, &r->k, &r->d);
	if (rc)
		return rc;
	r->d.out_color_space = r->d.num_components == 1   ? JCS_GRAYSCALE
			       : r->d.num_components == 3 ? JCS_RGB
							  : JCS_CMYK;
	r->d.dct_method = JDCT_ISLOW;
	r->width = r->d.image_width;
	r->height = r->d.image_height;
	r->channels = (unsigned)r->d.num_components;
	r->adobe = r->d.saw_Adobe_marker;
	jpeg_start_decompress(&r->d);
	r->data = sk_pic_alloc(p, (uint64_t)r->width * r->height * r->channels);
	if (r->data == NULL)
		return sk_pic_nomem(p);
	while (r->d.output_scanline < r->height) {
		JSAMPROW row = r->data + (size_t)r->d.output_scanline * r->width * r->channels;
		jpeg_read_scanlines(&r->d, &row, 1);
	}
	jpeg_finish_decompress(&r->d);
	r->rest = (struct rest){r->d.src->bytes_in_buffer, r->k.harmless > 0};
	return 0;
}

/* All pixels; an error in the middle keeps what was decoded before it. */
static int decode_raw(const struct sk_pic *p, struct raw *r)
{
	*r = (struct raw){0};
	sk_jpeg_codec_init(&r->k);
	int rc = read_rows(r, p);
	if (rc == SK_EFORMAT && r->data && r->d.output_scanline > 0)
		rc = 0;
	jpeg_destroy_decompress(&r->d);
	if (rc == SK_ELIMIT)
		rc = sk_job_refuse(
		    p->job, SK_REASON_BOMB, "more than %d scans in a picture", SK_LIMIT_JPEG_SCANS);
	if (rc) {
		free(r->data);
		r->data = NULL;
	}
	return rc;
}

struct encoder {
	struct sk_jpeg_codec k;
	struct jpeg_compress_struct c;
};

static int run_encoder(
    struct encoder *e, const struct raw *r, unsigned quality, unsigned dpi, struct sk_buf *out)
{
	static const J_COLOR_SPACE spaces[5] = {
	    JCS_UNKNOWN, JCS_GRAYSCALE, JCS_UNKNOWN, JCS_RGB, JCS_CMYK};

	if (setjmp(e->k.jump))
		return e->k.status;
	e->c.err = &e->k.err;
	jpeg_create_compress(&e->c);
	sk_jpeg_dest(&e->c, &e->k, out);
	e->c.image_width = r->width;
	e->c.image_height = r->height;
	e->c.input_components = (int)r->channels;
	e->c.in_color_space = spaces[r->channels];
	jpeg_set_defaults(&e->c);
	jpeg_set_quality(&e->c, (int)quality, TRUE);
	if (r->channels == 3 && quality >= 90)
		e->c.comp_info[0].h_samp_factor = e->c.comp_info[0].v_samp_factor = 1;
	e->c.optimize_coding = TRUE;
	e->c.write_Adobe_marker = r->adobe ? TRUE : FALSE;
	if (r->channels != 4)
		e->c.write_Adobe_marker = FALSE;
	set_density(&e->c, &(struct facts){.jfif = dpi > 0, .unit = 1, .x = dpi, .y = dpi});
	sk_jpeg_ids(&e->c);
	jpeg_start_compress(&e->c, TRUE);
	while (e->c.next_scanline < r->height) {
		JSAMPROW row = r->data + (size_t)e->c.next_scanline * r->width * r->channels;
		jpeg_write_scanlines(&e->c, &row, 1);
	}
	jpeg_finish_compress(&e->c);
	return 0;
}

static int encode_raw(const struct raw *r, unsigned quality, unsigned dpi, struct sk_buf *out)
{
	struct encoder *e = calloc(1, sizeof(*e));

	if (e == NULL)
		return SK_ENOMEM;
	sk_jpeg_codec_init(&e->k);
	int rc = run_encoder(e, r, quality, dpi, out);
	jpeg_destroy_compress(&e->c);
	free(e);
	return rc;
}

/* Decode, encode, and write the result as any sane picture, so that a second cleaning changes
 * nothing. */
static int encode_again(const struct sk_pic *p, const struct facts *f, struct rest *rest)
{
	struct raw *r = calloc(1, sizeof(*r));
	struct sk_buf again = SK_BUF(p->out->max);

	if (r == NULL)
		return SK_ENOMEM;
	int rc = decode_raw(p, r);
	if (rc == 0)
		rc = encode_raw(r, QUALITY_AGAIN, 0, &again);
	*rest = r->rest;
	free(r->data);
	free(r);
	if (rc == 0) {
		struct sk_pic q = {p->job, p->where, sk_buf_slice(&again), p->out};
		struct rest none;
		rc = transcode(&q, f, false, &none);
	}
	sk_buf_free(&again);
	if (rc == 0)
		sk_pic_removed(p, SK_IMAGE_DAMAGED, 1, "picture data");
	return rc;
}

/* Medical and archival kinds that the library does not read: 12 bits, lossless, hierarchical. */
static bool is_known(const struct facts *f)
{
	return f->sof == 0 || (f->bits == 8 && (f->sof & 3) != 3 && (f->sof & 7) < 5);
}

int sk_jpeg_clean(const struct sk_pic *p)
{
	struct facts f;
	struct rest rest = {0};

	read_facts(p->in, &f);
	int rc = transcode(p, &f, false, &rest);
	if (rc == SK_EFORMAT)
		rc = encode_again(p, &f, &rest);
	if (rc == SK_EFORMAT && p->where == NULL && !is_known(&f))
		return sk_job_refuse(p->job, SK_REASON_UNSUPPORTED_TYPE,
		    "JPEG of %u bits a sample, frame %02X", f.bits, f.sof);
	if (rc)
		return rc;
	report_facts(p, &f);
	if (f.has_icc)
		sk_icc_report(p, &f.icc);
	report_rest(p, &rest);
	return 0;
}

/* CMYK to RGB without profiles; Adobe's files hold inverted values. */
static void cmyk_to_rgb(const struct raw *r, uint8_t *out)
{
	for (size_t i = 0; i < (size_t)r->width * r->height; i++) {
		const uint8_t *s = r->data + i * 4;
		for (unsigned j = 0; j < 3; j++)
			out[i * 3 + j] = (uint8_t)(r->adobe ? s[j] * s[3] / 255
							    : (255 - s[j]) * (255 - s[3]) / 255);
	}
}

int sk_jpeg_decode(const struct sk_pic *p, struct sk_pixmap *out)
{
	struct raw *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return SK_ENOMEM;
	int rc = decode_raw(p, r);
	if (rc == 0) {
		size_t n = (size_t)r->width * r->height;
		unsigned channels = r->channels == 1 ? 1 : 3;
		uint8_t *data = sk_arena_array(p->job->arena, n, channels);
		if (data == NULL)
			rc = SK_ENOMEM;
		else if (r->channels == 4)
			cmyk_to_rgb(r, data);
		else
			memcpy(data, r->data, n * channels);
		if (rc == 0)
			*out = (struct sk_pixmap){r->width, r->height, channels, data};
	}
	free(r->data);
	free(r);
	return rc;
}

/* On white, as paper would show it. */
static void drop_alpha(const struct sk_pixmap *p, uint8_t *out)
{
	for (size_t i = 0; i < (size_t)p->width * p->height; i++) {
		const uint8_t *s = p->data + i * 4;
		for (unsigned j = 0; j < 3; j++)
			out[i * 3 + j] = (uint8_t)((s[j] * s[3] + 255 * (255 - s[3]) + 127) / 255);
	}
}

int sk_jpeg_encode(const struct sk_pixmap *p, unsigned quality, unsigned dpi, struct sk_buf *out)
{
	struct raw r = {
	    .width = p->width, .height = p->height, .channels = p->channels, .data = p->data};
	uint8_t *flat = NULL;

	if (p->width == 0 || p->height == 0 || p->width > 65500 || p->height > 65500 ||
	    quality < 1 || quality > 100)
		return SK_EARG;
	if (p->channels == 4) {
		flat = calloc((size_t)p->width * p->height, 3);
		if (flat == NULL)
			return SK_ENOMEM;
		drop_alpha(p, flat);
		r.channels = 3;
		r.data = flat;
	} else if (p->channels != 1 && p->channels != 3) {
		return SK_EARG;
	}
	int rc = encode_raw(&r, quality, dpi > 65535 ? 65535 : dpi, out);
	free(flat);
	return rc;
}

/*
 * JPEG inside TIFF: the strips or tiles of a page are read to their coefficients and written as one stream
 * with tables of its own, so the page loses nothing and stays small. Cleaner's jail. ITU-T T.81,
 * TIFF Technical Note 2.
 */
#include "format/image/jpegcodec.h"

#include <stdlib.h>

struct join {
	struct sk_jpeg_codec k; /* of both */
	struct jpeg_decompress_struct d;
	struct jpeg_compress_struct c;
	bool d_open, c_open;
	const struct sk_pic *p;
	const struct sk_jpeg_page *page;
	jvirt_barray_ptr coefs[MAX_COMPONENTS]; /* of the page */
};

/* The coefficients of a piece; its decoder stays open. SK_EFORMAT when it is not sane. */
static int read_piece(struct join *j, const struct sk_jpeg_piece *piece, jvirt_barray_ptr **coefs)
{
	struct sk_slice tables = j->page->tables;

	if (j->d_open)
		jpeg_destroy_decompress(&j->d);
	j->d.err = &j->k.err;
	jpeg_create_decompress(&j->d);
	j->d_open = true;
	j->d.progress = &j->k.progress;
	if (tables.n) {
		jpeg_mem_src(&j->d, tables.p, tables.n);
		if (jpeg_read_header(&j->d, FALSE) != JPEG_HEADER_TABLES_ONLY)
			return SK_EFORMAT;
	}
	jpeg_mem_src(&j->d, piece->in.p, piece->in.n);
	jpeg_read_header(&j->d, TRUE);
	uint32_t rows = j->page->height - piece->y;
	if (j->d.image_width != piece->width || j->d.image_height > piece->height ||
	    j->d.image_height < (rows < piece->height ? rows : piece->height))
		return SK_EFORMAT;
	/* A block takes at least a bit, so 64 pixels do. */
	if ((uint64_t)piece->width * piece->height > (uint64_t)piece->in.n * 512 + 65536)
		return SK_EFORMAT;
	j->d.jpeg_color_space = j->page->space;
	*coefs = jpeg_read_coefficients(&j->d);
	return sk_jpeg_warned(&j->k) || !sk_jpeg_sane_tables(&j->d) ? SK_EFORMAT : 0;
}

/* Sampling that a TIFF can say: of the first component of YCbCr 1, 2 or 4, of any other 1. */
static bool sane_sampling(const struct join *j)
{
	unsigned components = j->page->space == JCS_GRAYSCALE ? 1
			      : j->page->space == JCS_CMYK    ? 4
							      : 3;

	if ((unsigned)j->d.num_components != components)
		return false;
	for (unsigned i = components == 1; i < components; i++) {
		const jpeg_component_info *comp = &j->d.comp_info[i];
		bool free = i == 0 && j->page->space == JCS_YCbCr;
		if (free ? comp->h_samp_factor == 3 || comp->v_samp_factor == 3
			 : comp->h_samp_factor != 1 || comp->v_samp_factor != 1)
			return false;
	}
	return true;
}

/* The output as the first piece has it, but of the page's size. */
static void start_page(struct join *j)
{
	jpeg_create_compress(&j->c);
	j->c_open = true;
	jpeg_copy_critical_parameters(&j->d, &j->c);
	j->c.image_width = j->page->width;
	j->c.image_height = j->page->height;
	if (j->c.num_components == 1)
		j->c.comp_info[0].h_samp_factor = j->c.comp_info[0].v_samp_factor = 1;
	j->c.write_JFIF_header = j->c.write_Adobe_marker = FALSE;
	j->c.optimize_coding = TRUE;
	sk_jpeg_ids(&j->c);
}

static JDIMENSION div_up(uint64_t a, uint64_t b)
{
	return (JDIMENSION)((a + b - 1) / b);
}

/* Room for all coefficients of the page, zeros at first. */
static void room(struct join *j)
{
	unsigned h = 8U * (unsigned)j->c.comp_info[0].h_samp_factor,
		 v = 8U * (unsigned)j->c.comp_info[0].v_samp_factor;

	for (int i = 0; i < j->c.num_components; i++) {
		const jpeg_component_info *comp = &j->c.comp_info[i];
		j->coefs[i] = j->c.mem->request_virt_barray((j_common_ptr)&j->c, JPOOL_IMAGE, TRUE,
		    div_up(j->page->width, h) * (JDIMENSION)comp->h_samp_factor,
		    div_up(j->page->height, v) * (JDIMENSION)comp->v_samp_factor,
		    (JDIMENSION)comp->v_samp_factor);
	}
	j->c.mem->realize_virt_arrays((j_common_ptr)&j->c);
}

/* Later pieces are coded like the first one. */
static bool same_coding(const struct join *j)
{
	if (j->d.num_components != j->c.num_components || !sane_sampling(j))
		return false;
	for (int i = 0; i < j->c.num_components; i++) {
		const jpeg_component_info *a = &j->d.comp_info[i], *b = &j->c.comp_info[i];
		const JQUANT_TBL *q = j->c.quant_tbl_ptrs[b->quant_tbl_no];
		if (i || j->c.num_components > 1) {
			if (a->h_samp_factor != b->h_samp_factor ||
			    a->v_samp_factor != b->v_samp_factor)
				return false;
		}
		if (a->quant_table == NULL || q == NULL ||
		    memcmp(a->quant_table->quantval, q->quantval, sizeof(q->quantval)) != 0)
			return false;
	}
	return true;
}

/* Put the blocks of one component of a piece in their place; what lies outside the page goes. */
static void copy_blocks(
    struct join *j, const struct sk_jpeg_piece *piece, int i, jvirt_barray_ptr from)
{
	const jpeg_component_info *a = &j->d.comp_info[i], *b = &j->c.comp_info[i],
				  *first = &j->c.comp_info[0];
	unsigned h = (unsigned)b->h_samp_factor, v = (unsigned)b->v_samp_factor,
		 h_max = (unsigned)first->h_samp_factor, v_max = (unsigned)first->v_samp_factor;
	JDIMENSION x = piece->x / 8 / h_max * h, y = piece->y / 8 / v_max * v,
		   wide = div_up((uint64_t)j->page->width * h, 8ULL * h_max) - x,
		   high = div_up((uint64_t)j->page->height * v, 8ULL * v_max) - y;

	wide = wide < a->width_in_blocks ? wide : a->width_in_blocks;
	high = high < a->height_in_blocks ? high : a->height_in_blocks;
	for (JDIMENSION row = 0; row < high; row++) {
		JBLOCKARRAY s =
		    j->d.mem->access_virt_barray((j_common_ptr)&j->d, from, row, 1, FALSE);
		JBLOCKARRAY t = j->c.mem->access_virt_barray(
		    (j_common_ptr)&j->c, j->coefs[i], y + row, 1, TRUE);
		memcpy(t[0] + x, s[0], wide * sizeof(JBLOCK));
	}
}

static int join_pieces(struct join *j, jvirt_barray_ptr *first)
{
	unsigned h = 8U * (unsigned)j->c.comp_info[0].h_samp_factor,
		 v = 8U * (unsigned)j->c.comp_info[0].v_samp_factor;
	jvirt_barray_ptr *from = first;

	room(j);
	for (size_t i = 0; i < j->page->n; i++) {
		const struct sk_jpeg_piece *piece = &j->page->piece[i];
		int rc = i ? read_piece(j, piece, &from) : 0;
		if (rc)
			return rc;
		if (piece->x % h || piece->y % v || !same_coding(j))
			return SK_EFORMAT;
		for (int k = 0; k < j->c.num_components; k++)
			copy_blocks(j, piece, k, from[k]);
	}
	return 0;
}

static int run(struct join *j, unsigned sampling[2], struct sk_buf *out)
{
	const struct sk_jpeg_piece *first = &j->page->piece[0];
	jvirt_barray_ptr *coefs;

	if (setjmp(j->k.jump))
		return j->k.status;
	j->c.err = &j->k.err;
	int rc = read_piece(j, first, &coefs);
	if (rc)
		return rc;
	if (!sane_sampling(j))
		return SK_EFORMAT;
	start_page(j);
	sampling[0] = (unsigned)j->c.comp_info[0].h_samp_factor;
	sampling[1] = (unsigned)j->c.comp_info[0].v_samp_factor;
	/* One piece that is the page needs no second room for its coefficients. */
	bool whole = j->page->n == 1 && j->d.image_height == j->page->height;
	if (!whole && (rc = join_pieces(j, coefs)))
		return rc;
	sk_jpeg_dest(&j->c, &j->k, out);
	jpeg_write_coefficients(&j->c, whole ? coefs : j->coefs);
	jpeg_finish_compress(&j->c);
	return sk_jpeg_warned(&j->k) ? SK_EFORMAT : 0;
}

int sk_jpeg_join(const struct sk_pic *p, const struct sk_jpeg_page *page, unsigned sampling[2],
    struct sk_buf *out)
{
	struct join *j = calloc(1, sizeof(*j));
	size_t start = out->len;

	if (j == NULL)
		return SK_ENOMEM;
	j->p = p;
	j->page = page;
	sk_jpeg_codec_init(&j->k);
	int rc = run(j, sampling, out);
	if (j->d_open)
		jpeg_destroy_decompress(&j->d);
	if (j->c_open)
		jpeg_destroy_compress(&j->c);
	free(j);
	if (rc == SK_ELIMIT && out->err == 0)
		rc = sk_job_refuse(
		    p->job, SK_REASON_BOMB, "more than %d scans in a picture", SK_LIMIT_JPEG_SCANS);
	if (rc)
		out->len = start;
	return rc;
}

/*
 * What a metafile holds besides its picture, told of files that are one themselves: comments, a description, and
 * what lies behind the end. Cleaner's jail. [MS-EMF] 2.3.3, [MS-WMF] 2.3.6.
 */
#include "format/metafile/metafile.h"

#define EMR_EOF 14
#define EMR_COMMENT 70
#define META_ESCAPE 0x0626
#define PLACEABLE 0x9AC6CDD7
#define EMF_PLUS 0x2B464D45
#define PLUS_HEADER 0x4001

/* The header record of EMF+ says in its lowest flag whether plain records draw the same ([MS-EMFPLUS] 2.3.3.3). */
static void comment(struct sk_metafile_survey *s, struct sk_slice record)
{
	struct sk_reader r = sk_reader(record);

	s->comments++;
	sk_read_skip(&r, 12);
	if (sk_read_u32le(&r) != EMF_PLUS)
		return;
	unsigned type = sk_read_u16le(&r), flags = sk_read_u16le(&r);
	if (!r.bad && type == PLUS_HEADER && !(flags & 1))
		s->plus_only = true;
}

static void survey_emf(struct sk_metafile_survey *s, struct sk_slice in)
{
	struct sk_reader r = sk_reader(in);

	sk_read_seek(&r, 60);
	s->description = sk_read_u32le(&r) != 0;
	sk_read_seek(&r, 0);
	while (s->cut && sk_read_left(&r) >= 8) {
		size_t at = r.pos;
		uint32_t type = sk_read_u32le(&r), size = sk_read_u32le(&r);
		if (size < 8 || size > in.n - at)
			return;
		if (type == EMR_COMMENT)
			comment(s, sk_slice_sub(in, at, size));
		s->cut = type != EMR_EOF;
		s->end = at + size;
		sk_read_seek(&r, s->end);
	}
}

static void survey_wmf(struct sk_metafile_survey *s, struct sk_slice in)
{
	struct sk_reader r = sk_reader(in);

	sk_read_seek(&r, sk_read_u32le(&r) == PLACEABLE ? 40 : 18);
	while (s->cut && sk_read_left(&r) >= 6) {
		size_t at = r.pos;
		uint64_t size = (uint64_t)sk_read_u32le(&r) * 2;
		unsigned f = sk_read_u16le(&r);
		if (size < 6 || size > in.n - at) {
			/* Writers leave the size of the end record out. */
			s->cut = f != 0;
			s->end = f == 0 ? at + 6 : at;
			return;
		}
		s->comments += f == META_ESCAPE;
		s->cut = f != 0;
		s->end = at + (f == 0 ? 6 : (size_t)size);
		sk_read_seek(&r, s->end);
	}
}

struct sk_metafile_survey sk_metafile_survey(struct sk_slice in)
{
	struct sk_metafile_survey s = {.cut = true};

	if (sk_metafile_type(in) == SK_FT_EMF)
		survey_emf(&s, in);
	else
		survey_wmf(&s, in);
	return s;
}

/* Fonts for paper: fonts.h. */
#include "printer/fonts.h"

#include <cairo-ft.h>
#include <fcntl.h>
#include <fontconfig/fontconfig.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"

/* A kana and an ideograph: without them it is another font that fontconfig thought was near. */
static bool is_japanese(FT_Face face)
{
	return FT_Get_Char_Index(face, 0x3042) && FT_Get_Char_Index(face, 0x95a2);
}

static FcPattern *match(int weight)
{
	FcPattern *want = FcNameParse((const FcChar8 *)"Noto Sans CJK JP:lang=ja"), *got = NULL;
	FcResult result;

	if (want == NULL)
		return NULL;
	FcPatternAddInteger(want, FC_WEIGHT, weight);
	FcConfigSubstitute(NULL, want, FcMatchPattern);
	FcDefaultSubstitute(want);
	got = FcFontMatch(NULL, want, &result);
	FcPatternDestroy(want);
	return got;
}

static int map(const FcPattern *p, struct sk_slice *file, int *index)
{
	FcChar8 *path;

	if (p == NULL || FcPatternGetString(p, FC_FILE, 0, &path) != FcResultMatch ||
	    FcPatternGetInteger(p, FC_INDEX, 0, index) != FcResultMatch)
		return SK_ENOENTRY;
	sk_autoclose int fd = open((const char *)path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? SK_ENOENTRY : sk_map(fd, file);
}

static int open_face(struct sk_fonts *f, size_t i)
{
	FcPattern *p = match(i == SK_FONT_BOLD ? FC_WEIGHT_BOLD : FC_WEIGHT_REGULAR);
	int index = 0, status = map(p, &f->file[i], &index);
	FT_Face face = NULL;

	if (p)
		FcPatternDestroy(p);
	if (status)
		return status;
	/* the upper half names an instance of a variable font, which is the default one here */
	if (FT_New_Memory_Face(
		f->library, f->file[i].p, (FT_Long)f->file[i].n, index & 0xffff, &face))
		return SK_EFORMAT;
	f->ft[i] = face;
	if (!is_japanese(face))
		return SK_ENOENTRY;
	f->face[i] = cairo_ft_font_face_create_for_ft_face(face, 0);
	return cairo_font_face_status(f->face[i]) ? SK_ENOMEM : 0;
}

int sk_fonts_open(struct sk_fonts *f)
{
	FT_Library library = NULL;
	int status = 0;

	memset(f, 0, sizeof(*f));
	if (!FcInit() || FT_Init_FreeType(&library))
		return SK_ENOMEM;
	f->library = library;
	for (size_t i = 0; status == 0 && i < SK_FONTS; i++)
		status = open_face(f, i);
	FcFini();
	return status;
}

/* Cairo's caches hold faces until they are emptied. */
void sk_fonts_close(struct sk_fonts *f)
{
	for (size_t i = 0; i < SK_FONTS; i++)
		if (f->face[i])
			cairo_font_face_destroy(f->face[i]);
	cairo_debug_reset_static_data();
	for (size_t i = 0; i < SK_FONTS; i++) {
		if (f->ft[i])
			FT_Done_Face(f->ft[i]);
		sk_unmap(&f->file[i]);
	}
	if (f->library)
		FT_Done_FreeType(f->library);
	memset(f, 0, sizeof(*f));
}

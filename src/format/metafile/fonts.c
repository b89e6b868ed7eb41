/*
 * Fonts for text in metafiles: a short list of files that Debian's font packages install, mapped before the
 * jail closes. Which one draws a letter: the first of the wanted kind that has it, then any. Cleaner's jail.
 */
#include "format/metafile/gdi.h"

#include <cairo-ft.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/fd.h"

enum kind { SANS = 1, SERIF = 2, MONO = 4, BOLD = 8 };

static const struct {
	const char *path;
	unsigned kind;
} candidates[] = {
    {"/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf", SANS},
    {"/usr/share/fonts/truetype/liberation/LiberationSans-Bold.ttf", SANS | BOLD},
    {"/usr/share/fonts/truetype/liberation/LiberationSerif-Regular.ttf", SERIF},
    {"/usr/share/fonts/truetype/liberation/LiberationSerif-Bold.ttf", SERIF | BOLD},
    {"/usr/share/fonts/truetype/liberation/LiberationMono-Regular.ttf", MONO},
    {"/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", SANS},
    {"/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf", SANS | BOLD},
    {"/usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf", SERIF},
    {"/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf", MONO},
    {"/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", SANS | MONO},
    {"/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc", SANS | BOLD},
    {"/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc", SERIF},
    {"/usr/share/fonts/opentype/ipafont-gothic/ipag.ttf", SANS | MONO},
    {"/usr/share/fonts/opentype/ipafont-mincho/ipam.ttf", SERIF},
};

#define NCANDIDATES (sizeof(candidates) / sizeof(candidates[0]))

static struct {
	FT_Face face;
	cairo_font_face_t *cairo;
	unsigned kind;
} fonts[NCANDIDATES];
static size_t nfonts;
static FT_Library library;

/* Map the file; the mapping outlives the jail's empty root. A missing font is no error. */
static void load(const char *path, unsigned kind)
{
	struct sk_slice bytes;
	sk_autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	FT_Face face;

	if (fd < 0 || sk_map_lazily(fd, &bytes))
		return;
	if (FT_New_Memory_Face(library, bytes.p, (FT_Long)bytes.n, 0, &face)) {
		sk_unmap(&bytes);
		return;
	}
	fonts[nfonts].face = face;
	fonts[nfonts].cairo = cairo_ft_font_face_create_for_ft_face(face, FT_LOAD_NO_HINTING);
	fonts[nfonts++].kind = kind;
}

int sk_gdi_fonts_init(void)
{
	if (library)
		return 0;
	if (FT_Init_FreeType(&library))
		return SK_ENOMEM;
	for (size_t i = 0; i < NCANDIDATES; i++)
		load(candidates[i].path, candidates[i].kind);
	return 0;
}

/* The font of the list that draws a letter, or SIZE_MAX. */
static size_t choose(bool mono, bool serif, bool bold, uint32_t cp)
{
	unsigned want = mono ? MONO : serif ? SERIF : SANS;
	size_t best = SIZE_MAX;
	int best_score = -1;

	for (size_t i = 0; i < nfonts; i++) {
		int score =
		    (fonts[i].kind & want ? 2 : 0) + (!!(fonts[i].kind & BOLD) == bold ? 1 : 0);
		if (score > best_score && FT_Get_Char_Index(fonts[i].face, cp)) {
			best = i;
			best_score = score;
		}
	}
	return best;
}

cairo_font_face_t *sk_gdi_font(const struct sk_gdi_object *font, uint32_t cp)
{
	size_t i = choose(font->mono, font->serif, font->bold, cp);

	return i == SIZE_MAX ? NULL : fonts[i].cairo;
}

struct FT_FaceRec_ *sk_gdi_face(bool mono, bool serif, bool bold, uint32_t cp)
{
	size_t i = choose(mono, serif, bold, cp);

	return i == SIZE_MAX ? NULL : fonts[i].face;
}

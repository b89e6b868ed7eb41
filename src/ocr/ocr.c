/*
 * Tesseract, by its C interface (tesseract/capi.h, version 5), loaded and given its data in the zygote. It is told to use
 * one thread, since the jail has no others. Reader's jail.
 */
#include "ocr/ocr.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

#define LIBRARY "libtesseract.so.5"
#define LANGUAGE \
	"jpn"       /* its data know Latin letters and digits, and name those of vertical lines */
#define LSTM_ONLY 1 /* enum TessOcrEngineMode */
#define AUTOMATIC 3 /* enum TessPageSegMode */
#define DPI 300     /* said of pictures that do not say it */

struct engine; /* TessBaseAPI */

static struct {
	struct engine *(*create)(void);
	int (*init)(struct engine *, const char *folder, const char *language, int mode);
	void (*segment)(struct engine *, int mode);
	int (*variable)(struct engine *, const char *name, const char *value);
	void (*image)(
	    struct engine *, const unsigned char *, int width, int height, int bytes, int line);
	void (*resolution)(struct engine *, int dpi);
	int (*recognize)(struct engine *, void *);
	char *(*text)(struct engine *);
	int (*sure)(struct engine *);
	void (*free_text)(char *);
} ocr;

static struct engine *engine;

/* A function of a library, into a pointer of its own type. */
static bool load(void *library, const char *name, void *pointer)
{
	void *f = dlsym(library, name);

	memcpy(pointer, &f, sizeof(f));
	return f != NULL;
}

static bool load_all(void *l)
{
	return l && load(l, "TessBaseAPICreate", &ocr.create) &&
	       load(l, "TessBaseAPIInit2", &ocr.init) &&
	       load(l, "TessBaseAPISetPageSegMode", &ocr.segment) &&
	       load(l, "TessBaseAPISetVariable", &ocr.variable) &&
	       load(l, "TessBaseAPISetImage", &ocr.image) &&
	       load(l, "TessBaseAPISetSourceResolution", &ocr.resolution) &&
	       load(l, "TessBaseAPIRecognize", &ocr.recognize) &&
	       load(l, "TessBaseAPIGetUTF8Text", &ocr.text) &&
	       load(l, "TessBaseAPIMeanTextConf", &ocr.sure) &&
	       load(l, "TessDeleteText", &ocr.free_text);
}

int sk_ocr_init(void)
{
	/* before OpenMP is loaded, which looks at it then */
	if (setenv("OMP_THREAD_LIMIT", "1", 1) || !load_all(dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL)))
		return SK_EUNSUPPORTED;
	engine = ocr.create();
	if (engine == NULL || ocr.init(engine, NULL, LANGUAGE, LSTM_ONLY))
		return SK_EUNSUPPORTED;
	ocr.segment(engine, AUTOMATIC);
	/* Japanese has no spaces between words; those that are there stand between columns */
	return ocr.variable(engine, "preserve_interword_spaces", "1") ? 0 : SK_EUNSUPPORTED;
}

/* Into out in place of what is there, where it is surer than that. */
static int one_way(const struct sk_pixmap *p, struct sk_buf *out, int *sure)
{
	char *text;
	int status = 0, now;

	ocr.image(engine, p->data, (int)p->width, (int)p->height, 1, (int)p->width);
	ocr.resolution(engine, DPI);
	if (ocr.recognize(engine, NULL))
		return 0;
	text = ocr.text(engine);
	now = ocr.sure(engine);
	if (text && now > *sure && text[strspn(text, " \n\f")]) {
		sk_buf_reset(out);
		status = sk_buf_puts(out, text);
		*sure = now;
	}
	if (text)
		ocr.free_text(text);
	return status;
}

/* A quarter to the right. */
static void turn(const struct sk_pixmap *from, struct sk_pixmap *to)
{
	to->width = from->height;
	to->height = from->width;
	for (uint32_t y = 0; y < to->height; y++)
		for (uint32_t x = 0; x < to->width; x++)
			to->data[(size_t)y * to->width + x] =
			    from->data[(size_t)(from->height - 1 - x) * from->width + y];
}

int sk_ocr_read(const struct sk_pixmap *grey, struct sk_buf *out, int *sure)
{
	size_t n = (size_t)grey->width * grey->height;
	struct sk_pixmap p = *grey, other = *grey;
	uint8_t *room = malloc(n ? 2 * n : 1);
	int status = room ? 0 : SK_ENOMEM;

	*sure = 0;
	for (int quarter = 0; !status && *sure < SK_OCR_SURE && quarter < 4; quarter++) {
		status = one_way(&p, out, sure);
		other.data = room + (quarter % 2 ? n : 0);
		turn(&p, &other);
		p = other;
	}
	free(room);
	return status || *sure >= SK_OCR_SURE ? status : SK_EFORMAT;
}

/* Columns as wide as what stands in them, wide characters counted as two: asking.h. The command. */
#include "cmd/asking.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

#define CELL 512

struct table {
	size_t columns, n, cap;
	char **cell;
};

/* Columns that a character takes on a terminal; those of East Asian width W and F take two (UAX #11, whole blocks). */
static size_t width_of(int32_t c)
{
	static const struct {
		int32_t from, to;
	} wide[] = {{0x1100, 0x115F}, {0x2E80, 0x303E}, {0x3041, 0xA4CF}, {0xAC00, 0xD7A3},
	    {0xF900, 0xFAFF}, {0xFE30, 0xFE6F}, {0xFF00, 0xFF60}, {0xFFE0, 0xFFE6},
	    {0x1F300, 0x1FAFF}, {0x20000, 0x3FFFD}};

	if ((c >= 0x300 && c <= 0x36F) || (c >= 0xFE00 && c <= 0xFE0F) ||
	    (c >= 0xE0100 && c <= 0xE01EF) || c == 0x3099 || c == 0x309A)
		return 0;
	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
		if (c >= wide[i].from && c <= wide[i].to)
			return 2;
	return 1;
}

static size_t width(const char *text)
{
	struct sk_slice s = sk_slice_str(text);
	size_t n = 0;

	for (size_t pos = 0; pos < s.n;)
		n += width_of(sk_utf8_next(s, &pos));
	return n;
}

struct table *table_new(size_t columns)
{
	struct table *t = calloc(1, sizeof(*t));

	if (t)
		t->columns = columns;
	return t;
}

void table_cell(struct table *t, const char *text)
{
	char shown[CELL];

	if (t && t->n == t->cap) {
		size_t cap = t->cap ? t->cap * 2 : 64;
		char **v = realloc(t->cell, cap * sizeof(*v));
		if (v == NULL)
			return;
		t->cell = v;
		t->cap = cap;
	}
	if (t == NULL)
		return;
	sk_utf8_display(shown, sizeof(shown), sk_slice_str(text));
	t->cell[t->n] = strdup(shown);
	t->n += t->cell[t->n] != NULL;
}

static size_t widest(const struct table *t, size_t column)
{
	size_t most = 0;

	for (size_t i = column; i < t->n; i += t->columns) {
		size_t w = width(t->cell[i]);
		most = w > most ? w : most;
	}
	return most;
}

void table_print(struct table *t)
{
	size_t wide[16] = {0};

	for (size_t c = 0; t && c < t->columns && c < 16; c++)
		wide[c] = widest(t, c);
	for (size_t i = 0; t && i < t->n; i++) {
		size_t c = i % t->columns;
		bool last = c + 1 == t->columns || i + 1 == t->n;
		printf("%s", t->cell[i]);
		if (last)
			putchar('\n');
		else
			printf("%*s", (int)(wide[c] - width(t->cell[i]) + 2), "");
	}
}

void table_free(struct table *t)
{
	for (size_t i = 0; t && i < t->n; i++)
		free(t->cell[i]);
	if (t)
		free(t->cell);
	free(t);
}

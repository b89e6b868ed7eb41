/* Words beside numbers: context.h. Jailed processes. */
#include "leak/context.h"

#include <string.h>

#include "base/utf8.h"
#include "leak/fold.h"

#define BEHIND 16 /* characters */
#define HEAD 96   /* bytes; the head of a column is short, a sentence is none */

static const struct {
	const char *word; /* folded */
	uint8_t speaks;
} words[] = {
    {"個人番号", SK_SPEAKS_MYNUMBER},
    {"マイナンバ", SK_SPEAKS_MYNUMBER},
    {"個人ナンバ", SK_SPEAKS_MYNUMBER},
    {"共通番号", SK_SPEAKS_MYNUMBER},
    {"my number", SK_SPEAKS_MYNUMBER},
    {"mynumber", SK_SPEAKS_MYNUMBER},
    {"individual number", SK_SPEAKS_MYNUMBER},
    {"法人番号", SK_SPEAKS_CORPORATE},
    {"corporate number", SK_SPEAKS_CORPORATE},
    {"電話", SK_SPEAKS_OTHER},
    {"携帯", SK_SPEAKS_OTHER},
    {"tel", SK_SPEAKS_OTHER},
    {"fax", SK_SPEAKS_OTHER},
    {"ファックス", SK_SPEAKS_OTHER},
    {"口座", SK_SPEAKS_OTHER},
    {"伝票", SK_SPEAKS_OTHER},
    {"注文", SK_SPEAKS_OTHER},
    {"受付番号", SK_SPEAKS_OTHER},
    {"問合せ番号", SK_SPEAKS_OTHER},
    {"問い合わせ番号", SK_SPEAKS_OTHER},
    {"送り状", SK_SPEAKS_OTHER},
    {"追跡", SK_SPEAKS_OTHER},
    {"製造番号", SK_SPEAKS_OTHER},
    {"型番", SK_SPEAKS_OTHER},
    {"シリアル", SK_SPEAKS_OTHER},
    {"serial", SK_SPEAKS_OTHER},
    {"isbn", SK_SPEAKS_OTHER},
    {"jan", SK_SPEAKS_OTHER},
};

static bool is_letter(uint8_t c)
{
	return c >= 'a' && c <= 'z';
}

/* A word of Latin letters is not part of another: no "tel" in "hotel". */
static bool holds(struct sk_slice text, struct sk_slice word)
{
	size_t at = sk_slice_find(text, 0, word);

	for (; at != SIZE_MAX; at = sk_slice_find(text, at + 1, word)) {
		size_t end = at + word.n;
		if (!is_letter(word.p[0]))
			return true;
		if ((at == 0 || !is_letter(text.p[at - 1])) &&
		    (end == text.n || !is_letter(text.p[end])))
			return true;
	}
	return false;
}

static unsigned speaks(const uint8_t *p, size_t n)
{
	unsigned found = 0;

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (holds(sk_slice(p, n), sk_slice_str(words[i].word)))
			found |= words[i].speaks;
	/* "not the telephone but the individual number": what it is named for wins */
	return found & 3U ? found & 3U : found;
}

void sk_context_put(struct sk_context *c, int32_t cp)
{
	size_t half = sizeof(c->text) / 2;

	if (c->len + 4 > sizeof(c->text)) {
		memmove(c->text, c->text + c->len - half, half);
		c->cell_at -= c->cell_at < c->len - half ? c->cell_at : c->len - half;
		c->len = half;
	}
	c->len += sk_utf8_encode(c->text + c->len, (uint32_t)cp);
	c->blank = c->blank && cp == ' ';
	c->wordy = c->wordy || cp >= 0x80 || (cp >= 'a' && cp <= 'z');
}

void sk_context_cell(struct sk_context *c, unsigned cell)
{
	size_t n = c->len - c->cell_at;
	unsigned says = c->wordy && n <= HEAD ? speaks(c->text + c->cell_at, n) : 0;

	if (says)
		c->head[cell < SK_CONTEXT_CELLS ? cell : SK_CONTEXT_CELLS - 1] = (uint8_t)says;
	sk_context_put(c, ' ');
	c->cell_at = c->len;
	c->wordy = false;
}

void sk_context_line(struct sk_context *c, unsigned cell)
{
	bool blank = c->blank && cell == 0;

	sk_context_cell(c, cell);
	if (blank)
		memset(c->head, 0, sizeof(c->head));
	c->blank = true;
}

struct sk_slice sk_context_before(const struct sk_context *c)
{
	size_t n = c->len < SK_CONTEXT_BEFORE ? c->len : SK_CONTEXT_BEFORE;

	return sk_slice(c->text + c->len - n, n);
}

unsigned sk_context_speaks(struct sk_slice folded)
{
	return speaks(folded.p, folded.n);
}

unsigned sk_context_behind(struct sk_slice text)
{
	uint8_t folded[BEHIND * 4];
	size_t pos = 0, n = 0;

	for (int i = 0; i < BEHIND && pos < text.n; i++)
		n += sk_utf8_encode(folded + n, (uint32_t)sk_fold_next(text, &pos));
	return speaks(folded, n);
}

bool sk_context_invoice(struct sk_slice before)
{
	size_t n = before.n;

	while (n > 0 && (before.p[n - 1] == ' ' || before.p[n - 1] == '-'))
		n--;
	return n > 0 && before.p[n - 1] == 't' &&
	       (n == 1 || before.p[n - 2] < 'a' || before.p[n - 2] > 'z');
}

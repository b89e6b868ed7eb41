/* The control words that may stay (doc/profiles/rtf-words.txt). Cleaner's jail. */
#include "format/rtf/rtf.h"

#include <stdlib.h>

static const struct word {
	const char *name;
	enum rtf_word_kind kind;
} words[] = {
#define RTF_WORD(name, kind) {#name, RTF_##kind},
#include "format/rtf/words.def"
#undef RTF_WORD
};

static int compare(const void *key, const void *entry)
{
	const struct sk_slice *s = key;
	const struct word *w = entry;
	size_t n = strlen(w->name);
	int c = memcmp(s->p, w->name, s->n < n ? s->n : n);

	return c ? c : s->n < n ? -1 : s->n > n;
}

const char *rtf_word(struct sk_slice name, enum rtf_word_kind *kind)
{
	const struct word *w =
	    bsearch(&name, words, sizeof(words) / sizeof(words[0]), sizeof(words[0]), compare);

	if (w)
		*kind = w->kind;
	return w ? w->name : NULL;
}

bool rtf_number_ok(enum rtf_word_kind kind, const struct rtf_node *n)
{
	static const int64_t most[] = {
	    [RTF_FLAG] = 0, [RTF_SHORT] = 32767, [RTF_LENGTH] = 1000000, [RTF_LONG] = 2147483647};
	static const int64_t least[] = {[RTF_FLAG] = 0,
	    [RTF_SHORT] = -32768,
	    [RTF_LENGTH] = -1000000,
	    [RTF_LONG] = -2147483648LL};

	return !n->numbered || (n->number >= least[kind] && n->number <= most[kind]);
}

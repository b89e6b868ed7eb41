/* Words beside the steps of a history: note.h. The gate. */
#include "gate/note.h"

#include <stddef.h>
#include <string.h>

#include "base/codes.h"

#define N_(text) text

static const struct {
	const char *word, *text;
} notes[] = {
#define SK_NOTE(word, text) {word, text},
#include "gate/note.def"
#undef SK_NOTE
};

/* What the independent code found about another post's receipt; which it was stands in the word. */
static const char manifest[] = N_("What the other post sent to prove it is not right.");

const char *sk_gate_note_text(const char *word)
{
	for (size_t i = 0; i < sizeof(notes) / sizeof(notes[0]); i++)
		if (strcmp(notes[i].word, word) == 0)
			return notes[i].text;
	for (int c = SK_CODE_NONE + 1; c < SK_CODE_COUNT; c++)
		if (strcmp(sk_code_name((enum sk_code)c), word) == 0)
			return sk_code_text((enum sk_code)c);
	return strncmp(word, "manifest.", 9) == 0 ? manifest : NULL;
}

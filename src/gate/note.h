/* What the words beside the steps of a history mean: note.def. The gate. */
#ifndef SK_GATE_NOTE_H
#define SK_GATE_NOTE_H

/* An English sentence, the message id of its translations; NULL: the word has none. */
const char *sk_gate_note_text(const char *word);

#endif

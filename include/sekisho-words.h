/* Words that sekisho.h and the messages between the processes of a post share: how a file is made harmless, and what became of it. */
#ifndef SEKISHO_WORDS_H
#define SEKISHO_WORDS_H

enum sk_method_name {   /* 無害化方式 */
	SK_REBUILD = 1, /* same kind of file, editable */
	SK_FLATTEN = 2, /* pages as pictures in a PDF */
	SK_TEXT = 4,    /* plain UTF-8 text */
};

enum sk_verdict {
	SK_CLEAN = 0,   /* the output is harmless and was checked a second time */
	SK_REFUSED = 1, /* the file must not pass; the reason says why */
	SK_ERROR = 2,   /* it could not be told; the reason says why; never passed */
};

#endif

/* What the headers of a RAR say that libarchive does not tell. Cleaner's jail. */
#ifndef SK_FORMAT_ARCHIVE_RAR_H
#define SK_FORMAT_ARCHIVE_RAR_H

#include "format/job.h"

struct sk_rar_member {
	struct sk_slice name; /* as stored */
	bool locked;          /* its data are encrypted */
	bool link;            /* to another file or folder, of any kind */
	bool summed;          /* crc is that of its data */
	uint32_t crc;
};

/* Files in their order (of RAR 5 only), and what stands between and behind them. */
struct sk_rar {
	struct sk_rar_member *v;
	size_t n;
	uint32_t comments, streams,
	    others; /* services: comments, streams of NTFS, lists of rights and the like */
	bool trailing;
};

/* As far as the headers can be followed. 0 or SK_ENOMEM. */
int sk_rar_read(struct sk_arena *a, struct sk_slice in, struct sk_rar *out);

bool sk_rar_is_5(struct sk_slice in);
uint64_t sk_rar_vint(struct sk_reader *r);

#endif

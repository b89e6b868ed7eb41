/*
 * Status codes of all sekisho functions: 0 is success, failures are negative.
 * A status says how a call ended; the verdict about a file lies in its report.
 */
#ifndef SK_BASE_ERR_H
#define SK_BASE_ERR_H

enum sk_status {
	SK_OK = 0,
	SK_ENOMEM = -1,       /* memory or the ceiling of a buffer or an arena is used up */
	SK_EIO = -2,          /* the system refused an operation; errno says why */
	SK_EFORMAT = -3,      /* the bytes break the rules of their format */
	SK_ELIMIT = -4,       /* a named limit is reached; the report says which */
	SK_EREFUSED = -5,     /* the file must not pass; the report says why */
	SK_EUNSUPPORTED = -6, /* the format is known, what is asked of it is not possible */
	SK_EINTERNAL = -7,    /* a defect of ours or a peer that talks nonsense */
	SK_EARG = -8,         /* the caller's arguments make no sense */
	SK_ENOSPACE = -9,  /* the disk, a quota or a limit on files is full; nothing was changed */
	SK_EBUSY = -10,    /* others are at work there; later it may go */
	SK_EEXIST = -11,   /* it is there already, or others refer to it */
	SK_ENOENTRY = -12, /* it is not there */
	SK_ECHANGED =
	    -13, /* it is no longer what the caller has seen: another version, another lease */
};

/* A short English name of a status, for diagnostics. Never NULL. */
const char *sk_strerror(int status);

#endif

/*
 * Every limit of the engine, in one place, each with its reason. Absence never means "any", and 0 never
 * means "unlimited". Those that grow with the input are computed by sk_limits_for().
 */
#ifndef SK_BASE_LIMITS_H
#define SK_BASE_LIMITS_H

#include <stddef.h>
#include <stdint.h>

/* Largest input: offsets fit 32 bits signed in every library we feed. */
#define SK_LIMIT_INPUT ((size_t)2000 << 20)
/* Largest output of one job. */
#define SK_LIMIT_OUTPUT ((size_t)2000 << 20)
/* Output below this is always allowed, whatever the input: text of a small PDF, notes in a small zip. */
#define SK_LIMIT_OUTPUT_FLOOR ((size_t)64 << 20)
/* Output may be this many times the input above the floor (a compressed picture re-coded without loss). */
#define SK_LIMIT_OUTPUT_RATIO 20
/* All decompressed bytes of one job, nested layers together: floor and ratio to the input. Office XML
 * compresses up to 1:100 in honest sheets; deflate's maximum is 1:1032. */
#define SK_LIMIT_EXPAND_FLOOR ((size_t)256 << 20)
#define SK_LIMIT_EXPAND_RATIO 200
#define SK_LIMIT_EXPAND_TOTAL ((size_t)4000 << 20)
/* One member or part: larger is never an honest part and would not fit the memory ceiling. */
#define SK_LIMIT_MEMBER ((size_t)1000 << 20)
/* Containers in containers: mail → zip → zip → docx → workbook leaves room. */
#define SK_LIMIT_NESTING 8
/* Members of all archives of one job together. */
#define SK_LIMIT_MEMBERS 20000
/* Pixels of one picture: an A0 scan at 400 dpi has 247 million. */
#define SK_LIMIT_PIXELS ((uint64_t)300000000)
/* Width or height of one picture: JPEG's and GIF's own maximum. */
#define SK_LIMIT_SIDE 65535
/* Pixels of all frames or pages of one picture file together. */
#define SK_LIMIT_PIXELS_TOTAL ((uint64_t)1500000000)
/* Frames of an animation, pages of a TIFF. */
#define SK_LIMIT_FRAMES 5000
/* Scans of a progressive JPEG: encoders write about ten, and each one is a walk over the whole picture. */
#define SK_LIMIT_JPEG_SCANS 100
/* Pages of a document, and of one that is rendered to pixels. */
#define SK_LIMIT_PAGES 20000
#define SK_LIMIT_PAGES_FLATTEN 2000
/* Objects of a PDF (indirect ones), and nesting of arrays and dictionaries in one of them. */
#define SK_LIMIT_PDF_OBJECTS 2000000
#define SK_LIMIT_PDF_DEPTH 100
/* What a page of a PDF may ask to be drawn beyond its own operators: those of forms, tiles and glyphs as often as they
 * are repeated. Maps with their signs have up to a million; viewers draw some hundred thousand a second. */
#define SK_LIMIT_PDF_PAINTINGS 10000000.0
/* Bytes of one font program: all of Noto Sans CJK has 20 MB. Glyphs: what 16-bit numbers can count. Composite
 * glyphs in composite glyphs: fonts in use have up to 4 levels. */
#define SK_LIMIT_FONT_BYTES ((size_t)128 << 20)
#define SK_LIMIT_FONT_GLYPHS 65535
#define SK_LIMIT_FONT_DEPTH 8
/* Nesting of XML elements: Word writes less than 100 for tables in tables; libxml2 reads no more than 256. */
#define SK_LIMIT_XML_DEPTH 255
/* Attributes on one element, bytes of one attribute value (Excel's largest formula is 8 KiB; a VML path
 * or an inline colour list may be longer). */
#define SK_LIMIT_XML_ATTRIBUTES 256
#define SK_LIMIT_XML_VALUE ((size_t)4 << 20)
/* Elements of one XML part: a sheet of 1,048,576 rows by 20 cells has 42 million elements. */
#define SK_LIMIT_XML_ELEMENTS ((uint64_t)100000000)
/* Items of a HEIF file, its references and properties: a photo of 200 million pixels has some 800 tiles. */
#define SK_LIMIT_HEIF_ITEMS 65536
/* Elements of a drawing (maps have some hundred thousand), bytes of one value in it (a photo in base64), what it
 * would draw with each reference counted as a copy (a filter as a hundred: it computes pixels), and references that
 * lead to references. */
#define SK_LIMIT_SVG_ELEMENTS 2000000
#define SK_LIMIT_SVG_VALUE ((size_t)128 << 20)
#define SK_LIMIT_SVG_DRAWN ((uint64_t)10000000)
#define SK_LIMIT_SVG_REFERENCES 64
/* Drawings of CAD programs (method flatten). Points, dashes and letters of a page: plans of whole towns have some million. Blocks in
 * blocks, degree of a spline: AutoCAD draws 25 at most, programs write 3 or 5. Edges of a hatched area. Pixels of
 * a page: A0 at 200 dpi has 62 million. */
#define SK_LIMIT_CAD_DRAWN UINT64_C(20000000)
#define SK_LIMIT_CAD_BLOCKS 32
#define SK_LIMIT_CAD_DEGREE 25
#define SK_LIMIT_CAD_PIXELS 64000000
/* Sheets of a workbook, which every formula is compared with: Excel's own limit is memory, people's a few
 * hundred. Default content types of a package: there are not that many extensions. */
#define SK_LIMIT_OFFICE_SHEETS 4096
#define SK_LIMIT_OFFICE_DEFAULTS 1024
/* Groups in groups of RTF: Word writes less than 60 for tables in tables. Entries of its font table: what a
 * flood of them did to Word is CVE-2023-21716. */
#define SK_LIMIT_RTF_DEPTH 200
#define SK_LIMIT_RTF_FONTS 1000
/* Web pages. Levels of elements: Chromium puts elements deeper than 512 beside each other. Elements without their end tag,
 * and attributes of one element, as a look at the source counts them: what a parser takes grows with their square. */
#define SK_LIMIT_HTML_DEPTH 500
#define SK_LIMIT_HTML_OPEN 10000
#define SK_LIMIT_HTML_ATTRIBUTES 1000
/* Bytes of a reference in a web page of several files; what is longer finds none of them. */
#define SK_LIMIT_MHTML_PLACE 8192
/* Nesting of JSON values. */
#define SK_LIMIT_JSON_DEPTH 512
/* Fields of one head of a mail: long ways through many servers leave some hundred. Parts in parts of a mail: programs
 * write four or five levels. Bytes of a Message-ID or Content-ID: a line has 998. */
#define SK_LIMIT_MAIL_FIELDS 20000
#define SK_LIMIT_MAIL_DEPTH 20
#define SK_LIMIT_MAIL_ID 250
/* Parts in parts and mails in mails of a cleaned mail, which may have some more levels than what it was made of. */
#define SK_LIMIT_MAIL_LEVELS 64
/* Entries of a report (kinds of removal × places are merged per code) and bytes of one text in it. */
#define SK_LIMIT_REPORT_ENTRIES 256
#define SK_LIMIT_REPORT_TEXT 512
/* Bytes of an encoded report: entries × (text + numbers), doubled. */
#define SK_LIMIT_REPORT_BYTES ((size_t)512 << 10)
/* Claims about one file. */
#define SK_LIMIT_CLAIMS 32
/* Bytes of a file name, as the kernel has it. */
#define SK_LIMIT_NAME 255
/* Words of a city's own list of what must not leave, their length in characters, the bytes of the list. */
#define SK_LIMIT_WORDS 20000
#define SK_LIMIT_WORD 64
#define SK_LIMIT_WORDS_BYTES ((size_t)2 << 20)
/* Findings of one text that are listed; the others are counted. */
#define SK_LIMIT_FINDINGS 1000
/* Bytes of one password: Office takes 255 characters, PDF 127 bytes. Passwords for one file, and all their bytes. */
#define SK_LIMIT_PASSWORD 1024
#define SK_LIMIT_PASSWORDS 32
#define SK_LIMIT_PASSWORD_BYTES 4096
/* Rounds of the hash that makes a key of one password: Office writes 100,000, LibreOffice up to 200,000 (two blocks of
 * 100,000). Rounds of one job, all files and passwords together: some seconds. */
#define SK_LIMIT_KEY_ROUNDS 1000000
#define SK_LIMIT_KEY_ROUNDS_TOTAL 40000000
/* Requests one job may make to other jails (render a page, read its text). */
#define SK_LIMIT_REQUESTS 20000

/* Pictures whose words are read: pixels (A3 at 400 dpi has 31 million; a letter sheet takes some 90 MB and half a second),
 * bytes of its words, time for one and for all of a file; what comes after that stays unread. */
#define SK_LIMIT_READ_PIXELS 40000000
#define SK_LIMIT_READ_TEXT ((size_t)1 << 20)
#define SK_LIMIT_READ_MS 60000
#define SK_LIMIT_READ_TOTAL_MS 300000

/* The store. Waiting for a lock: commits take milliseconds. One statement: the longest is a list of a day. A transaction
 * in which nothing happens keeps the server from tidying up behind the queue. A server that is away: a restart takes
 * some seconds. Bytes of one result. */
#define SK_LIMIT_STORE_WAIT_MS 10000
#define SK_LIMIT_STORE_STATEMENT_MS 30000
#define SK_LIMIT_STORE_IDLE_MS 10000
#define SK_LIMIT_STORE_CONNECT_MS 15000
#define SK_LIMIT_STORE_RESULT ((size_t)64 << 20)
/* Free bytes that a store keeps: what is under way can still end, and the database write its log. */
#define SK_LIMIT_STORE_SPARE ((uint64_t)256 << 20)
/* A file of the store that nothing refers to may belong to a transaction that has not ended; seconds. */
#define SK_LIMIT_STORE_ORPHAN_S 3600
/* Jobs taken at once. How often one is tried before it is set aside. The pause after its first failure, and the longest;
 * milliseconds. */
#define SK_LIMIT_JOBS_AT_ONCE 256
#define SK_LIMIT_JOB_TRIES 5
#define SK_LIMIT_JOB_PAUSE_MS 1000
#define SK_LIMIT_JOB_PAUSE_MAX_MS 600000
/* Bytes that one job or one row of an outbox carries: numbers and hashes, no content. */
#define SK_LIMIT_JOB_BODY ((size_t)64 << 10)

/* Time of one job: a floor for small files, then per MiB of input. */
#define SK_LIMIT_TIME_FLOOR_MS 20000
#define SK_LIMIT_TIME_PER_MIB_MS 1500
#define SK_LIMIT_TIME_MAX_MS 600000
/* Memory of one job beyond what the process has at its start: floor, per input byte, maximum. The floor
 * is what the largest allowed expansion of a small file needs. */
#define SK_LIMIT_MEMORY_FLOOR ((size_t)1024 << 20)
#define SK_LIMIT_MEMORY_RATIO 24
#define SK_LIMIT_MEMORY_MAX ((size_t)6000 << 20)

/* Address space LibreOffice has mapped before it opens anything, and what a large document takes there. */
#define SK_LIMIT_CONVERT_MEMORY ((size_t)4000 << 20)

/* What one job may use; computed from the size of its input and never raised afterwards. */
struct sk_limits {
	size_t input;     /* bytes of the input */
	size_t output;    /* bytes of the output */
	size_t expand;    /* decompressed bytes, all layers together */
	size_t memory;    /* bytes of address space beyond the start */
	uint32_t time_ms; /* wall time */
	uint32_t cpu_s;   /* processor time, whole seconds */
	uint64_t pixels;  /* of one picture */
	uint64_t pixels_total;
	uint32_t members;
	uint32_t nesting;
	uint32_t pages;
};

/* The limits of a job over `input` bytes. Pure. */
struct sk_limits sk_limits_for(size_t input);

/* Nothing asked for so long ends a session of the portal: a counter clerk who turns to the next visitor has not left. */
#define SK_LIMIT_SESSION_IDLE_MS INT64_C(1800000)
/* A link for an account that nobody uses yet is handed over at once; one after a recovery may have to be carried to another house. */
#define SK_LIMIT_INVITE_MS INT64_C(900000)
#define SK_LIMIT_RECOVERY_LINK_MS INT64_C(3600000)
/* A request for a recovery finds two persons in a day, or is made anew. */
#define SK_LIMIT_RECOVERY_MS INT64_C(86400000)
/* Bytes of a password that somebody chooses. */
#define SK_LIMIT_PASSWORD_LEAST 12
/* The longest session: one working day with overtime. */
#define SK_LIMIT_SESSION_MS INT64_C(43200000)

/*
 * Days for which the ledger can still say whom an entry names that is about no transfer (logins, accounts, absences, changes of the
 * organisation), and for which decided proposals and replaced policies stay: one fiscal year and its audit, a leap day with it. Law
 * and a city's rules may want another number: `remember-days` of a post's settings, up to ten years.
 */
#define SK_LIMIT_REMEMBER_DAYS 366
#define SK_LIMIT_REMEMBER_DAYS_MOST 3660

#endif

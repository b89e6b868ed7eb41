/*
 * Text that a program gives a meaning: scripts, shortcuts, pages, mails, calendars, drawings. Looks at the first
 * bytes, decoded, and at the name. A file named as plain text is taken for what it would be opened as, except for
 * pages, which browsers and mail programs recognise whatever the name. Cleaner's jail.
 */
#include "format/other/other.h"

#include <strings.h>

#include "format/text/charset.h"
#include "format/text/filter.h"

#define HEAD_BYTES ((size_t)4096)

struct head {
	/* Decoded and filtered as cleaning would, so that it cannot turn into something else by that; without
	 * byte-order mark and leading white space. */
	struct sk_slice s;
	bool named_text;
};

static bool starts_word(struct sk_slice s, const char *word)
{
	size_t n = strlen(word);
	return s.n >= n && strncasecmp((const char *)s.p, word, n) == 0;
}

static struct sk_slice skip_space(struct sk_slice s)
{
	size_t i = 0;

	while (i < s.n && (s.p[i] == ' ' || (s.p[i] >= 9 && s.p[i] <= 13)))
		i++;
	return sk_slice_sub(s, i, s.n);
}

/* Behind declarations, comments, instructions and document types: the first element. */
static struct sk_slice first_element(struct sk_slice s, bool *doctype_html)
{
	bool typed = false;

	for (;;) {
		s = skip_space(s);
		struct sk_slice end = starts_word(s, "<!--") ? SK_SLICE_LIT("-->")
				      : starts_word(s, "<?") ? SK_SLICE_LIT("?>")
							     : SK_SLICE_LIT(">");
		/* "]>" ends a document type that defines something. */
		if (!starts_word(s, "<!") && !starts_word(s, "<?") &&
		    !(typed && starts_word(s, "]")))
			return s;
		typed = typed || starts_word(s, "<!doctype");
		if (starts_word(s, "<!doctype"))
			*doctype_html = *doctype_html ||
					starts_word(skip_space(sk_slice_sub(s, 9, s.n)), "html");
		size_t at = sk_slice_find(s, 1, end);
		if (at == SIZE_MAX)
			return sk_slice_sub(s, s.n, 0);
		s = sk_slice_sub(s, at + end.n, s.n);
	}
}

static bool is_element(struct sk_slice s, const char *name)
{
	size_t n = strlen(name);

	if (s.n < n + 2 || s.p[0] != '<' || strncasecmp((const char *)s.p + 1, name, n) != 0)
		return false;
	uint8_t b = s.p[n + 1];
	return b == '>' || b == '/' || b == ' ' || (b >= 9 && b <= 13);
}

static void probe_markup(const struct head *h, const char *name, struct sk_report *claims)
{
	static const char *const tags[] = {"html", "head", "body", "script", "iframe", "title",
	    "meta", "style", "h1", "div", "table", "font", "a", "p", "br", "b", "img", "center",
	    "form", "object", "embed", "base", "link"};
	static const char *const xml[] = {"xml", "xsd", NULL};
	/* In data and in plain text only what no data begins with: the first four. */
	bool sure = h->named_text || starts_word(h->s, "<?xml") || sk_name_ends(name, xml);
	size_t ntags = sure ? 4 : sizeof(tags) / sizeof(tags[0]);
	static const char *const names[] = {"html", "htm", "xhtml", "shtml", NULL};
	static const char *const svg[] = {"svg", NULL};
	bool doctype = false;
	struct sk_slice e = first_element(h->s, &doctype);

	for (size_t i = 0; i < ntags; i++)
		doctype = doctype || is_element(e, tags[i]);
	if (is_element(e, "svg") ||
	    (e.n > 8 && e.p[0] == '<' && starts_word(sk_slice_sub(e, 1, 4), "svg:")))
		sk_report_claim(claims, SK_FT_SVG, SK_CLAIM_STRUCTURE, 0, "svg element");
	else if (doctype)
		sk_report_claim(
		    claims, SK_FT_HTML, SK_CLAIM_STRUCTURE, 0, "HTML element or document type");
	else if (sk_name_ends(name, svg) && starts_word(h->s, "<"))
		sk_report_claim(claims, SK_FT_SVG, SK_CLAIM_HINT, 0, "name and an opening tag");
	else if (sk_name_ends(name, names))
		sk_report_claim(claims, SK_FT_HTML, SK_CLAIM_HINT, 0, "name");
}

/* Names whose mere extension makes Windows, or a shell, run or follow the content. */
static void probe_names(const char *name, struct sk_report *claims)
{
	static const char *const scripts[] = {"js", "jse", "mjs", "vbs", "vbe", "wsf", "wsh", "wsc",
	    "hta", "bat", "cmd", "ps1", "psm1", "psd1", "ps1xml", "sh", "bash", "csh", "py", "pyw",
	    "pl", "rb", "php", "asp", "aspx", "jsp", "sct", "inf", "msh", "applescript", "scpt",
	    "command", "tcl", "lua", "cpl", "application", "settingcontent-ms", "library-ms",
	    "searchconnector-ms", "iqy", "slk", "ps", "job", NULL};
	static const char *const links[] = {
	    "lnk", "scf", "pif", "desktop", "webloc", "website", NULL};
	static const char *const url[] = {"url", NULL}, *const reg[] = {"reg", NULL};
	const char *slash = strrchr(name, '/'), *last = slash ? slash + 1 : name;

	if (sk_name_ends(last, scripts) || strcasecmp(last, "desktop.ini") == 0)
		sk_report_claim(claims, SK_FT_SCRIPT, SK_CLAIM_HINT, 0, "name");
	else if (sk_name_ends(last, links))
		sk_report_claim(claims, SK_FT_LNK, SK_CLAIM_HINT, 0, "name");
	else if (sk_name_ends(last, url))
		sk_report_claim(claims, SK_FT_URL, SK_CLAIM_HINT, 0, "name");
	else if (sk_name_ends(last, reg))
		sk_report_claim(claims, SK_FT_REG, SK_CLAIM_HINT, 0, "name");
}

static void probe_beginnings(const struct head *h, struct sk_report *claims)
{
	static const struct {
		const char *word;
		enum sk_filetype type;
	} table[] = {
	    {"#!/", SK_FT_SCRIPT},
	    {"#! /", SK_FT_SCRIPT},
	    {"<?php", SK_FT_SCRIPT},
	    {"<%@", SK_FT_SCRIPT},
	    {"#@~^", SK_FT_SCRIPT},
	    {"@echo off", SK_FT_SCRIPT},
	    {"<job", SK_FT_SCRIPT},
	    {"<scriptlet", SK_FT_SCRIPT},
	    {"[autorun]", SK_FT_SCRIPT},
	    {"[.shellclassinfo]", SK_FT_SCRIPT},
	    {"[internetshortcut]", SK_FT_URL},
	    {"[desktop entry]", SK_FT_LNK},
	    {"windows registry editor version", SK_FT_REG},
	    {"regedit4", SK_FT_REG},
	    {"begin:vcalendar", SK_FT_ICS},
	    {"begin:vcard", SK_FT_VCF},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]) && !h->named_text; i++)
		if (starts_word(h->s, table[i].word))
			sk_report_claim(
			    claims, table[i].type, SK_CLAIM_SIGNATURE, 0, "beginning of the text");
}

/* Formats whose signature is text: control characters in it hide it from their own probes, but not for long. */
static void probe_revealed(const struct head *h, struct sk_report *claims)
{
	static const struct {
		const char *word;
		enum sk_filetype type;
	} table[] = {
	    {"{\\rt", SK_FT_RTF}, {"%!PS", SK_FT_POSTSCRIPT}, {"ISO-10303-21;", SK_FT_STEP}};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (sk_slice_starts(h->s, sk_slice_str(table[i].word)))
			sk_report_claim(
			    claims, table[i].type, SK_CLAIM_STRUCTURE, 0, "beginning of the text");
	if (sk_slice_find(sk_slice_sub(h->s, 0, 1200), 0, SK_SLICE_LIT("%PDF-")) != SIZE_MAX)
		sk_report_claim(claims, SK_FT_PDF, SK_CLAIM_SIGNATURE, 0, "PDF signature in text");
}

/* Group code 0 and the word SECTION, as every drawing begins; comments (code 999) may come first. */
static void probe_dxf(const struct head *h, struct sk_report *claims)
{
	struct sk_slice s = h->s;

	if (starts_word(s, "999")) {
		size_t at = sk_slice_find(s, 0, SK_SLICE_LIT("SECTION"));
		if (at != SIZE_MAX && at > 3 && at < 1024)
			sk_report_claim(claims, SK_FT_DXF, SK_CLAIM_SIGNATURE, 0, "DXF section");
	} else if (starts_word(s, "0") &&
		   starts_word(skip_space(sk_slice_sub(s, 1, s.n)), "SECTION")) {
		sk_report_claim(claims, SK_FT_DXF, SK_CLAIM_STRUCTURE, 0, "DXF section");
	} else if (starts_word(s, "AutoCAD Binary DXF")) {
		sk_report_claim(claims, SK_FT_DXF, SK_CLAIM_STRUCTURE, 0, "binary DXF");
	}
}

/* The beginning of a mail, or of a web page that was saved like one. */
struct mail_head {
	unsigned known; /* lines that are fields of a mail */
	bool sent;      /* somebody sent it to somebody */
	bool saved;     /* a field that browsers, Word and Excel write */
	bool pages;     /* its type may be that of a page and what belongs to it */
};

static bool starts_any(struct sk_slice s, const char *const *list)
{
	for (; *list; list++)
		if (starts_word(s, *list))
			return true;
	return false;
}

static void read_field(struct sk_slice l, struct mail_head *head)
{
	static const char *const fields[] = {
	    "from:", "to:", "subject:", "date:", "received:", "return-path:", "message-id:",
	    "mime-version:", "content-type:", "delivered-to:", "cc:", "reply-to:", "sender:",
	    "x-mailer:", "content-transfer-encoding:", "dkim-signature:", NULL};
	static const char *const sent[] = {"to:", "cc:", "bcc:", "received:", "return-path:",
	    "message-id:", "delivered-to:", "reply-to:", "sender:", "in-reply-to:", NULL};
	static const char *const saved[] = {
	    "snapshot-content-location:", "content-location:", "x-document-type:", NULL};
	static const char *const types[] = {"multipart/related", "text/html", NULL};

	head->known += starts_any(l, fields);
	head->sent = head->sent || starts_any(l, sent);
	head->saved = head->saved || starts_any(l, saved);
	if (starts_word(l, "content-type:"))
		head->pages = starts_any(skip_space(sk_slice_sub(l, 13, l.n)), types);
}

/* The lines at the beginning that are fields of a mail, until something else comes; returns what is behind them. */
static struct sk_slice read_head(struct sk_slice s, struct mail_head *head)
{
	for (unsigned line = 0; line < 60 && s.n; line++) {
		size_t end = sk_slice_find(s, 0, SK_SLICE_LIT("\n"));
		struct sk_slice l = sk_slice_sub(s, 0, end);
		if (l.n == 0 || l.p[0] == '\r')
			break;
		bool folded = l.p[0] == ' ' || l.p[0] == '\t';
		if (!folded && memchr(l.p, ':', l.n) == NULL)
			break;
		read_field(l, head);
		s = end == SIZE_MAX ? sk_slice_sub(s, s.n, 0) : sk_slice_sub(s, end + 1, s.n);
	}
	return s;
}

/* Whether a part in what is left says from where it was saved (RFC 2557, section 4). */
static bool has_location(struct sk_slice s)
{
	for (size_t at = 0; (at = sk_slice_find(s, at, SK_SLICE_LIT("\n"))) != SIZE_MAX; at++)
		if (starts_word(sk_slice_sub(s, at + 1, s.n), "content-location:"))
			return true;
	return false;
}

static void probe_mail(const struct head *h, const char *name, struct sk_report *claims)
{
	static const char *const names[] = {"eml", NULL}, *const boxes[] = {"mbox", "mbx", NULL},
				 *const pages[] = {"mht", "mhtml", NULL};
	struct mail_head head = {0};
	bool box = starts_word(h->s, "From ");
	struct sk_slice s = h->s;

	if (h->named_text)
		return;
	if (box) {
		size_t end = sk_slice_find(s, 0, SK_SLICE_LIT("\n"));
		s = end == SIZE_MAX ? sk_slice_sub(s, s.n, 0) : sk_slice_sub(s, end + 1, s.n);
	}
	s = read_head(s, &head);
	bool saved = head.pages && !head.sent && !box &&
		     (head.saved || sk_name_ends(name, pages) || has_location(s));
	if (saved)
		sk_report_claim(
		    claims, SK_FT_MHTML, SK_CLAIM_STRUCTURE, 0, "fields of a saved web page");
	else if (head.known >= 2)
		sk_report_claim(claims, SK_FT_EML, SK_CLAIM_STRUCTURE, 0, "fields of a mail");
	else if (sk_name_ends(name, names))
		sk_report_claim(claims, SK_FT_EML, SK_CLAIM_HINT, 0, "name");
	else if (sk_name_ends(name, boxes))
		sk_report_claim(claims, SK_FT_MBOX, SK_CLAIM_HINT, 0, "name");
}

/* Most files: beginnings that no kind of text shares, so that there is nothing to decode. */
static bool begins_binary(struct sk_slice in)
{
	return sk_slice_starts(in, SK_SLICE_LIT("PK\3\4")) ||
	       sk_slice_starts(in, SK_SLICE_LIT("\xD0\xCF\x11\xE0")) ||
	       sk_slice_starts(in, SK_SLICE_LIT("\x89PNG\r\n")) ||
	       sk_slice_starts(in, SK_SLICE_LIT("\xFF\xD8\xFF"));
}

void sk_probe_text_kinds(struct sk_slice in, const char *name, struct sk_report *claims)
{
	static const char *const text[] = {"txt", "text", "log", "md", "csv", "tsv", NULL};
	struct sk_buf decoded = SK_BUF(HEAD_BYTES * 4), utf8 = SK_BUF(HEAD_BYTES * 4);
	struct sk_text_counts dropped = {0};
	struct sk_slice raw = sk_slice_sub(in, 0, HEAD_BYTES);
	uint32_t bad = 0;

	probe_names(name, claims);
	if (begins_binary(in))
		return;
	(void)sk_charset_to_utf8(sk_charset_detect_head(raw), raw, &decoded, &bad);
	(void)sk_text_filter(sk_buf_slice(&decoded), &utf8, &dropped);
	struct head h = {
	    .s = skip_space(sk_buf_slice(&utf8)), .named_text = sk_name_ends(name, text)};
	if (h.s.n) {
		probe_revealed(&h, claims);
		probe_markup(&h, name, claims);
		probe_beginnings(&h, claims);
		probe_dxf(&h, claims);
		probe_mail(&h, name, claims);
	}
	sk_buf_free(&decoded);
	sk_buf_free(&utf8);
}

/*
 * sekisho-ledgerverify: the verifier of ledgers for an auditor, offline. Runs as the user, reads what it is given, writes nothing.
 * Shares no code with what writes ledgers.
 */
#include "cmd/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/day.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/hex.h"
#include "base/utf8.h"
#include "ledgerverify/lv.h"

#define TOKYO 32400
#define NO_QUORUM UINT_MAX

struct asked {
	struct sk_lv_trust trust;
	struct sk_lv_given given[SK_LV_CHECKPOINTS];
	struct sk_buf bytes[SK_LV_CHECKPOINTS];
	size_t ngiven;
	bool json;
	const char *path; /* a folder or a receipt, or NULL: checkpoints alone */
};

/* --- reading --- */

static int read_at(int dir, const char *path, size_t max, struct sk_buf *out)
{
	uint8_t piece[16384];
	ssize_t n;

	sk_autoclose int fd = openat(dir, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return SK_EIO;
	while ((n = read(fd, piece, sizeof(piece))) > 0) {
		if (out->len + (size_t)n > max)
			return SK_ELIMIT;
		sk_buf_put(out, piece, (size_t)n);
	}
	return n < 0 ? SK_EIO : out->err;
}

static int get(void *user, const char *path, size_t max, struct sk_buf *out)
{
	return read_at(*(int *)user, path, max, out);
}

static int tell_file(const char *path, int rc)
{
	fprintf(stderr, "sekisho-ledgerverify: %s: %s\n", path,
	    cli_errno_text(rc == SK_ELIMIT   ? EFBIG
			   : rc == SK_ENOMEM ? ENOMEM
					     : errno));
	return -1;
}

/* --- what is believed --- */

static int add_key(struct sk_slice text, uint8_t type, struct sk_lv_key *keys, size_t *n)
{
	if (*n == SK_LV_KEYS || sk_lv_key_read(text, &keys[*n]) || keys[*n].type != type)
		return -1;
	++*n;
	return 0;
}

/* A key itself, or a file with one a line. */
static int take_keys(const char *arg, uint8_t type, struct sk_lv_key *keys, size_t *n)
{
	struct sk_buf b = SK_BUF(65536);
	struct sk_slice rest, line;
	size_t before = *n;

	if (add_key(sk_slice_str(arg), type, keys, n) == 0)
		return 0;
	int rc = read_at(AT_FDCWD, arg, 65000, &b);
	if (rc)
		return tell_file(arg, rc);
	rest = sk_buf_slice(&b);
	while (rc == 0 && sk_lv_line(&rest, &line))
		rc = line.n ? add_key(line, type, keys, n) : 0;
	sk_buf_free(&b);
	if (rc == 0 && *n > before)
		return 0;
	fprintf(stderr, _("sekisho-ledgerverify: %s holds no verifier key of this kind\n"), arg);
	return -1;
}

static int take_checkpoint(struct asked *a, const char *path)
{
	struct sk_buf *b = &a->bytes[a->ngiven];

	if (a->ngiven == SK_LV_CHECKPOINTS) {
		fprintf(stderr, _("sekisho-ledgerverify: no more than %d checkpoints at a time\n"),
		    SK_LV_CHECKPOINTS);
		return -1;
	}
	*b = SK_BUF(SK_LV_NOTE_BYTES + 1);
	int rc = read_at(AT_FDCWD, path, SK_LV_NOTE_BYTES, b);
	if (rc)
		return tell_file(path, rc);
	a->given[a->ngiven++] = (struct sk_lv_given){path, sk_buf_slice(b)};
	return 0;
}

/* --- options --- */

static void usage(FILE *to)
{
	fprintf(to, "%s\n",
	    _("Usage: sekisho-ledgerverify [--key KEY]... [--witness KEY]... [--quorum N] [--origin NAME]\n"
	      "           [--max-age SECONDS] [--now SECONDS] [--trust-included] [--checkpoint FILE]...\n"
	      "           [--json] [--lang ja|en] [LEDGER|RECEIPT]\n"
	      "Checks a ledger, a receipt of an entry, or checkpoints that several were shown. KEY is a\n"
	      "verifier key or a file with one a line. The manual page sekisho-ledgerverify(1) tells more."));
}

static int take_number(const char *option, const char *text, uint64_t *n)
{
	if (sk_lv_number(sk_slice_str(text), UINT32_MAX, n))
		return 0;
	fprintf(stderr, _("sekisho-ledgerverify: --%s takes a number, not '%s'\n"), option, text);
	return -1;
}

static int take_lang(const char *lang)
{
	if (strcmp(lang, "ja") != 0 && strcmp(lang, "en") != 0) {
		fprintf(stderr, _("sekisho: --lang takes ja or en, not '%s'\n"), lang);
		return -1;
	}
	cli_language(lang);
	return 0;
}

enum {
	KEY = 256,
	WITNESS,
	QUORUM,
	ORIGIN,
	MAX_AGE,
	NOW,
	INCLUDED,
	CHECKPOINT,
	JSON,
	LANGUAGE,
	HELP,
	VERSION
};

static const struct option options[] = {{"key", 1, NULL, KEY}, {"witness", 1, NULL, WITNESS},
    {"quorum", 1, NULL, QUORUM}, {"origin", 1, NULL, ORIGIN}, {"max-age", 1, NULL, MAX_AGE},
    {"now", 1, NULL, NOW}, {"trust-included", 0, NULL, INCLUDED},
    {"checkpoint", 1, NULL, CHECKPOINT}, {"json", 0, NULL, JSON}, {"lang", 1, NULL, LANGUAGE},
    {"help", 0, NULL, HELP}, {"version", 0, NULL, VERSION}, {NULL, 0, NULL, 0}};

/* 0; −1: usage; 1: nothing is left to do. */
static int take_option(int option, struct asked *a)
{
	struct sk_lv_trust *t = &a->trust;
	uint64_t n = 0;
	int rc = 0;

	switch (option) {
	case KEY:
		return take_keys(optarg, 1, t->log, &t->logs);
	case WITNESS:
		return take_keys(optarg, 4, t->witness, &t->witnesses);
	case QUORUM:
		rc = take_number("quorum", optarg, &n);
		t->quorum = (unsigned)n;
		return rc;
	case ORIGIN:
		t->origin = optarg;
		return 0;
	case MAX_AGE:
		return take_number("max-age", optarg, &t->max_age);
	case NOW:
		return take_number("now", optarg, &t->now);
	case INCLUDED:
		t->included = true;
		return 0;
	case CHECKPOINT:
		return take_checkpoint(a, optarg);
	case JSON:
		a->json = true;
		return 0;
	case LANGUAGE:
		return take_lang(optarg);
	case HELP:
		usage(stdout);
		return 1;
	case VERSION:
		printf("sekisho-ledgerverify %s\n", SK_VERSION);
		return 1;
	default:
		usage(stderr);
		return -1;
	}
}

static int take_all(int argc, char **argv, struct asked *a)
{
	int option, rc = 0;

	a->trust.quorum = NO_QUORUM;
	a->trust.now = (uint64_t)time(NULL);
	while (rc == 0 && (option = getopt_long(argc, argv, "", options, NULL)) != -1)
		rc = take_option(option, a);
	if (rc)
		return rc;
	if (a->trust.quorum == NO_QUORUM)
		a->trust.quorum = (unsigned)a->trust.witnesses;
	if (optind < argc)
		a->path = argv[optind++];
	if (optind == argc && (a->path || a->ngiven))
		return 0;
	usage(stderr);
	return -1;
}

/* --- telling people --- */

static void show_time(uint64_t seconds)
{
	char era[SK_DAY_TEXT];

	uint64_t s = seconds + TOKYO;
	sk_day_era((int32_t)(s / 86400), era);
	printf("%s %02u:%02u:%02u", era, (unsigned)(s / 3600 % 24), (unsigned)(s / 60 % 60),
	    (unsigned)(s % 60));
}

static void show_finding(const struct sk_lv_finding *f)
{
	printf("%s: %s", sk_lv_code_weight(f->code) == SK_LV_WRONG ? _("wrong") : _("unknown"),
	    _(sk_lv_code_text(f->code)));
	if (f->where[0])
		printf(" %s", f->where);
	if (f->has_second)
		printf(_(" (entries %llu to %llu)"), (unsigned long long)f->index,
		    (unsigned long long)f->second);
	else if (f->has_index)
		printf(_(" (entry %llu)"), (unsigned long long)f->index);
	printf(" [%s]\n", sk_lv_code_word(f->code));
}

static void show_witnesses(const struct sk_lv_trust *t, const struct sk_lv_report *r)
{
	for (size_t i = 0; i < t->witnesses; i++) {
		if (!r->witness[i].any)
			continue;
		printf(_("cosigned by %s up to %llu entries, "), t->witness[i].name,
		    (unsigned long long)r->witness[i].size);
		show_time(r->witness[i].time);
		printf("\n");
	}
}

static void show_text(struct sk_slice text)
{
	struct sk_slice line;
	char shown[4400];

	while (sk_lv_line(&text, &line)) {
		sk_utf8_display(shown, sizeof(shown), line);
		printf("  %s\n", shown);
	}
}

static void show_openings(const struct sk_lv_openings *o)
{
	static char shown[2 * SK_LV_PERSONAL];

	for (size_t i = 0; i < o->n; i++) {
		sk_utf8_display(shown, sizeof(shown), sk_lv_opened(o, o->v[i].name));
		printf("  %s %s\n", o->v[i].name, shown);
	}
}

static void show_passkeys(const struct sk_lv_report *r)
{
	for (size_t i = 0; i < r->assertions; i++) {
		const struct sk_lv_assertion *a = &r->assertion[i];
		char shown[2 * SK_LV_TEXT], key[17];
		sk_utf8_display(shown, sizeof(shown), sk_slice_str(a->member));
		sk_hex_text(key, a->key.b, 8);
		printf(_("signed with a passkey by %s: %s %s (%s, key %s...)\n"), shown,
		    a->allow ? "allow" : "deny", a->hold, a->party, key);
	}
}

static const char *verdict(int worst)
{
	return worst < 0 ? "good" : worst == SK_LV_WRONG ? "wrong" : "unknown";
}

static void show(const struct asked *a, const struct sk_lv_report *r, struct sk_slice entry,
    const struct sk_lv_openings *openings)
{
	int worst = sk_lv_report_worst(r);

	for (size_t i = 0; i < r->n; i++)
		show_finding(&r->v[i]);
	if (r->more)
		printf(_("and %llu more\n"), (unsigned long long)r->more);
	if (entry.n)
		show_text(entry);
	show_openings(openings);
	if (r->has_root && worst != SK_LV_WRONG)
		printf(_("%s: %llu entries\n"), r->origin, (unsigned long long)r->size);
	show_passkeys(r);
	show_witnesses(&a->trust, r);
	puts(worst < 0 ? _("Verified.")
	     : worst == SK_LV_WRONG
		 ? _("NOT verified: something is wrong.")
		 : _("Not verified: nothing is wrong, but not all could be said."));
}

/* --- telling programs --- */

static void json_string(struct sk_slice s)
{
	putchar('"');
	for (size_t at = 0; at < s.n;) {
		int32_t c = sk_utf8_next(s, &at);
		if (c == '"' || c == '\\')
			printf("\\%c", (char)c);
		else if (c < 0)
			printf("\\ufffd");
		else if (c < 0x20 || c == 0x7F)
			printf("\\u%04x", (unsigned)c);
		else {
			struct sk_buf b = SK_BUF(8);
			sk_utf8_put(&b, (uint32_t)c);
			fwrite(b.p, 1, b.len, stdout);
			sk_buf_free(&b);
		}
	}
	putchar('"');
}

static void json_finding(const struct sk_lv_finding *f, bool first)
{
	printf("%s{\"code\":\"%s\",\"weight\":\"%s\",\"where\":", first ? "" : ",",
	    sk_lv_code_word(f->code),
	    sk_lv_code_weight(f->code) == SK_LV_WRONG ? "wrong" : "unknown");
	json_string(sk_slice_str(f->where));
	if (f->has_index)
		printf(",\"entry\":%llu", (unsigned long long)f->index);
	if (f->has_second)
		printf(",\"to\":%llu", (unsigned long long)f->second);
	printf(",\"text\":");
	json_string(sk_slice_str(_(sk_lv_code_text(f->code))));
	printf("}");
}

static void json_witnesses(const struct sk_lv_trust *t, const struct sk_lv_report *r)
{
	bool first = true;

	printf("],\"witnesses\":[");
	for (size_t i = 0; i < t->witnesses; i++) {
		if (!r->witness[i].any)
			continue;
		printf("%s{\"name\":", first ? "" : ",");
		json_string(sk_slice_str(t->witness[i].name));
		printf(",\"time\":%llu,\"size\":%llu}", (unsigned long long)r->witness[i].time,
		    (unsigned long long)r->witness[i].size);
		first = false;
	}
	printf("]");
}

static void json_passkeys(const struct sk_lv_report *r)
{
	char hex[2 * SK_LV_HASH + 1];

	printf(",\"passkeys\":[");
	for (size_t i = 0; i < r->assertions; i++) {
		const struct sk_lv_assertion *a = &r->assertion[i];
		printf("%s{\"member\":", i ? "," : "");
		json_string(sk_slice_str(a->member));
		printf(",\"decision\":\"%s\",\"hold\":\"%s\",\"class\":",
		    a->allow ? "allow" : "deny", a->hold);
		json_string(sk_slice_str(a->class));
		sk_hex_text(hex, a->policy.b, SK_LV_HASH);
		printf(",\"party\":\"%s\",\"policy\":\"%s\"", a->party, hex);
		sk_hex_text(hex, a->key.b, SK_LV_HASH);
		printf(",\"key\":\"%s\"}", hex);
	}
	printf("]");
}

static void json_pair(bool first, struct sk_slice name, struct sk_slice value)
{
	printf(first ? "" : ",");
	json_string(name);
	putchar(':');
	json_string(value);
}

static void json_entry(struct sk_slice text, const struct sk_lv_openings *o)
{
	struct sk_slice line;
	bool first = true;

	printf(",\"entry\":{");
	while (sk_lv_line(&text, &line)) {
		size_t at = sk_slice_find(line, 0, SK_SLICE_LIT(" "));
		if (at == SIZE_MAX || sk_slice_starts(line, SK_SLICE_LIT("sekisho-entry ")))
			continue;
		json_pair(first, sk_slice_sub(line, 0, at), sk_slice_sub(line, at + 1, SIZE_MAX));
		first = false;
	}
	printf("},\"openings\":{");
	for (size_t i = 0; i < o->n; i++)
		json_pair(i == 0, sk_slice_str(o->v[i].name), sk_lv_opened(o, o->v[i].name));
	printf("}");
}

static void show_json(const struct asked *a, const struct sk_lv_report *r, struct sk_slice entry,
    const struct sk_lv_openings *openings)
{
	printf("{\"verdict\":\"%s\",\"origin\":", verdict(sk_lv_report_worst(r)));
	json_string(sk_slice_str(r->origin));
	printf(",\"size\":%llu,\"entries\":%llu,\"root\":\"", (unsigned long long)r->size,
	    (unsigned long long)r->read);
	for (size_t i = 0; r->has_root && i < SK_LV_HASH; i++)
		printf("%02x", r->root.b[i]);
	printf("\",\"findings\":[");
	for (size_t i = 0; i < r->n; i++)
		json_finding(&r->v[i], i == 0);
	json_witnesses(&a->trust, r);
	if (entry.n) {
		json_entry(entry, openings);
		json_passkeys(r);
	}
	printf(",\"more\":%llu}\n", (unsigned long long)r->more);
}

/* --- the program --- */

static int verify(
    struct asked *a, struct sk_lv_report *r, struct sk_buf *entry, struct sk_lv_openings *openings)
{
	struct sk_buf b = SK_BUF(SK_LV_RECEIPT_BYTES + 1);

	if (a->path == NULL)
		return sk_lv_checkpoints(&a->trust, a->given, a->ngiven, r);
	sk_autoclose int dir = open(a->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir >= 0)
		return sk_lv_folder(get, &dir, &a->trust, a->given, a->ngiven, r);
	int rc = errno == ENOTDIR ? read_at(AT_FDCWD, a->path, SK_LV_RECEIPT_BYTES, &b) : SK_EIO;
	if (rc)
		tell_file(a->path, rc);
	else
		rc = sk_lv_receipt(sk_buf_slice(&b), &a->trust, r, entry, openings);
	sk_buf_free(&b);
	return rc;
}

static int run(struct asked *a)
{
	static struct sk_lv_report r;
	struct sk_buf entry = SK_BUF(SK_LV_ENTRY_BYTES + 1);
	struct sk_lv_openings openings = {.bytes = SK_BUF(1)};
	int code = EXIT_SOME_ERROR;

	if (verify(a, &r, &entry, &openings) == 0) {
		int worst = sk_lv_report_worst(&r);
		if (a->json)
			show_json(a, &r, sk_buf_slice(&entry), &openings);
		else
			show(a, &r, sk_buf_slice(&entry), &openings);
		code = worst < 0              ? EXIT_ALL_CLEAN
		       : worst == SK_LV_WRONG ? EXIT_SOME_REFUSED
					      : EXIT_SOME_ERROR;
	}
	sk_buf_free(&entry);
	sk_buf_free(&openings.bytes);
	return code;
}

int main(int argc, char **argv)
{
	static struct asked a;

	cli_hold_standard_streams();
	cli_language(NULL);
	int rc = take_all(argc, argv, &a);
	int code = rc < 0 ? EXIT_SOME_ERROR : rc > 0 ? EXIT_ALL_CLEAN : run(&a);
	for (size_t i = 0; i < a.ngiven; i++)
		sk_buf_free(&a.bytes[i]);
	return cli_finish_stdout(code);
}

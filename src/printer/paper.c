/* The receipt of a transfer: paper.h. */
#include "printer/paper.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/day.h"
#include "base/err.h"
#include "base/hex.h"
#include "base/utf8.h"
#include "printer/pen.h"

#define LABELS 158.0 /* width of their column */
#define VALUES (SK_PAGE_EDGE + LABELS)
#define SIZE 9.0
#define LINE (SIZE * 1.45)
#define SHOWN 2048 /* bytes of one value */
#define CODE 118.0 /* side of the QR code */
#define PEOPLE 64

enum label {
#define SK_LABEL(name, ja, en) L_##name,
#include "printer/labels.def"
#undef SK_LABEL
};

static const struct {
	const char *ja, *en;
} labels[] = {
#define SK_LABEL(name, ja, en) {ja, en},
#include "printer/labels.def"
#undef SK_LABEL
};

static const struct {
	const char *word, *ja;
} states[] = {
#define SK_STATE_LABEL(word, ja) {word, ja},
#include "printer/labels.def"
#undef SK_STATE_LABEL
};

/* --- rows --- */

static void row(struct sk_pen *p, enum label l, const char *value)
{
	double width = SK_PAGE_WIDTH - SK_PAGE_EDGE - VALUES;
	unsigned lines = sk_pen_wrap(p, SK_FONT_PLAIN, SIZE, VALUES, 0, width, value, true);

	sk_pen_need(p, lines * LINE + 4);
	sk_pen_at(p, SK_FONT_BOLD, 8, SK_PAGE_EDGE, p->y + SIZE, labels[l].ja);
	sk_pen_at(p, SK_FONT_PLAIN, 6, SK_PAGE_EDGE, p->y + SIZE + 7.5, labels[l].en);
	sk_pen_wrap(p, SK_FONT_PLAIN, SIZE, VALUES, p->y + SIZE, width, value, false);
	p->y += (lines > 1 ? lines * LINE : LINE + 4) + 3;
}

static void row_both(struct sk_pen *p, enum label l, enum label value)
{
	char text[SHOWN];

	snprintf(text, sizeof(text), "%s %s", labels[value].ja, labels[value].en);
	row(p, l, text);
}

static void paragraph(struct sk_pen *p, enum label l)
{
	double width = SK_PAGE_WIDTH - 2 * SK_PAGE_EDGE;

	sk_pen_need(p, 3 * LINE);
	p->y += SIZE;
	p->y +=
	    12 * sk_pen_wrap(p, SK_FONT_PLAIN, 8, SK_PAGE_EDGE, p->y, width, labels[l].ja, false);
	p->y +=
	    10 * sk_pen_wrap(p, SK_FONT_PLAIN, 7, SK_PAGE_EDGE, p->y, width, labels[l].en, false);
	p->y -= 6;
}

static void command(struct sk_pen *p, const char *text)
{
	double x = SK_PAGE_EDGE + 14, width = SK_PAGE_WIDTH - SK_PAGE_EDGE - x;

	sk_pen_need(p, 2 * LINE);
	p->y += SIZE + 2;
	p->y += LINE * (sk_pen_wrap(p, SK_FONT_PLAIN, 8, x, p->y, width, text, false) - 1) + 3;
}

static void heading(struct sk_pen *p, enum label l)
{
	char text[256];

	sk_pen_need(p, 60);
	p->y += 6;
	sk_pen_rule(p);
	snprintf(text, sizeof(text), "%s  %s", labels[l].ja, labels[l].en);
	sk_pen_at(p, SK_FONT_BOLD, 10, SK_PAGE_EDGE, p->y + 15, text);
	p->y += 22;
}

/* --- values --- */

static const char *text_of(const json_t *o, const char *name, char shown[SHOWN])
{
	const json_t *v = json_object_get(o, name);

	if (!json_is_string(v))
		return NULL;
	sk_utf8_display(shown, SHOWN, sk_slice(json_string_value(v), json_string_length(v)));
	return shown[0] ? shown : NULL;
}

static void row_text(
    struct sk_pen *p, enum label l, const json_t *o, const char *name, int otherwise)
{
	char shown[SHOWN];
	const char *text = text_of(o, name, shown);

	if (text)
		row(p, l, text);
	else if (otherwise >= 0)
		row_both(p, l, (enum label)otherwise);
}

/* In Japan, whatever the machine thinks: a receipt says the same everywhere. The day in both calendars. */
static const char *time_of(const json_t *v, char shown[SHOWN])
{
	time_t at = (time_t)(json_integer_value(v) / 1000 + 9 * 3600);
	char day[16], clock[16], era[SK_DAY_TEXT];
	struct tm t;

	if (!json_is_integer(v) || json_integer_value(v) < 0 || gmtime_r(&at, &t) == NULL ||
	    strftime(day, sizeof(day), "%Y-%m-%d", &t) == 0 ||
	    strftime(clock, sizeof(clock), "%H:%M:%S", &t) == 0)
		return NULL;
	sk_day_era((int32_t)(at / 86400), era);
	snprintf(shown, SHOWN, "%s (%s) %s +09:00", day, era, clock);
	return shown;
}

static void row_time(struct sk_pen *p, enum label l, const json_t *o, const char *name)
{
	char shown[SHOWN];
	const char *text = time_of(json_object_get(o, name), shown);

	if (text)
		row(p, l, text);
}

static void row_state(struct sk_pen *p, const json_t *t)
{
	char shown[SHOWN], text[SHOWN + 64];
	const char *word = text_of(t, "state", shown), *ja = "";

	for (size_t i = 0; word && i < sizeof(states) / sizeof(*states); i++)
		if (strcmp(states[i].word, word) == 0)
			ja = states[i].ja;
	snprintf(text, sizeof(text), "%s %s", ja, word ? word : "");
	row(p, L_STATE, text);
}

/* A name, and what the person is called at the post. */
static void row_person(struct sk_pen *p, enum label l, const json_t *o, const char *member,
    const char *name, const char *behind)
{
	char a[SHOWN], b[SHOWN], text[2 * SHOWN + 64];
	const char *who = text_of(o, member, a), *called = text_of(o, name, b);

	if (who == NULL && called == NULL) {
		row_both(p, l, L_NOBODY);
		return;
	}
	snprintf(text, sizeof(text), "%s%s%s%s %s", called ? called : who,
	    called && who ? " (" : "", called && who ? who : "", called && who ? ")" : "", behind);
	row(p, l, text);
}

static void rows_votes(struct sk_pen *p, const json_t *votes)
{
	char at[SHOWN];
	bool any = false;

	for (size_t i = 0; i < json_array_size(votes) && i < PEOPLE; i++) {
		const json_t *v = json_array_get(votes, i);
		const char *when = time_of(json_object_get(v, "at"), at);
		bool yes = json_is_true(json_object_get(v, "allow"));

		row_person(p, yes ? L_APPROVER : L_DENIER, v, "person", "name", when ? when : "");
		any |= yes;
	}
	if (!any)
		row_both(p, L_APPROVER, L_NOBODY);
}

/* --- parts --- */

static void draw_head(struct sk_pen *p, const json_t *what)
{
	char shown[SHOWN];
	const char *id = text_of(json_object_get(what, "transfer"), "id", shown);

	snprintf(p->foot, sizeof(p->foot), "sekisho  %.64s", id ? id : "");
	sk_pen_at(p, SK_FONT_BOLD, 18, SK_PAGE_EDGE, p->y + 18, labels[L_TITLE].ja);
	sk_pen_at(p, SK_FONT_PLAIN, 10, SK_PAGE_EDGE, p->y + 34, labels[L_TITLE].en);
	p->y += 46;
	row_time(p, L_MADE, what, "made");
	row_text(p, L_POST, what, "zone", -1);
}

/* What the post does not know any more its ledger may tell. */
static void row_sum(
    struct sk_pen *p, enum label l, const json_t *o, const char *name, const char *told)
{
	if (json_object_get(o, name) == NULL && told[0])
		row(p, l, told);
	else
		row_text(p, l, o, name, L_UNKNOWN);
}

static void draw_transfer(struct sk_pen *p, const json_t *what, const struct sk_paper_proof *proof)
{
	const json_t *t = json_object_get(what, "transfer");

	row_text(p, L_ID, t, "id", L_UNKNOWN);
	row_text(p, L_FILE, t, "name", L_HIDDEN);
	row_text(p, L_FROM, t, "from", L_UNKNOWN);
	row_text(p, L_TO, t, "to", L_UNKNOWN);
	row_text(p, L_ROUTE, t, "route", L_UNKNOWN);
	row_state(p, t);
	row_text(p, L_CLASS, t, "class", -1);
	row_time(p, L_RECEIVED, t, "received");
	row_time(p, L_RELEASED, t, "released");
	row_person(p, L_REQUESTER, t, "requester", "requester_name", "");
	row_text(p, L_RECIPIENT, t, "recipient", -1);
	rows_votes(p, json_object_get(what, "votes"));
	row_sum(p, L_ORIGINAL, what, "original_hash", proof ? proof->in : "");
	row_sum(p, L_OUTPUT, t, "output_hash", proof ? proof->out : "");
}

static void row_hash(struct sk_pen *p, enum label l, const struct sk_lv_hash *h)
{
	char hex[2 * SK_LV_HASH + 1];

	sk_hex_text(hex, h->b, sizeof(h->b));
	row(p, l, hex);
}

static void row_number(struct sk_pen *p, enum label l, uint64_t n)
{
	char text[32];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)n);
	row(p, l, text);
}

static void row_path(struct sk_pen *p, const struct sk_paper_proof *proof)
{
	char text[SK_PROOF_PATH * 9 + 1] = "", digits[9];
	size_t n = 0;

	for (size_t i = 0; i < proof->n; i++) {
		sk_hex_text(digits, proof->path[i].b, 4);
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s", i ? " " : "", digits);
	}
	row(p, L_PATH, n ? text : "-");
}

static int draw_code(struct sk_pen *p, const struct sk_paper_proof *proof)
{
	struct sk_buf code = SK_BUF(1024);
	int status = sk_paper_code(proof, &code);

	sk_pen_need(p, CODE + 8);
	if (status == 0)
		status = sk_pen_code(
		    p, sk_buf_slice(&code), SK_PAGE_WIDTH - SK_PAGE_EDGE - CODE, p->y, CODE);
	sk_buf_free(&code);
	return status;
}

static int draw_proof(struct sk_pen *p, const struct sk_paper_proof *proof)
{
	row(p, L_ORIGIN, proof->origin);
	row_number(p, L_INDEX, proof->index);
	row_hash(p, L_LEAF, &proof->leaf);
	row_hash(p, L_ROOT, &proof->root);
	row_number(p, L_SIZE, proof->size);
	row_path(p, proof);
	return draw_code(p, proof);
}

static void draw_steps(struct sk_pen *p, const struct sk_paper_proof *proof)
{
	char text[128];

	p->y += CODE; /* beside the code nothing stands, so that it is read at once */
	heading(p, L_VERIFY);
	paragraph(p, L_STEP_1);
	snprintf(text, sizeof(text), "sekisho ledger prove -o receipt LEDGER %llu",
	    (unsigned long long)proof->index);
	command(p, text);
	paragraph(p, L_STEP_2);
	command(p, "sekisho-ledgerverify --key KEY receipt");
	paragraph(p, L_STEP_3);
}

int sk_paper_receipt(const struct sk_fonts *fonts, const json_t *what,
    const struct sk_paper_proof *proof, struct sk_buf *out)
{
	struct sk_pen p;
	int status = sk_pen_open(&p, fonts, out), closed;

	if (status == 0) {
		draw_head(&p, what);
		heading(&p, L_TRANSFER);
		draw_transfer(&p, what, proof);
		heading(&p, L_LEDGER);
		if (proof)
			status = draw_proof(&p, proof);
		else
			paragraph(&p, L_NO_ENTRY);
	}
	if (status == 0 && proof)
		draw_steps(&p, proof);
	closed = sk_pen_close(&p);
	return status ? status : closed;
}

/* The values of the language: value.h. Any process that reads a policy. */
#include "policy/value.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "policy/load.h"

struct sk_cursor sk_cursor(struct sk_loading *l, const struct sk_entry *e)
{
	return (struct sk_cursor){.l = l, .e = e, .at = 1};
}

bool sk_at_end(const struct sk_cursor *c)
{
	return c->at >= c->e->ntokens;
}

static void tell(
    struct sk_cursor *c, enum sk_diag_code code, size_t at, const char *a, const char *b)
{
	if (!c->bad)
		sk_diag(c->l->diags, code, c->e->source, &c->e->tokens[at], a, b);
	c->bad = true;
}

void sk_wrong(struct sk_cursor *c, enum sk_diag_code code, const char *a, const char *b)
{
	tell(c, code, c->at - 1, a, b);
}

/* Warnings do not make the cursor bad. */
static void warn(struct sk_cursor *c, enum sk_diag_code code, const char *a, const char *b)
{
	if (!c->bad)
		sk_diag(c->l->diags, code, c->e->source, &c->e->tokens[c->at - 1], a, b);
}

/* What should stand at the cursor, marked there or behind the last token. */
static void want(struct sk_cursor *c, const char *what)
{
	struct sk_token end = c->e->tokens[c->e->ntokens - 1];

	if (!sk_at_end(c)) {
		tell(c, SK_DIAG_EXPECTED, c->at, what, NULL);
		return;
	}
	end.text = sk_slice(end.text.p + end.text.n, 0);
	if (!c->bad)
		sk_diag(c->l->diags, SK_DIAG_EXPECTED, c->e->source, &end, what, NULL);
	c->bad = true;
}

bool sk_end(struct sk_cursor *c)
{
	if (!sk_at_end(c))
		tell(c, SK_DIAG_SURPLUS, c->at, c->e->tokens[c->at].value, NULL);
	if (c->e->block)
		tell(c, SK_DIAG_BLOCK_UNWANTED, 0, c->e->tokens[0].value, NULL);
	return !c->bad;
}

bool sk_try(struct sk_cursor *c, const char *word)
{
	if (c->bad || sk_at_end(c) || c->e->tokens[c->at].kind == SK_TOK_STRING ||
	    !sk_slice_is(c->e->tokens[c->at].text, word))
		return false;
	c->at++;
	return true;
}

void sk_expect(struct sk_cursor *c, const char *word)
{
	if (!sk_try(c, word))
		want(c, word);
}

const struct sk_token *sk_take(struct sk_cursor *c, const char *what)
{
	if (!c->bad && !sk_at_end(c) && c->e->tokens[c->at].kind != SK_TOK_SIGN)
		return &c->e->tokens[c->at++];
	want(c, what);
	return NULL;
}

const char *sk_take_string(struct sk_cursor *c)
{
	if (!c->bad && !sk_at_end(c) && c->e->tokens[c->at].kind == SK_TOK_STRING)
		return c->e->tokens[c->at++].value;
	want(c, "\"…\"");
	return "";
}

static void want_words(struct sk_cursor *c, const char *const *words)
{
	struct sk_buf text = SK_BUF(500);

	for (size_t i = 0; words[i]; i++) {
		sk_buf_puts(&text, i ? ", " : "");
		sk_buf_puts(&text, words[i]);
	}
	sk_buf_putc(&text, 0);
	want(c, text.err ? "" : (const char *)text.p);
	sk_buf_free(&text);
}

int sk_take_word(struct sk_cursor *c, const char *const *words)
{
	for (int i = 0; words[i]; i++)
		if (sk_try(c, words[i]))
			return i;
	want_words(c, words);
	return -1;
}

/* --- numbers --- */

/* The digits that a text begins with; *rest: what follows. UINT64_MAX when there are none or too many. */
static uint64_t digits(const char *text, const char **rest)
{
	uint64_t n = 0;
	unsigned count = 0;

	for (; text[count] >= '0' && text[count] <= '9'; count++)
		n = count < 18 ? n * 10 + (uint64_t)(text[count] - '0') : UINT64_MAX;
	*rest = text + count;
	return count > 0 && count <= 18 ? n : UINT64_MAX;
}

/* The same as a whole token that is no zero. */
static uint64_t take_number(struct sk_cursor *c, const char *what)
{
	const struct sk_token *t = sk_take(c, what);
	const char *rest;

	if (t == NULL)
		return 1;
	uint64_t n = digits(t->value, &rest);
	if (n == UINT64_MAX || *rest)
		sk_wrong(c, SK_DIAG_NUMBER, t->value, NULL);
	else if (n == 0)
		sk_wrong(c, SK_DIAG_ZERO, NULL, NULL);
	return c->bad ? 1 : n;
}

static void above(struct sk_cursor *c, uint64_t most)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)most);
	sk_wrong(c, SK_DIAG_LIMIT, c->e->tokens[c->at - 1].value, text);
}

unsigned sk_take_count(struct sk_cursor *c, const char *what, uint64_t most)
{
	uint64_t n = take_number(c, what);

	if (n > most)
		above(c, most);
	return c->bad ? 1 : (unsigned)n;
}

static unsigned shift_of(const char *unit)
{
	return strcmp(unit, "K") == 0   ? 10
	       : strcmp(unit, "M") == 0 ? 20
	       : strcmp(unit, "G") == 0 ? 30
					: 64;
}

uint64_t sk_take_size(struct sk_cursor *c, uint64_t most)
{
	const struct sk_token *t = sk_take(c, "100M");
	const char *rest;

	if (t == NULL)
		return 1;
	uint64_t n = digits(t->value, &rest);
	unsigned shift = shift_of(rest);
	if (n == 0)
		sk_wrong(c, SK_DIAG_ZERO, NULL, NULL);
	else if (n == UINT64_MAX || shift == 64)
		sk_wrong(c, SK_DIAG_SIZE, t->value, NULL);
	else if (n > most >> shift)
		above(c, most);
	return c->bad ? 1 : n << shift;
}

/* A hundred years, so that sums of times and durations stay far from overflowing. */
#define LONGEST ((int64_t)100 * 366 * 86400)

int64_t sk_take_duration(struct sk_cursor *c)
{
	static const struct {
		const char *one, *many;
		int64_t seconds;
	} units[] = {{"second", "seconds", 1}, {"minute", "minutes", 60}, {"hour", "hours", 3600},
	    {"day", "days", 86400}, {"year", "years", 366 * 86400}};
	uint64_t n = take_number(c, "7 days");

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]) && !c->bad; i++) {
		if (!sk_try(c, units[i].one) && !sk_try(c, units[i].many))
			continue;
		if (n > (uint64_t)(LONGEST / units[i].seconds))
			sk_wrong(c, SK_DIAG_DURATION, c->e->tokens[c->at - 2].value, NULL);
		return c->bad ? 1 : (int64_t)n * units[i].seconds;
	}
	if (!c->bad)
		sk_wrong(c, SK_DIAG_DURATION, c->e->tokens[c->at - 1].value, NULL);
	return 1;
}

int32_t sk_take_date(struct sk_cursor *c)
{
	const struct sk_token *t = sk_take(c, "令和8年4月1日");
	char right[SK_DAY_TEXT];
	int32_t day;
	bool late;

	if (t == NULL)
		return SK_DAY_NONE;
	if (t->kind != SK_TOK_WORD || sk_day_parse(t->text, &day, &late)) {
		sk_wrong(c, SK_DIAG_DATE, t->value, NULL);
		return SK_DAY_NONE;
	}
	sk_day_era(day, right);
	if (late)
		warn(c, SK_DIAG_DATE_ERA, t->value, right);
	return day;
}

/* --- places in a network --- */

static void clear_behind(struct sk_net *n)
{
	for (unsigned bit = n->prefix; bit < 128; bit++)
		n->addr[bit / 8] &= (uint8_t) ~(0x80U >> bit % 8);
}

void sk_net_text(const struct sk_net *n, char text[50])
{
	char addr[INET6_ADDRSTRLEN] = "";

	inet_ntop(n->family == 4 ? AF_INET : AF_INET6, n->addr, addr, sizeof(addr));
	if (n->prefix == (n->family == 4 ? 32 : 128))
		snprintf(text, 50, "%s", addr);
	else
		snprintf(text, 50, "%s/%u", addr, n->prefix);
}

bool sk_net_overlap(const struct sk_net *a, const struct sk_net *b)
{
	struct sk_net x = *a, y = *b;

	x.prefix = y.prefix = a->prefix < b->prefix ? a->prefix : b->prefix;
	clear_behind(&x);
	clear_behind(&y);
	return a->family == b->family && memcmp(x.addr, y.addr, sizeof(x.addr)) == 0;
}

/* An address, or a network when there is a length behind it. */
bool sk_net_parse(const char *text, struct sk_net *n)
{
	char addr[64];
	const char *slash = strchr(text, '/'), *rest = "";
	size_t len = slash ? (size_t)(slash - text) : strlen(text);

	if (len >= sizeof(addr))
		return false;
	memcpy(addr, text, len);
	addr[len] = 0;
	*n = (struct sk_net){.family = strchr(addr, ':') ? 6 : 4};
	unsigned most = n->family == 4 ? 32 : 128;
	uint64_t prefix = slash ? digits(slash + 1, &rest) : most;
	if (inet_pton(n->family == 4 ? AF_INET : AF_INET6, addr, n->addr) != 1 || prefix > most ||
	    *rest)
		return false;
	n->prefix = (uint8_t)prefix;
	return true;
}

/* Bits behind the prefix are a slip of the pen that changes what is meant. */
static void check_bits(struct sk_cursor *c, const struct sk_net *n, const char *written)
{
	struct sk_net cut = *n;
	char text[50];

	clear_behind(&cut);
	sk_net_text(&cut, text);
	if (memcmp(cut.addr, n->addr, sizeof(cut.addr)))
		sk_wrong(c, SK_DIAG_NETWORK_HOST, written, text);
}

static void take_net(struct sk_cursor *c, struct sk_nets *nets, bool address)
{
	const struct sk_token *t = sk_take(c, address ? "10.1.20.5" : "10.1.0.0/16");
	struct sk_net n;

	if (t == NULL)
		return;
	if (!sk_net_parse(t->value, &n) ||
	    (address ? strchr(t->value, '/') != NULL : n.prefix == 0)) {
		sk_wrong(c, address ? SK_DIAG_ADDRESS : SK_DIAG_NETWORK, t->value, NULL);
		return;
	}
	check_bits(c, &n, t->value);
	struct sk_net *v = sk_arena_grow(c->l->arena, nets->v, &nets->cap, nets->n + 1, sizeof(*v));
	const struct sk_token **w =
	    sk_arena_grow(c->l->arena, nets->token, &nets->token_cap, nets->n + 1, sizeof(*w));
	if (v == NULL || w == NULL)
		return;
	nets->v = v;
	nets->token = w;
	v[nets->n] = n;
	w[nets->n++] = t;
}

void sk_take_nets(struct sk_cursor *c, struct sk_nets *nets, bool addresses)
{
	do
		take_net(c, nets, addresses);
	while (sk_try(c, ","));
}

static int hex(char c)
{
	return c >= '0' && c <= '9'                 ? c - '0'
	       : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
						    : -1;
}

bool sk_mac_parse(const char *text, struct sk_mac *mac)
{
	struct sk_mac m;
	bool good = strlen(text) == 17;

	for (size_t i = 0; good && i < 6; i++) {
		int high = hex(text[3 * i]), low = hex(text[3 * i + 1]);
		good = high >= 0 && low >= 0 && (i == 5 || text[3 * i + 2] == ':');
		m.b[i] = (uint8_t)(high << 4 | low);
	}
	if (good)
		*mac = m;
	return good;
}

void sk_take_mac(struct sk_cursor *c, struct sk_mac *mac)
{
	const struct sk_token *t = sk_take(c, "02:00:00:00:00:05");

	if (t && !sk_mac_parse(t->value, mac))
		sk_wrong(c, SK_DIAG_MAC, t->value, NULL);
}

uint16_t sk_take_port(struct sk_cursor *c)
{
	const struct sk_token *t = sk_take(c, "443");
	const char *rest;

	if (t == NULL)
		return 1;
	uint64_t n = digits(t->value, &rest);
	if (n < 1 || n > 65535 || *rest)
		sk_wrong(c, SK_DIAG_PORT, t->value, NULL);
	return c->bad ? 1 : (uint16_t)n;
}

/* --- names --- */

static void await(struct sk_cursor *c, enum sk_kind kind, struct sk_ref *ref)
{
	struct sk_loading *l = c->l;
	struct sk_pending *v =
	    sk_arena_grow(l->arena, l->pending, &l->pending_cap, l->npending + 1, sizeof(*v));

	if (v == NULL)
		return;
	l->pending = v;
	v[l->npending++] = (struct sk_pending){kind, ref, c->e->source};
}

void sk_take_ref(struct sk_cursor *c, enum sk_kind kind, struct sk_ref *ref)
{
	const struct sk_token *t = sk_take(c, sk_kind_word(kind));

	if (t == NULL)
		return;
	*ref = (struct sk_ref){.token = t};
	await(c, kind, ref);
}

/* Room for all that the entry can name at once: others hold pointers into it. */
void sk_take_refs(struct sk_cursor *c, enum sk_kind kind, struct sk_refs *refs)
{
	refs->v = sk_arena_array(c->l->arena, c->e->ntokens, sizeof(*refs->v));
	if (refs->v == NULL)
		return;
	refs->n = 0;
	do {
		sk_take_ref(c, kind, &refs->v[refs->n]);
		refs->n += !c->bad;
	} while (sk_try(c, ","));
}

void sk_take_class(struct sk_cursor *c, enum sk_dimension d, struct sk_ceiling *ceiling)
{
	struct sk_loading *l = c->l;
	const struct sk_token *t = sk_take(c, "\"2\"");
	struct sk_pending_class *v =
	    sk_arena_grow(l->arena, l->classes, &l->classes_cap, l->nclasses + 1, sizeof(*v));

	if (t == NULL || v == NULL)
		return;
	*ceiling = (struct sk_ceiling){.level = -1, .where = c->e, .token = t};
	l->classes = v;
	v[l->nclasses++] = (struct sk_pending_class){d, ceiling, c->e->source};
}

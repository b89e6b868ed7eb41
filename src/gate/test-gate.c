/* Tests of the table of states: every event by every actor in every state, and what can never happen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "gate/note.h"
#include "gate/state.h"

/*
 * What the tables allow, written a second time by hand: "state event actor → next". Whatever is not here is refused.
 */
static const char *const allowed[] = {
    "received clean gate cleaning",
    "received hold gate held",
    "received deny gate denied",
    "received expire clock expired",
    "received cancel requester cancelled",
    "cleaning cleaned worker cleaned",
    "cleaning refused worker refused",
    "cleaning refused gate refused",
    "cleaning hold worker held",
    "cleaning hold gate held",
    "cleaning expire clock expired",
    "cleaning cancel requester cancelled",
    "cleaned hold gate held",
    "cleaned deny gate denied",
    "cleaned offer gate offered",
    "cleaned expire clock expired",
    "cleaned cancel requester cancelled",
    "held clean gate cleaning",
    "held password requester cleaning",
    "held password recipient cleaning",
    "held hold gate held",
    "held lift gate approved",
    "held lift approver approved",
    "held lift requester approved",
    "held deny gate denied",
    "held deny approver denied",
    "held expire clock expired",
    "held cancel requester cancelled",
    "approved offer gate offered",
    "approved hold gate held",
    "approved deny gate denied",
    "approved expire clock expired",
    "approved cancel requester cancelled",
    "offered fetch link crossing",
    "offered deny gate denied",
    "offered expire clock expired",
    "offered cancel requester cancelled",
    "crossing taken link crossed",
    "crossing reject link rejected",
    "crossing reject gate rejected",
    "crossing lapse clock unanswered",
    "crossed verify worker verified",
    "crossed reject worker rejected",
    "crossed reject gate rejected",
    "crossed expire clock expired",
    "verified release gate released",
    "verified reject gate rejected",
    "verified expire clock expired",
    "released collect recipient collected",
    "released expire clock expired",
    "collected collect recipient collected",
    "collected expire clock expired",
};

static const char *const originals[] = {
    "held lift approver approved",
    "held deny gate denied",
    "held deny approver denied",
    "held expire clock expired",
    "held cancel requester cancelled",
    "approved release gate released",
    "approved expire clock expired",
    "approved cancel requester cancelled",
    "released collect requester collected",
    "released expire clock expired",
    "collected collect requester collected",
    "collected expire clock expired",
};

static const char *const actors[SK_BY_COUNT] = {
    "gate", "worker", "link", "clock", "requester", "approver", "recipient"};

/* The word behind "state event actor " in a list, or NULL. */
static const char *wanted(
    const char *const *list, size_t n, unsigned state, unsigned event, unsigned actor)
{
	char head[80];

	snprintf(head, sizeof(head), "%s %s %s ", sk_state_word(state), sk_event_word(event),
	    actors[actor]);
	for (size_t i = 0; i < n; i++)
		if (strncmp(list[i], head, strlen(head)) == 0)
			return list[i] + strlen(head);
	return NULL;
}

/* Reasons with which a state and an event are tried: for each at least one that the move can work with. */
static bool some_way(unsigned state, unsigned event, unsigned actor, struct sk_life *next)
{
	for (uint32_t holds = 0; holds < 1U << SK_HELD_COUNT; holds++)
		for (unsigned why = 0; why < SK_HELD_COUNT; why++) {
			struct sk_life from = {state, holds};
			struct sk_happening what = {event, actor, why};
			/* the last reason goes, not one of several */
			if (event == SK_DO_LIFT && holds != 1U << why)
				continue;
			if (sk_transfer_move(from, what, next) == 0)
				return true;
		}
	return false;
}

static void test_every_event_in_every_state(void **state)
{
	struct sk_life next = {0};
	size_t moves = 0;

	for (unsigned s = 0; s < SK_AT_COUNT; s++)
		for (unsigned e = 0; e < SK_DO_COUNT; e++)
			for (unsigned a = 0; a < SK_BY_COUNT; a++) {
				const char *want =
				    wanted(allowed, sizeof(allowed) / sizeof(*allowed), s, e, a);
				bool can = some_way(s, e, a, &next);
				if (can != (want != NULL) ||
				    (can && strcmp(want, sk_state_word(next.state)) != 0))
					fail_msg("%s %s %s: %s, not %s", sk_state_word(s),
					    sk_event_word(e), actors[a],
					    can ? sk_state_word(next.state) : "refused",
					    want ? want : "refused");
				moves += can;
			}
	assert_int_equal(moves, sizeof(allowed) / sizeof(*allowed));
}

static void test_every_event_of_an_original(void **state)
{
	enum sk_transfer_state next;
	size_t moves = 0;

	for (unsigned s = 0; s < SK_AT_COUNT; s++)
		for (unsigned e = 0; e < SK_DO_COUNT; e++)
			for (unsigned a = 0; a < SK_BY_COUNT; a++) {
				const char *want = wanted(
				    originals, sizeof(originals) / sizeof(*originals), s, e, a);
				int status = sk_original_move(s, e, a, &next);
				assert_int_equal(status, want ? 0 : SK_EREFUSED);
				if (want)
					assert_string_equal(sk_state_word(next), want);
				moves += want != NULL;
			}
	assert_int_equal(moves, sizeof(originals) / sizeof(*originals));
}

static void test_nonsense_is_refused(void **state)
{
	struct sk_life next = {SK_AT_COUNT, 77};
	const struct sk_life from[] = {{SK_AT_COUNT, 0}, {SK_AT_HELD, 0}, {SK_AT_CLEANED, 1}};

	for (size_t i = 0; i < 3; i++)
		for (unsigned e = 0; e <= SK_DO_COUNT; e++)
			for (unsigned a = 0; a <= SK_BY_COUNT; a++)
				assert_int_equal(
				    sk_transfer_move(
					from[i], (struct sk_happening){e, a, SK_HELD_COUNT}, &next),
				    SK_EREFUSED);
	assert_int_equal(next.holds, 77);
	assert_null(sk_state_word(SK_AT_COUNT));
	assert_null(sk_event_word(SK_DO_COUNT));
	assert_null(sk_held_word(SK_HELD_COUNT));
	assert_int_equal(sk_state_owner(SK_AT_COUNT), SK_OWNER_NONE);
}

/* --- model check: everything that can be reached, with what happened on the way --- */

enum {
	WAS_CLEANED = 1,
	WAS_OFFERED = 2,
	WAS_TAKEN = 4,
	WAS_VERIFIED = 8,
	LEFT_OPEN = 16,
	WAYS = 32
};

struct world {
	bool seen[SK_AT_COUNT][1U << SK_HELD_COUNT][WAYS];
};

/* What a state asks of its past. LEFT_OPEN: a reason came and nobody has lifted it since. */
static void check(struct sk_life at, unsigned was)
{
	bool passed = at.state == SK_AT_RELEASED || at.state == SK_AT_COLLECTED;

	assert_int_equal(at.holds != 0, at.state == SK_AT_HELD);
	if (at.state == SK_AT_OFFERED || at.state == SK_AT_CROSSING || at.state == SK_AT_APPROVED) {
		assert_true(was & WAS_CLEANED);
		assert_false(was & LEFT_OPEN);
	}
	if (passed)
		assert_int_equal(was & (WAS_CLEANED | WAS_OFFERED | WAS_TAKEN | WAS_VERIFIED),
		    WAS_CLEANED | WAS_OFFERED | WAS_TAKEN | WAS_VERIFIED);
}

static unsigned past(unsigned was, enum sk_transfer_event event, struct sk_life next)
{
	/* cleaned anew: what was decided about the output before counts no more */
	if (next.state == SK_AT_CLEANING)
		return 0;
	if (event == SK_DO_CLEANED)
		was |= WAS_CLEANED;
	if (event == SK_DO_OFFER)
		was |= WAS_OFFERED;
	if (event == SK_DO_TAKEN)
		was |= WAS_TAKEN;
	if (event == SK_DO_VERIFY)
		was |= WAS_VERIFIED;
	return next.holds ? was | LEFT_OPEN : was & ~(unsigned)LEFT_OPEN;
}

static void walk(struct world *w, struct sk_life at, unsigned was)
{
	if (w->seen[at.state][at.holds][was])
		return;
	w->seen[at.state][at.holds][was] = true;
	check(at, was);
	for (unsigned e = 0; e < SK_DO_COUNT; e++)
		for (unsigned a = 0; a < SK_BY_COUNT; a++)
			for (unsigned h = 0; h < SK_HELD_COUNT; h++) {
				struct sk_life next;
				if (sk_transfer_move(at, (struct sk_happening){e, a, h}, &next) ==
				    0)
					walk(w, next, past(was, e, next));
			}
}

static void test_nothing_passes_uncleaned_or_held(void **state)
{
	static struct world w;
	bool reached[SK_AT_COUNT] = {false};

	walk(&w, (struct sk_life){SK_AT_RECEIVED, 0}, 0);
	for (unsigned s = 0; s < SK_AT_COUNT; s++)
		for (unsigned h = 0; h < 1U << SK_HELD_COUNT; h++)
			for (unsigned p = 0; p < WAYS; p++)
				reached[s] |= w.seen[s][h][p];
	for (unsigned s = 0; s < SK_AT_COUNT; s++)
		assert_true(reached[s]);
}

/* Over is over; and what is not over can always expire or be rejected, so that nothing waits for ever. */
static void test_ends(void **state)
{
	struct sk_life next;

	for (unsigned s = 0; s < SK_AT_COUNT; s++) {
		bool over = sk_state_owner(s) == SK_OWNER_NONE, out = false;
		for (unsigned e = 0; e < SK_DO_COUNT; e++)
			for (unsigned a = 0; a < SK_BY_COUNT; a++)
				out |= some_way(s, e, a, &next) &&
				       sk_state_owner(next.state) == SK_OWNER_NONE;
		assert_int_equal(out, !over);
	}
}

/* A mirror is never more than offered, and what has ended does not begin again. */
static void test_mirrored(void **state)
{
	size_t n = 0;

	for (unsigned s = 0; s < SK_AT_COUNT; s++)
		for (unsigned e = 0; e < SK_DO_COUNT; e++) {
			enum sk_transfer_state next = SK_AT_COUNT;
			if (sk_transfer_mirrored(s, e, &next)) {
				assert_int_equal(next, SK_AT_COUNT);
				continue;
			}
			assert_true(s == SK_AT_HELD || s == SK_AT_CLEANING);
			assert_true(sk_state_owner(next) == SK_OWNER_NONE || next == SK_AT_HELD ||
				    next == SK_AT_CLEANING ||
				    (next == SK_AT_OFFERED && e == SK_DO_RECEIVE));
			n++;
		}
	assert_int_equal(n, 8);
}

/* What another post tells ends what is ours to decide, and otherwise only follows what became of it there. */
static void test_told(void **state)
{
	size_t moves = 0;

	for (unsigned s = 0; s < SK_AT_COUNT; s++)
		for (unsigned e = 0; e < SK_DO_COUNT; e++) {
			enum sk_transfer_state next = SK_AT_COUNT;
			if (sk_transfer_told(s, e, &next)) {
				assert_int_equal(next, SK_AT_COUNT);
				continue;
			}
			bool over = sk_state_owner(next) == SK_OWNER_NONE;
			bool late = s == SK_AT_UNANSWERED;
			assert_true(over || late || sk_state_owner(s) == SK_OWNER_RECEIVER);
			assert_true(over || next == SK_AT_RELEASED || next == SK_AT_COLLECTED);
			assert_true(late || sk_state_owner(s) != SK_OWNER_NONE);
			moves++;
		}
	assert_int_equal(moves, 11);
	enum sk_transfer_state next;
	assert_int_equal(sk_transfer_told(SK_AT_COUNT, SK_DO_REJECT, &next), SK_EREFUSED);
	assert_int_equal(sk_transfer_told(SK_AT_OFFERED, SK_DO_COUNT, &next), SK_EREFUSED);
}

/* Who sent it never lifts what another has to decide. */
static void test_requester_lifts_only_the_class(void **state)
{
	for (unsigned h = 0; h < SK_HELD_COUNT; h++) {
		struct sk_life next;
		int status = sk_transfer_move((struct sk_life){SK_AT_HELD, 1U << h},
		    (struct sk_happening){SK_DO_LIFT, SK_BY_REQUESTER, h}, &next);
		assert_int_equal(status, h == SK_HELD_CLASS ? 0 : SK_EREFUSED);
	}
}

/* Each word has a sentence of its own, without gaps that nobody fills; so have those of cleaners. */
static void test_notes(void **state)
{
	static const char *const words[] = {
#define N_(text) text
#define SK_NOTE(word, text) word,
#include "gate/note.def"
#undef SK_NOTE
	    "wrong-password", "limit.output", "manifest.expired"};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		const char *text = sk_gate_note_text(words[i]);
		assert_non_null(text);
		assert_null(strchr(text, '{'));
		assert_true(text[0] >= 'A' && text[0] <= 'Z' && text[strlen(text) - 1] == '.');
	}
	assert_null(sk_gate_note_text("no word of ours"));
}

static void test_all_reasons_must_go(void **state)
{
	struct sk_life at = {SK_AT_CLEANED, 0};

	assert_int_equal(
	    sk_transfer_move(at, (struct sk_happening){SK_DO_HOLD, SK_BY_GATE, SK_HELD_LEAK}, &at),
	    0);
	assert_int_equal(
	    sk_transfer_move(at, (struct sk_happening){SK_DO_HOLD, SK_BY_GATE, SK_HELD_SCAN}, &at),
	    0);
	assert_int_equal(sk_transfer_move(at,
			     (struct sk_happening){SK_DO_LIFT, SK_BY_APPROVER, SK_HELD_LEAK}, &at),
	    0);
	assert_int_equal(at.state, SK_AT_HELD);
	assert_int_equal(sk_transfer_move(at,
			     (struct sk_happening){SK_DO_LIFT, SK_BY_APPROVER, SK_HELD_LEAK}, &at),
	    SK_EREFUSED);
	assert_int_equal(
	    sk_transfer_move(at, (struct sk_happening){SK_DO_LIFT, SK_BY_GATE, SK_HELD_SCAN}, &at),
	    0);
	assert_int_equal(at.state, SK_AT_APPROVED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_event_in_every_state),
	    cmocka_unit_test(test_every_event_of_an_original),
	    cmocka_unit_test(test_nonsense_is_refused),
	    cmocka_unit_test(test_nothing_passes_uncleaned_or_held),
	    cmocka_unit_test(test_ends),
	    cmocka_unit_test(test_told),
	    cmocka_unit_test(test_notes),
	    cmocka_unit_test(test_mirrored),
	    cmocka_unit_test(test_requester_lifts_only_the_class),
	    cmocka_unit_test(test_all_reasons_must_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

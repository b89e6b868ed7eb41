/* Words of a post's answers, times and sizes as people read them: asking.h. The command. */
#include "cmd/asking.h"

#include <string.h>

#include "base/day.h"

#define TOKYO 32400 /* Japan has one time zone and no summer time */

/* Of src/gate/state.def, of sk_right and of doc/front.md. */
static const struct {
	const char *word, *text;
} words[] = {
    /* states */
    {"received", N_("received")},
    {"cleaning", N_("being cleaned")},
    {"cleaned", N_("cleaned")},
    {"refused", N_("refused")},
    {"held", N_("held")},
    {"approved", N_("approved")},
    {"denied", N_("denied")},
    {"offered", N_("offered")},
    {"crossing", N_("crossing")},
    {"crossed", N_("crossed")},
    {"verified", N_("verified")},
    {"rejected", N_("rejected")},
    {"released", N_("released")},
    {"collected", N_("collected")},
    {"expired", N_("expired")},
    {"cancelled", N_("cancelled")},
    {"unanswered", N_("no answer from the other post")},
    /* holds */
    {"password", N_("password needed")},
    {"approval", N_("approval needed")},
    {"class", N_("class not said")},
    {"leak", N_("something found in it")},
    {"scan", N_("virus scanner")},
    {"space", N_("no room")},
    {"original", N_("original")},
    /* events that are no states */
    {"receive", N_("received")},
    {"clean", N_("to be cleaned")},
    {"hold", N_("held")},
    {"lift", N_("no longer held")},
    {"deny", N_("denied")},
    {"offer", N_("offered")},
    {"fetch", N_("the other post begins")},
    {"taken", N_("the other post has it")},
    {"verify", N_("verified")},
    {"reject", N_("rejected")},
    {"release", N_("released")},
    {"collect", N_("collected")},
    {"expire", N_("expired")},
    {"cancel", N_("cancelled")},
    {"lapse", N_("no answer from the other post")},
    /* who */
    {"gate", N_("the post")},
    {"worker", N_("cleaner")},
    {"link", N_("the other post")},
    {"clock", N_("time")},
    {"requester", N_("sender")},
    {"approver", N_("approver")},
    {"recipient", N_("recipient")},
    /* how he showed who he is */
    {"os-login", N_("system login")},
    {"passkey", N_("passkey")},
    /* what the policy says */
    {"pass", N_("may pass")},
    /* rights */
    {"approve", N_("approve")},
    {"administer", N_("administer")},
    {"release-original", N_("release originals")},
    {"audit", N_("audit")},
    {"oversee", N_("oversee")},
    /* ledger */
    {"signs", N_("in order")},
    {"unasked", N_("its witnesses are not asked yet")},
    {"behind", N_("a witness saw more than there is")},
    {"forked", N_("a witness saw other entries")},
    {"alone", N_("a witness is out of reach for too long")},
    {"none", N_("not there")},
};

const char *asking_word(const char *word)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i].word, word) == 0)
			return _(words[i].text);
	return word;
}

void asking_time(int64_t ms, char *text, size_t size)
{
	char era[SK_DAY_TEXT];
	int64_t s = ms / 1000 + TOKYO;

	if (ms < 0) {
		snprintf(text, size, "-");
		return;
	}
	sk_day_era((int32_t)(s / 86400), era);
	snprintf(text, size, "%s %02d:%02d", era, (int)(s / 3600 % 24), (int)(s / 60 % 60));
}

void asking_size(int64_t bytes, char *text, size_t size)
{
	static const char *const units[] = {"KiB", "MiB", "GiB"};
	double n = (double)bytes / 1024;
	size_t u = 0;

	if (bytes < 0) {
		snprintf(text, size, "-");
		return;
	}
	for (; u < 2 && n >= 1024; u++)
		n /= 1024;
	if (bytes < 1024)
		snprintf(text, size, "%d B", (int)bytes);
	else
		snprintf(text, size, "%.1f %s", n, units[u]);
}

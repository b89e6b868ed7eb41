/* Fuzz target: what is read as a request for letters is written as the same bytes again; files of pins and heads of HTTP end in no harm. */
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "crossing/exchange.h"
#include "crossing/keys.h"
#include "crossing/range.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void exchange(struct sk_slice in)
{
	static struct sk_exchange e;
	struct sk_buf b = SK_BUF((size_t)1 << 20), batch = SK_BUF((size_t)1 << 20);

	if (sk_exchange_get(in, &e) == 0) {
		for (size_t i = 0; i < e.letters.n; i++)
			sk_letters_put(&e.letters.v[i], &batch);
		if (sk_exchange_put(&e, sk_buf_slice(&batch), &b) ||
		    !sk_slice_eq(in, sk_buf_slice(&b)))
			abort();
	}
	sk_buf_free(&batch);
	sk_buf_free(&b);
}

static void heads(struct sk_slice in)
{
	char text[SK_RANGE_TEXT], again[SK_RANGE_TEXT];
	uint64_t from, whole;

	if (in.n >= sizeof(text))
		return;
	if (in.n)
		memcpy(text, in.p, in.n);
	text[in.n] = '\0';
	if (sk_range_get(text, &from)) {
		sk_range_put(again, from);
		if (strcmp(text, again) != 0)
			abort();
	}
	if (sk_content_range_get(text, &from, &whole)) {
		sk_content_range_put(again, from, whole);
		if (strcmp(text, again) != 0)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sk_slice in = sk_slice(data, size);
	struct sk_pins pins;
	uint8_t pin[SK_PIN_BYTES];

	exchange(in);
	heads(in);
	if (sk_crossing_pins_read(in, &pins) == 0 && (pins.n == 0 || pins.n > SK_PINS_MOST))
		abort();
	sk_crossing_pin(in, pin);
	return 0;
}

/* Passwords that go along: of protected files, sealed for a cleaner; of accounts. asking.h. The command. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/slice.h"
#include "cmd/asking.h"
#include "jobs/seal.h"

/* What the ask borrows: number of a new transfer, the box in hexadecimal. */
static char number[33], sealed[2 * SK_WORK_SEAL + 1];

int asking_own_password(struct asking *a)
{
	if (cli_passwords())
		return 0;
	if (a->password_file)
		return cli_passwords_file(a->password_file) ? EXIT_SOME_ERROR : 0;
	if (a->password_fd)
		return cli_passwords_fd(a->password_fd) ? EXIT_SOME_ERROR : 0;
	fprintf(
	    stderr, "%s\n", _("sekisho: a password is read from --password-file or --password-fd"));
	return EXIT_SOME_ERROR;
}

static void write_hex(const uint8_t *p, size_t n, char *out)
{
	for (size_t i = 0; i < n; i++)
		snprintf(out + 2 * i, 3, "%02x", p[i]);
}

/* The key of the cleaner of the post that has it, or gets it. */
static int box_key(struct asking *a, const char *id, uint8_t key[SK_SEAL_KEY])
{
	struct asking box = *a;
	json_t *answer = NULL;
	int rc;

	sk_front_init(&box.ask, SK_FRONT_BOX);
	box.ask.id = id;
	rc = asking_call(&box, -1, &answer);
	if (rc == 0 && sk_seal_key_read(sk_slice_str(asking_text(answer, "box")), key)) {
		fprintf(stderr, "%s\n",
		    _("sekisho: the post takes no passwords: it has no key for them"));
		rc = EXIT_SOME_REFUSED;
	}
	json_decref(answer);
	return rc;
}

static int seal(struct asking *a, const uint8_t key[SK_SEAL_KEY], const char *id)
{
	struct sk_work_sealed box;

	if (sk_seal(key, id, sk_slice_str(cli_passwords()[0]), &box)) {
		fprintf(stderr, "%s\n",
		    _("sekisho: this password cannot be sealed: too long, or no text"));
		return EXIT_SOME_ERROR;
	}
	write_hex(box.b, box.n, sealed);
	a->ask.sealed = sealed;
	return 0;
}

/* The number of a transfer that does not exist yet: a box opens for one transfer alone. */
static int new_number(struct asking *a)
{
	uint8_t raw[16];

	if (getrandom(raw, sizeof(raw), 0) != sizeof(raw))
		return EXIT_SOME_ERROR;
	write_hex(raw, sizeof(raw), number);
	a->ask.id = number;
	return 0;
}

int asking_password(struct asking *a, const char *id)
{
	uint8_t key[SK_SEAL_KEY];
	int rc;

	if (a->password_file == NULL && a->password_fd == NULL)
		return 0;
	rc = asking_own_password(a);
	if (rc == 0)
		rc = box_key(a, id, key);
	if (rc == 0 && id == NULL)
		rc = new_number(a);
	return rc ? rc : seal(a, key, id ? id : number);
}

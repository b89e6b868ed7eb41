/*
 * sekisho post export and pin: what one post must know of another before they talk, carried by hand: post.h. People compare
 * a number over the telephone; after that nothing of the other post is believed that was not pinned here.
 */
#include "cmd/post.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/hex.h"
#include "ledger/note.h"

/* Two keys of a link count: the one in use and the next. */
#define PINS_KEPT 2

static void start_peer(struct peer *p)
{
	*p = (struct peer){.certificate = SK_BUF(POST_KEY_BYTES),
	    .log = SK_BUF(POST_KEY_BYTES),
	    .witness = SK_BUF(POST_KEY_BYTES),
	    .box = SK_BUF(POST_KEY_BYTES)};
}

void post_peer_free(struct peer *p)
{
	sk_buf_free(&p->certificate);
	sk_buf_free(&p->log);
	sk_buf_free(&p->witness);
	sk_buf_free(&p->box);
}

/* A text of one line as it stands in a file. */
static int put_line(struct sk_buf *to, const char *text)
{
	return sk_buf_printf(to, "%s\n", text) ? post_tell(text, cli_errno_text(ENOMEM)) : 0;
}

/* --- what is shown --- */

static int check_key(const char *name, const struct sk_buf *text, enum sk_note_type type)
{
	struct sk_note_key key;

	if (sk_note_key_parse(sk_buf_slice(text), &key) || key.type != type)
		return post_tell(name, _("this is not a key of the kind that is needed"));
	return 0;
}

static int check_box(const struct sk_buf *text)
{
	struct sk_slice s = sk_buf_slice(text);
	uint8_t key[crypto_box_PUBLICKEYBYTES];

	if (s.n && s.p[s.n - 1] == '\n')
		s.n--;
	if (s.n != 2 * sizeof(key) || sk_hex_parse(s, key, sizeof(key)))
		return post_tell("box.pub", _("this is not a key of the kind that is needed"));
	return 0;
}

int post_peer_check(struct peer *p)
{
	if (sk_crossing_pin(sk_buf_slice(&p->certificate), p->pin))
		return post_tell("certificate.pem", _("this is not a certificate"));
	if (check_key("log.pub", &p->log, SK_NOTE_ED25519) ||
	    check_key("witness.pub", &p->witness, SK_NOTE_COSIGNATURE))
		return -1;
	return check_box(&p->box);
}

int post_peer_own(int dir, const char *zone, struct peer *p)
{
	char path[SK_SETTINGS_ZONE + 32];
	int rc;

	start_peer(p);
	/* the one that will be used, where there is one */
	snprintf(path, sizeof(path), "link/%s/next.crt", zone);
	rc = post_read_zone(dir, "zone", p->zone);
	if (rc == 0)
		rc = post_read_file(dir, path, true, &p->certificate);
	snprintf(path, sizeof(path), "link/%s/own.crt", zone);
	if (rc == 0 && p->certificate.len == 0)
		rc = post_read_file(dir, path, false, &p->certificate);
	if (rc == 0)
		rc = post_read_file(dir, "ledger.pub", false, &p->log);
	if (rc == 0)
		rc = post_read_file(dir, "witness.pub", false, &p->witness);
	if (rc == 0)
		rc = post_read_file(dir, "box.pub", false, &p->box);
	return rc ? rc : post_peer_check(p);
}

void post_peer_fingerprint(const struct peer *p, char text[POST_FINGERPRINT])
{
	const struct sk_slice parts[] = {sk_slice_str(p->zone), sk_slice(p->pin, sizeof(p->pin)),
	    sk_buf_slice(&p->log), sk_buf_slice(&p->witness), sk_buf_slice(&p->box)};
	uint8_t hash[crypto_hash_sha256_BYTES];
	char digits[2 * sizeof(hash) + 1];
	crypto_hash_sha256_state h;

	crypto_hash_sha256_init(&h);
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		uint8_t n[2] = {(uint8_t)(parts[i].n >> 8), (uint8_t)parts[i].n};
		crypto_hash_sha256_update(&h, n, 2);
		crypto_hash_sha256_update(&h, parts[i].p, parts[i].n);
	}
	crypto_hash_sha256_final(&h, hash);
	sk_hex_text(digits, hash, sizeof(hash));
	for (size_t i = 0, n = 0; i < sizeof(hash) / 2; i++)
		n += (size_t)snprintf(
		    text + n, POST_FINGERPRINT - n, "%s%.4s", i ? " " : "", digits + 4 * i);
}

static void show(const struct peer *p, const char *sentence)
{
	char text[POST_FINGERPRINT], pin[SK_PIN_TEXT];

	post_peer_fingerprint(p, text);
	sk_crossing_pin_text(p->pin, pin);
	printf("%s\n  %s\n", sentence, text);
	printf("  --certificate %s\n  --log %.*s  --witness %.*s  --box %.*s", pin, (int)p->log.len,
	    (const char *)p->log.p, (int)p->witness.len, (const char *)p->witness.p,
	    (int)p->box.len, (const char *)p->box.p);
}

/* --- export --- */

static int write_peer(int dir, const struct peer *p, const char *to)
{
	const struct {
		const char *name;
		struct sk_slice bytes;
	} files[] = {{"certificate.pem", sk_buf_slice(&p->certificate)},
	    {"log.pub", sk_buf_slice(&p->log)}, {"witness.pub", sk_buf_slice(&p->witness)},
	    {"box.pub", sk_buf_slice(&p->box)}, {"for", sk_slice_str(to)},
	    {"zone", sk_slice_str(p->zone)}};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof(files) / sizeof(*files); i++)
		rc = post_make_file(dir, files[i].name, files[i].bytes, 0644, NULL);
	return rc;
}

int post_export(int argc, char **argv)
{
	struct peer p = {.zone = ""};
	int rc = -1;

	if (argc == 4 && strcmp(argv[1], "--portal") == 0)
		return post_export_certificate(argv[2], argv[3]);
	if (argc != 4)
		return post_tell("post export",
		    _("it takes the post's folder, the zone of the other post, and a folder to make"));
	sk_autoclose int dir = post_open_folder(argv[1]);
	if (dir >= 0 && post_peer_own(dir, argv[2], &p) == 0) {
		sk_autoclose int out = mkdir(argv[3], 0755)
					   ? post_tell(argv[3], cli_errno_text(errno))
					   : post_open_folder(argv[3]);
		if (out >= 0)
			rc = write_peer(out, &p, argv[2]);
		if (rc == 0)
			show(&p,
			    _("Read this number to who pins it, by another way than the folder takes:"));
	}
	post_peer_free(&p);
	return rc;
}

/* --- pin --- */

struct pinning {
	const char *folder, *zone, *from, *certificate, *log, *witness, *box;
	bool replace;
};

static int take_from(const struct pinning *w, int state, struct peer *p)
{
	sk_autoclose int dir = post_open_folder(w->from);
	char meant[SK_SETTINGS_ZONE], own[SK_SETTINGS_ZONE];

	if (dir < 0 || post_read_zone(dir, "zone", p->zone) || post_read_zone(dir, "for", meant) ||
	    post_read_zone(state, "zone", own) ||
	    post_read_file(dir, "certificate.pem", false, &p->certificate) ||
	    post_read_file(dir, "log.pub", false, &p->log) ||
	    post_read_file(dir, "witness.pub", false, &p->witness) ||
	    post_read_file(dir, "box.pub", false, &p->box))
		return -1;
	if (strcmp(meant, own) != 0)
		return post_tell(w->from, _("this was made for the post of another zone"));
	if (w->zone && strcmp(w->zone, p->zone) != 0)
		return post_tell(w->from, _("this is of the post of another zone"));
	return post_peer_check(p);
}

/* A certificate's file, or the pin itself. */
static int take_certificate(const char *said, struct peer *p)
{
	struct sk_slice s = sk_slice_str(said);

	if (s.n == 2 * sizeof(p->pin) && sk_hex_parse(s, p->pin, sizeof(p->pin)) == 0)
		return 0;
	if (post_read_file(AT_FDCWD, said, false, &p->certificate))
		return -1;
	if (sk_crossing_pin(sk_buf_slice(&p->certificate), p->pin))
		return post_tell(said, _("this is not a certificate"));
	return 0;
}

static int take_said(const struct pinning *w, struct peer *p)
{
	if (w->zone == NULL || w->certificate == NULL || w->log == NULL || w->witness == NULL ||
	    w->box == NULL)
		return post_tell("post pin",
		    _("it takes the post's folder and --from FOLDER, or ZONE --certificate FILE|PIN --log KEY --witness KEY --box KEY"));
	snprintf(p->zone, sizeof(p->zone), "%s", w->zone);
	if (put_line(&p->log, w->log) || put_line(&p->witness, w->witness) ||
	    put_line(&p->box, w->box))
		return -1;
	if (take_certificate(w->certificate, p) || check_key("--log", &p->log, SK_NOTE_ED25519) ||
	    check_key("--witness", &p->witness, SK_NOTE_COSIGNATURE))
		return -1;
	return check_box(&p->box);
}

/* The last pin that is there already stays beside the new one, until the other post has changed over. */
static int put_pin(int dir, const struct peer *p, bool replace)
{
	struct sk_buf old = SK_BUF(POST_KEY_BYTES), text = SK_BUF(POST_KEY_BYTES);
	struct sk_pins pins = {.n = 0};
	char line[SK_PIN_TEXT];
	int rc = replace ? 0 : post_read_file(dir, "peer.pins", true, &old);

	if (rc == 0 && old.len && sk_crossing_pins_read(sk_buf_slice(&old), &pins))
		rc = post_tell("peer.pins", _("what stands there is no list of pins"));
	if (!sk_crossing_pinned(&pins, p->pin)) {
		if (pins.n >= PINS_KEPT) {
			memmove(pins.v[0], pins.v[pins.n - PINS_KEPT + 1],
			    (PINS_KEPT - 1) * SK_PIN_BYTES);
			pins.n = PINS_KEPT - 1;
		}
		memcpy(pins.v[pins.n++], p->pin, SK_PIN_BYTES);
	}
	for (size_t i = 0; i < pins.n; i++) {
		sk_crossing_pin_text(pins.v[i], line);
		sk_buf_printf(&text, "%s\n", line);
	}
	if (rc == 0)
		rc = post_put_file(dir, "peer.pins", sk_buf_slice(&text), 0644);
	sk_buf_free(&old);
	sk_buf_free(&text);
	return rc;
}

/* Another key where one is pinned is a decision of its own. */
static int put_key(int dir, const char *name, const struct sk_buf *key, bool replace)
{
	struct sk_buf old = SK_BUF(POST_KEY_BYTES);
	int rc = post_read_file(dir, name, true, &old);

	if (rc == 0 && old.len && !replace && !sk_slice_eq(sk_buf_slice(&old), sk_buf_slice(key)))
		rc = post_tell(
		    name, _("another key is pinned; --replace puts this one in its place"));
	sk_buf_free(&old);
	return rc ? rc : post_put_file(dir, name, sk_buf_slice(key), 0644);
}

static int put_all(int dir, const struct peer *p, bool replace)
{
	if (put_key(dir, "peer.log", &p->log, replace) ||
	    put_key(dir, "peer.witness", &p->witness, replace) ||
	    put_key(dir, "peer.box", &p->box, replace))
		return -1;
	return put_pin(dir, p, replace);
}

static int pin(int state, const struct peer *p, bool replace)
{
	char path[SK_SETTINGS_ZONE + 8];

	snprintf(path, sizeof(path), "link/%s", p->zone);
	sk_autoclose int dir = openat(state, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (dir < 0)
		return post_tell(p->zone, _("this post has no link to that zone"));
	if (put_all(dir, p, replace))
		return -1;
	show(p,
	    _("Pinned. Compare this number with who exported it, by another way than the folder took:"));
	post_tell_running(state);
	return 0;
}

static int take_options(struct pinning *w, int argc, char **argv)
{
	const struct {
		const char *name;
		const char **to;
	} rows[] = {{"--from", &w->from}, {"--certificate", &w->certificate}, {"--log", &w->log},
	    {"--witness", &w->witness}, {"--box", &w->box}};

	for (int i = 1; i < argc; i++) {
		size_t k = 0;
		while (k < 5 && strcmp(argv[i], rows[k].name) != 0)
			k++;
		if (k < 5 && i + 1 < argc)
			*rows[k].to = argv[++i];
		else if (strcmp(argv[i], "--replace") == 0)
			w->replace = true;
		else if (argv[i][0] != '-' && (w->folder == NULL || w->zone == NULL))
			*(w->folder ? &w->zone : &w->folder) = argv[i];
		else
			return -1;
	}
	return w->folder ? 0 : -1;
}

int post_pin(int argc, char **argv)
{
	struct pinning w = {.folder = NULL};
	struct peer p;
	int rc;

	start_peer(&p);
	if (take_options(&w, argc, argv))
		return take_said(&(struct pinning){.folder = NULL}, &p);
	sk_autoclose int state = post_open_folder(w.folder);
	rc = state < 0 ? -1 : w.from ? take_from(&w, state, &p) : take_said(&w, &p);
	if (rc == 0)
		rc = pin(state, &p, w.replace);
	post_peer_free(&p);
	return rc;
}

/* Names of members of archives (doc/profiles/archive.md, Names). Cleaner's jail. */
#include "format/archive/names.h"

#include <strings.h>

#include "base/utf8.h"
#include "format/text/filter.h"

#define COMPONENT_MAX 255  /* bytes: the limit of Linux; Windows allows 255 UTF-16 units */
#define NAME_MAX_BYTES 960 /* numbers and extensions may still come, up to 1024 */
#define FOLDERS_MAX 32
#define SAMPLE_MAX ((size_t)64 << 10)
#define TRIES_MAX 20000

/* Sequences of three bytes and more: by chance names of other character sets hardly ever form them. */
static bool is_surely_utf8(struct sk_slice s)
{
	bool sure = false;

	for (size_t at = 0, from = 0; at < s.n; from = at) {
		if (sk_utf8_next(s, &at) < 0)
			return false;
		sure = sure || at - from > 2;
	}
	return sure;
}

/* Whether the bytes of the name are all that says how to read it. */
static bool is_silent(const struct sk_zip_member *m)
{
	if (m->unicode_name.n && sk_utf8_valid(m->unicode_name))
		return false;
	return !(m->utf8 && sk_utf8_valid(m->raw_name)) && !is_surely_utf8(m->raw_name);
}

static bool is_dos(uint8_t host)
{
	return host == 0 || host == 10 || host == 14; /* FAT, NTFS, VFAT (APPNOTE 4.4.2.2) */
}

enum sk_charset sk_names_charset(const struct sk_zip *zip)
{
	struct sk_buf all = SK_BUF(SAMPLE_MAX);
	bool dos = true;

	for (size_t i = 0; i < zip->count && !all.err; i++) {
		const struct sk_zip_member *m = &zip->members[i];
		if (!is_silent(m))
			continue;
		dos = dos && is_dos(m->host);
		sk_buf_put_slice(&all, m->raw_name);
		sk_buf_putc(&all, '\n');
	}
	struct sk_slice names = sk_buf_slice(&all);
	/* Names that were cut in the middle of a character are still UTF-8. */
	enum sk_charset cs =
	    sk_charset_detect(names) == SK_CS_UTF8 ? SK_CS_UTF8 : sk_charset_of_names(names, dos);
	sk_buf_free(&all);
	return cs;
}

struct sk_slice sk_name_decode(
    struct sk_arena *a, const struct sk_zip_member *m, enum sk_charset cs)
{
	struct sk_buf out = SK_BUF((size_t)256 << 10);
	uint32_t bad = 0;

	if (m->unicode_name.n && sk_utf8_valid(m->unicode_name))
		return m->unicode_name;
	if (!is_silent(m))
		return m->raw_name;
	(void)sk_charset_to_utf8(cs, m->raw_name, &out, &bad);
	char *copy = sk_arena_str(a, sk_buf_slice(&out));
	struct sk_slice s = {(const uint8_t *)copy, copy ? out.len : 0};
	sk_buf_free(&out);
	return s;
}

static bool is_forbidden(uint32_t cp)
{
	return cp < 0x20 || cp == 0x200C || cp == 0x200D || (cp >= 0xFE00 && cp <= 0xFE0F) ||
	       cp == 0x2028 || cp == 0x2029;
}

/* Names that Windows takes for devices, whatever follows the first dot. */
static bool is_device(const char *s, size_t n)
{
	static const char *const words[] = {
	    "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$"};
	size_t stem = 0;

	while (stem < n && s[stem] != '.')
		stem++;
	while (stem > 0 && s[stem - 1] == ' ')
		stem--;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i]) == stem && strncasecmp(s, words[i], stem) == 0)
			return true;
	if (stem < 4 || (strncasecmp(s, "COM", 3) != 0 && strncasecmp(s, "LPT", 3) != 0))
		return false;
	if (stem == 4)
		return s[3] >= '0' && s[3] <= '9';
	return stem == 5 && s[3] == '\xC2' && (s[4] == '\xB9' || s[4] == '\xB2' || s[4] == '\xB3');
}

/* Cut at a character, so that n bytes or less stay. */
static size_t cut_at(const char *s, size_t n, size_t max)
{
	if (n <= max)
		return n;
	while (max > 0 && ((uint8_t)s[max] & 0xC0) == 0x80)
		max--;
	return max;
}

/* The bytes of the extension with its dot, 0 when there is none; long ones are part of the name. */
static size_t extension_bytes(const char *s, size_t n)
{
	for (size_t i = n; i > 1 && n - i < 16; i--)
		if (s[i - 1] == '.')
			return n - i + 1;
	return 0;
}

static size_t trim_end(const char *s, size_t n)
{
	while (n > 0 && (s[n - 1] == ' ' || s[n - 1] == '.'))
		n--;
	return n;
}

/* One component of at most `max` bytes: what is too long loses the end of its stem. */
static void put_component(struct sk_buf *out, const char *s, size_t n, size_t max)
{
	size_t ext = extension_bytes(s, n);

	if (n > max) {
		sk_buf_put(out, s, trim_end(s, cut_at(s, n - ext, max - ext)));
		sk_buf_put(out, s + n - ext, ext);
	} else {
		sk_buf_put(out, s, n);
	}
}

/* Make one component safe and append it; nothing is appended when nothing is left of it. */
static void safe_component(struct sk_buf *out, struct sk_slice raw)
{
	struct sk_buf filtered = SK_BUF((size_t)256 << 10), s = SK_BUF((size_t)256 << 10);
	struct sk_text_counts ignored = {0};

	(void)sk_text_filter(raw, &filtered, &ignored);
	struct sk_slice f = sk_buf_slice(&filtered);
	for (size_t pos = 0; pos < f.n;) {
		uint32_t cp = (uint32_t)sk_utf8_next(f, &pos);
		if (is_forbidden(cp) || (cp == ' ' && s.len == 0))
			continue;
		sk_utf8_put(&s, cp < 0x80 && strchr(":*?\"<>|", (int)cp) ? '_' : cp);
	}
	/* What stands beside each other only now obeys the same rules: marks that something parted. */
	sk_buf_reset(&filtered);
	(void)sk_text_filter(sk_buf_slice(&s), &filtered, &ignored);
	const char *name = (const char *)filtered.p;
	size_t n = trim_end(name, filtered.len);
	if (n && is_device(name, n)) {
		sk_buf_putc(out, '_');
		put_component(out, name, n, COMPONENT_MAX - 1);
	} else if (n) {
		put_component(out, name, n, COMPONENT_MAX);
	}
	sk_buf_free(&filtered);
	sk_buf_free(&s);
}

static bool is_drive(struct sk_slice c)
{
	return c.n == 2 && c.p[1] == ':' && (c.p[0] | 0x20) >= 'a' && (c.p[0] | 0x20) <= 'z';
}

static size_t component_end(struct sk_slice s, size_t at)
{
	while (at < s.n && s.p[at] != '/' && s.p[at] != '\\')
		at++;
	return at;
}

/* A colon without an extension behind it names a stream; a Mac writes one for a slash: 10:30.txt. */
static bool is_stream(struct sk_slice c)
{
	size_t colon = sk_slice_rfind(c, c.n, SK_SLICE_LIT(":"));

	return colon != SIZE_MAX && !is_drive(c) && memchr(c.p + colon, '.', c.n - colon) == NULL;
}

enum sk_name_intent sk_name_intent(struct sk_slice s)
{
	enum sk_name_intent intent = SK_NAME_HONEST;

	if (s.n && (s.p[0] == '/' || s.p[0] == '\\'))
		return SK_NAME_ASTRAY;
	for (size_t at = 0; at < s.n;) {
		size_t end = component_end(s, at);
		struct sk_slice c = sk_slice_sub(s, at, end - at);
		if (sk_slice_is(c, "..") ||
		    (at == 0 && c.n >= 2 && is_drive(sk_slice_sub(c, 0, 2))))
			return SK_NAME_ASTRAY;
		bool device = c.n && is_device((const char *)c.p, c.n) && !memchr(c.p, '.', c.n);
		/* A folder of such a name is renamed; only a file can be taken for the device. */
		if (end >= s.n && (is_stream(c) || device))
			intent = SK_NAME_MISUSED;
		at = end + 1;
	}
	return intent;
}

/* Dots that mean this folder or the one above, and drives: they lead out of the place where one unpacks. */
static bool is_dropped(struct sk_slice c, bool first)
{
	bool letter =
	    c.n == 2 && c.p[1] == ':' && ((c.p[0] | 0x20) >= 'a' && (c.p[0] | 0x20) <= 'z');

	return c.n == 0 || sk_slice_is(c, ".") || sk_slice_is(c, "..") || (first && letter);
}

static size_t folders_of(struct sk_slice s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == '/';
	return n;
}

char *sk_name_safe(struct sk_arena *a, struct sk_slice decoded)
{
	struct sk_buf out = SK_BUF((size_t)256 << 10);
	bool first = true;

	for (size_t at = 0; at <= decoded.n;) {
		size_t end = component_end(decoded, at);
		struct sk_slice c = sk_slice_sub(decoded, at, end - at);
		if (!is_dropped(c, first)) {
			size_t before = out.len;
			if (before)
				sk_buf_putc(&out, '/');
			size_t with_slash = out.len;
			safe_component(&out, c);
			if (out.len == with_slash)
				out.len = before;
		}
		first = first && c.n == 0;
		at = end + 1;
	}
	/* Too long or too deep for any system: the folders nearest to the root go first. */
	struct sk_slice s = sk_buf_slice(&out);
	while (s.n > NAME_MAX_BYTES || folders_of(s) > FOLDERS_MAX) {
		size_t slash = sk_slice_find(s, 0, SK_SLICE_LIT("/"));
		s = sk_slice_sub(s, slash + 1, s.n);
	}
	char *name = s.n ? sk_arena_str(a, s) : sk_arena_str(a, SK_SLICE_LIT("file"));
	sk_buf_free(&out);
	return name;
}

static bool known_extension(const char *name)
{
	for (int t = SK_FT_UNKNOWN + 1; t < SK_FT_COUNT; t++)
		if (sk_filetype_fits((enum sk_filetype)t, name))
			return true;
	return false;
}

/* folder/stem + tail + ext, the stem shortened so that the component fits. */
static char *join(
    struct sk_arena *a, const char *name, size_t stem, const char *tail, const char *ext)
{
	const char *slash = strrchr(name, '/');
	size_t folder = slash ? (size_t)(slash - name) + 1 : 0, extra = strlen(tail) + strlen(ext);

	stem -= folder;
	stem = cut_at(name + folder, stem, COMPONENT_MAX - extra);
	if (*tail == '\0' && *ext != '\0')
		stem = trim_end(name + folder, stem) ? trim_end(name + folder, stem) : stem;
	return sk_arena_printf(a, "%.*s%s%s", (int)(folder + stem), name, tail, ext);
}

char *sk_name_for_type(struct sk_arena *a, const char *name, enum sk_filetype type)
{
	const char *slash = strrchr(name, '/'), *last = slash ? slash + 1 : name;
	size_t n = strlen(name), ext = extension_bytes(last, strlen(last));
	char suffix[24];

	if (sk_filetype_fits(type, last))
		return sk_arena_str(a, sk_slice_str(name));
	snprintf(suffix, sizeof(suffix), ".%s", sk_filetype_ext(type));
	return join(a, name, ext && known_extension(last) ? n - ext : n, "", suffix);
}

/* An extension of letters and digits: what people see as one, whether we know it or not. */
static bool looks_like_extension(const char *s, size_t n)
{
	bool letter = false;

	for (size_t i = 1; i < n; i++) {
		char c = s[i] | 0x20;
		letter = letter || (c >= 'a' && c <= 'z');
		if (!(c >= 'a' && c <= 'z') && !(s[i] >= '0' && s[i] <= '9'))
			return false;
	}
	return letter && n <= 8;
}

char *sk_name_for_note(struct sk_arena *a, const char *name)
{
	const char *slash = strrchr(name, '/'), *last = slash ? slash + 1 : name;
	size_t n = strlen(name), ext = extension_bytes(last, strlen(last));

	return join(
	    a, name, ext && looks_like_extension(name + n - ext, ext) ? n - ext : n, "", ".txt");
}

char *sk_name_neutral(struct sk_arena *a, const char *safe, size_t number)
{
	const char *slash = strrchr(safe, '/'), *last = slash ? slash + 1 : safe;
	size_t n = strlen(last), ext = extension_bytes(last, n);

	return sk_arena_printf(a, "file-%zu%s", number,
	    ext && looks_like_extension(last + n - ext, ext) ? last + n - ext : "");
}

struct slot {
	const char *name;
	const char *folder_as; /* the folder that was given out because a file has this name */
	unsigned next;         /* the number to try when this name is asked for again */
	bool folder;
};

struct sk_names {
	struct sk_arena *arena;
	size_t slots; /* a power of two */
	struct slot *table;
	size_t used;
};

struct sk_names *sk_names_new(struct sk_arena *a, size_t members)
{
	struct sk_names *n = sk_arena_alloc(a, sizeof(*n));

	if (n == NULL)
		return NULL;
	n->arena = a;
	for (n->slots = 64; n->slots < members * 4; n->slots *= 2)
		continue;
	n->table = sk_arena_array(a, n->slots, sizeof(*n->table));
	return n->table ? n : NULL;
}

/* The small form of letters that Windows takes for the same: of Latin, Greek, Cyrillic and full-width Latin. */
static uint32_t fold(int32_t cp)
{
	static const struct {
		int32_t first, last, to_small;
	} capitals[] = {{'A', 'Z', 0x20}, {0xC0, 0xD6, 0x20}, {0xD8, 0xDE, 0x20},
	    {0x391, 0x3A1, 0x20}, {0x3A3, 0x3AB, 0x20}, {0x400, 0x40F, 0x50}, {0x410, 0x42F, 0x20},
	    {0xFF21, 0xFF3A, 0x20}};

	for (size_t i = 0; i < sizeof(capitals) / sizeof(capitals[0]); i++)
		if (cp >= capitals[i].first && cp <= capitals[i].last)
			return (uint32_t)(cp + capitals[i].to_small);
	return (uint32_t)cp;
}

static bool same_name(struct sk_slice known, struct sk_slice name)
{
	if (known.n != name.n) /* small forms have as many bytes */
		return false;
	for (size_t i = 0, k = 0; i < name.n && k < name.n;)
		if (fold(sk_utf8_next(known, &k)) != fold(sk_utf8_next(name, &i)))
			return false;
	return true;
}

static struct slot *find(struct sk_names *names, const char *name, size_t n)
{
	struct sk_slice s = sk_slice(name, n);
	uint64_t h = 14695981039346656037ULL;

	for (size_t i = 0; i < n;)
		h = (h ^ fold(sk_utf8_next(s, &i))) * 1099511628211ULL;
	h ^= h >> 29;
	for (size_t i = (size_t)h & (names->slots - 1);; i = (i + 1) & (names->slots - 1)) {
		const char *known = names->table[i].name;
		if (known == NULL || same_name(sk_slice_str(known), s))
			return &names->table[i];
	}
}

static int grow(struct sk_names *n)
{
	struct sk_names bigger = *n;

	if (n->used * 2 < n->slots)
		return 0;
	bigger.slots = n->slots * 2;
	bigger.table = sk_arena_array(n->arena, bigger.slots, sizeof(*n->table));
	if (bigger.table == NULL)
		return SK_ENOMEM;
	for (size_t i = 0; i < n->slots; i++)
		if (n->table[i].name)
			*find(&bigger, n->table[i].name, strlen(n->table[i].name)) = n->table[i];
	*n = bigger;
	return 0;
}

static const char *fill(struct sk_names *names, struct slot *s, const char *name, bool folder)
{
	s->name = sk_arena_str(names->arena, sk_slice_str(name));
	s->folder = folder;
	names->used += s->name != NULL;
	return s->name;
}

/* A free name beside `path`, which is taken: with a number behind its stem. */
static const char *take_numbered(struct sk_names *names, const char *path, bool folder)
{
	const char *slash = strrchr(path, '/'), *last = slash ? slash + 1 : path;
	size_t n = strlen(path), ext = folder ? 0 : extension_bytes(last, strlen(last));
	unsigned first = find(names, path, n)->next;
	const char *name = NULL;
	char tail[16];

	for (unsigned i = first ? first : 2; i < TRIES_MAX; i++) {
		snprintf(tail, sizeof(tail), " (%u)", i);
		name = join(names->arena, path, n - ext, tail, path + n - ext);
		struct slot *s = name ? find(names, name, strlen(name)) : NULL;
		if (s == NULL)
			return NULL;
		if (s->name)
			continue;
		name = fill(names, s, name, folder);
		s = find(names, path, n);
		s->next = i + 1;
		s->folder_as = folder ? name : s->folder_as;
		return name;
	}
	return NULL;
}

/* The file or folder of that path, its own folders given out already: the name that it gets. */
static const char *take(struct sk_names *names, const char *path, bool folder)
{
	struct slot *s = grow(names) ? NULL : find(names, path, strlen(path));

	if (s == NULL)
		return NULL;
	if (s->name == NULL)
		return fill(names, s, path, folder);
	if (folder && (s->folder || s->folder_as))
		return s->folder ? s->name : s->folder_as;
	return take_numbered(names, path, folder);
}

const char *sk_names_take(struct sk_names *n, const char *name, bool folder, bool *known)
{
	const char *path = "", *rest = name;
	size_t used = 0;

	for (;;) {
		const char *slash = strchr(rest, '/');
		size_t len = slash ? (size_t)(slash - rest) : strlen(rest);
		const char *next =
		    sk_arena_printf(n->arena, "%s%s%.*s", path, *path ? "/" : "", (int)len, rest);
		if (next == NULL)
			return NULL;
		used = n->used;
		path = take(n, next, slash || folder);
		if (path == NULL || slash == NULL)
			break;
		rest = slash + 1;
	}
	*known = path && folder && n->used == used;
	return path;
}

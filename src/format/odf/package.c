/*
 * The input package: its members by their names, what its manifest says of encryption, and where references lead
 * (ODF 1.3 part 2). Runs in the cleaner's jail.
 */
#include "format/odf/odf.h"

#include <expat.h>

#include "container/digits.h"

#define MANIFEST "META-INF/manifest.xml"

/* Names are as in the file, with '/' only and nothing in front. */
static char *member_name(struct sk_arena *a, const struct sk_zip_member *z)
{
	struct sk_slice raw = z->unicode_name.n ? z->unicode_name : z->raw_name;
	char *name = memchr(raw.p, 0, raw.n) ? NULL : sk_arena_str(a, raw);

	if (name == NULL)
		return NULL;
	for (char *s = name; *s; s++)
		if (*s == '\\')
			*s = '/';
	while (name[0] == '/' || strncmp(name, "./", 2) == 0)
		name += name[0] == '/' ? 1 : 2;
	return name;
}

struct od_member *od_pkg_find(struct od_pkg *pkg, const char *name)
{
	size_t i = sk_package_find(&pkg->names, name);

	return i == SIZE_MAX ? NULL : &pkg->members[i];
}

static int add_member(struct od_pkg *pkg, const struct sk_zip_member *z)
{
	struct od_member *m = &pkg->members[pkg->nmembers];

	if (z->directory && z->size)
		sk_job_removed(pkg->job, SK_GENERIC_HIDDEN, 1, "zip");
	if (z->directory || z->raw_name.n == 0)
		return 0;
	m->zip = z;
	pkg->job->budget->whole += z->size;
	m->name = member_name(pkg->job->arena, z);
	if (m->name == NULL)
		return sk_arena_failed(pkg->job->arena)
			   ? SK_ENOMEM
			   : sk_job_refuse(pkg->job, SK_REASON_DAMAGED, "a part's name");
	sk_package_name(&pkg->names, m->name);
	pkg->nmembers++;
	return 0;
}

static int fill_members(struct od_pkg *pkg)
{
	struct sk_arena *a = pkg->job->arena;
	int rc = sk_package_names(&pkg->names, a, pkg->zip.count);

	pkg->members = sk_arena_array(a, pkg->zip.count, sizeof(*pkg->members));
	if (rc || pkg->members == NULL)
		return SK_ENOMEM;
	for (size_t i = 0; i < pkg->zip.count && rc == 0; i++)
		rc = add_member(pkg, &pkg->zip.members[i]);
	return rc ? rc : sk_package_sort(pkg->job, &pkg->names);
}

int od_pkg_admit(struct od_pkg *pkg, struct od_member *m)
{
	m->seen = true;
	return sk_package_admit(pkg->job, m->zip, m->name);
}

int od_pkg_read(
    struct od_pkg *pkg, struct od_member *m, struct sk_arena *arena, struct sk_slice *out)
{
	m->seen = true;
	return sk_package_unpack(pkg->job, m->zip, m->name, arena, out);
}

/* --- the manifest: only whether something is encrypted --- */

struct manifest {
	XML_Parser parser;
	bool encrypted;
};

static void XMLCALL manifest_start(void *user, const XML_Char *name, const XML_Char **atts)
{
	struct manifest *m = user;
	const char *colon = strrchr(name, ':');

	(void)atts;
	if (strcmp(colon ? colon + 1 : name, "encryption-data") == 0)
		m->encrypted = true;
}

/* What a document type defines is not expanded. */
static void XMLCALL manifest_other(void *user, const XML_Char *s, int n)
{
	(void)user;
	(void)s;
	(void)n;
}

static int read_manifest(struct od_pkg *pkg)
{
	struct od_member *m = od_pkg_find(pkg, MANIFEST);
	struct manifest state = {0};
	struct sk_slice in;
	int rc = m ? od_pkg_read(pkg, m, pkg->job->arena, &in) : 0;

	if (rc || m == NULL)
		return rc;
	state.parser = XML_ParserCreate(NULL);
	if (state.parser == NULL)
		return SK_ENOMEM;
	XML_SetUserData(state.parser, &state);
	XML_SetStartElementHandler(state.parser, manifest_start);
	XML_SetDefaultHandler(state.parser, manifest_other);
	(void)XML_Parse(state.parser, (const char *)in.p, (int)in.n, 1);
	XML_ParserFree(state.parser);
	if (state.encrypted)
		return sk_job_refuse(pkg->job, SK_REASON_ENCRYPTED, "OpenDocument");
	return 0;
}

int od_pkg_open(struct od_pkg *pkg, struct sk_job *job, struct sk_slice in)
{
	struct od_member *m;

	pkg->job = job;
	int rc = sk_package_open(job, in, &pkg->zip);
	if (rc == 0)
		rc = fill_members(pkg);
	if (rc == 0 && (m = od_pkg_find(pkg, "mimetype")))
		m->seen = true;
	return rc ? rc : read_manifest(pkg);
}

/* --- references --- */

char *od_path(struct sk_arena *a, const char *href)
{
	/* OpenOffice.org 1 wrote "#Pictures/…" for what lies in the package. */
	const char *s = href[0] == '#' ? href + 1 : href;
	char *out = sk_arena_alloc(a, strlen(s) + 1);
	size_t n = 0;

	while (strncmp(s, "./", 2) == 0)
		s += 2;
	if (out == NULL || *s == '/' || *s == '\\' || *s == '\0')
		return NULL;
	struct sk_slice in = sk_slice_str(s);
	for (size_t at = 0; at < in.n; n++) {
		out[n] = (char)sk_hex_byte(in, &at, '%');
		if (out[n] == ':' || out[n] == '\0')
			return NULL;
	}
	if (out[n - 1] == '/')
		n--;
	out[n] = '\0';
	return n && strncmp(out, "../", 3) != 0 && strstr(out, "/../") == NULL ? out : NULL;
}

struct od_member *od_pkg_resolve(struct od_pkg *pkg, const struct od_doc *doc, const char *href)
{
	struct sk_arena *a = pkg->job->arena;
	char *path = pkg->flat ? NULL : od_path(a, href);
	char *name = path ? sk_arena_printf(a, "%s%s", doc->in, path) : NULL;

	return name ? od_pkg_find(pkg, name) : NULL;
}

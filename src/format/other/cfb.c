/* Compound files ([MS-CFB]): which program wrote one is told by the streams at its root. Cleaner's jail. */
#include "container/cfb.h"

#include "base/arena.h"
#include "format/other/other.h"

/* Directories have 65,536 entries at most. */
#define DIRECTORY_BYTES ((size_t)64 << 20)

static const struct {
	const char *name;
	enum sk_filetype type;
	const char *evidence;
} streams[] = {
    {"EncryptedPackage", SK_FT_OFFICE_ENCRYPTED, "EncryptedPackage stream"},
    {"WordDocument", SK_FT_DOC, "WordDocument stream"},
    {"Workbook", SK_FT_XLS, "Workbook stream"},
    {"Book", SK_FT_XLS, "Book stream"},
    {"PowerPoint Document", SK_FT_PPT, "PowerPoint Document stream"},
    {"PP40", SK_FT_PPT4, "PP40 stream"},
    {"__properties_version1.0", SK_FT_MSG, "message properties"},
    {"DocumentText", SK_FT_JTD, "DocumentText stream"},
    {"JSCompDocument", SK_FT_JTTC, "JSCompDocument stream"},
    {"BodyText", SK_FT_HWP, "BodyText storage"},
    {"VisioDocument", SK_FT_VSD, "VisioDocument stream"},
};

/* Installers are known by the class of their root (packages, patches, transforms). */
static bool is_installer(const uint8_t clsid[16])
{
	return (clsid[0] == 0x84 || clsid[0] == 0x86 || clsid[0] == 0x82) &&
	       memcmp(clsid + 1, "\x10\x0C\0\0\0\0\0\xC0\0\0\0\0\0\0\x46", 15) == 0;
}

/* The first stream of the table, in its order, that stands at the root. */
static void claim_program(const struct sk_cfb *c, struct sk_report *claims)
{
	if (is_installer(c->entries[SK_CFB_ROOT].clsid)) {
		sk_report_claim(claims, SK_FT_MSI, SK_CLAIM_STRUCTURE, 0, "class of the root");
		return;
	}
	for (size_t i = 0; i < sizeof(streams) / sizeof(streams[0]); i++)
		if (sk_cfb_find(c, SK_CFB_ROOT, streams[i].name) != SK_CFB_NONE) {
			sk_report_claim(
			    claims, streams[i].type, SK_CLAIM_STRUCTURE, 0, streams[i].evidence);
			return;
		}
}

void sk_probe_cfb(struct sk_slice in, const char *name, struct sk_report *claims)
{
	struct sk_arena *arena = sk_cfb_is(in) ? sk_arena_new(DIRECTORY_BYTES) : NULL;
	struct sk_cfb c;

	if (arena == NULL)
		return;
	if (sk_cfb_open(arena, in, &c) == 0) {
		sk_report_claim(
		    claims, SK_FT_CFB, SK_CLAIM_STRUCTURE, 0, "compound file directory");
		claim_program(&c, claims);
	} else {
		sk_report_claim(
		    claims, SK_FT_CFB, SK_CLAIM_SIGNATURE, 0, "compound file signature");
	}
	sk_arena_free(arena);
}

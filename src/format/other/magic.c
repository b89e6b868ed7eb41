/*
 * Signatures that stand at a fixed place and are long enough to prove what follows; a few with a field of the
 * header checked besides. Cleaner's jail.
 */
#include "format/other/other.h"

#define FROM_END SIZE_MAX /* the last 512 bytes */

static const struct magic {
	enum sk_filetype type;
	enum sk_strength strength;
	size_t at;
	struct sk_slice bytes;
	const char *evidence;
} table[] = {
#define BYTES(s) \
	{ \
		(const uint8_t *)(s), sizeof(s) - 1 \
	}
    {SK_FT_SEVENZIP, SK_CLAIM_STRUCTURE, 0, BYTES("7z\xBC\xAF\x27\x1C"), "7z signature"},
    {SK_FT_RAR, SK_CLAIM_STRUCTURE, 0, BYTES("Rar!\x1A\x07"), "RAR signature"},
    {SK_FT_CAB, SK_CLAIM_STRUCTURE, 0, BYTES("MSCF\0\0\0\0"), "CAB header"},
    {SK_FT_GZIP, SK_CLAIM_STRUCTURE, 0, BYTES("\x1F\x8B\x08"), "gzip header"},
    {SK_FT_XZ, SK_CLAIM_STRUCTURE, 0,
	BYTES("\xFD"
	      "7zXZ\0"),
	"xz header"},
    {SK_FT_ZSTD, SK_CLAIM_SIGNATURE, 0, BYTES("\x28\xB5\x2F\xFD"), "Zstandard frame"},
    {SK_FT_JP2, SK_CLAIM_STRUCTURE, 0, BYTES("\0\0\0\x0CjP  \r\n\x87\n"), "JPEG 2000 box"},
    {SK_FT_JP2, SK_CLAIM_SIGNATURE, 0, BYTES("\xFF\x4F\xFF\x51"), "JPEG 2000 codestream"},
    {SK_FT_PSD, SK_CLAIM_STRUCTURE, 0, BYTES("8BPS\0\1"), "Photoshop header"},
    {SK_FT_EMF, SK_CLAIM_STRUCTURE, 40, BYTES(" EMF"), "EMF header"},
    {SK_FT_WMF, SK_CLAIM_STRUCTURE, 0, BYTES("\xD7\xCD\xC6\x9A"), "placeable WMF header"},
    {SK_FT_WMF, SK_CLAIM_SIGNATURE, 0, BYTES("\1\0\x09\0\0\3"), "WMF header"},
    {SK_FT_POSTSCRIPT, SK_CLAIM_STRUCTURE, 0, BYTES("%!PS"), "PostScript comment"},
    {SK_FT_POSTSCRIPT, SK_CLAIM_STRUCTURE, 0, BYTES("\4%!PS"), "PostScript comment"},
    {SK_FT_POSTSCRIPT, SK_CLAIM_STRUCTURE, 0, BYTES("\xC5\xD0\xD3\xC6"), "EPS with preview"},
    {SK_FT_JWW, SK_CLAIM_STRUCTURE, 0, BYTES("JwwData."), "Jw_cad header"},
    {SK_FT_HWP, SK_CLAIM_STRUCTURE, 0, BYTES("HWP Document File V"), "HWP 3 header"},
    {SK_FT_ACCESS, SK_CLAIM_STRUCTURE, 0, BYTES("\0\1\0\0Standard Jet DB"), "Jet header"},
    {SK_FT_ACCESS, SK_CLAIM_STRUCTURE, 0, BYTES("\0\1\0\0Standard ACE DB"), "ACE header"},
    {SK_FT_STEP, SK_CLAIM_STRUCTURE, 0, BYTES("ISO-10303-21;"), "ISO 10303-21 header"},
    {SK_FT_SQLITE, SK_CLAIM_STRUCTURE, 0, BYTES("SQLite format 3\0"), "SQLite header"},
    {SK_FT_LNK, SK_CLAIM_STRUCTURE, 0, BYTES("\x4C\0\0\0\1\x14\2\0\0\0\0\0\xC0\0\0\0\0\0\0\x46"),
	"shell link header"},
    {SK_FT_CHM, SK_CLAIM_STRUCTURE, 0, BYTES("ITSF\3\0\0\0"), "help file header"},
    {SK_FT_ISO, SK_CLAIM_STRUCTURE, 32769, BYTES("CD001"), "ISO 9660 volume descriptor"},
    {SK_FT_UDF, SK_CLAIM_STRUCTURE, 32769, BYTES("BEA01"), "UDF volume descriptor"},
    {SK_FT_VHD, SK_CLAIM_STRUCTURE, 0, BYTES("conectix"), "VHD header"},
    {SK_FT_VHD, SK_CLAIM_STRUCTURE, 0, BYTES("vhdxfile"), "VHDX header"},
    {SK_FT_VHD, SK_CLAIM_STRUCTURE, 0, BYTES("QFI\xFB"), "QCOW header"},
    {SK_FT_VHD, SK_CLAIM_STRUCTURE, 0, BYTES("KDMV\1\0\0\0"), "VMDK header"},
    {SK_FT_VHD, SK_CLAIM_STRUCTURE, FROM_END, BYTES("conectix"), "VHD footer"},
    {SK_FT_DMG, SK_CLAIM_STRUCTURE, FROM_END, BYTES("koly\0\0\0\4"), "DMG trailer"},
    {SK_FT_WIM, SK_CLAIM_STRUCTURE, 0, BYTES("MSWIM\0\0\0"), "WIM header"},
    {SK_FT_RTF, SK_CLAIM_STRUCTURE, 0, BYTES("{\\rt"), "RTF header"},
    {SK_FT_TNEF, SK_CLAIM_STRUCTURE, 0, BYTES("\x78\x9F\x3E\x22"), "TNEF signature"},
};

static void match(const struct magic *m, struct sk_slice in, struct sk_report *claims)
{
	size_t at = m->at;

	if (at == FROM_END) {
		if (in.n < 1024)
			return;
		at = in.n - 512;
	}
	if (sk_slice_starts(sk_slice_sub(in, at, m->bytes.n), m->bytes))
		sk_report_claim(claims, m->type, m->strength, at, m->evidence);
}

static void probe_bzip2(struct sk_slice in, struct sk_report *claims)
{
	if (sk_slice_starts(in, SK_SLICE_LIT("BZh")) && in.n > 10 && in.p[3] >= '1' &&
	    in.p[3] <= '9' &&
	    sk_slice_starts(sk_slice_sub(in, 4, 6), SK_SLICE_LIT("\x31\x41\x59\x26\x53\x59")))
		sk_report_claim(claims, SK_FT_BZIP2, SK_CLAIM_STRUCTURE, 0, "bzip2 block");
}

/* Properties of the usual kind, a dictionary of a power of two, a size that is unknown or sensible (lzma-file-format). */
static void probe_lzma(struct sk_slice in, struct sk_report *claims)
{
	struct sk_reader r = sk_reader(in);
	uint8_t properties = sk_read_u8(&r);
	uint32_t dictionary = sk_read_u32le(&r);
	uint64_t size = sk_read_u64le(&r);
	uint8_t first = sk_read_u8(&r);

	if (r.bad || properties != 0x5D || dictionary < 4096 || (dictionary & (dictionary - 1)) ||
	    first != 0)
		return;
	if (size == UINT64_MAX || size < (uint64_t)1 << 38)
		sk_report_claim(claims, SK_FT_LZMA, SK_CLAIM_SIGNATURE, 0, "lzma header");
}

/* The header of a member: its method between two dashes, the level at byte 20. */
static void probe_lzh(struct sk_slice in, struct sk_report *claims)
{
	if (in.n < 22 || in.p[2] != '-' || in.p[6] != '-' || in.p[3] != 'l' ||
	    (in.p[4] != 'h' && in.p[4] != 'z'))
		return;
	if (in.p[20] <= 3)
		sk_report_claim(claims, SK_FT_LZH, SK_CLAIM_STRUCTURE, 0, "LZH header");
}

static void probe_dwg(struct sk_slice in, struct sk_report *claims)
{
	/* AC1.40 and AC2.10 are those of the first releases. */
	if (in.n > 6 && in.p[6] == 0 &&
	    (sk_slice_starts(in, SK_SLICE_LIT("AC1.")) ||
		sk_slice_starts(in, SK_SLICE_LIT("AC2."))))
		sk_report_claim(claims, SK_FT_DWG, SK_CLAIM_STRUCTURE, 0, "DWG version");
	if (in.n > 6 && sk_slice_starts(in, SK_SLICE_LIT("AC1")) && in.p[3] >= '0' &&
	    in.p[3] <= '9' && in.p[4] >= '0' && in.p[4] <= '9' && in.p[5] >= '0' &&
	    in.p[5] <= '9' && in.p[6] == 0)
		sk_report_claim(claims, SK_FT_DWG, SK_CLAIM_STRUCTURE, 0, "DWG version");
}

/*
 * A header whose checksum fits (POSIX ustar, also the old form without a signature). Old systems added up bytes with a sign:
 * with names in Japanese that is another sum.
 */
static void probe_tar(struct sk_slice in, struct sk_report *claims)
{
	uint32_t sum = 0, high = 0, want = 0;

	if (in.n < 512 || in.p[0] == 0)
		return;
	for (size_t i = 0; i < 512; i++) {
		uint8_t byte = i >= 148 && i < 156 ? ' ' : in.p[i];
		sum += byte;
		high += byte >> 7;
	}
	for (size_t i = 148; i < 156; i++)
		if (in.p[i] >= '0' && in.p[i] <= '7')
			want = want << 3 | (in.p[i] - '0');
	if (want && (sum == want || sum - (high << 8) == want))
		sk_report_claim(claims, SK_FT_TAR, SK_CLAIM_STRUCTURE, 0, "tar header");
	else if (sk_slice_starts(sk_slice_sub(in, 257, 5), SK_SLICE_LIT("ustar")))
		sk_report_claim(claims, SK_FT_TAR, SK_CLAIM_SIGNATURE, 257, "tar signature");
}

/*
 * Formats whose makers publish no signature: DocuWorks, and Jw_cad's predecessor. What has their name and is neither text
 * nor anything known is taken for them, so that its owner learns what to do.
 */
static void probe_names(struct sk_slice in, const char *name, struct sk_report *claims)
{
	static const char *const docuworks[] = {"xdw", "xbd", "xct", NULL}, *const jwc[] = {
										"jwc", NULL};
	bool binary = in.n && memchr(in.p, 0, in.n < 4096 ? in.n : 4096);

	if (binary && sk_name_ends(name, docuworks))
		sk_report_claim(claims, SK_FT_DOCUWORKS, SK_CLAIM_HINT, 0, "name");
	else if (binary && sk_name_ends(name, jwc))
		sk_report_claim(claims, SK_FT_JWC, SK_CLAIM_HINT, 0, "name");
}

void sk_probe_magic(struct sk_slice in, const char *name, struct sk_report *claims)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		match(&table[i], in, claims);
	probe_bzip2(in, claims);
	probe_lzma(in, claims);
	probe_lzh(in, claims);
	probe_dwg(in, claims);
	probe_tar(in, claims);
	probe_names(in, name, claims);
}

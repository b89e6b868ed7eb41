/* Programs of Windows, Linux, macOS, Java, browsers. Cleaner's jail. */
#include "format/other/other.h"

static uint32_t u32le(struct sk_slice in, size_t at)
{
	struct sk_reader r = sk_reader(in);
	sk_read_seek(&r, at);
	return sk_read_u32le(&r);
}

static uint32_t u32be(struct sk_slice in, size_t at)
{
	struct sk_reader r = sk_reader(in);
	sk_read_seek(&r, at);
	return sk_read_u32be(&r);
}

/* MZ alone begins many a text; a zero byte in the header tells a program. */
static void probe_pe(struct sk_slice in, struct sk_report *claims)
{
	if (in.n < 2 ||
	    !(sk_slice_starts(in, SK_SLICE_LIT("MZ")) || sk_slice_starts(in, SK_SLICE_LIT("ZM"))))
		return;
	struct sk_slice head = sk_slice_sub(in, u32le(in, 0x3C), 2);
	if (in.n >= 0x40 && (sk_slice_is(head, "PE") || sk_slice_is(head, "NE") ||
				sk_slice_is(head, "LE") || sk_slice_is(head, "LX")))
		sk_report_claim(claims, SK_FT_PE, SK_CLAIM_STRUCTURE, 0, "MZ and PE headers");
	else if (memchr(in.p, 0, in.n < 64 ? in.n : 64))
		sk_report_claim(claims, SK_FT_PE, SK_CLAIM_SIGNATURE, 0, "MZ header");
}

static void probe_elf(struct sk_slice in, struct sk_report *claims)
{
	if (sk_slice_starts(in, SK_SLICE_LIT("\x7F"
					     "ELF")))
		sk_report_claim(claims, SK_FT_ELF,
		    in.n > 6 && in.p[4] >= 1 && in.p[4] <= 2 && in.p[5] >= 1 && in.p[5] <= 2
			? SK_CLAIM_STRUCTURE
			: SK_CLAIM_SIGNATURE,
		    0, "ELF header");
}

/* CAFEBABE is both: behind it a universal binary has a small number, a class file its version. */
static void probe_macho_and_class(struct sk_slice in, struct sk_report *claims)
{
	uint32_t magic = u32be(in, 0), second = u32be(in, 4);

	if (in.n < 8)
		return;
	if (magic == 0xFEEDFACE || magic == 0xFEEDFACF || magic == 0xCEFAEDFE ||
	    magic == 0xCFFAEDFE)
		sk_report_claim(claims, SK_FT_MACHO, SK_CLAIM_STRUCTURE, 0, "Mach-O header");
	else if (magic == 0xCAFEBABE && second < 30)
		sk_report_claim(
		    claims, SK_FT_MACHO, SK_CLAIM_STRUCTURE, 0, "universal binary header");
	else if (magic == 0xCAFEBABE)
		sk_report_claim(claims, SK_FT_CLASS, SK_CLAIM_STRUCTURE, 0, "class file header");
	else if (sk_slice_starts(in, SK_SLICE_LIT("dex\n03")))
		sk_report_claim(claims, SK_FT_CLASS, SK_CLAIM_STRUCTURE, 0, "Dalvik header");
	else if (sk_slice_starts(in, SK_SLICE_LIT("\0asm\1\0\0\0")))
		sk_report_claim(claims, SK_FT_WASM, SK_CLAIM_STRUCTURE, 0, "WebAssembly header");
}

static void probe_swf(struct sk_slice in, struct sk_report *claims)
{
	if (in.n < 9 || in.p[1] != 'W' || in.p[2] != 'S' ||
	    (in.p[0] != 'F' && in.p[0] != 'C' && in.p[0] != 'Z') || in.p[3] == 0 || in.p[3] >= 0x20)
		return;
	sk_report_claim(claims, SK_FT_SWF,
	    in.p[0] == 'F' && u32le(in, 4) != in.n ? SK_CLAIM_SIGNATURE : SK_CLAIM_STRUCTURE, 0,
	    "Flash header");
}

void sk_probe_programs(struct sk_slice in, const char *name, struct sk_report *claims)
{
	probe_pe(in, claims);
	probe_elf(in, claims);
	probe_macho_and_class(in, claims);
	probe_swf(in, claims);
}

/* Sound and video, and the pictures that share their container (ISO 14496-12). Cleaner's jail. */
#include "format/other/other.h"

static bool at(struct sk_slice in, size_t offset, struct sk_slice word)
{
	return sk_slice_starts(sk_slice_sub(in, offset, word.n), word);
}

static enum sk_filetype by_brand(struct sk_slice brand)
{
	static const char heic[][5] = {
	    "heic", "heix", "hevc", "hevx", "heim", "heis", "mif1", "msf1"};

	if (sk_slice_is(brand, "avif") || sk_slice_is(brand, "avis"))
		return SK_FT_AVIF;
	for (size_t i = 0; i < sizeof(heic) / sizeof(heic[0]); i++)
		if (sk_slice_is(brand, heic[i]))
			return SK_FT_HEIC;
	return SK_FT_MP4;
}

/* The first box names the brand; a general one (mif1) lists the special one among the compatible brands. */
static void probe_ftyp(struct sk_slice in, struct sk_report *claims)
{
	struct sk_reader r = sk_reader(in);
	uint32_t size = sk_read_u32be(&r);

	/* A size of less than 16 MiB begins with a zero byte, which no text does. */
	if (!at(in, 4, SK_SLICE_LIT("ftyp")) || in.n < 16 || in.p[0] != 0)
		return;
	enum sk_filetype type = by_brand(sk_slice_sub(in, 8, 4));
	for (size_t i = 16; type == SK_FT_HEIC && i + 4 <= size && i + 4 <= in.n && i < 256; i += 4)
		if (sk_slice_is(sk_slice_sub(in, i, 4), "avif"))
			type = SK_FT_AVIF;
	sk_report_claim(claims, type,
	    size >= 16 && size <= in.n ? SK_CLAIM_STRUCTURE : SK_CLAIM_SIGNATURE, 0, "ftyp box");
}

/* Bytes of an MPEG-1 layer 3 or layer 2 frame, 0 when this is no frame header (ISO 11172-3). */
static size_t frame_bytes(struct sk_slice in, size_t offset)
{
	static const uint16_t layer3[] = {
	    0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0};
	static const uint16_t layer2[] = {
	    0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 0};
	static const uint16_t rates[] = {44100, 48000, 32000, 0};
	struct sk_slice h = sk_slice_sub(in, offset, 4);

	if (h.n < 4 || h.p[0] != 0xFF || (h.p[1] & 0xF8) != 0xF8)
		return 0;
	unsigned layer = h.p[1] >> 1 & 3, rate = rates[h.p[2] >> 2 & 3];
	unsigned kbit = layer == 1 ? layer3[h.p[2] >> 4] : layer == 2 ? layer2[h.p[2] >> 4] : 0;
	return rate && kbit ? 144000U * kbit / rate + (h.p[2] >> 1 & 1) : 0;
}

static void probe_mp3(struct sk_slice in, struct sk_report *claims)
{
	size_t first = frame_bytes(in, 0), second = first ? frame_bytes(in, first) : 0;

	if (sk_slice_starts(in, SK_SLICE_LIT("ID3")) && in.n > 10 && in.p[3] >= 2 && in.p[3] <= 4)
		sk_report_claim(claims, SK_FT_MP3, SK_CLAIM_STRUCTURE, 0, "ID3 tag");
	else if (second && frame_bytes(in, first + second))
		sk_report_claim(claims, SK_FT_MP3, SK_CLAIM_STRUCTURE, 0, "MPEG audio frames");
}

static void probe_mpeg(struct sk_slice in, struct sk_report *claims)
{
	bool packets = in.n > 188 * 4;

	for (size_t i = 0; packets && i < 4; i++)
		packets = in.p[i * 188] == 0x47;
	if (packets)
		sk_report_claim(
		    claims, SK_FT_MPEG, SK_CLAIM_STRUCTURE, 0, "MPEG transport packets");
	else if (sk_slice_starts(in, SK_SLICE_LIT("\0\0\1\xBA")) ||
		 sk_slice_starts(in, SK_SLICE_LIT("\0\0\1\xB3")))
		sk_report_claim(claims, SK_FT_MPEG, SK_CLAIM_STRUCTURE, 0, "MPEG start code");
}

void sk_probe_media(struct sk_slice in, const char *name, struct sk_report *claims)
{
	static const struct {
		enum sk_filetype type;
		struct sk_slice first;
		size_t offset;
		struct sk_slice second;
		const char *evidence;
	} table[] = {
#define BYTES(s) {(const uint8_t *)(s), sizeof(s) - 1}
	    {SK_FT_WAV, BYTES("RIFF"), 8, BYTES("WAVE"), "RIFF WAVE"},
	    {SK_FT_AVI, BYTES("RIFF"), 8, BYTES("AVI "), "RIFF AVI"},
	    {SK_FT_OGG, BYTES("OggS\0"), 0, BYTES("OggS"), "Ogg page"},
	    {SK_FT_FLAC, BYTES("fLaC"), 5, BYTES("\0\0"), "FLAC signature"},
	    {SK_FT_MIDI, BYTES("MThd\0\0\0\6"), 0, BYTES("MThd"), "MIDI header"},
	    {SK_FT_MATROSKA, BYTES("\x1A\x45\xDF\xA3"), 0, BYTES("\x1A"), "EBML header"},
	    {SK_FT_ASF, BYTES("\x30\x26\xB2\x75\x8E\x66\xCF\x11"), 0, BYTES("\x30"), "ASF header"},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (sk_slice_starts(in, table[i].first) && at(in, table[i].offset, table[i].second))
			sk_report_claim(
			    claims, table[i].type, SK_CLAIM_STRUCTURE, 0, table[i].evidence);
	probe_ftyp(in, claims);
	probe_mp3(in, claims);
	probe_mpeg(in, claims);
}

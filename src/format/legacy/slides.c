/*
 * PowerPoint keeps macros, objects and media inside its one stream; its directory names none of them: [MS-PPT] 2.3.1
 * RecordHeader, 2.4.1 DocumentContainer, 2.4.10 VBAInfoContainer, 2.10 the list of external objects. Only told here:
 * LibreOffice and the rules of the modern form leave them behind. Cleaner's jail.
 */
#include "format/legacy/slides.h"

#define DOCUMENT 0x03E8
#define DOCUMENT_ATOM 0x03E9
#define VBA_INFO_ATOM 0x0400
#define CONTAINER 0xF /* recVer of what holds records */
#define DEPTH 8 /* a document, its list, an object in it, and what newer versions put around */

static const char stream_name[] = "PowerPoint Document";

static const struct {
	uint16_t type;
	enum sk_code code;
} known[] = {
    {0x07E6, SK_OOXML_MEDIA},    /* SoundContainer */
    {0x0FCC, SK_OOXML_OLE},      /* ExOleEmbedContainer */
    {0x0FCE, SK_OOXML_EXTERNAL}, /* ExOleLinkContainer */
    {0x0FEE, SK_OOXML_ACTIVEX},  /* ExControlContainer */
    {0x1006, SK_OOXML_MEDIA},    /* ExAviMovieContainer */
    {0x1007, SK_OOXML_MEDIA},    /* ExMCIMovieContainer */
    {0x100D, SK_OOXML_MEDIA},    /* ExMIDIAudioContainer */
    {0x100E, SK_OOXML_MEDIA},    /* ExCDAudioContainer */
    {0x100F, SK_OOXML_MEDIA},    /* ExWAVAudioEmbeddedContainer */
    {0x1010, SK_OOXML_MEDIA},    /* ExWAVAudioLinkContainer */
};

bool sk_slides_next(struct sk_reader *r, struct sk_slides_record *to)
{
	to->container = (sk_read_u16le(r) & CONTAINER) == CONTAINER;
	to->type = sk_read_u16le(r);
	uint32_t n = sk_read_u32le(r);
	if (r->bad)
		return false;
	to->data = sk_read_slice(r, n < sk_read_left(r) ? n : sk_read_left(r));
	return true;
}

/* [MS-PPT] 2.4.11: a reference to the project, then whether it is one that holds anything. */
static bool has_macros(struct sk_slice atom)
{
	struct sk_reader r = sk_reader(atom);

	sk_read_skip(&r, 4);
	return sk_read_u32le(&r) != 0;
}

static void count(struct sk_slice in, unsigned depth, uint32_t *counts)
{
	struct sk_reader r = sk_reader(in);
	struct sk_slides_record rec;

	while (sk_slides_next(&r, &rec)) {
		for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
			if (known[i].type == rec.type)
				counts[known[i].code]++;
		if (rec.type == VBA_INFO_ATOM && has_macros(rec.data))
			counts[SK_OOXML_MACRO]++;
		if (rec.container && depth)
			count(rec.data, depth - 1, counts);
	}
}

/* Every save may append the document anew; the last one is in force. */
static struct sk_slice last_document(struct sk_slice stream)
{
	struct sk_reader r = sk_reader(stream);
	struct sk_slice found = sk_slice("", 0);
	struct sk_slides_record rec;

	while (sk_slides_next(&r, &rec))
		if (rec.type == DOCUMENT && rec.container)
			found = rec.data;
	return found;
}

/* [MS-PPT] 2.4.2: behind three sizes and the number of the master of notes stands that of handouts. */
static bool has_handout(struct sk_slice document)
{
	struct sk_reader r = sk_reader(document);
	struct sk_slides_record rec;

	if (!sk_slides_next(&r, &rec) || rec.type != DOCUMENT_ATOM)
		return false;
	r = sk_reader(rec.data);
	sk_read_skip(&r, 28);
	return sk_read_u32le(&r) != 0;
}

/* [MS-PPT] 2.3.2 CurrentUserAtom. */
static uint32_t last_edit(struct sk_cfb *c)
{
	uint32_t at = sk_cfb_find(c, SK_CFB_ROOT, "Current User");
	struct sk_slice user = {0};

	if (at == SK_CFB_NONE || sk_cfb_read(c, at, 64, &user))
		return 0;
	struct sk_reader r = sk_reader(user);
	sk_read_skip(&r, 16);
	return sk_read_u32le(&r);
}

static void report(struct sk_job *job, const uint32_t *counts)
{
	for (int code = 1; code < SK_CODE_COUNT; code++)
		if (counts[code])
			sk_job_removed(job, (enum sk_code)code, counts[code], "%s", stream_name);
}

int sk_legacy_slides(struct sk_job *job, struct sk_cfb *c, struct sk_slides_found *found)
{
	uint32_t counts[SK_CODE_COUNT] = {0};
	struct sk_slice stream = {0};
	uint32_t at = sk_cfb_find(c, SK_CFB_ROOT, stream_name);
	int rc = at == SK_CFB_NONE ? SK_EFORMAT : sk_cfb_read(c, at, SIZE_MAX, &stream);

	if (rc == 0)
		rc = sk_slides_count_links(job, stream, last_edit(c), found);
	if (rc)
		return rc;
	struct sk_slice document = last_document(stream);
	count(document, DEPTH, counts);
	counts[SK_OOXML_ACTION] += found->actions;
	found->handout = has_handout(document);
	report(job, counts);
	return 0;
}

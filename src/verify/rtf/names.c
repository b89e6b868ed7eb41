/* The lists of the profile (doc/profiles/rtf.md, sections 3 and 4). Verifier's jail. */
#include "verify/rtf/rtf.h"

#include <stdlib.h>

#include "verify/rtf/words.h"

bool vr_one_of(const char *const *list, size_t n, struct sk_slice name)
{
	for (size_t i = 0; i < n; i++)
		if (sk_slice_is(name, list[i]))
			return true;
	return false;
}

/* A letter for each kind of group, so that the table below can be read. */
static char letter_of(enum vr_group g)
{
	static const char letters[] = {[VR_ROOT] = 'R',
	    [VR_BODY] = 'B',
	    [VR_NOTE] = 'N',
	    [VR_TEXT] = 'T',
	    [VR_WORDS] = 'W',
	    [VR_STYLES] = 'S',
	    [VR_AUTHORS] = 'A',
	    [VR_LISTS] = 'l',
	    [VR_LIST] = 'L',
	    [VR_LEVEL] = 'v',
	    [VR_OVERRIDES] = 'o',
	    [VR_OVERRIDE] = 'O',
	    [VR_LFO] = 'f',
	    [VR_PAGES] = 'p',
	    [VR_SHAPE] = 'H',
	    [VR_INST] = 'I',
	    [VR_FIELD] = 'F',
	    [VR_INSTRUCTION] = 'i',
	    [VR_FORM] = 'X',
	    [VR_PN] = 'n',
	    [VR_MATH] = 'M',
	    [VR_DRAWING] = 'D',
	    [VR_PICTURES] = 'P',
	    [VR_PICTURE] = 'Q'};

	return (size_t)g < sizeof(letters) ? letters[g] : 0;
}

static const struct vr_dest dests[] = {
    {"fonttbl", false, "R", VR_FONTS, false},
    {"colortbl", false, "R", VR_COLOURS, false},
    {"stylesheet", false, "R", VR_STYLES, false},
    {"cs", true, "S", VR_TEXT, true},
    {"ts", true, "S", VR_TEXT, true},
    {"ds", true, "S", VR_TEXT, true},
    {"listtable", true, "R", VR_LISTS, false},
    {"list", false, "l", VR_LIST, false},
    {"listlevel", false, "Lf", VR_LEVEL, false},
    {"leveltext", false, "v", VR_LEVELTEXT, false},
    {"levelnumbers", false, "v", VR_LEVELNUMBERS, false},
    {"listname", false, "L", VR_TEXT, false},
    {"liststylename", true, "L", VR_TEXT, false},
    {"listoverridetable", true, "R", VR_OVERRIDES, false},
    {"listoverride", false, "o", VR_OVERRIDE, false},
    {"lfolevel", false, "O", VR_LFO, false},
    {"revtbl", true, "R", VR_AUTHORS, false},
    {"pgptbl", true, "R", VR_PAGES, false},
    {"pgp", false, "p", VR_WORDS, false},
    {"defchp", true, "R", VR_WORDS, false},
    {"defpap", true, "R", VR_WORDS, false},
    {"mmathPr", true, "R", VR_WORDS, false},
    {"background", true, "R", VR_PICTURES, false},
    {"header", false, "RBN", VR_BODY, false},
    {"headerf", false, "RBN", VR_BODY, false},
    {"headerl", false, "RBN", VR_BODY, false},
    {"headerr", false, "RBN", VR_BODY, false},
    {"footer", false, "RBN", VR_BODY, false},
    {"footerf", false, "RBN", VR_BODY, false},
    {"footerl", false, "RBN", VR_BODY, false},
    {"footerr", false, "RBN", VR_BODY, false},
    {"footnote", false, "RBN", VR_BODY, false},
    {"ftnsep", true, "RBN", VR_BODY, false},
    {"ftnsepc", true, "RBN", VR_BODY, false},
    {"ftncn", true, "RBN", VR_BODY, false},
    {"aftnsep", true, "RBN", VR_BODY, false},
    {"aftnsepc", true, "RBN", VR_BODY, false},
    {"aftncn", true, "RBN", VR_BODY, false},
    {"annotation", true, "RBN", VR_NOTE, false},
    {"atnref", true, "N", VR_TEXT, false},
    {"atndate", true, "N", VR_TEXT, false},
    {"atntime", true, "N", VR_TEXT, false},
    {"atnparent", true, "N", VR_TEXT, false},
    {"atnid", true, "RBN", VR_TEXT, false},
    {"atnauthor", true, "RBN", VR_TEXT, false},
    {"atrfstart", true, "RBN", VR_TEXT, false},
    {"atrfend", true, "RBN", VR_TEXT, false},
    {"bkmkstart", true, "RBN", VR_TEXT, false},
    {"bkmkend", true, "RBN", VR_TEXT, false},
    {"field", false, "RBN", VR_FIELD, false},
    {"fldinst", true, "F", VR_INSTRUCTION, false},
    {"fldrslt", false, "F", VR_BODY, false},
    {"formfield", true, "i", VR_FORM, false},
    {"ffname", true, "X", VR_TEXT, false},
    {"ffdeftext", true, "X", VR_TEXT, false},
    {"ffformat", true, "X", VR_TEXT, false},
    {"ffhelptext", true, "X", VR_TEXT, false},
    {"ffstattext", true, "X", VR_TEXT, false},
    {"ffl", true, "X", VR_TEXT, false},
    {"pict", false, "RBNP", VR_PICTURE, false},
    {"shppict", true, "RBN", VR_PICTURES, false},
    {"shp", false, "RBNIP", VR_SHAPE, false},
    {"shpgrp", false, "RBNIP", VR_SHAPE, false},
    {"shpinst", true, "H", VR_INST, false},
    {"sp", false, "I", VR_PROPERTY, false},
    {"picprop", true, "Q", VR_INST, false},
    {"shptxt", false, "I", VR_BODY, false},
    {"do", true, "RBN", VR_DRAWING, false},
    {"dptxbxtext", false, "D", VR_BODY, false},
    {"pn", true, "RBNT", VR_PN, false},
    {"pnseclvl", true, "RBN", VR_PN, true},
    {"pntxta", false, "n", VR_TEXT, false},
    {"pntxtb", false, "n", VR_TEXT, false},
    {"pntext", false, "RBN", VR_BODY, false},
    {"listtext", false, "RBN", VR_BODY, false},
    {"nesttableprops", true, "RBN", VR_WORDS, false},
    {"nonesttables", false, "RBN", VR_BODY, false},
    {"xe", false, "RBN", VR_NOTE, false},
    {"tc", false, "RBN", VR_NOTE, false},
    {"tcn", false, "RBN", VR_NOTE, false},
    {"rxe", false, "N", VR_TEXT, false},
    {"txe", false, "N", VR_TEXT, false},
    {"yxe", false, "N", VR_TEXT, false},
    {"oldcprops", true, "RBN", VR_WORDS, false},
    {"oldpprops", true, "RBN", VR_WORDS, false},
    {"oldsprops", true, "RBN", VR_WORDS, false},
    {"oldtprops", true, "RBN", VR_WORDS, false},
    {"mmath", false, "RBN", VR_MATH, false},
    {"moMath", true, "RBNM", VR_MATH, false},
    {"moMathPara", true, "RBNM", VR_MATH, false},
};

/* Mathematics: groups within groups of it, all of one kind. */
static const char *const maths[] = {"macc", "maccPr", "margPr", "mbar", "mbarPr", "mbaseJc",
    "mbegChr", "mborderBox", "mborderBoxPr", "mbox", "mboxPr", "mchr", "mcount", "mctrlPr", "md",
    "mdPr", "mdeg", "mden", "me", "mendChr", "meqArr", "meqArrPr", "mf", "mfName", "mfPr", "mfunc",
    "mfuncPr", "mgroupChr", "mgroupChrPr", "mlim", "mlimloc", "mlimlow", "mlimlowPr", "mlimupp",
    "mlimuppPr", "mm", "mmPr", "mmc", "mmcJc", "mmcPr", "mmcs", "mmr", "mnary", "mnaryPr", "mnum",
    "moMathParaPr", "mphant", "mphantPr", "mpos", "mr", "mrPr", "mrad", "mradPr", "msPre",
    "msPrePr", "msSub", "msSubPr", "msSubSup", "msSubSupPr", "msSup", "msSupPr", "msepChr", "mshp",
    "msub", "msup", "mtype", "mvertJc"};

const struct vr_dest *vr_dest(struct sk_slice name)
{
	static const struct vr_dest math = {"math", false, "M", VR_MATH, false};

	for (size_t i = 0; i < sizeof(dests) / sizeof(dests[0]); i++)
		if (sk_slice_is(name, dests[i].name))
			return &dests[i];
	return vr_one_of(maths, sizeof(maths) / sizeof(maths[0]), name) ? &math : NULL;
}

bool vr_allowed(const struct vr_dest *d, enum vr_group in)
{
	char l = letter_of(in);

	return l && strchr(d->in, l) != NULL;
}

static int compare(const void *key, const void *entry)
{
	const struct sk_slice *s = key;
	const char *w = *(const char *const *)entry;
	size_t n = strlen(w);
	int c = memcmp(s->p, w, s->n < n ? s->n : n);

	return c ? c : s->n < n ? -1 : s->n > n;
}

#define LISTED(list, name) \
	(bsearch(&(name), list, sizeof(list) / sizeof((list)[0]), sizeof((list)[0]), compare) != \
	    NULL)

static bool within(const struct vr_token *t, int64_t least, int64_t most)
{
	return !t->numbered || (t->number >= least && t->number <= most);
}

bool vr_word_ok(const struct vr_token *t)
{
	if (LISTED(plain_words, t->name))
		return within(t, 0, 0);
	if (LISTED(short_words, t->name))
		return within(t, -32768, 32767);
	if (LISTED(length_words, t->name))
		return within(t, -1000000, 1000000);
	return LISTED(long_words, t->name) && within(t, -2147483648LL, 2147483647);
}

bool vr_prints(struct sk_slice name)
{
	static const char *const list[] = {"bullet", "cell", "chatn", "chdate", "chdpa", "chdpl",
	    "chftn", "chftnsep", "chftnsepc", "chpgn", "chtime", "column", "date", "emdash",
	    "emspace", "endash", "enspace", "lbr", "ldblquote", "line", "lquote", "ltrmark",
	    "nestcell", "nestrow", "page", "par", "qmspace", "rdblquote", "row", "rquote",
	    "rtlmark", "sect", "sectnum", "softcol", "softlheight", "softline", "softpage", "tab",
	    "time", "zwbo", "zwj", "zwnbo", "zwnj"};

	return vr_one_of(list, sizeof(list) / sizeof(list[0]), name);
}

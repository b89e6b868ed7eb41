/*
 * Names of glyphs: the standard strings of CFF (Adobe TN 5176, appendix A), StandardEncoding, and the
 * rule for names that may be written. Cleaner's jail.
 */
#include "format/font/internal.h"

/* In order of their string ids, separated by spaces. */
static const char strings[] =
    ".notdef space exclam quotedbl numbersign dollar percent ampersand quoteright parenleft parenright "
    "asterisk plus comma hyphen period slash zero one two three four five six seven eight nine colon "
    "semicolon less equal greater question at A B C D E F G H I J K L M N O P Q R S T U V W X Y Z "
    "bracketleft backslash bracketright asciicircum underscore quoteleft a b c d e f g h i j k l m n o "
    "p q r s t u v w x y z braceleft bar braceright asciitilde exclamdown cent sterling fraction yen "
    "florin section currency quotesingle quotedblleft guillemotleft guilsinglleft guilsinglright fi fl "
    "endash dagger daggerdbl periodcentered paragraph bullet quotesinglbase quotedblbase quotedblright "
    "guillemotright ellipsis perthousand questiondown grave acute circumflex tilde macron breve "
    "dotaccent dieresis ring cedilla hungarumlaut ogonek caron emdash AE ordfeminine Lslash Oslash OE "
    "ordmasculine ae dotlessi lslash oslash oe germandbls onesuperior logicalnot mu trademark Eth "
    "onehalf plusminus Thorn onequarter divide brokenbar degree thorn threequarters twosuperior "
    "registered minus eth multiply threesuperior copyright Aacute Acircumflex Adieresis Agrave Aring "
    "Atilde Ccedilla Eacute Ecircumflex Edieresis Egrave Iacute Icircumflex Idieresis Igrave Ntilde "
    "Oacute Ocircumflex Odieresis Ograve Otilde Scaron Uacute Ucircumflex Udieresis Ugrave Yacute "
    "Ydieresis Zcaron aacute acircumflex adieresis agrave aring atilde ccedilla eacute ecircumflex "
    "edieresis egrave iacute icircumflex idieresis igrave ntilde oacute ocircumflex odieresis ograve "
    "otilde scaron uacute ucircumflex udieresis ugrave yacute ydieresis zcaron exclamsmall "
    "Hungarumlautsmall dollaroldstyle dollarsuperior ampersandsmall Acutesmall parenleftsuperior "
    "parenrightsuperior twodotenleader onedotenleader zerooldstyle oneoldstyle twooldstyle "
    "threeoldstyle fouroldstyle fiveoldstyle sixoldstyle sevenoldstyle eightoldstyle nineoldstyle "
    "commasuperior threequartersemdash periodsuperior questionsmall asuperior bsuperior centsuperior "
    "dsuperior esuperior isuperior lsuperior msuperior nsuperior osuperior rsuperior ssuperior "
    "tsuperior ff ffi ffl parenleftinferior parenrightinferior Circumflexsmall hyphensuperior "
    "Gravesmall Asmall Bsmall Csmall Dsmall Esmall Fsmall Gsmall Hsmall Ismall Jsmall Ksmall Lsmall "
    "Msmall Nsmall Osmall Psmall Qsmall Rsmall Ssmall Tsmall Usmall Vsmall Wsmall Xsmall Ysmall Zsmall "
    "colonmonetary onefitted rupiah Tildesmall exclamdownsmall centoldstyle Lslashsmall Scaronsmall "
    "Zcaronsmall Dieresissmall Brevesmall Caronsmall Dotaccentsmall Macronsmall figuredash "
    "hypheninferior Ogoneksmall Ringsmall Cedillasmall questiondownsmall oneeighth threeeighths "
    "fiveeighths seveneighths onethird twothirds zerosuperior foursuperior fivesuperior sixsuperior "
    "sevensuperior eightsuperior ninesuperior zeroinferior oneinferior twoinferior threeinferior "
    "fourinferior fiveinferior sixinferior seveninferior eightinferior nineinferior centinferior "
    "dollarinferior periodinferior commainferior Agravesmall Aacutesmall Acircumflexsmall Atildesmall "
    "Adieresissmall Aringsmall AEsmall Ccedillasmall Egravesmall Eacutesmall Ecircumflexsmall "
    "Edieresissmall Igravesmall Iacutesmall Icircumflexsmall Idieresissmall Ethsmall Ntildesmall "
    "Ogravesmall Oacutesmall Ocircumflexsmall Otildesmall Odieresissmall OEsmall Oslashsmall "
    "Ugravesmall Uacutesmall Ucircumflexsmall Udieresissmall Yacutesmall Thornsmall Ydieresissmall "
    "001.000 001.001 001.002 001.003 Black Bold Book Light Medium Regular Roman Semibold ";

static unsigned bucket(struct sk_slice s)
{
	return s.n ? (s.p[0] * 31U + s.p[s.n - 1] * 7U + (unsigned)s.n) % SK_SID_BUCKETS : 0;
}

void sk_sid_index(struct sk_sid_index *x)
{
	const char *p = strings;

	memset(x->head, 0, sizeof(x->head));
	for (unsigned sid = 0; sid < SK_CFF_NSTRINGS; sid++) {
		const char *end = strchr(p, ' ');
		x->name[sid] = sk_slice(p, (size_t)(end - p));
		unsigned b = bucket(x->name[sid]);
		x->next[sid] = x->head[b];
		x->head[b] = (uint16_t)(sid + 1);
		p = end + 1;
	}
}

int sk_sid_find(const struct sk_sid_index *x, struct sk_slice name)
{
	for (unsigned at = x->head[bucket(name)]; at; at = x->next[at - 1]) {
		if (sk_slice_eq(x->name[at - 1], name))
			return (int)at - 1;
	}
	return -1;
}

/* Runs of codes with rising string ids. */
static const struct {
	uint8_t first, last, sid;
} standard[] = {{32, 126, 1}, {161, 175, 96}, {177, 180, 111}, {182, 189, 115}, {191, 191, 123},
    {193, 200, 124}, {202, 203, 132}, {205, 208, 134}, {225, 225, 138}, {227, 227, 139},
    {232, 235, 140}, {241, 241, 144}, {245, 245, 145}, {248, 251, 146}};

unsigned sk_standard_encoding(unsigned code)
{
	for (size_t i = 0; i < sizeof(standard) / sizeof(standard[0]); i++) {
		if (code >= standard[i].first && code <= standard[i].last)
			return standard[i].sid + code - standard[i].first;
	}
	return 0;
}

bool sk_glyph_name_ok(struct sk_slice name)
{
	if (name.n < 1 || name.n > 63)
		return false;
	for (size_t i = 0; i < name.n; i++) {
		uint8_t c = name.p[i];
		if (c < 0x21 || c > 0x7e || strchr("()<>[]{}/%", c))
			return false;
	}
	return true;
}

/*
 * Which character set are names of files in? They are short, so the statistics of detect.c say little; what helps is
 * that names are made of few words. Points for rows of the tables are joined by points for characters that such
 * names often hold. Japanese is what municipalities write: other languages need clear signs. Cleaner's jail.
 */
#include "format/text/charset.h"

#include <uchar.h>

#include "base/utf8.h"

#define NAMES_MAX ((size_t)256 << 10)
#define PT_USUAL 15

/* Kanji that names of office files often hold, by code point. */
static const char16_t japanese[] =
    u"一七三上下与中九予事二五交人介付令件企会住体使例依係保修個健備働光児入全八公六内写出分別則"
    u"前助労務化北区医十協南印原参収受口台号名向告和品員商問四回図国土地報場境大契委子学安定実対小局居"
    u"届山島川工市帳平年庁広度康建式後徒応情意成戸所手持挙提援支改政教整文料断新方施日旧明昭時書最月木"
    u"本村条東林果査校案検業概様次正民水求決治況法消添済災版物状理環生産用田申町画療発登目相県真知石研"
    u"確示社祉票福秘税稿積窓童第答策算管簿籍約紙終結絡給続維綱総考者職育自舎行表裁補西要見規覧観訂計討"
    u"記設診証説課調談請議護財費資質起路転農送通連道選部野金録鑑長開防険雇電面領頼類高";
/* The same in simplified Chinese. */
static const char16_t chinese[] =
    u"一七万三上下不与且世业东两个中为主么义之九也书了争事二于五些交产人什今从他代以们件任会传但位住体"
    u"何作你使便保信候做先光入全八公六共关其内再决准几出分切则利别到制前力加务动化北区十协单南即历压原"
    u"去又及反发取受变口只可司各合同名后向听告员命和品售四回因团国图在地场培基声处复外多大天太头夹好如"
    u"子学它安完定实审客家对导将小少就展山巡工己已市师带常平年并应度建开式张强当录形很得心必思性总情想"
    u"意感成我或户所手才打批把报拉指据接提放政效教数文料新方无日时明是更最月有服望期本术机权条来果标样"
    u"核格案档检次正此比毕民气水求汇没治法活流测海清点然照片版物特王现理生用由申电界登的目直相看真着知"
    u"确社票种科程空立第等简算管类系索纪经结给统绩缩美老考者而能自至色行表被装西要见观规解计认让训议记"
    u"许论设识试话该说请象财责购资走起路身边达过运还这进通道那邮部都采里重量金销长门问间队附院难集需非"
    u"面项预领题马高";

static bool listed(uint32_t cp, const char16_t *list, size_t n)
{
	size_t lo = 0, hi = n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		if (cp > list[mid])
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < n && list[lo] == cp;
}

#define LISTED(cp, list) listed(cp, list, sizeof(list) / sizeof((list)[0]) - 1)

/* What a Japanese name is made of beside rare kanji: kana, brackets and signs of writing, usual kanji. */
static bool is_usual_japanese(uint32_t cp)
{
	return (cp >= 0x3001 && cp <= 0x3005) || (cp >= 0x300C && cp <= 0x3011) ||
	       (cp >= 0x3041 && cp <= 0x30FC) || cp == 0xFF08 || cp == 0xFF09 || cp == 0xFF5E ||
	       LISTED(cp, japanese);
}

/* How the names read in one character set. */
struct reading {
	long points;
	uint32_t bad;
	bool usual; /* it has characters that are usual in Japanese */
};

static struct reading read_as(enum sk_charset cs, struct sk_slice names)
{
	struct reading r = {.points = sk_charset_score(cs, names)};
	struct sk_buf buf = SK_BUF(NAMES_MAX);

	(void)sk_charset_to_utf8(cs, names, &buf, &r.bad);
	struct sk_slice s = sk_buf_slice(&buf);
	for (size_t at = 0; at < s.n;) {
		uint32_t cp = (uint32_t)sk_utf8_next(s, &at);
		bool has = cs == SK_CS_GBK ? LISTED(cp, chinese) : LISTED(cp, japanese);
		r.points += has ? PT_USUAL : 0;
		r.usual = r.usual || is_usual_japanese(cp);
	}
	sk_buf_free(&buf);
	return r;
}

static bool is_lower(uint8_t b)
{
	return b >= 'a' && b <= 'z';
}

static bool is_letter(uint8_t b)
{
	return is_lower(b | 0x20);
}

/* The letters of code page 437, which are those of 850, too. */
static bool is_dos_letter(uint8_t b)
{
	return (b >= 0x80 && b <= 0x9A) || (b >= 0xA0 && b <= 0xA5) || b == 0xE1;
}

static bool is_dos_capital(uint8_t b)
{
	static const uint8_t list[] = {0x80, 0x8E, 0x8F, 0x90, 0x92, 0x99, 0x9A, 0xA5};
	return memchr(list, b, sizeof(list)) != NULL;
}

/*
 * Each byte beyond ASCII is a letter of a western word: alone between ASCII letters, at the end of a word, or a
 * capital at its beginning.
 */
static bool is_western(struct sk_slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		uint8_t b = s.p[i], before = i ? s.p[i - 1] : 0,
			after = i + 1 < s.n ? s.p[i + 1] : 0;
		if (b < 0x80)
			continue;
		if (!is_dos_letter(b) || before >= 0x80 || after >= 0x80)
			return false;
		if (!is_letter(before) && !is_dos_capital(b) && !is_lower(after))
			return false;
		if (is_letter(after) && !is_lower(after) && !is_dos_capital(b))
			return false;
		if (!is_letter(before) && !is_letter(after))
			return false;
	}
	return true;
}

enum sk_charset sk_charset_of_names(struct sk_slice names, bool dos)
{
	struct reading sj = read_as(SK_CS_CP932, names), euc = read_as(SK_CS_EUCJP, names);
	struct reading gbk = read_as(SK_CS_GBK, names);
	long japan = sj.points >= euc.points ? sj.points : euc.points;

	if (dos && is_western(names) && (sj.bad || !sj.usual))
		return SK_CS_CP437;
	/* By a quarter: in two or three characters chance is as strong as language. */
	if (gbk.bad == 0 && gbk.points > 0 && gbk.points * 4 > japan * 5)
		return SK_CS_GBK;
	if (japan <= 0)
		return SK_CS_LATIN1;
	return sj.points >= euc.points ? SK_CS_CP932 : SK_CS_EUCJP;
}

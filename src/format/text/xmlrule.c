/*
 * Which namespaces and which links plain XML data may have (doc/profiles/text.md, section 5): vocabularies of data,
 * which no program acts on, and places that nothing loads or that the web has. Cleaner's jail.
 */
#include "format/text/xmlrule.h"

#include <strings.h>

/* Publishers of data vocabularies, and countries and governments. */
static const char *const hosts[] = {"jp", "gov", "int", "eu", "buildingsmart-tech.org",
    "buildingsmart.org", "citygml.org", "crossref.org", "docbook.org", "dublincore.org",
    "editeur.org", "example.com", "example.net", "example.org", "garmin.com", "georss.org",
    "gs1.org", "hl7.org", "iso.org", "isotc211.org", "landxml.org", "nema.org", "openarchives.org",
    "opengis.net", "openstreetmap.org", "purl.org", "schema.org", "sitemaps.org", "swift.com",
    "tei-c.org", "tempuri.org", "topografix.com", "un.org", "unece.org", "xbrl.org", "xmlns.com",
    "xmlsoap.org", NULL};

static const char *const beginnings[] = {"urn:cen.eu:", "urn:fdc:", "urn:gs1:", "urn:hl7-org:",
    "urn:ietf:", "urn:iso:", "urn:jp:", "urn:oasis:names:specification:ubl:",
    "urn:oasis:names:tc:SAML:", "urn:oasis:names:tc:ciq:", "urn:oasis:names:tc:ebxml",
    "urn:oasis:names:tc:emergency:", "urn:oasis:names:tc:xliff:", "urn:oid:", "urn:sap-com:",
    "urn:swift:", "urn:un:", "urn:uuid:", NULL};

#define W3 "http://www.w3.org/"
#define MS "urn:schemas-microsoft-com:"
static const char *const names[] = {W3 "XML/1998/namespace", W3 "1999/xlink",
    W3 "1999/02/22-rdf-syntax-ns#", W3 "2000/01/rdf-schema#", W3 "2000/09/xmldsig#",
    W3 "2001/04/xmlenc#", W3 "2001/XMLSchema", W3 "2001/XMLSchema-datatypes",
    W3 "2001/XMLSchema-instance", W3 "2001/12/soap-envelope", W3 "2002/07/owl#",
    W3 "2003/01/geo/wgs84_pos#", W3 "2003/05/soap-envelope", W3 "2004/02/skos/core#",
    W3 "2005/Atom", W3 "2007/app", W3 "2009/xmldsig11#", MS "datatypes", MS "officedata",
    MS "rowset", MS "xml-diffgram-v1", MS "xml-msdata", MS "xml-msprop",
    "http://earth.google.com/kml/2.0", "http://earth.google.com/kml/2.1",
    "http://earth.google.com/kml/2.2", "http://www.google.com/kml/ext/2.2",
    "http://base.google.com/ns/1.0", "http://search.yahoo.com/mrss/",
    "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "http://schemas.microsoft.com/win/2004/08/events/event", NULL};

static bool is_letter_or_digit(uint8_t b)
{
	return (b >= '0' && b <= '9') || ((b | 0x20) >= 'a' && (b | 0x20) <= 'z');
}

/* Each byte is a letter, a digit, or one of `more`. */
static bool made_of(struct sk_slice s, const char *more, bool beyond_ascii)
{
	for (size_t i = 0; i < s.n; i++) {
		uint8_t b = s.p[i];
		bool fits =
		    is_letter_or_digit(b) || (b >= 0x80 && beyond_ascii) || (b && strchr(more, b));
		if (!fits)
			return false;
	}
	return s.n > 0;
}

static bool is_hex(struct sk_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == 0 || strchr("0123456789ABCDEFabcdef-", s.p[i]) == NULL)
			return false;
	return s.n > 0;
}

static bool starts(struct sk_slice s, const char *with)
{
	return sk_slice_starts(s, sk_slice_str(with));
}

static bool ends_in(struct sk_slice host, const char *name)
{
	size_t n = strlen(name);

	if (host.n < n || strncasecmp((const char *)host.p + host.n - n, name, n) != 0)
		return false;
	return host.n == n || host.p[host.n - n - 1] == '.';
}

static bool is_of_publisher(struct sk_slice uri)
{
	size_t from = starts(uri, "http://") ? 7 : starts(uri, "https://") ? 8 : 0, end = from;

	if (from == 0 || memchr(uri.p, ' ', uri.n))
		return false;
	while (end < uri.n && uri.p[end] != '/' && uri.p[end] != '#' && uri.p[end] != '?')
		end++;
	struct sk_slice host = sk_slice_sub(uri, from, end - from);
	if (!made_of(host, ".-", false))
		return false;
	for (const char *const *h = hosts; *h; h++)
		if (ends_in(host, *h))
			return true;
	return false;
}

bool sk_text_namespace(struct sk_slice uri, bool is_default)
{
	if (uri.n == 0)
		return is_default;
	if (uri.p[0] != '/' && made_of(uri, "._-#/", true))
		return true;
	if (starts(uri, "uuid:"))
		return is_hex(sk_slice_sub(uri, 5, uri.n));
	for (const char *const *b = beginnings; *b; b++)
		if (starts(uri, *b) && memchr(uri.p, ' ', uri.n) == NULL)
			return true;
	for (const char *const *n = names; *n; n++)
		if (sk_slice_is(uri, *n))
			return true;
	return is_of_publisher(uri);
}

static bool is_place(struct sk_slice s)
{
	static const char *const schemes[] = {"http:", "https:", "mailto:", "urn:", "uuid:", NULL};

	if (memchr(s.p, '\\', s.n) || starts(s, "//"))
		return false;
	for (const char *const *k = schemes; *k; k++)
		if (s.n >= strlen(*k) && strncasecmp((const char *)s.p, *k, strlen(*k)) == 0)
			return true;
	for (size_t i = 0; i < s.n && s.p[i] != '/' && s.p[i] != '?' && s.p[i] != '#'; i++)
		if (s.p[i] == ':')
			return false;
	return true;
}

static bool is_white(uint8_t b)
{
	return b == ' ' || b == '\t' || b == '\n' || b == '\r';
}

static bool all_places(struct sk_slice s)
{
	for (size_t at = 0, end; at < s.n; at = end + 1) {
		for (end = at; end < s.n && !is_white(s.p[end]);)
			end++;
		if (end > at && !is_place(sk_slice_sub(s, at, end - at)))
			return false;
	}
	return true;
}

bool sk_text_attribute(const char *name, struct sk_slice value)
{
	const char *colon = strrchr(name, ':'), *local = colon ? colon + 1 : name;

	if (strcmp(local, "actuate") == 0)
		return value.n == 0 || sk_slice_is(value, "none") || sk_slice_is(value, "other") ||
		       sk_slice_is(value, "onRequest");
	if (strcmp(local, "href") == 0 || strcmp(local, "src") == 0 ||
	    strcmp(local, "schemaLocation") == 0 ||
	    strcmp(local, "noNamespaceSchemaLocation") == 0 || strcmp(name, "xml:base") == 0)
		return all_places(value);
	return true;
}

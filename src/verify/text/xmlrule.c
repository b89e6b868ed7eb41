/*
 * Namespaces and places in XML files (doc/profiles/text.md, section 5; RFC 3986 for the parts of a URI). What is not
 * listed fails. Verifier's jail.
 */
#include "verify/text/xmlrule.h"

#include <strings.h>

enum kind {
	WHOLE, /* the name is this */
	BEGIN, /* it begins with this, and holds no space */
	HOST,  /* its authority is this domain, or lies in it */
};

static const struct rule {
	enum kind kind;
	const char *text;
} rules[] = {
    {HOST, "jp"},
    {HOST, "opengis.net"},
    {HOST, "isotc211.org"},
    {HOST, "xbrl.org"},
    {HOST, "iso.org"},
    {HOST, "un.org"},
    {HOST, "unece.org"},
    {HOST, "int"},
    {HOST, "gov"},
    {HOST, "eu"},
    {HOST, "xmlsoap.org"},
    {HOST, "purl.org"},
    {HOST, "dublincore.org"},
    {HOST, "openarchives.org"},
    {HOST, "crossref.org"},
    {HOST, "editeur.org"},
    {HOST, "docbook.org"},
    {HOST, "tei-c.org"},
    {HOST, "schema.org"},
    {HOST, "xmlns.com"},
    {HOST, "sitemaps.org"},
    {HOST, "hl7.org"},
    {HOST, "nema.org"},
    {HOST, "gs1.org"},
    {HOST, "swift.com"},
    {HOST, "landxml.org"},
    {HOST, "citygml.org"},
    {HOST, "georss.org"},
    {HOST, "buildingsmart.org"},
    {HOST, "buildingsmart-tech.org"},
    {HOST, "openstreetmap.org"},
    {HOST, "topografix.com"},
    {HOST, "garmin.com"},
    {HOST, "tempuri.org"},
    {HOST, "example.com"},
    {HOST, "example.net"},
    {HOST, "example.org"},
    {BEGIN, "urn:iso:"},
    {BEGIN, "urn:ietf:"},
    {BEGIN, "urn:jp:"},
    {BEGIN, "urn:un:"},
    {BEGIN, "urn:uuid:"},
    {BEGIN, "urn:oid:"},
    {BEGIN, "urn:fdc:"},
    {BEGIN, "urn:gs1:"},
    {BEGIN, "urn:swift:"},
    {BEGIN, "urn:hl7-org:"},
    {BEGIN, "urn:sap-com:"},
    {BEGIN, "urn:cen.eu:"},
    {BEGIN, "urn:oasis:names:specification:ubl:"},
    {BEGIN, "urn:oasis:names:tc:ciq:"},
    {BEGIN, "urn:oasis:names:tc:ebxml"},
    {BEGIN, "urn:oasis:names:tc:emergency:"},
    {BEGIN, "urn:oasis:names:tc:xliff:"},
    {BEGIN, "urn:oasis:names:tc:SAML:"},
    {WHOLE, "urn:schemas-microsoft-com:datatypes"},
    {WHOLE, "urn:schemas-microsoft-com:officedata"},
    {WHOLE, "urn:schemas-microsoft-com:rowset"},
    {WHOLE, "urn:schemas-microsoft-com:xml-diffgram-v1"},
    {WHOLE, "urn:schemas-microsoft-com:xml-msdata"},
    {WHOLE, "urn:schemas-microsoft-com:xml-msprop"},
    {WHOLE, "http://schemas.microsoft.com/win/2004/08/events/event"},
    {WHOLE, "http://earth.google.com/kml/2.0"},
    {WHOLE, "http://earth.google.com/kml/2.1"},
    {WHOLE, "http://earth.google.com/kml/2.2"},
    {WHOLE, "http://www.google.com/kml/ext/2.2"},
    {WHOLE, "http://base.google.com/ns/1.0"},
    {WHOLE, "http://search.yahoo.com/mrss/"},
    {WHOLE, "http://www.itunes.com/dtds/podcast-1.0.dtd"},
    {WHOLE, "http://www.w3.org/XML/1998/namespace"},
    {WHOLE, "http://www.w3.org/1999/02/22-rdf-syntax-ns#"},
    {WHOLE, "http://www.w3.org/1999/xlink"},
    {WHOLE, "http://www.w3.org/2000/01/rdf-schema#"},
    {WHOLE, "http://www.w3.org/2000/09/xmldsig#"},
    {WHOLE, "http://www.w3.org/2001/04/xmlenc#"},
    {WHOLE, "http://www.w3.org/2001/12/soap-envelope"},
    {WHOLE, "http://www.w3.org/2001/XMLSchema"},
    {WHOLE, "http://www.w3.org/2001/XMLSchema-datatypes"},
    {WHOLE, "http://www.w3.org/2001/XMLSchema-instance"},
    {WHOLE, "http://www.w3.org/2002/07/owl#"},
    {WHOLE, "http://www.w3.org/2003/01/geo/wgs84_pos#"},
    {WHOLE, "http://www.w3.org/2003/05/soap-envelope"},
    {WHOLE, "http://www.w3.org/2004/02/skos/core#"},
    {WHOLE, "http://www.w3.org/2005/Atom"},
    {WHOLE, "http://www.w3.org/2007/app"},
    {WHOLE, "http://www.w3.org/2009/xmldsig11#"},
};

enum { NAME = 1, AUTHORITY = 2, HEX = 4 };

/* What a byte may be part of. */
static unsigned classes(uint8_t b)
{
	if (b >= 0x80)
		return NAME;
	if (b >= '0' && b <= '9')
		return NAME | AUTHORITY | HEX;
	if ((b >= 'a' && b <= 'f') || (b >= 'A' && b <= 'F'))
		return NAME | AUTHORITY | HEX;
	if ((b >= 'g' && b <= 'z') || (b >= 'G' && b <= 'Z') || b == '.')
		return NAME | AUTHORITY;
	if (b == '-')
		return NAME | AUTHORITY | HEX;
	return b == '_' || b == '#' || b == '/' ? NAME : 0;
}

/* One byte or more, all of that class. */
static bool all_of(struct sk_slice s, unsigned class)
{
	size_t i = 0;

	while (i < s.n && (classes(s.p[i]) & class))
		i++;
	return i && i == s.n;
}

/* The authority of a web address; empty when it is none, or not as it must be. */
static struct sk_slice authority(struct sk_slice uri)
{
	struct sk_slice none = {uri.p, 0};
	size_t from = SK_SLICE_LIT("http://").n, end;

	if (sk_slice_starts(uri, SK_SLICE_LIT("https://")))
		from++;
	else if (!sk_slice_starts(uri, SK_SLICE_LIT("http://")))
		return none;
	for (end = from; end < uri.n; end++)
		if (uri.p[end] == '/' || uri.p[end] == '?' || uri.p[end] == '#')
			break;
	struct sk_slice host = sk_slice_sub(uri, from, end - from);
	return all_of(host, AUTHORITY) ? host : none;
}

/* Compares labels from the last to the first. */
static bool lies_in(struct sk_slice host, const char *domain)
{
	size_t i = host.n, k = strlen(domain);

	while (i && k) {
		uint8_t b = host.p[--i];
		b = b >= 'A' && b <= 'Z' ? b | 0x20 : b;
		if (b != (uint8_t)domain[--k])
			return false;
	}
	return k == 0 && (i == 0 || host.p[i - 1] == '.');
}

static bool obeys(const struct rule *r, struct sk_slice uri, struct sk_slice host, bool spaces)
{
	switch (r->kind) {
	case WHOLE:
		return sk_slice_is(uri, r->text);
	case BEGIN:
		return !spaces && sk_slice_starts(uri, sk_slice_str(r->text));
	default:
		return !spaces && host.n && lies_in(host, r->text);
	}
}

bool sk_vt_namespace(struct sk_slice uri, bool prefixed)
{
	if (uri.n == 0)
		return !prefixed;
	if (uri.p[0] != '/' && all_of(uri, NAME))
		return true;
	if (sk_slice_starts(uri, SK_SLICE_LIT("uuid:")))
		return all_of(sk_slice_sub(uri, 5, uri.n - 5), HEX);
	struct sk_slice host = authority(uri);
	bool spaces = memchr(uri.p, ' ', uri.n) != NULL;
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (obeys(&rules[i], uri, host, spaces))
			return true;
	return false;
}

/* --- places --- */

/* The scheme of a reference with its colon; empty when it is relative (RFC 3986, 4.2). */
static struct sk_slice scheme(struct sk_slice ref)
{
	for (size_t i = 0; i < ref.n; i++) {
		if (ref.p[i] == ':')
			return sk_slice_sub(ref, 0, i + 1);
		if (ref.p[i] == '/' || ref.p[i] == '?' || ref.p[i] == '#')
			break;
	}
	return sk_slice_sub(ref, 0, 0);
}

static bool harmless_place(struct sk_slice ref)
{
	static const char *const known[] = {"urn:", "http:", "https:", "mailto:", "uuid:"};
	struct sk_slice s = scheme(ref);

	for (size_t i = 0; i < ref.n; i++)
		if (ref.p[i] == '\\')
			return false;
	if (ref.n > 1 && ref.p[0] == '/' && ref.p[1] == '/')
		return false;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (s.n == strlen(known[i]) && strncasecmp((const char *)s.p, known[i], s.n) == 0)
			return true;
	return s.n == 0;
}

static bool harmless_places(struct sk_slice value)
{
	size_t from = 0;

	for (size_t i = 0; i <= value.n; i++) {
		if (i < value.n && memchr(" \t\n\r", value.p[i], 4) == NULL)
			continue;
		if (i > from && !harmless_place(sk_slice_sub(value, from, i - from)))
			return false;
		from = i + 1;
	}
	return true;
}

bool sk_vt_attribute(struct sk_slice name, struct sk_slice value)
{
	static const char *const places[] = {
	    "href", "src", "schemaLocation", "noNamespaceSchemaLocation"};
	static const char *const actuate[] = {"", "none", "other", "onRequest"};
	struct sk_slice local = name;
	bool place = sk_slice_is(name, "xml:base"), listed = false;

	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] == ':')
			local = sk_slice_sub(name, i + 1, name.n - i - 1);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		place = place || sk_slice_is(local, places[i]);
	for (size_t i = 0; i < sizeof(actuate) / sizeof(actuate[0]); i++)
		listed = listed || sk_slice_is(value, actuate[i]);
	if (sk_slice_is(local, "actuate"))
		return listed;
	return !place || harmless_places(value);
}

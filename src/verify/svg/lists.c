/* The lists of doc/profiles/svg.md, sections 2 and 3, each one string of words. Pure. Verifier's jail. */
#include "verify/svg/svg.h"

#include <strings.h>

static const char plain[] =
    " circle clipPath defs ellipse feDistantLight feFuncA feFuncB feFuncG feFuncR feMergeNode "
    "fePointLight feSpotLight filter g line linearGradient marker mask path pattern polygon "
    "polyline radialGradient rect stop svg switch symbol use ";
static const char words[] = " desc text textPath title tspan ";
static const char primitives[] =
    " feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting "
    "feDisplacementMap feDropShadow feFlood feGaussianBlur feMerge feMorphology feOffset "
    "feSpecularLighting feTile feTurbulence ";

static const char geometry[] =
    " amplitude azimuth baseFrequency baseProfile bias clipPathUnits cx cy d diffuseConstant "
    "divisor dx dy edgeMode elevation exponent filterUnits fr fx fy gradientTransform "
    "gradientUnits height in in2 intercept k1 k2 k3 k4 kernelMatrix kernelUnitLength lengthAdjust "
    "limitingConeAngle markerHeight markerUnits markerWidth maskContentUnits maskUnits method mode "
    "offset operator orient pathLength patternContentUnits patternTransform patternUnits points "
    "pointsAtX pointsAtY pointsAtZ preserveAlpha preserveAspectRatio primitiveUnits r refX refY "
    "result rotate rx ry scale seed side slope spacing specularConstant specularExponent "
    "spreadMethod startOffset stitchTiles surfaceScale tableValues target targetX targetY "
    "textLength type values version viewBox width x x1 x2 xChannelSelector y y1 y2 "
    "yChannelSelector z zoomAndPan ";

static const char properties[] =
    " alignment-baseline background-color baseline-shift clip clip-path clip-rule color "
    "color-interpolation color-interpolation-filters color-rendering cursor cx cy direction "
    "display dominant-baseline enable-background fill fill-opacity fill-rule filter flood-color "
    "flood-opacity font font-family font-feature-settings font-kerning font-size font-size-adjust "
    "font-stretch font-style font-variant font-variant-alternates font-variant-caps "
    "font-variant-east-asian font-variant-ligatures font-variant-numeric font-variant-position "
    "font-variation-settings font-weight glyph-orientation-horizontal glyph-orientation-vertical "
    "height image-rendering inline-size isolation kerning letter-spacing lighting-color "
    "line-height marker marker-end marker-mid marker-start mask mask-type mix-blend-mode opacity "
    "overflow overflow-x overflow-y paint-order pointer-events r rx ry shape-rendering solid-color "
    "solid-opacity stop-color stop-opacity stroke stroke-dasharray stroke-dashoffset "
    "stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity stroke-width tab-size "
    "text-align text-align-last text-anchor text-combine-upright text-decoration "
    "text-decoration-color text-decoration-fill text-decoration-line text-decoration-stroke "
    "text-decoration-style text-decoration-thickness text-emphasis text-indent text-orientation "
    "text-overflow text-rendering text-transform text-underline-offset text-underline-position "
    "transform transform-box transform-origin unicode-bidi vector-effect visibility white-space "
    "width word-spacing writing-mode x y ";

static const char functions[] =
    " blur brightness circle color contrast device-cmyk drop-shadow ellipse grayscale hsl hsla "
    "hue-rotate hwb icc-color inset invert lab lch matrix oklab oklch opacity path polygon rect "
    "rgb rgba rotate saturate scale scalex scaley sepia skewx skewy translate translatex "
    "translatey ";

static bool among(const char *list, struct sk_slice word)
{
	char spaced[48] = " ";

	if (word.n == 0 || word.n > sizeof(spaced) - 3 || memchr(word.p, ' ', word.n))
		return false;
	memcpy(spaced + 1, word.p, word.n);
	spaced[word.n + 1] = ' ';
	return strlen(spaced) == word.n + 2 && strstr(list, spaced) != NULL;
}

enum sk_vs_part sk_vs_element(struct sk_slice name)
{
	if (among(plain, name))
		return SK_VS_PLAIN;
	if (among(words, name))
		return SK_VS_WORDS;
	if (among(primitives, name))
		return SK_VS_FILTER;
	if (sk_slice_is(name, "a"))
		return SK_VS_ANCHOR;
	if (sk_slice_is(name, "style"))
		return SK_VS_SHEET;
	if (sk_slice_is(name, "image"))
		return SK_VS_PICTURE;
	return sk_slice_is(name, "feImage") ? SK_VS_FILTER_PICTURE : SK_VS_UNKNOWN;
}

bool sk_vs_property(struct sk_slice name)
{
	return among(properties, name);
}

enum sk_vs_rule sk_vs_attribute(struct sk_slice name)
{
	if (among(geometry, name) || sk_vs_property(name))
		return SK_VS_VALUE;
	if (among(" class id lang systemLanguage xml:lang xml:space ", name))
		return SK_VS_ANY;
	if (sk_slice_is(name, "style"))
		return SK_VS_DECLARATIONS;
	if (among(" numOctaves order ", name))
		return SK_VS_UP_TO_16;
	return among(" radius stdDeviation ", name) ? SK_VS_UP_TO_1000 : SK_VS_NO;
}

bool sk_vs_function(struct sk_slice name)
{
	uint8_t small[16];

	if (name.n > sizeof(small))
		return false;
	for (size_t i = 0; i < name.n; i++)
		small[i] =
		    (uint8_t)(name.p[i] >= 'A' && name.p[i] <= 'Z' ? name.p[i] + 0x20 : name.p[i]);
	return among(functions, sk_slice(small, name.n));
}

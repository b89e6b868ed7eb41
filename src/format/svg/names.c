/* What a drawing may consist of: elements, attributes, properties, functions (doc/profiles/svg.md). Cleaner's jail. */
#include "format/svg/svg.h"

#include <stdlib.h>
#include <strings.h>

/* Sorted, as all lists here: they are searched by halves. */
static const struct sk_svg_element elements[] = {
    {"a", SK_SVG_TEXT | SK_SVG_LINK},
    {"circle", 0},
    {"clipPath", 0},
    {"defs", 0},
    {"desc", SK_SVG_TEXT},
    {"ellipse", 0},
    {"feBlend", SK_SVG_FILTER},
    {"feColorMatrix", SK_SVG_FILTER},
    {"feComponentTransfer", SK_SVG_FILTER},
    {"feComposite", SK_SVG_FILTER},
    {"feConvolveMatrix", SK_SVG_FILTER},
    {"feDiffuseLighting", SK_SVG_FILTER},
    {"feDisplacementMap", SK_SVG_FILTER},
    {"feDistantLight", 0},
    {"feDropShadow", SK_SVG_FILTER},
    {"feFlood", SK_SVG_FILTER},
    {"feFuncA", 0},
    {"feFuncB", 0},
    {"feFuncG", 0},
    {"feFuncR", 0},
    {"feGaussianBlur", SK_SVG_FILTER},
    {"feImage", SK_SVG_FILTER | SK_SVG_IMAGE},
    {"feMerge", SK_SVG_FILTER},
    {"feMergeNode", 0},
    {"feMorphology", SK_SVG_FILTER},
    {"feOffset", SK_SVG_FILTER},
    {"fePointLight", 0},
    {"feSpecularLighting", SK_SVG_FILTER},
    {"feSpotLight", 0},
    {"feTile", SK_SVG_FILTER},
    {"feTurbulence", SK_SVG_FILTER},
    {"filter", 0},
    {"g", 0},
    {"image", SK_SVG_IMAGE},
    {"line", 0},
    {"linearGradient", 0},
    {"marker", 0},
    {"mask", 0},
    {"path", 0},
    {"pattern", 0},
    {"polygon", 0},
    {"polyline", 0},
    {"radialGradient", 0},
    {"rect", 0},
    {"stop", 0},
    {"style", SK_SVG_TEXT},
    {"svg", 0},
    {"switch", 0},
    {"symbol", 0},
    {"text", SK_SVG_TEXT},
    {"textPath", SK_SVG_TEXT | SK_SVG_USE},
    {"title", SK_SVG_TEXT},
    {"tspan", SK_SVG_TEXT},
    {"use", SK_SVG_USE},
};

static const char *const values[] = {"amplitude", "azimuth", "baseFrequency", "baseProfile", "bias",
    "clipPathUnits", "cx", "cy", "d", "diffuseConstant", "divisor", "dx", "dy", "edgeMode",
    "elevation", "exponent", "filterUnits", "fr", "fx", "fy", "gradientTransform", "gradientUnits",
    "height", "in", "in2", "intercept", "k1", "k2", "k3", "k4", "kernelMatrix", "kernelUnitLength",
    "lengthAdjust", "limitingConeAngle", "markerHeight", "markerUnits", "markerWidth",
    "maskContentUnits", "maskUnits", "method", "mode", "offset", "operator", "orient", "pathLength",
    "patternContentUnits", "patternTransform", "patternUnits", "points", "pointsAtX", "pointsAtY",
    "pointsAtZ", "preserveAlpha", "preserveAspectRatio", "primitiveUnits", "r", "refX", "refY",
    "result", "rotate", "rx", "ry", "scale", "seed", "side", "slope", "spacing", "specularConstant",
    "specularExponent", "spreadMethod", "startOffset", "stitchTiles", "surfaceScale", "tableValues",
    "target", "targetX", "targetY", "textLength", "type", "values", "version", "viewBox", "width",
    "x", "x1", "x2", "xChannelSelector", "y", "y1", "y2", "yChannelSelector", "z", "zoomAndPan"};

static const char *const properties[] = {"alignment-baseline", "background-color", "baseline-shift",
    "clip", "clip-path", "clip-rule", "color", "color-interpolation", "color-interpolation-filters",
    "color-rendering", "cursor", "cx", "cy", "direction", "display", "dominant-baseline",
    "enable-background", "fill", "fill-opacity", "fill-rule", "filter", "flood-color",
    "flood-opacity", "font", "font-family", "font-feature-settings", "font-kerning", "font-size",
    "font-size-adjust", "font-stretch", "font-style", "font-variant", "font-variant-alternates",
    "font-variant-caps", "font-variant-east-asian", "font-variant-ligatures",
    "font-variant-numeric", "font-variant-position", "font-variation-settings", "font-weight",
    "glyph-orientation-horizontal", "glyph-orientation-vertical", "height", "image-rendering",
    "inline-size", "isolation", "kerning", "letter-spacing", "lighting-color", "line-height",
    "marker", "marker-end", "marker-mid", "marker-start", "mask", "mask-type", "mix-blend-mode",
    "opacity", "overflow", "overflow-x", "overflow-y", "paint-order", "pointer-events", "r", "rx",
    "ry", "shape-rendering", "solid-color", "solid-opacity", "stop-color", "stop-opacity", "stroke",
    "stroke-dasharray", "stroke-dashoffset", "stroke-linecap", "stroke-linejoin",
    "stroke-miterlimit", "stroke-opacity", "stroke-width", "tab-size", "text-align",
    "text-align-last", "text-anchor", "text-combine-upright", "text-decoration",
    "text-decoration-color", "text-decoration-fill", "text-decoration-line",
    "text-decoration-stroke", "text-decoration-style", "text-decoration-thickness", "text-emphasis",
    "text-indent", "text-orientation", "text-overflow", "text-rendering", "text-transform",
    "text-underline-offset", "text-underline-position", "transform", "transform-box",
    "transform-origin", "unicode-bidi", "vector-effect", "visibility", "white-space", "width",
    "word-spacing", "writing-mode", "x", "y"};

static const char *const words[] = {
    "class", "id", "lang", "systemLanguage", "xml:lang", "xml:space"};

static const char *const functions[] = {"blur", "brightness", "circle", "color", "contrast",
    "device-cmyk", "drop-shadow", "ellipse", "grayscale", "hsl", "hsla", "hue-rotate", "hwb",
    "icc-color", "inset", "invert", "lab", "lch", "matrix", "oklab", "oklch", "opacity", "path",
    "polygon", "rect", "rgb", "rgba", "rotate", "saturate", "scale", "scalex", "scaley", "sepia",
    "skewx", "skewy", "translate", "translatex", "translatey"};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static int by_name(const void *key, const void *item)
{
	return strcmp(key, *(const char *const *)item);
}

static bool has(const char *const *list, size_t n, const char *name)
{
	return bsearch(name, list, n, sizeof(*list), by_name) != NULL;
}

/* The name is the first member, so an element compares as a list of names does. */
const struct sk_svg_element *sk_svg_element(const char *name)
{
	return bsearch(name, elements, COUNT(elements), sizeof(elements[0]), by_name);
}

bool sk_svg_property(const char *name)
{
	return has(properties, COUNT(properties), name);
}

enum sk_svg_rule sk_svg_attribute(const char *name)
{
	if (strcmp(name, "style") == 0)
		return SK_SVG_STYLE;
	if (strcmp(name, "numOctaves") == 0 || strcmp(name, "order") == 0)
		return SK_SVG_FEW;
	if (strcmp(name, "radius") == 0 || strcmp(name, "stdDeviation") == 0)
		return SK_SVG_RADIUS;
	if (has(words, COUNT(words), name))
		return SK_SVG_WORDS;
	return has(values, COUNT(values), name) || sk_svg_property(name) ? SK_SVG_VALUE
									 : SK_SVG_NONE;
}

bool sk_svg_function(struct sk_slice name)
{
	for (size_t i = 0; i < COUNT(functions); i++)
		if (strlen(functions[i]) == name.n &&
		    strncasecmp(functions[i], (const char *)name.p, name.n) == 0)
			return true;
	return false;
}

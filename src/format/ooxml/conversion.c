/*
 * What LibreOffice is known to get wrong when it writes a workbook: charts on a sheet and charts in a group of shapes are
 * numbered apart, so that two of them are written into one part, the later over the earlier. Which of the drawings such
 * a part belongs to cannot be told, and a wrong chart is worse than none: both go, and that is told. Cleaner's jail.
 */
#include <string.h>

#include "format/ooxml/ox.h"

#define DRAWINGS "xl/drawings/"

static bool is_drawing(const struct ox_member *m)
{
	return strncmp(m->lower, DRAWINGS, strlen(DRAWINGS)) == 0 &&
	       strchr(m->lower + strlen(DRAWINGS), '/') == NULL;
}

static void name_charts(
    struct ox_pkg *pkg, const struct ox_rels *rels, const struct ox_member *drawing)
{
	for (size_t i = 0; i < rels->n; i++) {
		struct ox_member *chart = rels->v[i].member;
		if (rels->v[i].kind != OX_CHART || chart == NULL)
			continue;
		if (chart->named_by == NULL) {
			chart->named_by = drawing;
		} else if (!chart->bad) {
			chart->bad = chart->seen = true;
			sk_job_removed(pkg->job, SK_OOXML_CHART, 1, "%s", chart->name);
		}
	}
}

int ox_drop_mixed_charts(struct ox_pkg *pkg)
{
	int rc = 0;

	for (size_t i = 0; i < pkg->nmembers && rc == 0; i++) {
		struct ox_rels rels = {0};
		if (!is_drawing(&pkg->members[i]))
			continue;
		rc = ox_rels_read(pkg, &pkg->members[i], &rels);
		name_charts(pkg, &rels, &pkg->members[i]);
	}
	return rc;
}

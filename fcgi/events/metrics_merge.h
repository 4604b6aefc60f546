/* metrics_merge.h: several metric texts as one (Prometheus text format 0.0.4): the samples of a family stand
 * together under one HELP and one TYPE, from all processes. Each process labels its own samples
 * with its name. */
#ifndef TICKETING_EVENTS_METRICS_MERGE_H
#define TICKETING_EVENTS_METRICS_MERGE_H

#include "fcgi/events/text.h"

struct metrics_merge; /* opaque */

struct metrics_merge *metrics_merge_new(void) __attribute__((returns_nonnull));
void metrics_merge_free(struct metrics_merge *merge);
DEFINE_CLEANUP(struct metrics_merge *, metrics_merge_free)

/* Takes over the samples of a text, which is copied. Families keep the order in which they were first seen;
 * those beyond a limit (an input that is no metrics text) are left out. */
void metrics_merge_add(struct metrics_merge *merge, const char *metrics);
/* The whole, added to `text`. */
void metrics_merge_render(const struct metrics_merge *merge, struct text *text);

#endif

/* export.h: how many exports run. */
#ifndef TICKETING_EXPORT_H
#define TICKETING_EXPORT_H

/* Counts the exports of the process that run; shared between threads. */
struct export_places;

struct export_places *export_places_new(void) __attribute__((returns_nonnull));
void export_places_free(struct export_places *places);

#endif

/* memory.h: allocation that cannot fail, and arenas.
 *
 * A responder that is out of memory logs one line and aborts: multiwatch starts it again and PostgreSQL holds
 * all state, so nothing acknowledged is lost. That keeps every caller free of a path no one can test in
 * production. */
#ifndef TICKETING_MEMORY_H
#define TICKETING_MEMORY_H

#include "common/cleanup.h"
#include <stddef.h>

/* Zeroed memory for `count` elements of `size` bytes; aborts on exhaustion or overflow. Free with free(). */
void *memory_new(size_t count, size_t size) __attribute__((returns_nonnull, malloc));
/* A copy of `text`, NUL-terminated; free with free(). */
char *memory_text(const char *text) __attribute__((returns_nonnull));

/* An arena: memory that is released all at once. Not shared between threads. */
struct arena;
struct arena *arena_new(void);
/* Releases all but the first block, which is kept for the next use. */
void arena_reset(struct arena *arena);
void arena_free(struct arena *arena);
DEFINE_CLEANUP(struct arena *, arena_free)

/* Zeroed, aligned for any type; lives until the arena is reset or freed. */
void *arena_alloc(struct arena *arena, size_t size) __attribute__((returns_nonnull));
char *arena_text(struct arena *arena, const char *text) __attribute__((returns_nonnull));
char *arena_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3)
    __attribute__((returns_nonnull));

#endif

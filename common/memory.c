/* memory.c: allocation that cannot fail, and arenas. */
#include "common/memory.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { BLOCK_SIZE = 16 * 1024 }; /* of the first block; a request seldom needs a second */

struct block {
    struct block *next;
    size_t size; /* of bytes */
    size_t used;
    _Alignas(max_align_t) unsigned char bytes[];
};

struct arena {
    struct block *newest; /* allocations come from here */
    struct block *first;  /* kept by arena_reset() */
};

/* Nothing here may allocate, hence no logger. */
static _Noreturn void die(void)
{
    static const char line[] = "{\"level\":\"error\",\"event\":\"out_of_memory\"}\n";
    ssize_t ignored = write(STDERR_FILENO, line, sizeof(line) - 1);
    (void)ignored;
    abort();
}

void *memory_new(size_t count, size_t size)
{
    /* calloc(0) may give NULL, which callers could not tell from exhaustion. */
    void *memory = calloc(count > 0 ? count : 1, size > 0 ? size : 1);
    if (memory == NULL) {
        die();
    }
    return memory;
}

char *memory_text(const char *text)
{
    char *copy = strdup(text);
    if (copy == NULL) {
        die();
    }
    return copy;
}

static struct block *block_new(size_t size, struct block *next)
{
    if (size > SIZE_MAX - sizeof(struct block)) {
        die();
    }
    struct block *block = malloc(sizeof(struct block) + size);
    if (block == NULL) {
        die();
    }
    block->next = next;
    block->size = size;
    block->used = 0;
    return block;
}

struct arena *arena_new(void)
{
    struct arena *arena = memory_new(1, sizeof(struct arena));
    arena->first = block_new(BLOCK_SIZE, NULL);
    arena->newest = arena->first;
    return arena;
}

void arena_reset(struct arena *arena)
{
    while (arena->newest != arena->first) {
        struct block *block = arena->newest;
        arena->newest = block->next;
        free(block);
    }
    arena->first->used = 0;
}

void arena_free(struct arena *arena)
{
    if (arena == NULL) {
        return;
    }
    arena_reset(arena);
    free(arena->first);
    free(arena);
}

void *arena_alloc(struct arena *arena, size_t size)
{
    const size_t alignment = _Alignof(max_align_t);
    if (size > SIZE_MAX - alignment) {
        die();
    }
    /* An empty allocation still gets an address of its own. */
    size_t rounded = size == 0 ? alignment : (size + alignment - 1) / alignment * alignment;
    struct block *block = arena->newest;
    if (rounded > block->size - block->used) {
        block = block_new(rounded > BLOCK_SIZE ? rounded : BLOCK_SIZE, block);
        arena->newest = block;
    }
    void *memory = block->bytes + block->used;
    block->used += rounded;
    return memset(memory, 0, rounded);
}

char *arena_text(struct arena *arena, const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(arena_alloc(arena, size), text, size);
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0) {
        die();
    }
    size_t size = (size_t)length + 1;
    char *text = arena_alloc(arena, size);
    va_start(arguments, format);
    vsnprintf(text, size, format, arguments);
    va_end(arguments);
    return text;
}

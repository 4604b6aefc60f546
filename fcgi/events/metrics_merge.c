/* metrics_merge.c: puts the samples of all processes together, family by family. */
#include "fcgi/events/metrics_merge.h"
#include "common/memory.h"
#include <stdbool.h>
#include <string.h>

enum { FAMILIES_MAX = 256 };

struct family {
    char *name;
    struct text head; /* its HELP and TYPE lines */
    bool head_complete;
    struct text samples;
};

struct metrics_merge {
    size_t count;
    struct family families[FAMILIES_MAX];
};

struct metrics_merge *metrics_merge_new(void)
{
    return memory_new(1, sizeof(struct metrics_merge));
}

void metrics_merge_free(struct metrics_merge *merge)
{
    if (merge == NULL) {
        return;
    }
    for (size_t i = 0; i < merge->count; i++) {
        free(merge->families[i].name);
        text_release(&merge->families[i].head);
        text_release(&merge->families[i].samples);
    }
    free(merge);
}

/* NULL when there are too many. */
static struct family *find_family(struct metrics_merge *merge, const char *name, size_t length)
{
    for (size_t i = 0; i < merge->count; i++) {
        const char *known = merge->families[i].name;
        if (strlen(known) == length && memcmp(known, name, length) == 0) {
            return &merge->families[i];
        }
    }
    if (merge->count == FAMILIES_MAX) {
        return NULL;
    }
    struct family *family = &merge->families[merge->count++];
    family->name = memory_new(length + 1, 1);
    memcpy(family->name, name, length);
    return family;
}

static bool starts_with(const char *line, size_t length, const char *prefix)
{
    size_t wanted = strlen(prefix);
    return length >= wanted && memcmp(line, prefix, wanted) == 0;
}

/* One line with its line feed. `family` is the one that the lines before belong to; returns the one that it
 * belongs to itself. */
static struct family *add_line(struct metrics_merge *merge, struct family *family, const char *line,
                               size_t length)
{
    bool help = starts_with(line, length, "# HELP ");
    if (help || starts_with(line, length, "# TYPE ")) {
        const char *name = line + strlen("# HELP ");
        family = find_family(merge, name, strcspn(name, " \n"));
        if (family != NULL && !family->head_complete) {
            text_add_bytes(&family->head, line, length);
        }
        return family;
    }
    if (line[0] != '#' && length > 1 && family != NULL) {
        family->head_complete = true;
        text_add_bytes(&family->samples, line, length);
    }
    return family;
}

void metrics_merge_add(struct metrics_merge *merge, const char *metrics)
{
    struct family *family = NULL; /* samples before any HELP or TYPE belong to none */
    for (const char *line = metrics; *line != '\0';) {
        const char *end = strchr(line, '\n');
        if (end == NULL) {
            break; /* a cut-off line */
        }
        size_t length = (size_t)(end - line) + 1;
        family = add_line(merge, family, line, length);
        line += length;
    }
    for (size_t i = 0; i < merge->count; i++) {
        merge->families[i].head_complete = true; /* the next text brings the same heads again */
    }
}

void metrics_merge_render(const struct metrics_merge *merge, struct text *text)
{
    for (size_t i = 0; i < merge->count; i++) {
        const struct family *family = &merge->families[i];
        if (family->head.length > 0) {
            text_add_bytes(text, family->head.data, family->head.length);
        }
        if (family->samples.length > 0) {
            text_add_bytes(text, family->samples.data, family->samples.length);
        }
    }
}

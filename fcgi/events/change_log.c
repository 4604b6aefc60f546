/* change_log.c: the seats of a show in the order of their last change. */
#include "fcgi/events/change_log.h"
#include "common/memory.h"
#include <stdlib.h>

enum { ENTRIES_MIN = 64, ENTRIES_MAX = 8192, SEATS_PER_ENTRY = 4 };

/* Both marks never fall from an entry to the next one, even when the database's clock steps back. */
struct entry {
    uint64_t newest; /* the highest transaction id known when it was added */
    int64_t now;     /* the latest time known when it was added */
    uint32_t index;
};

struct change_log {
    size_t capacity;
    size_t added; /* ever */
    uint64_t newest;
    int64_t now;
    struct entry entries[];
};

struct change_log *change_log_new(size_t seats)
{
    size_t capacity = seats / SEATS_PER_ENTRY;
    capacity = capacity < ENTRIES_MIN ? ENTRIES_MIN : capacity;
    capacity = capacity > ENTRIES_MAX ? ENTRIES_MAX : capacity;
    struct change_log *log = memory_new(1, sizeof(*log) + capacity * sizeof(struct entry));
    log->capacity = capacity;
    return log;
}

void change_log_free(struct change_log *log)
{
    free(log);
}

size_t change_log_size(const struct change_log *log)
{
    return sizeof(*log) + log->capacity * sizeof(struct entry);
}

void change_log_add(struct change_log *log, size_t index, uint64_t newest, int64_t now)
{
    log->newest = newest > log->newest ? newest : log->newest;
    log->now = now > log->now ? now : log->now;
    log->entries[log->added % log->capacity] =
        (struct entry){.newest = log->newest, .now = log->now, .index = (uint32_t)index};
    log->added++;
}

static int compare(const void *left, const void *right)
{
    const uint32_t *a = left;
    const uint32_t *b = right;
    return (*a > *b) - (*a < *b);
}

static size_t sort_unique(uint32_t *seats, size_t count)
{
    qsort(seats, count, sizeof(*seats), compare);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || seats[kept - 1] != seats[i]) {
            seats[kept++] = seats[i];
        }
    }
    return kept;
}

bool change_log_since(const struct change_log *log, uint64_t xmin, int64_t now, uint32_t **ret_seats,
                      size_t *ret_count)
{
    size_t reach = log->added < log->capacity ? log->added : log->capacity;
    size_t count = 0;
    while (count < reach) {
        const struct entry *entry = &log->entries[(log->added - 1 - count) % log->capacity];
        if (entry->newest < xmin && entry->now <= now) {
            break;
        }
        count++;
    }
    if (count == reach && log->added > log->capacity) {
        return false;
    }
    uint32_t *seats = memory_new(count + 1, sizeof(*seats));
    for (size_t i = 0; i < count; i++) {
        seats[i] = log->entries[(log->added - 1 - i) % log->capacity].index;
    }
    *ret_count = sort_unique(seats, count);
    *ret_seats = seats;
    return true;
}

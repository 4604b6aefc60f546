#include "fcgi/holds/show_pins.h"
#include "common/memory.h"
#include <pthread.h>
#include <string.h>

/* Shows of one set displace each other, the one that was remembered first goes: bounded memory, no list to
 * keep in order. With a single place a set, a third of a house's shows would, at half the capacity. */
enum { WAYS = 8 };

struct show_pins {
    pthread_mutex_t mutex;
    size_t sets;
    struct show_pin (*table)[WAYS];
};

struct show_pins *show_pins_new(size_t capacity)
{
    struct show_pins *pins = memory_new(1, sizeof(*pins));
    pthread_mutex_init(&pins->mutex, NULL);
    pins->sets = (capacity + WAYS - 1) / WAYS;
    pins->table = memory_new(pins->sets, sizeof(*pins->table));
    return pins;
}

void show_pins_free(struct show_pins *pins)
{
    if (pins == NULL) {
        return;
    }
    pthread_mutex_destroy(&pins->mutex);
    free(pins->table);
    free(pins);
}

/* FNV-1a, 64 bits (Fowler, Noll, Vo). */
static struct show_pin *set_of(const struct show_pins *pins, const char *show_id)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (const char *c = show_id; *c != '\0'; c++) {
        hash = (hash ^ (unsigned char)*c) * UINT64_C(1099511628211);
    }
    return pins->table[hash % pins->sets];
}

/* The place of the show in its set, or WAYS. */
static size_t way_of(const struct show_pin *set, const char *show_id)
{
    size_t way = 0;
    while (way < WAYS && strcmp(set[way].show_id, show_id) != 0) {
        way++;
    }
    return way;
}

bool show_pins_find(struct show_pins *pins, const char *show_id, struct show_pin *ret_pin)
{
    pthread_mutex_lock(&pins->mutex);
    const struct show_pin *set = set_of(pins, show_id);
    size_t way = way_of(set, show_id);
    if (way < WAYS) {
        *ret_pin = set[way];
    }
    pthread_mutex_unlock(&pins->mutex);
    return way < WAYS;
}

void show_pins_remember(struct show_pins *pins, const struct show_pin *pin)
{
    pthread_mutex_lock(&pins->mutex);
    struct show_pin *set = set_of(pins, pin->show_id);
    size_t way = way_of(set, pin->show_id);
    if (way == WAYS) {
        memmove(&set[1], &set[0], (WAYS - 1) * sizeof(set[0]));
        way = 0;
    }
    set[way] = *pin;
    pthread_mutex_unlock(&pins->mutex);
}

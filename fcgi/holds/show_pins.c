#include "show_pins.h"
#include "common/memory.h"
#include <pthread.h>
#include <string.h>

/* A direct-mapped table: bounded memory, no list to keep in order, and a displaced show costs one look-up
 * only. */
struct show_pins {
    pthread_mutex_t mutex;
    size_t capacity;
    struct show_pin *table;
};

struct show_pins *show_pins_new(size_t capacity)
{
    struct show_pins *pins = memory_new(1, sizeof(*pins));
    pthread_mutex_init(&pins->mutex, NULL);
    pins->capacity = capacity;
    pins->table = memory_new(capacity, sizeof(*pins->table));
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

/* FNV-1a, 64 bits. */
static struct show_pin *place_of(struct show_pins *pins, const char *show_id)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (const char *c = show_id; *c != '\0'; c++) {
        hash = (hash ^ (unsigned char)*c) * UINT64_C(1099511628211);
    }
    return &pins->table[hash % pins->capacity];
}

bool show_pins_find(struct show_pins *pins, const char *show_id, struct show_pin *ret_pin)
{
    pthread_mutex_lock(&pins->mutex);
    const struct show_pin *place = place_of(pins, show_id);
    bool found = strcmp(place->show_id, show_id) == 0;
    if (found) {
        *ret_pin = *place;
    }
    pthread_mutex_unlock(&pins->mutex);
    return found;
}

void show_pins_remember(struct show_pins *pins, const struct show_pin *pin)
{
    pthread_mutex_lock(&pins->mutex);
    *place_of(pins, pin->show_id) = *pin;
    pthread_mutex_unlock(&pins->mutex);
}

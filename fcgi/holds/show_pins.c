/* show_pins.c: a show's id leads to its seat map. */
#include "fcgi/holds/show_pins.h"
#include "common/memory.h"
#include "common/set_cache.h"
#include <string.h>

struct show_pins {
    struct set_cache *pins;
};

struct show_pins *show_pins_new(size_t capacity)
{
    struct show_pins *pins = memory_new(1, sizeof(*pins));
    pins->pins = set_cache_new(capacity, UUID_SIZE, sizeof(struct show_pin));
    return pins;
}

void show_pins_free(struct show_pins *pins)
{
    if (pins != NULL) {
        set_cache_free(pins->pins);
        free(pins);
    }
}

/* As a key of a fixed size. */
static void key_of(const char *show_id, char ret_key[static UUID_SIZE])
{
    memset(ret_key, 0, UUID_SIZE);
    memcpy(ret_key, show_id, strnlen(show_id, UUID_SIZE - 1));
}

bool show_pins_find(struct show_pins *pins, const char *show_id, struct show_pin *ret_pin)
{
    char key[UUID_SIZE];
    key_of(show_id, key);
    return set_cache_get(pins->pins, key, ret_pin);
}

void show_pins_remember(struct show_pins *pins, const struct show_pin *pin)
{
    char key[UUID_SIZE];
    key_of(pin->show_id, key);
    set_cache_put(pins->pins, key, pin);
}

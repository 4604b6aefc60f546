/* Which seat map a show has: remembered, renewed, and for how many shows. */
#include "fcgi/holds/show_pins.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { SHOWS = 2000, CAPACITY = 8192 };

static struct show_pin pin_of(int show, int64_t version)
{
    struct show_pin pin = {.seatmap_id = "m1", .seatmap_version = version};
    snprintf(pin.show_id, sizeof(pin.show_id), "00000000-0000-4000-8000-%012d", show);
    return pin;
}

static void remembers_the_newest(void **state)
{
    (void)state;
    struct show_pins *pins = show_pins_new(CAPACITY);
    struct show_pin pin = pin_of(1, 1);
    struct show_pin found = {0};
    assert_false(show_pins_find(pins, pin.show_id, &found));
    show_pins_remember(pins, &pin);
    pin.seatmap_version = 2;
    show_pins_remember(pins, &pin);
    assert_true(show_pins_find(pins, pin.show_id, &found));
    assert_int_equal(found.seatmap_version, 2);
    assert_string_equal(found.seatmap_id, "m1");
    show_pins_free(pins);
}

static int count_found(struct show_pins *pins, int shows)
{
    int remembered = 0;
    for (int show = 0; show < shows; show++) {
        struct show_pin found = {0};
        if (show_pins_find(pins, pin_of(show, 0).show_id, &found)) {
            assert_int_equal(found.seatmap_version, show + 1);
            remembered++;
        }
    }
    return remembered;
}

/* In turn, every show of a large house finds its own again. */
static void holds_a_season(void **state)
{
    (void)state;
    struct show_pins *pins = show_pins_new(CAPACITY);
    for (int show = 0; show < SHOWS; show++) {
        struct show_pin pin = pin_of(show, show + 1);
        show_pins_remember(pins, &pin);
    }
    assert_true(count_found(pins, SHOWS) > SHOWS * 99 / 100);
    show_pins_free(pins);
}

static void is_bounded(void **state)
{
    (void)state;
    struct show_pins *pins = show_pins_new(8);
    for (int show = 0; show < SHOWS; show++) {
        struct show_pin pin = pin_of(show, show + 1);
        show_pins_remember(pins, &pin);
    }
    assert_int_equal(count_found(pins, SHOWS), 8);
    assert_int_equal(count_found(pins, SHOWS - 8), 0);
    show_pins_free(pins);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(remembers_the_newest),
        cmocka_unit_test(holds_a_season),
        cmocka_unit_test(is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

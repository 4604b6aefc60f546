/* A document grows to its limit and not beyond, and keeps what it has. */
#include "common/memory.h"
#include "fcgi/checkout/paper/bytes.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void bytes_beyond_the_limit_are_refused_and_change_nothing(void **state)
{
    (void)state;
    struct ticket_bytes bytes TICKET_BYTES_AUTO = {0};
    enum { PART = 100000 };
    CLEANUP(free) char *part = memory_new(PART, 1);
    size_t added = 0;
    for (memset(part, 'a', PART); ticket_bytes_add(&bytes, part, PART); added += PART) {
        part[0] = part[0] == 'a' ? 'b' : 'a';
    }
    assert_int_equal(added, TICKET_BYTES_MAX / PART * PART);
    assert_int_equal(bytes.length, added);
    for (size_t at = 0; at < added; at += PART) {
        assert_int_equal(bytes.data[at], at / PART % 2 == 0 ? 'a' : 'b');
        assert_int_equal(bytes.data[at + 1], 'a');
    }
    assert_true(ticket_bytes_add(&bytes, part, TICKET_BYTES_MAX - added)); /* exactly full */
    assert_false(ticket_bytes_add(&bytes, "x", 1));
    assert_true(ticket_bytes_add(&bytes, "", 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_beyond_the_limit_are_refused_and_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

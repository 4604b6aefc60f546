/* Holds as JSON, and refusals that an earlier release stored under an Idempotency-Key. */
#include "fcgi/holds/hold_json.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void a_stored_refusal_names_its_seats(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct hold_result result = {.outcome = HOLD_GRANTED};
    assert_true(hold_stored_refusal(arena, "{\"outcome\":\"seats_unavailable\",\"taken\":[\"A1\",\"B-2\"]}",
                                    &result));
    assert_int_equal(result.outcome, HOLD_SEATS_UNAVAILABLE);
    assert_int_equal(result.taken.count, 2);
    assert_string_equal(result.taken.items[0], "A1");
    assert_string_equal(result.taken.items[1], "B-2");
    assert_true(hold_stored_refusal(arena, "{\"outcome\":\"sales_closed\"}", &result));
    assert_int_equal(result.outcome, HOLD_SALES_CLOSED);
    assert_int_equal(result.taken.count, 0);
}

static void any_other_answer_is_no_refusal(void **state)
{
    (void)state;
    static const char *const others[] = {"",
                                         "[]",
                                         "{}",
                                         "{\"outcome\":1}",
                                         "{\"outcome\":\"sold\"}",
                                         "{\"holdId\":\"01890a5d-ac96-774b-bcce-b302099a8057\"}"};
    CLEANUP(arena_free) struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LENGTH(others); i++) {
        struct hold_result result = {.outcome = HOLD_LIMIT_REACHED};
        assert_false(hold_stored_refusal(arena, others[i], &result));
        assert_int_equal(result.outcome, HOLD_LIMIT_REACHED); /* untouched */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stored_refusal_names_its_seats),
        cmocka_unit_test(any_other_answer_is_no_refusal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* payable.c: prices that Stripe cannot express are told from those it can. */
#include "common/payable.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void stripe_rounds_some_currencies(void **state)
{
    (void)state;
    assert_false(payable_amount("stripe", "KWD", 12345));
    assert_true(payable_amount("stripe", "KWD", 12340));
    assert_false(payable_amount("stripe", "MGA", 150));
    assert_true(payable_amount("stripe", "MGA", 700));
    assert_true(payable_amount("stripe", "EUR", 3333));
    assert_true(payable_amount("stripe", "KWD", 0));
}

static void stripe_takes_no_less_than_it_says(void **state)
{
    (void)state;
    assert_int_equal(payable_least("stripe", "EUR"), 50);
    assert_int_equal(payable_least("stripe", "JPY"), 50);
    assert_int_equal(payable_least("stripe", "VND"), 1);
    assert_int_equal(payable_least("test", "EUR"), 1);
}

static void other_providers_take_every_amount(void **state)
{
    (void)state;
    assert_true(payable_amount("test", "KWD", 12345));
    assert_true(payable_amount("manual", "MGA", 150));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stripe_rounds_some_currencies),
        cmocka_unit_test(stripe_takes_no_less_than_it_says),
        cmocka_unit_test(other_providers_take_every_amount),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Amounts as Stripe counts them, there and back. */
#include "common/cleanup.h"
#include "fcgi/checkout/payments/stripe/amount.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static void amounts_are_said_in_stripes_units(void **state)
{
    (void)state;
    static const struct {
        const char *currency;
        int64_t minor, amount;
    } amounts[] = {
        {"USD", 1205, 1205},    {"EUR", 0, 0},
        {"EUR", 1, 1},          {"VND", 1200000, 1200000}, /* no decimals, neither here nor there */
        {"JPY", 900, 900},      {"KRW", 50000, 50000},
        {"CLP", 7, 7},          {"XOF", 1, 1},
        {"ISK", 900, 90000},    {"UGX", 5, 500}, /* no decimals; Stripe takes two, both 0 */
        {"MGA", 700, 7},        {"MGA", 0, 0},   /* fifths, written with two decimals; Stripe takes none */
        {"KWD", 1230, 1230},    {"BHD", 10, 10}, /* three decimals, the last one 0 */
        {"JOD", 999990, 999990}};
    for (size_t i = 0; i < ARRAY_LENGTH(amounts); i++) {
        int64_t value = -1;
        assert_true(stripe_amount_make(amounts[i].minor, amounts[i].currency, &value));
        assert_int_equal(value, amounts[i].amount);
        assert_true(stripe_amount_read(amounts[i].amount, amounts[i].currency, &value));
        assert_int_equal(value, amounts[i].minor);
    }
}

static void what_stripe_cannot_say_is_refused(void **state)
{
    (void)state;
    int64_t value = 0;
    for (int64_t minor = 1; minor < 10; minor++) {
        static const char *const thousandths[] = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"};
        for (size_t i = 0; i < ARRAY_LENGTH(thousandths); i++) {
            assert_false(stripe_amount_make(1230 + minor, thousandths[i], &value));
        }
        assert_false(stripe_amount_make(700 + minor, "MGA", &value));
        assert_true(stripe_amount_make(1230 + minor, "USD", &value));
    }
    /* What comes from there with decimals that the currency does not have. */
    assert_false(stripe_amount_read(90050, "ISK", &value));
    assert_false(stripe_amount_read(501, "UGX", &value));
}

static void the_largest_amounts_do_not_wrap(void **state)
{
    (void)state;
    int64_t value = 0;
    static const char *const padded[] = {"ISK", "UGX"};
    for (size_t i = 0; i < ARRAY_LENGTH(padded); i++) {
        assert_true(stripe_amount_make(INT64_MAX / 100, padded[i], &value));
        assert_int_equal(value, INT64_MAX / 100 * 100);
        assert_false(stripe_amount_make(INT64_MAX / 100 + 1, padded[i], &value));
        assert_false(stripe_amount_make(INT64_MAX, padded[i], &value));
    }
    assert_true(stripe_amount_read(INT64_MAX / 100, "MGA", &value));
    assert_int_equal(value, INT64_MAX / 100 * 100);
    assert_false(stripe_amount_read(INT64_MAX / 100 + 1, "MGA", &value));
    assert_true(stripe_amount_make(INT64_MAX, "VND", &value));
    assert_true(value == INT64_MAX);
}

static void a_part_of_a_name_is_no_currency_of_the_list(void **state)
{
    (void)state;
    static const char *const others[] = {"UG", "SKU", "BHDX", "isk", ""};
    for (size_t i = 0; i < ARRAY_LENGTH(others); i++) {
        int64_t value = 0;
        assert_true(stripe_amount_make(1231, others[i], &value));
        assert_int_equal(value, 1231);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(amounts_are_said_in_stripes_units),
        cmocka_unit_test(what_stripe_cannot_say_is_refused),
        cmocka_unit_test(the_largest_amounts_do_not_wrap),
        cmocka_unit_test(a_part_of_a_name_is_no_currency_of_the_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

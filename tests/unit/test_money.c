/* Currencies and amounts as people read them. */
#include "common/money.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void prices_have_the_digits_of_their_currency(void **state)
{
    (void)state;
    static const struct {
        int64_t amount;
        const char *currency, *text;
    } prices[] = {{0, "VND", "0 VND"},
                  {500, "VND", "500 VND"},
                  {1200000, "VND", "1,200,000 VND"},
                  {INT64_C(1000000000000), "JPY", "1,000,000,000,000 JPY"},
                  {0, "EUR", "0.00 EUR"},
                  {5, "EUR", "0.05 EUR"},
                  {123456, "USD", "1,234.56 USD"},
                  {100000000, "USD", "1,000,000.00 USD"},
                  {1, "KWD", "0.001 KWD"},
                  {1234567, "BHD", "1,234.567 BHD"},
                  {12345, "UYW", "1.2345 UYW"},
                  {12345, "CLF", "1.2345 CLF"},
                  {12345, "UYI", "12,345 UYI"},
                  {3333, "EUR", "33.33 EUR"},
                  {12345, "KWD", "12.345 KWD"},
                  {-5, "EUR", "-0.05 EUR"},
                  {INT64_MIN, "VND", "-9,223,372,036,854,775,808 VND"},
                  {100, "XYZ", "1.00 XYZ"}};
    for (size_t i = 0; i < ARRAY_LENGTH(prices); i++) {
        char text[MONEY_TEXT_SIZE];
        money_format(prices[i].amount, prices[i].currency, text);
        assert_string_equal(text, prices[i].text);
    }
}

static void programs_read_amounts_without_commas(void **state)
{
    (void)state;
    static const struct {
        int64_t amount;
        const char *currency, *text;
    } prices[] = {{0, "VND", "0"},
                  {1200000, "VND", "1200000"},
                  {5, "EUR", "0.05"},
                  {123456789, "USD", "1234567.89"},
                  {12345, "KWD", "12.345"},
                  {-5, "EUR", "-0.05"},
                  {INT64_MIN, "VND", "-9223372036854775808"}};
    for (size_t i = 0; i < ARRAY_LENGTH(prices); i++) {
        char text[MONEY_TEXT_SIZE];
        money_decimal(prices[i].amount, prices[i].currency, text);
        assert_string_equal(text, prices[i].text);
    }
}

static void what_nobody_pays_in_is_no_currency(void **state)
{
    (void)state;
    static const char *const currencies[] = {"VND", "EUR", "KWD", "CLF", "JPY", "UYW", "ZWG"};
    static const char *const others[] = {"",
                                         "EU",
                                         "EURO",
                                         "eur",
                                         ("XX"
                                          "X"),
                                         "XTS",
                                         "XAU",
                                         "ZZZ",
                                         "R E",
                                         "UR ",
                                         "D A"};
    for (size_t i = 0; i < ARRAY_LENGTH(currencies); i++) {
        assert_true(money_is_currency(currencies[i]));
    }
    for (size_t i = 0; i < ARRAY_LENGTH(others); i++) {
        assert_false(money_is_currency(others[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prices_have_the_digits_of_their_currency),
        cmocka_unit_test(programs_read_amounts_without_commas),
        cmocka_unit_test(what_nobody_pays_in_is_no_currency),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

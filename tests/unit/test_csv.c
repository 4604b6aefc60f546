/* Rows as RFC 4180 has them, and texts that a spreadsheet must not run. */
#include "common/csv.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* What one text becomes. */
static void assert_written(char separator, const char *text, const char *wanted)
{
    struct csv csv = csv_open(separator);
    csv_text(&csv, text);
    assert_int_equal(csv.length, strlen(wanted));
    assert_memory_equal(csv.length > 0 ? csv.text : "", wanted, csv.length);
    csv_close(&csv);
}

static void values_are_quoted_when_they_must_be(void **state)
{
    (void)state;
    assert_written(',', "plain", "plain");
    assert_written(',', "", "");
    assert_written(',', NULL, "");
    assert_written(',', "a,b", "\"a,b\"");
    assert_written(';', "a,b", "a,b");
    assert_written(';', "a;b", "\"a;b\"");
    assert_written(',', "say \"yes\"", "\"say \"\"yes\"\"\"");
    assert_written(',', "\"", "\"\"\"\"");
    assert_written(',', "two\r\nlines", "\"two\r\nlines\"");
    assert_written(',', "Nguyễn 🎫", "Nguyễn 🎫");
}

static void formulas_are_guarded(void **state)
{
    (void)state;
    assert_written(',', "=1+1", "'=1+1");
    assert_written(',', "+84", "'+84");
    assert_written(',', "-1", "'-1");
    assert_written(',', "@SUM(A1)", "'@SUM(A1)");
    assert_written(',', "\t=1", "'\t=1");
    assert_written(',', "\r=1", "\"'\r=1\"");
    assert_written(',', "\n=1", "\"'\n=1\"");
    assert_written(',', "＝1", "'＝1");
    assert_written(',', "=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"");
    assert_written(',', "a=1", "a=1");
    struct csv csv = csv_open(',');
    csv_plain(&csv, "-5");
    assert_memory_equal(csv.text, "-5", 2);
    csv_close(&csv);
}

static void rows_end_with_cr_lf_and_memory_is_used_again(void **state)
{
    (void)state;
    struct csv csv = csv_open(',');
    csv_byte_order_mark(&csv);
    csv_plain(&csv, "a");
    csv_text(&csv, "");
    csv_text(&csv, "c");
    csv_end_row(&csv);
    csv_plain(&csv, "d");
    csv_end_row(&csv);
    static const char wanted[] = "\xEF\xBB\xBF"
                                 "a,,c\r\nd\r\n";
    assert_int_equal(csv.length, sizeof(wanted) - 1);
    assert_memory_equal(csv.text, wanted, csv.length);
    for (int i = 0; i < 100000; i++) {
        csv_plain(&csv, "0123456789");
    }
    assert_true(csv.size >= csv.length && csv.size <= 4 * csv.length);
    const char *memory = csv.text;
    csv_reset(&csv);
    csv_end_row(&csv);
    assert_int_equal(csv.length, 2);
    assert_ptr_equal(csv.text, memory);
    csv_close(&csv);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_quoted_when_they_must_be),
        cmocka_unit_test(formulas_are_guarded),
        cmocka_unit_test(rows_end_with_cr_lf_and_memory_is_used_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

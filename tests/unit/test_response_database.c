/* Every status of the database is one answer to a client, and says when it is worth asking again. */
#include "common/exchange.h"
#include "common/response_database.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char *header_of(const struct response *response, const char *name)
{
    for (size_t i = 0; i < response->header_count; i++) {
        if (strcmp(response->headers[i].name, name) == 0) {
            return response->headers[i].value;
        }
    }
    return NULL;
}

static void each_status_has_its_answer(void **state)
{
    (void)state;
    static const struct {
        enum db_status status;
        enum problem problem;
        const char *code, *retry_after;
    } answers[] = {
        {DB_NONE, PROBLEM_SHOW_NOT_FOUND, "SHOW_NOT_FOUND", NULL},
        {DB_UNAVAILABLE, PROBLEM_UNAVAILABLE, "UNAVAILABLE", "1"},
        {DB_RETRY, PROBLEM_UNAVAILABLE, "UNAVAILABLE", "1"},
        {DB_INVALID, PROBLEM_VALIDATION_FAILED, "VALIDATION_FAILED", NULL},
        {DB_CONFLICT, PROBLEM_INTERNAL, "INTERNAL", NULL},
        {DB_FAILED, PROBLEM_INTERNAL, "INTERNAL", NULL},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(answers); i++) {
        CLEANUP(arena_free) struct arena *arena = arena_new();
        struct request request = {.arena = arena, .id = "a-request"};
        struct response response = {.request = &request};
        enum problem problem = response_database(&response, answers[i].status, PROBLEM_SHOW_NOT_FOUND);
        assert_int_equal(problem, answers[i].problem);
        response_finish(&response, problem);
        json_auto_t *body = json_loadb(response.body, response.body_length, 0, NULL);
        assert_string_equal(json_string_value(json_object_get(body, "code")), answers[i].code);
        assert_int_equal(response.status, problem_info(answers[i].problem)->status);
        const char *retry_after = header_of(&response, "Retry-After");
        assert_true((retry_after == NULL) == (answers[i].retry_after == NULL));
        assert_true(retry_after == NULL || strcmp(retry_after, answers[i].retry_after) == 0);
        response_close(&response);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_status_has_its_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

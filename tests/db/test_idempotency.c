/* Repeated requests against a real PostgreSQL: first, replay, in flight, reused, a day later. */
#include "common/exchange.h"
#include "common/idempotency.h"
#include "common/identifier.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct fixture {
    struct db_pool *pool;
    struct arena *arena;
    char user[UUID_SIZE]; /* a new one for each test */
};

static int set_up(void **state)
{
    const char *url = getenv("TEST_DATABASE_URL");
    if (url == NULL) {
        fail_msg("TEST_DATABASE_URL is not set");
    }
    const struct db_options options = {.url = url,
                                       .application_name = "test_idempotency",
                                       .connections = 2,
                                       .wait_ms = 2000,
                                       .statement_timeout_ms = 5000};
    struct fixture *fixture = memory_new(1, sizeof *fixture);
    fixture->pool = db_pool_new(&options);
    fixture->arena = arena_new();
    uuid_new(fixture->user);
    *state = fixture;
    return 0;
}

static enum db_status execute(struct fixture *fixture, const char *sql)
{
    const struct db_statement statement = {.sql = sql};
    const char *const params[] = {fixture->user};
    CLEANUP(db_result_free) struct db_result *result = NULL;
    return db_run(fixture->pool, &statement, 1, params, &result);
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(execute(fixture, "DELETE FROM idempotency_keys WHERE user_id = $1::uuid"), DB_OK);
    db_pool_free(fixture->pool);
    arena_free(fixture->arena);
    free(fixture);
    return 0;
}

static int64_t count_keys(struct fixture *fixture)
{
    static const struct db_statement statement = {
        .name = "test_keys", .sql = "SELECT count(*) FROM idempotency_keys WHERE user_id = $1::uuid"};
    const char *const params[] = {fixture->user};
    CLEANUP(db_result_free) struct db_result *result = NULL;
    assert_int_equal(db_run(fixture->pool, &statement, 1, params, &result), DB_OK);
    return db_int(result, 0, 0);
}

/* One request that is to be done once. */
struct work {
    struct fixture *fixture;
    struct idempotency idempotency;
    struct idempotency_answer answer;
    const char *location;
    const char *body;       /* what a first run answers */
    struct work *meanwhile; /* a second request that comes while this one runs */
    enum db_status ends;
    int done; /* how often the work was done */
};

static struct work new_work(struct fixture *fixture, const char *key, char fingerprint)
{
    struct work work = {.fixture = fixture, .body = "{\"id\":1}", .location = "/api/things/1"};
    work.idempotency.user_id = fixture->user;
    work.idempotency.key = key;
    memset(work.idempotency.fingerprint, fingerprint, 64);
    return work;
}

static enum db_status work_step(struct db *db, void *context);

static enum db_status do_work(struct work *work)
{
    return db_transaction(work->fixture->pool, work_step, work);
}

static enum db_status work_step(struct db *db, void *context)
{
    struct work *work = context;
    const enum db_status status =
        idempotency_begin(db, work->fixture->arena, &work->idempotency, &work->answer);
    if (status != DB_OK || work->answer.state != IDEMPOTENCY_NEW) {
        return status;
    }
    work->done++;
    if (work->meanwhile != NULL) {
        assert_int_equal(do_work(work->meanwhile), DB_OK);
    }
    if (work->ends != DB_OK) {
        return work->ends;
    }
    return idempotency_store(db, &work->idempotency, 201, work->location, work->body);
}

static void the_first_answer_is_given_again(void **state)
{
    struct fixture *fixture = *state;
    struct work first = new_work(fixture, "key", 'a');
    assert_int_equal(do_work(&first), DB_OK);
    assert_int_equal(first.answer.state, IDEMPOTENCY_NEW);
    struct work again = new_work(fixture, "key", 'a');
    assert_int_equal(do_work(&again), DB_OK);
    assert_int_equal(again.done, 0);
    assert_int_equal(again.answer.state, IDEMPOTENCY_REPLAY);
    assert_int_equal(again.answer.status, 201);
    assert_string_equal(again.answer.location, "/api/things/1");
    assert_string_equal(again.answer.body, "{\"id\":1}");
    struct work other_key = new_work(fixture, "Key", 'a');
    assert_int_equal(do_work(&other_key), DB_OK);
    assert_int_equal(other_key.done, 1);
    struct fixture other_user = *fixture;
    uuid_new(other_user.user);
    struct work other = new_work(&other_user, "key", 'a');
    other.ends = DB_NONE;
    assert_int_equal(do_work(&other), DB_NONE);
    assert_int_equal(other.done, 1);
}

static void an_answer_may_have_neither_location_nor_body(void **state)
{
    struct fixture *fixture = *state;
    struct work first = new_work(fixture, "key", 'a');
    first.location = NULL;
    first.body = NULL;
    assert_int_equal(do_work(&first), DB_OK);
    assert_int_equal(do_work(&first), DB_OK);
    assert_int_equal(first.answer.state, IDEMPOTENCY_REPLAY);
    assert_null(first.answer.location);
    assert_null(first.answer.body);
}

static void another_payload_is_told_apart(void **state)
{
    struct fixture *fixture = *state;
    struct work first = new_work(fixture, "key", 'a');
    assert_int_equal(do_work(&first), DB_OK);
    struct work other = new_work(fixture, "key", 'b');
    assert_int_equal(do_work(&other), DB_OK);
    assert_int_equal(other.answer.state, IDEMPOTENCY_REUSED);
    assert_int_equal(other.done, 0);
}

static void a_request_that_is_running_is_not_done_twice(void **state)
{
    struct fixture *fixture = *state;
    struct work first = new_work(fixture, "key", 'a');
    struct work second = new_work(fixture, "key", 'a');
    first.meanwhile = &second;
    assert_int_equal(do_work(&first), DB_OK);
    assert_int_equal(first.done, 1);
    assert_int_equal(second.answer.state, IDEMPOTENCY_IN_FLIGHT);
    assert_int_equal(second.done, 0);
}

static void work_that_failed_leaves_nothing_behind(void **state)
{
    struct fixture *fixture = *state;
    struct work failing = new_work(fixture, "key", 'a');
    failing.ends = DB_NONE;
    assert_int_equal(do_work(&failing), DB_NONE);
    assert_int_equal(count_keys(fixture), 0);
    struct work again = new_work(fixture, "key", 'b');
    assert_int_equal(do_work(&again), DB_OK);
    assert_int_equal(again.done, 1);
}

static void a_key_is_free_again_after_a_day(void **state)
{
    struct fixture *fixture = *state;
    struct work first = new_work(fixture, "key", 'a');
    struct work other = new_work(fixture, "old", 'a');
    assert_int_equal(do_work(&first), DB_OK);
    assert_int_equal(do_work(&other), DB_OK);
    assert_int_equal(
        execute(fixture,
                "UPDATE idempotency_keys SET created_at = created_at - interval '23 hours 59 minutes'"
                " WHERE user_id = $1::uuid"),
        DB_OK);
    assert_int_equal(do_work(&first), DB_OK);
    assert_int_equal(first.answer.state, IDEMPOTENCY_REPLAY);
    assert_int_equal(execute(fixture,
                             "UPDATE idempotency_keys SET created_at = created_at - interval '2 minutes'"
                             " WHERE user_id = $1::uuid"),
                     DB_OK);
    struct work new = new_work(fixture, "key", 'b');
    assert_int_equal(do_work(&new), DB_OK);
    assert_int_equal(new.done, 1);
    assert_int_equal(count_keys(fixture), 1); /* "old" went when "key" was stored */
    assert_int_equal(do_work(&new), DB_OK);
    assert_int_equal(new.answer.state, IDEMPOTENCY_REPLAY);
}

static void without_a_key_nothing_is_stored(void **state)
{
    struct fixture *fixture = *state;
    struct work work = new_work(fixture, NULL, 'a');
    assert_int_equal(do_work(&work), DB_OK);
    assert_int_equal(do_work(&work), DB_OK);
    assert_int_equal(work.done, 2);
    assert_int_equal(count_keys(fixture), 0);
}

/* A request as it is when its handler runs. */
static struct request new_request(struct fixture *fixture, const char *path, const char *key, char *body)
{
    struct fastcgi *input = arena_alloc(fixture->arena, sizeof(*input));
    char **environment = arena_alloc(fixture->arena, 2 * sizeof(*environment));
    environment[0] =
        key != NULL ? (char *)arena_printf(fixture->arena, "HTTP_IDEMPOTENCY_KEY=%s", key) : NULL;
    environment[1] = NULL;
    input->request.envp = environment;
    input->body = body;
    input->body_length = strlen(body);
    struct request request = {.arena = fixture->arena,
                              .input = input,
                              .id = "test-request",
                              .path = path,
                              .method = HTTP_POST,
                              .has_user = true};
    memcpy(request.user.user_id, fixture->user, UUID_SIZE);
    request.json = json_loads(body, 0, NULL);
    return request;
}

static enum problem read_key(struct fixture *fixture, const char *path, const char *key, const char *body,
                             struct idempotency *ret_idempotency)
{
    struct request *request = arena_alloc(fixture->arena, sizeof(*request)); /* what is read points into it */
    *request = new_request(fixture, path, key, arena_text(fixture->arena, body));
    struct response response = {.request = request};
    const enum problem problem = idempotency_read(request, &response, ret_idempotency);
    json_decref(request->json);
    free(response.body_allocated);
    return problem;
}

static void the_fingerprint_is_of_path_and_meaning(void **state)
{
    struct fixture *fixture = *state;
    struct idempotency first;
    struct idempotency other;
    assert_int_equal(read_key(fixture, "/holds", "k-1", "{\"a\":[1,2],\"b\":2}", &first), PROBLEM_NONE);
    assert_string_equal(first.key, "k-1");
    assert_string_equal(first.user_id, fixture->user);
    assert_int_equal(strlen(first.fingerprint), 64);
    assert_int_equal(read_key(fixture, "/holds", "k-1", "{ \"b\": 2, \"a\": [1, 2] }", &other), PROBLEM_NONE);
    assert_string_equal(first.fingerprint, other.fingerprint);
    assert_int_equal(read_key(fixture, "/holds", "k-1", "{\"a\":[2,1],\"b\":2}", &other), PROBLEM_NONE);
    assert_string_not_equal(first.fingerprint, other.fingerprint);
    assert_int_equal(read_key(fixture, "/checkout", "k-1", "{\"a\":[1,2],\"b\":2}", &other), PROBLEM_NONE);
    assert_string_not_equal(first.fingerprint, other.fingerprint);
    assert_int_equal(read_key(fixture, "/holds", "k-1", "", &other), PROBLEM_NONE);
    assert_string_not_equal(first.fingerprint, other.fingerprint);
}

static void malformed_keys_are_refused(void **state)
{
    struct fixture *fixture = *state;
    struct idempotency idempotency;
    char key[257];
    memset(key, 'k', sizeof key);
    key[255] = '\0';
    assert_int_equal(read_key(fixture, "/holds", key, "{}", &idempotency), PROBLEM_NONE);
    key[255] = 'k';
    key[256] = '\0';
    const char *const wrong[] = {key, "", "a b", "a\tb", "k\x7f", "kh\xc3\xb3"};
    for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++) {
        assert_int_equal(read_key(fixture, "/holds", wrong[i], "{}", &idempotency), PROBLEM_INVALID_REQUEST);
    }
    assert_int_equal(read_key(fixture, "/holds", NULL, "{}", &idempotency), PROBLEM_NONE);
    assert_null(idempotency.key);
}

static const char *header_of(const struct response *response, const char *name)
{
    for (size_t i = 0; i < response->header_count; i++) {
        if (strcmp(response->headers[i].name, name) == 0) {
            return response->headers[i].value;
        }
    }
    return NULL;
}

static void each_state_has_its_answer(void **state)
{
    struct fixture *fixture = *state;
    struct request request = {.arena = fixture->arena, .id = "test-request"};
    struct response replay = {.request = &request};
    struct idempotency_answer answer = {
        .state = IDEMPOTENCY_REPLAY, .status = 201, .location = "/x", .body = "{}"};
    assert_int_equal(idempotency_respond(&replay, &answer), PROBLEM_NONE);
    assert_int_equal(replay.status, 201);
    assert_string_equal(replay.body, "{}");
    assert_string_equal(replay.content_type, "application/json");
    assert_string_equal(header_of(&replay, "Location"), "/x");
    assert_string_equal(header_of(&replay, "Idempotent-Replayed"), "true");
    free(replay.body_allocated);
    struct response refusal = {.request = &request};
    answer = (struct idempotency_answer){.state = IDEMPOTENCY_REPLAY, .status = 409, .body = "{}"};
    assert_int_equal(idempotency_respond(&refusal, &answer), PROBLEM_NONE);
    assert_string_equal(refusal.content_type, "application/problem+json");
    assert_null(header_of(&refusal, "Location"));
    free(refusal.body_allocated);
    struct response empty = {.request = &request};
    answer = (struct idempotency_answer){.state = IDEMPOTENCY_REPLAY, .status = 204};
    assert_int_equal(idempotency_respond(&empty, &answer), PROBLEM_NONE);
    assert_int_equal(empty.status, 204);
    assert_null(empty.body);
    answer = (struct idempotency_answer){.state = IDEMPOTENCY_IN_FLIGHT};
    assert_int_equal(idempotency_respond(&empty, &answer), PROBLEM_IDEMPOTENCY_IN_FLIGHT);
    answer.state = IDEMPOTENCY_REUSED;
    assert_int_equal(idempotency_respond(&empty, &answer), PROBLEM_IDEMPOTENCY_KEY_REUSED);
    answer.state = IDEMPOTENCY_NEW;
    assert_int_equal(idempotency_respond(&empty, &answer), PROBLEM_INTERNAL);
}

#define KEY_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        KEY_TEST(the_first_answer_is_given_again),
        KEY_TEST(an_answer_may_have_neither_location_nor_body),
        KEY_TEST(another_payload_is_told_apart),
        KEY_TEST(a_request_that_is_running_is_not_done_twice),
        KEY_TEST(work_that_failed_leaves_nothing_behind),
        KEY_TEST(a_key_is_free_again_after_a_day),
        KEY_TEST(without_a_key_nothing_is_stored),
        KEY_TEST(the_fingerprint_is_of_path_and_meaning),
        KEY_TEST(malformed_keys_are_refused),
        KEY_TEST(each_state_has_its_answer),
    };
    return cmocka_run_group_tests_name("idempotency", tests, NULL, NULL);
}

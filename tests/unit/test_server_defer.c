/* Work that a handler puts off until all that is ready has been read: it is done once for all of them, a
 * short wait of it keeps the reading, and a long one does not. */
#include "common/probe.h"
#include "common/turn.h"
#include "tests/unit/server_fixture.h"
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

enum { CLIENTS = 10, STALL_MS = 300, LONG_MS = 600 };

struct waiter {
    struct waiter *next;
    struct response *response;
};

/* Who waits for the work. Only the thread that reads touches the list. */
struct gathering {
    struct turn_work work;
    struct waiter *waiters;
    int wait_ms; /* how long the work takes */
    bool queued;
};

/* Answers all with their number, and whether this thread was still the one that reads at the end. */
static void answer_all(struct turn_work *work)
{
    struct gathering *gathering = (struct gathering *)((char *)work - offsetof(struct gathering, work));
    struct waiter *waiter = gathering->waiters;
    int count = 0;
    gathering->waiters = NULL;
    gathering->queued = false;
    for (const struct waiter *each = waiter; each != NULL; each = each->next) {
        count++;
    }
    for (int left_ms = gathering->wait_ms; left_ms > 0;) {
        int patience_ms = turn_patience_ms();
        if (patience_ms == 0) {
            turn_will_wait();
            patience_ms = left_ms;
        }
        poll(NULL, 0, patience_ms < left_ms ? patience_ms : left_ms);
        left_ms -= patience_ms;
    }
    bool reads = turn_patience_ms() > 0;
    while (waiter != NULL) {
        struct waiter *next = waiter->next;
        struct response *response = waiter->response;
        response_resume(response, response_json(response, 200,
                                                json_pack("{s:i, s:b}", "together", count, "reads", reads)));
        waiter = next;
    }
}

static enum problem gather(struct request *request, struct response *response, int wait_ms)
{
    struct gathering *gathering = request_context(request);
    struct waiter *waiter = arena_alloc(request_arena(request), sizeof(*waiter));
    *waiter = (struct waiter){.next = gathering->waiters, .response = response};
    gathering->waiters = waiter;
    gathering->wait_ms = wait_ms;
    if (!gathering->queued) {
        gathering->queued = true;
        assert_int_equal(turn_patience_ms(), 0); /* a handler has none */
        assert_true(turn_defer(&gathering->work));
    }
    return PROBLEM_LATER;
}

static enum problem get_short(struct request *request, struct response *response)
{
    return gather(request, response, 0);
}

static enum problem get_long(struct request *request, struct response *response)
{
    return gather(request, response, LONG_MS);
}

/* Nothing is read meanwhile. */
static enum problem get_stall(struct request *request, struct response *response)
{
    (void)request;
    poll(NULL, 0, STALL_MS);
    return response_json(response, 200, json_object());
}

static enum problem get_elsewhere(struct request *request, struct response *response)
{
    struct gathering *gathering = request_context(request);
    turn_will_wait();
    bool deferred = turn_defer(&gathering->work);
    return response_json(response, 200,
                         json_pack("{s:b, s:i}", "deferred", deferred, "patience", turn_patience_ms()));
}

static const struct route routes[] = {
    {.method = HTTP_GET, .pattern = "/short", .auth = AUTH_NONE, .handler = get_short},
    {.method = HTTP_GET, .pattern = "/long", .auth = AUTH_NONE, .handler = get_long},
    {.method = HTTP_GET, .pattern = "/stall", .auth = AUTH_NONE, .handler = get_stall},
    {.method = HTTP_GET, .pattern = "/elsewhere", .auth = AUTH_NONE, .handler = get_elsewhere},
};
static const struct route_table table = {routes, ARRAY_LENGTH(routes)};
static const struct route_table *const tables[] = {&table};

static int setup(void **state)
{
    struct gathering gathering = {.work = {.run = answer_all}};
    return server_start(state,
                        &(struct responder){.tables = tables, .table_count = 1, .context = &gathering});
}

struct client {
    const struct fixture *fixture;
    const char *path;
    pthread_t thread;
    char *body;
    atomic_bool answered;
};

static void *client_thread(void *argument)
{
    struct client *client = argument;
    size_t length = 0;
    assert_int_equal(
        probe_get(client->fixture->socket_path, client->path, TIMEOUT_MS, &client->body, &length), 200);
    atomic_store(&client->answered, true);
    return NULL;
}

static void launch(struct client *client, const struct fixture *fixture, const char *path)
{
    *client = (struct client){.fixture = fixture, .path = path};
    assert_int_equal(pthread_create(&client->thread, NULL, client_thread, client), 0);
}

static void expect(struct client *client, const char *text)
{
    pthread_join(client->thread, NULL);
    if (strstr(client->body, text) == NULL) {
        fail_msg("%s was answered %s, without %s", client->path, client->body, text);
    }
    free(client->body);
}

static void who_can_be_read_together_is_answered_together(void **state)
{
    struct client stall, clients[CLIENTS];
    launch(&stall, *state, "/stall");
    poll(NULL, 0, STALL_MS / 3);
    for (int i = 0; i < CLIENTS; i++) {
        launch(&clients[i], *state, "/short");
    }
    for (int i = 0; i < CLIENTS; i++) {
        expect(&clients[i], "\"together\":10,\"reads\":true");
    }
    expect(&stall, "{}");
}

static void one_alone_is_answered_alone(void **state)
{
    struct client client;
    for (int i = 0; i < 3; i++) {
        launch(&client, *state, "/short");
        expect(&client, "\"together\":1,\"reads\":true");
    }
}

static void long_work_lets_others_read(void **state)
{
    struct client client, other;
    launch(&client, *state, "/long");
    poll(NULL, 0, LONG_MS / 4);
    launch(&other, *state, "/elsewhere");
    pthread_join(other.thread, NULL);
    assert_false(atomic_load(&client.answered));
    assert_non_null(strstr(other.body, "\"deferred\":false,\"patience\":0"));
    free(other.body);
    expect(&client, "\"together\":1,\"reads\":false");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(who_can_be_read_together_is_answered_together, setup, server_stop),
        cmocka_unit_test_setup_teardown(one_alone_is_answered_alone, setup, server_stop),
        cmocka_unit_test_setup_teardown(long_work_lets_others_read, setup, server_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

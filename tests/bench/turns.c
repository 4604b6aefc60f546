/* turns.c: one client that does in turns what the limit of the line "one client" adds up: a request to the
 * null responder through nginx, then a hold through libpq. Each of the two alone keeps its few processes and
 * their memory in the processors' caches; in turns they displace each other, as they do under the gateway.
 * Usage: bench_turns PORT PATH DATABASE-URL STATEMENT-FILE SECONDS WARM-UP
 * The statement is prepared; its integers $1 to $4 are the hold's number, show, pair and user, as in
 * sql/hold.pgbench, and its first column must say "granted". Prints the JSON of samples_json() for both. */
#include "common/clock.h"
#include "tests/bench/load_connection.h"
#include "tests/bench/load_samples.h"
#include <errno.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

enum { SHOWS = 2000, USERS = 2000, PAIRS = 75, USER_STEP = 27, STATEMENT_MAX = 65536, ANSWER_WAIT_MS = 5000 };

struct turns {
    struct connection gateway;
    uint16_t port;
    char request[512];
    PGconn *database;
};

/* All this program can do about a fault is to tell it. */
static void fail(const char *what, const char *detail)
{
    fprintf(stderr, "bench_turns: %s: %s\n", what, detail);
    exit(1);
}

static void connect_database(struct turns *turns, const char *url, const char *file)
{
    static char statement[STATEMENT_MAX];
    FILE *input = fopen(file, "re");
    size_t length = input == NULL ? 0 : fread(statement, 1, sizeof(statement) - 1, input);
    if (length == 0 || !feof(input)) {
        fail("empty, unreadable or too long", file);
    }
    fclose(input);
    turns->database = PQconnectdb(url);
    PGresult *result = PQprepare(turns->database, "hold", statement, 0, NULL);
    if (PQresultStatus(result) != PGRES_COMMAND_OK) {
        fail("statement", PQerrorMessage(turns->database));
    }
    PQclear(result);
}

/* nginx ends a connection after keepalive_requests answers. */
static void ask_null(struct turns *turns)
{
    struct connection *gateway = &turns->gateway;
    if ((gateway->fd < 0 || gateway->closing) && !connection_open(gateway, turns->port)) {
        fail("no connection to nginx", strerror(errno));
    }
    enum received received = RECEIVED_BROKEN;
    if (connection_send(gateway, turns->request, strlen(turns->request))) {
        do {
            struct pollfd readable = {.fd = gateway->fd, .events = POLLIN};
            received =
                poll(&readable, 1, ANSWER_WAIT_MS) == 1 ? connection_receive(gateway) : RECEIVED_BROKEN;
        } while (received == RECEIVED_PART);
    }
    if (received == RECEIVED_BROKEN || gateway->status != 200) {
        fail("the null responder", "no answer with status 200");
    }
}

static void hold(struct turns *turns, int number)
{
    int pair = number / SHOWS;
    int values[] = {number, 1 + number % SHOWS, 1 + pair, 1 + (number + USER_STEP * pair) % USERS};
    enum { COUNT = sizeof(values) / sizeof(values[0]) };
    char texts[COUNT][16];
    const char *parameters[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        snprintf(texts[i], sizeof(texts[i]), "%d", values[i]);
        parameters[i] = texts[i];
    }
    PGresult *result = PQexecPrepared(turns->database, "hold", COUNT, parameters, NULL, NULL, 0);
    if (PQresultStatus(result) != PGRES_TUPLES_OK) {
        fail("hold", PQresultErrorMessage(result));
    }
    if (PQntuples(result) != 1 || strcmp(PQgetvalue(result, 0, 0), "granted") != 0) {
        fail("hold", "not granted");
    }
    PQclear(result);
}

static void measure(struct turns *turns, int64_t warm_up_us, int64_t length_us, struct samples *ret_samples)
{
    int64_t from = clock_monotonic_us() + warm_up_us;
    int64_t now = clock_monotonic_us();
    for (int number = 0; number < SHOWS * PAIRS && now < from + length_us; number++) {
        int64_t before = now;
        ask_null(turns);
        hold(turns, number);
        now = clock_monotonic_us();
        if (before >= from) {
            samples_add(ret_samples, now - before);
        }
    }
}

int main(int argc, char **argv)
{
    if (argc != 7) {
        fail("usage", "bench_turns PORT PATH DATABASE-URL STATEMENT-FILE SECONDS WARM-UP");
    }
    struct turns turns = {.gateway = {.fd = -1}, .port = (uint16_t)strtoul(argv[1], NULL, 10)};
    snprintf(turns.request, sizeof(turns.request), "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", argv[2]);
    connect_database(&turns, argv[3], argv[4]);
    struct samples samples = {0};
    measure(&turns, (int64_t)(strtod(argv[6], NULL) * 1e6), (int64_t)(strtod(argv[5], NULL) * 1e6), &samples);
    json_t *report = samples_json(&samples);
    json_dumpf(report, stdout, JSON_COMPACT);
    json_decref(report);
    samples_clear(&samples);
    connection_close(&turns.gateway);
    PQfinish(turns.database);
    return 0;
}

/* main.c: ticketing-auth, the responder for users, passwords, sessions and roles: settings, tasks, server. */
#include "common/database.h"
#include "common/outgoing.h"
#include "common/server.h"
#include "fcgi/auth/auth.h"
#include "fcgi/auth/guess_db.h"
#include "fcgi/auth/guest_db.h"
#include "fcgi/auth/reset.h"
#include "fcgi/auth/reset_db.h"
#include "fcgi/auth/routes.h"
#include "fcgi/auth/verification.h"
#include "fcgi/auth/verification_db.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    CLEANING_INTERVAL_MS = 10 * 1000,
    MAIL_INTERVAL_MS = 500,
    LISTENING_SOCKET = 0 /* FCGI_LISTENSOCK_FILENO */
};

static bool ready(void *context)
{
    const struct auth *auth = context;
    return db_ready(auth->pool);
}

static void clean_sessions(void *context)
{
    const struct auth *auth = context;
    enum db_status status = auth_db_sessions_clean(auth->pool);
    if (status == DB_OK) {
        status = reset_db_clean(auth->pool);
    }
    if (status == DB_OK) {
        status = guess_db_clean(auth->pool);
    }
    if (status == DB_OK) {
        status = guest_db_clean(auth->pool);
    }
    if (status == DB_OK) {
        status = verification_db_clean(auth->pool);
    }
    if (status != DB_OK) {
        log_message(LOG_LEVEL_WARN, "sessions_clean",
                    "old sessions, requests, guesses and guests stay for now: database status %d",
                    (int)status);
    }
}

static const struct background_task tasks[] = {
    {"clean-sessions", clean_sessions, CLEANING_INTERVAL_MS},
    {"reset-mails", reset_mails_run, MAIL_INTERVAL_MS},
    {"verification-mails", verification_mails_run, MAIL_INTERVAL_MS},
};

/* Runs the server. The pool and the metrics live as long as it runs. */
static int run(struct auth *auth, const struct route_table *table)
{
    auth->metrics = metrics_new("auth", table->count);
    password_hasher_count(auth->hasher, auth->metrics);
    auth->pool = database_pool(&auth->config, "ticketing-auth", false, auth->metrics);
    CLEANUP(disk_watch_free) struct disk_watch *disk = database_disk(&auth->config);
    const struct responder responder = {
        .name = "auth",
        .tables = &table,
        .table_count = 1,
        .context = auth,
        .keys = auth->keys,
        .metrics = auth->metrics,
        .listen_fd = LISTENING_SOCKET,
        .threads = (int)auth->config.threads,
        .ready = ready,
        .disk = disk,
        .tasks = tasks,
        .task_count = ARRAY_LENGTH(tasks),
    };
    const int exit_code = server_run(&responder);
    db_pool_free(auth->pool);
    metrics_free(auth->metrics);
    return exit_code;
}

/* A quarter of the threads is left for calls without a password; a single thread has to serve both. */
static unsigned hashing_places(int64_t threads)
{
    return threads > 1 ? (unsigned)(threads - (threads + 3) / 4) : 1;
}

int main(int argc, char **argv)
{
    struct auth auth = {0};
    int exit_code = EXIT_FAILURE;
    if (!config_start(argc, argv, CONFIG_AUTH, &auth.config, &exit_code)) {
        return exit_code;
    }
    log_open("auth", auth.config.log_level);
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    auth.keys =
        token_keys_open(auth.config.jwt_secret, auth.config.jwt_public_key, auth.config.jwt_private_key);
    if (auth.keys == NULL) {
        return EXIT_FAILURE;
    }
    auth.hasher = password_hasher_new((unsigned)auth.config.password_cost, cores > 0 ? (unsigned)cores : 1,
                                      hashing_places(auth.config.threads));
    exit_code = EXIT_FAILURE;
    if (auth.hasher == NULL || !outgoing_init()) {
        log_message(LOG_LEVEL_ERROR, "start", "%s",
                    auth.hasher == NULL ? "libxcrypt does not hash" : "libcurl cannot start");
    } else {
        struct arena *arena = arena_new();
        const struct route_table table = auth_routes(arena, auth.config.password_min_length);
        exit_code = run(&auth, &table);
        arena_free(arena);
    }
    password_hasher_free(auth.hasher);
    token_keys_free(auth.keys);
    return exit_code;
}

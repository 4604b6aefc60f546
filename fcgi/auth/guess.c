/* guess.c: after wrong passwords, the next attempt has to wait. */
#include "fcgi/auth/guess.h"
#include "common/log.h"
#include "common/response_database.h"
#include "fcgi/auth/auth.h"
#include "fcgi/auth/guess_db.h"
#include <stdio.h>
#include <string.h>

/* All spellings of an address are one account. Only a digest is stored: the table must not tell whose
 * passwords were guessed at. */
static struct guess guess_of(struct request *request, const char *email)
{
    const struct auth *auth = request_context(request);
    const char *key = auth_email_key(request_arena(request), email);
    struct guess guess = {.address = request_remote_address(request), .free = auth->config.login_attempts};
    sha256_hex(key, strlen(key), guess.account);
    return guess;
}

enum problem guess_begin(struct request *request, struct response *response, const char *email)
{
    const struct auth *auth = request_context(request);
    const struct guess guess = guess_of(request, email);
    int64_t wait_seconds = 0;
    if (guess.free == 0) {
        return PROBLEM_NONE;
    }
    enum db_status status = guess_db_begin(auth->pool, request_arena(request), &guess, &wait_seconds);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_INTERNAL);
    }
    if (wait_seconds == 0) {
        return PROBLEM_NONE;
    }
    char seconds[24];
    snprintf(seconds, sizeof(seconds), "%lld", (long long)wait_seconds);
    response_header(response, "Retry-After", seconds);
    return response_problem(response, PROBLEM_TOO_MANY_REQUESTS,
                            "Too many wrong passwords: the next attempt counts in %s seconds.", seconds);
}

void guess_right(struct request *request, const char *email)
{
    const struct auth *auth = request_context(request);
    const struct guess guess = guess_of(request, email);
    if (guess.free > 0 && guess_db_right(auth->pool, request_arena(request), &guess) != DB_OK) {
        log_message(LOG_LEVEL_WARN, "auth.guess", "An attempt could not be taken back.");
    }
}

/* verification.c: POST /auth/verify/send, POST /auth/verify: the user shows to be who reads the mails of the
 * account's address. */
#include "fcgi/auth/verification.h"
#include "common/response_database.h"
#include "fcgi/auth/auth.h"
#include "fcgi/auth/verification_db.h"

#include <stdio.h>
#include <string.h>

struct verification_apply_request {
    const char *token;
    const char *code;
};

static const struct field verification_apply_fields[] = {
    {.name = "token",
     .type = FIELD_TEXT,
     .min = 1,
     .max = 512,
     .offset = offsetof(struct verification_apply_request, token)},
    {.name = "code",
     .type = FIELD_TEXT,
     .min = DIGITS_SIZE - 1,
     .max = DIGITS_SIZE - 1,
     .offset = offsetof(struct verification_apply_request, code)},
};
const struct field_spec verification_apply_body =
    FIELD_SPEC(struct verification_apply_request, verification_apply_fields);

static enum problem too_many(struct response *response, int64_t wait_seconds)
{
    char seconds[24];
    snprintf(seconds, sizeof(seconds), "%lld", (long long)wait_seconds);
    response_header(response, "Retry-After", seconds);
    return response_problem(response, PROBLEM_TOO_MANY_REQUESTS,
                            "This address gets no more mails of this kind for %s seconds.", seconds);
}

enum problem verification_ask(struct request *request, struct response *response)
{
    const struct auth *auth = request_context(request);
    struct auth_user user;
    const enum problem problem = auth_asker(request, response, &user);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    char id[UUID_SIZE];
    uuid_new(id);
    int64_t wait_seconds = 0;
    const enum db_status status = verification_db_ask(auth->pool, id, user.id, &wait_seconds);
    if (status == DB_NONE) {
        return PROBLEM_EMAIL_VERIFIED;
    }
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_INTERNAL);
    }
    if (wait_seconds > 0) {
        return too_many(response, wait_seconds);
    }
    return response_json(response, 202,
                         json_pack("{s:s}", "message", "A mail is on its way to the address."));
}

static enum problem refuse(struct response *response, enum verification_outcome outcome)
{
    if (outcome == VERIFICATION_WRONG) {
        return response_problem(response, PROBLEM_VERIFICATION_CODE_WRONG,
                                "Look at the newest mail; after five tries the code counts no more.");
    }
    return response_problem(response, PROBLEM_VERIFICATION_INVALID,
                            "It was used, or its time or its tries are over: ask for a new mail.");
}

enum problem verification_apply(struct request *request, struct response *response)
{
    const struct auth *auth = request_context(request);
    const struct verification_apply_request *body = request_body(request);
    if ((body->token == NULL) == (body->code == NULL)) {
        CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
        fault_add(faults, "$", "needs either token or code");
        return response_faults(response, faults);
    }
    struct auth_user user;
    const enum problem problem = auth_asker(request, response, &user);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    if (user.email_verified) {
        return response_empty(response, 204);
    }
    const char *session_id = request_user(request)->session_id;
    enum verification_outcome outcome = VERIFICATION_OVER;
    enum db_status status;
    if (body->token != NULL) {
        char token_hash[65];
        sha256_hex(body->token, strlen(body->token), token_hash);
        status = verification_db_by_token(auth->pool, user.id, session_id, token_hash,
                                          auth->config.admin_email, &outcome);
    } else {
        status = verification_db_by_code(auth->pool, user.id, session_id, body->code, &outcome);
    }
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_INTERNAL);
    }
    return outcome == VERIFICATION_DONE ? response_empty(response, 204) : refuse(response, outcome);
}

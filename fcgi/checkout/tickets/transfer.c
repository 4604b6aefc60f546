/* Passing a ticket on. POST /tickets/:id/transfer voids its code at once and answers with a claim code, shown
 * this once, which the owner hands to the new one. POST /tickets/claim makes an account with that address and
 * the code the owner. DELETE /tickets/:id/transfer takes back what nobody has claimed yet.
 *
 * Both are asked for because either alone is too weak: accounts do not prove their address, and a code may
 * fall into wrong hands. */
#include "common/email.h"
#include "common/identifier.h"
#include "common/response_database.h"
#include "fcgi/checkout/checkout.h"
#include "fcgi/checkout/tickets/tickets.h"
#include "fcgi/checkout/tickets/transfer_db.h"
#include <string.h>

enum { CODE_BYTES = 18, CODE_TEXT_SIZE = 26, CODE_TEXT_MAX = 64, HASH_SIZE = 65 };

struct transfer_values {
    const char *email;
};

static const struct field transfer_fields[] = {
    {.name = "email",
     .type = FIELD_EMAIL,
     .required = true,
     .offset = offsetof(struct transfer_values, email)},
};
const struct field_spec transfer_create_body = FIELD_SPEC(struct transfer_values, transfer_fields);

struct claim_values {
    const char *code;
};

static const struct field claim_fields[] = {
    {.name = "code",
     .type = FIELD_TEXT,
     .required = true,
     .min = 1,
     .max = CODE_TEXT_MAX,
     .offset = offsetof(struct claim_values, code)},
};
const struct field_spec transfer_claim_body = FIELD_SPEC(struct claim_values, claim_fields);

/* What refuses; `none` for TRANSFER_NONE. */
static enum problem refuse(struct response *response, enum transfer_outcome outcome, enum problem none)
{
    switch (outcome) {
    case TRANSFER_NONE:
        return none;
    case TRANSFER_INVALID:
        return response_problem(
            response, PROBLEM_TICKET_NOT_VALID,
            "The ticket is used or void: it can neither be passed on, claimed nor taken back.");
    case TRANSFER_OFF:
        return PROBLEM_TRANSFER_NOT_ALLOWED;
    case TRANSFER_DONE:
        break;
    }
    return PROBLEM_INTERNAL;
}

/* The one spelling by which addresses are compared. An account of before may have an address that has none;
 * then its own spelling stands for it. */
static const char *email_key(struct arena *arena, const char *email)
{
    const char *key = email_canonical(arena, email);
    return key != NULL ? key : email;
}

enum problem transfer_create(struct request *request, struct response *response)
{
    const struct checkout *checkout = request_context(request);
    const struct transfer_values *body = request_body(request);
    const struct token_claims *user = request_user(request);
    const char *key = email_key(request_arena(request), body->email);
    if (strcmp(key, email_key(request_arena(request), user->email)) == 0) {
        CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
        fault_add(faults, "email", "This is your own address.");
        return response_faults(response, faults);
    }
    char id[UUID_SIZE];
    char code[CODE_TEXT_SIZE];
    char hash[HASH_SIZE];
    uuid_new(id);
    secret_new(CODE_BYTES, code, sizeof(code));
    sha256_hex(code, strlen(code), hash);
    const struct transfer_start start = {
        .transfer_id = id,
        .ticket_id = request_param(request, "id"),
        .owner = user->user_id,
        .owner_email = user->email,
        .email = body->email,
        .email_key = key,
        .code_hash = hash,
    };
    enum transfer_outcome outcome = TRANSFER_NONE;
    const char *transfer_id = NULL;
    enum db_status status =
        transfer_db_start(checkout->pool, request_arena(request), &start, &outcome, &transfer_id);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_INTERNAL);
    }
    if (outcome != TRANSFER_DONE) {
        return refuse(response, outcome, PROBLEM_TICKET_NOT_FOUND);
    }
    return response_json(response, 201,
                         json_pack("{s:s, s:s, s:s, s:s, s:s}", "id", transfer_id, "ticketId",
                                   start.ticket_id, "email", start.email, "status", "pending", "claimCode",
                                   code));
}

enum problem transfer_take_back(struct request *request, struct response *response)
{
    const struct checkout *checkout = request_context(request);
    enum transfer_outcome outcome = TRANSFER_NONE;
    enum db_status status = transfer_db_take_back(checkout->pool, request_param(request, "id"),
                                                  request_user(request)->user_id, &outcome);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_INTERNAL);
    }
    return outcome == TRANSFER_DONE ? response_empty(response, 204)
                                    : refuse(response, outcome, PROBLEM_TRANSFER_NOT_FOUND);
}

enum problem transfer_claim(struct request *request, struct response *response)
{
    const struct checkout *checkout = request_context(request);
    const struct claim_values *body = request_body(request);
    const struct token_claims *user = request_user(request);
    if (user->guest) {
        return response_problem(
            response, PROBLEM_ACCOUNT_REQUIRED,
            "A ticket that is passed on needs an account, so that its new owner can always get at it.");
    }
    char hash[HASH_SIZE];
    sha256_hex(body->code, strlen(body->code), hash);
    enum transfer_outcome outcome = TRANSFER_NONE;
    const char *ticket_id = NULL;
    enum db_status status =
        transfer_db_claim(checkout->pool, request_arena(request), hash, user->user_id, user->email,
                          email_key(request_arena(request), user->email), &outcome, &ticket_id);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_INTERNAL);
    }
    if (outcome != TRANSFER_DONE) {
        return refuse(response, outcome, PROBLEM_TRANSFER_NOT_FOUND);
    }
    response_header(response, "Location", arena_printf(request_arena(request), "/api/tickets/%s", ticket_id));
    return response_json(response, 200, json_pack("{s:s, s:s}", "ticketId", ticket_id, "status", "claimed"));
}

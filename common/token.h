/* token.h: access tokens: JWT (RFC 7519) signed HS256, checked as RFC 8725 asks (algorithm fixed, claims
 * required, length capped). */
#ifndef TICKETING_TOKEN_H
#define TICKETING_TOKEN_H

#include "common/cleanup.h"
#include "common/identifier.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum role {
    ROLE_USER = 1u << 0,  /* buys tickets */
    ROLE_STAFF = 1u << 1, /* scans tickets */
    ROLE_ADMIN = 1u << 2, /* runs events */
};

enum { TOKEN_MAX = 4096, TOKEN_SECRET_MIN = 32, TOKEN_TEXT_MAX = 256 };

struct token_claims {
    char user_id[UUID_SIZE];        /* sub */
    char session_id[UUID_SIZE];     /* sid */
    char email[TOKEN_TEXT_MAX * 4]; /* UTF-8 */
    char full_name[TOKEN_TEXT_MAX * 4];
    unsigned roles;     /* bits of enum role */
    int64_t expires_at; /* exp, seconds since the epoch */
};

struct token_keys; /* opaque; shared between threads */

/* Keys from JWT_SECRET (32 bytes or more, else NULL). Owned by the caller. */
struct token_keys *token_keys_new(const char *secret) MUST_CHECK;
void token_keys_free(struct token_keys *keys);

/* A new token that ends `ttl_seconds` from now; iat, nbf, exp, iss and aud are set here, expires_at of
 * `claims` is ignored. NULL when the library failed. Free with free(). */
char *token_issue(const struct token_keys *keys, const struct token_claims *claims,
                  int64_t ttl_seconds) MUST_CHECK;

/* True and filled claims when `token` is ours and in force; false for anything else, whatever its shape or
 * length. */
bool token_verify(const struct token_keys *keys, const char *token,
                  struct token_claims *ret_claims) MUST_CHECK;

/* "user", "staff", "admin" ↔ enum role; role_from_name returns 0 for an unknown name. */
const char *role_name(enum role role);
unsigned role_from_name(const char *name);

#endif

/* token.h: access tokens: JWT (RFC 7519) signed HS256 or ES256 (RFC 7518), checked as RFC 8725 asks (the keys
 * fix the algorithm, claims required, length capped). */
#ifndef TICKETING_TOKEN_H
#define TICKETING_TOKEN_H

#include "common/cleanup.h"
#include "common/token_claims.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct token_keys; /* opaque; shared between threads */

/* The keys that the settings name, owned by the caller. With `public_file` (JWT_PUBLIC_KEY) the algorithm is
 * ES256: a process that also has `private_file` (JWT_PRIVATE_KEY) can make tokens, all others can only check
 * them, and `secret` is not used. Without `public_file` it is HS256 with `secret` (JWT_SECRET, 32 bytes or
 * more): every process that can check tokens can make them. NULL when a key cannot be used; the log then says
 * why. */
struct token_keys *token_keys_open(const char *secret, const char *public_file,
                                   const char *private_file) MUST_CHECK;
void token_keys_free(struct token_keys *keys);
DEFINE_CLEANUP(struct token_keys *, token_keys_free)

/* A new token that ends `ttl_seconds` from now; iat, nbf, exp, iss and aud are set here, expires_at of
 * `claims` is ignored. NULL when the library failed or these keys only check tokens. Free with free(). */
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

/* token_claims.h: who the bearer of an access token is. */
#ifndef TICKETING_TOKEN_CLAIMS_H
#define TICKETING_TOKEN_CLAIMS_H

#include "common/identifier.h"
#include <stdbool.h>
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
    bool guest;         /* guest: bought without an account */
    int64_t expires_at; /* exp, seconds since the epoch */
};

#endif

/* config.h: the one table of settings. They come from the environment; nginx/ticketctl fills that from
 * var/env.
 *
 * To add one: a member here, a line in config.c, what `--settings` then prints in nginx/env.example (a test
 * compares the two). */
#ifndef TICKETING_CONFIG_H
#define TICKETING_CONFIG_H

#include "common/cleanup.h"
#include "common/log.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Who needs a setting. */
enum config_for {
    CONFIG_AUTH = 1u << 0,
    CONFIG_EVENTS = 1u << 1,
    CONFIG_HOLDS = 1u << 2,
    CONFIG_CHECKOUT = 1u << 3,
    CONFIG_TOOL = 1u << 4, /* command line programs: only the database */
    CONFIG_RESPONDERS = CONFIG_AUTH | CONFIG_EVENTS | CONFIG_HOLDS | CONFIG_CHECKOUT,
};

struct config {
    const char *database_url; /* <DOMAIN>_DATABASE_URL, else DATABASE_URL; required */
    int64_t database_pool;    /* DATABASE_POOL: connections a responder opens at the most */
    bool database_pooled;     /* DATABASE_POOLED: PgBouncer in transaction mode stands between */
    int64_t database_wait_ms; /* DATABASE_WAIT_MS: how long a request waits for a connection before 503 */
    int64_t database_statement_timeout_ms; /* DATABASE_STATEMENT_TIMEOUT_MS */
    const char *database_directory;   /* DATABASE_DIRECTORY: where a PostgreSQL of this host keeps its data */
    int64_t database_disk_low_mb;     /* DATABASE_DISK_LOW_MB: a warning below so much space there */
    int64_t database_disk_full_mb;    /* DATABASE_DISK_FULL_MB: nothing is written below so much */
    int64_t threads;                  /* THREADS per responder */
    enum log_level log_level;         /* LOG_LEVEL */
    const char *jwt_private_key;      /* JWT_PRIVATE_KEY: file; NULL: HS256 */
    const char *jwt_public_key;       /* JWT_PUBLIC_KEY: file; NULL: HS256 */
    const char *jwt_secret;           /* JWT_SECRET, 32 bytes or more; required */
    int64_t access_token_ttl_seconds; /* ACCESS_TOKEN_TTL_SECONDS */
    int64_t refresh_token_ttl_seconds; /* REFRESH_TOKEN_TTL_SECONDS */
    int64_t password_min_length;       /* PASSWORD_MIN_LENGTH */
    bool refuse_common_passwords;      /* REFUSE_COMMON_PASSWORDS */
    int64_t password_cost;             /* PASSWORD_COST: yescrypt cost */
    int64_t login_attempts;        /* LOGIN_ATTEMPTS: wrong passwords that cost no wait; 0: none ever does */
    const char *admin_email;       /* ADMIN_EMAIL: becomes admin once a mailed link proved it; NULL: nobody */
    int64_t hold_ttl_seconds;      /* HOLD_TTL_SECONDS */
    int64_t hold_cooldown_seconds; /* HOLD_COOLDOWN_SECONDS */
    int64_t hold_max_seconds;      /* HOLD_MAX_SECONDS */
    int64_t buyer_rate;            /* BUYER_REQUESTS_PER_SECOND; 0: no limit */
    int64_t max_seats_per_hold;    /* MAX_SEATS_PER_HOLD */
    int64_t max_held_seats_per_user; /* MAX_HELD_SEATS_PER_USER, per show */
    int64_t order_ttl_seconds;       /* ORDER_TTL_SECONDS */
    const char *payment_provider;    /* PAYMENT_PROVIDER: "test", "stripe" or "manual" */
    const char *stripe_secret_key;   /* STRIPE_SECRET_KEY; required by provider stripe */
    const char
        *stripe_webhook_secret;  /* STRIPE_WEBHOOK_SECRET, several with commas between; required by it too */
    const char *stripe_api_base; /* STRIPE_API_BASE, without a trailing slash */
    const char *payment_webhook_secret; /* PAYMENT_WEBHOOK_SECRET, 32 bytes or more; for provider test */
    const char *ticket_keys_file;  /* TICKET_KEYS_FILE: the keys that sign tickets; required by checkout */
    const char *public_url;        /* PUBLIC_URL: how buyers reach the gateway, without a trailing slash */
    bool webhook_allow_private;    /* WEBHOOK_ALLOW_PRIVATE: receivers of events may be in private networks */
    const char *smtp_url;          /* SMTP_URL; NULL: mails go to mail_directory */
    const char *mail_from;         /* MAIL_FROM: address */
    const char *mail_directory;    /* MAIL_DIRECTORY: folder of .eml files, while there is no SMTP_URL */
    const char *run_directory;     /* RUN_DIRECTORY: where the responders' sockets are; used by events for
                                      /healthz and /metrics */
    int64_t availability_cache_mb; /* AVAILABILITY_CACHE_MB: memory for the seat states of shows */
    int64_t seatmap_cache;         /* SEATMAP_CACHE: expanded seat maps kept in memory */
};

/* Reads every setting that `who` needs from the environment. Problems are all written to `errors`, one line
 * each, naming the setting and what is wrong with it (never its value, when it is a secret). True when there
 * was none. Strings live as long as the process. */
bool config_load(enum config_for who, struct config *ret_config, FILE *errors) MUST_CHECK;

/* What the main() of a responder begins with. True: the settings are in `*ret_config` and the program goes
 * on. False: the program ends with `*ret_exit_code`, because its settings are wrong (each fault is a line of
 * standard error), or because its one argument asks for no more than an answer. --check-settings: are the
 * settings right? --settings: which settings does the program read? Each is written to standard output as a
 * comment that says what it means and who reads it, and a line `NAME=default`; nginx/env.example has the same
 * lines. */
bool config_start(int argc, char **argv, enum config_for who, struct config *ret_config,
                  int *ret_exit_code) MUST_CHECK;

#endif

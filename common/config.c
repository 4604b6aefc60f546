/* config.c: the table of settings, read from the environment. */
#include "common/config.h"
#include "common/config_text.h"
#include "common/responders.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { WITH_DATABASE = CONFIG_RESPONDERS | CONFIG_TOOL };

struct setting {
    const char *name;
    enum setting_type type;
    unsigned who;         /* reads it: bits of enum config_for */
    const char *fallback; /* the default, as text; NULL: none */
    int64_t min, max;     /* SETTING_INTEGER */
    unsigned required;    /* cannot start without it: bits of enum config_for */
    bool secret;          /* never repeated in a message */
    size_t offset;        /* of the member of struct config */
    const char *help;
};

#define MEMBER(name) offsetof(struct config, name)

/* clang-format off */
/* A later line for the same member wins when it is set: that is how a responder gets a database of its own. */
static const struct setting settings[] = {
    {"DATABASE_URL", SETTING_TEXT, WITH_DATABASE, NULL, 0, 0, WITH_DATABASE, true, MEMBER(database_url),
     "PostgreSQL connection URI, postgresql://user:password@host:port/database; needed unless every responder has one of its own"},
    {"AUTH_DATABASE_URL", SETTING_TEXT, CONFIG_AUTH, NULL, 0, 0, 0, true, MEMBER(database_url),
     "the auth responder's own, instead of DATABASE_URL"},
    {"EVENTS_DATABASE_URL", SETTING_TEXT, CONFIG_EVENTS, NULL, 0, 0, 0, true, MEMBER(database_url),
     "the events responder's own"},
    {"HOLDS_DATABASE_URL", SETTING_TEXT, CONFIG_HOLDS, NULL, 0, 0, 0, true, MEMBER(database_url),
     "the holds responder's own"},
    {"CHECKOUT_DATABASE_URL", SETTING_TEXT, CONFIG_CHECKOUT, NULL, 0, 0, 0, true, MEMBER(database_url),
     "the checkout responder's own"},
    {"DATABASE_POOL", SETTING_INTEGER, WITH_DATABASE, "8", 1, 256, 0, false, MEMBER(database_pool),
     "connections a responder opens at the most"},
    {"DATABASE_POOLED", SETTING_BOOLEAN, WITH_DATABASE, "0", 0, 0, 0, false, MEMBER(database_pooled),
     "1 when PgBouncer in transaction mode stands before PostgreSQL"},
    {"DATABASE_WAIT_MS", SETTING_INTEGER, WITH_DATABASE, "2000", 1, 60000, 0, false, MEMBER(database_wait_ms),
     "how long a request waits for a free connection before it is answered 503"},
    {"DATABASE_STATEMENT_TIMEOUT_MS", SETTING_INTEGER, WITH_DATABASE, "10000", 1, 600000, 0, false,
     MEMBER(database_statement_timeout_ms), "after which PostgreSQL ends a statement"},
    {"DATABASE_DIRECTORY", SETTING_TEXT, CONFIG_RESPONDERS, NULL, 0, 0, 0, false, MEMBER(database_directory),
     "where PostgreSQL keeps its data, if that is on this host: its free space is watched"},
    {"DATABASE_DISK_LOW_MB", SETTING_INTEGER, CONFIG_RESPONDERS, "1024", 0, 1000000000, 0, false, MEMBER(database_disk_low_mb),
     "free megabytes there below which health, metrics and logs warn"},
    {"DATABASE_DISK_FULL_MB", SETTING_INTEGER, CONFIG_RESPONDERS, "256", 0, 1000000000, 0, false, MEMBER(database_disk_full_mb),
     "free megabytes there below which whatever would write is answered 503; reading goes on"},
    {"THREADS", SETTING_INTEGER, CONFIG_RESPONDERS, "32", 1, 512, 0, false, MEMBER(threads),
     "threads of a responder: so many requests may wait for the database at once"},
    {"LOG_LEVEL", SETTING_LEVEL, WITH_DATABASE, "info", 0, 0, 0, false, MEMBER(log_level),
     "debug, info, warn or error"},
    {"JWT_SECRET", SETTING_SECRET, CONFIG_RESPONDERS, NULL, 0, 0, 0, true, MEMBER(jwt_secret),
     "signs access tokens (HS256); 32 random bytes or more, the same for all responders and hosts; needed unless JWT_PUBLIC_KEY is set"},
    {"JWT_PUBLIC_KEY", SETTING_TEXT, CONFIG_RESPONDERS, NULL, 0, 0, 0, false, MEMBER(jwt_public_key),
     "file with a public key as PEM, curve P-256: access tokens are ES256 then, and JWT_SECRET is not used"},
    {"JWT_PRIVATE_KEY", SETTING_TEXT, CONFIG_AUTH, NULL, 0, 0, 0, false, MEMBER(jwt_private_key),
     "file with the private key of JWT_PUBLIC_KEY as PEM, which nobody but the auth responder has to read"},
    {"ACCESS_TOKEN_TTL_SECONDS", SETTING_INTEGER, CONFIG_AUTH, "600", 1, 86400, 0, false,
     MEMBER(access_token_ttl_seconds), "a buyer's access token cannot be taken back before it ends; staff and admins are looked up"},
    {"REFRESH_TOKEN_TTL_SECONDS", SETTING_INTEGER, CONFIG_AUTH, "2592000", 1, 31536000, 0, false,
     MEMBER(refresh_token_ttl_seconds), "after which without a refresh a user has to log in again; 90 days after the login always"},
    {"PASSWORD_MIN_LENGTH", SETTING_INTEGER, CONFIG_AUTH, "6", 1, 128, 0, false, MEMBER(password_min_length),
     "characters; 12 is wise where real people register"},
    {"REFUSE_COMMON_PASSWORDS", SETTING_BOOLEAN, CONFIG_AUTH, "0", 0, 0, 0, false, MEMBER(refuse_common_passwords),
     "1 to refuse new passwords that everybody tries first; ticketctl says 1 where LISTEN_ADDRESS is not loopback"},
    {"PASSWORD_COST", SETTING_INTEGER, CONFIG_AUTH, "5", 1, 11, 0, false, MEMBER(password_cost),
     "of yescrypt: 5 takes about 20 ms and 16 MiB, each step more doubles both"},
    {"LOGIN_ATTEMPTS", SETTING_INTEGER, CONFIG_AUTH, "5", 0, 1000, 0, false, MEMBER(login_attempts),
     "wrong passwords for one account that cost no wait; 0 switches the waits off"},
    {"ADMIN_EMAIL", SETTING_EMAIL, CONFIG_AUTH, NULL, 0, 0, 0, false, MEMBER(admin_email),
     "gets the admin role once a mailed link has proved it (a password reset)"},
    {"HOLD_TTL_SECONDS", SETTING_INTEGER, CONFIG_HOLDS, "300", 1, 86400, 0, false, MEMBER(hold_ttl_seconds),
     "how long a hold keeps its seats"},
    {"HOLD_MAX_SECONDS", SETTING_INTEGER, CONFIG_HOLDS, "900", 1, 86400, 0, false, MEMBER(hold_max_seconds),
     "no extension lasts longer than this after the hold was made"},
    {"HOLD_COOLDOWN_SECONDS", SETTING_INTEGER, CONFIG_HOLDS, "600", 0, 86400, 0, false,
     MEMBER(hold_cooldown_seconds),
     "how long a seat is left to others by who has had it for HOLD_MAX_SECONDS in all, or ten times; 0: no such rule"},
    {"BUYER_REQUESTS_PER_SECOND", SETTING_INTEGER, CONFIG_HOLDS | CONFIG_CHECKOUT, "10", 0, 1000000, 0, false,
     MEMBER(buyer_rate), "how often a user may ask for holds, and for orders; five seconds of it at once; 0: as often as the user likes"},
    {"MAX_SEATS_PER_HOLD", SETTING_INTEGER, CONFIG_HOLDS, "10", 1, 100, 0, false, MEMBER(max_seats_per_hold),
     "seats in one hold"},
    {"MAX_HELD_SEATS_PER_USER", SETTING_INTEGER, CONFIG_HOLDS, "20", 1, 1000, 0, false,
     MEMBER(max_held_seats_per_user), "seats one user may hold in one show"},
    {"ORDER_TTL_SECONDS", SETTING_INTEGER, CONFIG_CHECKOUT, "900", 1, 604800, 0, false, MEMBER(order_ttl_seconds),
     "how long an unpaid order keeps its seats"},
    {"PAYMENT_PROVIDER", SETTING_PROVIDER, CONFIG_EVENTS | CONFIG_CHECKOUT, "test", 0, 0, 0, false, MEMBER(payment_provider),
     "test (takes no real money), stripe, or manual (bank transfer or box office: an admin marks orders as paid)"},
    {"STRIPE_SECRET_KEY", SETTING_KEYS, CONFIG_CHECKOUT, NULL, 0, 0, 0, true, MEMBER(stripe_secret_key),
     "API key, sk_... or rk_...; needed by provider stripe"},
    {"STRIPE_WEBHOOK_SECRET", SETTING_KEYS, CONFIG_CHECKOUT, NULL, 0, 0, 0, true, MEMBER(stripe_webhook_secret),
     "whsec_... of the endpoint PUBLIC_URL/api/webhooks/payments/stripe; several with commas between; needed by provider stripe"},
    {"STRIPE_API_BASE", SETTING_URL, CONFIG_CHECKOUT, "https://api.stripe.com", 0, 0, 0, false, MEMBER(stripe_api_base),
     "where Stripe's API is"},
    {"PAYMENT_WEBHOOK_SECRET", SETTING_SECRETS, CONFIG_CHECKOUT, NULL, 0, 0, 0, true,
     MEMBER(payment_webhook_secret), "signs the events of provider test; 32 random bytes or more; needed by provider test"},
    {"TICKET_KEYS_FILE", SETTING_TEXT, CONFIG_CHECKOUT, NULL, 0, 0, CONFIG_CHECKOUT, false, MEMBER(ticket_keys_file),
     "the keys that sign tickets, a file that ticketing-keys makes; the same on all hosts"},
    {"PUBLIC_URL", SETTING_URL, CONFIG_AUTH | CONFIG_CHECKOUT, NULL, 0, 0, CONFIG_AUTH | CONFIG_CHECKOUT, false, MEMBER(public_url),
     "how buyers reach the gateway, such as https://tickets.example.com, without a trailing slash"},
    {"WEBHOOK_ALLOW_PRIVATE", SETTING_BOOLEAN, CONFIG_CHECKOUT, "0", 0, 0, 0, false, MEMBER(webhook_allow_private),
     "1 when receivers of events may be at loopback, private or other addresses that are not public"},
    {"SMTP_URL", SETTING_SMTP, CONFIG_AUTH | CONFIG_CHECKOUT, NULL, 0, 0, 0, true, MEMBER(smtp_url),
     "mail server, smtp://[user:password@]host[:port] or smtps://; without it mails are written to MAIL_DIRECTORY"},
    {"MAIL_FROM", SETTING_EMAIL, CONFIG_AUTH | CONFIG_CHECKOUT, "tickets@localhost", 0, 0, 0, false, MEMBER(mail_from),
     "address that mails come from"},
    {"MAIL_DIRECTORY", SETTING_TEXT, CONFIG_AUTH | CONFIG_CHECKOUT, NULL, 0, 0, 0, false, MEMBER(mail_directory),
     "folder for mails as .eml files while SMTP_URL is not set"},
    {"RUN_DIRECTORY", SETTING_DIRECTORY, CONFIG_EVENTS, NULL, 0, 0, CONFIG_EVENTS, false, MEMBER(run_directory),
     "where the responders' sockets are"},
    {"AVAILABILITY_CACHE_MB", SETTING_INTEGER, CONFIG_EVENTS, "32", 1, 65536, 0, false, MEMBER(availability_cache_mb),
     "megabytes for the seat states of shows; one of 40,000 seats takes about 4, the least recently asked for go first"},
    {"SEATMAP_CACHE", SETTING_INTEGER, CONFIG_EVENTS | CONFIG_HOLDS | CONFIG_CHECKOUT, "32", 1, 1000, 0, false, MEMBER(seatmap_cache),
     "expanded seat maps kept in memory; the largest takes about 10 MB"},
};
/* clang-format on */

static void *member_of(struct config *config, const struct setting *setting)
{
    return (char *)config + setting->offset;
}

static bool read_integer(const struct setting *setting, const char *text, int64_t *ret_number, FILE *errors)
{
    char *end = NULL;
    errno = 0;
    int64_t number = strtoll(text, &end, 10);
    /* strtoll() skips white space and a plus sign; a setting has neither. */
    bool whole = (isdigit((unsigned char)*text) || *text == '-') && *end == '\0';
    if (!whole || errno != 0 || number < setting->min || number > setting->max) {
        fprintf(errors, "%s: must be a whole number from %" PRId64 " to %" PRId64 ", not \"%s\".\n",
                setting->name, setting->min, setting->max, text);
        return false;
    }
    *ret_number = number;
    return true;
}

static bool read_boolean(const struct setting *setting, const char *text, bool *ret_value, FILE *errors)
{
    static const struct {
        const char *text;
        bool value;
    } words[] = {{"1", true},  {"true", true},   {"yes", true}, {"on", true},
                 {"0", false}, {"false", false}, {"no", false}, {"off", false}};
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
        if (strcasecmp(text, words[i].text) == 0) {
            *ret_value = words[i].value;
            return true;
        }
    }
    fprintf(errors, "%s: must be 1 or 0, not \"%s\".\n", setting->name, text);
    return false;
}

static bool read_text(const struct setting *setting, const char *text, const char **ret_text, FILE *errors)
{
    const char *problem = config_text_problem(setting->type, text);
    if (problem != NULL) {
        if (setting->secret) {
            fprintf(errors, "%s: %s.\n", setting->name, problem);
        } else {
            fprintf(errors, "%s: %s, not \"%s\".\n", setting->name, problem, text);
        }
        return false;
    }
    *ret_text = text;
    return true;
}

static bool read_level(const struct setting *setting, const char *text, enum log_level *ret_level,
                       FILE *errors)
{
    if (log_level_from_name(text, ret_level)) {
        return true;
    }
    fprintf(errors, "%s: must be debug, info, warn or error, not \"%s\".\n", setting->name, text);
    return false;
}

static bool read_setting(const struct setting *setting, const char *text, struct config *config, FILE *errors)
{
    void *member = member_of(config, setting);
    switch (setting->type) {
    case SETTING_INTEGER:
        return read_integer(setting, text, member, errors);
    case SETTING_BOOLEAN:
        return read_boolean(setting, text, member, errors);
    case SETTING_LEVEL:
        return read_level(setting, text, member, errors);
    default:
        return read_text(setting, text, member, errors);
    }
}

/* The value to use; an empty one counts as not set, as in `ADMIN_EMAIL=`. */
static const char *setting_value(const struct setting *setting)
{
    const char *text = getenv(setting->name);
    return text != NULL && *text != '\0' ? text : setting->fallback;
}

/* What checkout needs in addition for the chosen payment provider. */
static const struct {
    const char *provider;
    const char *name;
    size_t offset; /* of a text in struct config */
} provider_needs[] = {
    {"test", "PAYMENT_WEBHOOK_SECRET", MEMBER(payment_webhook_secret)},
    {"stripe", "STRIPE_SECRET_KEY", MEMBER(stripe_secret_key)},
    {"stripe", "STRIPE_WEBHOOK_SECRET", MEMBER(stripe_webhook_secret)},
};

static size_t missing_of_provider(const struct config *config, FILE *errors)
{
    size_t missing = 0;
    for (size_t i = 0; config->payment_provider != NULL && i < ARRAY_LENGTH(provider_needs); i++) {
        const char *const *value = (const char *const *)((const char *)config + provider_needs[i].offset);
        if (strcmp(provider_needs[i].provider, config->payment_provider) == 0 && *value == NULL) {
            missing++;
            fprintf(errors, "%s: is needed by PAYMENT_PROVIDER=%s.\n", provider_needs[i].name,
                    provider_needs[i].provider);
        }
    }
    return missing;
}

static bool is_given(const char *name)
{
    const char *text = getenv(name);
    return text != NULL && *text != '\0';
}

/* Tokens are signed by a secret that all know, or by a key that only the auth responder has. */
static size_t missing_of_tokens(enum config_for who, const struct config *config, FILE *errors)
{
    if ((who & CONFIG_RESPONDERS) == 0) {
        return 0;
    }
    if (config->jwt_public_key == NULL && config->jwt_private_key != NULL) {
        fputs("JWT_PUBLIC_KEY: is needed by JWT_PRIVATE_KEY.\n", errors);
        return 1;
    }
    if ((who & CONFIG_AUTH) != 0 && config->jwt_public_key != NULL && config->jwt_private_key == NULL) {
        fputs("JWT_PRIVATE_KEY: is needed by JWT_PUBLIC_KEY, or no tokens could be made.\n", errors);
        return 1;
    }
    if (config->jwt_public_key == NULL && !is_given("JWT_SECRET")) {
        fputs("JWT_SECRET: is needed and not set (or JWT_PRIVATE_KEY and JWT_PUBLIC_KEY).\n", errors);
        return 1;
    }
    return 0;
}

bool config_load(enum config_for who, struct config *ret_config, FILE *errors)
{
    struct config config = {0};
    size_t wrong = 0;
    for (size_t i = 0; i < ARRAY_LENGTH(settings); i++) {
        const char *text = setting_value(&settings[i]);
        if ((settings[i].who & who) != 0 && text != NULL &&
            !read_setting(&settings[i], text, &config, errors)) {
            wrong++;
        }
    }
    /* Missing settings are looked for last, because a responder's own URL may stand in for DATABASE_URL. */
    for (size_t i = 0; i < ARRAY_LENGTH(settings); i++) {
        const struct setting *setting = &settings[i];
        bool needed = (setting->required & who) != 0 && setting_value(setting) == NULL;
        if (needed && *(const char **)member_of(&config, setting) == NULL) {
            fprintf(errors, "%s: is needed and not set (%s).\n", setting->name, setting->help);
            wrong++;
        }
    }
    wrong += who == CONFIG_CHECKOUT ? missing_of_provider(&config, errors) : 0;
    wrong += missing_of_tokens(who, &config, errors);
    if (wrong > 0) {
        return false;
    }
    *ret_config = config;
    return true;
}

static void describe_who(const struct setting *setting, FILE *out)
{
    static const char *const names[] = {RESPONDER_LIST(RESPONDER_NAME)};
    if ((setting->who & CONFIG_RESPONDERS) == CONFIG_RESPONDERS) {
        fputs("All responders", out);
        return;
    }
    const char *separator = "";
    for (unsigned i = 0; i < ARRAY_LENGTH(names); i++) {
        if ((setting->who & (1u << i)) != 0) {
            fprintf(out, "%s%s", separator, names[i]);
            separator = ", ";
        }
    }
}

static void describe(const struct setting *setting, FILE *out)
{
    fputs("# ", out);
    describe_who(setting, out);
    fprintf(out, ": %s", setting->help);
    if (setting->type == SETTING_INTEGER) {
        fprintf(out, " (%" PRId64 " to %" PRId64 ")", setting->min, setting->max);
    }
    fprintf(out, "%s\n%s=%s\n\n", setting->required != 0 ? "; required" : "", setting->name,
            setting->fallback != NULL ? setting->fallback : "");
}

static void describe_all(enum config_for who, FILE *out)
{
    for (size_t i = 0; i < ARRAY_LENGTH(settings); i++) {
        if ((settings[i].who & who) != 0) {
            describe(&settings[i], out);
        }
    }
}

bool config_start(int argc, char **argv, enum config_for who, struct config *ret_config, int *ret_exit_code)
{
    const char *argument = argc == 2 ? argv[1] : "";
    if (strcmp(argument, "--settings") == 0) {
        describe_all(who, stdout);
        *ret_exit_code = EXIT_SUCCESS;
        return false;
    }
    bool right = config_load(who, ret_config, stderr);
    *ret_exit_code = right ? EXIT_SUCCESS : EXIT_FAILURE;
    return right && strcmp(argument, "--check-settings") != 0;
}

/* config_text.c: what may stand in a setting that is kept as text. */
#include "common/config_text.h"

#include "common/mail_header.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum {
    SECRET_BYTES_MIN = 32,
    SECRET_BYTES_MAX = 1024,
    RUN_DIRECTORY_MAX = 90, /* the path of a unix socket in it ends at 107 bytes (unix(7)) */
};

/* True for http:// or https://, a host and no space, query, fragment or trailing slash. */
static bool is_base_url(const char *text)
{
    const char *host = NULL;
    if (strncmp(text, "http://", 7) == 0) {
        host = text + 7;
    } else if (strncmp(text, "https://", 8) == 0) {
        host = text + 8;
    }
    if (host == NULL || !isalnum((unsigned char)*host) || text[strlen(text) - 1] == '/') {
        return host != NULL && *host == '[' && text[strlen(text) - 1] != '/'; /* [::1] */
    }
    return true;
}

static bool has_only_url_characters(const char *text)
{
    for (; *text != '\0'; text++) {
        if (!isgraph((unsigned char)*text) || strchr("\"<>\\^`{|}?#@", *text) != NULL) {
            return false;
        }
    }
    return true;
}

/* The length of the shortest part between separators; an empty part counts. */
static size_t shortest_part(const char *text, const char *separators)
{
    size_t shortest = strcspn(text, separators);
    for (text += shortest; *text != '\0'; text += strcspn(text, separators)) {
        text++;
        size_t length = strcspn(text, separators);
        shortest = length < shortest ? length : shortest;
    }
    return shortest;
}

/* True for smtp:// or smtps:// and a host, with nothing behind the port. */
static bool is_mail_url(const char *text)
{
    const char *host = NULL;
    if (strncmp(text, "smtp://", 7) == 0) {
        host = text + 7;
    } else if (strncmp(text, "smtps://", 8) == 0) {
        host = text + 8;
    }
    if (host == NULL || *host == '\0') {
        return false;
    }
    for (; *host != '\0'; host++) {
        if (!isgraph((unsigned char)*host) || strchr("/?#\"<>\\", *host) != NULL) {
            return false;
        }
    }
    return true;
}

static bool is_key_list(const char *text)
{
    for (const char *at = text; *at != '\0'; at++) {
        if (!isgraph((unsigned char)*at)) {
            return false;
        }
    }
    return shortest_part(text, ",") >= 8 && strlen(text) <= SECRET_BYTES_MAX;
}

const char *config_text_problem(enum setting_type type, const char *text)
{
    switch (type) {
    case SETTING_SECRET:
    case SETTING_SECRETS:
        if (shortest_part(text, type == SETTING_SECRETS ? "," : "") < SECRET_BYTES_MIN) {
            return "must be 32 bytes long or longer; `openssl rand -hex 32` makes a good one";
        }
        return strlen(text) > SECRET_BYTES_MAX ? "must be at most 1024 bytes long" : NULL;
    case SETTING_KEYS:
        return is_key_list(text)
                   ? NULL
                   : "must be one key of 8 to 255 visible characters, or several with commas between";
    case SETTING_EMAIL:
        return mail_address_is_usable(text) ? NULL : "must be an e-mail address";
    case SETTING_URL:
        return is_base_url(text) && has_only_url_characters(text)
                   ? NULL
                   : "must be an http:// or https:// URL without a trailing slash, query or fragment";
    case SETTING_SMTP:
        return is_mail_url(text) ? NULL
                                 : "must be smtp://[user:password@]host[:port] or smtps://…, without a path";
    case SETTING_DIRECTORY:
        return strlen(text) > RUN_DIRECTORY_MAX
                   ? "must be at most 90 bytes long, for the path of a unix socket in it ends at 107"
                   : NULL;
    case SETTING_PROVIDER:
        return strcmp(text, "test") == 0 || strcmp(text, "stripe") == 0 || strcmp(text, "manual") == 0
                   ? NULL
                   : "must be test, stripe or manual";
    default:
        return NULL;
    }
}

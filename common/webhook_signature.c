/* webhook_signature.c: HMAC-SHA256 over a time and a body, as Stripe writes it. */
#include "common/webhook_signature.h"
#include "common/identifier.h"
#include <stdlib.h>
#include <string.h>

enum {
    HEADER_MAX = 1024,  /* characters of the header */
    SIGNATURES_MAX = 8, /* signatures looked at: a provider sends one for each secret in use */
    TIME_DIGITS_MAX = 12,
};

struct signed_header {
    const char *time; /* as sent: it is part of what was signed */
    size_t count;
    const char *signatures[SIGNATURES_MAX];
};

/* "<time>.<body>" with its length. */
static const char *signed_text(struct arena *arena, const char *time, const void *body, size_t length,
                               size_t *ret_length)
{
    size_t prefix = strlen(time) + 1;
    char *text = arena_alloc(arena, prefix + length + 1);
    memcpy(text, time, prefix - 1);
    text[prefix - 1] = '.';
    if (length > 0) {
        memcpy(text + prefix, body, length);
    }
    *ret_length = prefix + length;
    return text;
}

/* The first secret of a comma-separated list; `*secrets` moves behind it. NULL at the end. An empty secret is
 * passed over, because an attacker could sign with it. */
static const char *next_secret(const char **secrets, size_t *ret_length)
{
    const char *secret = *secrets + strspn(*secrets, ",");
    *ret_length = strcspn(secret, ",");
    *secrets = secret + *ret_length;
    return *ret_length > 0 ? secret : NULL;
}

const char *webhook_signature_make(struct arena *arena, const char *secrets, const void *body, size_t length,
                                   int64_t now)
{
    const char *time = arena_printf(arena, "%lld", (long long)now);
    size_t text_length = 0;
    const char *text = signed_text(arena, time, body, length, &text_length);
    const char *header = arena_printf(arena, "t=%s", time);
    size_t secret_length = 0;
    const char *secret = next_secret(&secrets, &secret_length);
    if (secret == NULL) {
        return arena_printf(arena, "%s,v1=", header);
    }
    for (int i = 0; i < SIGNATURES_MAX && secret != NULL; i++) {
        char signature[65] = "";
        hmac_sha256_hex(secret, secret_length, text, text_length, signature);
        header = arena_printf(arena, "%s,v1=%s", header, signature);
        secret = next_secret(&secrets, &secret_length);
    }
    return header;
}

/* Items of other schemes (v0 …) are passed over. */
static bool parse_header(struct arena *arena, const char *header, struct signed_header *ret_header)
{
    *ret_header = (struct signed_header){0};
    if (header == NULL || strlen(header) > HEADER_MAX) {
        return false;
    }
    char *rest = arena_text(arena, header);
    for (char *item = strsep(&rest, ","); item != NULL; item = strsep(&rest, ",")) {
        item += strspn(item, " ");
        if (strncmp(item, "t=", 2) == 0) {
            if (ret_header->time != NULL) {
                return false;
            }
            ret_header->time = item + 2;
        } else if (strncmp(item, "v1=", 3) == 0 && ret_header->count < SIGNATURES_MAX) {
            ret_header->signatures[ret_header->count++] = item + 3;
        }
    }
    if (ret_header->time == NULL) {
        return false;
    }
    size_t digits = strspn(ret_header->time, "0123456789");
    return digits > 0 && digits <= TIME_DIGITS_MAX && ret_header->time[digits] == '\0';
}

bool webhook_signature_verify(struct arena *arena, const char *secrets, const char *header, const void *body,
                              size_t length, int64_t now)
{
    struct signed_header parsed;
    if (!parse_header(arena, header, &parsed)) {
        return false;
    }
    int64_t away = strtoll(parsed.time, NULL, 10) - now;
    if (away > WEBHOOK_SIGNATURE_TOLERANCE_SECONDS || away < -WEBHOOK_SIGNATURE_TOLERANCE_SECONDS) {
        return false;
    }
    size_t text_length = 0;
    const char *text = signed_text(arena, parsed.time, body, length, &text_length);
    bool valid = false;
    size_t secret_length = 0;
    for (const char *secret = next_secret(&secrets, &secret_length); secret != NULL;
         secret = next_secret(&secrets, &secret_length)) {
        char expected[65];
        hmac_sha256_hex(secret, secret_length, text, text_length, expected);
        for (size_t i = 0; i < parsed.count; i++) {
            bool equal = secret_equal(expected, parsed.signatures[i]);
            valid = valid || equal;
        }
    }
    return valid;
}

/* token.c: JWTs by libjwt, with every check that it leaves out. */
#include "common/token.h"

#include "common/clock.h"
#include "common/log.h"
#include "common/memory.h"
#include "common/token_cache.h"
#include "common/token_key_file.h"
#include <jansson.h>
#include <jwt.h>
#include <string.h>

static const char issuer[] = "ticketing"; /* iss and aud */

enum { CLOCK_SKEW_SECONDS = 30 }; /* for tokens of a host whose clock is ahead */

static const struct {
    enum role role;
    const char *name;
} roles[] = {{ROLE_USER, "user"}, {ROLE_STAFF, "staff"}, {ROLE_ADMIN, "admin"}};

/* The one algorithm of the service, whatever a token's header says. */
struct algorithm {
    jwt_alg_t id;
    const char *name; /* in the header, RFC 7518 §3.1 */
};
static const struct algorithm hs256 = {JWT_ALG_HS256, "HS256"};
static const struct algorithm es256 = {JWT_ALG_ES256, "ES256"};

struct token_keys {
    struct token_cache *cache; /* of tokens that were good with these keys */
    struct algorithm algorithm;
    char *signing;   /* the secret, or a private key as PEM; NULL: this process can make no tokens */
    char *verifying; /* the secret again, or a public key as PEM */
};

DEFINE_CLEANUP(jwt_t *, jwt_free)

static struct token_keys *keys_of(struct algorithm algorithm, char *signing, char *verifying)
{
    struct token_keys *keys = memory_new(1, sizeof(*keys));
    *keys = (struct token_keys){token_cache_new(), algorithm, signing, verifying};
    return keys;
}

/* NULL: too short or too long. */
static struct token_keys *keys_of_secret(const char *secret)
{
    size_t length = secret == NULL ? 0 : strlen(secret);
    if (length < TOKEN_SECRET_MIN || length > TOKEN_MAX) {
        return NULL;
    }
    return keys_of(hs256, memory_text(secret), memory_text(secret));
}

/* Overwritten first. */
static void free_key(char *key)
{
    if (key != NULL) {
        explicit_bzero(key, strlen(key));
        free(key);
    }
}

void token_keys_free(struct token_keys *keys)
{
    if (keys == NULL) {
        return;
    }
    token_cache_free(keys->cache);
    free_key(keys->signing);
    free_key(keys->verifying);
    free(keys);
}

/* Do both keys belong together? Else every token that this process makes would be refused everywhere. */
static bool is_pair(const struct token_keys *keys)
{
    static const char nobody[] = "00000000-0000-4000-8000-000000000000";
    struct token_claims claims = {0};
    memcpy(claims.user_id, nobody, sizeof(nobody));
    memcpy(claims.session_id, nobody, sizeof(nobody));
    CLEANUP(free) char *token = token_issue(keys, &claims, 1);
    return token != NULL && token_verify(keys, token, &claims);
}

static struct token_keys *refuse(const char *setting, const char *path, const char *error)
{
    log_message(LOG_LEVEL_ERROR, "start", "%s: %s: %s", setting, path, error);
    return NULL;
}

struct token_keys *token_keys_open(const char *secret, const char *public_file, const char *private_file)
{
    const char *error = NULL;
    if (public_file == NULL) {
        struct token_keys *keys = keys_of_secret(secret);
        return keys != NULL ? keys : refuse("JWT_SECRET", "the text", "it is too short or too long");
    }
    char *verifying = token_key_file_read(public_file, TOKEN_KEY_PUBLIC, &error);
    if (verifying == NULL) {
        return refuse("JWT_PUBLIC_KEY", public_file, error);
    }
    char *signing = NULL;
    if (private_file != NULL) {
        signing = token_key_file_read(private_file, TOKEN_KEY_PRIVATE, &error);
        if (signing == NULL) {
            free(verifying);
            return refuse("JWT_PRIVATE_KEY", private_file, error);
        }
    }
    struct token_keys *keys = keys_of(es256, signing, verifying);
    if (signing != NULL && !is_pair(keys)) {
        token_keys_free(keys);
        return refuse("JWT_PRIVATE_KEY", private_file, "it does not belong to the key of JWT_PUBLIC_KEY");
    }
    return keys;
}

const char *role_name(enum role role)
{
    for (size_t i = 0; i < ARRAY_LENGTH(roles); i++) {
        if (roles[i].role == role) {
            return roles[i].name;
        }
    }
    return "unknown";
}

unsigned role_from_name(const char *name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(roles); i++) {
        if (strcmp(roles[i].name, name) == 0) {
            return roles[i].role;
        }
    }
    return 0;
}

/* `{"roles": […]}` as text; free with free(). */
static char *roles_text(unsigned bits)
{
    json_t *names = json_array();
    for (size_t i = 0; i < ARRAY_LENGTH(roles); i++) {
        if ((bits & roles[i].role) != 0) {
            json_array_append_new(names, json_string(roles[i].name));
        }
    }
    json_auto_t *object = json_pack("{s:o}", "roles", names);
    return json_dumps(object, JSON_COMPACT);
}

static bool add_claims(jwt_t *jwt, const struct token_claims *claims, int64_t ttl_seconds)
{
    int64_t now = clock_seconds();
    CLEANUP(free) char *roles_json = roles_text(claims->roles);
    return roles_json != NULL && jwt_add_grant(jwt, "iss", issuer) == 0 &&
           jwt_add_grant(jwt, "aud", issuer) == 0 && jwt_add_grant_int(jwt, "iat", now) == 0 &&
           jwt_add_grant_int(jwt, "nbf", now) == 0 && jwt_add_grant_int(jwt, "exp", now + ttl_seconds) == 0 &&
           jwt_add_grant(jwt, "sub", claims->user_id) == 0 &&
           jwt_add_grant(jwt, "sid", claims->session_id) == 0 &&
           jwt_add_grant(jwt, "email", claims->email) == 0 &&
           jwt_add_grant(jwt, "name", claims->full_name) == 0 &&
           (!claims->guest || jwt_add_grant_bool(jwt, "guest", 1) == 0) &&
           jwt_add_grants_json(jwt, roles_json) == 0;
}

char *token_issue(const struct token_keys *keys, const struct token_claims *claims, int64_t ttl_seconds)
{
    CLEANUP(jwt_free) jwt_t *jwt = NULL;
    if (keys->signing == NULL || jwt_new(&jwt) != 0 ||
        jwt_set_alg(jwt, keys->algorithm.id, (const unsigned char *)keys->signing,
                    (int)strlen(keys->signing)) != 0 ||
        !add_claims(jwt, claims, ttl_seconds)) {
        return NULL;
    }
    char *token = jwt_encode_str(jwt);
    if (token != NULL && strlen(token) > TOKEN_MAX) {
        /* A token that token_verify() would refuse must not be handed out. */
        free(token);
        return NULL;
    }
    return token;
}

/* Three parts of base64url, within the length limit: all that libjwt should ever see. */
static bool has_token_shape(const char *token)
{
    size_t length = strnlen(token, TOKEN_MAX + 1);
    size_t dots = 0;
    size_t part = 0; /* characters since the last dot */
    for (size_t i = 0; i < length; i++) {
        if (token[i] == '.') {
            if (part == 0) {
                return false;
            }
            dots++;
            part = 0;
        } else if (strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", token[i]) ==
                   NULL) {
            return false;
        } else {
            part++;
        }
    }
    return length <= TOKEN_MAX && dots == 2 && part > 0;
}

/* The header names the algorithm of our keys and demands no extension (`crit`, RFC 7515 §4.1.11). Looked at
 * before libjwt would follow another algorithm. */
static bool header_is_ours(const struct token_keys *keys, const char *token)
{
    unsigned char header[TOKEN_MAX];
    size_t length = 0;
    if (!base64url_decode(token, strcspn(token, "."), header, sizeof(header), &length)) {
        return false;
    }
    json_auto_t *object = json_loadb((const char *)header, length, JSON_REJECT_DUPLICATES, NULL);
    const char *algorithm = json_string_value(json_object_get(object, "alg"));
    return algorithm != NULL && strcmp(algorithm, keys->algorithm.name) == 0 &&
           json_object_get(object, "crit") == NULL;
}

/* A claim that must be exactly `text`. */
static bool claim_is(jwt_t *jwt, const char *name, const char *text)
{
    const char *value = jwt_get_grant(jwt, name);
    return value != NULL && strcmp(value, text) == 0;
}

/* Copies a text claim; false when it is absent, not text or does not fit. */
static bool copy_claim(jwt_t *jwt, const char *name, char *ret_text, size_t size)
{
    const char *value = jwt_get_grant(jwt, name);
    size_t length = value == NULL ? size : strlen(value);
    if (length >= size) {
        return false;
    }
    memcpy(ret_text, value, length + 1);
    return true;
}

static bool copy_uuid(jwt_t *jwt, const char *name, char ret_uuid[static UUID_SIZE])
{
    return copy_claim(jwt, name, ret_uuid, UUID_SIZE) && uuid_is_valid(ret_uuid);
}

/* Names this version does not know give no right; anything but an array of texts is malformed. */
static bool copy_roles(jwt_t *jwt, unsigned *ret_roles)
{
    CLEANUP(free) char *text = jwt_get_grants_json(jwt, "roles");
    json_auto_t *array = text == NULL ? NULL : json_loads(text, JSON_DECODE_ANY, NULL);
    if (!json_is_array(array)) {
        return false;
    }
    unsigned bits = 0;
    for (size_t i = 0; i < json_array_size(array); i++) {
        const char *name = json_string_value(json_array_get(array, i));
        if (name == NULL) {
            return false;
        }
        bits |= role_from_name(name);
    }
    *ret_roles = bits;
    return true;
}

/* RFC 8725 §3.8 to §3.10. jwt_get_grant_int() gives 0 or -1 for a claim that is absent or no integer: neither
 * passes. */
static bool in_force(jwt_t *jwt, int64_t *ret_expires_at)
{
    int64_t now = clock_seconds();
    int64_t expires_at = jwt_get_grant_int(jwt, "exp");
    int64_t not_before = jwt_get_grant_int(jwt, "nbf");
    *ret_expires_at = expires_at;
    return expires_at > now && not_before > 0 && not_before <= now + CLOCK_SKEW_SECONDS &&
           claim_is(jwt, "iss", issuer) && claim_is(jwt, "aud", issuer);
}

bool token_verify(const struct token_keys *keys, const char *token, struct token_claims *ret_claims)
{
    if (keys == NULL || token == NULL) {
        return false;
    }
    if (token_cache_get(keys->cache, token, ret_claims)) {
        return true;
    }
    if (!has_token_shape(token) || !header_is_ours(keys, token)) {
        return false;
    }
    CLEANUP(jwt_free) jwt_t *jwt = NULL;
    if (jwt_decode(&jwt, token, (const unsigned char *)keys->verifying, (int)strlen(keys->verifying)) != 0 ||
        jwt == NULL || jwt_get_alg(jwt) != keys->algorithm.id) {
        return false;
    }
    struct token_claims claims = {0};
    if (!in_force(jwt, &claims.expires_at) || !copy_uuid(jwt, "sub", claims.user_id) ||
        !copy_uuid(jwt, "sid", claims.session_id) ||
        !copy_claim(jwt, "email", claims.email, sizeof(claims.email)) ||
        !copy_claim(jwt, "name", claims.full_name, sizeof(claims.full_name)) ||
        !copy_roles(jwt, &claims.roles)) {
        return false;
    }
    claims.guest = jwt_get_grant_bool(jwt, "guest") == 1;
    token_cache_put(keys->cache, token, &claims);
    *ret_claims = claims;
    return true;
}

/* Access tokens: ours are taken, everything else is refused and crashes nothing. Tokens are also made by hand
 * here, signed with the right key, because what matters is what a correct signature does not excuse. */
#include "common/clock.h"
#include "common/memory.h"
#include "common/token.h"
#include <jansson.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define SECRET "0123456789abcdef0123456789abcdef"
#define OTHER_SECRET "0123456789abcdef0123456789abcdeX"
#define HS256 "{\"alg\":\"HS256\",\"typ\":\"JWT\"}"
#define USER "01890a5d-ac96-774b-bcce-b302099a8057"
#define SESSION "01890a5d-ac96-774b-bcce-b302099a8058"

static int set_up(void **state)
{
    *state = token_keys_open(SECRET, NULL, NULL);
    return *state == NULL;
}

static int tear_down(void **state)
{
    token_keys_free(*state);
    return 0;
}

static struct token_claims some_claims(void)
{
    return (struct token_claims){.user_id = USER,
                                 .session_id = SESSION,
                                 .email = "nguyễn@example.com",
                                 .full_name = "Nguyễn \"Văn\" A",
                                 .roles = ROLE_USER | ROLE_ADMIN,
                                 .guest = true};
}

/* header.payload.signature of any two texts; free with free(). */
static char *sign(const EVP_MD *digest, const char *secret, const char *header, const char *payload)
{
    size_t size = 2 * (strlen(header) + strlen(payload)) + 200;
    char *token = memory_new(size, 1);
    base64url_encode(header, strlen(header), token, size);
    strcat(token, ".");
    size_t used = strlen(token);
    base64url_encode(payload, strlen(payload), token + used, size - used);
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned mac_length = 0;
    HMAC(digest, secret, (int)strlen(secret), (const unsigned char *)token, strlen(token), mac, &mac_length);
    strcat(token, ".");
    used = strlen(token);
    base64url_encode(mac, mac_length, token + used, size - used);
    return token;
}

/* Good claims with one changed (`value` as JSON) or removed (NULL), as text; free with free(). */
static char *payload_with(const char *name, const char *value)
{
    json_int_t now = clock_seconds();
    json_auto_t *claims =
        json_pack("{s:s, s:s, s:I, s:I, s:I, s:s, s:s, s:s, s:s, s:[s]}", "iss", "ticketing", "aud",
                  "ticketing", "iat", now, "nbf", now, "exp", now + 60, "sub", USER, "sid", SESSION, "email",
                  "a@b", "name", "A", "roles", "user");
    if (name != NULL && value == NULL) {
        json_object_del(claims, name);
    } else if (name != NULL) {
        json_object_set_new(claims, name, json_loads(value, JSON_DECODE_ANY, NULL));
    }
    return json_dumps(claims, JSON_COMPACT);
}

static bool is_taken(const struct token_keys *keys, const char *header, const char *payload)
{
    CLEANUP(free) char *token = sign(EVP_sha256(), SECRET, header, payload);
    struct token_claims claims;
    return token_verify(keys, token, &claims);
}

static void an_issued_token_comes_back(void **state)
{
    struct token_claims claims = some_claims();
    int64_t now = clock_seconds();
    CLEANUP(free) char *token = token_issue(*state, &claims, 3600);
    assert_non_null(token);
    struct token_claims verified;
    assert_true(token_verify(*state, token, &verified));
    assert_string_equal(verified.user_id, USER);
    assert_string_equal(verified.session_id, SESSION);
    assert_string_equal(verified.email, claims.email);
    assert_string_equal(verified.full_name, claims.full_name);
    assert_int_equal(verified.roles, ROLE_USER | ROLE_ADMIN);
    assert_true(verified.guest);
    assert_in_range(verified.expires_at, now + 3600, now + 3602);
}

static void a_token_made_by_hand_is_taken(void **state)
{
    CLEANUP(free) char *payload = payload_with(NULL, NULL);
    assert_true(is_taken(*state, HS256, payload));
}

/* Many more than are remembered: each comes back as itself, however often. */
static void known_tokens_are_not_mixed_up(void **state)
{
    enum { TOKENS = 2000 };
    char **tokens = memory_new(TOKENS, sizeof(char *));
    struct token_claims claims = some_claims();
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < TOKENS; i++) {
            if (tokens[i] == NULL) {
                snprintf(claims.full_name, sizeof(claims.full_name), "Number %d", i);
                tokens[i] = token_issue(*state, &claims, 60);
            }
            char name[32];
            snprintf(name, sizeof(name), "Number %d", i);
            struct token_claims verified;
            assert_true(token_verify(*state, tokens[i], &verified));
            assert_string_equal(verified.full_name, name);
        }
    }
    for (int i = 0; i < TOKENS; i++) {
        free(tokens[i]);
    }
    free(tokens);
}

static void a_known_token_ends_as_well(void **state)
{
    struct token_claims claims = some_claims();
    CLEANUP(free) char *token = token_issue(*state, &claims, 2);
    assert_true(token_verify(*state, token, &claims));
    int64_t end = claims.expires_at;
    while (clock_seconds() < end) {
        usleep(20000);
    }
    assert_false(token_verify(*state, token, &claims));
}

static void short_secrets_are_refused(void **state)
{
    (void)state;
    assert_null(token_keys_open("0123456789abcdef0123456789abcde", NULL, NULL));
    assert_null(token_keys_open("", NULL, NULL));
    assert_null(token_keys_open(NULL, NULL, NULL));
    token_keys_free(NULL);
}

static void an_ended_token_is_refused(void **state)
{
    struct token_claims claims = some_claims();
    CLEANUP(free) char *token = token_issue(*state, &claims, 0);
    assert_false(token_verify(*state, token, &claims));
}

static void another_secret_or_a_changed_byte_is_refused(void **state)
{
    struct token_claims claims = some_claims();
    CLEANUP(token_keys_free) struct token_keys *other = token_keys_open(OTHER_SECRET, NULL, NULL);
    CLEANUP(free) char *token = token_issue(*state, &claims, 60);
    assert_false(token_verify(other, token, &claims));
    assert_true(token_verify(*state, token, &claims)); /* from now on it is a known one */
    for (size_t i = 0; i < strlen(token); i++) {
        char kept = token[i];
        token[i] = kept == 'A' ? 'B' : 'A';
        assert_false(token_verify(*state, token, &claims));
        token[i] = '\0'; /* cut off */
        assert_false(token_verify(*state, token, &claims));
        token[i] = kept;
    }
    assert_true(token_verify(*state, token, &claims));
}

static void other_algorithms_are_refused(void **state)
{
    CLEANUP(free) char *payload = payload_with(NULL, NULL);
    static const char *const headers[] = {
        "{\"alg\":\"none\",\"typ\":\"JWT\"}",
        "{\"alg\":\"NONE\"}",
        "{\"alg\":\"hs256\"}",
        "{\"alg\":\"RS256\",\"typ\":\"JWT\"}",
        "{\"alg\":\"ES256\"}",
        "{\"alg\":\"PS256\"}",
        "{\"alg\":null}",
        "{\"alg\":256}",
        "{\"alg\":[\"HS256\"]}",
        "{\"typ\":\"JWT\"}",
        "{}",
        "[]",
        "\"HS256\"",
        "{",
        "\xff\xfe",
        "{\"alg\":\"HS256\",\"alg\":\"none\"}",
        "{\"alg\":\"HS256\",\"crit\":[\"exp\"]}",
        "{\"alg\":\"HS256\\u0000\"}",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(headers); i++) {
        if (is_taken(*state, headers[i], payload)) {
            fail_msg("taken: %s", headers[i]);
        }
    }
    struct token_claims claims;
    CLEANUP(free) char *sha384 = sign(EVP_sha384(), SECRET, "{\"alg\":\"HS384\",\"typ\":\"JWT\"}", payload);
    assert_false(token_verify(*state, sha384, &claims));
    CLEANUP(free) char *sha512 = sign(EVP_sha512(), SECRET, "{\"alg\":\"HS512\",\"typ\":\"JWT\"}", payload);
    assert_false(token_verify(*state, sha512, &claims));
    CLEANUP(free) char *unsigned_token = sign(EVP_sha256(), SECRET, "{\"alg\":\"none\"}", payload);
    *strrchr(unsigned_token, '.') = '\0';
    assert_false(token_verify(*state, unsigned_token, &claims));
    strcat(unsigned_token, ".");
    assert_false(token_verify(*state, unsigned_token, &claims));
}

static void wrong_claims_are_refused_in_spite_of_the_signature(void **state)
{
    static const char *const wrong[][2] = {
        {"iss", NULL},
        {"iss", "\"other\""},
        {"iss", "1"},
        {"aud", NULL},
        {"aud", "\"other\""},
        {"aud", "[\"ticketing\"]"},
        {"aud", "null"},
        {"exp", NULL},
        {"exp", "1"},
        {"exp", "0"},
        {"exp", "-1"},
        {"exp", "\"9999999999\""},
        {"exp", "9999999999.5"},
        {"exp", "true"},
        {"exp", "null"},
        {"nbf", NULL},
        {"nbf", "99999999999"},
        {"nbf", "\"1\""},
        {"nbf", "[]"},
        {"sub", NULL},
        {"sub", "\"\""},
        {"sub", "\"admin\""},
        {"sub", "5"},
        {"sub", "{}"},
        {"sub", "\"" USER "0\""},
        {"sid", NULL},
        {"sid", "\"x\""},
        {"sid", "false"},
        {"email", NULL},
        {"email", "7"},
        {"email", "[\"a@b\"]"},
        {"name", NULL},
        {"name", "{}"},
        {"roles", NULL},
        {"roles", "\"admin\""},
        {"roles", "[1]"},
        {"roles", "{\"admin\":true}"},
        {"roles", "[null]"},
        {"roles", "[[\"admin\"]]"},
        {"roles", "7"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++) {
        CLEANUP(free) char *payload = payload_with(wrong[i][0], wrong[i][1]);
        if (is_taken(*state, HS256, payload)) {
            fail_msg("taken: %s = %s", wrong[i][0], wrong[i][1] == NULL ? "(absent)" : wrong[i][1]);
        }
    }
}

static void malformed_payloads_are_refused(void **state)
{
    static const char *const payloads[] = {"",
                                           "{}",
                                           "[]",
                                           "null",
                                           "1",
                                           "\"x\"",
                                           "{",
                                           "\xff",
                                           "{\"sub\":\"\xff\"}",
                                           "{\"sub\":\"\\u0000\"}",
                                           "{\"sub\":\"\\ud800\"}"};
    for (size_t i = 0; i < ARRAY_LENGTH(payloads); i++) {
        assert_false(is_taken(*state, HS256, payloads[i]));
    }
}

static void texts_that_do_not_fit_are_refused(void **state)
{
    char text[TOKEN_TEXT_MAX * 4 + 3] = "\"";
    memset(text + 1, 'n', TOKEN_TEXT_MAX * 4);
    strcat(text, "\"");
    CLEANUP(free) char *too_long = payload_with("name", text);
    assert_false(is_taken(*state, HS256, too_long));
    memmove(text + 1, text + 2, strlen(text + 1)); /* one less fits */
    CLEANUP(free) char *fits = payload_with("name", text);
    assert_true(is_taken(*state, HS256, fits));
}

static void unknown_roles_give_no_right(void **state)
{
    CLEANUP(free) char *payload = payload_with("roles", "[\"owner\", \"staff\", \"Admin\", \"\"]");
    CLEANUP(free) char *token = sign(EVP_sha256(), SECRET, HS256, payload);
    struct token_claims claims;
    assert_true(token_verify(*state, token, &claims));
    assert_int_equal(claims.roles, ROLE_STAFF);
}

static void malformed_tokens_are_refused(void **state)
{
    static const char *const tokens[] = {"",
                                         ".",
                                         "..",
                                         "...",
                                         "a",
                                         "a.b",
                                         "a.b.c",
                                         "a..",
                                         ".b.",
                                         "..c",
                                         "a.b.c.d",
                                         "Bearer a.b.c",
                                         "\xff.\xff.\xff",
                                         " ",
                                         "a.b.c ",
                                         "e30.e30.e30",
                                         "eyJ9.e30.e30",
                                         "%s.%s.%s"};
    struct token_claims claims = some_claims();
    for (size_t i = 0; i < ARRAY_LENGTH(tokens); i++) {
        assert_false(token_verify(*state, tokens[i], &claims));
    }
    assert_false(token_verify(*state, NULL, &claims));
    assert_false(token_verify(NULL, "a.b.c", &claims));
    assert_string_equal(claims.user_id, USER); /* untouched on failure */
}

static void the_length_is_capped(void **state)
{
    CLEANUP(free) char *payload = payload_with("padding", "\"x\"");
    assert_true(is_taken(*state, HS256, payload));
    char text[4000] = "\"";
    memset(text + 1, 'p', sizeof(text) - 3);
    text[sizeof(text) - 2] = '"';
    CLEANUP(free) char *padded = payload_with("padding", text);
    assert_false(is_taken(*state, HS256, padded));

    struct token_claims claims = some_claims();
    memset(claims.full_name, '\x01', sizeof(claims.full_name) - 1); /* six characters each in JSON */
    assert_null(token_issue(*state, &claims, 60));
}

static void text_that_is_not_utf8_is_not_issued(void **state)
{
    struct token_claims claims = some_claims();
    strcpy(claims.full_name, "\xff\xfe");
    assert_null(token_issue(*state, &claims, 60));
}

static void roles_have_names(void **state)
{
    (void)state;
    static const enum role roles[] = {ROLE_USER, ROLE_STAFF, ROLE_ADMIN};
    for (size_t i = 0; i < ARRAY_LENGTH(roles); i++) {
        assert_int_equal(role_from_name(role_name(roles[i])), roles[i]);
    }
    assert_int_equal(role_from_name("root"), 0);
    assert_int_equal(role_from_name(""), 0);
    assert_string_equal(role_name(ROLE_STAFF), "staff");
}

#define WITH_KEYS(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_KEYS(an_issued_token_comes_back),
        WITH_KEYS(a_token_made_by_hand_is_taken),
        WITH_KEYS(known_tokens_are_not_mixed_up),
        WITH_KEYS(a_known_token_ends_as_well),
        cmocka_unit_test(short_secrets_are_refused),
        WITH_KEYS(an_ended_token_is_refused),
        WITH_KEYS(another_secret_or_a_changed_byte_is_refused),
        WITH_KEYS(other_algorithms_are_refused),
        WITH_KEYS(wrong_claims_are_refused_in_spite_of_the_signature),
        WITH_KEYS(malformed_payloads_are_refused),
        WITH_KEYS(texts_that_do_not_fit_are_refused),
        WITH_KEYS(unknown_roles_give_no_right),
        WITH_KEYS(malformed_tokens_are_refused),
        WITH_KEYS(the_length_is_capped),
        WITH_KEYS(text_that_is_not_utf8_is_not_issued),
        cmocka_unit_test(roles_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

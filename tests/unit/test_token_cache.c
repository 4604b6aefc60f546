/* Tokens that were found good: what comes back, what does not, and how many are remembered. */
#include "common/clock.h"
#include "common/token_cache.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { BUYERS = 2000, TOKEN_SIZE = 64 };

static struct token_claims claims_of(int buyer, int64_t expires_at)
{
    struct token_claims claims = {.roles = ROLE_USER, .guest = true, .expires_at = expires_at};
    snprintf(claims.user_id, sizeof(claims.user_id), "00000000-0000-4000-8000-%012d", buyer);
    snprintf(claims.session_id, sizeof(claims.session_id), "10000000-0000-4000-8000-%012d", buyer);
    snprintf(claims.email, sizeof(claims.email), "buyer-%d@example.com", buyer);
    snprintf(claims.full_name, sizeof(claims.full_name), "Buyer %d", buyer);
    return claims;
}

static void remembers_what_was_put_in(void **state)
{
    (void)state;
    struct token_cache *cache = token_cache_new();
    struct token_claims found = {0};
    struct token_claims claims = claims_of(7, clock_seconds() + 60);
    assert_false(token_cache_get(cache, "a.b.c", &found));
    token_cache_put(cache, "a.b.c", &claims);
    assert_true(token_cache_get(cache, "a.b.c", &found));
    assert_string_equal(found.user_id, claims.user_id);
    assert_string_equal(found.session_id, claims.session_id);
    assert_string_equal(found.email, "buyer-7@example.com");
    assert_string_equal(found.full_name, "Buyer 7");
    assert_int_equal(found.roles, ROLE_USER);
    assert_true(found.guest);
    assert_int_equal(found.expires_at, claims.expires_at);
    assert_false(token_cache_get(cache, "a.b.d", &found));
    assert_false(token_cache_get(cache, "a.b.", &found));
    assert_false(token_cache_get(cache, "", &found));
    token_cache_free(cache);
}

static bool is_remembered(const struct token_claims *claims)
{
    struct token_cache *cache = token_cache_new();
    struct token_claims found = {0};
    token_cache_put(cache, "a.b.c", claims);
    bool remembered = token_cache_get(cache, "a.b.c", &found);
    token_cache_free(cache);
    return remembered;
}

static void forgets_what_has_expired(void **state)
{
    (void)state;
    struct token_claims claims = claims_of(7, clock_seconds() + 60);
    assert_true(is_remembered(&claims));
    claims.expires_at = clock_seconds() - 1;
    assert_false(is_remembered(&claims));
}

static void takes_no_names_that_are_too_long(void **state)
{
    (void)state;
    struct token_claims claims = claims_of(7, clock_seconds() + 60);
    memset(claims.full_name, 'x', sizeof(claims.full_name) - 1);
    assert_false(is_remembered(&claims));
}

/* Of two thousand buyers who come in turn nearly all are remembered until their turn comes again, and each is
 * told from the others. */
static void holds_a_crowd(void **state)
{
    (void)state;
    struct token_cache *cache = token_cache_new();
    char token[TOKEN_SIZE];
    for (int buyer = 0; buyer < BUYERS; buyer++) {
        struct token_claims claims = claims_of(buyer, clock_seconds() + 60);
        snprintf(token, sizeof(token), "header.%d.signature", buyer);
        token_cache_put(cache, token, &claims);
    }
    int remembered = 0;
    for (int buyer = 0; buyer < BUYERS; buyer++) {
        struct token_claims found = {0};
        snprintf(token, sizeof(token), "header.%d.signature", buyer);
        if (token_cache_get(cache, token, &found)) {
            assert_string_equal(found.user_id, claims_of(buyer, 0).user_id);
            remembered++;
        }
    }
    assert_true(remembered > BUYERS * 9 / 10);
    token_cache_free(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(remembers_what_was_put_in),
        cmocka_unit_test(forgets_what_has_expired),
        cmocka_unit_test(takes_no_names_that_are_too_long),
        cmocka_unit_test(holds_a_crowd),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

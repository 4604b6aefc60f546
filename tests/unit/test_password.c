/* Passwords: salted yescrypt, verified whole; unknown users cost the same; never more hashes at once than
 * allowed. */
#include "common/password.h"
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

DEFINE_CLEANUP(struct password_hasher *, password_hasher_free)

static struct password_hasher *cheap(void)
{
    struct password_hasher *hasher = password_hasher_new(1, 2, 8);
    assert_non_null(hasher);
    return hasher;
}

static void a_hash_is_salted_yescrypt(void **state)
{
    (void)state;
    CLEANUP(password_hasher_free) struct password_hasher *hasher = cheap();
    CLEANUP(free) char *one = password_hash(hasher, "pass123");
    CLEANUP(free) char *other = password_hash(hasher, "pass123");
    assert_int_equal(strncmp(one, "$y$", 3), 0);
    assert_string_not_equal(one, other);
    assert_true(password_verify(hasher, "pass123", one));
    assert_true(password_verify(hasher, "pass123", other));
}

static void only_the_whole_password_fits(void **state)
{
    (void)state;
    CLEANUP(password_hasher_free) struct password_hasher *hasher = cheap();
    char long_password[512];
    memset(long_password, 'p', 511);
    long_password[511] = '\0';
    CLEANUP(free) char *hash = password_hash(hasher, long_password);
    assert_non_null(hash);
    assert_true(password_verify(hasher, long_password, hash));
    long_password[510] = 'q'; /* the last byte counts too */
    assert_false(password_verify(hasher, long_password, hash));
    CLEANUP(free) char *unicode = password_hash(hasher, "mật khẩu 🎫");
    assert_true(password_verify(hasher, "mật khẩu 🎫", unicode));
    assert_false(password_verify(hasher, "mat khau 🎫", unicode));
    assert_false(password_verify(hasher, "", unicode));
}

static void every_byte_of_a_long_password_counts(void **state)
{
    (void)state;
    CLEANUP(password_hasher_free) struct password_hasher *hasher = cheap();
    char emoji[128 * 4 + 1] = {0};
    for (size_t i = 0; i < 128; i++) {
        memcpy(emoji + i * 4, "🎫", 4);
    }
    CLEANUP(free) char *hash = password_hash(hasher, emoji);
    assert_non_null(hash);
    assert_true(password_verify(hasher, emoji, hash));
    emoji[sizeof(emoji) - 2] = 'q';
    assert_false(password_verify(hasher, emoji, hash));
    assert_false(password_verify(hasher, emoji, NULL));
}

static void malformed_hashes_never_fit(void **state)
{
    (void)state;
    CLEANUP(password_hasher_free) struct password_hasher *hasher = cheap();
    static const char *const hashes[] = {"", "*0", "*1", "x", "$y$", "$y$j9T$", "$y$j9T$salt$", "pass123"};
    for (size_t i = 0; i < ARRAY_LENGTH(hashes); i++) {
        assert_false(password_verify(hasher, "pass123", hashes[i]));
        assert_false(password_verify(hasher, "", hashes[i]));
        assert_false(password_verify(hasher, hashes[i], hashes[i]));
    }
}

/* CLOCK_THREAD_CPUTIME_ID: what else the machine does must not count. */
static int64_t cpu_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void an_unknown_user_costs_as_much_as_a_wrong_password(void **state)
{
    (void)state;
    CLEANUP(password_hasher_free) struct password_hasher *hasher = password_hasher_new(5, 1, 8);
    CLEANUP(free) char *hash = password_hash(hasher, "pass123");
    int64_t known = 0;
    int64_t unknown = 0;
    for (int i = 0; i < 10; i++) {
        int64_t start = cpu_us();
        assert_false(password_verify(hasher, "wrong", hash));
        int64_t middle = cpu_us();
        assert_false(password_verify(hasher, "wrong", NULL));
        known += middle - start;
        unknown += cpu_us() - middle;
    }
    assert_true(unknown > known / 3 && unknown < known * 3);
}

static void a_cost_out_of_range_is_refused(void **state)
{
    (void)state;
    assert_null(password_hasher_new(0, 1, 8));
    assert_null(password_hasher_new(12, 1, 8));
    assert_null(password_hasher_new(5, 0, 8));
    assert_null(password_hasher_new(5, 1, 0));
    password_hasher_free(NULL);
}

static void more_than_the_places_are_refused_until_one_is_given_back(void **state)
{
    (void)state;
    CLEANUP(password_hasher_free) struct password_hasher *hasher = password_hasher_new(1, 1, 2);
    struct password_hasher *one = password_enter(hasher);
    CLEANUP(password_leave) struct password_hasher *other = password_enter(hasher);
    assert_ptr_equal(one, hasher);
    assert_ptr_equal(other, hasher);
    assert_null(password_enter(hasher));
    password_leave(NULL);
    assert_null(password_enter(hasher));
    password_leave(one);
    CLEANUP(password_leave) struct password_hasher *again = password_enter(hasher);
    assert_ptr_equal(again, hasher);
    assert_null(password_enter(hasher));
}

static void *verify_often(void *context)
{
    struct password_hasher *hasher = context;
    char *hash = password_hash(hasher, "pass123");
    intptr_t right = 0;
    for (int i = 0; i < 5; i++) {
        right += password_verify(hasher, "pass123", hash) && !password_verify(hasher, "pass124", hash);
    }
    free(hash);
    return (void *)right;
}

static void threads_share_the_slots(void **state)
{
    (void)state;
    CLEANUP(password_hasher_free) struct password_hasher *hasher = cheap();
    pthread_t threads[6];
    for (size_t i = 0; i < ARRAY_LENGTH(threads); i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, verify_often, hasher), 0);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(threads); i++) {
        void *right = NULL;
        pthread_join(threads[i], &right);
        assert_int_equal((intptr_t)right, 5);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hash_is_salted_yescrypt),
        cmocka_unit_test(only_the_whole_password_fits),
        cmocka_unit_test(every_byte_of_a_long_password_counts),
        cmocka_unit_test(malformed_hashes_never_fit),
        cmocka_unit_test(an_unknown_user_costs_as_much_as_a_wrong_password),
        cmocka_unit_test(a_cost_out_of_range_is_refused),
        cmocka_unit_test(more_than_the_places_are_refused_until_one_is_given_back),
        cmocka_unit_test(threads_share_the_slots),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

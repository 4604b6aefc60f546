/* The way out: which addresses are public, and what a request does when it meets one that is not. */
#include "common/outgoing.h"
#include "common/outgoing_address.h"
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static bool is_public(const char *text)
{
    struct sockaddr_in in = {.sin_family = AF_INET};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, text, &in.sin_addr) == 1) {
        return outgoing_address_is_public((const struct sockaddr *)&in);
    }
    assert_int_equal(inet_pton(AF_INET6, text, &in6.sin6_addr), 1);
    return outgoing_address_is_public((const struct sockaddr *)&in6);
}

static void special_addresses_are_not_public(void **state)
{
    (void)state;
    static const char *const closed[] = {
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.7",
        "203.0.113.7",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "2002:a00:1::",
        "2002:c0a8:101::",
        "3fff::1",
        "fc00::1",
        "fdff::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "5f00::1",
        "4000::1",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(closed); i++) {
        if (is_public(closed[i])) {
            fail_msg("%s counts as public", closed[i]);
        }
    }
    struct sockaddr local = {.sa_family = AF_UNIX};
    assert_false(outgoing_address_is_public(&local));
}

static void neighbours_of_special_addresses_are_public(void **state)
{
    (void)state;
    static const char *const open[] = {
        "1.1.1.1",        "9.255.255.255",   "11.0.0.0",        "100.63.255.255",  "100.128.0.0",
        "126.255.255.1",  "128.0.0.1",       "169.253.255.255", "169.255.0.0",     "172.15.255.255",
        "172.32.0.0",     "192.167.255.255", "192.169.0.0",     "198.17.255.255",  "198.20.0.0",
        "223.255.255.1",  "2606:4700::1111", "2a00:1450::1",    "2001:4860::8888", "64:ff9b::808:808",
        "2002:808:808::", "::ffff:8.8.8.8",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(open); i++) {
        if (!is_public(open[i])) {
            fail_msg("%s does not count as public", open[i]);
        }
    }
}

static void addresses_that_are_not_public_are_forbidden_at_connect(void **state)
{
    (void)state;
    static const char *const urls[] = {
        "http://127.0.0.1:9/",  "http://localhost:9/", "http://[::1]:9/", "http://[::ffff:127.0.0.1]:9/",
        "http://2130706433:9/", "http://0x7f.1:9/",    "http://0:9/",     "https://169.254.169.254/",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(urls); i++) {
        CLEANUP(outgoing_answer_release) struct outgoing_answer answer;
        outgoing_perform(&(struct outgoing_request){.url = urls[i], .body = "{}", .body_length = 2}, &answer);
        if (answer.result != OUTGOING_FORBIDDEN) {
            fail_msg("%s: result %d, %s", urls[i], (int)answer.result, answer.error);
        }
        assert_int_equal(answer.status, 0);
    }
}

static void allowed_private_addresses_are_tried(void **state)
{
    (void)state;
    CLEANUP(outgoing_answer_release) struct outgoing_answer answer;
    outgoing_perform(&(struct outgoing_request){.url = "http://127.0.0.1:9/", .allow_private = true},
                     &answer);
    assert_int_equal(answer.result, OUTGOING_BROKEN); /* nobody listens */
    assert_true(answer.error[0] != '\0');
}

static void other_schemes_do_not_exist(void **state)
{
    (void)state;
    static const char *const urls[] = {"file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/",
                                       "smtp://127.0.0.1/"};
    for (size_t i = 0; i < ARRAY_LENGTH(urls); i++) {
        CLEANUP(outgoing_answer_release) struct outgoing_answer answer;
        outgoing_perform(&(struct outgoing_request){.url = urls[i], .allow_private = true}, &answer);
        assert_int_equal(answer.result, OUTGOING_BROKEN);
        assert_int_equal(answer.body_length, 0);
    }
}

static int start(void **state)
{
    (void)state;
    return outgoing_init() ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(special_addresses_are_not_public),
        cmocka_unit_test(neighbours_of_special_addresses_are_public),
        cmocka_unit_test(addresses_that_are_not_public_are_forbidden_at_connect),
        cmocka_unit_test(allowed_private_addresses_are_tried),
        cmocka_unit_test(other_schemes_do_not_exist),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}

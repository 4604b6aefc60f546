/* Settings: defaults, ranges, all problems at once, secrets never shown; and nginx/env.example says the same.
 */
#include "common/config.h"
#include "common/memory.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define SECRET "0123456789abcdef0123456789abcdef"

/* Standard error's stand-in and the result of the last load. */
struct fixture {
    struct config config;
    char *errors;
};

static int set_up(void **state)
{
    clearenv();
    setenv("DATABASE_URL", "postgresql:///ticketing", 1);
    setenv("JWT_SECRET", SECRET, 1);
    setenv("PAYMENT_WEBHOOK_SECRET", SECRET, 1);
    setenv("TICKET_KEYS_FILE", "/tmp/keys.json", 1);
    setenv("PUBLIC_URL", "http://localhost:4000", 1);
    setenv("RUN_DIRECTORY", "/tmp/run", 1);
    *state = memory_new(1, sizeof(struct fixture));
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    free(fixture->errors);
    free(fixture);
    return 0;
}

static bool load(struct fixture *fixture, enum config_for who)
{
    size_t length = 0;
    free(fixture->errors);
    fixture->errors = NULL;
    FILE *errors = open_memstream(&fixture->errors, &length);
    bool fine = config_load(who, &fixture->config, errors);
    fclose(errors);
    assert_int_equal(fine, length == 0);
    return fine;
}

static size_t line_count(const char *text)
{
    size_t lines = 0;
    for (; *text != '\0'; text++) {
        lines += *text == '\n';
    }
    return lines;
}

/* True when the setting with this value is taken; else its one line must name it. */
static bool is_taken(struct fixture *fixture, enum config_for who, const char *name, const char *value)
{
    setenv(name, value, 1);
    bool taken = load(fixture, who);
    unsetenv(name);
    if (!taken) {
        assert_int_equal(line_count(fixture->errors), 1);
        assert_int_equal(strncmp(fixture->errors, name, strlen(name)), 0);
    }
    return taken;
}

static void defaults_are_as_documented(void **state)
{
    struct fixture *fixture = *state;
    struct config *config = &fixture->config;
    assert_true(load(fixture, CONFIG_RESPONDERS));
    assert_int_equal(config->threads, 32);
    assert_int_equal(config->database_pool, 8);
    assert_int_equal(config->database_wait_ms, 2000);
    assert_int_equal(config->database_statement_timeout_ms, 10000);
    assert_false(config->database_pooled);
    assert_int_equal(config->log_level, LOG_LEVEL_INFO);
    assert_int_equal(config->access_token_ttl_seconds, 600);
    assert_int_equal(config->refresh_token_ttl_seconds, 2592000);
    assert_int_equal(config->password_min_length, 6);
    assert_int_equal(config->password_cost, 5);
    assert_null(config->admin_email);
    assert_int_equal(config->hold_ttl_seconds, 300);
    assert_int_equal(config->hold_max_seconds, 900);
    assert_int_equal(config->max_seats_per_hold, 10);
    assert_int_equal(config->max_held_seats_per_user, 20);
    assert_int_equal(config->order_ttl_seconds, 900);
    assert_string_equal(config->payment_provider, "test");
    assert_int_equal(config->seatmap_cache, 32);
}

static void every_problem_is_told_at_once(void **state)
{
    struct fixture *fixture = *state;
    clearenv();
    setenv("JWT_SECRET", "too-short-but-still-secret", 1);
    setenv("THREADS", "many", 1);
    setenv("LOG_LEVEL", "loud", 1);
    setenv("DATABASE_POOLED", "maybe", 1);
    fixture->config.threads = 7;
    assert_false(load(fixture, CONFIG_CHECKOUT));
    assert_int_equal(line_count(fixture->errors), 8);
    static const char *const names[] = {
        "DATABASE_URL:",           "JWT_SECRET:", "THREADS:",         "LOG_LEVEL:",
        "PAYMENT_WEBHOOK_SECRET:", "PUBLIC_URL:", "DATABASE_POOLED:", "TICKET_KEYS_FILE:"};
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        assert_non_null(strstr(fixture->errors, names[i]));
    }
    assert_null(strstr(fixture->errors, "too-short-but-still-secret"));
    assert_non_null(strstr(fixture->errors, "\"many\""));
    assert_int_equal(fixture->config.threads, 7); /* untouched on failure */
}

static void each_of_several_secrets_is_long_enough(void **state)
{
    struct fixture *fixture = *state;
    static const char *const wrong[] = {SECRET ",x", "x," SECRET, SECRET ",", "," SECRET, SECRET ",," SECRET};
    setenv("PAYMENT_WEBHOOK_SECRET", SECRET "," SECRET, 1);
    assert_true(load(fixture, CONFIG_CHECKOUT));
    for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++) {
        setenv("PAYMENT_WEBHOOK_SECRET", wrong[i], 1);
        assert_false(load(fixture, CONFIG_CHECKOUT));
        assert_non_null(strstr(fixture->errors, "PAYMENT_WEBHOOK_SECRET:"));
    }
}

static void each_program_needs_its_own_settings_only(void **state)
{
    struct fixture *fixture = *state;
    clearenv();
    setenv("DATABASE_URL", "postgresql:///ticketing", 1);
    setenv("HOLD_TTL_SECONDS", "wrong", 1);
    assert_true(load(fixture, CONFIG_TOOL));
    assert_false(load(fixture, CONFIG_AUTH));
    assert_int_equal(line_count(fixture->errors), 2); /* JWT_SECRET and PUBLIC_URL */
    setenv("JWT_SECRET", SECRET, 1);
    assert_false(load(fixture, CONFIG_AUTH)); /* its mails hold links: no address is made up */
    assert_non_null(strstr(fixture->errors, "PUBLIC_URL"));
    setenv("PUBLIC_URL", "http://localhost:4000", 1);
    assert_true(load(fixture, CONFIG_AUTH));
    assert_false(load(fixture, CONFIG_EVENTS)); /* RUN_DIRECTORY */
    assert_non_null(strstr(fixture->errors, "RUN_DIRECTORY"));
    assert_false(load(fixture, CONFIG_HOLDS));
    assert_non_null(strstr(fixture->errors, "HOLD_TTL_SECONDS"));
}

static void a_responder_may_have_its_own_database(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        enum config_for who;
        const char *name;
    } own[] = {{CONFIG_AUTH, "AUTH_DATABASE_URL"},
               {CONFIG_EVENTS, "EVENTS_DATABASE_URL"},
               {CONFIG_HOLDS, "HOLDS_DATABASE_URL"},
               {CONFIG_CHECKOUT, "CHECKOUT_DATABASE_URL"}};
    for (size_t i = 0; i < ARRAY_LENGTH(own); i++) {
        assert_true(load(fixture, own[i].who));
        assert_string_equal(fixture->config.database_url, "postgresql:///ticketing");
        setenv(own[i].name, own[i].name, 1);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(own); i++) {
        assert_true(load(fixture, own[i].who));
        assert_string_equal(fixture->config.database_url, own[i].name);
    }
    unsetenv("DATABASE_URL");
    assert_true(load(fixture, CONFIG_AUTH));
    assert_false(load(fixture, CONFIG_TOOL));
}

static void numbers_have_ranges(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        enum config_for who;
        const char *name;
        const char *least, *below, *most, *above;
    } ranges[] = {
        {CONFIG_HOLDS, "HOLD_TTL_SECONDS", "1", "0", "86400", "86401"},
        {CONFIG_HOLDS, "MAX_SEATS_PER_HOLD", "1", "0", "100", "101"},
        {CONFIG_CHECKOUT, "ORDER_TTL_SECONDS", "1", "0", "604800", "604801"},
        {CONFIG_AUTH, "PASSWORD_MIN_LENGTH", "1", "0", "128", "129"},
        {CONFIG_AUTH, "PASSWORD_COST", "1", "0", "11", "12"},
        {CONFIG_AUTH, "ACCESS_TOKEN_TTL_SECONDS", "1", "-1", "86400", "86401"},
        {CONFIG_EVENTS, "THREADS", "1", "0", "512", "513"},
        {CONFIG_EVENTS, "DATABASE_POOL", "1", "0", "256", "99999999999999999999"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(ranges); i++) {
        assert_true(is_taken(fixture, ranges[i].who, ranges[i].name, ranges[i].least));
        assert_true(is_taken(fixture, ranges[i].who, ranges[i].name, ranges[i].most));
        assert_false(is_taken(fixture, ranges[i].who, ranges[i].name, ranges[i].below));
        assert_false(is_taken(fixture, ranges[i].who, ranges[i].name, ranges[i].above));
    }
    static const char *const wrong[] = {" 5", "5 ", "+5", "5s", "0x5", "5.0", "five", "-", "1e2"};
    for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++) {
        assert_false(is_taken(fixture, CONFIG_HOLDS, "HOLD_TTL_SECONDS", wrong[i]));
    }
}

static void an_empty_value_counts_as_not_set(void **state)
{
    struct fixture *fixture = *state;
    setenv("ADMIN_EMAIL", "", 1);
    setenv("THREADS", "", 1);
    assert_true(load(fixture, CONFIG_AUTH));
    assert_null(fixture->config.admin_email);
    assert_int_equal(fixture->config.threads, 32);
    setenv("JWT_SECRET", "", 1);
    assert_false(load(fixture, CONFIG_AUTH));
}

static void texts_are_checked(void **state)
{
    struct fixture *fixture = *state;
    assert_true(is_taken(fixture, CONFIG_AUTH, "ADMIN_EMAIL", "admin@example.com"));
    assert_false(is_taken(fixture, CONFIG_AUTH, "ADMIN_EMAIL", "admin"));
    assert_true(is_taken(fixture, CONFIG_AUTH, "DATABASE_POOLED", "1"));
    assert_true(is_taken(fixture, CONFIG_AUTH, "LOG_LEVEL", "debug"));
    char directory[92] = "/";
    memset(directory + 1, 'd', 90);
    assert_false(is_taken(fixture, CONFIG_EVENTS, "RUN_DIRECTORY", directory));
    directory[90] = '\0';
    assert_true(is_taken(fixture, CONFIG_EVENTS, "RUN_DIRECTORY", directory));
}

static void the_public_url_is_a_base_to_append_to(void **state)
{
    struct fixture *fixture = *state;
    static const char *const good[] = {"http://localhost:4000", "https://tickets.example.com",
                                       "http://[::1]:4000", "https://example.com/tickets"};
    static const char *const bad[] = {"localhost:4000",
                                      "http://localhost:4000/",
                                      "ftp://example.com",
                                      "http://",
                                      "http:///x",
                                      "https://example.com?x=1",
                                      "https://example.com#a",
                                      "https://a b",
                                      "https://user@example.com",
                                      "https://ex\"ample.com"};
    for (size_t i = 0; i < ARRAY_LENGTH(good); i++) {
        assert_true(is_taken(fixture, CONFIG_CHECKOUT, "PUBLIC_URL", good[i]));
    }
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        if (is_taken(fixture, CONFIG_CHECKOUT, "PUBLIC_URL", bad[i])) {
            fail_msg("taken: %s", bad[i]);
        }
    }
}

static void a_payment_provider_needs_its_own_settings(void **state)
{
    struct fixture *fixture = *state;
    assert_false(is_taken(fixture, CONFIG_CHECKOUT, "PAYMENT_PROVIDER", "paypal"));
    assert_true(is_taken(fixture, CONFIG_CHECKOUT, "PAYMENT_PROVIDER", "test"));
    assert_true(is_taken(fixture, CONFIG_CHECKOUT, "PAYMENT_PROVIDER", "manual"));
    setenv("PAYMENT_PROVIDER", "stripe", 1);
    assert_false(load(fixture, CONFIG_CHECKOUT));
    assert_non_null(strstr(fixture->errors, "STRIPE_SECRET_KEY:"));
    assert_non_null(strstr(fixture->errors, "STRIPE_WEBHOOK_SECRET:"));
    setenv("STRIPE_SECRET_KEY", "sk_test_of_this_test", 1);
    setenv("STRIPE_WEBHOOK_SECRET", "whsec_one_of_two,whsec_two_of_two", 1);
    assert_true(load(fixture, CONFIG_CHECKOUT));
    assert_string_equal(fixture->config.stripe_api_base, "https://api.stripe.com");
    setenv("STRIPE_WEBHOOK_SECRET", "whsec_one_of_two,", 1);
    assert_false(load(fixture, CONFIG_CHECKOUT));
    assert_null(strstr(fixture->errors, "whsec_"));
}

static void only_the_test_provider_needs_a_webhook_secret_of_ours(void **state)
{
    struct fixture *fixture = *state;
    unsetenv("PAYMENT_WEBHOOK_SECRET");
    assert_false(load(fixture, CONFIG_CHECKOUT));
    assert_non_null(strstr(fixture->errors, "PAYMENT_WEBHOOK_SECRET"));
    setenv("PAYMENT_PROVIDER", "manual", 1);
    assert_true(load(fixture, CONFIG_CHECKOUT));
    setenv("PAYMENT_PROVIDER", "stripe", 1);
    assert_true(load(fixture, CONFIG_EVENTS)); /* judges prices, and asks the provider for nothing */
}

#define WITH_ENVIRONMENT(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ENVIRONMENT(defaults_are_as_documented),
        WITH_ENVIRONMENT(every_problem_is_told_at_once),
        WITH_ENVIRONMENT(each_of_several_secrets_is_long_enough),
        WITH_ENVIRONMENT(each_program_needs_its_own_settings_only),
        WITH_ENVIRONMENT(a_responder_may_have_its_own_database),
        WITH_ENVIRONMENT(numbers_have_ranges),
        WITH_ENVIRONMENT(an_empty_value_counts_as_not_set),
        WITH_ENVIRONMENT(texts_are_checked),
        WITH_ENVIRONMENT(the_public_url_is_a_base_to_append_to),
        WITH_ENVIRONMENT(a_payment_provider_needs_its_own_settings),
        WITH_ENVIRONMENT(only_the_test_provider_needs_a_webhook_secret_of_ours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

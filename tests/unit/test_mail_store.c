/* Mails that go to a folder: whole or not at all, and with a word on why not. */
#include "common/mail.h"
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct fixture {
    char folder[32];
    char path[64]; /* of the mail "one" */
    struct arena *arena;
};

static int set_up(void **state)
{
    struct fixture *fixture = memory_new(1, sizeof(*fixture));
    memcpy(fixture->folder, "/tmp/mail-store-XXXXXX", sizeof("/tmp/mail-store-XXXXXX"));
    assert_non_null(mkdtemp(fixture->folder));
    snprintf(fixture->path, sizeof(fixture->path), "%s/one.eml", fixture->folder);
    fixture->arena = arena_new();
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    unlink(fixture->path);
    rmdir(fixture->path);
    assert_int_equal(rmdir(fixture->folder), 0); /* nothing else was left there */
    arena_free(fixture->arena);
    free(fixture);
    return 0;
}

static void expect_content(const char *path, const char *wanted)
{
    char text[64] = "";
    CLEANUP(close) int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(read(fd, text, sizeof(text) - 1), strlen(wanted));
    assert_string_equal(text, wanted);
}

static void a_mail_is_a_file_that_others_cannot_read(void **state)
{
    struct fixture *fixture = *state;
    char error[OUTGOING_ERROR_SIZE] = "";
    assert_int_equal(mail_store(fixture->folder, "one", "first\r\n", 7, error), MAIL_SENT);
    expect_content(fixture->path, "first\r\n");
    struct stat about;
    assert_int_equal(stat(fixture->path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    assert_int_equal(mail_store(fixture->folder, "one", "again\r\n", 7, error), MAIL_SENT);
    expect_content(fixture->path, "again\r\n");
}

static void a_folder_that_takes_nothing_is_told(void **state)
{
    struct fixture *fixture = *state;
    char error[OUTGOING_ERROR_SIZE] = "";
    assert_int_equal(mail_store("/tmp/mail-store-is-not-there", "one", "x", 1, error), MAIL_UNREACHABLE);
    assert_non_null(strstr(error, "/tmp/mail-store-is-not-there/one.eml"));
    assert_non_null(strstr(error, strerror(ENOENT)));

    /* The file's name is taken by a folder: what was written aside is removed again. */
    assert_int_equal(mkdir(fixture->path, 0700), 0);
    assert_int_equal(mail_store(fixture->folder, "one", "x", 1, error), MAIL_UNREACHABLE);
    assert_non_null(strstr(error, strerror(EISDIR)));

    char long_folder[5000];
    memset(long_folder, 'x', sizeof(long_folder) - 1);
    long_folder[sizeof(long_folder) - 1] = '\0';
    assert_int_equal(mail_store(long_folder, "one", "x", 1, error), MAIL_UNREACHABLE);
    assert_string_equal(error, "MAIL_DIRECTORY is too long.");
}

static void a_mail_without_a_way_waits_and_a_wrong_address_is_given_up(void **state)
{
    struct fixture *fixture = *state;
    const struct mail_route nowhere = {.from = "tickets@example.com"};
    struct mail mail = {.id = "one",
                        .from = nowhere.from,
                        .to = "buyer@example.com",
                        .subject = "s",
                        .text = "t",
                        .html = "h"};
    char error[OUTGOING_ERROR_SIZE] = "";
    assert_int_equal(mail_send(&nowhere, &mail, fixture->arena, error), MAIL_UNREACHABLE);
    assert_string_equal(error, "Neither SMTP_URL nor MAIL_DIRECTORY is set.");

    mail.to = "buyer@example.com\r\nBcc: all@example.com";
    assert_int_equal(mail_send(&nowhere, &mail, fixture->arena, error), MAIL_REFUSED);
    assert_string_equal(error, "The address cannot be written in a mail.");

    mail.to = "buyer@example.com";
    const struct mail_route folder = {.from = nowhere.from, .directory = fixture->folder};
    assert_int_equal(mail_send(&folder, &mail, fixture->arena, error), MAIL_SENT);
    assert_string_equal(error, "");
    assert_int_equal(access(fixture->path, R_OK), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_mail_is_a_file_that_others_cannot_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_folder_that_takes_nothing_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_mail_without_a_way_waits_and_a_wrong_address_is_given_up, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

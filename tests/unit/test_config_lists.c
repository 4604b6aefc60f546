/* ticketctl hands each responder the settings that config.c has for it: one that SETTINGS_OF in
 * nginx/ctl/settings.sh forgets could not be set. */
#include "common/config.h"
#include "common/memory.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Whether `name` is a word of the list in single quotes that follows `label` in the shell text. */
static bool list_has(const char *shell, const char *label, const char *name)
{
    const char *word = strstr(shell, label);
    assert_non_null(word);
    word += strlen(label);
    while (*word != '\0' && *word != '\'') {
        const size_t length = strcspn(word, " '");
        if (length == strlen(name) && strncmp(word, name, length) == 0) {
            return true;
        }
        word += length + (word[length] == ' ');
    }
    return false;
}

static void check_setting(const char *shell, const char *comment, const char *name)
{
    static const struct {
        const char *who, *label;
    } lists[] = {{"auth: ", "\n  [auth]='"},
                 {"events: ", "\n  [events]='"},
                 {"holds: ", "\n  [holds]='"},
                 {"checkout: ", "\n  [checkout]='"}};
    size_t found = 0;
    for (size_t i = 0; i < ARRAY_LENGTH(lists); i++) {
        const bool has = list_has(shell, lists[i].label, name);
        if (!has && strstr(comment, lists[i].who) != NULL) {
            fail_msg("SETTINGS_OF in nginx/ctl/settings.sh: %slacks %s", lists[i].who, name);
        }
        found += has;
    }
    if (found == 0) {
        fail_msg("nginx/ctl/settings.sh hands %s to no responder", name);
    }
}

static void ticketctl_hands_on_every_setting(void **state)
{
    (void)state;
    FILE *file = fopen("nginx/ctl/settings.sh", "r"); /* tests run in the root of the checkout */
    assert_non_null(file);
    static char shell[65536];
    shell[fread(shell, 1, sizeof(shell) - 1, file)] = '\0';
    fclose(file);

    char *table = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&table, &length);
    config_describe(out);
    fclose(out);
    const char *comment = "";
    for (char *line = strtok(table, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        if (*line == '#') {
            comment = line;
            continue;
        }
        line[strcspn(line, "=")] = '\0';
        /* The addresses of databases are made by database_url(). */
        if (strstr(line, "DATABASE_URL") == NULL && !list_has(shell, "SETTINGS_ALL='", line)) {
            check_setting(shell, comment, line);
        }
    }
    free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ticketctl_hands_on_every_setting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

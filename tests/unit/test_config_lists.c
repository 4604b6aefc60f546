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

/* The names of the settings that `who` reads, one a line; free with free(). */
static char *names_of(enum config_for who)
{
    char *table = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&table, &length);
    config_describe(who, out);
    fclose(out);
    char *end = table;
    for (char *line = strtok(table, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        if (*line != '#') {
            const size_t name_length = strcspn(line, "=");
            memmove(end, line, name_length);
            end += name_length;
            *end++ = '\n';
        }
    }
    *end = '\0';
    return table;
}

static void ticketctl_hands_on_every_setting(void **state)
{
    (void)state;
    static const struct {
        enum config_for who;
        const char *label;
    } lists[] = {{CONFIG_AUTH, "\n  [auth]='"},
                 {CONFIG_EVENTS, "\n  [events]='"},
                 {CONFIG_HOLDS, "\n  [holds]='"},
                 {CONFIG_CHECKOUT, "\n  [checkout]='"}};
    FILE *file = fopen("nginx/ctl/settings.sh", "r"); /* tests run in the root of the checkout */
    assert_non_null(file);
    static char shell[65536];
    shell[fread(shell, 1, sizeof(shell) - 1, file)] = '\0';
    fclose(file);
    for (size_t i = 0; i < ARRAY_LENGTH(lists); i++) {
        char *names = names_of(lists[i].who);
        for (char *name = strtok(names, "\n"); name != NULL; name = strtok(NULL, "\n")) {
            /* The addresses of databases are made by database_url(). */
            if (strstr(name, "DATABASE_URL") == NULL && !list_has(shell, "SETTINGS_ALL='", name) &&
                !list_has(shell, lists[i].label, name)) {
                fail_msg("SETTINGS_OF in nginx/ctl/settings.sh:%s lacks %s", lists[i].label, name);
            }
        }
        free(names);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ticketctl_hands_on_every_setting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

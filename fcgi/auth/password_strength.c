/* password_strength.c: judges a new password by the word lists and patterns of libzxcvbn. */
#include "fcgi/auth/password_strength.h"
#include "fcgi/auth/auth.h"
#include <string.h>
#include <zxcvbn.h>

/* 2^30 guesses. Of the 1,090 passwords of ten characters and more among the 30,000 most used (the list of
 * zxcvbn 4.4 for Python), 782 are below; the rest looks like noise to a stranger. */
static const double COMMON_BITS = 30;

enum { OWN_WORDS_MAX = 32, OWN_WORD_BYTES_MIN = 3 };

/* The owner's words, of which an attacker who knows the account thinks first. */
struct own_words {
    const char *list[OWN_WORDS_MAX + 1]; /* NULL ends it */
    size_t count;
};

static void add_word(struct own_words *words, const char *word)
{
    if (strlen(word) >= OWN_WORD_BYTES_MIN && words->count < OWN_WORDS_MAX) {
        words->list[words->count++] = word;
    }
}

/* The text, its pieces, and all pieces without what stands between them: an.le@example.com is also
 * anleexamplecom. */
static void add_text(struct own_words *words, struct arena *arena, const char *text, const char *between)
{
    add_word(words, text);
    char *joined = arena_text(arena, "");
    char *rest = NULL;
    for (char *piece = strtok_r(arena_text(arena, text), between, &rest); piece != NULL;
         piece = strtok_r(NULL, between, &rest)) {
        add_word(words, piece);
        joined = arena_printf(arena, "%s%s", joined, piece);
    }
    add_word(words, joined);
}

static bool password_is_common(struct arena *arena, const char *password, const struct password_owner *owner)
{
    struct own_words words = {0};
    add_text(&words, arena, owner->email, ".@+-_");
    add_word(&words, arena_printf(arena, "%.*s", (int)strcspn(owner->email, "@"), owner->email));
    add_text(&words, arena, owner->full_name, " .-'");
    return ZxcvbnMatch(password, words.list, NULL) < COMMON_BITS;
}

enum problem password_admit(const struct request *request, struct response *response, const char *field,
                            const char *password, const struct password_owner *owner)
{
    const struct auth *auth = request_context(request);
    CLEANUP(arena_free) struct arena *arena = arena_new();
    if (!auth->config.refuse_common_passwords || !password_is_common(arena, password, owner)) {
        return PROBLEM_NONE;
    }
    CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
    fault_add(faults, field,
              "is easy to guess: many people choose this one or one like it, or it is made of your name or "
              "address");
    return response_faults(response, faults);
}

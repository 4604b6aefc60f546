/* password_strength.c: judges a new password by the word lists and patterns of libzxcvbn. */
#include "fcgi/auth/password_strength.h"
#include "fcgi/auth/auth.h"
#include <zxcvbn.h>

/* 2^30 guesses. Of the 1,090 passwords of ten characters and more among the 30,000 most used (the list of
 * zxcvbn 4.4 for Python), 782 are below; the rest looks like noise to a stranger. */
static const double COMMON_BITS = 30;

static bool password_is_common(const char *password)
{
    return ZxcvbnMatch(password, NULL, NULL) < COMMON_BITS;
}

enum problem password_admit(const struct request *request, struct response *response, const char *field,
                            const char *password)
{
    const struct auth *auth = request_context(request);
    if (!auth->config.refuse_common_passwords || !password_is_common(password)) {
        return PROBLEM_NONE;
    }
    CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
    fault_add(faults, field, "is easy to guess: many people choose this one, or one like it");
    return response_faults(response, faults);
}

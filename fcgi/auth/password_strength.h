/* password_strength.h: is a password among those that attackers try first? */
#ifndef TICKETING_PASSWORD_STRENGTH_H
#define TICKETING_PASSWORD_STRENGTH_H

#include "common/request.h"
#include "common/response.h"

/* Whose password it is to be; texts borrowed. */
struct password_owner {
    const char *email;
    const char *full_name;
};

/* PROBLEM_NONE when `password` may be chosen; else the answer, 422 that names `field`. Where common passwords
 * are not refused (REFUSE_COMMON_PASSWORDS) every password may be chosen.
 *
 * Common is a password that an attacker who tries the likely ones first finds within a thousand million
 * guesses: a password or word that many people use, a pattern of keys, a date, or a few of these in a row,
 * with capitals and digits for letters seen through; the owner's address and name count as such words. The
 * judge is libzxcvbn (D. Wheeler: "zxcvbn: Low-Budget Password Strength Estimation", USENIX Security 2016).
 * It takes 3 ms for the worst password of 128 characters, and no memory that stays: the lists are in the
 * library's file, which is mapped. */
enum problem password_admit(const struct request *request, struct response *response, const char *field,
                            const char *password, const struct password_owner *owner) MUST_CHECK;

#endif

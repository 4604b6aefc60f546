/* password_strength.h: is a password among those that everybody tries first? */
#ifndef TICKETING_PASSWORD_STRENGTH_H
#define TICKETING_PASSWORD_STRENGTH_H

#include "common/request.h"
#include "common/response.h"

/* True when somebody who tries the likely ones first finds `password` within a thousand million guesses: it
 * is a password or a word that many use, a pattern of keys, a date, or a few of these in a row, with capitals
 * and digits for letters seen through. The judge is libzxcvbn (D. Wheeler: "zxcvbn: Low-Budget Password
 * Strength Estimation", USENIX Security 2016). Takes 3 ms for the worst of the 128 characters a password may
 * have, and no memory that stays: the lists are in the library's file, which is mapped. */
bool password_is_common(const char *password) MUST_CHECK;

/* PROBLEM_NONE when `password` may be chosen; else the answer, 422 that names `field`. Where common passwords
 * are not refused (REFUSE_COMMON_PASSWORDS) every password may be. */
enum problem password_admit(const struct request *request, struct response *response, const char *field,
                            const char *password) MUST_CHECK;

#endif

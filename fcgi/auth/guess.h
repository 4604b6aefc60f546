/* guess.h: guessing of passwords is slowed, by account and by network, on all hosts together
 * (schema/deploy/guesses.sql; OWASP ASVS 5.0, V6.3). LOGIN_ATTEMPTS says how many wrong passwords cost no
 * wait; 0 switches this off. */
#ifndef TICKETING_AUTH_GUESS_H
#define TICKETING_AUTH_GUESS_H

#include "common/request.h"
#include "common/response.h"

/* Before a password is looked at: counts the attempt. Another value than PROBLEM_NONE is the answer: 429 with
 * Retry-After, or what a database failure leads to. `email` as it was typed. */
enum problem guess_begin(struct request *request, struct response *response, const char *email) MUST_CHECK;

/* The password was right: the attempt is taken back. A failure of the database is logged, and costs a wait
 * later. */
void guess_right(struct request *request, const char *email);

#endif

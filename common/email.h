/* email.h: what is an e-mail address, and the one spelling by which addresses are compared. */
#ifndef TICKETING_EMAIL_H
#define TICKETING_EMAIL_H

#include "common/memory.h"

/* A sentence that says why `text` (valid UTF-8) is no address, never repeating it: its form, a local part of
 * more than 64 bytes or an address of more than 254 (RFC 5321 §4.5.3.1), a character nobody sees, a domain
 * that IDNA 2008 (RFC 5891, UTS #46) has no A-label for, a local part beyond ASCII. NULL: nothing is wrong.
 * The sentence may live in the arena. */
const char *email_problem(struct arena *arena, const char *text);

/* The address as a mail server takes it, in the arena: a domain beyond ASCII as A-labels, the local part as
 * it is, for only its own server knows what its capitals mean (RFC 5321 §2.4). NULL when the domain has none.
 */
char *email_deliverable(struct arena *arena, const char *text);

/* The address in its one spelling, in the arena: the local part in NFC, its ASCII letters in lower case, the
 * domain as A-labels ("xn--…") in lower case. NULL when it has none; a local part beyond ASCII, as accounts
 * of before may have, has one. */
char *email_canonical(struct arena *arena, const char *text);

#endif

/* auth_mail.h: how the mails of this responder leave it. */
#ifndef TICKETING_AUTH_MAIL_H
#define TICKETING_AUTH_MAIL_H

#include "common/mail.h"
#include "common/mail_body.h"
#include "fcgi/auth/auth.h"

/* Ends the body and sends the mail; `id` is that of the request for it. `error`: in words, when it failed. No
 * mail has a name in it: a stranger may have typed the address, with any words for a name. */
enum mail_result auth_mail_send(const struct auth *auth, struct arena *arena, const char *id,
                                const char *address, const char *subject, struct mail_body *body,
                                char error[static OUTGOING_ERROR_SIZE]) MUST_CHECK;

#endif

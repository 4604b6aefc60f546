/* reset.h: a new password for a user who has forgotten the old one, by a one-time token in a mail. */
#ifndef TICKETING_RESET_H
#define TICKETING_RESET_H

#include "common/router.h"

handler_fn reset_ask;   /* POST /auth/password/forgot */
handler_fn reset_apply; /* POST /auth/password/reset */

extern const struct field_spec reset_ask_body;
extern const struct field_spec
    reset_apply_body; /* the shortest password is a setting: auth_routes() fills it in */

/* Background task: sends the mails that wait. `context` is a struct auth. */
void reset_mails_run(void *context);

#endif

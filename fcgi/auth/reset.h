/* reset.h: a new password for who has forgotten the old one: a one-time token by mail. */
#ifndef TICKETING_RESET_H
#define TICKETING_RESET_H

#include "common/router.h"

handler_fn forgot_post; /* POST /auth/password/forgot */
handler_fn reset_post;  /* POST /auth/password/reset */

extern const struct field_spec forgot_body;
extern const struct field_spec reset_body; /* the shortest password is a setting: main() fills it in */

/* Background task: sends the mails that wait. `context` is a struct auth. */
void reset_mails_run(void *context);

#endif

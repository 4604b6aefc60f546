/* verification.h: proof of an address by a link, or by a code, in a mail that is sent to it. Both count only
 * in a session of the user who asked for them: a link alone would let a stranger who has registered with the
 * address of another have it proved by the other's click. */
#ifndef TICKETING_VERIFICATION_H
#define TICKETING_VERIFICATION_H

#include "common/router.h"

handler_fn verification_ask;   /* POST /auth/verify/send */
handler_fn verification_apply; /* POST /auth/verify */

extern const struct field_spec verification_apply_body;

/* Background task: sends the mails that wait. `context` is a struct auth. */
void verification_mails_run(void *context);

#endif

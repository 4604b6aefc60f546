/* guest.h: buyers without an account. A guest is a user whom nobody finds by address: several may give the
 * same one, or one that an account has, and none sees anything of another. The mails of a guest's orders
 * carry a key that opens them; whoever shows it has the mailbox, so the address counts as proved from then
 * on. */
#ifndef TICKETING_GUEST_H
#define TICKETING_GUEST_H

#include "common/router.h"

handler_fn guest_create;   /* POST /auth/guest */
handler_fn guest_open;     /* POST /auth/guest/open */
handler_fn guest_password; /* POST /auth/guest/password */

extern const struct field_spec guest_create_body;
extern const struct field_spec guest_open_body;
extern const struct field_spec
    guest_password_body; /* the shortest password is a setting: auth_routes() fills it in */

#endif

/* session_list.h: the sessions of one account, for its owner and for admins. */
#ifndef TICKETING_SESSION_LIST_H
#define TICKETING_SESSION_LIST_H

#include "common/router.h"

handler_fn session_list;            /* GET /auth/sessions */
handler_fn session_delete;          /* DELETE /auth/sessions/:id */
handler_fn session_delete_others;   /* DELETE /auth/sessions */
handler_fn user_session_list;       /* GET /auth/users/:id/sessions */
handler_fn user_session_delete;     /* DELETE /auth/users/:id/sessions/:session */
handler_fn user_session_delete_all; /* DELETE /auth/users/:id/sessions */

extern const struct field_spec session_list_query;

#endif

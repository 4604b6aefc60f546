/* session_answer.h: how a session begins, and how its tokens are told to its user. */
#ifndef TICKETING_SESSION_ANSWER_H
#define TICKETING_SESSION_ANSWER_H

#include "fcgi/auth/auth.h"

/* Starts a session of `user`, whose password_hash was just checked. DB_NONE: the hash has changed since. */
enum db_status auth_session_start(struct request *request, const struct auth_user *user,
                                  char ret_session_id[static UUID_SIZE],
                                  struct refresh_secret *ret_secret) MUST_CHECK;

/* 200 with a new access token for `user` in that session, and the refresh token: in a cookie where the
 * request asks for that (session_cookie.h). */
enum problem auth_session_answer(const struct request *request, struct response *response,
                                 const struct auth_user *user, const char *session_id,
                                 const struct refresh_secret *secret) MUST_CHECK;

#endif

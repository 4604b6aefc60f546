/* reset_mail.c: the task that sends the mails about forgotten passwords. */
#include "common/turn.h"
#include "fcgi/auth/auth.h"
#include "fcgi/auth/auth_mail.h"
#include "fcgi/auth/reset.h"
#include "fcgi/auth/reset_db.h"

/* The token stands behind '#': browsers do not send that part, so the token is in no log. */
static const char *link_of(const struct auth *auth, struct arena *arena, const char *token)
{
    return arena_printf(arena, "%s/reset-password.html#token=%s", auth->config.public_url, token);
}

static enum mail_result send_link(const struct auth *auth, struct arena *arena, const struct reset_mail *to,
                                  const char *token, char error[static OUTGOING_ERROR_SIZE])
{
    CLEANUP(mail_body_free) struct mail_body *body = mail_body_new(arena);
    mail_body_paragraph(body, "Hello,");
    mail_body_paragraph(body,
                        "a new password was asked for, probably by you, for this address. You can choose one "
                        "within 30 minutes.");
    mail_body_link(body, "Choose a new password", link_of(auth, arena, token));
    mail_body_paragraph(body, arena_printf(arena, "The token is: %s", token));
    mail_body_paragraph(body, "If it was not you, do nothing: your password stays as it is.");
    return auth_mail_send(auth, arena, to->id, to->email, "Your new password", body, error);
}

/* False when no request was waiting, or the database did not answer. */
static bool send_one(const struct auth *auth, struct arena *arena)
{
    struct refresh_secret secret; /* made like a refresh token, and as hard to guess */
    refresh_secret_new(&secret);
    struct reset_mail mail;
    if (reset_db_claim(auth->pool, arena, secret.hash, &mail) != DB_OK) {
        return false;
    }
    char error[OUTGOING_ERROR_SIZE] = "";
    const enum mail_result result = send_link(auth, arena, &mail, secret.token, error);
    if (result == MAIL_SENT) {
        return reset_db_sent(auth->pool, mail.id) == DB_OK;
    }
    log_message(LOG_LEVEL_WARN, "reset.mail", "request %s: %s", mail.id, error);
    return reset_db_failed(auth->pool, mail.id, error, result == MAIL_REFUSED) == DB_OK;
}

void reset_mails_run(void *context)
{
    const struct auth *auth = context;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    while (!turn_stopping() && send_one(auth, arena)) {
        arena_reset(arena);
    }
}

/* verification_mail.c: the task that sends the mails that prove an address. */
#include "common/turn.h"
#include "fcgi/auth/auth_mail.h"
#include "fcgi/auth/verification.h"
#include "fcgi/auth/verification_db.h"

#include <string.h>

/* The link leads to a page whose button spends the token: scanners of mail servers follow links, but press no
 * button. The token stands behind '#', which browsers do not send, so it is in no log. */
static const char *link_of(const struct auth *auth, struct arena *arena, const char *token)
{
    return arena_printf(arena, "%s/verify#token=%s", auth->config.public_url, token);
}

static enum mail_result send_proof(const struct auth *auth, struct arena *arena,
                                   const struct verification_mail *to, const char *token, const char *code,
                                   char error[static OUTGOING_ERROR_SIZE])
{
    CLEANUP(mail_body_free) struct mail_body *body = mail_body_new(arena);
    mail_body_paragraph(body, "Hello,");
    mail_body_paragraph(
        body, "is this your address? Then open this link within 24 hours, in the browser in which you "
              "are logged in, and press the button there.");
    mail_body_link(body, "This is my address", link_of(auth, arena, token));
    mail_body_paragraph(body, "Or type this code where it is asked for, within 15 minutes:");
    mail_body_paragraph(body, arena_printf(arena, "The code is: %s", code));
    mail_body_paragraph(body, "If you have not asked for this, do nothing, and tell the code to nobody.");
    return auth_mail_send(auth, arena, to->id, to->email, "Is this your e-mail address?", body, error);
}

/* False when no mail was waiting, or the database did not answer. */
static bool send_one(const struct auth *auth, struct arena *arena)
{
    struct refresh_secret secret; /* made like a refresh token, and as hard to guess */
    refresh_secret_new(&secret);
    char code[DIGITS_SIZE];
    digits_new(code);
    const char *coded = arena_printf(arena, "%s:%s", secret.hash, code);
    char code_hash[65];
    sha256_hex(coded, strlen(coded), code_hash);
    struct verification_mail mail;
    if (verification_db_claim(auth->pool, arena, secret.hash, code_hash, &mail) != DB_OK) {
        return false;
    }
    char error[OUTGOING_ERROR_SIZE] = "";
    const enum mail_result result = send_proof(auth, arena, &mail, secret.token, code, error);
    if (result == MAIL_SENT) {
        return verification_db_sent(auth->pool, mail.id) == DB_OK;
    }
    log_message(LOG_LEVEL_WARN, "verification.mail", "request %s: %s", mail.id, error);
    return verification_db_failed(auth->pool, mail.id, error, result == MAIL_REFUSED) == DB_OK;
}

void verification_mails_run(void *context)
{
    const struct auth *auth = context;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    while (!turn_stopping() && send_one(auth, arena)) {
        arena_reset(arena);
    }
}

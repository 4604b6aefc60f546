/* delivery_mail.c: makes the mail of a delivery, of each kind of mail. */
#include "fcgi/checkout/outbox/mail/delivery_mail.h"
#include "common/clock.h"
#include "common/email.h"
#include "common/mail_header.h"
#include "fcgi/checkout/outbox/mail/order_mail.h"
#include "fcgi/checkout/outbox/mail/show_mail.h"
#include "fcgi/checkout/outbox/mail/transfer_mail.h"
#include <stdio.h>
#include <string.h>

static mail_writer_fn *find_writer(const char *kind)
{
    static const struct {
        const char *kind; /* of webhook_endpoints */
        mail_writer_fn *writer;
    } writers[] = {
        {"mail", order_mail_write},
        {"giver_mail", transfer_mail_write},
        {"taker_mail", transfer_mail_write},
        {"show_mail", show_mail_write},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(writers); i++) {
        if (strcmp(writers[i].kind, kind) == 0) {
            return writers[i].writer;
        }
    }
    return NULL;
}

static enum mail_result fail(char error[static OUTGOING_ERROR_SIZE], enum mail_result result, const char *why)
{
    snprintf(error, OUTGOING_ERROR_SIZE, "%s", why);
    return result;
}

enum mail_result delivery_mail_make(const struct checkout *checkout, struct arena *arena,
                                    const struct delivery *delivery, struct delivery_mail *ret_mail,
                                    char error[static OUTGOING_ERROR_SIZE])
{
    mail_writer_fn *writer = find_writer(delivery->kind);
    struct mail mail = {.id = NULL};
    const char *why = "";
    if (checkout->config->smtp_url == NULL && checkout->config->mail_directory == NULL) {
        return fail(error, MAIL_PUT_OFF, "Neither SMTP_URL nor MAIL_DIRECTORY is set.");
    }
    if (writer == NULL) {
        return fail(error, MAIL_PUT_OFF, "A newer release writes mails of this kind.");
    }
    enum mail_result result = writer(checkout, arena, delivery, &mail, &why);
    if (result != MAIL_SENT) {
        return fail(error, result, why);
    }
    if (!mail_address_is_usable(mail.to)) {
        return fail(error, MAIL_REFUSED, "The address cannot be written in a mail.");
    }
    mail.date = clock_seconds();
    mail.from = checkout->config->mail_from;
    const char *to = email_deliverable(arena, mail.to);
    ret_mail->id = mail.id;
    ret_mail->to = to != NULL ? to : mail.to;
    ret_mail->message = mail_render(arena, &mail, &ret_mail->length);
    return MAIL_SENT;
}

const char *delivery_mail_outcome(struct arena *arena, enum mail_result result, const char *error,
                                  const char **ret_error)
{
    *ret_error = error[0] != '\0' && result != MAIL_SENT ? arena_text(arena, error) : NULL;
    switch (result) {
    case MAIL_SENT:
        return "delivered";
    case MAIL_PUT_OFF:
        return "failed";
    case MAIL_REFUSED:
        return "refused";
    case MAIL_UNREACHABLE:
        break;
    }
    return "unreachable"; /* the mail server has a fault, which concerns every mail */
}

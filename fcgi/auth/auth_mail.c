/* auth_mail.c: sends a mail of this responder, by the route that the settings name. */
#include "fcgi/auth/auth_mail.h"
#include "common/clock.h"

enum mail_result auth_mail_send(const struct auth *auth, struct arena *arena, const char *id,
                                const char *address, const char *subject, struct mail_body *body,
                                char error[static OUTGOING_ERROR_SIZE])
{
    struct mail mail = {
        .id = id,
        .date = clock_seconds(),
        .from = auth->config.mail_from,
        .to = address,
        .subject = subject,
    };
    mail_body_end(body, &mail.text, &mail.html);
    const struct mail_route route = {
        .smtp_url = auth->config.smtp_url,
        .from = auth->config.mail_from,
        .directory = auth->config.mail_directory,
    };
    const enum mail_result result = mail_send(&route, &mail, arena, error);
    metrics_add(auth->metrics, result == MAIL_SENT ? METRIC_MAILS_SENT : METRIC_MAILS_FAILED, 1);
    return result;
}

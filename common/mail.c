/* mail.c: a mail as text, and its way to a server or a folder. */
#include "common/mail.h"

#include "common/email.h"
#include "common/mail_header.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

enum { SMTP_TIMEOUT_MS = 20 * 1000 };

static void print_part(FILE *out, const char *content_type, const char *disposition, const void *data,
                       size_t length)
{
    fprintf(out, "Content-Type: %s\r\nContent-Transfer-Encoding: base64\r\n%s\r\n", content_type,
            disposition);
    mail_base64(out, data, length);
}

/* multipart/mixed { multipart/alternative { text, html }, attachment … }. Base64 has no '=_', so the
 * boundaries cannot occur in a part. */
static void print_body(FILE *out, const struct mail *mail)
{
    fputs("MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"=_mixed\"\r\n\r\n"
          "--=_mixed\r\nContent-Type: multipart/alternative; boundary=\"=_alternative\"\r\n\r\n"
          "--=_alternative\r\n",
          out);
    print_part(out, "text/plain; charset=utf-8", "", mail->text, strlen(mail->text));
    fputs("--=_alternative\r\n", out);
    print_part(out, "text/html; charset=utf-8", "", mail->html, strlen(mail->html));
    fputs("--=_alternative--\r\n", out);
    for (size_t i = 0; i < mail->attachment_count; i++) {
        const struct mail_attachment *attachment = &mail->attachments[i];
        char disposition[256];
        snprintf(disposition, sizeof(disposition), "Content-Disposition: attachment; filename=\"%s\"\r\n",
                 attachment->name);
        fputs("--=_mixed\r\n", out);
        print_part(out, attachment->content_type, disposition, attachment->data, attachment->length);
    }
    fputs("--=_mixed--\r\n", out);
}

const char *mail_render(struct arena *arena, const struct mail *mail, size_t *ret_length)
{
    assert(mail_address_is_usable(mail->from) && mail_address_is_usable(mail->to));
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    if (out == NULL) {
        abort(); /* only when memory is exhausted */
    }
    mail_header_date(out, mail->date);
    mail_header_address(out, "From", mail->from_name, mail->from);
    const char *to = email_deliverable(arena, mail->to);
    mail_header_address(out, "To", mail->to_name, to != NULL ? to : mail->to);
    mail_header_text(out, "Subject", mail->subject);
    fprintf(out, "Message-ID: <%s%s>\r\n", mail->id, strchr(mail->from, '@'));
    fputs("Auto-Submitted: auto-generated\r\n", out); /* RFC 3834: no holiday notices, please */
    print_body(out, mail);
    if (fclose(out) != 0 || text == NULL) {
        abort();
    }
    char *copy = arena_alloc(arena, length + 1);
    memcpy(copy, text, length);
    free(text);
    *ret_length = length;
    return copy;
}

void mail_request(const struct mail_route *route, const char *to, const char *message, size_t length,
                  struct outgoing_request *ret_request)
{
    *ret_request = (struct outgoing_request){
        .url = route->smtp_url,
        .body = message,
        .body_length = length,
        .mail_from = route->from,
        .mail_to = to,
        .timeout_ms = SMTP_TIMEOUT_MS,
        .allow_private = true, /* the operator's own choice */
    };
}

enum mail_result mail_result_of(const struct outgoing_answer *answer)
{
    if (answer->result == OUTGOING_ANSWERED) {
        return MAIL_SENT;
    }
    const bool closing =
        answer->status == 421; /* §3.8: may come at any time, and is no verdict on the mail */
    if (!answer->about_mail || answer->status < 400 || closing) {
        return MAIL_UNREACHABLE;
    }
    return answer->status >= 500 ? MAIL_REFUSED : MAIL_PUT_OFF;
}

static bool write_all(int fd, const char *data, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, data, length);
        if (written < 0) {
            return false;
        }
        data += written;
        length -= (size_t)written;
    }
    return fsync(fd) == 0;
}

enum mail_result mail_store(const char *directory, const char *id, const char *message, size_t length,
                            char error[static OUTGOING_ERROR_SIZE])
{
    char path[4096];
    char partial[4096];
    /* Two hosts may write the same mail at the same time. */
    int a = snprintf(path, sizeof(path), "%s/%s.eml", directory, id);
    int b = snprintf(partial, sizeof(partial), "%s/.%s.%ld.partial", directory, id, (long)getpid());
    if (a < 0 || b < 0 || (size_t)a >= sizeof(path) || (size_t)b >= sizeof(partial)) {
        snprintf(error, OUTGOING_ERROR_SIZE, "MAIL_DIRECTORY is too long.");
        return MAIL_UNREACHABLE;
    }
    CLEANUP(close) int fd = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd >= 0 && write_all(fd, message, length) && rename(partial, path) == 0) {
        return MAIL_SENT;
    }
    snprintf(error, OUTGOING_ERROR_SIZE, "%.200s: %s", path, strerror(errno));
    if (fd >= 0) {
        unlink(partial);
    }
    return MAIL_UNREACHABLE;
}

enum mail_result mail_send(const struct mail_route *route, const struct mail *mail, struct arena *arena,
                           char error[static OUTGOING_ERROR_SIZE])
{
    error[0] = '\0';
    if (!mail_address_is_usable(mail->to)) {
        snprintf(error, OUTGOING_ERROR_SIZE, "The address cannot be written in a mail.");
        return MAIL_REFUSED;
    }
    size_t length = 0;
    const char *message = mail_render(arena, mail, &length);
    if (route->smtp_url == NULL) {
        if (route->directory == NULL) {
            snprintf(error, OUTGOING_ERROR_SIZE, "Neither SMTP_URL nor MAIL_DIRECTORY is set.");
            return MAIL_UNREACHABLE;
        }
        return mail_store(route->directory, mail->id, message, length, error);
    }
    struct outgoing_request request;
    const char *to = email_deliverable(arena, mail->to);
    mail_request(route, to != NULL ? to : mail->to, message, length, &request);
    CLEANUP(outgoing_answer_release) struct outgoing_answer answer;
    outgoing_perform(&request, &answer);
    snprintf(error, OUTGOING_ERROR_SIZE, "%s", answer.error);
    return mail_result_of(&answer);
}

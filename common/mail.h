/* mail.h: an e-mail as text (RFC 5322, MIME: RFC 2045 to 2047) and its way: SMTP, or a folder of .eml files
 * where there is no mail server.
 *
 * Every part is base64 and every header that is not plain ASCII an encoded word, so no line is too long and
 * nothing that people typed can become a header or end the message. libcurl could build the parts too, but
 * only while sending: the folder and the tests need the very same bytes without a server. */
#ifndef TICKETING_MAIL_H
#define TICKETING_MAIL_H

#include "common/memory.h"
#include "common/outgoing.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mail_attachment {
    const char *name;         /* of the file: ASCII letters, digits, '.', '-', '_' */
    const char *content_type; /* "application/pdf" */
    const void *data;
    size_t length;
};

struct mail {
    const char *id; /* left part of Message-ID and name of the .eml file: [A-Za-z0-9-]; the same mail sent
                       again has the same */
    int64_t date;   /* seconds since the epoch */
    const char *from_name, *from;
    const char *to_name, *to;
    const char *subject;
    const char *text; /* UTF-8 */
    const char *html; /* UTF-8 */
    const struct mail_attachment *attachments;
    size_t attachment_count;
};

/* How mails leave this process. */
struct mail_route {
    const char *smtp_url;  /* smtp://[user:password@]host[:port], or smtps://; NULL: into the folder */
    const char *from;      /* address */
    const char *directory; /* NULL: without SMTP, nothing can be sent */
};

enum mail_result {
    MAIL_SENT,        /* the server has taken it, or it is in the folder */
    MAIL_PUT_OFF,     /* this mail could not be sent now: try it again later; others may go */
    MAIL_UNREACHABLE, /* the server or the folder takes no mail at all just now: all mails wait */
    MAIL_REFUSED, /* this mail will never be taken, or its address cannot be written in a header: give up */
};

/* The whole message with CRLF line ends, in the arena; addresses must be usable. */
const char *mail_render(struct arena *arena, const struct mail *mail, size_t *ret_length);

/* Sends through SMTP; the request refers to the message and to the route. */
void mail_request(const struct mail_route *route, const char *to, const char *message, size_t length,
                  struct outgoing_request *ret_request);
/* What an answer to that request means (RFC 5321 §4.2.1): a reply to RCPT or to the message is about that
 * mail, and lasting when it begins with 5; all else is about the server. */
enum mail_result mail_result_of(const struct outgoing_answer *answer);
/* Writes <id>.eml; a file of that name is replaced in one step. `error`: in words, when it failed. */
enum mail_result mail_store(const char *directory, const char *id, const char *message, size_t length,
                            char error[static OUTGOING_ERROR_SIZE]);
/* Renders and sends, and waits for it. */
enum mail_result mail_send(const struct mail_route *route, const struct mail *mail, struct arena *arena,
                           char error[static OUTGOING_ERROR_SIZE]);

#endif

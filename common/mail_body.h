/* mail_body.h: the words of a mail, written once and read as plain text and as HTML. In HTML every text is
 * escaped, so nothing that people typed becomes markup. */
#ifndef TICKETING_MAIL_BODY_H
#define TICKETING_MAIL_BODY_H

#include "common/cleanup.h"
#include "common/memory.h"

struct mail_body; /* opaque */

/* An empty body. Its texts will live in the arena. */
struct mail_body *mail_body_new(struct arena *arena) __attribute__((returns_nonnull));

/* A paragraph; in HTML, line breaks in it stay. */
void mail_body_paragraph(struct mail_body *body, const char *text);
/* A line of a table: "label: value", the label alone for an empty value. Lines that follow each other are one
 * table. */
void mail_body_line(struct mail_body *body, const char *label, const char *value);
/* A paragraph that is a link: "words: url" in plain text, the words themselves in HTML. `url` is absolute. */
void mail_body_link(struct mail_body *body, const char *words, const char *url);

/* Ends the body: both texts, in the arena. Nothing can be added afterwards; call it once. */
void mail_body_end(struct mail_body *body, const char **ret_text, const char **ret_html);
/* Takes NULL too. */
void mail_body_free(struct mail_body *body);
DEFINE_CLEANUP(struct mail_body *, mail_body_free)

#endif

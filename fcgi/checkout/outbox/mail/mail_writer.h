/* mail_writer.h: what each kind of mail about a delivery is: a function that writes it. */
#ifndef TICKETING_OUTBOX_MAIL_MAIL_WRITER_H
#define TICKETING_OUTBOX_MAIL_MAIL_WRITER_H

#include "common/mail.h"
#include "fcgi/checkout/checkout.h"
#include "fcgi/checkout/outbox/outbox_db.h"

/* Sets all of `ret_mail` but `date` and `from`, with every text and attachment in the arena. MAIL_SENT: the
 * mail is written; else `*ret_why` says why not. */
typedef enum mail_result mail_writer_fn(const struct checkout *checkout, struct arena *arena,
                                        const struct delivery *delivery, struct mail *ret_mail,
                                        const char **ret_why);

#endif

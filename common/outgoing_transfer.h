/* outgoing_transfer.h: one request under way; only outgoing*.c include this. */
#ifndef TICKETING_OUTGOING_TRANSFER_H
#define TICKETING_OUTGOING_TRANSFER_H

#include "common/outgoing_request.h"
#include <curl/curl.h>

struct outgoing_transfer {
    CURL *curl;
    struct curl_slist *headers;
    struct curl_slist *recipients;
    char *body; /* a copy, or NULL */
    size_t body_length;
    size_t body_sent; /* SMTP only */
    bool allow_private;
    bool forbidden; /* a connection was refused for its address */
    bool is_mail;
    bool mail_named; /* SMTP: the server has been told of the recipient */
    size_t answer_max;
    size_t header_bytes;
    char error[CURL_ERROR_SIZE];
    struct outgoing_answer answer;
    void *context; /* the caller's */
    struct outgoing_transfer *next, *previous;
};

/* Ready to be performed; free with outgoing_transfer_free(). */
struct outgoing_transfer *outgoing_transfer_new(const struct outgoing_request *request);
/* Fills `answer` when the transfer has ended with `code`. */
void outgoing_transfer_end(struct outgoing_transfer *transfer, CURLcode code);
void outgoing_transfer_free(struct outgoing_transfer *transfer);
DEFINE_CLEANUP(struct outgoing_transfer *, outgoing_transfer_free)

#endif

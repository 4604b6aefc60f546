/* outgoing_transfer.c: a request as libcurl wants it, and what comes back. */
#include "common/outgoing_transfer.h"

#include "common/memory.h"
#include "common/outgoing_address.h"
#include <assert.h>
#include <stdio.h>
#include <string.h>

enum {
    CONNECT_TIMEOUT_MS = 5000,
    TIMEOUT_MS = 10000,
    ANSWER_MAX = 64 * 1024,
    HEADERS_BYTES_MAX = 64 * 1024,
};

/* CURLOPT_OPENSOCKETFUNCTION: here the name has become an address, and nothing has been sent yet. */
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct outgoing_transfer *transfer = context;
    if (purpose != CURLSOCKTYPE_IPCXN ||
        (!transfer->allow_private && !outgoing_address_is_public(&address->addr))) {
        transfer->forbidden = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* CURLOPT_WRITEFUNCTION: a count other than `length` ends the transfer. */
static size_t keep_answer(char *data, size_t size, size_t length, void *context)
{
    struct outgoing_transfer *transfer = context;
    struct outgoing_answer *answer = &transfer->answer;
    size_t bytes = size * length;
    size_t room = transfer->answer_max - answer->body_length;
    size_t taken = bytes < room ? bytes : room;
    memcpy(answer->storage + answer->body_length, data, taken);
    answer->body_length += taken;
    answer->cut = taken < bytes;
    return taken;
}

static size_t count_header(char *data, size_t size, size_t length, void *context)
{
    (void)data;
    struct outgoing_transfer *transfer = context;
    transfer->header_bytes += size * length;
    return transfer->header_bytes <= HEADERS_BYTES_MAX ? size * length : 0;
}

/* CURLOPT_READFUNCTION: the message, to SMTP. */
static size_t read_body(char *data, size_t size, size_t length, void *context)
{
    struct outgoing_transfer *transfer = context;
    size_t left = transfer->body_length - transfer->body_sent;
    size_t bytes = size * length < left ? size * length : left;
    memcpy(data, transfer->body + transfer->body_sent, bytes);
    transfer->body_sent += bytes;
    return bytes;
}

static struct curl_slist *append(struct curl_slist *list, const char *line)
{
    assert(line != NULL && strpbrk(line, "\r\n") == NULL);
    struct curl_slist *longer = curl_slist_append(list, line);
    if (longer == NULL) {
        abort(); /* only when memory is exhausted */
    }
    return longer;
}

/* CURLOPT_DEBUGFUNCTION: libcurl tells an SMTP server's refusals apart in words only, so the commands it
 * sends are watched. What comes behind RCPT, the message included, is about this mail (RFC 5321 §3.3). */
static int watch_commands(CURL *curl, curl_infotype type, char *text, size_t length, void *context)
{
    (void)curl;
    static const char recipient[] = "RCPT TO:";
    struct outgoing_transfer *transfer = context;
    if (type == CURLINFO_HEADER_OUT && length >= sizeof(recipient) - 1 &&
        memcmp(text, recipient, sizeof(recipient) - 1) == 0) {
        transfer->mail_named = true;
    }
    return 0;
}

/* For a mail server: TLS where it is offered, and always when a password goes over a network. */
static void set_mail(struct outgoing_transfer *transfer, const struct outgoing_request *request)
{
    CURL *curl = transfer->curl;
    transfer->recipients = append(NULL, request->mail_to);
    const char *host = strstr(request->url, "://");
    const char *at = host != NULL ? strrchr(host, '@') : NULL;
    bool local = at != NULL && (strncmp(at, "@localhost", 10) == 0 || strncmp(at, "@127.", 5) == 0 ||
                                strncmp(at, "@[::1]", 6) == 0);
    curl_easy_setopt(curl, CURLOPT_USE_SSL, (long)(at != NULL && !local ? CURLUSESSL_ALL : CURLUSESSL_TRY));
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, request->mail_from);
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, transfer->recipients);
    curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L); /* into the function, which keeps nothing */
    curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, watch_commands);
    curl_easy_setopt(curl, CURLOPT_DEBUGDATA, transfer);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, read_body);
    curl_easy_setopt(curl, CURLOPT_READDATA, transfer);
}

static void set_http(struct outgoing_transfer *transfer, const struct outgoing_request *request)
{
    CURL *curl = transfer->curl;
    transfer->headers = append(NULL, "Expect:"); /* no waiting for 100 Continue */
    for (size_t i = 0; i < OUTGOING_HEADERS_MAX && request->headers[i] != NULL; i++) {
        transfer->headers = append(transfer->headers, request->headers[i]);
    }
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, transfer->headers);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, count_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, transfer);
    if (transfer->body != NULL) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)transfer->body_length);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, transfer->body);
    }
    if (request->method != NULL) {
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method);
    }
}

static void set_limits(struct outgoing_transfer *transfer, const struct outgoing_request *request)
{
    CURL *curl = transfer->curl;
    long connect_ms = request->connect_timeout_ms > 0 ? request->connect_timeout_ms : CONNECT_TIMEOUT_MS;
    long all_ms = request->timeout_ms > 0 ? request->timeout_ms : TIMEOUT_MS;
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, transfer->is_mail ? "smtp,smtps" : "http,https");
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, connect_ms);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, all_ms);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, transfer);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep_answer);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, transfer);
    /* A kept connection would skip the check of its address. */
    curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
}

struct outgoing_transfer *outgoing_transfer_new(const struct outgoing_request *request)
{
    struct outgoing_transfer *transfer = memory_new(1, sizeof(*transfer));
    transfer->curl = curl_easy_init();
    if (transfer->curl == NULL) {
        abort(); /* only when memory is exhausted */
    }
    transfer->allow_private = request->allow_private;
    transfer->is_mail = request->mail_to != NULL;
    transfer->answer_max = request->answer_max > 0 ? request->answer_max : ANSWER_MAX;
    transfer->answer.storage = memory_new(transfer->answer_max + 1, 1);
    if (request->body != NULL) {
        transfer->body = memory_new(request->body_length + 1, 1);
        memcpy(transfer->body, request->body, request->body_length);
        transfer->body_length = request->body_length;
    }
    curl_easy_setopt(transfer->curl, CURLOPT_URL, request->url);
    curl_easy_setopt(transfer->curl, CURLOPT_ERRORBUFFER, transfer->error);
    curl_easy_setopt(transfer->curl, CURLOPT_PRIVATE, transfer);
    set_limits(transfer, request);
    if (transfer->is_mail) {
        set_mail(transfer, request);
    } else {
        set_http(transfer, request);
    }
    return transfer;
}

void outgoing_transfer_end(struct outgoing_transfer *transfer, CURLcode code)
{
    struct outgoing_answer *answer = &transfer->answer;
    long status = 0;
    curl_off_t duration = 0;
    curl_easy_getinfo(transfer->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(transfer->curl, CURLINFO_TOTAL_TIME_T, &duration);
    answer->status = (int)status;
    answer->about_mail = transfer->mail_named;
    answer->duration_us = (int64_t)duration;
    answer->body = answer->storage;
    if (code == CURLE_OK || (code == CURLE_WRITE_ERROR && answer->cut)) {
        answer->result = OUTGOING_ANSWERED;
        return;
    }
    answer->result = transfer->forbidden ? OUTGOING_FORBIDDEN : OUTGOING_BROKEN;
    snprintf(answer->error, sizeof(answer->error), "%s",
             transfer->forbidden          ? "The address is not public."
             : transfer->error[0] != '\0' ? transfer->error
                                          : curl_easy_strerror(code));
}

void outgoing_transfer_free(struct outgoing_transfer *transfer)
{
    if (transfer == NULL) {
        return;
    }
    curl_easy_cleanup(transfer->curl);
    curl_slist_free_all(transfer->headers);
    curl_slist_free_all(transfer->recipients);
    free(transfer->body);
    outgoing_answer_clear(&transfer->answer);
    free(transfer);
}

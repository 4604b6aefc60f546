#include "payment_call.h"
#include "common/log.h"
#include "common/memory.h"
#include "payment_signature.h"
#include <curl/curl.h>
#include <stdatomic.h>
#include <stdio.h>

enum {
    CONNECT_TIMEOUT_MS = 2000,
    TIMEOUT_MS = 5000,
    ANSWER_MAX = 64 * 1024, /* bytes; the answer itself is not needed */
    HEADER_SIZE = 256,
};

struct payment_call {
    atomic_int under_way;
    int concurrency;
};

DEFINE_CLEANUP(CURL *, curl_easy_cleanup)
DEFINE_CLEANUP(struct curl_slist *, curl_slist_free_all)

struct payment_call *payment_call_new(int concurrency)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        return NULL;
    }
    struct payment_call *call = memory_new(1, sizeof(*call));
    call->concurrency = concurrency;
    return call;
}

void payment_call_free(struct payment_call *call)
{
    if (call != NULL) {
        free(call);
        curl_global_cleanup();
    }
}

/* CURLOPT_WRITEFUNCTION: reads the answer away; a count other than `length` ends the transfer. */
static size_t discard(char *data, size_t size, size_t length, void *context)
{
    (void)data;
    size_t *received = context;
    *received += size * length;
    return *received <= ANSWER_MAX ? size * length : 0;
}

static struct curl_slist *headers_of(const struct payment_post *post)
{
    char signature[HEADER_SIZE];
    char id[HEADER_SIZE];
    snprintf(signature, sizeof(signature), PAYMENT_SIGNATURE_HEADER ": %s", post->signature);
    snprintf(id, sizeof(id), "X-Request-Id: %s", post->request_id);
    struct curl_slist *headers = NULL;
    const char *const lines[] = {"Content-Type: application/json", "Expect:", signature, id};
    for (size_t i = 0; i < ARRAY_LENGTH(lines); i++) {
        struct curl_slist *longer = curl_slist_append(headers, lines[i]);
        headers = longer != NULL ? longer : headers;
    }
    return headers;
}

static int perform(const struct payment_post *post)
{
    CURL *curl CLEANUP(curl_easy_cleanup) = curl_easy_init();
    struct curl_slist *headers CLEANUP(curl_slist_free_all) = headers_of(post);
    if (curl == NULL) {
        return -1;
    }
    size_t received = 0;
    long status = -1;
    curl_easy_setopt(curl, CURLOPT_URL, post->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)TIMEOUT_MS);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, post->body);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, discard);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &received);
    CURLcode code = curl_easy_perform(curl);
    if (code != CURLE_OK || curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status) != CURLE_OK) {
        log_message(LOG_LEVEL_WARN, "payment.call", "%s: %s", post->url, curl_easy_strerror(code));
        return -1;
    }
    return (int)status;
}

int payment_call_post(struct payment_call *call, const struct payment_post *post)
{
    int status = -1;
    if (atomic_fetch_add(&call->under_way, 1) < call->concurrency) {
        status = perform(post);
    }
    atomic_fetch_sub(&call->under_way, 1);
    return status;
}

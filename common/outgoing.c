/* outgoing.c: requests by libcurl, one or many at once. */
#include "common/outgoing.h"

#include "common/memory.h"
#include "common/outgoing_transfer.h"
#include "common/turn.h"

struct outgoing_set {
    CURLM *multi;
    struct outgoing_transfer *first;
    size_t under_way;
};

bool outgoing_init(void)
{
    return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

void outgoing_answer_clear(struct outgoing_answer *answer)
{
    free(answer->storage);
    answer->storage = NULL;
    answer->body = NULL;
}

void outgoing_perform(const struct outgoing_request *request, struct outgoing_answer *ret_answer)
{
    turn_will_wait();
    CLEANUP(outgoing_transfer_free) struct outgoing_transfer *transfer = outgoing_transfer_new(request);
    outgoing_transfer_end(transfer, curl_easy_perform(transfer->curl));
    *ret_answer = transfer->answer;
    transfer->answer.storage = NULL; /* it is the caller's now */
}

struct outgoing_set *outgoing_set_new(void)
{
    struct outgoing_set *set = memory_new(1, sizeof(*set));
    set->multi = curl_multi_init();
    if (set->multi == NULL) {
        abort(); /* only when memory is exhausted */
    }
    return set;
}

static void leave(struct outgoing_set *set, struct outgoing_transfer *transfer)
{
    curl_multi_remove_handle(set->multi, transfer->curl);
    if (transfer->previous != NULL) {
        transfer->previous->next = transfer->next;
    } else {
        set->first = transfer->next;
    }
    if (transfer->next != NULL) {
        transfer->next->previous = transfer->previous;
    }
    set->under_way--;
}

void outgoing_set_free(struct outgoing_set *set)
{
    if (set == NULL) {
        return;
    }
    while (set->first != NULL) {
        struct outgoing_transfer *transfer = set->first;
        leave(set, transfer);
        outgoing_transfer_free(transfer);
    }
    curl_multi_cleanup(set->multi);
    free(set);
}

void outgoing_set_add(struct outgoing_set *set, const struct outgoing_request *request, void *context)
{
    struct outgoing_transfer *transfer = outgoing_transfer_new(request);
    transfer->context = context;
    transfer->next = set->first;
    if (set->first != NULL) {
        set->first->previous = transfer;
    }
    set->first = transfer;
    set->under_way++;
    if (curl_multi_add_handle(set->multi, transfer->curl) != CURLM_OK) {
        abort(); /* only when memory is exhausted */
    }
}

size_t outgoing_set_under_way(const struct outgoing_set *set)
{
    return set->under_way;
}

size_t outgoing_set_wait(struct outgoing_set *set, int wait_ms, outgoing_done_fn *done, void *user)
{
    int running = 0;
    curl_multi_perform(set->multi, &running);
    if ((size_t)running == set->under_way) { /* none has ended yet */
        curl_multi_poll(set->multi, NULL, 0, wait_ms, NULL);
        curl_multi_perform(set->multi, &running);
    }
    size_t ended = 0;
    int left = 0;
    for (CURLMsg *message = curl_multi_info_read(set->multi, &left); message != NULL;
         message = curl_multi_info_read(set->multi, &left)) {
        if (message->msg != CURLMSG_DONE) {
            continue;
        }
        struct outgoing_transfer *transfer = NULL;
        const CURLcode code = message->data.result; /* the message dies with its handle */
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
        outgoing_transfer_end(transfer, code);
        leave(set, transfer);
        done(transfer->context, &transfer->answer, user);
        outgoing_transfer_free(transfer);
        ended++;
    }
    return ended;
}

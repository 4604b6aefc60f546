/* provider.c: the providers by name. */
#include "fcgi/checkout/payments/provider.h"
#include <stdio.h>
#include <string.h>

const struct payment_provider *payment_provider_find(const char *name)
{
    static const struct payment_provider *const providers[] = {
        &payment_test_provider, &payment_stripe_provider, &payment_manual_provider};
    for (size_t i = 0; i < ARRAY_LENGTH(providers); i++) {
        if (strcmp(providers[i]->name, name) == 0) {
            return providers[i];
        }
    }
    return NULL;
}

char *payment_page_url(const char *public_url, const char *provider, const char *payment_id)
{
    const struct payment_provider *found = payment_provider_find(provider);
    char *url = NULL;
    if (found == NULL || found->page == NULL ||
        asprintf(&url, "%s/api/payments/%s/%s", public_url, provider, payment_id) < 0) {
        return NULL;
    }
    return url;
}

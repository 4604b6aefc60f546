/* Amounts that a payment provider cannot express: a refund of such an amount could never be sent. */
#include "common/payable.h"
#include "common/cleanup.h"
#include <stddef.h>
#include <string.h>

static const struct payable_rule {
    const char *provider;
    const char *currency;
    int64_t step;
} rules[] = {
    /* Three decimals, of which the last must be 0. */
    {"stripe", "BHD", 10},
    {"stripe", "IQD", 10},
    {"stripe", "JOD", 10},
    {"stripe", "KWD", 10},
    {"stripe", "LYD", 10},
    {"stripe", "OMR", 10},
    {"stripe", "TND", 10},
    /* Two decimals in ISO 4217, none at Stripe. */
    {"stripe", "MGA", 100},
};

int64_t payable_step(const char *provider, const char *currency)
{
    for (size_t i = 0; i < ARRAY_LENGTH(rules); i++) {
        if (strcmp(rules[i].provider, provider) == 0 && strcmp(rules[i].currency, currency) == 0) {
            return rules[i].step;
        }
    }
    return 1;
}

bool payable_amount(const char *provider, const char *currency, int64_t amount)
{
    return amount % payable_step(provider, currency) == 0;
}

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

static const struct least_rule {
    const char *provider;
    const char *currency;
    int64_t least;
} leasts[] = {
    {"stripe", "AED", 200}, {"stripe", "AUD", 50}, {"stripe", "BGN", 100},  {"stripe", "BRL", 50},
    {"stripe", "CAD", 50},  {"stripe", "CHF", 50}, {"stripe", "CZK", 1500}, {"stripe", "DKK", 250},
    {"stripe", "EUR", 50},  {"stripe", "GBP", 30}, {"stripe", "HKD", 400},  {"stripe", "HUF", 17500},
    {"stripe", "INR", 50},  {"stripe", "JPY", 50}, {"stripe", "MXN", 1000}, {"stripe", "MYR", 200},
    {"stripe", "NOK", 300}, {"stripe", "NZD", 50}, {"stripe", "PLN", 200},  {"stripe", "RON", 200},
    {"stripe", "SEK", 300}, {"stripe", "SGD", 50}, {"stripe", "THB", 1000}, {"stripe", "USD", 50},
};

int64_t payable_least(const char *provider, const char *currency)
{
    for (size_t i = 0; i < ARRAY_LENGTH(leasts); i++) {
        if (strcmp(leasts[i].provider, provider) == 0 && strcmp(leasts[i].currency, currency) == 0) {
            return leasts[i].least;
        }
    }
    return 1;
}

bool payable_amount(const char *provider, const char *currency, int64_t amount)
{
    return amount % payable_step(provider, currency) == 0;
}

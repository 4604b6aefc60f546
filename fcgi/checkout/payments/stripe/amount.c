/* amount.c: amounts in Stripe's units. */
#include "fcgi/checkout/payments/stripe/amount.h"
#include "common/payable.h"
#include <string.h>

enum { TWO_DECIMALS = 100 }; /* the factor between an amount with two decimals and one with none */

static bool is_in(const char *list, const char *currency)
{
    return strlen(currency) == 3 && strstr(list, currency) != NULL;
}

/* Without decimals in ISO 4217; Stripe takes them with two, which must be 00. */
static bool has_padding(const char *currency)
{
    return is_in("ISK UGX", currency);
}

/* Two decimals in ISO 4217 (an ariary has five iraimbilanja); Stripe takes none. */
static bool has_none_there(const char *currency)
{
    return is_in("MGA", currency);
}

bool stripe_amount_make(int64_t minor, const char *currency, int64_t *ret_amount)
{
    if (has_padding(currency)) {
        if (minor > INT64_MAX / TWO_DECIMALS) {
            return false;
        }
        *ret_amount = minor * TWO_DECIMALS;
        return true;
    }
    *ret_amount = has_none_there(currency) ? minor / TWO_DECIMALS : minor;
    return payable_amount("stripe", currency, minor);
}

bool stripe_amount_read(int64_t amount, const char *currency, int64_t *ret_minor)
{
    if (has_padding(currency)) {
        *ret_minor = amount / TWO_DECIMALS;
        return amount % TWO_DECIMALS == 0;
    }
    if (has_none_there(currency)) {
        if (amount > INT64_MAX / TWO_DECIMALS) {
            return false;
        }
        *ret_minor = amount * TWO_DECIMALS;
        return true;
    }
    *ret_minor = amount;
    return true;
}

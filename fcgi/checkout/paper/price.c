#include "fcgi/checkout/paper/price.h"
#include "common/cleanup.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ISO 4217 list one: what does not have two digits. */
static const struct {
    int exponent;
    const char *currencies;
} exponents[] = {
    {0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"},
    {3, "BHD IQD JOD KWD LYD OMR TND"},
    {4, "CLF UYW"},
};

int ticket_price_exponent(const char *currency)
{
    for (size_t i = 0; strlen(currency) == 3 && i < ARRAY_LENGTH(exponents); i++) {
        if (strstr(exponents[i].currencies, currency) != NULL) {
            return exponents[i].exponent;
        }
    }
    return 2;
}

void ticket_price_format(int64_t amount, const char *currency, char ret_text[static TICKET_PRICE_SIZE])
{
    char digits[32];
    int exponent = ticket_price_exponent(currency);
    /* At least one digit before the point. */
    int count = snprintf(digits, sizeof(digits), "%0*" PRId64, exponent + 1, amount < 0 ? 0 : amount);
    int whole = count - exponent;
    char *next = ret_text;
    for (int i = 0; i < count; i++) {
        if (i > 0 && i < whole && (whole - i) % 3 == 0) {
            *next++ = ',';
        }
        if (i == whole) {
            *next++ = '.';
        }
        *next++ = digits[i];
    }
    snprintf(next, (size_t)(TICKET_PRICE_SIZE - (next - ret_text)), " %.3s", currency);
}

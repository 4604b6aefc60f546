/* money.c: the currencies of ISO 4217, list one. */
#include "common/money.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* By their minor unit; funds codes but CLF, UYI and UYW are left out. */
static const struct {
    int digits;
    const char *currencies;
} lists[] = {
    {0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"},
    {2, "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF "
        "CHF CNY COP "
        "CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR "
        "ILS INR IRR "
        "JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR "
        "MZN NAD NGN "
        "NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP "
        "STN SVC SYP "
        "SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG"},
    {3, "BHD IQD JOD KWD LYD OMR TND"},
    {4, "CLF UYW"},
};

enum { USUAL_DIGITS = 2, CODE_LENGTH = 3 };

/* -1: it is none. */
static int find_digits(const char *currency)
{
    if (strlen(currency) != CODE_LENGTH || strchr(currency, ' ') != NULL) {
        return -1;
    }
    for (size_t i = 0; i < ARRAY_LENGTH(lists); i++) {
        if (strstr(lists[i].currencies, currency) != NULL) {
            return lists[i].digits;
        }
    }
    return -1;
}

bool money_is_currency(const char *currency)
{
    return find_digits(currency) >= 0;
}

void money_decimal(int64_t amount, const char *currency, char ret_text[static MONEY_TEXT_SIZE])
{
    char digits[32];
    int known = find_digits(currency);
    int behind = known >= 0 ? known : USUAL_DIGITS;
    uint64_t size = amount < 0 ? -(uint64_t)amount : (uint64_t)amount;
    int count = snprintf(digits, sizeof(digits), "%0*" PRIu64, behind + 1, size);
    snprintf(ret_text, MONEY_TEXT_SIZE, "%s%.*s%s%s", amount < 0 ? "-" : "", count - behind, digits,
             behind > 0 ? "." : "", digits + count - behind);
}

void money_format(int64_t amount, const char *currency, char ret_text[static MONEY_TEXT_SIZE])
{
    char digits[32];
    int known = find_digits(currency);
    int behind = known >= 0 ? known : USUAL_DIGITS;
    uint64_t size = amount < 0 ? -(uint64_t)amount : (uint64_t)amount;
    /* At least one digit before the point. */
    int count = snprintf(digits, sizeof(digits), "%0*" PRIu64, behind + 1, size);
    int whole = count - behind;
    char *next = ret_text;
    if (amount < 0) {
        *next++ = '-';
    }
    for (int i = 0; i < count; i++) {
        if (i > 0 && i < whole && (whole - i) % 3 == 0) {
            *next++ = ',';
        }
        if (i == whole) {
            *next++ = '.';
        }
        *next++ = digits[i];
    }
    snprintf(next, (size_t)(MONEY_TEXT_SIZE - (next - ret_text)), " %.3s", currency);
}

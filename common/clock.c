/* clock.c: time, and RFC 3339 texts of it. */
#include "common/clock.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { FRACTION_DIGITS_MAX = 9, OFFSET_HOURS_MAX = 15 };

static struct timespec now(clockid_t clock)
{
    struct timespec time = {0};
    clock_gettime(clock, &time);
    return time;
}

int64_t clock_seconds(void)
{
    return now(CLOCK_REALTIME).tv_sec;
}

int64_t clock_milliseconds(void)
{
    struct timespec time = now(CLOCK_REALTIME);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

int64_t clock_monotonic_us(void)
{
    struct timespec time = now(CLOCK_MONOTONIC);
    return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

void clock_format(int64_t seconds, char ret_text[static RFC3339_SIZE])
{
    struct tm parts = {0};
    time_t time = (time_t)seconds;
    gmtime_r(&time, &parts);
    if (strftime(ret_text, RFC3339_SIZE, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0) {
        ret_text[0] = '\0';
    }
}

/* Reads exactly `digits` digits at `*text`, moves past them; -1 when there are fewer. */
static int read_digits(const char **text, int digits)
{
    int number = 0;
    for (int i = 0; i < digits; i++) {
        if (!isdigit((unsigned char)(*text)[i])) {
            return -1;
        }
        number = number * 10 + ((*text)[i] - '0');
    }
    *text += digits;
    return number;
}

/* Moves past the letter `wanted`, which is given in upper case and matches both cases. */
static bool skip(const char **text, char wanted)
{
    if (toupper((unsigned char)**text) != wanted) {
        return false;
    }
    (*text)++;
    return true;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

static bool skip_date(const char **text)
{
    int year = read_digits(text, 4);
    if (year < 1970 || !skip(text, '-')) {
        return false;
    }
    int month = read_digits(text, 2);
    if (month < 1 || month > 12 || !skip(text, '-')) {
        return false;
    }
    int day = read_digits(text, 2);
    return day >= 1 && day <= days_in_month(year, month);
}

static bool skip_time(const char **text)
{
    int hour = read_digits(text, 2);
    if (hour < 0 || hour > 23 || !skip(text, ':')) {
        return false;
    }
    int minute = read_digits(text, 2);
    if (minute < 0 || minute > 59 || !skip(text, ':')) {
        return false;
    }
    int second = read_digits(text, 2);
    if (second < 0 || second > 60 || (second == 60 && minute != 59)) { /* 60: a leap second */
        return false;
    }
    if (!skip(text, '.')) {
        return true;
    }
    int digits = 0;
    while (digits <= FRACTION_DIGITS_MAX && isdigit((unsigned char)**text)) {
        digits++;
        (*text)++;
    }
    return digits >= 1 && digits <= FRACTION_DIGITS_MAX;
}

static bool skip_offset(const char **text)
{
    if (skip(text, 'Z')) {
        return true;
    }
    if (!skip(text, '+') && !skip(text, '-')) {
        return false;
    }
    int hours = read_digits(text, 2);
    if (hours < 0 || hours > OFFSET_HOURS_MAX || !skip(text, ':')) {
        return false;
    }
    int minutes = read_digits(text, 2);
    return minutes >= 0 && minutes <= 59;
}

bool clock_is_rfc3339(const char *text)
{
    return skip_date(&text) && skip(&text, 'T') && skip_time(&text) && skip_offset(&text) && *text == '\0';
}

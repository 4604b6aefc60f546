#include "tests/bench/load_options.h"
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

static const char usage[] =
    "usage: bench_load --port N --requests FILE [--tokens FILE] [--connections N] [--seconds S] [--warm-up "
    "S]\n"
    "                  [--rate PER-SECOND] [--once] [--keep HOLDS] [--expect STATUS[,STATUS…]]\n"
    "       bench_live … --live PATH [--first-seat N]\n"
    "Prints one JSON object. tests/bench/README.md explains.\n";

static const struct option names[] = {
    {"port", required_argument, NULL, 'p'},
    {"requests", required_argument, NULL, 'f'},
    {"tokens", required_argument, NULL, 't'},
    {"connections", required_argument, NULL, 'c'},
    {"seconds", required_argument, NULL, 's'},
    {"warm-up", required_argument, NULL, 'w'},
    {"rate", required_argument, NULL, 'r'},
    {"once", no_argument, NULL, 'o'},
    {"keep", required_argument, NULL, 'k'},
    {"expect", required_argument, NULL, 'e'},
    {"live", required_argument, NULL, 'l'},
    {"first-seat", required_argument, NULL, 'i'},
    {NULL, 0, NULL, 0},
};

static _Noreturn void refuse(void)
{
    fputs(usage, stderr);
    exit(2);
}

static double number(const char *text, double min, double max)
{
    char *end = NULL;
    double value = strtod(text, &end);
    if (end == text || *end != '\0' || !(value >= min && value <= max)) {
        refuse();
    }
    return value;
}

static void read_expected(const char *list, int expected[static EXPECTED_MAX])
{
    size_t count = 0;
    char *end = NULL;
    for (const char *text = list; count < EXPECTED_MAX - 1; text = end + 1) {
        long status = strtol(text, &end, 10);
        if (end == text || status < 100 || status > 599) {
            refuse();
        }
        expected[count++] = (int)status;
        if (*end == '\0') {
            break;
        }
    }
    expected[count] = 0;
}

static void read_one(int option, struct load_options *options)
{
    switch (option) {
    case 'p':
        options->port = (uint16_t)number(optarg, 1, UINT16_MAX);
        break;
    case 'f':
        options->requests = optarg;
        break;
    case 't':
        options->tokens = optarg;
        break;
    case 'c':
        options->connections = (int)number(optarg, 1, 20000);
        break;
    case 's':
        options->seconds = number(optarg, 0.1, 86400);
        break;
    case 'w':
        options->warm_up = number(optarg, 0, 3600);
        break;
    case 'r':
        options->rate = number(optarg, 0, 1e6);
        break;
    case 'o':
        options->once = true;
        break;
    case 'k':
        options->keep = (int)number(optarg, 0, 1e6);
        break;
    case 'e':
        read_expected(optarg, options->expected);
        break;
    case 'l':
        options->live = optarg;
        break;
    case 'i':
        options->first_seat = (int)number(optarg, 0, 1e6);
        break;
    default:
        refuse();
    }
}

struct load_options load_options_read(int argc, char **argv)
{
    struct load_options options = {
        .connections = 32, .seconds = 5, .warm_up = 1, .keep = -1, .expected = {200, 0}};
    int option = 0;
    while ((option = getopt_long(argc, argv, "", names, NULL)) >= 0) {
        read_one(option, &options);
    }
    if (optind != argc || options.port == 0 || options.requests == NULL) {
        refuse();
    }
    return options;
}

void load_options_raise_files(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

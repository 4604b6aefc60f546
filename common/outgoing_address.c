/* outgoing_address.c: which addresses are public. */
#include "common/outgoing_address.h"

#include "common/cleanup.h"
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

struct network4 {
    uint32_t prefix;
    unsigned bits;
};

/* IANA IPv4 Special-Purpose Address Registry, and multicast (RFC 5771). */
static const struct network4 closed4[] = {
    {0x00000000, 8},  /* "this network", and 0.0.0.0, which reaches this host */
    {0x0a000000, 8},  /* private */
    {0x64400000, 10}, /* shared by carriers' customers */
    {0x7f000000, 8},  /* loopback */
    {0xa9fe0000, 16}, /* link-local; clouds answer with secrets there */
    {0xac100000, 12}, /* private */
    {0xc0000000, 24}, /* protocol assignments */
    {0xc0000200, 24}, /* documentation */
    {0xc0586300, 24}, /* old 6to4 relays */
    {0xc0a80000, 16}, /* private */
    {0xc6120000, 15}, /* benchmarking */
    {0xc6336400, 24}, /* documentation */
    {0xcb007100, 24}, /* documentation */
    {0xe0000000, 4},  /* multicast */
    {0xf0000000, 4},  /* reserved, broadcast */
};

static bool is_public4(uint32_t address)
{
    for (size_t i = 0; i < ARRAY_LENGTH(closed4); i++) {
        if (((address ^ closed4[i].prefix) >> (32 - closed4[i].bits)) == 0) {
            return false;
        }
    }
    return true;
}

static uint32_t number4(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* True when the first `bits` of both are the same. */
static bool starts_with(const uint8_t *address, const uint8_t *prefix, unsigned bits)
{
    unsigned rest = bits % 8;
    return memcmp(address, prefix, bits / 8) == 0 &&
           (rest == 0 || ((address[bits / 8] ^ prefix[bits / 8]) >> (8 - rest)) == 0);
}

/* Only 2000::/3 is assigned as global unicast; these parts of it are special. */
static const struct {
    uint8_t prefix[8];
    unsigned bits;
} closed6[] = {
    {{0x20, 0x01, 0x00}, 23},       /* protocol assignments: Teredo, benchmarking, ORCHID */
    {{0x20, 0x01, 0x0d, 0xb8}, 32}, /* documentation */
    {{0x3f, 0xff, 0x00}, 20},       /* documentation */
};

static bool is_public6(const uint8_t *address)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    static const uint8_t nat64[12] = {0x00, 0x64, 0xff, 0x9b};
    static const uint8_t six_to_four[2] = {0x20, 0x02};
    if (memcmp(address, mapped, sizeof(mapped)) == 0 || memcmp(address, nat64, sizeof(nat64)) == 0) {
        return is_public4(number4(address + 12));
    }
    if (memcmp(address, six_to_four, sizeof(six_to_four)) == 0) {
        return is_public4(number4(address + 2));
    }
    if ((address[0] & 0xe0) != 0x20) {
        return false; /* loopback, unspecified, unique local, link-local, multicast and all that is unassigned
                       */
    }
    for (size_t i = 0; i < ARRAY_LENGTH(closed6); i++) {
        if (starts_with(address, closed6[i].prefix, closed6[i].bits)) {
            return false;
        }
    }
    return true;
}

bool outgoing_address_is_public(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, address, sizeof(in));
        return is_public4(ntohl(in.sin_addr.s_addr));
    }
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 in;
        memcpy(&in, address, sizeof(in));
        return is_public6(in.sin6_addr.s6_addr);
    }
    return false;
}

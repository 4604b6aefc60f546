/* outgoing_address.h: which addresses are public. */
#ifndef TICKETING_OUTGOING_ADDRESS_H
#define TICKETING_OUTGOING_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

/* True for an IPv4 or IPv6 address that the IANA special-purpose registries (RFC 6890 and its updates) call
 * globally reachable. IPv6 forms that carry an IPv4 address (mapped, NAT64, 6to4) are judged by that one. */
bool outgoing_address_is_public(const struct sockaddr *address);

#endif

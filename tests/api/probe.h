/* tests/api/probe.h: a feature of routes that show what the server hands to handlers. */
#ifndef COX_TESTS_API_PROBE_H
#define COX_TESTS_API_PROBE_H

#include "site.h"

/*
 * Under /api/v1/probe: GET who (quick: /quick), GET admins, POST change, POST look (safe), GET people, GET own
 * (sessions only), POST echo (1000 bytes), POST file (8 MiB of any kind -> size and sum), GET slow?ms=, GET hold?ms= (a connection of the store), GET stream
 * (the head each time it moves), GET fault, GET items/{id}/{name}.txt. With gate=1, slow and hold wait until
 * probe_open_gate (a minute at most) instead of some time.
 */
/* The server anew with these routes. limits may be NULL. */
void probe_start(struct site *site, const struct cox_server_limits *limits);

/* Waits, a minute at most, until so many requests are in slow or hold. */
bool probe_at_work(int count);

/* Lets those on that wait at the gate, and all that come. probe_start shuts it. */
void probe_open_gate(void);

#endif

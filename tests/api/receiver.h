/*
 * tests/api/receiver.h: a program on loopback that takes webhooks: one connection after the other, plain or over TLS, and
 * keeps what came.
 */
#ifndef COX_TESTS_API_RECEIVER_H
#define COX_TESTS_API_RECEIVER_H

#include <stddef.h>
#include <stdint.h>

struct receiver;

/* An authority of the test's own, and a certificate by it for one address. */
struct receiver_trust;
/* folder: where the authority's certificate is put, as ca.pem. address: "127.0.0.1". */
struct receiver_trust *receiver_trust_make(const char *folder, const char *address);
void receiver_trust_drop(struct receiver_trust *trust);

/* trust NULL: plain HTTP. Answers 200 until told otherwise. */
struct receiver *receiver_open(const struct receiver_trust *trust);
void receiver_close(struct receiver *r);
uint16_t receiver_port(const struct receiver *r);

/* What is answered from now on; 0: nothing, until the caller gives up. */
void receiver_says(struct receiver *r, int status);

/* How many calls have come; the at-th, when it has come within a minute: the request as text. */
size_t receiver_count(struct receiver *r);
const char *receiver_call(struct receiver *r, size_t at);

#endif

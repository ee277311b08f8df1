/*
 * serve/seal.h: secrets that must be read back (seeds of second factors, keys of webhooks), sealed under a key that
 * lies beside the store and not in it.
 */
#ifndef COX_SERVE_SEAL_H
#define COX_SERVE_SEAL_H

#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"

struct cox_server;

/* Results lie in the arena. COX_CORRUPT: of another key, or changed. */
enum cox_rc cox_seal(const struct cox_server *server, struct cox_arena *arena,
    struct cox_text secret, struct cox_text *ret_sealed, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_unseal(const struct cox_server *server, struct cox_arena *arena,
    struct cox_text sealed, struct cox_text *ret_secret, struct cox_err *reterr) COX_NODISCARD;

#endif

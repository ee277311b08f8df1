/*
 * record/digest.h: the two digests, and that of secrets. Chain: over commits, each covering the one before. State: over
 * current rows (or those as of a seq), without rev and salt, equal on both engines.
 *
 * A version is encoded as (field id, value) for every field that has a value, in field order, so a
 * new column changes nothing. Personal fields are hashed apart with the record's salt: when salt
 * and values are erased, the stored hash still stands for them in the chain.
 */
#ifndef COX_RECORD_DIGEST_H
#define COX_RECORD_DIGEST_H

#include <sodium.h>

#include "record/call.h"

struct cox_digest {
    crypto_generichash_state state;
};

void cox_digest_init(struct cox_digest *digest);
void cox_digest_int(struct cox_digest *digest, int64_t value);
void cox_digest_bytes(struct cox_digest *digest, const void *bytes, size_t size);
void cox_digest_text(struct cox_digest *digest, struct cox_text text); /* with its length */
void cox_digest_done(struct cox_digest *digest, unsigned char ret_digest[COX_DIGEST_SIZE]);

/* What is kept of a secret that is only compared: a session's, a reset link's, a token's. */
void cox_digest_secret(struct cox_text secret, unsigned char ret_digest[COX_DIGEST_SIZE]);

/* A digest as the bytes of a column; they stay the caller's. */
static inline struct cox_text cox_digest_as_text(const unsigned char digest[COX_DIGEST_SIZE])
{
    return (struct cox_text){(const char *)digest, COX_DIGEST_SIZE};
}

/* Hash of a version's personal fields under the record's salt. */
void cox_digest_personal(const struct cox_row *row, const unsigned char salt[COX_SALT_SIZE],
    unsigned char ret_hash[COX_DIGEST_SIZE]);

/* One version: instant it begins, whether imported, fields; phash NULL for entities without
 * personal fields. */
void cox_digest_version(const struct cox_row *row, const unsigned char *phash,
    unsigned char ret_digest[COX_DIGEST_SIZE]);

/* An entry of the log: record, op and the versions it made, in order of from_us. */
void cox_digest_entry_begin(struct cox_digest *digest, uint16_t entity, int64_t id, char op);

/* What a chain link covers besides its entries. */
struct cox_log_line {
    int64_t seq, at_us, actor, cause, batch;
    struct cox_text request, note;
};

/* Begins a link; the entries follow in order of (entity, id) by cox_digest_link_entry. */
void cox_digest_link_begin(struct cox_digest *digest, const unsigned char before[COX_DIGEST_SIZE],
    const struct cox_log_line *line);
void cox_digest_link_entry(struct cox_digest *digest, const struct cox_entry *entry);

/* Adds a row to a state digest: entity, id and every value, personal ones as they are. */
void cox_digest_state_row(struct cox_digest *digest, const struct cox_row *row);

#endif

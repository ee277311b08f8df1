/* record/digest.c: encoding of versions and links, hashed with BLAKE2b-256. */
#include "record/digest.h"

#include <string.h>

void cox_digest_init(struct cox_digest *digest)
{
    (void)crypto_generichash_init(&digest->state, NULL, 0,
        COX_DIGEST_SIZE); /* fails on bad sizes only */
}

void cox_digest_bytes(struct cox_digest *digest, const void *bytes, size_t size)
{
    (void)crypto_generichash_update(&digest->state, bytes, size); /* always 0 */
}

void cox_digest_int(struct cox_digest *digest, int64_t value)
{
    unsigned char bytes[8];

    for (int i = 0; i < 8; i++) {
        bytes[i] = (unsigned char)((uint64_t)value >> (8 * i));
    }
    cox_digest_bytes(digest, bytes, sizeof(bytes));
}

void cox_digest_text(struct cox_digest *digest, struct cox_text text)
{
    cox_digest_int(digest, text.ptr == NULL ? -1 : (int64_t)text.size);
    if (text.size > 0) {
        cox_digest_bytes(digest, text.ptr, text.size);
    }
}

void cox_digest_done(struct cox_digest *digest, unsigned char ret_digest[COX_DIGEST_SIZE])
{
    (void)crypto_generichash_final(&digest->state, ret_digest, COX_DIGEST_SIZE); /* once an init */
}

void cox_digest_secret(struct cox_text secret, unsigned char ret_digest[COX_DIGEST_SIZE])
{
    (void)crypto_generichash(ret_digest, COX_DIGEST_SIZE, (const unsigned char *)secret.ptr,
        secret.size, NULL, 0); /* fails only for sizes out of range */
}

static int64_t field_id(const struct cox_row *row, uint32_t at)
{
    enum { CUSTOM_BASE = 1 << 16 };

    return row->table->fields[at]->custom_id == 0
               ? at
               : CUSTOM_BASE + (int64_t)row->table->fields[at]->custom_id;
}

static void add_value(struct cox_digest *digest, const struct cox_row *row, uint32_t at)
{
    const struct cox_value *value = &row->values[at];
    int64_t bits;

    if (value->kind == COX_VALUE_NULL) {
        return;
    }
    cox_digest_int(digest, field_id(row, at));
    cox_digest_int(digest, (int64_t)value->kind);
    switch (value->kind) {
    case COX_VALUE_INT:
        cox_digest_int(digest, value->number);
        break;
    case COX_VALUE_REAL:
        memcpy(&bits, &value->real, sizeof(bits));
        cox_digest_int(digest, bits);
        break;
    case COX_VALUE_TEXT:
        cox_digest_text(digest, value->text);
        break;
    case COX_VALUE_NULL:
        break;
    }
}

static bool is_personal(const struct cox_row *row, uint32_t at)
{
    return (row->table->fields[at]->flags & COX_PERSONAL) != 0;
}

void cox_digest_personal(const struct cox_row *row, const unsigned char salt[COX_SALT_SIZE],
    unsigned char ret_hash[COX_DIGEST_SIZE])
{
    struct cox_digest digest;

    cox_digest_init(&digest);
    cox_digest_bytes(&digest, salt, COX_SALT_SIZE);
    for (uint32_t i = 0; i < row->table->field_count; i++) {
        if (is_personal(row, i)) {
            add_value(&digest, row, i);
        }
    }
    cox_digest_done(&digest, ret_hash);
}

void cox_digest_version(const struct cox_row *row, const unsigned char *phash,
    unsigned char ret_digest[COX_DIGEST_SIZE])
{
    struct cox_digest digest;

    cox_digest_init(&digest);
    cox_digest_int(&digest, row->from_us);
    cox_digest_int(&digest, row->imported ? 1 : 0);
    for (uint32_t i = 0; i < row->table->field_count; i++) {
        if (!is_personal(row, i)) {
            add_value(&digest, row, i);
        }
    }
    cox_digest_int(&digest, phash == NULL ? 0 : 1);
    if (phash != NULL) {
        cox_digest_bytes(&digest, phash, COX_DIGEST_SIZE);
    }
    cox_digest_done(&digest, ret_digest);
}

void cox_digest_entry_begin(struct cox_digest *digest, uint16_t entity, int64_t id, char op)
{
    cox_digest_init(digest);
    cox_digest_int(digest, entity);
    cox_digest_int(digest, id);
    cox_digest_int(digest, op);
}

void cox_digest_link_begin(struct cox_digest *digest, const unsigned char before[COX_DIGEST_SIZE],
    const struct cox_log_line *line)
{
    cox_digest_init(digest);
    cox_digest_bytes(digest, before, COX_DIGEST_SIZE);
    cox_digest_int(digest, line->seq);
    cox_digest_int(digest, line->at_us);
    cox_digest_int(digest, line->actor);
    cox_digest_int(digest, line->cause);
    cox_digest_int(digest, line->batch);
    cox_digest_text(digest, line->request);
    cox_digest_text(digest, line->note);
}

void cox_digest_link_entry(struct cox_digest *digest, const struct cox_entry *entry)
{
    cox_digest_int(digest, entry->entity);
    cox_digest_int(digest, entry->id);
    cox_digest_int(digest, entry->op);
    cox_digest_bytes(digest, entry->digest, COX_DIGEST_SIZE);
}

void cox_digest_state_row(struct cox_digest *digest, const struct cox_row *row)
{
    cox_digest_int(digest, row->table->entity->number);
    cox_digest_int(digest, row->id);
    for (uint32_t i = 0; i < row->table->field_count; i++) {
        add_value(digest, row, i);
    }
    cox_digest_int(digest, -1);
}

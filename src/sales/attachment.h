/* sales/attachment.h: files, kept in pieces in the database. */
#ifndef COX_SALES_ATTACHMENT_H
#define COX_SALES_ATTACHMENT_H

#include "base/text.h"
#include "record/entity.h"

enum {
    COX_ATTACHMENT_CHUNK_SIZE = 256 * 1024,
    COX_ATTACHMENT_CHUNK_MAX = 100,
    COX_ATTACHMENT_SIZE_MAX = COX_ATTACHMENT_CHUNK_SIZE * COX_ATTACHMENT_CHUNK_MAX, /* 25 MiB */
};

enum {
    COX_ATTACHMENT_NAME,
    COX_ATTACHMENT_OWNER,
    COX_ATTACHMENT_CONTENT_TYPE,
    COX_ATTACHMENT_SIZE,
    COX_ATTACHMENT_OPPORTUNITY,
    COX_ATTACHMENT_ACCOUNT,
    COX_ATTACHMENT_CONTACT,
    COX_ATTACHMENT_LEAD,
    COX_ATTACHMENT_ACTIVITY,
    COX_ATTACHMENT_FIELD_COUNT
};

struct cox_attachment {
    struct cox_head head;
    struct cox_text name;
    int64_t owner;
    struct cox_text content_type;
    int64_t size, opportunity, account, contact, lead, activity;
};
extern const struct cox_entity cox_attachment;

enum {
    COX_ATTACHMENT_CHUNK_ATTACHMENT,
    COX_ATTACHMENT_CHUNK_POSITION,
    COX_ATTACHMENT_CHUNK_CONTENT,
    COX_ATTACHMENT_CHUNK_FIELD_COUNT
};

struct cox_attachment_chunk {
    struct cox_head head;
    int64_t attachment, position;
    struct cox_text content;
};
extern const struct cox_entity cox_attachment_chunk;

/*
 * Saves a file and its content as one commit: attachment says name, owner, what it belongs to;
 * size is taken from bytes. COX_TOO_LARGE past 25 MiB.
 */
enum cox_rc cox_attachment_save(struct cox_call *call, const struct cox_attachment *attachment,
    struct cox_text bytes, int64_t *ret_id, struct cox_err *reterr) COX_NODISCARD;

/* Writes the content to sink, piece by piece. COX_CORRUPT when pieces are missing. */
enum cox_rc cox_attachment_read(struct cox_call *call, int64_t id, const struct cox_sink *sink,
    struct cox_err *reterr) COX_NODISCARD;

#endif

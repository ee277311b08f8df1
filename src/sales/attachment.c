/* sales/attachment.c: files in pieces. */
#include "sales/attachment.h"

#include "org/people.h"
#include "record/query.h"
#include "sales/account.h"
#include "sales/activity.h"
#include "sales/lead.h"
#include "sales/opportunity.h"
#include "sales/rule.h"

/* ---- attachment ---- */

static const struct cox_field attachment_fields[] = {
    [COX_ATTACHMENT_NAME] = {"name", .type = COX_TEXT, .max = 255,
        .flags = COX_REQUIRED | COX_SEARCHED, .at = COX_AT_TEXT(struct cox_attachment, name),
        .alias = {"Name|Title", "name", "File_Name"}, .help = "Name of the file."},
    [COX_ATTACHMENT_OWNER] = {"owner", .type = COX_REF, .ref = &cox_user, .on_delete = COX_REFUSE,
        .flags = COX_REQUIRED, .at = COX_AT_INT(struct cox_attachment, owner),
        .alias = {"OwnerId|Owner Name|Owner",
            "hubspot_owner_id|property_hubspot_owner_id|owner_id|Owner", "Owner|Owner Name"},
        .also = "owner|sales_agent|sales agent|salesperson|rep|assigned to|account manager",
        .help = "Who attached it."},
    [COX_ATTACHMENT_CONTENT_TYPE] = {"content_type", .type = COX_TEXT, .max = 127,
        .flags = COX_FIXED, .at = COX_AT_TEXT(struct cox_attachment, content_type),
        .alias = {"ContentType", "type", NULL}, .help = "Its kind, as application/pdf."},
    [COX_ATTACHMENT_SIZE] = {"size", .type = COX_INT, .min = 0, .max = COX_ATTACHMENT_SIZE_MAX,
        .flags = COX_REQUIRED | COX_FIXED, .at = COX_AT_INT(struct cox_attachment, size),
        .alias = {"BodyLength", "size", "Size"}, .help = "Bytes."},
    [COX_ATTACHMENT_OPPORTUNITY] = {"opportunity", .type = COX_REF, .ref = &cox_opportunity,
        .on_delete = COX_CASCADE, .at = COX_AT_INT(struct cox_attachment, opportunity),
        .alias = {"ParentId", NULL, "Parent_Id"}, .help = "The deal it belongs to."},
    [COX_ATTACHMENT_ACCOUNT] = {"account", .type = COX_REF, .ref = &cox_account,
        .on_delete = COX_CASCADE, .at = COX_AT_INT(struct cox_attachment, account),
        .help = "The account it belongs to."},
    [COX_ATTACHMENT_CONTACT] = {"contact", .type = COX_REF, .ref = &cox_contact,
        .on_delete = COX_CASCADE, .at = COX_AT_INT(struct cox_attachment, contact),
        .help = "The contact it belongs to."},
    [COX_ATTACHMENT_LEAD] = {"lead", .type = COX_REF, .ref = &cox_lead, .on_delete = COX_CASCADE,
        .at = COX_AT_INT(struct cox_attachment, lead), .help = "The lead it belongs to."},
    [COX_ATTACHMENT_ACTIVITY] = {"activity", .type = COX_REF, .ref = &cox_activity,
        .on_delete = COX_CASCADE, .at = COX_AT_INT(struct cox_attachment, activity),
        .help = "The activity it belongs to."},
};
_Static_assert(COX_COUNT(attachment_fields) == COX_ATTACHMENT_FIELD_COUNT,
    "one row for each field id");

static enum cox_rc check_attachment(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    static const uint32_t homes[] = {COX_ATTACHMENT_OPPORTUNITY, COX_ATTACHMENT_ACCOUNT,
        COX_ATTACHMENT_CONTACT, COX_ATTACHMENT_LEAD, COX_ATTACHMENT_ACTIVITY};

    (void)call, (void)before; /* an attachment is judged by what it becomes */
    if (after == NULL) {
        return COX_OK;
    }
    for (size_t i = 0; i < COX_COUNT(homes); i++) {
        if (cox_row_int(after, homes[i]) != COX_NULL) {
            return COX_OK;
        }
    }
    return cox_fail_at(reterr, COX_INVALID, "opportunity", 0,
        "a file belongs to a deal, account, contact, lead or activity");
}

const struct cox_entity cox_attachment = {
    .name = "attachment",
    .plural = "attachments",
    .label = "Attachment",
    .label_plural = "Attachments",
    .number = 57,
    .fields = attachment_fields,
    .field_count = COX_ATTACHMENT_FIELD_COUNT,
    .struct_size = sizeof(struct cox_attachment),
    .reach = COX_REACH_LINE,
    .name_field = COX_ATTACHMENT_NAME,
    .owner_field = COX_ATTACHMENT_OWNER,
    .parent_field = COX_ATTACHMENT_OPPORTUNITY,
    .currency_field = COX_NO_FIELD,
    .grants = cox_grants_records,
    .check = check_attachment,
    .external_alias = {"Attachment|ContentVersion", "files|attachments", "Attachments"},
    .help = "A file, at most 25 MiB, download only.",
};

/* ---- piece of a file ---- */

static const struct cox_field attachment_chunk_fields[] = {
    [COX_ATTACHMENT_CHUNK_ATTACHMENT] = {"attachment", .type = COX_REF, .ref = &cox_attachment,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_attachment_chunk, attachment), .help = "The file."},
    [COX_ATTACHMENT_CHUNK_POSITION] = {"position", .type = COX_INT, .min = 0,
        .max = COX_ATTACHMENT_CHUNK_MAX - 1, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_attachment_chunk, position), .help = "Its place, from 0."},
    [COX_ATTACHMENT_CHUNK_CONTENT] = {"content", .type = COX_BYTES,
        .max = COX_ATTACHMENT_CHUNK_SIZE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_TEXT(struct cox_attachment_chunk, content), .help = "The bytes."},
};
_Static_assert(COX_COUNT(attachment_chunk_fields) == COX_ATTACHMENT_CHUNK_FIELD_COUNT,
    "one row for each field id");

static int64_t chunk_count(int64_t size)
{
    return (size + COX_ATTACHMENT_CHUNK_SIZE - 1) / COX_ATTACHMENT_CHUNK_SIZE;
}

static enum cox_rc check_chunk(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    const struct cox_row *file;

    (void)before; /* pieces are never changed */
    if (after == NULL) {
        return COX_OK;
    }
    COX_TRY(cox_peek(call, &cox_attachment, cox_row_int(after, COX_ATTACHMENT_CHUNK_ATTACHMENT),
        &file, reterr));
    if (cox_row_int(after, COX_ATTACHMENT_CHUNK_POSITION) >=
        chunk_count(cox_row_int(file, COX_ATTACHMENT_SIZE))) {
        return cox_fail_at(reterr, COX_INVALID, "position", 0, "the file is not that long");
    }
    return COX_OK;
}

const struct cox_entity cox_attachment_chunk = {
    .name = "attachment_chunk",
    .plural = "attachment_chunks",
    .label = "Piece of a file",
    .label_plural = "Pieces of files",
    .number = 58,
    .fields = attachment_chunk_fields,
    .field_count = COX_ATTACHMENT_CHUNK_FIELD_COUNT,
    .struct_size = sizeof(struct cox_attachment_chunk),
    .reach = COX_REACH_LINE,
    .name_field = COX_ATTACHMENT_CHUNK_POSITION,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_ATTACHMENT_CHUNK_ATTACHMENT,
    .currency_field = COX_NO_FIELD,
    .grants = cox_grants_records,
    .check = check_chunk,
    .help = "A part of an attachment's content.",
};

enum cox_rc cox_attachment_save(struct cox_call *call, const struct cox_attachment *attachment,
    struct cox_text bytes, int64_t *ret_id, struct cox_err *reterr)
{
    struct cox_attachment file = *attachment;
    int64_t id, chunk_id;

    if (bytes.size > COX_ATTACHMENT_SIZE_MAX) {
        return cox_fail_at(reterr, COX_TOO_LARGE, "size", 0, "a file has at most 25 MiB");
    }
    file.size = (int64_t)bytes.size;
    COX_TRY(cox_create_struct(call, &cox_attachment, &file, &id, reterr));
    for (size_t at = 0, position = 0; at < bytes.size; position++) {
        size_t size = bytes.size - at;
        struct cox_attachment_chunk chunk;

        cox_struct_init(&cox_attachment_chunk, &chunk);
        chunk.attachment = id;
        chunk.position = (int64_t)position;
        chunk.content.ptr = bytes.ptr + at;
        chunk.content.size = size < COX_ATTACHMENT_CHUNK_SIZE ? size : COX_ATTACHMENT_CHUNK_SIZE;
        COX_TRY(cox_create_struct(call, &cox_attachment_chunk, &chunk, &chunk_id, reterr));
        at += chunk.content.size;
    }
    *ret_id = id;
    return COX_OK;
}

static enum cox_rc read_chunk(struct cox_call *call, int64_t id, int64_t position,
    const struct cox_sink *sink, struct cox_err *reterr)
{
    const struct cox_filter_term terms[] = {
        {COX_ATTACHMENT_CHUNK_ATTACHMENT, "eq", cox_int(id)},
        {COX_ATTACHMENT_CHUNK_POSITION, "eq", cox_int(position)},
    };
    struct cox_query query = {.entity = &cox_attachment_chunk, .limit = 1};
    struct cox_mark mark = cox_arena_mark(cox_call_arena(call));
    struct cox_page page;
    struct cox_text content;
    enum cox_rc rc;

    COX_TRY(cox_filter_build(call, &cox_attachment_chunk, terms, COX_COUNT(terms), &query.filter,
        reterr));
    COX_TRY(cox_list(call, &query, &page, reterr));
    if (page.count == 0) {
        return cox_fail(reterr, COX_CORRUPT, "piece %lld of the file is missing",
            (long long)position);
    }
    content = cox_row_text(&page.rows[0], COX_ATTACHMENT_CHUNK_CONTENT);
    rc = sink->write(sink->ctx, content.ptr, content.size, reterr);
    cox_arena_rewind(cox_call_arena(call), mark);
    return rc;
}

enum cox_rc cox_attachment_read(struct cox_call *call, int64_t id, const struct cox_sink *sink,
    struct cox_err *reterr)
{
    struct cox_attachment file;

    COX_TRY(cox_load(call, &cox_attachment, id, &file, reterr));
    for (int64_t position = 0; position < chunk_count(file.size); position++) {
        COX_TRY(read_chunk(call, id, position, sink, reterr));
    }
    return COX_OK;
}

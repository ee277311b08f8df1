/* sales/attachment_route.c: files of records over HTTP: sent as they are, given back as downloads only. */
#include "sales/attachment_route.h"

#include "sales/attachment.h"

/* ---- sending ---- */

struct upload {
    struct cox_exchange *x;
    struct cox_attachment file;
    int64_t id;
};

static enum cox_rc save(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct upload *upload = ctx;

    return cox_attachment_save(call, &upload->file, upload->x->body, &upload->id, reterr);
}

static enum cox_rc read_homes(struct cox_exchange *x, struct cox_attachment *file,
    struct cox_err *reterr)
{
    const struct {
        const char *name;
        int64_t *id;
    } homes[] = {{"opportunity", &file->opportunity}, {"account", &file->account},
        {"contact", &file->contact}, {"lead", &file->lead}, {"activity", &file->activity}};

    for (size_t i = 0; i < COX_COUNT(homes); i++) {
        COX_TRY(
            cox_exchange_integer(x, homes[i].name, 1, INT64_MAX, COX_NULL, homes[i].id, reterr));
    }
    return COX_OK;
}

enum cox_rc cox_attachments_post(struct cox_exchange *x, struct cox_err *reterr)
{
    struct cox_text type = cox_exchange_header(x, "Content-Type");
    struct upload upload = {.x = x};
    struct cox_write_opt opt;
    struct cox_commit commit;
    struct cox_json json;
    const char *location;

    cox_struct_init(&cox_attachment, &upload.file);
    COX_TRY(cox_exchange_parameter(x, "name", &upload.file.name, reterr));
    COX_TRY(read_homes(x, &upload.file, reterr));
    if (upload.file.name.size == 0) {
        return cox_fail_at(reterr, COX_INVALID, "name", 0, "names the file");
    }
    if (x->body.size == 0) {
        return cox_fail(reterr, COX_INVALID, "the file is empty");
    }
    upload.file.owner = x->who.actor.user_id;
    upload.file.content_type = type.size > 0 ? type : COX_LIT("application/octet-stream");
    COX_TRY(cox_exchange_write_opt(x, &opt, reterr));
    COX_TRY(cox_store_write(x->store, &opt, save, &upload, &commit, reterr));
    location = cox_arena_format(x->arena, "/api/v1/attachments/%lld", (long long)upload.id);
    if (location == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_reply_header(x, "Location", location, reterr));
    x->reply.seq = commit.seq;
    cox_reply_json(x, 201, &json);
    cox_json_begin_object(&json);
    cox_json_put_int(&json, "id", upload.id);
    cox_json_put_text(&json, "name", upload.file.name);
    cox_json_put_int(&json, "size", (int64_t)x->body.size);
    cox_json_end_object(&json);
    return cox_reply_json_done(x, &json, reterr);
}

/* ---- giving back ---- */

/* attachment; filename="plain.pdf"; filename*=UTF-8''p%C3%A4per.pdf (RFC 6266): no sign of a name gets out. */
static const char *disposition_of(struct cox_arena *arena, struct cox_text name)
{
    struct cox_buf plain, coded;
    const char *header;

    cox_buf_init(&plain, 1024);
    cox_buf_init(&coded, 4096);
    for (size_t i = 0; i < name.size; i++) {
        unsigned char c = (unsigned char)name.ptr[i];
        bool is_safe = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                       c == '.' || c == '-' || c == '_';

        cox_buf_add_char(&plain, is_safe || c == ' ' ? (char)c : '_');
        if (is_safe) {
            cox_buf_add_char(&coded, (char)c);
        } else {
            cox_buf_format(&coded, "%%%02X", c);
        }
    }
    header = plain.failed || coded.failed
                 ? NULL
                 : cox_arena_format(arena, "attachment; filename=\"%.*s\"; filename*=UTF-8''%.*s",
                       (int)plain.size, plain.ptr, (int)coded.size, coded.ptr);
    cox_buf_done(&plain);
    cox_buf_done(&coded);
    return header;
}

struct download {
    struct cox_exchange *x;
    int64_t id;
};

static enum cox_rc read_content(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct download *download = ctx;
    struct cox_exchange *x = download->x;
    struct cox_sink sink = cox_buf_sink(&x->reply.body);
    struct cox_attachment file;
    const char *disposition;

    COX_TRY(cox_load(call, &cox_attachment, download->id, &file, reterr));
    disposition = disposition_of(x->arena, file.name);
    if (disposition == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_reply_header(x, "Content-Disposition", disposition, reterr));
    x->reply.seq = cox_call_as_of(call).seq;
    return cox_attachment_read(call, download->id, &sink, reterr);
}

enum cox_rc cox_attachments_content(struct cox_exchange *x, struct cox_err *reterr)
{
    struct download download = {.x = x};
    struct cox_read_opt opt;

    COX_TRY(cox_exchange_id(x, 0, &download.id, reterr));
    COX_TRY(cox_exchange_read_opt(x, &opt, reterr));
    cox_buf_init(&x->reply.body, COX_ATTACHMENT_SIZE_MAX);
    /* Whatever it says it is: it is bytes to be kept, never a page of ours. */
    x->reply.type = "application/octet-stream";
    return cox_store_read(x->store, &opt, read_content, &download, reterr);
}

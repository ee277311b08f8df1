/* serve/reply.c: replies as handlers write them. */
#include <assert.h>
#include <unistd.h>

#include "serve/inside.h"

void cox_reply_json(struct cox_exchange *x, int status, struct cox_json *ret_json)
{
    x->reply.status = status;
    cox_json_init(ret_json, x->arena, cox_buf_sink(&x->reply.body));
}

enum cox_rc cox_reply_json_done(struct cox_exchange *x, struct cox_json *json,
    struct cox_err *reterr)
{
    (void)x; /* its buffer is the sink */
    return cox_json_done(json, reterr);
}

enum cox_rc cox_reply_header(struct cox_exchange *x, const char *name, const char *value,
    struct cox_err *reterr)
{
    struct cox_reply *reply = &x->reply;
    const char *copy = cox_arena_string(x->arena, value);

    assert(reply->header_count < COX_REPLY_HEADER_MAX);
    if (copy == NULL) {
        return cox_no_memory(reterr);
    }
    reply->headers[reply->header_count].name = name;
    reply->headers[reply->header_count].value = copy;
    reply->header_count++;
    return COX_OK;
}

/* Titles of what has no code of its own. */
static const char *title_of(int status, enum cox_rc rc)
{
    switch (status) {
    case 405:
        return "this path does not take this method";
    case 406:
        return "this is not to be had in such a form";
    case 411:
        return "the length of the body is missing";
    case 415:
        return "this kind of body is not taken here";
    case 421:
        return "this server does not answer for that host";
    case 431:
        return "the head of the request is larger than the limit";
    case 505:
        return "this version of HTTP is not spoken here";
    default:
        return cox_rc_sentence(rc);
    }
}

void cox_reply_problem(struct cox_exchange *x, int status, const char *code,
    const struct cox_err *err)
{
    struct cox_reply *reply = &x->reply;
    struct cox_json json;
    struct cox_err ignored;

    cox_buf_clear(&reply->body);
    if (reply->file >= 0) {
        (void)close(reply->file);
        reply->file = -1;
    }
    if (reply->stream.pull != NULL) {
        reply->stream.close(reply->stream.ctx);
        reply->stream = (struct cox_stream){0};
    }
    status = status != 0 ? status : cox_rc_http_status(err->rc);
    cox_reply_json(x, status, &json);
    reply->type = "application/problem+json";
    cox_json_begin_object(&json);
    cox_json_put_string(&json, "type", "about:blank");
    cox_json_put_string(&json, "title", title_of(status, err->rc));
    cox_json_put_int(&json, "status", status);
    cox_json_put_string(&json, "code", code != NULL ? code : cox_rc_name(err->rc));
    if (err->text[0] != '\0') {
        cox_json_put_string(&json, "detail", err->text);
    }
    if (err->field[0] != '\0') {
        cox_json_put_string(&json, "field", err->field);
    }
    if (err->row != 0) {
        cox_json_put_int(&json, "row", err->row);
    }
    cox_json_put_string(&json, "request", x->request_id);
    cox_json_end_object(&json);
    if (cox_json_done(&json, &ignored) != COX_OK) {
        cox_buf_clear(&reply->body); /* without memory: the status alone must do */
    }
}

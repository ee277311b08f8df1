/* connect/decide.c: decisions about an import from JSON to the lines of a map file. */
#include "connect/decide.h"

#include "connect/mapfile.h"

static enum cox_rc not_so(struct cox_err *reterr, const char *what)
{
    return cox_fail_at(reterr, COX_INVALID, "decisions", 0, "%s", what);
}

/* A text that stands on one line. */
static enum cox_rc text_of(const json_t *value, struct cox_text *ret_text, struct cox_err *reterr)
{
    *ret_text = (struct cox_text){json_string_value(value), json_string_length(value)};
    if (ret_text->ptr == NULL || memchr(ret_text->ptr, '\n', ret_text->size) != NULL ||
        memchr(ret_text->ptr, '\r', ret_text->size) != NULL) {
        return not_so(reterr, "takes texts of one line each");
    }
    return COX_OK;
}

static enum cox_rc key_of(const char *key, struct cox_text *ret_text, struct cox_err *reterr)
{
    *ret_text = cox_text_of(key);
    return strpbrk(key, "\r\n") == NULL ? COX_OK : not_so(reterr, "takes texts of one line each");
}

static enum cox_rc put_setting(const char *name, const json_t *value, struct cox_buf *buf,
    struct cox_err *reterr)
{
    struct cox_text text;

    if (value == NULL || json_is_null(value)) {
        return COX_OK;
    }
    COX_TRY(text_of(value, &text, reterr));
    cox_buf_format(buf, "%s = ", name);
    cox_map_file_escape(buf, text);
    cox_buf_add_char(buf, '\n');
    return COX_OK;
}

static enum cox_rc put_columns(json_t *columns, struct cox_buf *buf, struct cox_err *reterr)
{
    struct cox_text header, target;
    const char *key;
    json_t *value;

    json_object_foreach(columns, key, value)
    {
        COX_TRY(key_of(key, &header, reterr));
        COX_TRY(text_of(value, &target, reterr));
        cox_buf_add_string(buf, "column ");
        cox_map_file_escape(buf, header);
        cox_buf_add_string(buf, " = ");
        cox_buf_add_text(buf, target); /* "field, dmy": its comma has its meaning */
        cox_buf_add_char(buf, '\n');
    }
    return COX_OK;
}

static enum cox_rc put_values(json_t *fields, struct cox_buf *buf, struct cox_err *reterr)
{
    struct cox_text field, text, meant;
    const char *key, *inner;
    json_t *texts, *value;

    json_object_foreach(fields, key, texts)
    {
        COX_TRY(key_of(key, &field, reterr));
        json_object_foreach(texts, inner, value)
        {
            COX_TRY(key_of(inner, &text, reterr));
            COX_TRY(text_of(value, &meant, reterr));
            cox_map_file_write_value(buf, field, text, meant, true);
        }
    }
    return COX_OK;
}

enum cox_rc cox_import_decide(json_t *decisions, struct cox_buf *buf, struct cox_err *reterr)
{
    struct cox_text name;
    const char *key;
    json_t *file;

    if (!json_is_object(decisions)) {
        return not_so(reterr, "is an object by file name");
    }
    json_object_foreach(decisions, key, file)
    {
        COX_TRY(key_of(key, &name, reterr));
        if (!json_is_object(file) || strchr(key, ']') != NULL) {
            return not_so(reterr, "is an object by file name");
        }
        cox_buf_format(buf, "[%.*s]\n", (int)name.size, name.ptr);
        COX_TRY(put_setting("entity", json_object_get(file, "entity"), buf, reterr));
        COX_TRY(put_setting("source", json_object_get(file, "source"), buf, reterr));
        COX_TRY(put_columns(json_object_get(file, "columns"), buf, reterr));
        COX_TRY(put_values(json_object_get(file, "values"), buf, reterr));
    }
    return buf->failed ? cox_fail(reterr, COX_TOO_LARGE, "too many decisions") : COX_OK;
}

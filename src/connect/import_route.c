/* connect/import_route.c: routes of the import wizard. */
#include "connect/import_route.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/num.h"
#include "connect/decide.h"
#include "connect/look.h"
#include "connect/queue.h"
#include "serve/http.h"
#include "serve/server.h"

enum { LISTED_MAX = 50, MAP_MAX = 4 << 20 };

static struct cox_import_queue *queue_of(const struct cox_exchange *x)
{
    return cox_server_part(x->server, &cox_part_imports);
}

/* ---- files ---- */

static enum cox_rc post_file(struct cox_exchange *x, struct cox_err *reterr)
{
    char id[COX_SHELF_ID_SIZE];
    struct cox_text name;
    struct cox_json json;
    const char *kept;

    COX_TRY(cox_exchange_parameter(x, "name", &name, reterr));
    if (name.size == 0) {
        return cox_fail_at(reterr, COX_INVALID, "name", 0, "names the file");
    }
    if (x->body.size == 0) {
        return cox_fail(reterr, COX_INVALID, "the file is empty");
    }
    COX_TRY(cox_shelf_put(cox_import_shelf(queue_of(x)), x->who.actor.user_id, name, x->body,
        x->arena, id, &kept, reterr));
    cox_reply_json(x, 201, &json);
    cox_json_begin_object(&json);
    cox_json_put_string(&json, "id", id);
    cox_json_put_string(&json, "name", kept);
    cox_json_put_int(&json, "size", (int64_t)x->body.size);
    cox_json_end_object(&json);
    return cox_reply_json_done(x, &json, reterr);
}

/* ---- what is asked ---- */

/* The body with its decisions turned into a map file's text. */
static enum cox_rc read_asked(struct cox_exchange *x, json_t **ret_asked, struct cox_err *reterr)
{
    json_t *decisions, *map;
    struct cox_buf buf;
    enum cox_rc rc;

    COX_TRY(cox_exchange_json(x, ret_asked, reterr));
    decisions = json_object_get(*ret_asked, "decisions");
    if (decisions == NULL) {
        return COX_OK;
    }
    cox_buf_init(&buf, MAP_MAX);
    cox_buf_add_text(&buf, cox_text_of(json_string_value(json_object_get(*ret_asked, "map"))));
    cox_buf_add_char(&buf, '\n');
    rc = cox_import_decide(decisions, &buf, reterr);
    if (rc == COX_OK) {
        map = json_stringn(buf.ptr, buf.size);
        rc = map == NULL || json_object_set_new(*ret_asked, "map", map) != 0 ||
                     json_object_del(*ret_asked, "decisions") != 0
                 ? cox_no_memory(reterr)
                 : COX_OK;
    }
    cox_buf_done(&buf);
    return rc;
}

static enum cox_rc post_preview(struct cox_exchange *x, struct cox_err *reterr)
{
    struct cox_import_opt opt;
    struct cox_json json;
    json_t *asked;

    COX_TRY(read_asked(x, &asked, reterr));
    COX_TRY(cox_import_opt_of(queue_of(x), x->arena, x->who.actor.user_id, asked, &opt, reterr));
    opt.actor = x->who.actor;
    cox_reply_json(x, 200, &json);
    COX_TRY(cox_import_preview_json(x->arena, &opt, &json, reterr));
    return cox_reply_json_done(x, &json, reterr);
}

static enum cox_rc post_import(struct cox_exchange *x, struct cox_err *reterr)
{
    char id[COX_SHELF_ID_SIZE];
    struct cox_json json;
    const char *location;
    json_t *asked;

    COX_TRY(read_asked(x, &asked, reterr));
    COX_TRY(cox_import_start(queue_of(x), x->arena, x->who.actor.user_id, asked, id, reterr));
    location = cox_arena_format(x->arena, "/api/v1/imports/%s", id);
    if (location == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_reply_header(x, "Location", location, reterr));
    cox_reply_json(x, 202, &json);
    cox_json_begin_object(&json);
    cox_json_put_string(&json, "id", id);
    cox_json_end_object(&json);
    return cox_reply_json_done(x, &json, reterr);
}

/* ---- how far it is ---- */

static void put_status(struct cox_json *json, const struct cox_import_status *status)
{
    cox_json_put_string(json, "id", status->id);
    cox_json_put_string(json, "state", cox_import_states[status->state]);
    cox_json_put_bool(json, "dry_run", status->is_dry);
    cox_json_key(json, "progress");
    cox_json_begin_object(json);
    cox_json_put_string(json, "file", status->file);
    cox_json_put_int(json, "row", status->done);
    cox_json_put_int(json, "rows", status->all);
    cox_json_end_object(json);
    cox_json_put_string(json, "error", status->error[0] == '\0' ? NULL : status->error);
}

static enum cox_rc get_import(struct cox_exchange *x, struct cox_err *reterr)
{
    struct cox_import_status status;
    struct cox_text report;
    struct cox_json json;
    const char *folder;

    COX_TRY(cox_import_find(queue_of(x), x->arena, x->who.actor.user_id, x->params[0], &status,
        &folder, reterr));
    COX_TRY(cox_shelf_read(folder, "report.json", x->arena, &report, reterr));
    cox_reply_json(x, 200, &json);
    cox_json_begin_object(&json);
    put_status(&json, &status);
    cox_json_key(&json, "report");
    if (report.ptr == NULL || status.state != COX_IMPORT_DONE) {
        cox_json_null(&json);
    } else {
        cox_json_raw(&json, cox_text_trim(report));
    }
    cox_json_end_object(&json);
    return cox_reply_json_done(x, &json, reterr);
}

static enum cox_rc get_imports(struct cox_exchange *x, struct cox_err *reterr)
{
    struct cox_import_status *rows = COX_NEW_ARRAY(x->arena, LISTED_MAX, struct cox_import_status);
    struct cox_json json;
    size_t count;

    if (rows == NULL) {
        return cox_no_memory(reterr);
    }
    count = cox_import_list(queue_of(x), x->who.actor.user_id, rows, LISTED_MAX);
    cox_reply_json(x, 200, &json);
    cox_json_begin_object(&json);
    cox_json_key(&json, "rows");
    cox_json_begin_array(&json);
    for (size_t i = 0; i < count; i++) {
        cox_json_begin_object(&json);
        put_status(&json, &rows[i]);
        cox_json_end_object(&json);
    }
    cox_json_end_array(&json);
    cox_json_end_object(&json);
    return cox_reply_json_done(x, &json, reterr);
}

static enum cox_rc delete_import(struct cox_exchange *x, struct cox_err *reterr)
{
    x->reply.status = 204;
    return cox_import_stop(queue_of(x), x->who.actor.user_id, x->params[0], reterr);
}

/* ---- rejected rows ---- */

/* The n-th line of the list of their files. */
static struct cox_text rejected_name(struct cox_text list, int64_t at)
{
    struct cox_text line = {0};

    for (int64_t i = 0; i <= at && list.ptr != NULL; i++) {
        line = cox_text_split(&list, '\n');
    }
    return line;
}

static enum cox_rc send_file(struct cox_exchange *x, const char *path, struct cox_err *reterr)
{
    struct stat about;
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

    if (fd < 0) {
        return cox_fail(reterr, COX_MISSING, "no row of this file was rejected");
    }
    if (fstat(fd, &about) != 0) {
        (void)close(fd); /* read only */
        return cox_fail(reterr, COX_IO, "the file cannot be read");
    }
    x->reply.file = fd;
    x->reply.file_size = about.st_size;
    x->reply.type = "text/csv; charset=utf-8";
    return cox_reply_header(x, "Content-Disposition", "attachment; filename=\"rejected.csv\"",
        reterr);
}

static enum cox_rc get_rejected(struct cox_exchange *x, struct cox_err *reterr)
{
    struct cox_import_status status;
    struct cox_text list, name, number = x->params[1];
    const char *folder, *path;
    int64_t at;

    COX_TRY(cox_import_find(queue_of(x), x->arena, x->who.actor.user_id, x->params[0], &status,
        &folder, reterr));
    if (cox_text_ends(number, COX_LIT(".csv"))) {
        number.size -= 4;
    }
    COX_TRY(cox_shelf_read(folder, "rejected.list", x->arena, &list, reterr));
    if (!cox_num_parse_plain(number, &at) || at < 0) {
        at = INT64_MAX;
    }
    name = at > 100000 ? (struct cox_text){0} : rejected_name(list, at);
    if (name.size == 0) {
        return cox_fail(reterr, COX_MISSING, "no row of this file was rejected");
    }
    path = cox_arena_format(x->arena, "%s/%.*s", folder, (int)name.size, name.ptr);
    return path == NULL ? cox_no_memory(reterr) : send_file(x, path, reterr);
}

/* ---- routes ---- */

#define MAY_IMPORT (COX_ROLE_BIT(COX_ADMIN) | COX_ROLE_BIT(COX_MANAGER))
#define ASKED                                                                                        \
    "{\"type\":\"object\",\"required\":[\"files\"],\"properties\":{\"files\":{\"type\":\"array\","   \
    "\"items\":{\"type\":\"string\"}},\"from\":{\"type\":\"string\"},\"map\":{\"type\":\"string\"}," \
    "\"decisions\":{\"type\":\"object\"},\"keep_unknown\":{\"type\":\"boolean\"},"                   \
    "\"dry_run\":{\"type\":\"boolean\"},\"into_demo\":{\"type\":\"boolean\"}}}"
#define STATUS                                                                                           \
    "{\"type\":\"object\",\"required\":[\"id\",\"state\"],\"properties\":{\"id\":{\"type\":\"string\"}," \
    "\"state\":{\"enum\":[\"waiting\",\"running\",\"done\",\"failed\",\"stopped\"]}}}"

static const struct cox_parameter file_parameters[] = {
    {"name", "string", "the file's name, by whose words it is recognised"},
    {0},
};

static const struct cox_route routes[] = {
    {.method = COX_POST,
        .path = "/api/v1/import-files",
        .handle = post_file,
        .flags = COX_ROUTE_KEEPS_BODY,
        .roles = MAY_IMPORT,
        .body_max = COX_SHELF_FILE_MAX,
        .summary = "Sends a file to be imported; it is kept for a day.",
        .parameters = file_parameters,
        .out = "{\"type\":\"object\",\"required\":[\"id\",\"name\",\"size\"]}"},
    {.method = COX_POST,
        .path = "/api/v1/import-preview",
        .handle = post_preview,
        .flags = COX_ROUTE_SAFE,
        .roles = MAY_IMPORT,
        .body_max = MAP_MAX,
        .summary = "What an import would make of sent files: kinds, columns, first rows.",
        .in = ASKED,
        .out = "{\"type\":\"object\",\"required\":[\"files\",\"map\"]}"},
    {.method = COX_POST,
        .path = "/api/v1/imports",
        .handle = post_import,
        .roles = MAY_IMPORT,
        .body_max = MAP_MAX,
        .summary = "Begins an import, or a dry run of one, in the background.",
        .in = ASKED,
        .out = "{\"type\":\"object\",\"required\":[\"id\"]}"},
    {.method = COX_GET,
        .path = "/api/v1/imports",
        .handle = get_imports,
        .roles = MAY_IMPORT,
        .summary = "Own imports of the last day, newest first.",
        .out = "{\"type\":\"object\",\"required\":[\"rows\"]}"},
    {.method = COX_GET,
        .path = "/api/v1/imports/{id}",
        .handle = get_import,
        .roles = MAY_IMPORT,
        .summary = "How far an import is, and its report once it is done.",
        .out = STATUS},
    {.method = COX_DELETE,
        .path = "/api/v1/imports/{id}",
        .handle = delete_import,
        .roles = MAY_IMPORT,
        .summary = "Stops an import; what is saved stays until it is undone."},
    {.method = COX_GET,
        .path = "/api/v1/imports/{id}/rejected/{n}",
        .handle = get_rejected,
        .roles = MAY_IMPORT,
        .summary = "Rejected rows of the n-th file of the report, as CSV."},
    {0},
};

static const struct cox_part *const parts[] = {&cox_part_imports, NULL};

const struct cox_feature cox_feature_import = {
    .name = "import",
    .help = "Files of other systems, looked at, tried and taken over.",
    .routes = routes,
    .parts = parts,
};

/*
 * serve/static.c: files of the web app. Their responses are made once, one for each encoding, and shared by all
 * requests.
 */
#include "serve/static.h"

#include <string.h>

#include "base/map.h"

enum encoding { PLAIN, GZIP, BROTLI, ENCODING_COUNT };

struct file {
    const struct cox_web_file *web;
    struct MHD_Response *responses[ENCODING_COUNT]; /* NULL: not in this encoding */
    struct MHD_Response *same;                      /* 304 */
};

struct cox_static {
    struct cox_map *by_path;
    struct file *files;
    size_t count;
    struct file *index; /* NULL: there is none */
};

static const char *const encoding_names[ENCODING_COUNT] = {NULL, "gzip", "br"};

static struct MHD_Response *make(const struct cox_server *server, const struct cox_web_file *web,
    const unsigned char *bytes, size_t size, const char *encoding)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(size, (void *)(uintptr_t)bytes,
        MHD_RESPMEM_PERSISTENT); /* only read */

    if (response == NULL) {
        return NULL;
    }
    (void)MHD_add_response_header(response, "Content-Type", web->type);
    (void)MHD_add_response_header(response, "ETag", web->etag);
    (void)MHD_add_response_header(response, "Vary", "Accept-Encoding");
    (void)MHD_add_response_header(response, "Cache-Control",
        web->is_immutable ? "public, max-age=31536000, immutable" : "no-cache");
    if (encoding != NULL) {
        (void)MHD_add_response_header(response, "Content-Encoding", encoding);
    }
    cox_security_headers(server, response, true);
    return response;
}

static enum cox_rc add(struct cox_server *server, const struct cox_web_file *web, size_t at,
    struct cox_err *reterr)
{
    struct cox_static *files = server->files;
    struct file *file = &files->files[at];
    const unsigned char *bytes[ENCODING_COUNT] = {web->plain, web->gzip, web->brotli};
    const size_t sizes[ENCODING_COUNT] = {web->plain_size, web->gzip_size, web->brotli_size};

    file->web = web;
    files->count = at + 1;
    for (int e = 0; e < ENCODING_COUNT; e++) {
        if (bytes[e] != NULL) {
            file->responses[e] = make(server, web, bytes[e], sizes[e], encoding_names[e]);
            if (file->responses[e] == NULL) {
                return cox_no_memory(reterr);
            }
        }
    }
    file->same = make(server, web, NULL, 0, NULL);
    if (file->same == NULL || file->responses[PLAIN] == NULL) {
        return cox_no_memory(reterr);
    }
    if (strcmp(web->path, "/index.html") == 0) {
        files->index = file;
    }
    return cox_map_put(files->by_path, cox_text_of(web->path), at, reterr);
}

enum cox_rc cox_static_open(struct cox_server *server, struct cox_err *reterr)
{
    const struct cox_web_file *web = server->opt.files;
    struct cox_static *files = COX_NEW(server->arena, struct cox_static);
    size_t count = 0;

    while (web != NULL && web[count].path != NULL) {
        count++;
    }
    if (files == NULL ||
        (files->files = COX_NEW_ARRAY(server->arena, count, struct file)) == NULL) {
        return cox_no_memory(reterr);
    }
    server->files = files;
    COX_TRY(cox_map_open(NULL, &files->by_path, reterr));
    for (size_t i = 0; i < count; i++) {
        COX_TRY(add(server, &web[i], i, reterr));
    }
    return COX_OK;
}

void cox_static_close(struct cox_static *files)
{
    if (files == NULL) {
        return;
    }
    for (size_t i = 0; i < files->count; i++) {
        for (int e = 0; e < ENCODING_COUNT; e++) {
            if (files->files[i].responses[e] != NULL) {
                MHD_destroy_response(files->files[i].responses[e]);
            }
        }
        if (files->files[i].same != NULL) {
            MHD_destroy_response(files->files[i].same);
        }
    }
    cox_map_close(files->by_path);
}

/* Is it among the names of a list like "gzip, br;q=0.8"? With q=0 it is not. */
static bool accepts(struct cox_text list, const char *name)
{
    while (list.ptr != NULL) {
        struct cox_text rest = cox_text_split(&list, ',');
        struct cox_text item = cox_text_trim(cox_text_split(&rest, ';'));
        rest = cox_text_trim(rest);
        bool is_off =
            cox_text_same(rest, COX_LIT("q=0")) || cox_text_starts(rest, COX_LIT("q=0.0"));
        if (cox_text_same_ascii(item, cox_text_of(name)) && !is_off) {
            return true;
        }
    }
    return false;
}

/* If-None-Match: weak or strong alike. */
static bool has_etag(struct cox_text list, const char *etag)
{
    while (list.ptr != NULL) {
        struct cox_text item = cox_text_trim(cox_text_split(&list, ','));
        if (cox_text_starts(item, COX_LIT("W/"))) {
            item.ptr += 2;
            item.size -= 2;
        }
        if (cox_text_same(item, cox_text_of(etag)) || cox_text_same(item, COX_LIT("*"))) {
            return true;
        }
    }
    return false;
}

/* Pages of the app have no dot in their last segment; a file that is not there is not a page. */
static struct file *find(const struct cox_static *files, struct cox_text path)
{
    const char *slash = memrchr(path.ptr, '/', path.size);
    size_t last = (size_t)(path.ptr + path.size - slash);
    uint64_t at;

    if (cox_map_find(files->by_path, path, &at)) {
        return &files->files[at];
    }
    return memchr(slash, '.', last) == NULL ? files->index : NULL;
}

void cox_static_run(struct cox_request *request)
{
    const struct cox_exchange *x = &request->x;
    struct file *file = find(x->server->files, x->path);
    struct cox_text accept = cox_exchange_header(x, "Accept-Encoding");
    struct MHD_Response *response;

    if (file == NULL) {
        struct cox_err err = {.rc = COX_MISSING};
        cox_reply_problem(&request->x, 0, NULL, &err);
        cox_respond(request);
        return;
    }
    request->status = 200;
    response = file->responses[PLAIN];
    request->reply_size = file->web->plain_size;
    if (has_etag(cox_exchange_header(x, "If-None-Match"), file->web->etag)) {
        request->status = 304;
        request->reply_size = 0;
        response = file->same;
    } else if (file->responses[BROTLI] != NULL && accepts(accept, "br")) {
        response = file->responses[BROTLI];
        request->reply_size = file->web->brotli_size;
    } else if (file->responses[GZIP] != NULL && accepts(accept, "gzip")) {
        response = file->responses[GZIP];
        request->reply_size = file->web->gzip_size;
    }
    request->is_shared = true;
    request->response = response;
}

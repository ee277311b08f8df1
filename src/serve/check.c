/*
 * serve/check.c: is it a request that we answer? Framing that proxies could read otherwise (two lengths, a
 * length beside chunks), hosts that are not ours, odd paths: refused before anything else looks.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "record/switches.h"
#include "serve/inside.h"
#include "serve/url.h"

enum { HEADERS_MAX = 64, TARGET_MAX = 16 * 1024 };

static void refuse(struct cox_request *request, int status, enum cox_rc rc, const char *text)
{
    struct cox_err err = {.rc = rc};

    (void)snprintf(err.text, sizeof(err.text), "%s", text);
    cox_reply_problem(&request->x, status, NULL, &err);
    request->is_refused = true;
}

/* ---- headers ---- */

struct heads {
    unsigned count, host_count, length_count, encoding_count;
    const char *host, *length, *encoding;
    bool is_odd;
};

static enum MHD_Result note(void *ctx, enum MHD_ValueKind kind, const char *name, const char *value)
{
    struct heads *heads = ctx;

    (void)kind;
    heads->count++;
    for (const char *c = name; *c != '\0'; c++) {
        heads->is_odd |= *c <= ' ' || *c >= 0x7f || *c == ':';
    }
    for (const char *c = value; c != NULL && *c != '\0'; c++) {
        heads->is_odd |= ((unsigned char)*c < ' ' && *c != '\t') || *c == 0x7f;
    }
    if (strcasecmp(name, "host") == 0) {
        heads->host_count++;
        heads->host = value;
    } else if (strcasecmp(name, "content-length") == 0) {
        heads->length_count++;
        heads->length = value;
    } else if (strcasecmp(name, "transfer-encoding") == 0) {
        heads->encoding_count++;
        heads->encoding = value;
    }
    return MHD_YES;
}

/* ret_size: of the body; UINT64_MAX: in chunks. */
static bool is_framed(const struct heads *heads, bool is_1_0, uint64_t *ret_size)
{
    uint64_t size = 0;

    *ret_size = heads->encoding_count > 0 ? UINT64_MAX : 0;
    if (heads->length_count + heads->encoding_count > 1 || (is_1_0 && heads->encoding_count > 0)) {
        return false;
    }
    if (heads->encoding_count > 0) {
        return strcasecmp(heads->encoding, "chunked") == 0;
    }
    if (heads->length_count == 0) {
        return true;
    }
    for (const char *c = heads->length; *c != '\0'; c++) {
        if (*c < '0' || *c > '9' || size > UINT64_MAX / 100) {
            return false;
        }
        size = size * 10 + (uint64_t)(*c - '0');
    }
    *ret_size = size;
    return heads->length[0] != '\0';
}

/* ---- hosts ---- */

/* The name without the port; ptr NULL when it is no host at all. */
static struct cox_text host_name(struct cox_text host)
{
    const struct cox_text none = {0};
    size_t end = 0, port;

    if (host.size > 0 && host.ptr[0] == '[') {
        const char *close = memchr(host.ptr, ']', host.size);
        end = close == NULL ? 0 : (size_t)(close - host.ptr) + 1;
        for (size_t i = 1; i + 1 < end; i++) {
            char c = host.ptr[i];
            if (strchr("0123456789abcdefABCDEF:.", c) == NULL) {
                return none;
            }
        }
    } else {
        while (end < host.size && host.ptr[end] != ':') {
            char c = host.ptr[end];
            bool is_name = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
            if (!is_name) {
                return none;
            }
            end++;
        }
    }
    port = end + 1;
    if (end == 0 || end > 255 || (end < host.size && (host.ptr[end] != ':' || port == host.size))) {
        return none;
    }
    for (; port < host.size; port++) {
        if (host.ptr[port] < '0' || host.ptr[port] > '9') {
            return none;
        }
    }
    return (struct cox_text){host.ptr, end};
}

/* On loopback without a name of our own, only names of loopback: a page elsewhere whose name is made to point
 * here (DNS rebinding) gets nothing. */
static bool is_our_host(const struct cox_server *server, struct cox_text name)
{
    static const char *const here[] = {"localhost", "127.0.0.1", "[::1]"};

    if (server->host_name[0] != '\0' && cox_text_same_ascii(name, cox_text_of(server->host_name))) {
        return true;
    }
    for (size_t i = 0; i < COX_COUNT(here); i++) {
        if (cox_text_same_ascii(name, cox_text_of(here[i]))) {
            return true;
        }
    }
    return server->host_name[0] == '\0' && !server->is_on_loopback;
}

/* ---- the target ---- */

/* Splits and decodes the path; false for what no honest client sends. */
static bool split_path(struct cox_request *request, struct cox_text segments[COX_PATH_DEPTH_MAX],
    size_t *ret_count)
{
    struct cox_text rest = request->x.path;
    size_t count = 0;

    if (rest.size == 0 || rest.ptr[0] != '/' || memchr(rest.ptr, '#', rest.size) != NULL) {
        return false;
    }
    rest.ptr++;
    rest.size--;
    if (rest.size == 0) {
        *ret_count = 0;
        return true;
    }
    while (rest.ptr != NULL) {
        struct cox_text segment = cox_text_split(&rest, '/');
        segment = cox_url_decode(request->x.arena, segment, false);
        if (segment.ptr == NULL || segment.size == 0 || count == COX_PATH_DEPTH_MAX ||
            cox_text_same(segment, COX_LIT(".")) || cox_text_same(segment, COX_LIT("..")) ||
            memchr(segment.ptr, '/', segment.size) != NULL ||
            memchr(segment.ptr, '\\', segment.size) != NULL) {
            return false;
        }
        for (size_t i = 0; i < segment.size; i++) {
            if ((unsigned char)segment.ptr[i] < ' ' || segment.ptr[i] == 0x7f) {
                return false;
            }
        }
        segments[count++] = segment;
    }
    *ret_count = count;
    return true;
}

static void refuse_method(struct cox_request *request, unsigned methods)
{
    char allow[64] = "";
    struct cox_err err;

    for (unsigned m = 0; m < COX_METHOD_COUNT; m++) {
        if ((methods & (1u << m)) != 0) {
            (void)strcat(allow, allow[0] == '\0' ? "" : ", ");
            (void)strcat(allow, cox_method_name((enum cox_method)m)); /* all of them fit */
            (void)strcat(allow, m == COX_GET ? ", HEAD" : "");
        }
    }
    refuse(request, 405, COX_UNSUPPORTED, "");
    if (cox_reply_header(&request->x, "Allow", allow, &err) != COX_OK) {
        return; /* without memory: without it */
    }
}

static bool find_method(const char *name, enum cox_method *ret_method, bool *ret_is_head)
{
    *ret_is_head = strcmp(name, "HEAD") == 0;
    name = *ret_is_head ? "GET" : name;
    for (unsigned m = 0; m < COX_METHOD_COUNT; m++) {
        if (strcmp(name, cox_method_name((enum cox_method)m)) == 0) {
            *ret_method = (enum cox_method)m;
            return true;
        }
    }
    return false;
}

static bool is_switched_off(const struct cox_server *server, unsigned route)
{
    const char *feature = server->route_features[route];

    return feature != NULL && cox_store_is_off(server->opt.store, feature);
}

/* Fills route and params, or refuses. */
static void find_route(struct cox_request *request, const char *method)
{
    struct cox_server *server = request->x.server;
    struct cox_text segments[COX_PATH_DEPTH_MAX];
    unsigned methods = 0;
    size_t count;

    if (!split_path(request, segments, &count)) {
        refuse(request, 400, COX_INVALID, "this path is malformed");
        return;
    }
    bool is_known = find_method(method, &request->x.method, &request->is_head);
    request->route_index = cox_router_find(server->router, request->x.method, segments, count,
        request->x.params, &methods);
    if (request->route_index != COX_NO_ROUTE && is_switched_off(server, request->route_index)) {
        refuse(request, 404, COX_MISSING, "there is nothing at this path");
        return;
    }
    if (is_known && request->route_index != COX_NO_ROUTE) {
        request->x.route = server->routes[request->route_index];
        request->body_max = request->x.route->body_max;
        return;
    }
    request->route_index = COX_NO_ROUTE;
    bool is_api = count > 0 && cox_text_same(segments[0], COX_LIT("api"));
    if (methods != 0 || (!is_api && (!is_known || request->x.method != COX_GET))) {
        refuse_method(request, methods != 0 ? methods : 1u << COX_GET);
    } else if (is_api) {
        refuse(request, 404, COX_MISSING, "there is nothing at this path");
    } else {
        request->is_page = true;
    }
}

/* ---- the body ---- */

/* JSON alone, so that no form of another site can send it unasked. */
static bool is_json(struct cox_text type)
{
    const char *semicolon = type.ptr == NULL ? NULL : memchr(type.ptr, ';', type.size);

    if (semicolon != NULL) {
        type.size = (size_t)(semicolon - type.ptr);
    }
    type = cox_text_trim(type);
    return cox_text_same_ascii(type, COX_LIT("application/json")) ||
           cox_text_same_ascii(type, COX_LIT("application/merge-patch+json"));
}

static void check_body(struct cox_request *request, uint64_t size)
{
    const struct cox_route *route = request->x.route;

    if (size == 0) {
        return;
    }
    if (request->body_max == 0 || (size != UINT64_MAX && size > request->body_max)) {
        char text[100];
        (void)snprintf(text, sizeof(text), "a body of at most %zu bytes is taken here",
            request->body_max);
        refuse(request, 413, COX_TOO_LARGE, text);
    } else if ((route->flags & COX_ROUTE_KEEPS_BODY) == 0 &&
               !is_json(cox_exchange_header(&request->x, "Content-Type"))) {
        refuse(request, 415, COX_INVALID, "send JSON, with Content-Type: application/json");
    }
    request->must_close = request->is_refused; /* the body is not read */
}

static void note_after(struct cox_request *request)
{
    enum { WAIT_US = 500 * 1000, DIGITS_MAX = 18 };
    struct cox_text after = cox_exchange_header(&request->x, "Coxswain-After");
    int64_t seq = 0;

    for (size_t i = 0; i < after.size; i++) {
        if (after.ptr[i] < '0' || after.ptr[i] > '9' || after.size > DIGITS_MAX) {
            refuse(request, 400, COX_INVALID, "Coxswain-After is the number of a commit");
            return;
        }
        seq = seq * 10 + (after.ptr[i] - '0');
    }
    request->after_seq = seq;
    request->after_us = request->start_us + WAIT_US;
}

void cox_request_check(struct cox_request *request, const char *method, const char *version)
{
    struct cox_server *server = request->x.server;
    struct heads heads = {0};
    uint64_t size = 0;

    request->must_close = true; /* unless it passes */
    (void)MHD_get_connection_values(request->mhd, MHD_HEADER_KIND, note, &heads);
    bool is_1_0 = strcmp(version, "HTTP/1.0") == 0;
    if (!is_1_0 && strcmp(version, "HTTP/1.1") != 0) {
        refuse(request, 505, COX_UNSUPPORTED, "");
    } else if (heads.count > HEADERS_MAX) {
        refuse(request, 431, COX_TOO_LARGE, "there are too many headers");
    } else if (request->x.path.size + request->x.query.size > TARGET_MAX) {
        refuse(request, 414, COX_TOO_LARGE, "the address is too long");
    } else if (heads.is_odd) {
        refuse(request, 400, COX_INVALID, "a header holds characters that do not belong there");
    } else if (heads.host_count != 1) {
        refuse(request, 400, COX_INVALID, "a request names its host once");
    } else if (!is_framed(&heads, is_1_0, &size)) {
        refuse(request, 400, COX_INVALID, "a body has one length, or comes in chunks");
    } else {
        struct cox_text name = host_name(cox_text_of(heads.host));
        if (name.ptr == NULL) {
            refuse(request, 400, COX_INVALID, "the host is malformed");
        } else if (!is_our_host(server, name)) {
            refuse(request, 421, COX_INVALID,
                "name this host with --url when the server is started");
        }
    }
    if (request->is_refused) {
        return;
    }
    find_route(request, method);
    if (request->is_refused || request->is_page) {
        request->must_close = size > 0;
        if (request->is_page && size > 0) {
            refuse(request, 413, COX_TOO_LARGE, "no body is taken here");
        }
        return;
    }
    request->must_close = false;
    check_body(request, size);
    if (!request->is_refused) {
        note_after(request);
    }
}

/* serve/respond.c: a reply becomes a response of the library, with the headers that all replies have. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "serve/inside.h"
#include "serve/stream.h"

void cox_security_headers(const struct cox_server *server, struct MHD_Response *response,
    bool is_page)
{
    /* Scripts come from our own files alone. Styles may be inline: the component library writes them. */
    static const char page_policy[] =
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: "
        "blob:; font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action "
        "'self'; frame-ancestors 'none'";

    (void)MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    (void)MHD_add_response_header(response, "Content-Security-Policy",
        is_page ? page_policy : "default-src 'none'; frame-ancestors 'none'");
    if (is_page) {
        (void)MHD_add_response_header(response, "Referrer-Policy", "same-origin");
        (void)MHD_add_response_header(response, "Cross-Origin-Opener-Policy", "same-origin");
        (void)MHD_add_response_header(response, "X-Frame-Options", "DENY");
    }
    if (server->is_https) {
        (void)MHD_add_response_header(response, "Strict-Transport-Security", "max-age=31536000");
    }
}

/* The body's memory goes to the response; it is freed with it. */
static struct MHD_Response *of_body(struct cox_reply *reply)
{
    struct MHD_Response *response;

    if (reply->body.ptr == NULL) {
        return MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    }
    response = MHD_create_response_from_buffer_with_free_callback(reply->body.size, reply->body.ptr,
        cox_memory_free);
    if (response != NULL) {
        cox_buf_init(&reply->body, reply->body.max);
    }
    return response;
}

static struct MHD_Response *of_file(struct cox_reply *reply)
{
    struct MHD_Response *response =
        MHD_create_response_from_fd64((uint64_t)reply->file_size, reply->file);

    if (response != NULL) {
        reply->file = -1;
    }
    return response;
}

static void add_headers(struct cox_request *request, struct MHD_Response *response)
{
    struct cox_reply *reply = &request->x.reply;
    char number[24];

    for (size_t i = 0; i < reply->header_count; i++) {
        (void)MHD_add_response_header(response, reply->headers[i].name, reply->headers[i].value);
    }
    if (request->reply_size > 0 || reply->stream.pull != NULL) {
        (void)MHD_add_response_header(response, "Content-Type",
            reply->type == NULL ? "application/json" : reply->type);
    }
    if (reply->seq > 0) {
        (void)snprintf(number, sizeof(number), "%lld", (long long)reply->seq);
        (void)MHD_add_response_header(response, "Coxswain-Seq", number);
    }
    if (reply->retry_after_s > 0) {
        (void)snprintf(number, sizeof(number), "%d", reply->retry_after_s);
        (void)MHD_add_response_header(response, "Retry-After", number);
    }
    if (MHD_get_response_header(response, "Cache-Control") == NULL) {
        (void)MHD_add_response_header(response, "Cache-Control", "no-store");
    }
    if (request->must_close || atomic_load(&request->x.server->is_stopping)) {
        (void)MHD_add_response_header(response, "Connection", "close");
    }
}

void cox_respond(struct cox_request *request)
{
    struct cox_reply *reply = &request->x.reply;
    struct MHD_Response *response;

    if (reply->stream.pull != NULL) {
        response = cox_stream_respond(request);
    } else if (reply->file >= 0) {
        request->reply_size = (uint64_t)reply->file_size;
        response = of_file(reply);
    } else {
        request->reply_size = reply->body.size;
        response = of_body(reply);
    }
    if (response == NULL) {
        return;
    }
    bool has_body = request->reply_size > 0 || reply->stream.pull != NULL;
    request->status = reply->status != 0 ? reply->status : has_body ? 200 : 204;
    add_headers(request, response);
    cox_security_headers(request->x.server, response, false);
    request->response = response;
}

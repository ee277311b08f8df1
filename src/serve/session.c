/* serve/session.c: sign-in by a cookie: taking it from a request, and whether a change comes from our own pages. */
#include "serve/session.h"

#include <string.h>

#include "record/sign_in.h"
#include "serve/server.h"
#include "serve/sign_in.h"

const char *cox_session_cookie(const struct cox_server *server)
{
    /* With __Host- no other name of the domain can set it; that asks for HTTPS. */
    return cox_server_is_https(server) ? "__Host-coxswain_session" : "coxswain_session";
}

struct cox_text cox_session_secret(const struct cox_exchange *x)
{
    struct cox_text cookies = cox_exchange_header(x, "Cookie");
    struct cox_text name = cox_text_of(cox_session_cookie(x->server));

    while (cookies.ptr != NULL) {
        struct cox_text cookie = cox_text_trim(cox_text_split(&cookies, ';'));
        if (cookie.size > name.size + 1 && cox_text_starts(cookie, name) &&
            cookie.ptr[name.size] == '=') {
            return (struct cox_text){cookie.ptr + name.size + 1, cookie.size - name.size - 1};
        }
    }
    return (struct cox_text){0};
}

enum cox_rc cox_session_find(struct cox_call *call, struct cox_text secret,
    struct cox_session *ret_session, struct cox_err *reterr)
{
    struct cox_session_row row;

    COX_TRY(cox_session_get(call, secret, &row, reterr));
    ret_session->user_id = row.user_id;
    ret_session->until_us = row.until_us;
    memcpy(ret_session->digest, row.digest, sizeof(ret_session->digest));
    return COX_OK;
}

/* "http://127.0.0.1:8080" against the Host, which the server has checked already. */
static bool is_our_origin(const struct cox_exchange *x, struct cox_text origin)
{
    struct cox_text scheme =
        cox_server_is_https(x->server) ? COX_LIT("https://") : COX_LIT("http://");
    struct cox_text host = cox_exchange_header(x, "Host");

    return cox_text_starts(origin, scheme) &&
           cox_text_same_ascii(
               (struct cox_text){origin.ptr + scheme.size, origin.size - scheme.size}, host);
}

enum cox_rc cox_session_origin(const struct cox_exchange *x, bool may_be_absent,
    struct cox_err *reterr)
{
    struct cox_text origin = cox_exchange_header(x, "Origin");
    struct cox_text site = cox_exchange_header(x, "Sec-Fetch-Site");
    bool is_ours = origin.ptr != NULL ? is_our_origin(x, origin)
                   : site.ptr != NULL ? cox_text_same(site, COX_LIT("same-origin"))
                                      : may_be_absent;

    return is_ours ? COX_OK
                   : cox_fail(reterr, COX_DENIED,
                         "this request does not come from Coxswain's own pages");
}

enum cox_rc cox_session_check(struct cox_exchange *x, struct cox_err *reterr)
{
    return x->method == COX_GET ? COX_OK : cox_session_origin(x, false, reterr);
}

static enum cox_rc touch(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    return cox_session_touch(call, ctx, reterr);
}

void cox_session_seen(struct cox_exchange *x)
{
    const struct cox_write_opt opt = {.actor.roles = COX_ROLE_BIT(COX_OPERATOR),
        .cause = COX_CAUSE_JOB,
        .request = "session"};
    struct cox_commit commit;
    struct cox_err ignored;

    /* That somebody was here is worth no failure of what they came for. */
    enum cox_rc rc = cox_store_write(x->store, &opt, touch, x->who.session, &commit, &ignored);
    (void)rc;
}

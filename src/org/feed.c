/*
 * org/feed.c: GET /calendar/{token}.ics, and one's own routes to make and end that address. The token is the
 * person's number and 256 secret bits, of which the store keeps a digest. Whoever has the address reads the
 * calendar, so it holds no names and no texts.
 */
#include "org/feed.h"

#include <sodium.h>
#include <stdio.h>

#include "base/num.h"
#include "base/zone.h"
#include "org/ics.h"
#include "record/keep.h"
#include "record/sign_in.h"
#include "record/switches.h"
#include "serve/server.h"

enum {
    SECRET_BITS = 32,
    SECRET_SIZE = 44,
    DIGEST_SIZE = 32,
    PAST_DAYS = 92,
    AHEAD_DAYS = 400,
    MINUTES_USUAL = 30,
};

void cox_dated_follow(struct cox_call *call, const struct cox_row *before, struct cox_row *after,
    uint32_t day, uint32_t starts)
{
    const struct cox_zone *zone = cox_call_zone(call);
    int64_t at_us = cox_row_int(after, starts), new_day = cox_row_int(after, day), local_us;

    if (at_us == COX_NULL) {
        return;
    }
    if (before != NULL && cox_row_int(before, starts) == at_us && new_day != COX_NULL &&
        cox_row_int(before, day) != new_day) {
        local_us = at_us + cox_zone_east_s(zone, at_us) * COX_SECOND_US;
        local_us += (new_day - cox_us_day(local_us)) * COX_DAY_US;
        cox_row_set(after, starts, cox_int(cox_zone_instant(zone, local_us)));
        return;
    }
    cox_row_set(after, day, cox_int(cox_zone_day(zone, at_us)));
}

/* ---- the file ---- */

struct feed {
    struct cox_exchange *x;
    struct cox_call *call;
    int64_t user;
    int64_t store_us; /* of the first commit: tells this store's ids from another's */
    struct cox_text secret;
    struct cox_actor actor;
};

static void put_event(struct feed *feed, const struct cox_dated *dated,
    const struct cox_keep_row *row)
{
    enum { DAY, STARTS, MINUTES, STATE };
    struct cox_buf *buf = &feed->x->reply.body;
    int64_t minutes = row->values[MINUTES] == COX_NULL ? MINUTES_USUAL : row->values[MINUTES];
    int64_t state = row->values[STATE], starts_us = row->values[STARTS];
    bool is_cancelled = state != COX_NULL && (dated->cancelled & 1u << state) != 0;

    cox_buf_add_string(buf, "BEGIN:VEVENT\r\n");
    cox_buf_format(buf, "UID:%s-%lld-%llx@coxswain\r\n", dated->entity->name, (long long)row->id,
        (unsigned long long)feed->store_us);
    cox_ics_instant(buf, "DTSTAMP", row->from_us);
    cox_ics_instant(buf, "LAST-MODIFIED", row->from_us);
    cox_buf_format(buf, "SEQUENCE:%lld\r\n", (long long)(row->rev & INT32_MAX));
    if (starts_us == COX_NULL) {
        cox_ics_day(buf, "DTSTART", row->values[DAY]);
        cox_ics_day(buf, "DTEND", row->values[DAY] + 1);
        cox_buf_add_string(buf, "TRANSP:TRANSPARENT\r\n");
    } else {
        cox_ics_instant(buf, "DTSTART", starts_us);
        cox_ics_instant(buf, "DTEND", starts_us + minutes * 60 * COX_SECOND_US);
    }
    cox_ics_text(buf, "SUMMARY", cox_text_of(dated->title));
    cox_buf_format(buf, "STATUS:%s\r\n", is_cancelled ? "CANCELLED" : "CONFIRMED");
    cox_buf_add_string(buf, "CLASS:PRIVATE\r\nEND:VEVENT\r\n");
}

static enum cox_rc put_dated(struct feed *feed, const struct cox_dated *dated,
    struct cox_err *reterr)
{
    const struct cox_table *table =
        cox_registry_entity(cox_call_registry(feed->call), dated->entity);
    int64_t today = cox_call_today(feed->call);
    const struct cox_keep_ask ask = {.user_id = feed->user,
        .from_day = today - PAST_DAYS,
        .to_day = today + AHEAD_DAYS,
        .fields = {dated->day, dated->starts, dated->minutes, dated->state},
        .count = 4};
    const struct cox_keep_row *rows;
    size_t count;

    if (table == NULL || cox_table_is_off(table)) {
        return COX_OK;
    }
    COX_TRY(cox_keep_days(feed->call, table, &ask, &rows, &count, reterr));
    for (size_t i = count; i > 0; i--) { /* the newest come first, people read from the oldest */
        put_event(feed, dated, &rows[i - 1]);
    }
    return COX_OK;
}

static enum cox_rc put_calendar(struct feed *feed, struct cox_err *reterr)
{
    const struct cox_feature *const *features = cox_server_host(feed->x->server)->features;
    struct cox_buf *buf = &feed->x->reply.body;
    struct cox_text company, name;

    COX_TRY(cox_setting_get(feed->call, "name", &company, reterr));
    name.ptr = cox_arena_format(feed->x->arena, "Coxswain%s%.*s", company.size > 0 ? ": " : "",
        (int)company.size, company.size > 0 ? company.ptr : "");
    if (name.ptr == NULL) {
        return cox_no_memory(reterr);
    }
    name.size = strlen(name.ptr);
    cox_buf_add_string(buf, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Coxswain//Calendar//EN\r\n"
                            "CALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\n");
    cox_ics_text(buf, "X-WR-CALNAME", name);
    cox_buf_add_string(buf, "REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\nX-PUBLISHED-TTL:PT1H\r\n");
    for (size_t f = 0; features[f] != NULL; f++) {
        for (const struct cox_dated *d = features[f]->dated; d != NULL && d->entity != NULL; d++) {
            COX_TRY(put_dated(feed, d, reterr));
        }
    }
    cox_buf_add_string(buf, "END:VCALENDAR\r\n");
    return buf->failed ? cox_no_memory(reterr) : COX_OK;
}

static void digest(struct cox_text secret, unsigned char ret_digest[DIGEST_SIZE])
{
    (void)crypto_generichash(ret_digest, DIGEST_SIZE, (const unsigned char *)secret.ptr,
        secret.size, NULL, 0); /* sizes are in range */
}

static enum cox_rc first_instant(struct cox_call *call, int64_t *ret_us, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    COX_TRY(cox_db_prepare(cox_call_db(call),
        COX_LIT("SELECT \"at_us\" FROM \"log\" WHERE \"seq\" = 1"), &stmt, reterr));
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    *ret_us = is_row ? cox_stmt_int(stmt, 0) : 0;
    return COX_OK;
}

static enum cox_rc read_feed(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct feed *feed = ctx;
    unsigned char is[DIGEST_SIZE];
    struct cox_text kept;

    feed->call = call;
    COX_TRY(cox_credential_get(call, feed->user, COX_CREDENTIAL_CALENDAR, &kept, reterr));
    digest(feed->secret, is);
    if (kept.size != DIGEST_SIZE || sodium_memcmp(is, kept.ptr, DIGEST_SIZE) != 0) {
        return cox_fail(reterr, COX_MISSING, "there is no such calendar");
    }
    COX_TRY(cox_server_host(feed->x->server)->actor(call, feed->user, &feed->actor, reterr));
    COX_TRY(first_instant(call, &feed->store_us, reterr));
    return put_calendar(feed, reterr);
}

/* One answer for an address that never was, was ended, or whose person has left. */
static enum cox_rc get_calendar(struct cox_exchange *x, struct cox_err *reterr)
{
    const struct cox_read_opt opt = {.actor = {.roles = COX_ROLE_BIT(COX_OPERATOR)}};
    struct feed feed = {.x = x, .secret = x->params[0]};
    struct cox_text number = cox_text_split(&feed.secret, '-');
    enum cox_rc rc;

    if (!cox_num_parse_plain(number, &feed.user) || feed.user <= 0 ||
        feed.secret.size != SECRET_SIZE - 1) {
        return cox_fail(reterr, COX_MISSING, "there is no such calendar");
    }
    rc = cox_store_read(x->store, &opt, read_feed, &feed, reterr);
    if (rc == COX_MISSING || rc == COX_DENIED) {
        cox_buf_clear(&x->reply.body);
        return cox_fail(reterr, COX_MISSING, "there is no such calendar");
    }
    COX_TRY(rc);
    x->reply.type = "text/calendar; charset=utf-8";
    COX_TRY(cox_reply_header(x, "Cache-Control", "private, max-age=300", reterr));
    return cox_reply_header(x, "Content-Disposition", "inline; filename=\"coxswain.ics\"", reterr);
}

/* ---- one's own address ---- */

static enum cox_rc put_secret(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct feed *feed = ctx;
    unsigned char is[DIGEST_SIZE];
    struct cox_text kept = {0};

    if (feed->secret.ptr != NULL) {
        digest(feed->secret, is);
        kept = (struct cox_text){(const char *)is, DIGEST_SIZE};
    }
    return cox_credential_put(call, cox_call_actor(call)->user_id, COX_CREDENTIAL_CALENDAR, kept,
        reterr);
}

static enum cox_rc read_state(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct feed *feed = ctx;

    return cox_credential_get(call, feed->user, COX_CREDENTIAL_CALENDAR, &feed->secret, reterr);
}

static enum cox_rc get_feed(struct cox_exchange *x, struct cox_err *reterr)
{
    const struct cox_read_opt opt = {.actor = x->who.actor};
    struct feed feed = {.x = x, .user = x->who.actor.user_id};
    struct cox_json json;

    COX_TRY(cox_store_read(x->store, &opt, read_state, &feed, reterr));
    cox_reply_json(x, 200, &json);
    cox_json_begin_object(&json);
    cox_json_put_bool(&json, "has_address", feed.secret.size > 0);
    cox_json_end_object(&json);
    return cox_reply_json_done(x, &json, reterr);
}

static enum cox_rc post_feed(struct cox_exchange *x, struct cox_err *reterr)
{
    struct feed feed = {.x = x};
    unsigned char bits[SECRET_BITS];
    char secret[SECRET_SIZE];
    struct cox_json json;
    char *url;

    randombytes_buf(bits, sizeof(bits));
    (void)sodium_bin2base64(secret, sizeof(secret), bits, sizeof(bits),
        sodium_base64_VARIANT_URLSAFE_NO_PADDING); /* the room is fixed */
    feed.secret = cox_text_of(secret);
    COX_TRY(cox_exchange_write_secret(x, put_secret, &feed, reterr));
    url = cox_arena_format(x->arena, "%s/calendar/%lld-%s.ics", cox_server_url(x->server),
        (long long)x->who.actor.user_id, secret);
    cox_reply_json(x, 201, &json);
    cox_json_begin_object(&json);
    cox_json_put_string(&json, "url", url);
    cox_json_end_object(&json);
    sodium_memzero(bits, sizeof(bits));
    sodium_memzero(secret, sizeof(secret));
    return url == NULL ? cox_no_memory(reterr) : cox_reply_json_done(x, &json, reterr);
}

static enum cox_rc delete_feed(struct cox_exchange *x, struct cox_err *reterr)
{
    struct feed feed = {.x = x};

    COX_TRY(cox_exchange_write_secret(x, put_secret, &feed, reterr));
    x->reply.status = 204;
    return COX_OK;
}

static const struct cox_route routes[] = {
    {.method = COX_GET,
        .path = "/calendar/{token}.ics",
        .handle = get_calendar,
        .flags = COX_ROUTE_PUBLIC,
        .summary =
            "The dates of whoever made this address, as iCalendar: when and of what kind, no more."},
    {.method = COX_GET,
        .path = "/api/v1/calendar-feed",
        .handle = get_feed,
        .flags = COX_ROUTE_SESSION,
        .summary = "Has the caller an address of an own calendar?",
        .out =
            "{\"type\":\"object\",\"required\":[\"has_address\"],\"properties\":{\"has_address\":{"
            "\"type\":\"boolean\"}}}"},
    {.method = COX_POST,
        .path = "/api/v1/calendar-feed",
        .handle = post_feed,
        .flags = COX_ROUTE_SESSION,
        .summary = "A new address; it is shown this once, and ends the one before.",
        .out = "{\"type\":\"object\",\"required\":[\"url\"],\"properties\":{\"url\":{\"type\":"
               "\"string\"}}}"},
    {.method = COX_DELETE,
        .path = "/api/v1/calendar-feed",
        .handle = delete_feed,
        .flags = COX_ROUTE_SESSION,
        .summary = "Ends the address."},
    {0},
};

const struct cox_feature cox_feature_feed = {
    .name = "calendar_feed",
    .help =
        "One's own 1:1s and other dates in any calendar, at a secret address that can be ended.",
    .routes = routes,
};

/*
 * serve/events.c: what changes, as it changes (server-sent events). An event says which record, never what is in it; it
 * is told to who sees the record after the change, and as "gone" to who saw it before and does no more. The id follows
 * when all of its commits have been told: a client cut off in between comes back with an earlier Last-Event-ID, is told
 * some again, and misses nothing. People's records are in no event.
 */
#include <stdlib.h>
#include <string.h>

#include "record/head.h"
#include "record/journal.h"
#include "record/reach.h"
#include "record/switches.h"
#include "serve/list.h"
#include "serve/server.h"

enum {
    BACK_MAX = 10000, /* commits that somebody who comes back is told of */
    STEP = 500,       /* commits looked at in one go */
    CHANGES_MAX = 4000,
};

struct listener {
    struct cox_store *store;
    int64_t after_seq;
    bool is_reset; /* too far back: read everything anew */
};

/* One pull. */
struct telling {
    struct listener *listener;
    struct cox_buf *out;
    int64_t until_seq;
    struct cox_journal_change copies[CHANGES_MAX]; /* that are not seen now */
    size_t unseen_count;
    bool is_cut;
};

static const char *op_name(char op)
{
    switch (op) {
    case 'c':
        return "created";
    case 'd':
    case 'w':
        return "removed";
    case 'e':
        return "erased";
    default:
        return "changed";
    }
}

static void put_event(struct cox_buf *out, const struct cox_journal_change *change,
    const char *entity, const char *event)
{
    if (event != NULL) {
        cox_buf_format(out, "event: %s\n", event);
    }
    cox_buf_format(out, "data: {\"seq\":%lld,\"entity\":\"%s\",\"id\":%lld,\"op\":\"%s\"}\n\n",
        (long long)change->seq, entity, (long long)change->id,
        event != NULL ? event : op_name(change->op));
}

/* The entity, if events tell of it at all. */
static const struct cox_table *told_table(struct cox_call *call, uint16_t number)
{
    const struct cox_table *table = cox_registry_number(cox_call_registry(call), number);

    return table == NULL || cox_table_is_off(table) || cox_reach_is_people(call, table) ? NULL
                                                                                        : table;
}

static enum cox_rc tell(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct cox_journal_change *changes;
    struct telling *t = ctx;
    int64_t head = cox_call_head_seq(call);
    size_t count;

    t->until_seq = t->listener->after_seq + STEP < head ? t->listener->after_seq + STEP : head;
    COX_TRY(cox_journal_changes(call, t->listener->after_seq, t->until_seq, CHANGES_MAX, &changes,
        &count, &t->is_cut, reterr));
    for (size_t i = 0; i < count; i++) {
        const struct cox_table *table = told_table(call, changes[i].entity);
        bool sees = false;
        if (table == NULL) {
            continue;
        }
        COX_TRY(cox_reach_sees(call, table, changes[i].id, &sees, reterr));
        if (sees) {
            put_event(t->out, &changes[i], table->entity->name, NULL);
        } else if (changes[i].op != 'c') {
            t->copies[t->unseen_count++] = changes[i];
        }
    }
    return COX_OK;
}

struct look_back {
    struct telling *telling;
    const struct cox_journal_change *change;
};

static enum cox_rc tell_gone(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct look_back *back = ctx;
    const struct cox_table *table = told_table(call, back->change->entity);
    const struct cox_row *row;
    enum cox_rc rc =
        table == NULL ? COX_MISSING : cox_get(call, table->entity, back->change->id, &row, reterr);

    if (rc == COX_OK) {
        put_event(back->telling->out, back->change, table->entity->name, "gone");
    }
    return rc == COX_MISSING || rc == COX_GONE ? COX_OK : rc;
}

/* Was it seen as of the commit before? Then it is gone for this listener. */
static enum cox_rc tell_all_gone(struct telling *t, const struct cox_who *who,
    struct cox_err *reterr)
{
    for (size_t i = 0; i < t->unseen_count; i++) {
        struct look_back back = {t, &t->copies[i]};
        const struct cox_read_opt opt = {.actor = who->actor,
            .as_of = {.seq = t->copies[i].seq - 1}};
        if (t->copies[i].seq > 1) {
            COX_TRY(cox_store_read(t->listener->store, &opt, tell_gone, &back, reterr));
        }
    }
    return COX_OK;
}

static enum cox_rc pull(void *ctx, const struct cox_who *who, bool is_beat, struct cox_buf *out,
    struct cox_err *reterr)
{
    struct listener *listener = ctx;
    const struct cox_read_opt opt = {.actor = who->actor};
    struct telling *t = calloc(1, sizeof(*t));
    enum cox_rc rc = t == NULL ? cox_no_memory(reterr) : COX_OK;

    if (is_beat) {
        cox_buf_add_string(out, ": here\n\n");
    }
    if (rc == COX_OK && listener->is_reset) {
        listener->after_seq = cox_store_head(listener->store);
        cox_buf_format(out, "event: reset\nid: %lld\ndata: {\"seq\":%lld}\n\n",
            (long long)listener->after_seq, (long long)listener->after_seq);
        listener->is_reset = false;
    }
    while (rc == COX_OK && listener->after_seq < cox_store_head(listener->store)) {
        size_t size = out->size;
        *t = (struct telling){.listener = listener, .out = out};
        rc = cox_store_read(listener->store, &opt, tell, t, reterr);
        if (rc == COX_OK && t->is_cut) { /* an import, say: rather read anew than told of each */
            cox_buf_format(out, "event: reset\nid: %lld\ndata: {\"seq\":%lld}\n\n",
                (long long)t->until_seq, (long long)t->until_seq);
        } else if (rc == COX_OK) {
            rc = tell_all_gone(t, who, reterr);
            if (rc == COX_OK && out->size > size) {
                cox_buf_format(out, "id: %lld\n\n", (long long)t->until_seq);
            }
        }
        listener->after_seq = rc == COX_OK ? t->until_seq : listener->after_seq;
    }
    free(t);
    return rc;
}

static enum cox_rc read_last_id(struct cox_exchange *x, struct listener *listener,
    struct cox_err *reterr)
{
    struct cox_text text = cox_exchange_header(x, "Last-Event-ID");
    int64_t head = cox_store_head(x->store), seq = 0;

    if (text.ptr == NULL) {
        COX_TRY(cox_exchange_integer(x, "after", 0, INT64_MAX - BACK_MAX, head, &seq, reterr));
    }
    for (size_t i = 0; i < text.size; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9' || seq > head) {
            return cox_fail(reterr, COX_INVALID, "Last-Event-ID is the id of an event");
        }
        seq = seq * 10 + (text.ptr[i] - '0');
    }
    listener->after_seq = seq > head ? head : seq;
    listener->is_reset = head - seq > BACK_MAX;
    return COX_OK;
}

static enum cox_rc get_events(struct cox_exchange *x, struct cox_err *reterr)
{
    struct listener listener = {.store = x->store};
    struct listener *kept;

    COX_TRY(read_last_id(x, &listener, reterr));
    kept = malloc(sizeof(*kept));
    if (kept == NULL) {
        return cox_no_memory(reterr);
    }
    *kept = listener;
    x->reply.type = "text/event-stream";
    cox_buf_add_string(&x->reply.body, "retry: 3000\n\n");
    x->reply.stream = (struct cox_stream){pull, free, kept};
    return COX_OK;
}

static const struct cox_parameter parameters[] = {
    {"after", "integer",
        "Begin after this commit; Last-Event-ID goes before it; now when left out."},
    {0},
};

const struct cox_route cox_routes_events[] = {
    {.method = COX_GET,
        .path = "/api/v1/events",
        .handle = get_events,
        .summary = "A stream of server-sent events: which records change.",
        .parameters = parameters},
    {0},
};

/*
 * org/hook_body.c: what a webhook is told of a commit: which records, which of their fields, before and after: what the API
 * shows its owner as of that commit, so that it is the same however late it is sent. Records of people are never in it.
 */
#include "base/day.h"
#include "org/hook.h"
#include "record/cell.h"
#include "record/journal.h"
#include "record/reach.h"
#include "record/switches.h"

enum {
    STEP = 500,        /* commits looked at in one go */
    STEPS_MAX = 20,    /* and how often, before others have their turn */
    CHANGES_MAX = 500, /* records told of in one body; of more the rest is to be read */
    BODY_MAX = 8 << 20,
};

struct telling {
    const struct cox_hook_ask *ask;
    struct cox_json json;
    size_t count;
    struct cox_journal_change *unseen; /* not there for the owner as of the commit */
    size_t unseen_count;
    bool is_cut;
};

bool cox_hook_names(struct cox_text list, const char *name)
{
    if (list.ptr == NULL) {
        return true;
    }
    while (list.ptr != NULL) {
        if (cox_text_same(cox_text_trim(cox_text_split(&list, ',')), cox_text_of(name))) {
            return true;
        }
    }
    return false;
}

static const char *event_of(char op)
{
    return op == 'c' ? "created" : op == 'd' || op == 'e' ? "removed" : "changed";
}

/* The change's table, if it is wanted and anybody may be told of it. */
static const struct cox_table *wanted(struct cox_call *call, struct cox_text entities,
    const struct cox_journal_change *change)
{
    const struct cox_table *table = cox_registry_number(cox_call_registry(call), change->entity);

    return table == NULL || cox_table_is_off(table) || cox_reach_is_people(call, table) ||
                   !cox_hook_names(entities, table->entity->name)
               ? NULL
               : table;
}

/* ---- one change ---- */

static void begin_change(struct telling *t, const struct cox_table *table, int64_t id,
    const char *op)
{
    t->count++;
    cox_json_begin_object(&t->json);
    cox_json_put_string(&t->json, "entity", table->entity->name);
    cox_json_put_int(&t->json, "id", id);
    cox_json_put_string(&t->json, "op", op);
    cox_json_key(&t->json, "fields");
    cox_json_begin_object(&t->json);
}

static void end_change(struct telling *t)
{
    cox_json_end_object(&t->json);
    cox_json_end_object(&t->json);
}

static enum cox_rc put_fields(struct cox_call *call, struct telling *t,
    const struct cox_row *before, const struct cox_row *after, struct cox_err *reterr)
{
    const struct cox_value none = cox_null();

    for (uint32_t i = 0; i < after->table->field_count; i++) {
        const struct cox_field *field = after->table->fields[i];
        const struct cox_value *was = before == NULL ? &none : &before->values[i];

        if (!cox_field_is_shown(field) || cox_value_same(was, &after->values[i])) {
            continue;
        }
        cox_json_key(&t->json, field->name);
        cox_json_begin_object(&t->json);
        cox_json_key(&t->json, "before");
        if (before == NULL) {
            cox_json_null(&t->json);
        } else {
            COX_TRY(cox_cell_json(call, before, i, &t->json, reterr));
        }
        cox_json_key(&t->json, "after");
        COX_TRY(cox_cell_json(call, after, i, &t->json, reterr));
        cox_json_end_object(&t->json);
    }
    return COX_OK;
}

static enum cox_rc put_change(struct cox_call *call, struct telling *t,
    const struct cox_table *table, const struct cox_journal_change *change, struct cox_err *reterr)
{
    const struct cox_row *rows;
    size_t count, at;
    enum cox_rc rc = cox_history(call, table->entity, change->id, &rows, &count, reterr);

    if (rc == COX_MISSING || rc == COX_GONE) {
        if (change->op != 'c') {
            t->unseen[t->unseen_count++] = *change;
        }
        return COX_OK;
    }
    COX_TRY(rc);
    if (!cox_hook_names(t->ask->events, event_of(change->op))) {
        return COX_OK;
    }
    for (at = count; at > 0 && rows[at - 1].rev != change->seq; at--) {
    }
    begin_change(t, table, change->id, event_of(change->op));
    if (at > 0) { /* else history was withdrawn: there is no version to show */
        COX_TRY(put_fields(call, t, at > 1 && change->op != 'c' ? &rows[at - 2] : NULL,
            &rows[at - 1], reterr));
    }
    end_change(t);
    return COX_OK;
}

/* ---- the body ---- */

static enum cox_rc put_head(struct cox_call *call, struct telling *t, struct cox_err *reterr)
{
    struct cox_journal_commit commit;

    COX_TRY(cox_journal_commit(call, t->ask->seq, &commit, reterr));
    cox_json_begin_object(&t->json);
    cox_json_put_int(&t->json, "id", t->ask->seq);
    cox_json_put_int(&t->json, "webhook", t->ask->hook);
    cox_cell_put_instant(&t->json, "at", commit.at_us);
    cox_json_put_int(&t->json, "actor", commit.actor_id);
    cox_json_put_string(&t->json, "cause", cox_cause_name(commit.cause));
    cox_json_key(&t->json, "changes");
    cox_json_begin_array(&t->json);
    return COX_OK;
}

static enum cox_rc tell(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct telling *t = ctx;
    const struct cox_journal_change *changes;
    int64_t seq = t->ask->seq;
    size_t count;

    COX_TRY(
        cox_journal_changes(call, seq - 1, seq, CHANGES_MAX, &changes, &count, &t->is_cut, reterr));
    COX_TRY(put_head(call, t, reterr));
    for (size_t i = 0; i < count; i++) {
        const struct cox_table *table = wanted(call, t->ask->entities, &changes[i]);
        if (table != NULL) {
            COX_TRY(put_change(call, t, table, &changes[i], reterr));
        }
    }
    return COX_OK;
}

/* Seen as of the commit before, and no more: removed, or gone from the owner's sight. */
static enum cox_rc tell_gone(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct telling *t = ctx;
    const struct cox_row *row;

    for (size_t i = 0; i < t->unseen_count; i++) {
        const struct cox_journal_change *change = &t->unseen[i];
        const struct cox_table *table = wanted(call, t->ask->entities, change);
        enum cox_rc rc =
            table == NULL ? COX_MISSING : cox_get(call, table->entity, change->id, &row, reterr);
        if (rc == COX_OK) {
            begin_change(t, table, change->id,
                strcmp(event_of(change->op), "removed") == 0 ? "removed" : "gone");
            end_change(t);
        } else if (rc != COX_MISSING && rc != COX_GONE) {
            return rc;
        }
    }
    return COX_OK;
}

static enum cox_rc write_body(struct telling *t, struct cox_err *reterr)
{
    const struct cox_hook_ask *ask = t->ask;
    struct cox_read_opt opt = {.actor = ask->owner, .as_of = {.seq = ask->seq}};

    if (ask->seq == 0) {
        cox_json_begin_object(&t->json);
        cox_json_put_int(&t->json, "id", 0);
        cox_json_put_int(&t->json, "webhook", ask->hook);
        cox_json_key(&t->json, "changes");
        cox_json_begin_array(&t->json);
    } else {
        COX_TRY(cox_store_read(ask->store, &opt, tell, t, reterr));
        opt.as_of.seq--;
        if (t->unseen_count > 0 && ask->seq > 1 && cox_hook_names(ask->events, "removed")) {
            COX_TRY(cox_store_read(ask->store, &opt, tell_gone, t, reterr));
        }
    }
    cox_json_end_array(&t->json);
    cox_json_put_bool(&t->json, "is_cut", t->is_cut);
    cox_json_put_bool(&t->json, "is_test", ask->seq == 0);
    cox_json_end_object(&t->json);
    return cox_json_done(&t->json, reterr);
}

enum cox_rc cox_hook_body(const struct cox_hook_ask *ask, struct cox_text *ret_body,
    bool *ret_is_empty, struct cox_err *reterr)
{
    struct telling t = {.ask = ask,
        .unseen = COX_NEW_ARRAY(ask->arena, CHANGES_MAX, struct cox_journal_change)};
    struct cox_buf buf;
    enum cox_rc rc;

    if (t.unseen == NULL) {
        return cox_no_memory(reterr);
    }
    cox_buf_init(&buf, BODY_MAX);
    cox_json_init(&t.json, ask->arena, cox_buf_sink(&buf));
    rc = write_body(&t, reterr);
    if (rc == COX_OK) {
        *ret_body = cox_arena_text(ask->arena, cox_buf_text(&buf));
        *ret_is_empty = t.count == 0 && !t.is_cut && ask->seq != 0;
        rc = ret_body->ptr == NULL ? cox_no_memory(reterr) : COX_OK;
    }
    cox_buf_done(&buf);
    return rc;
}

/* ---- what comes next ---- */

enum cox_rc cox_hook_next(struct cox_call *call, struct cox_text entities, struct cox_text events,
    int64_t after_seq, int64_t *ret_seq, int64_t *ret_until, struct cox_err *reterr)
{
    int64_t head = cox_call_head_seq(call), step = STEP;

    *ret_seq = 0;
    *ret_until = after_seq;
    for (int i = 0; i < STEPS_MAX && *ret_until < head; i++) {
        int64_t until = *ret_until + step < head ? *ret_until + step : head;
        const struct cox_journal_change *changes;
        size_t count;
        bool is_cut;
        COX_TRY(cox_journal_changes(call, *ret_until, until, STEP * 4, &changes, &count, &is_cut,
            reterr));
        if (is_cut && until > *ret_until + 1) {
            step = step > 8 ? step / 8 : 1;
            continue;
        }
        if (is_cut) {
            *ret_seq = until; /* one commit of so many: whatever is in it */
            return COX_OK;
        }
        for (size_t c = 0; c < count; c++) {
            /* What leaves the owner's sight is a change in the log and a removal for the owner. */
            bool may_be = cox_hook_names(events, event_of(changes[c].op)) ||
                          (changes[c].op != 'c' && cox_hook_names(events, "removed"));
            if (may_be && wanted(call, entities, &changes[c]) != NULL) {
                *ret_seq = changes[c].seq;
                return COX_OK;
            }
        }
        *ret_until = until;
    }
    return COX_OK;
}

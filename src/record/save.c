/*
 * record/save.c: the one way into the tables. A save closes the old version, adds the new one and
 * notes both for the log, in the caller's transaction.
 */
#include "record/save.h"

#include <assert.h>
#include <string.h>

#include "record/digest.h"
#include "record/erase.h"
#include "record/find.h"
#include "record/reference.h"
#include "record/scope.h"
#include "record/version.h"

/* ---- notes for the log ---- */

static enum cox_rc grow_entries(struct cox_call *call, struct cox_err *reterr)
{
    struct cox_commit_state *commit = &call->commit;
    size_t room = commit->room == 0 ? 16 : commit->room * 2;
    struct cox_entry *entries;

    if (commit->count < commit->room) {
        return COX_OK;
    }
    entries = COX_NEW_ARRAY(call->arena, room, struct cox_entry);
    if (entries == NULL) {
        return cox_no_memory(reterr);
    }
    if (commit->count > 0) {
        memcpy(entries, commit->entries, commit->count * sizeof(*entries));
    }
    commit->entries = entries;
    commit->room = room;
    if (commit->by_record == NULL) {
        COX_TRY(cox_imap_open_in(call->arena, room, &commit->by_record, reterr));
    }
    return COX_OK;
}

/* The record's entry in this commit, made when it is the first time. */
static enum cox_rc entry_of(struct cox_call *call, const struct cox_table *table, int64_t id,
    char op, struct cox_entry **ret_entry, struct cox_err *reterr)
{
    struct cox_commit_state *commit = &call->commit;
    uint64_t *place;
    bool is_new;

    COX_TRY(grow_entries(call, reterr));
    COX_TRY(cox_imap_add(commit->by_record, cox_record_key(table->entity->number, id),
        commit->count, &place, &is_new, reterr));
    struct cox_entry *entry = &commit->entries[*place];
    if (is_new) {
        *entry = (struct cox_entry){.entity = table->entity->number, .op = op, .id = id};
        commit->count++;
    }
    *ret_entry = entry;
    return COX_OK;
}

enum cox_rc cox_save_note(struct cox_call *call, const struct cox_table *table, int64_t id, char op,
    const unsigned char *digest, struct cox_err *reterr)
{
    struct cox_digest own;
    struct cox_entry *entry;

    COX_TRY(entry_of(call, table, id, op, &entry, reterr));
    if (!(entry->op == 'c' && op == 'u') && !(entry->op == 'h' && op == 'u')) {
        entry->op = op; /* created and then changed in one commit is created */
    }
    if (digest != NULL) {
        memcpy(entry->digest, digest, COX_DIGEST_SIZE);
        return COX_OK;
    }
    cox_digest_entry_begin(&own, entry->entity, id, entry->op);
    cox_digest_done(&own, entry->digest);
    return COX_OK;
}

/* The entry of a record that now has exactly one version made by this commit. */
static enum cox_rc note_version(struct cox_call *call, const struct cox_row *row, char op,
    const unsigned char *phash, struct cox_err *reterr)
{
    struct cox_entry *entry;
    struct cox_digest digest;
    unsigned char version[COX_DIGEST_SIZE];

    COX_TRY(entry_of(call, row->table, row->id, op, &entry, reterr));
    if (entry->op == 'h') {
        return cox_history_note(call, row->table, row->id, reterr); /* several versions */
    }
    cox_digest_version(row, phash, version);
    cox_digest_entry_begin(&digest, entry->entity, row->id, entry->op);
    cox_digest_bytes(&digest, version, sizeof(version));
    cox_digest_done(&digest, entry->digest);
    return COX_OK;
}

enum cox_rc cox_save_keep_edit(struct cox_call *call, const struct cox_table *table, int64_t id,
    const struct cox_row *before, const struct cox_row *after, struct cox_err *reterr)
{
    struct cox_entry *entry;
    size_t count = call->commit.count;

    if (table->entity->settle == NULL) {
        return COX_OK;
    }
    COX_TRY(entry_of(call, table, id, 'u', &entry, reterr));
    assert(count == call->commit.count); /* the save has noted the record already */
    if (entry->before == NULL && entry->after == NULL) {
        entry->before = before;
    }
    entry->after = after;
    return COX_OK;
}

static enum cox_rc must_write(struct cox_call *call, struct cox_err *reterr)
{
    return call->write != NULL ? COX_OK : cox_fail(reterr, COX_INTERNAL, "a read cannot save");
}

/* ---- search ---- */

enum cox_rc cox_row_words(struct cox_arena *arena, const struct cox_row *row,
    struct cox_text *ret_words, struct cox_err *reterr)
{
    struct cox_buf all;
    enum { WORDS_MAX = 1 << 20 };

    cox_buf_init(&all, WORDS_MAX);
    for (uint32_t i = 0; i < row->table->field_count; i++) {
        if ((row->table->fields[i]->flags & COX_SEARCHED) != 0 &&
            row->values[i].kind == COX_VALUE_TEXT) {
            cox_buf_add_text(&all, row->values[i].text);
            cox_buf_add_char(&all, ' ');
        }
    }
    *ret_words = all.failed ? (struct cox_text){0} : cox_text_words(arena, cox_buf_text(&all));
    cox_buf_done(&all);
    return ret_words->ptr == NULL ? cox_no_memory(reterr) : COX_OK;
}

enum cox_rc cox_save_words(struct cox_call *call, const struct cox_row *before,
    const struct cox_row *after, struct cox_err *reterr)
{
    const struct cox_row *any = before != NULL ? before : after;
    struct cox_text old_words = COX_LIT(""), new_words = COX_LIT("");

    if (!((const struct cox_table_inside *)(const void *)any->table)->has_search) {
        return COX_OK;
    }
    if (before != NULL) {
        COX_TRY(cox_row_words(call->arena, before, &old_words, reterr));
    }
    if (after != NULL) {
        COX_TRY(cox_row_words(call->arena, after, &new_words, reterr));
    }
    if (cox_text_same(old_words, new_words)) {
        return COX_OK;
    }
    return cox_find_put(call->db, any->table->entity->name, any->id, old_words, new_words, reterr);
}

/* ---- rules ---- */

enum cox_rc cox_save_required(const struct cox_row *row, struct cox_err *reterr)
{
    for (uint32_t i = 0; i < row->table->entity->field_count; i++) {
        const struct cox_field *field = row->table->fields[i];
        if ((field->flags & COX_REQUIRED) != 0 && row->values[i].kind == COX_VALUE_NULL) {
            return cox_fail_at(reterr, COX_INVALID, field->name, 0, "a value is needed");
        }
    }
    return COX_OK;
}

static enum cox_rc run_check(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, unsigned flags, struct cox_err *reterr)
{
    const struct cox_entity *entity = (after != NULL ? after : before)->table->entity;
    bool is_waived = (flags & COX_SAVE_NO_CHECK) != 0 ||
                     (entity->waived_causes & (1U << (unsigned)call->write->cause)) != 0;

    if (entity->check == NULL || is_waived) {
        return COX_OK;
    }
    return entity->check(call, before, after, reterr);
}

enum cox_rc cox_save_rule(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    return run_check(call, before, after, 0, reterr);
}

static enum cox_rc check_values(struct cox_row *row, struct cox_err *reterr)
{
    for (uint32_t i = 0; i < row->table->field_count; i++) {
        COX_TRY(cox_value_check(row->table, i, &row->values[i], reterr));
    }
    return COX_OK;
}

/* ---- create ---- */

/* A row whose owner is left to the check is judged as if it were to be the actor's own. */
static enum cox_rc check_create(struct cox_call *call, struct cox_row *row, struct cox_err *reterr)
{
    uint32_t owner = row->table->entity->owner_field;
    bool is_open = row->table->entity->fills_owner && row->values[owner].kind == COX_VALUE_NULL;
    enum cox_rc rc;

    if (is_open) {
        row->values[owner] = cox_int(call->actor.user_id);
    }
    rc = cox_scope_check(call, row->table, NULL, row, reterr);
    if (is_open) {
        row->values[owner] = cox_null();
    }
    return rc;
}

enum cox_rc cox_save_create(struct cox_call *call, struct cox_row *row, unsigned flags,
    int64_t *ret_id, struct cox_err *reterr)
{
    struct cox_personal personal;

    COX_TRY(must_write(call, reterr));
    if ((flags & COX_SAVE_NO_RIGHTS) == 0) {
        COX_TRY(check_create(call, row, reterr));
    }
    COX_TRY(check_values(row, reterr));
    COX_TRY(run_check(call, NULL, row, flags, reterr));
    COX_TRY(cox_save_required(row, reterr));
    COX_TRY(cox_reference_check(call, NULL, row, flags, reterr));
    if (row->id == 0) {
        row->id = call->commit.next_id++;
    }
    row->rev = row->seq_from = call->commit.seq;
    row->seq_to = row->to_us = COX_FOREVER;
    row->imported = (flags & COX_SAVE_SINCE_EVER) != 0;
    row->from_us = row->imported ? COX_SINCE_EVER : call->commit.at_us;
    cox_personal_make(call, row, (struct cox_text){0}, &personal);
    COX_TRY(cox_version_insert(call, row, &personal, reterr));
    COX_TRY(cox_save_words(call, NULL, row, reterr));
    COX_TRY(note_version(call, row, 'c', personal.is_used ? personal.hash : NULL, reterr));
    COX_TRY(cox_save_keep_edit(call, row->table, row->id, NULL, row, reterr));
    *ret_id = row->id;
    return COX_OK;
}

enum cox_rc cox_create(struct cox_call *call, struct cox_row *row, int64_t *ret_id,
    struct cox_err *reterr)
{
    return cox_save_create(call, row, 0, ret_id, reterr);
}

enum cox_rc cox_create_since_ever(struct cox_call *call, struct cox_row *row, int64_t *ret_id,
    struct cox_err *reterr)
{
    return cox_save_create(call, row, COX_SAVE_SINCE_EVER, ret_id, reterr);
}

enum cox_rc cox_create_struct(struct cox_call *call, const struct cox_entity *entity,
    const void *structure, int64_t *ret_id, struct cox_err *reterr)
{
    struct cox_row *row = cox_row_new(call, entity);

    if (row == NULL) {
        return cox_no_memory(reterr);
    }
    cox_row_pack(row, structure);
    return cox_create(call, row, ret_id, reterr);
}

/* ---- change ---- */

static struct cox_row *copy_row(struct cox_arena *arena, const struct cox_row *row)
{
    struct cox_row *copy = COX_NEW(arena, struct cox_row);

    if (copy == NULL) {
        return NULL;
    }
    *copy = *row;
    copy->values = COX_NEW_ARRAY(arena, row->table->field_count, struct cox_value);
    if (copy->values == NULL) {
        return NULL;
    }
    memcpy(copy->values, row->values, row->table->field_count * sizeof(*row->values));
    return copy;
}

static bool is_row_same(const struct cox_row *a, const struct cox_row *b)
{
    for (uint32_t i = 0; i < a->table->field_count; i++) {
        if (!cox_value_same(&a->values[i], &b->values[i])) {
            return false;
        }
    }
    return true;
}

static enum cox_rc check_changes(const struct cox_row *before, struct cox_row *after,
    const struct cox_change *changes, size_t count, unsigned flags, struct cox_err *reterr)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t at = changes[i].field;
        const struct cox_field *field = after->table->fields[at];
        COX_TRY(cox_value_check(after->table, at, &after->values[at], reterr));
        bool is_fixed = (field->flags & COX_FIXED) != 0 && (flags & COX_SAVE_NO_CHECK) == 0;
        if (is_fixed && !cox_value_same(&before->values[at], &after->values[at])) {
            return cox_fail_at(reterr, COX_INVALID, field->name, 0,
                "is set when the record is made and does not change");
        }
    }
    return COX_OK;
}

/* An erased record has lost required values for good; it may be changed all the same. */
static enum cox_rc check_required(struct cox_call *call, const struct cox_row *before,
    const struct cox_row *after, struct cox_err *reterr)
{
    enum cox_rc rc = cox_save_required(after, reterr);
    bool is_erased;

    if (rc == COX_OK) {
        return COX_OK;
    }
    for (uint32_t i = 0; i < after->table->entity->field_count; i++) {
        const unsigned flags = after->table->fields[i]->flags;
        bool is_lost = (flags & COX_PERSONAL) != 0 && before->values[i].kind == COX_VALUE_NULL;
        if ((flags & COX_REQUIRED) != 0 && after->values[i].kind == COX_VALUE_NULL && !is_lost) {
            return rc;
        }
    }
    COX_TRY(cox_is_erased(call, after->table->entity, after->id, &is_erased, reterr));
    return is_erased ? COX_OK : rc;
}

/* What was erased is not brought back by the next sync or import of the same person. */
enum cox_rc cox_save_refuse_erased(struct cox_call *call, const struct cox_row *before,
    const struct cox_row *after, struct cox_err *reterr)
{
    bool is_filled = false, is_erased;

    for (uint32_t i = 0; i < after->table->field_count; i++) {
        is_filled = is_filled || ((after->table->fields[i]->flags & COX_PERSONAL) != 0 &&
                                     before->values[i].kind == COX_VALUE_NULL &&
                                     after->values[i].kind != COX_VALUE_NULL);
    }
    if (!is_filled) {
        return COX_OK;
    }
    COX_TRY(cox_is_erased(call, after->table->entity, before->id, &is_erased, reterr));
    return is_erased
               ? cox_fail(reterr, COX_GONE, "this %s was erased: personal data is not kept again",
                     after->table->entity->label)
               : COX_OK;
}

/* Was the record made by this very commit, with no other version? Then it is folded into it. */
static bool is_created_here(struct cox_call *call, const struct cox_row *row)
{
    int64_t key = cox_record_key(row->table->entity->number, row->id);
    uint64_t at;

    return call->commit.by_record != NULL && cox_imap_find(call->commit.by_record, key, &at) &&
           call->commit.entries[at].op == 'c';
}

/* The new version into the tables, its words and its note. */
static enum cox_rc write_change(struct cox_call *call, const struct cox_stored *stored,
    struct cox_row *after, struct cox_err *reterr)
{
    const struct cox_row *before = &stored->row;
    struct cox_personal personal;

    bool is_made_here = is_created_here(call, before);

    after->rev = after->seq_from = call->commit.seq;
    after->from_us = is_made_here ? before->from_us : call->commit.at_us;
    after->imported = is_made_here && before->imported;
    cox_personal_make(call, after, stored->psalt, &personal);
    /* Changed in this commit already: in place, unless what stands is imported history. */
    if (!is_made_here &&
        (before->rev != call->commit.seq || before->from_us != call->commit.at_us)) {
        COX_TRY(cox_version_archive(call, after->table, after->id, call->commit.at_us, COX_FOREVER,
            reterr));
    }
    COX_TRY(cox_version_update(call, before, after, &personal, reterr));
    COX_TRY(cox_save_words(call, before, after, reterr));
    COX_TRY(note_version(call, after, 'u', personal.is_used ? personal.hash : NULL, reterr));
    return cox_save_keep_edit(call, after->table, after->id, before, after, reterr);
}

static enum cox_rc stored_for_change(struct cox_call *call, const struct cox_table *table,
    int64_t id, struct cox_stored *ret_stored, struct cox_err *reterr)
{
    bool is_there;

    COX_TRY(must_write(call, reterr));
    COX_TRY(cox_save_stored(call, table, id, ret_stored, &is_there, reterr));
    return is_there ? COX_OK : cox_scope_missing(table, reterr);
}

static enum cox_rc check_rev(const struct cox_row *row, int64_t if_rev, struct cox_err *reterr)
{
    if (if_rev != 0 && if_rev != row->rev) {
        return cox_fail(reterr, COX_STALE, "%s was changed by somebody else in the meantime",
            row->table->entity->label);
    }
    return COX_OK;
}

enum cox_rc cox_save_change(struct cox_call *call, const struct cox_table *table, int64_t id,
    int64_t if_rev, const struct cox_change *changes, size_t count, unsigned flags,
    bool *ret_is_changed, struct cox_err *reterr)
{
    struct cox_stored *stored = COX_NEW(call->arena, struct cox_stored);
    struct cox_row *after;
    bool is_changed;

    if (stored == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(stored_for_change(call, table, id, stored, reterr));
    after = copy_row(call->arena, &stored->row);
    if (after == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < count; i++) {
        after->values[changes[i].field] = changes[i].value;
    }
    if ((flags & COX_SAVE_NO_RIGHTS) == 0) {
        COX_TRY(cox_scope_check(call, table, &stored->row, after, reterr));
    }
    COX_TRY(check_rev(&stored->row, if_rev, reterr));
    COX_TRY(check_changes(&stored->row, after, changes, count, flags, reterr));
    is_changed = !is_row_same(&stored->row, after);
    if (is_changed) {
        COX_TRY(run_check(call, &stored->row, after, flags, reterr));
        COX_TRY(cox_save_refuse_erased(call, &stored->row, after, reterr));
        COX_TRY(check_required(call, &stored->row, after, reterr));
        COX_TRY(cox_reference_check(call, &stored->row, after, flags, reterr));
        COX_TRY(write_change(call, stored, after, reterr));
    }
    if (ret_is_changed != NULL) {
        *ret_is_changed = is_changed;
    }
    return COX_OK;
}

enum cox_rc cox_change_fields(struct cox_call *call, const struct cox_entity *entity, int64_t id,
    int64_t if_rev, const struct cox_change *changes, size_t count, bool *ret_is_changed,
    struct cox_err *reterr)
{
    return cox_save_change(call, cox_registry_entity(call->registry, entity), id, if_rev, changes,
        count, 0, ret_is_changed, reterr);
}

/* ---- remove ---- */

static enum cox_rc note_removal(struct cox_call *call, const struct cox_table *table, int64_t id,
    struct cox_err *reterr)
{
    uint64_t at;
    bool is_known =
        call->commit.by_record != NULL &&
        cox_imap_find(call->commit.by_record, cox_record_key(table->entity->number, id), &at);

    if (is_known && call->commit.entries[at].op == 'h') {
        return cox_history_note(call, table, id, reterr); /* its versions of this commit stay */
    }
    return cox_save_note(call, table, id, 'd', NULL, reterr);
}

enum cox_rc cox_save_remove(struct cox_call *call, const struct cox_table *table, int64_t id,
    int64_t if_rev, unsigned flags, struct cox_err *reterr)
{
    struct cox_stored *stored = COX_NEW(call->arena, struct cox_stored);

    if (stored == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(stored_for_change(call, table, id, stored, reterr));
    if ((flags & COX_SAVE_NO_RIGHTS) == 0) {
        COX_TRY(cox_scope_check(call, table, &stored->row, NULL, reterr));
    }
    COX_TRY(check_rev(&stored->row, if_rev, reterr));
    COX_TRY(run_check(call, &stored->row, NULL, flags, reterr));
    COX_TRY(cox_reference_release(call, table, id, reterr));
    if (!is_created_here(call, &stored->row) &&
        (stored->row.rev != call->commit.seq || stored->row.from_us != call->commit.at_us)) {
        COX_TRY(cox_version_archive(call, table, id, call->commit.at_us, COX_FOREVER, reterr));
    }
    COX_TRY(cox_version_drop(call, table, id, reterr));
    COX_TRY(cox_save_words(call, &stored->row, NULL, reterr));
    COX_TRY(note_removal(call, table, id, reterr));
    return cox_save_keep_edit(call, table, id, &stored->row, NULL, reterr);
}

enum cox_rc cox_remove(struct cox_call *call, const struct cox_entity *entity, int64_t id,
    int64_t if_rev, struct cox_err *reterr)
{
    return cox_save_remove(call, cox_registry_entity(call->registry, entity), id, if_rev, 0,
        reterr);
}

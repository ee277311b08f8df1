/* connect/apply.c: saves read rows: made, changed, removed or left as they are. */
#include "connect/applying.h"
#include "connect/deal_contacts.h"
#include "connect/history.h"
#include "connect/tags.h"
#include "org/people.h"
#include "sales/account.h"
#include "sales/activity.h"
#include "sales/lead.h"
#include "sales/opportunity.h"

enum cox_rc cox_chunk_miss(struct cox_chunk *chunk, const struct cox_missed *missed,
    struct cox_err *reterr)
{
    if (chunk->missed_count == chunk->missed_room) {
        size_t room = chunk->missed_room * 2 + 256;
        struct cox_missed *all = COX_NEW_ARRAY(chunk->arena, room, struct cox_missed);

        if (all == NULL) {
            return cox_no_memory(reterr);
        }
        if (chunk->missed_count > 0) {
            memcpy(all, chunk->missed, chunk->missed_count * sizeof *all);
        }
        chunk->missed = all;
        chunk->missed_room = room;
    }
    chunk->missed[chunk->missed_count++] = *missed;
    return COX_OK;
}

void cox_applying_set(struct cox_applying *applying, uint32_t field, struct cox_value value)
{
    applying->set[field] = value;
    applying->has[field] = value.kind != COX_VALUE_NULL;
}

struct cox_text cox_applying_text(const struct cox_applying *applying, uint32_t field)
{
    return field != COX_NO_FIELD && applying->has[field] &&
                   applying->set[field].kind == COX_VALUE_TEXT
               ? applying->set[field].text
               : (struct cox_text){0};
}

/* ---- saving ---- */

static enum cox_rc save_ids(struct cox_applying *applying, int64_t id, struct cox_err *reterr)
{
    const struct cox_prepared *prepared = applying->prepared;
    const struct cox_entity *entity = applying->table->entity;

    if (prepared->external.size > 0) {
        COX_TRY(cox_external_put(applying->call, applying->job->source, entity, prepared->external,
            id, reterr));
    }
    return prepared->other_external.size > 0
               ? cox_external_put(applying->call, COX_LIT("hubspot-user"), entity,
                     prepared->other_external, id, reterr)
               : COX_OK;
}

/*
 * Of work on a sale whose file tells no beginning we know no more than that it is there now. People,
 * products, customers and the like are what other records' history leans on: there since ever.
 */
static bool begins_when_saved(const struct cox_entity *entity)
{
    return entity == &cox_opportunity || entity == &cox_lead || entity == &cox_activity;
}

static enum cox_rc make_record(struct cox_applying *applying, int64_t *ret_id,
    struct cox_err *reterr)
{
    struct cox_row *row = cox_row_new(applying->call, applying->table->entity);
    struct cox_version *versions;
    size_t count;
    bool is_changed;

    if (row == NULL) {
        return cox_no_memory(reterr);
    }
    for (uint32_t field = 0; field < applying->table->field_count; field++) {
        if (applying->has[field]) {
            cox_row_set(row, field, applying->set[field]);
        }
    }
    COX_TRY(cox_history_of_row(applying->call, applying->job, applying->prepared, row, &versions,
        &count, reterr));
    if (count > 0) {
        COX_TRY(cox_put_history(applying->call, applying->table->entity, 0, versions, count,
            COX_FOREVER, ret_id, &is_changed, reterr));
    } else if (begins_when_saved(applying->table->entity)) {
        COX_TRY(cox_create(applying->call, row, ret_id, reterr));
    } else {
        COX_TRY(cox_create_since_ever(applying->call, row, ret_id, reterr));
    }
    COX_TRY(save_ids(applying, *ret_id, reterr));
    return cox_resolver_add(applying->job->work->resolver, applying->table, *ret_id,
        cox_row_text(row, applying->table->entity->name_field),
        cox_applying_text(applying, cox_table_field(applying->table, COX_LIT("email"))), reterr);
}

static bool holds(struct cox_text text, struct cox_text part)
{
    return text.size > 0 && memmem(text.ptr, text.size, part.ptr, part.size) != NULL;
}

/* A person who was only a stand-in so far is now in a file of people. */
static void wake_stand_in(struct cox_applying *applying, const struct cox_row *row)
{
    if (applying->table->entity == &cox_user && !applying->has[COX_USER_IS_ACTIVE] &&
        cox_row_int(row, COX_USER_IS_ACTIVE) == 0 && cox_row_text(row, COX_USER_EMAIL).size == 0) {
        cox_applying_set(applying, COX_USER_IS_ACTIVE, cox_int(1));
    }
}

static enum cox_rc change_record(struct cox_applying *applying, const struct cox_row *row,
    bool *ret_is_changed, struct cox_err *reterr)
{
    struct cox_change *changes =
        COX_NEW_ARRAY(applying->chunk->arena, applying->table->field_count, struct cox_change);
    uint32_t note = applying->job->unmatched_field;
    size_t count = 0;
    struct cox_text known;

    if (changes == NULL) {
        return cox_no_memory(reterr);
    }
    wake_stand_in(applying, row);
    for (uint32_t field = 0; field < applying->table->field_count; field++) {
        /* What is noted already needs no new note; other lines of it may come from elsewhere. */
        if (applying->has[field] &&
            !(applying->only_empty && row->values[field].kind != COX_VALUE_NULL) &&
            !cox_value_same(&applying->set[field], &row->values[field]) &&
            !(field == note && holds(cox_row_text(row, note), applying->set[note].text))) {
            changes[count++] = (struct cox_change){field, applying->set[field]};
        }
    }
    if (note != COX_NO_FIELD && !applying->has[note] && cox_row_text(row, note).size > 0 &&
        applying->missed_from == applying->chunk->missed_count) {
        changes[count++] = (struct cox_change){note, cox_null()};
    }
    *ret_is_changed = false;
    if (count > 0) {
        COX_TRY(cox_change_fields(applying->call, applying->table->entity, row->id, 0, changes,
            count, ret_is_changed, reterr));
    }
    if (applying->prepared->external.size == 0) {
        return COX_OK;
    }
    COX_TRY(cox_external_of(applying->call, applying->job->source, applying->table->entity, row->id,
        &known, reterr));
    return known.size == 0 ? save_ids(applying, row->id, reterr) : COX_OK;
}

static enum cox_rc remove_record(struct cox_applying *applying, enum cox_outcome *ret_outcome,
    struct cox_err *reterr)
{
    const struct cox_row *row;

    *ret_outcome = COX_OUTCOME_UNCHANGED;
    COX_TRY(cox_apply_find(applying, &row, reterr));
    applying->chunk->deleted_count++;
    if (row == NULL || applying->prepared->external.size == 0) {
        return COX_OK;
    }
    *ret_outcome = COX_OUTCOME_UPDATED;
    return cox_remove(applying->call, applying->table->entity, row->id, 0, reterr);
}

/* ---- a row ---- */

static enum cox_rc start_row(struct cox_applying *applying, struct cox_err *reterr)
{
    const struct cox_mapping *mapping = &applying->job->mapping;
    const struct cox_prepared *prepared = applying->prepared;
    uint32_t count = applying->table->field_count;
    uint32_t currency = applying->table->entity->currency_field;

    applying->set = COX_NEW_ARRAY(applying->chunk->arena, count, struct cox_value);
    applying->has = COX_NEW_ARRAY(applying->chunk->arena, count, bool);
    applying->missed_from = applying->chunk->missed_count;
    if (applying->set == NULL || applying->has == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < mapping->count; i++) {
        if (mapping->columns[i].role == COX_COL_FIELD &&
            prepared->values[i].kind != COX_VALUE_NULL) {
            cox_applying_set(applying, mapping->columns[i].field, prepared->values[i]);
        }
    }
    for (size_t i = 0; i < prepared->meant_count; i++) {
        if (!applying->has[prepared->meant_fields[i]]) {
            cox_applying_set(applying, prepared->meant_fields[i], prepared->meant[i]);
        }
    }
    if (prepared->is_currency_found && currency != COX_NO_FIELD) {
        cox_applying_set(applying, currency, cox_text_value(prepared->currency));
    }
    return COX_OK;
}

/* People's managers and teams are records of their own, made when everybody is there. */
static enum cox_rc note_people(struct cox_applying *applying, int64_t id, struct cox_err *reterr)
{
    const struct cox_registry *registry = cox_call_registry(applying->call);
    int source = applying->job->mapping.guess.source;
    struct cox_missed missed = {.table = applying->table,
        .id = id,
        .is_later = true,
        .ref = applying->table};

    if (applying->prepared->manager.size > 0) {
        missed.field = COX_MISSED_MANAGER;
        missed.name = COX_LIT("manager");
        missed.text = applying->prepared->manager;
        COX_TRY(cox_chunk_miss(applying->chunk, &missed, reterr));
    }
    if (applying->prepared->team.size > 0) {
        missed.field = COX_MISSED_TEAM;
        missed.name = COX_LIT("team");
        missed.ref = cox_registry_entity(registry, &cox_team);
        /* HubSpot's people are in several teams, the main one first. */
        for (struct cox_text rest = applying->prepared->team; rest.ptr != NULL;) {
            missed.text = source == COX_HUBSPOT ? cox_text_trim(cox_text_split(&rest, ';')) : rest;
            rest = source == COX_HUBSPOT ? rest : (struct cox_text){0};
            if (missed.text.size > 0) {
                COX_TRY(cox_chunk_miss(applying->chunk, &missed, reterr));
            }
        }
    }
    return COX_OK;
}

/* A deal names one of the customer's people; where a cell lists several, all of them are kept. */
static enum cox_rc note_contacts(struct cox_applying *applying, int64_t id, bool *is_changed,
    struct cox_err *reterr)
{
    const struct cox_job *job = applying->job;
    size_t at = cox_mapping_find(&job->mapping, COX_COL_FIELD, COX_OPPORTUNITY_CONTACT);
    const struct cox_table *contact =
        cox_registry_entity(cox_call_registry(applying->call), &cox_contact);
    struct cox_text rest;

    if (applying->table->entity != &cox_opportunity || at == job->mapping.count) {
        return COX_OK;
    }
    rest = applying->prepared->refs[at];
    if (rest.size == 0 || memchr(rest.ptr, ';', rest.size) == NULL) {
        return COX_OK;
    }
    while (rest.ptr != NULL) {
        struct cox_text one = cox_external_id(applying->chunk->arena, job->mapping.guess.source,
            cox_text_trim(cox_text_split(&rest, ';')));
        struct cox_deal_contact_of of = {.opportunity = id, .is_primary = -1};
        bool is_new = false, is_other = false;
        enum cox_found how;

        COX_TRY(cox_resolver_find(job->work->resolver, applying->call, contact, job->source, one,
            &of.contact, &how, reterr));
        if (of.contact != 0) {
            COX_TRY(cox_deal_contact_put(applying->call, &of, &is_new, &is_other, reterr));
        }
        *is_changed |= is_new || is_other;
    }
    return COX_OK;
}

/* Whoever owns the record, as it is now; COX_NULL: nobody. */
static int64_t owner_of(const struct cox_applying *applying, const struct cox_row *row)
{
    uint32_t owner = applying->table->entity->owner_field;

    if (owner == COX_NO_FIELD) {
        return COX_NULL;
    }
    return applying->has[owner] ? applying->set[owner].number
           : row == NULL        ? COX_NULL
                                : cox_row_int(row, owner);
}

static enum cox_rc apply_row(struct cox_applying *applying, enum cox_outcome *ret_outcome,
    struct cox_err *reterr)
{
    struct cox_prepared *prepared = applying->prepared;
    struct cox_text unmatched = prepared->unmatched; /* a call may run again */
    const struct cox_row *row;
    bool is_changed = true;
    int64_t id;

    COX_TRY(start_row(applying, reterr));
    if (prepared->is_deleted) {
        return remove_record(applying, ret_outcome, reterr);
    }
    COX_TRY(cox_apply_refs(applying, reterr));
    if (applying->job->unmatched_field != COX_NO_FIELD && prepared->unmatched.size > 0) {
        cox_applying_set(applying, applying->job->unmatched_field,
            cox_text_value(prepared->unmatched));
    }
    prepared->unmatched = unmatched;
    cox_apply_stage_facts(applying);
    COX_TRY(cox_apply_find(applying, &row, reterr));
    COX_TRY(cox_apply_stage(applying, row == NULL, reterr));
    if (row == NULL) {
        COX_TRY(cox_apply_defaults(applying, reterr));
        COX_TRY(make_record(applying, &id, reterr));
    } else {
        id = row->id;
        COX_TRY(change_record(applying, row, &is_changed, reterr));
    }
    for (size_t i = applying->missed_from; i < applying->chunk->missed_count; i++) {
        applying->chunk->missed[i].id = id;
    }
    COX_TRY(note_people(applying, id, reterr));
    COX_TRY(note_contacts(applying, id, &is_changed, reterr));
    if (prepared->tags.size > 0) {
        const struct cox_tags_of of = {applying->job, applying->table, id, owner_of(applying, row)};

        COX_TRY(cox_tags_put(applying->call, &of, prepared->tags, &is_changed, reterr));
    }
    *ret_outcome = row == NULL  ? COX_OUTCOME_CREATED
                   : is_changed ? COX_OUTCOME_UPDATED
                                : COX_OUTCOME_UNCHANGED;
    return COX_OK;
}

enum cox_rc cox_apply_rows(struct cox_call *call, struct cox_chunk *chunk, size_t first,
    size_t count, struct cox_err *reterr)
{
    for (size_t i = first; i < first + count; i++) {
        struct cox_applying applying = {.call = call,
            .chunk = chunk,
            .job = chunk->job,
            .table = chunk->job->mapping.guess.table,
            .prepared = &chunk->rows[i]};
        size_t missed = chunk->missed_count;
        struct cox_err *err = &chunk->err[i];

        *err = chunk->rows[i].err;
        chunk->outcome[i] = COX_OUTCOME_REJECTED;
        if (chunk->rows[i].is_superseded || chunk->rows[i].is_blank) {
            chunk->outcome[i] = COX_OUTCOME_UNCHANGED;
            continue;
        }
        if (err->rc != COX_OK) {
            continue;
        }
        err->rc = apply_row(&applying, &chunk->outcome[i], err);
        if (err->rc != COX_OK && !cox_rc_is_refusal(err->rc)) {
            *reterr = *err;
            return err->rc;
        }
        if (err->rc != COX_OK) {
            chunk->outcome[i] = COX_OUTCOME_REJECTED;
            chunk->missed_count = missed;
        }
    }
    return COX_OK;
}

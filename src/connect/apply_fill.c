/* connect/apply_fill.c: what a record needs and its row does not say: names, owners, ends of spans, kinds. */
#include "connect/applying.h"
#include "connect/stages.h"
#include "sales/account.h"
#include "sales/activity.h"
#include "sales/lead.h"
#include "sales/opportunity.h"
#include "sales/pipeline.h"

/* Records others refer to are worth having without a name: "Account 1093". */
static enum cox_rc name_by_id(struct cox_applying *applying, struct cox_err *reterr)
{
    const struct cox_entity *entity = applying->table->entity;
    struct cox_text id = applying->prepared->external;
    const char *name;

    if (id.size == 0 || cox_text_starts(id, COX_LIT("row:"))) {
        return COX_OK; /* saving says that the name is missing */
    }
    name = cox_arena_format(applying->chunk->arena, "%s %.*s", entity->label, (int)id.size, id.ptr);
    cox_applying_set(applying, entity->name_field, cox_text_value(cox_text_of(name)));
    cox_import_note(applying->job->file, applying->job->work->arena,
        "some records have no name there; they are called by their id");
    return name == NULL ? cox_no_memory(reterr) : COX_OK;
}

static bool lacks_name(const struct cox_applying *applying)
{
    static const char *const parts[] = {"first_name", "last_name", "email", "company"};
    const struct cox_entity *entity = applying->table->entity;

    if (entity != &cox_account && entity != &cox_contact && entity != &cox_lead) {
        return false;
    }
    for (size_t i = 0; i < COX_COUNT(parts); i++) {
        uint32_t field = cox_table_field(applying->table, cox_text_of(parts[i]));

        if (field != COX_NO_FIELD && applying->has[field]) {
            return false;
        }
    }
    return !applying->has[entity->name_field];
}

static enum cox_rc name_deal(struct cox_applying *applying, struct cox_err *reterr)
{
    const struct cox_prepared *prepared = applying->prepared;
    const struct cox_mapping *mapping = &applying->job->mapping;
    size_t account = cox_mapping_find(mapping, COX_COL_FIELD, COX_OPPORTUNITY_ACCOUNT);
    size_t product = cox_mapping_find(mapping, COX_COL_FIELD, COX_OPPORTUNITY_PRODUCT);
    struct cox_text a = account < mapping->count ? prepared->refs[account] : (struct cox_text){0};
    struct cox_text b = product < mapping->count ? prepared->refs[product] : (struct cox_text){0};
    const char *name;

    if (a.size + b.size > 0) {
        name = cox_arena_format(applying->chunk->arena, "%.*s%s%.*s", (int)a.size,
            a.size > 0 ? a.ptr : "", a.size > 0 && b.size > 0 ? ": " : "", (int)b.size,
            b.size > 0 ? b.ptr : "");
    } else {
        return name_by_id(applying, reterr);
    }
    cox_applying_set(applying, COX_OPPORTUNITY_NAME, cox_text_value(cox_text_of(name)));
    return name == NULL ? cox_no_memory(reterr) : COX_OK;
}

static void default_activity(struct cox_applying *applying)
{
    int64_t kind;

    if (!applying->has[COX_ACTIVITY_KIND]) {
        kind = applying->job->default_kind >= 0 ? applying->job->default_kind : COX_ACTIVITY_TASK;
        cox_applying_set(applying, COX_ACTIVITY_KIND, cox_int(kind));
    }
    if (!applying->has[COX_ACTIVITY_SUBJECT]) {
        kind = applying->set[COX_ACTIVITY_KIND].number;
        cox_applying_set(applying, COX_ACTIVITY_SUBJECT,
            cox_text_value(
                cox_text_of(applying->table->fields[COX_ACTIVITY_KIND]->choices[kind].label)));
    }
}

/* A span that is told by its first day alone ends where the file's next one begins. */
static void fill_end(struct cox_applying *applying)
{
    uint32_t from = cox_table_field(applying->table, COX_LIT("from_day"));
    uint32_t to = cox_table_field(applying->table, COX_LIT("to_day"));
    int64_t months = applying->job->survey.span_months;

    if (from == COX_NO_FIELD || to == COX_NO_FIELD || !applying->has[from] || applying->has[to] ||
        months == 0 || (applying->table->fields[to]->flags & COX_REQUIRED) == 0) {
        return;
    }
    cox_applying_set(applying, to, cox_int(cox_day_add_months(applying->set[from].number, months)));
    cox_import_note(applying->job->file, applying->job->work->arena,
        "no last days there; the first days are %lld month%s apart, so each span is that long "
        "(assumed)",
        (long long)months, months == 1 ? "" : "s");
}

enum cox_rc cox_apply_defaults(struct cox_applying *applying, struct cox_err *reterr)
{
    const struct cox_entity *entity = applying->table->entity;
    int64_t user;

    fill_end(applying);
    if (entity->owner_field != COX_NO_FIELD && !applying->has[entity->owner_field] &&
        (applying->table->fields[entity->owner_field]->flags & COX_REQUIRED) != 0) {
        COX_TRY(cox_apply_stand_in(applying->call, applying->job->work, applying->job->source,
            (struct cox_text){0}, &user, reterr));
        cox_applying_set(applying, entity->owner_field, cox_int(user));
        cox_import_note(applying->job->file, applying->job->work->arena,
            "records without an owner belong to \"Unassigned\"");
    }
    if (entity == &cox_opportunity && !applying->has[COX_OPPORTUNITY_NAME]) {
        COX_TRY(name_deal(applying, reterr));
    }
    if (lacks_name(applying)) {
        COX_TRY(name_by_id(applying, reterr));
    }
    if (entity == &cox_activity) {
        default_activity(applying);
    }
    if (entity == &cox_stage && !applying->has[COX_STAGE_PIPELINE]) {
        COX_TRY(cox_stages_pipeline(applying->call, applying->job, (struct cox_text){0}, &user,
            reterr));
        cox_applying_set(applying, COX_STAGE_PIPELINE, cox_int(user));
    }
    if (entity == &cox_stage && !applying->has[COX_STAGE_POSITION]) {
        cox_applying_set(applying, COX_STAGE_POSITION, cox_int(applying->prepared->row));
    }
    return COX_OK;
}

/* Stages say by flags whether they end a deal. */
static void set_stage_kind(struct cox_applying *applying)
{
    const struct cox_prepared *prepared = applying->prepared;
    bool is_certain = applying->table->entity == &cox_stage && applying->has[COX_STAGE_WIN_PROB] &&
                      applying->set[COX_STAGE_WIN_PROB].real >= 1; /* HubSpot has no other flag */
    int64_t kind = COX_STAGE_OPEN;

    if (applying->table->entity != &cox_stage || prepared->closed < 0) {
        return;
    }
    if (prepared->closed == 1) {
        kind = prepared->won == 1 || (prepared->won < 0 && is_certain) ? COX_STAGE_WON
                                                                       : COX_STAGE_LOST;
    }
    cox_applying_set(applying, COX_STAGE_KIND, cox_int(kind));
}

/* Zoho's pipelines say no chance; those of won and lost stages follow from their kind. */
static void set_stage_chance(struct cox_applying *applying)
{
    const struct cox_entity *entity = applying->table->entity;
    struct cox_arena *arena = applying->job->work->arena;
    bool is_open;

    if (entity != &cox_stage || applying->has[COX_STAGE_WIN_PROB] ||
        !applying->has[COX_STAGE_LABEL]) {
        return;
    }
    is_open =
        !applying->has[COX_STAGE_KIND] || applying->set[COX_STAGE_KIND].number == COX_STAGE_OPEN;
    if (is_open) {
        cox_applying_set(applying, COX_STAGE_WIN_PROB,
            cox_real(cox_stages_usual_chance(applying->chunk->arena,
                applying->set[COX_STAGE_LABEL].text)));
        cox_import_note(applying->job->file, arena,
            "stages without a chance of winning have the usual one of their name (assumed)");
    }
}

void cox_apply_stage_facts(struct cox_applying *applying)
{
    set_stage_kind(applying);
    set_stage_chance(applying);
}

/* connect/apply_find.c: which record a read row is, if it is here already. */
#include "connect/applying.h"
#include "connect/stages.h"
#include "org/people.h"
#include "record/query.h"
#include "sales/account.h"
#include "sales/pipeline.h"
#include "sales/product.h"

bool cox_is_matched_by_name(const struct cox_entity *entity)
{
    return entity == &cox_user || entity == &cox_team || entity == &cox_account ||
           entity == &cox_product || entity == &cox_pipeline || entity == &cox_loss_reason ||
           entity == &cox_price_list;
}

static struct cox_text name_of(const struct cox_applying *applying)
{
    struct cox_text name = cox_applying_text(applying, applying->table->entity->name_field);
    struct cox_text first, last;

    if (name.size > 0 || applying->table->entity != &cox_user) {
        return name;
    }
    first = cox_applying_text(applying, COX_USER_FIRST_NAME);
    last = cox_applying_text(applying, COX_USER_LAST_NAME);
    return cox_text_trim(
        cox_text_of(cox_arena_format(applying->chunk->arena, "%.*s %.*s", (int)first.size,
            first.size > 0 ? first.ptr : "", (int)last.size, last.size > 0 ? last.ptr : "")));
}

static enum cox_rc find_by_name(struct cox_applying *applying, int64_t *ret_id,
    struct cox_err *reterr)
{
    const struct cox_entity *entity = applying->table->entity;
    struct cox_resolver *resolver = applying->job->work->resolver;
    struct cox_text email = cox_applying_text(applying,
                        cox_table_field(applying->table, COX_LIT("email"))),
                    other;
    enum cox_found how;

    *ret_id = 0;
    if (email.size > 0) {
        COX_TRY(cox_resolver_find_name(resolver, applying->table, email, ret_id, &how, reterr));
        *ret_id = how == COX_FOUND_EMAIL ? *ret_id : 0;
    }
    if (*ret_id == 0 && cox_is_matched_by_name(entity)) {
        COX_TRY(cox_resolver_find_name(resolver, applying->table, name_of(applying), ret_id, &how,
            reterr));
    }
    if (*ret_id != 0 && applying->prepared->external.size > 0) {
        /* Known there under another id: another record of the same name. */
        COX_TRY(cox_external_of(applying->call, applying->job->source, entity, *ret_id, &other,
            reterr));
        *ret_id = other.size > 0 ? 0 : *ret_id;
    }
    return COX_OK;
}

/* A stage made for deals that came before the file of stages. */
static enum cox_rc find_stage(struct cox_applying *applying, int64_t *ret_id,
    struct cox_err *reterr)
{
    struct cox_query query = {.entity = &cox_stage, .limit = 1};
    struct cox_filter_term terms[2] = {{COX_STAGE_LABEL, "eq", applying->set[COX_STAGE_LABEL]},
        {COX_STAGE_PIPELINE, "eq", applying->set[COX_STAGE_PIPELINE]}};
    struct cox_page page;

    if (!applying->has[COX_STAGE_LABEL]) {
        return COX_OK;
    }
    if (!applying->has[COX_STAGE_PIPELINE]) {
        COX_TRY(cox_stages_pipeline(applying->call, applying->job, (struct cox_text){0}, ret_id,
            reterr));
        terms[1].value = cox_int(*ret_id);
    }
    *ret_id = 0;
    COX_TRY(cox_filter_build(applying->call, &cox_stage, terms, 2, &query.filter, reterr));
    COX_TRY(cox_list(applying->call, &query, &page, reterr));
    *ret_id = page.count > 0 ? page.rows[0].id : 0;
    return COX_OK;
}

/* By the second id, unless the record found is known under another first one. */
static enum cox_rc find_by_other(struct cox_applying *applying, int64_t *ret_id,
    struct cox_err *reterr)
{
    const struct cox_prepared *prepared = applying->prepared;
    struct cox_text known;

    COX_TRY(cox_external_find(applying->call, COX_LIT("hubspot-user"), applying->table->entity,
        prepared->other_external, ret_id, reterr));
    if (*ret_id == 0 || prepared->external.size == 0) {
        return COX_OK;
    }
    COX_TRY(cox_external_of(applying->call, applying->job->source, applying->table->entity, *ret_id,
        &known, reterr));
    *ret_id = known.size > 0 ? 0 : *ret_id;
    return COX_OK;
}

enum cox_rc cox_apply_find(struct cox_applying *applying, const struct cox_row **ret_row,
    struct cox_err *reterr)
{
    const struct cox_entity *entity = applying->table->entity;
    const struct cox_prepared *prepared = applying->prepared;
    struct cox_err missing;
    int64_t id = 0;
    enum cox_rc rc;

    *ret_row = NULL;
    if (prepared->external.size > 0) {
        COX_TRY(cox_external_find(applying->call, applying->job->source, entity, prepared->external,
            &id, reterr));
    }
    if (id == 0 && prepared->other_external.size > 0) {
        COX_TRY(find_by_other(applying, &id, reterr));
        applying->only_empty = id != 0 && prepared->external.size == 0;
    }
    if (id == 0 && entity == &cox_stage) {
        COX_TRY(find_stage(applying, &id, reterr));
    } else if (id == 0 && !cox_text_starts(prepared->external, COX_LIT("row:"))) {
        COX_TRY(find_by_name(applying, &id, reterr));
    }
    if (id == 0) {
        return COX_OK;
    }
    rc = cox_get(applying->call, entity, id, ret_row, &missing);
    if (rc == COX_MISSING || rc == COX_GONE) {
        *ret_row = NULL; /* removed here (an undone import): it comes back as a new record */
        return COX_OK;
    }
    if (rc != COX_OK) {
        *reterr = missing;
    }
    return rc;
}

/* connect/keep.c: run-time fields for columns that have none. */
#include "connect/keep.h"

#include "connect/chunk.h"
#include "record/custom.h"

struct keeping {
    struct cox_work *work;
    bool all;
    int64_t made;
};

static bool is_kept(const struct keeping *keeping, const struct cox_column *column)
{
    return column->header.size > 0 &&
           (column->role == COX_COL_KEEP || (keeping->all && column->role == COX_COL_UNKNOWN));
}

static bool has_label(const struct cox_table *table, struct cox_text label)
{
    for (uint32_t i = 0; i < table->field_count; i++) {
        if (table->fields[i]->label != NULL &&
            cox_text_same(cox_text_of(table->fields[i]->label), label)) {
            return true;
        }
    }
    return false;
}

static enum cox_rc keep_column(struct cox_call *call, struct keeping *keeping, struct cox_job *job,
    const struct cox_column *column, struct cox_err *reterr)
{
    const struct cox_entity *entity = job->mapping.guess.table->entity;
    const struct cox_custom_spec spec = {.label = column->header, .type = COX_TEXT};
    struct cox_err err;
    int64_t id;
    enum cox_rc rc;

    if (has_label(job->mapping.guess.table, column->header)) {
        return COX_OK;
    }
    rc = cox_custom_add(call, entity, &spec, &id, &err);
    if (rc == COX_OK) {
        keeping->made++;
        return COX_OK;
    }
    if (cox_rc_is_refusal(rc)) {
        /* Two files of one entity may have the same unknown column. */
        return COX_OK;
    }
    *reterr = err;
    return rc;
}

static enum cox_rc keep_all(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct keeping *keeping = ctx;

    keeping->made = 0;
    for (size_t j = 0; j < keeping->work->job_count; j++) {
        struct cox_job *job = &keeping->work->jobs[j];

        for (size_t i = 0; job->mapping.guess.kind == COX_KIND_RECORDS && i < job->mapping.count;
             i++) {
            if (is_kept(keeping, &job->mapping.columns[i])) {
                COX_TRY(keep_column(call, keeping, job, &job->mapping.columns[i], reterr));
            }
        }
    }
    return COX_OK;
}

enum cox_rc cox_keep_columns(struct cox_work *work, bool all, bool *ret_is_made,
    struct cox_err *reterr)
{
    struct keeping keeping = {.work = work, .all = all};
    struct cox_write_opt opt = cox_work_write_opt(work);
    bool any = false;

    for (size_t j = 0; j < work->job_count; j++) {
        for (size_t i = 0; i < work->jobs[j].mapping.count; i++) {
            any |= is_kept(&keeping, &work->jobs[j].mapping.columns[i]);
        }
    }
    *ret_is_made = false;
    if (!any) {
        return COX_OK;
    }
    opt.cause = COX_CAUSE_CLI; /* a change of fields, not of the import's records */
    COX_TRY(cox_store_write(work->store, &opt, keep_all, &keeping, NULL, reterr));
    *ret_is_made = keeping.made > 0;
    return COX_OK;
}

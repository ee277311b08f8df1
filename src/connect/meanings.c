/* connect/meanings.c: files of periods and of split types, and what the ids in them stand for. */
#include "connect/meanings.h"

#include "connect/prepare.h"
#include "sales/opportunity.h"
#include "sales/quota.h"

enum { MEANINGS_MAX = 20000 };

struct meaning {
    const struct cox_entity *of; /* whose fields */
    uint32_t fields[COX_MEANT_MAX];
    struct cox_value values[COX_MEANT_MAX];
    size_t count;
};

struct cox_meanings {
    struct cox_map *ids; /* external id -> place */
    struct meaning *all;
    size_t count;
};

void cox_meanings_mark(const struct cox_table *table, bool *mapped)
{
    if (table->entity == &cox_quota) {
        mapped[COX_QUOTA_FROM_DAY] = mapped[COX_QUOTA_TO_DAY] = true;
    } else if (table->entity == &cox_opportunity_split) {
        mapped[COX_OPPORTUNITY_SPLIT_KIND] = true;
    }
}

static size_t column_at(const struct cox_job *job, const char *key)
{
    for (size_t i = 0; i < job->mapping.count; i++) {
        bool is_id;

        if (cox_text_same(cox_header_key(job->work->arena, job->mapping.columns[i].header, &is_id),
                cox_text_of(key))) {
            return i;
        }
    }
    return job->mapping.count;
}

static enum cox_rc open(struct cox_work *work, struct cox_err *reterr)
{
    const struct cox_map_opt opt = {.copy_keys = true};

    if (work->meanings != NULL) {
        return COX_OK;
    }
    work->meanings = COX_NEW(work->arena, struct cox_meanings);
    if (work->meanings == NULL) {
        return cox_no_memory(reterr);
    }
    work->meanings->all = COX_NEW_ARRAY(work->arena, MEANINGS_MAX, struct meaning);
    return work->meanings->all == NULL
               ? cox_no_memory(reterr)
               : cox_map_open_in(work->arena, &opt, &work->meanings->ids, reterr);
}

static enum cox_rc add(struct cox_work *work, struct cox_text id, const struct meaning *meaning,
    struct cox_err *reterr)
{
    struct cox_meanings *meanings = work->meanings;

    if (id.size == 0 || meanings->count == MEANINGS_MAX) {
        return COX_OK;
    }
    meanings->all[meanings->count] = *meaning;
    return cox_map_put(meanings->ids, cox_external_id(work->arena, COX_SALESFORCE, id),
        meanings->count++, reterr);
}

/* ---- periods ---- */

struct days {
    const struct cox_text *from, *to;
    size_t count;
};

static bool read_day(struct cox_text text, enum cox_date_order order, int64_t *ret_day)
{
    const struct cox_date_opt opt = {.order = order};
    struct cox_stamp stamp;
    struct cox_err ignored;

    if (cox_stamp_parse(cox_text_trim(text), &opt, &stamp, &ignored) != COX_OK) {
        return false;
    }
    *ret_day = stamp.day;
    return true;
}

/* The last days of months tell day from month. */
static enum cox_date_order order_of(const struct days *days)
{
    enum cox_date_order order = cox_date_guess(days->to, days->count);

    return order == COX_DATE_DMY || order == COX_DATE_MDY ? order : COX_DATE_YMD;
}

static enum cox_rc add_periods(struct cox_work *work, const struct cox_text *ids,
    const struct days *days, struct cox_err *reterr)
{
    enum cox_date_order order = order_of(days);

    for (size_t i = 0; i < days->count; i++) {
        struct meaning meaning = {.of = &cox_quota,
            .fields = {COX_QUOTA_FROM_DAY, COX_QUOTA_TO_DAY},
            .count = 2};
        int64_t from, to;

        if (read_day(days->from[i], order, &from) && read_day(days->to[i], order, &to)) {
            meaning.values[0] = cox_int(from);
            meaning.values[1] = cox_int(to + 1); /* the last day counts */
            COX_TRY(add(work, ids[i], &meaning, reterr));
        }
    }
    return COX_OK;
}

/* ---- the files ---- */

struct wanted {
    size_t id, from, to, is_total;
};

static enum cox_rc read_periods(struct cox_work *work, struct cox_job *job,
    const struct wanted *wanted, struct cox_err *reterr)
{
    struct cox_text *ids = COX_NEW_ARRAY(work->arena, MEANINGS_MAX, struct cox_text);
    struct cox_text *from = COX_NEW_ARRAY(work->arena, MEANINGS_MAX, struct cox_text);
    struct cox_text *to = COX_NEW_ARRAY(work->arena, MEANINGS_MAX, struct cox_text);
    struct days days = {from, to, 0};
    struct cox_feed_row row;

    if (ids == NULL || from == NULL || to == NULL) {
        return cox_no_memory(reterr);
    }
    do {
        COX_TRY(cox_feed_next(job->feed, &row, reterr));
        if (row.row != 0 && days.count < MEANINGS_MAX) {
            ids[days.count] = cox_arena_text(work->arena, row.cells[wanted->id]);
            from[days.count] = cox_arena_text(work->arena, row.cells[wanted->from]);
            to[days.count++] = cox_arena_text(work->arena, row.cells[wanted->to]);
        }
    } while (row.row != 0);
    return add_periods(work, ids, &days, reterr);
}

/* Shares that need not sum to 100 % are overlays. */
static enum cox_rc read_split_types(struct cox_work *work, struct cox_job *job,
    const struct wanted *wanted, struct cox_err *reterr)
{
    struct cox_feed_row row;

    for (;;) {
        struct meaning meaning = {.of = &cox_opportunity_split,
            .fields = {COX_OPPORTUNITY_SPLIT_KIND},
            .count = 1};

        COX_TRY(cox_feed_next(job->feed, &row, reterr));
        if (row.row == 0) {
            return COX_OK;
        }
        meaning.values[0] = cox_int(cox_bool_of(cox_text_trim(row.cells[wanted->is_total])) == 1
                                        ? COX_SPLIT_REVENUE
                                        : COX_SPLIT_OVERLAY);
        COX_TRY(add(work, row.cells[wanted->id], &meaning, reterr));
    }
}

enum cox_rc cox_meanings_read(struct cox_work *work, struct cox_job *job, struct cox_err *reterr)
{
    struct wanted wanted = {column_at(job, "id"), column_at(job, "startdate"),
        column_at(job, "enddate"), column_at(job, "istotalvalidated")};
    size_t none = job->mapping.count;
    enum cox_rc rc = COX_OK;

    if (wanted.id == none) {
        return COX_OK;
    }
    COX_TRY(open(work, reterr));
    COX_TRY(cox_feed_rewind(job->feed, reterr));
    if (wanted.is_total < none) {
        rc = read_split_types(work, job, &wanted, reterr);
    } else if (wanted.from < none && wanted.to < none) {
        rc = read_periods(work, job, &wanted, reterr);
    }
    cox_feed_close(job->feed);
    return rc;
}

/* ---- asking ---- */

static void tell_missing(const struct cox_job *job, struct cox_prepared *row, struct cox_text id)
{
    if (job->mapping.guess.table->entity == &cox_opportunity_split) {
        cox_import_note(job->file, job->work->arena,
            "the types of these splits are in no file (OpportunitySplitType); shares of a type that "
            "is not known are taken for revenue");
    } else if (cox_mapping_find(&job->mapping, COX_COL_FIELD, COX_QUOTA_FROM_DAY) ==
                   job->mapping.count &&
               row->err.rc == COX_OK) {
        (void)cox_fail_at(&row->err, COX_INVALID, "period", row->row,
            "the period \"%.*s\" is in no file here; export the periods (Period) beside the quotas",
            (int)id.size, id.ptr);
    }
}

void cox_meanings_set(const struct cox_job *job, struct cox_prepared *row, struct cox_text id)
{
    const struct cox_meanings *meanings = job->work->meanings;
    const struct meaning *meaning = NULL;
    struct cox_text external = cox_external_id(job->work->arena, COX_SALESFORCE, id);
    uint64_t place;

    if (meanings != NULL && cox_map_find(meanings->ids, external, &place)) {
        meaning = &meanings->all[place];
    }
    if (meaning == NULL || meaning->of != job->mapping.guess.table->entity) {
        tell_missing(job, row, id);
        return;
    }
    for (size_t i = 0; i < meaning->count; i++) {
        row->meant_fields[i] = meaning->fields[i];
        row->meant[i] = meaning->values[i];
    }
    row->meant_count = meaning->count;
}

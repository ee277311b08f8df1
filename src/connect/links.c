/* connect/links.c: pairs of ids. */
#include "connect/links.h"

#include "connect/convert.h"
#include "connect/deal_contacts.h"
#include "connect/reject.h"
#include "connect/run.h"
#include "sales/account.h"
#include "sales/opportunity.h"

/* From the record of the first key to that of the second. */
static const struct link {
    const char *from_key, *to_key;
    const struct cox_entity *from, *to;
    uint32_t field;
} links[] = {
    {"dealid", "companyid", &cox_opportunity, &cox_account, COX_OPPORTUNITY_ACCOUNT},
    {"dealid", "contactid", &cox_opportunity, &cox_contact, COX_OPPORTUNITY_CONTACT},
    {"opportunityid", "contactid", &cox_opportunity, &cox_contact, COX_OPPORTUNITY_CONTACT},
    {"contactid", "companyid", &cox_contact, &cox_account, COX_CONTACT_ACCOUNT},
};

struct linking {
    struct cox_job *job;
    const struct link *link;
    size_t from_at, to_at, primary_at, role_at, deleted_at;
    struct cox_text (*rows)[2];
    struct cox_text **cells;
    int64_t *lines;
    enum cox_outcome *outcome;
    struct cox_err *err;
    size_t count;
};

static size_t key_at(const struct cox_job *job, const char *key)
{
    for (size_t i = 0; i < job->mapping.count; i++) {
        bool is_id;
        struct cox_text header =
            cox_header_key(job->work->arena, job->mapping.columns[i].header, &is_id);

        if (cox_text_same(header, cox_text_of(key))) {
            return i;
        }
    }
    return job->mapping.count;
}

static enum cox_rc find(struct cox_call *call, const struct linking *linking,
    const struct cox_entity *entity, struct cox_text id, int64_t *ret_id, struct cox_err *reterr)
{
    COX_TRY(cox_external_find(call, linking->job->source, entity, id, ret_id, reterr));
    return *ret_id != 0 ? COX_OK
                        : cox_fail_at(reterr, COX_INVALID, entity->name, 0,
                              "there is no %s known as \"%.*s\"", entity->name, (int)id.size,
                              id.size > 0 ? id.ptr : "");
}

/* The cell of a column that may not be there. */
static struct cox_text cell(const struct linking *linking, size_t at, size_t column)
{
    return column < linking->job->mapping.count ? cox_text_trim(linking->cells[at][column])
                                                : (struct cox_text){0};
}

static bool is_deleted(const struct linking *linking, size_t at)
{
    return cox_bool_of(cell(linking, at, linking->deleted_at)) == 1;
}

/* All people of a deal are kept with their roles, not only the one it names. */
static enum cox_rc put_role(struct cox_call *call, struct linking *linking, size_t at,
    struct cox_deal_contact_of *of, struct cox_err *reterr)
{
    bool is_new, is_changed;

    of->role = cell(linking, at, linking->role_at);
    of->is_primary = cox_bool_of(cell(linking, at, linking->primary_at));
    COX_TRY(cox_deal_contact_put(call, of, &is_new, &is_changed, reterr));
    linking->outcome[at] = is_new       ? COX_OUTCOME_CREATED
                           : is_changed ? COX_OUTCOME_UPDATED
                                        : COX_OUTCOME_UNCHANGED;
    return COX_OK;
}

static enum cox_rc link_row(struct cox_call *call, struct linking *linking, size_t at,
    struct cox_err *reterr)
{
    const struct link *link = linking->link;
    struct cox_change change = {.field = link->field};
    const struct cox_row *row;
    int64_t from, to;
    bool is_primary = linking->primary_at < linking->job->mapping.count &&
                      cox_bool_of(linking->cells[at][linking->primary_at]) == 1;

    linking->outcome[at] = COX_OUTCOME_UNCHANGED;
    if (is_deleted(linking, at)) {
        return COX_OK;
    }
    COX_TRY(find(call, linking, link->from, linking->rows[at][0], &from, reterr));
    COX_TRY(find(call, linking, link->to, linking->rows[at][1], &to, reterr));
    if (link->from == &cox_opportunity && link->to == &cox_contact) {
        struct cox_deal_contact_of of = {.opportunity = from, .contact = to};

        COX_TRY(put_role(call, linking, at, &of, reterr));
    }
    COX_TRY(cox_get(call, link->from, from, &row, reterr));
    /* The first that is named, unless the file says which one comes first. */
    if (cox_row_int(row, link->field) == to ||
        (cox_row_int(row, link->field) != COX_NULL && !is_primary)) {
        return COX_OK;
    }
    linking->outcome[at] =
        linking->outcome[at] == COX_OUTCOME_CREATED ? COX_OUTCOME_CREATED : COX_OUTCOME_UPDATED;
    change.value = cox_int(to);
    return cox_change_fields(call, link->from, from, 0, &change, 1, NULL, reterr);
}

static enum cox_rc link_rows(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct linking *linking = ctx;

    for (size_t i = 0; i < linking->count; i++) {
        struct cox_err *err = &linking->err[i];

        *err = (struct cox_err){0};
        err->rc = link_row(call, linking, i, err);
        if (err->rc != COX_OK && !cox_rc_is_refusal(err->rc)) {
            *reterr = *err;
            return err->rc;
        }
        linking->outcome[i] = err->rc != COX_OK ? COX_OUTCOME_REJECTED : linking->outcome[i];
    }
    return COX_OK;
}

static enum cox_rc read_some(struct linking *linking, struct cox_arena *arena,
    struct cox_err *reterr)
{
    struct cox_job *job = linking->job;
    struct cox_feed_row from;

    cox_arena_rewind(arena, (struct cox_mark){0});
    linking->rows = cox_arena_array(arena, COX_IMPORT_CHUNK, sizeof *linking->rows);
    linking->cells = COX_NEW_ARRAY(arena, COX_IMPORT_CHUNK, struct cox_text *);
    linking->lines = COX_NEW_ARRAY(arena, COX_IMPORT_CHUNK, int64_t);
    linking->outcome = COX_NEW_ARRAY(arena, COX_IMPORT_CHUNK, enum cox_outcome);
    linking->err = COX_NEW_ARRAY(arena, COX_IMPORT_CHUNK, struct cox_err);
    if (linking->rows == NULL || linking->cells == NULL || linking->lines == NULL ||
        linking->outcome == NULL || linking->err == NULL) {
        return cox_no_memory(reterr);
    }
    for (linking->count = 0; linking->count < COX_IMPORT_CHUNK; linking->count++) {
        struct cox_text *cells = COX_NEW_ARRAY(arena, job->mapping.count, struct cox_text);
        int source = job->mapping.guess.source;

        COX_TRY(cox_feed_next(job->feed, &from, reterr));
        if (from.row == 0 || cells == NULL) {
            return cells == NULL ? cox_no_memory(reterr) : COX_OK;
        }
        for (size_t i = 0; i < job->mapping.count; i++) {
            cells[i] = cox_arena_text(arena, from.cells[i]);
        }
        linking->cells[linking->count] = cells;
        linking->lines[linking->count] = from.line;
        linking->rows[linking->count][0] = cox_external_id(arena, source, cells[linking->from_at]);
        linking->rows[linking->count][1] = cox_external_id(arena, source, cells[linking->to_at]);
    }
    return COX_OK;
}

static void tally(const struct linking *linking, struct cox_reject *reject)
{
    struct cox_import_file *file = linking->job->file;

    for (size_t i = 0; i < linking->count; i++) {
        file->read++;
        file->created += linking->outcome[i] == COX_OUTCOME_CREATED;
        file->updated += linking->outcome[i] == COX_OUTCOME_UPDATED;
        file->unchanged += linking->outcome[i] == COX_OUTCOME_UNCHANGED;
        if (linking->outcome[i] == COX_OUTCOME_REJECTED) {
            file->rejected++;
            cox_reject_add(reject, linking->cells[i], &linking->err[i]);
            cox_import_reject(file, linking->job->work->arena, linking->lines[i], &linking->err[i]);
        }
    }
}

enum cox_rc cox_links_file(struct cox_job *job, struct cox_err *reterr)
{
    struct linking linking = {.job = job};
    COX_AUTO_ARENA arena = cox_arena_open((size_t)64 << 20);
    struct cox_reject *reject;

    for (size_t i = 0; i < COX_COUNT(links) && linking.link == NULL; i++) {
        linking.from_at = key_at(job, links[i].from_key);
        linking.to_at = key_at(job, links[i].to_key);
        if (linking.from_at < job->mapping.count && linking.to_at < job->mapping.count) {
            linking.link = &links[i];
        }
    }
    linking.primary_at = key_at(job, "isprimary");
    linking.role_at = key_at(job, "role");
    linking.deleted_at = key_at(job, "isdeleted");
    if (linking.link == NULL || arena == NULL) {
        return arena == NULL ? cox_no_memory(reterr)
                             : cox_fail(reterr, COX_INVALID, "these pairs link nothing known");
    }
    COX_TRY(cox_reject_open(job, 0, &reject, reterr));
    do {
        COX_TRY(read_some(&linking, arena, reterr));
        COX_TRY(cox_work_write(job->work, link_rows, &linking, reterr));
        tally(&linking, reject);
        COX_TRY(cox_reject_flush(reject, reterr));
    } while (linking.count == COX_IMPORT_CHUNK);
    return COX_OK;
}

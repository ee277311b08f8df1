/* connect/teams.c: reporting lines, memberships, hats, offices. */
#include "connect/teams.h"

#include "connect/chunk.h"
#include "connect/reject.h"
#include "connect/run.h"
#include "org/people.h"
#include "record/query.h"

/* ---- pairs that are there once ---- */

/* The first record of an entity whose two fields have these values; id 0: none. */
static enum cox_rc find_pair(struct cox_call *call, const struct cox_entity *entity,
    const struct cox_filter_term *terms, size_t count, struct cox_page *ret_page,
    struct cox_err *reterr)
{
    struct cox_query query = {.entity = entity, .limit = COX_PAGE_MAX};

    COX_TRY(cox_filter_build(call, entity, terms, count, &query.filter, reterr));
    return cox_list(call, &query, ret_page, reterr);
}

static enum cox_rc make_pair(struct cox_call *call, const struct cox_entity *entity, uint32_t left,
    int64_t left_value, uint32_t right, int64_t right_value, bool *ret_is_made,
    struct cox_err *reterr)
{
    const struct cox_filter_term terms[2] = {{left, "eq", cox_int(left_value)},
        {right, "eq", cox_int(right_value)}};
    struct cox_row *row;
    struct cox_page page;
    int64_t id;

    COX_TRY(find_pair(call, entity, terms, 2, &page, reterr));
    *ret_is_made = page.count == 0;
    if (page.count > 0) {
        return COX_OK;
    }
    row = cox_row_new(call, entity);
    if (row == NULL) {
        return cox_no_memory(reterr);
    }
    cox_row_set(row, left, cox_int(left_value));
    cox_row_set(row, right, cox_int(right_value));
    return cox_create_since_ever(call, row, &id, reterr);
}

enum cox_rc cox_teams_join(struct cox_call *call, int64_t team, int64_t user,
    struct cox_err *reterr)
{
    bool is_made;

    return make_pair(call, &cox_team_member, COX_TEAM_MEMBER_TEAM, team, COX_TEAM_MEMBER_USER, user,
        &is_made, reterr);
}

static enum cox_rc wear(struct cox_call *call, int64_t user, enum cox_role role,
    struct cox_err *reterr)
{
    bool is_made;

    return make_pair(call, &cox_hat, COX_HAT_USER, user, COX_HAT_ROLE, (int64_t)role, &is_made,
        reterr);
}

static bool is_open(const struct cox_row *line, int64_t today)
{
    int64_t to_day = cox_row_int(line, COX_REPORTING_LINE_TO_DAY);

    return to_day == COX_NULL || to_day > today;
}

enum cox_rc cox_teams_report(struct cox_call *call, int64_t user, int64_t manager,
    struct cox_err *reterr)
{
    const struct cox_filter_term term = {COX_REPORTING_LINE_USER, "eq", cox_int(user)};
    int64_t today = cox_call_day(call, cox_call_now_us(call)), from_day = COX_NULL, id;
    const struct cox_change end = {COX_REPORTING_LINE_TO_DAY, cox_int(today)};
    const struct cox_change other = {COX_REPORTING_LINE_MANAGER, cox_int(manager)};
    struct cox_page page;
    struct cox_row *row;

    COX_TRY(find_pair(call, &cox_reporting_line, &term, 1, &page, reterr));
    for (size_t i = 0; i < page.count; i++) {
        const struct cox_row *line = &page.rows[i];

        if (!is_open(line, today)) {
            continue;
        }
        if (cox_row_int(line, COX_REPORTING_LINE_MANAGER) == manager) {
            return COX_OK;
        }
        from_day = today;
        if (cox_row_int(line, COX_REPORTING_LINE_FROM_DAY) == today) {
            return cox_change_fields(call, &cox_reporting_line, line->id, 0, &other, 1, NULL,
                reterr);
        }
        COX_TRY(cox_change_fields(call, &cox_reporting_line, line->id, 0, &end, 1, NULL, reterr));
    }
    row = cox_row_new(call, &cox_reporting_line);
    if (row == NULL) {
        return cox_no_memory(reterr);
    }
    cox_row_set(row, COX_REPORTING_LINE_USER, cox_int(user));
    cox_row_set(row, COX_REPORTING_LINE_MANAGER, cox_int(manager));
    cox_row_set(row, COX_REPORTING_LINE_FROM_DAY, cox_int(from_day));
    return cox_create_since_ever(call, row, &id, reterr);
}

/* ---- a sales-team file ---- */

struct team_columns {
    size_t agent, manager, office; /* count of columns: none */
};

struct team_row {
    struct cox_text *cells;
    int64_t line;
    enum cox_outcome outcome;
    struct cox_err err;
};

struct team_file {
    struct cox_job *job;
    struct team_columns columns;
    struct team_row *rows;
    size_t count;
};

static size_t column_of(const struct cox_job *job, const char *keys)
{
    struct cox_arena *arena = job->work->arena;
    struct cox_text rest = cox_text_of(keys);

    for (struct cox_text one; cox_alias_next(&rest, &one);) {
        for (size_t i = 0; i < job->mapping.count; i++) {
            bool is_id;

            if (cox_text_same(cox_header_key(arena, job->mapping.columns[i].header, &is_id), one)) {
                return i;
            }
        }
    }
    return job->mapping.count;
}

static struct cox_text cell(const struct team_file *file, const struct team_row *row, size_t at)
{
    return at == file->job->mapping.count ? (struct cox_text){0} : cox_text_trim(row->cells[at]);
}

/* A person by name, made when there is none; active from now on. */
static enum cox_rc ensure_person(struct cox_call *call, struct cox_job *job, struct cox_text name,
    struct cox_text office, int64_t *ret_id, struct team_row *row, struct cox_err *reterr)
{
    const struct cox_table *table = cox_registry_entity(cox_call_registry(call), &cox_user);
    struct cox_change changes[2] = {{COX_USER_OFFICE, cox_text_value(office)},
        {COX_USER_IS_ACTIVE, cox_int(1)}};
    enum cox_found how;
    struct cox_row *person;
    bool is_changed;

    COX_TRY(cox_resolver_find_name(job->work->resolver, table, name, ret_id, &how, reterr));
    if (how == COX_FOUND_MANY) {
        return cox_fail_at(reterr, COX_INVALID, "user", 0, "several people are called \"%.*s\"",
            (int)name.size, name.ptr);
    }
    if (*ret_id != 0) {
        size_t first = office.size == 0;

        COX_TRY(cox_change_fields(call, &cox_user, *ret_id, 0, changes + first, 2 - first,
            &is_changed, reterr));
        row->outcome = is_changed ? COX_OUTCOME_UPDATED : row->outcome;
        return COX_OK;
    }
    person = cox_row_new(call, &cox_user);
    if (person == NULL) {
        return cox_no_memory(reterr);
    }
    cox_row_set(person, COX_USER_NAME, cox_text_value(name));
    cox_row_set(person, COX_USER_OFFICE, cox_text_value(office));
    cox_row_set(person, COX_USER_IS_ACTIVE, cox_int(1));
    COX_TRY(cox_create_since_ever(call, person, ret_id, reterr));
    row->outcome = COX_OUTCOME_CREATED;
    return cox_resolver_add(job->work->resolver, table, *ret_id, name, (struct cox_text){0},
        reterr);
}

static enum cox_rc ensure_team(struct cox_call *call, struct cox_job *job, struct cox_text name,
    enum cox_team_kind kind, int64_t parent, int64_t lead, int64_t *ret_id, struct cox_err *reterr)
{
    const struct cox_table *table = cox_registry_entity(cox_call_registry(call), &cox_team);
    struct cox_row *row;
    enum cox_found how;

    COX_TRY(cox_resolver_find_name(job->work->resolver, table, name, ret_id, &how, reterr));
    if (*ret_id != 0) {
        return COX_OK;
    }
    row = cox_row_new(call, &cox_team);
    if (row == NULL) {
        return cox_no_memory(reterr);
    }
    cox_row_set(row, COX_TEAM_NAME, cox_text_value(name));
    cox_row_set(row, COX_TEAM_KIND, cox_int(kind));
    cox_row_set(row, COX_TEAM_PARENT, cox_int(parent));
    cox_row_set(row, COX_TEAM_LEAD, cox_int(lead));
    COX_TRY(cox_create_since_ever(call, row, ret_id, reterr));
    return cox_resolver_add(job->work->resolver, table, *ret_id, name, (struct cox_text){0},
        reterr);
}

enum cox_rc cox_teams_named(struct cox_call *call, struct cox_job *job, struct cox_text name,
    int64_t *ret_team, struct cox_err *reterr)
{
    return ensure_team(call, job, name, COX_TEAM_TEAM, COX_NULL, COX_NULL, ret_team, reterr);
}

static enum cox_rc place_manager(struct cox_call *call, struct cox_job *job, struct cox_text name,
    struct cox_text office, int64_t office_id, int64_t *ret_manager, int64_t *ret_team,
    struct cox_err *reterr)
{
    struct team_row ignored = {0}; /* the row counts its agent */
    const char *team =
        cox_arena_format(cox_call_arena(call), "Team %.*s", (int)name.size, name.ptr);

    if (team == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(ensure_person(call, job, name, office, ret_manager, &ignored, reterr));
    COX_TRY(wear(call, *ret_manager, COX_MANAGER, reterr));
    COX_TRY(ensure_team(call, job, cox_text_of(team), COX_TEAM_TEAM,
        office_id == 0 ? COX_NULL : office_id, *ret_manager, ret_team, reterr));
    return cox_teams_join(call, *ret_team, *ret_manager, reterr);
}

static enum cox_rc place_row(struct cox_call *call, const struct team_file *file,
    struct team_row *row, struct cox_err *reterr)
{
    struct cox_job *job = file->job;
    struct cox_text agent = cell(file, row, file->columns.agent);
    struct cox_text manager = cell(file, row, file->columns.manager);
    struct cox_text office = cell(file, row, file->columns.office);
    int64_t user, manager_id, office_id = 0, team = 0;

    row->outcome = COX_OUTCOME_UNCHANGED;
    if (agent.size == 0) {
        return cox_fail_at(reterr, COX_INVALID, "agent", 0, "the row names nobody");
    }
    if (office.size > 0) {
        COX_TRY(ensure_team(call, job, office, COX_TEAM_OFFICE, COX_NULL, COX_NULL, &office_id,
            reterr));
        team = office_id;
    }
    COX_TRY(ensure_person(call, job, agent, office, &user, row, reterr));
    COX_TRY(wear(call, user, COX_REP, reterr));
    if (manager.size > 0 && !cox_text_same(manager, agent)) {
        COX_TRY(place_manager(call, job, manager, office, office_id, &manager_id, &team, reterr));
        COX_TRY(cox_teams_report(call, user, manager_id, reterr));
    }
    return team == 0 ? COX_OK : cox_teams_join(call, team, user, reterr);
}

static enum cox_rc place_all(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct team_file *file = ctx;

    cox_resolver_forget(file->job->work->resolver);
    for (size_t i = 0; i < file->count; i++) {
        struct team_row *row = &file->rows[i];

        row->err = (struct cox_err){0};
        row->err.rc = place_row(call, file, row, &row->err);
        if (row->err.rc != COX_OK && !cox_rc_is_refusal(row->err.rc)) {
            *reterr = row->err;
            return row->err.rc;
        }
        row->outcome = row->err.rc != COX_OK ? COX_OUTCOME_REJECTED : row->outcome;
    }
    return COX_OK;
}

static enum cox_rc read_rows(struct team_file *file, struct cox_err *reterr)
{
    struct cox_job *job = file->job;
    struct cox_arena *arena = job->work->arena;
    struct cox_feed_row from;

    file->rows = COX_NEW_ARRAY(arena, (size_t)job->survey.row_count, struct team_row);
    if (file->rows == NULL) {
        return cox_no_memory(reterr);
    }
    while (file->count < (size_t)job->survey.row_count) {
        struct team_row *row = &file->rows[file->count];

        COX_TRY(cox_feed_next(job->feed, &from, reterr));
        if (from.row == 0) {
            break;
        }
        row->cells = COX_NEW_ARRAY(arena, job->mapping.count, struct cox_text);
        row->line = from.line;
        for (size_t i = 0; row->cells != NULL && i < job->mapping.count; i++) {
            row->cells[i] = cox_arena_text(arena, from.cells[i]);
        }
        if (row->cells == NULL) {
            return cox_no_memory(reterr);
        }
        file->count++;
    }
    return COX_OK;
}

enum cox_rc cox_teams_file(struct cox_job *job, struct cox_err *reterr)
{
    struct cox_work *work = job->work;
    struct team_file file = {.job = job,
        .columns = {column_of(job, "salesagent|agent|salesrep|rep|salesperson|representative|"
                                   "accountexecutive|seller"),
            column_of(job, "manager|salesmanager|teamlead|supervisor|teamleader|reportsto"),
            column_of(job, "regionaloffice|office|region|location|branch|team")}};
    struct cox_reject *reject;

    COX_TRY(read_rows(&file, reterr));
    COX_TRY(cox_reject_open(job, 0, &reject, reterr));
    COX_TRY(cox_work_write(work, place_all, &file, reterr));
    cox_resolver_settle(work->resolver);
    for (size_t i = 0; i < file.count; i++) {
        const struct team_row *row = &file.rows[i];

        job->file->read++;
        job->file->created += row->outcome == COX_OUTCOME_CREATED;
        job->file->updated += row->outcome == COX_OUTCOME_UPDATED;
        job->file->unchanged += row->outcome == COX_OUTCOME_UNCHANGED;
        job->file->rejected += row->outcome == COX_OUTCOME_REJECTED;
        if (row->outcome == COX_OUTCOME_REJECTED) {
            cox_reject_add(reject, row->cells, &row->err);
            cox_import_reject(job->file, work->arena, row->line, &row->err);
        }
    }
    return cox_reject_flush(reject, reterr);
}

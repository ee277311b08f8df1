/* sales/team.c: the people of a team and of the teams below it. */
#include "sales/team.h"

#include "base/num.h"
#include "org/people.h"
#include "record/query.h"

struct team_tree {
    struct cox_call *call;
    int64_t day;
    int64_t *teams, *members;
    size_t team_count, team_room, member_count, member_room;
    bool has_grown;
};

static bool has_id(const int64_t *ids, size_t count, int64_t id)
{
    for (size_t i = 0; i < count; i++) {
        if (ids[i] == id) {
            return true;
        }
    }
    return false;
}

static enum cox_rc add_id(struct cox_arena *arena, int64_t **ids, size_t *count, size_t *room,
    int64_t id, struct cox_err *reterr)
{
    if (*count == *room) {
        size_t more = *room == 0 ? 64 : 2 * *room;
        int64_t *bigger = COX_NEW_ARRAY(arena, more, int64_t);

        if (bigger == NULL) {
            return cox_no_memory(reterr);
        }
        if (*count > 0) {
            memcpy(bigger, *ids, *count * sizeof(**ids));
        }
        *ids = bigger;
        *room = more;
    }
    (*ids)[(*count)++] = id;
    return COX_OK;
}

static enum cox_rc note_team(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct team_tree *tree = (struct team_tree *)ctx;

    if (!has_id(tree->teams, tree->team_count, cox_row_int(row, COX_TEAM_PARENT)) ||
        has_id(tree->teams, tree->team_count, row->id)) {
        return COX_OK;
    }
    tree->has_grown = true;
    return add_id(cox_call_arena(tree->call), &tree->teams, &tree->team_count, &tree->team_room,
        row->id, reterr);
}

static enum cox_rc note_member(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct team_tree *tree = (struct team_tree *)ctx;
    struct cox_team_member member;

    cox_row_unpack(row, &member);
    if (!has_id(tree->teams, tree->team_count, member.team) ||
        (member.from_day != COX_NULL && member.from_day > tree->day) ||
        (member.to_day != COX_NULL && member.to_day <= tree->day)) {
        return COX_OK;
    }
    return add_id(cox_call_arena(tree->call), &tree->members, &tree->member_count,
        &tree->member_room, member.user, reterr);
}

enum cox_rc cox_team_people(struct cox_call *call, int64_t team, int64_t day, int64_t **ret_users,
    size_t *ret_count, struct cox_err *reterr)
{
    struct team_tree tree = {.call = call, .day = day};
    struct cox_team top;

    COX_TRY(cox_load(call, &cox_team, team, &top, reterr));
    COX_TRY(
        add_id(cox_call_arena(call), &tree.teams, &tree.team_count, &tree.team_room, team, reterr));
    do {
        tree.has_grown = false;
        COX_TRY(cox_each(call, &cox_team, NULL, note_team, &tree, reterr));
    } while (tree.has_grown);
    COX_TRY(cox_each(call, &cox_team_member, NULL, note_member, &tree, reterr));
    if (top.lead != COX_NULL) {
        COX_TRY(add_id(cox_call_arena(call), &tree.members, &tree.member_count, &tree.member_room,
            top.lead, reterr));
    }
    if (tree.members == NULL) {
        return cox_fail_at(reterr, COX_MISSING, "team", 0, "nobody is in that team");
    }
    *ret_users = tree.members;
    *ret_count = tree.member_count;
    return COX_OK;
}

enum cox_rc cox_team_find(struct cox_call *call, struct cox_text text, int64_t *ret_team,
    struct cox_err *reterr)
{
    const struct cox_filter_term term = {COX_TEAM_NAME, "eq", cox_text_value(text)};
    struct cox_query query = {.entity = &cox_team, .limit = 2};
    struct cox_page page;
    int64_t id;

    if (cox_num_parse_plain(text, &id)) {
        *ret_team = id;
        return COX_OK;
    }
    COX_TRY(cox_filter_build(call, &cox_team, &term, 1, &query.filter, reterr));
    COX_TRY(cox_list(call, &query, &page, reterr));
    if (page.count != 1) {
        return cox_fail_at(reterr, page.count == 0 ? COX_MISSING : COX_INVALID, "team", 0,
            page.count == 0 ? "there is no team \"%.*s\"" : "there are several teams \"%.*s\"",
            (int)text.size, text.ptr);
    }
    *ret_team = page.rows[0].id;
    return COX_OK;
}

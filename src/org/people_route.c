/*
 * org/people_route.c: GET /people: everybody with teams, manager and hats on a day, as known at an
 * instant. Changes are ordinary records; the ids of the rows to change are in the reply.
 */
#include "org/people_route.h"

#include "base/day.h"
#include "base/map.h"
#include "org/people.h"
#include "record/cell.h"
#include "record/query.h"

/* What holds for one person on the day. Linked rows lie in the call's arena. */
struct tie {
    int64_t row, other, from_day, to_day;
    struct tie *next;
};

struct person {
    int64_t id;
    struct cox_user user;
    struct tie *lines, *teams, *hats; /* other: manager, team, role */
};

struct tree {
    struct cox_exchange *x;
    struct cox_call *call;
    struct cox_text day_text;
    int64_t day;
    struct person *people;
    size_t count, room;
    struct cox_imap *by_id;
    struct cox_json json;
};

/* ---- loading ---- */

static enum cox_rc note_person(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct tree *tree = (struct tree *)ctx;
    struct cox_arena *arena = cox_call_arena(tree->call);
    struct person *person;

    if (tree->count == tree->room) {
        size_t room = tree->room == 0 ? 128 : 2 * tree->room;
        struct person *people = COX_NEW_ARRAY(arena, room, struct person);

        if (people == NULL) {
            return cox_no_memory(reterr);
        }
        if (tree->count > 0) {
            memcpy(people, tree->people, tree->count * sizeof(*people));
        }
        tree->people = people;
        tree->room = room;
    }
    person = &tree->people[tree->count];
    cox_row_unpack(row, &person->user);
    person->id = row->id;
    person->user.name = cox_arena_text(arena, person->user.name);
    person->user.title = cox_arena_text(arena, person->user.title);
    person->user.email = cox_arena_text(arena, person->user.email);
    return cox_imap_put(tree->by_id, row->id, tree->count++, reterr);
}

static enum cox_rc add_tie(struct tree *tree, struct tie **list, const struct tie *tie,
    struct cox_err *reterr)
{
    struct tie *kept = COX_NEW(cox_call_arena(tree->call), struct tie);

    if (kept == NULL) {
        return cox_no_memory(reterr);
    }
    while (*list != NULL) {
        list = &(*list)->next;
    }
    *kept = *tie;
    *list = kept;
    return COX_OK;
}

static struct person *person_of(const struct tree *tree, int64_t user)
{
    uint64_t at;

    return cox_imap_find(tree->by_id, user, &at) ? &tree->people[at] : NULL;
}

static enum cox_rc note_line(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct tree *tree = (struct tree *)ctx;
    struct cox_reporting_line line;
    struct person *person;

    cox_row_unpack(row, &line);
    person = person_of(tree, line.user);
    if (person == NULL || !cox_days_hold(line.from_day, line.to_day, tree->day)) {
        return COX_OK;
    }
    const struct tie tie = {row->id, line.manager, line.from_day, line.to_day, NULL};
    return add_tie(tree, &person->lines, &tie, reterr);
}

static enum cox_rc note_member(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct tree *tree = (struct tree *)ctx;
    struct cox_team_member member;
    struct person *person;

    cox_row_unpack(row, &member);
    person = person_of(tree, member.user);
    if (person == NULL || !cox_days_hold(member.from_day, member.to_day, tree->day)) {
        return COX_OK;
    }
    const struct tie tie = {row->id, member.team, member.from_day, member.to_day, NULL};
    return add_tie(tree, &person->teams, &tie, reterr);
}

static enum cox_rc note_hat(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct tree *tree = (struct tree *)ctx;
    struct cox_hat hat;
    struct person *person;

    cox_row_unpack(row, &hat);
    person = person_of(tree, hat.user);
    if (person == NULL || !cox_days_hold(hat.from_day, hat.to_day, tree->day)) {
        return COX_OK;
    }
    const struct tie tie = {row->id, hat.role, hat.from_day, hat.to_day, NULL};
    return add_tie(tree, &person->hats, &tie, reterr);
}

/* ---- writing ---- */

/* The rows behind what holds, so that they can be ended or changed. */
static void put_ties(struct cox_json *json, const char *key, const char *other,
    const struct tie *ties, const struct cox_choice *names)
{
    cox_json_key(json, key);
    cox_json_begin_array(json);
    for (const struct tie *tie = ties; tie != NULL; tie = tie->next) {
        cox_json_begin_object(json);
        cox_json_put_int(json, "id", tie->row);
        if (names != NULL) {
            cox_json_put_string(json, other, names[tie->other].name);
        } else {
            cox_cell_put_number(json, other, tie->other);
        }
        cox_cell_put_day(json, "from_day", tie->from_day);
        cox_cell_put_day(json, "to_day", tie->to_day);
        cox_json_end_object(json);
    }
    cox_json_end_array(json);
}

static void put_person(struct tree *tree, const struct person *person)
{
    struct cox_json *json = &tree->json;
    const struct cox_user *user = &person->user;

    cox_json_begin_object(json);
    cox_json_put_int(json, "id", person->id);
    cox_json_put_text(json, "name", user->name);
    cox_json_put_text(json, "title", user->title);
    cox_json_put_text(json, "email", user->email);
    cox_cell_put_number(json, "team", person->teams == NULL ? COX_NULL : person->teams->other);
    cox_cell_put_number(json, "manager", person->lines == NULL ? COX_NULL : person->lines->other);
    put_ties(json, "hats", "role", person->hats, cox_hat.fields[COX_HAT_ROLE].choices);
    put_ties(json, "lines", "manager", person->lines, NULL);
    put_ties(json, "teams", "team", person->teams, NULL);
    cox_cell_put_day(json, "hire_day", user->hire_day);
    cox_cell_put_day(json, "leave_day", user->leave_day);
    cox_json_put_bool(json, "is_active",
        user->is_active != 0 && (user->hire_day == COX_NULL || user->hire_day <= tree->day) &&
            (user->leave_day == COX_NULL || user->leave_day > tree->day));
    cox_json_end_object(json);
}

static enum cox_rc put_team(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct tree *tree = (struct tree *)ctx;
    struct cox_team team;

    (void)reterr; /* the writer keeps its failure to the end */
    cox_row_unpack(row, &team);
    if (!cox_days_hold(team.from_day, team.to_day, tree->day)) {
        return COX_OK;
    }
    cox_json_begin_object(&tree->json);
    cox_json_put_int(&tree->json, "id", row->id);
    cox_json_put_text(&tree->json, "name", team.name);
    cox_json_key(&tree->json, "kind");
    cox_json_string(&tree->json,
        team.kind == COX_NULL ? NULL : cox_team.fields[COX_TEAM_KIND].choices[team.kind].name);
    cox_cell_put_number(&tree->json, "parent", team.parent);
    cox_cell_put_number(&tree->json, "lead", team.lead);
    cox_cell_put_day(&tree->json, "from_day", team.from_day);
    cox_cell_put_day(&tree->json, "to_day", team.to_day);
    cox_json_end_object(&tree->json);
    return COX_OK;
}

static enum cox_rc put_tree(struct tree *tree, struct cox_err *reterr)
{
    struct cox_as_of as_of = cox_call_as_of(tree->call);
    char instant[COX_INSTANT_SIZE];

    cox_instant_format(as_of.at_us, instant);
    cox_reply_json(tree->x, 200, &tree->json);
    cox_json_begin_object(&tree->json);
    cox_json_put_string(&tree->json, "as_of", instant);
    cox_json_put_int(&tree->json, "as_of_seq", as_of.seq);
    cox_cell_put_day(&tree->json, "day", tree->day);
    cox_json_key(&tree->json, "teams");
    cox_json_begin_array(&tree->json);
    COX_TRY(cox_each(tree->call, &cox_team, NULL, put_team, tree, reterr));
    cox_json_end_array(&tree->json);
    cox_json_key(&tree->json, "people");
    cox_json_begin_array(&tree->json);
    for (size_t i = 0; i < tree->count; i++) {
        put_person(tree, &tree->people[i]);
    }
    cox_json_end_array(&tree->json);
    cox_json_end_object(&tree->json);
    return cox_reply_json_done(tree->x, &tree->json, reterr);
}

static enum cox_rc make_tree(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct cox_date_opt date = {.order = COX_DATE_YMD};
    struct tree *tree = (struct tree *)ctx;

    tree->call = call;
    tree->day = cox_call_as_of_day(call);
    if (tree->day_text.ptr != NULL &&
        cox_day_parse(tree->day_text, &date, &tree->day, reterr) != COX_OK) {
        return cox_fail_at(reterr, COX_INVALID, "day", 0, "is a day, as 2026-12-31");
    }
    COX_TRY(cox_imap_open_in(cox_call_arena(call), 1024, &tree->by_id, reterr));
    COX_TRY(cox_each(call, &cox_user, NULL, note_person, tree, reterr));
    COX_TRY(cox_each(call, &cox_reporting_line, NULL, note_line, tree, reterr));
    COX_TRY(cox_each(call, &cox_team_member, NULL, note_member, tree, reterr));
    COX_TRY(cox_each(call, &cox_hat, NULL, note_hat, tree, reterr));
    tree->x->reply.seq = cox_call_as_of(call).seq;
    return put_tree(tree, reterr);
}

static enum cox_rc get_people(struct cox_exchange *x, struct cox_err *reterr)
{
    struct tree tree = {.x = x};
    struct cox_read_opt opt;

    COX_TRY(cox_exchange_parameter(x, "day", &tree.day_text, reterr));
    COX_TRY(cox_exchange_read_opt(x, &opt, reterr));
    return cox_store_read(x->store, &opt, make_tree, &tree, reterr);
}

static const struct cox_parameter parameters[] = {
    {"day", "string",
        "the day of lines, teams and hats, also one to come (without it: the one read)"},
    {"as_of", "string", "a date, an instant or seq:N: what was known then"},
    {0},
};

const struct cox_route cox_routes_people[] = {
    {.method = COX_GET,
        .path = "/api/v1/people",
        .handle = get_people,
        .summary = "Everybody with teams, manager and hats on a day.",
        .parameters = parameters,
        .out = "{\"type\":\"object\",\"required\":[\"day\",\"teams\",\"people\"],\"properties\":{"
               "\"teams\":{\"type\":\"array\"},\"people\":{\"type\":\"array\"}}}"},
    {0},
};

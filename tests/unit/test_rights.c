/*
 * Tests of rights: what a person is shown by every path (get, list, count, each, search, history,
 * names of references, words of refusals) is exactly what the plain model says they may see, now
 * and as of random instants, for every role, on both engines.
 */
#include <assert.h>

#include "base/day.h"
#include "check.h"
#include "club_model.h"
#include "record/query.h"

enum { VIEW_COUNT = 24, ABSENT = 999999 };

static struct model models[2];

/* ---- one view: everything by every path ---- */

struct look {
    struct model *model;
    struct model_view view;
};

static void ok(enum cox_rc rc, const struct cox_err *err, int line)
{
    if (rc != COX_OK) {
        fail_msg("line %d: %s: %s: %s", line, cox_rc_name(rc), err->field, err->text);
    }
}
#define OK(call) ok((call), reterr, __LINE__)

static void check_row(const struct look *look, const struct cox_row *row)
{
    const struct model_record *record = model_find(look->model, row->id);
    const struct model_version *version =
        record == NULL ? NULL : model_look(look->model, &look->view, record);

    assert(record != NULL && version != NULL);
    assert_ptr_equal(row->table->entity, club_entities[record->which]);
    assert_int_equal(row->from_us, version->from_us);
    for (uint32_t i = 0; i < row->table->field_count; i++) {
        struct cox_value shown = model_shown(&look->view, record, version, i);
        if (!cox_value_same(&shown, &row->values[i])) {
            fail_msg("%s %lld shows another %s to %lld", row->table->entity->name,
                (long long)row->id, row->table->fields[i]->name, (long long)look->view.user);
        }
    }
}

static size_t count_visible(const struct look *look, int which)
{
    size_t count = 0;

    for (size_t i = 0; i < look->model->record_count; i++) {
        const struct model_record *record = &look->model->records[i];
        count += record->which == which && model_look(look->model, &look->view, record) != NULL;
    }
    return count;
}

static void check_lists(struct cox_call *call, const struct look *look, int which,
    struct cox_err *reterr)
{
    struct cox_query query = {.entity = club_entities[which],
        .limit = 1 + (uint32_t)model_pick(look->model, 30),
        .want_count = true};
    size_t count = 0, expected = count_visible(look, which);
    struct cox_page page;
    int64_t last = 0;

    do {
        OK(cox_list(call, &query, &page, reterr));
        assert_int_equal(page.total, expected);
        assert_true(page.total_is_exact);
        for (size_t i = 0; i < page.count; i++) {
            assert_true(page.rows[i].id > last);
            last = page.rows[i].id;
            check_row(look, &page.rows[i]);
        }
        count += page.count;
        query.cursor = page.next;
    } while (page.next.ptr != NULL);
    assert_int_equal(count, expected);
}

struct each {
    const struct look *look;
    size_t count;
};

static enum cox_rc count_row(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct each *each = ctx;

    (void)reterr;
    check_row(each->look, row);
    each->count++;
    return COX_OK;
}

static void check_each(struct cox_call *call, const struct look *look, int which,
    struct cox_err *reterr)
{
    struct each each = {look, 0};

    OK(cox_each(call, club_entities[which], NULL, count_row, &each, reterr));
    assert_int_equal(each.count, count_visible(look, which));
}

/* Absent and invisible: not a byte of the answer tells them apart. */
static void check_same_words(const struct cox_err *absent, enum cox_rc rc,
    const struct cox_err *err)
{
    assert_int_equal(rc, COX_MISSING);
    assert_int_equal(absent->rc, err->rc);
    assert_int_equal(absent->row, err->row);
    assert_string_equal(absent->field, err->field);
    assert_string_equal(absent->text, err->text);
}

static void check_get(struct cox_call *call, const struct look *look,
    const struct model_record *record, struct cox_err *reterr)
{
    const struct cox_entity *entity = club_entities[record->which];
    const struct cox_row *row = NULL;
    struct cox_err absent = {0}, err = {0};
    enum cox_rc rc = cox_get(call, entity, record->id, &row, &err);

    if (model_look(look->model, &look->view, record) != NULL) {
        *reterr = err;
        OK(rc);
        check_row(look, row);
        return;
    }
    assert_int_equal(cox_get(call, entity, ABSENT, &row, &absent), COX_MISSING);
    check_same_words(&absent, rc, &err);
}

/* The version whose name a deleted record still shows: its last one begun by then. */
static const struct model_version *last_version(const struct look *look,
    const struct model_record *record)
{
    const struct model_version *last = NULL;

    for (size_t i = 0; i < record->count; i++) {
        if (look->view.at_us == NOW || record->versions[i].from_us <= look->view.at_us) {
            last = &record->versions[i];
        }
    }
    return last;
}

static void check_name(struct cox_call *call, const struct look *look,
    const struct model_record *record, struct cox_err *reterr)
{
    const struct cox_entity *entity = club_entities[record->which];
    const struct model_version *version = model_at(record, look->view.at_us);
    struct cox_text name;

    if (version == NULL) {
        version = last_version(look, record);
    }
    OK(cox_ref_name(call, entity, record->id, &name, reterr));
    if (version == NULL || !model_sees(look->model, &look->view, record, version)) {
        assert_null(name.ptr);
        return;
    }
    if (version->values[entity->name_field].kind == COX_VALUE_NULL) {
        assert_null(name.ptr);
        return;
    }
    assert_true(cox_text_same(name, version->values[entity->name_field].text));
}

/* History shows a version exactly when reading as of its first instant shows it. */
static void check_history(struct cox_call *call, const struct look *look,
    const struct model_record *record, struct cox_err *reterr)
{
    const struct cox_entity *entity = club_entities[record->which];
    const struct cox_row *rows = NULL;
    struct cox_err absent = {0}, err = {0};
    size_t count = 0, at = 0;
    enum cox_rc rc = cox_history(call, entity, record->id, &rows, &count, &err);

    for (size_t i = 0; i < record->count; i++) {
        struct look then = *look;
        then.view.at_us = record->versions[i].from_us;
        if (model_look(look->model, &then.view, record) != NULL) {
            assert_int_equal(rc, COX_OK);
            assert_true(at < count);
            check_row(&then, &rows[at]);
            assert_int_equal(rows[at].to_us, record->versions[i].to_us);
            at++;
        }
    }
    assert_int_equal(at, count);
    if (at == 0) {
        assert_int_equal(cox_history(call, entity, ABSENT, &rows, &count, &absent), COX_MISSING);
        check_same_words(&absent, rc, &err);
    }
    (void)reterr;
}

static bool has_word(struct cox_text text, const char *prefix)
{
    char folded[256] = " ";
    char wanted[64];
    struct cox_arena *arena = cox_arena_open(1 << 16);
    struct cox_text words = cox_text_words(arena, text);

    memcpy(folded + 1, words.ptr, words.size);
    folded[words.size + 1] = '\0';
    (void)snprintf(wanted, sizeof wanted, " %s", prefix);
    cox_arena_close(arena);
    return strstr(folded, wanted) != NULL;
}

static void check_search(struct cox_call *call, const struct look *look, struct cox_err *reterr)
{
    static const char *const words[] = {"haus", "nord", "s", "zz", "etage", "absent"};
    struct cox_query query = {.entity = &club_house, .limit = COX_PAGE_MAX};
    struct cox_page page;

    for (size_t i = 0; i < COX_COUNT(words); i++) {
        size_t expected = 0;
        query.search = cox_text_of(words[i]);
        if (look->view.at_us != NOW) {
            assert_int_equal(cox_list(call, &query, &page, reterr), COX_UNSUPPORTED);
            continue;
        }
        OK(cox_list(call, &query, &page, reterr));
        for (size_t j = 0; j < look->model->record_count; j++) {
            const struct model_record *record = &look->model->records[j];
            const struct model_version *version = model_look(look->model, &look->view, record);
            expected += record->which == CLUB_HOUSE && version != NULL &&
                        version->values[CLUB_HOUSE_NAME].kind == COX_VALUE_TEXT &&
                        has_word(version->values[CLUB_HOUSE_NAME].text, words[i]);
        }
        assert_int_equal(page.count, expected);
        for (size_t j = 0; j < page.count; j++) {
            check_row(look, &page.rows[j]);
        }
    }
}

static enum cox_rc look_at_all(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct look *look = ctx;

    for (int which = CLUB_HOUSE; which < CLUB_COUNT; which++) {
        check_lists(call, look, which, reterr);
        check_each(call, look, which, reterr);
    }
    for (size_t i = 0; i < look->model->record_count; i++) {
        check_get(call, look, &look->model->records[i], reterr);
        if (i % 3 == 0) {
            check_name(call, look, &look->model->records[i], reterr);
            check_history(call, look, &look->model->records[i], reterr);
        }
    }
    check_search(call, look, reterr);
    return COX_OK;
}

/* ---- the views ---- */

static struct model *model_of(void **state)
{
    struct model *model = *state;

    if (!model->is_there) {
        print_message("# COX_TEST_POSTGRES is not set: not run on PostgreSQL\n");
        skip();
    }
    return model;
}

static struct model_view pick_view(struct model *model, int number)
{
    static const enum cox_role roles[] = {COX_REP, COX_MANAGER, COX_MANAGER, COX_ADMIN,
        COX_EXECUTIVE, COX_OPERATOR};
    struct model_view view = {.user = model->persons[model_pick(model, PERSON_COUNT)],
        .role = roles[number % (int)COX_COUNT(roles)]};

    if (view.role == COX_OPERATOR) {
        view.user = 0;
    }
    if (number % 2 == 1 || number >= VIEW_COUNT / 2) {
        view.at_us = model->start_us +
                     (int64_t)model_pick(model, (uint64_t)(model->clock.now_us - model->start_us));
    }
    return view;
}

static void test_every_path(void **state)
{
    struct model *model = model_of(state);

    for (int i = 0; i < VIEW_COUNT; i++) {
        struct look look = {model, pick_view(model, i)};
        const struct cox_read_opt opt = {.actor = model_actor(&look.view),
            .as_of.at_us = look.view.at_us};
        struct cox_err err = {0};
        struct cox_err *reterr = &err;
        OK(cox_store_read(model->store, &opt, look_at_all, &look, &err));
    }
}

/* ---- notes: nobody but the two, and the private page only the author ---- */

static enum cox_rc find_no_note(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    static const char *const filters[] = {"", "text=ilike.*a*", "author=not.is.null",
        "or=(other.is.null,other.not.is.null)"};
    struct cox_page page;

    (void)ctx;
    for (size_t i = 0; i < COX_COUNT(filters); i++) {
        struct cox_query query = {.entity = &club_note, .limit = 10, .want_count = true};
        if (cox_filter_parse(call, &club_note, cox_text_of(filters[i]), &query.filter, reterr) !=
            COX_OK) {
            fail_msg("%s", reterr->text);
        }
        OK(cox_list(call, &query, &page, reterr));
        assert_int_equal(page.count, 0);
        assert_int_equal(page.total, 0);
        query.entity = &club_remark;
        query.filter = NULL;
        OK(cox_list(call, &query, &page, reterr));
        assert_int_equal(page.count, 0);
    }
    return COX_OK;
}

static void test_bosses_read_no_note(void **state)
{
    struct model *model = model_of(state);
    const struct cox_actor actors[] = {SHOP_OPERATOR,
        {ABSENT, COX_ROLE_BIT(COX_ADMIN) | COX_ROLE_BIT(COX_MANAGER) | COX_ROLE_BIT(COX_LEADER) |
                     COX_ROLE_BIT(COX_EXECUTIVE)},
        {ABSENT, COX_ROLE_BIT(COX_OPERATOR)}, {0, 0xFFFFFFFF}};

    for (size_t i = 0; i < COX_COUNT(actors); i++) {
        for (int past = 0; past < 2; past++) {
            const struct cox_read_opt opt = {.actor = actors[i],
                .as_of = {.at_us = past == 0 ? 0 : model->start_us + 40 * COX_DAY_US}};
            struct cox_err err = {0};
            struct cox_err *reterr = &err;
            OK(cox_store_read(model->store, &opt, find_no_note, NULL, &err));
        }
    }
}

/* ---- cursors go with the question, not with rights ---- */

struct relay {
    struct cox_text cursor;
    char bytes[1000];
    const struct look *look;
};

static const struct cox_query relay_query = {
    .entity = &club_house, .limit = 5, .order = {{CLUB_HOUSE_HEIGHT, true}}, .order_count = 1};

static enum cox_rc take_cursor(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct relay *relay = ctx;
    struct cox_page page;

    OK(cox_list(call, &relay_query, &page, reterr));
    assert_non_null(page.next.ptr);
    assert_true(page.next.size < sizeof(relay->bytes));
    memcpy(relay->bytes, page.next.ptr, page.next.size);
    relay->cursor = (struct cox_text){relay->bytes, page.next.size};
    return COX_OK;
}

static enum cox_rc use_cursor(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct relay *relay = ctx;
    struct cox_query query = relay_query;
    struct cox_page page;

    query.cursor = relay->cursor;
    OK(cox_list(call, &query, &page, reterr));
    for (size_t i = 0; i < page.count; i++) {
        check_row(relay->look, &page.rows[i]);
    }
    return COX_OK;
}

static void test_cursor_of_another(void **state)
{
    struct model *model = model_of(state);
    struct relay relay = {0};
    struct cox_err err = {0};
    struct cox_err *reterr = &err;
    const struct cox_read_opt admin = {.actor = {model->persons[0], COX_ROLE_BIT(COX_ADMIN)}};

    OK(cox_store_read(model->store, &admin, take_cursor, &relay, &err));
    for (int i = 0; i < PERSON_COUNT; i++) {
        struct look look = {model, {model->persons[i], i % 2 == 0 ? COX_REP : COX_MANAGER, NOW}};
        const struct cox_read_opt opt = {.actor = model_actor(&look.view)};
        relay.look = &look;
        OK(cox_store_read(model->store, &opt, use_cursor, &relay, &err));
    }
}

/* ---- writing ---- */

struct attempt {
    const struct cox_entity *entity;
    int64_t id;
    struct cox_change change;
    bool is_removal;
};

static enum cox_rc try_write(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct attempt *attempt = ctx;

    return attempt->is_removal ? cox_remove(call, attempt->entity, attempt->id, 0, reterr)
                               : cox_change_fields(call, attempt->entity, attempt->id, 0,
                                     &attempt->change, 1, NULL, reterr);
}

static enum cox_rc write_as(struct model *model, const struct model_view *view,
    struct attempt *attempt, struct cox_err *reterr)
{
    const struct cox_write_opt opt = {.actor = model_actor(view), .cause = COX_CAUSE_API};
    struct cox_commit commit;

    return cox_store_write(model->store, &opt, try_write, attempt, &commit, reterr);
}

/* What one may not see cannot be changed, in the words of what is not there. */
static void test_write_tells_nothing(void **state)
{
    struct model *model = model_of(state);

    for (size_t i = 0; i < model->record_count; i += 2) {
        const struct model_record *record = &model->records[i];
        struct model_view view = {model->persons[model_pick(model, PERSON_COUNT)], COX_REP, NOW};
        struct attempt attempt = {.entity = club_entities[record->which],
            .id = record->id,
            .change = {0, cox_null()},
            .is_removal = i % 4 == 0};
        struct attempt nothing = attempt;
        struct cox_err err = {0}, absent = {0};
        if (model_look(model, &view, record) != NULL) {
            continue;
        }
        nothing.id = ABSENT;
        enum cox_rc rc = write_as(model, &view, &attempt, &err);
        assert_int_equal(write_as(model, &view, &nothing, &absent), COX_MISSING);
        check_same_words(&absent, rc, &err);
    }
}

static const struct model_record *some_note(const struct model *model)
{
    for (size_t i = 0; i < model->record_count; i++) {
        const struct model_record *record = &model->records[i];
        const struct model_version *now = record->which == CLUB_NOTE ? model_at(record, NOW) : NULL;
        if (now != NULL && now->values[CLUB_NOTE_OTHER].kind == COX_VALUE_INT &&
            now->values[CLUB_NOTE_OTHER].number != now->values[CLUB_NOTE_AUTHOR].number) {
            return record;
        }
    }
    return NULL;
}

/* The other one of a note may not become its author, write its private page or remove it. */
static void test_the_other_stays_the_other(void **state)
{
    struct model *model = model_of(state);
    const struct model_record *note = some_note(model);
    struct cox_err err = {0};

    assert_non_null(note);
    const struct model_version *now = model_at(note, NOW);
    struct model_view other = {now->values[CLUB_NOTE_OTHER].number, COX_MANAGER, NOW};
    const struct cox_change changes[] = {
        {CLUB_NOTE_AUTHOR, cox_int(other.user)},
        {CLUB_NOTE_PRIVATE, cox_text_value(COX_LIT("mine"))},
        {CLUB_NOTE_OTHER, cox_int(model->persons[0])},
    };
    for (size_t i = 0; i < COX_COUNT(changes); i++) {
        struct attempt attempt = {&club_note, note->id, changes[i], false};
        if (!cox_value_same(&changes[i].value, &now->values[changes[i].field])) {
            assert_int_equal(write_as(model, &other, &attempt, &err), COX_DENIED);
        }
    }
    struct attempt removal = {.entity = &club_note, .id = note->id, .is_removal = true};
    assert_int_equal(write_as(model, &other, &removal, &err), COX_DENIED);
}

/* A rep may change an own record, but not hand it over, nor remove it (no grant). */
static void test_own_stays_own(void **state)
{
    struct model *model = model_of(state);

    for (size_t i = 0; i < model->record_count; i++) {
        const struct model_record *record = &model->records[i];
        const struct model_version *now =
            record->which == CLUB_HOUSE ? model_at(record, NOW) : NULL;
        if (now == NULL || now->values[CLUB_HOUSE_OWNER].kind == COX_VALUE_NULL ||
            record->is_shared) {
            continue;
        }
        struct cox_err err = {0};
        struct model_view owner = {now->values[CLUB_HOUSE_OWNER].number, COX_REP, NOW};
        int64_t somebody = owner.user == model->persons[0] ? model->persons[1] : model->persons[0];
        struct attempt hand_over = {&club_house, record->id, {CLUB_HOUSE_OWNER, cox_int(somebody)},
            false};
        struct attempt removal = {.entity = &club_house, .id = record->id, .is_removal = true};
        struct attempt same = {&club_house, record->id,
            {CLUB_HOUSE_HEIGHT, now->values[CLUB_HOUSE_HEIGHT]}, false};
        assert_int_equal(write_as(model, &owner, &hand_over, &err), COX_DENIED);
        assert_int_equal(write_as(model, &owner, &removal, &err), COX_DENIED);
        assert_int_equal(write_as(model, &owner, &same, &err), COX_OK);
    }
}

/* ---- running it on both engines ---- */

static int open_sqlite(void **state)
{
    *state = &models[0];
    return model_open(&models[0], COX_SQLITE, "rights", 11, 700) ? 0 : -1;
}

static int open_postgres(void **state)
{
    *state = &models[1];
    (void)model_open(&models[1], COX_POSTGRES, "rights", 11, 700); /* absent: every case skips */
    return 0;
}

static int close_model(void **state)
{
    model_close(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_path),
        cmocka_unit_test(test_bosses_read_no_note),
        cmocka_unit_test(test_cursor_of_another),
        cmocka_unit_test(test_write_tells_nothing),
        cmocka_unit_test(test_the_other_stays_the_other),
        cmocka_unit_test(test_own_stays_own),
    };
    int failed = cmocka_run_group_tests_name("rights on SQLite", tests, open_sqlite, close_model);

    return failed +
           cmocka_run_group_tests_name("rights on PostgreSQL", tests, open_postgres, close_model);
}

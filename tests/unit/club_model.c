/* tests/unit/club_model.c: random months of a club, in a store and in memory; who sees what. */
#include "club_model.h"

#include <assert.h>

#include "base/day.h"
#include "record/share.h"

/* ---- chance ---- */

uint64_t model_pick(struct model *model, uint64_t count)
{
    model->random = model->random * 6364136223846793005U + 1442695040888963407U;
    return (model->random >> 33) % count;
}

static struct cox_value pick_text(struct model *model)
{
    static const char *const texts[] = {"Haus S\303\274d", "haus ost", "HAUS", "Nord", "nord-ost",
        "a_b", "axb", "50% off", "[x]", "q?r", "qxr", "a\\b", "Stra\303\237e", "strasse",
        "\xc3\x89tage", "zz", "Haus  West"};
    uint64_t at = model_pick(model, COX_COUNT(texts) + 2);

    return at < COX_COUNT(texts) ? cox_text_value(cox_text_of(texts[at])) : cox_null();
}

static struct cox_value pick_int(struct model *model, uint64_t count)
{
    uint64_t number = model_pick(model, count + 1);

    return number == count ? cox_null() : cox_int((int64_t)number);
}

static struct cox_value pick_person(struct model *model)
{
    uint64_t at = model_pick(model, PERSON_COUNT + 1);

    return at == PERSON_COUNT ? cox_null() : cox_int(model->persons[at]);
}

/* A living record of the kind; NULL: none. */
static struct model_record *pick_record(struct model *model, int which)
{
    for (int i = 0; i < 50 && model->record_count > 0; i++) {
        struct model_record *record = &model->records[model_pick(model, model->record_count)];
        if (record->which == which && !record->is_gone) {
            return record;
        }
    }
    return NULL;
}

static void fill_visit(struct model *model, const struct cox_value *before,
    struct cox_value *values)
{
    struct model_record *house = pick_record(model, CLUB_HOUSE);

    values[CLUB_VISIT_TITLE] = pick_text(model);
    values[CLUB_VISIT_OWNER] = pick_person(model);
    values[CLUB_VISIT_HOUSE] = house == NULL ? cox_null() : cox_int(house->id);
    values[CLUB_VISIT_DAY] = pick_int(model, 20);
    values[CLUB_VISIT_SEEN_AT] = pick_int(model, 5);
    values[CLUB_VISIT_COST] = pick_int(model, 6);
    values[CLUB_VISIT_PAID] = cox_int(model_pick(model, 5) == 0);
    values[CLUB_VISIT_RATING] =
        model_pick(model, 5) == 0 ? cox_null() : cox_real((double)model_pick(model, 8) / 4);
    values[CLUB_VISIT_KIND] = pick_int(model, 2);
    values[CLUB_VISIT_MEMO] = pick_text(model);
    if (before != NULL ? before[CLUB_VISIT_OWNER].kind == COX_VALUE_INT
                       : values[CLUB_VISIT_OWNER].kind == COX_VALUE_INT) {
        values[CLUB_VISIT_SECRET] = cox_text_value(COX_LIT("hidden words"));
    }
    values[CLUB_VISIT_CURRENCY] = cox_text_value(COX_LIT("EUR"));
}

/* before NULL: a new record. False: there is nothing it could hang on. */
static bool fill(struct model *model, int which, const struct cox_value *before,
    struct cox_value *values)
{
    struct model_record *house = pick_record(model, CLUB_HOUSE);
    struct model_record *note = pick_record(model, CLUB_NOTE);

    switch (which) {
    case CLUB_HOUSE:
        values[CLUB_HOUSE_NAME] = pick_text(model);
        values[CLUB_HOUSE_OWNER] = pick_person(model);
        values[CLUB_HOUSE_HEIGHT] = pick_int(model, 10);
        return true;
    case CLUB_GUEST:
        values[CLUB_GUEST_HOUSE] = house == NULL ? cox_null() : cox_int(house->id);
        values[CLUB_GUEST_USER] = pick_person(model);
        values[CLUB_GUEST_LABEL] = pick_text(model);
        return house != NULL;
    case CLUB_VISIT:
        fill_visit(model, before, values);
        return true;
    case CLUB_NOTE:
        values[CLUB_NOTE_AUTHOR] = before != NULL
                                       ? before[CLUB_NOTE_AUTHOR]
                                       : cox_int(model->persons[model_pick(model, PERSON_COUNT)]);
        values[CLUB_NOTE_OTHER] = pick_person(model);
        values[CLUB_NOTE_TEXT] = pick_text(model);
        values[CLUB_NOTE_PRIVATE] = cox_text_value(COX_LIT("hidden words"));
        return true;
    case CLUB_REVIEW: /* whom it is about, and who was there, never changes */
        values[CLUB_REVIEW_ABOUT] = before != NULL
                                        ? before[CLUB_REVIEW_ABOUT]
                                        : cox_int(model->persons[model_pick(model, PERSON_COUNT)]);
        values[CLUB_REVIEW_WITNESS] =
            before != NULL ? before[CLUB_REVIEW_WITNESS] : pick_person(model);
        values[CLUB_REVIEW_TEXT] = pick_text(model);
        return true;
    default:
        values[CLUB_REMARK_NOTE] = before != NULL ? before[CLUB_REMARK_NOTE]
                                   : note == NULL ? cox_null()
                                                  : cox_int(note->id);
        values[CLUB_REMARK_TEXT] = pick_text(model);
        return before != NULL || note != NULL;
    }
}

/* ---- writing into the store ---- */

struct work {
    struct model *model;
    struct model_record *record; /* id 0: to be created */
    struct cox_value values[CLUB_VISIT_COUNT];
    bool is_removal, is_changed;
};

static enum cox_rc do_work(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct work *work = ctx;
    const struct cox_entity *entity = club_entities[work->record->which];
    struct cox_change changes[CLUB_VISIT_COUNT];

    work->is_changed = true;
    if (work->is_removal) {
        return cox_remove(call, entity, work->record->id, 0, reterr);
    }
    if (work->record->id == 0) {
        struct cox_row *row = cox_row_new(call, entity);
        for (uint32_t i = 0; i < entity->field_count; i++) {
            cox_row_set(row, i, work->values[i]);
        }
        return cox_create(call, row, &work->record->id, reterr);
    }
    for (uint32_t i = 0; i < entity->field_count; i++) {
        changes[i] = (struct cox_change){i, work->values[i]};
    }
    return cox_change_fields(call, entity, work->record->id, 0, changes, entity->field_count,
        &work->is_changed, reterr);
}

/* Notes belong to their author, as do remarks on them, visits to their owner; others to nobody. */
static struct cox_actor writer_of(const struct model *model, const struct work *work)
{
    const struct model_record *note = work->record;
    int64_t author = work->values[CLUB_NOTE_AUTHOR].number;
    const struct cox_value *owner = &(
        note->count > 0 ? note->versions[note->count - 1].values : work->values)[CLUB_VISIT_OWNER];

    if (note->which == CLUB_VISIT && owner->kind == COX_VALUE_INT) {
        return (struct cox_actor){owner->number, COX_ROLE_BIT(COX_ADMIN)}; /* writes the secret */
    }
    if (note->which < CLUB_NOTE) {
        return SHOP_OPERATOR;
    }
    if (note->which == CLUB_REVIEW) {
        return (
            struct cox_actor){work->values[CLUB_REVIEW_ABOUT].number, COX_ROLE_BIT(COX_MANAGER)};
    }
    if (work->record->which == CLUB_REMARK) {
        note = model_find(model, work->values[CLUB_REMARK_NOTE].number);
        assert(note != NULL);
        author = note->versions[0].values[CLUB_NOTE_AUTHOR].number;
    }
    return (struct cox_actor){author, COX_ROLE_BIT(COX_REP)};
}

/* One more instant, one commit; what the store takes goes into the model as well. */
static enum cox_rc save(struct model *model, struct work *work)
{
    const struct cox_write_opt opt = {.actor = writer_of(model, work), .cause = COX_CAUSE_CLI};
    struct model_record *record = work->record;
    struct cox_commit commit;
    enum cox_rc rc;

    model->clock.now_us += (int64_t)(1 + model_pick(model, 12 * 3600)) * COX_SECOND_US;
    rc = cox_store_write(model->store, &opt, do_work, work, &commit, &model->err);
    if (rc != COX_OK || !work->is_changed) {
        return rc;
    }
    if (record->count > 0) {
        record->versions[record->count - 1].to_us = commit.at_us;
    }
    if (work->is_removal) {
        record->is_gone = true;
        return rc;
    }
    struct model_version *version = &record->versions[record->count++];
    version->from_us = commit.at_us;
    version->to_us = COX_FOREVER;
    memcpy(version->values, work->values, sizeof(version->values));
    return rc;
}

static void must(const struct model *model, enum cox_rc rc)
{
    if (rc != COX_OK) {
        fprintf(stderr, "# %s: %s: %s\n", cox_rc_name(rc), model->err.field, model->err.text);
        abort();
    }
}

static void step_new(struct model *model, int which)
{
    struct model_record *record = &model->records[model->record_count];
    struct work work = {.model = model, .record = record};

    *record = (struct model_record){.which = which};
    if (model->record_count < RECORD_MAX && fill(model, which, NULL, work.values)) {
        must(model, save(model, &work));
        model->record_count++;
    }
}

static void step_old(struct model *model, int which)
{
    struct model_record *record = pick_record(model, which);
    struct work work = {.model = model, .record = record};
    const struct model_version *last;
    enum cox_rc rc;

    if (record == NULL || record->count == COX_COUNT(record->versions)) {
        return;
    }
    last = &record->versions[record->count - 1];
    work.is_removal = model_pick(model, 8) == 0 && !record->is_shared;
    memcpy(work.values, last->values, sizeof(work.values));
    if (!work.is_removal && !fill(model, which, last->values, work.values)) {
        return;
    }
    rc = save(model, &work);
    if (rc != COX_CONFLICT) { /* others lean on it: it stays */
        must(model, rc);
    }
}

/* ---- persons, lines, shares ---- */

static enum cox_rc make_persons(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct model *model = ctx;
    static const char *const names[] = {"Ada", "Bo", "Cy", "Di", "Ed", "Flo"};

    for (int i = 0; i < PERSON_COUNT; i++) {
        struct cox_row *row = cox_row_new(call, &club_person);
        cox_row_set(row, CLUB_PERSON_NAME, cox_text_value(cox_text_of(names[i % 6])));
        COX_TRY(cox_create(call, row, &model->persons[i], reterr));
    }
    return COX_OK;
}

static void add_line(struct model *model, int leader, int member, int64_t from_day, int64_t to_day)
{
    if (model->line_count == LINE_MAX) {
        abort();
    }
    model->lines[model->line_count++] =
        (struct cox_line_row){model->persons[leader], model->persons[member], from_day, to_day};
}

/* Everybody has one boss before the reform and maybe another one after it. */
static void make_lines(struct model *model)
{
    int64_t start = cox_us_day(model->start_us), reform = start + 45;

    for (int epoch = 0; epoch < 2; epoch++) {
        int boss[PERSON_COUNT];
        for (int i = 0; i < PERSON_COUNT; i++) {
            boss[i] = i == 0 ? -1 : (int)model_pick(model, (uint64_t)i);
            for (int leader = i; leader >= 0; leader = boss[leader]) {
                add_line(model, leader, i, epoch == 0 ? 0 : reform,
                    epoch == 0 ? reform : COX_FOREVER);
            }
        }
    }
}

static enum cox_rc store_lines(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct model *model = ctx;

    return cox_line_replace(call, model->lines, model->line_count, reterr);
}

static enum cox_rc store_share(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct model *model = ctx;
    const struct model_share *share = &model->shares[model->share_count];
    const struct model_record *record = model_find(model, share->id);

    assert(record != NULL);
    return cox_share_put(call, club_entities[record->which], share->id,
        &(struct cox_share){share->user, share->verb, share->until_day}, reterr);
}

static void step_share(struct model *model)
{
    const struct cox_write_opt opt = {.actor = SHOP_OPERATOR, .cause = COX_CAUSE_CLI};
    struct model_record *record =
        pick_record(model, model_pick(model, 2) == 0 ? CLUB_HOUSE : CLUB_VISIT);
    struct model_share *share = &model->shares[model->share_count];
    struct cox_commit commit;

    if (record == NULL || record->is_shared || model->share_count == SHARE_MAX) {
        return;
    }
    *share = (struct model_share){record->id, model->persons[model_pick(model, PERSON_COUNT)],
        model_pick(model, 2) == 0 ? COX_NULL
                                  : cox_us_day(model->start_us) + (int64_t)model_pick(model, 120),
        model_pick(model, 2) == 0 ? COX_READ : COX_CHANGE};
    model->clock.now_us += COX_SECOND_US;
    must(model, cox_store_write(model->store, &opt, store_share, model, &commit, &model->err));
    record->is_shared = true;
    model->share_count++;
}

/* ---- opening ---- */

static void run_months(struct model *model, int op_count)
{
    const struct cox_write_opt opt = {.actor = SHOP_OPERATOR, .cause = COX_CAUSE_CLI};
    struct cox_commit commit;

    must(model, cox_store_write(model->store, &opt, make_persons, model, &commit, &model->err));
    make_lines(model);
    must(model, cox_store_write(model->store, &opt, store_lines, model, &commit, &model->err));
    for (int i = 0; i < op_count; i++) {
        int which = CLUB_HOUSE + (int)model_pick(model, CLUB_COUNT - CLUB_HOUSE);
        if (model_pick(model, 20) == 0) {
            step_share(model);
        } else if (model_pick(model, 5) < 2) {
            step_new(model, which);
        } else {
            step_old(model, which);
        }
    }
    model->clock.now_us += COX_SECOND_US;
}

bool model_open(struct model *model, enum cox_engine engine, const char *name, uint64_t seed,
    int op_count)
{
    memset(model, 0, sizeof(*model));
    model->random = seed;
    model->start_us = INT64_C(1700000000000000);
    model->clock = (struct shop_clock){.now_us = model->start_us, .random = seed};
    model->is_there = place_make(&model->place, engine, name);
    if (!model->is_there) {
        return false;
    }
    model->records = calloc(RECORD_MAX + 1, sizeof(*model->records));
    const struct cox_store_opt opt = {.url = model->place.url,
        .entities = club_entities,
        .now_us = shop_now,
        .random = shop_random,
        .ctx = &model->clock,
        .create = true,
        .migrate = true,
        .tail_max = 20}; /* lists of the past find some in the tail and some settled */
    if (model->records == NULL) {
        abort();
    }
    must(model, cox_store_open(&opt, &model->store, &model->err));
    run_months(model, op_count);
    return true;
}

void model_close(struct model *model)
{
    if (!model->is_there) {
        return;
    }
    cox_store_close(model->store);
    place_drop(&model->place);
    free(model->records);
}

/* ---- who sees what ---- */

const struct model_record *model_find(const struct model *model, int64_t id)
{
    for (size_t i = 0; i < model->record_count; i++) {
        if (model->records[i].id == id) {
            return &model->records[i];
        }
    }
    return NULL;
}

const struct model_version *model_at(const struct model_record *record, int64_t at_us)
{
    if (at_us == NOW) {
        return record->is_gone ? NULL : &record->versions[record->count - 1];
    }
    for (size_t i = 0; i < record->count; i++) {
        const struct model_version *version = &record->versions[i];
        if (version->from_us <= at_us && at_us < version->to_us) {
            return version;
        }
    }
    return NULL;
}

static bool leads(const struct model *model, int64_t leader, int64_t member, int64_t day)
{
    if (leader == member) {
        return true;
    }
    for (size_t i = 0; i < model->line_count; i++) {
        const struct cox_line_row *line = &model->lines[i];
        if (line->leader_id == leader && line->member_id == member && line->from_day <= day &&
            day < line->to_day) {
            return true;
        }
    }
    return false;
}

static bool reaches(const struct model *model, const struct model_view *view,
    const struct cox_value *user, int64_t day)
{
    if (user->kind == COX_VALUE_NULL) {
        return false;
    }
    if (view->role == COX_REP) {
        return user->number == view->user;
    }
    return view->role == COX_MANAGER && leads(model, view->user, user->number, day);
}

static int64_t today_of(const struct model *model)
{
    return cox_us_day(model->clock.now_us);
}

static bool sees_by_owner(const struct model *model, const struct model_view *view,
    const struct model_record *record, const struct model_version *version, uint32_t owner)
{
    const struct model_version *now = model_at(record, NOW);

    if (now != NULL && reaches(model, view, &now->values[owner], today_of(model))) {
        return true;
    }
    return view->at_us != NOW &&
           reaches(model, view, &version->values[owner], cox_us_day(view->at_us));
}

static bool sees_by_share(const struct model *model, const struct model_view *view,
    const struct model_record *record)
{
    for (size_t i = 0; i < model->share_count; i++) {
        const struct model_share *share = &model->shares[i];
        if (share->id == record->id && share->user == view->user &&
            (share->until_day == COX_NULL || share->until_day >= today_of(model))) {
            return true;
        }
    }
    return false;
}

static bool sees_as_guest(const struct model *model, const struct model_view *view,
    const struct model_record *house)
{
    for (size_t i = 0; i < model->record_count; i++) {
        const struct model_record *guest = &model->records[i];
        const struct model_version *now = guest->which == CLUB_GUEST ? model_at(guest, NOW) : NULL;
        if (now != NULL && now->values[CLUB_GUEST_HOUSE].number == house->id &&
            reaches(model, view, &now->values[CLUB_GUEST_USER], today_of(model))) {
            return true;
        }
    }
    return false;
}

static bool sees_parent(const struct model *model, const struct model_view *view,
    const struct cox_value *parent)
{
    const struct model_record *record =
        parent->kind == COX_VALUE_NULL ? NULL : model_find(model, parent->number);

    return record != NULL && model_look(model, view, record) != NULL;
}

static bool is_of(const struct model_version *note, int64_t user)
{
    const struct cox_value *author = &note->values[CLUB_NOTE_AUTHOR];
    const struct cox_value *other = &note->values[CLUB_NOTE_OTHER];

    return author->number == user || (other->kind != COX_VALUE_NULL && other->number == user);
}

/* The line of today at any instant, and whom it names. */
static bool sees_review(const struct model *model, const struct model_view *view,
    const struct model_version *version)
{
    const struct cox_value *witness = &version->values[CLUB_REVIEW_WITNESS];

    return view->user != 0 &&
           (reaches(model, view, &version->values[CLUB_REVIEW_ABOUT], today_of(model)) ||
               (witness->kind != COX_VALUE_NULL && witness->number == view->user));
}

bool model_sees(const struct model *model, const struct model_view *view,
    const struct model_record *record, const struct model_version *version)
{
    const struct model_version *now = model_at(record, NOW);

    if (record->which == CLUB_NOTE) {
        return view->user != 0 && is_of(version, view->user) &&
               (now == NULL || is_of(now, view->user));
    }
    if (record->which == CLUB_REMARK) {
        return sees_parent(model, view, &version->values[CLUB_REMARK_NOTE]);
    }
    if (record->which == CLUB_REVIEW) {
        return sees_review(model, view, version);
    }
    if (view->role == COX_ADMIN || view->role == COX_OPERATOR) {
        return true;
    }
    if (view->role != COX_REP && view->role != COX_MANAGER) {
        return false;
    }
    if (sees_by_share(model, view, record)) {
        return true;
    }
    switch (record->which) {
    case CLUB_HOUSE:
        return sees_by_owner(model, view, record, version, CLUB_HOUSE_OWNER) ||
               sees_as_guest(model, view, record);
    case CLUB_GUEST:
        return sees_parent(model, view, &version->values[CLUB_GUEST_HOUSE]);
    default:
        return version->values[CLUB_VISIT_PAID].number == 1 ||
               sees_by_owner(model, view, record, version, CLUB_VISIT_OWNER) ||
               sees_parent(model, view, &version->values[CLUB_VISIT_HOUSE]);
    }
}

const struct model_version *model_look(const struct model *model, const struct model_view *view,
    const struct model_record *record)
{
    const struct model_version *version = model_at(record, view->at_us);

    return version != NULL && model_sees(model, view, record, version) ? version : NULL;
}

struct cox_value model_shown(const struct model_view *view, const struct model_record *record,
    const struct model_version *version, uint32_t field)
{
    bool is_private = (record->which == CLUB_NOTE && field == CLUB_NOTE_PRIVATE) ||
                      (record->which == CLUB_VISIT && field == CLUB_VISIT_SECRET);
    const struct cox_value *author =
        &version->values[record->which == CLUB_NOTE ? CLUB_NOTE_AUTHOR : CLUB_VISIT_OWNER];

    if (is_private && (author->kind == COX_VALUE_NULL || author->number != view->user)) {
        return cox_null();
    }
    return version->values[field];
}

struct cox_actor model_actor(const struct model_view *view)
{
    return (struct cox_actor){view->user, COX_ROLE_BIT(view->role)};
}

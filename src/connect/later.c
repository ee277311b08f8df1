/* connect/later.c: the second look at references. */
#include "connect/later.h"

#include "connect/run.h"
#include "connect/teams.h"
#include "org/people.h"

static const double near_least = 0.72;

/* Comparisons of names an import may spend on proposals: a few seconds. */
enum { COMPARE_MAX = 5000000 };

struct todo {
    const struct cox_table *table, *ref;
    int64_t id;
    uint32_t field;
    struct cox_text name, text;
    struct cox_job *job;
};

/* One text that matched nothing, wherever it stood. */
struct unmatched {
    struct cox_job *job;
    const struct cox_table *ref;
    struct cox_text name, text;
    int64_t count;
    bool is_filled;
};

struct cox_later {
    struct cox_arena *arena;
    struct todo *todo; /* malloc'ed: it may be large and goes at once */
    size_t count, room;
    struct unmatched *unmatched;
    size_t unmatched_count;
    int64_t total;
    struct cox_map *seen;
};

static void done(void *what)
{
    struct cox_later *later = what;

    cox_memory_free(later->todo);
}

enum cox_rc cox_later_open(struct cox_arena *arena, struct cox_later **ret_later,
    struct cox_err *reterr)
{
    struct cox_map_opt opt = {.copy_keys = true};
    struct cox_later *later = COX_NEW(arena, struct cox_later);

    if (later == NULL) {
        return cox_no_memory(reterr);
    }
    later->arena = arena;
    later->unmatched = COX_NEW_ARRAY(arena, COX_UNMATCHED_TEXTS_MAX, struct unmatched);
    if (later->unmatched == NULL || cox_arena_defer(arena, done, later) != COX_OK) {
        return cox_no_memory(reterr);
    }
    *ret_later = later;
    return cox_map_open_in(arena, &opt, &later->seen, reterr);
}

static enum cox_rc count_unmatched(struct cox_later *later, struct cox_job *job,
    const struct cox_missed *missed, struct cox_err *reterr)
{
    struct cox_mark mark = cox_arena_mark(later->arena);
    struct cox_text key =
        cox_text_of(cox_arena_format(later->arena, "%p\x1f%.*s\x1f%.*s", (void *)job,
            (int)missed->name.size, missed->name.ptr, (int)missed->text.size, missed->text.ptr));
    uint64_t *place;
    bool is_new;

    if (key.ptr == NULL) {
        return cox_no_memory(reterr);
    }
    later->total += !missed->is_filled;
    COX_TRY(cox_map_add(later->seen, key, later->unmatched_count, &place, &is_new, reterr));
    cox_arena_rewind(later->arena, mark);
    if (!is_new) {
        if (*place < later->unmatched_count) {
            later->unmatched[*place].count++;
        }
        return COX_OK;
    }
    if (later->unmatched_count == COX_UNMATCHED_TEXTS_MAX) {
        return COX_OK;
    }
    later->unmatched[later->unmatched_count++] = (struct unmatched){job, missed->ref, missed->name,
        cox_arena_text(later->arena, missed->text), 1, missed->is_filled};
    return COX_OK;
}

enum cox_rc cox_later_add(struct cox_work *work, const struct cox_chunk *chunk,
    struct cox_err *reterr)
{
    struct cox_later *later = work->later;

    for (size_t i = 0; i < chunk->missed_count; i++) {
        const struct cox_missed *missed = &chunk->missed[i];

        if (!missed->is_later || later->count == COX_LATER_MAX) {
            COX_TRY(count_unmatched(later, chunk->job, missed, reterr));
            continue;
        }
        if (later->count == later->room) {
            size_t room = later->room * 2 + 1024;
            struct todo *todo = cox_memory_resize(later->todo, room * sizeof *todo);

            if (todo == NULL) {
                return cox_no_memory(reterr);
            }
            later->todo = todo;
            later->room = room;
        }
        later->todo[later->count++] = (struct todo){missed->table, missed->ref, missed->id,
            missed->field, missed->name, cox_arena_text(later->arena, missed->text), chunk->job};
    }
    return COX_OK;
}

/* ---- the second look ---- */

struct looking {
    struct cox_work *work;
    size_t first, count;
    bool *is_missed; /* per todo of this call */
};

static enum cox_rc note(struct cox_call *call, const struct todo *todo, const struct cox_row *row,
    struct cox_err *reterr)
{
    uint32_t field = cox_table_field(todo->table, COX_LIT("unmatched"));
    struct cox_text old, line;
    struct cox_change change = {.field = field};
    const char *text;

    if (field == COX_NO_FIELD) {
        return COX_OK;
    }
    old = cox_row_text(row, field);
    text = cox_arena_format(cox_call_arena(call), "%.*s: %.*s", (int)todo->name.size,
        todo->name.ptr, (int)todo->text.size, todo->text.ptr);
    line = cox_text_of(text);
    if (text == NULL || (old.size > 0 && memmem(old.ptr, old.size, line.ptr, line.size) != NULL)) {
        return text == NULL ? cox_no_memory(reterr) : COX_OK;
    }
    text = cox_arena_format(cox_call_arena(call), "%.*s%s%s", (int)old.size,
        old.size > 0 ? old.ptr : "", old.size > 0 ? "\n" : "", text);
    if (text == NULL) {
        return cox_no_memory(reterr);
    }
    change.value = cox_text_value(cox_text_of(text));
    return cox_change_fields(call, todo->table->entity, todo->id, 0, &change, 1, NULL, reterr);
}

/* HubSpot has no file of teams: its people name them. Figures alone are a team's id. */
static bool is_team_name(const struct todo *todo)
{
    size_t figures = 0;

    for (size_t i = 0; i < todo->text.size; i++) {
        figures += todo->text.ptr[i] >= '0' && todo->text.ptr[i] <= '9';
    }
    return todo->job->mapping.guess.source == COX_HUBSPOT && figures < todo->text.size;
}

static enum cox_rc follow(struct cox_call *call, struct cox_work *work, const struct todo *todo,
    bool *ret_is_missed, struct cox_err *reterr)
{
    struct cox_text text =
        cox_external_id(cox_call_arena(call), todo->job->mapping.guess.source, todo->text);
    const struct cox_row *row;
    enum cox_found how;
    int64_t id;
    struct cox_change change = {.field = todo->field};

    COX_TRY(cox_resolver_find(work->resolver, call, todo->ref, todo->job->source, text, &id, &how,
        reterr));
    if (id == 0 && todo->field == COX_MISSED_TEAM && is_team_name(todo)) {
        COX_TRY(cox_teams_named(call, todo->job, todo->text, &id, reterr));
    }
    *ret_is_missed = id == 0;
    if (todo->field == COX_MISSED_MANAGER) {
        return id == 0 ? COX_OK : cox_teams_report(call, todo->id, id, reterr);
    }
    if (todo->field == COX_MISSED_TEAM) {
        return id == 0 ? COX_OK : cox_teams_join(call, id, todo->id, reterr);
    }
    COX_TRY(cox_get(call, todo->table->entity, todo->id, &row, reterr));
    if (id == 0) {
        return note(call, todo, row, reterr);
    }
    if (cox_row_int(row, todo->field) == id || id == todo->id) {
        return COX_OK;
    }
    change.value = cox_int(id);
    return cox_change_fields(call, todo->table->entity, todo->id, 0, &change, 1, NULL, reterr);
}

static enum cox_rc look(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct looking *looking = ctx;

    for (size_t i = 0; i < looking->count; i++) {
        const struct todo *todo = &looking->work->later->todo[looking->first + i];
        struct cox_err err;
        enum cox_rc rc = follow(call, looking->work, todo, &looking->is_missed[i], &err);

        if (rc != COX_OK && !cox_rc_is_refusal(rc)) {
            *reterr = err;
            return rc;
        }
        looking->is_missed[i] |= rc != COX_OK;
    }
    return COX_OK;
}

enum cox_rc cox_later_run(struct cox_work *work, struct cox_err *reterr)
{
    struct cox_later *later = work->later;
    struct looking looking = {.work = work,
        .is_missed = COX_NEW_ARRAY(later->arena, COX_IMPORT_CHUNK, bool)};

    if (looking.is_missed == NULL) {
        return cox_no_memory(reterr);
    }
    for (; looking.first < later->count; looking.first += looking.count) {
        looking.count = later->count - looking.first < COX_IMPORT_CHUNK
                            ? later->count - looking.first
                            : COX_IMPORT_CHUNK;
        COX_TRY(cox_work_write(work, look, &looking, reterr));
        for (size_t i = 0; i < looking.count; i++) {
            const struct todo *todo = &later->todo[looking.first + i];
            struct cox_missed missed = {.ref = todo->ref,
                .name = todo->name,
                .text = todo->text,
                .table = todo->table};

            if (looking.is_missed[i]) {
                COX_TRY(count_unmatched(later, todo->job, &missed, reterr));
            }
        }
    }
    return COX_OK;
}

/* ---- telling ---- */

static bool contains(struct cox_text text, struct cox_text part)
{
    return text.size > 0 && memmem(text.ptr, text.size, part.ptr, part.size) != NULL;
}

/* A long text in one piece with figures in it is an id: another one is no likelier than any other. */
static bool is_id(struct cox_text text)
{
    size_t digits = 0;

    for (size_t i = 0; i < text.size; i++) {
        digits += text.ptr[i] >= '0' && text.ptr[i] <= '9';
    }
    return memchr(text.ptr, ' ', text.size) == NULL &&
           (digits == text.size ||
               (text.size >= 15 && digits >= 3 && memchr(text.ptr, '@', text.size) == NULL));
}

/* A near name is told by itself, and proposed in the map file. */
static enum cox_rc tell_near(struct cox_work *work, const struct unmatched *one,
    struct cox_buf *buf, struct cox_text *ret_near, struct cox_err *reterr)
{
    struct cox_text near;
    double likeness;

    if (is_id(one->text)) {
        return COX_OK;
    }
    COX_TRY(cox_resolver_nearest(work->resolver, one->ref, one->text, near_least, work->arena,
        &near, &likeness, reterr));
    /* A stand-in is always near to itself. */
    if (near.ptr == NULL || (one->is_filled && contains(near, one->text))) {
        return COX_OK;
    }
    *ret_near = near;
    cox_import_note(one->job->file, work->arena,
        "%.*s \"%.*s\" (%lld rows) is no %s; \"%.*s\" is near: decide it in the map file",
        (int)one->name.size, one->name.ptr, (int)one->text.size, one->text.ptr,
        (long long)one->count, one->ref->entity->name, (int)near.size, near.ptr);
    if (buf != NULL) {
        cox_buf_format(buf, "[%.*s]\n", (int)one->job->file->name.size, one->job->file->name.ptr);
        cox_map_file_write_value(buf, one->name, one->text, near, true);
    }
    return COX_OK;
}

/* All texts of one column that are near to nothing, in one line. */
static void tell_far(struct cox_work *work, const struct cox_later *later,
    const struct cox_text *near, size_t first)
{
    const struct unmatched *one = &later->unmatched[first];
    int64_t rows = 0, texts = 0;

    for (size_t i = 0; i < later->unmatched_count; i++) {
        const struct unmatched *other = &later->unmatched[i];

        if (near[i].ptr == NULL && other->job == one->job &&
            cox_text_same(other->name, one->name) && other->is_filled == one->is_filled) {
            if (i < first) {
                return; /* told with that one */
            }
            rows += other->count;
            texts++;
        }
    }
    if (one->is_filled) {
        cox_import_note(one->job->file, work->arena,
            "%.*s: %lld people are in no file of people; stand-ins were made, not active "
            "(\"%.*s\")",
            (int)one->name.size, one->name.ptr, (long long)texts, (int)one->text.size,
            one->text.ptr);
    } else {
        cox_import_note(one->job->file, work->arena,
            "%.*s: %lld texts are no %s here, in %lld rows (\"%.*s\"); kept as text",
            (int)one->name.size, one->name.ptr, (long long)texts, one->ref->entity->name,
            (long long)rows, (int)one->text.size, one->text.ptr);
    }
}

static void add_unknown(struct cox_work *work, const struct unmatched *one, struct cox_text near)
{
    const struct cox_import_unknown unknown = {
        .column = cox_arena_format(work->arena, "%.*s", (int)one->name.size, one->name.ptr),
        .entity = one->ref->entity->name,
        .text = cox_arena_format(work->arena, "%.*s", (int)one->text.size, one->text.ptr),
        .near = near.ptr == NULL ? NULL
                                 : cox_arena_format(work->arena, "%.*s", (int)near.size, near.ptr),
        .count = one->count,
        .is_stood_in = one->is_filled,
    };

    if (unknown.column != NULL && unknown.text != NULL) {
        cox_import_add_unknown(one->job->file, work->arena, &unknown);
    }
}

enum cox_rc cox_later_tell(struct cox_work *work, struct cox_buf *buf, struct cox_err *reterr)
{
    struct cox_later *later = work->later;
    struct cox_text *near =
        COX_NEW_ARRAY(later->arena, later->unmatched_count + 1, struct cox_text);

    int64_t budget = COMPARE_MAX;

    if (near == NULL) {
        return cox_no_memory(reterr);
    }
    work->report->unmatched_count = later->total;
    for (size_t i = 0; i < later->unmatched_count && budget > 0; i++) {
        budget -= (int64_t)cox_resolver_count(work->resolver, later->unmatched[i].ref) + 1;
        COX_TRY(tell_near(work, &later->unmatched[i], buf, &near[i], reterr));
    }
    for (size_t i = 0; i < later->unmatched_count; i++) {
        if (near[i].ptr == NULL) {
            tell_far(work, later, near, i);
        }
        add_unknown(work, &later->unmatched[i], near[i]);
    }
    return COX_OK;
}

/* connect/resolve.c: names and addresses in memory, ids by the external id table. */
#include "connect/resolve.h"

#include "base/map.h"
#include "record/query.h"

enum { TABLES_MAX = 64 };
#define MANY UINT64_MAX

struct index {
    const struct cox_table *table;
    uint32_t email_field; /* COX_NO_FIELD: it has none */
    struct cox_map *names, *emails;
    struct cox_arena *texts; /* names as written, for proposals */
    struct cox_text *shown;
    size_t shown_count, shown_room;
    bool is_full;
};

/* What to take back when a call is lost. */
struct step {
    struct cox_map *map;
    struct cox_text key;
    uint64_t before; /* 0: it was not there */
};

struct cox_resolver {
    struct cox_arena *arena, *scratch;
    struct cox_store *store;
    struct cox_actor actor;
    struct index index[TABLES_MAX];
    size_t index_count;
    struct step *steps;
    size_t step_count, step_room;
};

static void done(void *what)
{
    struct cox_resolver *resolver = what;

    for (size_t i = 0; i < resolver->index_count; i++) {
        cox_map_close(resolver->index[i].names);
        cox_map_close(resolver->index[i].emails);
        cox_memory_free(resolver->index[i].shown);
        cox_arena_close(resolver->index[i].texts);
    }
    cox_memory_free(resolver->steps);
    cox_arena_close(resolver->scratch);
}

enum cox_rc cox_resolver_open(struct cox_arena *arena, struct cox_store *store,
    struct cox_actor actor, struct cox_resolver **ret_resolver, struct cox_err *reterr)
{
    struct cox_resolver *resolver = COX_NEW(arena, struct cox_resolver);

    if (resolver == NULL) {
        return cox_no_memory(reterr);
    }
    *resolver = (struct cox_resolver){.arena = arena,
        .store = store,
        .actor = actor,
        .scratch = cox_arena_open((size_t)64 << 20)};
    if (resolver->scratch == NULL || cox_arena_defer(arena, done, resolver) != COX_OK) {
        return cox_no_memory(reterr);
    }
    *ret_resolver = resolver;
    return COX_OK;
}

/* ---- the names of an entity ---- */

static struct index *find_index(struct cox_resolver *resolver, const struct cox_table *table)
{
    for (size_t i = 0; i < resolver->index_count; i++) {
        if (resolver->index[i].table->entity == table->entity) {
            return &resolver->index[i];
        }
    }
    return NULL;
}

static enum cox_rc put(struct cox_resolver *resolver, struct cox_map *map, struct cox_text text,
    int64_t id, struct cox_err *reterr)
{
    struct cox_text key = cox_text_fold(resolver->scratch, text);
    uint64_t *place, before = 0;
    bool is_new;

    if (key.ptr == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_map_add(map, key, (uint64_t)id, &place, &is_new, reterr));
    if (!is_new) {
        before = *place;
        *place = before == (uint64_t)id ? before : MANY;
    }
    if (resolver->step_count == resolver->step_room) {
        size_t room = resolver->step_room * 2 + 256;
        struct step *steps = cox_memory_resize(resolver->steps, room * sizeof *steps);

        if (steps == NULL) {
            return cox_no_memory(reterr);
        }
        resolver->steps = steps;
        resolver->step_room = room;
    }
    resolver->steps[resolver->step_count++] = (struct step){map, key, before};
    return COX_OK;
}

static enum cox_rc show(struct index *index, struct cox_text name, struct cox_err *reterr)
{
    if (index->shown_count == index->shown_room) {
        size_t room = index->shown_room * 2 + 64;
        struct cox_text *shown = cox_memory_resize(index->shown, room * sizeof *shown);

        if (shown == NULL) {
            return cox_no_memory(reterr);
        }
        index->shown = shown;
        index->shown_room = room;
    }
    name = cox_arena_text(index->texts, name);
    index->shown[index->shown_count] = name;
    index->shown_count += name.ptr != NULL;
    return COX_OK; /* without room for more names there are fewer proposals, no failure */
}

static enum cox_rc add(struct cox_resolver *resolver, struct index *index, int64_t id,
    struct cox_text name, struct cox_text email, struct cox_err *reterr)
{
    if (index->is_full) {
        return COX_OK;
    }
    if (cox_map_count(index->names) >= COX_RESOLVE_NAMES_MAX) {
        index->is_full = true;
        return COX_OK;
    }
    if (name.size > 0) {
        COX_TRY(put(resolver, index->names, name, id, reterr));
        COX_TRY(show(index, name, reterr));
    }
    return email.size > 0 ? put(resolver, index->emails, email, id, reterr) : COX_OK;
}

struct loading {
    struct cox_resolver *resolver;
    struct index *index;
};

static enum cox_rc load_row(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct loading *loading = ctx;
    const struct index *index = loading->index;

    COX_TRY(add(loading->resolver, loading->index, row->id,
        cox_row_text(row, index->table->entity->name_field),
        index->email_field == COX_NO_FIELD ? (struct cox_text){0}
                                           : cox_row_text(row, index->email_field),
        reterr));
    cox_resolver_settle(loading->resolver);
    return COX_OK;
}

static enum cox_rc load_rows(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct loading *loading = ctx;

    return cox_each(call, loading->index->table->entity, NULL, load_row, loading, reterr);
}

enum cox_rc cox_resolver_load(struct cox_resolver *resolver, const struct cox_table *table,
    struct cox_err *reterr)
{
    struct cox_map_opt opt = {.copy_keys = true};
    struct cox_read_opt read = {.actor = resolver->actor};
    struct index *index = find_index(resolver, table);
    struct loading loading = {.resolver = resolver};

    if (index != NULL) {
        return COX_OK;
    }
    if (resolver->index_count == TABLES_MAX) {
        return cox_fail(reterr, COX_TOO_LARGE, "more than %d kinds of records in one import",
            TABLES_MAX);
    }
    index = &resolver->index[resolver->index_count];
    *index = (struct index){.table = table,
        .email_field = cox_table_field(table, COX_LIT("email")),
        .texts = cox_arena_open((size_t)256 << 20)};
    if (index->texts == NULL) {
        return cox_no_memory(reterr);
    }
    resolver->index_count++;
    COX_TRY(cox_map_open(&opt, &index->names, reterr));
    COX_TRY(cox_map_open(&opt, &index->emails, reterr));
    if (table->entity->name_field == COX_NO_FIELD ||
        table->fields[table->entity->name_field]->type != COX_TEXT) {
        index->is_full = true;
        return COX_OK;
    }
    loading.index = index;
    return cox_store_read(resolver->store, &read, load_rows, &loading, reterr);
}

enum cox_rc cox_resolver_add(struct cox_resolver *resolver, const struct cox_table *table,
    int64_t id, struct cox_text name, struct cox_text email, struct cox_err *reterr)
{
    struct index *index = find_index(resolver, table);

    return index == NULL ? COX_OK : add(resolver, index, id, name, email, reterr);
}

void cox_resolver_settle(struct cox_resolver *resolver)
{
    resolver->step_count = 0;
    cox_arena_rewind(resolver->scratch, (struct cox_mark){0});
}

void cox_resolver_forget(struct cox_resolver *resolver)
{
    while (resolver->step_count > 0) {
        const struct step *step = &resolver->steps[--resolver->step_count];
        uint64_t *place;
        struct cox_err ignored;

        if (step->before == 0) {
            (void)cox_map_drop(step->map, step->key); /* it was put by this step */
        } else if (cox_map_add(step->map, step->key, 0, &place, NULL, &ignored) == COX_OK) {
            *place = step->before;
        }
    }
    cox_arena_rewind(resolver->scratch, (struct cox_mark){0});
}

/* ---- finding ---- */

static bool look(const struct cox_map *map, struct cox_text key, int64_t *ret_id,
    enum cox_found how, enum cox_found *ret_how)
{
    uint64_t value;

    if (key.ptr == NULL || !cox_map_find(map, key, &value)) {
        return false;
    }
    *ret_id = value == MANY ? 0 : (int64_t)value;
    *ret_how = value == MANY ? COX_FOUND_MANY : how;
    return true;
}

/* "Lewis, James" as "James Lewis". */
static struct cox_text swapped(struct cox_arena *arena, struct cox_text text)
{
    const char *comma = text.size == 0 ? NULL : memchr(text.ptr, ',', text.size);
    struct cox_text last, first;

    if (comma == NULL) {
        return (struct cox_text){0};
    }
    last = (struct cox_text){text.ptr, (size_t)(comma - text.ptr)};
    first = cox_text_trim((struct cox_text){comma + 1, text.size - last.size - 1});
    return cox_text_of(
        cox_arena_format(arena, "%.*s %.*s", (int)first.size, first.ptr, (int)last.size, last.ptr));
}

enum cox_rc cox_resolver_find_name(struct cox_resolver *resolver, const struct cox_table *table,
    struct cox_text text, int64_t *ret_id, enum cox_found *ret_how, struct cox_err *reterr)
{
    const struct index *index = find_index(resolver, table);
    struct cox_text key, other;

    *ret_id = 0;
    *ret_how = COX_FOUND_NOT;
    if (index == NULL || text.size == 0) {
        return COX_OK;
    }
    key = cox_text_fold(resolver->scratch, text);
    if (key.ptr == NULL) {
        return cox_no_memory(reterr);
    }
    if (look(index->emails, key, ret_id, COX_FOUND_EMAIL, ret_how) ||
        look(index->names, key, ret_id, COX_FOUND_NAME, ret_how)) {
        return COX_OK;
    }
    if (index->email_field != COX_NO_FIELD) {
        other = swapped(resolver->scratch, text);
        other = other.ptr == NULL ? other : cox_text_fold(resolver->scratch, other);
        (void)look(index->names, other, ret_id, COX_FOUND_NAME, ret_how); /* ret_how says it */
    }
    return COX_OK;
}

enum cox_rc cox_resolver_find(struct cox_resolver *resolver, struct cox_call *call,
    const struct cox_table *table, struct cox_text source, struct cox_text text, int64_t *ret_id,
    enum cox_found *ret_how, struct cox_err *reterr)
{
    *ret_id = 0;
    *ret_how = COX_FOUND_NOT;
    if (source.ptr != NULL && text.size > 0) {
        COX_TRY(cox_external_find(call, source, table->entity, text, ret_id, reterr));
        if (*ret_id != 0) {
            *ret_how = COX_FOUND_ID;
            return COX_OK;
        }
    }
    return cox_resolver_find_name(resolver, table, text, ret_id, ret_how, reterr);
}

/* ---- proposals ---- */

size_t cox_resolver_count(struct cox_resolver *resolver, const struct cox_table *table)
{
    const struct index *index = find_index(resolver, table);

    return index == NULL ? 0 : index->shown_count;
}

enum cox_rc cox_resolver_nearest(struct cox_resolver *resolver, const struct cox_table *table,
    struct cox_text text, double least, struct cox_arena *arena, struct cox_text *ret_name,
    double *ret_likeness, struct cox_err *reterr)
{
    const struct index *index = find_index(resolver, table);
    struct cox_text best = {0};
    double best_likeness = least;

    for (size_t i = 0; index != NULL && i < index->shown_count; i++) {
        struct cox_mark mark = cox_arena_mark(arena);
        double likeness = cox_text_likeness(arena, index->shown[i], text);

        cox_arena_rewind(arena, mark);
        if (likeness >= best_likeness && (best.ptr == NULL || likeness > best_likeness)) {
            best = index->shown[i];
            best_likeness = likeness;
        }
    }
    *ret_name = cox_arena_text(arena, best);
    *ret_likeness = best.ptr == NULL ? 0 : best_likeness;
    return best.ptr != NULL && ret_name->ptr == NULL ? cox_no_memory(reterr) : COX_OK;
}

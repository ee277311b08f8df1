/* tests/unit/intake.c: stores to import into. */
#include "intake.h"

#include <dirent.h>
#include <sys/stat.h>

#include "command/feature_list.h"
#include "record/audit.h"
#include "record/query.h"

static const struct cox_actor operator= {.roles = COX_ROLE_BIT(COX_OPERATOR)};

void intake_ok(enum cox_rc rc, const struct cox_err *err, int line)
{
    if (rc != COX_OK) {
        fail_msg("line %d: %s: %s: %s", line, cox_rc_name(rc), err->field, err->text);
    }
}

void intake_open(struct intake *in)
{
    struct cox_store_opt opt = {.url = in->place.url,
        .entities = cox_features_entities(in->arena),
        .create = true,
        .migrate = true};

    cox_store_close(in->store);
    in->store = NULL;
    OK(cox_store_open(&opt, &in->store, &in->err));
}

static int open_on(void **state, enum cox_engine engine)
{
    struct intake *in = calloc(1, sizeof *in);
    static int number;
    char name[32];

    assert(in != NULL);
    (void)snprintf(name, sizeof name, "in%d", number++);
    *state = in;
    in->is_there = place_make(&in->place, engine, name);
    (void)snprintf(in->folder, sizeof in->folder, "/tmp/cox-intake-XXXXXX");
    if (mkdtemp(in->folder) == NULL) {
        return -1;
    }
    in->arena = cox_arena_open((size_t)1 << 30);
    if (in->is_there) {
        intake_open(in);
    }
    return 0;
}

int intake_sqlite(void **state)
{
    return open_on(state, COX_SQLITE);
}

int intake_postgres(void **state)
{
    return open_on(state, COX_POSTGRES);
}

int intake_close(void **state)
{
    struct intake *in = *state;
    struct dirent *entry;
    DIR *dir = opendir(in->folder);

    cox_store_close(in->store);
    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        char path[400];

        (void)snprintf(path, sizeof path, "%s/%s", in->folder, entry->d_name);
        (void)unlink(path); /* "." and ".." stay */
    }
    (void)closedir(dir);
    (void)rmdir(in->folder);
    if (in->is_there) {
        place_drop(&in->place);
    }
    cox_arena_close(in->arena);
    free(in);
    return 0;
}

struct intake *intake_of(void **state)
{
    struct intake *in = *state;

    if (!in->is_there) {
        print_message("COX_TEST_POSTGRES is not set\n");
        skip();
    }
    return in;
}

const char *intake_shared(struct intake *in, const char *name)
{
    const char *const roots[] = {getenv("COX_SHARED"), "../shared", "../../shared",
        "../../../shared"};

    for (size_t i = 0; i < COX_COUNT(roots); i++) {
        struct stat stat_of;
        char *path =
            roots[i] == NULL ? NULL : cox_arena_format(in->arena, "%s/data/%s", roots[i], name);

        if (path != NULL && stat(path, &stat_of) == 0) {
            return path;
        }
    }
    print_message("the shared data is not there\n");
    skip();
    return NULL;
}

void intake_import(struct intake *in, const char *path, const struct cox_import_opt *options)
{
    struct cox_import_opt opt = {.from = -1};

    if (options != NULL) {
        opt = *options;
    }
    opt.store = in->store;
    opt.actor = operator;
    opt.paths = &path;
    opt.path_count = 1;
    opt.folder = in->folder;
    opt.entities = cox_features_entities(in->arena);
    OK(cox_import_run(in->arena, &opt, &in->report, &in->err));
    for (size_t i = 0; i < in->report.file_count; i++) {
        const struct cox_import_file *file = &in->report.files[i];

        assert_int_equal(file->read,
            file->created + file->updated + file->unchanged + file->rejected);
    }
}

const struct cox_import_file *intake_file(struct intake *in, const char *name)
{
    for (size_t i = 0; i < in->report.file_count; i++) {
        if (cox_text_same(in->report.files[i].name, cox_text_of(name))) {
            return &in->report.files[i];
        }
    }
    fail_msg("no file %s in the report", name);
    return NULL;
}

void intake_counts(struct intake *in, const char *name, const int64_t *counts, int line)
{
    const struct cox_import_file *file = intake_file(in, name);

    if (file->read != counts[0] || file->created != counts[1] || file->updated != counts[2] ||
        file->unchanged != counts[3] || file->rejected != counts[4]) {
        fail_msg("line %d: %s: read %lld, created %lld, updated %lld, unchanged %lld, rejected "
                 "%lld (%s: %s)",
            line, name, (long long)file->read, (long long)file->created, (long long)file->updated,
            (long long)file->unchanged, (long long)file->rejected,
            file->reject_count > 0 ? file->rejects[0].field : "",
            file->reject_count > 0 ? file->rejects[0].reason : "");
    }
}

const char *intake_write(struct intake *in, const char *name, const void *bytes, size_t size)
{
    char *path = cox_arena_format(in->arena, "%s/%s", in->folder, name);
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    return path;
}

char *intake_read(struct intake *in, const char *path, size_t *ret_size)
{
    FILE *file = fopen(path, "rb");
    struct stat stat_of;
    char *bytes;

    assert_non_null(file);
    assert_int_equal(fstat(fileno(file), &stat_of), 0);
    bytes = cox_arena_alloc(in->arena, (size_t)stat_of.st_size + 1);
    assert_int_equal(fread(bytes, 1, (size_t)stat_of.st_size, file), (size_t)stat_of.st_size);
    (void)fclose(file);
    *ret_size = (size_t)stat_of.st_size;
    return bytes;
}

/* ---- reading ---- */

struct walk {
    struct intake *in;
    const struct cox_entity *entity;
    intake_each_fn fn;
    void *ctx;
    int64_t head;
};

static enum cox_rc walk_row(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct walk *walk = ctx;

    (void)reterr;
    walk->fn(walk->ctx, row);
    return COX_OK;
}

static enum cox_rc walk_call(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct walk *walk = ctx;

    walk->head = cox_call_as_of(call).seq;
    return walk->entity == NULL ? COX_OK
                                : cox_each(call, walk->entity, NULL, walk_row, walk, reterr);
}

void intake_each(struct intake *in, const struct cox_entity *entity, struct cox_as_of as_of,
    intake_each_fn fn, void *ctx)
{
    struct cox_read_opt opt = {.actor = operator, .as_of = as_of };
    struct walk walk = {.in = in, .entity = entity, .fn = fn, .ctx = ctx};

    OK(cox_store_read(in->store, &opt, walk_call, &walk, &in->err));
}

static void count_row(void *ctx, const struct cox_row *row)
{
    (void)row;
    ++*(int64_t *)ctx;
}

int64_t intake_count(struct intake *in, const struct cox_entity *entity)
{
    int64_t count = 0;

    intake_each(in, entity, (struct cox_as_of){0}, count_row, &count);
    return count;
}

int64_t intake_head(struct intake *in)
{
    struct cox_read_opt opt = {.actor = operator};
    struct walk walk = {.in = in};

    OK(cox_store_read(in->store, &opt, walk_call, &walk, &in->err));
    return walk.head;
}

void intake_digest(struct intake *in, char ret_digest[65])
{
    OK(cox_state_digest(in->store, (struct cox_as_of){0}, ret_digest, &in->err));
}

struct finding {
    struct intake *in;
    struct cox_text name;
    struct cox_row *row;
};

static void keep_row(void *ctx, const struct cox_row *row)
{
    struct finding *finding = ctx;
    struct cox_arena *arena = finding->in->arena;
    uint32_t count = row->table->entity->field_count;

    if (finding->row != NULL ||
        !cox_text_same(cox_row_text(row, row->table->entity->name_field), finding->name)) {
        return;
    }
    finding->row = COX_NEW(arena, struct cox_row);
    *finding->row = *row;
    finding->row->values = COX_NEW_ARRAY(arena, count, struct cox_value);
    for (uint32_t i = 0; i < count; i++) {
        finding->row->values[i] = row->values[i];
        if (row->values[i].kind == COX_VALUE_TEXT) {
            finding->row->values[i].text = cox_arena_text(arena, row->values[i].text);
        }
    }
}

const struct cox_row *intake_find_at(struct intake *in, const struct cox_entity *entity,
    const char *name, struct cox_as_of as_of)
{
    struct finding finding = {.in = in, .name = cox_text_of(name)};

    intake_each(in, entity, as_of, keep_row, &finding);
    if (finding.row == NULL) {
        fail_msg("no %s is called %s", entity->name, name);
    }
    return finding.row;
}

const struct cox_row *intake_find(struct intake *in, const struct cox_entity *entity,
    const char *name)
{
    return intake_find_at(in, entity, name, (struct cox_as_of){0});
}

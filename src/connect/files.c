/* connect/files.c: walking paths, recognising files, putting them in order. */
#include "connect/files.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "connect/chunk.h"
#include "connect/meanings.h"

struct list {
    struct cox_arena *arena;
    const char **paths;
    size_t count;
};

/* ---- walking ---- */

static int by_text(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static bool is_wanted(const char *name)
{
    static const char *const never[] = {".md", ".rejected.csv", ".map", ".sdl", ".sqlite", ".db",
        ".zip", ".xlsx", ".xls", ".pdf", ".c", ".py", ".sql"};
    struct cox_text text = cox_text_of(name);

    if (name[0] == '.' || strcmp(name, "ORIGIN") == 0) {
        return false;
    }
    for (size_t i = 0; i < COX_COUNT(never); i++) {
        if (cox_text_ends(text, cox_text_of(never[i]))) {
            return false;
        }
    }
    return true;
}

static enum cox_rc add_path(struct list *list, const char *path, struct cox_err *reterr)
{
    if (list->count == COX_IMPORT_FILES_MAX) {
        return cox_fail(reterr, COX_TOO_LARGE, "more than %d files in one import",
            COX_IMPORT_FILES_MAX);
    }
    list->paths[list->count++] = path;
    return path == NULL ? cox_no_memory(reterr) : COX_OK;
}

static enum cox_rc walk(struct list *list, const char *path, int depth, struct cox_err *reterr);

static enum cox_rc walk_folder(struct list *list, const char *path, int depth,
    struct cox_err *reterr)
{
    struct dirent **entries = NULL;
    int count = scandir(path, &entries, NULL, alphasort);
    enum cox_rc rc = COX_OK;

    if (count < 0) {
        return cox_fail(reterr, COX_IO, "the folder \"%s\" cannot be read", path);
    }
    for (int i = 0; i < count; i++) {
        if (rc == COX_OK && is_wanted(entries[i]->d_name)) {
            char *below = cox_arena_format(list->arena, "%s/%s", path, entries[i]->d_name);

            rc = below == NULL ? cox_no_memory(reterr) : walk(list, below, depth + 1, reterr);
        }
        free(entries[i]);
    }
    free(entries);
    return rc;
}

static enum cox_rc walk(struct list *list, const char *path, int depth, struct cox_err *reterr)
{
    struct stat stat_of;

    if (strcmp(path, "-") == 0) {
        return cox_fail(reterr, COX_UNSUPPORTED, "an import reads files twice; give it a file");
    }
    if (stat(path, &stat_of) != 0) {
        return cox_fail(reterr, COX_MISSING, "there is no file or folder \"%s\"", path);
    }
    if (!S_ISDIR(stat_of.st_mode)) {
        return add_path(list, cox_arena_string(list->arena, path), reterr);
    }
    if (depth > COX_IMPORT_DEPTH_MAX) {
        return cox_fail(reterr, COX_TOO_LARGE, "folders nest more than %d deep",
            COX_IMPORT_DEPTH_MAX);
    }
    return walk_folder(list, path, depth, reterr);
}

static enum cox_rc list_files(struct cox_work *work, struct list *list, struct cox_err *reterr)
{
    const struct cox_import_opt *opt = work->opt;

    *list = (struct list){.arena = work->arena,
        .paths = COX_NEW_ARRAY(work->arena, COX_IMPORT_FILES_MAX, const char *)};
    if (list->paths == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < opt->path_count; i++) {
        COX_TRY(walk(list, opt->paths[i], 0, reterr));
    }
    qsort(list->paths, list->count, sizeof *list->paths, by_text);
    return COX_OK;
}

/* ---- recognising ---- */

static struct cox_text base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return cox_text_of(slash == NULL ? path : slash + 1);
}

/* Order of files: what others refer to comes first. */
static int rank_of(const struct cox_guess *guess)
{
    static const char *const order[] = {"pipeline", "stage", "loss_reason", "user", "team",
        "team_member", "reporting_line", "product", "price_list", "price", "account", "contact",
        "lead", "opportunity", "opportunity_line", "opportunity_split", "deal_member",
        "deal_contact", "territory_model", "territory", "territory_member", "territory_account",
        "contract", "activity"};
    int rank = (int)COX_COUNT(order);

    for (size_t i = 0; guess->table != NULL && i < COX_COUNT(order); i++) {
        rank = strcmp(order[i], guess->table->entity->name) == 0 ? (int)i : rank;
    }
    switch (guess->kind) {
    case COX_KIND_TEAMS:
        return 3 * 10 + 5; /* right after people */
    case COX_KIND_LINKS:
    case COX_KIND_SNAPSHOTS:
    case COX_KIND_CHANGES:
        return rank * 10 + 9;
    case COX_KIND_DICTIONARY:
    case COX_KIND_MEANINGS:
        return -1;
    case COX_KIND_NONE:
    case COX_KIND_RECORDS:
    case COX_KIND_COUNT:
    default:
        return rank * 10;
    }
}

/* Activities are calls, meetings or tasks file by file. */
static int64_t default_kind(struct cox_work *work, const struct cox_job *job,
    const struct cox_sheet *sheet)
{
    const struct cox_table *table = job->mapping.guess.table;
    uint32_t kind = table == NULL ? COX_NO_FIELD : cox_table_field(table, COX_LIT("kind"));
    struct cox_text words = cox_file_words(work->arena, sheet->file);
    int64_t found = -1;

    if (table == NULL || strcmp(table->entity->name, "activity") != 0 || kind == COX_NO_FIELD) {
        return -1;
    }
    if (sheet->object.ptr != NULL) {
        found = cox_choice_find(work->arena, table->fields[kind]->choices, sheet->object);
    }
    while (found < 0 && words.ptr != NULL) {
        struct cox_text word = cox_text_split(&words, ' ');

        found = cox_choice_find(work->arena, table->fields[kind]->choices, word);
        if (found < 0 && word.size > 1 && word.ptr[word.size - 1] == 's') {
            word.size--;
            found = cox_choice_find(work->arena, table->fields[kind]->choices, word);
        }
    }
    for (size_t i = 0; i < job->mapping.count && found < 0; i++) {
        struct cox_text key = cox_text_key(work->arena, job->mapping.columns[i].header);

        found = cox_text_starts(key, COX_LIT("call"))      ? 0
                : cox_text_starts(key, COX_LIT("event"))   ? 1
                : cox_text_starts(key, COX_LIT("meeting")) ? 1
                                                           : -1;
    }
    return found;
}

/* The reason a file is not taken, said by what it lacks. */
static const char *unsure(struct cox_work *work, const struct cox_job *job)
{
    const struct cox_mapping *mapping = &job->mapping;
    const struct cox_table *table = mapping->guess.table;
    bool *mapped = table == NULL ? NULL : COX_NEW_ARRAY(work->arena, table->field_count, bool);
    const struct cox_field *missing;

    if (mapped == NULL) {
        return job->file->why;
    }
    for (size_t i = 0; i < mapping->count; i++) {
        if (mapping->columns[i].role == COX_COL_FIELD) {
            mapped[mapping->columns[i].field] = true;
        } else if (mapping->columns[i].role == COX_COL_MEANT) {
            cox_meanings_mark(table, mapped);
        }
    }
    missing = cox_required_missing(table, mapped, mapping->id < mapping->count);
    if (cox_text_starts(cox_text_of(job->file->why), COX_LIT("none"))) {
        missing = NULL; /* that says it already */
    }
    return cox_arena_format(work->arena, "not sure: %s%s%s; a map file can say what it is",
        job->file->why, missing == NULL ? "" : ", but none of them is its ",
        missing == NULL ? "" : missing->name);
}

static void skip(struct cox_import_file *file, const char *why)
{
    file->is_skipped = true;
    file->kind = cox_kind_name(COX_KIND_NONE);
    file->entity = "";
    file->why = why;
}

static enum cox_rc keep_first(struct cox_work *work, struct cox_job *job,
    const struct cox_feed_row *first, size_t count, struct cox_err *reterr)
{
    job->first = COX_NEW_ARRAY(work->arena, count, struct cox_text);
    for (size_t i = 0; job->first != NULL && i < count; i++) {
        job->first[i] = cox_arena_text(work->arena, first->cells[i]);
    }
    return job->first == NULL ? cox_no_memory(reterr) : COX_OK;
}

/* Reads a file's headers and says what it is. Failures to read it are told, not passed on. */
static enum cox_rc make_job(struct cox_work *work, struct cox_job *job, struct cox_err *reterr)
{
    const struct cox_import_opt *opt = work->opt;
    struct cox_import_file *file = job->file;
    struct cox_sheet sheet = {.file = file->name};
    struct cox_guess guess;
    struct cox_feed_row first;
    struct cox_err err = {0};
    bool is_decided;

    file->format = "";
    file->source = cox_source_name(COX_FOREIGN);
    err.rc = cox_feed_open(work->arena, job->path, &job->feed, &err);
    if (err.rc != COX_OK) {
        job->feed = NULL;
        skip(file, cox_arena_string(work->arena, err.text));
        return err.rc == COX_NO_MEMORY ? cox_no_memory(reterr) : COX_OK;
    }
    file->format = cox_feed_format(job->feed);
    sheet.headers = cox_feed_headers(job->feed, &sheet.header_count);
    sheet.object = cox_feed_object(job->feed);
    if (cox_feed_next(job->feed, &first, &err) == COX_OK && first.row != 0) {
        COX_TRY(keep_first(work, job, &first, sheet.header_count, reterr));
        sheet.first = job->first; /* a failure shows when the file is read */
    }
    COX_TRY(
        cox_recognise(work->arena, work->registry, work->names, &sheet, opt->from, &guess, reterr));
    COX_TRY(cox_map_file_guess(work->map, file->name, work->registry, &guess, &is_decided, reterr));
    COX_TRY(cox_mapping_make(work->arena, work->names, &sheet, &guess, &job->mapping, reterr));
    file->source = cox_source_name(guess.source);
    file->kind = cox_kind_name(guess.kind);
    file->entity = guess.table == NULL ? "" : guess.table->entity->plural;
    file->why = cox_arena_format(work->arena, "%.*s", (int)guess.why.size, guess.why.ptr);
    job->rank = rank_of(&guess);
    job->default_kind = default_kind(work, job, &sheet);
    if (guess.kind == COX_KIND_DICTIONARY || guess.kind == COX_KIND_MEANINGS) {
        return COX_OK;
    }
    cox_feed_close(job->feed); /* opened again for each pass: there may be many files */
    if (guess.kind == COX_KIND_NONE || !guess.is_sure) {
        skip(file, unsure(work, job));
        return COX_OK;
    }
    return cox_map_file_columns(work->map, file->name, work->names, work->arena, &job->mapping,
        reterr);
}

/* The vendor most of the other recognised files of the folder are of; COX_FOREIGN: none. */
static int vendor_of_folder(const struct cox_work *work, const struct cox_job *job)
{
    size_t size = (size_t)(base_name(job->path).ptr - job->path);
    size_t votes[COX_SOURCE_COUNT] = {0}, all = 0;
    bool any_marked = false;

    for (size_t i = 0; i < work->job_count; i++) {
        any_marked |= work->jobs[i].mapping.guess.marks > 0;
    }

    for (size_t i = 0; i < work->job_count; i++) {
        const struct cox_job *other = &work->jobs[i];

        /* Where some say by their headers whose they are, what could be anybody's has no say. */
        if (other != job && !other->file->is_skipped &&
            (!any_marked || other->mapping.guess.marks > 0) &&
            strncmp(other->path, job->path, size) == 0 && strchr(other->path + size, '/') == NULL) {
            votes[other->mapping.guess.source]++;
            all++;
        }
    }
    for (int vendor = 0; vendor < COX_VENDOR_COUNT; vendor++) {
        if (votes[vendor] * 2 > all) {
            return vendor;
        }
    }
    return COX_FOREIGN;
}

/* How much worse a file may look as one of its neighbours' vendor than as what it looks best as. */
static const double neighbour_slack = 0.2;

/*
 * A file that could be anybody's ("id, email, first name") is its neighbours' vendor's: so its ids
 * are known to their references.
 */
static enum cox_rc join_neighbours(struct cox_work *work, struct cox_job *job,
    struct cox_err *reterr)
{
    struct cox_sheet sheet = {.file = job->file->name};
    const struct cox_guess *guess = &job->mapping.guess;
    int vendor = vendor_of_folder(work, job);
    struct cox_guess other;

    sheet.first = job->first;

    if (job->feed == NULL || guess->kind != COX_KIND_RECORDS || job->file->is_skipped ||
        vendor == COX_FOREIGN || guess->source == vendor ||
        (guess->source != COX_FOREIGN && guess->marks > 0)) {
        return COX_OK;
    }
    sheet.headers = cox_feed_headers(job->feed, &sheet.header_count);
    COX_TRY(
        cox_recognise(work->arena, work->registry, work->names, &sheet, vendor, &other, reterr));
    if (other.table != guess->table || other.score < guess->score - neighbour_slack) {
        return COX_OK;
    }
    other.is_sure = true;
    COX_TRY(cox_mapping_make(work->arena, work->names, &sheet, &other, &job->mapping, reterr));
    job->file->source = cox_source_name(vendor);
    return cox_map_file_columns(work->map, job->file->name, work->names, work->arena, &job->mapping,
        reterr);
}

/* HubSpot knows people as owners and as users, under different ids; references name owners. */
static void tell_users_from_owners(struct cox_work *work, struct cox_job *job)
{
    struct cox_mapping *mapping = &job->mapping;
    struct cox_text words = cox_file_words(work->arena, job->file->name);

    if (mapping->guess.source == COX_HUBSPOT && mapping->guess.table != NULL &&
        strcmp(mapping->guess.table->entity->name, "user") == 0 &&
        memmem(words.ptr, words.size, "user", 4) != NULL && mapping->id < mapping->count) {
        mapping->columns[mapping->id].role = COX_COL_OTHER_ID;
        mapping->id = mapping->count;
    }
}

static enum cox_rc finish_job(struct cox_work *work, struct cox_job *job, struct cox_err *reterr)
{
    const struct cox_table *table = job->mapping.guess.table;

    job->source = cox_text_of(cox_source_name(job->mapping.guess.source));
    job->unmatched_field =
        table == NULL ? COX_NO_FIELD : cox_table_field(table, COX_LIT("unmatched"));
    tell_users_from_owners(work, job);
    job->mapping.key = job->mapping.id;
    if (job->mapping.id == job->mapping.count && table != NULL &&
        cox_is_matched_by_name(table->entity) &&
        cox_table_field(table, COX_LIT("code")) == COX_NO_FIELD) {
        job->mapping.key =
            cox_mapping_find(&job->mapping, COX_COL_FIELD, table->entity->name_field);
    }
    job->has_values = COX_NEW_ARRAY(work->arena, job->mapping.count, bool);
    if (job->has_values == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; table != NULL && i < job->mapping.count; i++) {
        job->has_values[i] =
            cox_map_file_has_values(work->map, job->file->name, &job->mapping.columns[i], table);
    }
    return COX_OK;
}

/* ---- what a dictionary says of the other files' columns ---- */

static void apply_description(struct cox_work *work, struct cox_text table, struct cox_text field,
    struct cox_text description)
{
    int64_t scale = cox_scale_of(description);

    for (size_t i = 0; scale != 1 && i < work->job_count; i++) {
        struct cox_job *job = &work->jobs[i];
        struct cox_text words = cox_file_words(work->arena, job->file->name);
        struct cox_text wanted = cox_text_words(work->arena, table);

        if (table.size > 0 && !cox_text_same(words, wanted)) {
            continue;
        }
        for (size_t c = 0; c < job->mapping.count; c++) {
            if (cox_text_same_ascii(job->mapping.columns[c].header, field)) {
                job->mapping.columns[c].scale = scale;
            }
        }
    }
}

static size_t header_at(const struct cox_job *job, const char *names)
{
    struct cox_text rest = cox_text_of(names);

    for (struct cox_text one; cox_alias_next(&rest, &one);) {
        for (size_t i = 0; i < job->mapping.count; i++) {
            if (cox_text_same_ascii(job->mapping.columns[i].header, one)) {
                return i;
            }
        }
    }
    return job->mapping.count;
}

static enum cox_rc read_dictionary(struct cox_work *work, struct cox_job *job,
    struct cox_err *reterr)
{
    size_t table = header_at(job, "Table|File|Entity|Sheet");
    size_t field = header_at(job, "Field|Column|Variable");
    size_t text = header_at(job, "Description|Meaning|Definition");
    size_t none = job->mapping.count;
    struct cox_feed_row row;

    skip(job->file, "it describes the columns of the other files; read for their units");
    if (field == none || text == none) {
        return COX_OK;
    }
    COX_TRY(cox_feed_rewind(job->feed, reterr));
    for (;;) {
        COX_TRY(cox_feed_next(job->feed, &row, reterr));
        if (row.row == 0) {
            cox_feed_close(job->feed);
            return COX_OK;
        }
        apply_description(work, table == none ? (struct cox_text){0} : row.cells[table],
            cox_text_trim(row.cells[field]), row.cells[text]);
    }
}

/* ---- the plan ---- */

static int by_rank(const void *left, const void *right)
{
    const struct cox_job *a = left, *b = right;
    int order = a->rank - b->rank;

    return order != 0 ? order : strcmp(a->path, b->path);
}

/* Jobs that read records first, then skipped files; the report lists them so. */
static enum cox_rc order_jobs(struct cox_work *work, struct cox_err *reterr)
{
    struct cox_import_file *files =
        COX_NEW_ARRAY(work->arena, work->job_count, struct cox_import_file);
    size_t kept = 0;

    if (files == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < work->job_count; i++) {
        if (work->jobs[i].file->is_skipped) {
            work->jobs[i].rank = 1000000;
        }
    }
    qsort(work->jobs, work->job_count, sizeof *work->jobs, by_rank);
    for (size_t i = 0; i < work->job_count; i++) {
        files[i] = *work->jobs[i].file;
        work->jobs[i].file = &files[i];
        kept += !files[i].is_skipped;
        COX_TRY(finish_job(work, &work->jobs[i], reterr));
    }
    work->report->files = files;
    work->report->file_count = work->job_count;
    work->job_count = kept;
    return COX_OK;
}

enum cox_rc cox_files_plan(struct cox_work *work, struct cox_err *reterr)
{
    struct cox_import_file *files;
    struct list list;

    work->meanings = NULL; /* read anew */
    COX_TRY(list_files(work, &list, reterr));
    files = COX_NEW_ARRAY(work->arena, list.count, struct cox_import_file);
    work->jobs = COX_NEW_ARRAY(work->arena, list.count, struct cox_job);
    if (files == NULL || work->jobs == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < list.count; i++) {
        struct cox_job *job = &work->jobs[i];

        files[i] =
            (struct cox_import_file){.name = base_name(list.paths[i]), .path = list.paths[i]};
        *job = (struct cox_job){.work = work, .path = list.paths[i], .file = &files[i]};
        work->job_count++;
        COX_TRY(make_job(work, job, reterr));
    }
    for (size_t i = 0; i < work->job_count && work->opt->from < 0; i++) {
        COX_TRY(join_neighbours(work, &work->jobs[i], reterr));
    }
    for (size_t i = 0; i < work->job_count; i++) {
        if (work->jobs[i].mapping.guess.kind == COX_KIND_DICTIONARY &&
            !work->jobs[i].file->is_skipped) {
            COX_TRY(read_dictionary(work, &work->jobs[i], reterr));
        }
        if (work->jobs[i].mapping.guess.kind == COX_KIND_MEANINGS &&
            !work->jobs[i].file->is_skipped) {
            skip(work->jobs[i].file, work->jobs[i].file->why);
            COX_TRY(cox_meanings_read(work, &work->jobs[i], reterr));
        }
    }
    return order_jobs(work, reterr);
}

/* record/copy.c: a whole store into a new one, verified, and what was erased since erased again. */
#include "record/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "record/audit.h"
#include "record/copy_table.h"
#include "record/erase.h"
#include "record/schema.h"
#include "record/store.h"

enum { PATH_SIZE = 4096, LINE_SIZE = 128 };

#define LIST_HEAD "coxswain erased 1\n"

struct copy {
    struct cox_store *from;
    const struct cox_copy_opt *opt;
    struct cox_copy_report report;
    bool is_file;         /* the target is a SQLite file */
    char part[PATH_SIZE]; /* where it is made: the url itself for PostgreSQL */
    bool is_made;         /* something of ours stands there */
    int64_t erased[2];    /* entity number and id, for the call that erases again */
};

/* ---- filling ---- */

static enum cox_rc make_tables(struct cox_db *db, struct cox_call *call, struct cox_err *reterr)
{
    struct cox_step *steps = NULL;

    COX_TRY(cox_schema_plan(db, call->registry, call->arena, &steps, reterr));
    COX_TRY(cox_schema_apply(db, call->registry, steps, reterr));
    /* Indexes are built at the end, from sorted rows. */
    for (size_t i = 0; i < call->registry->table_count; i++) {
        COX_TRY(cox_schema_drop_indexes(db, &call->registry->tables[i]->table, reterr));
    }
    return cox_db_exec(db, "DELETE FROM \"schema_field\"", reterr); /* comes with the copy */
}

static enum cox_rc copy_plain_tables(struct copy *copy, struct cox_copy_pipe *pipe,
    struct cox_err *reterr)
{
    for (size_t i = 0; i < cox_plain_table_count; i++) {
        const struct cox_plain_table *plain = &cox_plain_tables[i];
        if (plain->is_secret && copy->opt->leave_secrets) {
            continue;
        }
        /* The fingerprint is that of the other engine's DDL; cox_schema_note makes ours. */
        COX_TRY(cox_copy_plain(pipe, plain,
            strcmp(plain->name, "setting") == 0 ? "schema.fingerprint" : NULL, reterr));
    }
    return COX_OK;
}

/* The key signs cursors: a copy meant for others gets its own. */
static enum cox_rc new_key(struct copy *copy, struct cox_db *db, struct cox_err *reterr)
{
    unsigned char key[32];
    COX_AUTO_STMT stmt = NULL;

    if (!copy->opt->leave_secrets) {
        return COX_OK;
    }
    cox_store_random(copy->from, key, sizeof(key));
    COX_TRY(
        cox_db_prepare(db, COX_LIT("UPDATE \"log_head\" SET \"store_key\" = $1"), &stmt, reterr));
    cox_stmt_bind_bytes(stmt, 1, (struct cox_text){(const char *)key, sizeof(key)});
    return cox_stmt_run(stmt, reterr);
}

static enum cox_rc make_indexes(struct copy *copy, struct cox_db *db,
    const struct cox_registry *registry, struct cox_err *reterr)
{
    for (size_t i = 0; i < registry->table_count; i++) {
        COX_TRY(cox_schema_make_indexes(db, &registry->tables[i]->table, reterr));
    }
    COX_TRY(new_key(copy, db, reterr));
    return cox_schema_note(db, copy->from->entities, reterr);
}

/* PostgreSQL: one transaction from the first table to the last index. SQLite: the file has no name
 * yet, so pages may be committed one by one. */
static enum cox_rc fill_open(struct copy *copy, struct cox_db *db, struct cox_call *call,
    struct cox_err *reterr)
{
    struct cox_copy_pipe pipe = {.from = call->db,
        .to = db,
        .arena = call->arena,
        .commits_pages = copy->is_file,
        .progress = copy->opt->progress,
        .ctx = copy->opt->ctx};

    COX_TRY(cox_db_begin(db, COX_BEGIN_WRITE, reterr));
    COX_TRY(make_tables(db, call, reterr));
    if (copy->is_file) {
        COX_TRY(cox_db_commit(db, reterr));
    }
    COX_TRY(cox_copy_count(&pipe, call->registry, reterr));
    COX_TRY(copy_plain_tables(copy, &pipe, reterr));
    for (size_t i = 0; i < call->registry->table_count; i++) {
        COX_TRY(cox_copy_entity(&pipe, &call->registry->tables[i]->table, reterr));
    }
    if (copy->is_file) {
        COX_TRY(cox_db_begin(db, COX_BEGIN_WRITE, reterr));
    }
    COX_TRY(make_indexes(copy, db, call->registry, reterr));
    COX_TRY(cox_db_commit(db, reterr));
    copy->report.row_count = pipe.done;
    return COX_OK;
}

static enum cox_rc refuse_existing(struct copy *copy, struct cox_db *db, struct cox_err *reterr)
{
    bool has = false;

    for (size_t i = 0; i < cox_plain_table_count && !has; i++) {
        COX_TRY(cox_db_has(db, "table", cox_plain_tables[i].name, &has, reterr));
    }
    for (size_t i = 0; copy->from->entities[i] != NULL && !has; i++) {
        COX_TRY(cox_db_has(db, "table", copy->from->entities[i]->name, &has, reterr));
    }
    return has ? cox_fail(reterr, COX_CONFLICT,
                     "there is something at the target already; a copy is never written over it")
               : COX_OK;
}

static enum cox_rc fill(struct copy *copy, struct cox_call *call, struct cox_err *reterr)
{
    struct cox_db *db = NULL;
    enum cox_rc rc;

    COX_TRY(cox_db_open(copy->part, COX_DB_CREATE, &db, reterr));
    copy->is_made = copy->is_file;
    rc = refuse_existing(copy, db, reterr);
    if (rc == COX_OK && copy->is_file) {
        rc = cox_db_exec(db, "PRAGMA synchronous=OFF", reterr); /* synced as a whole below */
    }
    if (rc == COX_OK) {
        rc = fill_open(copy, db, call, reterr);
    }
    if (rc == COX_OK && copy->is_file) {
        rc = cox_db_exec(db, "PRAGMA synchronous=FULL; PRAGMA wal_checkpoint(TRUNCATE)", reterr);
    }
    copy->is_made = copy->is_made || rc == COX_OK;
    cox_db_rollback(db);
    cox_db_close(db);
    return rc;
}

static enum cox_rc copy_call(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct copy *copy = ctx;
    struct cox_head_state head;

    COX_TRY(cox_head_read(call->db, &head, reterr));
    copy->report.seq = head.seq;
    (void)sodium_bin2hex(copy->report.chain, sizeof(copy->report.chain), head.digest,
        sizeof(head.digest));
    COX_TRY(cox_call_state_digest(call, copy->report.state, reterr));
    return fill(copy, call, reterr);
}

/* ---- verifying ---- */

static enum cox_rc open_copy(struct copy *copy, struct cox_store **ret_store,
    struct cox_err *reterr)
{
    const struct cox_store_opt opt = {
        .url = copy->part,
        .entities = copy->from->entities,
        .now_us = copy->from->now_us,
        .random = copy->from->random,
        .ctx = copy->from->ctx,
        .reader_max = 1,
    };

    return cox_store_open(&opt, ret_store, reterr);
}

static enum cox_rc verify(struct copy *copy, struct cox_store *store, struct cox_err *reterr)
{
    struct cox_audit_head head;
    char state[65];

    COX_TRY(cox_audit_head(store, &head, reterr));
    COX_TRY(cox_state_digest(store, (struct cox_as_of){0}, state, reterr));
    if (head.seq != copy->report.seq || strcmp(head.digest, copy->report.chain) != 0 ||
        strcmp(state, copy->report.state) != 0) {
        return cox_fail(reterr, COX_CORRUPT,
            "the copy differs from what was copied; it was dropped");
    }
    return COX_OK;
}

/* ---- erasing again ---- */

static enum cox_rc erase_again(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct copy *copy = ctx;
    const struct cox_table *table = cox_registry_number(call->registry, (uint16_t)copy->erased[0]);
    struct cox_erase_report report;
    bool is_erased;

    if (table == NULL) {
        return COX_OK; /* of a version of the program that knew more entities */
    }
    COX_TRY(cox_is_erased(call, table->entity, copy->erased[1], &is_erased, reterr));
    if (is_erased) {
        return COX_OK;
    }
    enum cox_rc rc = cox_erase(call, table->entity, copy->erased[1], &report, reterr);
    if (rc == COX_MISSING) {
        return COX_OK; /* made after the backup: nothing of it came back */
    }
    copy->report.erased_count += rc == COX_OK ? report.record_count : 0;
    return rc;
}

/* "2 4711": entity number and id. */
static bool read_line(const char *line, int64_t ret_erased[2])
{
    char *end = NULL;

    errno = 0;
    ret_erased[0] = strtoll(line, &end, 10);
    if (end == line || *end != ' ' || ret_erased[0] < 0 || ret_erased[0] > UINT16_MAX) {
        return false;
    }
    const char *rest = end + 1;
    ret_erased[1] = strtoll(rest, &end, 10);
    return end != rest && *end == '\n' && ret_erased[1] > 0 && errno == 0;
}

static enum cox_rc replay_line(struct copy *copy, struct cox_store *store, const char *line,
    struct cox_err *reterr)
{
    const struct cox_write_opt opt = {.actor = {.roles = COX_ROLE_BIT(COX_OPERATOR)},
        .cause = COX_CAUSE_RESTORE,
        .request = "restore",
        .note = "erased again"};

    if (!read_line(line, copy->erased)) {
        return cox_fail(reterr, COX_INVALID, "the list of erased records is damaged");
    }
    return cox_store_write(store, &opt, erase_again, copy, NULL, reterr);
}

static enum cox_rc replay(struct copy *copy, struct cox_store *store, struct cox_err *reterr)
{
    char line[LINE_SIZE];
    int64_t row = 1;
    FILE *file = fopen(copy->opt->erased, "re");

    if (file == NULL) {
        return cox_fail(reterr, errno == ENOENT ? COX_MISSING : COX_IO,
            "the list of erased records cannot be read: %s", strerror(errno));
    }
    enum cox_rc rc = COX_OK;
    if (fgets(line, sizeof(line), file) == NULL || strcmp(line, LIST_HEAD) != 0) {
        rc = cox_fail(reterr, COX_INVALID, "this is no list of erased records");
    }
    while (rc == COX_OK && fgets(line, sizeof(line), file) != NULL) {
        row++;
        rc = replay_line(copy, store, line, reterr);
        if (rc != COX_OK && reterr != NULL) {
            reterr->row = row;
        }
    }
    (void)fclose(file); /* only read */
    return rc == COX_OK ? cox_erase_finish(store, reterr) : rc;
}

/* ---- names ---- */

static void drop_files(const char *path)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    char name[PATH_SIZE + 8];

    for (size_t i = 0; i < COX_COUNT(ends); i++) {
        (void)snprintf(name, sizeof(name), "%s%s", path, ends[i]);
        (void)unlink(name); /* not all of them exist */
    }
}

/* What a copy that failed after its commit has left in PostgreSQL; nothing else stood there. */
static void drop_tables(struct copy *copy)
{
    struct cox_db *db = NULL;
    char sql[400];

    if (cox_db_open(copy->part, COX_DB_WRITE, &db, NULL) != COX_OK) {
        return;
    }
    for (size_t i = 0; i < cox_plain_table_count; i++) {
        (void)snprintf(sql, sizeof(sql), "DROP TABLE IF EXISTS \"%.100s\"",
            cox_plain_tables[i].name);
        if (cox_db_exec(db, sql, NULL) != COX_OK) {
            break;
        }
    }
    for (size_t i = 0; copy->from->entities[i] != NULL; i++) {
        const char *name = copy->from->entities[i]->name;
        (void)snprintf(sql, sizeof(sql),
            "DROP TABLE IF EXISTS \"%.100s\", \"%.100s_past\", \"%.100s_find\"", name, name, name);
        if (cox_db_exec(db, sql, NULL) != COX_OK) {
            break;
        }
    }
    cox_db_close(db);
}

/* Whatever the verifying store left in its log goes into the file: the name is for the file alone. */
static enum cox_rc settle_file(struct copy *copy, struct cox_err *reterr)
{
    struct cox_db *db = NULL;

    COX_TRY(cox_db_open(copy->part, COX_DB_WRITE, &db, reterr));
    enum cox_rc rc = cox_db_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)", reterr);
    cox_db_close(db);
    return rc;
}

/* The name appears in one step, and never over another file. */
static enum cox_rc publish(struct copy *copy, struct cox_err *reterr)
{
    char folder[PATH_SIZE];

    COX_TRY(settle_file(copy, reterr));
    if (link(copy->part, copy->opt->to_url) != 0) {
        return errno == EEXIST
                   ? cox_fail(reterr, COX_CONFLICT, "%s exists already", copy->opt->to_url)
                   : cox_fail(reterr, COX_IO, "%s: %s", copy->opt->to_url, strerror(errno));
    }
    drop_files(copy->part);
    (void)snprintf(folder, sizeof(folder), "%s", copy->opt->to_url);
    int handle = open(dirname(folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (handle < 0 || fsync(handle) != 0) {
        if (handle >= 0) {
            (void)close(handle);
        }
        return cox_fail(reterr, COX_IO, "the folder of the copy cannot be written: %s",
            strerror(errno));
    }
    (void)close(handle); /* nothing is buffered */
    return COX_OK;
}

static bool is_postgres(const char *url)
{
    return strncmp(url, "postgresql://", 13) == 0 || strncmp(url, "postgres://", 11) == 0;
}

static enum cox_rc choose_place(struct copy *copy, struct cox_err *reterr)
{
    const char *url = copy->opt->to_url;

    copy->is_file = !is_postgres(url);
    int size = snprintf(copy->part, sizeof(copy->part), "%s%s", url, copy->is_file ? ".part" : "");
    if (size < 0 || (size_t)size >= sizeof(copy->part)) {
        return cox_fail(reterr, COX_INVALID, "the target's name is too long");
    }
    if (!copy->is_file) {
        return COX_OK;
    }
    if (access(url, F_OK) == 0) {
        return cox_fail(reterr, COX_CONFLICT, "%s exists already; a copy is never written over it",
            url);
    }
    drop_files(copy->part); /* of a copy that did not end */
    return COX_OK;
}

static enum cox_rc check_copy(struct copy *copy, struct cox_err *reterr)
{
    struct cox_store *store = NULL;
    enum cox_rc rc;

    COX_TRY(open_copy(copy, &store, reterr));
    rc = verify(copy, store, reterr);
    if (rc == COX_OK && copy->opt->erased != NULL) {
        rc = replay(copy, store, reterr);
    }
    cox_store_close(store);
    return rc;
}

enum cox_rc cox_store_copy(struct cox_store *from, const struct cox_copy_opt *opt,
    struct cox_copy_report *ret_report, struct cox_err *reterr)
{
    const struct cox_read_opt read = {.actor = {.roles = COX_ROLE_BIT(COX_OPERATOR)}};
    struct copy copy = {.from = from, .opt = opt};
    enum cox_rc rc;

    COX_TRY(choose_place(&copy, reterr));
    rc = cox_store_read(from, &read, copy_call, &copy, reterr);
    if (rc == COX_OK) {
        rc = check_copy(&copy, reterr);
    }
    if (rc == COX_OK && copy.is_file) {
        rc = publish(&copy, reterr);
    }
    if (rc != COX_OK) {
        if (copy.is_file) {
            drop_files(copy.part);
        } else if (copy.is_made) {
            drop_tables(&copy);
        }
        return rc;
    }
    *ret_report = copy.report;
    return COX_OK;
}

/* ---- the list ---- */

struct list {
    FILE *file;
};

static enum cox_rc write_list(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct list *list = ctx;
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    (void)fputs(LIST_HEAD, list->file); /* failures show at the end: ferror */
    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("SELECT \"entity\", \"id\" FROM \"erased\" ORDER BY \"entity\", \"id\""), &stmt,
        reterr));
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    while (is_row) {
        (void)fprintf(list->file, "%" PRId64 " %" PRId64 "\n", cox_stmt_int(stmt, 0),
            cox_stmt_int(stmt, 1));
        COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    }
    return COX_OK;
}

static enum cox_rc fill_list(struct cox_store *store, const char *part, struct cox_err *reterr)
{
    const struct cox_read_opt read = {.actor = {.roles = COX_ROLE_BIT(COX_OPERATOR)}};
    struct list list = {.file = fopen(part, "we")};

    if (list.file == NULL) {
        return cox_fail(reterr, COX_IO, "%s: %s", part, strerror(errno));
    }
    enum cox_rc rc = cox_store_read(store, &read, write_list, &list, reterr);
    bool is_written =
        fflush(list.file) == 0 && ferror(list.file) == 0 && fsync(fileno(list.file)) == 0;
    int cause = errno;
    if (fclose(list.file) != 0 || !is_written) {
        rc = rc != COX_OK ? rc
                          : cox_fail(reterr, cause == ENOSPC ? COX_FULL : COX_IO, "%s: %s", part,
                                strerror(cause));
    }
    return rc;
}

enum cox_rc cox_erased_save(struct cox_store *store, const char *path, struct cox_err *reterr)
{
    char part[PATH_SIZE];
    int size = snprintf(part, sizeof(part), "%s.part", path);

    if (size < 0 || (size_t)size >= sizeof(part)) {
        return cox_fail(reterr, COX_INVALID, "the list's name is too long");
    }
    enum cox_rc rc = fill_list(store, part, reterr);
    if (rc == COX_OK && rename(part, path) != 0) {
        rc = cox_fail(reterr, COX_IO, "%s: %s", path, strerror(errno));
    }
    if (rc != COX_OK) {
        (void)unlink(part); /* may not exist */
    }
    return rc;
}

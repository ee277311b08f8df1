/*
 * connect/dry.c: an import that keeps nothing: the store is copied, the copy is imported into and
 * thrown away. So a dry run passes every rule a real one does, and its counts are the same.
 */
#include "connect/dry.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "record/copy.h"

static void remove_copy(const char *folder)
{
    static const char *const ends[] = {"", "-wal", "-shm", "-journal", ".part"};
    char path[300];

    for (size_t i = 0; i < COX_COUNT(ends); i++) {
        (void)snprintf(path, sizeof path, "%s/store.db%s", folder, ends[i]);
        (void)unlink(path); /* not all of them exist */
    }
    (void)rmdir(folder);
}

static enum cox_rc run_in(struct cox_arena *arena, const struct cox_import_opt *opt,
    const char *folder, struct cox_import_report *ret_report, struct cox_err *reterr)
{
    const char *path = cox_arena_format(arena, "%s/store.db", folder);
    struct cox_copy_opt copy = {.to_url = path, .leave_secrets = true};
    struct cox_store_opt store = {.url = path, .entities = opt->entities};
    struct cox_import_opt inner = *opt;
    struct cox_copy_report copied;
    enum cox_rc rc;

    if (path == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_store_copy(opt->store, &copy, &copied, reterr));
    inner.store = NULL;
    COX_TRY(cox_store_open(&store, &inner.store, reterr));
    inner.folder = opt->keep_files ? opt->folder : NULL;
    rc = cox_import_run_in(arena, &inner, ret_report, reterr);
    cox_store_close(inner.store);
    ret_report->is_dry = true;
    ret_report->batch = 0;
    return rc;
}

enum cox_rc cox_import_dry(struct cox_arena *arena, const struct cox_import_opt *opt,
    struct cox_import_report *ret_report, struct cox_err *reterr)
{
    const char *root = getenv("TMPDIR");
    char folder[200];
    enum cox_rc rc;

    if (opt->entities == NULL) {
        return cox_fail(reterr, COX_INTERNAL, "a dry run needs the list of entities");
    }
    (void)snprintf(folder, sizeof folder, "%.150s/coxswain-dry-XXXXXX",
        root == NULL ? "/tmp" : root);
    if (mkdtemp(folder) == NULL) {
        return cox_fail(reterr, COX_IO, "a dry run needs a folder for a copy; \"%s\" is none",
            folder);
    }
    rc = run_in(arena, opt, folder, ret_report, reterr);
    remove_copy(folder);
    return rc;
}

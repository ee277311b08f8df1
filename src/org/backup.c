/* org/backup.c: backups in the background, into a folder that the operator settles. */
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/day.h"
#include "org/settings_routes.h"
#include "record/copy.h"
#include "serve/server.h"

enum { PATH_SIZE = 600, LISTED_MAX = 200, SPARE_SIZE = 64 };

struct backup {
    struct cox_server *server;
    char folder[PATH_SIZE - SPARE_SIZE];
    pthread_t thread;
    pthread_mutex_t lock; /* guards what follows */
    bool has_thread, is_running, is_closing;
    char path[PATH_SIZE];
    int64_t done, all;
    struct cox_err err; /* of the last one; rc COX_OK: none */
};

static struct backup *part_of(const struct cox_exchange *x)
{
    return cox_server_part(x->server, &cox_part_backup);
}

/* ---- the run ---- */

static bool tell(void *ctx, int64_t done, int64_t all)
{
    struct backup *backup = ctx;
    bool goes_on;

    (void)pthread_mutex_lock(&backup->lock); /* cannot fail: initialised, not recursive */
    backup->done = done;
    backup->all = all;
    goes_on = !backup->is_closing;
    (void)pthread_mutex_unlock(&backup->lock); /* likewise */
    return goes_on;
}

static void *run(void *ctx)
{
    struct backup *backup = ctx;
    const struct cox_copy_opt opt = {.to_url = backup->path, .progress = tell, .ctx = backup};
    struct cox_store *store = cox_server_store(backup->server);
    char list[PATH_SIZE + SPARE_SIZE];
    struct cox_copy_report report;
    struct cox_err err = {0};
    enum cox_rc rc = cox_store_copy(store, &opt, &report, &err);

    if (rc == COX_OK) {
        /* Beside it what has been erased: an older backup is then restored without it. */
        (void)snprintf(list, sizeof(list), "%s/erased.list", backup->folder); /* fits */
        rc = cox_erased_save(store, list, &err);
    }
    (void)pthread_mutex_lock(&backup->lock); /* cannot fail */
    backup->is_running = false;
    backup->err = rc == COX_OK ? (struct cox_err){0} : err;
    (void)pthread_mutex_unlock(&backup->lock); /* likewise */
    COX_LOG_EVENT(cox_server_log(backup->server), rc == COX_OK ? COX_LOG_INFO : COX_LOG_ERROR,
        "backup", COX_LOGT("code", cox_text_of(cox_rc_name(rc))));
    return NULL;
}

static enum cox_rc begin(struct backup *backup, struct cox_err *reterr)
{
    char instant[COX_INSTANT_SIZE];

    if (mkdir(backup->folder, 0700) != 0 && errno != EEXIST) {
        return cox_fail(reterr, COX_IO, "the folder for backups cannot be made");
    }
    cox_instant_format(cox_store_now_us(cox_server_store(backup->server)), instant);
    for (char *c = instant; *c != '\0'; c++) {
        *c = *c == ':' ? '-' : *c;
    }
    (void)snprintf(backup->path, sizeof(backup->path), "%s/%s.db", backup->folder,
        instant); /* fits */
    if (backup->has_thread) {
        (void)pthread_join(backup->thread, NULL); /* it has ended */
        backup->has_thread = false;
    }
    backup->done = backup->all = 0;
    if (pthread_create(&backup->thread, NULL, run, backup) != 0) {
        return cox_fail(reterr, COX_NO_MEMORY, "a thread for the backup cannot be made");
    }
    backup->has_thread = backup->is_running = true;
    return COX_OK;
}

/* ---- routes ---- */

static void put_state(struct backup *backup, struct cox_json *json)
{
    (void)pthread_mutex_lock(&backup->lock); /* cannot fail: initialised, not recursive */
    cox_json_put_string(json, "state", backup->is_running ? "running" : "idle");
    cox_json_put_int(json, "done", backup->done);
    cox_json_put_int(json, "all", backup->all);
    cox_json_put_string(json, "error", backup->err.rc == COX_OK ? NULL : backup->err.text);
    (void)pthread_mutex_unlock(&backup->lock); /* likewise */
}

static void put_files(const struct backup *backup, struct cox_json *json)
{
    DIR *folder = opendir(backup->folder);
    const struct dirent *entry;
    int count = 0;

    cox_json_key(json, "rows");
    cox_json_begin_array(json);
    while (folder != NULL && count < LISTED_MAX && (entry = readdir(folder)) != NULL) {
        struct cox_text name = cox_text_of(entry->d_name);
        char text[COX_INSTANT_SIZE];
        struct stat about;

        if (!cox_text_ends(name, COX_LIT(".db")) ||
            fstatat(dirfd(folder), entry->d_name, &about, 0) != 0) {
            continue;
        }
        cox_instant_format((int64_t)about.st_mtime * COX_SECOND_US, text);
        cox_json_begin_object(json);
        cox_json_put_text(json, "name", name);
        cox_json_put_int(json, "size", (int64_t)about.st_size);
        cox_json_put_string(json, "at", text);
        cox_json_end_object(json);
        count++;
    }
    cox_json_end_array(json);
    if (folder != NULL) {
        (void)closedir(folder); /* read only */
    }
}

static enum cox_rc reply(struct cox_exchange *x, int status, struct cox_err *reterr)
{
    struct cox_json json;

    cox_reply_json(x, status, &json);
    cox_json_begin_object(&json);
    put_state(part_of(x), &json);
    put_files(part_of(x), &json);
    cox_json_end_object(&json);
    return cox_reply_json_done(x, &json, reterr);
}

enum cox_rc cox_backups_get(struct cox_exchange *x, struct cox_err *reterr)
{
    return reply(x, 200, reterr);
}

enum cox_rc cox_backups_post(struct cox_exchange *x, struct cox_err *reterr)
{
    struct backup *backup = part_of(x);
    enum cox_rc rc;

    if (backup->folder[0] == '\0') {
        return cox_fail(reterr, COX_UNSUPPORTED,
            "nobody has settled where backups go: start the server with COX_BACKUP_DIR set");
    }
    (void)pthread_mutex_lock(&backup->lock); /* cannot fail: initialised, not recursive */
    rc = backup->is_running ? cox_fail(reterr, COX_CONFLICT, "a backup is being made")
                            : begin(backup, reterr);
    (void)pthread_mutex_unlock(&backup->lock); /* likewise */
    COX_TRY(rc);
    return reply(x, 202, reterr);
}

/* ---- open and close ---- */

static enum cox_rc open_backup(struct cox_server *server, void **ret_state, struct cox_err *reterr)
{
    const char *settled = getenv("COX_BACKUP_DIR");
    const char *url = cox_store_url(cox_server_store(server));
    struct backup *backup = cox_memory_alloc(sizeof(*backup));
    int size = 0;

    if (backup == NULL) {
        return cox_no_memory(reterr);
    }
    memset(backup, 0, sizeof(*backup));
    backup->server = server;
    if (settled != NULL) {
        size = snprintf(backup->folder, sizeof(backup->folder), "%s", settled);
    } else if (strncmp(url, "postgres", 8) != 0) {
        size = snprintf(backup->folder, sizeof(backup->folder), "%s.backups", url);
    }
    if (size < 0 || (size_t)size >= sizeof(backup->folder)) {
        cox_memory_free(backup);
        return cox_fail(reterr, COX_TOO_LARGE, "the path of the folder for backups is too long");
    }
    (void)pthread_mutex_init(&backup->lock, NULL); /* default attributes: cannot fail */
    *ret_state = backup;
    return COX_OK;
}

static void close_backup(void *state)
{
    struct backup *backup = state;

    if (backup == NULL) {
        return;
    }
    (void)pthread_mutex_lock(&backup->lock); /* cannot fail */
    backup->is_closing = true;
    (void)pthread_mutex_unlock(&backup->lock); /* likewise */
    if (backup->has_thread) {
        (void)pthread_join(backup->thread, NULL); /* ours, joined once */
    }
    cox_memory_free(backup);
}

const struct cox_part cox_part_backup = {
    .name = "backup", .open = open_backup, .close = close_backup};

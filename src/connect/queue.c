/* connect/queue.c: imports in the background of the server. */
#include "connect/queue.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "connect/names.h"
#include "serve/server.h"

enum { JOBS_MAX = 200, WAITING_MAX = 10, FILES_MAX = 200, REPORT_MAX = 64 << 20 };
#define IMPORT_MEMORY_MAX ((size_t)1 << 30)

const char *const cox_import_states[] = {
    [COX_IMPORT_WAITING] = "waiting",
    [COX_IMPORT_RUNNING] = "running",
    [COX_IMPORT_DONE] = "done",
    [COX_IMPORT_FAILED] = "failed",
    [COX_IMPORT_STOPPED] = "stopped",
};

struct job {
    struct cox_import_status status;
    int64_t user, order; /* order: newer ones are higher */
    bool is_used, is_stopped;
};

struct cox_import_queue {
    struct cox_server *server;
    struct cox_arena *arena;
    struct cox_shelf shelf;
    const struct cox_entity *const *entities;
    pthread_t thread;
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t changed;
    struct job jobs[JOBS_MAX];
    int64_t order;
    bool is_closing;
};

const struct cox_shelf *cox_import_shelf(const struct cox_import_queue *queue)
{
    return &queue->shelf;
}

static void lock(struct cox_import_queue *queue)
{
    (void)pthread_mutex_lock(&queue->lock); /* cannot fail: initialised, not recursive */
}

static void unlock(struct cox_import_queue *queue)
{
    (void)pthread_mutex_unlock(&queue->lock); /* likewise */
}

/* ---- what was asked ---- */

static enum cox_rc read_files(const struct cox_import_queue *queue, struct cox_arena *arena,
    int64_t user, const json_t *files, struct cox_import_opt *opt, struct cox_err *reterr)
{
    size_t count = json_array_size(files);
    const char **paths = COX_NEW_ARRAY(arena, count + 1, const char *);

    if (paths == NULL) {
        return cox_no_memory(reterr);
    }
    if (count == 0 || count > FILES_MAX) {
        return cox_fail_at(reterr, COX_INVALID, "files", 0, "name between 1 and %d files",
            FILES_MAX);
    }
    for (size_t i = 0; i < count; i++) {
        const char *id = json_string_value(json_array_get(files, i));

        if (id == NULL) {
            return cox_fail_at(reterr, COX_INVALID, "files", 0, "is a list of ids of sent files");
        }
        COX_TRY(cox_shelf_file(&queue->shelf, user, cox_text_of(id), arena, &paths[i], reterr));
    }
    opt->paths = paths;
    opt->path_count = count;
    return COX_OK;
}

enum cox_rc cox_import_opt_of(const struct cox_import_queue *queue, struct cox_arena *arena,
    int64_t user, const json_t *asked, struct cox_import_opt *ret_opt, struct cox_err *reterr)
{
    const char *from = json_string_value(json_object_get(asked, "from"));
    const char *map = json_string_value(json_object_get(asked, "map"));
    struct cox_import_opt opt = {
        .store = cox_server_store(queue->server),
        .entities = queue->entities,
        .actor = {.user_id = user},
        .from = -1,
        .keep_unknown = json_is_true(json_object_get(asked, "keep_unknown")),
        .dry_run = json_is_true(json_object_get(asked, "dry_run")),
        .into_demo = json_is_true(json_object_get(asked, "into_demo")),
    };

    COX_TRY(read_files(queue, arena, user, json_object_get(asked, "files"), &opt, reterr));
    if (from != NULL && strcmp(from, "auto") != 0) {
        opt.from = cox_source_find(cox_text_of(from));
        if (opt.from < 0) {
            return cox_fail_at(reterr, COX_INVALID, "from", 0,
                "is none of auto, salesforce, hubspot, zoho, csv");
        }
    }
    if (map != NULL) {
        opt.map_text = cox_arena_text(arena, cox_text_of(map));
        if (opt.map_text.ptr == NULL) {
            return cox_no_memory(reterr);
        }
    }
    *ret_opt = opt;
    return COX_OK;
}

/* ---- one import ---- */

struct run {
    struct cox_import_queue *queue;
    struct job *job;
    const char *folder;
    struct cox_arena *arena;
};

static bool tell(void *ctx, struct cox_text file, int64_t done, int64_t all)
{
    const struct run *run = ctx;
    struct cox_import_status *status = &run->job->status;
    bool goes_on;

    lock(run->queue);
    (void)snprintf(status->file, sizeof(status->file), "%.*s", (int)file.size, file.ptr);
    status->done = done;
    status->all = all;
    goes_on = !run->job->is_stopped && !run->queue->is_closing;
    unlock(run->queue);
    return goes_on;
}

struct who {
    const struct cox_host *host;
    struct cox_actor *actor;
};

static enum cox_rc find_actor(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct who *who = ctx;

    return who->host->actor(call, who->actor->user_id, who->actor, reterr);
}

/* Paths of this machine are nobody's business: the report says which files have rejected rows. */
static enum cox_rc clean_report(const struct run *run, json_t *report, struct cox_err *reterr)
{
    struct cox_text proposals;
    json_t *file;
    size_t at;

    COX_TRY(cox_shelf_read(run->folder, "import.map", run->arena, &proposals, reterr));
    if (json_object_set_new(report, "proposals",
            proposals.ptr == NULL ? json_null() : json_stringn(proposals.ptr, proposals.size)) !=
        0) {
        return cox_no_memory(reterr);
    }
    (void)json_object_del(report, "map_file"); /* absent is as good */
    json_array_foreach(json_object_get(report, "files"), at, file)
    {
        bool has_file = json_is_string(json_object_get(file, "rejected_file"));

        (void)json_object_del(file, "path"); /* likewise */
        if (json_object_set_new(file, "rejected_file", json_boolean(has_file)) != 0) {
            return cox_no_memory(reterr);
        }
    }
    return COX_OK;
}

/* Where the file of rejected rows of the at-th file lies: a name in the folder, one a line. */
static enum cox_rc keep_rejected(const struct run *run, const struct cox_import_report *report,
    struct cox_err *reterr)
{
    struct cox_buf names;
    enum cox_rc rc;

    cox_buf_init(&names, 1 << 20);
    for (size_t i = 0; i < report->file_count; i++) {
        const char *path = report->files[i].error_path;
        const char *slash = path == NULL ? NULL : strrchr(path, '/');

        cox_buf_add_string(&names, slash == NULL ? "" : slash + 1);
        cox_buf_add_char(&names, '\n');
    }
    rc = names.failed ? cox_no_memory(reterr)
                      : cox_shelf_write(run->folder, "rejected.list", cox_buf_text(&names), reterr);
    cox_buf_done(&names);
    return rc;
}

static enum cox_rc write_report(const struct run *run, const struct cox_import_report *report,
    struct cox_err *reterr)
{
    struct cox_buf buf;
    json_t *json = NULL;
    char *text = NULL;
    enum cox_rc rc;

    COX_TRY(keep_rejected(run, report, reterr));
    cox_buf_init(&buf, REPORT_MAX);
    rc = cox_import_report_json(run->arena, report, cox_buf_sink(&buf), reterr);
    if (rc == COX_OK) {
        json = json_loadb(buf.ptr, buf.size, 0, NULL);
        rc = json == NULL ? cox_no_memory(reterr) : clean_report(run, json, reterr);
    }
    if (rc == COX_OK) {
        text = json_dumps(json, JSON_COMPACT);
        rc = text == NULL ? cox_no_memory(reterr)
                          : cox_shelf_write(run->folder, "report.json", cox_text_of(text), reterr);
    }
    free(text);
    json_decref(json);
    cox_buf_done(&buf);
    return rc;
}

static enum cox_rc run_import(struct run *run, struct cox_err *reterr)
{
    struct cox_import_report report;
    struct cox_import_opt opt;
    struct cox_read_opt read = {.actor = {0, COX_ROLE_BIT(COX_OPERATOR)}};
    struct who who = {cox_server_host(run->queue->server), &opt.actor};
    struct cox_text asked;
    json_t *json;
    enum cox_rc rc;

    COX_TRY(cox_shelf_read(run->folder, "asked.json", run->arena, &asked, reterr));
    json = json_loadb(asked.ptr == NULL ? "" : asked.ptr, asked.size, 0, NULL);
    rc = cox_import_opt_of(run->queue, run->arena, run->job->user, json, &opt, reterr);
    json_decref(json);
    COX_TRY(rc);
    /* The rights of today: somebody may have left since it was asked. */
    COX_TRY(cox_store_read(opt.store, &read, find_actor, &who, reterr));
    opt.folder = run->folder;
    opt.keep_files = true;
    opt.progress = tell;
    opt.progress_ctx = run;
    COX_TRY(cox_import_run(run->arena, &opt, &report, reterr));
    return write_report(run, &report, reterr);
}

/* The outcome onto the shelf, so that a restart does not begin it again (it does if this fails). */
static void end_job(struct run *run, enum cox_rc rc, const struct cox_err *err)
{
    struct cox_import_status *status = &run->job->status;
    char text[400];
    struct cox_err writing;
    bool goes_on_later;

    lock(run->queue);
    goes_on_later = rc == COX_CANCELLED && !run->job->is_stopped; /* the server ends */
    status->state = rc == COX_OK          ? COX_IMPORT_DONE
                    : goes_on_later       ? COX_IMPORT_WAITING
                    : rc == COX_CANCELLED ? COX_IMPORT_STOPPED
                                          : COX_IMPORT_FAILED;
    if (status->state == COX_IMPORT_FAILED) {
        (void)snprintf(status->error, sizeof(status->error), "%.40s%s%.240s", err->field,
            err->field[0] == '\0' ? "" : ": ", err->text); /* cut is fine: it is for reading */
    }
    (void)snprintf(text, sizeof(text), "%s\n%s", cox_import_states[status->state], status->error);
    unlock(run->queue);
    if (rc != COX_OK && !goes_on_later &&
        cox_shelf_write(run->folder, "ended", cox_text_of(text), &writing) != COX_OK) {
        cox_log_err(cox_server_log(run->queue->server), COX_LOG_ERROR, "import_end", &writing);
    }
}

static void work_on(struct cox_import_queue *queue, struct job *job)
{
    struct run run = {.queue = queue, .job = job, .arena = cox_arena_open(IMPORT_MEMORY_MAX)};
    const struct cox_log *log = cox_server_log(queue->server);
    struct cox_err err = {0};
    enum cox_rc rc = run.arena == NULL ? cox_no_memory(&err) : COX_OK;

    if (rc == COX_OK) {
        rc = cox_shelf_find(&queue->shelf, COX_SHELF_IMPORT, job->user, cox_text_of(job->status.id),
            run.arena, &run.folder, &err);
    }
    rc = rc == COX_OK ? run_import(&run, &err) : rc;
    if (run.folder != NULL) {
        end_job(&run, rc, &err);
    }
    COX_LOG_EVENT(log, COX_LOG_INFO, "import",
        COX_LOGT("state", cox_text_of(cox_import_states[job->status.state])),
        COX_LOGT("code", cox_text_of(cox_rc_name(rc))));
    cox_arena_close(run.arena);
}

/* The one that has waited longest; NULL: none. Under the lock. */
static struct job *next_job(struct cox_import_queue *queue)
{
    struct job *next = NULL;

    for (size_t i = 0; i < JOBS_MAX; i++) {
        struct job *job = &queue->jobs[i];

        if (job->is_used && job->status.state == COX_IMPORT_WAITING &&
            (next == NULL || job->order < next->order)) {
            next = job;
        }
    }
    return next;
}

static void *work(void *ctx)
{
    struct cox_import_queue *queue = ctx;

    lock(queue);
    while (!queue->is_closing) {
        struct job *job = next_job(queue);

        if (job == NULL) {
            (void)pthread_cond_wait(&queue->changed, &queue->lock); /* cannot fail: held by us */
            continue;
        }
        job->status.state = COX_IMPORT_RUNNING;
        unlock(queue);
        work_on(queue, job);
        lock(queue);
    }
    unlock(queue);
    return NULL;
}

/* ---- the list ---- */

/* A place for one more: an unused one, else that of the oldest which is over; NULL: all wait. */
static struct job *free_place(struct cox_import_queue *queue)
{
    struct job *place = NULL;

    for (size_t i = 0; i < JOBS_MAX; i++) {
        struct job *job = &queue->jobs[i];

        if (!job->is_used) {
            return job;
        }
        if (job->status.state >= COX_IMPORT_DONE && (place == NULL || job->order < place->order)) {
            place = job;
        }
    }
    return place;
}

static struct job *find_job(struct cox_import_queue *queue, int64_t user, struct cox_text id)
{
    for (size_t i = 0; i < JOBS_MAX; i++) {
        struct job *job = &queue->jobs[i];

        if (job->is_used && job->user == user && cox_text_same(cox_text_of(job->status.id), id)) {
            return job;
        }
    }
    return NULL;
}

static enum cox_rc enqueue(struct cox_import_queue *queue, const struct job *job,
    struct cox_err *reterr)
{
    struct job *place;
    int waiting = 0;

    lock(queue);
    for (size_t i = 0; i < JOBS_MAX; i++) {
        waiting += queue->jobs[i].is_used && queue->jobs[i].user == job->user &&
                   queue->jobs[i].status.state <= COX_IMPORT_RUNNING;
    }
    place =
        waiting < WAITING_MAX || job->status.state >= COX_IMPORT_DONE ? free_place(queue) : NULL;
    if (place != NULL) {
        *place = *job;
        place->is_used = true;
        place->order = ++queue->order;
        (void)pthread_cond_signal(&queue->changed); /* cannot fail: initialised */
    }
    unlock(queue);
    return place != NULL ? COX_OK
                         : cox_fail(reterr, COX_TOO_LARGE,
                               "too many imports wait; one begins when another has ended");
}

enum cox_rc cox_import_start(struct cox_import_queue *queue, struct cox_arena *arena, int64_t user,
    const json_t *asked, char ret_id[COX_SHELF_ID_SIZE], struct cox_err *reterr)
{
    struct job job = {.user = user,
        .status.is_dry = json_is_true(json_object_get(asked, "dry_run"))};
    struct cox_import_opt opt;
    const char *folder;
    char *text;
    enum cox_rc rc;

    COX_TRY(cox_import_opt_of(queue, arena, user, asked, &opt, reterr)); /* refuses what is wrong */
    COX_TRY(cox_import_check_demo(&opt, reterr));
    COX_TRY(cox_shelf_add(&queue->shelf, COX_SHELF_IMPORT, user, arena, ret_id, &folder, reterr));
    text = json_dumps(asked, JSON_COMPACT);
    rc = text == NULL ? cox_no_memory(reterr)
                      : cox_shelf_write(folder, "asked.json", cox_text_of(text), reterr);
    free(text);
    memcpy(job.status.id, ret_id, COX_SHELF_ID_SIZE);
    rc = rc == COX_OK ? enqueue(queue, &job, reterr) : rc;
    if (rc != COX_OK) {
        cox_shelf_drop(folder);
    }
    return rc;
}

enum cox_rc cox_import_find(struct cox_import_queue *queue, struct cox_arena *arena, int64_t user,
    struct cox_text id, struct cox_import_status *ret_status, const char **ret_folder,
    struct cox_err *reterr)
{
    const struct job *job;

    COX_TRY(cox_shelf_find(&queue->shelf, COX_SHELF_IMPORT, user, id, arena, ret_folder, reterr));
    lock(queue);
    job = find_job(queue, user, id);
    if (job != NULL) {
        *ret_status = job->status;
    }
    unlock(queue);
    return job != NULL ? COX_OK
                       : cox_fail(reterr, COX_MISSING, "there is no such import, or no longer");
}

size_t cox_import_list(struct cox_import_queue *queue, int64_t user,
    struct cox_import_status *ret_status, size_t max)
{
    int64_t below = INT64_MAX;
    size_t count = 0;

    lock(queue);
    while (count < max) {
        const struct job *newest = NULL;

        for (size_t i = 0; i < JOBS_MAX; i++) {
            const struct job *job = &queue->jobs[i];

            if (job->is_used && job->user == user && job->order < below &&
                (newest == NULL || job->order > newest->order)) {
                newest = job;
            }
        }
        if (newest == NULL) {
            break;
        }
        below = newest->order;
        ret_status[count++] = newest->status;
    }
    unlock(queue);
    return count;
}

enum cox_rc cox_import_stop(struct cox_import_queue *queue, int64_t user, struct cox_text id,
    struct cox_err *reterr)
{
    struct job *job;

    lock(queue);
    job = find_job(queue, user, id);
    if (job != NULL) {
        job->is_stopped = true;
        if (job->status.state == COX_IMPORT_WAITING) {
            job->status.state = COX_IMPORT_STOPPED;
        }
    }
    unlock(queue);
    return job != NULL ? COX_OK : cox_fail(reterr, COX_MISSING, "there is no such import");
}

/* ---- open and close ---- */

static enum cox_import_state state_named(struct cox_text name)
{
    for (int i = 0; i <= COX_IMPORT_STOPPED; i++) {
        if (cox_text_same(name, cox_text_of(cox_import_states[i]))) {
            return (enum cox_import_state)i;
        }
    }
    return COX_IMPORT_FAILED;
}

/* What an earlier process left: over with a report or its end, else it goes on. */
static enum cox_rc take_up(void *ctx, const char *path, const char *id, int64_t user,
    struct cox_err *reterr)
{
    struct cox_import_queue *queue = ctx;
    struct job job = {.user = user};
    struct cox_mark mark = cox_arena_mark(queue->arena);
    struct cox_text report, ended, asked;
    enum cox_rc rc;

    memcpy(job.status.id, id, COX_SHELF_ID_SIZE);
    COX_TRY(cox_shelf_read(path, "report.json", queue->arena, &report, reterr));
    COX_TRY(cox_shelf_read(path, "ended", queue->arena, &ended, reterr));
    COX_TRY(cox_shelf_read(path, "asked.json", queue->arena, &asked, reterr));
    if (report.ptr != NULL) {
        job.status.state = COX_IMPORT_DONE;
    } else if (ended.ptr != NULL) {
        job.status.state = state_named(cox_text_split(&ended, '\n'));
        (void)snprintf(job.status.error, sizeof(job.status.error), "%.*s", (int)ended.size,
            ended.ptr == NULL ? "" : ended.ptr);
    }
    job.status.is_dry = asked.ptr != NULL && memmem(asked.ptr, asked.size, "\"dry_run\":true", 14);
    rc = asked.ptr == NULL ? COX_OK : enqueue(queue, &job, reterr);
    cox_arena_rewind(queue->arena, mark);
    return rc == COX_TOO_LARGE ? COX_OK : rc; /* an old one more is not worth a start that fails */
}

static enum cox_rc collect_entities(struct cox_import_queue *queue, struct cox_err *reterr)
{
    const struct cox_feature *const *features = cox_server_host(queue->server)->features;
    const struct cox_entity **entities = NULL;

    for (int pass = 0; pass < 2; pass++) {
        size_t count = 0;

        for (size_t f = 0; features[f] != NULL; f++) {
            for (size_t e = 0; features[f]->entities != NULL && features[f]->entities[e] != NULL;
                 e++) {
                if (pass == 1) {
                    entities[count] = features[f]->entities[e];
                }
                count++;
            }
        }
        if (pass == 0) {
            entities = COX_NEW_ARRAY(queue->arena, count + 1, const struct cox_entity *);
            if (entities == NULL) {
                return cox_no_memory(reterr);
            }
        }
    }
    queue->entities = entities;
    return COX_OK;
}

static enum cox_rc start(struct cox_import_queue *queue, struct cox_err *reterr)
{
    COX_TRY(collect_entities(queue, reterr));
    COX_TRY(cox_shelf_open(cox_store_url(cox_server_store(queue->server)), &queue->shelf, reterr));
    cox_shelf_expire(&queue->shelf);
    COX_TRY(cox_shelf_each(&queue->shelf, take_up, queue, reterr));
    return pthread_create(&queue->thread, NULL, work, queue) == 0
               ? COX_OK
               : cox_fail(reterr, COX_NO_MEMORY, "a thread for imports cannot be made");
}

static enum cox_rc open_queue(struct cox_server *server, void **ret_state, struct cox_err *reterr)
{
    struct cox_arena *arena = cox_arena_open((size_t)256 << 20);
    struct cox_import_queue *queue = arena == NULL ? NULL : COX_NEW(arena, struct cox_import_queue);
    enum cox_rc rc;

    if (queue == NULL) {
        cox_arena_close(arena);
        return cox_no_memory(reterr);
    }
    queue->server = server;
    queue->arena = arena;
    (void)pthread_mutex_init(&queue->lock, NULL);   /* default attributes: cannot fail */
    (void)pthread_cond_init(&queue->changed, NULL); /* likewise */
    rc = start(queue, reterr);
    if (rc != COX_OK) {
        cox_arena_close(arena);
        return rc;
    }
    *ret_state = queue;
    return COX_OK;
}

static void close_queue(void *state)
{
    struct cox_import_queue *queue = state;

    if (queue == NULL) {
        return;
    }
    lock(queue);
    queue->is_closing = true;
    (void)pthread_cond_broadcast(&queue->changed); /* cannot fail: initialised */
    unlock(queue);
    (void)pthread_join(queue->thread, NULL); /* ours, joined once */
    cox_arena_close(queue->arena);
}

const struct cox_part cox_part_imports = {
    .name = "imports", .open = open_queue, .close = close_queue};

/*
 * connect/queue.h: imports that run in the background of the server, one after the other. An import lies
 * on the shelf with what was asked, and with its report once it is over; after a restart those that had
 * not ended go on where they stood.
 */
#ifndef COX_CONNECT_QUEUE_H
#define COX_CONNECT_QUEUE_H

#include <jansson.h>

#include "connect/import.h"
#include "connect/shelf.h"
#include "serve/part.h"

enum cox_import_state {
    COX_IMPORT_WAITING,
    COX_IMPORT_RUNNING,
    COX_IMPORT_DONE,
    COX_IMPORT_FAILED,
    COX_IMPORT_STOPPED,
};
extern const char *const cox_import_states[];

struct cox_import_status {
    char id[COX_SHELF_ID_SIZE];
    enum cox_import_state state;
    char file[COX_SHELF_NAME_MAX + 8]; /* being read; "" */
    int64_t done, all;                 /* rows of it */
    bool is_dry;
    char error[300]; /* FAILED */
};

/* The state of this part: struct cox_import_queue. */
extern const struct cox_part cox_part_imports;
struct cox_import_queue;

const struct cox_shelf *cox_import_shelf(const struct cox_import_queue *queue);

/*
 * What an import needs of what was asked: {files:[id], from?, map?, keep_unknown?, dry_run?, into_demo?}. Paths and
 * texts in arena. For a preview and for the run alike; COX_MISSING for files that are not the user's.
 */
enum cox_rc cox_import_opt_of(const struct cox_import_queue *queue, struct cox_arena *arena,
    int64_t user, const json_t *asked, struct cox_import_opt *ret_opt,
    struct cox_err *reterr) COX_NODISCARD;

/* Puts one at the end of the queue. COX_TOO_LARGE when ten of this person wait. */
enum cox_rc cox_import_start(struct cox_import_queue *queue, struct cox_arena *arena, int64_t user,
    const json_t *asked, char ret_id[COX_SHELF_ID_SIZE], struct cox_err *reterr) COX_NODISCARD;

/* COX_MISSING for another person's. ret_folder in arena. */
enum cox_rc cox_import_find(struct cox_import_queue *queue, struct cox_arena *arena, int64_t user,
    struct cox_text id, struct cox_import_status *ret_status, const char **ret_folder,
    struct cox_err *reterr) COX_NODISCARD;

/* The person's, newest first, at most max; returns how many. */
size_t cox_import_list(struct cox_import_queue *queue, int64_t user,
    struct cox_import_status *ret_status, size_t max);

/* A waiting one never begins, a running one ends after the chunk at hand; what is saved stays. */
enum cox_rc cox_import_stop(struct cox_import_queue *queue, int64_t user, struct cox_text id,
    struct cox_err *reterr) COX_NODISCARD;

#endif

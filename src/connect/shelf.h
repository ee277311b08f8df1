/*
 * connect/shelf.h: a private folder for files that were sent to be imported, and for running imports.
 * Beside the store (SQLite), else under $STATE_DIRECTORY or $TMPDIR. What is a day old goes away.
 */
#ifndef COX_CONNECT_SHELF_H
#define COX_CONNECT_SHELF_H

#include "base/arena.h"
#include "base/text.h"

enum {
    COX_SHELF_ID_SIZE = 17, /* 16 figures and the end */
    COX_SHELF_NAME_MAX = 150,
    COX_SHELF_FILES_MAX = 200, /* of one person */
    COX_SHELF_DAY_S = 24 * 3600,
};
#define COX_SHELF_FILE_MAX (INT64_C(256) << 20) /* one file */
#define COX_SHELF_USER_MAX (INT64_C(2) << 30)   /* of one person together */

/* A file or an import lies in a folder of its own, whose name has kind, id and whose it is. */
enum cox_shelf_kind { COX_SHELF_FILE, COX_SHELF_IMPORT };

struct cox_shelf {
    char root[400];
};

/* Where it is. The folder is made with the first file, for its owner alone; one that others may enter, or
 * that is a link, is refused then. */
enum cox_rc cox_shelf_open(const char *store_url, struct cox_shelf *ret_shelf,
    struct cox_err *reterr) COX_NODISCARD;

/* A new empty folder; ret_path in arena. */
enum cox_rc cox_shelf_add(const struct cox_shelf *shelf, enum cox_shelf_kind kind, int64_t user,
    struct cox_arena *arena, char ret_id[COX_SHELF_ID_SIZE], const char **ret_path,
    struct cox_err *reterr) COX_NODISCARD;

/* The person's own folder of that id; COX_MISSING also for what is another's. */
enum cox_rc cox_shelf_find(const struct cox_shelf *shelf, enum cox_shelf_kind kind, int64_t user,
    struct cox_text id, struct cox_arena *arena, const char **ret_path,
    struct cox_err *reterr) COX_NODISCARD;

/*
 * Keeps a sent file. The name loses folders and signs that do not belong into one. Errors: COX_TOO_LARGE
 * past the limits above, COX_IO.
 */
enum cox_rc cox_shelf_put(const struct cox_shelf *shelf, int64_t user, struct cox_text name,
    struct cox_text bytes, struct cox_arena *arena, char ret_id[COX_SHELF_ID_SIZE],
    const char **ret_name, struct cox_err *reterr) COX_NODISCARD;

/* The one file in a folder made by put. */
enum cox_rc cox_shelf_file(const struct cox_shelf *shelf, int64_t user, struct cox_text id,
    struct cox_arena *arena, const char **ret_path, struct cox_err *reterr) COX_NODISCARD;

/* Each import there is: its folder, id and whose it is. */
typedef enum cox_rc (*cox_shelf_fn)(void *ctx, const char *path, const char *id, int64_t user,
    struct cox_err *reterr);
enum cox_rc cox_shelf_each(const struct cox_shelf *shelf, cox_shelf_fn fn, void *ctx,
    struct cox_err *reterr) COX_NODISCARD;

/* Removes a folder with what is in it. */
void cox_shelf_drop(const char *path);

/* Removes what is older than a day. */
void cox_shelf_expire(const struct cox_shelf *shelf);

/* A small file of a folder, written as a whole or not at all; and read (ptr NULL: absent). */
enum cox_rc cox_shelf_write(const char *folder, const char *name, struct cox_text bytes,
    struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_shelf_read(const char *folder, const char *name, struct cox_arena *arena,
    struct cox_text *ret_bytes, struct cox_err *reterr) COX_NODISCARD;

#endif

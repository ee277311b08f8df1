/*
 * record/copy.h: backup, restore and moving between the engines: all three copy a store, as it is
 * at one commit, into a new one. A backup is a Coxswain SQLite file.
 */
#ifndef COX_RECORD_COPY_H
#define COX_RECORD_COPY_H

#include "record/record.h"

struct cox_copy_opt {
    const char *to_url; /* where nothing is yet: a store is never written over */
    bool leave_secrets; /* passwords, tokens and keys stay behind: for copies meant for others */
    const char *erased; /* restore: list of erased records kept beside backups; NULL: none */
    /* Rows done and in all; false stops the copy. May be NULL. */
    bool (*progress)(void *ctx, int64_t done, int64_t all);
    void *ctx;
};

struct cox_copy_report {
    int64_t seq; /* the commit the copy is of */
    int64_t row_count;
    char chain[65], state[65]; /* hexadecimal; the same in both stores, or the copy has failed */
    int64_t erased_count;      /* erased anew, because the list knows of it and the copy did not */
};

/*
 * Copies what one read transaction sees; others go on reading and writing. Memory is bounded by a
 * page of rows. A SQLite copy is made beside its place ("<path>.part") and gets its name when it
 * has been verified; a PostgreSQL copy is one transaction.
 * Errors: COX_CONFLICT when there is something already, COX_CORRUPT when the copies differ,
 * COX_CANCELLED; nothing is left behind then.
 */
enum cox_rc cox_store_copy(struct cox_store *from, const struct cox_copy_opt *opt,
    struct cox_copy_report *ret_report, struct cox_err *reterr) COX_NODISCARD;

/*
 * Writes the ids of all erased records (numbers only) to a file, in one piece or not at all. Kept
 * beside the backups, it lets the restore of an older one erase again what it brings back.
 */
enum cox_rc cox_erased_save(struct cox_store *store, const char *path,
    struct cox_err *reterr) COX_NODISCARD;

#endif

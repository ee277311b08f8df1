/*
 * tests/unit/intake.h: an empty store with all entities of the program, a folder for files, and
 * imports into it in one line each.
 */
#ifndef COX_TESTS_UNIT_INTAKE_H
#define COX_TESTS_UNIT_INTAKE_H

#include "check.h"
#include "connect/import.h"
#include "engines.h"

struct intake {
    struct place place;
    bool is_there;
    char folder[64]; /* of the test's own files and of rejected rows */
    struct cox_arena *arena;
    struct cox_store *store;
    struct cox_import_report report; /* of the last import */
    struct cox_err err;
};

int intake_sqlite(void **state);
int intake_postgres(void **state);
int intake_close(void **state);

/* Skips the test when the engine is not to be had. */
struct intake *intake_of(void **state);

/* A folder of the shared data; skips the test when it is not there. */
const char *intake_shared(struct intake *in, const char *name);

/* Opens the store (again). */
void intake_open(struct intake *in);

/* Imports a path; options may be NULL (then none). Must succeed. */
void intake_import(struct intake *in, const char *path, const struct cox_import_opt *options);

/* The report of a file by its name; fails when there is none. created + ... = read is asserted. */
const struct cox_import_file *intake_file(struct intake *in, const char *name);
#define COUNTS(in, name, r, c, u, s, x)                                                            \
    intake_counts((in), (name), (int64_t[]){(r), (c), (u), (s), (x)}, __LINE__)
void intake_counts(struct intake *in, const char *name, const int64_t *counts, int line);

/* Writes a file into the test's folder; returns its path. */
const char *intake_write(struct intake *in, const char *name, const void *bytes, size_t size);
#define TEXT(in, name, text) intake_write((in), (name), (text), strlen(text))
/* A whole file; *ret_size without the terminator. */
char *intake_read(struct intake *in, const char *path, size_t *ret_size);

int64_t intake_count(struct intake *in, const struct cox_entity *entity);
int64_t intake_head(struct intake *in);
void intake_digest(struct intake *in, char ret_digest[65]);

/* The first record whose name is this, in the test's arena; fails when there is none. */
const struct cox_row *intake_find(struct intake *in, const struct cox_entity *entity,
    const char *name);
const struct cox_row *intake_find_at(struct intake *in, const struct cox_entity *entity,
    const char *name, struct cox_as_of as_of);
typedef void (*intake_each_fn)(void *ctx, const struct cox_row *row);
void intake_each(struct intake *in, const struct cox_entity *entity, struct cox_as_of as_of,
    intake_each_fn fn, void *ctx);

#define OK(call) intake_ok((call), &in->err, __LINE__)
void intake_ok(enum cox_rc rc, const struct cox_err *err, int line);

/* What does not depend on the engine is tested on one, as an import takes its time. */
#define SQLITE(test)                                                                               \
    {                                                                                              \
#        test " on SQLite", test, intake_sqlite, intake_close, NULL                                \
    }
#define BOTH(test)                                                                                 \
    {#test " on SQLite", test, intake_sqlite, intake_close, NULL},                                 \
    {                                                                                              \
#        test " on PostgreSQL", test, intake_postgres, intake_close, NULL                          \
    }

#endif

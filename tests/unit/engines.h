/*
 * tests/unit/engines.h: an empty place for a store on either engine, for tests that run on both.
 * PostgreSQL takes part when COX_TEST_POSTGRES holds a url of a database where schemas can be made.
 */
#ifndef COX_TESTS_UNIT_ENGINES_H
#define COX_TESTS_UNIT_ENGINES_H

#include <assert.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "record/db.h"

struct place {
    enum cox_engine engine;
    char url[600];
    char folder[64]; /* SQLite: a folder of its own */
    char schema[64]; /* PostgreSQL: a schema of its own */
};

static inline bool place_has_postgres(void)
{
    const char *url = getenv("COX_TEST_POSTGRES");

    return url != NULL && url[0] != '\0';
}

static inline void place_admin(const char *before, const char *schema, const char *after)
{
    struct cox_db *db = NULL;
    struct cox_err err = {0};
    char sql[256];

    (void)snprintf(sql, sizeof(sql), "%s%s%s", before, schema, after);
    if (cox_db_open(getenv("COX_TEST_POSTGRES"), COX_DB_WRITE, &db, &err) != COX_OK ||
        cox_db_exec(db, sql, &err) != COX_OK) {
        fprintf(stderr, "# %s\n", err.text);
        abort();
    }
    cox_db_close(db);
}

/* name: distinguishes several places of one test. False: this engine is not to be had here. */
static inline bool place_make(struct place *place, enum cox_engine engine, const char *name)
{
    *place = (struct place){.engine = engine};
    if (engine == COX_SQLITE) {
        const char *root = getenv("TMPDIR");
        (void)snprintf(place->folder, sizeof(place->folder), "%.30s/cox-%.12s-XXXXXX",
            root == NULL ? "/tmp" : root, name);
        if (mkdtemp(place->folder) == NULL) {
            abort();
        }
        (void)snprintf(place->url, sizeof(place->url), "%s/store.db", place->folder);
        return true;
    }
    if (!place_has_postgres()) {
        return false;
    }
    const char *url = getenv("COX_TEST_POSTGRES");
    (void)snprintf(place->schema, sizeof(place->schema), "t%ld_%.30s", (long)getpid(), name);
    place_admin("CREATE SCHEMA ", place->schema, "");
    (void)snprintf(place->url, sizeof(place->url), "%.500s%coptions=-csearch_path%%3D%s", url,
        strchr(url, '?') == NULL ? '?' : '&', place->schema);
    return true;
}

static inline int place_drop_entry(const char *path, const struct stat *about, int kind,
    struct FTW *where)
{
    (void)about, (void)kind, (void)where;
    return remove(path);
}

/* A folder with everything in it. */
static inline void place_drop_folder(const char *folder)
{
    (void)nftw(folder, place_drop_entry, 16, FTW_DEPTH | FTW_PHYS); /* what stays is in /tmp */
}

static inline void place_drop(struct place *place)
{
    if (place->engine == COX_POSTGRES) {
        place_admin("DROP SCHEMA ", place->schema, " CASCADE");
        return;
    }
    place_drop_folder(place->folder);
}

#endif

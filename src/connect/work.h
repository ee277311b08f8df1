/*
 * connect/work.h: what the parts of a running import share. For connect/ itself; callers of the
 * engine use import.h.
 */
#ifndef COX_CONNECT_WORK_H
#define COX_CONNECT_WORK_H

#include "base/map.h"
#include "base/zone.h"
#include "connect/convert.h"
#include "connect/feed.h"
#include "connect/import.h"
#include "connect/mapfile.h"
#include "connect/mapping.h"
#include "connect/resolve.h"
#include "connect/survey.h"

struct cox_seen;
struct cox_meanings; /* meanings.h: ids that stand for values */
struct cox_later;    /* later.h: references looked at again after the last file */

/* One run over all paths. */
struct cox_work {
    struct cox_arena *arena;
    const struct cox_import_opt *opt;
    struct cox_store *store;
    const struct cox_registry *registry;
    struct cox_names *names;
    struct cox_map_file *map; /* NULL: none */
    struct cox_resolver *resolver;
    struct cox_later *later;
    const struct cox_zone *zone;
    int64_t today;            /* in that zone */
    struct cox_text currency; /* the company's; ptr NULL: not set */
    int64_t batch;
    struct cox_import_report *report;
    struct cox_job *jobs; /* in the order they run */
    size_t job_count;
    size_t job_at; /* the one that runs */
    int64_t chunks_done;
    struct cox_meanings *meanings; /* NULL: no file of them */
    struct cox_seen *seen;         /* seen.h: which row of a record counts */
};

/* A stage a file speaks of, found or made. */
struct cox_job_stages {
    struct cox_map *ids;   /* "pipeline \x1f stage" as in the file -> stage id */
    struct cox_map *pipes; /* the file's text for a pipeline -> pipeline id */
    int64_t none;          /* stage of rows that name none; 0: not needed yet */
    struct cox_stage_line *lines;
    size_t line_count;
};

/* Where a deal's stage stands, for history and for the row's own "won" flag. */
struct cox_stage_line {
    int64_t stage, pipeline, position, kind;
    struct cox_text label;
};

/* One file. */
struct cox_job {
    struct cox_work *work;
    const char *path;
    struct cox_import_file *file; /* of the report */
    struct cox_feed *feed;
    struct cox_text *first; /* cells of the first record; NULL: none could be read */
    struct cox_mapping mapping;
    struct cox_survey survey;
    struct cox_job_stages stages;
    struct cox_text source;   /* name external ids are kept under */
    int rank;                 /* place in the order of files */
    int64_t default_kind;     /* of activities: choice of the file as a whole; -1: none */
    bool *has_values;         /* per column: the map file rewrites some of its texts */
    uint32_t unmatched_field; /* of the table; COX_NO_FIELD: it has none */
};

/* The write options of everything an import saves. */
struct cox_write_opt cox_work_write_opt(const struct cox_work *work);

#endif

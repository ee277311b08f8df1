/*
 * connect/import.h: records of other systems' files. Recognises the files of a path, orders them,
 * reads them in chunks, saves each chunk as one commit of a batch, and says what became of every row:
 * created + updated + unchanged + rejected = read, for every file.
 *
 * A run again changes nothing; a run after a crash goes on where the last commit stood; the batch is
 * taken back as a whole by record/undo.h.
 */
#ifndef COX_CONNECT_IMPORT_H
#define COX_CONNECT_IMPORT_H

#include "base/progress.h"
#include "record/record.h"

struct cox_import_opt {
    struct cox_store *store;
    const struct cox_entity *const *entities; /* those of the store; needed for a dry run only */
    struct cox_actor actor;
    const char *const *paths; /* files and folders; folders are read to the bottom */
    size_t path_count;
    int from;                 /* a source of names.h, or -1: found out */
    const char *map_path;     /* decisions (mapfile.h); NULL: none */
    struct cox_text map_text; /* the same as a text, without a file; ptr NULL: none */
    bool keep_unknown;        /* unknown columns become run-time fields */
    bool dry_run;             /* nothing stays; the counts are those of a real run */
    bool into_demo;           /* even beside a made-up company, which is refused otherwise */
    const char *folder; /* where files of rejected rows and proposals go; NULL: none are written */
    bool keep_files;    /* a dry run too leaves its files in folder */
    bool show_progress; /* on stderr when it is a terminal */
    /* Now and then: rows of a file done and in all; false ends it with COX_CANCELLED, and it can be gone
     * on with. May be NULL. */
    bool (*progress)(void *ctx, struct cox_text file, int64_t done, int64_t all);
    void *progress_ctx;
    int64_t stop_after; /* tests: end the process without warning after that many chunks; 0: no */
};

enum { COX_IMPORT_CHUNK = 2000, COX_IMPORT_REJECTS_TOLD = 1000, COX_IMPORT_UNKNOWNS_TOLD = 500 };

struct cox_import_reject {
    int64_t line; /* of the file; JSON: number of the record */
    const char *field, *reason;
};

/* One text of a column that named no record, wherever it stood. */
struct cox_import_unknown {
    const char *column; /* as decisions and map files name it */
    const char *entity; /* singular: what it should have named */
    const char *text;
    const char *near; /* the nearest name there is; NULL: none is near */
    int64_t count;    /* rows */
    bool is_stood_in; /* somebody was made in its place */
};

struct cox_import_file {
    struct cox_text name; /* without folders */
    const char *path;
    const char *format;     /* "CSV, comma, UTF-8" */
    const char *source;     /* salesforce, hubspot, zoho, csv */
    const char *kind;       /* records, teams, snapshots ...; "none": skipped */
    const char *entity;     /* plural; "" when skipped */
    const char *why;        /* how it was recognised, or why it was skipped */
    const char *error_path; /* rejected rows; NULL: none */
    bool is_skipped;
    int64_t read, created, updated, unchanged, rejected;
    int64_t deleted;                   /* of updated and unchanged: rows that were deleted there */
    struct cox_import_reject *rejects; /* the first of them; the error file has all */
    size_t reject_count, reject_room;
    const char **notes; /* assumptions, columns not imported, proposals */
    size_t note_count, note_room;
    struct cox_import_unknown *unknowns; /* the first of them */
    size_t unknown_count, unknown_room;
};

struct cox_import_report {
    struct cox_import_file *files; /* in the order they were read */
    size_t file_count;
    int64_t batch; /* 0: nothing was saved */
    bool is_resumed, is_dry;
    const char *map_path;    /* proposals written as a map file; NULL: none */
    int64_t unmatched_count; /* references that matched nothing */
};

/* Everything the report points to lives in arena. A file that cannot be read is told in the report. */
enum cox_rc cox_import_run(struct cox_arena *arena, const struct cox_import_opt *opt,
    struct cox_import_report *ret_report, struct cox_err *reterr) COX_NODISCARD;

/* COX_CONFLICT, field into_demo: this would mix real records with a made-up company. */
enum cox_rc cox_import_check_demo(const struct cox_import_opt *opt,
    struct cox_err *reterr) COX_NODISCARD;

/* For people, and one JSON object. */
enum cox_rc cox_import_report_text(const struct cox_import_report *report, struct cox_sink sink,
    struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_import_report_json(struct cox_arena *arena, const struct cox_import_report *report,
    struct cox_sink sink, struct cox_err *reterr) COX_NODISCARD;

/* One more line about a file; the same line is kept once. Without memory it is left out. */
void cox_import_note(struct cox_import_file *file, struct cox_arena *arena, const char *format, ...)
    COX_PRINTF(3, 4);

/* One more rejected row; beyond COX_IMPORT_REJECTS_TOLD they are only counted. */
void cox_import_reject(struct cox_import_file *file, struct cox_arena *arena, int64_t line,
    const struct cox_err *err);

/* One more text that named nothing; the text is not copied. Beyond COX_IMPORT_UNKNOWNS_TOLD it is left out. */
void cox_import_add_unknown(struct cox_import_file *file, struct cox_arena *arena,
    const struct cox_import_unknown *unknown);

#endif

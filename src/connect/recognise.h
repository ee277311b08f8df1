/*
 * connect/recognise.h: what a file holds, judged by its headers, its name and, for JSON, the object
 * type it names. The judgement explains itself.
 */
#ifndef COX_CONNECT_RECOGNISE_H
#define COX_CONNECT_RECOGNISE_H

#include "connect/names.h"

enum cox_kind {
    COX_KIND_NONE,       /* nothing that can be imported */
    COX_KIND_RECORDS,    /* one record a row */
    COX_KIND_TEAMS,      /* sales people with their managers and offices */
    COX_KIND_SNAPSHOTS,  /* history: the whole record as it was from an instant on */
    COX_KIND_CHANGES,    /* history: one field's change a row */
    COX_KIND_LINKS,      /* pairs of ids: sets a reference of the first */
    COX_KIND_DICTIONARY, /* describes the columns of the other files */
    COX_KIND_MEANINGS,   /* says what ids in the other files stand for (meanings.h) */
    COX_KIND_COUNT
};
const char *cox_kind_name(enum cox_kind kind);

/* What is known of a file before its rows are read. Texts stay the caller's. */
struct cox_sheet {
    struct cox_text file;   /* name without folders: "sf_account.csv" */
    struct cox_text object; /* object type named inside (JSON); ptr NULL: none */
    const struct cox_text *headers;
    size_t header_count;
    const struct cox_text *first; /* cells of the first record; NULL: not known */
};

struct cox_guess {
    enum cox_kind kind;
    int source;
    const struct cox_table *table; /* NULL for NONE, DICTIONARY and MEANINGS */
    double score;                  /* 0..1: weighted share of the headers that are understood */
    bool is_sure;                  /* else it is only proposed */
    double marks;                  /* headers only its vendor writes: 0 none */
    struct cox_text why;           /* one sentence */
};

/* from: a source of names.h that is taken as given, or -1 to find out. why lives in arena. */
enum cox_rc cox_recognise(struct cox_arena *arena, const struct cox_registry *registry,
    const struct cox_names *names, const struct cox_sheet *sheet, int from,
    struct cox_guess *ret_guess, struct cox_err *reterr) COX_NODISCARD;

/*
 * A required field that nothing gives: neither a column (mapped tells) nor the import itself (owners,
 * stages, names made of ids). NULL: none is missing.
 */
const struct cox_field *cox_required_missing(const struct cox_table *table, const bool *mapped,
    bool has_id);

/* Words of a file name: without folders, endings, digits and case ("Contacts_001.csv.gz" -> "contacts"). */
struct cox_text cox_file_words(struct cox_arena *arena, struct cox_text file);

#endif

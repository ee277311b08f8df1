/*
 * connect/prepare.h: a row of a file, read: values of its fields, texts of its references, its id
 * there, when it began. Needs no database, so it can run beside the writer.
 */
#ifndef COX_CONNECT_PREPARE_H
#define COX_CONNECT_PREPARE_H

#include "connect/work.h"

/* A stage and when it was entered. */
struct cox_entered {
    struct cox_text stage;
    int64_t at_us;
};

/* A value a field had from an instant on. */
struct cox_past {
    uint32_t field;
    int64_t at_us;
    struct cox_value value;
    struct cox_text text; /* of a reference, which is looked up when the record is saved */
};

/* Fields that an id of a row stands for, at most. */
enum { COX_MEANT_MAX = 2 };

struct cox_prepared {
    int64_t row, line;
    struct cox_text *cells;   /* as the file has them, for the error file */
    struct cox_value *values; /* per column; references and what has no value: null */
    struct cox_text *refs;    /* per column: text of a reference; ptr NULL: none */
    uint32_t *ref_fields;     /* per column: where a reference really points; NULL: as mapped */
    struct cox_text external, other_external; /* ids there; ptr NULL: none */
    struct cox_text currency;                 /* of its money; ptr NULL: not known */
    bool is_currency_found;                   /* the currency comes from a sign in an amount */
    int64_t since_us;                         /* COX_NULL: not known */
    int64_t at_us;                            /* history: when; COX_NULL: not known */
    int closed, won;                          /* 1, 0; -1: the row does not say */
    bool is_deleted;
    bool is_blank;      /* no column that is taken over says anything: part of the row above */
    bool is_superseded; /* the same record comes again, newer: this state is passed over */
    struct cox_text pipeline, stage;               /* deals: as the file has them */
    struct cox_text manager, team, tags;           /* as the file has them */
    struct cox_text changed, old_value, new_value; /* history of single fields */
    uint32_t meant_fields[COX_MEANT_MAX]; /* what an id of the row stands for (meanings.h) */
    struct cox_value meant[COX_MEANT_MAX];
    size_t meant_count;
    struct cox_entered *entered;
    size_t entered_count, entered_room;
    struct cox_past *pasts;
    size_t past_count, past_room;
    struct cox_text unmatched; /* lines "field: text" of values that found no place */
    struct cox_err err;        /* rc COX_OK: it could be read */
};

/* Everything of ret_row lives in arena. Errors of the row itself go into ret_row->err. */
enum cox_rc cox_prepare_row(const struct cox_job *job, struct cox_arena *arena,
    const struct cox_feed_row *row, struct cox_prepared *ret_row,
    struct cox_err *reterr) COX_NODISCARD;

/* A line of the text that holds what found no place. */
enum cox_rc cox_prepare_unmatched(struct cox_prepared *row, struct cox_arena *arena,
    const char *field, struct cox_text text, struct cox_err *reterr) COX_NODISCARD;

/* route.c: where references of activities really point. */
enum cox_rc cox_prepare_route(const struct cox_job *job, struct cox_arena *arena,
    struct cox_prepared *row, struct cox_err *reterr) COX_NODISCARD;

/*
 * What a row without an id is known by: "row:" and a hash of its values (of those that make a deal
 * what it is, where it has them). Rows that are alike are told apart by counting them.
 */
enum cox_rc cox_prepare_print(const struct cox_job *job, struct cox_arena *arena,
    const struct cox_prepared *row, struct cox_map *counts, struct cox_text *ret_external,
    struct cox_err *reterr) COX_NODISCARD;

#endif

/*
 * connect/mapping.h: which column becomes what, and how its texts are read. Made from the names of
 * the columns, completed from their values, overruled by a map file.
 */
#ifndef COX_CONNECT_MAPPING_H
#define COX_CONNECT_MAPPING_H

#include "base/day.h"
#include "base/money.h"
#include "connect/feed.h"
#include "connect/recognise.h"

struct cox_map_file;

struct cox_column {
    struct cox_text header;
    enum cox_role_column role;
    uint32_t field;            /* FIELD, PAST: of the table */
    struct cox_text stage;     /* ENTERED: which one, as the file names it */
    bool is_id;                /* a reference given by its id */
    bool is_since;             /* when the record began there, whatever else it is */
    bool is_decided;           /* by a map file */
    enum cox_date_order order; /* dates; COX_DATE_NONE: not settled */
    enum cox_point point;      /* numbers */
    int64_t scale;             /* numbers are multiplied by it (millions), 1 */
    const char *assumed;       /* what was assumed of its values, for the report; NULL: nothing */
    struct cox_text proposal;  /* UNKNOWN: name of a field it may be, proposed only */
};

struct cox_mapping {
    struct cox_guess guess;
    struct cox_column *columns;
    size_t count;
    size_t since;    /* position of the column that says when a record began; count: none */
    size_t modified; /* of the column that says when it was changed last there; count: none */
    size_t key;      /* what rows are told apart by: id, else the name where that is enough */
    size_t id;       /* position of the record's id; count: none */
};

/*
 * The columns of a sheet under a guess. Two columns for one field are both kept (a reference by
 * id and by name); for other fields the better name wins, the other is understood but not needed.
 */
enum cox_rc cox_mapping_make(struct cox_arena *arena, const struct cox_names *names,
    const struct cox_sheet *sheet, const struct cox_guess *guess, struct cox_mapping *ret_mapping,
    struct cox_err *reterr) COX_NODISCARD;

/* Does a text in it become part of a record? */
bool cox_column_is_taken(const struct cox_column *column);

/* Position of the first column of a role (and field, unless COX_NO_FIELD); count when there is none. */
size_t cox_mapping_find(const struct cox_mapping *mapping, enum cox_role_column role,
    uint32_t field);

/*
 * Settles date orders, decimal marks and scales from values. samples[column] are texts of that
 * column, sample_counts[column] of them; header words such as "(in thousands)" count too.
 */
void cox_mapping_settle(struct cox_mapping *mapping, const struct cox_text *const *samples,
    const size_t *sample_counts);

/* 1000 for "(thousands)", "k$"; 1000000 for "USD millions" ...; 1 when the words say nothing. */
int64_t cox_scale_of(struct cox_text words);

/* "Demo" of "Demo (Sales Pipeline)", as headers of the "date entered" kind name a stage. */
struct cox_text cox_entered_stage(struct cox_text label);

#endif

/*
 * leader/instrument.h: questionnaires as data: items with keys and scales, source and licence, reliability as
 * published. Some come with the program (instrument_shipped.c); a company adds its own as records. Those whose owners do
 * not allow it are refused by name.
 */
#ifndef COX_LEADER_INSTRUMENT_H
#define COX_LEADER_INSTRUMENT_H

#include "base/arena.h"
#include "record/feature.h"
#include "serve/http.h"

/* ---- a company's own, as records ---- */

enum {
    COX_INSTRUMENT_NAME,
    COX_INSTRUMENT_VERSION,
    COX_INSTRUMENT_POINTS,
    COX_INSTRUMENT_LOW_LABEL,
    COX_INSTRUMENT_HIGH_LABEL,
    COX_INSTRUMENT_SOURCE,
    COX_INSTRUMENT_LICENCE,
    COX_INSTRUMENT_ALPHA,
    COX_INSTRUMENT_IS_FINAL,
    COX_INSTRUMENT_FIELD_COUNT
};

struct cox_instrument {
    struct cox_head head;
    struct cox_text name, version;
    int64_t points; /* answers 1..points */
    struct cox_text low_label, high_label, source, licence;
    double alpha; /* as published; NaN: not */
    int64_t is_final;
};
extern const struct cox_entity cox_instrument;

enum cox_item_key { COX_ITEM_PLUS, COX_ITEM_MINUS };

enum {
    COX_INSTRUMENT_ITEM_INSTRUMENT,
    COX_INSTRUMENT_ITEM_POSITION,
    COX_INSTRUMENT_ITEM_TEXT,
    COX_INSTRUMENT_ITEM_SCALE,
    COX_INSTRUMENT_ITEM_KEY,
    COX_INSTRUMENT_ITEM_FIELD_COUNT
};

struct cox_instrument_item {
    struct cox_head head;
    int64_t instrument, position;
    struct cox_text text, scale;
    int64_t key;
};
extern const struct cox_entity cox_instrument_item;

/* ---- either kind, to be asked and scored ---- */

enum { COX_FORM_ITEMS_MAX = 60, COX_FORM_SCALES_MAX = 12 };

struct cox_form_item {
    struct cox_text text;
    size_t scale;
    bool is_reversed;
};

struct cox_form_scale {
    struct cox_text name, label;
    struct cox_text alpha; /* as published, in words ("0.81 (women), 0.79 (men)"); ptr NULL: not */
};

struct cox_form {
    int64_t id;           /* of the record; 0: comes with the program */
    struct cox_text name; /* what a round names it by; of records the name */
    struct cox_text label, version, low_label, high_label, source, licence;
    bool is_about_others;
    unsigned points;
    size_t item_count, scale_count;
    struct cox_form_item items[COX_FORM_ITEMS_MAX];
    struct cox_form_scale scales[COX_FORM_SCALES_MAX];
};

/* The ones that come with the program. */
extern const size_t cox_form_shipped_count;
struct cox_text cox_form_shipped_name(size_t at);
void cox_form_shipped(size_t at, struct cox_form *ret_form);
/* false: there is none of this name. */
bool cox_form_find_shipped(struct cox_text name, struct cox_form *ret_form);

#define COX_FORM_SIX_ASPECTS "six_aspects"

/* A record's, with its items in order of position. COX_MISSING; COX_INVALID "instrument": no items or too many. */
enum cox_rc cox_form_load(struct cox_call *call, int64_t id, struct cox_form *ret_form,
    struct cox_err *reterr) COX_NODISCARD;

/* id COX_NULL: the six aspects. */
enum cox_rc cox_form_of(struct cox_call *call, int64_t id, struct cox_form *ret_form,
    struct cox_err *reterr) COX_NODISCARD;

/* Answers are 1..points, one an item. COX_INVALID "answers" with the row. */
enum cox_rc cox_form_check(const struct cox_form *form, const double *answers, size_t count,
    struct cox_err *reterr) COX_NODISCARD;

/* The same out of JSON, into ret_answers of COX_FORM_ITEMS_MAX. */
enum cox_rc cox_form_read(const struct cox_form *form, const json_t *list, double *ret_answers,
    struct cox_err *reterr) COX_NODISCARD;

/* Every item in the direction of its scale: reversed ones turned round. */
void cox_form_key(const struct cox_form *form, const double *answers, double *ret_keyed);

/* Mean of each scale's keyed items, as a share of the way from 1 to points: 0..1. */
void cox_form_score(const struct cox_form *form, const double *keyed, double *ret_scores);

/* ---- never ---- */

struct cox_refused_instrument {
    const char *name, *why;
};
extern const struct cox_refused_instrument cox_refused_instruments[]; /* ends with {0} */

/* Is a text the name of one of them, however it is spelt? NULL: no. */
const struct cox_refused_instrument *cox_instrument_refused(struct cox_arena *arena,
    struct cox_text text);

/* ---- routes, reliability as computed here: instrument_route.c ---- */

extern const struct cox_route cox_routes_instrument[];
extern const struct cox_feature cox_feature_instruments;

#endif

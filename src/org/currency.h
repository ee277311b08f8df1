/*
 * org/currency.h: currencies and dated rates. A rate is an exact decimal: how many units of the
 * currency "to" one unit of "from" is worth, times 1e9, as a whole number (1.0842 -> 1084200000).
 */
#ifndef COX_ORG_CURRENCY_H
#define COX_ORG_CURRENCY_H

#include <stdbool.h>

#include "record/entity.h"

#define COX_RATE_ONE INT64_C(1000000000)

enum { COX_CURRENCY_CODE, COX_CURRENCY_NAME, COX_CURRENCY_DIGITS, COX_CURRENCY_FIELD_COUNT };

struct cox_currency {
    struct cox_head head;
    struct cox_text code, name;
    int64_t digits; /* of the minor unit: 2 for euro, 0 for yen */
};
extern const struct cox_entity cox_currency;

enum cox_rate_kind { COX_RATE_SPOT, COX_RATE_PLAN };

enum {
    COX_CURRENCY_RATE_FROM_CODE,
    COX_CURRENCY_RATE_TO_CODE,
    COX_CURRENCY_RATE_DAY,
    COX_CURRENCY_RATE_KIND,
    COX_CURRENCY_RATE_RATE_E9,
    COX_CURRENCY_RATE_FIELD_COUNT
};

struct cox_currency_rate {
    struct cox_head head;
    struct cox_text from_code, to_code;
    int64_t day;     /* valid from this day until the next row's */
    int64_t kind;    /* enum cox_rate_kind */
    int64_t rate_e9; /* > 0 */
};
extern const struct cox_entity cox_currency_rate;

/*
 * Minor units of one currency in another by the newest rate of a kind on or before day, its inverse
 * or both by way of the company's currency, rounded half-even once. ret_is_known false (and 0) when
 * there is no rate: the caller leaves the record out and says how many it left out.
 */
enum cox_rc cox_currency_convert(struct cox_call *call, int64_t amount_minor,
    struct cox_text from_code, struct cox_text to_code, int64_t day, enum cox_rate_kind kind,
    int64_t *ret_minor, bool *ret_is_known, struct cox_err *reterr) COX_NODISCARD;

/*
 * The same for many amounts of one call into one currency: rates once found are remembered. Zeroed at the
 * start, and not used beyond the call.
 */
enum { COX_RATE_MEMO_SIZE = 512 };
struct cox_rate_memo {
    struct {
        char from[4]; /* "": empty */
        int kind;
        int64_t day, rate_e9;
    } rows[COX_RATE_MEMO_SIZE];
};
enum cox_rc cox_currency_convert_by(struct cox_rate_memo *memo, struct cox_call *call,
    int64_t amount_minor, struct cox_text from_code, struct cox_text to_code, int64_t day,
    enum cox_rate_kind kind, int64_t *ret_minor, struct cox_err *reterr) COX_NODISCARD; /* COX_NULL:
                                                                                          no rate */

#endif

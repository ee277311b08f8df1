/* base/money.h: currencies of ISO 4217, and amounts in their minor units: exact, never floating. */
#ifndef COX_BASE_MONEY_H
#define COX_BASE_MONEY_H

#include "base/num.h"

/* Amounts stay within this, so that sums of many fit and a browser's numbers hold them exactly. */
#define COX_MONEY_MAX INT64_C(9000000000000000)

struct cox_iso_currency {
    char code[4];
    int number; /* ISO 4217 numeric */
    int digits; /* minor units are 10^-digits: EUR 2, JPY 0, KWD 3, CLF 4 */
    const char *name;
};

/* The table, ordered by code. */
const struct cox_iso_currency *cox_iso_currencies(size_t *ret_count);

/* By code, any letter case; NULL when there is none. */
const struct cox_iso_currency *cox_iso_currency_find(struct cox_text code);

/*
 * The codes a sign or code may stand for, one blank between them: "kr" gives "SEK NOK DKK ISK", "eur"
 * gives "eur". ptr NULL when it stands for none. "$" gives USD first, then the other dollars and pesos.
 */
struct cox_text cox_iso_currency_codes(struct cox_text unit);

/*
 * An amount as people write it (cox_num_parse) in minor units, rounded half-even. The unit in the
 * text may be a code or sign. When it is one of another currency than the one given: COX_CONFLICT,
 * naming both. A sign that several currencies share ("$", "kr") agrees with each of those.
 * currency NULL: the text must name one by itself. ret_currency may be NULL.
 * Errors: COX_INVALID also for percent and for more than COX_MONEY_MAX.
 */
enum cox_rc cox_money_parse(struct cox_text text, enum cox_point point,
    const struct cox_iso_currency *currency, int64_t *ret_minor,
    const struct cox_iso_currency **ret_currency, struct cox_err *reterr) COX_NODISCARD;

/* A decimal in major units; rounded half-even. */
enum cox_rc cox_money_of(struct cox_decimal major, const struct cox_iso_currency *currency,
    int64_t *ret_minor, struct cox_err *reterr) COX_NODISCARD;

/* minor * rate, from one currency's minor units to another's, rounded once, half-even. */
enum cox_rc cox_money_convert(int64_t minor, const struct cox_iso_currency *from,
    const struct cox_iso_currency *to, struct cox_decimal rate, int64_t *ret_minor,
    struct cox_err *reterr) COX_NODISCARD;

/* "1234.50": for machines and files. Returns ret_text. */
char *cox_money_format(int64_t minor, const struct cox_iso_currency *currency,
    char ret_text[static COX_NUM_TEXT_MAX]);

/* "-1,234.50 EUR" with the separators given (group 0: none), for people. Returns ret_text. */
char *cox_money_format_grouped(int64_t minor, const struct cox_iso_currency *currency, char group,
    char point, char ret_text[static COX_NUM_TEXT_MAX]);

/*
 * Splits an amount by weights (>= 0, not all 0) into count parts that add up to it exactly: each
 * part rounded down, what is left over goes to the largest remainders, first ones first.
 * Errors: COX_INVALID names the bad weight and its row.
 */
enum cox_rc cox_money_split(int64_t minor, const double *weight, size_t count, int64_t *ret_part,
    struct cox_err *reterr) COX_NODISCARD;

#endif

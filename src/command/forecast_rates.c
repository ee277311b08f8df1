/* command/forecast_rates.c: amounts of deals in many currencies into the one that is reported. */
#include <math.h>

#include "command/forecast_table.h"

struct rates {
    struct cox_text into; /* ptr NULL: not said */
    struct forecast_table table;
    size_t currency, rate; /* columns */
    bool has_table;
};

static enum cox_rc load_rates(struct cox_cli *cli, struct rates *r, struct cox_err *reterr)
{
    const char *path = cox_cli_value(cli, "rates"), *into = cox_cli_value(cli, "into");

    r->into = into == NULL ? (struct cox_text){0} : cox_text_of(into);
    if (path == NULL) {
        return COX_OK;
    }
    if (into == NULL) {
        return cox_fail_at(reterr, COX_INVALID, "into", 0,
            "say the currency that the rates lead to");
    }
    COX_TRY(forecast_table_load(cli, path, &r->table, reterr));
    r->currency = forecast_table_find(&r->table, "currency");
    r->rate = forecast_table_find(&r->table, "rate");
    r->has_table = true;
    if (r->currency == SIZE_MAX || r->rate == SIZE_MAX) {
        return cox_fail_at(reterr, COX_INVALID, "rates", 0, "%s needs columns currency and rate",
            path);
    }
    return COX_OK;
}

/* Worth of one unit of code in the reporting currency; NaN: not known. */
static enum cox_rc find_rate(const struct rates *r, struct cox_text code, double *ret_rate,
    struct cox_err *reterr)
{
    *ret_rate = cox_text_same_ascii(code, r->into) ? 1.0 : (double)NAN;
    for (size_t i = 0; r->has_table && isnan(*ret_rate) && i < r->table.row_count; i++) {
        if (!cox_text_same_ascii(r->table.cell[r->currency][i], code)) {
            continue;
        }
        if (!forecast_real(r->table.cell[r->rate][i], ret_rate) || !(*ret_rate > 0.0)) {
            return cox_fail_at(reterr, COX_INVALID, "rate", (int64_t)i + 2,
                "\"%.40s\" is not a rate above 0", r->table.cell[r->rate][i].ptr);
        }
    }
    return COX_OK;
}

enum cox_rc forecast_convert(struct cox_cli *cli, const struct forecast_table *table,
    size_t id_column, int64_t *amount_minor, struct cox_err *reterr)
{
    size_t column = forecast_table_find(table, "currency");
    struct rates r = {0};

    COX_TRY(load_rates(cli, &r, reterr));
    if (column == SIZE_MAX || cox_cli_has(cli, "currency")) {
        if (!cox_cli_has(cli, "currency") && !cox_cli_has(cli, "into")) {
            return COX_OK; /* no word of currencies: all are taken to be one */
        }
        COX_TRY(forecast_table_column(cli, table, "currency", "currency", &column, reterr));
    }
    for (size_t i = 0; i < table->row_count; i++) {
        struct cox_text code = table->cell[column][i];
        const char *deal = id_column == SIZE_MAX ? "" : table->cell[id_column][i].ptr;
        double rate;
        r.into = r.into.ptr == NULL ? code : r.into;
        COX_TRY(find_rate(&r, code, &rate, reterr));
        if (code.size == 0 || isnan(rate)) {
            return cox_fail_at(reterr, COX_INVALID, "currency", (int64_t)i + 2,
                "no rate from \"%.20s\" into \"%.20s\" for deal \"%.40s\"", code.ptr, r.into.ptr,
                deal);
        }
        amount_minor[i] =
            amount_minor[i] < 0 ? amount_minor[i] : llround((double)amount_minor[i] * rate);
    }
    return COX_OK;
}

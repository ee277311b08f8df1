/* command/forecast.c: coxswain forecast: the forecast kernels on files, without a database. */
#include "command/forecast_table.h"

static const struct cox_option options[] = {
    {"train", "FILE", "score: closed deals to learn from", false},
    {"score", "FILE", "score: deals to score; with the target column the scores are judged", false},
    {"target", "COL", "score: won or lost (else \"outcome\")", false},
    {"won", "VALUE", "the value of the target or outcome that means won", false},
    {"order", "COL", "score: date or number that orders deals in time", false},
    {"segment", "COL", "score: groups, widest first; backtest: what sets amounts", true},
    {"drop", "COL", "score: leave this column out", true},
    {"late", "COL", "score: known only late, so refused", true},
    {"allow", "COL", "score: use this column although it is suspect", true},
    {"history", "FILE", "score: deal,field,changed; period: forecast,actual of past periods",
        false},
    {"closed", "COL", "score: when deals closed, for --history; backtest: the same", false},
    {"id", "COL", "column that names deals (else \"id\" where there is one)", false},
    {"out", "FILE", "score: where the scores go as CSV", false},
    {"deals", "FILE", "period, backtest: the deals", false},
    {"amount", "COL", "amount (else \"amount\")", false},
    {"prob", "COL", "period: chance of winning within the period (else \"probability\")", false},
    {"currency", "COL", "period: the deals' currencies (else \"currency\" where there is one)",
        false},
    {"into", "CODE", "period: the currency reported; all amounts are in it, or have a rate", false},
    {"rates", "FILE", "period: currency,rate: worth of one unit in the currency reported", false},
    {"target-amount", "X", "period: chance of reaching this sum", false},
    {"won-so-far", "X", "period: already won in the period", false},
    {"rho", "R", "period: correlation of deals, 0 to 0.99 (else 0)", false},
    {"new-count", "N", "period: deals expected to be created yet", false},
    {"new-prob", "P", "period: each won within the period (else 0.1)", false},
    {"new-mean", "X", "period: their mean amount (else that of the deals)", false},
    {"new-shape", "K", "period: Gamma shape of their amounts (else 1)", false},
    {"series", "FILE", "series: values in time order, one row a month", false},
    {"value", "COL", "series: the column (else \"value\")", false},
    {"season", "N", "series: rows of a year (else 12; 1: none)", false},
    {"horizon", "N", "series: how many rows ahead (else 12)", false},
    {"form", "FORM", "series: this smoothing alone, by maximum likelihood, as MAdM", false},
    {"created", "COL", "backtest: day of creation (else \"created\")", false},
    {"outcome", "COL", "backtest: won, lost or open (else \"outcome\")", false},
    {"commits", "FILE", "backtest: month,team,commit,best: managers' own forecasts, judged beside",
        false},
    {"as-of", "DAY", "score: closes of that day or later are not read; backtest: rows dated later",
        false},
    {"by", "COL", "backtest: forecast each of these apart (owner, team)", false},
    {0},
};

static const struct cox_subcommand subcommands[] = {
    {"score", "", "chance of winning of each deal, with reasons and a verdict", 0, 0,
        forecast_score},
    {"period", "", "what open deals bring in the period: P10, P50, P90", 0, 0, forecast_period},
    {"series", "", "the months to come of a series, with intervals", 0, 0, forecast_series},
    {"backtest", "", "past months forecast from what was known then", 0, 0, forecast_backtest},
    {0},
};

const struct cox_command cox_command_forecast = {
    .name = "forecast",
    .line = "forecast from files: deals, periods, series, past months",
    .help = "score learns from closed deals and says how far to trust it: the base rate,\n"
            "segment rates, points, or points with pairs, whichever is shown to be better on\n"
            "deals it has not seen; with no usable signal it says so. Fields that tell the\n"
            "outcome almost alone, or changed at or after the close, are refused.\n"
            "\n"
            "  $ coxswain forecast score --train closed.csv --score open.csv \\\n"
            "      --target result --out scores.csv\n"
            "\n"
            "period adds deals up exactly, not by simulation. Amounts and results are in\n"
            "currency; a missing amount takes the median of its --segment, and is counted.\n"
            "A deal in another currency without a rate is refused by name.\n"
            "\n"
            "  $ coxswain forecast period --deals open.csv --target-amount 500000 --rho 0.1\n"
            "\n"
            "series forecasts a monthly series by the mean of smoothing, Theta and ARIMA;\n"
            "empty cells are gaps.\n"
            "\n"
            "  $ coxswain forecast series --series bookings.csv --horizon 6\n"
            "\n"
            "backtest makes the forecast of each past month again from what was known on its\n"
            "first day, beside the CRM's weighted pipeline and run rates.\n"
            "\n"
            "  $ coxswain forecast backtest --deals deals.csv --segment product --by manager\n",
    .options = options,
    .subcommands = subcommands,
};

/*
 * bench/forecast/series_scores.c: forecasts every series of a file, prints one row per series and
 * step: id, step, ets, theta, point, low80, high80, low95, high95, naive2, form, its likelihood and AICc, arima; seconds to
 * standard error, and of them those of ARIMA alone.
 * Lines: id, then values. Usage: series_scores TRAIN PERIOD HORIZON
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kernel/forecast/series.h"

enum { LENGTH_MAX = 4000, LINE_MAX_SIZE = 1 << 17 };

int main(int argc, char **argv)
{
    static char line[LINE_MAX_SIZE];
    static double y[LENGTH_MAX], out[9][COX_SERIES_HORIZON_MAX], scratch[LENGTH_MAX];
    FILE *file = argc == 4 ? fopen(argv[1], "r") : NULL;
    double *work = malloc(cox_series_workspace_size(LENGTH_MAX) * sizeof(double));
    struct cox_series_path path = {.ets = out[0],
        .theta = out[1],
        .point = out[2],
        .low80 = out[3],
        .high80 = out[4],
        .low95 = out[5],
        .high95 = out[6],
        .arima = out[8]};
    clock_t spent = 0, arima_spent = 0;

    if (file == NULL || work == NULL) {
        (void)fprintf(stderr, "usage: series_scores TRAIN PERIOD HORIZON\n");
        return 2;
    }
    size_t period = strtoul(argv[2], NULL, 10), horizon = strtoul(argv[3], NULL, 10);
    while (fgets(line, sizeof(line), file) != NULL) {
        char *id = strtok(line, ",\r\n"), *field;
        struct cox_series series;
        struct cox_err err;
        size_t n = 0;
        while ((field = strtok(NULL, ",\r\n")) != NULL && n < LENGTH_MAX) {
            y[n++] = strtod(field, NULL);
        }
        clock_t start = clock();
        if (cox_series_forecast(y, n, period, horizon, work, &path, &series, &err) != COX_OK) {
            (void)fprintf(stderr, "%s: %s %s\n", id, err.field, err.text);
            return 1;
        }
        spent += clock() - start;
        start = clock();
        struct cox_arima arima; /* once more alone, for the time */
        if (cox_arima_choose(y, n, period <= COX_ARIMA_PERIOD_MAX ? period : 1, work, &arima,
                &err) == COX_OK) {
            cox_arima_forecast(&arima, y, n, horizon, work, out[7], scratch);
        }
        arima_spent += clock() - start;
        cox_series_naive2(y, n, period, horizon, scratch, out[7]);
        char name[16] = "mean";
        if (series.has_ets) {
            cox_ets_name(series.ets.form, name);
        }
        for (size_t h = 0; h < horizon; h++) {
            printf("%s\t%zu", id, h + 1);
            for (size_t k = 0; k < 8; k++) {
                printf("\t%.10g", out[k][h]);
            }
            printf("\t%s\t%.10g\t%.10g\t%.10g\n", name, series.ets.log_likelihood, series.ets.aicc,
                out[8][h]);
        }
    }
    (void)fprintf(stderr, "%.4f\t%.4f\n", (double)spent / CLOCKS_PER_SEC,
        (double)arima_spent / CLOCKS_PER_SEC);
    (void)fclose(file);
    free(work);
    return 0;
}

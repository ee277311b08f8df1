/*
 * bench/forecast/series_scores.c: forecasts every series of a file, prints one row per series and
 * step: id, step, ets, theta, point, low80, high80, low95, high95, naive2; seconds to standard error.
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
    static double y[LENGTH_MAX], out[8][COX_SERIES_HORIZON_MAX], scratch[LENGTH_MAX];
    FILE *file = argc == 4 ? fopen(argv[1], "r") : NULL;
    double *work = malloc(cox_series_workspace_size(LENGTH_MAX) * sizeof(double));
    struct cox_series_path path = {out[0], out[1], out[2], out[3], out[4], out[5], out[6]};
    clock_t spent = 0;

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
            printf("\t%s\t%.10g\t%.10g\n", name, series.ets.log_likelihood, series.ets.aicc);
        }
    }
    (void)fprintf(stderr, "%.4f\n", (double)spent / CLOCKS_PER_SEC);
    (void)fclose(file);
    free(work);
    return 0;
}

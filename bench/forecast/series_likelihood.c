/*
 * bench/forecast/series_likelihood.c: likelihood of given forms by maximum likelihood. Standard input: one line
 * "FORM,value,value,..." per series with FORM as R prints it with ; for commas, "ETS(M;Ad;M)".
 * Output: log-likelihood per line. Usage: series_likelihood PERIOD
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/forecast/ets.h"

enum { LENGTH_MAX = 4000, LINE_MAX_SIZE = 1 << 17 };

static enum cox_ets_part part_of(const char *text)
{
    return text[0] == 'N'   ? COX_ETS_NONE
           : text[0] == 'M' ? COX_ETS_MULT
           : text[1] == 'd' ? COX_ETS_DAMPED
                            : COX_ETS_ADD;
}

int main(int argc, char **argv)
{
    static char line[LINE_MAX_SIZE];
    static double y[LENGTH_MAX];
    double *work = malloc(cox_ets_workspace_size(LENGTH_MAX) * sizeof(double));
    size_t period = argc == 2 ? strtoul(argv[1], NULL, 10) : 12;

    while (work != NULL && fgets(line, sizeof(line), stdin) != NULL) {
        char *form = strtok(line, ",\r\n"), *field;
        struct cox_ets ets;
        struct cox_err err;
        size_t n = 0;
        while ((field = strtok(NULL, ",\r\n")) != NULL && n < LENGTH_MAX) {
            y[n++] = strtod(field, NULL);
        }
        const char *trend = strchr(form, ';') + 1, *season = strrchr(form, ';') + 1;
        struct cox_ets_form parsed = {part_of(form + 4), part_of(trend), part_of(season), 0.0};
        if (cox_ets_fit(y, n, period, parsed, work, &ets, &err) == COX_OK) {
            printf("%.8f\n", ets.log_likelihood);
        } else {
            printf("nan\n");
        }
    }
    free(work);
    return 0;
}

/*
 * bench/forecast/win_speed.c: fits the win chance model to invented deals of the size of the shared IBM set
 * (54,603 rows, 11 fields) and scores them: CPU seconds of the fit with its gate, scores a second.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "kernel/forecast/gate.h"
#include "kernel/stats/special.h"

enum { ROWS = 54603, FIELDS = 11 };

static unsigned char code[FIELDS][ROWS], won[ROWS];

static double draw(uint64_t *s)
{
    *s ^= *s << 13;
    *s ^= *s >> 7;
    *s ^= *s << 17;
    return (double)(*s >> 11) * 0x1p-53;
}

int main(void)
{
    static const unsigned char levels[FIELDS] = {11, 4, 7, 5, 3, 20, 6, 5, 5, 7, 6};
    const unsigned char *column[FIELDS];
    uint64_t seed = 88172645463325252u;

    for (size_t i = 0; i < ROWS; i++) {
        double logit = -1.2;
        for (size_t f = 0; f < FIELDS; f++) {
            code[f][i] = (unsigned char)(draw(&seed) * levels[f]);
            logit += 0.8 * ((double)code[f][i] / levels[f] - 0.5);
        }
        logit += (code[3][i] + code[5][i]) % 2 == 0 ? 0.5 : -0.5;
        won[i] = draw(&seed) < cox_logistic(logit);
    }
    for (size_t f = 0; f < FIELDS; f++) {
        column[f] = code[f];
    }
    const struct cox_points_data data = {ROWS, FIELDS, column, levels, won};
    const struct cox_gate_opt opt = {.pair_max = COX_POINTS_PAIRS};
    void *memory = malloc(cox_win_model_size(&data, &opt)),
         *work = malloc(cox_win_workspace_size(&data, &opt));
    struct cox_win_model model = {0};
    struct cox_err err;
    clock_t start = clock();
    if (memory == NULL || work == NULL ||
        cox_win_fit(&data, &opt, memory, work, &model, &err) != COX_OK) {
        return 1;
    }
    printf("fit with gate and cross-validation\t%.3f s\t%s\n",
        (double)(clock() - start) / CLOCKS_PER_SEC, cox_layer_name(model.layer));
    double sum = 0.0;
    start = clock();
    for (int again = 0; again < 20; again++) {
        for (size_t i = 0; i < ROWS; i++) {
            sum += cox_win_score(&model, column, i, NULL).prob;
        }
    }
    double spent = (double)(clock() - start) / CLOCKS_PER_SEC;
    printf("scores with interval\t%.2f million a second\t(mean %.3f)\n", 20.0 * ROWS / spent / 1e6,
        sum / (20.0 * ROWS));
    free(memory);
    free(work);
    return 0;
}

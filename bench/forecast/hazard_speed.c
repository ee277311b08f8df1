/*
 * bench/forecast/hazard_speed.c: chances of a million open deals to be won within 1, 2 .. 52 weeks, from hazards of
 * invented deals: CPU seconds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "kernel/forecast/hazard.h"

enum { DEALS = 1000000, CLOSED = 6000, AS_OF = 1000, CALENDAR = 1500, WEEKS = 52 };

static int32_t draw(uint64_t *seed, int32_t below)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (int32_t)((*seed >> 33) % (uint64_t)below);
}

int main(void)
{
    static int32_t created[CLOSED], closed[CLOSED], age[DEALS];
    static unsigned char ending[CLOSED], season[CALENDAR];
    static double prob[DEALS], scratch[COX_HAZARD_WEEKS * 7 + 1];
    const struct cox_lives lives = {CLOSED, created, closed, ending, NULL};
    const struct cox_seasons seasons = {0, CALENDAR, 3, season};
    const struct cox_hazard_opt opt = {.as_of_day = AS_OF, .group_count = 1};
    struct cox_hazard hazard;
    struct cox_err err;
    uint64_t seed = 1;
    double sum = 0.0;

    for (size_t i = 0; i < CLOSED; i++) {
        created[i] = draw(&seed, AS_OF);
        closed[i] = created[i] + 1 + draw(&seed, 150);
        ending[i] = draw(&seed, 10) < 6 ? COX_WON : COX_LOST;
        if (closed[i] >= AS_OF) {
            closed[i] = COX_NO_DAY;
            ending[i] = COX_STILL_OPEN;
        }
    }
    for (size_t i = 0; i < CALENDAR; i++) {
        season[i] = (unsigned char)(i / 30 % 3);
    }
    for (size_t i = 0; i < DEALS; i++) {
        age[i] = draw(&seed, 700);
    }
    void *work = malloc(cox_hazard_workspace_size(1, 3));
    if (work == NULL ||
        cox_hazard_fit(&lives, &seasons, &opt, work, NULL, &hazard, &err) != COX_OK) {
        return 1;
    }
    clock_t start = clock();
    for (int32_t week = 1; week <= WEEKS; week++) {
        cox_hazard_won(&hazard, &seasons, DEALS, age, NULL, 7 * week, scratch, prob);
        sum += prob[week];
    }
    printf("1,000,000 deals x 52 weeks\t%.3f s\tsum %.6f\n",
        (double)(clock() - start) / CLOCKS_PER_SEC, sum);
    free(work);
    return 0;
}

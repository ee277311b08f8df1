/*
 * tests/unit/test_forecast_hazard.c: Aalen-Johansen against survival 3.5-3 in R (offline), hazards
 * against planted ones, and the Maven deals as of four days of 2017.
 */
#include <math.h>
#include <string.h>

#include "check.h"
#include "kernel/forecast/aalen.h"
#include "kernel/forecast/hazard.h"
#include "shared_data.h"

static const double times[] = {5, 3, 3, 8, 8, 8, 12, 1, 20, 15, 15, 2};
static const unsigned char endings[] = {1, 2, 0, 1, 0, 2, 0, 1, 2, 1, 1, 0};

static void check_vectors(const double *entry, const double want[8][4])
{
    double room[5][12];
    uint32_t work[36];
    struct cox_incidence r = {0, room[0], room[1], room[2], room[3], room[4]};
    const struct cox_spells spells = {12, times, entry, endings};
    struct cox_err err;

    assert_int_equal(cox_aalen_johansen(&spells, work, &r, &err), COX_OK);
    assert_int_equal(r.count, 8);
    for (size_t i = 0; i < 8; i++) {
        assert_true(r.at_risk[i] == want[i][0]);
        assert_true(fabs(r.open[i] - want[i][1]) < 1e-14);
        assert_true(fabs(r.won[i] - want[i][2]) < 1e-14);
        assert_true(fabs(r.lost[i] - (1 - want[i][1] - want[i][2])) < 1e-14);
    }
    assert_true(fabs(cox_incidence_within(&r, COX_WON, 0, 8) - want[4][2]) < 1e-14);
    assert_true(fabs(cox_incidence_within(&r, COX_WON, 5, 10) -
                     (want[6][2] - want[3][2]) / want[3][1]) < 1e-14);
    assert_true(isnan(cox_incidence_within(&r, COX_WON, 20, 5)));
}

static void incidence_agrees_with_survival(void **state)
{
    static const double entry[] = {0, 0, 1, 2, 0, 4, 6, 0, 10, 3, 0, 1};
    static const double plain[8][4] = {{12, 11 / 12.0, 1 / 12.0}, {11, 11 / 12.0, 1 / 12.0},
        {10, .825, 1 / 12.0}, {8, .721875, .18645833333333334}, {7, .515625, .2895833333333333},
        {4, .515625, .2895833333333333}, {3, .171875, .6333333333333333},
        {1, 0, .6333333333333333}};
    static const double late[8][4] = {{5, .8, .2}, {6, .8, .2}, {6, 2 / 3.0, .2},
        {6, 5 / 9.0, 14 / 45.0}, {6, .37037037037037035, .4037037037037037},
        {4, .37037037037037035, .4037037037037037}, {3, .12345679012345678, .6506172839506173},
        {1, 0, .6506172839506173}};

    (void)state;
    check_vectors(NULL, plain);
    check_vectors(entry, late);
}

static void incidence_refuses(void **state)
{
    double room[5][2];
    uint32_t work[6];
    struct cox_incidence r = {0, room[0], room[1], room[2], room[3], room[4]};
    struct cox_err err;
    static const struct {
        double time[2], entry[2];
        unsigned char ending[2];
        const char *field;
    } rows[] = {
        {{1, (double)NAN}, {0, 0}, {1, 1}, "time"},
        {{1, -1}, {0, -2}, {1, 1}, "time"},
        {{1, 2}, {0, 2}, {1, 1}, "entry"},
        {{1, 2}, {0, 1}, {1, 3}, "ending"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct cox_spells spells = {2, rows[i].time, rows[i].entry, rows[i].ending};
        assert_int_equal(cox_aalen_johansen(&spells, work, &r, &err), COX_INVALID);
        assert_string_equal(err.field, rows[i].field);
        assert_int_equal(err.row, 2);
    }
    const struct cox_spells none = {0};
    assert_int_equal(cox_aalen_johansen(&none, work, &r, &err), COX_INVALID);
    const struct cox_spells open = {2, (double[]){1, 2}, NULL, (unsigned char[]){0, 0}};
    assert_int_equal(cox_aalen_johansen(&open, work, &r, &err), COX_OK);
    assert_true(r.open[1] == 1.0 && r.won[1] == 0.0);
}

enum { DAYS = 2000 };
static unsigned char flat[DAYS], quarter[DAYS];

static double draw(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (double)(*seed >> 11) * 0x1p-53;
}

/* Constant daily hazards .01 won and .005 lost are found, and P(won in 30) follows the closed form. */
static void planted_hazard_is_found(void **state)
{
    enum { N = 4000 };
    static int32_t created[N], closed[N];
    static unsigned char ending[N], reject[N];
    uint64_t seed = 11;
    struct cox_hazard h;
    struct cox_err err;
    const struct cox_seasons seasons = {0, DAYS, 1, flat};
    const struct cox_lives lives = {N, created, closed, ending, NULL};
    const struct cox_hazard_opt opt = {.as_of_day = 1000, .group_count = 1};
    void *work = malloc(cox_hazard_workspace_size(1, 1));

    (void)state;
    for (size_t i = 0; i < N; i++) {
        created[i] = (int32_t)(draw(&seed) * 1000);
        closed[i] = created[i];
        for (ending[i] = COX_STILL_OPEN; ending[i] == COX_STILL_OPEN; closed[i]++) {
            double u = draw(&seed);
            ending[i] = u < .01 ? COX_WON : u < .015 ? COX_LOST : COX_STILL_OPEN;
        }
        closed[i]--;
    }
    assert_int_equal(cox_hazard_fit(&lives, &seasons, &opt, work, reject, &h, &err), COX_OK);
    struct cox_outlook o = cox_hazard_outlook(&h, &seasons, 0, 10, 30);
    double want = .01 / .015 * (1 - pow(.985, 30));
    assert_true(fabs(o.won - want) < .03 && o.won_low < want && o.won_high > want);
    assert_true(fabs(o.won_ever_share - 2 / 3.0) < .04);
    assert_true(fabs(o.median_days - log(.5) / log(.985)) < 6);
    assert_false(o.zombie || h.thin);
    assert_true(cox_hazard_outlook(&h, &seasons, 0, 999, 30).zombie);
    int32_t ages[] = {10, 0};
    double won[2], *scratch = malloc(sizeof(double) * (COX_HAZARD_WEEKS * 7 + 1));
    cox_hazard_won(&h, &seasons, 2, ages, NULL, 30, scratch, won);
    assert_true(won[0] == o.won);
    /* What happens from the as-of day on is not read. */
    for (size_t i = 0; i < N; i++) {
        if (closed[i] >= 1000) {
            ending[i] = COX_LOST;
            closed[i] = 1500;
        }
    }
    assert_int_equal(cox_hazard_fit(&lives, &seasons, &opt, work, reject, &h, &err), COX_OK);
    assert_true(cox_hazard_outlook(&h, &seasons, 0, 10, 30).won == o.won);
    free(scratch);
    free(work);
}

static void bad_rows_are_counted(void **state)
{
    static const int32_t created[] = {10, 10, 10, 10, 10, 200, -5, 10};
    static const int32_t closed[] = {20, 5, COX_NO_DAY, 20, 20, 210, 20, COX_NO_DAY};
    static const unsigned char ending[] = {1, 1, 2, 0, 7, 1, 1, 0};
    static const unsigned char want[] = {COX_LIFE_USED, COX_LIFE_CLOSED_EARLY,
        COX_LIFE_NO_CLOSE_DAY, COX_LIFE_OPEN_WITH_DAY, COX_LIFE_BAD_ENDING, COX_LIFE_LATER,
        COX_LIFE_OFF_CALENDAR, COX_LIFE_USED};
    unsigned char reject[8];
    struct cox_hazard h;
    struct cox_err err;
    const struct cox_seasons seasons = {0, DAYS, 1, flat};
    const struct cox_lives lives = {8, created, closed, ending, NULL}, none = {0};
    struct cox_hazard_opt opt = {.as_of_day = 100, .group_count = 1};
    void *work = malloc(cox_hazard_workspace_size(1, 1));

    (void)state;
    assert_int_equal(cox_hazard_fit(&lives, &seasons, &opt, work, reject, &h, &err), COX_OK);
    assert_memory_equal(reject, want, 8);
    assert_true(h.thin && h.used_count == 2 && h.reject_count[COX_LIFE_LATER] == 1);
    assert_int_equal(cox_hazard_fit(&none, &seasons, &opt, work, NULL, &h, &err), COX_INVALID);
    opt.as_of_day = DAYS;
    assert_int_equal(cox_hazard_fit(&lives, &seasons, &opt, work, NULL, &h, &err), COX_INVALID);
    assert_string_equal(err.field, "as_of_day");
    free(work);
}

struct maven {
    size_t count;
    int32_t created[9000], closed[9000];
    unsigned char ending[9000];
};

static bool load_maven(struct maven *m)
{
    char line[512], room[64];
    FILE *file = open_shared("maven-crm/sales_pipeline.csv");

    if (file == NULL) {
        return false;
    }
    while (fgets(line, sizeof(line), file) != NULL) {
        int32_t created = day_of_text(field_of(line, 5, room, sizeof(room)));
        if (created == INT32_MIN) {
            continue;
        }
        m->created[m->count] = created;
        m->closed[m->count] = day_of_text(field_of(line, 6, room, sizeof(room)));
        (void)field_of(line, 4, room, sizeof(room));
        m->ending[m->count++] = strcmp(room, "Won") == 0    ? COX_WON
                                : strcmp(room, "Lost") == 0 ? COX_LOST
                                                            : 0;
    }
    (void)fclose(file);
    return true;
}

static double brier(const struct maven *m, const struct cox_seasons *seasons, int32_t as_of)
{
    static unsigned char work[1 << 20];
    static double scratch[COX_HAZARD_WEEKS * 7 + 1];
    const struct cox_lives lives = {m->count, m->created, m->closed, m->ending, NULL};
    const struct cox_hazard_opt opt = {.as_of_day = as_of, .group_count = 1};
    struct cox_hazard h;
    struct cox_err err;
    double sum = 0.0, n = 0.0;

    assert_int_equal(cox_hazard_fit(&lives, seasons, &opt, work, NULL, &h, &err), COX_OK);
    for (size_t i = 0; i < m->count; i++) {
        if (m->created[i] < as_of && (m->closed[i] == COX_NO_DAY || m->closed[i] >= as_of)) {
            int32_t age = as_of - m->created[i];
            double p, y = m->ending[i] == COX_WON && m->closed[i] < as_of + 30;
            cox_hazard_won(&h, seasons, 1, &age, NULL, 30, scratch, &p);
            sum += (p - y) * (p - y);
            n += 1.0;
        }
    }
    return sum / n;
}

static void season_beats_age_on_maven(void **state)
{
    static struct maven m;
    int32_t first = day_of_text("2016-10-01");
    const struct cox_seasons by_age = {first, DAYS, 1, flat}, by_both = {first, DAYS, 3, quarter};
    static const char *const origins[] = {"2017-09-01", "2017-10-01", "2017-11-01", "2017-12-01"};
    double age_sum = 0.0, both_sum = 0.0;

    (void)state;
    if (!load_maven(&m)) {
        skip();
    }
    for (int32_t d = 0, month = 10, year = 2016; d < DAYS; d++) {
        char text[32];
        (void)snprintf(text, sizeof(text), "%d-%02d-01", month == 12 ? year + 1 : year,
            month % 12 + 1);
        if (first + d == day_of_text(text)) {
            year += month == 12;
            month = month % 12 + 1;
        }
        quarter[d] = (unsigned char)((month - 1) % 3);
    }
    for (size_t i = 0; i < 4; i++) {
        double age = brier(&m, &by_age, day_of_text(origins[i]));
        double both = brier(&m, &by_both, day_of_text(origins[i]));
        print_message("%s: Brier by age %.4f, by age and month of quarter %.4f\n", origins[i], age,
            both);
        assert_true(both <= age);
        age_sum += age;
        both_sum += both;
    }
    print_message("sum %.4f against %.4f: ratio %.3f (bar .93)\n", both_sum, age_sum,
        both_sum / age_sum);
    assert_true(both_sum <= .93 * age_sum);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(incidence_agrees_with_survival),
        cmocka_unit_test(incidence_refuses),
        cmocka_unit_test(planted_hazard_is_found),
        cmocka_unit_test(bad_rows_are_counted),
        cmocka_unit_test(season_beats_age_on_maven),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* kernel/match/assign.c: the exact best assignment by shortest augmenting paths. */
#include "kernel/match/assign.h"

#include <stdbool.h>
#include <string.h>

/*
 * Costs are -score; a row without partner costs LONE, more than any change of scores can win back, so
 * that pairs come first. Rows are added one at a time; each search is Dijkstra over places with
 * reduced costs cost - row_price - place_price >= 0.
 */
struct search {
    const struct cox_assign *assign;
    size_t place_count; /* at least as many as rows: the ones beyond are nobody */
    int64_t lone;
    int64_t *row_price, *place_price;
    int64_t *distance; /* by place: of the shortest path known */
    uint32_t *holder;  /* row that has the place */
    uint32_t *before;  /* place before it on that path */
    bool *is_done;
};

enum { NONE = COX_MATCH_PEOPLE_MAX + 1 };

static size_t padded(size_t row_count, size_t place_count)
{
    return place_count > row_count ? place_count : row_count;
}

size_t cox_assign_workspace_size(size_t row_count, size_t place_count)
{
    size_t places = padded(row_count, place_count);

    return row_count * sizeof(int64_t) +
           places * (2 * sizeof(int64_t) + 2 * sizeof(uint32_t) + sizeof(bool));
}

static int64_t score_of(const struct cox_assign *assign, size_t row, size_t place)
{
    if (place >= assign->place_count) {
        return COX_MATCH_FORBIDDEN;
    }
    return assign->score[row * assign->col_count +
                         (assign->place_col == NULL ? place : assign->place_col[place])];
}

static int64_t cost_of(const struct search *search, size_t row, size_t place)
{
    int64_t score = score_of(search->assign, row, place);

    return score == COX_MATCH_FORBIDDEN ? search->lone : -score;
}

static enum cox_rc check(const struct cox_assign *assign, struct cox_err *reterr)
{
    if (assign->row_count > COX_MATCH_PEOPLE_MAX || assign->place_count > COX_MATCH_PEOPLE_MAX) {
        return cox_fail_at(reterr, COX_TOO_LARGE, "score", 0, "at most %d on a side",
            COX_MATCH_PEOPLE_MAX);
    }
    for (size_t i = 0; i < assign->place_count; i++) {
        if (assign->place_col == NULL ? i >= assign->col_count
                                      : assign->place_col[i] >= assign->col_count) {
            return cox_fail_at(reterr, COX_INVALID, "place_col", (int64_t)i + 1,
                "there is no such column");
        }
    }
    for (size_t i = 0; i < assign->row_count * assign->col_count; i++) {
        int64_t score = assign->score[i];

        if (score != COX_MATCH_FORBIDDEN &&
            (score > COX_MATCH_SCORE_MAX || score < -COX_MATCH_SCORE_MAX)) {
            return cox_fail_at(reterr, COX_INVALID, "score", (int64_t)(i / assign->col_count) + 1,
                "out of range");
        }
    }
    return COX_OK;
}

static void lay_out(struct search *search, void *workspace)
{
    size_t rows = search->assign->row_count, places = search->place_count;

    search->row_price = (int64_t *)workspace;
    search->place_price = search->row_price + rows;
    search->distance = search->place_price + places;
    search->holder = (uint32_t *)(search->distance + places);
    search->before = search->holder + places;
    search->is_done = (bool *)(search->before + places);
    memset(search->row_price, 0, rows * sizeof(int64_t));
    memset(search->place_price, 0, places * sizeof(int64_t));
    for (size_t i = 0; i < places; i++) {
        search->holder[i] = NONE;
    }
}

/* Paths that go on through this row. at: the place it holds (NONE: the row that is new), so far away. */
static void relax(struct search *search, size_t row, uint32_t at, int64_t so_far)
{
    for (size_t place = 0; place < search->place_count; place++) {
        int64_t distance;

        if (search->is_done[place]) {
            continue;
        }
        distance = so_far + cost_of(search, row, place) - search->row_price[row] -
                   search->place_price[place];
        if (distance < search->distance[place]) {
            search->distance[place] = distance;
            search->before[place] = at;
        }
    }
}

static uint32_t nearest(const struct search *search)
{
    uint32_t best = NONE;

    for (size_t place = 0; place < search->place_count; place++) {
        if (!search->is_done[place] &&
            (best == NONE || search->distance[place] < search->distance[best])) {
            best = (uint32_t)place;
        }
    }
    return best;
}

static void add_row(struct search *search, size_t row)
{
    uint32_t place = NONE;
    int64_t reach = 0;
    size_t holder = row;

    memset(search->is_done, 0, search->place_count * sizeof(bool));
    for (size_t i = 0; i < search->place_count; i++) {
        search->distance[i] = INT64_MAX;
    }
    for (;;) {
        relax(search, holder, place, reach);
        place = nearest(search); /* there is one: places are no fewer than rows */
        reach = search->distance[place];
        if (search->holder[place] == NONE) {
            break;
        }
        search->is_done[place] = true;
        holder = search->holder[place];
    }
    search->row_price[row] += reach;
    for (size_t i = 0; i < search->place_count; i++) {
        if (search->is_done[i]) {
            search->row_price[search->holder[i]] += reach - search->distance[i];
            search->place_price[i] -= reach - search->distance[i];
        }
    }
    while (search->before[place] != NONE) { /* everybody on the path moves on by one */
        search->holder[place] = search->holder[search->before[place]];
        place = search->before[place];
    }
    search->holder[place] = (uint32_t)row;
}

/*
 * Prices below all costs, and none above 0 for a place: their sum bounds every plan's cost from below.
 * INT64_MAX where they are not so: then nothing is proved.
 */
static int64_t prove(const struct search *search, size_t pair_count)
{
    int64_t sum = 0;

    for (size_t row = 0; row < search->assign->row_count; row++) {
        sum += search->row_price[row];
        for (size_t place = 0; place < search->place_count; place++) {
            if (cost_of(search, row, place) < search->row_price[row] + search->place_price[place]) {
                return INT64_MAX;
            }
        }
    }
    for (size_t place = 0; place < search->place_count; place++) {
        if (search->place_price[place] > 0) {
            return INT64_MAX;
        }
        sum += search->place_price[place];
    }
    return (int64_t)(search->assign->row_count - pair_count) * search->lone - sum;
}

enum cox_rc cox_assign_solve(const struct cox_assign *assign, void *workspace, uint32_t *ret_place,
    struct cox_match_value *ret_value, struct cox_err *reterr)
{
    struct search search = {
        .assign = assign,
        .place_count = padded(assign->row_count, assign->place_count),
        .lone = (2 * (int64_t)assign->row_count + 2) * COX_MATCH_SCORE_MAX,
    };
    struct cox_match_value value = {0};

    COX_TRY(check(assign, reterr));
    lay_out(&search, workspace);
    for (size_t row = 0; row < assign->row_count; row++) {
        add_row(&search, row);
    }
    for (size_t row = 0; row < assign->row_count; row++) {
        ret_place[row] = COX_MATCH_NOBODY;
    }
    for (size_t place = 0; place < search.place_count; place++) {
        uint32_t row = search.holder[place];
        int64_t score = row == NONE ? COX_MATCH_FORBIDDEN : score_of(assign, row, place);

        if (score != COX_MATCH_FORBIDDEN) {
            ret_place[row] = (uint32_t)place;
            value.pair_count++;
            value.score += score;
        }
    }
    value.bound = prove(&search, value.pair_count);
    *ret_value = value;
    return COX_OK;
}

/* kernel/territory/candidates.c: pricing of all reps for every account, in tiles that stay in cache. */
#include "kernel/territory/candidates.h"

#include <math.h>

enum { TILE = 256, SCAN_BLOCKS = 64 };

struct scan {
    const struct model *model;
    struct candidates *set;
    const double *price[WEIGHT_COUNT]; /* x taken apart, so that a row is plain vector code */
    const uint32_t *fresh;             /* a patch: the reps to look at */
    size_t fresh_count;
    double sums[SCAN_BLOCKS];
};

/* The best few of a row, in no order: collected in twice the room, cut down whenever that is full. */
struct entry {
    double reduced;
    float km;
    uint32_t rep;
};

struct shortlist {
    size_t len, width;
    double limit; /* nothing above it can be among the best */
    struct entry entry[2 * CANDIDATE_MAX];
};

/* One account's row: what pricing a tile of reps needs. */
struct row {
    const struct scan *scan;
    size_t i;
    double work_ratio, pot_ratio, relation; /* per visit */
    uint32_t owner;
};

static void split_prices(struct scan *scan, const double *x, double *split)
{
    size_t k = scan->model->k;

    for (size_t j = 0; j < k; j++) {
        split[j] = x[2 * j + WORK];
        split[k + j] = x[2 * j + POTENTIAL];
    }
    scan->price[WORK] = split;
    scan->price[POTENTIAL] = split + k;
}

static struct row row_of(const struct scan *scan, size_t i)
{
    const struct model *model = scan->model;
    struct row row = {.scan = scan, .i = i, .owner = model_owner(model, i)};

    row.work_ratio = model_ratio(model, WORK, i);
    row.pot_ratio = model_ratio(model, POTENTIAL, i);
    if (row.owner != COX_TERRITORY_NONE) {
        row.relation = model_relation(model, i) / model->problem->visits[i];
    }
    return row;
}

/* Distance (with relation) and reduced cost per visit of reps first .. first + count - 1. */
static void price_tile(const struct row *row, size_t first, size_t count, double *restrict km,
    double *restrict reduced)
{
    const double *restrict work = row->scan->price[WORK] + first;
    const double *restrict pot = row->scan->price[POTENTIAL] + first;

    model_km(row->scan->model, row->i, first, count, km);
    if (row->owner != COX_TERRITORY_NONE) {
        for (size_t j = 0; j < count; j++) {
            km[j] += row->relation;
        }
        if (row->owner >= first && row->owner < first + count) {
            km[row->owner - first] -= row->relation;
        }
    }
    for (size_t j = 0; j < count; j++) {
        reduced[j] = km[j] + work[j] * row->work_ratio + pot[j] * row->pot_ratio;
    }
}

static bool is_before(const struct entry *a, const struct entry *b)
{
    return a->reduced < b->reduced || (a->reduced <= b->reduced && a->rep < b->rep);
}

/* Moves entries of [from, to) cheaper than the one in the middle before it; returns its new place. */
static size_t part(struct entry *entry, size_t from, size_t to)
{
    struct entry middle = entry[from + (to - from) / 2];
    size_t at = from;

    entry[from + (to - from) / 2] = entry[to - 1];
    for (size_t e = from; e < to - 1; e++) {
        if (is_before(&entry[e], &middle)) {
            struct entry swap = entry[e];

            entry[e] = entry[at];
            entry[at++] = swap;
        }
    }
    entry[to - 1] = entry[at];
    entry[at] = middle;
    return at;
}

/* Cuts the list to its width cheapest (C. Hoare, "Algorithm 65: find", CACM 4, 1961). */
static void cut(struct shortlist *list)
{
    size_t from = 0, to = list->len;

    if (list->len <= list->width) {
        return;
    }
    while (from + 1 < to) {
        size_t at = part(list->entry, from, to);

        if (at < list->width) {
            from = at + 1;
        } else {
            to = at;
        }
        if (from == list->width || to == list->width) {
            break;
        }
    }
    list->len = list->width;
    list->limit = -HUGE_VAL;
    for (size_t e = 0; e < list->len; e++) {
        list->limit = fmax(list->limit, list->entry[e].reduced);
    }
}

/* is_strict: only allowed pairs. */
static void fill_list(const struct row *row, struct shortlist *list, bool is_strict)
{
    const struct model *model = row->scan->model;
    double km[TILE], reduced[TILE];

    for (size_t first = 0; first < model->k; first += TILE) {
        size_t count = model->k - first < TILE ? model->k - first : TILE;

        price_tile(row, first, count, km, reduced);
        for (size_t j = 0; j < count; j++) {
            if (reduced[j] >= list->limit ||
                (is_strict && !cox_territory_may(model->problem, row->i, first + j))) {
                continue;
            }
            list->entry[list->len++] =
                (struct entry){reduced[j], (float)km[j], (uint32_t)(first + j)};
            if (list->len == 2 * list->width) {
                cut(list);
            }
        }
    }
    cut(list);
}

static void keep_owner(const struct row *row, struct shortlist *list)
{
    const struct model *model = row->scan->model;
    size_t worst = 0;
    double km;

    if (row->owner == COX_TERRITORY_NONE || list->len < list->width ||
        !cox_territory_may(model->problem, row->i, row->owner)) {
        return;
    }
    for (size_t e = 0; e < list->len; e++) {
        if (list->entry[e].rep == row->owner) {
            return;
        }
        worst = list->entry[e].reduced > list->entry[worst].reduced ? e : worst;
    }
    model_km(model, row->i, row->owner, 1, &km);
    list->entry[worst] = (struct entry){0, (float)km, row->owner};
}

/* Reduced cost of the entry at place of the lists. */
static double listed(const struct row *row, size_t at)
{
    const struct candidates *set = row->scan->set;
    uint32_t rep = set->rep[at];

    return (double)set->km[at] + row->scan->price[WORK][rep] * row->work_ratio +
           row->scan->price[POTENTIAL][rep] * row->pot_ratio;
}

/* The dearest of an older list of the same slot: the new list holds nothing above it. */
static double limit_of(const struct row *row, size_t slot)
{
    const struct candidates *set = row->scan->set;
    double limit = -HUGE_VAL;

    if (!set->is_built || set->len[slot] < set->width) {
        return HUGE_VAL;
    }
    for (size_t c = 0; c < set->width; c++) {
        double km = (double)set->km[slot * set->width + c];

        /* The list holds kilometres in single precision. */
        limit = fmax(limit, listed(row, slot * set->width + c) + 1e-6 * (1 + km));
    }
    return limit;
}

static void build_slot(const struct scan *scan, size_t slot)
{
    struct candidates *set = scan->set;
    struct row row = row_of(scan, slot_account(set, slot));
    struct shortlist list;

    list.len = 0;
    list.width = set->width;
    list.limit = limit_of(&row, slot);
    if (scan->model->problem->fixed != NULL && scan->model->problem->fixed[row.i] != 0) {
        double km;

        model_km(scan->model, row.i, row.owner, 1, &km);
        list.entry[0] = (struct entry){0, (float)km, row.owner};
        list.len = 1;
    } else {
        fill_list(&row, &list, true);
        if (list.len == 0) {
            fill_list(&row, &list, false);
        }
        keep_owner(&row, &list);
    }
    set->len[slot] = (uint16_t)list.len;
    for (size_t c = 0; c < list.len; c++) {
        set->rep[slot * set->width + c] = list.entry[c].rep;
        set->km[slot * set->width + c] = list.entry[c].km;
    }
}

static void build_block(void *arg, size_t block)
{
    const struct scan *scan = arg;
    size_t count = scan->set->count;

    for (size_t s = count * block / SCAN_BLOCKS; s < count * (block + 1) / SCAN_BLOCKS; s++) {
        build_slot(scan, s);
    }
}

void candidates_build(const struct model *model, struct candidates *set, const double *x,
    double *split)
{
    struct scan scan = {.model = model, .set = set};

    split_prices(&scan, x, split);
    model_parallel(model, SCAN_BLOCKS, build_block, &scan);
    set->is_built = true;
}

/* The place of the dearest entry that is not the owner; what it costs goes to ret_limit. */
static size_t dearest(const struct row *row, size_t slot, double *ret_limit)
{
    const struct candidates *set = row->scan->set;
    size_t worst = slot * set->width;

    *ret_limit = -HUGE_VAL;
    for (size_t at = slot * set->width; at < slot * set->width + set->len[slot]; at++) {
        double reduced = listed(row, at);

        if (reduced > *ret_limit && set->rep[at] != row->owner) {
            *ret_limit = reduced;
            worst = at;
        }
    }
    return worst;
}

static bool has(const struct candidates *set, size_t slot, uint32_t rep)
{
    for (size_t c = 0; c < set->len[slot]; c++) {
        if (set->rep[slot * set->width + c] == rep) {
            return true;
        }
    }
    return false;
}

static void patch_slot(const struct scan *scan, size_t slot)
{
    struct candidates *set = scan->set;
    struct row row = row_of(scan, slot_account(set, slot));
    double limit;
    size_t worst = dearest(&row, slot, &limit);

    for (size_t f = 0; f < scan->fresh_count; f++) {
        uint32_t rep = scan->fresh[f];
        double km, reduced;

        price_tile(&row, rep, 1, &km, &reduced);
        if (reduced < limit && !has(set, slot, rep) &&
            cox_territory_may(scan->model->problem, row.i, rep)) {
            set->rep[worst] = rep;
            set->km[worst] = (float)km;
            worst = dearest(&row, slot, &limit);
        }
    }
}

static void patch_block(void *arg, size_t block)
{
    const struct scan *scan = arg;
    size_t count = scan->set->count;

    for (size_t s = count * block / SCAN_BLOCKS; s < count * (block + 1) / SCAN_BLOCKS; s++) {
        /* A shorter list has all there are: few may serve the account. */
        if (scan->set->len[s] == scan->set->width && scan->set->width > 1) {
            patch_slot(scan, s);
        }
    }
}

void candidates_patch(const struct model *model, struct candidates *set, const double *x,
    double *split, const uint32_t *rep, size_t rep_count)
{
    struct scan scan = {.model = model, .set = set, .fresh = rep, .fresh_count = rep_count};

    split_prices(&scan, x, split);
    model_parallel(model, SCAN_BLOCKS, patch_block, &scan);
}

static double least_of_row(const struct row *row)
{
    const struct model *model = row->scan->model;
    double km[TILE], reduced[TILE], least = HUGE_VAL;

    for (size_t first = 0; first < model->k; first += TILE) {
        size_t count = model->k - first < TILE ? model->k - first : TILE;

        price_tile(row, first, count, km, reduced);
        for (size_t j = 0; j < count; j++) {
            if (reduced[j] < least && cox_territory_may(model->problem, row->i, first + j)) {
                least = reduced[j];
            }
        }
    }
    return least;
}

static void bound_block(void *arg, size_t block)
{
    struct scan *scan = arg;
    size_t n = scan->model->n;
    double total = 0;

    for (size_t i = n * block / SCAN_BLOCKS; i < n * (block + 1) / SCAN_BLOCKS; i++) {
        struct row row = row_of(scan, i);
        double least;

        if (scan->model->problem->fixed != NULL && scan->model->problem->fixed[i] != 0) {
            model_km(scan->model, i, row.owner, 1, &least);
            least += scan->price[WORK][row.owner] * row.work_ratio +
                     scan->price[POTENTIAL][row.owner] * row.pot_ratio;
        } else {
            least = least_of_row(&row);
        }
        total += scan->model->problem->visits[i] * least;
    }
    scan->sums[block] = total;
}

double candidates_bound(const struct model *model, const double *x, double *split)
{
    struct scan scan = {.model = model};
    double total = 0;

    split_prices(&scan, x, split);
    model_parallel(model, SCAN_BLOCKS, bound_block, &scan);
    for (size_t block = 0; block < SCAN_BLOCKS; block++) {
        total += scan.sums[block];
    }
    for (int which = 0; which < WEIGHT_COUNT; which++) {
        for (size_t j = 0; model->is_bound[which] && j < model->k; j++) {
            double price = x[2 * j + (size_t)which] / model->unit[which];

            total -= fmax(price * model->hi[which][j], price * model->lo[which][j]);
        }
    }
    return total;
}

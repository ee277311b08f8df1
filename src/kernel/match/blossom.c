/* kernel/match/blossom.c: the exact best pairs of one group: search, labels and the proof. */
#include "kernel/match/blossom.h"

#include <stdbool.h>
#include <string.h>

#include "kernel/match/blossom_tree.h"

/* ---- workspace ---- */

static size_t node_max_of(size_t count)
{
    return count + count / 2 + 2;
}

size_t cox_peers_workspace_size(size_t count)
{
    size_t nodes = node_max_of(count);

    return sizeof(int64_t) * (nodes + count * count) + sizeof(uint32_t) * nodes +
           sizeof(struct link) * nodes * nodes +
           sizeof(uint16_t) * (2 * nodes * (count + 1) + 5 * nodes + count + 1) + nodes;
}

static void lay_out(struct peers *peers, void *workspace)
{
    size_t nodes = peers->node_max, count = peers->count;

    memset(workspace, 0, cox_peers_workspace_size(count));
    peers->label = (int64_t *)workspace;
    peers->inside = peers->label + nodes;
    peers->seen = (uint32_t *)(peers->inside + count * count);
    peers->links = (struct link *)(peers->seen + nodes);
    peers->via = (uint16_t *)(peers->links + nodes * nodes);
    peers->ring = peers->via + nodes * (count + 1);
    peers->ring_size = peers->ring + nodes * (count + 1);
    peers->mate = peers->ring_size + nodes;
    peers->top = peers->mate + nodes;
    peers->parent = peers->top + nodes;
    peers->slack = peers->parent + nodes;
    peers->queue = peers->slack + nodes;
    peers->side = (uint8_t *)(peers->queue + count + 1);
}

static void start(struct peers *peers)
{
    int64_t highest = 0;

    peers->node_last = peers->count;
    for (size_t a = 1; a <= peers->count; a++) {
        peers->top[a] = (uint16_t)a;
        for (size_t b = 1; b <= peers->count; b++) {
            if (peers_may(peers, a, b)) {
                int64_t weight = peers_weight(peers, a, b) / 2;

                *peers_link(peers, a, b) = (struct link){(uint16_t)a, (uint16_t)b};
                highest = weight > highest ? weight : highest;
            }
        }
    }
    for (size_t a = 1; a <= peers->count; a++) {
        peers->label[a] = highest;
    }
}

/* ---- growing the trees ---- */

static size_t common_node(struct peers *peers, size_t u, size_t v)
{
    peers->seen_mark++;
    while (u != 0 || v != 0) {
        size_t other = v;

        if (u != 0) {
            if (peers->seen[u] == peers->seen_mark) {
                return u;
            }
            peers->seen[u] = peers->seen_mark;
            u = peers->top[peers->mate[u]];
            if (u != 0) {
                u = peers->top[peers->parent[u]];
            }
        }
        v = u;
        u = other;
    }
    return 0;
}

/* A tight pair from an outer node. True when a path was found and flipped. */
static bool take(struct peers *peers, struct link link)
{
    size_t u = peers->top[link.from], v = peers->top[link.to];

    if (peers->side[v] == FREE) {
        size_t mate = peers->top[peers->mate[v]];

        peers->parent[v] = link.from;
        peers->side[v] = INNER;
        peers->side[mate] = OUTER;
        peers->slack[v] = 0;
        peers->slack[mate] = 0;
        peers_push(peers, mate);
    } else if (peers->side[v] == OUTER) {
        size_t common = common_node(peers, u, v);

        if (common == 0) {
            peers_augment(peers, u, v);
            peers_augment(peers, v, u);
            return true;
        }
        peers_add_blossom(peers, u, common, v);
    }
    return false;
}

/* All pairs from one outer person. */
static bool look_from(struct peers *peers, size_t person)
{
    if (peers->side[peers->top[person]] == INNER) {
        return false;
    }
    for (size_t other = 1; other <= peers->count; other++) {
        struct link link = *peers_link(peers, person, other);
        uint16_t node = peers->top[other];

        if (link.from == 0 || peers->top[person] == node) {
            continue;
        }
        if (peers_slack(peers, link) == 0) {
            if (take(peers, link)) {
                return true;
            }
        } else if (peers->slack[node] == 0 ||
                   peers_slack(peers, *peers_link(peers, person, node)) <
                       peers_slack(peers, *peers_link(peers, peers->slack[node], node))) {
            peers->slack[node] = (uint16_t)person;
        }
    }
    return false;
}

static bool is_top(const struct peers *peers, size_t node)
{
    return peers->top[node] == node;
}

/* How far labels may move until something becomes tight, apart, or somebody's label 0. */
static int64_t step_size(const struct peers *peers)
{
    int64_t step = INT64_MAX;

    for (size_t node = 1; node <= peers->node_last; node++) {
        int64_t limit = INT64_MAX;

        if (!is_top(peers, node)) {
            continue;
        }
        if (node > peers->count && peers->side[node] == INNER) {
            limit = peers->label[node] / 2;
        } else if (peers->slack[node] != 0 && peers->side[node] != INNER) {
            limit = peers_slack(peers, *peers_link(peers, peers->slack[node], node));
            limit = peers->side[node] == OUTER ? limit / 2 : limit;
        }
        step = limit < step ? limit : step;
    }
    return step;
}

/*
 * Never so far that an outer label falls below 0. False when one comes to 0 (those of the lonely come
 * there first): no further pair is worth having.
 */
static bool move_labels(struct peers *peers, int64_t step)
{
    int64_t least = INT64_MAX;

    for (size_t person = 1; person <= peers->count; person++) {
        if (peers->side[peers->top[person]] == OUTER && peers->label[person] < least) {
            least = peers->label[person];
        }
    }
    step = least < step ? least : step;
    for (size_t person = 1; person <= peers->count; person++) {
        uint8_t side = peers->side[peers->top[person]];

        peers->label[person] += side == OUTER ? -step : side == INNER ? step : 0;
    }
    for (size_t node = peers->count + 1; node <= peers->node_last; node++) {
        if (is_top(peers, node)) {
            peers->label[node] += peers->side[node] == OUTER   ? 2 * step
                                  : peers->side[node] == INNER ? -2 * step
                                                               : 0;
        }
    }
    return step < least;
}

/* After a step: what became tight, and blossoms whose price is spent. */
static bool take_tight(struct peers *peers)
{
    for (size_t node = 1; node <= peers->node_last; node++) {
        uint16_t from = peers->slack[node];

        if (is_top(peers, node) && from != 0 && peers->top[from] != node &&
            peers_slack(peers, *peers_link(peers, from, node)) == 0 &&
            take(peers, *peers_link(peers, from, node))) {
            return true;
        }
    }
    for (size_t node = peers->count + 1; node <= peers->node_last; node++) {
        if (is_top(peers, node) && peers->side[node] == INNER && peers->label[node] == 0) {
            peers_expand(peers, node);
        }
    }
    return false;
}

static bool plant(struct peers *peers)
{
    peers->queue_from = peers->queue_to = 0;
    for (size_t node = 1; node <= peers->node_last; node++) {
        peers->side[node] = FREE;
        peers->slack[node] = 0;
    }
    for (size_t node = 1; node <= peers->node_last; node++) {
        if (is_top(peers, node) && peers->mate[node] == 0) {
            peers->parent[node] = 0;
            peers->side[node] = OUTER;
            peers_push(peers, node);
        }
    }
    return peers->queue_to > 0;
}

/* One pair more; false when there is none that helps. */
static bool grow(struct peers *peers)
{
    if (!plant(peers)) {
        return false;
    }
    for (;;) {
        int64_t step;

        while (peers->queue_from < peers->queue_to) {
            if (look_from(peers, peers->queue[peers->queue_from++])) {
                return true;
            }
        }
        step = step_size(peers);
        if (!move_labels(peers, step)) {
            return false;
        }
        if (take_tight(peers)) {
            return true;
        }
    }
}

/* ---- the proof ---- */

static size_t people_of(const struct peers *peers, size_t blossom, uint16_t *ret_people)
{
    size_t size = 0;

    for (size_t person = 1; person <= peers->count; person++) {
        if (*peers_via(peers, blossom, person) != 0) {
            ret_people[size++] = (uint16_t)person;
        }
    }
    return size;
}

/*
 * Labels and prices that are nowhere below a pair's weight bound the weight of any pairs: half the sum
 * of labels, and of each blossom's price times the pairs that fit into it. INT64_MAX: not so.
 */
static int64_t prove(struct peers *peers, size_t pair_count)
{
    int64_t sum = 0;

    for (size_t node = peers->count + 1; node <= peers->node_last; node++) {
        size_t size;

        if (peers->top[node] == 0) {
            continue;
        }
        size = people_of(peers, node, peers->queue);
        for (size_t i = 0; i < size; i++) {
            for (size_t j = 0; j < size; j++) {
                peers->inside[(peers->queue[i] - 1U) * peers->count + peers->queue[j] - 1U] +=
                    peers->label[node];
            }
        }
        sum += (int64_t)(size / 2) * peers->label[node];
        if (peers->label[node] < 0) {
            return INT64_MAX;
        }
    }
    for (size_t a = 1; a <= peers->count; a++) {
        sum += peers->label[a];
        for (size_t b = 1; b <= peers->count; b++) {
            if (peers->label[a] < 0 ||
                (peers_may(peers, a, b) &&
                    peers_slack(peers, (struct link){(uint16_t)a, (uint16_t)b}) +
                            peers->inside[(a - 1) * peers->count + b - 1] <
                        0)) {
                return INT64_MAX;
            }
        }
    }
    return sum / 2 - (int64_t)pair_count * peers->base;
}

static enum cox_rc check(const int64_t *score, size_t count, struct cox_err *reterr)
{
    if (count > COX_PEERS_MAX) {
        return cox_fail_at(reterr, COX_TOO_LARGE, "score", 0, "at most %d people", COX_PEERS_MAX);
    }
    for (size_t a = 0; a < count; a++) {
        for (size_t b = a + 1; b < count; b++) {
            int64_t one = score[a * count + b];

            if (one != COX_MATCH_FORBIDDEN &&
                (one > COX_MATCH_SCORE_MAX || one < -COX_MATCH_SCORE_MAX)) {
                return cox_fail_at(reterr, COX_INVALID, "score", (int64_t)a + 1, "out of range");
            }
        }
    }
    return COX_OK;
}

enum cox_rc cox_peers_solve(const int64_t *score, size_t count, void *workspace, uint32_t *ret_peer,
    struct cox_match_value *ret_value, struct cox_err *reterr)
{
    struct peers peers = {
        .count = count,
        .node_max = node_max_of(count),
        .score = score,
        .base = ((int64_t)count + 1) * COX_MATCH_SCORE_MAX,
    };
    struct cox_match_value value = {0};

    COX_TRY(check(score, count, reterr));
    lay_out(&peers, workspace);
    start(&peers);
    while (grow(&peers)) {
    }
    for (size_t person = 1; person <= count; person++) {
        size_t mate = peers.mate[person];

        ret_peer[person - 1] = mate == 0 ? COX_MATCH_NOBODY : (uint32_t)mate - 1;
        if (mate > person) {
            value.pair_count++;
            value.score += peers_weight(&peers, person, mate) / 2 - peers.base;
        }
    }
    value.bound = prove(&peers, value.pair_count);
    *ret_value = value;
    return COX_OK;
}

/* kernel/match/blossom_tree.c: rings of nodes that are made, turned and taken apart. */
#include "kernel/match/blossom_tree.h"

#include <string.h>

#include "kernel/match/assign.h"

static int64_t score_of(const struct peers *peers, size_t a, size_t b)
{
    return a < b ? peers->score[(a - 1) * peers->count + b - 1]
                 : peers->score[(b - 1) * peers->count + a - 1];
}

bool peers_may(const struct peers *peers, size_t a, size_t b)
{
    return a != b && score_of(peers, a, b) != COX_MATCH_FORBIDDEN;
}

int64_t peers_weight(const struct peers *peers, size_t a, size_t b)
{
    return 2 * (peers->base + score_of(peers, a, b));
}

int64_t peers_slack(const struct peers *peers, struct link link)
{
    return peers->label[link.from] + peers->label[link.to] -
           peers_weight(peers, link.from, link.to);
}

void peers_set_top(struct peers *peers, size_t node, uint16_t top)
{
    peers->top[node] = top;
    for (size_t i = 0; node > peers->count && i < peers->ring_size[node]; i++) {
        peers_set_top(peers, peers_ring(peers, node)[i], top);
    }
}

static void offer_slack(struct peers *peers, uint16_t person, size_t node)
{
    uint16_t held = peers->slack[node];

    if (held == 0 || peers_slack(peers, *peers_link(peers, person, node)) <
                         peers_slack(peers, *peers_link(peers, held, node))) {
        peers->slack[node] = person;
    }
}

void peers_set_slack(struct peers *peers, size_t node)
{
    peers->slack[node] = 0;
    for (size_t person = 1; person <= peers->count; person++) {
        if (peers_link(peers, person, node)->from != 0 && peers->top[person] != node &&
            peers->side[peers->top[person]] == OUTER) {
            offer_slack(peers, (uint16_t)person, node);
        }
    }
}

void peers_push(struct peers *peers, size_t node)
{
    if (node <= peers->count) {
        peers->queue[peers->queue_to++] = (uint16_t)node;
        return;
    }
    for (size_t i = 0; i < peers->ring_size[node]; i++) {
        peers_push(peers, peers_ring(peers, node)[i]);
    }
}

static void turn_around(uint16_t *parts, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        uint16_t part = parts[i];

        parts[i] = parts[count - 1 - i];
        parts[count - 1 - i] = part;
    }
}

size_t peers_place(struct peers *peers, size_t node, uint16_t part)
{
    uint16_t *ring = peers_ring(peers, node);
    size_t size = peers->ring_size[node], place = 0;

    while (ring[place] != part) {
        place++;
    }
    if (place % 2 == 1) {
        turn_around(ring + 1, size - 1);
        place = size - place;
    }
    return place;
}

/* Everything inside node is paired anew, now that node's pair is the one to other. */
static void set_mate(struct peers *peers, size_t node, size_t other)
{
    struct link link = *peers_link(peers, node, other);
    uint16_t *ring = peers_ring(peers, node);
    size_t size = peers->ring_size[node], place;
    uint16_t part;

    peers->mate[node] = link.to;
    if (node <= peers->count) {
        return;
    }
    part = *peers_via(peers, node, link.from);
    place = peers_place(peers, node, part);
    for (size_t i = 0; i < place; i++) {
        set_mate(peers, ring[i], ring[i ^ 1]);
    }
    set_mate(peers, part, other);
    turn_around(ring, place); /* part comes first: a rotation is three reversals */
    turn_around(ring + place, size - place);
    turn_around(ring, size);
}

void peers_augment(struct peers *peers, size_t u, size_t v)
{
    for (;;) {
        size_t mate = peers->top[peers->mate[u]];

        set_mate(peers, u, v);
        if (mate == 0) {
            return;
        }
        set_mate(peers, mate, peers->top[peers->parent[mate]]);
        u = peers->top[peers->parent[mate]];
        v = mate;
    }
}

/* From node up to common, without common: outer and inner nodes in turn. */
static void add_path(struct peers *peers, size_t blossom, size_t node, size_t common)
{
    uint16_t *ring = peers_ring(peers, blossom);

    while (node != common) {
        size_t mate = peers->top[peers->mate[node]];

        ring[peers->ring_size[blossom]++] = (uint16_t)node;
        ring[peers->ring_size[blossom]++] = (uint16_t)mate;
        peers_push(peers, mate);
        node = peers->top[peers->parent[mate]];
    }
}

/* The links of a blossom are the tightest of its parts'. */
static void join_links(struct peers *peers, size_t blossom)
{
    for (size_t other = 1; other <= peers->node_last; other++) {
        struct link *link = peers_link(peers, blossom, other);

        *link = (struct link){0};
        for (size_t i = 0; i < peers->ring_size[blossom]; i++) {
            struct link of_part = *peers_link(peers, peers_ring(peers, blossom)[i], other);

            if (of_part.from != 0 &&
                (link->from == 0 || peers_slack(peers, of_part) < peers_slack(peers, *link))) {
                *link = of_part;
            }
        }
        *peers_link(peers, other, blossom) = (struct link){link->to, link->from};
    }
}

void peers_add_blossom(struct peers *peers, size_t u, size_t common, size_t v)
{
    size_t blossom = peers->count + 1;

    while (blossom <= peers->node_last && peers->top[blossom] != 0) {
        blossom++;
    }
    if (blossom > peers->node_last) {
        peers->node_last++;
    }
    peers->label[blossom] = 0;
    peers->side[blossom] = OUTER;
    peers->mate[blossom] = peers->mate[common];
    peers->parent[blossom] = peers->parent[common];
    peers->ring_size[blossom] = 1;
    peers_ring(peers, blossom)[0] = (uint16_t)common;
    add_path(peers, blossom, u, common);
    turn_around(peers_ring(peers, blossom) + 1, peers->ring_size[blossom] - 1U);
    add_path(peers, blossom, v, common);
    peers_set_top(peers, blossom, (uint16_t)blossom);
    join_links(peers, blossom);
    for (size_t person = 1; person <= peers->count; person++) {
        *peers_via(peers, blossom, person) = 0;
        for (size_t i = 0; i < peers->ring_size[blossom]; i++) {
            uint16_t part = peers_ring(peers, blossom)[i];

            if (part == person || (part > peers->count && *peers_via(peers, part, person) != 0)) {
                *peers_via(peers, blossom, person) = part;
            }
        }
    }
    peers_set_slack(peers, blossom);
}

void peers_expand(struct peers *peers, size_t node)
{
    uint16_t *ring = peers_ring(peers, node);
    size_t size = peers->ring_size[node], place;
    uint16_t entry;

    for (size_t i = 0; i < size; i++) {
        peers_set_top(peers, ring[i], ring[i]);
    }
    entry = *peers_via(peers, node, peers_link(peers, node, peers->parent[node])->from);
    place = peers_place(peers, node, entry);
    for (size_t i = 0; i < place; i += 2) { /* the way through stays in the tree */
        uint16_t inner = ring[i], outer = ring[i + 1];

        peers->parent[inner] = peers_link(peers, outer, inner)->from;
        peers->side[inner] = INNER;
        peers->side[outer] = OUTER;
        peers->slack[inner] = 0;
        peers_set_slack(peers, outer);
        peers_push(peers, outer);
    }
    peers->side[entry] = INNER;
    peers->parent[entry] = peers->parent[node];
    for (size_t i = place + 1; i < size; i++) {
        peers->side[ring[i]] = FREE;
        peers_set_slack(peers, ring[i]);
    }
    peers->top[node] = 0;
}

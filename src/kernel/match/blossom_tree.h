/*
 * kernel/match/blossom_tree.h: the nodes of the search for pairs: people 1..count, and blossoms, which
 * are odd rings of nodes. Private to the room.
 */
#ifndef COX_KERNEL_MATCH_BLOSSOM_TREE_H
#define COX_KERNEL_MATCH_BLOSSOM_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum side { FREE, OUTER, INNER };

struct link {
    uint16_t from, to; /* people; from 0: none */
};

struct peers {
    size_t count, node_max; /* node 0 is none */
    size_t node_last;
    const int64_t *score;
    int64_t base;       /* a pair weighs base + score */
    int64_t *label;     /* by node; of blossoms twice their price */
    int64_t *inside;    /* count * count, for the proof: what blossoms add to a pair within them */
    struct link *links; /* node * node_max + other: of the tight-most pair between two nodes */
    uint16_t *via;  /* node * (count + 1) + person: the part of the ring in which the person is */
    uint16_t *ring; /* node * (count + 1): the parts, the one with the base first */
    uint16_t *ring_size;
    uint16_t *mate;   /* person at the other end of the node's pair; 0: alone */
    uint16_t *top;    /* outermost node around; 0: the blossom is not in use */
    uint16_t *parent; /* person from whom the node was reached */
    uint16_t *slack;  /* outer person nearest to the node; 0: none */
    uint8_t *side;
    uint32_t *seen;
    uint32_t seen_mark;
    uint16_t *queue; /* outer people still to be looked at */
    size_t queue_from, queue_to;
};

static inline struct link *peers_link(const struct peers *peers, size_t node, size_t other)
{
    return &peers->links[node * peers->node_max + other];
}

static inline uint16_t *peers_ring(const struct peers *peers, size_t node)
{
    return &peers->ring[node * (peers->count + 1)];
}

static inline uint16_t *peers_via(const struct peers *peers, size_t node, size_t person)
{
    return &peers->via[node * (peers->count + 1) + person];
}

/* How far the labels are above the link's weight, twice; 0: tight. */
int64_t peers_slack(const struct peers *peers, struct link link);

/* May the two be a pair? */
bool peers_may(const struct peers *peers, size_t a, size_t b);

/* Twice the weight of a pair that may be. */
int64_t peers_weight(const struct peers *peers, size_t a, size_t b);

void peers_set_top(struct peers *peers, size_t node, uint16_t top);

/* Finds the outer person nearest to the node anew. */
void peers_set_slack(struct peers *peers, size_t node);

/* The node's people are outer now: they wait to be looked at. */
void peers_push(struct peers *peers, size_t node);

/* Where part stands in the ring at an even distance from its start; may turn the ring around. */
size_t peers_place(struct peers *peers, size_t node, uint16_t part);

/* A blossom of the two paths from u and v up to their common node. */
void peers_add_blossom(struct peers *peers, size_t u, size_t common, size_t v);

/* An inner blossom without price comes apart. */
void peers_expand(struct peers *peers, size_t node);

/* Flips the path from the pair (u, v), both outer nodes, up to u's root. */
void peers_augment(struct peers *peers, size_t u, size_t v);

#endif

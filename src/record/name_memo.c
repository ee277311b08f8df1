/* record/name_memo.c: see name_memo.h. A table of fixed size; who comes later takes the place. */
#include "record/name_memo.h"

enum { PLACES = 4096, LOCKS = 64, NAME_MAX = 80, ENTITIES = 256 };

struct place {
    int64_t id, seq; /* seq: the commit it was read at */
    uint16_t entity; /* 0: empty */
    uint16_t size;
    char name[NAME_MAX];
};

struct cox_name_memo {
    _Atomic int64_t any_seq;               /* nothing read before it counts */
    _Atomic int64_t entity_seqs[ENTITIES]; /* by entity, those from ENTITIES on together */
    pthread_mutex_t locks[LOCKS];          /* by place */
    struct place places[PLACES];
};

enum cox_rc cox_name_memo_open(struct cox_arena *arena, struct cox_name_memo **ret_memo,
    struct cox_err *reterr)
{
    struct cox_name_memo *memo = COX_NEW(arena, struct cox_name_memo);

    if (memo == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < LOCKS; i++) {
        (void)pthread_mutex_init(&memo->locks[i], NULL); /* default attributes: cannot fail */
    }
    *ret_memo = memo;
    return COX_OK;
}

static _Atomic int64_t *seq_of(struct cox_name_memo *memo, uint16_t entity)
{
    return &memo->entity_seqs[entity < ENTITIES ? entity : 0];
}

void cox_name_memo_touch(struct cox_name_memo *memo, uint16_t entity, int64_t seq)
{
    _Atomic int64_t *place = entity == 0 ? &memo->any_seq : seq_of(memo, entity);
    int64_t known = atomic_load(place);

    while (known < seq && !atomic_compare_exchange_weak(place, &known, seq)) {
    }
}

static struct place *place_of(struct cox_name_memo *memo, uint16_t entity, int64_t id)
{
    uint64_t hash = ((uint64_t)id * 64 + entity) * UINT64_C(0x9e3779b97f4a7c15);

    return &memo->places[hash >> 52]; /* 12 bits: PLACES */
}

static pthread_mutex_t *lock_of(struct cox_name_memo *memo, const struct place *place)
{
    return &memo->locks[(size_t)(place - memo->places) % LOCKS];
}

struct cox_text cox_name_memo_find(struct cox_name_memo *memo, uint16_t entity, int64_t id,
    int64_t seq, struct cox_arena *arena)
{
    struct place *place = place_of(memo, entity, id);
    struct cox_text name = {0};

    (void)pthread_mutex_lock(lock_of(memo, place)); /* a plain mutex: fails on misuse only */
    int64_t since = place->seq < seq ? place->seq : seq;
    if (place->entity == entity && place->id == id && atomic_load(&memo->any_seq) <= since &&
        atomic_load(seq_of(memo, entity)) <= since) {
        name = cox_arena_text(arena, (struct cox_text){place->name, place->size});
    }
    (void)pthread_mutex_unlock(lock_of(memo, place));
    return name;
}

void cox_name_memo_put(struct cox_name_memo *memo, uint16_t entity, int64_t id, int64_t seq,
    struct cox_text name)
{
    struct place *place = place_of(memo, entity, id);

    if (name.ptr == NULL || name.size > NAME_MAX) {
        return;
    }
    (void)pthread_mutex_lock(lock_of(memo, place));
    *place = (struct place){.id = id, .seq = seq, .entity = entity, .size = (uint16_t)name.size};
    memcpy(place->name, name.ptr, name.size);
    (void)pthread_mutex_unlock(lock_of(memo, place));
}

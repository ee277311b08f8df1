/*
 * record/sqlite_cache.c: when a B-tree page is split, SQLite (3.39 and later) puts pages in order by way
 * of a number far behind the end of the file. Its cache takes that for the last page there is, so each
 * commit, which cuts the cache to the file's size, goes through all pages it holds to find nothing
 * (measured: 16,000 pages, a quarter of the writer's time). Here the cache is told to cut only when it
 * has pages to lose.
 */
#include "record/sqlite_cache.h"

#include <pthread.h>
#include <sqlite3.h>

#include "base/arena.h"

struct cache {
    sqlite3_pcache *own;
    unsigned last; /* no page of a higher number is held, the parking place aside */
    unsigned parking;
};

/* SQLite's own methods. xCreate is given nothing by which to find them, so they stand here: set once,
 * before SQLite runs, and never changed. */
static sqlite3_pcache_methods2 own;

static struct cache *cache_of(sqlite3_pcache *cache)
{
    return (struct cache *)cache;
}

static int init(void *arg)
{
    (void)arg;
    return own.xInit(own.pArg);
}

static void shut_down(void *arg)
{
    (void)arg;
    own.xShutdown(own.pArg);
}

static sqlite3_pcache *create(int page_size, int extra_size, int is_purgeable)
{
    enum {
        LOCK_BYTE = 0x40000000
    }; /* its page holds nothing (SQLite, "Database File Format", 1.4) */
    struct cache *cache = cox_memory_alloc(sizeof(*cache));

    if (cache == NULL) {
        return NULL;
    }
    *cache = (struct cache){.own = own.xCreate(page_size, extra_size, is_purgeable),
        .parking = LOCK_BYTE / (unsigned)page_size + 1};
    if (cache->own == NULL) {
        cox_memory_free(cache);
        return NULL;
    }
    return (sqlite3_pcache *)cache;
}

static void destroy(sqlite3_pcache *cache)
{
    own.xDestroy(cache_of(cache)->own);
    cox_memory_free(cache);
}

static void set_size(sqlite3_pcache *cache, int page_count)
{
    own.xCachesize(cache_of(cache)->own, page_count);
}

static int count(sqlite3_pcache *cache)
{
    return own.xPagecount(cache_of(cache)->own);
}

static sqlite3_pcache_page *fetch(sqlite3_pcache *cache, unsigned key, int creates)
{
    struct cache *mine = cache_of(cache);

    mine->last = creates != 0 && key > mine->last ? key : mine->last;
    return own.xFetch(mine->own, key, creates);
}

static void unpin(sqlite3_pcache *cache, sqlite3_pcache_page *page, int discards)
{
    own.xUnpin(cache_of(cache)->own, page, discards);
}

static void rekey(sqlite3_pcache *cache, sqlite3_pcache_page *page, unsigned old, unsigned key)
{
    struct cache *mine = cache_of(cache);

    mine->last = key > mine->last && key != mine->parking ? key : mine->last;
    own.xRekey(mine->own, page, old, key);
}

static void truncate_to(sqlite3_pcache *cache, unsigned limit)
{
    struct cache *mine = cache_of(cache);

    if (limit <= mine->last) {
        own.xTruncate(mine->own, limit);
        mine->last = limit == 0 ? 0 : limit - 1;
    }
}

static void shrink(sqlite3_pcache *cache)
{
    own.xShrink(cache_of(cache)->own);
}

/* Refused once SQLite runs: then somebody else has decided, and it is only slower. */
static void configure(void)
{
    static const sqlite3_pcache_methods2 mine = {1, NULL, init, shut_down, create, set_size, count,
        fetch, unpin, rekey, truncate_to, destroy, shrink};

    /* Statistics of memory cost a lock of the whole process at each allocation. */
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    if (sqlite3_config(SQLITE_CONFIG_GETPCACHE2, &own) == SQLITE_OK) {
        (void)sqlite3_config(SQLITE_CONFIG_PCACHE2, &mine); /* is copied */
    }
}

void cox_sqlite_configure(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    (void)pthread_once(&once, configure); /* fails on misuse only */
}

/* kernel/book/scan.c: the deals of a part that a question may be about, block by block. */
#include <string.h>

#include "kernel/book/pass.h"

/* ---- who has ever owned a deal ---- */

/* Told once: is the owner of this event that of no earlier one of the deal? */
static bool is_first_of(const struct cox_book_part *part, size_t first, size_t event)
{
    int64_t owner = cox_book_word_value(part->word[event]);

    for (size_t e = first; e < event; e++) {
        if (cox_book_word_kind(part->word[e]) == COX_BOOK_OWNER &&
            cox_book_word_value(part->word[e]) == owner) {
            return false;
        }
    }
    return true;
}

/* The next event behind at that gives the deal an owner whom it has not had; end: none. */
static size_t next_owner(const struct cox_book_part *part, size_t first, size_t at, size_t end,
    size_t owner_count)
{
    while (at < end && (cox_book_word_kind(part->word[at]) != COX_BOOK_OWNER ||
                           cox_book_word_value(part->word[at]) >= (int64_t)owner_count ||
                           !is_first_of(part, first, at))) {
        at++;
    }
    return at;
}

size_t cox_book_count_owned(const struct cox_book_part *part, size_t owner_count,
    uint32_t *ret_from)
{
    size_t chunks = cox_book_chunk_count(part->deal_count), total = 0;

    memset(ret_from, 0, chunks * (owner_count + 1) * sizeof(*ret_from));
    for (size_t i = 0; i < part->deal_count; i++) {
        uint32_t *counts = ret_from + i / COX_BOOK_CHUNK * (owner_count + 1);
        size_t first = cox_book_first_event(part, i), end = part->event_end[i];
        for (size_t e = next_owner(part, first, first, end, owner_count); e < end;
             e = next_owner(part, first, e + 1, end, owner_count)) {
            counts[cox_book_word_value(part->word[e])]++;
        }
    }
    for (size_t i = 0; i < chunks * (owner_count + 1); i++) {
        uint32_t count = ret_from[i];
        ret_from[i] = (uint32_t)total;
        total += count;
    }
    return total;
}

void cox_book_fill_owned(const struct cox_book_part *part, size_t owner_count, uint32_t *from,
    uint16_t *ret_at)
{
    size_t chunks = cox_book_chunk_count(part->deal_count);

    for (size_t i = 0; i < part->deal_count; i++) {
        uint32_t *next = from + i / COX_BOOK_CHUNK * (owner_count + 1);
        size_t first = cox_book_first_event(part, i), end = part->event_end[i];
        for (size_t e = next_owner(part, first, first, end, owner_count); e < end;
             e = next_owner(part, first, e + 1, end, owner_count)) {
            ret_at[next[cox_book_word_value(part->word[e])]++] = (uint16_t)(i % COX_BOOK_CHUNK);
        }
    }
    /* Each now says where its own end and the next begins: one place too late. */
    memmove(from + 1, from, (chunks * (owner_count + 1) - 1) * sizeof(*from));
    from[0] = 0;
}

/* ---- which way to go ---- */

static uint64_t word_of(const uint64_t *bits, size_t word)
{
    return bits == NULL ? 0 : bits[word];
}

/* Owners without whom a deal is not asked for: of the question, or of its rights. 64 of them from 64 x word on. */
static uint64_t owners_in(const struct cox_book_scan *scan, enum cox_book_plan plan, size_t word)
{
    const struct cox_book_scope *scope = &scan->ask->scope;
    size_t known = scan->part->owned.owner_count, count = scan->book->owner_count;
    size_t left = (known < count ? known : count) - 64 * word;
    uint64_t owners =
        plan == COX_BOOK_BY_ASKED
            ? scan->ask->owner_in[word]
            : word_of(scope->now, word) | word_of(scope->then, word) | word_of(scope->gone, word);

    return left >= 64 ? owners : owners & ~(UINT64_MAX << left);
}

static size_t owner_words(const struct cox_book_scan *scan)
{
    size_t known = scan->part->owned.owner_count, count = scan->book->owner_count;

    return ((known < count ? known : count) + 63) / 64;
}

/* Places to look at when only the plan's owners are; more than enough is not counted. */
static size_t cost_of(const struct cox_book_scan *scan, enum cox_book_plan plan, size_t enough)
{
    const struct cox_book_owned *owned = &scan->part->owned;
    size_t cost = plan == COX_BOOK_BY_RIGHTS ? scan->ask->scope.extra_count * 16 : 0;

    for (size_t w = 0; w < owner_words(scan) && cost < enough; w++) {
        uint64_t owners = owners_in(scan, plan, w);
        for (; owners != 0 && cost < enough; owners &= owners - 1) {
            const uint32_t *from = owned->from + 64 * w + (size_t)__builtin_ctzll(owners);
            for (size_t c = 0; c < owned->chunk_count; c++, from += owned->owner_count + 1) {
                cost += from[1] - from[0];
            }
        }
    }
    return cost;
}

static void choose_plan(struct cox_book_scan *scan)
{
    const struct cox_book_ask *ask = scan->ask;
    size_t least = scan->part->deal_count / 4;
    enum cox_book_plan plan = COX_BOOK_BY_ALL;

    if (scan->part->owned.chunk_count > 0) {
        size_t cost = ask->owner_in == NULL ? least : cost_of(scan, COX_BOOK_BY_ASKED, least);
        if (cost < least) {
            plan = COX_BOOK_BY_ASKED;
            least = cost;
        }
        if ((ask->scope.now != NULL || ask->scope.then != NULL) &&
            cost_of(scan, COX_BOOK_BY_RIGHTS, least) < least) {
            plan = COX_BOOK_BY_RIGHTS;
        }
    }
    scan->plan = plan;
}

/* ---- blocks ---- */

static void mark_owned(struct cox_book_scan *scan, size_t chunk)
{
    const struct cox_book_owned *owned = &scan->part->owned;
    const uint32_t *starts = owned->from + chunk * (owned->owner_count + 1);

    for (size_t w = 0; w < owner_words(scan); w++) {
        uint64_t owners = owners_in(scan, scan->plan, w);
        for (; owners != 0; owners &= owners - 1) {
            const uint32_t *from = starts + 64 * w + (size_t)__builtin_ctzll(owners);
            for (uint32_t i = from[0]; i < from[1]; i++) {
                scan->bits[owned->at[i] / 64] |= UINT64_C(1) << owned->at[i] % 64;
            }
        }
    }
}

/* Deals that are visible whoever owned them. */
static void mark_extra(struct cox_book_scan *scan, size_t first, size_t end)
{
    const struct cox_book_scope *scope = &scan->ask->scope;

    for (size_t i = 0; i < scope->extra_count; i++) {
        size_t at = cox_book_place_of(scan->part, scope->extra_ids[i]);
        if (at >= first && at < end && scan->part->id[at] == scope->extra_ids[i]) {
            scan->bits[(at - first) / 64] |= UINT64_C(1) << (at - first) % 64;
        }
    }
}

/* Leaves of the block what lies in the slice, is alive and picked. */
static void narrow(struct cox_book_scan *scan, size_t first, size_t count)
{
    const uint64_t *dead = scan->part->dead == NULL ? NULL : scan->part->dead + first / 64;
    const uint64_t *picked =
        scan->ask->picked == NULL ? NULL : scan->ask->picked[scan->part_at] + first / 64;

    for (size_t w = 0; (dead != NULL || picked != NULL) && w < (count + 63) / 64; w++) {
        scan->bits[w] &=
            (dead == NULL ? UINT64_MAX : ~dead[w]) & (picked == NULL ? UINT64_MAX : picked[w]);
    }
    for (size_t i = first; i < first + count && i < scan->first; i = (i / 64 + 1) * 64) {
        scan->bits[(i - first) / 64] &= scan->first - i >= 64 ? 0 : UINT64_MAX << (scan->first - i);
    }
    for (size_t i = (scan->end > first ? scan->end - first : 0) / 64 * 64; i < count; i += 64) {
        scan->bits[i / 64] &= first + i >= scan->end ? 0
                              : scan->end - first - i >= 64
                                  ? UINT64_MAX
                                  : ~(UINT64_MAX << (scan->end - first - i));
    }
}

bool cox_book_scan_block(struct cox_book_scan *scan)
{
    size_t first = scan->next, count = scan->part->deal_count - first;

    if (first >= scan->end) {
        return false;
    }
    count = count < COX_BOOK_CHUNK ? count : COX_BOOK_CHUNK;
    memset(scan->bits, scan->plan == COX_BOOK_BY_ALL ? 0xff : 0, (count + 63) / 64 * 8);
    if (scan->plan != COX_BOOK_BY_ALL) {
        mark_owned(scan, first / COX_BOOK_CHUNK);
    }
    if (scan->plan == COX_BOOK_BY_RIGHTS) {
        mark_extra(scan, first, first + count);
    }
    narrow(scan, first, count);
    scan->block = first;
    scan->word_at = 0;
    scan->word_count = (count + 63) / 64;
    scan->word = scan->bits[0];
    scan->next = first + count;
    return true;
}

void cox_book_scan_begin(struct cox_book_scan *scan, const struct cox_book *book,
    const struct cox_book_ask *ask, size_t part_at)
{
    scan->book = book;
    scan->ask = ask;
    scan->part = &book->parts[part_at];
    scan->part_at = part_at;
    scan->first = cox_book_slice_first(ask, scan->part->deal_count);
    scan->end = cox_book_slice_end(ask, scan->part->deal_count);
    scan->next = scan->first / COX_BOOK_CHUNK * COX_BOOK_CHUNK;
    scan->word = 0;
    scan->word_at = scan->word_count = 0;
    choose_plan(scan);
}

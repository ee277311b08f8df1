/* sales/deals_parts.h: what the two ways to a brief's deals share: the records and the book. For sales/deals*.c only. */
#ifndef COX_SALES_DEALS_PARTS_H
#define COX_SALES_DEALS_PARTS_H

#include "base/map.h"
#include "sales/deals.h"

struct cox_rate_memo;

struct cox_deals_loading {
    struct cox_call *call;
    struct cox_arena *arena;
    struct cox_deals *deals;
    int64_t day;
    struct cox_imap *by_id; /* deal id -> position */
    struct cox_rate_memo *rates;
};

/* Stages and an empty array. */
enum cox_rc cox_deals_begin(struct cox_deals_loading *load, struct cox_call *call,
    struct cox_deals *deals, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_deals_put(struct cox_deals_loading *load, const struct cox_deal *deal,
    struct cox_err *reterr) COX_NODISCARD;

/* Revenue shares of the deals that the actor sees, by deal and user. */
struct cox_deal_share {
    int64_t deal, user, share_bp;
};
struct cox_deal_shares {
    struct cox_arena *arena;
    struct cox_deal_share *at;
    size_t count, room;
};
enum cox_rc cox_deal_shares_load(struct cox_call *call, struct cox_deal_shares *ret_shares,
    struct cox_err *reterr) COX_NODISCARD;

/* The shares of a deal, one behind the other; 0: none. */
size_t cox_deal_shares_of(const struct cox_deal_shares *shares, int64_t deal,
    const struct cox_deal_share **ret_first);

/* Amounts of the deals won to those who share them. */
enum cox_rc cox_deals_credit(struct cox_deals_loading *load, const struct cox_deal_shares *shares,
    struct cox_err *reterr) COX_NODISCARD;

enum { COX_DEAL_SHARES_MAX = 64 }; /* with more of them the owner has it all */

#endif

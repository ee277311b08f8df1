/* demo/market.c: products, accounts with their contacts, and leads. */
#include <math.h>
#include <stdio.h>

#include "demo/write.h"
#include "sales/account.h"
#include "sales/lead.h"
#include "sales/product.h"

enum { CHUNK = 500 };

const char *const demo_product_names[6] = {"Helm Basic", "Helm Pro", "Helm Fleet", "Keel Care",
    "Tiller Training", "Compass Add-on"};

bool demo_firm_of(const struct demo_plan *plan, int64_t at, struct cox_arena *arena,
    struct demo_firm *ret_firm)
{
    struct cox_random random = cox_random_part(plan->opt->seed, (UINT64_C(1) << 40) + (uint64_t)at);

    return demo_firm_make(&random, arena, ret_firm);
}

/* ---- products ---- */

static enum cox_rc write_products(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    static const int64_t prices[] = {90000, 240000, 890000, 120000, 60000, 30000};
    struct demo_writer *writer = (struct demo_writer *)ctx;
    int64_t at_us = writer->plan->start_day * COX_DAY_US + COX_DAY_US / 3, list_id;
    struct cox_price_list list;

    cox_struct_init(&cox_price_list, &list);
    list.name = COX_LIT("Standard");
    list.currency = COX_LIT("EUR");
    list.is_standard = 1;
    COX_TRY(demo_put(call, &cox_price_list, &list, at_us, &list_id, reterr));
    for (size_t i = 0; i < COX_COUNT(writer->products); i++) {
        struct cox_product product;
        struct cox_price price;
        int64_t id;

        cox_struct_init(&cox_product, &product);
        product.name = cox_text_of(demo_product_names[i]);
        product.family = i < 3 ? COX_LIT("Helm") : COX_LIT("Services");
        product.unit_price = prices[i];
        COX_TRY(demo_put(call, &cox_product, &product, at_us, &writer->products[i], reterr));
        cox_struct_init(&cox_price, &price);
        price.price_list = list_id;
        price.product = writer->products[i];
        price.amount = prices[i];
        COX_TRY(demo_put(call, &cox_price, &price, at_us, &id, reterr));
    }
    return COX_OK;
}

/* ---- accounts ---- */

struct span_of {
    struct demo_writer *writer;
    int64_t from, to;
};

enum { OWNERS_MAX = 10 };

/* A version for each person who takes the seat over after the account was made. */
static size_t owner_versions(const struct demo_plan *plan, int seat, int64_t day,
    struct cox_account versions[OWNERS_MAX], int64_t at_us[OWNERS_MAX])
{
    const struct demo_seat *chair = &plan->seats[seat];
    size_t count = 1;

    for (int i = chair->first; i < chair->first + chair->count; i++) {
        const int64_t turns[] = {plan->people[i].hire_day, plan->people[i].leave_day};

        for (size_t t = 0; t < COX_COUNT(turns); t++) {
            int64_t owner;

            if (turns[t] == COX_NULL || turns[t] <= day || turns[t] >= plan->today ||
                count == OWNERS_MAX) {
                continue;
            }
            owner = demo_seat_on(plan, seat, turns[t])->id;
            if (owner != versions[count - 1].owner) {
                versions[count] = versions[count - 1];
                versions[count].owner = owner;
                at_us[count] = turns[t] * COX_DAY_US + INT64_C(9) * 3600 * COX_SECOND_US;
                count++;
            }
        }
    }
    return count;
}

static void fill_account(const struct demo_firm *firm, double size, struct cox_account *account)
{
    account->name = cox_text_of(firm->name);
    account->website = cox_text_of(firm->website);
    account->industry = cox_text_of(firm->industry);
    account->city = cox_text_of(firm->place->city);
    account->state = cox_text_of(firm->place->state);
    account->country = cox_text_of(firm->place->country);
    account->latitude = firm->place->latitude;
    account->longitude = firm->place->longitude;
    account->employees = (int64_t)(120 * size * size) + 3;
    account->annual_revenue = account->employees * INT64_C(14000000);
    account->currency = cox_text_of(firm->place->currency);
    account->type = size > 1.2 ? COX_LIT("Key account") : COX_LIT("Customer");
}

static enum cox_rc write_contacts(struct cox_call *call, struct demo_writer *writer,
    struct cox_random *random, int64_t at, struct cox_err *reterr)
{
    static const char *const titles[] = {"Head of Procurement", "Managing Director", "IT Lead",
        "Operations Manager", "Controller", "Fleet Manager"};
    struct demo_account *made = &writer->accounts[at];
    int64_t count = cox_random_poisson(random, writer->plan->scale.contacts_per_account);

    made->contact = COX_NULL;
    for (int64_t i = 0; i < count; i++) {
        struct cox_contact contact;
        struct demo_name name;
        int64_t id;

        if (!demo_name_make(random, cox_call_arena(call), &name)) {
            return cox_no_memory(reterr);
        }
        cox_struct_init(&cox_contact, &contact);
        contact.name = name.full;
        contact.first_name = cox_text_of(name.first);
        contact.last_name = cox_text_of(name.last);
        contact.account = made->id;
        contact.owner = demo_seat_on(writer->plan, (int)(at % writer->plan->scale.seats),
            writer->plan->today - 1)
                            ->id;
        contact.title = cox_text_of(DEMO_PICK(random, titles));
        contact.email = cox_text_of(
            cox_arena_format(cox_call_arena(call), "%s@a%lld.example", name.ascii, (long long)at));
        COX_TRY(demo_put(call, &cox_contact, &contact,
            demo_instant(random, made->created_day > writer->plan->start_day
                                     ? made->created_day
                                     : writer->plan->start_day),
            &id, reterr));
        made->contact = made->contact == COX_NULL ? id : made->contact;
        writer->report->contacts++;
    }
    return COX_OK;
}

static enum cox_rc write_account(struct cox_call *call, struct demo_writer *writer, int64_t at,
    struct cox_err *reterr)
{
    const struct demo_plan *plan = writer->plan;
    struct cox_random random = cox_random_part(plan->opt->seed, (UINT64_C(2) << 40) + (uint64_t)at);
    int seat = (int)(at % plan->scale.seats);
    struct demo_account *made = &writer->accounts[at];
    struct cox_account versions[OWNERS_MAX];
    int64_t at_us[OWNERS_MAX], day;
    struct demo_firm firm;
    size_t count;

    if (!demo_firm_of(plan, at, cox_call_arena(call), &firm)) {
        return cox_no_memory(reterr);
    }
    /* The first of each seat are old customers, so every deal finds one. */
    day = at < INT64_C(4) * plan->scale.seats || cox_random_chance(&random, 0.6)
              ? plan->start_day
              : plan->start_day + cox_random_range(&random, 1, DEMO_DAYS - 3);
    made->size = cox_random_lognormal(&random, 0, 0.5);
    made->created_day = day == plan->start_day ? day - cox_random_range(&random, 1, 2000) : day;
    made->currency = firm.place->currency;
    cox_struct_init(&cox_account, &versions[0]);
    fill_account(&firm, made->size, &versions[0]);
    versions[0].created_day = made->created_day;
    versions[0].owner = demo_seat_on(plan, seat, day)->id;
    if (at % 12 == 11) {
        versions[0].parent = writer->accounts[at - 1 - at % 5].id; /* a group and its members */
    }
    at_us[0] = demo_instant(&random, day);
    count = owner_versions(plan, seat, day + 3, versions, at_us);
    COX_TRY(demo_put_versions(call, &cox_account, versions, at_us, count, &made->id, reterr));
    return write_contacts(call, writer, &random, at, reterr);
}

static enum cox_rc write_accounts(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct span_of *span = (struct span_of *)ctx;

    for (int64_t at = span->from; at < span->to; at++) {
        COX_TRY(write_account(call, span->writer, at, reterr));
    }
    return COX_OK;
}

/* ---- leads ---- */

enum cox_rc demo_lead_make(struct cox_random *random, struct cox_arena *arena,
    struct cox_lead *ret_lead, struct cox_err *reterr)
{
    static const char *const sources[] = {"Web", "Fair", "Referral", "Partner", "Cold call",
        "Webinar"};
    struct demo_name name;
    struct demo_firm firm;

    if (!demo_name_make(random, arena, &name) || !demo_firm_make(random, arena, &firm)) {
        return cox_no_memory(reterr);
    }
    cox_struct_init(&cox_lead, ret_lead);
    ret_lead->name = name.full;
    ret_lead->company = cox_text_of(firm.name);
    ret_lead->industry = cox_text_of(firm.industry);
    ret_lead->country = cox_text_of(firm.place->country);
    ret_lead->source = cox_text_of(DEMO_PICK(random, sources));
    ret_lead->status = COX_LIT("New");
    return COX_OK;
}

static enum cox_rc write_lead(struct cox_call *call, struct demo_writer *writer, int64_t at,
    struct cox_err *reterr)
{
    const struct demo_plan *plan = writer->plan;
    struct cox_random random = cox_random_part(plan->opt->seed, (UINT64_C(3) << 40) + (uint64_t)at);
    int64_t day = plan->start_day + cox_random_range(&random, 1, DEMO_DAYS - 4);
    int seat = (int)cox_random_below(&random, (uint64_t)plan->scale.seats);
    int64_t at_us[2] = {demo_instant(&random, day), 0}, id;
    struct cox_lead versions[2];
    double fate = cox_random_unit(&random);
    size_t count = 1;

    COX_TRY(demo_lead_make(&random, cox_call_arena(call), &versions[0], reterr));
    versions[0].owner = demo_seat_on(plan, seat, day)->id;
    versions[1] = versions[0];
    at_us[1] = at_us[0] + cox_random_range(&random, 1, 30) * COX_DAY_US;
    if (fate < 0.75 && at_us[1] < plan->today * COX_DAY_US) {
        versions[1].phase = fate < 0.35 ? COX_LEAD_CONVERTED : COX_LEAD_DISQUALIFIED;
        versions[1].status = fate < 0.35 ? COX_LIT("Qualified") : COX_LIT("Not interested");
        count = 2;
    }
    return demo_put_versions(call, &cox_lead, versions, at_us, count, &id, reterr);
}

static enum cox_rc write_leads(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct span_of *span = (struct span_of *)ctx;

    for (int64_t at = span->from; at < span->to; at++) {
        COX_TRY(write_lead(call, span->writer, at, reterr));
    }
    return COX_OK;
}

static enum cox_rc in_chunks(struct demo_writer *writer, cox_call_fn fn, int64_t count,
    const char *what, struct cox_err *reterr)
{
    struct cox_progress *progress = writer->plan->opt->progress;

    cox_progress_init(progress, what, count);
    for (int64_t from = 0; from < count; from += CHUNK) {
        struct span_of span = {writer, from, from + CHUNK < count ? from + CHUNK : count};

        COX_TRY(demo_write(writer, NULL, fn, &span, reterr));
        cox_progress_at(progress, span.to);
    }
    cox_progress_done(progress);
    return COX_OK;
}

enum cox_rc demo_write_market(struct demo_writer *writer, struct cox_err *reterr)
{
    const struct demo_scale *scale = &writer->plan->scale;
    int64_t leads = (int64_t)((double)scale->deals * scale->leads_per_deal);

    writer->accounts =
        COX_NEW_ARRAY(writer->plan->arena, (size_t)scale->accounts, struct demo_account);
    if (writer->accounts == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(demo_write(writer, NULL, write_products, writer, reterr));
    COX_TRY(in_chunks(writer, write_accounts, scale->accounts, "writing accounts", reterr));
    COX_TRY(in_chunks(writer, write_leads, leads, "writing leads", reterr));
    writer->report->leads = leads;
    return COX_OK;
}

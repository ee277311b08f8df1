/* command/features.c: the list of everything the program can do; nothing is registered elsewhere. */
#include "command/feature_list.h"
#include "connect/import_route.h"
#include "leader/brief.h"
#include "leader/coaching.h"
#include "leader/instrument.h"
#include "leader/notice.h"
#include "leader/objective.h"
#include "leader/one_on_one.h"
#include "leader/profile.h"
#include "leader/talent.h"
#include "leader/vision.h"
#include "manager/alert.h"
#include "manager/brief.h"
#include "manager/contest.h"
#include "manager/performance.h"
#include "org/feed.h"
#include "org/org.h"
#include "org/saved_view.h"
#include "org/settings.h"
#include "org/webhook.h"
#include "sales/desk.h"
#include "sales/digest.h"
#include "sales/pay_plan.h"
#include "sales/quota.h"
#include "sales/routing_route.h"
#include "sales/sales.h"

const struct cox_feature *const cox_features[] = {
    &cox_feature_org,
    &cox_feature_settings,
    &cox_feature_saved_view,
    &cox_feature_webhook,
    &cox_feature_feed,
    &cox_feature_digest,
    &cox_feature_sales,
    &cox_feature_routing,
    &cox_feature_quota,
    &cox_feature_pay_plans,
    &cox_feature_manager_brief,
    &cox_feature_contests,
    &cox_feature_performance,
    &cox_feature_alerts,
    &cox_feature_desk,
    &cox_feature_one_on_one,
    &cox_feature_coaching,
    &cox_feature_talent,
    &cox_feature_vision,
    &cox_feature_goals,
    &cox_feature_instruments,
    &cox_feature_profile,
    &cox_feature_leader_brief,
    &cox_feature_notice,
    &cox_feature_import,
    NULL,
};

const struct cox_entity *const *cox_features_entities(struct cox_arena *arena)
{
    const struct cox_entity **entities;
    size_t count = 0;

    for (size_t f = 0; cox_features[f] != NULL; f++) {
        for (size_t e = 0;
             cox_features[f]->entities != NULL && cox_features[f]->entities[e] != NULL; e++) {
            count++;
        }
    }
    entities = COX_NEW_ARRAY(arena, count + 1, const struct cox_entity *);
    if (entities == NULL) {
        return NULL;
    }
    count = 0;
    for (size_t f = 0; cox_features[f] != NULL; f++) {
        for (size_t e = 0;
             cox_features[f]->entities != NULL && cox_features[f]->entities[e] != NULL; e++) {
            entities[count++] = cox_features[f]->entities[e];
        }
    }
    return entities;
}

/* org/settings_routes.h: the handlers of the settings feature; their rows are in org/settings.c. */
#ifndef COX_ORG_SETTINGS_ROUTES_H
#define COX_ORG_SETTINGS_ROUTES_H

#include "serve/http.h"
#include "serve/part.h"

/* org/company.c */
enum cox_rc cox_settings_get(struct cox_exchange *x, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_settings_patch(struct cox_exchange *x, struct cox_err *reterr) COX_NODISCARD;

/* org/custom_route.c */
enum cox_rc cox_fields_post(struct cox_exchange *x, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_fields_patch(struct cox_exchange *x, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_fields_delete(struct cox_exchange *x, struct cox_err *reterr) COX_NODISCARD;

/* org/audit_route.c */
enum cox_rc cox_audit_get(struct cox_exchange *x, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_audit_post(struct cox_exchange *x, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_access_get(struct cox_exchange *x, struct cox_err *reterr) COX_NODISCARD;

enum cox_rc cox_access_log_get(struct cox_exchange *x, struct cox_err *reterr) COX_NODISCARD;

/* org/about_me.c */
enum cox_rc cox_about_me_get(struct cox_exchange *x, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_about_me_export(struct cox_exchange *x, struct cox_err *reterr) COX_NODISCARD;

/* org/processing_route.c */
enum cox_rc cox_processing_get(struct cox_exchange *x, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_processing_get_csv(struct cox_exchange *x, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_processing_get_assessment(struct cox_exchange *x,
    struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_processing_patch(struct cox_exchange *x, struct cox_err *reterr) COX_NODISCARD;

/* org/expiry.c */
extern const struct cox_part cox_part_expiry;

/* org/backup.c: one backup at a time, in the background, into a folder that the operator settles:
 * $COX_BACKUP_DIR, else "<store>.backups" beside an SQLite store. */
extern const struct cox_part cox_part_backup;
enum cox_rc cox_backups_post(struct cox_exchange *x, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_backups_get(struct cox_exchange *x, struct cox_err *reterr) COX_NODISCARD;

#endif

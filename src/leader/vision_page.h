/* leader/vision_page.h: the vision on one page: pillars, who has read it, questions. */
#ifndef COX_LEADER_VISION_PAGE_H
#define COX_LEADER_VISION_PAGE_H

#include "serve/http.h"

extern const struct cox_route cox_routes_vision[];

#endif

/* kernel/territory/distance.c: plane, great-circle and given distances, one rep or a row of reps. */
#include <math.h>

#include "kernel/territory/model.h"

/*
 * Great circle: d = 2 R asin(c / 2) with c the chord between unit vectors, which stays accurate for
 * near points where acos of the dot product does not. R: mean radius of IUGG (1980), 6371.0088 km.
 */
static const double earth_km = 6371.0088;
static const double degree = 0.017453292519943295;

struct vector {
    double x, y, z;
};

static struct vector on_globe(double lon_deg, double lat_deg)
{
    double lon = lon_deg * degree, lat = lat_deg * degree;

    return (struct vector){cos(lat) * cos(lon), cos(lat) * sin(lon), sin(lat)};
}

static double chord_km(double dx, double dy, double dz)
{
    double half = 0.5 * sqrt(dx * dx + dy * dy + dz * dz);

    return 2 * earth_km * asin(half < 1 ? half : 1);
}

static double plane_km(double dx_km, double dy_km)
{
    return sqrt(dx_km * dx_km + dy_km * dy_km);
}

double cox_territory_km(const struct cox_territory_problem *problem, size_t account, size_t rep)
{
    struct vector a, b;

    if (problem->metric == COX_TERRITORY_MATRIX) {
        return (double)problem->travel[account * problem->rep_count + rep];
    }
    if (problem->metric == COX_TERRITORY_PLANE) {
        return plane_km((problem->x[account] - problem->home_x[rep]) * 1e-3,
            (problem->y[account] - problem->home_y[rep]) * 1e-3);
    }
    a = on_globe(problem->x[account], problem->y[account]);
    b = on_globe(problem->home_x[rep], problem->home_y[rep]);
    return chord_km(a.x - b.x, a.y - b.y, a.z - b.z);
}

/* Homes: the plane in km as given, the globe as unit vectors; a matrix needs none. */
void model_place(struct model *model)
{
    const struct cox_territory_problem *problem = model->problem;

    for (size_t j = 0; j < model->k; j++) {
        if (problem->metric == COX_TERRITORY_PLANE) {
            model->rep_x[j] = problem->home_x[j];
            model->rep_y[j] = problem->home_y[j];
        } else if (problem->metric == COX_TERRITORY_GLOBE) {
            struct vector v = on_globe(problem->home_x[j], problem->home_y[j]);

            model->rep_x[j] = v.x;
            model->rep_y[j] = v.y;
            model->rep_z[j] = v.z;
        }
    }
}

/* A loop the compiler turns into vector code: the hottest of pricing all reps. */
static void plane_row(const double *restrict hx, const double *restrict hy, double x, double y,
    size_t count, double *restrict ret_km)
{
    for (size_t j = 0; j < count; j++) {
        double dx = (x - hx[j]) * 1e-3, dy = (y - hy[j]) * 1e-3;

        ret_km[j] = sqrt(dx * dx + dy * dy);
    }
}

void model_km(const struct model *model, size_t i, size_t first, size_t count, double *ret_km)
{
    const struct cox_territory_problem *problem = model->problem;

    if (problem->metric == COX_TERRITORY_MATRIX) {
        const float *row = problem->travel + i * model->k + first;

        for (size_t j = 0; j < count; j++) {
            ret_km[j] = (double)row[j];
        }
    } else if (problem->metric == COX_TERRITORY_PLANE) {
        plane_row(model->rep_x + first, model->rep_y + first, problem->x[i], problem->y[i], count,
            ret_km);
    } else {
        struct vector a = on_globe(problem->x[i], problem->y[i]);

        for (size_t j = 0; j < count; j++) {
            size_t at = first + j;

            ret_km[j] =
                chord_km(a.x - model->rep_x[at], a.y - model->rep_y[at], a.z - model->rep_z[at]);
        }
    }
}

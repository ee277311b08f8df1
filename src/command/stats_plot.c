/*
 * command/stats_plot.c: an event study as SVG: a dot and its interval for each period, zero, and a line where the
 * change began. Periods before it should lie about zero.
 */
#include "command/stats_plot.h"

#include <math.h>
#include <stdio.h>

enum {
    WIDTH = 760,
    HEIGHT = 340,
    LEFT = 70,
    RIGHT = 20,
    TOP = 56,
    BOTTOM = 50,
    LABELS_MAX = 12,
    TICKS = 5
};

struct scale {
    double low, high, step;
};

static double y_of(const struct scale *scale, double value)
{
    return TOP + (scale->high - value) / (scale->high - scale->low) * (HEIGHT - TOP - BOTTOM);
}

static double x_of(const struct stats_plot *plot, double at)
{
    return LEFT + (at + 0.5) / (double)plot->count * (WIDTH - LEFT - RIGHT);
}

/* 1, 2 or 5 times a power of ten. */
static double round_step(double step)
{
    double power = pow(10, floor(log10(step))), lead = step / power;

    return power * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
}

/* Zero and all intervals are inside, and the ends are round. */
static struct scale make_scale(const struct stats_plot *plot)
{
    struct scale scale = {0, 0, 1};

    for (size_t i = 0; i < plot->count; i++) {
        const struct cox_impact_effect *e = &plot->effects[i];
        double low = isfinite(e->low) ? e->low : e->estimate;
        double high = isfinite(e->high) ? e->high : e->estimate;
        scale.low = isfinite(low) ? fmin(scale.low, low) : scale.low;
        scale.high = isfinite(high) ? fmax(scale.high, high) : scale.high;
    }
    if (scale.high - scale.low <= 0) {
        scale.high = scale.low + 1;
    }
    scale.step = round_step((scale.high - scale.low) / TICKS);
    scale.low = floor(scale.low / scale.step) * scale.step;
    scale.high = ceil(scale.high / scale.step) * scale.step;
    return scale;
}

static void add_escaped(FILE *out, struct cox_text text)
{
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == '<' || c == '&' || c == '>') {
            (void)fprintf(out, "&#%d;", c);
        } else if (c >= ' ') {
            (void)fputc(c, out);
        }
    }
}

static void draw_ground(FILE *out, const struct stats_plot *plot, const struct scale *scale)
{
    size_t every = (plot->count + LABELS_MAX - 1) / LABELS_MAX;
    double change = x_of(plot, (double)plot->start - 0.5);

    for (double at = scale->low; at < scale->high + scale->step / 2; at += scale->step) {
        bool is_zero = fabs(at) < scale->step / 1000;
        (void)fprintf(out,
            "<line x1='%d' x2='%d' y1='%.1f' y2='%.1f' stroke='%s'/>"
            "<text x='%d' y='%.1f' text-anchor='end'>%.4g</text>\n",
            LEFT, WIDTH - RIGHT, y_of(scale, at), y_of(scale, at), is_zero ? "#555" : "#ddd",
            LEFT - 8, y_of(scale, at) + 4, is_zero ? 0 : at);
    }
    for (size_t i = 0; i < plot->count; i += every) {
        (void)fprintf(out, "<text x='%.1f' y='%d' text-anchor='middle'>", x_of(plot, (double)i),
            HEIGHT - BOTTOM + 20);
        add_escaped(out, plot->periods[i]);
        (void)fputs("</text>\n", out);
    }
    (void)fprintf(out,
        "<line x1='%.1f' x2='%.1f' y1='%d' y2='%d' stroke='#b45309' stroke-dasharray='5 4'/>"
        "<text x='%.1f' y='%d' fill='#b45309'>the change begins</text>\n",
        change, change, TOP - 6, HEIGHT - BOTTOM, change + 6, TOP + 4);
}

static void draw_effects(FILE *out, const struct stats_plot *plot, const struct scale *scale)
{
    for (size_t i = 0; i < plot->count; i++) {
        const struct cox_impact_effect *e = &plot->effects[i];
        double x = x_of(plot, (double)i);

        if (!isfinite(e->estimate)) {
            continue;
        }
        if (isfinite(e->low) && isfinite(e->high)) {
            (void)fprintf(out,
                "<line x1='%.1f' x2='%.1f' y1='%.1f' y2='%.1f' stroke='#1c4f91' "
                "stroke-width='2'/>",
                x, x, y_of(scale, e->low), y_of(scale, e->high));
        }
        (void)fprintf(out, "<circle cx='%.1f' cy='%.1f' r='4.5' fill='#1c4f91'/>\n", x,
            y_of(scale, e->estimate));
    }
}

enum cox_rc stats_plot_write(const char *path, const struct stats_plot *plot,
    struct cox_err *reterr)
{
    struct scale scale = make_scale(plot);
    FILE *out = fopen(path, "we");

    if (out == NULL) {
        return cox_fail_at(reterr, COX_IO, "plot", 0, "%s cannot be written", path);
    }
    (void)fprintf(out,
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' role='img' "
        "font-family='system-ui, sans-serif' font-size='12' fill='#333'>\n"
        "<rect width='%d' height='%d' fill='#fff'/>\n<text x='%d' y='22' font-size='15' "
        "font-weight='600'>",
        WIDTH, HEIGHT, WIDTH, HEIGHT, LEFT);
    add_escaped(out, cox_text_of(plot->title));
    (void)fprintf(out, "</text>\n<text x='%d' y='40' fill='#666'>", LEFT);
    add_escaped(out, cox_text_of(plot->outcome));
    (void)fputs(": treated teams against the others, since the last period before</text>\n", out);
    draw_ground(out, plot, &scale);
    draw_effects(out, plot, &scale);
    (void)fputs("</svg>\n", out);
    if (ferror(out) != 0) {
        (void)fclose(out); /* it has failed already */
        return cox_fail_at(reterr, COX_IO, "plot", 0, "%s cannot be written", path);
    }
    return fclose(out) == 0 ? COX_OK
                            : cox_fail_at(reterr, COX_IO, "plot", 0, "%s cannot be written", path);
}

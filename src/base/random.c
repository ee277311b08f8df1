/*
 * base/random.c: numbers that are the same everywhere. Logarithm and exponential are our own: those
 * of C libraries differ in the last bit, and one bit moves a sample. Built with -ffp-contract=off.
 */
#include "base/random.h"

#include <assert.h>
#include <math.h>

static uint64_t rotate(uint64_t x, unsigned bits)
{
    return x << bits | x >> (64 - bits);
}

static uint64_t splitmix(uint64_t *state)
{
    uint64_t x = *state += UINT64_C(0x9e3779b97f4a7c15);

    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

void cox_random_init(struct cox_random *random, uint64_t seed)
{
    for (unsigned i = 0; i < 4; i++) {
        random->state[i] = splitmix(&seed);
    }
}

struct cox_random cox_random_part(uint64_t seed, uint64_t part)
{
    struct cox_random random;
    uint64_t mixed = part;

    cox_random_init(&random, seed ^ splitmix(&mixed));
    return random;
}

uint64_t cox_random_bits(struct cox_random *random)
{
    uint64_t *s = random->state;
    uint64_t result = rotate(s[1] * 5, 7) * 9, shifted = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotate(s[3], 45);
    return result;
}

__extension__ typedef unsigned __int128 uint128;

uint64_t cox_random_below(struct cox_random *random, uint64_t below)
{
    assert(below > 0);
    uint128 product = (uint128)cox_random_bits(random) * below;

    if ((uint64_t)product < below) {
        uint64_t least = (0 - below) % below; /* results under it would be too frequent */
        while ((uint64_t)product < least) {
            product = (uint128)cox_random_bits(random) * below;
        }
    }
    return (uint64_t)(product >> 64);
}

int64_t cox_random_range(struct cox_random *random, int64_t from, int64_t to)
{
    assert(from <= to);
    uint64_t size = (uint64_t)to - (uint64_t)from + 1;
    uint64_t drawn = size == 0 ? cox_random_bits(random) : cox_random_below(random, size);

    return (int64_t)((uint64_t)from + drawn);
}

double cox_random_unit(struct cox_random *random)
{
    return (double)(cox_random_bits(random) >> 11) * 0x1p-53;
}

bool cox_random_chance(struct cox_random *random, double prob)
{
    return cox_random_unit(random) < prob;
}

/* Never 0 or 1: the middle of one of 2^52 equal parts. */
static double open_unit(struct cox_random *random)
{
    return ((double)(cox_random_bits(random) >> 12) + 0.5) * 0x1p-52;
}

#define LN2_HIGH 0x1.62e42fefa38p-1 /* its last bits are 0, so that k * it is exact */
#define LN2_LOW  0x1.ef35793c7673p-45

/* x > 0. ln m = 2 artanh s, s = (m - 1) / (m + 1), for m within sqrt(1/2)..sqrt(2). */
static double own_log(double x)
{
    int exponent;
    double m = frexp(x, &exponent), sum = 0;

    if (m < 0x1.6a09e667f3bcdp-1) {
        m *= 2;
        exponent--;
    }
    double s = (m - 1) / (m + 1), square = s * s;
    for (int i = 23; i >= 3; i -= 2) {
        sum = (sum + 1.0 / i) * square;
    }
    return exponent * LN2_HIGH + (2 * s + (2 * s * sum + exponent * LN2_LOW));
}

/* e^x = 2^k e^r with |r| <= ln(2)/2, and e^r by its series. */
static double own_exp(double x)
{
    if (x > 709) {
        x = 709;
    }
    if (x < -708) {
        return 0;
    }
    double k = floor(x * 0x1.71547652b82fep0 + 0.5), sum = 1;
    double r = (x - k * LN2_HIGH) - k * LN2_LOW;
    for (int i = 14; i >= 1; i--) {
        sum = 1 + sum * r / i;
    }
    return ldexp(sum, (int)k);
}

static double ratio(const double top[8], const double bottom[8], double x)
{
    double a = top[7], b = bottom[7];

    for (int i = 6; i >= 0; i--) {
        a = a * x + top[i];
        b = b * x + bottom[i];
    }
    return a / b;
}

/* AS 241, PPND16: quantile of the normal distribution, 0 < p < 1. */
static double normal_quantile(double p)
{
    static const double near_top[8] = {3.3871328727963666080e0, 1.3314166789178437745e2,
        1.9715909503065514427e3, 1.3731693765509461125e4, 4.5921953931549871457e4,
        6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3};
    static const double near_bottom[8] = {1, 4.2313330701600911252e1, 6.8718700749205790830e2,
        5.3941960214247511077e3, 2.1213794301586595867e4, 3.9307895800092710610e4,
        2.8729085735721942674e4, 5.2264952788528545610e3};
    static const double middle_top[8] = {1.42343711074968357734e0, 4.63033784615654529590e0,
        5.76949722146069140550e0, 3.64784832476320460504e0, 1.27045825245236838258e0,
        2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4};
    static const double middle_bottom[8] = {1, 2.05319162663775882187e0, 1.67638483018380384940e0,
        6.89767334985100004550e-1, 1.48103976427480074590e-1, 1.51986665636164571966e-2,
        5.47593808499534494600e-4, 1.05075007164441684324e-9};
    static const double far_top[8] = {6.65790464350110377720e0, 5.46378491116411436990e0,
        1.78482653991729133580e0, 2.96560571828504891230e-1, 2.65321895265761230930e-2,
        1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7};
    static const double far_bottom[8] = {1, 5.99832206555887937690e-1, 1.36929880922735805310e-1,
        1.48753612908506148525e-2, 7.86869131145613259100e-4, 1.84631831751005468180e-5,
        1.42151175831644588870e-7, 2.04426310338993978564e-15};
    double q = p - 0.5;

    if (fabs(q) <= 0.425) {
        return q * ratio(near_top, near_bottom, 0.180625 - q * q);
    }
    double r = sqrt(-own_log(q < 0 ? p : 1 - p));
    double value =
        r <= 5 ? ratio(middle_top, middle_bottom, r - 1.6) : ratio(far_top, far_bottom, r - 5);
    return q < 0 ? -value : value;
}

double cox_random_normal(struct cox_random *random)
{
    return normal_quantile(open_unit(random));
}

double cox_random_exponential(struct cox_random *random, double mean)
{
    return -mean * own_log(open_unit(random));
}

double cox_random_lognormal(struct cox_random *random, double mu, double sigma)
{
    return own_exp(mu + sigma * cox_random_normal(random));
}

/* Source: D. E. Knuth, TAOCP 2, 3.4.1 Q. Parts of 16 keep the product away from underflow. */
int64_t cox_random_poisson(struct cox_random *random, double mean)
{
    int64_t count = 0;

    assert(mean >= 0 && mean <= 1e6);
    while (mean > 0) {
        double part = mean > 16 ? 16 : mean, least = own_exp(-part);
        double product = open_unit(random);
        while (product > least) {
            product *= open_unit(random);
            count++;
        }
        mean -= part;
    }
    return count;
}

size_t cox_random_pick(struct cox_random *random, const double *weights, size_t count)
{
    double total = 0, sum = 0;
    size_t last = 0;

    for (size_t i = 0; i < count; i++) {
        assert(weights[i] >= 0);
        total += weights[i];
    }
    assert(total > 0);
    double drawn = cox_random_unit(random) * total;
    for (size_t i = 0; i < count; i++) {
        sum += weights[i];
        if (weights[i] > 0) {
            if (drawn < sum) {
                return i;
            }
            last = i;
        }
    }
    return last; /* rounding left nothing over: the last one that may be drawn */
}

void cox_random_shuffle(struct cox_random *random, size_t *positions, size_t count)
{
    for (size_t i = count; i > 1; i--) {
        size_t other = (size_t)cox_random_below(random, i), kept = positions[i - 1];
        positions[i - 1] = positions[other];
        positions[other] = kept;
    }
}

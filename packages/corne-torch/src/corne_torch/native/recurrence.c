/* Recurrent networks in float32, all time steps in one call.
 *
 * Samples are independent through all steps, so each thread takes some of them and runs from the first step to
 * the last (backward: from the last to the first) without waiting for the others. A step is a product of the
 * state with the recurrent kernel, by tiles of ROWS samples x 1 block of VL units x all gates, which stay in
 * registers until the gates' functions are applied to them.
 *
 * Arrays are contiguous, time first: gates (steps, batch, gates * units), states (steps + 1, batch, units), the
 * first being the one before all steps; kernel (units, gates * units); scale, the dropout of the state,
 * (scales, batch, units) with scales 0 (none), 1 or the number of gates. Gradients of states come with strides.
 *
 * All functions return 0, or 1 where there was no memory.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__AVX512F__)
#define VL 16
#define WIDE 2 /* more rows fit into 32 registers */
#else
#define VL 8
#define WIDE 1
#endif
#define LSTM_ROWS (3 * WIDE)
#define GRU_ROWS (4 * WIDE)
#define SIMPLE_ROWS (8 * WIDE)
#define BACK_ROWS (6 * WIDE)
#define BACK_COLUMNS 2 /* vectors */
#define MOST_ROWS SIMPLE_ROWS
#define UNROLL _Pragma("GCC unroll 16")

typedef float vec __attribute__((vector_size(VL * 4)));
typedef float vec_u __attribute__((vector_size(VL * 4), aligned(4), may_alias));
typedef int32_t ints __attribute__((vector_size(VL * 4)));
#define INLINE static inline __attribute__((always_inline))

INLINE vec load(const float *p) { return *(const vec_u *)p; }
INLINE void store(float *p, vec x) { *(vec_u *)p = x; }
INLINE vec all(float x) { return x - (vec){0}; }
INLINE vec choose(ints which, vec a, vec b) { return (vec)((which & (ints)a) | (~which & (ints)b)); }

/* Load once: compilers put a load into each multiplication otherwise, and loads are what a tile is short of. */
INLINE vec in_register(const float *p) {
    vec x = *(const vec *)p;
#if defined(__x86_64__)
    __asm__("" : "+x"(x));
#endif
    return x;
}

/* Load or store the first n floats. */
static __attribute__((noinline)) void load_some(const float *p, long n, vec *to) {
    vec x = {0};
    for (long i = 0; i < n; i++) x[i] = p[i];
    *to = x;
}
static __attribute__((noinline)) void store_some(float *p, const vec *from, long n) {
    for (long i = 0; i < n; i++) p[i] = (*from)[i];
}
INLINE vec load_n(const float *p, long n) {
    if (n >= VL) return load(p);
    vec x;
    load_some(p, n, &x);
    return x;
}
INLINE void store_n(float *p, vec x, long n) {
    if (n >= VL) store(p, x);
    else store_some(p, &x, n);
}

/* exp(x) - 1 for |x| up to 87, beyond that as there; relative error below 2e-7.
 * x = n log 2 + r with |r| <= log(2) / 2; exp(r) - 1 by its Taylor polynomial of degree 7, whose rest is below
 * 6e-9 of it; then 2^n (exp(r) - 1) + (2^n - 1), where nothing cancels. */
INLINE vec exp_minus_1(vec x) {
    x = choose(x > 87.0f, all(87.0f), x); /* not min: NaN stays */
    x = choose(x < -87.0f, all(-87.0f), x);
    const vec shift = all(12582912.0f); /* 1.5 * 2^23: adding it rounds to the nearest integer */
    vec n = x * 1.44269504088896341f + shift;
    ints bits = (ints)n;
    n -= shift;
    vec r = x - n * 0.693359375f;
    r += n * 2.12194440e-4f;
    vec p = all(1.0f / 5040);
    p = p * r + 1.0f / 720;
    p = p * r + 1.0f / 120;
    p = p * r + 1.0f / 24;
    p = p * r + 1.0f / 6;
    p = p * r + 0.5f;
    p = p * r * r + r;
    vec two_n = (vec)((bits + 127) << 23); /* the low bits of n + shift are those of n */
    return two_n * p + (two_n - 1.0f);
}
INLINE vec sigmoid(vec x) { return 1.0f / (2.0f + exp_minus_1(-x)); }
INLINE vec tanh_(vec x) {
    vec e = exp_minus_1(x + x);
    return e / (e + 2.0f);
}

/* ---- threads ------------------------------------------------------------------------------------------- */
/* GOMP_parallel of the OpenMP that PyTorch runs on, so that there is one pool of threads; may be NULL. */
typedef void (*parallel_fn)(void (*)(void *), void *, unsigned, unsigned);
static parallel_fn parallel;
void corne_set_parallel(void *function) { parallel = (parallel_fn)function; }

typedef struct Job {
    void (*run)(const struct Job *, long first, long rows, float *scratch);
    long batch, slices, next, rows, room; /* room: floats that one slice needs */
    float *scratch;
    long steps, units, scales, dh_time, dh_row, dc_time, dc_row;
    const float *x, *h, *c, *bias, *scale, *packed, *dhs, *dcs;
    float *hs, *cs, *gates, *inner, *dz, *dinner, *dh0, *dc0;
    int keep, relu;
} Job;

static void work(void *data) {
    Job *job = data;
    for (;;) {
        long slice = __atomic_fetch_add(&job->next, 1, __ATOMIC_RELAXED);
        if (slice >= job->slices) return;
        long first = slice * job->rows, left = job->batch - first;
        if (left > 0)
            job->run(job, first, left < job->rows ? left : job->rows, job->scratch + slice * job->room);
    }
}

static float *floats(long count) {
    void *p = NULL;
    return posix_memalign(&p, 64, (size_t)(count < 1 ? 1 : count) * 4) ? NULL : p;
}
static long up(long n, long to) { return (n + to - 1) / to * to; }

/* Run a job on up to `threads` threads; `room` says how many floats of scratch memory a sample needs. */
static int start(Job *job, int threads, long room) {
    if (threads < 1 || !parallel) threads = 1;
    if (threads > job->batch) threads = (int)job->batch;
    job->rows = (job->batch + threads - 1) / threads;
    job->slices = threads;
    job->next = 0;
    job->room = up(job->rows * room + VL * 8, 16);
    job->scratch = floats(job->room * threads);
    if (!job->scratch || !job->packed) {
        free(job->scratch);
        return 1;
    }
    if (threads == 1) work(job);
    else parallel(work, job, (unsigned)threads, 0);
    free(job->scratch);
    return 0;
}

/* ---- products ------------------------------------------------------------------------------------------ */
/* Kernel (units, gates * units) as blocks of VL units: [block][k][gate][VL], zeros beyond the last unit. */
static float *pack_forward(const float *kernel, long units, long gates) {
    long blocks = (units + VL - 1) / VL;
    float *packed = floats(blocks * units * gates * VL);
    if (!packed) return NULL;
    float *p = packed;
    for (long b = 0; b < blocks; b++)
        for (long k = 0; k < units; k++)
            for (long g = 0; g < gates; g++)
                for (long i = 0; i < VL; i++) {
                    long u = b * VL + i;
                    *p++ = u < units ? kernel[(k * gates + g) * units + u] : 0.0f;
                }
    return packed;
}

/* Columns [from, from + depth) of the kernel, transposed, as blocks of BACK_COLUMNS * VL units: [block][k][unit]. */
static void pack_back(float *p, const float *kernel, long units, long width, long from, long depth) {
    long size = BACK_COLUMNS * VL, blocks = (units + size - 1) / size;
    for (long b = 0; b < blocks; b++)
        for (long k = 0; k < depth; k++)
            for (long i = 0; i < size; i++) {
                long u = b * size + i;
                *p++ = u < units ? kernel[u * width + from + k] : 0.0f;
            }
}
static long back_size(long units, long depth) { return up(units, BACK_COLUMNS * VL) * depth; }

/* out[row][vector] = sum over k of a[row][k] * packed[k][vector], `count` vectors of one row of `packed`, all in
 * registers; `a` of vector v is a[v] or, if `shared`, a[0]. */
INLINE void tile(const int rows, const int count, const int shared, const float *const *a, long lda, long depth,
                 const float *packed, vec *out) {
    vec acc[MOST_ROWS][4];
    UNROLL for (int r = 0; r < rows; r++) UNROLL for (int v = 0; v < count; v++) acc[r][v] = (vec){0};
    for (long k = 0; k < depth; k++, packed += count * VL) {
        if (shared && rows < count) { /* what both products have in common must fit beside `acc` */
            vec s[MOST_ROWS];
            UNROLL for (int r = 0; r < rows; r++) s[r] = all(a[0][r * lda + k]);
            UNROLL for (int v = 0; v < count; v++) {
                vec w = in_register(packed + v * VL);
                UNROLL for (int r = 0; r < rows; r++) acc[r][v] += s[r] * w;
            }
        } else if (shared) {
            vec w[4];
            UNROLL for (int v = 0; v < count; v++) w[v] = in_register(packed + v * VL);
            UNROLL for (int r = 0; r < rows; r++) {
                vec s = all(a[0][r * lda + k]);
                UNROLL for (int v = 0; v < count; v++) acc[r][v] += s * w[v];
            }
        } else
            UNROLL for (int v = 0; v < count; v++) {
                vec w = in_register(packed + v * VL);
                UNROLL for (int r = 0; r < rows; r++) acc[r][v] += all(a[v][r * lda + k]) * w;
            }
    }
    UNROLL for (int r = 0; r < rows; r++) UNROLL for (int v = 0; v < count; v++) out[r * count + v] = acc[r][v];
}
#define TILE(NAME, ROWS, COUNT, SHARED)                                                                    \
    static __attribute__((noinline)) void NAME(const float *const *a, long lda, long depth, const float *packed, \
                                               vec *out) {                                                 \
        tile(ROWS, COUNT, SHARED, a, lda, depth, packed, out);                                             \
    }
typedef void (*tile_fn)(const float *const *a, long lda, long depth, const float *packed, vec *out);

TILE(back_tile, BACK_ROWS, BACK_COLUMNS, 1)
TILE(back_tile_2, 2, BACK_COLUMNS, 1)
TILE(back_tile_1, 1, BACK_COLUMNS, 1)

/* out (rows, padded) += (a (rows, depth) * kernel part) * scale (rows, units), where scale isn't NULL. */
static void add_product(long rows, const float *a, long lda, long depth, const float *packed, float *out, long ldo,
                        const float *scale, long units) {
    for (long u = 0; u < units; u += BACK_COLUMNS * VL, packed += depth * BACK_COLUMNS * VL)
        for (long r = 0; r < rows;) {
            vec sums[BACK_ROWS * BACK_COLUMNS];
            const float *from = a + r * lda;
            long n = rows - r >= BACK_ROWS ? BACK_ROWS : rows - r >= 2 ? 2 : 1;
            (n == BACK_ROWS ? back_tile : n == 2 ? back_tile_2 : back_tile_1)(&from, lda, depth, packed, sums);
            for (long i = 0; i < n; i++)
                for (long v = 0; v < BACK_COLUMNS; v++) {
                    vec d = sums[i * BACK_COLUMNS + v];
                    const long at = u + v * VL; /* rows of `out` are padded, those of `scale` aren't */
                    if (scale) d *= load_n(scale + (r + i) * units + at, units - at);
                    *(vec *)(out + (r + i) * ldo + at) += d;
                }
            r += n;
        }
}

/* The state times its dropout, by gate, in scratch memory (count, rows, padded): what the product reads. */
INLINE void put_state(const Job *job, float *to, long ld, long rows, long first, long row, long u, vec h, long n) {
    long count = job->scales ? job->scales : 1;
    for (long g = 0; g < count; g++) {
        vec s = h;
        if (job->scales) s *= load_n(job->scale + (g * job->batch + first + row) * job->units + u, n);
        store_n(to + (g * rows + row) * ld + u, s, n);
    }
}

/* What comes after the products of `rows` samples from `row` on, for n units from u on. */
typedef void (*cell_fn)(const Job *job, long t, long first, long rows, long row, long count, long u, long n, long ld,
                        const vec *sums, float *next);
typedef struct {
    long rows; /* of the largest tile */
    tile_fn most, some, one, by_gate, one_by_gate; /* `some`: of half as many rows, rounded up */
    cell_fn cell;
    long gates;
} Network;

static void forward(const Job *job, long first, long rows, float *scratch, const Network *network) {
    const long units = job->units, ld = up(units, VL), count = job->scales ? job->scales : 1;
    const long most = network->rows, some = (most + 1) / 2, by_gate = job->scales > 1;
    float *now = scratch, *next = scratch + count * rows * ld;
    for (long r = 0; r < rows; r++)
        for (long u = 0; u < units; u += VL)
            put_state(job, now, ld, rows, first, r, u, load_n(job->hs + (first + r) * units + u, units - u),
                      units - u);
    for (long t = 0; t < job->steps; t++) {
        const float *packed = job->packed;
        for (long u = 0; u < units; u += VL, packed += units * network->gates * VL)
            for (long r = 0; r < rows;) {
                vec sums[MOST_ROWS * 4];
                const float *a[4];
                for (long g = 0; g < count; g++) a[g] = now + (g * rows + r) * ld;
                long n = rows - r >= most ? most : rows - r >= some && !by_gate ? some : 1;
                tile_fn run = by_gate ? (n == most ? network->by_gate : network->one_by_gate)
                                      : (n == most ? network->most : n == some ? network->some : network->one);
                run(a, ld, units, packed, sums);
                network->cell(job, t, first, rows, r, n, u, units - u, ld, sums, next);
                r += n;
            }
        float *other = now;
        now = next;
        next = other;
    }
}
#define FORWARD(NAME, CELL, ROWS, GATES)                                                               \
    static void NAME##_cell(const Job *job, long t, long first, long rows, long row, long count, long u, \
                            long n, long ld, const vec *sums, float *next) {                           \
        if (n >= VL) CELL(job, t, first, rows, row, count, u, VL, ld, sums, next);                     \
        else CELL(job, t, first, rows, row, count, u, n, ld, sums, next);                              \
    }                                                                                                  \
    TILE(NAME##_most, ROWS, GATES, 1)                                                                  \
    TILE(NAME##_some, ((ROWS) + 1) / 2, GATES, 1)                                                      \
    TILE(NAME##_one, 1, GATES, 1)                                                                      \
    TILE(NAME##_by_gate, ROWS, GATES, 0)                                                               \
    TILE(NAME##_one_by_gate, 1, GATES, 0)                                                              \
    static void NAME(const Job *job, long first, long rows, float *scratch) {                          \
        static const Network network = {ROWS, NAME##_most, NAME##_some, NAME##_one, NAME##_by_gate,    \
                                        NAME##_one_by_gate, NAME##_cell, GATES};                              \
        forward(job, first, rows, scratch, &network);                                                  \
    }

/* ---- LSTM: gates input, forget, candidate, output -------------------------------------------------------- */
INLINE void lstm_cell(const Job *job, long t, long first, long rows, long r0, long count, long u, long n, long ld,
                      const vec *sums, float *next) {
    const long units = job->units, width = 4 * units, row = t * job->batch + first + r0;
    const float *x = job->x + row * width + u;
    vec shows[LSTM_ROWS], cs[LSTM_ROWS];
    for (long r = 0; r < count; r++, x += width, sums += 4) { /* two loops: each has much to do at a time */
        vec take = sigmoid(load_n(x, n) + sums[0]), kept = sigmoid(load_n(x + units, n) + sums[1]);
        vec candidate = tanh_(load_n(x + 2 * units, n) + sums[2]);
        vec show = sigmoid(load_n(x + 3 * units, n) + sums[3]);
        if (job->keep) {
            float *gates = job->gates + (row + r) * width + u;
            store_n(gates, take, n);
            store_n(gates + units, kept, n);
            store_n(gates + 2 * units, candidate, n);
            store_n(gates + 3 * units, show, n);
        }
        shows[r] = show;
        cs[r] = kept * load_n(job->cs + (row + r) * units + u, n) + take * candidate;
    }
    for (long r = 0; r < count; r++) {
        const long at = (row + r + job->batch) * units + u;
        vec h = shows[r] * tanh_(cs[r]);
        store_n(job->cs + at, cs[r], n);
        store_n(job->hs + at, h, n);
        put_state(job, next, ld, rows, first, r0 + r, u, h, n);
    }
}
FORWARD(lstm_forward_slice, lstm_cell, LSTM_ROWS, 4)

INLINE void lstm_back_cell(const Job *job, long t, long sample, long u, const long n, float *dh, float *dc) {
    const long units = job->units, width = 4 * units, row = t * job->batch + sample;
    const float *gates = job->gates + row * width + u, *cs = job->cs + row * units + u;
    float *dz = job->dz + row * width + u;
    vec take = load_n(gates, n), kept = load_n(gates + units, n), candidate = load_n(gates + 2 * units, n);
    vec show = load_n(gates + 3 * units, n), tanh_c = tanh_(load_n(cs + job->batch * units, n));
    vec d = load(dh), e = load(dc);
    if (job->dhs) d += load_n(job->dhs + t * job->dh_time + sample * job->dh_row + u, n);
    if (job->dcs) e += load_n(job->dcs + t * job->dc_time + sample * job->dc_row + u, n);
    e += d * show * (1.0f - tanh_c * tanh_c);
    store_n(dz, e * candidate * take * (1.0f - take), n);
    store_n(dz + units, e * load_n(cs, n) * kept * (1.0f - kept), n);
    store_n(dz + 2 * units, e * take * (1.0f - candidate * candidate), n);
    store_n(dz + 3 * units, d * tanh_c * show * (1.0f - show), n);
    store(dc, e * kept);
}

static void lstm_backward_slice(const Job *job, long first, long rows, float *dh) {
    const long units = job->units, width = 4 * units, ld = up(units, BACK_COLUMNS * VL), batch = job->batch;
    float *dc = dh + rows * ld;
    memset(dh, 0, (size_t)(2 * rows * ld) * 4);
    for (long t = job->steps - 1; t >= 0; t--) {
        for (long r = 0; r < rows; r++) {
            long u = 0, at = r * ld;
            for (; u + VL <= units; u += VL) lstm_back_cell(job, t, first + r, u, VL, dh + at + u, dc + at + u);
            if (u < units) lstm_back_cell(job, t, first + r, u, units - u, dh + at + u, dc + at + u);
        }
        memset(dh, 0, (size_t)(rows * ld) * 4);
        const float *dz = job->dz + (t * batch + first) * width, *packed = job->packed;
        if (job->scales < 2)
            add_product(rows, dz, width, width, packed, dh, ld,
                        job->scales ? job->scale + first * units : NULL, units);
        else
            for (long g = 0; g < 4; g++, packed += back_size(units, units))
                add_product(rows, dz + g * units, width, units, packed, dh, ld,
                            job->scale + (g * batch + first) * units, units);
    }
    for (long r = 0; r < rows; r++) {
        memcpy(job->dh0 + (first + r) * units, dh + r * ld, (size_t)units * 4);
        memcpy(job->dc0 + (first + r) * units, dc + r * ld, (size_t)units * 4);
    }
}

int corne_lstm_forward(int threads, long steps, long batch, long units, long scales, int keep, const float *x,
                       const float *kernel, const float *scale, float *hs, float *cs, float *gates) {
    float *packed = pack_forward(kernel, units, 4);
    Job job = {.run = lstm_forward_slice, .batch = batch, .steps = steps, .units = units, .scales = scales,
               .keep = keep, .x = x, .packed = packed, .scale = scale, .hs = hs, .cs = cs, .gates = gates};
    int failed = start(&job, threads, 2 * (scales ? scales : 1) * up(units, VL));
    free(packed);
    return failed;
}

/* Gradients of h and c after each step: NULL for zero, else with strides in floats. */
int corne_lstm_backward(int threads, long steps, long batch, long units, long scales, const float *dhs, long dh_time,
                        long dh_row, const float *dcs, long dc_time, long dc_row, const float *kernel,
                        const float *scale, const float *gates, const float *cs, float *dz, float *dh, float *dc) {
    long parts = scales > 1 ? 4 : 1, depth = 4 * units / parts;
    float *packed = floats(parts * back_size(units, depth));
    if (packed)
        for (long g = 0; g < parts; g++)
            pack_back(packed + g * back_size(units, depth), kernel, units, 4 * units, g * depth, depth);
    Job job = {.run = lstm_backward_slice, .batch = batch, .steps = steps, .units = units, .scales = scales,
               .dhs = dhs, .dh_time = dh_time, .dh_row = dh_row, .dcs = dcs, .dc_time = dc_time, .dc_row = dc_row,
               .packed = packed, .scale = scale, .gates = (float *)gates, .cs = (float *)cs, .dz = dz, .dh0 = dh,
               .dc0 = dc};
    int failed = start(&job, threads, 2 * up(units, BACK_COLUMNS * VL));
    free(packed);
    return failed;
}

/* ---- GRU: gates update, reset, candidate, whose product with the state the reset gate multiplies ------------ */
INLINE void gru_cell(const Job *job, long t, long first, long rows, long r0, long count, long u, long n, long ld,
                     const vec *sums, float *next) {
    const long units = job->units, width = 3 * units, row = t * job->batch + first + r0;
    const float *x = job->x + row * width + u;
    const vec bias = job->bias ? load_n(job->bias + u, n) : (vec){0};
    vec updates[GRU_ROWS], candidates[GRU_ROWS];
    for (long r = 0; r < count; r++, x += width, sums += 3) {
        vec update = sigmoid(load_n(x, n) + sums[0]), reset = sigmoid(load_n(x + units, n) + sums[1]);
        vec inner = sums[2] + bias;
        updates[r] = update;
        candidates[r] = load_n(x + 2 * units, n) + reset * inner;
        if (job->keep) {
            float *gates = job->gates + (row + r) * width + u;
            store_n(gates, update, n);
            store_n(gates + units, reset, n);
            store_n(job->inner + (row + r) * units + u, inner, n);
        }
    }
    for (long r = 0; r < count; r++) {
        const long at = (row + r) * units + u;
        vec candidate = tanh_(candidates[r]);
        if (job->keep) store_n(job->gates + (row + r) * width + 2 * units + u, candidate, n);
        vec h = candidate + updates[r] * (load_n(job->hs + at, n) - candidate);
        store_n(job->hs + at + job->batch * units, h, n);
        put_state(job, next, ld, rows, first, r0 + r, u, h, n);
    }
}
FORWARD(gru_forward_slice, gru_cell, GRU_ROWS, 3)

INLINE void gru_back_cell(const Job *job, long t, long sample, long u, const long n, float *dh) {
    const long units = job->units, width = 3 * units, row = t * job->batch + sample, at = row * units + u;
    const float *gates = job->gates + row * width + u;
    float *dz = job->dz + row * width + u;
    vec update = load_n(gates, n), reset = load_n(gates + units, n), candidate = load_n(gates + 2 * units, n);
    vec d = load(dh) + load_n(job->dhs + t * job->dh_time + sample * job->dh_row + u, n);
    vec of_candidate = d * (1.0f - update) * (1.0f - candidate * candidate);
    store_n(dz, d * (load_n(job->hs + at, n) - candidate) * update * (1.0f - update), n);
    store_n(dz + units, of_candidate * load_n(job->inner + at, n) * reset * (1.0f - reset), n);
    store_n(dz + 2 * units, of_candidate, n);
    store_n(job->dinner + at, of_candidate * reset, n);
    store(dh, d * update);
}

static void gru_backward_slice(const Job *job, long first, long rows, float *dh) {
    const long units = job->units, width = 3 * units, ld = up(units, BACK_COLUMNS * VL), batch = job->batch;
    memset(dh, 0, (size_t)(rows * ld) * 4);
    for (long t = job->steps - 1; t >= 0; t--) {
        for (long r = 0; r < rows; r++) {
            long u = 0;
            for (; u + VL <= units; u += VL) gru_back_cell(job, t, first + r, u, VL, dh + r * ld + u);
            if (u < units) gru_back_cell(job, t, first + r, u, units - u, dh + r * ld + u);
        }
        const float *dz = job->dz + (t * batch + first) * width, *packed = job->packed;
        const float *scale = job->scales ? job->scale + first * units : NULL;
        const long by_gate = job->scales > 1 ? batch * units : 0;
        if (by_gate) {
            for (long g = 0; g < 2; g++, packed += back_size(units, units), scale += by_gate)
                add_product(rows, dz + g * units, width, units, packed, dh, ld, scale, units);
        } else {
            add_product(rows, dz, width, 2 * units, packed, dh, ld, scale, units);
            packed += back_size(units, 2 * units);
        }
        add_product(rows, job->dinner + (t * batch + first) * units, units, units, packed, dh, ld, scale, units);
    }
    for (long r = 0; r < rows; r++) memcpy(job->dh0 + (first + r) * units, dh + r * ld, (size_t)units * 4);
}

int corne_gru_forward(int threads, long steps, long batch, long units, long scales, int keep, const float *x,
                      const float *kernel, const float *bias, const float *scale, float *hs, float *inner,
                      float *gates) {
    float *packed = pack_forward(kernel, units, 3);
    Job job = {.run = gru_forward_slice, .batch = batch, .steps = steps, .units = units, .scales = scales,
               .keep = keep, .x = x, .packed = packed, .bias = bias, .scale = scale, .hs = hs, .inner = inner,
               .gates = gates};
    int failed = start(&job, threads, 2 * (scales ? scales : 1) * up(units, VL));
    free(packed);
    return failed;
}

int corne_gru_backward(int threads, long steps, long batch, long units, long scales, const float *dhs, long dh_time,
                       long dh_row, const float *kernel, const float *scale, const float *gates, const float *inner,
                       const float *hs, float *dz, float *dinner, float *dh) {
    float *packed = floats(back_size(units, 3 * units));
    if (packed) {
        if (scales > 1)
            for (long g = 0; g < 2; g++)
                pack_back(packed + g * back_size(units, units), kernel, units, 3 * units, g * units, units);
        else pack_back(packed, kernel, units, 3 * units, 0, 2 * units);
        pack_back(packed + back_size(units, 2 * units), kernel, units, 3 * units, 2 * units, units);
    }
    Job job = {.run = gru_backward_slice, .batch = batch, .steps = steps, .units = units, .scales = scales,
               .dhs = dhs, .dh_time = dh_time, .dh_row = dh_row, .packed = packed, .scale = scale,
               .gates = (float *)gates, .inner = (float *)inner, .hs = (float *)hs, .dz = dz, .dinner = dinner,
               .dh0 = dh};
    int failed = start(&job, threads, up(units, BACK_COLUMNS * VL));
    free(packed);
    return failed;
}

/* ---- simple network, tanh or relu ------------------------------------------------------------------------ */
INLINE void simple_cell(const Job *job, long t, long first, long rows, long r0, long count, long u, long n, long ld,
                        const vec *sums, float *next) {
    const long units = job->units, row = t * job->batch + first + r0;
    for (long r = 0; r < count; r++) {
        vec z = load_n(job->x + (row + r) * units + u, n) + sums[r];
        vec h = job->relu ? choose(z < 0.0f, (vec){0}, z) : tanh_(z);
        store_n(job->hs + (row + r + job->batch) * units + u, h, n);
        put_state(job, next, ld, rows, first, r0 + r, u, h, n);
    }
}
FORWARD(simple_forward_slice, simple_cell, SIMPLE_ROWS, 1)

static void simple_backward_slice(const Job *job, long first, long rows, float *dh) {
    const long units = job->units, ld = up(units, BACK_COLUMNS * VL), batch = job->batch;
    memset(dh, 0, (size_t)(rows * ld) * 4);
    for (long t = job->steps - 1; t >= 0; t--) {
        for (long r = 0; r < rows; r++) {
            const long row = t * batch + first + r;
            const float *dhs = job->dhs + t * job->dh_time + (first + r) * job->dh_row;
            for (long u = 0; u < units; u += VL) {
                const long n = units - u;
                vec h = load_n(job->hs + (row + batch) * units + u, n);
                vec d = load(dh + r * ld + u) + load_n(dhs + u, n);
                d = job->relu ? choose(h > 0.0f, d, (vec){0}) : d * (1.0f - h * h);
                store_n(job->dz + row * units + u, d, n);
            }
        }
        memset(dh, 0, (size_t)(rows * ld) * 4);
        add_product(rows, job->dz + (t * batch + first) * units, units, units, job->packed, dh, ld,
                    job->scales ? job->scale + first * units : NULL, units);
    }
    for (long r = 0; r < rows; r++) memcpy(job->dh0 + (first + r) * units, dh + r * ld, (size_t)units * 4);
}

int corne_simple_rnn_forward(int threads, long steps, long batch, long units, long scales, int relu, const float *x,
                             const float *kernel, const float *scale, float *hs) {
    float *packed = pack_forward(kernel, units, 1);
    Job job = {.run = simple_forward_slice, .batch = batch, .steps = steps, .units = units, .scales = scales,
               .relu = relu, .x = x, .packed = packed, .scale = scale, .hs = hs};
    int failed = start(&job, threads, 2 * up(units, VL));
    free(packed);
    return failed;
}

int corne_simple_rnn_backward(int threads, long steps, long batch, long units, long scales, int relu,
                              const float *dhs, long dh_time, long dh_row, const float *kernel, const float *scale,
                              const float *hs, float *dz, float *dh) {
    float *packed = floats(back_size(units, units));
    if (packed) pack_back(packed, kernel, units, units, 0, units);
    Job job = {.run = simple_backward_slice, .batch = batch, .steps = steps, .units = units, .scales = scales,
               .relu = relu, .dhs = dhs, .dh_time = dh_time, .dh_row = dh_row, .packed = packed, .scale = scale,
               .hs = (float *)hs, .dz = dz, .dh0 = dh};
    int failed = start(&job, threads, up(units, BACK_COLUMNS * VL));
    free(packed);
    return failed;
}

/* The functions themselves, for tests. */
void corne_gate_functions(long n, const float *x, float *sigmoids, float *tanhs) {
    for (long i = 0; i < n; i += VL) {
        vec v = load_n(x + i, n - i);
        store_n(sigmoids + i, sigmoid(v), n - i);
        store_n(tanhs + i, tanh_(v), n - i);
    }
}

/* Uniform random numbers: those of torch.rand for float32 on the processor, from a generator that was just seeded.
 *
 * The generator is MT19937 (Matsumoto and Nishimura, "Mersenne Twister", 1998), with their seeding of 2002; the
 * last 24 bits of each of its words are one number. PyTorch makes one word at a time. Here the state's words are
 * turned over in loops that a compiler makes vectors of.
 */
#include <stdint.h>

#define WORDS 624
#define AHEAD 397

static inline uint32_t turned(uint32_t word, uint32_t next, uint32_t ahead) {
    uint32_t joined = (word & 0x80000000u) | (next & 0x7fffffffu);
    return ahead ^ (joined >> 1) ^ (-(next & 1u) & 0x9908b0dfu);
}

/* Fill the n floats at ``to``. */
void corne_uniform(uint32_t seed, long n, float *to) {
    uint32_t words[WORDS];
    words[0] = seed;
    for (int i = 1; i < WORDS; i++) words[i] = 1812433253u * (words[i - 1] ^ (words[i - 1] >> 30)) + (uint32_t)i;
    for (; n > 0; n -= WORDS, to += WORDS) {
        /* A word depends on the next and on one far ahead, turned over already where that is past the end. */
        for (int i = 0; i < WORDS - AHEAD; i++) words[i] = turned(words[i], words[i + 1], words[i + AHEAD]);
        for (int i = WORDS - AHEAD; i < 2 * (WORDS - AHEAD); i++)
            words[i] = turned(words[i], words[i + 1], words[i + AHEAD - WORDS]);
        for (int i = 2 * (WORDS - AHEAD); i < WORDS - 1; i++)
            words[i] = turned(words[i], words[i + 1], words[i + AHEAD - WORDS]);
        words[WORDS - 1] = turned(words[WORDS - 1], words[0], words[AHEAD - 1]);
        int count = n < WORDS ? (int)n : WORDS;
        for (int i = 0; i < count; i++) {
            uint32_t word = words[i];
            word ^= word >> 11;
            word ^= (word << 7) & 0x9d2c5680u;
            word ^= (word << 15) & 0xefc60000u;
            word ^= word >> 18;
            to[i] = (float)(int32_t)(word & 0xffffffu) * 0x1p-24f;
        }
    }
}

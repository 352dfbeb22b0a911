/* SPDX-License-Identifier: MIT */
/*
 * What a target for hostile input is made of.
 *
 * tests/fuzz/fuzz_NAME.c is built like a host test (its "// sources:" line, shims.c, rename.h), and defines
 * fuzz(): one input, a world that it builds anew each time, and what MUST hold whatever the input is.  The
 * same file is linked twice: with driver.c (`make test`: the seeds and some thousand changes of them, always
 * the same) and with clang's libFuzzer (`make fuzz`: as long as one likes, led by coverage).
 *
 * tests/fuzz/seeds/NAME has a seed a line: hexadecimal bytes, or "text" with \xNN.
 *
 * An input fails by a MUST that does not hold, by a WARN, a panic, a leak, and by what the sanitizers see.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include "tests/host/test.h"

/* What each target defines.  `data` is a block of just `size` bytes, so that no read beyond it goes unseen. */
void fuzz(const u8 *data, size_t size);

#define MUST(cond)                                                                     \
	do {                                                                           \
		if (!(cond))                                                           \
			panic("%s:%d: it must be that %s", __FILE__, __LINE__, #cond); \
	} while (0)

/* Headers that targets share with the host tests check in these words. */
#undef EXPECT
#define EXPECT(cond) MUST(cond)

/* The input as a list of decisions: numbers, little endian; zeros when it is used up. */
struct choices {
	const u8 *at;
	size_t left;
};

static inline u64 choose_bytes(struct choices *c, unsigned int bytes)
{
	u64 value = 0;

	for (unsigned int i = 0; i < bytes && c->left; i++, c->left--)
		value |= (u64)*c->at++ << (8 * i);
	return value;
}

static inline u8 choose8(struct choices *c)
{
	return (u8)choose_bytes(c, 1);
}

static inline u32 choose32(struct choices *c)
{
	return (u32)choose_bytes(c, 4);
}

static inline u64 choose64(struct choices *c)
{
	return choose_bytes(c, 8);
}

/* The rest of the input, at most size - 1 bytes of it, as a string; its length. */
static inline size_t choose_string(struct choices *c, char *to, size_t size)
{
	size_t n = min(c->left, size - 1);

	memcpy(to, c->at, n);
	to[n] = '\0';
	c->at += n;
	c->left -= n;
	return n;
}

/* The same as words with blanks between, from argv[1] on; how many argv[] has then, at most `most`. */
static inline int choose_words(struct choices *c, char *text, size_t size, char **argv, int most)
{
	int argc = 1;

	choose_string(c, text, size);
	for (char *s = text; *s; s++)
		if (*s < ' ' || *s > '~')
			*s = ' ';
	for (char *s = text; *s && argc < most;) {
		while (*s == ' ')
			*s++ = '\0';
		if (*s)
			argv[argc++] = s;
		while (*s && *s != ' ')
			s++;
	}
	argv[argc] = NULL;
	return argc;
}

#endif

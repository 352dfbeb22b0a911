// SPDX-License-Identifier: MIT
/*
 * libFuzzer's stand-in where it shall be quick and without clang (`make test`): the seeds as they are, then
 * changes of them by a fixed sequence of random numbers, so that each run tries the same inputs.
 *
 *	fuzz_NAME [FILE...]	these inputs alone
 *	RUNS=N fuzz_NAME	so many changes, however long they take
 *
 * Else they are 3000, or fewer where those take more than half a second of the processor: it is said then.  An
 * input that fails is kept in the build folder beside the program.  Libc's side, as shims.c.
 */
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MAX_SEEDS      512
#define MAX_INPUT      4096
#define MAX_LINE       65536
#define CHANGES	       3000
#define CLOCKS_AT_MOST (CLOCKS_PER_SEC / 2)
#define HANGS_AFTER    30

typedef uint8_t u8;
typedef uint64_t u64;

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);
void __sanitizer_set_death_callback(void (*callback)(void));
const char *__asan_default_options(void);

struct input {
	u8 bytes[MAX_INPUT];
	size_t size;
};

static struct input seeds[MAX_SEEDS];
static unsigned int nr_seeds;
static struct input current;
static char *program;
static u64 state = 0x9e3779b97f4a7c15ULL;

/* An abort is a report like others, and keeps its input. */
const char *__asan_default_options(void)
{
	return "handle_abort=1:handle_sigill=1";
}

static void keep_input(void)
{
	char name[4096];
	FILE *f;

	snprintf(name, sizeof(name), "%s.failed", program);
	f = fopen(name, "w");
	if (!f)
		return;
	fwrite(current.bytes, 1, current.size, f);
	fclose(f);
	fprintf(stderr, "the input (%zu bytes) is in %s\n", current.size, name);
}

static void hang(int signal)
{
	(void)signal;
	fprintf(stderr, "one input takes more than %d s\n", HANGS_AFTER);
	abort();
}

static void run(void)
{
	u8 *exact = malloc(current.size ? current.size : 1);

	memcpy(exact, current.bytes, current.size);
	alarm(HANGS_AFTER);
	LLVMFuzzerTestOneInput(exact, current.size);
	free(exact);
}

/* Marsaglia's xorshift64. */
static u64 random_number(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static size_t below(size_t n)
{
	return n ? random_number() % n : 0;
}

static int hex(char c)
{
	const char *digits = "0123456789abcdef", *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* A line of the seeds' file: false where it is none. */
static bool parse_seed(const char *s, struct input *to)
{
	bool text = *s == '"';

	to->size = 0;
	for (s += text; *s && *s != '\n' && to->size < MAX_INPUT; s++) {
		if (text && *s == '"' && s[1] == '\n')
			return true;
		if (text && (s[0] != '\\' || s[1] != 'x')) {
			to->bytes[to->size++] = (u8)*s;
			continue;
		}
		s += text * 2;
		if (*s == ' ')
			continue;
		if (hex(s[0]) < 0 || hex(s[1]) < 0)
			return false;
		to->bytes[to->size++] = (u8)(hex(s[0]) << 4 | hex(s[1]));
		s++;
	}
	return !text && (*s == '\n' || to->size == MAX_INPUT);
}

static void read_seeds(const char *name)
{
	static char line[MAX_LINE];
	FILE *f = fopen(name, "r");

	if (!f) {
		perror(name);
		exit(1);
	}
	while (nr_seeds < MAX_SEEDS && fgets(line, sizeof(line), f)) {
		if (line[0] == '#' || line[0] == '\n')
			continue;
		if (!parse_seed(line, &seeds[nr_seeds++])) {
			fprintf(stderr, "%s: no seed: %s", name, line);
			exit(1);
		}
	}
	fclose(f);
}

/* `n` bytes at `at` become `with`, which may be of another length. */
static void replace(size_t at, size_t n, const u8 *with, size_t size)
{
	if (current.size - n + size > MAX_INPUT)
		return;
	memmove(current.bytes + at + size, current.bytes + at + n, current.size - at - n);
	if (size)
		memcpy(current.bytes + at, with, size);
	current.size += size - n;
}

/* A number at its edge, 1 to 8 bytes of it. */
static void put_number(size_t at)
{
	static const u64 edges[] = {
		0, 1, ~0ULL, ~0ULL >> 1, 0x80, 0x100, 0x1000, 0x8000, 0x10000
	};
	u64 value = edges[below(sizeof(edges) / sizeof(edges[0]))] - below(2);
	size_t n = 1ULL << below(4);

	if (n <= current.size - at)
		memcpy(current.bytes + at, &value, n);
}

static void change(void)
{
	const struct input *other = &seeds[below(nr_seeds)];
	size_t at = below(current.size), from = below(other->size);
	size_t n = below(current.size - at < 16 ? current.size - at + 1 : 16);
	size_t size = below(other->size - from < 64 ? other->size - from + 1 : 64);
	u8 byte = (u8)random_number();

	switch (below(current.size ? 7 : 1)) {
	case 0:
		replace(at, current.size ? n : 0, other->bytes + from, size);
		break;
	case 1:
		current.bytes[at] ^= (u8)(1 << below(8));
		break;
	case 2:
		current.bytes[at] = byte;
		break;
	case 3:
		put_number(at);
		break;
	case 4:
		replace(at, n, NULL, 0);
		break;
	case 5:
		replace(at, 0, &byte, 1);
		break;
	case 6:
		current.bytes[at] = (u8)(current.bytes[at] + below(9) - 4);
		break;
	}
}

static void run_changes(unsigned long runs, clock_t clocks)
{
	clock_t begin = clock();
	unsigned long n;

	for (n = 0; n < runs && clock() - begin < clocks; n++) {
		current = seeds[below(nr_seeds)];
		for (size_t changes = 1 + below(6); changes--;)
			change();
		run();
	}
	printf("ok %s: %u seeds, %lu changes of them%s\n", strrchr(program, '/') + 1, nr_seeds, n,
	       n < runs ? " (the time is over)" : "");
}

int main(int argc, char **argv)
{
	const char *runs = getenv("RUNS");
	char name[4096];

	program = argv[0];
	__sanitizer_set_death_callback(keep_input);
	signal(SIGALRM, hang);
	for (int i = 1; i < argc; i++) {
		FILE *f = fopen(argv[i], "r");

		current.size = f ? fread(current.bytes, 1, MAX_INPUT, f) : 0;
		if (f)
			fclose(f);
		run();
	}
	if (argc > 1)
		return 0;
	snprintf(name, sizeof(name), "tests/fuzz/seeds/%s",
		 strstr(strrchr(program, '/'), "fuzz_") + 5);
	read_seeds(name);
	for (unsigned int i = 0; i < nr_seeds; i++) {
		current = seeds[i];
		run();
	}
	if (runs)
		run_changes(strtoul(runs, NULL, 0), INT64_MAX);
	else
		run_changes(CHANGES, CLOCKS_AT_MOST);
	return 0;
}

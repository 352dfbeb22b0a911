// SPDX-License-Identifier: MIT
/*
 * libc's side of the program: memory, text, and the kernel's services that have no hardware to them.
 * What the kernel prints is kept back until host_print() has a line for it: "log".
 */
#define _GNU_SOURCE /* MAP_FIXED_NOREPLACE */
#include "tests/replay/host.h"
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

int k_vsnprintf(char *buf, size_t size, const char *fmt, va_list args);
int printk(const char *fmt, ...);
void panic(const char *fmt, ...);
void warn_slowpath(const char *file, int line, unsigned long ip, const char *fmt, ...);
int ksym_format(char *buf, size_t size, unsigned long addr, bool with_offset);
void *kmalloc(size_t size, unsigned int flags);
void *kzalloc(size_t size, unsigned int flags);
void *kcalloc(size_t n, size_t size, unsigned int flags);
char *kasprintf(unsigned int flags, const char *fmt, ...);
void kfree(const void *p);

/* The register lives as long as the program, and some of its parts are reached by nobody else. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "detect_leaks=0";
}

static void say(const char *before, const char *fmt, va_list args)
{
	static char text[1 << 16];
	const char *s = text;

	k_vsnprintf(text, sizeof(text), fmt, args);
	if (s[0] == '\001')
		s += 2;
	printf("%s%s", before, s);
}

int printk(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(fmt[0] == '\001' && fmt[1] == 'c' ? "" : "log ", fmt, args);
	va_end(args);
	return 0;
}

int host_print(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say("", fmt, args);
	va_end(args);
	return 0;
}

void panic(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say("panic ", fmt, args);
	va_end(args);
	printf("\n");
	fflush(stdout);
	_Exit(3);
}

void warn_slowpath(const char *file, int line, unsigned long ip, const char *fmt, ...)
{
	va_list args;

	(void)ip;
	printf("log WARN at %s:%d: ", file, line);
	va_start(args, fmt);
	say("", fmt, args);
	va_end(args);
	printf("\n");
}

int ksym_format(char *buf, size_t size, unsigned long addr, bool with_offset)
{
	(void)with_offset;
	return snprintf(buf, size, "0x%lx", addr);
}

/* One thread, which ends soon: nothing is short. */
static void *zeroed(size_t size)
{
	void *p = calloc(1, size);

	if (!p)
		abort();
	return p;
}

void *kmalloc(size_t size, unsigned int flags)
{
	(void)flags;
	return zeroed(size);
}

void *kzalloc(size_t size, unsigned int flags)
{
	(void)flags;
	return zeroed(size);
}

void *kcalloc(size_t n, size_t size, unsigned int flags)
{
	(void)flags;
	return zeroed(n * size);
}

void kfree(const void *p)
{
	free((void *)p);
}

char *kasprintf(unsigned int flags, const char *fmt, ...)
{
	char text[4096];
	va_list args;

	(void)flags;
	va_start(args, fmt);
	k_vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	return strdup(text);
}

char *host_read_input(void)
{
	size_t size = 0, room = 1 << 16, got;
	char *text = malloc(room);

	while (text && (got = fread(text + size, 1, room - size - 1, stdin)) != 0) {
		size += got;
		if (size + 1 == room)
			text = realloc(text, room *= 2);
	}
	if (text)
		text[size] = '\0';
	return text;
}

void host_map(unsigned long addr, unsigned long size)
{
	void *p = mmap((void *)addr, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);

	if (p == (void *)addr)
		return;
	perror("replay: no room for the machine's addresses");
	exit(3);
}

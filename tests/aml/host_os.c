// SPDX-License-Identifier: MIT
/* libc's side of aml_host: memory, files, text. */
#include "tests/aml/host_os.h"
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

int k_vsnprintf(char *buf, size_t size, const char *fmt, va_list args);
int printk(const char *fmt, ...);
int ksym_format(char *buf, size_t size, unsigned long addr, bool with_offset);
void *kmalloc(size_t size, unsigned int flags);
void *kzalloc(size_t size, unsigned int flags);
void kfree(const void *p);
void panic(const char *fmt, ...);
void warn_slowpath(const char *file, int line, unsigned long ip, const char *fmt, ...);

static bool quiet, silent;

void host_quiet(_Bool is)
{
	quiet = is;
}

void host_silence(_Bool is)
{
	silent = is;
}

int printk(const char *fmt, ...)
{
	static char text[1 << 16];
	va_list args;

	if (quiet || silent)
		return 0;
	va_start(args, fmt);
	k_vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	fputs(text[0] == '\001' ? text + 2 : text, stdout);
	return 0;
}

int host_print(const char *fmt, ...)
{
	static char text[1 << 21];
	va_list args;

	if (silent)
		return 0;
	va_start(args, fmt);
	k_vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	fputs(text, stdout);
	return 0;
}

int ksym_format(char *buf, size_t size, unsigned long addr, bool with_offset)
{
	(void)with_offset;
	return snprintf(buf, size, "0x%lx", addr);
}

void panic(const char *fmt, ...)
{
	fprintf(stderr, "panic: %s\n", fmt);
	abort();
}

/* kernel/core/panic.h: here no promise may be broken. */
void warn_slowpath(const char *file, int line, unsigned long ip, const char *fmt, ...)
{
	(void)ip;
	fprintf(stderr, "WARN at %s:%d: %s\n", file, line, fmt);
	abort();
}

void *kmalloc(size_t size, unsigned int flags)
{
	return flags & 1 ? calloc(1, size) : malloc(size);
}

void *kzalloc(size_t size, unsigned int flags)
{
	(void)flags;
	return calloc(1, size);
}

void kfree(const void *p)
{
	free((void *)p);
}

void *host_read_file(const char *name, unsigned long *size_out)
{
	FILE *f = fopen(name, "rb");
	char *bytes = NULL;
	long size;

	if (!f)
		return NULL;
	fseek(f, 0, SEEK_END);
	size = ftell(f);
	rewind(f);
	if (size >= 36 && (bytes = malloc((size_t)size)) &&
	    fread(bytes, 1, (size_t)size, f) != (size_t)size) {
		free(bytes);
		bytes = NULL;
	}
	fclose(f);
	*size_out = (unsigned long)size;
	return bytes;
}

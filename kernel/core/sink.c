// SPDX-License-Identifier: MIT
/* Text into a sink, and the sink that is a piece of memory. */
#include "kernel/core/sink.h"

#include "kernel/core/printk.h"
#include "kernel/lib/string.h"

#define MAX_TEXT 1024 /* of one call */

int sink_vprintf(struct sink *sink, const char *fmt, va_list args)
{
	char text[MAX_TEXT];
	int n = vscnprintf(text, sizeof(text), fmt, args);

	sink_write(sink, text, (size_t)n);
	return n;
}

int sink_printf(struct sink *sink, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = sink_vprintf(sink, fmt, args);
	va_end(args);
	return n;
}

static void write_buffer(struct sink *sink, const char *s, size_t n)
{
	struct buffer_sink *b = container_of(sink, struct buffer_sink, sink);
	size_t fits = min(n, b->size - 1 - b->len);

	memcpy(b->text + b->len, s, fits);
	b->len += fits;
	b->text[b->len] = '\0';
	b->lost += n - fits;
}

void buffer_sink_init(struct buffer_sink *buffer, char *text, size_t size)
{
	*buffer = (struct buffer_sink){ .sink.write = write_buffer, .text = text, .size = size };
	text[0] = '\0';
}

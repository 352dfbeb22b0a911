/* SPDX-License-Identifier: MIT */
/*
 * Where a command's text goes: whoever asks for it gives the sink, so that the
 * console, a file and a test have the same words from the same function.
 *
 * A sink takes bytes and never fails; one that has no room left counts what it
 * lost.  Messages (printk) are something else: they are stamped and kept.
 */
#ifndef KERNEL_CORE_SINK_H
#define KERNEL_CORE_SINK_H

#include "kernel/lib/compiler.h"

struct sink {
	/*
	 * Take n > 0 bytes, of which none ends the text.  It is called from where the text
	 * is made, perhaps with a spinlock held: it must not sleep, nor call printk().
	 */
	void (*write)(struct sink *sink, const char *s, size_t n);
};

static inline void sink_write(struct sink *sink, const char *s, size_t n)
{
	if (n)
		sink->write(sink, s, n);
}

/* At most 1023 bytes, the rest is cut off; how many were written. */
int sink_printf(struct sink *sink, const char *fmt, ...) __printf(2, 3);
int sink_vprintf(struct sink *sink, const char *fmt, va_list args) __printf(2, 0);

/* Memory of the owner's.  The text is always terminated, and `lost` counts what found no room. */
struct buffer_sink {
	struct sink sink;
	char *text;
	size_t size, len; /* bytes there are, and are used without the terminating 0 */
	size_t lost;
};

/* `size` > 0; `text` must outlive the sink.  Again, to start anew. */
void buffer_sink_init(struct buffer_sink *buffer, char *text, size_t size);

#endif

// SPDX-License-Identifier: MIT
/*
 * Queries, and the objects that qXfer reads.
 *
 * An object is made anew for each piece of it that is asked for, into a sink that keeps that piece
 * alone: so none needs a buffer, however long it is.  The machine stands, so all pieces agree.
 */
#include "kernel/gdb/server.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

/* The word that `p` begins with: true, and *p is behind it. */
static bool take(const char **p, const char *word)
{
	size_t n = strlen(word);

	if (strncmp(*p, word, n) != 0)
		return false;
	*p += n;
	return true;
}

/* ---------------------------------------------------------------- qXfer */

/* [offset, offset + left) of all that is written, into the answer. */
struct window {
	struct sink sink;
	struct gdb_packet *answer;
	u64 at, offset, left;
	bool more; /* something came behind it */
};

static void write_window(struct sink *sink, const char *s, size_t n)
{
	struct window *w = container_of(sink, struct window, sink);
	u64 skip = w->at < w->offset ? min(w->offset - w->at, (u64)n) : 0, fits, done;

	w->at += n;
	fits = min((u64)n - skip, w->left);
	done = gdb_put_binary(w->answer, s + skip, fits);
	w->left = done < fits ? 0 : w->left - done;
	w->more |= done < n - skip;
}

/* A name or a line in an attribute. */
static void write_escaped(struct sink *out, const char *s)
{
	for (; *s; s++) {
		const char *word = *s == '<' ? "&lt;" :
				   *s == '>' ? "&gt;" :
				   *s == '&' ? "&amp;" :
				   *s == '"' ? "&quot;" :
					       NULL;

		if (word)
			sink_write(out, word, strlen(word));
		else
			sink_write(out, s, 1);
	}
}

static void write_threads(const struct gdb_target *target, struct sink *out)
{
	struct buffer_sink buffer;
	char text[128];
	u32 thread = 0;
	int cpu;

	sink_printf(out, "<?xml version=\"1.0\"?>\n<threads>\n");
	while ((thread = target->next_thread(thread))) {
		cpu = target->cpu_of(thread);
		sink_printf(out, "<thread id=\"%x\"", thread);
		if (cpu >= 0)
			sink_printf(out, " core=\"%d\"", cpu);
		buffer_sink_init(&buffer, text, sizeof(text));
		target->name(&buffer.sink, thread);
		sink_printf(out, " name=\"");
		write_escaped(out, text);
		buffer_sink_init(&buffer, text, sizeof(text));
		target->describe(&buffer.sink, thread);
		sink_printf(out, "\">");
		write_escaped(out, text);
		sink_printf(out, "</thread>\n");
	}
	sink_printf(out, "</threads>\n");
}

/* False: there is no such object. */
static bool write_object(struct gdb_server *s, struct sink *out, const char *object,
			 const char *annex)
{
	if (strcmp(object, "features") == 0 && strcmp(annex, "target.xml") == 0)
		gdb_write_features(out);
	else if (strcmp(object, "threads") == 0)
		write_threads(s->target, out);
	else if (strcmp(object, "memory-map") == 0)
		s->target->write_memory_map(out);
	else if (strcmp(object, "auxv") == 0)
		s->target->write_auxv(out);
	else if (strcmp(object, "exec-file") == 0)
		sink_printf(out, "terrier.elf");
	else
		return false;
	return true;
}

/* "OBJECT:read:ANNEX:OFFSET,LENGTH" */
void gdb_transfer(struct gdb_server *s, const char *request)
{
	struct window w = { .sink.write = write_window, .answer = &s->answer };
	char object[16], annex[16];
	size_t n = 0;

	for (; *request && *request != ':' && n < sizeof(object) - 1; request++)
		object[n++] = *request;
	object[n] = '\0';
	if (!take(&request, ":read:"))
		return;
	for (n = 0; *request && *request != ':' && n < sizeof(annex) - 1; request++)
		annex[n++] = *request;
	annex[n] = '\0';
	if (*request++ != ':' || !gdb_parse_hex(&request, &w.offset) || *request++ != ',' ||
	    !gdb_parse_hex(&request, &w.left) || *request || !w.left) {
		gdb_error(s, -EINVAL);
		return;
	}
	gdb_put(&s->answer, "m");
	if (!write_object(s, &w.sink, object, annex))
		gdb_packet_begin(&s->answer);
	else if (!w.more)
		s->answer.data[0] = 'l'; /* the last piece */
}

/* ---------------------------------------------------------------- threads */

/* All in one answer, as many as have room: who wants more has qXfer:threads. */
static void list_threads(struct gdb_server *s)
{
	u32 thread = 0;

	gdb_put(&s->answer, "m");
	while ((thread = s->target->next_thread(thread)) &&
	       s->answer.len + 10 <= sizeof(s->answer.data))
		sink_printf(&s->answer.sink, "%s%x", s->answer.len > 1 ? "," : "", thread);
}

static void describe_thread(struct gdb_server *s, const char *p)
{
	struct buffer_sink buffer;
	char text[160];
	u32 thread;

	if (!gdb_parse_thread(&p, &thread) || *p || !s->target->has_thread(thread)) {
		gdb_error(s, -ESRCH);
		return;
	}
	buffer_sink_init(&buffer, text, sizeof(text));
	s->target->name(&buffer.sink, thread);
	sink_printf(&buffer.sink, ", ");
	s->target->describe(&buffer.sink, thread);
	gdb_put_hex(&s->answer, text, buffer.len);
}

/* ---------------------------------------------------------------- monitor CMD */

/* What a command says is shown as it comes. */
static enum gdb_outcome run_monitor(struct gdb_server *s, const char *hex)
{
	char line[256];
	size_t n = strlen(hex) / 2;

	if (strlen(hex) % 2 || n >= sizeof(line) || !gdb_parse_bytes(hex, line, n)) {
		gdb_error(s, -EINVAL);
		return GDB_ANSWER;
	}
	line[n] = '\0';
	if (!s->target->monitor(&s->console, line))
		return GDB_COMMAND;
	gdb_ok(s);
	return GDB_ANSWER;
}

/* ---------------------------------------------------------------- q */

static void say_supported(struct gdb_server *s)
{
	sink_printf(&s->answer.sink,
		    "PacketSize=%x;QStartNoAckMode+;qXfer:features:read+;qXfer:memory-map:read+;"
		    "qXfer:threads:read+;qXfer:exec-file:read+;qXfer:auxv:read+;vContSupported+;"
		    "swbreak+;hwbreak+;binary-upload+",
		    GDB_PACKET_BYTES);
}

enum gdb_outcome gdb_query(struct gdb_server *s, const char *p)
{
	if (take(&p, "qSupported"))
		say_supported(s);
	else if (take(&p, "qXfer:"))
		gdb_transfer(s, p);
	else if (take(&p, "qThreadExtraInfo,"))
		describe_thread(s, p);
	else if (take(&p, "qRcmd,"))
		return run_monitor(s, p);
	else if (take(&p, "qfThreadInfo"))
		list_threads(s);
	else if (take(&p, "qsThreadInfo"))
		gdb_put(&s->answer, "l");
	else if (strcmp(p, "qC") == 0)
		sink_printf(&s->answer.sink, "QC%x", s->target->stop()->thread);
	else if (take(&p, "qAttached"))
		gdb_put(&s->answer, "1"); /* it was there before gdb: to quit is to detach */
	else if (take(&p, "qSymbol"))
		gdb_ok(s); /* no name has to be looked up */
	return GDB_ANSWER;
}

// SPDX-License-Identifier: MIT
/* gdb's packets, by their first letter.  See the header. */
#include "kernel/gdb/server.h"

#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/lib/vsprintf.h"

void gdb_ok(struct gdb_server *s)
{
	gdb_put(&s->answer, "OK");
}

void gdb_error(struct gdb_server *s, int error)
{
	if (error == -EOPNOTSUPP)
		return; /* an empty answer: there is no such thing */
	sink_printf(&s->answer.sink, "E%02x", (unsigned int)-error & 0xff);
}

bool gdb_parse_thread(const char **s, u32 *thread)
{
	u64 value;

	if ((*s)[0] == '-' && (*s)[1] == '1') {
		*s += 2;
		*thread = GDB_ALL_THREADS;
		return true;
	}
	if (!gdb_parse_hex(s, &value) || value >= GDB_ALL_THREADS)
		return false;
	*thread = (u32)value;
	return true;
}

u32 gdb_chosen(const struct gdb_server *s, u32 thread)
{
	return thread && thread != GDB_ALL_THREADS ? thread : s->target->stop()->thread;
}

/* ---------------------------------------------------------------- why it stands */

static void put_hit(struct gdb_server *s, const struct gdb_stop *stop)
{
	static const char *const names[GDB_NR_BREAKPOINT_TYPES] = { "swbreak", "hwbreak", "watch",
								    "rwatch", "awatch" };

	if (!stop->hit)
		return;
	sink_printf(&s->answer.sink, "%s:", names[stop->type]);
	if (stop->type >= GDB_WATCH_WRITE)
		sink_printf(&s->answer.sink, "%llx", (unsigned long long)stop->address);
	gdb_put(&s->answer, ";");
}

void gdb_report_stop(struct gdb_server *s)
{
	const struct gdb_stop *stop = s->target->stop();
	int cpu = s->target->cpu_of(stop->thread);

	s->general = s->stepper = 0;
	gdb_packet_begin(&s->answer);
	sink_printf(&s->answer.sink, "T%02x", stop->signal);
	put_hit(s, stop);
	sink_printf(&s->answer.sink, "thread:%x;", stop->thread);
	if (cpu >= 0)
		sink_printf(&s->answer.sink, "core:%x;", (unsigned int)cpu);
}

/* Text of the machine's: gdb shows it. */
static void write_console(struct sink *sink, const char *text, size_t n)
{
	struct gdb_server *s = container_of(sink, struct gdb_server, console);
	size_t done;

	while (n) {
		gdb_packet_begin(&s->answer);
		gdb_put(&s->answer, "O");
		done = gdb_put_hex(&s->answer, text, n);
		gdb_send(&s->answer, s->put);
		text += done;
		n -= done;
	}
	gdb_packet_begin(&s->answer);
}

void gdb_report_command(struct gdb_server *s)
{
	int error = s->target->command_result();

	gdb_packet_begin(&s->answer);
	if (error)
		gdb_error(s, error);
	else
		gdb_ok(s);
}

void gdb_server_begin(struct gdb_server *s, const struct gdb_target *target, void (*put)(u8 byte))
{
	s->target = target;
	s->put = put;
	s->console.write = write_console;
	s->general = s->stepper = 0;
	s->no_ack = s->raw_x = false;
}

/* ---------------------------------------------------------------- registers */

/* Digits, or as many x where nobody knows. */
static void put_register(struct gdb_server *s, u32 thread, unsigned int reg)
{
	unsigned int size = gdb_register_size(reg);
	u8 value[GDB_REGISTER_BYTES];

	if (s->target->read_register(thread, reg, value)) {
		gdb_put_hex(&s->answer, value, size);
		return;
	}
	while (size--)
		gdb_put(&s->answer, "xx");
}

static void read_registers(struct gdb_server *s)
{
	u32 thread = gdb_chosen(s, s->general);

	for (unsigned int reg = 0; reg < GDB_NR_REGISTERS; reg++)
		put_register(s, thread, reg);
}

/* One from digits: false where they are none; x means that it stays, and so does what cannot be set. */
static bool write_digits(struct gdb_server *s, u32 thread, unsigned int reg, const char *digits)
{
	unsigned int size = gdb_register_size(reg);
	u8 value[GDB_REGISTER_BYTES];

	if (*digits == 'x')
		return true;
	if (!gdb_parse_bytes(digits, value, size))
		return false;
	s->target->write_register(thread, reg, value);
	return true;
}

static void write_registers(struct gdb_server *s, const char *digits, size_t len)
{
	u32 thread = gdb_chosen(s, s->general);
	unsigned int size;

	for (unsigned int reg = 0; reg < GDB_NR_REGISTERS && len; reg++) {
		size = 2 * gdb_register_size(reg);
		if (len < size || !write_digits(s, thread, reg, digits)) {
			gdb_error(s, -EINVAL);
			return;
		}
		digits += size;
		len -= size;
	}
	gdb_ok(s);
}

static void read_register(struct gdb_server *s, const char *p)
{
	u64 reg;

	if (!gdb_parse_hex(&p, &reg) || *p || reg >= GDB_NR_REGISTERS)
		gdb_error(s, -EINVAL);
	else
		put_register(s, gdb_chosen(s, s->general), (unsigned int)reg);
}

static void write_register(struct gdb_server *s, const char *p)
{
	u8 value[GDB_REGISTER_BYTES];
	u64 reg;

	if (!gdb_parse_hex(&p, &reg) || *p != '=' || reg >= GDB_NR_REGISTERS ||
	    !gdb_parse_bytes(p + 1, value, gdb_register_size((unsigned int)reg)))
		gdb_error(s, -EINVAL);
	else if (!s->target->write_register(gdb_chosen(s, s->general), (unsigned int)reg, value))
		gdb_error(s, -EPERM);
	else
		gdb_ok(s);
}

/* ---------------------------------------------------------------- memory */

/* "ADDR,LEN", and what ends it, or 0. */
static bool parse_range(const char **p, char end, u64 *addr, u64 *len)
{
	return gdb_parse_hex(p, addr) && *(*p)++ == ',' && gdb_parse_hex(p, len) && **p == end;
}

/* m, and x with `binary`: fewer bytes than were asked for where the rest cannot be read. */
static void read_memory(struct gdb_server *s, const char *p, bool binary)
{
	static u8 bytes[GDB_PACKET_BYTES / 2];
	u64 addr, len;

	if (!parse_range(&p, '\0', &addr, &len)) {
		gdb_error(s, -EINVAL);
		return;
	}
	if (binary && !len) { /* lldb asks so whether there is an x, and wants no letter then */
		s->raw_x = true;
		gdb_ok(s);
		return;
	}
	if (len) {
		len = s->target->read_memory(gdb_chosen(s, s->general), addr, bytes,
					     min(len, (u64)sizeof(bytes) - 1));
		if (!len) {
			gdb_error(s, -EFAULT);
			return;
		}
	}
	if (binary && !s->raw_x)
		gdb_put(&s->answer, "b");
	if (binary)
		gdb_put_binary(&s->answer, bytes, len);
	else
		gdb_put_hex(&s->answer, bytes, len);
}

/* The answer to what the target did: 0, -errno or GDB_LATER. */
static enum gdb_outcome tell(struct gdb_server *s, int ret)
{
	if (ret == GDB_LATER)
		return GDB_COMMAND;
	if (ret)
		gdb_error(s, ret);
	else
		gdb_ok(s);
	return GDB_ANSWER;
}

static enum gdb_outcome store(struct gdb_server *s, u64 addr, const u8 *bytes, size_t len)
{
	return tell(s, s->target->write_memory(gdb_chosen(s, s->general), addr, bytes, len));
}

static enum gdb_outcome write_memory_hex(struct gdb_server *s, const char *p)
{
	static u8 bytes[GDB_PACKET_BYTES / 2];
	u64 addr, len;

	if (!parse_range(&p, ':', &addr, &len) || strlen(p + 1) / 2 != len || len > sizeof(bytes) ||
	    !gdb_parse_bytes(p + 1, bytes, len))
		return tell(s, -EINVAL);
	return store(s, addr, bytes, len);
}

static enum gdb_outcome write_memory_binary(struct gdb_server *s, const u8 *packet,
					    size_t packet_len)
{
	const char *p = (const char *)packet + 1;
	u64 addr, len;

	if (!parse_range(&p, ':', &addr, &len) ||
	    (size_t)((const u8 *)p + 1 - packet) + len != packet_len || len > packet_len)
		return tell(s, -EINVAL);
	return store(s, addr, (const u8 *)p + 1, len);
}

/* ---------------------------------------------------------------- breakpoints, threads */

/* "TYPE,ADDR,KIND"; conditions and commands behind it were not offered. */
static enum gdb_outcome change_breakpoint(struct gdb_server *s, const char *p, bool insert)
{
	u64 type, addr, kind;
	int ret = -EINVAL;

	if (gdb_parse_hex(&p, &type) && *p++ == ',' && parse_range(&p, '\0', &addr, &kind)) {
		if (type >= GDB_NR_BREAKPOINT_TYPES)
			ret = -EOPNOTSUPP;
		else if (kind <= GDB_REGISTER_BYTES && insert)
			ret = s->target->insert(gdb_chosen(s, s->general),
						(enum gdb_breakpoint_type)type, addr,
						(unsigned int)kind);
		else if (kind <= GDB_REGISTER_BYTES)
			ret = s->target->remove((enum gdb_breakpoint_type)type, addr,
						(unsigned int)kind);
	}
	return tell(s, ret);
}

static void choose_thread(struct gdb_server *s, const char *p)
{
	char what = *p++;
	u32 thread;

	if ((what != 'g' && what != 'c') || !gdb_parse_thread(&p, &thread) || *p)
		gdb_error(s, -EINVAL);
	else if (thread && thread != GDB_ALL_THREADS && !s->target->has_thread(thread))
		gdb_error(s, -ESRCH);
	else {
		*(what == 'g' ? &s->general : &s->stepper) = thread;
		gdb_ok(s);
	}
}

static void is_thread_alive(struct gdb_server *s, const char *p)
{
	u32 thread;

	if (!gdb_parse_thread(&p, &thread) || *p)
		gdb_error(s, -EINVAL);
	else if (!s->target->has_thread(thread))
		gdb_error(s, -ESRCH);
	else
		gdb_ok(s);
}

/* ---------------------------------------------------------------- going on */

/* c and s, C and S: the old way.  "[SIGNAL;][ADDR]", of which an address is refused. */
static enum gdb_outcome resume(struct gdb_server *s, const char *p)
{
	char action[32] = "";
	char letter = *p++;
	u64 signal = 0;

	if ((letter == 'C' || letter == 'S') && !gdb_parse_hex(&p, &signal))
		letter = 0;
	if (*p || signal > 0xff || !letter) {
		gdb_error(s, -EINVAL);
		return GDB_ANSWER;
	}
	if (signal)
		snprintf(action, sizeof(action), ";%c%02x:%x;c", letter, (unsigned int)signal,
			 gdb_chosen(s, s->stepper));
	else
		snprintf(action, sizeof(action), ";%c:%x;c", letter | 0x20,
			 gdb_chosen(s, s->stepper));
	return gdb_vcont(s, action);
}

static enum gdb_outcome verbose(struct gdb_server *s, const char *p)
{
	if (strcmp(p, "vCont?") == 0)
		gdb_put(&s->answer, "vCont;c;C;s;S;r");
	else if (strncmp(p, "vCont;", 6) == 0)
		return gdb_vcont(s, p + 5);
	else if (strncmp(p, "vKill;", 6) == 0)
		return GDB_KILL;
	return GDB_ANSWER;
}

static enum gdb_outcome start_no_ack(struct gdb_server *s, const char *p)
{
	if (strcmp(p, "QStartNoAckMode") == 0) {
		s->no_ack = true;
		gdb_ok(s);
	}
	return GDB_ANSWER;
}

enum gdb_outcome gdb_serve(struct gdb_server *s, const u8 *packet, size_t len)
{
	const char *p = (const char *)packet;

	gdb_packet_begin(&s->answer);
	switch (*p) {
	case '?':
		gdb_report_stop(s);
		break;
	case 'g':
		read_registers(s);
		break;
	case 'G':
		write_registers(s, p + 1, len - 1);
		break;
	case 'p':
		read_register(s, p + 1);
		break;
	case 'P':
		write_register(s, p + 1);
		break;
	case 'm':
	case 'x':
		read_memory(s, p + 1, *p == 'x');
		break;
	case 'M':
		return write_memory_hex(s, p + 1);
	case 'X':
		return write_memory_binary(s, packet, len);
	case 'Z':
	case 'z':
		return change_breakpoint(s, p + 1, *p == 'Z');
	case 'H':
		choose_thread(s, p + 1);
		break;
	case 'T':
		is_thread_alive(s, p + 1);
		break;
	case 'c':
	case 'C':
	case 's':
	case 'S':
		return resume(s, p);
	case 'v':
		return verbose(s, p);
	case 'Q':
		return start_no_ack(s, p);
	case 'q':
		return gdb_query(s, p);
	case 'D':
		gdb_ok(s);
		return GDB_DETACH;
	case 'k':
		return GDB_KILL;
	}
	return GDB_ANSWER;
}

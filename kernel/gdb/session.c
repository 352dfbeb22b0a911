// SPDX-License-Identifier: MIT
/*
 * The talk with gdb: bytes to packets, packets to the server, and answers back.
 *
 * One chief at a time has it, so what is here needs no lock.  A client that goes away leaves the
 * machine standing; the next one that comes begins anew.
 */
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/irqflags.h"
#include "kernel/gdb/breakpoints.h"
#include "kernel/gdb/memory.h"
#include "kernel/gdb/port.h"
#include "kernel/gdb/programs.h"
#include "kernel/gdb/stub.h"
#include "kernel/gdb/threads.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/trap/reboot.h"
#include "mm/layout.h"

static struct gdb_receiver receiver;
static struct gdb_server server;
static struct gdb_stop stopped;
static bool attached;
static enum { FOR_NOTHING, FOR_STOP, FOR_COMMAND } waits; /* gdb, while the machine goes */
static const char *begun;				  /* of a packet, read already */
static struct gdb_server text_sender; /* for what is no answer, and may come amid one */

static const struct gdb_stop *current_stop(void)
{
	return &stopped;
}

static size_t read_memory(u32 thread, u64 addr, void *to, size_t n)
{
	return gdb_read_memory(gdb_thread_root(thread), addr, to, n);
}

static int write_memory(u32 thread, u64 addr, const void *from, size_t n)
{
	struct mm_struct *mm = gdb_thread_mm(thread);

	if (mm && addr < TASK_SIZE_MAX)
		return gdb_write_to_program(mm, addr, from, n);
	return gdb_write_memory(NULL, addr, from, n) == n ? 0 : -EFAULT;
}

static int insert(u32 thread, enum gdb_breakpoint_type type, u64 addr, unsigned int kind)
{
	return gdb_insert_breakpoint(gdb_thread_mm(thread), type, addr, kind);
}

/* What a program would be told by its loader: the page size, and CPUID 1's EDX. */
static void write_auxv(struct sink *out)
{
	enum { AT_NULL = 0, AT_PAGESZ = 6, AT_HWCAP = 16 }; /* psABI, figure 3.12 */
	u64 vector[] = { AT_PAGESZ, PAGE_SIZE, AT_HWCAP, 0, AT_NULL, 0 };
	u32 a, b, c, d;

	cpuid(1, 0, &a, &b, &c, &d);
	vector[3] = d;
	sink_write(out, (const char *)vector, sizeof(vector));
}

static const struct gdb_target target = {
	.stop = current_stop,
	.next_thread = gdb_next_thread,
	.has_thread = gdb_has_thread,
	.cpu_of = gdb_thread_cpu,
	.name = gdb_thread_name,
	.describe = gdb_describe_thread,
	.read_register = gdb_read_register,
	.write_register = gdb_write_register,
	.read_memory = read_memory,
	.write_memory = write_memory,
	.insert = insert,
	.remove = gdb_remove_breakpoint,
	.write_memory_map = gdb_write_memory_map,
	.write_auxv = write_auxv,
	.monitor = gdb_monitor,
	.command_result = gdb_command_result,
};

bool gdb_is_attached(void)
{
	return attached;
}

/* ---------------------------------------------------------------- while the machine goes */

bool gdb_wants_stop(void)
{
	u8 byte;

	while (gdb_port_get(&byte)) {
		if (!attached && gdb_console_is_shared()) {
			begun = gdb_console_key(byte);
			if (begun)
				return true;
			continue;
		}
		if (byte == '$')
			begun = "$";
		if (byte == '$' || byte == GDB_BREAK)
			return true;
	}
	return false;
}

/* ---------------------------------------------------------------- while it stands */

static u8 next_byte(void)
{
	u8 byte;

	if (begun && *begun)
		return (u8)*begun++;
	while (!gdb_port_get(&byte))
		cpu_relax();
	return byte;
}

bool gdb_send_text(const char *text, size_t n)
{
	if (!attached)
		return false;
	if (waits == FOR_STOP || gdb_command_goes())
		sink_write(&text_sender.console, text, n);
	return true;
}

void gdb_say(const char *text)
{
	if (attached && waits == FOR_STOP)
		sink_write(&server.console, text, strlen(text));
}

static void answer(void)
{
	gdb_send(&server.answer, gdb_port_put);
}

/* A client's first word: what was agreed with the one before is void, and its breakpoints are. */
static void begin(void)
{
	gdb_server_begin(&server, &target, gdb_port_put);
	gdb_server_begin(&text_sender, &target, gdb_port_put);
	gdb_remove_all_breakpoints();
	attached = true;
}

static enum gdb_outcome serve_packet(void)
{
	bool acked = !server.no_ack;

	if (!attached || strncmp((const char *)receiver.data, "qSupported", 10) == 0)
		begin();
	if (acked || !server.no_ack)
		gdb_port_put('+');
	return gdb_serve(&server, receiver.data, receiver.len);
}

/* One event of the line; GDB_RESUME and what is beyond ends the session. */
static enum gdb_outcome serve_byte(u8 byte)
{
	switch (gdb_receive(&receiver, byte)) {
	case GDB_PACKET:
		return serve_packet();
	case GDB_BAD:
		gdb_port_put('-');
		return GDB_SILENT;
	case GDB_NAK:
		return attached ? GDB_ANSWER : GDB_SILENT; /* the last one again */
	default:
		return GDB_SILENT;
	}
}

static void detach(void)
{
	gdb_remove_all_breakpoints();
	attached = false;
	waits = FOR_NOTHING;
	server.resume = (struct gdb_resume){ 0 };
}

const struct gdb_resume *gdb_session(const struct gdb_stop *stop)
{
	enum gdb_outcome outcome;

	stopped = *stop;
	if (waits == FOR_STOP)
		gdb_report_stop(&server);
	else if (waits == FOR_COMMAND)
		gdb_report_command(&server);
	if (waits != FOR_NOTHING)
		answer();
	waits = FOR_NOTHING;
	for (;;) {
		outcome = serve_byte(next_byte());
		if (outcome == GDB_ANSWER || outcome == GDB_DETACH)
			answer();
		if (outcome == GDB_KILL)
			emergency_restart();
		if (outcome == GDB_DETACH) {
			detach();
			return &server.resume;
		}
		if (outcome == GDB_RESUME || outcome == GDB_COMMAND) {
			waits = outcome == GDB_RESUME ? FOR_STOP : FOR_COMMAND;
			if (outcome == GDB_COMMAND)
				server.resume = (struct gdb_resume){ 0 };
			return &server.resume;
		}
	}
}

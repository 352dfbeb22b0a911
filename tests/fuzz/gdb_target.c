// SPDX-License-Identifier: MIT
/*
 * The machine that the packets are tried on: three threads, of which one sleeps, a page of memory that
 * faults behind 256 bytes, and a breakpoint counter.
 */
#include "tests/fuzz/gdb_target.h"

#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

u8 fake_memory[256];
u64 fake_registers[GDB_NR_REGISTERS][2];
struct gdb_stop fake_stop = { .thread = 1, .signal = GDB_SIGTRAP };
char fake_monitor_line[256];
int fake_inserted[GDB_NR_BREAKPOINT_TYPES];
char fake_line[16384];
size_t fake_sent;
u32 fake_asked, fake_threads;

static const struct gdb_stop *stop(void)
{
	return &fake_stop;
}

static u32 next_thread(u32 thread)
{
	if (fake_threads)
		return thread < FAKE_THREAD + fake_threads ? max(thread, FAKE_THREAD) + 1 : 0;
	return thread == 0 ? 1 : thread == 1 ? 7 : thread == 7 ? GDB_IDLE_THREAD + 1 : 0;
}

static bool has_thread(u32 thread)
{
	return thread == 1 || thread == 7 || thread == GDB_IDLE_THREAD + 1;
}

static int cpu_of(u32 thread)
{
	return thread == 1 ? 0 : thread == GDB_IDLE_THREAD + 1 ? 1 : -1;
}

static void name(struct sink *out, u32 thread)
{
	if (fake_threads) { /* each byte is two in a packet */
		sink_printf(out, "}}}}}}}}}");
		return;
	}
	sink_printf(out, "<%u & \"co\">", thread);
}

static void describe(struct sink *out, u32 thread)
{
	sink_printf(out, "on CPU %d", cpu_of(thread));
}

static bool read_register(u32 thread, unsigned int reg, void *value)
{
	if (thread != 1 || reg >= GDB_NR_REGISTERS)
		return false;
	memcpy(value, fake_registers[reg], gdb_register_size(reg));
	return true;
}

static bool write_register(u32 thread, unsigned int reg, const void *value)
{
	if (thread != 1 || reg >= GDB_NR_REGISTERS || reg == GDB_CR0)
		return false;
	memcpy(fake_registers[reg], value, gdb_register_size(reg));
	return true;
}

static size_t room_at(u64 addr, size_t n)
{
	u64 offset = addr - FAKE_MEMORY;

	return offset < sizeof(fake_memory) ? min(n, sizeof(fake_memory) - (size_t)offset) : 0;
}

static size_t read_memory(u32 thread, u64 addr, void *to, size_t n)
{
	fake_asked = thread;
	n = room_at(addr, n);
	memcpy(to, fake_memory + (addr - FAKE_MEMORY) % sizeof(fake_memory), n);
	return n;
}

static int result;

/* A page that the program does not have for itself begins half way: that has to be waited for. */
static int write_memory(u32 thread, u64 addr, const void *from, size_t n)
{
	bool all = room_at(addr, n) == n,
	     own = !room_at(addr, 1) || addr < FAKE_MEMORY + sizeof(fake_memory) / 2;

	fake_asked = thread;
	n = room_at(addr, n);
	memcpy(fake_memory + (addr - FAKE_MEMORY) % sizeof(fake_memory), from, n);
	result = all ? 0 : -EFAULT;
	return own ? result : GDB_LATER;
}

/* An odd address has to be waited for, and one at 0x...f fails then. */
static int insert(u32 thread, enum gdb_breakpoint_type type, u64 addr, unsigned int kind)
{
	(void)kind;
	fake_asked = thread;
	if (!room_at(addr, 1))
		return -EFAULT;
	result = (addr & 0xf) == 0xf ? -EPERM : 0;
	fake_inserted[type] += !result;
	return addr & 1 ? GDB_LATER : 0;
}

static int take_out(enum gdb_breakpoint_type type, u64 addr, unsigned int kind)
{
	(void)addr;
	(void)kind;
	if (!fake_inserted[type])
		return -ENOENT;
	fake_inserted[type]--;
	return 0;
}

static void write_text(struct sink *out)
{
	sink_printf(out, "a$b#c}d*e");
}

static int command_result(void)
{
	return result;
}

static bool monitor(struct sink *out, char *line)
{
	result = 0;
	strscpy(fake_monitor_line, line, sizeof(fake_monitor_line));
	sink_printf(out, "said %s\n", line);
	return line[0] != '-';
}

const struct gdb_target fake_target = {
	.stop = stop,
	.next_thread = next_thread,
	.has_thread = has_thread,
	.cpu_of = cpu_of,
	.name = name,
	.describe = describe,
	.read_register = read_register,
	.write_register = write_register,
	.read_memory = read_memory,
	.write_memory = write_memory,
	.insert = insert,
	.remove = take_out,
	.write_memory_map = write_text,
	.write_auxv = write_text,
	.monitor = monitor,
	.command_result = command_result,
};

void fake_put(u8 byte)
{
	if (fake_sent < sizeof(fake_line) - 1) {
		fake_line[fake_sent] = (char)byte;
		fake_line[fake_sent + 1] = '\0';
	}
	fake_sent++;
}

/* What was sent from `from` to `to` is that data, when what is counted is repeated again. */
static bool is_data(size_t from, size_t to, const u8 *data, size_t len)
{
	size_t n = 0;

	for (size_t run = 1; from < to; from++, run = 1) {
		u8 byte = (u8)fake_line[from];

		if (from + 2 < to && fake_line[from + 1] == '*') {
			run += (u8)fake_line[from + 2] - 29;
			from += 2;
		}
		for (; run--; n++)
			if (n == len || data[n] != byte)
				return false;
	}
	return n == len;
}

/* What goes out has to be a packet to whoever receives it, with the same data in it. */
static void check_answer(const struct gdb_server *s)
{
	static struct gdb_receiver other;
	size_t from = fake_sent = 0;

	gdb_send(&s->answer, fake_put);
	if (s->answer.overflow || fake_sent >= sizeof(fake_line))
		__builtin_trap();
	while (from < fake_sent - 1)
		if (gdb_receive(&other, (u8)fake_line[from++]) != GDB_NOTHING)
			__builtin_trap();
	if (gdb_receive(&other, (u8)fake_line[from]) != GDB_PACKET ||
	    !is_data(1, fake_sent - 3, s->answer.data, s->answer.len))
		__builtin_trap();
}

unsigned int fake_feed(struct gdb_receiver *r, struct gdb_server *s, const u8 *bytes, size_t n)
{
	unsigned int served = 0;

	for (size_t i = 0; i < n && served < FAKE_PACKETS; i++) {
		if (gdb_receive(r, bytes[i]) != GDB_PACKET)
			continue;
		served++;
		switch (gdb_serve(s, r->data, r->len)) {
		case GDB_ANSWER:
		case GDB_DETACH:
			check_answer(s);
			break;
		case GDB_RESUME:
			if (s->resume.step && !has_thread(s->resume.step))
				__builtin_trap();
			gdb_report_stop(s);
			check_answer(s);
			break;
		case GDB_COMMAND:
			gdb_report_command(s);
			check_answer(s);
			break;
		default:
			break;
		}
	}
	return served;
}

/* A line of the input as a packet whose sum is right, so that what is behind the sum is tried, too. */
static size_t frame(const u8 *data, size_t size, u8 *out)
{
	static const char digits[] = "0123456789abcdef";
	size_t n = 0;
	u8 sum = 0;

	out[n++] = '$';
	for (size_t i = 0; i < size; i++) {
		if (data[i] == '$' || data[i] == '#')
			continue;
		sum = (u8)(sum + data[i]);
		out[n++] = data[i];
	}
	out[n++] = '#';
	out[n++] = (u8)digits[sum >> 4];
	out[n++] = (u8)digits[sum & 0xf];
	return n;
}

void fake_fuzz(const u8 *data, size_t size)
{
	static struct gdb_receiver r;
	static struct gdb_server s;
	static u8 framed[8192];
	unsigned int served = 0;
	size_t begin = 1, end;

	if (!size || size > sizeof(framed) / 2)
		return;
	memset(&r, 0, offsetof(struct gdb_receiver, data));
	gdb_server_begin(&s, &fake_target, fake_put);
	if (data[0] & 1) {
		fake_feed(&r, &s, data + 1, size - 1);
		return;
	}
	for (; begin < size && served < FAKE_PACKETS; begin = end + 1) {
		for (end = begin; end < size && data[end] != '\n'; end++)
			;
		served += fake_feed(&r, &s, framed, frame(data + begin, end - begin, framed));
	}
}

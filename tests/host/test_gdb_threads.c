// SPDX-License-Identifier: MIT
// sources: kernel/gdb/threads.c kernel/core/sink.c
/* What gdb calls a thread: three of two CPUs, an idle one of each, and what is said of those that do not run. */
#include "kernel/gdb/threads.h"

#include "kernel/gdb/context.h"
#include "kernel/gdb/server.h"
#include "kernel/sched/task.h"
#include "tests/host/test.h"

#define IDLE GDB_IDLE_THREAD

DEFINE_PER_CPU(struct task_struct *, current_task);
DEFINE_PER_CPU(struct gdb_context, gdb_context);
static unsigned long offsets[2];
unsigned long *per_cpu_offset = offsets;
unsigned int nr_cpu_ids = 2;

static struct task_struct swapper[2], shell, worker, over;
static struct task_struct *const all[] = { &swapper[0], &swapper[1], &shell, &worker, &over };
static bool broken; /* the list has a ring */
static unsigned int rounds;

struct task_struct *next_stopped_task(const struct task_struct *t)
{
	unsigned int i = 0;

	while (t && all[i] != t)
		i++;
	if (t)
		i++;
	if (broken && i == 3) {
		i = 2;
		if (++rounds == 1000000)
			panic("a ring without end");
	}
	return i < ARRAY_SIZE(all) ? all[i] : NULL;
}

unsigned long task_wchan(const struct task_struct *t)
{
	EXPECT(t == &worker || t == &over);
	return 0x1234;
}

static const void *asked; /* whose register: a CPU's number + 1, or a thread */

bool gdb_read_context(unsigned int cpu, unsigned int reg, void *value)
{
	(void)reg, (void)value;
	asked = (void *)(unsigned long)(cpu + 1);
	return true;
}

bool gdb_write_context(unsigned int cpu, unsigned int reg, const void *value)
{
	(void)reg, (void)value;
	asked = (void *)(unsigned long)(cpu + 1);
	return true;
}

bool gdb_read_sleeping(const struct task_struct *t, unsigned int reg, void *value)
{
	(void)reg, (void)value;
	asked = t;
	return true;
}

/* CPU 0 is idle, CPU 1 runs the shell. */
static void machine(void)
{
	static char area[1 << 16];
	unsigned long a = (unsigned long)&current_task, b = (unsigned long)&gdb_context;
	static struct pt_regs regs;

	offsets[1] = (unsigned long)area - min(a, b);
	ASSERT(max(a, b) - min(a, b) + sizeof(gdb_context) <= sizeof(area));
	swapper[0] = (struct task_struct){ .cpu = 0, .comm = "swapper/0" };
	swapper[1] = (struct task_struct){ .cpu = 1, .comm = "swapper/1" };
	shell = (struct task_struct){
		.pid = 7, .tgid = 5, .cpu = 1, .comm = "sh", .mm = (void *)64
	};
	worker = (struct task_struct){ .pid = 9, .tgid = 9, .comm = "kworker", .state = TASK_IDLE };
	over = (struct task_struct){ .pid = 11, .comm = "gone" };
	per_cpu(current_task, 0) = &swapper[0];
	per_cpu(current_task, 1) = &shell;
	per_cpu(gdb_context, 0).regs = per_cpu(gdb_context, 1).regs = &regs;
	broken = false;
	cpu_number = 0;
}

TEST(an_idle_thread_has_its_cpu_s_number)
{
	machine();
	EXPECT_EQ(gdb_this_thread(), IDLE);
	EXPECT_EQ(gdb_next_thread(0), IDLE);
	EXPECT_EQ(gdb_next_thread(IDLE), IDLE + 1);
	EXPECT_EQ(gdb_next_thread(IDLE + 1), 7);
	EXPECT_EQ(gdb_next_thread(7), 9);
	EXPECT_EQ(gdb_next_thread(11), 0);
	EXPECT_EQ(gdb_next_thread(8), 0); /* there is none */
	EXPECT(gdb_has_thread(IDLE + 1) && gdb_has_thread(9) && !gdb_has_thread(10));
}

/* Before there are threads the boot CPU's context is one. */
TEST(before_there_are_threads)
{
	machine();
	per_cpu(current_task, 0) = NULL;
	EXPECT_EQ(gdb_this_thread(), IDLE);
	EXPECT_EQ(gdb_next_thread(0), IDLE);
	EXPECT_EQ(gdb_next_thread(IDLE), 0);
	EXPECT(gdb_has_thread(IDLE) && !gdb_has_thread(7));
	EXPECT_EQ(gdb_thread_cpu(IDLE), 0);
	EXPECT_EQ(gdb_thread_cpu(7), -1);
}

/* A list that leads round has an end all the same. */
TEST(a_ring_of_threads)
{
	machine();
	broken = true;
	EXPECT(!gdb_has_thread(9));
	EXPECT(gdb_has_thread(7));
}

/* What counts is what a CPU runs, not of which one a thread says that it is. */
TEST(where_a_thread_runs)
{
	u64 value;

	machine();
	EXPECT_EQ(gdb_thread_cpu(IDLE), 0);
	EXPECT_EQ(gdb_thread_cpu(7), 1);
	EXPECT_EQ(gdb_thread_cpu(IDLE + 1), -1);
	EXPECT_EQ(gdb_thread_cpu(9), -1);
	EXPECT(gdb_read_register(7, 0, &value) && asked == (void *)2UL);
	EXPECT(gdb_read_register(9, 0, &value) && asked == &worker);
	asked = NULL;
	EXPECT(!gdb_read_register(10, 0, &value) && !asked);
	EXPECT(!gdb_write_register(9, 0, &value) &&
	       !asked); /* what it saved is not to be changed */
	EXPECT(gdb_write_register(IDLE, 0, &value) && asked == (void *)1UL);
	EXPECT(gdb_thread_mm(7) == (void *)64 && !gdb_thread_mm(9) && !gdb_thread_mm(10));
}

static const char *words(void (*tell)(struct sink *out, u32 thread), u32 thread)
{
	static struct buffer_sink out;
	static char text[128];

	buffer_sink_init(&out, text, sizeof(text));
	text[0] = '\0';
	tell(&out.sink, thread);
	return text;
}

TEST(what_is_said_of_a_thread)
{
	machine();
	EXPECT_STR(words(gdb_thread_name, 7), "sh");
	EXPECT_STR(words(gdb_thread_name, IDLE + 1), "swapper/1");
	memset(worker.comm, 'k', TASK_COMM_LEN); /* no end */
	EXPECT_STR(words(gdb_thread_name, 9), "kkkkkkkkkkkkkkkk");
	EXPECT_STR(words(gdb_describe_thread, 7), "on CPU 1, of process 5");
	per_cpu(gdb_context, 1).regs = NULL;
	EXPECT_STR(words(gdb_describe_thread, 7), "on CPU 1, which does not stop, of process 5");
	EXPECT(strstr(words(gdb_describe_thread, 9), "waits in ") == words(gdb_describe_thread, 9));
	worker.state = TASK_UNINTERRUPTIBLE;
	EXPECT(strstr(words(gdb_describe_thread, 9), "waits uninterruptibly in "));
	worker.state = TASK_STOPPED;
	EXPECT(strstr(words(gdb_describe_thread, 9), "stopped in "));
	worker.on_rq = true;
	EXPECT(strstr(words(gdb_describe_thread, 9), "ready, in "));
	over.exit_state = EXIT_ZOMBIE;
	EXPECT(strstr(words(gdb_describe_thread, 11), "over, in "));
	EXPECT_STR(words(gdb_describe_thread, 10), "");
}

// SPDX-License-Identifier: MIT
// sources: kernel/sched/wait.c
/*
 * gdb's errands (kernel/gdb/monitor.c), and what is written to programs by them: there is one at a
 * time, and what it works on stays while it goes, whatever gdb asks for when another CPU stops.
 */
#include "kernel/gdb/monitor.c"
#include "kernel/gdb/programs.c"
#include "tests/host/test.h"

/* ---- the machine around them ---- */

struct gdb_context gdb_context;
const struct debugger_ops *debugger;
bool cpus_stand;
u64 vmemmap_base, max_pfn;

static bool dead, in_trap;

bool gdb_is_dead(void)
{
	return dead;
}

bool gdb_chief_may_sleep(void)
{
	return in_trap;
}

void gdb_say(const char *text)
{
	(void)text;
}

static char executed[MAX_LINE];

int monitor_execute(struct sink *out, const char *line)
{
	(void)out;
	strscpy(executed, line, sizeof(executed));
	return 0;
}

void command_begin(void)
{
}

struct task_struct *kthread_create(int (*threadfn)(void *data), void *data, const char *fmt, ...)
{
	(void)threadfn;
	(void)data;
	(void)fmt;
	return NULL;
}

bool wake_up_process(struct task_struct *t)
{
	(void)t;
	return true;
}

bool wake_up_state(struct task_struct *t, unsigned int state)
{
	(void)t;
	(void)state;
	return true;
}

void schedule(void)
{
}

void preempt_schedule(void)
{
}

void mm_set_watcher(const struct mm_watcher *watcher)
{
	(void)watcher;
}

/* Nothing is mapped yet: each write needs a fault. */
pte_t lookup_address_in_mm(const struct mm *mm, unsigned long va, enum pg_level *level)
{
	(void)mm;
	(void)va;
	*level = PG_LEVEL_NONE;
	return (pte_t){ 0 };
}

size_t gdb_read_memory(const struct mm *user, u64 addr, void *to, size_t n)
{
	(void)user;
	(void)addr;
	(void)to;
	(void)n;
	return 0;
}

size_t gdb_write_memory(const struct mm *user, u64 addr, const void *from, size_t n)
{
	(void)user;
	(void)addr;
	(void)from;
	(void)n;
	return 0;
}

long copy_from_user_nofault(void *to, const void __user *from, size_t n)
{
	(void)to;
	(void)from;
	(void)n;
	return -EFAULT;
}

bool mmget_not_zero(struct mm_struct *mm)
{
	mm->mm_users++;
	return true;
}

void mmput(struct mm_struct *mm)
{
	mm->mm_users--;
}

static char accesses[256];

int access_remote_vm(struct mm_struct *mm, unsigned long addr, void *buf, int len,
		     unsigned int gup_flags)
{
	size_t have = strlen(accesses);

	(void)mm;
	if (gup_flags & FOLL_WRITE)
		snprintf(accesses + have, sizeof(accesses) - have, "%lx:%.*s ", addr, len,
			 (char *)buf);
	return len;
}

/* ---- one CPU after another stops ---- */

static struct mm_struct first_mm, second_mm;
static struct task_struct idle, own, other;
static struct pt_regs idle_regs = { .flags = X86_EFLAGS_IF };

/* A CPU stands in its idle thread, where the debugger's own thread is lent for errands. */
static void begin(void)
{
	first_mm = second_mm = (struct mm_struct){ 0 };
	own_thread = &own;
	runner = NULL;
	held = NULL;
	dead = in_trap = false;
	current_task = &idle;
	gdb_context.regs = &idle_regs;
	accesses[0] = executed[0] = '\0';
	gdb_remove_from_programs();
}

/* The thread has done it, and its CPU has stopped. */
static int come_back(void)
{
	struct pt_regs regs = { 0 };
	struct task_struct *before = current_task;

	errand->run();
	done = true;
	current_task = &own;
	EXPECT(gdb_command_stop(&regs));
	current_task = before;
	EXPECT(!gdb_command_goes());
	return gdb_command_result();
}

TEST(a_second_write_waits_for_the_first)
{
	begin();
	EXPECT_EQ(gdb_write_to_program(&first_mm, 0x1000, "one", 3), GDB_LATER);
	EXPECT(gdb_command_goes());
	EXPECT_EQ(gdb_write_to_program(&second_mm, 0x2000, "zwei", 4), -EBUSY);
	EXPECT_EQ(gdb_insert_in_program(&second_mm, 0x3000), -EBUSY);
	EXPECT_EQ(second_mm.mm_users, 0);
	EXPECT_EQ(come_back(), 0);
	EXPECT_STR(accesses, "1000:one ");
	EXPECT_EQ(first_mm.mm_users, 0);
	EXPECT_EQ(gdb_write_to_program(&second_mm, 0x2000, "zwei", 4), GDB_LATER);
	EXPECT_EQ(come_back(), 0);
	EXPECT_STR(accesses, "1000:one 2000:zwei ");
}

/* gdb may even leave meanwhile, and its breakpoints go. */
TEST(an_insertion_keeps_its_process)
{
	begin();
	EXPECT_EQ(gdb_insert_in_program(&first_mm, 0x1000), GDB_LATER);
	gdb_remove_from_programs();
	EXPECT_EQ(come_back(), -EPERM);
	EXPECT(!strncmp(accesses, "1000:", 5));
	EXPECT_EQ(first_mm.mm_users, 0);
}

static char said[128];
static struct buffer_sink out;

TEST(a_command_waits_for_a_write)
{
	char line[] = "date";

	begin();
	buffer_sink_init(&out, said, sizeof(said));
	EXPECT_EQ(gdb_write_to_program(&first_mm, 0x1000, "one", 3), GDB_LATER);
	EXPECT(gdb_monitor(&out.sink, line));
	EXPECT_STR(executed, "");
	EXPECT_STR(said, "monitor: date: what gdb asked for before is not done yet\n");
	EXPECT_EQ(come_back(), 0);
	EXPECT_STR(accesses, "1000:one ");
	EXPECT(!gdb_monitor(&out.sink, line));
	EXPECT_EQ(come_back(), 0);
	EXPECT_STR(executed, "date");
}

/* After a panic nothing goes on that could be waited for. */
TEST(a_dead_kernel_s_commands_run_at_once)
{
	char line[] = "date";

	begin();
	buffer_sink_init(&out, said, sizeof(said));
	EXPECT_EQ(gdb_write_to_program(&first_mm, 0x1000, "one", 3), GDB_LATER);
	dead = true;
	EXPECT(gdb_monitor(&out.sink, line));
	EXPECT_STR(executed, "date");
	EXPECT_EQ(gdb_write_to_program(&second_mm, 0x2000, "zwei", 4), -EBUSY);
}

/* Who comes to his turn while it goes, in a trap too, leaves it to the thread that holds it. */
TEST(a_held_errand_is_its_own_thread_s)
{
	begin();
	in_trap = true;
	EXPECT_EQ(gdb_write_to_program(&first_mm, 0x1000, "one", 3), GDB_LATER);
	current_task = &other;
	EXPECT(!gdb_run_held());
	EXPECT(gdb_command_goes());
	EXPECT_STR(accesses, "");
	current_task = &idle;
	EXPECT(gdb_run_held());
	EXPECT(!gdb_command_goes());
	EXPECT_STR(accesses, "1000:one ");
}

/* gdb's probe, whether X is understood. */
TEST(nothing_is_written_at_once)
{
	begin();
	EXPECT_EQ(gdb_write_to_program(&first_mm, 0x1234, "", 0), 0);
	EXPECT(!gdb_command_goes());
}

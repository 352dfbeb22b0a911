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

static bool dead, in_trap;

bool gdb_is_dead(void)
{
	return dead;
}

bool gdb_chief_may_sleep(void)
{
	return in_trap;
}

static char said[128];

void gdb_say(const char *text)
{
	strscpy(said, text, sizeof(said));
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

/* ---- two processes, with two pages each from 0x1000 on ---- */

#define FIRST 0x1000UL
#define PAGES 2

enum backing { UNMAPPED, REGISTERS, ZEROES, FILE_S, SHARED, COPIED, OWN };
static struct process {
	struct mm_struct mm;
	enum backing backing[PAGES];
	u8 bytes[PAGES * PAGE_SIZE];
} one, two;
#define first_mm  one.mm
#define second_mm two.mm

static struct process *process_of(const void *mm)
{
	return mm == &two.mm || mm == &two.mm.root ? &two : &one;
}

static unsigned long page_at(unsigned long va)
{
	return (va - FIRST) / PAGE_SIZE;
}

/* Of pages that are not there each write needs a fault. */
pte_t lookup_address_in_mm(const struct mm *mm, unsigned long va, enum pg_level *level)
{
	struct process *p = process_of(mm);
	unsigned long n = page_at(va), pfn = n + (p == &two ? PAGES : 0);

	*level = PG_LEVEL_NONE;
	if (n >= PAGES || p->backing[n] == UNMAPPED)
		return (pte_t){ 0 };
	*level = PG_LEVEL_4K;
	pfn_to_page(pfn)->flags = p->backing[n] < COPIED ? 0 :
				  p->backing[n] == OWN	 ? PG_ANON | PG_EXCLUSIVE :
							   PG_ANON;
	return (pte_t){ pfn << PAGE_SHIFT | _PAGE_PRESENT |
			(p->backing[n] == ZEROES ? _PAGE_SPECIAL : 0) };
}

bool pfn_valid(unsigned long pfn)
{
	return (pfn < PAGES ? &one : &two)->backing[pfn % PAGES] != REGISTERS;
}

size_t gdb_read_memory(const struct mm *user, u64 addr, void *to, size_t n)
{
	memcpy(to, process_of(user)->bytes + (addr - FIRST), n);
	return n;
}

size_t gdb_write_memory(const struct mm *user, u64 addr, const void *from, size_t n)
{
	memcpy(process_of(user)->bytes + (addr - FIRST), from, n);
	return n;
}

long copy_from_user_nofault(void *to, const void __user *from, size_t n)
{
	memcpy(to, process_of(current_task->mm)->bytes + ((unsigned long)from - FIRST), n);
	return 0;
}

static bool ending; /* its last user has gone */

bool mmget_not_zero(struct mm_struct *mm)
{
	mm->mm_users += !ending;
	return !ending;
}

void mmput(struct mm_struct *mm)
{
	mm->mm_users--;
}

static char accesses[256];
static int readable; /* bytes of what is asked for */

int access_remote_vm(struct mm_struct *mm, unsigned long addr, void *buf, int len,
		     unsigned int gup_flags)
{
	struct process *p = process_of(mm);
	size_t have = strlen(accesses);

	if (page_at(addr) >= PAGES)
		return 0;
	if (gup_flags & FOLL_WRITE) {
		snprintf(accesses + have, sizeof(accesses) - have, "%lx:%.*s ", addr, len,
			 (char *)buf);
		memcpy(p->bytes + (addr - FIRST), buf, (size_t)len);
		if (p->backing[page_at(addr)] != SHARED)
			p->backing[page_at(addr)] = OWN;
	} else {
		memcpy(buf, p->bytes + (addr - FIRST), (size_t)len);
	}
	return min(len, readable);
}

/* ---- one CPU after another stops ---- */

static struct task_struct idle, own, other;
static struct pt_regs idle_regs = { .flags = X86_EFLAGS_IF };

/* A CPU stands in its idle thread, where the debugger's own thread is lent for errands. */
static void begin(void)
{
	static bool mapped;

	one = two = (struct process){ 0 };
	if (!mapped)
		test_map(VMEMMAP_START, PAGE_SIZE);
	mapped = true;
	readable = PAGE_SIZE;
	ending = false;
	said[0] = '\0';
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
	EXPECT_EQ(gdb_insert_in_program(&first_mm, 0x2000), GDB_LATER);
	gdb_remove_from_programs();
	two.backing[1] = OWN;
	EXPECT_EQ(gdb_insert_in_program(&second_mm, 0x2000), 0);
	EXPECT_EQ(come_back(), -EPERM);
	EXPECT_EQ(gdb_remove_from_program(0x2000), 0);
}

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

/* ---- software breakpoints ---- */

static const u8 nop = 0x90, int3 = 0xcc;

static u8 *byte_of(struct process *p, u64 addr)
{
	return &p->bytes[addr - FIRST];
}

/* Both run the same code, each in pages of its own. */
static void begin_with_code(void)
{
	begin();
	memset(one.bytes, nop, sizeof(one.bytes));
	memset(two.bytes, nop, sizeof(two.bytes));
	for (unsigned int i = 0; i < PAGES; i++)
		one.backing[i] = two.backing[i] = OWN;
}

/* gdb takes it out at each stop, and sets it again whichever thread it looks at. */
TEST(a_breakpoint_is_one_process_s)
{
	begin_with_code();
	EXPECT_EQ(gdb_insert_in_program(NULL, 0x1234), -ESRCH);
	EXPECT_EQ(gdb_insert_in_program(&first_mm, 0x1234), 0);
	EXPECT_EQ(*byte_of(&one, 0x1234), nop);
	gdb_arm_programs();
	EXPECT_EQ(*byte_of(&one, 0x1234), int3);
	EXPECT_EQ(*byte_of(&two, 0x1234), nop);
	gdb_disarm_programs();
	EXPECT_EQ(*byte_of(&one, 0x1234), nop);
	EXPECT_EQ(gdb_remove_from_program(0x1235), -ENOENT);
	EXPECT_EQ(gdb_remove_from_program(0x1234), 0);
	EXPECT_EQ(gdb_remove_from_program(0x1234), -ENOENT);
	gdb_arm_programs();
	EXPECT_EQ(*byte_of(&one, 0x1234), nop);
	gdb_disarm_programs();
	EXPECT_EQ(gdb_insert_in_program(NULL, 0x1234), 0);
	EXPECT_EQ(gdb_insert_in_program(&second_mm, 0x1234), 0);
	gdb_arm_programs();
	EXPECT_EQ(*byte_of(&one, 0x1234), int3);
	EXPECT_EQ(*byte_of(&two, 0x1234), nop);
}

/* Not put in, and not taken out. */
TEST(what_the_program_did_meanwhile_stays)
{
	begin_with_code();
	gdb_insert_in_program(&first_mm, 0x1234);
	gdb_insert_in_program(&first_mm, 0x2345);
	gdb_arm_programs();
	*byte_of(&one, 0x1234) = 0xc3;
	one.backing[1] = FILE_S;
	gdb_disarm_programs();
	EXPECT_EQ(*byte_of(&one, 0x1234), 0xc3);
	EXPECT_EQ(*byte_of(&one, 0x2345), int3);
	gdb_arm_programs();
	EXPECT_EQ(*byte_of(&one, 0x1234), int3);
	gdb_disarm_programs();
	EXPECT_EQ(*byte_of(&one, 0x1234), 0xc3);
	gdb_remove_from_program(0x1234);
	*byte_of(&one, 0x1234) = int3;
	gdb_arm_programs();
	gdb_disarm_programs();
	EXPECT_EQ(*byte_of(&one, 0x1234), int3);
}

TEST(a_full_table_takes_nobody_s_place)
{
	unsigned int set = 0;

	begin_with_code();
	for (unsigned int i = 0; i < ARRAY_SIZE(places); i++)
		EXPECT_EQ(gdb_insert_in_program(&first_mm, 0x1000 + i), 0);
	EXPECT_EQ(gdb_insert_in_program(&first_mm, 0x1800), -ENOSPC);
	EXPECT_EQ(gdb_remove_from_program(0x1007), 0);
	EXPECT_EQ(gdb_insert_in_program(&first_mm, 0x1800), 0);
	EXPECT_EQ(gdb_insert_in_program(&first_mm, 0x1007), -ENOSPC);
	gdb_arm_programs();
	for (u64 addr = FIRST; addr < FIRST + PAGE_SIZE; addr++)
		set += *byte_of(&one, addr) == int3;
	EXPECT_EQ(set, ARRAY_SIZE(places));
	EXPECT_EQ(*byte_of(&one, 0x1007), nop);
}

/* gdb is told of what it had set; the next process at that address is another one. */
TEST(breakpoints_go_with_their_process)
{
	begin_with_code();
	gdb_insert_in_program(&first_mm, 0x1234);
	gdb_arm_programs();
	ended(&second_mm);
	gdb_disarm_programs();
	EXPECT_STR(said, "");
	gdb_arm_programs();
	ended(&first_mm);
	gdb_disarm_programs();
	EXPECT_STR(said, "kgdb: the breakpoint at 0x1234 went with its process\n");
	EXPECT_EQ(gdb_remove_from_program(0x1234), -ENOENT);
	EXPECT_EQ(gdb_insert_in_program(&second_mm, 0x1234), 0);
	gdb_remove_from_program(0x1234);
	said[0] = '\0';
	ended(&second_mm);
	gdb_disarm_programs();
	EXPECT_STR(said, "");
}

TEST(a_child_has_none)
{
	begin_with_code();
	gdb_insert_in_program(&first_mm, 0x1234);
	gdb_insert_in_program(&first_mm, 0x1235);
	gdb_arm_programs();
	gdb_insert_in_program(&first_mm, 0x1236);
	gdb_remove_from_program(0x1236);
	two = one;
	*byte_of(&two, 0x1235) = 0xc3;
	*byte_of(&two, 0x1236) = int3; /* the program's own */
	forked(&first_mm, &second_mm);
	EXPECT_EQ(*byte_of(&one, 0x1234), int3);
	forked(&second_mm, &first_mm);
	EXPECT_EQ(*byte_of(&two, 0x1234), nop);
	EXPECT_EQ(*byte_of(&two, 0x1235), 0xc3);
	EXPECT_EQ(*byte_of(&two, 0x1236), int3);
	EXPECT_EQ(*byte_of(&one, 0x1234), int3);
}

static bool traps(struct process *p, bool *hit)
{
	struct pt_regs regs = { .ip = 0x1235 };
	struct task_struct task = { .mm = &p->mm };
	bool ours;

	current_task = &task;
	ours = gdb_program_int3(&regs, hit);
	current_task = &idle;
	EXPECT_EQ(regs.ip, ours ? 0x1234 : 0x1235);
	return ours;
}

/* Who ran into one that is gone by now tries again; the INT3 that stands there then is the program's own. */
TEST(whose_int3_it_was)
{
	bool hit = false;

	begin_with_code();
	EXPECT(!traps(&one, &hit));
	gdb_insert_in_program(&first_mm, 0x1234);
	EXPECT(traps(&one, &hit) && hit);
	EXPECT(!traps(&two, &hit));
	gdb_remove_from_program(0x1234);
	EXPECT(traps(&one, &hit) && !hit);
	*byte_of(&one, 0x1234) = int3;
	EXPECT(!traps(&one, &hit));
}

/* A page becomes the process's own first; where others would run into it, it gets none. */
TEST(pages_that_are_not_its_own)
{
	static const struct {
		enum backing backing;
		int result;
	} cases[] = {
		{ UNMAPPED, 0 }, { ZEROES, 0 }, { FILE_S, 0 }, { SHARED, -EPERM }, { COPIED, 0 },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		begin_with_code();
		one.backing[0] = cases[i].backing;
		EXPECT_EQ(gdb_insert_in_program(&first_mm, 0x1234), GDB_LATER);
		gdb_arm_programs();
		EXPECT_EQ(*byte_of(&one, 0x1234), nop);
		EXPECT_EQ(come_back(), cases[i].result);
		gdb_arm_programs();
		EXPECT_EQ(*byte_of(&one, 0x1234), cases[i].result ? nop : int3);
	}
	begin_with_code();
	EXPECT_EQ(gdb_insert_in_program(&first_mm, 0x5000), GDB_LATER);
	EXPECT_EQ(come_back(), -EFAULT);
	ending = true;
	EXPECT_EQ(gdb_insert_in_program(&first_mm, 0x5000), -ESRCH);
	EXPECT(!gdb_command_goes());
}

/* ---- other writes ---- */

TEST(writes_that_need_no_fault)
{
	begin_with_code();
	EXPECT_EQ(gdb_write_to_program(&first_mm, 0x1fff, "xy", 2), 0);
	EXPECT(!memcmp(byte_of(&one, 0x1fff), "xy", 2));
	one.backing[1] = REGISTERS;
	EXPECT_EQ(gdb_write_to_program(&first_mm, 0x2000, "z", 1), 0);
	EXPECT_EQ(*byte_of(&one, 0x2000), 'z');
	one.backing[1] = FILE_S;
	EXPECT_EQ(gdb_write_to_program(&first_mm, 0x1fff, "z", 1), 0);
	EXPECT_STR(accesses, "");
}

TEST(writes_that_need_one)
{
	static const enum backing backings[] = { UNMAPPED, ZEROES, FILE_S, SHARED, COPIED };

	for (unsigned int i = 0; i < ARRAY_SIZE(backings); i++) {
		begin_with_code();
		one.backing[1] = backings[i];
		EXPECT_EQ(gdb_write_to_program(&first_mm, 0x1fff, "xy", 2), GDB_LATER);
		EXPECT_EQ(*byte_of(&one, 0x1fff), nop);
		EXPECT_EQ(come_back(), 0);
		EXPECT(!memcmp(byte_of(&one, 0x1fff), "xy", 2));
	}
	one.backing[1] = FILE_S;
	EXPECT_EQ(gdb_write_to_program(&first_mm, FIRST, two.bytes, GDB_PACKET_BYTES + 1), -EFAULT);
	EXPECT_EQ(gdb_write_to_program(&first_mm, FIRST + 1, two.bytes, GDB_PACKET_BYTES),
		  GDB_LATER);
	EXPECT_EQ(come_back(), 0);
	one.backing[1] = FILE_S;
	EXPECT_EQ(gdb_write_to_program(&first_mm, 0x1fff, "xy", 2), GDB_LATER);
	readable = 1;
	EXPECT_EQ(come_back(), -EFAULT);
	EXPECT_EQ(first_mm.mm_users, 0);
}

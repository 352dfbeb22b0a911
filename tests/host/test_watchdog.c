// SPDX-License-Identifier: MIT
// sources: kernel/core/cmdline.c
/* The watch for CPUs that take no interrupts: CPU 0 strikes, and asks 1 and 2, of which the test says who answers. */
#include "kernel/core/cmdline.h"
#include "kernel/core/smp.h"
#include "kernel/irq/irq.h"
#include "kernel/sched/rq.h"
#include "kernel/sched/watchdog.h"
#include "kernel/time/pause.h"
#include "kernel/trap/nmi.h"
#include "tests/host/test.h"

#undef pr_fmt
#include "kernel/sched/watchdog.c"

#define CPUS   3
#define SECOND NSEC_PER_SEC

DEFINE_PER_CPU(struct rq, runqueues);
static unsigned long offsets[CPUS];
unsigned long *per_cpu_offset = offsets;
unsigned int nr_cpu_ids = CPUS;
struct cpumask cpu_online_mask;

static struct task_struct busy_task, idle_task;
static u64 taken[CPUS]; /* reschedule calls */
static bool deaf[CPUS];
static unsigned int asked[CPUS], shown[CPUS], starts;
static bool paused;
static u64 forward_by;

u64 irq_local_count(u8 vector, unsigned int cpu)
{
	EXPECT_EQ(vector, RESCHEDULE_VECTOR);
	return taken[cpu];
}

void smp_send_reschedule(unsigned int cpu)
{
	EXPECT(cpu && cpu_online(cpu));
	asked[cpu]++;
	taken[cpu] += !deaf[cpu];
}

int nmi_backtrace(unsigned int cpu)
{
	shown[cpu]++;
	return 0;
}

bool time_was_paused(u32 *known)
{
	EXPECT(known == &pauses);
	return paused;
}

void hrtimer_init(struct hrtimer *timer, enum hrtimer_restart (*function)(struct hrtimer *timer))
{
	timer->function = function;
}

void hrtimer_start_range_ns(struct hrtimer *timer, u64 time, u64 slack, enum hrtimer_mode mode)
{
	EXPECT(timer->function == strike && time == period_ns && slack < time &&
	       mode == HRTIMER_MODE_REL);
	starts++;
}

u64 hrtimer_forward(struct hrtimer *timer, u64 now, u64 interval)
{
	EXPECT(timer->function == strike && now == ktime_get());
	forward_by = interval;
	return 1;
}

static void start(const char *words, u64 online)
{
	static char area[1 << 17];
	unsigned long low = min(min((unsigned long)&patient, (unsigned long)&watch_is_set),
				min((unsigned long)&watch, (unsigned long)&watch_is_new));

	memset(area, 0, sizeof(area));
	for (unsigned int cpu = 1; cpu < CPUS; cpu++)
		offsets[cpu] = (unsigned long)area + cpu * 0x8000 - low;
	for (unsigned int cpu = 0; cpu < CPUS; cpu++) {
		per_cpu(patient, cpu) = (struct patient){ .asked_at = 0 };
		taken[cpu] = asked[cpu] = shown[cpu] = 0;
		deaf[cpu] = false;
	}
	cpu_number = 0;
	cpu_online_mask.bits[0] = online;
	runqueues = (struct rq){ .self = &runqueues, .curr = &busy_task, .idle = &idle_task };
	last_asked = 0;
	thresh_ns = period_ns = 0;
	watch_is_set = watch_is_new = paused = false;
	starts = 0;
	test_clock_ns = 100 * SECOND;
	strscpy(boot_command_line, words, COMMAND_LINE_SIZE);
	watchdog_init();
}

/* `seconds` of a watch that strikes each four (Linux's two fifths of ten). */
static enum hrtimer_restart strike_for(unsigned int seconds)
{
	enum hrtimer_restart again = HRTIMER_RESTART;

	for (; seconds >= 4 && again == HRTIMER_RESTART; seconds -= 4) {
		test_clock_ns += 4 * SECOND;
		again = strike(&watch);
	}
	return again;
}

TEST(who_answers_is_let_be)
{
	start("", 7);
	EXPECT(starts == 1 && watch_is_set); /* the boot itself is watched */
	EXPECT_EQ(strike_for(40), HRTIMER_RESTART);
	EXPECT_EQ(forward_by, 4 * SECOND);
	EXPECT(asked[1] == 10 && asked[2] == 10);
	EXPECT(!shown[1] && !shown[2] && !test_log_has("LOCKUP"));
}

TEST(who_is_deaf_is_told_of_once)
{
	start("", 7);
	deaf[2] = true;
	strike_for(12); /* asked at the first strike: eight seconds ago */
	EXPECT(!shown[2]);
	strike_for(4);
	EXPECT(shown[2] == 1 && !shown[1]);
	EXPECT(test_log_has(
		"watchdog: Watchdog detected hard LOCKUP on cpu 2: no interrupt taken for 12 s\n"));
	strike_for(40);
	EXPECT(shown[2] == 1 && asked[2] == 1 && asked[1] == 14);
	/* It comes to, and is deaf again later. */
	taken[2]++;
	strike_for(4);
	EXPECT_EQ(asked[2], 2);
	strike_for(12);
	EXPECT_EQ(shown[2], 2);
}

/* A debugger had the machine: no CPU took anything meanwhile. */
TEST(a_pause_is_nobody_s_deafness)
{
	start("", 7);
	deaf[1] = true;
	strike_for(4);
	test_clock_ns += 1000 * SECOND;
	paused = true;
	strike(&watch);
	EXPECT(!shown[1]);
	paused = false;
	strike_for(8);
	EXPECT(!shown[1]);
	strike_for(4);
	EXPECT_EQ(shown[1], 1);
}

/* Nobody strikes on a machine that has nothing to do, unless an answer is awaited. */
TEST(an_idle_cpu_watches_for_answers_alone)
{
	start("", 7);
	watch_is_new = false;
	runqueues.curr = &idle_task;
	EXPECT_EQ(strike_for(4), HRTIMER_NORESTART);
	EXPECT(!watch_is_set && !asked[1]);
	watchdog_set_watch();
	EXPECT(starts == 2 && watch_is_set);
	deaf[1] = true;
	EXPECT_EQ(strike_for(4), HRTIMER_RESTART); /* it was busy until now: it asks once */
	EXPECT(asked[1] == 1 && asked[2] == 1);
	EXPECT_EQ(strike_for(8), HRTIMER_RESTART);
	EXPECT(asked[1] == 1 && asked[2] == 1);
	EXPECT_EQ(strike_for(4), HRTIMER_NORESTART);
	EXPECT_EQ(shown[1], 1);
}

/* All CPUs that are busy watch: one of them asks. */
TEST(who_was_asked_just_now_is_not_asked_again)
{
	start("", 7);
	strike_for(4);
	test_clock_ns += SECOND;
	strike(&watch);
	EXPECT_EQ(asked[1], 1);
	test_clock_ns += SECOND;
	strike(&watch);
	EXPECT_EQ(asked[1], 2);
	spin_lock(&watch_lock); /* another has the round */
	EXPECT_EQ(strike_for(4), HRTIMER_RESTART);
	spin_unlock(&watch_lock);
	EXPECT_EQ(asked[1], 2);
}

TEST(who_is_offline_is_not_asked)
{
	start("", 5);
	strike_for(20);
	EXPECT(!asked[1] && asked[2] == 5);
}

/* As on Linux (Documentation/admin-guide/sysctl/kernel.rst): 0 is none, 60 the most. */
TEST(words)
{
	static const struct {
		const char *words;
		u64 online, seconds;
	} all[] = {
		{ "", 7, 10 },
		{ "watchdog_thresh=20", 7, 20 },
		{ "watchdog_thresh=60", 7, 60 },
		{ "watchdog_thresh=61", 7, 10 },
		{ "watchdog_thresh=0", 7, 0 },
		{ "watchdog_thresh=x", 7, 10 },
		{ "nowatchdog", 7, 0 },
		{ "watchdog_thresh=20 nowatchdog", 7, 0 },
		{ "", 1, 0 },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(all); i++) {
		start(all[i].words, all[i].online);
		EXPECT_EQ(thresh_ns, all[i].seconds * SECOND);
		EXPECT_EQ(period_ns, all[i].seconds * SECOND * 2 / 5);
		EXPECT_EQ(starts, all[i].seconds != 0);
		EXPECT(watch_is_set && per_cpu(watch_is_set, 2) == !all[i].seconds);
	}
}

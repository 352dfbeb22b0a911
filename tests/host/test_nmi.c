// SPDX-License-Identifier: MIT
// sources:
/*
 * What CPUs ask each other by NMI: CPU 1 asks CPU 0, which takes an NMI at once, later, or never.  Of those that are
 * on their way one is left, as a CPU counts no more.
 */
#include <setjmp.h>

#include "kernel/core/panic.h"
#include "kernel/core/smp.h"
#include "kernel/cpu/cpu.h"
#include "tests/host/test.h"

static void halted(void);
#define halt() halted()
#undef pr_fmt
#include "kernel/trap/nmi.c"

static unsigned long offsets[2];
unsigned long *per_cpu_offset = offsets;
unsigned int nr_cpu_ids = 2;
struct cpumask cpu_online_mask = { { 3 } };

static const struct pt_regs place = { .ip = 0x1003 };
static const struct pt_regs *shown; /* whose backtrace was printed last */
static u64 code;		    /* at what is interrupted, and before */

bool is_kernel_text(unsigned long addr)
{
	return addr == 0x1000;
}

int nofault_read(unsigned long addr, unsigned int size, u64 *value, struct fault_info *fault)
{
	EXPECT(addr == 0x1000 && size == 4 && !fault);
	*value = code;
	return 0;
}

unsigned long report_begin(void)
{
	return 0;
}

void report_end(unsigned long flags)
{
	(void)flags;
}

void show_backtrace(const struct pt_regs *regs)
{
	shown = regs;
}

static enum { AT_ONCE, LATER } takes;
static unsigned int sent, waiting; /* NMIs: all, on their way */
static jmp_buf stopped;
static bool served, was_sent, is_here;

static void halted(void)
{
	longjmp(stopped, 1);
}

static void take_nmi(void)
{
	unsigned int me = cpu_number;

	if (!waiting)
		return;
	waiting = 0;
	cpu_number = 0;
	is_here = true;
	if (!setjmp(stopped)) {
		was_sent = nmi_take();
		served = nmi_serve(&place);
	} else {
		is_here = false;
	}
	cpu_number = me;
}

void smp_send_nmi(unsigned int cpu)
{
	EXPECT(cpu == 0 && cpu_number == 1);
	sent++;
	waiting = 1;
	if (takes == AT_ONCE)
		take_nmi();
}

/* Time goes by while one looks. */
bool wait_over(const struct wait *wait)
{
	test_clock_ns += NSEC_PER_MSEC;
	return test_clock_ns - wait->ns >= wait->nsec;
}

/* What lies beside the variables of this program is CPU 1's. */
static void machine(void)
{
	static char area[1 << 16];
	unsigned long low = min(min((unsigned long)&on_its_way, (unsigned long)&nmi_request),
				(unsigned long)&stopped_at);

	memset(area, 0, sizeof(area));
	offsets[1] = (unsigned long)area - low;
	on_its_way = false;
	nmi_request = NMI_NONE;
	stopped_at = NULL;
	cpu_online_mask.bits[0] = 3;
	cpu_number = 1;
	takes = AT_ONCE;
	sent = waiting = 0;
	shown = NULL;
	code = 0;
}

TEST(who_is_asked_shows_where_it_is)
{
	machine();
	EXPECT_EQ(nmi_backtrace(0), 0);
	EXPECT(shown == &place && sent == 1 && was_sent && served);
	EXPECT(test_log_has("NMI: backtrace for cpu 0\n"));
	EXPECT_EQ(nmi_backtrace(0), 0); /* and again */
	EXPECT_EQ(sent, 2);
	shown = &place;
	EXPECT_EQ(nmi_backtrace(1), 0); /* itself: the caller's */
	EXPECT(!shown && sent == 2);
	cpu_online_mask.bits[0] = 2;
	EXPECT_EQ(nmi_backtrace(0), -ENXIO);
	EXPECT_EQ(sent, 2);
}

/* SDM 2A and 2B: HLT is F4, MWAIT 0F 01 C9; what was interrupted stands behind. */
TEST(who_waits_for_an_interrupt_takes_one_line)
{
	static const struct {
		u64 code;
		bool halts;
	} codes[] = { { 0x00f40000, true },
		      { 0x90c9010f, true },
		      { 0xf4000000, false },
		      { 0x0000f400, false } };

	for (unsigned int i = 0; i < ARRAY_SIZE(codes); i++) {
		machine();
		code = codes[i].code;
		EXPECT_EQ(nmi_backtrace(0), 0);
		EXPECT_EQ(!shown, codes[i].halts);
	}
	EXPECT(test_log_has("NMI: backtrace for cpu 0 skipped: idling at "));
}

TEST(who_does_not_answer_is_named_and_may_yet)
{
	machine();
	takes = LATER;
	EXPECT_EQ(nmi_backtrace(0), -ETIMEDOUT);
	EXPECT(test_log_has("NMI: cpu 0 does not answer"));
	EXPECT_EQ(nmi_backtrace(0), -EBUSY);
	EXPECT(test_log_has("NMI: cpu 0 is asked already, and has not answered"));
	EXPECT_EQ(sent, 1);
	take_nmi();
	EXPECT(shown == &place);
	takes = AT_ONCE;
	EXPECT_EQ(nmi_backtrace(0), 0);
}

/* Two that are on their way would be one, and the second question looked for in vain: it needs none. */
TEST(one_is_on_its_way_at_a_time)
{
	machine();
	takes = LATER;
	nmi_send(0);
	nmi_send(0);
	EXPECT_EQ(sent, 1);
	take_nmi();
	EXPECT(was_sent &&
	       !served); /* there was no question: whoever looks in the handler has it */
	nmi_send(0);
	EXPECT_EQ(sent, 2);
	take_nmi();
	waiting = 1; /* the machine's own */
	take_nmi();
	EXPECT(!was_sent && !served);
}

static bool mine(const struct pt_regs *regs)
{
	return regs == &place;
}

TEST(another_handler_is_asked_last)
{
	machine();
	nmi_set_handler(mine);
	waiting = 1;
	take_nmi();
	EXPECT(served && !was_sent);
	EXPECT_EQ(nmi_backtrace(0), 0);
	EXPECT(shown == &place);
	nmi_set_handler(NULL);
}

/* Whatever the mark says: it stays set on a CPU that took the NMI and hangs in what it was for. */
TEST(who_is_stopped_stays_and_is_shown)
{
	machine();
	on_its_way = true;
	EXPECT(nmi_stop_others());
	EXPECT(sent == 1 && !is_here);
	EXPECT(!cpu_online(0) && cpu_online(1));
	EXPECT(!shown);
	nmi_show_stopped();
	EXPECT(shown == &place);
}

TEST(who_does_not_stop_is_named)
{
	machine();
	takes = LATER;
	EXPECT(!nmi_stop_others());
	EXPECT(test_log_has("NMI: cpu 0 does not stop"));
	EXPECT(cpu_online(0));
	nmi_show_stopped();
	EXPECT(!shown);
}

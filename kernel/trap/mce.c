// SPDX-License-Identifier: MIT
/*
 * Machine checks (SDM 3B, chapter 15): the hardware says that it is broken.
 *
 * Without CR4.MCE the CPU shuts down at the first one, with no word to anybody,
 * so it is set as soon as #MC has a gate and a stack of its own.  Each bank is a
 * unit of the CPU that keeps what it saw; the report shows the banks that saw
 * something.  Nothing is repaired: #MC is an abort and ends in a panic, unless it struck an access that
 * may fail (kernel/trap/nofault.h) and the CPU says that it can go on.
 *
 * Intel's CPUs tell all of one that is not corrected (SDM 3B, 15.10.4.1).  They meet (kernel/trap/mce_meet.h), and
 * each has noted before what its banks hold, so that one of them prints for all: once the others have gone
 * on, for they may have been in the midst of printing, or amid the panic.
 */
#define pr_fmt(fmt) "mce: " fmt

#include "kernel/trap/mce.h"

#include "kernel/core/cpumask.h"
#include "kernel/core/panic.h"
#include "kernel/core/printk.h"
#include "kernel/core/smp.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/irqflags.h"
#include "kernel/lib/string.h"
#include "kernel/time/time.h"
#include "kernel/trap/mce_meet.h"
#include "kernel/trap/mce_record.h"
#include "kernel/trap/mce_words.h"
#include "kernel/trap/nofault.h"

/* SDM 4, table 2-2. */
#define MSR_MCG_CAP	  0x179
#define MSR_MCG_STATUS	  0x17a
#define MSR_MCG_CTL	  0x17b
#define MSR_MCi_CTL(i)	  (0x400 + 4 * (i))
#define MSR_MCi_STATUS(i) (0x401 + 4 * (i))
#define MSR_MCi_ADDR(i)	  (0x402 + 4 * (i))

#define MCG_CAP_BANKS 0xff
#define MCG_CAP_CTL   BIT(8)  /* MCG_CTL is there */
#define MEET_USEC     1000000 /* as Linux's monarch */

/* What a CPU saw, as it came to the meeting. */
static DEFINE_PER_CPU(struct mce_record, record);
static struct mce_meeting meeting;
static unsigned int nr_told; /* the monarch's */

static unsigned int nr_banks(void)
{
	return boot_cpu.mca ? min((u32)rdmsr(MSR_MCG_CAP) & MCG_CAP_BANKS, (u32)MCE_MAX_BANKS) : 0;
}

static void take(struct mce_record *r)
{
	memset(r, 0, sizeof(*r));
	r->global = boot_cpu.mca ? rdmsr(MSR_MCG_STATUS) : 0;
	for (unsigned int i = 0; i < nr_banks(); i++) {
		r->status[i] = rdmsr(MSR_MCi_STATUS(i));
		if (r->status[i] & MCi_STATUS_VAL && r->status[i] & MCi_STATUS_ADDR)
			r->address[i] = rdmsr(MSR_MCi_ADDR(i));
	}
}

static void show_bank(const struct mce_record *r, unsigned int i)
{
	struct buffer_sink buffer;
	char words[160];

	buffer_sink_init(&buffer, words, sizeof(words));
	mce_describe(&buffer.sink, r->status[i]);
	pr_err("bank %u: status %016llx: %s\n", i, (unsigned long long)r->status[i], words);
	if (r->status[i] & MCi_STATUS_ADDR)
		pr_err("bank %u: address %016llx\n", i, (unsigned long long)r->address[i]);
}

static void show_banks(const struct mce_record *r)
{
	for (unsigned int i = 0; i < MCE_MAX_BANKS; i++)
		if (r->status[i] & MCi_STATUS_VAL)
			show_bank(r, i);
}

void mce_show(void)
{
	unsigned int cpu, came = 0, empty = 0;

	for_each_possible_cpu(cpu)
	{
		struct mce_record *r = &per_cpu(record, cpu);

		if (!r->unsaid)
			continue;
		r->unsaid = false;
		came++;
		if (mce_is_empty(r)) {
			empty++;
			continue;
		}
		pr_err("CPU %u: global status %016llx\n", cpu, (unsigned long long)r->global);
		show_banks(r);
	}
	if (came == empty)
		pr_err("no bank says what it was\n");
	if (came < nr_told)
		pr_err("told to %u CPUs, and %u came\n", nr_told, came);
}

/* The CPU shuts down at a #MC while MCG_STATUS still tells of one. */
static void clear(void)
{
	for (unsigned int i = 0; i < nr_banks(); i++)
		wrmsr(MSR_MCi_STATUS(i), 0);
	if (boot_cpu.mca)
		wrmsr(MSR_MCG_STATUS, 0);
}

/* ---------------------------------------------------------------- a #MC */

static void go_on(struct pt_regs *regs, enum mce_verdict verdict)
{
	if (verdict == MCE_SKIPPED)
		nofault_machine_check(regs);
	clear();
}

/* QEMU and Linux know by the same models who tells all. */
static unsigned int count_told(const struct mce_record *r)
{
	bool all = strcmp(boot_cpu.vendor, "GenuineIntel") == 0 &&
		   (boot_cpu.family > 6 || (boot_cpu.family == 6 && boot_cpu.model >= 0xe));

	return all && !(r->global & MCG_STATUS_LMCE) ? num_online_cpus() : 1;
}

/* A CPU that skips the error of the one in doubt, or nr_cpu_ids. */
static unsigned int find_skipper(const struct mce_record *doubtful)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
	{
		const struct mce_record *r = &per_cpu(record, cpu);

		if (r->verdict == MCE_SKIPPED && mce_explains(r, doubtful))
			break;
	}
	return cpu;
}

/* The worst is that somebody is in doubt: one of those who skip, where each doubt is about what one of them skips. */
static unsigned int find_skipper_of_all(void)
{
	unsigned int cpu, skipper = nr_cpu_ids;

	for_each_possible_cpu(cpu)
	{
		if (per_cpu(record, cpu).verdict != MCE_DOUBTFUL)
			continue;
		skipper = find_skipper(&per_cpu(record, cpu));
		if (skipper == nr_cpu_ids)
			break;
	}
	return skipper;
}

static void hold_meeting(unsigned int told)
{
	enum mce_verdict worst;
	unsigned int teller, skipper;

	nr_told = told;
	poll_timeout(mce_arrived(&meeting) >= told, MEET_USEC);
	mce_close(&meeting);
	worst = mce_worst(&meeting, &teller);
	skipper = worst == MCE_DOUBTFUL ? find_skipper_of_all() : nr_cpu_ids;
	if (skipper != nr_cpu_ids)
		mce_settle(&meeting, skipper, MCE_SKIPPED);
	else
		mce_settle(&meeting, teller, worst);
}

/*
 * The kernel dies, and another CPU says so: its first word is an NMI that stops this one.  It may
 * be unable to: the panic is another CPU's, or the debugger is.  So this CPU says it then, and at once where it has
 * the panic, for nobody else can.
 */
static void wait_for_teller(void)
{
	if (!panic_is_mine())
		udelay(2 * MEET_USEC);
}

/* Nobody counts on a CPU that is not online, as it is coming, was given up, or was stopped by a panic. */
static bool handle_alone(struct pt_regs *regs, struct mce_record *mine, enum mce_verdict verdict)
{
	mine->unsaid = verdict == MCE_FATAL;
	if (!mine->unsaid)
		go_on(regs, verdict);
	return !mine->unsaid;
}

bool mce_handle(struct pt_regs *regs)
{
	unsigned int me = smp_processor_id(), teller;
	struct mce_record *mine = &per_cpu(record, smp_processor_id());
	enum mce_verdict verdict, worst;
	enum mce_arrival arrival;

	take(mine);
	verdict = mce_judge(mine, is_nofault_access(regs));
	if (!cpu_online(me))
		return handle_alone(regs, mine, verdict);
	mine->unsaid = true;
	mine->verdict = verdict;
	arrival = mce_arrive(&meeting, me, verdict);
	if (arrival == MCE_FIRST)
		hold_meeting(count_told(mine));
	else
		poll_timeout(mce_is_settled(&meeting), 2 * MEET_USEC);
	worst = mce_worst(&meeting, &teller);
	if (arrival == MCE_LATE && verdict > worst)
		return false;
	if (worst != MCE_SKIPPED) { /* nobody knows what it was: fatal, too */
		if (teller != me)
			wait_for_teller();
		return false;
	}
	mine->verdict = MCE_BYSTANDER;
	mce_leave(&meeting);
	if (teller == me)
		mce_show();
	go_on(regs, verdict);
	return true;
}

/* ---------------------------------------------------------------- at boot */

/* SDM 3B, 15.8: the first bank of early P6 CPUs is the firmware's. */
static bool bank_is_ours(unsigned int i)
{
	return i > 0 || boot_cpu.family != 6 || boot_cpu.model >= 0x1a;
}

void mce_setup_this_cpu(void)
{
	struct mce_record *r = &per_cpu(record, smp_processor_id());

	if (!boot_cpu.mce)
		return;
	take(r);
	if (!mce_is_empty(r)) {
		show_banks(r);
		pr_warn("these were left from before the boot\n");
	}
	if (boot_cpu.mca && rdmsr(MSR_MCG_CAP) & MCG_CAP_CTL)
		wrmsr(MSR_MCG_CTL, ~0ULL);
	for (unsigned int i = 0; i < nr_banks(); i++) {
		if (bank_is_ours(i))
			wrmsr(MSR_MCi_CTL(i), ~0ULL);
		wrmsr(MSR_MCi_STATUS(i), 0);
	}
	write_cr4(read_cr4() | X86_CR4_MCE);
}

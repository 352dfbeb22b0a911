// SPDX-License-Identifier: MIT
/*
 * Machine checks (SDM 3B, chapter 15): the hardware says that it is broken.
 *
 * Without CR4.MCE the CPU shuts down at the first one, with no word to anybody,
 * so it is set as soon as #MC has a gate and a stack of its own.  Each bank is a
 * unit of the CPU that keeps what it saw; the report shows the banks that saw
 * something.  Nothing is repaired: #MC is an abort and ends in a panic, unless it struck an access that
 * may fail (kernel/trap/nofault.h) and the CPU says that it can go on.
 */
#define pr_fmt(fmt) "mce: " fmt

#include "kernel/trap/mce.h"

#include "kernel/core/printk.h"
#include "kernel/cpu/cpu.h"
#include "kernel/trap/mce_words.h"

/* SDM 4, table 2-2. */
#define MSR_MCG_CAP	  0x179
#define MSR_MCG_STATUS	  0x17a
#define MSR_MCG_CTL	  0x17b
#define MSR_MCi_CTL(i)	  (0x400 + 4 * (i))
#define MSR_MCi_STATUS(i) (0x401 + 4 * (i))
#define MSR_MCi_ADDR(i)	  (0x402 + 4 * (i))

#define MCG_CAP_BANKS	0xff
#define MCG_CAP_CTL	BIT(8) /* MCG_CTL is there */
#define MCG_STATUS_RIPV BIT(0) /* what was interrupted can go on */
#define MAX_BANKS	32     /* their MSRs end where others begin */

static unsigned int nr_banks(void)
{
	return boot_cpu.mca ? min((u32)rdmsr(MSR_MCG_CAP) & MCG_CAP_BANKS, (u32)MAX_BANKS) : 0;
}

static void show_bank(unsigned int i, u64 status)
{
	struct buffer_sink buffer;
	char words[160];

	buffer_sink_init(&buffer, words, sizeof(words));
	mce_describe(&buffer.sink, status);
	pr_err("bank %u: status %016llx: %s\n", i, (unsigned long long)status, words);
	if (status & MCi_STATUS_ADDR)
		pr_err("bank %u: address %016llx\n", i, (unsigned long long)rdmsr(MSR_MCi_ADDR(i)));
}

static unsigned int show_banks(void)
{
	unsigned int shown = 0;

	for (unsigned int i = 0; i < nr_banks(); i++) {
		u64 status = rdmsr(MSR_MCi_STATUS(i));

		if (!(status & MCi_STATUS_VAL))
			continue;
		show_bank(i, status);
		shown++;
	}
	return shown;
}

void mce_show(void)
{
	if (boot_cpu.mca)
		pr_err("global status %016llx\n", (unsigned long long)rdmsr(MSR_MCG_STATUS));
	if (!show_banks())
		pr_err("no bank says what it was\n");
}

bool mce_can_go_on(void)
{
	if (!boot_cpu.mca || !(rdmsr(MSR_MCG_STATUS) & MCG_STATUS_RIPV))
		return false;
	for (unsigned int i = 0; i < nr_banks(); i++) {
		u64 status = rdmsr(MSR_MCi_STATUS(i));

		if (status & MCi_STATUS_VAL && status & MCi_STATUS_PCC)
			return false;
	}
	return true;
}

/* The CPU shuts down at a #MC while MCG_STATUS still tells of one. */
void mce_clear(void)
{
	for (unsigned int i = 0; i < nr_banks(); i++)
		wrmsr(MSR_MCi_STATUS(i), 0);
	wrmsr(MSR_MCG_STATUS, 0);
}

/* SDM 3B, 15.8: the first bank of early P6 CPUs is the firmware's. */
static bool bank_is_ours(unsigned int i)
{
	return i > 0 || boot_cpu.family != 6 || boot_cpu.model >= 0x1a;
}

void mce_setup_this_cpu(void)
{
	if (!boot_cpu.mce)
		return;
	if (show_banks())
		pr_warn("these were left from before the boot\n");
	if (boot_cpu.mca && rdmsr(MSR_MCG_CAP) & MCG_CAP_CTL)
		wrmsr(MSR_MCG_CTL, ~0ULL);
	for (unsigned int i = 0; i < nr_banks(); i++) {
		if (bank_is_ours(i))
			wrmsr(MSR_MCi_CTL(i), ~0ULL);
		wrmsr(MSR_MCi_STATUS(i), 0);
	}
	write_cr4(read_cr4() | X86_CR4_MCE);
}

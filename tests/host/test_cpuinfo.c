// SPDX-License-Identifier: MIT
// sources: kernel/proc/cpuinfo.c
/* /proc/cpuinfo's flags: Linux 6.1's words, in its order. */
#include "kernel/core/sink.h"
#include "kernel/cpu/cpu.h"
#include "kernel/irq/apicid.h"
#include "kernel/proc/cpuinfo.h"
#include "kernel/time/time.h"
#include "tests/host/test.h"

struct cpu_info boot_cpu;
u32 cpu_apic_id[NR_CPUS];

u64 tsc_hz(void)
{
	return 0;
}

/* What QEMU 7.2's default CPU tells, of which Linux makes the line below. */
static u32 qemu64(u32 leaf, u32 sub, unsigned int reg)
{
	if (leaf == 1 && reg == 3)
		return 0x078bfbfd;
	if (leaf == 1 && reg == 2)
		return 0x80002001;
	if (leaf == 0x80000001 && reg == 3)
		return 0x2191abfd; /* of which bits that repeat leaf 1's are not told again */
	if (leaf == 0x80000001 && reg == 2)
		return 0x00000105;
	(void)sub;
	return 0;
}

TEST(flags_of_qemu64)
{
	struct buffer_sink b;
	char text[2048];

	buffer_sink_init(&b, text, sizeof(text));
	show_cpu_flags(&b.sink, qemu64);
	EXPECT_STR(text,
		   " fpu de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush "
		   "mmx fxsr sse sse2 syscall nx lm rep_good nopl cpuid pni cx16 hypervisor "
		   "lahf_lm svm 3dnowprefetch vmmcall");
}

static u32 all_bits(u32 leaf, u32 sub, unsigned int reg)
{
	(void)sub;
	return leaf == 0x80000007 && reg == 3 ? BIT(8) : leaf == 7 && reg == 1 ? 0xffffffff : 0;
}

TEST(each_bit_has_its_word)
{
	struct buffer_sink b;
	char text[2048];

	buffer_sink_init(&b, text, sizeof(text));
	show_cpu_flags(&b.sink, all_bits);
	EXPECT_STR(text,
		   " constant_tsc rep_good nopl nonstop_tsc cpuid fsgsbase tsc_adjust sgx bmi1 hle "
		   "avx2 smep bmi2 erms invpcid rtm cqm mpx rdt_a avx512f avx512dq rdseed adx smap "
		   "avx512ifma clflushopt clwb intel_pt avx512pf avx512er avx512cd sha_ni avx512bw "
		   "avx512vl");
}

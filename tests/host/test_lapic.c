// SPDX-License-Identifier: MIT
// sources: kernel/core/resource.c kernel/core/region.c kernel/lib/tree.c
/*
 * The local APIC against one that does as the manual says, where QEMU's takes everything (SDM 3A,
 * chapter 11): entries that stay masked while it is disabled, registers that it has not got, a
 * command that is on its way, a deadline that is no count.
 */
#include "kernel/cpu/cpu.h"
#include "tests/host/fake_device.h"

static void fake_cpuid(u32 leaf, u32 sub, u32 *a, u32 *b, u32 *c, u32 *d);
#define cpuid fake_cpuid

#define pr_fmt(fmt) fmt
#include "drivers/apic/ipi.c"
#include "drivers/apic/lapic.c"
#undef pr_fmt
#include "drivers/apic/lapic_timer.c"

#define BASE	0xfee00000UL
#define REG(at) apic.reg[(at) >> 4]

/* ---- the APIC ---- */

static struct {
	u32 reg[0x40];
	u64 base; /* IA32_APIC_BASE */
	u64 deadline;
	u32 last_lvt; /* of the version register */
	unsigned int busy, in_service, eois;
	u32 sent_to, sent;
	unsigned int nr_sent;
	bool stuck; /* an interrupt stays in service */
	u32 rate;   /* what the timer counts down between two looks */
} apic;

static const u32 lvts[] = { APIC_LVT_TIMER, APIC_LVT_LINT0,   APIC_LVT_LINT1, APIC_LVT_ERROR,
			    APIC_LVT_PERF,  APIC_LVT_THERMAL, APIC_LVT_CMCI };

static bool is_x2apic(void)
{
	return apic.base & APIC_BASE_X2APIC;
}

/* 11.4.7.2: while it is disabled the mask bits are set, whatever is written. */
static void write_lvt(unsigned int n, u32 value)
{
	EXPECT(n <= apic.last_lvt);
	REG(lvts[n]) = REG(APIC_SPIV) & APIC_SPIV_ENABLE ? value : value | LVT_MASKED;
}

static void write_reg(u32 reg, u32 value)
{
	for (unsigned int n = 0; n < ARRAY_SIZE(lvts); n++)
		if (reg == lvts[n]) {
			write_lvt(n, value);
			return;
		}
	if (reg == APIC_EOI) {
		EXPECT_EQ(value, 0);
		apic.eois++;
		if (apic.in_service && !apic.stuck)
			apic.in_service--;
		return;
	}
	if (reg == APIC_ICR || reg == APIC_ICR2)
		EXPECT(!apic.busy && !is_x2apic()); /* 11.6.1: not before the one before is sent */
	if (reg == APIC_ICR) {
		apic.sent_to = REG(APIC_ICR2) >> 24;
		apic.sent = value;
		apic.nr_sent++;
		apic.busy = 3;
	}
	if (reg == APIC_SPIV) /* what is open by now strikes from here on */
		for (unsigned int n = 0; n <= apic.last_lvt; n++)
			EXPECT(REG(lvts[n]) & LVT_MASKED && !apic.in_service == !apic.stuck);
	if (reg == APIC_TMICT) /* 11.5.4.1: ignored in that mode */
		EXPECT((REG(APIC_LVT_TIMER) & 3U << 17) != LVT_TIMER_DEADLINE);
	REG(reg) = value;
}

static u32 read_reg(u32 reg)
{
	if (reg == APIC_ICR && apic.busy)
		return REG(reg) | (--apic.busy ? ICR_BUSY : 0);
	if (reg >= APIC_ISR && reg < APIC_ISR + 0x80)
		return reg == APIC_ISR + 0x20 && apic.in_service ? 0x10 : 0;
	if (reg == APIC_VERSION)
		return 0x14 | apic.last_lvt << 16;
	if (reg == APIC_TMCCT) {
		test_clock_ns += 1000;
		return REG(APIC_TMICT) - (u32)(test_clock_ns * apic.rate / 1000);
	}
	return REG(reg);
}

static u64 device_read(unsigned long addr, unsigned int size)
{
	EXPECT(size == 4 && addr - BASE < PAGE_SIZE && addr % 16 == 0 && !is_x2apic());
	return read_reg((u32)(addr - BASE));
}

static void device_write(unsigned long addr, unsigned int size, u64 value)
{
	EXPECT(size == 4 && addr - BASE < PAGE_SIZE && addr % 16 == 0 && !is_x2apic());
	write_reg((u32)(addr - BASE), (u32)value);
}

u64 rdmsr(u32 msr)
{
	if (msr == MSR_IA32_APIC_BASE)
		return apic.base;
	EXPECT(is_x2apic() && msr >= X2APIC_MSR_BASE && msr < X2APIC_MSR_BASE + 0x40);
	return read_reg((msr - X2APIC_MSR_BASE) << 4);
}

void wrmsr(u32 msr, u64 value)
{
	if (msr == MSR_IA32_APIC_BASE) {
		/* Table 11-5: only from enabled to x2APIC, and not back. */
		EXPECT(value & APIC_BASE_ENABLE && !(apic.base & ~value));
		EXPECT(!(value & APIC_BASE_X2APIC) || apic.base & APIC_BASE_ENABLE);
		apic.base = value;
	} else if (msr == MSR_IA32_TSC_DEADLINE) {
		EXPECT((REG(APIC_LVT_TIMER) & 3U << 17) == LVT_TIMER_DEADLINE || !value);
		apic.deadline = value;
	} else if (msr == MSR_X2APIC_ICR) {
		EXPECT(is_x2apic());
		apic.sent_to = (u32)(value >> 32);
		apic.sent = (u32)value;
		apic.nr_sent++;
	} else {
		EXPECT(is_x2apic());
		EXPECT(msr != X2APIC_MSR_BASE + (APIC_ICR2 >> 4)); /* it is not there: #GP */
		write_reg((msr - X2APIC_MSR_BASE) << 4, (u32)value);
	}
}

/* ---- the rest of the kernel ---- */

struct cpu_info boot_cpu = { .phys_bits = 40 };
struct irq_routing irq_routing;
u32 cpu_apic_id[NR_CPUS] = { 0, 7, 0x12 };

static bool kvm, deadline;
static const struct smp_ops *ops;
static const struct cpu_starter *started;
static struct clock_event_device *registered;
static u64 registered_hz, registered_max;
static void (*add_driver)(void);

static void fake_cpuid(u32 leaf, u32 sub, u32 *a, u32 *b, u32 *c, u32 *d)
{
	EXPECT_EQ(sub, 0);
	*a = *b = *c = *d = 0;
	if (leaf == 0)
		*a = 6;
	else if (leaf == 1)
		*d = BIT(9), *c = deadline ? BIT(24) : 0;
	else if (leaf == KVM_CPUID_SIGNATURE && kvm)
		memcpy(b, "KVMK", 4), memcpy(c, "VMKV", 4), memcpy(d, "M\0\0\0", 4);
}

void __iomem *ioremap_uc(phys_addr_t phys, size_t size)
{
	EXPECT(phys == BASE && size == PAGE_SIZE);
	return (void __iomem __force *)phys;
}

bool __cmdline_has(const char *word)
{
	EXPECT_STR(word, "nox2apic");
	return false;
}

void lapic_setup_errors(void)
{
	EXPECT(REG(APIC_SPIV) & APIC_SPIV_ENABLE);
}

void lapic_irq_init(void)
{
}

void irq_set_local_vector(u8 vector, const char *label, const char *text, void (*handler)(void))
{
	EXPECT((vector == CALL_FUNCTION_VECTOR || vector == LOCAL_TIMER_VECTOR) && label && text &&
	       handler);
}

void smp_call_interrupt(void)
{
}

void smp_set_ops(const struct smp_ops *o)
{
	ops = o;
}

void smp_set_starter(const struct cpu_starter *s)
{
	started = s;
}

void clockevents_config_and_register(struct clock_event_device *dev, u64 hz, u64 min_ticks,
				     u64 max_ticks)
{
	EXPECT(min_ticks > 0);
	registered = dev;
	registered_hz = hz;
	registered_max = max_ticks;
}

void clockevents_add_driver(void (*setup)(void))
{
	add_driver = setup;
}

u64 clockevents_period_ticks(const struct clock_event_device *dev)
{
	(void)dev;
	return 625;
}

u64 tsc_hz(void)
{
	return 1000000000;
}

/* ---- tests ---- */

static void begin(u32 last_lvt)
{
	memset(&apic, 0, sizeof(apic));
	apic.base = BASE | APIC_BASE_ENABLE | BIT(8);
	apic.last_lvt = last_lvt;
	for (unsigned int n = 0; n < ARRAY_SIZE(lvts); n++)
		REG(lvts[n]) = 0x30; /* as firmware left them: open */
	REG(APIC_TPR) = 0x20;
	irq_routing = (struct irq_routing){ .nmi_lint = 1, .source = "MADT" };
	boot_cpu.x2apic = kvm = deadline = false;
	release_resource(&lapic_resource);
	regs = NULL;
	x2apic = available = false;
	bus_hz = 0;
	test_log_clear();
}

/* All is masked and ended before it is enabled; the NMI's pin is opened behind that. */
TEST(enabled_in_order)
{
	for (u32 last = 3; last <= 6; last++) {
		begin(last);
		apic.in_service = 3;
		lapic_init();
		EXPECT(lapic_available() && !lapic_is_x2apic());
		EXPECT_EQ(apic.eois, 3);
		EXPECT_EQ(REG(APIC_TPR), 0);
		EXPECT_EQ(REG(APIC_SPIV), APIC_SPIV_ENABLE | LAPIC_SPURIOUS_VECTOR);
		EXPECT_EQ(REG(APIC_LVT_LINT1), LVT_NMI);
		EXPECT_EQ(REG(APIC_LVT_LINT0), LVT_MASKED);
		EXPECT(last < 6 || REG(APIC_LVT_CMCI) == LVT_MASKED);
		EXPECT(last >= 6 || REG(APIC_LVT_CMCI) == 0x30);
	}
	begin(5);
	irq_routing.nmi_lint = 0;
	irq_routing.nmi_active_low = true;
	lapic_init();
	EXPECT_EQ(REG(APIC_LVT_LINT0), LVT_NMI | LVT_ACTIVE_LOW);
	EXPECT_EQ(REG(APIC_LVT_LINT1), LVT_MASKED);
	begin(5);
	irq_routing.nmi_lint = NO_LINT;
	lapic_init();
	EXPECT_EQ(REG(APIC_LVT_LINT1), LVT_MASKED);
}

TEST(an_interrupt_that_does_not_end)
{
	begin(5);
	apic.in_service = 1;
	apic.stuck = true;
	lapic_init();
	EXPECT(test_log_has("an interrupt stays in service"));
	EXPECT_EQ(apic.eois, 256);
}

/* Table 11-5: by way of the xAPIC mode, and firmware may have left it off. */
TEST(into_x2apic_mode)
{
	begin(6);
	boot_cpu.x2apic = boot_cpu.hypervisor = kvm = true;
	apic.base &= ~APIC_BASE_ENABLE;
	REG(APIC_ID) = 0x12345;
	lapic_init();
	EXPECT(lapic_is_x2apic() && is_x2apic());
	EXPECT_EQ(lapic_id(), 0x12345);
	EXPECT_EQ(lapic_last_id(), MSI_LAST_ID);
	ops->send_ipi(2, 0x41);
	EXPECT(apic.sent_to == 0x12 && apic.sent == (ICR_ASSERT | 0x41));
	started->send_startup(0x10001, 0x9a);
	EXPECT(apic.sent_to == 0x10001 && apic.sent == (ICR_ASSERT | ICR_STARTUP | 0x9a));
}

/* 11.6.1: whom it goes to is written first, and nothing while one is on its way. */
TEST(messages_one_after_the_other)
{
	struct cpumask mask = { 0 };

	begin(6);
	REG(APIC_ID) = 5 << 24;
	lapic_init();
	EXPECT_EQ(started->boot_id, 5);
	EXPECT_EQ(started->last_id, XAPIC_LAST_ID);
	ops->send_ipi(1, 0x41);
	EXPECT(apic.sent_to == 7 && apic.sent == (ICR_ASSERT | 0x41));
	ops->send_nmi(2);
	EXPECT(apic.sent_to == 0x12 && apic.sent == (ICR_ASSERT | ICR_NMI));
	cpumask_set_cpu(1, &mask);
	cpumask_set_cpu(2, &mask);
	nr_cpu_ids = 3;
	ops->send_ipi_mask(&mask, 0x42);
	EXPECT(apic.nr_sent == 4 && apic.sent_to == 0x12 && apic.sent == (ICR_ASSERT | 0x42));
	started->send_init(0x21);
	EXPECT(apic.sent_to == 0x21 && apic.sent == (ICR_ASSERT | ICR_INIT));
}

static void start_timer(void)
{
	lapic_init();
	lapic_timer_start_measuring();
	EXPECT(REG(APIC_LVT_TIMER) & LVT_MASKED); /* it counts, and does not strike */
	EXPECT_EQ(REG(APIC_TDCR), TDCR_DIVIDE_BY_16);
	EXPECT_EQ(REG(APIC_TMICT), MAX_COUNT);
	lapic_timer_init();
}

/* Its frequency by the clock; 32 bits of it are a count, and a late one is not a huge one. */
TEST(timer_that_counts)
{
	begin(6);
	apic.rate = 62;
	start_timer();
	EXPECT_EQ(bus_hz, 62000000);
	add_driver();
	EXPECT(REG(APIC_LVT_TIMER) & LVT_MASKED);
	EXPECT(registered_hz == bus_hz && registered_max <= 0x7fffffff);
	EXPECT_EQ(registered->features, CLOCK_EVT_FEAT_ONESHOT | CLOCK_EVT_FEAT_PERIODIC);
	registered->set_state_periodic(registered);
	EXPECT_EQ(REG(APIC_LVT_TIMER), LVT_TIMER_PERIODIC | LOCAL_TIMER_VECTOR);
	EXPECT_EQ(REG(APIC_TMICT), 625);
	registered->set_state_oneshot(registered);
	EXPECT_EQ(REG(APIC_LVT_TIMER), LVT_TIMER_ONESHOT | LOCAL_TIMER_VECTOR);
	EXPECT_EQ(REG(APIC_TMICT), 0); /* nothing strikes that nobody asked for */
	EXPECT_EQ(registered->set_next_event(1000, registered), 0);
	EXPECT_EQ(REG(APIC_TMICT), 1000);
	registered->set_state_shutdown(registered);
	EXPECT(REG(APIC_LVT_TIMER) & LVT_MASKED && !REG(APIC_TMICT));
}

TEST(timer_that_has_deadlines)
{
	begin(6);
	deadline = true;
	apic.rate = 62;
	start_timer();
	add_driver();
	EXPECT(registered_hz == tsc_hz() && registered->features & CLOCK_EVT_FEAT_TSC);
	apic.deadline = 99;
	registered->set_state_oneshot(registered);
	EXPECT_EQ(REG(APIC_LVT_TIMER), LVT_TIMER_DEADLINE | LOCAL_TIMER_VECTOR);
	EXPECT_EQ(registered->set_next_event(1ULL << 40, registered), 0);
	EXPECT(apic.deadline > 1ULL << 40);
	registered->set_state_shutdown(registered);
	EXPECT(REG(APIC_LVT_TIMER) & LVT_MASKED && !apic.deadline);
}

TEST(timer_that_is_too_slow)
{
	begin(6);
	add_driver = NULL;
	apic.rate = 0;
	start_timer();
	EXPECT(test_log_has("APIC frequency too slow"));
	EXPECT(!add_driver);
}

// SPDX-License-Identifier: MIT
/*
 * Each CPU's local APIC (SDM 3A, chapter 11).
 *
 * Its address is what IA32_APIC_BASE says, whatever the tables say.  Where
 * firmware switched it to x2APIC mode it has no address: registers are MSRs
 * then (11.12), and it takes a reset to leave that mode, so it stays.  Otherwise
 * Linux's rule holds: where nothing remaps interrupts that mode is only taken under a
 * hypervisor that is known to bear it (KVM), and without "nox2apic".  Local vector table
 * entries are all masked but the one that the MADT names as NMI.
 */
#include "drivers/apic/lapic.h"
#include "drivers/apic/apic.h"
#include "kernel/core/cmdline.h"
#include "kernel/core/printk.h"
#include "kernel/core/resource.h"
#include "kernel/cpu/cpu.h"
#include "kernel/irq/routing.h"
#include "kernel/lib/string.h"
#include "mm/io.h"
#include "mm/ioremap.h"
#include "mm/layout.h"

#define APIC_BASE_X2APIC BIT_ULL(10) /* 11.4.4 */
#define APIC_BASE_ENABLE BIT_ULL(11)

#define XAPIC_LAST_ID	 254U  /* 255 is all of them (11.6.2.1) */
#define X2APIC_MSR_BASE	 0x800 /* 11.12.1.2: plus the offset / 16 */
#define APIC_SPIV_ENABLE BIT(8)
#define LVT_NMI		 (4U << 8) /* figure 11-8 */
#define LVT_ACTIVE_LOW	 BIT(13)

static void __iomem *regs;     /* NULL in x2APIC mode */
static bool x2apic, available; /* the mode is all CPUs' */
static struct resource lapic_resource = {
	.name = "Local APIC",
	.flags = IORESOURCE_MEM | IORESOURCE_BUSY,
};

u32 apic_read(u32 reg)
{
	return x2apic ? (u32)rdmsr(X2APIC_MSR_BASE + (reg >> 4)) : readl(regs + reg);
}

void apic_write(u32 reg, u32 value)
{
	if (x2apic)
		wrmsr(X2APIC_MSR_BASE + (reg >> 4), value);
	else
		writel(value, regs + reg);
}

bool lapic_is_x2apic(void)
{
	return x2apic;
}

bool lapic_available(void)
{
	return available;
}

static void lapic_eoi(void)
{
	apic_write(APIC_EOI, 0);
}

u32 lapic_id(void)
{
	if (!available)
		return 0;
	return x2apic ? apic_read(APIC_ID) : apic_read(APIC_ID) >> 24;
}

/* KVM's own leaves, of which the first carries its name (Linux: Documentation/virt/kvm/x86/cpuid.rst). */
#define KVM_CPUID_SIGNATURE 0x40000000
#define KVM_CPUID_FEATURES  0x40000001
#define KVM_MSI_EXT_DEST_ID BIT(15) /* a message's destination has 15 bits */
#define MSI_LAST_ID	    255U
#define MSI_EXT_LAST_ID	    32767U

static bool __init is_kvm(void)
{
	u32 id[4] = { 0 };

	if (boot_cpu.hypervisor)
		cpuid(KVM_CPUID_SIGNATURE, 0, &id[0], &id[1], &id[2], &id[3]);
	return memcmp(&id[1], "KVMKVMKVM\0\0\0", 12) == 0;
}

/* As Linux: a CPU that no device's interrupt can reach is not started. */
u32 __init lapic_last_id(void)
{
	u32 features, b, c, d;

	if (!x2apic)
		return XAPIC_LAST_ID;
	if (!is_kvm())
		return MSI_LAST_ID;
	cpuid(KVM_CPUID_FEATURES, 0, &features, &b, &c, &d);
	return features & KVM_MSI_EXT_DEST_ID ? MSI_EXT_LAST_ID : MSI_LAST_ID;
}

/* Claim, then map; false after a line when the local APIC cannot be reached. */
static bool __init map_registers(phys_addr_t base)
{
	struct resource *conflict;

	lapic_resource.start = base;
	lapic_resource.end = base + PAGE_SIZE - 1;
	conflict = request_resource_conflict(&early_resource, &lapic_resource);
	if (conflict) {
		pr_err("Local APIC: %pR is held by %s\n", &lapic_resource, conflict->name);
		return false;
	}
	regs = ioremap_uc(base, PAGE_SIZE);
	if (!regs) {
		release_resource(&lapic_resource);
		return false;
	}
	return true;
}

/* Firmware may have left an interrupt in service: it would block those below it. */
static void end_old_interrupts(void)
{
	for (unsigned int i = 0; i < 256; i++) {
		u32 in_service = 0;

		for (u32 r = 0; r < 8; r++)
			in_service |= apic_read(APIC_ISR + r * 0x10);
		if (!in_service)
			return;
		lapic_eoi();
	}
	pr_warn("Local APIC: an interrupt stays in service\n");
}

static void mask_lvt(void)
{
	u32 last = apic_read(APIC_VERSION) >> 16 & 0xff;

	apic_write(APIC_LVT_TIMER, LVT_MASKED);
	apic_write(APIC_LVT_LINT0, LVT_MASKED);
	apic_write(APIC_LVT_LINT1, LVT_MASKED);
	/* Figure 11-7: how many entries there are depends on the processor. */
	if (last >= 3)
		apic_write(APIC_LVT_ERROR, LVT_MASKED);
	if (last >= 4)
		apic_write(APIC_LVT_PERF, LVT_MASKED);
	if (last >= 5)
		apic_write(APIC_LVT_THERMAL, LVT_MASKED);
	if (last >= 6)
		apic_write(APIC_LVT_CMCI, LVT_MASKED);
}

/* 11.4.7.2: an entry can be unmasked only once the local APIC is enabled. */
static void setup_nmi(void)
{
	u32 nmi = LVT_NMI | (irq_routing.nmi_active_low ? LVT_ACTIVE_LOW : 0);

	if (irq_routing.nmi_lint != NO_LINT)
		apic_write(irq_routing.nmi_lint ? APIC_LVT_LINT1 : APIC_LVT_LINT0, nmi);
}

void lapic_setup_this_cpu(void)
{
	u64 msr = rdmsr(MSR_IA32_APIC_BASE);

	if (!(msr & APIC_BASE_ENABLE))
		wrmsr(MSR_IA32_APIC_BASE, msr |= APIC_BASE_ENABLE);
	if (x2apic && !(msr & APIC_BASE_X2APIC))
		wrmsr(MSR_IA32_APIC_BASE, msr | APIC_BASE_X2APIC);
	mask_lvt();
	end_old_interrupts();
	apic_write(APIC_TPR, 0);
	apic_write(APIC_SPIV, APIC_SPIV_ENABLE | LAPIC_SPURIOUS_VECTOR);
	setup_nmi();
	lapic_setup_errors();
}

void __init lapic_init(void)
{
	u32 a, b, c, d;
	phys_addr_t base;
	u64 msr;

	cpuid(1, 0, &a, &b, &c, &d);
	if (!(d & BIT(9))) { /* SDM 2A, CPUID: an APIC on chip */
		pr_err("Local APIC: this CPU has none, so there are no interrupts\n");
		return;
	}
	msr = rdmsr(MSR_IA32_APIC_BASE);
	base = msr & ((1ULL << boot_cpu.phys_bits) - 1) & PAGE_MASK;
	x2apic = msr & APIC_BASE_X2APIC;
	if (irq_routing.lapic_addr && irq_routing.lapic_addr != base)
		pr_warn("Local APIC: %s says %pa, the CPU %pa\n", irq_routing.source,
			&irq_routing.lapic_addr, &base);
	if (!x2apic && !map_registers(base))
		return;
	x2apic |= boot_cpu.x2apic && is_kvm() && !cmdline_has("nox2apic");
	available = true;
	lapic_setup_this_cpu();
	ipi_init();
	lapic_irq_init();
	pr_info("Local APIC: id %u version 0x%02x at %pa%s\n", lapic_id(),
		apic_read(APIC_VERSION) & 0xff, &base, x2apic ? ", x2APIC mode" : "");
}

void __init lapic_insert_resource(void)
{
	if (!regs)
		return;
	release_resource(&lapic_resource);
	if (insert_resource(&iomem_resource, &lapic_resource))
		pr_err("Local APIC: %pR does not fit into the register\n", &lapic_resource);
}

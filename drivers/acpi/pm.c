// SPDX-License-Identifier: MIT
/*
 * The fixed power management hardware (ACPI 6.5, 4.8): its ports in the
 * register, the step from legacy into ACPI mode, reset and power off.
 *
 * The ports belong to this file, but for the PM timer's, which drivers/clock reads.
 * They are claimed late (acpi_reserve_resources), when the bridge's port region
 * around them is in the register; firmware's methods need ACPI mode before that.
 * A block in memory is mapped once, at boot, because reset and power off may come
 * when nothing can be mapped.
 */
#define pr_fmt(fmt) "ACPI: " fmt
#include "drivers/acpi/pm.h"
#include "drivers/acpi/aml/aml.h"
#include "drivers/acpi/device.h"
#include "drivers/acpi/table/acpi.h"
#include "kernel/core/printk.h"
#include "kernel/core/resource.h"
#include "kernel/core/witness.h"
#include "kernel/cpu/port.h"
#include "kernel/lib/errno.h"
#include "kernel/sched/timeout.h"
#include "kernel/time/time.h"
#include "kernel/trap/reboot.h"
#include "mm/io.h"
#include "mm/ioremap.h"

/* Table 4.13, PM1 control. */
#define PM1_SCI_EN	  BIT(0)
#define PM1_SLP_TYP_SHIFT 10
#define PM1_SLP_TYP_MASK  (7U << PM1_SLP_TYP_SHIFT)
#define PM1_SLP_EN	  BIT(13)
#define PM1_WAK_STS	  BIT(15) /* table 4.11, PM1 status; write 1 to clear */

/* 4.8.3.7, sleep control of hardware-reduced machines. */
#define SLEEP_TYP_SHIFT 2
#define SLEEP_EN	BIT(5)

#define STATE_OFF 5 /* 16.1: S5 is soft off */

#define ACPI_MODE_TIMEOUT_US 300000 /* an SMI handler's time; it ends as soon as SCI_EN is set */

static struct pm_reg pm1a_evt, pm1a_cnt, pm1b_cnt, sleep_control, reset_reg;

/* What \_S5 says, asked at boot: after a panic nobody runs firmware's code. */
static struct {
	int error; /* 0: the types are known */
	u8 pm1a, pm1b;
} off = { .error = -ENODEV };

bool pm_usable(const struct pm_reg *r)
{
	return r->port || r->mem;
}

static u16 pm_read16(const struct pm_reg *r)
{
	return r->mem ? readw(r->mem) : inw(r->port);
}

static void pm_write16(const struct pm_reg *r, u16 value)
{
	if (r->mem)
		writew(value, r->mem);
	else
		outw(value, r->port);
}

u8 pm_read8(const struct pm_reg *r, unsigned int at)
{
	return r->mem ? readb(r->mem + at) : inb((u16)(r->port + at));
}

void pm_write8(const struct pm_reg *r, unsigned int at, u8 value)
{
	if (r->mem)
		writeb(value, r->mem + at);
	else
		outb(value, (u16)(r->port + at));
}

void __init pm_setup(struct pm_reg *r, const struct acpi_gas *gas, unsigned int bytes,
		     const char *name)
{
	if (!gas->address)
		return;
	if (gas->space_id == ACPI_SPACE_IO && gas->address < 0x10000 &&
	    gas->address + bytes <= 0x10000)
		r->port = (u16)gas->address;
	else if (gas->space_id == ACPI_SPACE_MEMORY)
		r->mem = ioremap(gas->address, bytes);
	if (!pm_usable(r))
		pr_warn("%s at space %u address 0x%llx cannot be used\n", name, gas->space_id,
			(unsigned long long)gas->address);
}

/* Claim a block for ever; one that somebody else holds is said by the register. */
static void __init claim(const struct acpi_gas *gas, unsigned int bytes, const char *name)
{
	u64 address = gas->address;

	if (!address || !bytes)
		return;
	if (gas->space_id == ACPI_SPACE_IO)
		request_region(address, bytes, name);
	else if (gas->space_id == ACPI_SPACE_MEMORY)
		request_mem_region(address, bytes, name);
}

/* The order, and which lengths count, are Linux's: the lines come out the same. */
static void __init claim_blocks(const struct fadt_info *f)
{
	claim(&f->pm1a_evt, f->pm1_evt_len, "ACPI PM1a_EVT_BLK");
	claim(&f->pm1b_evt, f->pm1_evt_len, "ACPI PM1b_EVT_BLK");
	claim(&f->pm1a_cnt, f->pm1_cnt_len, "ACPI PM1a_CNT_BLK");
	claim(&f->pm1b_cnt, f->pm1_cnt_len, "ACPI PM1b_CNT_BLK");
	if (f->pm_tmr_len == 4)
		claim(&f->pm_tmr, 4, "ACPI PM_TMR");
	claim(&f->pm2_cnt, f->pm2_cnt_len, "ACPI PM2_CNT_BLK");
	/* Table 5.9: half of a GPE block is status, half enable. */
	if (!(f->gpe0_len & 1))
		claim(&f->gpe0, f->gpe0_len, "ACPI GPE0_BLK");
	if (!(f->gpe1_len & 1))
		claim(&f->gpe1, f->gpe1_len, "ACPI GPE1_BLK");
}

/* 4.8.2.1: until SCI_EN is set, power management events go to the BIOS. */
static void __init enter_acpi_mode(const struct fadt_info *f)
{
	if (f->hw_reduced || !pm_usable(&pm1a_cnt) || pm_read16(&pm1a_cnt) & PM1_SCI_EN)
		return;
	if (!f->smi_cmd || f->smi_cmd > 0xffff || !f->acpi_enable) {
		pr_warn("SCI_EN is clear and the FADT has no SMI_CMD\n");
		return;
	}
	outb(f->acpi_enable, (u16)f->smi_cmd);
	if (!poll_sleeping(pm_read16(&pm1a_cnt) & PM1_SCI_EN, ACPI_MODE_TIMEOUT_US))
		pr_err("firmware did not enter ACPI mode in %u us\n", ACPI_MODE_TIMEOUT_US);
}

/* The second half of a PM1 event block is the enable register. */
static void __init disable_events(const struct acpi_gas *gas, unsigned int bytes, const char *name)
{
	struct pm_reg block = { 0 };

	pm_setup(&block, gas, bytes, name);
	for (unsigned int at = bytes / 2; pm_usable(&block) && at < bytes; at++)
		pm_write8(&block, at, 0);
	if (block.mem)
		iounmap(block.mem);
}

void __init acpi_disable_fixed_events(void)
{
	disable_events(&acpi_fadt.pm1a_evt, acpi_fadt.pm1_evt_len, "PM1a_EVT_BLK");
	disable_events(&acpi_fadt.pm1b_evt, acpi_fadt.pm1_evt_len, "PM1b_EVT_BLK");
}

/* 16.1.6: the sleep type first, then with SLP_EN; the rest of the register stays. */
static void write_sleep(u8 pm1a, u8 pm1b)
{
	u16 a = pm_read16(&pm1a_cnt) & ~(PM1_SLP_TYP_MASK | PM1_SLP_EN);
	u16 b = pm_usable(&pm1b_cnt) ? pm_read16(&pm1b_cnt) & ~(PM1_SLP_TYP_MASK | PM1_SLP_EN) : 0;

	if (pm_usable(&pm1a_evt))
		pm_write16(&pm1a_evt, PM1_WAK_STS);
	a |= (u16)(pm1a << PM1_SLP_TYP_SHIFT);
	b |= (u16)(pm1b << PM1_SLP_TYP_SHIFT);
	pm_write16(&pm1a_cnt, a);
	if (pm_usable(&pm1b_cnt))
		pm_write16(&pm1b_cnt, b);
	pm_write16(&pm1a_cnt, a | PM1_SLP_EN);
	if (pm_usable(&pm1b_cnt))
		pm_write16(&pm1b_cnt, b | PM1_SLP_EN);
}

static void power_off(bool emergency)
{
	struct aml_value state = aml_integer(STATE_OFF);

	if (!pm_usable(&pm1a_cnt) && !pm_usable(&sleep_control)) {
		pr_err("no register to take the power off\n");
		return;
	}
	if (off.error) {
		pr_err("no usable \\_S5 in the namespace: %s\n", error_name(off.error));
		return;
	}
	if (!emergency) { /* 7.4.1: firmware prepares */
		acpi_lock();
		aml_evaluate(acpi_namespace, NULL, "\\_PTS", &state, 1, NULL);
		acpi_unlock();
	}
	if (pm_usable(&sleep_control) && (acpi_fadt.hw_reduced || !pm_usable(&pm1a_cnt)))
		pm_write8(&sleep_control, 0, (u8)(off.pm1a << SLEEP_TYP_SHIFT | SLEEP_EN));
	else
		write_sleep(off.pm1a, off.pm1b);
	udelay(500000); /* a real supply takes its time */
	pr_err("the power is still on\n");
}

static void restart(void)
{
	pm_write8(&reset_reg, 0, acpi_fadt.reset_value);
	udelay(15000); /* the reset may take a moment to arrive */
	pr_err("the reset register did nothing\n");
}

void __init acpi_enable(void)
{
	const struct fadt_info *f = &acpi_fadt;

	if (!acpi_get_table("FACP", 0))
		return;
	pm_setup(&pm1a_evt, &f->pm1a_evt, 2, "PM1a_EVT_BLK");
	pm_setup(&pm1a_cnt, &f->pm1a_cnt, 2, "PM1a_CNT_BLK");
	pm_setup(&pm1b_cnt, &f->pm1b_cnt, 2, "PM1b_CNT_BLK");
	pm_setup(&sleep_control, &f->sleep_control, 1, "sleep control");
	if (f->has_reset_reg) {
		pm_setup(&reset_reg, &f->reset_reg, 1, "reset register");
		if (pm_usable(&reset_reg))
			register_restart_handler(restart);
	}
	enter_acpi_mode(f);
	register_poweroff_handler(power_off);
}

void __init acpi_reserve_resources(void)
{
	if (!acpi_get_table("FACP", 0))
		return;
	claim_blocks(&acpi_fadt);
	acpi_processor_claim();
	if (acpi_namespace)
		off.error = aml_sleep_type(acpi_namespace, STATE_OFF, &off.pm1a, &off.pm1b);
}

static void tell_fadt(witness_fn fn, void *arg)
{
	const struct fadt_info *f = &acpi_fadt;
	const struct {
		const struct acpi_gas *gas;
		unsigned int bytes;
		const char *name;
	} blocks[] = {
		{ &f->pm1a_evt, f->pm1_evt_len, "PM1a_EVT_BLK" },
		{ &f->pm1b_evt, f->pm1_evt_len, "PM1b_EVT_BLK" },
		{ &f->pm1a_cnt, f->pm1_cnt_len, "PM1a_CNT_BLK" },
		{ &f->pm1b_cnt, f->pm1_cnt_len, "PM1b_CNT_BLK" },
		{ &f->pm2_cnt, f->pm2_cnt_len, "PM2_CNT_BLK" },
		{ &f->pm_tmr, f->pm_tmr_len, "PM_TMR_BLK" },
		{ &f->gpe0, f->gpe0_len, "GPE0_BLK" },
		{ &f->gpe1, f->gpe1_len, "GPE1_BLK" },
		{ &f->sleep_control, 1, "SLEEP_CONTROL_REG" },
		{ &f->reset_reg, f->has_reset_reg, "RESET_REG" },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(blocks); i++) {
		u64 at = blocks[i].gas->address;

		if (at && blocks[i].bytes && blocks[i].gas->space_id <= ACPI_SPACE_IO)
			fn(blocks[i].gas->space_id == ACPI_SPACE_IO ? &ioport_resource :
								      &iomem_resource,
			   at, at + blocks[i].bytes - 1, blocks[i].name, arg);
	}
}
REGISTER_WITNESS(fadt, "FADT", tell_fadt);

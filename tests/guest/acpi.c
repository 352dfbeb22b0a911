// SPDX-License-Identifier: MIT
/* ACPI tables as they are mapped for good, and the fixed hardware they describe. */
#include "drivers/acpi/aml/aml.h"
#include "drivers/acpi/table/actbl.h"
#include "drivers/firmware/mptable.h"
#include "kernel/core/resource.h"
#include "kernel/cpu/port.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/sched/kthread.h"
#include "mm/page_alloc.h"
#include "tests/guest/guest_test.h"

static bool have_acpi(void)
{
	if (acpi_available())
		return true;
	guest_skip("no ACPI on this machine");
	return false;
}

GUEST_TEST(acpi, tables_are_whole)
{
	const struct acpi_table_header *h;
	phys_addr_t phys;
	unsigned int n;

	if (!have_acpi())
		return;
	for (n = 0; (h = acpi_table_by_index(n, &phys)); n++) {
		EXPECT(phys != 0);
		EXPECT_EQ(acpi_table_check(h, h->length), 0);
	}
	EXPECT(n >= 2); /* the root and one that it names */
	EXPECT(!acpi_table_by_index(n, &phys));
}

/* Nobody else may get a page that holds a table. */
GUEST_TEST(acpi, tables_lie_in_reserved_pages)
{
	const struct acpi_table_header *h;
	phys_addr_t phys;

	if (!have_acpi())
		return;
	for (unsigned int n = 0; (h = acpi_table_by_index(n, &phys)); n++)
		for (u64 pfn = PFN_DOWN(phys); pfn <= PFN_DOWN(phys + h->length - 1); pfn++)
			EXPECT(!pfn_valid(pfn) || (pfn_to_page(pfn)->flags & PG_RESERVED));
}

GUEST_TEST(acpi, tables_are_found_by_signature)
{
	const struct acpi_table_header *h;
	unsigned int n;

	if (!have_acpi())
		return;
	for (n = 0; (h = acpi_get_table("SSDT", n)); n++)
		EXPECT(memcmp(h->signature, "SSDT", 4) == 0);
	EXPECT(n < 64);
	EXPECT(acpi_get_table("FACP", 0) != NULL);
	EXPECT(!acpi_get_table("FACP", 1));
	EXPECT(!acpi_get_table("none", 0));
	if (!acpi_fadt.hw_reduced)
		EXPECT(acpi_get_table("DSDT", 0) != NULL);
}

GUEST_TEST(acpi, machine_is_in_acpi_mode)
{
	if (!have_acpi())
		return;
	if (!acpi_fadt.pm1a_cnt.address || acpi_fadt.pm1a_cnt.space_id != ACPI_SPACE_IO) {
		guest_skip("no PM1a control port");
		return;
	}
	EXPECT(inw((u16)acpi_fadt.pm1a_cnt.address) & 1); /* SCI_EN */
}

static const char *holder(const struct acpi_gas *gas, unsigned int bytes)
{
	return lookup_resource_deepest(&ioport_resource, gas->address, gas->address + bytes - 1)
		->name;
}

GUEST_TEST(acpi, pm_ports_are_claimed)
{
	const struct fadt_info *f = &acpi_fadt;

	if (!have_acpi())
		return;
	if (!f->pm1a_evt.address || f->pm1a_evt.space_id != ACPI_SPACE_IO) {
		guest_skip("no PM ports");
		return;
	}
	EXPECT(strcmp(holder(&f->pm1a_evt, f->pm1_evt_len), "ACPI PM1a_EVT_BLK") == 0);
	EXPECT(strcmp(holder(&f->pm1a_cnt, f->pm1_cnt_len), "ACPI PM1a_CNT_BLK") == 0);
	if (f->pm_tmr_len == 4)
		EXPECT(strcmp(holder(&f->pm_tmr, 4), "ACPI PM_TMR") == 0);
}

GUEST_TEST(acpi, power_off_is_known)
{
	u8 a, b;

	if (!have_acpi())
		return;
	EXPECT(acpi_namespace != NULL);
	if (acpi_namespace)
		EXPECT_EQ(aml_sleep_type(acpi_namespace, 5, &a, &b), 0);
}

static struct completion evaluated;

/* Firmware's own data, again and again, while others do the same. */
static int evaluate_often(void *wrong)
{
	u8 a, b;

	for (unsigned int i = 0; i < 200; i++) {
		acpi_lock();
		*(unsigned int *)wrong += aml_sleep_type(acpi_namespace, 5, &a, &b) != 0;
		acpi_unlock();
		yield();
	}
	complete(&evaluated);
	return 0;
}

GUEST_TEST(acpi, several_threads_evaluate)
{
	unsigned int wrong[3] = { 0 };
	struct aml_statistics before, after;

	if (!have_acpi())
		return;
	init_completion(&evaluated);
	aml_statistics(acpi_namespace, &before);
	for (unsigned int i = 0; i < ARRAY_SIZE(wrong); i++)
		ASSERT(!IS_ERR(kthread_run(evaluate_often, &wrong[i], "evaluate/%u", i)));
	for (unsigned int i = 0; i < ARRAY_SIZE(wrong); i++)
		wait_for_completion(&evaluated);
	aml_statistics(acpi_namespace, &after);
	EXPECT_EQ(wrong[0] + wrong[1] + wrong[2], 0);
	EXPECT_EQ(after.errors, before.errors);
	EXPECT_EQ(after.objects, before.objects);
}

GUEST_TEST(acpi, config_space_entries)
{
	u8 start, end;
	u16 segment;
	unsigned int n;
	u64 base;

	for (n = 0; acpi_mcfg_entry(n, &base, &segment, &start, &end) == 0 && n < 1000; n++)
		EXPECT(base && start <= end);
	EXPECT_EQ(acpi_mcfg_entry(n, &base, &segment, &start, &end), -ENOENT);
	EXPECT(n > 0 || !acpi_get_table("MCFG", 0));
}

GUEST_TEST(acpi, mp_table_knows_only_its_devices)
{
	bool level, low;
	u32 gsi;

	EXPECT_EQ(mp_pci_irq(255, 31, 3, &gsi, &level, &low), -ENOENT);
}

// SPDX-License-Identifier: MIT
// sources: kernel/core/resource.c kernel/core/region.c kernel/lib/tree.c
/*
 * ACPI's fixed hardware and general purpose events (ACPI 6.5, 4.8) against registers that notice what
 * comes in the wrong order: the steps into ACPI mode and to sleep, and when an event is cleared.
 */
#include "kernel/irq/irq.h"
#include "kernel/sched/workqueue.h"
#include "tests/host/fake_device.h"

#include "drivers/acpi/pm.c"
#undef pr_fmt
#include "drivers/acpi/gpe.c"

#define EVT_A 0x600
#define CNT_A 0x604
#define CNT_B 0x704
#define GPE   0x620 /* two bytes of status, two of enables */
#define SMI   0xb2
#define SLEEP 0x9000
#define RESET 0xcf9

struct aml_node {
	enum aml_type type;
	const char *path;
	u64 wakes_by; /* a device: its _PRW's event; ~0: it has none */
};

struct fadt_info acpi_fadt;
struct aml *acpi_namespace = (struct aml *)&acpi_fadt;
struct workqueue_struct {
	bool queued;
};
struct workqueue_struct system_wq;

/* ---- the registers ---- */

static u16 event_status, control[2];
static unsigned int smi_reads; /* until firmware is done */
static bool slept[2], wake_cleared, pts;
static u8 gpe[4], level_lines[2]; /* what a device holds high until its method has run */
static u8 sleep_control_value, reset_written;

static void write_control(unsigned int n, u16 value)
{
	u16 old = control[n];

	EXPECT_EQ(value & 0x03ff,
		  old & 0x03ff);  /* what is not of sleep stays: SCI_EN, BM_RLD ... */
	if (value & PM1_SLP_EN) { /* 4.8.3.2.1: SLP_TYP is there first, in both */
		EXPECT_EQ(value & PM1_SLP_TYP_MASK, old & PM1_SLP_TYP_MASK);
		EXPECT_EQ(control[0] & PM1_SLP_TYP_MASK, 5 << 10);
		EXPECT_EQ(control[1] & PM1_SLP_TYP_MASK, acpi_fadt.pm1b_cnt.address ? 6 << 10 : 0);
		EXPECT(wake_cleared && n == slept[0]);
		slept[n] = true;
	}
	control[n] = value & (u16)~PM1_SLP_EN;
}

static void write_gpe(unsigned int at, u8 value)
{
	if (at < 2)
		gpe[at] = (u8)((gpe[at] & ~value) | level_lines[at]);
	else
		gpe[at] = value;
}

static void device_write(unsigned long addr, unsigned int size, u64 value)
{
	if (addr == SMI) {
		EXPECT_EQ(value, 0xa1);
		smi_reads = 3;
	} else if (addr == EVT_A && size == 2) {
		EXPECT_EQ(value, PM1_WAK_STS);
		wake_cleared = true;
	} else if (addr == EVT_A + 2 || addr == EVT_A + 3) {
		EXPECT_EQ(value, 0);
		event_status &= (u16) ~(1 << (addr - EVT_A));
	} else if (addr == CNT_A || addr == CNT_B) {
		EXPECT_EQ(size, 2);
		write_control(addr == CNT_B, (u16)value);
	} else if (addr == SLEEP) {
		sleep_control_value = (u8)value;
	} else if (addr == RESET) {
		reset_written = (u8)value;
	} else {
		EXPECT(addr >= GPE && addr < GPE + 4 && size == 1);
		write_gpe((unsigned int)(addr - GPE), (u8)value);
	}
}

static u64 device_read(unsigned long addr, unsigned int size)
{
	if (addr == CNT_A && smi_reads && !--smi_reads)
		control[0] |= PM1_SCI_EN;
	if (addr == CNT_A || addr == CNT_B)
		return control[addr == CNT_B];
	EXPECT(addr >= GPE && addr < GPE + 4 && size == 1);
	return gpe[addr - GPE];
}

/* ---- the rest of the kernel ---- */

static void (*poweroff)(bool emergency), (*reset)(void);
static irq_handler_t handler;
static int sci;

void register_poweroff_handler(void (*fn)(bool emergency))
{
	poweroff = fn;
}

void register_restart_handler(void (*fn)(void))
{
	reset = fn;
}

int request_irq(int irq, irq_handler_t fn, unsigned long flags, const char *name, void *dev_id)
{
	EXPECT(flags & IRQF_SHARED && dev_id);
	EXPECT_STR(name, "acpi");
	handler = fn;
	sci = irq;
	return 0;
}

bool queue_work(struct workqueue_struct *wq, struct work_struct *work)
{
	EXPECT(work == &gpe_work);
	wq->queued = true;
	return true;
}

void __iomem *ioremap(phys_addr_t phys, size_t size)
{
	EXPECT(phys == SLEEP && size == 1);
	return (void __iomem __force *)phys;
}

void iounmap(volatile void __iomem *addr)
{
	(void)addr;
}

void acpi_lock(void)
{
}

void acpi_unlock(void)
{
}

void acpi_processor_claim(void)
{
}

void acpi_pci_plug_init(void)
{
}

void sleep_ns(u64 ns)
{
	(void)ns;
}

const struct acpi_table_header *acpi_get_table(const char *signature, unsigned int n)
{
	EXPECT(!n);
	EXPECT_STR(signature, "FACP");
	return (const struct acpi_table_header *)&acpi_fadt;
}

/* ---- the namespace ---- */

static struct aml_node scope_node, nodes[] = {
	{ AML_METHOD, "\\_GPE._L00", ~0ULL },
	{ AML_METHOD, "\\_GPE._E03", ~0ULL },
	{ AML_METHOD, "\\_GPE._L0D", ~0ULL },
	{ AML_METHOD, "\\_GPE._L10", ~0ULL }, /* one too many */
	{ AML_METHOD, "\\_GPE._L1G", ~0ULL },
	{ AML_METHOD, "\\_GPE.XL01", ~0ULL },
	{ AML_METHOD, "\\_GPE._L05", ~0ULL },
	{ AML_DEVICE, "\\_SB_.LID_", 5 },
	{ AML_INTEGER, "\\_GPE._L06", ~0ULL },
	{ AML_DEVICE, "\\_SB_.PWRB", ~0ULL },
};
static unsigned int ran[ARRAY_SIZE(nodes)];
static bool strikes_again; /* the edge, while its method runs */

static struct aml_node *after(struct aml_node *node)
{
	if (!node)
		return nodes;
	return node + 1 < nodes + ARRAY_SIZE(nodes) ? node + 1 : NULL;
}

struct aml_node *aml_root(struct aml *aml)
{
	(void)aml;
	return &scope_node;
}

struct aml_node *aml_find(struct aml *aml, struct aml_node *scope, const char *path)
{
	(void)aml;
	(void)scope;
	EXPECT_STR(path, "\\_GPE");
	return &scope_node;
}

struct aml_node *aml_next_child(struct aml_node *parent, struct aml_node *child)
{
	EXPECT(parent == &scope_node);
	return after(child);
}

struct aml_node *aml_next_node(struct aml_node *root, struct aml_node *node)
{
	return after(node == root ? NULL : node);
}

enum aml_type aml_node_type(const struct aml_node *node)
{
	return node->type;
}

char *aml_node_path(const struct aml_node *node, char *buf, size_t size)
{
	strscpy(buf, node->path, size);
	return buf;
}

/* While its method runs an event is off; an edge's status is clear by then, a level's is not. */
static void run(const struct aml_node *node)
{
	unsigned int n = node == &nodes[0] ? 0 : node == &nodes[1] ? 3 : 13, bit = 1U << n % 8;

	ran[node - nodes]++;
	EXPECT(!(gpe[2 + n / 8] & bit));
	EXPECT_EQ(!(gpe[n / 8] & bit), n == 3);
	level_lines[n / 8] &= (u8)~bit;
	if (n == 3 && strikes_again)
		gpe[0] |= bit;
	strikes_again = false;
}

int aml_evaluate(struct aml *aml, struct aml_node *scope, const char *path,
		 const struct aml_value *args, unsigned int nr_args, struct aml_value *result)
{
	(void)aml;
	if (path && strcmp(path, "\\_PTS") == 0) {
		EXPECT(nr_args == 1 && args->integer == 5);
		pts = true;
	} else if (path) {
		EXPECT_STR(path, "_PRW");
		*result = (struct aml_value){ .integer = scope->wakes_by };
		return scope->wakes_by == ~0ULL ? -ENOENT : 0;
	} else {
		run(scope);
	}
	return 0;
}

struct aml_value aml_integer(u64 value)
{
	return (struct aml_value){ .type = AML_INTEGER, .integer = value };
}

int aml_element_integer(struct aml *aml, const struct aml_value *package, u32 i, u64 *out)
{
	(void)aml;
	EXPECT(!i);
	*out = package->integer;
	return 0;
}

void aml_put(struct aml *aml, struct aml_value *value)
{
	(void)aml;
	(void)value;
}

int aml_sleep_type(struct aml *aml, unsigned int state, u8 *pm1a, u8 *pm1b)
{
	(void)aml;
	EXPECT_EQ(state, 5);
	*pm1a = 5;
	*pm1b = 6;
	return 0;
}

/* ---- tests ---- */

static struct acpi_gas port(u64 address)
{
	return (struct acpi_gas){ .space_id = ACPI_SPACE_IO, .address = address };
}

static void begin(void)
{
	acpi_fadt = (struct fadt_info){ .smi_cmd = SMI,
					.acpi_enable = 0xa1,
					.sci_irq = 9,
					.pm1_evt_len = 4,
					.pm1_cnt_len = 2,
					.gpe0_len = 4,
					.reset_value = 0x0e,
					.has_reset_reg = true };
	acpi_fadt.pm1a_evt = port(EVT_A);
	acpi_fadt.pm1a_cnt = port(CNT_A);
	acpi_fadt.gpe0 = port(GPE);
	acpi_fadt.reset_reg = port(RESET);
	pm1a_evt = pm1a_cnt = pm1b_cnt = sleep_control = reset_reg = (struct pm_reg){ 0 };
	control[0] = 0x0002;
	control[1] = 0x0004;
	event_status = 0xffff;
	slept[0] = slept[1] = wake_cleared = pts = false;
	test_log_clear();
}

TEST(into_acpi_mode)
{
	begin();
	acpi_enable();
	EXPECT_EQ(control[0], 0x0003);
	EXPECT_STR(test_log(), "");
	reset();
	EXPECT_EQ(reset_written, 0x0e);
	acpi_disable_fixed_events();
	EXPECT_EQ(event_status, 0xfff3);
}

/* 4.8.3.2.1; bits of others stay, and a wake event that is pending is cleared first. */
TEST(power_goes_off)
{
	begin();
	acpi_enable();
	acpi_reserve_resources();
	poweroff(false);
	EXPECT(pts && slept[0] && !slept[1]);

	begin();
	acpi_fadt.pm1b_cnt = port(CNT_B);
	control[0] = 7 << 10 | PM1_SCI_EN | 2; /* of a sleep that firmware knows of */
	acpi_enable();
	poweroff(true);
	EXPECT(!pts && slept[0] && slept[1]); /* no AML in an emergency */
}

/* 4.8.3.7: without PM1 it is one byte, with its own place for the type. */
TEST(power_goes_off_by_sleep_control)
{
	begin();
	acpi_fadt.hw_reduced = true;
	acpi_fadt.sleep_control =
		(struct acpi_gas){ .space_id = ACPI_SPACE_MEMORY, .address = SLEEP };
	acpi_enable();
	poweroff(true);
	EXPECT(!slept[0]);
	EXPECT_EQ(sleep_control_value, 5 << 2 | 1 << 5);
}

TEST(blocks_that_reach_beyond_the_ports)
{
	struct pm_reg r = { 0 };
	struct acpi_gas gas = port(0xfffe);

	begin();
	pm_setup(&r, &gas, 2, "a");
	EXPECT_EQ(r.port, 0xfffe);
	r = (struct pm_reg){ 0 };
	pm_setup(&r, &gas, 3, "b");
	EXPECT(!pm_usable(&r));
	EXPECT(test_log_has("b at space 1 address 0xfffe cannot be used"));
}

static const struct resource *claim_at(resource_size_t start)
{
	const struct resource *res = lookup_resource_deepest(&ioport_resource, start, start);

	return res == &ioport_resource ? NULL : res;
}

/* As Linux claims them: a GPE block has as many bytes of status as of enables. */
TEST(blocks_are_claimed)
{
	begin();
	acpi_fadt.gpe0 = port(0x2000);
	acpi_fadt.gpe0_len = 5;
	acpi_fadt.gpe1 = port(0x2100);
	acpi_fadt.gpe1_len = 8;
	acpi_fadt.pm_tmr = port(0x2200);
	acpi_fadt.pm_tmr_len = 3;
	acpi_fadt.pm1a_evt = port(0x2300);
	acpi_fadt.pm1a_cnt = port(0x2400);
	acpi_reserve_resources();
	EXPECT(!claim_at(0x2000) && !claim_at(0x2200));
	EXPECT_STR(claim_at(0x2100)->name, "ACPI GPE1_BLK");
	EXPECT_EQ(claim_at(0x2100)->end, 0x2107);
	EXPECT_EQ(claim_at(0x2300)->end, 0x2303);
}

static void strike(u8 low, u8 high, irqreturn_t answer)
{
	gpe[0] |= low;
	gpe[1] |= high;
	EXPECT_EQ(handler(9, &block), answer);
}

/* 5.6.4: an edge is cleared before its method, a level behind it; meanwhile neither strikes. */
TEST(events_have_methods)
{
	begin();
	gpe[0] = gpe[1] = 0;
	gpe[2] = gpe[3] = 0xff;
	acpi_gpe_init();
	EXPECT_EQ(sci, 9);
	/* 0, 3 and 0x0d; not those of other names, not the one a sleeping machine is woken by. */
	EXPECT_EQ(gpe[2], 0x09);
	EXPECT_EQ(gpe[3], 0x20);
	EXPECT(test_log_has("3 general purpose events of 16 have methods"));
	strike(0x02, 0, IRQ_NONE); /* not enabled: somebody else's interrupt */
	EXPECT(!system_wq.queued);
	for (unsigned int i = 1; i < 3; i++) {
		level_lines[0] = 0x01;
		level_lines[1] = 0x20;
		strike(0x09, 0x20, IRQ_HANDLED);
		EXPECT(system_wq.queued && !gpe[2] && !gpe[3]);
		EXPECT_EQ(handler(9, &block),
			  IRQ_NONE); /* they are off until their methods have run */
		system_wq.queued = false;
		run_methods(&gpe_work);
		EXPECT(ran[0] == i && ran[1] == i && ran[2] == i);
		EXPECT_EQ(gpe[0], 0x02);
		EXPECT_EQ(gpe[1], 0);
		EXPECT_EQ(gpe[2], 0x09);
		EXPECT_EQ(gpe[3], 0x20);
	}
	run_methods(&gpe_work); /* nothing is left over */
	EXPECT_EQ(ran[0] + ran[1] + ran[2], 6);
	strikes_again = true;
	for (unsigned int i = 3; i < 5; i++) {
		strike(i == 3 ? 0x08 : 0, 0, IRQ_HANDLED);
		run_methods(&gpe_work);
		EXPECT_EQ(ran[1], i);
	}
	strike(0, 0, IRQ_NONE);
}

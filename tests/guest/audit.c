// SPDX-License-Identifier: MIT
/*
 * audit finds what is wrong: each check is given one fault, planted here and taken away again, and has
 * to name it; before and after it finds none.
 */
#include "kernel/monitor/audit.h"

#include <linux/mman.h>

#include "drivers/apic/ioapic.h"
#include "drivers/apic/rte.h"
#include "drivers/pci/access.h"
#include "kernel/core/printk.h"
#include "kernel/core/sink.h"
#include "kernel/fs/file.h"
#include "kernel/fs/fs.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/sched/kthread.h"
#include "kernel/sched/rq.h"
#include "kernel/sched/sched.h"
#include "mm/early_ioremap.h"
#include "mm/ioremap.h"
#include "mm/page_alloc.h"
#include "mm/user/mmap.h"
#include "mm/vmalloc.h"
#include "tests/guest/guest_test.h"
#include "tests/guest/hole.h"

static char said[4096];

/* How many faults the check finds now. */
static int faults_of(const char *check)
{
	struct buffer_sink text;

	buffer_sink_init(&text, said, sizeof(said));
	return audit_run(&text.sink, check);
}

/* It finds just one, and says this of it. */
static void __printf(2, 3) expect_fault(const char *check, const char *fmt, ...)
{
	char want[160];
	va_list args;
	int n = scnprintf(want, sizeof(want), "audit: %s: ", check);

	va_start(args, fmt);
	vsnprintf(want + n, sizeof(want) - (size_t)n, fmt, args);
	va_end(args);
	if (faults_of(check) != 1 || !strstr(said, want))
		guest_fail(__FILE__, __LINE__, "expected '%s' of '%s'", want, said);
}

#define EXPECT_CLEAN(check) EXPECT_EQ(faults_of(check), 0)

GUEST_TEST(audit, arguments)
{
	EXPECT_EQ(faults_of("no such check"), (u64)-ENOENT);
	EXPECT_EQ(faults_of(NULL), 0);
	EXPECT(strstr(said, " checks, 0 faults\n"));
}

/* A page of `prot` and cache mode at phys, past all that would refuse it. */
static struct vm_struct *map_by_hand(phys_addr_t phys, pgprot_t prot)
{
	struct vm_struct *vm = get_vm_area(PAGE_SIZE, VM_MAP);

	if (vm &&
	    map_page_range(&init_mm, (unsigned long)vm->addr, phys, PAGE_SIZE, prot, PG_LEVEL_4K)) {
		kfree(remove_vm_area(vm->addr));
		return NULL;
	}
	return vm;
}

static void unmap_by_hand(struct vm_struct *vm)
{
	kfree(remove_vm_area(vm->addr));
}

GUEST_TEST(audit, wx)
{
	struct page *page = alloc_page(GFP_KERNEL);
	struct vm_struct *vm;
	unsigned long va;

	ASSERT(page);
	vm = map_by_hand(page_to_phys(page), __pgprot(pgprot_val(PAGE_KERNEL) & ~_PAGE_NX));
	ASSERT(vm);
	va = (unsigned long)vm->addr;
	expect_fault("wx", "[%#lx-%#lx] is writable and executable\n", va, va + PAGE_SIZE - 1);
	unmap_by_hand(vm);
	__free_page(page);
	EXPECT_CLEAN("wx");
}

GUEST_TEST(audit, cached_device)
{
	phys_addr_t hole = find_hole(PAGE_SIZE);
	struct vm_struct *vm;

	ASSERT(hole);
	/* A device's, even where firmware calls the place reserved and memmap= hides that. */
	ASSERT(request_mem_region(hole, PAGE_SIZE, "audit"));
	vm = map_by_hand(hole, PAGE_KERNEL);
	ASSERT(vm);
	expect_fault("cache", "[mem 0x%08lx-0x%08lx] is a device's, write-back at %#lx\n", hole,
		     hole + PAGE_SIZE - 1, (unsigned long)vm->addr);
	unmap_by_hand(vm);
	vm = map_by_hand(hole, pgprot_cached(PAGE_KERNEL, _PAGE_CACHE_MODE_UC));
	ASSERT(vm);
	EXPECT_CLEAN("cache");
	unmap_by_hand(vm);
	release_mem_region(hole, PAGE_SIZE);
}

GUEST_TEST(audit, uncached_alias)
{
	struct page *page = alloc_page(GFP_KERNEL);
	struct vm_struct *vm;

	ASSERT(page);
	vm = map_by_hand(page_to_phys(page), pgprot_cached(PAGE_KERNEL, _PAGE_CACHE_MODE_UC));
	ASSERT(vm);
	expect_fault("cache", "RAM at %#lx is write-back, but uncached at %#lx\n",
		     page_to_phys(page), (unsigned long)vm->addr);
	unmap_by_hand(vm);
	__free_page(page);
	EXPECT_CLEAN("cache");
}

GUEST_TEST(audit, early_slot)
{
	void *p;

	early_ioremap_setup();
	p = early_memremap_ro(0xf0000, PAGE_SIZE);
	EXPECT(p);
	expect_fault("slots", "1 early_ioremap() slots are held\n");
	if (p)
		early_memunmap(p, PAGE_SIZE);
	early_ioremap_shutdown();
	EXPECT_CLEAN("slots");
}

GUEST_TEST(audit, nobodys_mapping)
{
	phys_addr_t hole = find_hole(PAGE_SIZE);
	void __iomem *io;

	ASSERT(hole);
	io = ioremap(hole, PAGE_SIZE);
	ASSERT(io);
	expect_fault("mapped",
		     "[mem 0x%08lx-0x%08lx] is nobody's, mapped for audit_nobodys_mapping+", hole,
		     hole + PAGE_SIZE - 1);
	ASSERT(request_mem_region(hole, PAGE_SIZE, "audit"));
	EXPECT_CLEAN("mapped");
	release_mem_region(hole, PAGE_SIZE);
	iounmap(io);
}

GUEST_TEST(audit, nobodys_page)
{
	struct page *page = alloc_page(GFP_KERNEL);
	unsigned long owner;

	ASSERT(page);
	owner = page->owner;
	page->owner = 0;
	expect_fault("pages", "the page at %#lx is nobody's, 1 hold it\n", page_to_phys(page));
	page->owner = owner;
	page->refcount = 0; /* lost: neither free nor held */
	expect_fault("pages", "the page at %#lx is nobody's, 0 hold it\n", page_to_phys(page));
	page->refcount = 1;
	__free_page(page);
	EXPECT_CLEAN("pages");
}

/* The first pin that MADT or _PRT speaks of, and that nobody uses. */
GUEST_TEST(audit, pin)
{
	struct ioapic *io = ioapic_get(0);
	struct ioapic_pin *pin = NULL;
	u64 entry;

	for (unsigned int i = 0; io && i < io->nr_pins && !pin; i++)
		if (io->pins[i].irq >= 0 && !io->pins[i].assumed &&
		    ioapic_read_rte(io, i) & RTE_MASKED)
			pin = &io->pins[i];
	if (!pin) {
		guest_skip("no IOAPIC, or no pin of it that is masked");
		return;
	}
	EXPECT_CLEAN("pins");
	entry = ioapic_read_rte(io, pin->pin);
	ioapic_write_rte(io, pin->pin, entry ^ RTE_ACTIVE_LOW);
	expect_fault("pins", "%s, pin %u, GSI %u: WRONG MODE", io->name, pin->pin,
		     io->gsi_base + pin->pin);
	ioapic_write_rte(io, pin->pin, entry);
	EXPECT_CLEAN("pins");
}

/* ---------------------------------------------------------------- PCI */

/* A function without a driver that has a memory BAR in the register: *bar. */
static struct pci_dev *idle_function(int *bar)
{
	struct pci_dev *dev;

	for_each_pci_dev(dev) {
		if (dev->driver || dev->subordinate)
			continue;
		for (*bar = 0; *bar <= PCI_STD_RESOURCE_END; ++*bar)
			if (dev->resource[*bar].flags & IORESOURCE_MEM &&
			    dev->resource[*bar].parent)
				return dev;
	}
	guest_skip("every function has a driver");
	return NULL;
}

GUEST_TEST(audit, bar_outside_its_windows)
{
	int bar, others = 0;
	struct pci_dev *dev = idle_function(&bar);
	struct resource *windows[PCI_BUS_WINDOWS + 1];

	LEAVE_IF(!dev);
	EXPECT_CLEAN("windows");
	memcpy(windows, dev->bus->resource, sizeof(windows));
	dev->bus->resource[0] = NULL;
	others = faults_of("windows");
	EXPECT(others >= 1 && strstr(said, dev->name) &&
	       strstr(said, " lies in no window of bus "));
	memcpy(dev->bus->resource, windows, sizeof(windows));
	EXPECT_CLEAN("windows");
}

GUEST_TEST(audit, bar_elsewhere)
{
	int bar, reg;
	struct pci_dev *dev = idle_function(&bar);
	u16 command;
	u32 old;

	LEAVE_IF(!dev);
	reg = PCI_BASE_ADDRESS_0 + 4 * bar;
	pci_read_config_word(dev, PCI_COMMAND, &command);
	pci_write_config_word(dev, PCI_COMMAND, command & (u16)~PCI_COMMAND_MEMORY);
	pci_read_config_dword(dev, reg, &old);
	pci_write_config_dword(dev, reg, 0xe0000000);
	expect_fault("windows", "%s BAR %d %pR: the register holds 0xe0000000\n", dev->name, bar,
		     &dev->resource[bar]);
	pci_write_config_dword(dev, reg, old);
	pci_write_config_word(dev, PCI_COMMAND, command);
	EXPECT_CLEAN("windows");
}

GUEST_TEST(audit, decode_without_address)
{
	int bar;
	struct pci_dev *dev = idle_function(&bar);
	struct resource *parent;
	u16 command;

	LEAVE_IF(!dev);
	pci_read_config_word(dev, PCI_COMMAND, &command);
	pci_write_config_word(dev, PCI_COMMAND, command | PCI_COMMAND_MEMORY);
	EXPECT_CLEAN("decode");
	parent = dev->resource[bar].parent;
	dev->resource[bar].parent = NULL;
	expect_fault("decode", "%s BAR %d %pR has no address, and decode is on\n", dev->name, bar,
		     &dev->resource[bar]);
	dev->resource[bar].parent = parent;
	pci_write_config_word(dev, PCI_COMMAND, command);
	EXPECT_CLEAN("decode");
}

GUEST_TEST(audit, claims)
{
	int bar;
	struct pci_dev *dev = idle_function(&bar);
	void __iomem *io;

	LEAVE_IF(!dev);
	EXPECT_CLEAN("claims");
	io = pci_iomap(dev, bar, PAGE_SIZE);
	ASSERT(io);
	expect_fault("claims", "%s BAR %d: [mem 0x%08lx-0x%08lx] is mapped for ", dev->name, bar,
		     dev->resource[bar].start & PAGE_MASK,
		     (dev->resource[bar].start & PAGE_MASK) + PAGE_SIZE - 1);
	pci_iounmap(dev, io);
	ASSERT(!pci_request_selected_regions(dev, (int)BIT(bar), "audit"));
	expect_fault("claims", "%s BAR %d %pR is claimed, and has no driver\n", dev->name, bar,
		     &dev->resource[bar]);
	pci_release_selected_regions(dev, (int)BIT(bar));
	EXPECT_CLEAN("claims");
}

/* ---------------------------------------------------------------- a program with a table */

static struct pci_dev *table_owner;

/* Its file of the BAR that the table lies in. */
static struct file *open_table(const struct pci_dev *dev, unsigned long *offset)
{
	struct resource table;
	char path[80];
	int bar = 0;

	if (!pci_msix_table(dev, &table))
		return NULL;
	while (bar < PCI_STD_RESOURCE_END && !resource_contains(&dev->resource[bar], &table))
		bar++;
	*offset = (table.start - dev->resource[bar].start) & PAGE_MASK;
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/resource%d", dev->name, bar);
	return filp_open(path, O_RDWR, 0);
}

static void map_table(void)
{
	unsigned long offset, at;
	struct file *file = open_table(table_owner, &offset);

	EXPECT(file && !IS_ERR(file));
	if (!file || IS_ERR(file))
		return;
	at = vm_mmap(file, 0, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, offset);
	EXPECT(!IS_ERR_VALUE(at));
	expect_fault("msix", "%d (audit) has the MSI-X table of %s at %#lx\n", current->pid,
		     table_owner->name, at);
	EXPECT_EQ(vm_munmap(at, PAGE_SIZE), 0);
	EXPECT_CLEAN("msix");
	filp_close(file, NULL);
}

static void in_process(void *unused)
{
	struct mm_struct *mm = mm_create();

	(void)unused;
	EXPECT(mm);
	if (mm) {
		switch_to_user_mm(mm);
		map_table();
		switch_to_user_mm(NULL);
		mmput(mm);
	}
	thread_exit(0);
}

GUEST_TEST(audit, msix_table_in_a_program)
{
	struct task_struct *task;
	struct pci_dev *dev;

	table_owner = NULL;
	for_each_pci_dev(dev)
		if (dev->msix)
			table_owner = dev;
	if (!table_owner) {
		guest_skip("no function has MSI-X on");
		return;
	}
	EXPECT_CLEAN("msix");
	task = kernel_thread(in_process, NULL, "audit");
	wait_for_completion(&task->exited);
}

/* ---- the run queues ---- */

static int nothing(void *unused)
{
	(void)unused;
	return 0;
}

static void falsify(struct rq *rq, unsigned int nr, u64 load)
{
	spin_lock(&rq->lock);
	rq->fair.nr += nr;
	rq->fair.load += load;
	spin_unlock(&rq->lock);
}

static void set_first(struct rq *rq, struct sched_entity *first)
{
	spin_lock(&rq->lock);
	rq->fair.first = first;
	spin_unlock(&rq->lock);
}

static void expect_queue(const struct rq *rq, const char *what)
{
	expect_fault("queues", "CPU %u: ", rq->cpu);
	EXPECT(strstr(said, what));
}

/* A thread waits in this CPU's queue, which is whole again when its turn comes. */
GUEST_TEST(audit, queue_that_lies)
{
	struct task_struct *t =
		kthread_create_on_cpu(nothing, NULL, raw_smp_processor_id(), "audit");
	unsigned long flags;
	struct rq *rq;

	ASSERT(!IS_ERR(t));
	flags = local_irq_save();
	rq = cpu_rq(raw_smp_processor_id());
	wake_up_process(t);
	EXPECT_CLEAN("queues");
	falsify(rq, 1, 0);
	expect_queue(rq, " threads of weight ");
	falsify(rq, -1U, 1);
	expect_queue(rq, " threads of weight ");
	falsify(rq, 0, -1ULL);
	t->on_rq = false;
	expect_queue(rq, "a thread at ");
	t->on_rq = true;
	set_first(rq, NULL);
	expect_queue(rq, "the first thread is not the first");
	set_first(rq, tree_entry(tree_first(&rq->fair.tree), struct sched_entity, node));
	EXPECT_CLEAN("queues");
	local_irq_restore(flags);
	kthread_stop(t);
}

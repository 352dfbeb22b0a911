// SPDX-License-Identifier: MIT
/*
 * audit: no program has a page mapped in which an MSI-X table lies that is in use.
 *
 * Who can write there can have the device send any message to any CPU.
 */
#include "kernel/core/audit.h"
#include "drivers/pci/pci.h"
#include "kernel/core/printk.h"
#include "mm/user/tables.h"

#define MAX_TABLES 256 /* functions with MSI-X on; more are said */

struct tables {
	struct audit *audit;
	struct task_struct *task;
	struct table {
		unsigned long first, last; /* pfns */
		const char *name;	   /* of the function, which stays: PCI's mutex is held */
	} * table;
	unsigned int nr;
};

static int is_mapped(const struct user_page *p, void *arg)
{
	const struct table *table = arg;

	return p->pfn <= table->last && p->pfn + (p->size >> PAGE_SHIFT) > table->first;
}

static void look_at_vma(const struct tables *t, struct vm_area_struct *vma)
{
	for (unsigned int i = 0; i < t->nr; i++)
		if (walk_page_vma(vma, vma->vm_start, vma->vm_end, is_mapped, &t->table[i]))
			audit_fault(t->audit, "%d (%s) has the MSI-X table of %s at %#lx",
				    t->task->pid, t->task->comm, t->table[i].name, vma->vm_start);
}

static bool look_at_task(struct task_struct *task, void *arg)
{
	struct mm_struct *mm = task->pid == task->tgid ? get_task_mm(task) : NULL;
	struct vm_area_struct *vma;
	struct tables *t = arg;

	if (!mm)
		return true;
	t->task = task;
	mmap_read_lock(mm);
	for_each_vma(mm, vma)
		if (vma->vm_flags & VM_PFNMAP)
			look_at_vma(t, vma);
	mmap_read_unlock(mm);
	mmput(mm);
	return true;
}

static void audit_msix(struct audit *audit)
{
	struct tables t = { .audit = audit,
			    .table = kcalloc(MAX_TABLES, sizeof(*t.table), GFP_KERNEL) };
	const struct pci_dev *dev;
	struct resource range;

	if (!t.table) {
		audit_fault(audit, "no memory to look");
		return;
	}
	pci_lock_rescan_remove();
	for_each_pci_dev(dev) {
		if (!pci_msix_table(dev, &range))
			continue;
		if (t.nr == MAX_TABLES) {
			audit_fault(audit, "more than %d tables: raise MAX_TABLES", MAX_TABLES);
			break;
		}
		t.table[t.nr++] =
			(struct table){ PFN_DOWN(range.start), PFN_DOWN(range.end), dev->name };
	}
	for_each_task(look_at_task, &t);
	pci_unlock_rescan_remove();
	kfree(t.table);
}
AUDIT_CHECK(msix, audit_msix);

// SPDX-License-Identifier: MIT
/* whatis PID:ADDR: the VMA that a program's address lies in, the page that is mapped, and all about that. */
#include "kernel/monitor/whatis.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "kernel/proc/proc.h"
#include "kernel/sched/pid.h"
#include "mm/slab.h"
#include "mm/user/procmap.h"
#include "mm/user/tables.h"

struct found {
	unsigned long addr;
	bool any;
	struct user_page page;
};

static int note_page(const struct user_page *page, void *arg)
{
	struct found *found = arg;

	found->any = true;
	found->page = *page;
	return 1;
}

/* The VMA's line, as maps has it, or those beside; mmap_lock is held. */
static void show_vma(struct sink *out, struct mm_struct *mm, struct found *found, char *path)
{
	struct vm_area_struct *vma = find_vma(mm, found->addr);
	unsigned long page = found->addr & PAGE_MASK;

	if (!vma || vma->vm_start > found->addr) {
		whatis_line(out, "vma", vma ? "none; above is" : "none, and none is above");
		if (vma)
			show_map_vma(out, vma, path);
		return;
	}
	whatis_line(out, "vma", "flags %#lx", vma->vm_flags);
	show_map_vma(out, vma, path);
	walk_page_vma(vma, page, page + PAGE_SIZE, note_page, found);
}

static void show_page(struct sink *out, const struct found *found)
{
	const struct user_page *p = &found->page;

	if (!found->any) {
		whatis_line(out, "mapped", "not yet: nobody touched it");
		return;
	}
	whatis_line(out, "mapped", "%s%s%s%s%s, %s", p->write ? "RW" : "ro",
		    p->present ? "" : ", kept from the program by its rights",
		    p->dirty ? ", dirty" : "", p->zero ? ", the page of zeroes" : "",
		    p->exclusive ? ", its own" : "",
		    !p->page ? "no page that is counted" :
		    p->file  ? "a file's" :
			       "anonymous");
	whatis_physical(out, PFN_PHYS(p->pfn) + (found->addr - p->va));
}

int proc_whatis(struct sink *out, pid_t pid, unsigned long addr)
{
	struct task_struct *t = find_get_task_by_vpid(pid);
	struct mm_struct *mm = t ? get_task_mm(t) : NULL;
	char *path = mm ? kmalloc(PATH_MAX, GFP_KERNEL) : NULL;
	struct found found = { .addr = addr };

	if (path) {
		sink_printf(out, "user address 0x%lx of %d (%s)\n", addr, pid, t->comm);
		mmap_read_lock(mm);
		show_vma(out, mm, &found, path);
		mmap_read_unlock(mm);
		show_page(out, &found);
	}
	kfree(path);
	if (mm)
		mmput(mm);
	if (t)
		put_task_struct(t);
	return path ? 0 : mm ? -ENOMEM : -ESRCH;
}

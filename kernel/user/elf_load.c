// SPDX-License-Identifier: MIT
/*
 * An ELF file becomes a program: its segments are mapped, then those of the interpreter that it asks
 * for (a dynamic one: ld.so), which is what begins to run.
 *
 *   bias   what is added to the addresses in a file: 0 of one that says where it wants to be; of a
 *          position-independent program so that it begins at ELF_ET_DYN_BASE; of an interpreter, and of
 *          a static program that is position-independent, so that it lies among the mappings
 *
 * A file whose headers lie is refused where Linux does so: before the old program is gone
 * with -ENOEXEC or the like, afterwards with the end of the process.
 */
#include "kernel/user/elf_check.h"
#include "kernel/user/exec.h"

#include <linux/limits.h>
#include <linux/mman.h>

#include "kernel/sched/sched.h"
#include "kernel/signal/signal.h"
#include "kernel/user/entry.h"
#include "mm/slab.h"
#include "mm/uaccess.h"
#include "mm/user/mmap.h"

struct elf_object {
	struct file *file;
	Elf64_Ehdr ehdr;
	Elf64_Phdr *phdr;
	struct elf_summary summary;
	unsigned long bias;
	unsigned long entry; /* with the bias */
};

/* ---------------------------------------------------------------- reading */

static int elf_read(struct file *file, void *buf, size_t size, u64 offset)
{
	loff_t pos = (loff_t)offset;
	ssize_t n = kernel_read(file, buf, size, &pos);

	if (n < 0)
		return (int)n;
	return (size_t)n == size ? 0 : -EIO;
}

/* Its program headers; whatever is wrong with them is `error`. */
static int read_phdrs(struct elf_object *elf, int error)
{
	size_t size = elf_phdrs_size(&elf->ehdr);

	if (!size)
		return error;
	elf->phdr = kmalloc(size, GFP_KERNEL);
	if (!elf->phdr || elf_read(elf->file, elf->phdr, size, elf->ehdr.e_phoff))
		return error;
	elf_summarize(elf->phdr, elf->ehdr.e_phnum, &elf->summary);
	return 0;
}

/* The file that PT_INTERP names, open, with its header. */
static int open_interpreter(const struct elf_object *elf, struct elf_object *interp)
{
	const Elf64_Phdr *p = elf->summary.interp;
	char *name;
	int err;

	if (p->p_filesz > PATH_MAX || p->p_filesz < 2)
		return -ENOEXEC;
	name = kmalloc(p->p_filesz, GFP_KERNEL);
	if (!name)
		return -ENOMEM;
	err = elf_read(elf->file, name, p->p_filesz, p->p_offset);
	if (!err && name[p->p_filesz - 1])
		err = -ENOEXEC;
	if (!err) {
		struct file *file = open_exec(name);

		if (IS_ERR(file))
			err = (int)PTR_ERR(file);
		else
			interp->file = file;
	}
	kfree(name);
	if (err)
		return err;
	err = elf_read(interp->file, &interp->ehdr, sizeof(interp->ehdr), 0);
	if (err)
		return err;
	if (memcmp(interp->ehdr.e_ident, ELFMAG, SELFMAG) || interp->ehdr.e_machine != EM_X86_64)
		return -ELIBBAD;
	return read_phdrs(interp, -ELIBBAD);
}

/* ---------------------------------------------------------------- mapping */

static unsigned long elf_prot(const Elf64_Phdr *p)
{
	return (p->p_flags & PF_R ? PROT_READ : 0) | (p->p_flags & PF_W ? PROT_WRITE : 0) |
	       (p->p_flags & PF_X ? PROT_EXEC : 0);
}

static unsigned long in_page(unsigned long addr)
{
	return addr & ~PAGE_MASK;
}

/* The part of it that is in the file; with `total`, room for all segments, and the rest given back. */
static unsigned long map_file_part(struct file *file, unsigned long addr, const Elf64_Phdr *p,
				   unsigned long flags, unsigned long total)
{
	unsigned long size = PAGE_ALIGN(p->p_filesz + in_page(p->p_vaddr));
	unsigned long offset = p->p_offset - in_page(p->p_vaddr), at;

	if (!total)
		return vm_mmap(file, addr & PAGE_MASK, size, elf_prot(p), flags, offset);
	total = PAGE_ALIGN(total);
	at = vm_mmap(file, addr & PAGE_MASK, total, elf_prot(p), flags, offset);
	if (!IS_ERR_VALUE(at) && total > size)
		vm_munmap(at + size, total - size);
	return at;
}

/* A page that may not be written goes on showing what the file has there. */
static void zero_rest_of_page(unsigned long addr)
{
	unsigned long left = in_page(addr);

	if (left)
		left = clear_user((void __user *)addr, PAGE_SIZE - left);
}

/* One segment at addr: where its first page is, or -errno. */
static unsigned long map_segment(struct file *file, unsigned long addr, const Elf64_Phdr *p,
				 unsigned long flags, unsigned long total)
{
	unsigned long at = addr & PAGE_MASK, zero, end;
	int err;

	if (p->p_filesz) {
		at = map_file_part(file, addr, p, flags, total);
		if (IS_ERR_VALUE(at) || at >= TASK_SIZE)
			return at;
	}
	if (p->p_memsz <= p->p_filesz)
		return at;
	zero = at + in_page(p->p_vaddr) + p->p_filesz;
	end = at + in_page(p->p_vaddr) + p->p_memsz;
	if (p->p_filesz)
		zero_rest_of_page(zero);
	zero = p->p_filesz ? PAGE_ALIGN(zero) : at;
	end = PAGE_ALIGN(end);
	if (end <= zero)
		return at;
	err = vm_brk_flags(zero, end - zero, p->p_flags & PF_X ? VM_EXEC : 0);
	return err ? (unsigned long)(long)err : at;
}

/* Where a position-independent one is to be: the address of its first segment; 0: anywhere. */
static int choose_place(struct elf_object *elf, const Elf64_Phdr *first, bool program,
			unsigned long *flags, unsigned long *place)
{
	unsigned long alignment = elf->summary.alignment;

	*place = 0;
	if (program) {
		*place = ELF_ET_DYN_BASE + arch_mmap_rnd();
		if (alignment)
			*place &= ~(alignment - 1);
		*flags |= MAP_FIXED_NOREPLACE;
	} else if (alignment > PAGE_SIZE) {
		/* Found by trying, and then moved down to a multiple. */
		unsigned long at = map_segment(elf->file, 0, first, *flags, elf->summary.size);

		if (IS_ERR_VALUE(at))
			return (int)at;
		vm_munmap(at, PAGE_ALIGN(elf->summary.size));
		*place = at & ~(alignment - 1);
		*flags |= MAP_FIXED_NOREPLACE;
	}
	return 0;
}

/* The first segment tells the bias of all. */
static int map_first(struct elf_object *elf, const Elf64_Phdr *p, bool program, bool interpreter)
{
	unsigned long flags = MAP_PRIVATE, total = 0, place = 0, at;
	int err;

	if (elf->ehdr.e_type == ET_EXEC) {
		flags |= interpreter ? MAP_FIXED : MAP_FIXED_NOREPLACE;
	} else {
		total = elf->summary.size;
		if (!total)
			return -EINVAL;
		err = interpreter ? 0 : choose_place(elf, p, program, &flags, &place);
		if (err)
			return err;
		elf->bias = (place - p->p_vaddr) & PAGE_MASK;
	}
	at = map_segment(elf->file, elf->bias + p->p_vaddr, p, flags, total);
	if (IS_ERR_VALUE(at))
		return (int)at;
	if (at >= TASK_SIZE)
		return -EINVAL;
	if (elf->ehdr.e_type == ET_DYN)
		elf->bias += at - ((elf->bias + p->p_vaddr) & PAGE_MASK);
	return 0;
}

/*
 * All segments.  `program`: it has an interpreter; `interpreter`: it is one, which has what the first
 * may not have.
 */
static int map_object(struct elf_object *elf, bool program, bool interpreter)
{
	bool first = true;

	for (unsigned int i = 0; i < elf->ehdr.e_phnum; i++) {
		const Elf64_Phdr *p = &elf->phdr[i];
		unsigned long at;
		int err = 0;

		if (p->p_type != PT_LOAD)
			continue;
		if (first) {
			err = map_first(elf, p, program, interpreter);
		} else {
			at = map_segment(elf->file, elf->bias + p->p_vaddr, p,
					 MAP_PRIVATE | MAP_FIXED, 0);
			if (IS_ERR_VALUE(at))
				err = (int)at;
			else if (at >= TASK_SIZE)
				err = -EINVAL;
		}
		if (err)
			return err;
		if (!elf_segment_ok(p, interpreter ? elf->bias : 0))
			return interpreter ? -ENOMEM : -EINVAL;
		first = false;
	}
	elf->entry = elf->ehdr.e_entry + elf->bias;
	return 0;
}

/* ---------------------------------------------------------------- what /proc and brk() know */

/* Where its program headers are in memory; 0 + bias where they are in no segment. */
static unsigned long phdr_address(const struct elf_object *elf)
{
	unsigned long addr = 0;

	for (unsigned int i = 0; i < elf->ehdr.e_phnum; i++) {
		const Elf64_Phdr *p = &elf->phdr[i];

		if (p->p_type == PT_LOAD && p->p_offset <= elf->ehdr.e_phoff &&
		    elf->ehdr.e_phoff < p->p_offset + p->p_filesz)
			addr = elf->ehdr.e_phoff - p->p_offset + p->p_vaddr;
	}
	return addr + elf->bias;
}

static void set_bounds(struct mm_struct *mm, const struct elf_object *elf)
{
	unsigned long start_code = ~0UL, end_code = 0, start_data = 0, end_data = 0, brk = 0;
	bool moved = elf->ehdr.e_type == ET_DYN && !elf->summary.interp;

	for (unsigned int i = 0; i < elf->ehdr.e_phnum; i++) {
		const Elf64_Phdr *p = &elf->phdr[i];

		if (p->p_type != PT_LOAD)
			continue;
		if (p->p_flags & PF_X) {
			start_code = min(start_code, (unsigned long)p->p_vaddr);
			end_code = max(end_code, (unsigned long)(p->p_vaddr + p->p_filesz));
		}
		start_data = max(start_data, (unsigned long)p->p_vaddr);
		end_data = max(end_data, (unsigned long)(p->p_vaddr + p->p_filesz));
		brk = max(brk, (unsigned long)(p->p_vaddr + p->p_memsz));
	}
	mm->start_code = start_code + elf->bias;
	mm->end_code = end_code + elf->bias;
	mm->start_data = start_data + elf->bias;
	mm->end_data = end_data + elf->bias;
	/* A program that lies among the mappings has its heap elsewhere, or it would meet them at once. */
	mm->brk = mm->start_brk = moved ? ELF_ET_DYN_BASE : PAGE_ALIGN(brk + elf->bias);
	if (!mm_randomize())
		return;
	if (!moved)
		mm->brk += PAGE_SIZE;
	mm->brk = mm->start_brk = arch_randomize_brk(mm);
}

/* ---------------------------------------------------------------- all of it */

/* From here on there is no way back. */
static int become(struct linux_binprm *bprm, struct elf_object *elf, struct elf_object *interp)
{
	const struct elf_summary *s = &elf->summary;
	int err = begin_new_exec(bprm);

	if (err)
		return err;
	setup_new_exec(bprm);
	err = setup_arg_pages(current->mm, bprm->vma, bprm->p,
			      !s->has_stack_flags ? EXSTACK_DEFAULT :
			      s->stack_exec	  ? EXSTACK_ENABLE_X :
						    EXSTACK_DISABLE_X,
			      &bprm->rlim_stack);
	if (err)
		return err;
	current->mm->arg_start = bprm->p;
	err = map_object(elf, interp->file, false);
	if (!err && interp->file)
		err = interp->ehdr.e_type == ET_EXEC || interp->ehdr.e_type == ET_DYN ?
			      map_object(interp, false, true) :
			      -EINVAL;
	if (err)
		return err;
	if ((interp->file ? interp->entry : elf->entry) >= TASK_SIZE)
		return -EINVAL;
	set_bounds(current->mm, elf);
	err = create_elf_tables(bprm, elf->ehdr.e_phnum, interp->bias, elf->entry,
				phdr_address(elf));
	if (err)
		return err;
	current->mm->start_stack = bprm->p;
	start_thread(current_pt_regs(), interp->file ? interp->entry : elf->entry, bprm->p);
	return 0;
}

int load_elf_binary(struct linux_binprm *bprm)
{
	struct elf_object elf = { .file = bprm->file }, interp = { 0 };
	int err;

	_Static_assert(sizeof(elf.ehdr) <= sizeof(bprm->buf),
		       "the header is among the first bytes");
	memcpy(&elf.ehdr, bprm->buf, sizeof(elf.ehdr));
	if (!elf_header_ok(&elf.ehdr))
		return -ENOEXEC;
	err = read_phdrs(&elf, -ENOEXEC);
	if (!err && elf.summary.interp)
		err = open_interpreter(&elf, &interp);
	if (!err)
		err = become(bprm, &elf, &interp);
	kfree(elf.phdr);
	kfree(interp.phdr);
	if (interp.file)
		put_exec(interp.file);
	return err;
}

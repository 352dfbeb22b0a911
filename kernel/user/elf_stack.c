// SPDX-License-Identifier: MIT
/*
 * What a program finds on its stack, from the stack pointer up: argc; argv, NULL; envp, NULL; the
 * auxiliary vector (System V ABI for AMD64, 3.4.1); what that points to; the strings.
 */
#include <linux/auxvec.h>

#include "kernel/user/exec.h"
#include "kernel/user/signal_frame.h"

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/random.h"
#include "kernel/sched/sched.h"
#include "mm/uaccess.h"
#include "mm/user/mmap.h"

#define USER_HZ	       100
#define MAX_ARG_STRLEN (32 * PAGE_SIZE)
#define ELF_PLATFORM   "x86_64"
#define AT_MINSIGSTKSZ 51 /* <asm/auxvec.h> of later kernels' headers */

/* `size` bytes below *p, wherever that is. */
static void __user *push(unsigned long *p, const void *from, size_t size)
{
	*p -= size;
	return copy_to_user((void __user *)*p, from, size) ? NULL : (void __user *)*p;
}

struct auxv {
	unsigned long *words;
	unsigned int n;
};

static void add(struct auxv *auxv, unsigned long type, unsigned long value)
{
	auxv->words[auxv->n++] = type;
	auxv->words[auxv->n++] = value;
}

/* `n` strings from *p on into as many pointers; *p is behind them.  0 or -errno. */
static int put_pointers(unsigned long __user **sp, unsigned long *p, int n)
{
	while (n-- > 0) {
		long len;

		if (put_user(*p, (*sp)++))
			return -EFAULT;
		len = strnlen_user((const char __user *)*p, MAX_ARG_STRLEN);
		if (!len || len > (long)MAX_ARG_STRLEN)
			return -EINVAL;
		*p += (unsigned long)len;
	}
	return put_user(0UL, (*sp)++);
}

static int put_vectors(struct linux_binprm *bprm, const struct auxv *auxv)
{
	struct mm_struct *mm = current->mm;
	unsigned long __user *sp = (unsigned long __user *)bprm->p;
	unsigned long p = mm->arg_start;
	int err;

	if (put_user((unsigned long)bprm->argc, sp++))
		return -EFAULT;
	err = put_pointers(&sp, &p, bprm->argc);
	if (err)
		return err;
	mm->arg_end = mm->env_start = p;
	err = put_pointers(&sp, &p, bprm->envc);
	if (err)
		return err;
	mm->env_end = p;
	return copy_to_user(sp, auxv->words, auxv->n * sizeof(*auxv->words)) ? -EFAULT : 0;
}

static void describe(struct auxv *auxv, unsigned int phnum, unsigned long base, unsigned long entry,
		     unsigned long phdr)
{
	const struct cred *cred = &current->cred;
	u32 a, b, c, d;

	cpuid(1, 0, &a, &b, &c, &d);
	add(auxv, AT_MINSIGSTKSZ, max_sigframe_size());
	add(auxv, AT_HWCAP, d);
	add(auxv, AT_PAGESZ, PAGE_SIZE);
	add(auxv, AT_CLKTCK, USER_HZ);
	add(auxv, AT_PHDR, phdr);
	add(auxv, AT_PHENT, 56); /* sizeof(Elf64_Phdr) */
	add(auxv, AT_PHNUM, phnum);
	add(auxv, AT_BASE, base);
	add(auxv, AT_FLAGS, 0);
	add(auxv, AT_ENTRY, entry);
	add(auxv, AT_UID, cred->uid);
	add(auxv, AT_EUID, cred->euid);
	add(auxv, AT_GID, cred->gid);
	add(auxv, AT_EGID, cred->egid);
	/* Who acts for another does not heed what that one says in the environment. */
	add(auxv, AT_SECURE, cred->uid != cred->euid || cred->gid != cred->egid);
}

int create_elf_tables(struct linux_binprm *bprm, unsigned int phnum, unsigned long base,
		      unsigned long entry, unsigned long phdr)
{
	struct mm_struct *mm = current->mm;
	struct auxv auxv = { .words = mm->saved_auxv };
	unsigned long p = arch_align_stack(bprm->p), items;
	void __user *platform, *random;
	u8 bytes[16];

	platform = push(&p, ELF_PLATFORM, sizeof(ELF_PLATFORM));
	get_random_bytes(bytes, sizeof(bytes));
	random = push(&p, bytes, sizeof(bytes));
	if (!platform || !random)
		return -EFAULT;
	describe(&auxv, phnum, base, entry, phdr);
	add(&auxv, AT_RANDOM, (unsigned long)random);
	add(&auxv, AT_HWCAP2, 0);
	add(&auxv, AT_EXECFN, bprm->exec);
	add(&auxv, AT_PLATFORM, (unsigned long)platform);
	memset(mm->saved_auxv + auxv.n, 0, sizeof(mm->saved_auxv) - auxv.n * sizeof(*auxv.words));
	auxv.n += 2; /* AT_NULL */

	items = 1 + (unsigned long)bprm->argc + 1 + (unsigned long)bprm->envc + 1;
	bprm->p = ALIGN_DOWN(p - (items + auxv.n) * sizeof(unsigned long), 16UL);
	return put_vectors(bprm, &auxv);
}

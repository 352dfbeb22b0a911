/* SPDX-License-Identifier: MIT */
/*
 * execve(): a program takes the place of another.
 *
 *   binprm     what is known of the new one while it is being made
 *   arguments  its strings, written onto the stack of its memory, which is nobody's yet: the file's
 *              name at the top, below it the environment, below that the arguments, each from the
 *              last to the first
 *
 * Until begin_new_exec() whatever goes wrong is an errno for the caller; from there on the old program
 * is gone, and the thread dies by SIGSEGV.
 */
#ifndef KERNEL_USER_EXEC_H
#define KERNEL_USER_EXEC_H

#include <linux/resource.h>

#include "kernel/fs/namei.h"
#include "kernel/user/script.h"
#include "mm/user/mm_struct.h"

/* Strings, in the program that calls, or in the kernel. */
struct exec_strings {
	const char __user *const __user *user;
	const char *const *kernel; /* in place of `user`, where not NULL */
};

struct linux_binprm {
	struct mm_struct *mm;	    /* the new one; NULL: it is the thread's */
	struct vm_area_struct *vma; /* its stack */
	struct rlimit rlim_stack;   /* as they were at the call, whoever changes them */
	unsigned long p;	    /* where the arguments begin, downwards */
	unsigned long argmin;	    /* ... and may begin at the least */
	int argc, envc;
	const char *filename; /* as it was called */
	const char *interp;   /* what runs: a script's interpreter */
	char *fdpath;	      /* /dev/fd/N/..., or NULL: `filename` then */
	char *interp_alloc;
	bool path_inaccessible; /* it is a descriptor that will be closed: no interpreter can open it */
	bool point_of_no_return;
	struct file *file;
	unsigned long exec; /* AT_EXECFN: where its name is */
	char buf[BINPRM_BUF_SIZE];

	struct page *page; /* of the stack, that was written last, mapped at kaddr; NULL: none */
	unsigned long page_addr;
	char *kaddr;
};

/* exec_args.c.  0 or -errno; all may sleep. */
int count_strings(const struct exec_strings *strings);
int bprm_stack_limits(struct linux_binprm *bprm);
int copy_strings(struct linux_binprm *bprm, const struct exec_strings *strings, int n);
int copy_string_kernel(struct linux_binprm *bprm, const char *s);
/* The first argument goes away: a script's name takes its place. */
int remove_arg_zero(struct linux_binprm *bprm);
/* The last page is let go. */
void put_arg_page(struct linux_binprm *bprm);

/* exec.c.  The old program goes / the new one's limits of placement are known. */
int begin_new_exec(struct linux_binprm *bprm);
void setup_new_exec(struct linux_binprm *bprm);

/* elf_load.c: -ENOEXEC: bprm->file is no program. */
int load_elf_binary(struct linux_binprm *bprm);
/* elf_stack.c: above the arguments, what the program and its libc are told.  0 or -errno. */
int create_elf_tables(struct linux_binprm *bprm, unsigned int phnum, unsigned long base,
		      unsigned long entry, unsigned long phdr);

/* de_thread.c: the caller is the only thread of its process, and its leader.  0, -EAGAIN. */
int de_thread(void);

/*
 * A thread of the kernel's, or a program, becomes the program `filename`: 0, and it goes to user mode when
 * its function returns; or -errno.
 */
int kernel_execve(const char *filename, const char *const *argv, const char *const *envp);

#endif

// SPDX-License-Identifier: MIT
/* execve() from the call to the point of no return, and beyond. */

#include "kernel/user/exec.h"

#include <linux/fcntl.h>

#include "kernel/core/printk.h"
#include "kernel/core/syscall.h"
#include "kernel/event/posix_timer.h"
#include "kernel/fs/file.h"
#include "kernel/fs/fs_struct.h"
#include "kernel/sched/sched.h"
#include "kernel/signal/job.h"
#include "kernel/user/process.h"
#include "kernel/user/user.h"
#include "mm/slab.h"
#include "mm/uaccess.h"
#include "mm/user/mmap.h"

#define MAX_REWRITES 5 /* interpreters that are scripts themselves */

/* ---------------------------------------------------------------- beginning and end */

static void free_bprm(struct linux_binprm *bprm)
{
	put_arg_page(bprm);
	if (bprm->mm)
		mmput(bprm->mm);
	if (bprm->file)
		put_exec(bprm->file);
	kfree(bprm->fdpath);
	kfree(bprm->interp_alloc);
	kfree(bprm);
}

static int bprm_mm_init(struct linux_binprm *bprm)
{
	int err;

	bprm->mm = mm_create();
	if (!bprm->mm)
		return -ENOMEM;
	bprm->rlim_stack = current->signal->rlim[RLIMIT_STACK];
	err = exec_stack_create(bprm->mm, &bprm->vma);
	if (err)
		return err;
	bprm->p = bprm->vma->vm_end - sizeof(void *);
	return 0;
}

static struct linux_binprm *alloc_bprm(int dfd, const struct filename *filename)
{
	struct linux_binprm *bprm = kzalloc(sizeof(*bprm), GFP_KERNEL);
	int err = -ENOMEM;

	if (!bprm)
		return ERR_PTR(-ENOMEM);
	bprm->filename = filename->name;
	if (dfd != AT_FDCWD && filename->name[0] != '/') {
		bprm->fdpath =
			kasprintf(GFP_KERNEL, filename->name[0] ? "/dev/fd/%d/%s" : "/dev/fd/%d%s",
				  dfd, filename->name);
		if (!bprm->fdpath)
			goto fail;
		bprm->filename = bprm->fdpath;
	}
	bprm->interp = bprm->filename;
	err = bprm_mm_init(bprm);
	if (!err)
		return bprm;
fail:
	free_bprm(bprm);
	return ERR_PTR(err);
}

/* ---------------------------------------------------------------- the old program goes */

/* The thread leaves the old memory for the new one. */
static void exec_mmap(struct linux_binprm *bprm)
{
	struct mm_struct *old = current->mm;

	mm_release(current);
	put_arg_page(bprm);
	switch_to_user_mm(bprm->mm);
	bprm->mm = NULL;
	if (old) {
		note_maxrss(current->signal, old);
		mmput(old);
	}
}

static const char *base_name(const char *path)
{
	const char *slash;

	while ((slash = strchr(path, '/')) != NULL)
		path = slash + 1;
	return path;
}

int begin_new_exec(struct linux_binprm *bprm)
{
	int err;

	bprm->point_of_no_return = true;
	err = de_thread();
	if (err)
		return err;
	exit_posix_timers();
	err = unshare_files();
	if (err)
		return err;
	do_close_on_exec(current->files);
	set_mm_exe_file(bprm->mm, bprm->file);
	exec_mmap(bprm);
	err = unshare_sighand();
	if (err)
		return err;
	current->flags &= ~PF_FORKNOEXEC;
	current->sas_ss_sp = current->sas_ss_size = 0;
	current->sas_ss_flags = 0;
	snprintf(current->comm, sizeof(current->comm), "%s",
		 bprm->fdpath && !strchr(bprm->fdpath + sizeof("/dev/fd"), '/') ?
			 bprm->file->f_path.dentry->d_name :
			 base_name(bprm->filename));
	flush_signal_handlers(current, false);
	cred_exec(&current->cred);
	return 0;
}

void setup_new_exec(struct linux_binprm *bprm)
{
	arch_pick_mmap_layout(current->mm, &bprm->rlim_stack);
}

/* ---------------------------------------------------------------- which program it is */

/* The script's interpreter takes the place of bprm->file, and its name is the first argument. */
static int load_script(struct linux_binprm *bprm)
{
	const char *interp, *arg;
	struct file *file;
	int err = parse_script_line(bprm->buf, &interp, &arg);

	if (err)
		return err;
	if (bprm->path_inaccessible)
		return -ENOENT;
	err = remove_arg_zero(bprm);
	if (!err)
		err = copy_string_kernel(bprm, bprm->interp);
	if (!err && arg)
		err = copy_string_kernel(bprm, arg);
	if (!err)
		err = copy_string_kernel(bprm, interp);
	if (err)
		return err;
	bprm->argc += arg ? 3 : 2;
	kfree(bprm->interp_alloc);
	bprm->interp = bprm->interp_alloc = kstrdup(interp, GFP_KERNEL);
	if (!bprm->interp)
		return -ENOMEM;
	file = open_exec(interp);
	if (IS_ERR(file))
		return (int)PTR_ERR(file);
	put_exec(bprm->file);
	bprm->file = file;
	return 1;
}

/* 1: look again, it is another file now; 0; -errno. */
static int load_binary(struct linux_binprm *bprm)
{
	loff_t pos = 0;
	ssize_t n;
	int err;

	memset(bprm->buf, 0, sizeof(bprm->buf));
	n = kernel_read(bprm->file, bprm->buf, sizeof(bprm->buf), &pos);
	if (n < 0)
		return (int)n;
	err = load_script(bprm);
	if (err == -ENOEXEC)
		err = load_elf_binary(bprm);
	return err;
}

static int exec_binprm(struct linux_binprm *bprm)
{
	for (int depth = 0; depth <= MAX_REWRITES; depth++) {
		int err = load_binary(bprm);

		if (err <= 0)
			return err;
	}
	return -ELOOP;
}

static int bprm_execve(struct linux_binprm *bprm, int dfd, struct filename *filename, int flags)
{
	struct file *file = do_open_execat(dfd, filename, flags);
	int err;

	if (IS_ERR(file))
		return (int)PTR_ERR(file);
	bprm->file = file;
	if (bprm->fdpath && get_close_on_exec((unsigned int)dfd))
		bprm->path_inaccessible = true;
	err = exec_binprm(bprm);
	/* The program that would get an errno is gone. */
	if (err < 0 && bprm->point_of_no_return && !fatal_signal_pending(current))
		force_fatal_sig(SIGSEGV);
	return err;
}

/* ---------------------------------------------------------------- the call */

static int copy_all_strings(struct linux_binprm *bprm, const struct exec_strings *argv,
			    const struct exec_strings *envp)
{
	static bool said;
	int err;

	bprm->argc = count_strings(argv);
	if (bprm->argc < 0)
		return bprm->argc;
	bprm->envc = count_strings(envp);
	if (bprm->envc < 0)
		return bprm->envc;
	err = bprm_stack_limits(bprm);
	if (!err)
		err = copy_string_kernel(bprm, bprm->filename);
	if (err)
		return err;
	bprm->exec = bprm->p;
	err = copy_strings(bprm, envp, bprm->envc);
	if (!err)
		err = copy_strings(bprm, argv, bprm->argc);
	if (err || bprm->argc)
		return err;
	/* No program is without a name: else it took the environment for its arguments. */
	if (!__atomic_exchange_n(&said, true, __ATOMIC_RELAXED))
		pr_warn("process '%s' launched '%s' with NULL argv: empty string added\n",
			current->comm, bprm->filename);
	bprm->argc = 1;
	return copy_string_kernel(bprm, "");
}

/* The filename is let go. */
static int do_execveat(int dfd, struct filename *filename, const struct exec_strings *argv,
		       const struct exec_strings *envp, int flags)
{
	struct linux_binprm *bprm;
	int err;

	if (IS_ERR(filename))
		return (int)PTR_ERR(filename);
	bprm = may_exec() ? alloc_bprm(dfd, filename) : ERR_PTR(-EAGAIN);
	if (IS_ERR(bprm)) {
		putname(filename);
		return (int)PTR_ERR(bprm);
	}
	err = copy_all_strings(bprm, argv, envp);
	if (!err)
		err = bprm_execve(bprm, dfd, filename, flags);
	free_bprm(bprm);
	putname(filename);
	return err;
}

int kernel_execve(const char *filename, const char *const *argv, const char *const *envp)
{
	const struct exec_strings args = { .kernel = argv }, env = { .kernel = envp };

	return do_execveat(AT_FDCWD, getname_kernel(filename), &args, &env, 0);
}

SYSCALL_DEFINE3(execve, const char __user *, filename, const char __user *const __user *, argv,
		const char __user *const __user *, envp)
{
	const struct exec_strings args = { .user = argv }, env = { .user = envp };

	return do_execveat(AT_FDCWD, getname(filename), &args, &env, 0);
}

SYSCALL_DEFINE5(execveat, int, dfd, const char __user *, filename,
		const char __user *const __user *, argv, const char __user *const __user *, envp,
		int, flags)
{
	const struct exec_strings args = { .user = argv }, env = { .user = envp };

	return do_execveat(dfd, getname_flags(filename, flags & AT_EMPTY_PATH ? LOOKUP_EMPTY : 0),
			   &args, &env, flags);
}

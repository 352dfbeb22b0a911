// SPDX-License-Identifier: MIT
/* The first program: found, given its arguments and its files, and what comes after it. */
#define pr_fmt(fmt) "init: " fmt

#include "kernel/user/init.h"

#include <linux/fcntl.h>
#include <linux/wait.h>

#include "kernel/core/cmdline.h"
#include "kernel/core/printk.h"
#include "kernel/fs/file.h"
#include "kernel/fs/fs_struct.h"
#include "kernel/sched/sched.h"
#include "kernel/signal/job.h"
#include "kernel/user/exec.h"
#include "kernel/user/process.h"

#define MAX_INIT_ARGS 32 /* each of both, as Linux's */

static const char *argv[MAX_INIT_ARGS + 2] = { "init" };
static const char *envp[MAX_INIT_ARGS + 3] = { "HOME=/", "TERM=linux" };
static void (*when_ended)(void);

static void __init add_word(const char *word, bool valued)
{
	const char **list = valued ? envp : argv;
	unsigned int i = valued ? 2 : 1, end = i + MAX_INIT_ARGS;

	while (i < end && list[i])
		i++;
	if (i < end)
		list[i] = word;
	else
		pr_warn("more than %u words for init: '%s' is left out\n", MAX_INIT_ARGS, word);
}

void __init init_setup(void)
{
	process_init();
	cmdline_for_program(__cmdline_words_start, __cmdline_words_end, add_word);
}

static int try(const char *name)
{
	int err;

	argv[0] = name;
	pr_info("Run %s as init process\n", name);
	err = kernel_execve(name, argv, envp);
	if (err && err != -ENOENT)
		pr_err("%s cannot run: %s\n", name, error_name(err));
	return err;
}

/* Names to be tried, in their order, each with fn, until it returns 0; else what the last one returned. */
static int for_each_init(int (*fn)(const char *name))
{
	static const char *const names[] = { "/sbin/init", "/etc/init", "/bin/init", "/bin/sh" };
	static char name[64];
	int err;

	if (cmdline_get("rdinit", 0, name, sizeof(name)) <= 0)
		strscpy(name, "/init", sizeof(name));
	err = fn(name);
	if (!err)
		return 0;
	/* Who names one does not want another. */
	if (cmdline_get("init", 0, name, sizeof(name)) > 0)
		return fn(name);
	for (unsigned int i = 0; err && i < ARRAY_SIZE(names); i++)
		err = fn(names[i]);
	return err;
}

static int look_for(const char *name)
{
	struct path path;
	int err = kern_path(name, LOOKUP_FOLLOW, &path);

	if (!err)
		path_put(&path);
	return err;
}

bool init_is_there(void)
{
	return !for_each_init(look_for);
}

/* Descriptors 0, 1 and 2 are the console, where there is one. */
static void open_console(void)
{
	struct file *file = filp_open("/dev/console", O_RDWR, 0);

	if (IS_ERR(file)) {
		pr_err("no /dev/console for init: %s\n", error_name((int)PTR_ERR(file)));
		return;
	}
	for (int i = 0; i < 3; i++) {
		int fd = get_unused_fd_flags(0);

		if (fd >= 0)
			fd_install((unsigned int)fd, get_file(file));
	}
	fput(file);
}

void run_init(void (*ended)(void))
{
	int err;

	when_ended = ended;
	err = become_process();
	if (!err)
		err = init_files();
	if (!err)
		err = init_fs_struct();
	if (!err) {
		open_console();
		err = for_each_init(try);
	}
	if (!err)
		return;
	pr_err("no init: %s\n", error_name(err));
	do_exit(1 << 8);
}

static void say_how(int code)
{
	if (code & 0x7f)
		pr_err("pid 1 was killed by signal %d\n", code & 0x7f);
	else
		pr_err("pid 1 ended with exit code %d\n", code >> 8);
}

/* Who is left is killed, and waited for: by the thread of pid 1, which is a program's no more. */
void init_ended(int code)
{
	unsigned long flags;

	say_how(code);
	kill_everybody(SIGKILL, SEND_SIG_PRIV);
	spin_lock_irqsave(&current->sighand->siglock, flags);
	flush_sigqueue(&current->pending);
	current->blocked = ~0ULL;
	recalc_sigpending();
	spin_unlock_irqrestore(&current->sighand->siglock, flags);
	while (kernel_wait4(-1, NULL, __WALL, NULL) > 0)
		;
	when_ended();
	for (;;)
		wait_event_idle(current->signal->wait_chldexit,
				kernel_wait4(-1, NULL, __WALL | WNOHANG, NULL) > 0);
}

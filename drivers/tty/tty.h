/* SPDX-License-Identifier: MIT */
/*
 * Terminals as files.
 *
 *   line discipline   what becomes of bytes typed and written: n_tty.h
 *   controlling       the terminal of a session: its processes open it as /dev/tty, and it sends signals
 *   in front          the group of the session that may read, and gets ^C: pgrp.  Others that read are
 *                     stopped by SIGTTIN, and with TOSTOP those that write by SIGTTOU
 *   hangup            the session's leader has ended: all files of the terminal are dead from then on,
 *                     but for those of /dev/console
 *
 * A terminal's bytes come by an interrupt and go through the line discipline at once, so that ^C works
 * whatever the programs do; what is left in the driver, for want of room, is taken after a read.
 * Output waits for the driver.
 *
 * Locks, outermost first:
 *   read_mutex, write_mutex   one reader, one writer
 *   tty_mutex     opens, closes, hangups, sessions: over all terminals
 *   tasklist_lock, siglock    (kernel/signal/signal.h): task->signal->tty
 *   tty->lock     the discipline, modes, pgrp and session; interrupts are off.  Below it are the
 *                 driver's and the console's locks.  Signals are sent without it
 */
#ifndef DRIVERS_TTY_TTY_H
#define DRIVERS_TTY_TTY_H

#include <asm/termios.h>

#include "drivers/tty/n_tty.h"
#include "kernel/core/spinlock.h"
#include "kernel/fs/fs.h"
#include "kernel/sched/mutex.h"
#include "kernel/sched/wait.h"

struct tty_struct;

struct tty_operations {
	/* All of it, as it is.  Any context; tty->lock is held. */
	void (*write)(struct tty_struct *tty, const u8 *s, size_t len);
	/* A byte typed, or -1: none waits.  The same. */
	int (*getchar)(struct tty_struct *tty);
	/* Somebody has opened it, nobody has any more.  In a thread. */
	void (*listen)(struct tty_struct *tty, bool on);
};

struct tty_struct {
	const char *name;
	dev_t dev;
	const struct tty_operations *ops;
	struct mutex read_mutex, write_mutex;
	wait_queue_head_t read_wait, write_wait;
	struct fasync_struct *fasync;
	unsigned int count; /* open files; tty_mutex */

	spinlock_t lock;
	struct n_tty n;
	struct winsize winsize;
	pid_t pgrp, session; /* 0: none */
	unsigned int hangups;
	bool deaf;	/* keys are somebody else's: the monitor's */
	bool listed;	/* it can be opened: count above 0 */
	bool exclusive; /* TIOCEXCL: by root alone */
	u32 signals;	/* a bit each: the discipline has said so, and they are not sent yet */
};

/* An open file. */
struct tty_file {
	struct tty_struct *tty;
	unsigned int hangups; /* of the terminal when it was opened */
	bool console;	      /* by /dev/console: no hangup ends it, and no job control stops it */
};

extern struct mutex tty_mutex;

/* Make it known: /dev/NAME.  The struct stays for ever; name, dev, ops are set.  Boot. */
void tty_register(struct tty_struct *tty);

/*
 * Bytes wait in the driver: they are taken, unless nobody has it open or it is deaf: false.  Any context but
 * NMI, without tty->lock.
 */
bool tty_receive(struct tty_struct *tty);

/* Its keys are for somebody else from now on, or its own again. */
void tty_set_deaf(struct tty_struct *tty, bool deaf);

static inline bool tty_hung_up(const struct tty_file *tf)
{
	return !tf->console && tf->hangups != READ_ONCE(tf->tty->hangups);
}

/* tty_ioctl.c */
long tty_ioctl(struct file *file, unsigned int cmd, unsigned long arg);

/* tty_jobctrl.c: may the caller change it (SIGTTOU), read it (SIGTTIN)?  0, -EIO, -ERESTARTSYS. */
int tty_check_change(struct tty_struct *tty, int sig);
/* It becomes the caller's controlling one where that has none, leads its session and nobody else has it. */
void tty_open_set_controlling(struct tty_struct *tty);
/* The caller's, or NULL. */
struct tty_struct *get_current_tty(void);
long tty_jobctrl_ioctl(struct tty_struct *tty, unsigned int cmd, unsigned long arg);
/* All that is open is dead, its session has it no more.  `exiting`: because the leader ends.  In a thread. */
void tty_hangup(struct tty_struct *tty, bool exiting);
/* Nobody has it open any more: it is no session's.  tty_mutex is held. */
void tty_forget_session(struct tty_struct *tty);
void tty_jobctrl_init(void);

/* tty_console.c, monitor_dev.c: the terminal that is the console, and the monitor as a file. */
void tty_init(void);
void monitor_dev_init(void);

#endif

// SPDX-License-Identifier: MIT
/* Modes, window size, flushing: what programs ask of a terminal by ioctl(). */
#include <asm/ioctls.h>
#include <linux/tty.h>

#include "drivers/tty/tty.h"
#include "kernel/event/poll.h"
#include "kernel/lib/string.h"
#include "kernel/signal/signal.h"
#include "mm/uaccess.h"

/* ---------------------------------------------------------------- modes */

/* The rate behind a code of CBAUD; what is in c_ospeed with BOTHER; 0: hang up. */
static speed_t baud_of(tcflag_t cbaud, speed_t other)
{
	static const speed_t low[] = { 0,   50,	  75,	110,  134,  150,  200,	 300,
				       600, 1200, 1800, 2400, 4800, 9600, 19200, 38400 };
	static const speed_t high[] = { 57600,	 115200,  230400,  460800,  500000,
					576000,	 921600,  1000000, 1152000, 1500000,
					2000000, 2500000, 3000000, 3500000, 4000000 };
	unsigned int code = cbaud & 0xf;

	if (cbaud == BOTHER)
		return other;
	if (!(cbaud & CBAUDEX))
		return low[code];
	return code - 1 < ARRAY_SIZE(high) ? high[code - 1] : 0;
}

static void set_speeds(struct ktermios *t)
{
	tcflag_t in = (t->c_cflag >> IBSHIFT) & CBAUD;

	t->c_ospeed = baud_of(t->c_cflag & CBAUD, t->c_ospeed);
	t->c_ispeed = in ? baud_of(in, t->c_ispeed) : t->c_ospeed;
}

static void get_modes(struct tty_struct *tty, struct ktermios *t)
{
	unsigned long flags;

	spin_lock_irqsave(&tty->lock, flags);
	*t = tty->n.termios;
	spin_unlock_irqrestore(&tty->lock, flags);
}

/* The ABI has two forms, which begin alike, and the second has the rates behind. */
_Static_assert(sizeof(struct termios2) == sizeof(struct ktermios), "one is the other");
_Static_assert(offsetof(struct termios2, c_ispeed) >= sizeof(struct termios) - 3, "a part of it");

static int copy_modes_out(struct tty_struct *tty, void __user *to, size_t size)
{
	struct ktermios t;

	get_modes(tty, &t);
	return copy_to_user(to, &t, size) ? -EFAULT : 0;
}

static void flush_input(struct tty_struct *tty)
{
	unsigned long flags;

	spin_lock_irqsave(&tty->lock, flags);
	n_tty_flush_input(&tty->n);
	spin_unlock_irqrestore(&tty->lock, flags);
	tty_receive(tty);
}

/* Output is never behind: what was written has left. */
static void apply_modes(struct tty_struct *tty, struct ktermios *t, bool flush)
{
	unsigned long flags;

	set_speeds(t);
	if (flush)
		flush_input(tty);
	spin_lock_irqsave(&tty->lock, flags);
	n_tty_set_termios(&tty->n, t);
	spin_unlock_irqrestore(&tty->lock, flags);
	wake_up_interruptible(&tty->write_wait);
	wake_up_interruptible(&tty->read_wait);
}

static int set_modes(struct tty_struct *tty, const void __user *from, size_t size, bool flush)
{
	int ret = tty_check_change(tty, SIGTTOU);
	struct ktermios t;

	if (ret)
		return ret;
	get_modes(tty, &t);
	if (copy_from_user(&t, from, size))
		return -EFAULT;
	apply_modes(tty, &t, flush);
	return 0;
}

/* The oldest form: 16 bits a flag, and only the first characters. */
static int get_termio(struct tty_struct *tty, struct termio __user *p)
{
	struct ktermios t;
	struct termio old = { 0 };

	get_modes(tty, &t);
	old.c_iflag = (u16)t.c_iflag;
	old.c_oflag = (u16)t.c_oflag;
	old.c_cflag = (u16)t.c_cflag;
	old.c_lflag = (u16)t.c_lflag;
	old.c_line = t.c_line;
	memcpy(old.c_cc, t.c_cc, NCC);
	return copy_to_user(p, &old, sizeof(old)) ? -EFAULT : 0;
}

static void set_low(tcflag_t *flag, u16 low)
{
	*flag = (*flag & ~0xffffU) | low;
}

/* What it has no room for stays. */
static int set_termio(struct tty_struct *tty, const struct termio __user *p, bool flush)
{
	int ret = tty_check_change(tty, SIGTTOU);
	struct termio old;
	struct ktermios t;

	if (ret)
		return ret;
	if (copy_from_user(&old, p, sizeof(old)))
		return -EFAULT;
	get_modes(tty, &t);
	set_low(&t.c_iflag, old.c_iflag);
	set_low(&t.c_oflag, old.c_oflag);
	set_low(&t.c_cflag, old.c_cflag);
	set_low(&t.c_lflag, old.c_lflag);
	t.c_line = old.c_line;
	memcpy(t.c_cc, old.c_cc, NCC);
	apply_modes(tty, &t, flush);
	return 0;
}

/* That nobody waits for a carrier is a mode with a call of its own. */
static int get_softcar(struct tty_struct *tty, int __user *p)
{
	struct ktermios t;

	get_modes(tty, &t);
	return put_user((int)!!(t.c_cflag & CLOCAL), p);
}

static int set_softcar(struct tty_struct *tty, const int __user *p)
{
	struct ktermios t;
	int on;

	if (get_user(on, p))
		return -EFAULT;
	get_modes(tty, &t);
	t.c_cflag = on ? t.c_cflag | CLOCAL : t.c_cflag & ~(tcflag_t)CLOCAL;
	apply_modes(tty, &t, false);
	return 0;
}

static long mode_ioctl(struct tty_struct *tty, unsigned int cmd, void __user *p)
{
	switch (cmd) {
	case TCGETS:
		return copy_modes_out(tty, p, sizeof(struct termios));
	case TCGETS2:
		return copy_modes_out(tty, p, sizeof(struct termios2));
	case TCSETS:
	case TCSETSW:
	case TCSETSF:
		return set_modes(tty, p, sizeof(struct termios), cmd == TCSETSF);
	case TCSETS2:
	case TCSETSW2:
	case TCSETSF2:
		return set_modes(tty, p, sizeof(struct termios2), cmd == TCSETSF2);
	case TCGETA:
		return get_termio(tty, p);
	case TCSETA:
	case TCSETAW:
	case TCSETAF:
		return set_termio(tty, p, cmd == TCSETAF);
	case TIOCGSOFTCAR:
		return get_softcar(tty, p);
	case TIOCSSOFTCAR:
		return set_softcar(tty, p);
	default:
		return -ENOTTY;
	}
}

/* ---------------------------------------------------------------- the window */

static int get_winsize(struct tty_struct *tty, void __user *p)
{
	unsigned long flags;
	struct winsize ws;

	spin_lock_irqsave(&tty->lock, flags);
	ws = tty->winsize;
	spin_unlock_irqrestore(&tty->lock, flags);
	return copy_to_user(p, &ws, sizeof(ws)) ? -EFAULT : 0;
}

static int set_winsize(struct tty_struct *tty, const void __user *p)
{
	unsigned long flags;
	struct winsize ws;
	pid_t pgrp = 0;

	if (copy_from_user(&ws, p, sizeof(ws)))
		return -EFAULT;
	spin_lock_irqsave(&tty->lock, flags);
	if (memcmp(&tty->winsize, &ws, sizeof(ws))) {
		tty->winsize = ws;
		pgrp = tty->pgrp;
	}
	spin_unlock_irqrestore(&tty->lock, flags);
	if (pgrp)
		kill_pgrp(pgrp, SIGWINCH, 1);
	return 0;
}

/* ---------------------------------------------------------------- flow */

static int flush(struct tty_struct *tty, unsigned long which)
{
	int ret = tty_check_change(tty, SIGTTOU);

	if (ret)
		return ret;
	if (which > TCIOFLUSH)
		return -EINVAL;
	if (which != TCOFLUSH)
		flush_input(tty);
	return 0;
}

/* ^S or ^Q for the terminal, so that it sends no more, or does again. */
static void send_char(struct tty_struct *tty, unsigned int which)
{
	unsigned long flags;
	u8 c;

	spin_lock_irqsave(&tty->lock, flags);
	c = tty->n.termios.c_cc[which];
	if (c)
		tty->ops->write(tty, &c, 1);
	spin_unlock_irqrestore(&tty->lock, flags);
}

static void hold_output(struct tty_struct *tty, bool hold)
{
	unsigned long flags;

	spin_lock_irqsave(&tty->lock, flags);
	n_tty_hold(&tty->n, hold);
	spin_unlock_irqrestore(&tty->lock, flags);
	wake_up_interruptible_poll(&tty->write_wait, EPOLLOUT);
}

static int flow(struct tty_struct *tty, unsigned long what)
{
	int ret = tty_check_change(tty, SIGTTOU);

	if (ret)
		return ret;
	switch (what) {
	case TCOOFF:
	case TCOON:
		hold_output(tty, what == TCOOFF);
		return 0;
	case TCIOFF:
	case TCION:
		send_char(tty, what == TCIOFF ? VSTOP : VSTART);
		return 0;
	default:
		return -EINVAL;
	}
}

/* ---------------------------------------------------------------- the rest */

/* A byte as if it had been typed. */
static int type_byte(struct tty_struct *tty, const char __user *p)
{
	unsigned long flags;
	u8 c;

	if (get_user(c, (const u8 __user *)p))
		return -EFAULT;
	spin_lock_irqsave(&tty->lock, flags);
	n_tty_receive(&tty->n, &c, 1);
	spin_unlock_irqrestore(&tty->lock, flags);
	tty_receive(tty);
	wake_up_interruptible_poll(&tty->read_wait, EPOLLIN | EPOLLRDNORM);
	return 0;
}

static int chars_to_read(struct tty_struct *tty, int __user *p)
{
	unsigned long flags;
	int chars;

	spin_lock_irqsave(&tty->lock, flags);
	chars = (int)n_tty_chars(&tty->n);
	spin_unlock_irqrestore(&tty->lock, flags);
	return put_user(chars, p);
}

/* Only this discipline is there. */
static int set_discipline(struct tty_struct *tty, const int __user *p)
{
	int ret = tty_check_change(tty, SIGTTOU), number;

	if (ret)
		return ret;
	if (get_user(number, p))
		return -EFAULT;
	return number == N_TTY ? 0 : -EINVAL;
}

static long exclusive_ioctl(struct tty_struct *tty, unsigned int cmd, int __user *p)
{
	switch (cmd) {
	case TIOCEXCL:
	case TIOCNXCL:
		WRITE_ONCE(tty->exclusive, cmd == TIOCEXCL);
		return 0;
	case TIOCGEXCL:
		return put_user((int)READ_ONCE(tty->exclusive), p);
	default:
		return -ENOTTY;
	}
}

static long other_ioctl(struct tty_struct *tty, unsigned int cmd, unsigned long arg)
{
	void __user *p = (void __user *)arg;

	switch (cmd) {
	case TIOCGWINSZ:
		return get_winsize(tty, p);
	case TIOCSWINSZ:
		return set_winsize(tty, p);
	case FIONREAD:
		return chars_to_read(tty, p);
	case TIOCOUTQ:
		return put_user(0, (int __user *)p);
	case TCFLSH:
		return flush(tty, arg);
	case TCXONC:
		return flow(tty, arg);
	case TCSBRK:
	case TCSBRKP: /* output is never behind; a break is not sent */
		return tty_check_change(tty, SIGTTOU);
	case TIOCSTI:
		return type_byte(tty, p);
	case TIOCGETD:
		return put_user(N_TTY, (int __user *)p);
	case TIOCSETD:
		return set_discipline(tty, p);
	case TIOCGDEV:
		return put_user((unsigned int)new_encode_dev(tty->dev), (unsigned int __user *)p);
	case TIOCVHANGUP:
		tty_hangup(tty, false);
		return 0;
	default:
		return -ENOTTY;
	}
}

long tty_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct tty_file *tf = file->private_data;
	long ret;

	if (tty_hung_up(tf))
		return cmd == TIOCSPGRP ? -ENOTTY : -EIO;
	ret = mode_ioctl(tf->tty, cmd, (void __user *)arg);
	if (ret != -ENOTTY)
		return ret;
	ret = exclusive_ioctl(tf->tty, cmd, (int __user *)arg);
	if (ret != -ENOTTY)
		return ret;
	ret = other_ioctl(tf->tty, cmd, arg);
	if (ret != -ENOTTY)
		return ret;
	return tty_jobctrl_ioctl(tf->tty, cmd, arg);
}

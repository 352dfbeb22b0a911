/* SPDX-License-Identifier: MIT */
/*
 * What a system call returns that a signal has interrupted: Linux's numbers, which no program sees.
 * On the way back to the program kernel/user/signal_frame.c makes of them -EINTR, or the call anew.
 */
#ifndef KERNEL_SIGNAL_ERRNO_H
#define KERNEL_SIGNAL_ERRNO_H

#define ERESTARTSYS    512 /* anew, unless a handler without SA_RESTART runs */
#define ERESTARTNOINTR 513 /* anew, always */
#define ERESTARTNOHAND 514 /* anew, unless any handler runs */
#define ERESTART_RESTARTBLOCK \
	516 /* current->restart_block goes on with it, unless any handler runs */

#endif

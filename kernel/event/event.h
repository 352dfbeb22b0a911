/* SPDX-License-Identifier: MIT */
/* The room's beginning: what programs wait for, and how. */
#ifndef KERNEL_EVENT_EVENT_H
#define KERNEL_EVENT_EVENT_H

/* From here on fifos can be opened, and descriptors of all kinds be made.  Boot, once there are files. */
void pipe_init(void);
void epoll_init(void);

#endif

/* SPDX-License-Identifier: MIT */
/* The character devices that belong to no other room. */
#ifndef DRIVERS_CHAR_CHAR_H
#define DRIVERS_CHAR_CHAR_H

#define MEM_MAJOR  1 /* Linux's Documentation/admin-guide/devices.txt */
#define MISC_MAJOR 10

/* All of /dev that stands here: in a thread, once fs_init() has run, drivers are there. */
void char_dev_init(void);

/* Each file's. */
void mem_dev_init(void);
void null_dev_init(void);
void kmsg_dev_init(void);
void random_dev_init(void);
void hwrng_dev_init(void);
void hpet_dev_init(void);

#endif

/* SPDX-License-Identifier: MIT */
/* Physical memory that programs have mapped. */
#ifndef DRIVERS_CHAR_MEM_H
#define DRIVERS_CHAR_MEM_H

struct address_space;

/*
 * For file->f_mapping of a file whose mappings show physical memory, vm_pgoff being its address: when a driver
 * claims what they show, they go.
 */
struct address_space *iomem_get_mapping(void);

#endif

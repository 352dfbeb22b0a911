/* SPDX-License-Identifier: MIT */
/* The register shown: what the commands iomem and ioports are made of. */
#ifndef KERNEL_MONITOR_IOMEM_H
#define KERNEL_MONITOR_IOMEM_H

#include "kernel/monitor/resource_list.h"

/* Each row, and under it what it is, who put it there and when, and where it is mapped. */
int iomem_verbose(struct sink *out, const struct resource_list *list);

/* What is free in the root and in bridges' windows, and what could go there. */
void iomem_gaps(struct sink *out, const struct resource_list *list);

/* A picture in characters, 80 columns wide, and what they stand for. */
void iomem_map(struct sink *out, const struct resource_list *list);

/* Whose a row is, by rank, the lowest first: in a picture the highest of a place is what is seen. */
enum iomem_kind {
	IOMEM_NOBODY,
	IOMEM_WINDOW,
	IOMEM_ASIDE,
	IOMEM_RAM,
	IOMEM_DEVICE,
	IOMEM_DRIVEN,
	IOMEM_KERNEL,
	IOMEM_KINDS
};

extern const struct iomem_kind_text {
	char c; /* in iomem_map() */
	const char *text;
} iomem_kinds[IOMEM_KINDS];

enum iomem_kind iomem_kind_of(const struct resource_row *row);

/* All of it, as kernel/monitor/iomem.schema.json describes. */
int iomem_json(struct sink *out, const char *which, const struct resource_list *list);

/* "0.123456", seconds since boot, of a row's `since`; false: unknown. */
bool iomem_time(char *buf, size_t size, u64 since);

#endif

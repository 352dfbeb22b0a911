/* SPDX-License-Identifier: MIT */
/*
 * Formatted text.  Any context, no lock, nothing allocated.
 *
 * Conversions: those of C without floating point, and
 *   %pa   phys_addr_t or resource_size_t behind the pointer: 0x%016llx
 *   %pR   struct resource *: [mem 0xfed00000-0xfed003ff], [io  0x0cf8-0x0cff]
 *   %pS   code address as symbol+0xoffset/0xsize
 *   %ps   the same, symbol alone
 *   %p    0x%016lx
 */
#ifndef KERNEL_LIB_VSPRINTF_H
#define KERNEL_LIB_VSPRINTF_H

#include "kernel/lib/compiler.h"

/*
 * Format into `buf` of `size` bytes, terminated when size > 0.  snprintf returns
 * the length the whole text has; scnprintf the length that was written.
 */
int vsnprintf(char *buf, size_t size, const char *fmt, va_list args) __printf(3, 0);
int vscnprintf(char *buf, size_t size, const char *fmt, va_list args) __printf(3, 0);
int snprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);
int scnprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);

/*
 * Who names code addresses for %pS and %ps: writes "symbol+0x1/0x2", or the symbol alone,
 * into `buf`, terminated.  Without one they come out as numbers.
 */
void vsprintf_set_symbols(int (*format)(char *buf, size_t size, unsigned long addr,
					bool with_offset));

#endif

/* SPDX-License-Identifier: MIT */
/* In the place of the kernel's own: registers that are the record's.  See tests/replay/machine.h. */
#ifndef MM_IO_H
#define MM_IO_H

#include "tests/replay/machine.h"

#define DEFINE_ACCESS(suffix, type)                                               \
	static inline type read##suffix(const volatile void __iomem *addr)        \
	{                                                                         \
		return (type)machine_read(addr, sizeof(type));                    \
	}                                                                         \
	static inline void write##suffix(type value, volatile void __iomem *addr) \
	{                                                                         \
		machine_write(addr, sizeof(type), value);                         \
	}

DEFINE_ACCESS(b, u8)
DEFINE_ACCESS(w, u16)
DEFINE_ACCESS(l, u32)
DEFINE_ACCESS(q, u64)

#undef DEFINE_ACCESS

#endif

/* SPDX-License-Identifier: MIT */
/* In the place of the kernel's own: ports that are the record's.  See tests/replay/machine.h. */
#ifndef KERNEL_CPU_PORT_H
#define KERNEL_CPU_PORT_H

#include "tests/replay/machine.h"

#define DEFINE_PORT(suffix, type)                            \
	static inline type in##suffix(u16 port)              \
	{                                                    \
		return (type)machine_in(port, sizeof(type)); \
	}                                                    \
	static inline void out##suffix(type value, u16 port) \
	{                                                    \
		machine_out(port, sizeof(type), value);      \
	}

DEFINE_PORT(b, u8)
DEFINE_PORT(w, u16)
DEFINE_PORT(l, u32)

#undef DEFINE_PORT

#endif

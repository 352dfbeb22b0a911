// SPDX-License-Identifier: MIT
/* Ports and mapped registers through one kind of pointer. */
#include "mm/iomap.h"
#include "kernel/core/panic.h"
#include "kernel/core/printk.h"
#include "kernel/cpu/port.h"
#include "mm/io.h"
#include "mm/layout.h"

static noinline void bad_io_access(const volatile void __iomem *addr, const char *access)
{
	WARN(true, "Bad IO access at %#lx (%s)\n",
	     (unsigned long)(__force const volatile void *)addr, access);
}

/* Kernel mappings all lie in the upper half. */
static __always_inline bool is_mmio(const volatile void __iomem *addr)
{
	return (unsigned long)(__force const volatile void *)addr >= PAGE_OFFSET;
}

static __always_inline u16 port_of(const volatile void __iomem *addr)
{
	return (unsigned long)(__force const volatile void *)addr & PIO_MASK;
}

void __iomem *ioport_map(unsigned long port, unsigned int n)
{
	if (n == 0 || port > PIO_MASK || n > PIO_MASK + 1 - port) {
		pr_err("ioport_map: no ports %#lx, %u of them\n", port, n);
		return NULL;
	}
	return (void __iomem *)(port + PIO_OFFSET);
}

void ioport_unmap(void __iomem *addr)
{
	WARN(!is_pio_cookie(addr), "ioport_unmap of %p, which is no port\n", (__force void *)addr);
}

#define DEFINE_IOMAP(bits, type, mem, port)                                   \
	__io_text type ioread##bits(const volatile void __iomem *addr)        \
	{                                                                     \
		if (likely(is_mmio(addr)))                                    \
			return read##mem(addr);                               \
		if (is_pio_cookie(addr))                                      \
			return in##port(port_of(addr));                       \
		bad_io_access(addr, "ioread" #bits);                          \
		return (type)~0ULL;                                           \
	}                                                                     \
	__io_text void iowrite##bits(type value, volatile void __iomem *addr) \
	{                                                                     \
		if (likely(is_mmio(addr)))                                    \
			write##mem(value, addr);                              \
		else if (is_pio_cookie(addr))                                 \
			out##port(value, port_of(addr));                      \
		else                                                          \
			bad_io_access(addr, "iowrite" #bits);                 \
	}

DEFINE_IOMAP(8, u8, b, b)
DEFINE_IOMAP(16, u16, w, w)
DEFINE_IOMAP(32, u32, l, l)

__io_text u64 ioread64(const volatile void __iomem *addr)
{
	if (likely(is_mmio(addr)))
		return readq(addr);
	bad_io_access(addr, "ioread64");
	return ~0ULL;
}

__io_text void iowrite64(u64 value, volatile void __iomem *addr)
{
	if (likely(is_mmio(addr)))
		writeq(value, addr);
	else
		bad_io_access(addr, "iowrite64");
}

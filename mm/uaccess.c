// SPDX-License-Identifier: MIT
/* What is built on the routines of mm/copy_user.asm, and where those go on after a fault. */
#include "mm/uaccess.h"

#include "mm/slab.h"

struct uaccess_entry {
	s32 insn, fixup; /* both relative to the field's own address */
};

extern const struct uaccess_entry __uaccess_table_start[], __uaccess_table_end[];

unsigned long uaccess_fixup(unsigned long ip)
{
	for (const struct uaccess_entry *e = __uaccess_table_start; e < __uaccess_table_end; e++)
		if ((unsigned long)&e->insn + (long)e->insn == ip)
			return (unsigned long)&e->fixup + (long)e->fixup;
	return 0;
}

long copy_from_user_nofault(void *to, const void __user *from, size_t n)
{
	unsigned long left;

	pagefault_disable();
	left = __copy_from_user_inatomic(to, from, n);
	pagefault_enable();
	return left ? -EFAULT : 0;
}

long copy_to_user_nofault(void __user *to, const void *from, size_t n)
{
	unsigned long left;

	pagefault_disable();
	left = __copy_to_user_inatomic(to, from, n);
	pagefault_enable();
	return left ? -EFAULT : 0;
}

long strncpy_from_user(char *dst, const char __user *src, long count)
{
	if (count <= 0)
		return 0;
	if (!access_ok(src, 1))
		return -EFAULT;
	return __strncpy_from_user(dst, (__force const char *)src, count);
}

long strnlen_user(const char __user *s, long n)
{
	if (n <= 0 || !access_ok(s, 1))
		return 0;
	return __strnlen_user((__force const char *)s, n);
}

int check_zeroed_user(const void __user *from, size_t n)
{
	const u8 __user *p = from;
	u8 byte;

	for (; n; n--) {
		if (get_user(byte, p++))
			return -EFAULT;
		if (byte)
			return 0;
	}
	return 1;
}

int copy_struct_from_user(void *dst, size_t ksize, const void __user *src, size_t usize)
{
	size_t size = min(ksize, usize);

	memset((u8 *)dst + size, 0, ksize - size);
	if (usize > ksize) {
		int zero = check_zeroed_user((const u8 __user *)src + size, usize - size);

		if (zero <= 0)
			return zero ?: -E2BIG;
	}
	return copy_from_user(dst, src, size) ? -EFAULT : 0;
}

void *memdup_user(const void __user *src, size_t n)
{
	void *p = kmalloc(n, GFP_KERNEL);

	if (!p)
		return ERR_PTR(-ENOMEM);
	if (copy_from_user(p, src, n)) {
		kfree(p);
		return ERR_PTR(-EFAULT);
	}
	return p;
}

char *strndup_user(const char __user *s, long n)
{
	long size = strnlen_user(s, n);
	char *p;

	if (!size)
		return ERR_PTR(-EFAULT);
	if (size > n)
		return ERR_PTR(-EINVAL);
	p = memdup_user(s, size);
	if (!IS_ERR(p))
		p[size - 1] = '\0'; /* it may have grown meanwhile */
	return p;
}

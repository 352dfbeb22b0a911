// SPDX-License-Identifier: MIT
/* The routines that touch a program's memory, which may be bad at any byte. */
#include "mm/uaccess.h"

#include "tests/guest/guest_test.h"
#include "tests/guest/program.h"

#define NEAR 40 /* bytes before the page's end, and beyond it */

/* Each size at each distance from the page that is not there. */
static void copy_at_the_end(struct program *p)
{
	u8 buffer[2 * NEAR];

	for (unsigned long room = 0; room <= NEAR; room++) {
		for (unsigned long n = 0; n < sizeof(buffer); n++) {
			void __user *at = (__force void __user *)program_data(PAGE_SIZE - room);
			unsigned long good = min(n, room);

			memset(p->data, 0x55, PAGE_SIZE);
			memset(buffer, 0xaa, sizeof(buffer));
			EXPECT_EQ(copy_to_user(at, buffer, n), n - good);
			for (unsigned long i = 0; i <= NEAR; i++)
				EXPECT_EQ(p->data[PAGE_SIZE - 1 - i],
					  i < room && i >= room - good ? 0xaa : 0x55);

			memset(p->data, 0x77, PAGE_SIZE);
			EXPECT_EQ(copy_from_user(buffer, at, n), n - good);
			for (unsigned long i = 0; i < sizeof(buffer); i++)
				EXPECT_EQ(buffer[i], i < good ? 0x77 : i < n ? 0 : 0xaa);

			EXPECT_EQ(clear_user(at, n), n - good);
			for (unsigned long i = 0; i <= NEAR; i++)
				EXPECT_EQ(p->data[PAGE_SIZE - 1 - i],
					  i < room && i >= room - good ? 0 : 0x77);
		}
	}
}

GUEST_TEST(uaccess, copies_end_at_the_byte_that_is_bad)
{
	program_run_in_kernel(copy_at_the_end);
}

static void copy_kernel(struct program *p)
{
	const unsigned long bad[] = { TASK_SIZE_MAX, TASK_SIZE_MAX - 4,	  BIT_ULL(47),
				      BIT_ULL(63),   KERNEL_HALF,	  (unsigned long)p->data,
				      ~0UL - 7,	     (unsigned long)_text };
	u64 value = 1;

	for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++) {
		void __user *at = (__force void __user *)(void *)bad[i];

		EXPECT_EQ(copy_to_user(at, &value, 8), 8);
		EXPECT_EQ(copy_from_user(&value, at, 8), 8);
		EXPECT_EQ(value, 0);
		EXPECT_EQ(clear_user(at, 8), 8);
		value = 1;
		EXPECT_EQ(get_user(value, (u64 __user *)at), -EFAULT);
		EXPECT_EQ(value, 0);
		EXPECT_EQ(put_user(value, (u64 __user *)at), -EFAULT);
		EXPECT_EQ(strnlen_user(at, 8), 0);
		EXPECT_EQ(strncpy_from_user((char *)&value, at, 8), -EFAULT);
	}
	/* Nor a length that wraps around. */
	EXPECT_EQ(copy_from_user(&value, (__force void __user *)program_data(0), 0), 0);
	EXPECT(!access_ok(program_data(0), ~0UL));
	EXPECT(!access_ok(program_data(0), ~0UL - PROGRAM_DATA + 1));
	EXPECT(access_ok(program_data(0), TASK_SIZE_MAX - PROGRAM_DATA));
	EXPECT(!access_ok(program_data(0), TASK_SIZE_MAX - PROGRAM_DATA + 1));
}

GUEST_TEST(uaccess, copies_refuse_what_is_not_the_programs)
{
	program_run_in_kernel(copy_kernel);
}

static void copy_words(struct program *p)
{
	u8 byte;
	u16 word;
	u32 half;
	u64 value;

	*(u64 *)p->data = 0xf1f2f3f4f5f6f7f8;
	EXPECT_EQ(get_user(byte, (u8 __user *)program_data(0)), 0);
	EXPECT_EQ(byte, 0xf8);
	EXPECT_EQ(get_user(word, (u16 __user *)program_data(0)), 0);
	EXPECT_EQ(word, 0xf7f8);
	EXPECT_EQ(get_user(half, (u32 __user *)program_data(0)), 0);
	EXPECT_EQ(half, 0xf5f6f7f8);
	EXPECT_EQ(get_user(value, (u64 __user *)program_data(0)), 0);
	EXPECT_EQ(value, 0xf1f2f3f4f5f6f7f8);
	EXPECT_EQ(put_user(1, (u8 __user *)program_data(7)), 0);
	EXPECT_EQ(put_user(2, (u16 __user *)program_data(4)), 0);
	EXPECT_EQ(*(u64 *)p->data, 0x01f20002f5f6f7f8);
	EXPECT_EQ(put_user(3, (u32 __user *)program_data(0)), 0);
	EXPECT_EQ(*(u64 *)p->data, 0x01f2000200000003);
	EXPECT_EQ(put_user(4, (u64 __user *)program_data(0)), 0);
	EXPECT_EQ(*(u64 *)p->data, 4);
	EXPECT_EQ(put_user(4, (u64 __user *)program_data(PAGE_SIZE - 7)), -EFAULT);
	EXPECT_EQ(get_user(value, (u64 __user *)program_data(PAGE_SIZE - 7)), -EFAULT);
}

GUEST_TEST(uaccess, words)
{
	program_run_in_kernel(copy_words);
}

/* Strings of each length at each place before the end; the last have no end in the page. */
static void copy_strings(struct program *p)
{
	char buffer[NEAR];

	for (long room = 1; room <= 20; room++) {
		for (long length = 0; length <= room; length++) {
			const char __user *at =
				(__force void __user *)program_data(PAGE_SIZE - room);
			bool ends = length < room;

			memset(p->data, 'x', PAGE_SIZE);
			if (ends)
				p->data[PAGE_SIZE - room + length] = '\0';
			for (long most = 1; most < NEAR; most++) {
				bool seen = ends && length < most;

				memset(buffer, 'y', sizeof(buffer));
				EXPECT_EQ(strncpy_from_user(buffer, at, most), seen ? length :
									       most <= room ?
										      most :
										      -EFAULT);
				if (seen)
					EXPECT(memcmp(buffer, p->data + PAGE_SIZE - room,
						      length + 1) == 0);
				EXPECT_EQ(buffer[most], 'y');
				EXPECT_EQ(strnlen_user(at, most), seen	       ? length + 1 :
								  most <= room ? most + 1 :
										 0);
			}
		}
	}
}

GUEST_TEST(uaccess, strings)
{
	program_run_in_kernel(copy_strings);
}

static void copy_structs(struct program *p)
{
	u64 kernel[2];
	void __user *at = (__force void __user *)program_data(0);

	memset(p->data, 0, PAGE_SIZE);
	*(u64 *)p->data = 7;
	kernel[1] = 9;
	EXPECT_EQ(copy_struct_from_user(kernel, 16, at, 8), 0);
	EXPECT(kernel[0] == 7 && kernel[1] == 0);
	EXPECT_EQ(copy_struct_from_user(kernel, 16, at, 64), 0);
	p->data[40] = 1;
	EXPECT_EQ(copy_struct_from_user(kernel, 16, at, 64), -E2BIG);
	EXPECT_EQ(copy_struct_from_user(kernel, 16, at, 2 * PAGE_SIZE), -E2BIG);
	p->data[40] = 0;
	EXPECT_EQ(copy_struct_from_user(kernel, 16, at, 2 * PAGE_SIZE), -EFAULT);
	EXPECT_EQ(copy_from_user_nofault(kernel, at, 16), 0);
	at = (__force void __user *)program_data(PAGE_SIZE - 15);
	EXPECT_EQ(copy_from_user_nofault(kernel, at, 16), -EFAULT);
	EXPECT_EQ(copy_to_user_nofault(at, kernel, 16), -EFAULT);
	EXPECT_EQ(preempt_count(), 0);
}

GUEST_TEST(uaccess, structs)
{
	program_run_in_kernel(copy_structs);
}

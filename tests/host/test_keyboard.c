// SPDX-License-Identifier: MIT
// sources: drivers/input/keyboard.c
/* Codes of set 1 against what the keys of an American keyboard type (IBM's and xterm's tables). */
#include "drivers/input/keyboard.h"
#include "tests/host/test.h"

static struct keyboard keyboard;

/* What `n` codes type, one after the other. */
static const char *typed(const char *codes, size_t n)
{
	static char text[64];
	size_t len = 0;

	keyboard = (struct keyboard){ .caps = false };
	for (size_t i = 0; i < n; i++) {
		char bytes[KEYBOARD_BYTES];
		unsigned int count = keyboard_code(&keyboard, (u8)codes[i], bytes);

		EXPECT_EQ(count, strlen(bytes));
		memcpy(text + len, bytes, count);
		len += count;
	}
	text[len] = '\0';
	return text;
}

#define TYPED(codes) typed(codes, sizeof(codes) - 1)

TEST(rows_of_keys)
{
	EXPECT_STR(TYPED("\x29\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d"), "`1234567890-=");
	EXPECT_STR(TYPED("\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x2b"), "qwertyuiop[]\\");
	EXPECT_STR(TYPED("\x1e\x1f\x20\x21\x22\x23\x24\x25\x26\x27\x28"), "asdfghjkl;'");
	EXPECT_STR(TYPED("\x2c\x2d\x2e\x2f\x30\x31\x32\x33\x34\x35"), "zxcvbnm,./");
	EXPECT_STR(TYPED("\x39\x0f\x1c\x0e\x01"), " \t\r\177\033");
	EXPECT_STR(TYPED("\x47\x48\x49\x4a\x4b\x4c\x4d\x4e\x4f\x50\x51\x52\x53\x37"),
		   "789-456+1230.*");
}

TEST(coming_up_types_nothing)
{
	EXPECT_STR(TYPED("\x1e\x9e\xb9\x3b\x57\x7f\xff"), "a");
}

TEST(shift)
{
	EXPECT_STR(TYPED("\x2a\x1e\x02\x28\x9e\xaa\x1e"), "A!\"a");
	EXPECT_STR(TYPED("\x36\x29\x0b\x2b\x35\xb6\x35"), "~)|?/");
	EXPECT_STR(TYPED("\x2a\x36\xaa\x1e\xb6\x1e"), "Aa"); /* one of two is still held */
}

/* What a keyboard makes up around a motion or with Print Screen is no shift of the person's. */
TEST(shift_that_nobody_holds)
{
	EXPECT_STR(TYPED("\xe0\x2a\xe0\x37\x1e\xe0\xb7\xe0\xaa\x1e"), "aa");
	EXPECT_STR(TYPED("\x2a\xe0\xaa\xe0\x48\x1e\xe0\xc8\xe0\x2a\x1e"), "\033[AAA");
}

TEST(caps_lock_is_for_letters)
{
	EXPECT_STR(TYPED("\x3a\xba\x1e\x02\x2a\x1e\x02\xaa\x3a\xba\x1e"), "A1a!a");
}

TEST(control_and_alt)
{
	EXPECT_STR(TYPED("\x1d\x2e\x26\x1a\x9d\x2e"), "\x03\x0c\x1b"
						      "c");
	EXPECT_STR(TYPED("\xe0\x1d\x13\xe0\x9d\x13"), "\x12r");
	EXPECT_STR(TYPED("\x1d\x2a\x2e\xaa\x9d"), "\x03");
	EXPECT_STR(TYPED("\x38\x30\xb8\x30"), "\033bb");
	EXPECT_STR(TYPED("\x1d\x04\x39\x9d"), "3 "); /* no control characters of theirs */
}

TEST(keys_that_send_sequences)
{
	EXPECT_STR(TYPED("\xe0\x48\xe0\xc8\xe0\x50\xe0\x4d\xe0\x4b"), "\033[A\033[B\033[C\033[D");
	EXPECT_STR(TYPED("\xe0\x47\xe0\x4f\xe0\x53\xe0\x52\xe0\x49\xe0\x51"),
		   "\033[H\033[F\033[3~\033[2~\033[5~\033[6~");
	EXPECT_STR(TYPED("\xe0\x35\xe0\x1c"), "/\r");
	/* With Num Lock on the keyboard puts a shift before a motion that nobody holds. */
	EXPECT_STR(TYPED("\xe0\x2a\xe0\x48\xe0\xc8\xe0\xaa\x1e"), "\033[Aa");
	EXPECT_STR(TYPED("\xe0\x5b\xe0\x37\xe0\x4c"), "");
}

TEST(pause_is_six_codes)
{
	EXPECT_STR(TYPED("\xe1\x1d\x45\xe1\x9d\xc5\x2e"), "c");
}

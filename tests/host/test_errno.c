// SPDX-License-Identifier: MIT
/* Each number of the header has the name that it has in the C library, and no other has one. */
#include "tests/host/test.h"

/* libc's, whose headers do not go with the kernel's. */
const char *strerrorname_np(int error);
void *fopen(const char *name, const char *mode);
char *fgets(char *line, int size, void *file);
int sscanf(const char *text, const char *fmt, ...);
int fclose(void *file);

static bool defined[200];

/* Linux's own lines, as Debian gives them to programs. */
static void read_header(const char *path)
{
	void *file = fopen(path, "r");
	char line[200], name[40];
	int number;

	ASSERT(file);
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "#define E%39s %d", name, &number) != 2)
			continue;
		ASSERT(number > 0 && number < 200);
		defined[number] = true;
		EXPECT_STR(error_name(number) + 1, name);
	}
	fclose(file);
}

TEST(names_are_those_of_the_header_and_of_libc)
{
	unsigned int n = 0;

	read_header("/usr/include/asm-generic/errno-base.h");
	read_header("/usr/include/asm-generic/errno.h");
	for (int i = 1; i < 200; i++) {
		n += defined[i];
		if (defined[i])
			EXPECT_STR(error_name(-i), strerrorname_np(i));
		else
			EXPECT_STR(error_name(i), "an error unknown");
	}
	EXPECT(n >= 130);
}

TEST(any_number_has_an_answer)
{
	EXPECT_STR(error_name(0), "an error unknown");
	EXPECT_STR(error_name(1 << 30), "an error unknown");
	EXPECT_STR(error_name(-2147483647 - 1), "an error unknown");
}

// SPDX-License-Identifier: MIT
// sources: kernel/user/script.c
/* The first line of scripts: execve(2); what Linux 6.1 does at the edges was asked of it. */
#include "kernel/user/script.h"

#include "kernel/lib/errno.h"
#include "tests/host/test.h"

static char buf[BINPRM_BUF_SIZE];
static const char *interp, *arg;

static int parse(const char *text)
{
	size_t n = strlen(text);

	memset(buf, 0, sizeof(buf));
	memcpy(buf, text, n < sizeof(buf) ? n : sizeof(buf));
	return parse_script_line(buf, &interp, &arg);
}

TEST(name_and_one_argument)
{
	EXPECT_EQ(parse("#!/bin/sh\necho"), 0);
	EXPECT_STR(interp, "/bin/sh");
	EXPECT(!arg);
	EXPECT_EQ(parse("#! \t /bin/awk  -f  x y \t\n"), 0);
	EXPECT_STR(interp, "/bin/awk");
	EXPECT_STR(arg, "-f  x y");
	EXPECT_EQ(parse("#!/bin/sh \n"), 0);
	EXPECT(!arg);
	EXPECT_EQ(parse("#!/bin/sh"), 0); /* the file ends */
	EXPECT_STR(interp, "/bin/sh");
}

TEST(no_script)
{
	EXPECT_EQ(parse(""), -ENOEXEC);
	EXPECT_EQ(parse("#"), -ENOEXEC);
	EXPECT_EQ(parse(" #!/bin/sh\n"), -ENOEXEC);
	EXPECT_EQ(parse("#!\n/bin/sh\n"), -ENOEXEC);
	EXPECT_EQ(parse("#!  \t \n"), -ENOEXEC);
	EXPECT_EQ(parse("#!"), -ENOEXEC);
}

TEST(line_is_longer_than_what_is_looked_at)
{
	char text[600];

	memset(text, 'x', sizeof(text));
	memcpy(text, "#!/", 3);
	text[sizeof(text) - 1] = '\0';
	EXPECT_EQ(parse(text), -ENOEXEC); /* the name may go on */
	text[100] = ' ';
	EXPECT_EQ(parse(text), 0); /* the argument is cut off */
	EXPECT_EQ(strlen(interp), 98);
	EXPECT_EQ(strlen(arg), 255 - 101);
	memset(text + 2, ' ', 300);
	EXPECT_EQ(parse(text), -ENOEXEC);
}

TEST(any_bytes_are_harmless)
{
	static const char some[] = "#!/a \t\n\0x";
	u64 state = 88172645463325252ULL;

	for (int i = 0; i < 200000; i++) {
		memset(buf, 0, sizeof(buf));
		for (size_t n = 0; n < sizeof(buf); n++) {
			state ^= state << 13;
			state ^= state >> 7;
			state ^= state << 17;
			buf[n] = some[state % (sizeof(some) - 1)];
		}
		buf[0] = '#';
		buf[1] = '!';
		if (parse_script_line(buf, &interp, &arg))
			continue;
		EXPECT(*interp && strlen(interp) < sizeof(buf) && !strchr(interp, ' '));
		EXPECT(!arg || (*arg && strlen(arg) < sizeof(buf)));
	}
}

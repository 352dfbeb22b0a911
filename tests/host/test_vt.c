// SPDX-License-Identifier: MIT
// sources: drivers/video/vt.c drivers/video/font.c
/*
 * The terminal of the screen, by what ECMA-48 and the VT102 say of each sequence, and fonts as they
 * may come.
 */
#include "drivers/video/font.h"
#include "drivers/video/vt.h"
#include "tests/host/test.h"

#define COLUMNS 10
#define ROWS	4

static struct vt vt;
static struct vt_cell cells[ROWS * COLUMNS + 1]; /* the last must stay as it is */

static void begin(void)
{
	cells[ROWS * COLUMNS] = (struct vt_cell){ '!', 0x5a };
	vt_init(&vt, cells, COLUMNS, ROWS);
}

static void write(const char *s)
{
	vt_write(&vt, s, strlen(s), false);
}

/* A line without the blanks at its end. */
static const char *line(unsigned int y)
{
	static char text[COLUMNS + 1];
	size_t len = COLUMNS;

	for (unsigned int x = 0; x < COLUMNS; x++)
		text[x] = (char)cells[y * COLUMNS + x].character;
	while (len && text[len - 1] == ' ')
		len--;
	text[len] = '\0';
	return text;
}

TEST(text_wraps_and_scrolls)
{
	begin();
	write("one\ntwo\n0123456789");
	EXPECT_STR(line(2), "0123456789");
	EXPECT_EQ(vt.y, 2); /* behind the last column, and no new line yet */
	write("x");
	EXPECT_STR(line(3), "x");
	write("\nfive");
	EXPECT_STR(line(0), "two");
	EXPECT_STR(line(2), "x");
	EXPECT_STR(line(3), "five");
}

TEST(a_line_feed_alone_is_raw)
{
	begin();
	vt_write(&vt, "ab\ncd\r\ne", 8, true);
	EXPECT_STR(line(0), "ab");
	EXPECT_STR(line(1), "  cd");
	EXPECT_STR(line(2), "e");
}

TEST(controls)
{
	begin();
	write("abc\b\bX\rY\a\177");
	EXPECT_STR(line(0), "YXc");
	write("\n\tz\t\tq");
	EXPECT_STR(line(1), "        zq"); /* no tab stop behind the last column */
	write("\r0123456789\b\bZ");	   /* from the last column, where the cursor stays */
	EXPECT_STR(line(1), "0123456Z89");
	write("\b\b\b\b\b\b\b\b\b\b\b\bA");
	EXPECT_STR(line(1), "A123456Z89");
}

TEST(the_cursor_moves_within_the_screen)
{
	begin();
	write("\033[2;3Ha\033[Hb\033[4;10Hc\033[99;99Hd\033[A\033[3De\033[B\033[2Cf");
	EXPECT_STR(line(0), "b");
	EXPECT_STR(line(1), "  a");
	EXPECT_STR(line(2), "      e");
	EXPECT_STR(line(3), "         f");
	write("\033[2dg\033[1Gh\033[0;0fi\033[50A\033[50D\033[9999999999Bj");
	EXPECT_STR(line(1), "h a      g");
	EXPECT_STR(line(0), "i");
	EXPECT_STR(line(3), "j        f");
	write("\033[3;1H0123456789\033[DX"); /* behind the last column it counts as on it */
	EXPECT_STR(line(2), "01234567X9");
}

TEST(erasing)
{
	static const char full[] = "0123456789012345678901234567890123456789";

	begin();
	write(full);
	write("\033[2;4H\033[K\033[3;4H\033[1K\033[4;4H\033[2K");
	EXPECT_STR(line(0), "0123456789");
	EXPECT_STR(line(1), "012");
	EXPECT_STR(line(2), "    456789");
	EXPECT_STR(line(3), "");
	write("\033[H");
	write(full);
	write("\033[2;4H\033[J");
	EXPECT_STR(line(1), "012");
	EXPECT_STR(line(3), "");
	write("\033[1J");
	EXPECT_STR(line(0), "");
	EXPECT_STR(line(1), "");
	write("\033[H");
	write(full);
	write("\033[H\033[2J");
	EXPECT_STR(line(3), "");
	EXPECT_EQ(cells[ROWS * COLUMNS].colour, 0x5a);
}

/* Behind the last column the cursor counts as on it. */
TEST(erasing_at_the_end_of_a_line)
{
	begin();
	write("0123456789\nabcdefghij\033[1;1H0123456789\033[K");
	EXPECT_STR(line(0), "012345678");
	EXPECT_STR(line(1), "abcdefghij");
	write("\033[1;1H0123456789\033[1K");
	EXPECT_STR(line(0), "");
	EXPECT_STR(line(1), "abcdefghij");
}

TEST(colours)
{
	begin();
	write("a\033[31;44mb\033[1mc\033[7md\033[27;22;39;49me\033[35mf\033[mg");
	EXPECT_EQ(cells[0].colour, VT_COLOUR(0, 7));
	EXPECT_EQ(cells[1].colour, VT_COLOUR(4, 1));
	EXPECT_EQ(cells[2].colour, VT_COLOUR(4, 9));
	EXPECT_EQ(cells[3].colour, VT_COLOUR(9, 4));
	EXPECT_EQ(cells[4].colour, VT_COLOUR(0, 7));
	EXPECT_EQ(cells[5].colour, VT_COLOUR(0, 5));
	EXPECT_EQ(cells[6].colour, VT_COLOUR(0, 7));
	EXPECT_STR(line(0), "abcdefg");
	write("\033[30;47mh\033[37;40mi");
	EXPECT_EQ(cells[7].colour, VT_COLOUR(7, 0));
	EXPECT_EQ(cells[8].colour, VT_COLOUR(0, 7));
}

/* ITU T.416, 13.1.8: numbers of a colour of another kind are no parameters of their own. */
TEST(colours_of_other_kinds)
{
	begin();
	write("\033[38;5;1ma\033[48;2;1;7;31mb\033[38;5;7;32mc\033[38;5md\033[38;5:1;7me");
	EXPECT_EQ(cells[0].colour, VT_COLOUR(0, 7));
	EXPECT_EQ(cells[1].colour, VT_COLOUR(0, 7));
	EXPECT_EQ(cells[2].colour, VT_COLOUR(0, 2));
	EXPECT_EQ(cells[3].colour, VT_COLOUR(0, 2));
	EXPECT_EQ(cells[4].colour, VT_COLOUR(0, 2));
}

TEST(what_it_does_not_know_is_not_shown)
{
	begin();
	write("a\033[?25lb\033(Bc\033[1;2rd\033=e\033[3;\n4mf");
	EXPECT_STR(line(0), "abcde");
	EXPECT_STR(line(1), "f");
}

/* ECMA-48, 5.4: private parameters and intermediate bytes make another sequence of a letter that is known. */
TEST(sequences_that_end_like_others)
{
	begin();
	write("abc\033[?2J\033[>4;1md\033[2 Ae\033[1 qf\033[@g\033[1!pg");
	EXPECT_STR(line(0), "abcdefgg");
	EXPECT_EQ(cells[3].colour, VT_PLAIN);
}

/* Whatever comes, nothing leaves the screen: the sanitizers look. */
TEST(random_bytes)
{
	static const char likely[] = "\033\033[[[;0123456789?ABCDGHJKdfm\n\r\b\t x\377";

	begin();
	for (unsigned int i = 0; i < 200000; i++) {
		char c = likely[test_random() % (sizeof(likely) - 1)];

		vt_write(&vt, &c, 1, test_random() % 2);
		EXPECT(vt.x <= COLUMNS && vt.y < ROWS);
	}
	EXPECT_EQ(cells[ROWS * COLUMNS].character, '!');
}

TEST(fonts)
{
	static u8 file[4 + 256 * 16] = { 0x36, 0x04, 0, 16 };
	struct font font;
	u32 pixels[FONT_WIDTH];

	file[4 + 'A' * 16 + 2] = 0x81;
	ASSERT(font_parse(file, sizeof(file), &font));
	EXPECT_EQ(font.height, 16);
	font_row(font_glyph(&font, 'A')[2], 0xffffff, 0x102030, pixels);
	EXPECT_EQ(pixels[0], 0xffffff);
	EXPECT_EQ(pixels[1], 0x102030);
	EXPECT_EQ(pixels[7], 0xffffff);
	EXPECT(!font_parse(file, sizeof(file) - 1, &font));
	EXPECT(!font_parse(file, 3, &font));
	file[3] = 0;
	EXPECT(!font_parse(file, sizeof(file), &font));
	file[3] = 33;
	EXPECT(!font_parse(file, sizeof(file), &font));
	file[3] = 8;
	EXPECT(font_parse(file, sizeof(file), &font));
	file[0] = 0x72;
	EXPECT(!font_parse(file, sizeof(file), &font));
}

// SPDX-License-Identifier: MIT
/* Sinks: text as it is formatted, cut where a call says too much, and a buffer's bounds. */
#include "kernel/core/sink.h"
#include "tests/host/test.h"

static struct buffer_sink buffer;
static char memory[16];

static struct sink *start(size_t size)
{
	memset(memory, '#', sizeof(memory));
	buffer_sink_init(&buffer, memory, size);
	return &buffer.sink;
}

TEST(text_is_put_together)
{
	struct sink *out = start(sizeof(memory));

	EXPECT_STR(memory, "");
	EXPECT_EQ(sink_printf(out, "%u-%s", 12, "ab"), 5);
	EXPECT_EQ(sink_printf(out, "%s", ""), 0);
	sink_write(out, "cd\n", 3);
	sink_write(out, "x", 0);
	EXPECT_STR(memory, "12-abcd\n");
	EXPECT_EQ(buffer.len, 8);
	EXPECT_EQ(buffer.lost, 0);
}

TEST(a_full_buffer_keeps_its_bounds)
{
	struct sink *out = start(8);

	sink_printf(out, "12345");
	EXPECT_EQ(buffer.lost, 0);
	sink_printf(out, "67890");
	EXPECT_STR(memory, "1234567");
	EXPECT_EQ(buffer.lost, 3);
	sink_printf(out, "more");
	EXPECT_STR(memory, "1234567");
	EXPECT_EQ(buffer.len, 7);
	EXPECT_EQ(buffer.lost, 7);
	EXPECT_EQ(memory[8], '#');
	start(1);
	sink_printf(out, "x");
	EXPECT_STR(memory, "");
	EXPECT_EQ(buffer.lost, 1);
	EXPECT_EQ(memory[1], '#');
}

struct counter {
	struct sink sink;
	unsigned int calls;
	size_t bytes;
};

static void count(struct sink *sink, const char *s, size_t n)
{
	struct counter *c = container_of(sink, struct counter, sink);

	EXPECT(s[0] != 0);
	c->calls++;
	c->bytes += n;
}

TEST(one_call_is_one_write_of_bounded_length)
{
	struct counter c = { .sink.write = count };
	char text[1500];

	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	EXPECT_EQ(sink_printf(&c.sink, "%s", text), 1023);
	EXPECT_EQ(c.calls, 1);
	EXPECT_EQ(c.bytes, 1023);
	EXPECT_EQ(sink_printf(&c.sink, "%s", ""), 0); /* nothing is not written */
	EXPECT_EQ(c.calls, 1);
}

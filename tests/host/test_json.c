// SPDX-License-Identifier: MIT
// sources: kernel/core/json.c
/* JSON as RFC 8259 has it: commas between values, and what strings must not hold. */
#include "kernel/core/json.h"

#include "tests/host/test.h"

static char text[400];
static struct buffer_sink buffer;

static struct json begin(void)
{
	buffer_sink_init(&buffer, text, sizeof(text));
	return json_to(&buffer.sink);
}

TEST(nothing_in_brackets)
{
	struct json j = begin();

	json_open(&j, NULL, '[');
	json_open(&j, NULL, '{');
	json_close(&j, '}');
	json_end(&j, ']');
	EXPECT_STR(text, "[{}]\n");
}

TEST(commas_stand_between)
{
	struct json j = begin();

	json_open(&j, NULL, '{');
	json_open(&j, "a", '[');
	json_number(&j, NULL, 1);
	json_number(&j, NULL, ~0ULL);
	json_close(&j, ']');
	json_open(&j, "b", '{');
	json_close(&j, '}');
	json_bool(&j, "c", true);
	json_bool(&j, "d", false);
	json_null(&j, "e");
	json_end(&j, '}');
	EXPECT_STR(text, "{\"a\": [1,\n18446744073709551615],\n\"b\": {},\n\"c\": true,\n"
			 "\"d\": false,\n\"e\": null}\n");
}

TEST(addresses_are_strings)
{
	struct json j = begin();

	json_open(&j, NULL, '[');
	json_hex(&j, NULL, 0);
	json_hex(&j, NULL, 0xffffffffff000000);
	json_end(&j, ']');
	EXPECT_STR(text, "[\"0x0\",\n\"0xffffffffff000000\"]\n");
}

TEST(what_a_string_must_not_hold)
{
	struct json j = begin();

	json_open(&j, NULL, '[');
	json_string(&j, NULL, "a \"b\" \\ c");
	json_string(&j, NULL, "\n\x7f\xe9");
	json_string(&j, NULL, "");
	json_string(&j, NULL, NULL);
	json_end(&j, ']');
	EXPECT_STR(text, "[\"a \\u0022b\\u0022 \\u005c c\",\n\"\\u000a\\u007f\\u00e9\",\n\"\",\n"
			 "null]\n");
}

TEST(seconds_have_microseconds)
{
	struct json j = begin();

	json_open(&j, NULL, '[');
	json_seconds(&j, NULL, 999);
	json_seconds(&j, NULL, 12000001999);
	json_end(&j, ']');
	EXPECT_STR(text, "[0.000000,\n12.000001]\n");
}

// SPDX-License-Identifier: MIT
// sources: kernel/gdb/packet.c kernel/gdb/registers.c kernel/gdb/server.c kernel/gdb/query.c kernel/gdb/resume.c tests/fuzz/gdb_target.c
/* gdb's packets (gdb manual, appendix E): framing, answers, and what is no packet at all. */
#include "tests/fuzz/gdb_target.h"
#include "tests/host/test.h"

static struct gdb_receiver receiver;
static struct gdb_server server;

static void begin(void)
{
	receiver = (struct gdb_receiver){ 0 };
	gdb_server_begin(&server, &fake_target, fake_put);
	fake_stop = (struct gdb_stop){ .thread = 1, .signal = GDB_SIGTRAP };
	fake_threads = 0;
	memset(fake_inserted, 0, sizeof(fake_inserted));
}

static enum gdb_outcome serve_bytes(const char *packet, size_t len)
{
	static u8 bytes[GDB_PACKET_BYTES + 1];

	memcpy(bytes, packet, len);
	bytes[len] = '\0';
	fake_sent = 0;
	fake_line[0] = '\0';
	return gdb_serve(&server, bytes, len);
}

/* The answer that was made last, as text. */
static const char *answer(void)
{
	static char text[GDB_PACKET_BYTES + 1];

	memcpy(text, server.answer.data, server.answer.len);
	text[server.answer.len] = '\0';
	return text;
}

/* The answer to one packet. */
static const char *ask(const char *packet)
{
	serve_bytes(packet, strlen(packet));
	return answer();
}

static enum gdb_event feed(const char *bytes, size_t n)
{
	enum gdb_event event = GDB_NOTHING;

	while (n--)
		event = gdb_receive(&receiver, (u8)*bytes++);
	return event;
}
#define FEED(bytes) feed(bytes, sizeof(bytes) - 1)

TEST(a_packet_is_data_and_its_sum)
{
	begin();
	EXPECT_EQ(FEED("$m1000,4#8e"), GDB_PACKET);
	EXPECT_STR((char *)receiver.data, "m1000,4");
	EXPECT_EQ(FEED("$OK#9A"), GDB_PACKET); /* either case */
	EXPECT_EQ(FEED("$OK#9b"), GDB_BAD);
	EXPECT_EQ(FEED("$OK#x"), GDB_BAD);
	EXPECT_EQ(FEED("+"), GDB_ACK);
	EXPECT_EQ(FEED("-"), GDB_NAK);
	EXPECT_EQ(FEED("\003"), GDB_STOP);
	EXPECT_EQ(FEED("noise"), GDB_NOTHING);
	EXPECT_EQ(FEED("$#00"), GDB_PACKET);
	EXPECT_EQ(receiver.len, 0);
}

TEST(what_is_cut_is_left_for_the_next)
{
	begin();
	EXPECT_EQ(FEED("$m10"), GDB_NOTHING);
	EXPECT_EQ(FEED("$OK#9a"), GDB_PACKET);
	EXPECT_STR((char *)receiver.data, "OK");
	EXPECT_EQ(FEED("$OK#$OK#9a"), GDB_PACKET);
	EXPECT_EQ(FEED("K#9a"), GDB_BAD); /* whose beginning was lost */
	EXPECT_EQ(FEED("$OK#9a"), GDB_PACKET);
}

TEST(escapes_are_undone)
{
	begin();
	/* } is 7d; what follows it is meant by 20 off.  The sum is of what is sent. */
	EXPECT_EQ(FEED("$}\003}\x04}]*#05"), GDB_PACKET);
	EXPECT_EQ(receiver.len, 4);
	EXPECT(memcmp(receiver.data, "#$}*", 4) == 0);
}

TEST(a_packet_that_is_too_long_is_none)
{
	begin();
	feed("$", 1);
	for (int i = 0; i < GDB_PACKET_BYTES; i++)
		feed("\001", 1);
	EXPECT_EQ(FEED("#00"), GDB_PACKET); /* 4096 */
	EXPECT_EQ(receiver.len, GDB_PACKET_BYTES);
	feed("$", 1);
	for (int i = 0; i < GDB_PACKET_BYTES + 256; i++)
		feed("\001", 1);
	EXPECT_EQ(FEED("#00"), GDB_BAD);
}

/* Both bytes of what is escaped have room, or neither is sent. */
TEST(an_escaped_byte_is_whole)
{
	struct gdb_packet *p = &server.answer;

	gdb_packet_begin(p);
	for (unsigned int i = 0; i < sizeof(p->data) - 1; i++)
		EXPECT_EQ(gdb_put_binary(p, "x", 1), 1);
	EXPECT_EQ(gdb_put_binary(p, "$", 1), 0);
	EXPECT_EQ(p->len, sizeof(p->data) - 1);
	EXPECT(!p->overflow);
	EXPECT_EQ(gdb_put_binary(p, "x$", 2), 1);
}

TEST(an_answer_is_framed)
{
	begin();
	ask("?");
	gdb_send(&server.answer, fake_put);
	EXPECT_STR(fake_line, "$T05thread:1;core:0;#25");
}

/* gdb's manual, E.1: "0* " is 0000, the count being ' ' - 29; # and $ are no counts, 126 is the largest. */
static const char *sent(char byte, size_t n)
{
	gdb_packet_begin(&server.answer);
	while (n--)
		gdb_put_binary(&server.answer, &byte, 1);
	fake_sent = 0;
	gdb_send(&server.answer, fake_put);
	return fake_line;
}

TEST(bytes_that_repeat_are_counted)
{
	begin();
	EXPECT_STR(sent('0', 3), "$000#90");
	EXPECT_STR(sent('0', 4), "$0* #7a");
	EXPECT_STR(sent('0', 6), "$0*\"#7c");
	EXPECT_STR(sent('0', 7), "$0*\"0#ac");	/* 6 more: # */
	EXPECT_STR(sent('0', 8), "$0*\"00#dc"); /* 7 more: $ */
	EXPECT_STR(sent('0', 9), "$0*%#7f");
	EXPECT_STR(sent('0', 98), "$0*~#d8");
	EXPECT_STR(sent('0', 99), "$0*~0#08");
	EXPECT_STR(sent('0', 102), "$0*~0* #52");
	EXPECT_STR(sent('#', 2), "$}\003}\003#00");
}

TEST(why_it_stands)
{
	begin();
	EXPECT_STR(ask("?"), "T05thread:1;core:0;");
	fake_stop.hit = true;
	EXPECT_STR(ask("?"), "T05swbreak:;thread:1;core:0;");
	fake_stop.type = GDB_HARDWARE;
	EXPECT_STR(ask("?"), "T05hwbreak:;thread:1;core:0;");
	fake_stop.type = GDB_WATCH_ACCESS;
	fake_stop.address = 0xffffffff80201234;
	EXPECT_STR(ask("?"), "T05awatch:ffffffff80201234;thread:1;core:0;");
	fake_stop = (struct gdb_stop){ .thread = GDB_IDLE_THREAD + 1, .signal = GDB_SIGINT };
	EXPECT_STR(ask("?"), "T02thread:f4241;core:1;");
}

TEST(registers_by_number)
{
	begin();
	/* gdb's numbers of amd64: rip is 16, eflags 17, st0 24, xmm0 40 (gdb/features/i386). */
	EXPECT_EQ(GDB_RIP, 16);
	EXPECT_EQ(GDB_ST0, 24);
	EXPECT_EQ(GDB_XMM0, 40);
	EXPECT_EQ(GDB_MXCSR, 56);
	EXPECT_EQ(gdb_register_size(GDB_RIP), 8);
	EXPECT_EQ(gdb_register_size(GDB_EFLAGS), 4);
	EXPECT_EQ(gdb_register_size(GDB_ST0 + 7), 10);
	EXPECT_EQ(gdb_register_size(GDB_FOP), 4);
	EXPECT_EQ(gdb_register_size(GDB_XMM0 + 15), 16);
	EXPECT_EQ(gdb_register_size(GDB_EFER), 8);
	EXPECT_EQ(gdb_register_size(GDB_NR_REGISTERS), 0);

	EXPECT_STR(ask("P10=8877665544332211"), "OK");
	EXPECT_EQ(fake_registers[GDB_RIP][0], 0x1122334455667788);
	EXPECT_STR(ask("p10"), "8877665544332211");
	EXPECT_STR(ask("P10=88776655443322"), "E16");
	EXPECT_STR(ask("P10"), "E16");
	EXPECT_STR(ask("p1000"), "E16");
	EXPECT_STR(ask("p"), "E16");
	fake_registers[GDB_CR0][0] = 5;
	EXPECT_STR(ask("P3c=0000000000000000"), "E01"); /* CR0: not from here */
	EXPECT_EQ(fake_registers[GDB_CR0][0], 5);
}

TEST(all_registers)
{
	size_t bytes = 0;

	begin();
	for (unsigned int reg = 0; reg < GDB_NR_REGISTERS; reg++)
		bytes += gdb_register_size(reg);
	EXPECT_EQ(strlen(ask("g")), 2 * bytes);
	EXPECT_STR(ask("Hg7"), "OK");
	EXPECT_EQ(ask("g")[0], 'x'); /* of a thread that sleeps, and is not known */
	EXPECT_STR(ask("Hg1"), "OK");
	EXPECT_STR(ask("G0100000000000000xxxxxxxxxxxxxxxx0300000000000000"), "OK");
	EXPECT_EQ(fake_registers[GDB_RAX][0], 1);
	EXPECT_EQ(fake_registers[GDB_RCX][0], 3);
	EXPECT_STR(ask("G01"), "E16");
}

TEST(memory_in_both_forms)
{
	begin();
	EXPECT_STR(ask("M1000,4:01020304"), "OK");
	EXPECT_STR(ask("m1000,4"), "01020304");
	EXPECT_STR(ask("m10fe,10"), "0000"); /* the rest faults */
	EXPECT_STR(ask("m1100,1"), "E0e");   /* EFAULT */
	EXPECT_STR(ask("M0ff0,2:0000"), "E0e");
	EXPECT_STR(ask("M1000,4:010203"), "E16");
	EXPECT_STR(ask("m1000"), "E16");
	EXPECT_STR(ask("m1000,11112222333344445"), "E16");
	EXPECT_STR(ask("m11112222333344445,1"), "E16");
	EXPECT_STR(ask("m1000,0"), "");

	EXPECT_EQ(serve_bytes("X1000,3:\0#}", 11), GDB_ANSWER);
	EXPECT(memcmp(fake_memory, "\0#}", 3) == 0);
	EXPECT_STR(ask("X1000,3:ab"), "E16");
	EXPECT_STR(ask("X1000,0:"), "OK");
	/* What the machine has to go for is answered when it stands again. */
	EXPECT_EQ(serve_bytes("M10fe,2:0506", 12), GDB_COMMAND);
	gdb_report_command(&server);
	EXPECT_STR(answer(), "OK");
	EXPECT_STR(ask("m10fe,2"), "0506");
	EXPECT_EQ(serve_bytes("X10ff,2:ab", 10), GDB_COMMAND);
	gdb_report_command(&server);
	EXPECT_STR(answer(), "E0e");
	fake_memory[0] = 'a';
	EXPECT_STR(ask("x1000,3"), "ba}\003}]"); /* gdb's form */
	EXPECT_STR(ask("x0,0"), "OK");
	EXPECT_STR(ask("x1000,1"), "a"); /* lldb's */
}

/* The thread for which the target was asked. */
static u32 asked_by(const char *packet)
{
	fake_asked = 0;
	ask(packet);
	return fake_asked;
}

/* That of the thread which Hg chose, until the machine stops again; else of the one that stopped. */
TEST(whose_memory_it_is)
{
	static const char *const packets[] = { "m1000,1", "x1000,1", "M1000,1:00", "X1000,1:a",
					       "Z0,1000,1" };

	begin();
	for (unsigned int i = 0; i < ARRAY_SIZE(packets); i++) {
		EXPECT_EQ(asked_by(packets[i]), 1);
		EXPECT_STR(ask("Hg7"), "OK");
		EXPECT_STR(ask("Hcf4241"), "OK");
		EXPECT_EQ(asked_by(packets[i]), 7);
		EXPECT_STR(ask("Hg-1"), "OK");
		EXPECT_EQ(asked_by(packets[i]), 1);
		ask("Hg7");
		gdb_report_stop(&server);
		EXPECT_EQ(asked_by(packets[i]), 1);
	}
}

/* What one client agreed on does not bind the next. */
TEST(each_client_begins_anew)
{
	begin();
	ask("QStartNoAckMode");
	ask("x0,0");
	ask("Hg7");
	ask("Hcf4241");
	begin();
	EXPECT(!server.no_ack);
	EXPECT_EQ(ask("x1000,1")[0], 'b');
	EXPECT_EQ(asked_by("m1000,1"), 1);
	EXPECT_EQ(serve_bytes("s", 1), GDB_RESUME);
	EXPECT_EQ(server.resume.step, 1);
}

TEST(breakpoints)
{
	begin();
	EXPECT_STR(ask("Z0,1000,1"), "OK");
	EXPECT_STR(ask("Z4,1000,8"), "OK");
	EXPECT_EQ(fake_inserted[GDB_WATCH_ACCESS], 1);
	EXPECT_STR(ask("z0,1000,1"), "OK");
	EXPECT_STR(ask("z0,1000,1"), "E02");
	EXPECT_STR(ask("Z0,0,1"), "E0e");
	/* What the machine has to go for is answered when it stands again. */
	EXPECT_EQ(serve_bytes("Z0,1001,1", 9), GDB_COMMAND);
	gdb_report_command(&server);
	EXPECT_STR(answer(), "OK");
	EXPECT_EQ(serve_bytes("Z0,100f,1", 9), GDB_COMMAND);
	gdb_report_command(&server);
	EXPECT_STR(answer(), "E01");
	EXPECT_STR(ask("Z5,1000,1"), ""); /* no such kind */
	EXPECT_STR(ask("Z0,1000"), "E16");
	EXPECT_STR(ask("Z0,1000,1;X1,0"), "E16");    /* conditions were not offered */
	EXPECT_STR(ask("Z2,1000,100000001"), "E16"); /* not one of 1 byte */
	EXPECT_STR(ask("Z2,1000,4"), "OK");
	EXPECT_STR(ask("z2,1000,100000004"), "E16");
}

TEST(threads)
{
	begin();
	EXPECT_STR(ask("qC"), "QC1");
	EXPECT_STR(ask("qfThreadInfo"), "m1,7,f4241");
	EXPECT_STR(ask("qsThreadInfo"), "l");
	EXPECT_STR(ask("T7"), "OK");
	EXPECT_STR(ask("T8"), "E03");
	EXPECT_STR(ask("T"), "E16");
	EXPECT_STR(ask("T7,"), "E16");
	EXPECT_STR(ask("T100000007"), "E16"); /* not thread 7 */
	EXPECT_STR(ask("Tffffffff"), "E16");
	EXPECT_STR(ask("Hg7,"), "E16");
	EXPECT_STR(ask("Hg-2"), "E16");
	EXPECT_STR(ask("Hg71"), "E03");
	EXPECT_STR(ask("qThreadExtraInfo,8"), "E03");
	EXPECT_STR(ask("qThreadExtraInfo,7,"), "E03");
	EXPECT_STR(ask("Hg8"), "E03");
	EXPECT_STR(ask("Hx1"), "E16");
	EXPECT_STR(ask("Hc-1"), "OK");
	EXPECT_STR(ask("qThreadExtraInfo,7"),
		   "3c372026202"
		   "2636f223e2c206f6e20435055202d31"); /* <7 & "co">, on CPU -1 */
	EXPECT_STR(
		ask("qXfer:threads:read::0,1000"),
		"l<?xml version=\"1.0\"?>\n<threads>\n"
		"<thread id=\"1\" core=\"0\" name=\"&lt;1 &amp; &quot;co&quot;&gt;\">on CPU 0</thread>\n"
		"<thread id=\"7\" name=\"&lt;7 &amp; &quot;co&quot;&gt;\">on CPU -1</thread>\n"
		"<thread id=\"f4241\" core=\"1\" name=\"&lt;1000001 &amp; &quot;co&quot;&gt;\">on CPU 1</thread>\n"
		"</threads>\n");
}

/* Of more than have room there are as many as do, and none is cut. */
TEST(a_list_of_many_threads)
{
	static char expected[GDB_PACKET_BYTES + 1];
	size_t n = 0;

	begin();
	fake_threads = 1000;
	for (u32 thread = FAKE_THREAD + 1; n + strlen(",10001") <= GDB_PACKET_BYTES; thread++)
		n += (size_t)snprintf(expected + n, sizeof(expected) - n, "%c%x", n ? ',' : 'm',
				      thread);
	ask("qfThreadInfo");
	EXPECT(server.answer.len > GDB_PACKET_BYTES - 16);
	expected[server.answer.len] = '\0';
	EXPECT_STR(answer(), expected);
	EXPECT_EQ(server.answer.len % strlen(",10001"), 0);
	EXPECT(!server.answer.overflow);
}

static char object[1 << 16];

/* Of threads, in pieces of so many bytes: how many it has in all, in `object`. */
static size_t read_threads(size_t piece)
{
	char request[64];
	size_t n = 0, used;

	do {
		snprintf(request, sizeof(request), "qXfer:threads:read::%zx,%zx", n, piece);
		ask(request);
		used = n;
		for (size_t i = 1; i < server.answer.len; i++) {
			bool escaped = server.answer.data[i] == '}';

			i += escaped;
			object[n++] = (char)(server.answer.data[i] ^ (escaped ? 0x20 : 0));
		}
	} while (server.answer.data[0] == 'm' && n > used && n - used <= piece);
	EXPECT_EQ(server.answer.data[0], 'l');
	return n;
}

/* Written in many parts, and each piece begins where the one before ended, though what is escaped takes two bytes. */
TEST(pieces_of_any_length_are_the_same)
{
	static const size_t pieces[] = { 1, 7, 100, 0xffb, 0x1000 };
	static char whole[sizeof(object)];
	size_t n;

	begin();
	fake_threads = 200;
	n = read_threads(50);
	memcpy(whole, object, n);
	EXPECT(n > 200 * 30);
	EXPECT(strstr(whole,
		      "<thread id=\"100c8\" name=\"}}}}}}}}}\">on CPU -1</thread>\n</threads>\n"));
	for (unsigned int i = 0; i < ARRAY_SIZE(pieces); i++) {
		memset(object, 0, sizeof(object));
		EXPECT_EQ(read_threads(pieces[i]), n);
		EXPECT(memcmp(object, whole, n) == 0);
	}
}

TEST(objects_come_in_pieces)
{
	begin();
	EXPECT_STR(ask("qXfer:auxv:read::0,1000"), "la}\004b}\003c}]d}\x0a"
						   "e");
	EXPECT_STR(ask("qXfer:auxv:read::0,3"), "ma}\004b");
	EXPECT_STR(ask("qXfer:auxv:read::3,6"), "l}\003c}]d}\x0a"
						"e");
	EXPECT_STR(ask("qXfer:auxv:read::9,6"), "l");
	EXPECT_STR(ask("qXfer:auxv:read::ffffffffffffffff,6"), "l");
	EXPECT_STR(ask("qXfer:auxv:read::0,0"), "E16");
	EXPECT_STR(ask("qXfer:auxv:read::0"), "E16");
	EXPECT_STR(ask("qXfer:auxv:write::0,1"), "");
	EXPECT_STR(ask("qXfer:siginfo:read::0,1"), "");
	EXPECT_STR(ask("qXfer:features:read:other.xml:0,10"), "");
	EXPECT_STR(ask("qXfer:threads2:read:target.xml:0,10"), "");
	EXPECT_STR(ask("qXfer:exec-file-of-long-name:read::0,10"), "");
	EXPECT_STR(ask("qXfer:exec-file:read:1:0,1000"), "lterrier.elf");
}

/* The whole of an object that is longer than a packet is its pieces, and each is as long as can be. */
TEST(features_are_whole)
{
	static char whole[16384];
	size_t n = 0, regs = 0, len;
	char request[64];
	const char *piece;

	begin();
	do {
		snprintf(request, sizeof(request), "qXfer:features:read:target.xml:%zx,ffb", n);
		piece = ask(request);
		len = strlen(piece) - 1;
		EXPECT(piece[0] == 'm' || piece[0] == 'l');
		EXPECT(n + len < sizeof(whole));
		memcpy(whole + n, piece + 1, len);
		n += len;
	} while (piece[0] == 'm' && len);
	for (const char *s = whole; (s = strstr(s, "<reg name=")); s++)
		regs++;
	EXPECT_EQ(regs, GDB_NR_REGISTERS);
	EXPECT(strstr(whole, "<reg name=\"rip\" bitsize=\"64\" type=\"code_ptr\"/>"));
	EXPECT(strstr(whole, "</feature></target>\n"));
}

static const struct gdb_resume *resumed(const char *packet)
{
	EXPECT_EQ(serve_bytes(packet, strlen(packet)), GDB_RESUME);
	return &server.resume;
}

TEST(how_it_goes_on)
{
	begin();
	EXPECT_STR(ask("vCont?"), "vCont;c;C;s;S;r");
	EXPECT_EQ(resumed("c")->step, 0);
	EXPECT_EQ(resumed("vCont;c")->alone, false);
	EXPECT_EQ(resumed("s")->step, 1);
	EXPECT_EQ(resumed("vCont;s:1;c")->alone, false); /* others go on */
	EXPECT_EQ(resumed("vCont;s:1")->alone, true);
	EXPECT_EQ(resumed("vCont;s:f4241")->step, GDB_IDLE_THREAD + 1);
	EXPECT_EQ(resumed("vCont;s")->step, 1);
	EXPECT_EQ(resumed("vCont;s:1;s:f4241")->step, 1); /* the first that is meant */
	EXPECT_EQ(resumed("vCont;S05:f4241;c")->step, GDB_IDLE_THREAD + 1);
	EXPECT_EQ(resumed("vCont;r1000,1010:1;c:-1")->from, 0x1000);
	EXPECT_EQ(resumed("vCont;r1000,1010:1;c:-1")->to, 0x1010);
	EXPECT_EQ(resumed("C0b")->signal, GDB_SIGSEGV);
	EXPECT_EQ(resumed("S0b")->signal, GDB_SIGSEGV);
	EXPECT_EQ(resumed("S0b")->step, 1);
	EXPECT_EQ(resumed("Cff")->signal, 0xff);
	EXPECT_EQ(resumed("vCont;Cff:1")->signal, 0xff);
	EXPECT_STR(ask("C10b"), "E16");
	EXPECT_STR(ask("vCont;C10b:1"), "E16");
	EXPECT_STR(ask("vCont;C:1"), "E16");
	EXPECT_EQ(resumed("vCont;C0b:1;c")->signal, GDB_SIGSEGV);
	EXPECT_EQ(resumed("vCont;C0b:7;c")->signal, 0); /* not of what stopped */
	EXPECT_STR(ask("vCont;s:7"), "E10");		/* it sleeps */
	EXPECT_STR(ask("vCont;t"), "E16");
	EXPECT_STR(ask("vCont;"), "E16");
	EXPECT_STR(ask("vCont;c;"), "E16");
	EXPECT_STR(ask("vCont;cc"), "E16");
	EXPECT_STR(ask("vCont;r1000:1"), "E16");
	EXPECT_STR(ask("c1000"), "E16"); /* at another address: not offered since the days of C */
	EXPECT_EQ(serve_bytes("D", 1), GDB_DETACH);
	EXPECT_EQ(serve_bytes("k", 1), GDB_KILL);
	EXPECT_EQ(serve_bytes("vKill;1", 7), GDB_KILL);
}

/* s and S are for the thread that Hc chose. */
TEST(whose_step_it_is)
{
	begin();
	ask("Hcf4241");
	EXPECT_EQ(resumed("s")->step, GDB_IDLE_THREAD + 1);
	ask("Hg7");
	EXPECT_EQ(resumed("s")->step, GDB_IDLE_THREAD + 1);
	EXPECT_EQ(resumed("S05")->step, GDB_IDLE_THREAD + 1);
	gdb_report_stop(&server);
	EXPECT_EQ(resumed("s")->step, 1);
	ask("Hgf4241");
	EXPECT_EQ(resumed("s")->step, 1);
}

TEST(queries)
{
	begin();
	EXPECT(strstr(ask("qSupported:multiprocess+"), "PacketSize=1000;"));
	EXPECT_STR(ask("QStartNoAckMode"), "OK");
	EXPECT(server.no_ack);
	EXPECT_STR(ask("qAttached"), "1");
	EXPECT_STR(ask("qSymbol::"), "OK");
	EXPECT_STR(ask("vMustReplyEmpty"), "");
	EXPECT_STR(ask("QNonStop:1"), "");
	EXPECT_STR(ask("!"), "");
	EXPECT_STR(ask(""), "");
}

/* One of so many letters. */
static const char *ask_command(size_t n)
{
	char packet[600] = "qRcmd,";

	for (size_t i = 0; i < n; i++)
		memcpy(packet + 6 + 2 * i, "61", 3);
	return ask(packet);
}

TEST(a_command_of_the_monitor)
{
	begin();
	EXPECT_STR(ask("qRcmd,6d6420313030"), "OK");
	EXPECT_STR(fake_monitor_line, "md 100");
	EXPECT_STR(fake_line, "$O73616964206d64203130300a#7c"); /* said md 100 */
	EXPECT_EQ(serve_bytes("qRcmd,2d78", 10), GDB_COMMAND); /* -x: it goes on with the machine */
	EXPECT_STR(ask("qRcmd,6"), "E16");
	EXPECT_STR(ask("qRcmd,6z"), "E16");
	EXPECT_STR(ask_command(255), "OK");
	EXPECT_EQ(strlen(fake_monitor_line), 255);
	EXPECT_STR(ask_command(256), "E16");
}

/* In as many packets as it takes. */
TEST(text_of_any_length_is_whole)
{
	static char text[5000], got[sizeof(text)];
	size_t n = 0;

	begin();
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)test_random();
	fake_sent = 0;
	sink_write(&server.console, text, sizeof(text));
	for (const char *s = fake_line; *s; s = strchr(s, '#') + 3) {
		EXPECT(s[0] == '$' && s[1] == 'O');
		for (s += 2; *s != '#' && n < sizeof(got); s += 2)
			EXPECT(gdb_parse_bytes(s, &got[n++], 1));
	}
	EXPECT_EQ(n, sizeof(text));
	EXPECT(memcmp(got, text, n) == 0);
}

/* Some thousand inputs: bytes at random, and packets of which some bytes are changed or left out. */
TEST(bad_input_is_survived)
{
	static const char *const packets[] = {
		"$m1000,10#xx",
		"$vCont;r1000,1010:1;c:-1#xx",
		"$qXfer:threads:read::0,fff#00",
		"Z2,1010,8\nz2,1010,8\n?",
		"X1010,2:ab\nx1000,0\nx1000,fff",
		"qRcmd,68656c70\ng\nG",
		"vCont;s:1;C05:f4241\nvCont?\nqThreadExtraInfo,7",
	};
	static u8 input[512];

	for (unsigned int i = 0; i < 100000; i++) {
		size_t n = test_random() % (sizeof(input) - 1) + 1;

		if (i % 8) {
			const char *packet = packets[test_random() % ARRAY_SIZE(packets)];

			n = strlen(packet) + 1;
			input[0] = (u8)(packet[0] == '$');
			memcpy(input + 1, packet, n - 1);
			for (u64 changes = test_random() % 4; changes; changes--)
				input[test_random() % n] = (u8)test_random();
			n -= test_random() % 4 ? 0 : test_random() % n;
		} else {
			for (size_t k = 0; k < n; k++)
				input[k] = (u8)test_random();
		}
		fake_fuzz(input, n);
	}
}

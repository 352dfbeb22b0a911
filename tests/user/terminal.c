// SPDX-License-Identifier: MIT
/*
 * A terminal between its session's processes: what ends a read, who is stopped or told by a signal, who gets
 * the terminal, and what is left of it to whom when it is hung up.  What is typed comes by TIOCSTI.
 */
#define _GNU_SOURCE
#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "result.h"

#define TTY "/dev/ttyS0"

static int tty;		     /* the terminal */
static struct termios quiet; /* as it came, but nothing is echoed */
static volatile int *seen;   /* signals that any of us has got; [0]: how far they are; shared */
static volatile int own[65]; /* ... that this process has got */

static void type(const char *text)
{
	for (; *text; text++)
		ioctl(tty, TIOCSTI, text);
}

static void note(int sig)
{
	seen[sig]++;
	own[sig]++;
}

/* With an interrupted call, not one that goes on. */
static void count(int sig)
{
	struct sigaction action = { .sa_handler = note };

	sigaction(sig, &action, NULL);
}

/* Long enough for another process to get where it waits: nothing depends on it but what could be seen. */
static void give_way(void)
{
	nanosleep(&(struct timespec){ 0, 100000000 }, NULL);
}

static void set(unsigned int lflag_off, unsigned int lflag_on, int least, int tenths)
{
	struct termios t = quiet;

	t.c_lflag = (t.c_lflag & ~lflag_off) | lflag_on;
	t.c_cc[VMIN] = (unsigned char)least;
	t.c_cc[VTIME] = (unsigned char)tenths;
	ioctl(tty, TCSETS, &t);
}

static void get(const char *what, size_t size)
{
	char got[64] = "";
	long n = call(read(tty, got, size));

	printf("%s: %s", what, name(n));
	for (long i = 0; i < n; i++)
		printf(got[i] < ' ' ? " ^%c" : " %c", got[i] < ' ' ? got[i] + '@' : got[i]);
	printf("\n");
}

static void ready(const char *what)
{
	struct pollfd p = { .fd = tty, .events = POLLIN | POLLOUT };
	int left = -1;

	poll(&p, 1, 0);
	ioctl(tty, FIONREAD, &left);
	printf("%s: %s, %d there\n", what, p.revents & POLLIN ? "readable" : "not readable", left);
}

/* A child whose exit says how it went: it is in a group of its own, which is in front only if asked. */
static pid_t begin(int in_front, void (*what)(void))
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		if (in_front >= 0)
			setpgid(0, 0);
		what();
		fflush(stdout);
		_exit(0);
	}
	if (in_front >= 0)
		setpgid(pid, pid);
	if (in_front > 0)
		ioctl(tty, TIOCSPGRP, &pid);
	return pid;
}

/* It ended or was stopped; who is stopped is ended then. */
static void outcome(const char *what, pid_t pid)
{
	int status = 0, own = getpgrp();

	waitpid(pid, &status, WUNTRACED);
	if (WIFSTOPPED(status)) {
		printf("%s: stopped by %s\n", what, sigabbrev_np(WSTOPSIG(status)));
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	} else if (WIFSIGNALED(status)) {
		printf("%s: ended by %s\n", what, sigabbrev_np(WTERMSIG(status)));
	} else {
		printf("%s: exit %d\n", what, WEXITSTATUS(status));
	}
	signal(SIGTTOU, SIG_IGN);
	ioctl(tty, TIOCSPGRP, &own);
	signal(SIGTTOU, SIG_DFL);
}

/* ---------------------------------------------------------------- what ends a read */

static void lines(void)
{
	set(0, 0, 1, 0);
	type("abc");
	ready("half a line");
	fcntl(tty, F_SETFL, O_NONBLOCK);
	get("half a line", 10);
	fcntl(tty, F_SETFL, 0);
	type("\nde\n");
	ready("two lines");
	get("two bytes", 2);
	get("the rest of the line", 10);
	get("the next", 10);
	type("ab\004\004");
	get("what ends by EOF", 10);
	get("EOF alone", 10);
	type("ab\004cd\n");
	get("as much as there is before EOF", 2);
	get("the line behind it", 10);
	type("ab");
	set(ICANON, 0, 1, 0);
	get("half a line in the other mode", 10);
}

static void type_later(void)
{
	give_way();
	type("q");
}

static void numbers_and_times(void)
{
	set(ICANON, 0, 0, 0);
	get("VMIN 0 VTIME 0", 10);
	type("xyz");
	get("... two of three", 2);
	get("... the third", 2);
	set(ICANON, 0, 0, 1);
	get("VMIN 0 VTIME 1", 10);
	type("xy");
	get("... with two there", 10);
	set(ICANON, 0, 3, 0);
	type("xy");
	ready("two of VMIN 3");
	fcntl(tty, F_SETFL, O_NONBLOCK);
	get("... who does not wait", 10);
	get("... once more", 10);
	fcntl(tty, F_SETFL, 0);
	type("xyz");
	ready("three of VMIN 3");
	get("... all", 10);
	set(ICANON, 0, 3, 1);
	type("xy");
	ready("two of VMIN 3 VTIME 1");
	get("... and no more come", 10);
	begin(-1, type_later);
	get("... nor the first at once", 10);
	wait(NULL);
	set(ICANON, 0, 3, 0);
	type("xy");
	begin(-1, type_later);
	get("VMIN 3, the third comes later", 10);
	wait(NULL);
}

static void read_one(void)
{
	char c;
	long n;

	n = call(read(tty, &c, 1));
	printf("the reader: %s\n", name(n));
}

static void who_waits(void)
{
	siginfo_t info = { 0 };
	pid_t pid;

	set(ICANON, 0, 1, 0);
	count(SIGUSR1);
	pid = begin(-1, read_one);
	give_way();
	fcntl(tty, F_SETFL, O_NONBLOCK);
	get("beside somebody who reads", 1);
	fcntl(tty, F_SETFL, 0);
	while (!waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) && !info.si_pid) {
		kill(pid, SIGUSR1);
		give_way();
	}
	outcome("interrupted", pid);
}

static void flushes(void)
{
	static const unsigned int orders[] = { TCSETS,	 TCSETSW, TCSETSF, TCSETS2, TCSETSW2,
					       TCSETSF2, TCFLSH,  TCFLSH,  TCFLSH };
	struct termios2 t;

	set(ICANON, 0, 1, 0);
	ioctl(tty, TCGETS2, &t);
	for (unsigned int i = 0; i < sizeof(orders) / sizeof(*orders); i++) {
		type("x");
		if (orders[i] == TCFLSH) /* input, output, both */
			ioctl(tty, TCFLSH, i - 6);
		else
			ioctl(tty, orders[i], &t);
		ready("after an order");
		ioctl(tty, TCFLSH, TCIFLUSH);
	}
}

/* ---------------------------------------------------------------- rates */

static void rates(void)
{
	static const unsigned int codes[] = { B50,    B300,   B1800,  B9600,
					      B19200, B38400, B57600, B115200 };
	struct termios2 t;

	for (unsigned int i = 0; i < sizeof(codes) / sizeof(*codes); i++) {
		ioctl(tty, TCGETS2, &t);
		t.c_cflag = (t.c_cflag & ~(unsigned int)CBAUD) | codes[i];
		t.c_ospeed = 1;
		ioctl(tty, TCSETSW2, &t);
		ioctl(tty, TCGETS2, &t);
		printf("rate %o: %u %u\n", codes[i], t.c_ispeed, t.c_ospeed);
	}
	t.c_cflag = (t.c_cflag & ~(unsigned int)CBAUD) | BOTHER;
	t.c_ospeed = 12345;
	ioctl(tty, TCSETSW2, &t);
	ioctl(tty, TCGETS2, &t);
	printf("another rate: %d %u\n", (t.c_cflag & CBAUD) == BOTHER, t.c_ospeed);
	ioctl(tty, TCSETSW, &quiet);
}

/* The oldest form of the modes has 16 bits of each flag and few of the characters: the others stay. */
static void oldest_form(void)
{
	struct termios t = quiet, now;
	struct termio old;

	t.c_iflag |= 0x10000;
	t.c_lflag |= 0x10000; /* EXTPROC */
	t.c_cc[VLNEXT] = 'l';
	ioctl(tty, TCSETS, &t);
	say("TCGETA", call(ioctl(tty, TCGETA, &old)));
	printf("%d %d %d %d, %d\n", old.c_iflag == (unsigned short)t.c_iflag,
	       old.c_oflag == (unsigned short)t.c_oflag, old.c_cflag == (unsigned short)t.c_cflag,
	       old.c_lflag == (unsigned short)t.c_lflag, !memcmp(old.c_cc, t.c_cc, NCC));
	old.c_cc[VERASE] = 'e';
	old.c_lflag ^= NOFLSH;
	say("TCSETA", call(ioctl(tty, TCSETA, &old)));
	ioctl(tty, TCGETS, &now);
	printf("%x %x %c %c\n", now.c_iflag ^ t.c_iflag, now.c_lflag ^ t.c_lflag, now.c_cc[VERASE],
	       now.c_cc[VLNEXT]);
	ioctl(tty, TCSETS, &quiet);
}

/* ---------------------------------------------------------------- output that waits */

static void write_much(void)
{
	static char much[65536];
	long n;

	memset(much, '\r', sizeof(much));
	n = call(write(tty, much, sizeof(much)));
	_exit(n != sizeof(much));
}

/* Nothing can be said meanwhile. */
static void held(const char *what, void (*hold)(void), void (*release)(void))
{
	pid_t pid;
	int waits;

	fflush(stdout);
	hold();
	pid = begin(-1, write_much);
	give_way();
	waits = !waitpid(pid, NULL, WNOHANG);
	release();
	printf("%s: it %s\n", what, waits ? "waits" : "does not wait");
	outcome("and is let go", pid);
}

static void flow_off(void)
{
	ioctl(tty, TCXONC, TCOOFF);
}

static void flow_on(void)
{
	ioctl(tty, TCXONC, TCOON);
}

static void type_stop(void)
{
	type("\023");
}

static void type_start(void)
{
	type("\021");
}

static void flow(void)
{
	set(0, 0, 1, 0);
	held("held by TCXONC", flow_off, flow_on);
	held("held by ^S", type_stop, type_start);
	set(IXON, 0, 1, 0);
}

/* ---------------------------------------------------------------- who is behind */

static void read_behind(void)
{
	char c;

	_exit((int)-call(read(tty, &c, 1)));
}

static void read_behind_ignoring(void)
{
	signal(SIGTTIN, SIG_IGN);
	read_behind();
}

static void block(int sig)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, sig);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

static void read_behind_blocking(void)
{
	block(SIGTTIN);
	read_behind();
}

static void write_behind(void)
{
	_exit(write(tty, "behind\n", 7) == 7 ? 0 : errno);
}

static void write_behind_ignoring(void)
{
	signal(SIGTTOU, SIG_IGN);
	write_behind();
}

static void write_behind_blocking(void)
{
	block(SIGTTOU);
	write_behind();
}

static unsigned int order;

static void order_behind(void)
{
	static union {
		struct termios2 modes;
		int number;
	} arg;

	if (order == TCSETS || order == TCSETS2 || order == TCSETA)
		ioctl(tty, order == TCSETS ? TCGETS : order == TCSETS2 ? TCGETS2 : TCGETA, &arg);
	else if (order == TIOCSPGRP)
		arg.number = getpgrp();
	_exit(ioctl(tty, order,
		    order == TCFLSH || order == TCXONC || order == TCSBRK || order == TCSBRKP ?
			    (void *)1 :
			    &arg) ?
		      errno :
		      0);
}

static void order_behind_ignoring(void)
{
	signal(SIGTTOU, SIG_IGN);
	order_behind();
}

static void orders_behind(void)
{
	static const struct {
		const char *name;
		unsigned int nr;
	} orders[] = { { "TCSETS", TCSETS },	 { "TCSETS2", TCSETS2 },
		       { "TCSETA", TCSETA },	 { "TCFLSH", TCFLSH },
		       { "TCXONC", TCXONC },	 { "TCSBRKP", TCSBRKP },
		       { "TIOCSETD", TIOCSETD }, { "TIOCSPGRP", TIOCSPGRP },
		       { "TCGETS", TCGETS },	 { "TIOCGPGRP", TIOCGPGRP },
		       { "FIONREAD", FIONREAD } };

	for (unsigned int i = 0; i < sizeof(orders) / sizeof(*orders); i++) {
		order = orders[i].nr;
		outcome(orders[i].name, begin(0, order_behind));
	}
	order = TIOCSPGRP;
	outcome("TIOCSPGRP, SIGTTOU ignored", begin(0, order_behind_ignoring));
	order = TCSETS;
	outcome("TCSETS, SIGTTOU ignored", begin(0, order_behind_ignoring));
}

/* Whose parent is of another session has nobody who could let it go on. */
static void as_orphans(void)
{
	int own = getpgrp(), parent = getpid();
	char c;

	if (fork())
		_exit(0);
	while (getppid() == parent || !seen[0])
		give_way();
	printf("an orphan reads: %s\n", name(call(read(tty, &c, 1))));
	printf("... writes: %s\n", name(call(write(tty, "", 0))));
	printf("... TCFLSH: %s\n", name(call(ioctl(tty, TCFLSH, 0))));
	printf("... TIOCSPGRP: %s\n", name(call(ioctl(tty, TIOCSPGRP, &own))));
	seen[0] = 2;
}

static void behind(void)
{
	set(0, 0, 1, 0);
	outcome("a read behind", begin(0, read_behind));
	outcome("... SIGTTIN ignored", begin(0, read_behind_ignoring));
	outcome("... SIGTTIN blocked", begin(0, read_behind_blocking));
	outcome("a write behind", begin(0, write_behind));
	set(0, TOSTOP, 1, 0);
	outcome("... with TOSTOP", begin(0, write_behind));
	outcome("... SIGTTOU ignored", begin(0, write_behind_ignoring));
	outcome("... SIGTTOU blocked", begin(0, write_behind_blocking));
	orders_behind();
	outcome("a parent", begin(0, as_orphans));
	seen[0] = 1;
	while (seen[0] == 1)
		give_way();
	set(0, 0, 1, 0);
}

/* ---------------------------------------------------------------- who is told */

static void stand(void)
{
	pause();
}

/* It is in front, and has the caller wait until it stands. */
static void typed(const char *what, const char *text)
{
	pid_t front = begin(1, stand), back = begin(0, stand);

	type(text);
	outcome(what, front);
	printf("... who is behind: %s\n", waitpid(back, NULL, WNOHANG | WUNTRACED) ? "too" : "not");
	kill(back, SIGKILL);
	waitpid(back, NULL, 0);
}

static void size(unsigned short rows)
{
	struct winsize ws = { rows, 80, 0, 0 };

	say("TIOCSWINSZ", call(ioctl(tty, TIOCSWINSZ, &ws)));
	printf("SIGWINCH: %d\n", seen[SIGWINCH]);
}

static void told(void)
{
	struct winsize ws;

	set(0, 0, 1, 0);
	typed("^C", "\003");
	typed("^\\", "\034");
	typed("^Z", "\032");
	ioctl(tty, TIOCGWINSZ, &ws);
	count(SIGWINCH);
	size(31);
	size(31);
	size(32);
	ioctl(tty, TIOCSWINSZ, &ws);
}

/* ---------------------------------------------------------------- whose it is */

static void other_leader(void)
{
	int nr;

	setsid();
	say("another session: /dev/tty", call(open("/dev/tty", O_RDWR)));
	say("... TIOCGPGRP", call(ioctl(tty, TIOCGPGRP, &nr)));
	say("... TIOCGSID", call(ioctl(tty, TIOCGSID, &nr)));
	say("... TIOCNOTTY", call(ioctl(tty, TIOCNOTTY, 0)));
	say("... opens it", call(open(TTY, O_RDWR)) < 0);
	say("... /dev/tty", call(open("/dev/tty", O_RDWR)));
	say("... TIOCSCTTY", call(ioctl(tty, TIOCSCTTY, 0)));
	say("... steals it", call(ioctl(tty, TIOCSCTTY, 1)));
	say("... once more", call(ioctl(tty, TIOCSCTTY, 0)));
	say("... /dev/tty", call(open("/dev/tty", O_RDWR)) < 0);
	printf("... in front: %d\n", !ioctl(tty, TIOCGPGRP, &nr) && nr == getpid());
	signal(SIGHUP, SIG_IGN);
	say("... gives it back", call(ioctl(tty, TIOCNOTTY, 0)));
}

static void follower(void)
{
	say("a follower: TIOCSCTTY", call(ioctl(tty, TIOCSCTTY, 0)));
	say("... TIOCNOTTY", call(ioctl(tty, TIOCNOTTY, 0)));
	say("... /dev/tty", call(open("/dev/tty", O_RDWR)));
}

static void follower_without(void)
{
	say("a follower without: TIOCSCTTY", call(ioctl(tty, TIOCSCTTY, 0)));
}

static void in_front_of_a_leader(void)
{
	count(SIGHUP);
	count(SIGCONT);
	seen[0] = 3;
	for (int i = 0; i < 50 && !(seen[SIGHUP] && seen[SIGCONT]); i++)
		give_way();
	printf("who was in front: SIGHUP %d SIGCONT %d\n", seen[SIGHUP], seen[SIGCONT]);
}

static void whose(void)
{
	pid_t pid;
	int own, fd;
	long ret;

	outcome("a follower", begin(-1, follower));
	say("its leader's /dev/tty", call(open("/dev/tty", O_RDWR)) < 0);
	outcome("another leader", begin(-1, other_leader));
	say("stolen: /dev/tty", call(open("/dev/tty", O_RDWR)));
	outcome("a follower", begin(-1, follower_without));
	fd = open(TTY, O_RDWR | O_NOCTTY);
	say("O_NOCTTY: /dev/tty", call(open("/dev/tty", O_RDWR)));
	close(fd);
	fd = open(TTY, O_WRONLY);
	say("to write alone: /dev/tty", call(open("/dev/tty", O_RDWR)));
	close(fd);
	close(open(TTY, O_RDONLY));
	say("opened: /dev/tty", call(open("/dev/tty", O_RDWR)) < 0);
	own = getpgrp();
	say("TIOCSPGRP to a session's own", call(ioctl(tty, TIOCSPGRP, &own)));
	pid = begin(1, in_front_of_a_leader);
	while (seen[0] != 3)
		give_way();
	signal(SIGTTOU, SIG_DFL);
	ret = call(ioctl(tty, TIOCNOTTY, 0));
	waitpid(pid, NULL, 0);
	say("a leader's TIOCNOTTY", ret);
	say("/dev/tty", call(open("/dev/tty", O_RDWR)));
	seen[SIGHUP] = seen[SIGCONT] = 0;
}

/* ---------------------------------------------------------------- hung up */

static void show_dead(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN | POLLOUT };
	struct termios t;
	int nr = getpgrp();
	char c;

	say("... reads", call(read(fd, &c, 1)));
	say("... writes", call(write(fd, "x", 1)));
	say("... TCGETS", call(ioctl(fd, TCGETS, &t)));
	say("... TIOCSPGRP", call(ioctl(fd, TIOCSPGRP, &nr)));
	poll(&p, 1, 0);
	printf("... poll: %x\n", p.revents);
	say("... /dev/tty", call(open("/dev/tty", O_RDWR)));
	fd = open(TTY, O_RDWR | O_NOCTTY);
	say("... opened again: TCGETS", call(ioctl(fd, TCGETS, &t)));
}

static void other_reader(void)
{
	count(SIGHUP);
	count(SIGCONT);
	read_one();
	printf("who is not the leader: SIGHUP %d SIGCONT %d\n", own[SIGHUP], own[SIGCONT]);
}

/* It is revoked: what its leader and who reads it see. */
static void hung_up(void)
{
	pid_t pid;
	long ret;

	setsid();
	tty = open(TTY, O_RDWR);
	count(SIGHUP);
	count(SIGCONT);
	set(0, 0, 1, 0);
	pid = begin(-1, other_reader);
	give_way();
	ret = call(ioctl(tty, TIOCVHANGUP, 0));
	waitpid(pid, NULL, 0);
	say("TIOCVHANGUP", ret);
	printf("its leader: SIGHUP %d SIGCONT %d\n", own[SIGHUP], own[SIGCONT]);
	show_dead(tty);
}

static void outlive(void)
{
	count(SIGHUP);
	seen[0] = 1;
	while (!seen[SIGHUP] || seen[0] == 1)
		give_way();
	printf("in front when the leader ended:\n");
	show_dead(tty);
	seen[0] = 3;
}

static void leader_ends(void)
{
	setsid();
	tty = open(TTY, O_RDWR);
	begin(1, outlive);
	while (!seen[0])
		give_way();
	_exit(7);
}

/* What else programs ask of a terminal, and of none but a pseudo one or a console's screen. */
static void others(void)
{
	static const struct {
		const char *name;
		unsigned long cmd;
		int arg;
		bool tells;
	} asked[] = {
		{ "TIOCOUTQ", TIOCOUTQ, 0, true },
		{ "TIOCGETD", TIOCGETD, 0, true },
		{ "TIOCSETD none", TIOCSETD, 99, false },
		{ "TIOCSETD", TIOCSETD, 0, false },
		{ "TIOCGDEV", TIOCGDEV, 0, true },
		{ "TIOCGEXCL", TIOCGEXCL, 7, true },
		{ "TIOCEXCL", TIOCEXCL, 0, false },
		{ "TIOCGEXCL", TIOCGEXCL, 0, true },
		{ "TIOCNXCL", TIOCNXCL, 0, false },
		{ "TIOCGEXCL", TIOCGEXCL, 7, true },
		{ "TIOCGSOFTCAR", TIOCGSOFTCAR, 7, true },
		{ "TIOCSSOFTCAR", TIOCSSOFTCAR, 0, false },
		{ "TIOCGSOFTCAR", TIOCGSOFTCAR, 7, true },
		{ "TIOCSSOFTCAR", TIOCSSOFTCAR, 1, false },
		{ "TIOCGPTN", TIOCGPTN, 0, false },
		{ "TIOCPKT", TIOCPKT, 0, false },
		{ "TIOCGPKT", TIOCGPKT, 0, false },
		{ "TIOCSPTLCK", TIOCSPTLCK, 0, false },
		{ "TIOCLINUX", TIOCLINUX, 6, false },
		{ "TCGETX", TCGETX, 0, false },
		{ "FIONCLEX", FIONCLEX, 0, false },
	};

	for (unsigned int i = 0; i < sizeof(asked) / sizeof(*asked); i++) {
		int words[64] = { asked[i].arg };
		long ret = call(ioctl(tty, asked[i].cmd, words));

		printf("%s: %s", asked[i].name, name(ret));
		printf(asked[i].tells ? ", %d\n" : "\n", words[0]);
		if (asked[i].tells || asked[i].arg)
			say("... nowhere", call(ioctl(tty, asked[i].cmd, 8)));
	}
	say("TCSBRK 1", call(ioctl(tty, TCSBRK, 1)));
}

static void nobody_special(void)
{
	ioctl(tty, TIOCEXCL, 0);
	if (setuid(1000))
		return;
	say("whose alone: nobody special opens it", call(open(TTY, O_RDWR | O_NOCTTY)));
	say("... types", call(ioctl(tty, TIOCSTI, "x")));
}

static void for_one(void)
{
	chmod(TTY, 0666);
	outcome("for one alone", begin(-1, nobody_special));
	say("root opens it", call(open(TTY, O_RDWR | O_NOCTTY)) < 0);
	ioctl(tty, TIOCNXCL, 0);
	ioctl(tty, TCFLSH, TCIFLUSH);
	chmod(TTY, 0600);
}

static void session(void)
{
	setsid();
	tty = open(TTY, O_RDWR);
	ioctl(tty, TCGETS, &quiet);
	quiet.c_lflag &= ~(unsigned int)ECHO;
	lines();
	numbers_and_times();
	who_waits();
	flushes();
	rates();
	oldest_form();
	flow();
	others();
	for_one();
	behind();
	told();
	whose();
}

int main(void)
{
	struct termios before;

	setvbuf(stdout, NULL, _IONBF, 0);
	seen = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	tty = open(TTY, O_RDWR | O_NOCTTY);
	ioctl(tty, TCGETS, &before);
	outcome("the session", begin(-1, session));
	seen[0] = seen[SIGHUP] = seen[SIGCONT] = 0;
	quiet = before;
	quiet.c_lflag &= ~(unsigned int)ECHO;
	outcome("hung up", begin(-1, hung_up));
	seen[0] = seen[SIGHUP] = seen[SIGCONT] = 0;
	outcome("the leader", begin(-1, leader_ends));
	seen[0] = 2;
	while (seen[0] == 2)
		give_way();
	close(tty);
	tty = open(TTY, O_RDWR | O_NOCTTY);
	say("its modes again", call(ioctl(tty, TCSETSF, &before)));
	return 0;
}

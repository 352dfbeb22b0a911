// SPDX-License-Identifier: MIT
/*
 * What a program may not do: each try gets its signal, and nothing else happens.  And the signals of
 * exceptions that a program may well raise.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

static sigjmp_buf back;
static volatile sig_atomic_t got_signal, got_code;
static volatile unsigned long got_addr, got_trap, got_error;
static unsigned char *code; /* a page that can be written and executed */

static void handler(int sig, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;

	got_signal = sig;
	got_code = info->si_code;
	got_addr = (unsigned long)info->si_addr;
	got_trap = (unsigned long)uc->uc_mcontext.gregs[REG_TRAPNO];
	got_error = (unsigned long)uc->uc_mcontext.gregs[REG_ERR];
	siglongjmp(back, 1);
}

/* Relative to what is tried, so that nothing depends on where things lie. */
static void say(const char *what, unsigned long addr)
{
	printf("%s: %s code %d trap %lu error %lx", what,
	       got_signal ? sigabbrev_np(got_signal) : "nothing", (int)got_code, got_trap,
	       got_error);
	if (got_addr == 0)
		printf(" no address\n");
	else
		printf(" addr %+ld\n", (long)(got_addr - addr));
}

#define TRY(statement)                               \
	do {                                         \
		got_signal = 0;                      \
		got_code = 0;                        \
		got_addr = got_trap = got_error = 0; \
		if (!sigsetjmp(back, 1)) {           \
			statement;                   \
		}                                    \
	} while (0)

static void try_read(unsigned long addr)
{
	TRY((void)*(volatile long *)addr);
}

static void try_write(unsigned long addr)
{
	TRY(*(volatile char *)addr = 1);
}

static void try_run(unsigned long addr)
{
	TRY(((void (*)(long, long, long, long))addr)(0, 0, 0, 0));
}

static void try_in(unsigned int port)
{
	TRY(__asm__ __volatile__("inb %%dx, %%al" ::"d"(port) : "eax"));
}

static void try_out(unsigned int port)
{
	TRY(__asm__ __volatile__("outl %%eax, %%dx" ::"d"(port), "a"(0)));
}

/* Instructions by their bytes, on the page of code, with a RET behind them. */
static void try_code(const char *what, const void *bytes, size_t n)
{
	memset(code, 0xc3, 64);
	memcpy(code, bytes, n);
	try_run((unsigned long)code);
	say(what, (unsigned long)code);
}

#define CODE(what, ...)                                         \
	do {                                                    \
		static const uint8_t bytes[] = { __VA_ARGS__ }; \
		try_code(what, bytes, sizeof(bytes));           \
	} while (0)

static void privileged(void)
{
	CODE("hlt", 0xf4);
	CODE("cli", 0xfa);
	CODE("sti", 0xfb);
	CODE("clts", 0x0f, 0x06);
	CODE("invd", 0x0f, 0x08);
	CODE("wbinvd", 0x0f, 0x09);
	CODE("rdmsr", 0xb9, 0x80, 0x00, 0x00, 0xc0, 0x0f, 0x32);
	CODE("wrmsr", 0xb9, 0x01, 0x01, 0x00, 0xc0, 0x0f, 0x30);
	CODE("rdpmc", 0x31, 0xc9, 0x0f, 0x33);
	CODE("mov from cr0", 0x0f, 0x20, 0xc0);
	CODE("mov to cr0", 0x0f, 0x22, 0xc0);
	CODE("mov from cr3", 0x0f, 0x20, 0xd8);
	CODE("mov to cr3", 0x0f, 0x22, 0xd8);
	CODE("mov to cr4", 0x0f, 0x22, 0xe0);
	CODE("mov from cr8", 0x44, 0x0f, 0x20, 0xc0);
	CODE("mov from dr0", 0x0f, 0x21, 0xc0);
	CODE("mov to dr7", 0x0f, 0x23, 0xf8);
	CODE("lgdt", 0x0f, 0x01, 0x54, 0x24, 0xf0);
	CODE("lidt", 0x0f, 0x01, 0x5c, 0x24, 0xf0);
	CODE("lldt", 0x31, 0xc0, 0x0f, 0x00, 0xd0);
	CODE("ltr", 0x31, 0xc0, 0x0f, 0x00, 0xd8);
	CODE("lmsw", 0x0f, 0x01, 0xf0);
	CODE("invlpg", 0x0f, 0x01, 0x3c, 0x24);
	CODE("swapgs", 0x0f, 0x01, 0xf8);
	CODE("sysret", 0x48, 0x0f, 0x07);
	CODE("mov to ss of the kernel", 0xb8, 0x18, 0, 0, 0, 0x8e, 0xd0);
	CODE("mov to ds of the kernel", 0xb8, 0x18, 0, 0, 0, 0x8e, 0xd8);
	CODE("mov to fs of the tss", 0xb8, 0x40, 0, 0, 0, 0x8e, 0xe0);
	CODE("far return to the kernel", 0x6a, 0x10, 0x6a, 0x00, 0x48, 0xcb);
	CODE("iret to the kernel", 0x6a, 0x18, 0x54, 0x9c, 0x6a, 0x10, 0x6a, 0x00, 0x48, 0xcf);
	CODE("popf with if off and iopl 3", 0x68, 0x02, 0x30, 0, 0, 0x9d, 0x9c, 0x58);
}

/* Every one but those that a program may use. */
static void interrupts(void)
{
	unsigned int others = 0, same = 0;

	for (unsigned int vector = 0; vector < 256; vector++) {
		const uint8_t bytes[] = { 0xcd, (uint8_t)vector };

		if (vector == 3 || vector == 4 || vector == 0x80)
			continue;
		memset(code, 0xc3, 64);
		memcpy(code, bytes, sizeof(bytes));
		try_run((unsigned long)code);
		/* The gate's place: QEMU counts it in units of 8 bytes. */
		if (got_signal == SIGSEGV && got_code == SI_KERNEL && got_trap == 13 &&
		    (got_error == (vector << 3 | 2) || got_error == (vector << 4 | 2)))
			same++;
		else
			others++;
	}
	printf("int n: %u refused, %u not\n", same, others);
	CODE("int 3", 0xcd, 3);
	CODE("int 4", 0xcd, 4);
}

/* All 65536, and the string form. */
static void ports(void)
{
	unsigned int refused = 0;

	for (unsigned int port = 0; port < 65536; port++) {
		try_in(port);
		refused += got_signal == SIGSEGV && got_code == SI_KERNEL && got_trap == 13 &&
			   got_error == 0;
		try_out(port);
		refused += got_signal == SIGSEGV && got_code == SI_KERNEL && got_trap == 13 &&
			   got_error == 0;
	}
	printf("ports: %u refused\n", refused);
	CODE("outsb", 0x48, 0x89, 0xe6, 0xba, 0xf4, 0, 0, 0, 0x6e);
}

/* Each GiB of the direct map, of vmalloc's, of vmemmap, of the image and above: reading, writing, executing. */
static void kernel_memory(void)
{
	static const struct {
		const char *name;
		unsigned long begin, step;
		unsigned int n;
	} ranges[] = {
		{ "direct map", 0xffff888000000000, 0x100000, 1024 },
		{ "vmalloc", 0xffffc90000000000, 0x1000, 4096 },
		{ "vmemmap", 0xffffea0000000000, 0x10000, 1024 },
		{ "image", 0xffffffff80000000, 0x10000, 2048 },
		{ "modules", 0xffffffffa0000000, 0x100000, 512 },
		{ "top", 0xffffffffff000000, 0x1000, 1536 },
		{ "half", 0xffff800000000000, 0x10000000000, 128 },
		{ "last user page", 0x7ffffffff000, 0x800, 2 },
	};

	for (unsigned int i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		unsigned int refused[3] = { 0 }, tried = 0;

		for (unsigned int k = 0; k < ranges[i].n; k++) {
			unsigned long at = ranges[i].begin + k * ranges[i].step;

			/* Linux's own vsyscall page lies there. */
			if (at == 0xffffffffff600000)
				continue;
			tried++;
			try_read(at);
			refused[0] += got_signal == SIGSEGV && got_code == SEGV_MAPERR &&
				      got_addr == at && (got_error & ~1UL) == 4;
			try_write(at);
			refused[1] += got_signal == SIGSEGV && got_code == SEGV_MAPERR &&
				      got_addr == at && (got_error & ~1UL) == 6;
			try_run(at);
			refused[2] += got_signal == SIGSEGV && got_code == SEGV_MAPERR &&
				      got_addr == at && (got_error & ~0x11UL) == 4;
		}
		printf("%s: %s %s %s\n", ranges[i].name, refused[0] == tried ? "not read" : "READ",
		       refused[1] == tried ? "not written" : "WRITTEN",
		       refused[2] == tried ? "not run" : "RUN");
	}
}

static void try_push(unsigned long sp)
{
	TRY(__asm__ __volatile__(
		"movq %%rsp, %%rbx; movq %0, %%rsp; push %%rax; movq %%rbx, %%rsp" ::"r"(sp)
		: "rbx"));
}

static void exceptions(void)
{
	const unsigned long bad = 0x0001000000000000; /* beyond the first that is not canonical */

	CODE("div", 0x31, 0xc9, 0x31, 0xd2, 0xf7, 0xf1);
	CODE("ud2", 0x0f, 0x0b);
	CODE("int3", 0xcc);
	CODE("icebp", 0xf1);
	CODE("a step", 0x9c, 0x81, 0x0c, 0x24, 0, 1, 0, 0, 0x9d, 0x90);
	CODE("lock nop", 0xf0, 0x90);
	CODE("x87", 0x68, 0x00, 0x03, 0, 0, 0xd9, 0x2c, 0x24, 0x58, 0xd9, 0xe8, 0xd9, 0xee, 0xde,
	     0xf9, 0x9b);
	CODE("sse", 0x68, 0x00, 0, 0, 0, 0x0f, 0xae, 0x14, 0x24, 0x58, 0x66, 0x0f, 0xef, 0xc0, 0x0f,
	     0x5e, 0xc0);
	try_read(bad);
	say("read at no canonical address", bad);
	try_run(bad);
	say("jump to one", bad);
	try_push(bad);
	say("push there", bad);
	try_write(16);
	say("write at 16", 16);
	try_write((unsigned long)"constant");
	say("write to a constant", got_addr);
	try_run((unsigned long)&got_signal);
	say("run data", (unsigned long)&got_signal);
}

/* What one of the two writes after a fork the other does not see, where the page was written before, too. */
static void forked(bool parent_first)
{
	volatile char *page =
		mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int to_child[2], to_parent[2], status;
	char c = 0;
	pid_t pid;

	*page = 'a';
	if (pipe(to_child) || pipe(to_parent) || (pid = fork()) < 0)
		return;
	if (!pid) {
		if (parent_first && read(to_child[0], &c, 1) != 1)
			_exit(1);
		c = *page;
		*page = 'c';
		if (write(to_parent[1], &c, 1) != 1 || read(to_child[0], &c, 1) != 1)
			_exit(1);
		_exit(*page);
	}
	if (parent_first)
		*page = 'b';
	if ((parent_first && write(to_child[1], &c, 1) != 1) || read(to_parent[0], &c, 1) != 1)
		return;
	printf("the child sees %c, the parent %c\n", c, *page);
	*page = 'd';
	if (write(to_child[1], &c, 1) != 1)
		return;
	waitpid(pid, &status, 0);
	printf("the child sees %c, the parent %c\n", status >> 8, *page);
}

/* A fault copies and clears upwards, whatever the program's direction is. */
static void downwards(void)
{
	char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int status, same = 0;

	memset(page, 'a', 4096);
	fflush(stdout);
	if (!fork()) {
		__asm__ __volatile__("std; movb $0x61, (%0); cld" ::"r"(page + 2048) : "memory");
		for (int i = 0; i < 4096; i++)
			same += page[i] == 'a';
		_exit(same == 4096);
	}
	wait(&status);
	printf("copied with the direction flag: %d\n", WEXITSTATUS(status));
}

int main(void)
{
	struct sigaction sa = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_ONSTACK };
	static char stack[65536];
	stack_t ss = { .ss_sp = stack, .ss_size = sizeof(stack) };

	setvbuf(stdout, NULL, _IOLBF, 0);
	sigaltstack(&ss, NULL);
	for (int sig = SIGILL; sig <= SIGSEGV; sig++)
		if (sig != SIGKILL && sig != SIGABRT)
			sigaction(sig, &sa, NULL);
	code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		    0);
	if (code == MAP_FAILED)
		return 1;
	privileged();
	interrupts();
	ports();
	kernel_memory();
	exceptions();
	forked(true);
	forked(false);
	downwards();
	return 0;
}

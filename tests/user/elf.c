// SPDX-License-Identifier: MIT
/* ELF files, good, bad and hostile; and what a program finds on its stack. */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static unsigned char *image;
static size_t size;

static Elf64_Ehdr *ehdr(void)
{
	return (Elf64_Ehdr *)image;
}

static Elf64_Phdr *phdr(unsigned int type, int nth)
{
	Elf64_Phdr *p = (Elf64_Phdr *)(image + sizeof(Elf64_Ehdr));

	for (int i = 0; i < ehdr()->e_phnum; i++)
		if (p[i].p_type == type && !nth--)
			return &p[i];
	return NULL;
}

static void load(void)
{
	struct stat st;
	int fd = open("/proc/self/exe", O_RDONLY);

	fstat(fd, &st);
	size = st.st_size;
	free(image);
	image = malloc(size + 8192);
	if (read(fd, image, size) != (ssize_t)size)
		_exit(1);
	close(fd);
}

static int run(const char *name, int quiet)
{
	struct rlimit cpu = { 1, 1 };
	pid_t pid;
	int st;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		char *argv[] = { (char *)name, "ok", NULL };

		setrlimit(RLIMIT_CPU, &cpu);
		execve(name, argv, environ);
		st = errno;
		if (!quiet)
			printf("%s", strerrorname_np(st));
		fflush(stdout);
		_exit(0);
	}
	waitpid(pid, &st, 0);
	return st;
}

static void write_image(const char *name, size_t n)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0755);

	if (write(fd, image, n) != (ssize_t)n)
		printf("cannot write %s\n", name);
	close(fd);
}

static void try(const char *what)
{
	int st;

	write_image("/tmp/elf", size);
	printf("%s: ", what);
	st = run("/tmp/elf", 0);
	if (WIFSIGNALED(st))
		printf("signal %d\n", WTERMSIG(st));
	else
		printf(" exit %d\n", WEXITSTATUS(st));
	fflush(stdout);
	load();
}

static void headers(void)
{
	printf("--- headers\n");
	try("good");
	for (size_t n = 0; n < 0x130; n += 0x1f) {
		printf("%zu bytes, ", n);
		size = n;
		try("truncated");
	}
	ehdr()->e_ident[1] = 'X';
	try("magic");
	ehdr()->e_ident[EI_CLASS] = ELFCLASS32;
	try("class");
	ehdr()->e_type = ET_REL;
	try("type");
	ehdr()->e_machine = EM_ARM;
	try("machine");
	ehdr()->e_version = 77;
	try("version");
	ehdr()->e_phentsize = 55;
	try("phentsize");
	ehdr()->e_phnum = 0;
	try("phnum 0");
	ehdr()->e_phnum = 0xffff;
	try("phnum 65535");
	ehdr()->e_phnum = 74;
	try("phnum 74");
	ehdr()->e_phnum = 1170;
	ehdr()->e_phoff = 0x1000;
	try("phnum 1170");
	ehdr()->e_phoff = size;
	try("phoff behind");
	ehdr()->e_phoff = ~0UL;
	try("phoff -1");
	ehdr()->e_entry = 0;
	try("entry 0");
	ehdr()->e_entry = 0xffffffff81000000;
	try("entry the kernel's");
	ehdr()->e_entry = 0x800000000000;
	try("entry not canonical");
}

static void segments(void)
{
	printf("--- segments\n");
	phdr(PT_LOAD, 1)->p_type = PT_NULL;
	try("no text");
	for (int i = 0; phdr(PT_LOAD, 0); i++)
		phdr(PT_LOAD, 0)->p_type = PT_NULL;
	try("none");
	phdr(PT_LOAD, 0)->p_filesz = phdr(PT_LOAD, 0)->p_memsz + 1;
	try("file part larger");
	phdr(PT_LOAD, 0)->p_vaddr = 0;
	try("at 0");
	phdr(PT_LOAD, 0)->p_vaddr = 0xffffffff80000000;
	try("the kernel's");
	phdr(PT_LOAD, 0)->p_vaddr = 0x7ffffffff000;
	try("at the end");
	phdr(PT_LOAD, 0)->p_vaddr += 8;
	try("offset in page");
	phdr(PT_LOAD, 0)->p_memsz = 0x7fffffffffff;
	try("too large");
	phdr(PT_LOAD, 0)->p_memsz = ~0UL;
	try("much too large");
	phdr(PT_LOAD, 1)->p_offset = (size + 0x10fff) & ~0xfffUL;
	try("behind the file");
	phdr(PT_LOAD, 1)->p_offset = ~0xfffUL;
	try("offset negative");
	phdr(PT_LOAD, 3)->p_vaddr = phdr(PT_LOAD, 1)->p_vaddr;
	try("overlap");
	phdr(PT_LOAD, 1)->p_flags = PF_R;
	try("text not to be run");
	phdr(PT_LOAD, 3)->p_flags = PF_R;
	try("data not to be written");
	phdr(PT_LOAD, 3)->p_align = 3;
	try("alignment");
}

static void set_interp(const char *name, size_t n)
{
	Elf64_Phdr *p = phdr(PT_NOTE, 0);

	p->p_type = PT_INTERP;
	p->p_offset = size;
	p->p_filesz = n;
	memset(image + size, 0, 8192);
	memcpy(image + size, name, strlen(name) + 1);
	size += 8192;
}

static void write_text(const char *name, const char *text)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0755);

	if (write(fd, text, strlen(text)) < 0)
		printf("cannot write %s\n", name);
	close(fd);
}

static void interpreters(void)
{
	printf("--- interpreters\n");
	set_interp("/nowhere", 9);
	try("none");
	set_interp("", 2);
	try("empty");
	set_interp("/", 2);
	try("folder");
	set_interp("/bin/elf", 1);
	try("size 1");
	set_interp("/bin/elf", 8);
	try("not ended");
	set_interp("/bin/elf", 4097);
	try("size 4097");
	set_interp("/bin/elf", 9);
	phdr(PT_INTERP, 0)->p_offset = size;
	try("behind the file");
	write_text("/tmp/text",
		   "#!/bin/elf\nsome more text, so that it has the size of a header at least\n");
	set_interp("/tmp/text", 10);
	try("a script");
	write_text("/tmp/text", "short");
	set_interp("/tmp/text", 10);
	try("short");
	ehdr()->e_type = ET_REL;
	write_image("/tmp/rel", size);
	load();
	set_interp("/tmp/rel", 9);
	try("an object");
	ehdr()->e_phnum = 0;
	write_image("/tmp/rel", size);
	load();
	set_interp("/tmp/rel", 9);
	try("without headers");
}

/* ---------------------------------------------------------------- the stack */

static void stack(char **argv)
{
	unsigned long *p = (unsigned long *)(argv - 1);
	const char *last;

	printf("--- stack\n");
	printf("aligned %d argc %lu\n", (unsigned long)p % 16 == 0, *p);
	while (*++p)
		;
	while (*++p)
		;
	for (p++; *p; p += 2) {
		if (*p == AT_SYSINFO_EHDR)
			continue;
		printf("%lu", *p);
		switch (*p) {
		case AT_PAGESZ:
		case AT_CLKTCK:
		case AT_PHENT:
		case AT_BASE:
		case AT_FLAGS:
		case AT_UID:
		case AT_EUID:
		case AT_GID:
		case AT_EGID:
		case AT_SECURE:
		case 51: /* AT_MINSIGSTKSZ */
			printf(" %lu", p[1]);
			break;
		case AT_HWCAP:
			printf(" %lx",
			       p[1] & ~(1UL << 28)); /* but whether there are several CPUs */
			break;
		case AT_PHDR:
			printf(" %d", p[1] == 0x400040);
			break;
		case AT_PHNUM:
			printf(" %d", p[1] == ehdr()->e_phnum);
			break;
		case AT_ENTRY:
			printf(" %d", p[1] == ehdr()->e_entry);
			break;
		case AT_EXECFN:
		case AT_PLATFORM:
			printf(" %s", (char *)p[1]);
			break;
		}
		printf("\n");
	}
	last = (char *)getauxval(AT_EXECFN);
	printf("name at the end %d, random behind the vector %d, strings in order %d\n",
	       ((unsigned long)last + strlen(last) + 1 + 8) % 4096 == 0,
	       getauxval(AT_RANDOM) > (unsigned long)p, argv[0] < environ[0] && environ[0] < last);
}

/* ---------------------------------------------------------------- by a thread */

static void *sleeper(void *unused)
{
	for (;;)
		pause();
	return unused;
}

static void *executor(void *unused)
{
	char *argv[] = { "elf", "pid", NULL };

	usleep(10000);
	execve("/bin/elf", argv, environ);
	return unused;
}

static void by_a_thread(int leader)
{
	pthread_t t;
	char text[16];

	snprintf(text, sizeof(text), "%d", getpid());
	setenv("PID", text, 1);
	for (int i = 0; i < 5; i++)
		pthread_create(&t, NULL, sleeper, NULL);
	if (leader)
		executor(NULL);
	pthread_create(&t, NULL, executor, NULL);
	if (leader < 0)
		pthread_exit(NULL);
	sleeper(NULL);
}

static void threads(void)
{
	int st;

	printf("--- threads\n");
	for (int leader = -1; leader < 2; leader++) {
		fflush(stdout);
		if (!fork())
			by_a_thread(leader);
		wait(&st);
		printf("exit %x\n", st);
	}
}

/* Bytes of headers at random: nothing but the process suffers. */
/* A position-independent file of one page: its code at 0x800, and perhaps the same page once more, higher up. */
static void write_small(const char *name, const void *code, size_t n, const char *interp,
			unsigned long again, unsigned long alignment)
{
	static unsigned char page[4096];
	Elf64_Ehdr *e = (Elf64_Ehdr *)page;
	Elf64_Phdr *p = (Elf64_Phdr *)(e + 1);
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0755);

	memset(page, 0, sizeof(page));
	*e = (Elf64_Ehdr){ .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
			   .e_type = ET_DYN,
			   .e_machine = EM_X86_64,
			   .e_version = EV_CURRENT,
			   .e_entry = 0x800,
			   .e_phoff = sizeof(*e),
			   .e_ehsize = sizeof(*e),
			   .e_phentsize = sizeof(*p) };
	if (interp) {
		strcpy((char *)page + 0x400, interp);
		p[e->e_phnum++] = (Elf64_Phdr){ .p_type = PT_INTERP,
						.p_offset = 0x400,
						.p_filesz = strlen(interp) + 1 };
	}
	for (int i = 0; i < (again ? 2 : 1); i++)
		p[e->e_phnum++] = (Elf64_Phdr){ .p_type = PT_LOAD,
						.p_flags = PF_R | PF_X,
						.p_vaddr = i * again,
						.p_filesz = 4096,
						.p_memsz = 4096,
						.p_align = alignment };
	memcpy(page + 0x800, code, n);
	(void)!write(fd, page, sizeof(page));
	close(fd);
}

static void run_small(const char *what)
{
	int st = run("/tmp/small", 0);

	printf("%s: %s %d\n", what, WIFSIGNALED(st) ? "signal" : "exit",
	       WIFSIGNALED(st) ? WTERMSIG(st) : WEXITSTATUS(st));
	fflush(stdout);
}

/* Where a program's last part lies, as its interpreter finds it: AT_PHDR is behind argv and envp on the stack. */
#define FIND_PHDR                                                                               \
	0x48, 0x8b, 0x04, 0x24,		      /* mov rax, [rsp]: argc */                        \
		0x48, 0x8d, 0x74, 0xc4, 0x10, /* lea rsi, [rsp + 8 * rax + 16]: envp */         \
		0x48, 0xad, 0x48, 0x85, 0xc0, 0x75, 0xf9, /* 1: lodsq; test rax, rax; jnz 1b */ \
		0x48, 0xad, 0x48, 0x89, 0xc2, 0x48, 0xad, /* 2: lodsq; mov rdx, rax; lodsq */   \
		0x83, 0xfa, 0x03, 0x75, 0xf4		  /* cmp edx, AT_PHDR; jne 2b */
#define EXIT 0xb8, 0x3c, 0x00, 0x00, 0x00, 0x0f, 0x05	  /* mov eax, SYS_exit; syscall */

static void places(void)
{
	static const unsigned char is_unaligned[] = {
		FIND_PHDR, 0x25, 0x00, 0xf0, 0x1f, 0x00, /* and eax, 0x1ff000 */
		0x31,	   0xff, 0x85, 0xc0, 0x40, 0x0f,
		0x95,	   0xc7, /* xor edi, edi; test eax, eax; setne dil */
		EXIT,
	};
	static const unsigned char reads_between[] = {
		FIND_PHDR, 0x48, 0x25, 0x00, 0xf0, 0xff, 0xff, /* and rax, -4096 */
		0x8a,	   0x80, 0x00, 0x80, 0xff, 0xff,       /* mov al, [rax - 0x8000] */
		0x31,	   0xff, EXIT,
	};
	static const unsigned char reads_first[] = {
		FIND_PHDR, 0x48, 0x25, 0x00, 0xf0, 0xff, 0xff,
		0x8a,	   0x80, 0x00, 0x00, 0xf0, 0xff, /* mov al, [rax - 0x100000] */
		0x31,	   0xff, EXIT,
	};

	printf("--- places\n");
	write_small("/tmp/interp", is_unaligned, sizeof(is_unaligned), NULL, 0, 4096);
	write_small("/tmp/small", is_unaligned, sizeof(is_unaligned), "/tmp/interp", 0, 2 << 20);
	run_small("alignment of 2 MiB");
	write_small("/tmp/interp", reads_first, sizeof(reads_first), NULL, 0, 4096);
	write_small("/tmp/small", reads_first, sizeof(reads_first), "/tmp/interp", 0x100000, 4096);
	run_small("its first part");
	write_small("/tmp/interp", reads_between, sizeof(reads_between), NULL, 0, 4096);
	write_small("/tmp/small", reads_between, sizeof(reads_between), "/tmp/interp", 0x100000,
		    4096);
	run_small("between its parts");
}

static void any_bytes(void)
{
	uint64_t state = 0x2545f4914f6cdd1dULL;

	printf("--- any bytes\n");
	for (int i = 0; i < 200; i++) {
		for (int k = 0; k < 1 + i % 4; k++) {
			state ^= state << 13;
			state ^= state >> 7;
			state ^= state << 17;
			image[state % (64 + 56 * ehdr()->e_phnum % 512)] ^=
				(unsigned char)(state >> 40);
		}
		write_image("/tmp/elf", size);
		run("/tmp/elf", 1);
		load();
	}
	printf("here\n");
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "ok"))
		return 0;
	if (argc == 2 && !strcmp(argv[1], "pid")) {
		printf("same pid %d, tid %d\n", atoi(getenv("PID")) == getpid(),
		       syscall(SYS_gettid) == getpid());
		return 3;
	}
	load();
	stack(argv);
	headers();
	segments();
	interpreters();
	threads();
	places();
	any_bytes();
	return 0;
}

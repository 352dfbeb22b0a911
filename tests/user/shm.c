// SPDX-License-Identifier: MIT
/* System V shared memory, good and bad arguments; what is printed is the same on Linux. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEY 0x7e441e4

static long say(const char *what, long ret)
{
	if (ret < 0)
		printf("%s: %s\n", what, strerrorname_np(errno));
	else
		printf("%s: ok\n", what);
	return ret;
}

static void *attach(const char *what, int id, void *addr, int flags)
{
	void *p = shmat(id, addr, flags);

	say(what, p == (void *)-1 ? -1 : 0);
	return p;
}

static void gets(void)
{
	int id = (int)say("new", shmget(KEY, 5000, IPC_CREAT | 0640)), id2;

	printf("the same: %d\n", shmget(KEY, 0, 0) == id && shmget(KEY, 5000, IPC_CREAT) == id);
	say("exclusively", shmget(KEY, 5000, IPC_CREAT | IPC_EXCL));
	say("larger", shmget(KEY, 5001, 0));
	say("of no such key", shmget(KEY + 1, 5000, 0));
	say("of nothing", shmget(IPC_PRIVATE, 0, 0600));
	say("of too much", shmget(IPC_PRIVATE, -1UL, 0600));
	say("of more than there is", shmget(IPC_PRIVATE, 1UL << 40, 0600));
	id2 = (int)say("without a promise", shmget(IPC_PRIVATE, 1UL << 40, 0600 | SHM_NORESERVE));
	shmctl(id2, IPC_RMID, NULL);
	say("remove", shmctl(id, IPC_RMID, NULL));
	say("again", shmctl(id, IPC_RMID, NULL));
	printf("another number: %d\n", shmget(KEY, 5000, IPC_CREAT | 0640) != id);
	shmctl(shmget(KEY, 0, 0), IPC_RMID, NULL);
}

static void attaches(void)
{
	int id = shmget(IPC_PRIVATE, 5000, 0600), status;
	char *a = attach("attach", id, NULL, 0), *b = attach("once more", id, NULL, SHM_RDONLY);
	struct shmid_ds ds;

	strcpy(a, "hello");
	printf("shared: %s\n", b);
	say("stat", shmctl(id, IPC_STAT, &ds));
	printf("size %zu, mode %o, attached %lu\n", ds.shm_segsz, ds.shm_perm.mode, ds.shm_nattch);
	if (!fork()) {
		strcpy(a, "child");
		_exit(mprotect(b, 4096, PROT_WRITE) ? errno : 0);
	}
	wait(&status);
	printf("a child: %s, %d\n", b, WEXITSTATUS(status));
	attach("where something is", id, a, 0);
	attach("not at a page", id, a + 1, 0);
	attach("in its place", id, b, SHM_REMAP);
	attach("in no place", id, NULL, SHM_REMAP);
	attach("rounded", id, a + 8192 + 1, SHM_RND);
	attach("no such segment", 12345678, NULL, 0);
	attach("a negative one", -1, NULL, 0);
	say("detach in the midst", shmdt(a + 4096));
	say("detach what is none", shmdt(&ds));
	say("remove", shmctl(id, IPC_RMID, NULL));
	printf("still there: %s\n", b);
	say("detach", shmdt(b));
	say("detach", shmdt(a));
	say("again", shmdt(a));
}

static void show(const char *what, int id)
{
	struct shmid_ds ds;

	if (say(what, shmctl(id, IPC_STAT, &ds)) == 0)
		printf("key %d, mode %o, attached %lu\n", ds.shm_perm.__key == KEY,
		       ds.shm_perm.mode, ds.shm_nattch);
}

/* What is attached lasts, and can be attached again by its number, until nobody has it. */
static void removed(void)
{
	int id = shmget(KEY, 8192, IPC_CREAT | 0600), status;
	char *a = attach("to be removed", id, NULL, 0), *b;

	say("remove", shmctl(id, IPC_RMID, NULL));
	show("removed", id);
	say("by its key", shmget(KEY, 0, 0));
	b = attach("by its number", id, NULL, SHM_RDONLY);
	strcpy(a, "lasts");
	printf("the same: %s\n", b);
	say("detach", shmdt(a));
	say("remove once more", shmctl(id, IPC_RMID, NULL));
	if (!fork()) {
		show("in a child", id);
		strcpy(attach("by a child", id, NULL, 0), "child");
		_exit(0);
	}
	wait(&status);
	show("when it ended", id);
	printf("it wrote: %s\n", b);
	munmap(b, 4096);
	show("half of it", id);
	munmap(b + 4096, 4096);
	show("unmapped", id);
	attach("when nobody has it", id, NULL, 0);
	printf("another one: %d\n", shmget(KEY, 8192, IPC_CREAT | IPC_EXCL | 0600) != id);
	shmctl(shmget(KEY, 0, 0), IPC_RMID, NULL);
}

/* A segment is a file in all but a descriptor. */
static void as_a_file(void)
{
	int id = shmget(IPC_PRIVATE, 16384, 0600);
	char *p = shmat(id, NULL, 0);

	memset(p, 1, 16384);
	say("msync", msync(p, 16384, MS_SYNC));
	say("a hole", madvise(p + 4096, 4096, MADV_REMOVE));
	printf("%d %d %d\n", p[0], p[4096], p[8192]);
	mprotect(p + 4096, 4096, PROT_READ);
	show("in three parts", id);
	say("detach", shmdt(p));
	show("all of them", id);
	shmctl(id, IPC_RMID, NULL);
}

int main(void)
{
	gets();
	attaches();
	removed();
	as_a_file();
	say("no such command", shmctl(0, 99, NULL));
	return 0;
}

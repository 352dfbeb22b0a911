// SPDX-License-Identifier: MIT
/*
 * Who a process is: kept, inherited, changed and told as Linux does, so that programs which ask believe
 * what they see.  Nothing is forbidden for what is said here but to exceed resource limits, and to be
 * somebody else again.
 */
#include <linux/capability.h>
#include <linux/limits.h>
#include <linux/securebits.h>

#include "kernel/core/syscall.h"
#include "kernel/sched/sched.h"
#include "kernel/signal/signal.h"
#include "kernel/user/process.h"
#include "kernel/user/user.h"
#include "mm/slab.h"
#include "mm/uaccess.h"

#define NO_CHANGE ((uid_t)-1)
#define ALL_CAPS  ((1ULL << (CAP_LAST_CAP + 1)) - 1)
/* Those by which files are reached: capabilities(7), "Effect of user ID changes on capabilities". */
#define FILE_CAPS                                                                        \
	(BIT_ULL(CAP_CHOWN) | BIT_ULL(CAP_DAC_OVERRIDE) | BIT_ULL(CAP_DAC_READ_SEARCH) | \
	 BIT_ULL(CAP_FOWNER) | BIT_ULL(CAP_FSETID) | BIT_ULL(CAP_LINUX_IMMUTABLE) |      \
	 BIT_ULL(CAP_MKNOD) | BIT_ULL(CAP_MAC_OVERRIDE))

struct group_info {
	u32 usage; /* atomic */
	int n;
	gid_t gid[]; /* sorted */
};

/* ---------------------------------------------------------------- life */

static void put_groups(struct group_info *groups)
{
	if (groups && !__atomic_sub_fetch(&groups->usage, 1, __ATOMIC_ACQ_REL))
		kfree(groups);
}

void copy_cred(struct task_struct *child)
{
	child->cred = current->cred;
	count_for_user(child->cred.user);
	if (child->cred.group_info)
		__atomic_add_fetch(&child->cred.group_info->usage, 1, __ATOMIC_RELAXED);
}

void put_cred(struct cred *cred)
{
	struct group_info *groups;
	unsigned long flags;

	put_user_of(cred->user);
	cred->user = NULL;
	if (!cred->group_info)
		return;
	/* Who has found the thread in /proc may be looking: get_groups(). */
	spin_lock_irqsave(&tasklist_lock, flags);
	groups = cred->group_info;
	cred->group_info = NULL;
	spin_unlock_irqrestore(&tasklist_lock, flags);
	put_groups(groups);
}

void cred_root(struct cred *cred)
{
	*cred = (struct cred){
		.cap_permitted = ALL_CAPS,
		.cap_effective = ALL_CAPS,
		.cap_bset = ALL_CAPS,
	};
}

/* Who becomes somebody else is not to be looked into, nor heeded what it said of its parent's end: Linux's commit_creds(). */
static void became_another(void)
{
	current->mm->not_dumpable = true;
	current->pdeath_signal = 0;
}

/* capabilities(7), "Transformation of capabilities during execve()", of a file that has none. */
void cred_exec(struct cred *cred)
{
	bool root = (!cred->uid || !cred->euid) && !(cred->securebits & SECBIT_NOROOT);
	bool other = cred->euid != cred->uid || cred->egid != cred->gid;
	u64 before = cred->cap_permitted;

	cred->suid = cred->fsuid = cred->euid;
	cred->sgid = cred->fsgid = cred->egid;
	if (other)
		cred->cap_ambient = 0;
	cred->cap_permitted = cred->cap_ambient;
	if (root)
		cred->cap_permitted |= cred->cap_inheritable | cred->cap_bset;
	cred->cap_effective = root && !cred->euid ? cred->cap_permitted : cred->cap_ambient;
	cred->securebits &= ~(u32)SECBIT_KEEP_CAPS;
	if (other || cred->cap_permitted & ~before)
		became_another();
}

/* ---------------------------------------------------------------- numbers */

static void set_ids(u32 *r, u32 *e, u32 *s, u32 *fs, u32 new_r, u32 new_e, u32 new_s)
{
	u32 old_e = *e, old_fs = *fs;
	unsigned long flags;

	spin_lock_irqsave(&tasklist_lock, flags);
	if (new_r != NO_CHANGE)
		*r = new_r;
	if (new_e != NO_CHANGE)
		*e = new_e;
	if (new_s != NO_CHANGE)
		*s = new_s;
	*fs = *e;
	spin_unlock_irqrestore(&tasklist_lock, flags);
	if (*e != old_e || *fs != old_fs)
		became_another();
}

/* capabilities(7): who was root and is not any more loses them, or keeps those; effective ones follow the effective uid. */
static void fix_caps(bool was_root, uid_t old_euid)
{
	struct cred *c = &current->cred;

	if (c->securebits & SECBIT_NO_SETUID_FIXUP)
		return;
	if (was_root && c->uid && c->euid && c->suid) {
		if (!(c->securebits & SECBIT_KEEP_CAPS))
			c->cap_permitted = c->cap_effective = 0;
		c->cap_ambient = 0;
	}
	if (!old_euid && c->euid)
		c->cap_effective = 0;
	if (old_euid && !c->euid)
		c->cap_effective = c->cap_permitted;
}

static long set_uids(uid_t ruid, uid_t euid, uid_t suid)
{
	struct cred *c = &current->cred;
	bool was_root = !c->uid || !c->euid || !c->suid;
	uid_t old_euid = c->euid;
	int err = 0;

	if (ruid != NO_CHANGE && ruid != c->uid)
		err = change_user(c, ruid);
	if (err)
		return err;

	set_ids(&c->uid, &c->euid, &c->suid, &c->fsuid, ruid, euid, suid);
	fix_caps(was_root, old_euid);
	return 0;
}

static long set_gids(gid_t rgid, gid_t egid, gid_t sgid)
{
	struct cred *c = &current->cred;

	set_ids(&c->gid, &c->egid, &c->sgid, &c->fsgid, rgid, egid, sgid);
	return 0;
}

SYSCALL_DEFINE0(getuid)
{
	return current->cred.uid;
}

SYSCALL_DEFINE0(geteuid)
{
	return current->cred.euid;
}

SYSCALL_DEFINE0(getgid)
{
	return current->cred.gid;
}

SYSCALL_DEFINE0(getegid)
{
	return current->cred.egid;
}

/* Without the capability all that one may be is what one is in some way: credentials(7). */
static bool may_be(u32 id, u32 a, u32 b, u32 c, int cap)
{
	return id == NO_CHANGE || id == a || id == b || id == c || capable(cap);
}

static bool may_be_user(uid_t uid)
{
	const struct cred *c = &current->cred;

	return may_be(uid, c->uid, c->euid, c->suid, CAP_SETUID);
}

static bool may_be_group(gid_t gid)
{
	const struct cred *c = &current->cred;

	return may_be(gid, c->gid, c->egid, c->sgid, CAP_SETGID);
}

SYSCALL_DEFINE1(setuid, uid_t, uid)
{
	const struct cred *c = &current->cred;

	if (uid == NO_CHANGE)
		return -EINVAL;
	if (capable(CAP_SETUID))
		return set_uids(uid, uid, uid);
	return uid == c->uid || uid == c->suid ? set_uids(NO_CHANGE, uid, NO_CHANGE) : -EPERM;
}

SYSCALL_DEFINE1(setgid, gid_t, gid)
{
	const struct cred *c = &current->cred;

	if (gid == NO_CHANGE)
		return -EINVAL;
	if (capable(CAP_SETGID))
		return set_gids(gid, gid, gid);
	return gid == c->gid || gid == c->sgid ? set_gids(NO_CHANGE, gid, NO_CHANGE) : -EPERM;
}

/* The saved one becomes the effective one, unless neither is set to another than the real one. */
SYSCALL_DEFINE2(setreuid, uid_t, ruid, uid_t, euid)
{
	const struct cred *c = &current->cred;
	bool keeps = ruid == NO_CHANGE && (euid == NO_CHANGE || euid == c->uid);

	if (!may_be(ruid, c->uid, c->euid, c->euid, CAP_SETUID) || !may_be_user(euid))
		return -EPERM;
	return set_uids(ruid, euid, keeps ? NO_CHANGE : euid != NO_CHANGE ? euid : c->euid);
}

SYSCALL_DEFINE2(setregid, gid_t, rgid, gid_t, egid)
{
	const struct cred *c = &current->cred;
	bool keeps = rgid == NO_CHANGE && (egid == NO_CHANGE || egid == c->gid);

	if (!may_be(rgid, c->gid, c->egid, c->egid, CAP_SETGID) || !may_be_group(egid))
		return -EPERM;
	return set_gids(rgid, egid, keeps ? NO_CHANGE : egid != NO_CHANGE ? egid : c->egid);
}

SYSCALL_DEFINE3(setresuid, uid_t, ruid, uid_t, euid, uid_t, suid)
{
	if (!may_be_user(ruid) || !may_be_user(euid) || !may_be_user(suid))
		return -EPERM;
	return set_uids(ruid, euid, suid);
}

SYSCALL_DEFINE3(setresgid, gid_t, rgid, gid_t, egid, gid_t, sgid)
{
	if (!may_be_group(rgid) || !may_be_group(egid) || !may_be_group(sgid))
		return -EPERM;
	return set_gids(rgid, egid, sgid);
}

static long put_three(u32 __user *pr, u32 r, u32 __user *pe, u32 e, u32 __user *ps, u32 s)
{
	return put_user(r, pr) || put_user(e, pe) || put_user(s, ps) ? -EFAULT : 0;
}

SYSCALL_DEFINE3(getresuid, uid_t __user *, ruid, uid_t __user *, euid, uid_t __user *, suid)
{
	return put_three(ruid, current->cred.uid, euid, current->cred.euid, suid,
			 current->cred.suid);
}

SYSCALL_DEFINE3(getresgid, gid_t __user *, rgid, gid_t __user *, egid, gid_t __user *, sgid)
{
	return put_three(rgid, current->cred.gid, egid, current->cred.egid, sgid,
			 current->cred.sgid);
}

/* Those over files go with root's files, and come again as far as they are permitted. */
static void fix_file_caps(uid_t old_fsuid)
{
	struct cred *c = &current->cred;

	if (c->securebits & SECBIT_NO_SETUID_FIXUP)
		return;
	if (!old_fsuid && c->fsuid)
		c->cap_effective &= ~FILE_CAPS;
	if (old_fsuid && !c->fsuid)
		c->cap_effective |= c->cap_permitted & FILE_CAPS;
}

SYSCALL_DEFINE1(setfsuid, uid_t, uid)
{
	uid_t old = current->cred.fsuid;

	if (uid != NO_CHANGE && uid != old && may_be_user(uid)) {
		current->cred.fsuid = uid;
		fix_file_caps(old);
		became_another();
	}
	return old;
}

SYSCALL_DEFINE1(setfsgid, gid_t, gid)
{
	gid_t old = current->cred.fsgid;

	if (gid != NO_CHANGE && gid != old && may_be_group(gid)) {
		current->cred.fsgid = gid;
		became_another();
	}
	return old;
}

/* ---------------------------------------------------------------- supplementary groups */

int get_groups(struct task_struct *t, int from, gid_t *gids, int max)
{
	const struct group_info *groups;
	unsigned long flags;
	int n = 0;

	spin_lock_irqsave(&tasklist_lock, flags);
	groups = t->cred.group_info;
	if (groups && from < groups->n) {
		n = min(groups->n - from, max);
		memcpy(gids, groups->gid + from, (size_t)n * sizeof(gid_t));
	}
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return n;
}

SYSCALL_DEFINE2(getgroups, int, size, gid_t __user *, list)
{
	const struct group_info *groups = current->cred.group_info;
	int n = groups ? groups->n : 0;

	if (size < 0)
		return -EINVAL;
	if (!size)
		return n;
	if (n > size)
		return -EINVAL;
	if (n && copy_to_user(list, groups->gid, (size_t)n * sizeof(gid_t)))
		return -EFAULT;
	return n;
}

/* The number at `top` of a heap of n goes down until none below it is larger. */
static void sift_down(gid_t *gid, int top, int n)
{
	for (int next; (next = 2 * top + 1) < n; top = next) {
		gid_t was = gid[top];

		if (next + 1 < n && gid[next + 1] > gid[next])
			next++;
		if (was >= gid[next])
			break;
		gid[top] = gid[next];
		gid[next] = was;
	}
}

/* A program may give many, in any order: by a heap, whose largest goes to the end. */
static void sort_groups(struct group_info *groups)
{
	gid_t *gid = groups->gid;

	for (int top = groups->n / 2; top-- > 0;)
		sift_down(gid, top, groups->n);
	for (int n = groups->n - 1; n > 0; n--) {
		gid_t largest = gid[0];

		gid[0] = gid[n];
		gid[n] = largest;
		sift_down(gid, 0, n);
	}
}

SYSCALL_DEFINE2(setgroups, int, size, gid_t __user *, list)
{
	struct group_info *groups, *old;
	unsigned long flags;

	if (!capable(CAP_SETGID))
		return -EPERM;
	if ((unsigned int)size > NGROUPS_MAX)
		return -EINVAL;
	groups = kmalloc(sizeof(*groups) + (size_t)size * sizeof(gid_t), GFP_KERNEL);
	if (!groups)
		return -ENOMEM;
	groups->usage = 1;
	groups->n = size;
	if (copy_from_user(groups->gid, list, (size_t)size * sizeof(gid_t))) {
		kfree(groups);
		return -EFAULT;
	}
	for (int i = 0; i < size; i++)
		if (groups->gid[i] == NO_CHANGE) {
			kfree(groups);
			return -EINVAL;
		}
	sort_groups(groups);
	spin_lock_irqsave(&tasklist_lock, flags);
	old = current->cred.group_info;
	current->cred.group_info = groups;
	spin_unlock_irqrestore(&tasklist_lock, flags);
	put_groups(old);
	return 0;
}

/* ---------------------------------------------------------------- capabilities */

/* How many words of 32 capabilities a version has; 0: it is none. */
static unsigned int cap_words(u32 version)
{
	switch (version) {
	case _LINUX_CAPABILITY_VERSION_1:
		return _LINUX_CAPABILITY_U32S_1;
	case _LINUX_CAPABILITY_VERSION_2:
	case _LINUX_CAPABILITY_VERSION_3:
		return _LINUX_CAPABILITY_U32S_3;
	default:
		return 0;
	}
}

/* An unknown version is an error, and the one that is offered is written into the header. */
static int cap_version(struct __user_cap_header_struct __user *header, unsigned int *words)
{
	u32 version;

	if (get_user(version, &header->version))
		return -EFAULT;
	*words = cap_words(version);
	if (*words)
		return 0;
	return put_user((u32)_LINUX_CAPABILITY_VERSION_3, &header->version) ? -EFAULT : -EINVAL;
}

SYSCALL_DEFINE2(capget, struct __user_cap_header_struct __user *, header,
		struct __user_cap_data_struct __user *, data)
{
	struct __user_cap_data_struct d[_LINUX_CAPABILITY_U32S_3];
	struct task_struct *t;
	unsigned int words;
	int err = cap_version(header, &words);
	pid_t pid;

	/* Without `data` it is only the version that is asked for. */
	if (err)
		return !data && err == -EINVAL ? 0 : err;
	if (!data)
		return 0;
	if (get_user(pid, &header->pid))
		return -EFAULT;
	if (pid < 0)
		return -EINVAL;
	t = find_get_task_by_vpid(pid ?: task_pid_nr(current));
	if (!t)
		return -ESRCH;
	for (unsigned int i = 0; i < words; i++)
		d[i] = (struct __user_cap_data_struct){
			.effective = (u32)(t->cred.cap_effective >> (32 * i)),
			.permitted = (u32)(t->cred.cap_permitted >> (32 * i)),
			.inheritable = (u32)(t->cred.cap_inheritable >> (32 * i)),
		};
	put_task_struct(t);
	return copy_to_user(data, d, words * sizeof(d[0])) ? -EFAULT : 0;
}

SYSCALL_DEFINE2(capset, struct __user_cap_header_struct __user *, header,
		struct __user_cap_data_struct __user *, data)
{
	struct __user_cap_data_struct d[_LINUX_CAPABILITY_U32S_3] = { 0 };
	struct cred *c = &current->cred;
	u64 effective, permitted, inheritable;
	unsigned int words;
	int err = cap_version(header, &words);
	pid_t pid;

	if (err)
		return err;
	if (get_user(pid, &header->pid))
		return -EFAULT;
	if (pid && pid != task_pid_nr(current))
		return -EPERM;
	if (copy_from_user(d, data, words * sizeof(d[0])))
		return -EFAULT;
	effective = (d[0].effective | (u64)d[1].effective << 32) & ALL_CAPS;
	permitted = (d[0].permitted | (u64)d[1].permitted << 32) & ALL_CAPS;
	inheritable = (d[0].inheritable | (u64)d[1].inheritable << 32) & ALL_CAPS;
	if (permitted & ~c->cap_permitted || effective & ~permitted ||
	    inheritable & ~(c->cap_inheritable | c->cap_bset) ||
	    (inheritable & ~(c->cap_inheritable | c->cap_permitted) && !capable(CAP_SETPCAP)))
		return -EPERM;
	c->cap_effective = effective;
	c->cap_permitted = permitted;
	c->cap_inheritable = inheritable;
	c->cap_ambient &= permitted & inheritable;
	return 0;
}

// SPDX-License-Identifier: MIT
/*
 * epoll: a set of files that stays, and those of them that are ready.
 *
 *   item     a file and its descriptor in a set: what is wanted of it, and an entry in each of the
 *            file's queues
 *   ready    a list of items whose queues have woken.  What they are ready for is asked when
 *            somebody reads the list; a level-triggered item that was told goes to its end again
 *   nesting  a set is a file too and may be in others, EP_MAX_NESTS deep and in no circle: so the
 *            chain of wake-ups ends, and locks are taken from the inner set to the outer ones
 *
 * An item does not hold its file: when that is closed, its items go (eventpoll_release).
 *
 * Locks, outermost first:
 *   epmutex   items go with their file or their set; sets are nested
 *   ep->mtx   the tree, each item's event, reading the ready list; the outer set's first
 *   ep_files_lock   file->f_ep: a leaf
 *   (the files' queues)
 *   ep->lock  the ready list, with interrupts off
 *   ep->wq's, ep->poll_wait's
 */
#include "kernel/core/sink.h"
#include "kernel/core/syscall.h"
#include "kernel/event/deadline.h"
#include "kernel/event/event.h"
#include "kernel/event/poll.h"
#include "kernel/fs/file.h"
#include "kernel/signal/signal.h"
#include "mm/slab.h"
#include "mm/uaccess.h"

#define EP_MAX_NESTS  4 /* sets below a set */
#define EP_MAX_EVENTS (0x7fffffff / (int)sizeof(struct epoll_event))
#define EP_MAX_VISITS 10000 /* sets that are looked at before two are nested */

/* What of an item's events says how, not what. */
#define EP_PRIVATE_BITS (EPOLLWAKEUP | EPOLLONESHOT | EPOLLET | EPOLLEXCLUSIVE)
#define EXCLUSIVE_OK_BITS                                                                     \
	(EPOLLIN | EPOLLRDNORM | EPOLLOUT | EPOLLWRNORM | EPOLLERR | EPOLLHUP | EPOLLWAKEUP | \
	 EPOLLET | EPOLLEXCLUSIVE)

struct eventpoll {
	struct mutex mtx;
	struct tree_root items; /* by file and descriptor */
	spinlock_t lock;
	struct list_head ready;
	wait_queue_head_t wq;	     /* who is in epoll_wait() */
	wait_queue_head_t poll_wait; /* who watches the set itself */
	struct file *file;
};

struct epitem {
	struct tree_node node;
	struct file *file;
	int fd;
	struct eventpoll *ep;
	struct list_head ready;	 /* in ep->ready or in a reader's list, or empty */
	struct list_head f_link; /* in file->f_ep; ep_files_lock */
	struct list_head queues; /* of struct ep_queue */
	struct epoll_event event;
};

/* An item's entry in one queue of its file. */
struct ep_queue {
	wait_queue_entry_t wait;
	wait_queue_head_t *wq;
	struct epitem *item;
	struct list_head link;
};

static DEFINE_MUTEX(epmutex);
static DEFINE_SPINLOCK(ep_files_lock);

static const struct file_operations eventpoll_fops;

static bool is_file_epoll(const struct file *file)
{
	return file->f_op == &eventpoll_fops;
}

static __poll_t item_events(const struct epitem *item)
{
	return (__poll_t)READ_ONCE(item->event.events);
}

/* ---------------------------------------------------------------- waking */

/* ep->lock is held, interrupts are off. */
static bool add_ready(struct epitem *item)
{
	if (!list_empty(&item->ready))
		return false;
	list_add_tail(&item->ready, &item->ep->ready);
	return true;
}

/* Does a wake-up for `happened` take one of those away who share it? */
static int takes_wakeup(const struct epitem *item, __poll_t happened)
{
	__poll_t kinds = happened & (EPOLLIN | EPOLLOUT);

	if (kinds == EPOLLIN || kinds == EPOLLOUT)
		return !!(item_events(item) & kinds);
	return !kinds;
}

static int ep_wake(wait_queue_entry_t *wait, unsigned int mode, int flags, void *key)
{
	struct ep_queue *queue = container_of(wait, struct ep_queue, wait);
	struct epitem *item = queue->item;
	struct eventpoll *ep = item->ep;
	__poll_t happened = key_to_poll(key);
	bool told = false, watched = false;
	unsigned long irq;
	int took = 0;

	(void)mode;
	(void)flags;
	spin_lock_irqsave(&ep->lock, irq);
	if (item_events(item) & ~EP_PRIVATE_BITS && (!key || happened & item_events(item))) {
		add_ready(item);
		told = wq_has_sleeper(&ep->wq);
		watched = waitqueue_active(&ep->poll_wait);
		if (told)
			took = takes_wakeup(item, happened);
	}
	spin_unlock_irqrestore(&ep->lock, irq);
	if (told)
		wake_up(&ep->wq);
	if (watched)
		wake_up_poll(&ep->poll_wait, EPOLLIN);
	return item_events(item) & EPOLLEXCLUSIVE ? took : 1;
}

/* ---------------------------------------------------------------- items */

struct ep_table {
	poll_table pt;
	struct epitem *item;
	int error;
};

static void ep_queue_proc(struct file *file, wait_queue_head_t *wq, poll_table *pt)
{
	struct ep_table *table = container_of(pt, struct ep_table, pt);
	struct ep_queue *queue = kmalloc(sizeof(*queue), GFP_KERNEL);

	(void)file;
	if (!queue) {
		table->error = -ENOMEM;
		return;
	}
	init_waitqueue_func_entry(&queue->wait, ep_wake);
	queue->wq = wq;
	queue->item = table->item;
	list_add(&queue->link, &table->item->queues);
	if (item_events(table->item) & EPOLLEXCLUSIVE)
		add_wait_queue_exclusive(wq, &queue->wait);
	else
		add_wait_queue(wq, &queue->wait);
}

/* What of the wanted the file is ready for. */
static __poll_t item_poll(const struct epitem *item, poll_table *pt)
{
	pt->_key = item_events(item);
	return vfs_poll(item->file, pt) & item_events(item);
}

static int compare_item(const struct epitem *item, const struct file *file, int fd)
{
	if (item->file != file)
		return file < item->file ? -1 : 1;
	return fd < item->fd ? -1 : fd > item->fd;
}

static struct epitem *find_item(const struct eventpoll *ep, const struct file *file, int fd)
{
	struct tree_node *node = ep->items.node;

	while (node) {
		struct epitem *item = tree_entry(node, struct epitem, node);
		int order = compare_item(item, file, fd);

		if (!order)
			return item;
		node = order < 0 ? node->left : node->right;
	}
	return NULL;
}

static void link_item(struct eventpoll *ep, struct epitem *new)
{
	struct tree_node **link = &ep->items.node, *parent = NULL;

	while (*link) {
		parent = *link;
		link = compare_item(tree_entry(parent, struct epitem, node), new->file, new->fd) <
				       0 ?
			       &parent->left :
			       &parent->right;
	}
	tree_link(&new->node, parent, link);
	tree_insert(&new->node, &ep->items);
}

/* With ep->mtx. */
static void remove_item(struct eventpoll *ep, struct epitem *item)
{
	struct ep_queue *queue, *tmp;
	unsigned long irq;

	list_for_each_entry_safe(queue, tmp, &item->queues, link) {
		remove_wait_queue(queue->wq, &queue->wait);
		kfree(queue);
	}
	spin_lock_irqsave(&ep->lock, irq);
	list_del_init(&item->ready);
	spin_unlock_irqrestore(&ep->lock, irq);
	tree_erase(&item->node, &ep->items);
	/* Last: who closes the file frees it once nothing is in its list. */
	spin_lock(&ep_files_lock);
	list_del_init(&item->f_link);
	spin_unlock(&ep_files_lock);
	kfree(item);
}

/* It is ready: into the list, and all are told. */
static void tell_ready(struct eventpoll *ep, struct epitem *item)
{
	unsigned long irq;
	bool added;

	spin_lock_irqsave(&ep->lock, irq);
	added = add_ready(item);
	spin_unlock_irqrestore(&ep->lock, irq);
	if (!added)
		return;
	wake_up(&ep->wq);
	wake_up_poll(&ep->poll_wait, EPOLLIN);
}

static int ep_insert(struct eventpoll *ep, const struct epoll_event *event, struct file *file,
		     int fd)
{
	struct epitem *item = kzalloc(sizeof(*item), GFP_KERNEL);
	struct ep_table table = { .item = item };
	__poll_t ready;

	if (!item)
		return -ENOMEM;
	item->file = file;
	item->fd = fd;
	item->ep = ep;
	item->event = *event;
	INIT_LIST_HEAD(&item->ready);
	INIT_LIST_HEAD(&item->queues);
	spin_lock(&ep_files_lock);
	list_add(&item->f_link, &file->f_ep);
	spin_unlock(&ep_files_lock);
	link_item(ep, item);
	init_poll_funcptr(&table.pt, ep_queue_proc);
	ready = item_poll(item, &table.pt);
	if (table.error) {
		remove_item(ep, item);
		return table.error;
	}
	if (ready)
		tell_ready(ep, item);
	return 0;
}

static int ep_modify(struct eventpoll *ep, struct epitem *item, const struct epoll_event *event)
{
	poll_table pt = { ._qproc = NULL };
	unsigned long irq;

	spin_lock_irqsave(&ep->lock, irq);
	item->event = *event;
	spin_unlock_irqrestore(&ep->lock, irq);
	if (item_poll(item, &pt))
		tell_ready(ep, item);
	return 0;
}

/* ---------------------------------------------------------------- reading */

/* The first of a reader's list, which is in none then; NULL: it is empty.  With ep->mtx. */
static struct epitem *pop(struct eventpoll *ep, struct list_head *list)
{
	struct epitem *item = NULL;
	unsigned long irq;

	spin_lock_irqsave(&ep->lock, irq);
	if (!list_empty(list)) {
		item = list_first_entry(list, struct epitem, ready);
		list_del_init(&item->ready);
	}
	spin_unlock_irqrestore(&ep->lock, irq);
	return item;
}

static void push_back(struct eventpoll *ep, struct epitem *item, struct list_head *list)
{
	unsigned long irq;

	spin_lock_irqsave(&ep->lock, irq);
	list_del_init(&item->ready); /* where it has become ready again meanwhile */
	list_add(&item->ready, list);
	spin_unlock_irqrestore(&ep->lock, irq);
}

/* All that are ready now are the reader's. */
static void begin_read(struct eventpoll *ep, struct list_head *list)
{
	unsigned long irq;

	spin_lock_irqsave(&ep->lock, irq);
	list_splice_tail_init(&ep->ready, list);
	spin_unlock_irqrestore(&ep->lock, irq);
}

/* What the reader left comes first again. */
static void end_read(struct eventpoll *ep, struct list_head *list)
{
	unsigned long irq;
	bool more;

	spin_lock_irqsave(&ep->lock, irq);
	list_splice_tail_init(&ep->ready, list);
	list_splice_tail_init(list, &ep->ready);
	more = !list_empty(&ep->ready) && wq_has_sleeper(&ep->wq);
	spin_unlock_irqrestore(&ep->lock, irq);
	if (more)
		wake_up(&ep->wq);
}

/* It was told: what becomes of it. */
static void after_told(struct eventpoll *ep, struct epitem *item)
{
	unsigned long irq;

	spin_lock_irqsave(&ep->lock, irq);
	if (item->event.events & EPOLLONESHOT)
		item->event.events &= EP_PRIVATE_BITS;
	else if (!(item->event.events & EPOLLET))
		add_ready(item);
	spin_unlock_irqrestore(&ep->lock, irq);
}

static int send_events(struct eventpoll *ep, struct epoll_event __user *events, int maxevents)
{
	LIST_HEAD(list);
	poll_table pt = { ._qproc = NULL };
	struct epitem *item;
	int n = 0;

	mutex_lock(&ep->mtx);
	begin_read(ep, &list);
	while (n < maxevents && (item = pop(ep, &list))) {
		struct epoll_event event = item->event;

		event.events = item_poll(item, &pt);
		if (!event.events)
			continue;
		if (copy_to_user(&events[n], &event, sizeof(event))) {
			push_back(ep, item, &list);
			if (!n)
				n = -EFAULT;
			break;
		}
		n++;
		after_told(ep, item);
	}
	end_read(ep, &list);
	mutex_unlock(&ep->mtx);
	return n;
}

/* The set as a file in another: it can be read while one of its items is ready. */
static __poll_t ep_poll(struct file *file, poll_table *wait)
{
	struct eventpoll *ep = file->private_data;
	LIST_HEAD(list);
	poll_table pt = { ._qproc = NULL };
	struct epitem *item;
	__poll_t ready = 0;

	poll_wait(file, &ep->poll_wait, wait);
	mutex_lock(&ep->mtx);
	begin_read(ep, &list);
	while (!ready && (item = pop(ep, &list))) {
		if (!item_poll(item, &pt))
			continue;
		push_back(ep, item, &list);
		ready = EPOLLIN | EPOLLRDNORM;
	}
	end_read(ep, &list);
	mutex_unlock(&ep->mtx);
	return ready;
}

static int wait_for_events(struct eventpoll *ep, struct epoll_event __user *events, int maxevents,
			   u64 deadline)
{
	u64 left;
	int n;

	for (;;) {
		left = deadline_left(deadline);
		n = list_empty(&ep->ready) ? 0 : send_events(ep, events, maxevents);
		if (n || !left)
			return n;
		if (signal_pending(current))
			return -EINTR;
		if (___wait_event(ep->wq, !list_empty(&ep->ready), TASK_INTERRUPTIBLE,
				  WQ_FLAG_EXCLUSIVE, left) < 0)
			return -EINTR;
	}
}

/* ---------------------------------------------------------------- the file */

static void eventpoll_release_file(struct file *file)
{
	mutex_lock(&epmutex);
	while (!list_empty(&file->f_ep)) {
		struct epitem *item = list_first_entry(&file->f_ep, struct epitem, f_link);
		struct eventpoll *ep = item->ep;

		mutex_lock(&ep->mtx);
		remove_item(ep, item);
		mutex_unlock(&ep->mtx);
	}
	mutex_unlock(&epmutex);
}

static int ep_release(struct inode *inode, struct file *file)
{
	struct eventpoll *ep = file->private_data;
	struct tree_node *node;

	(void)inode;
	mutex_lock(&epmutex);
	mutex_lock(&ep->mtx);
	while ((node = tree_first(&ep->items)))
		remove_item(ep, tree_entry(node, struct epitem, node));
	mutex_unlock(&ep->mtx);
	mutex_unlock(&epmutex);
	kfree(ep);
	return 0;
}

static void ep_show_fdinfo(struct sink *out, struct file *file)
{
	struct eventpoll *ep = file->private_data;

	mutex_lock(&ep->mtx);
	for (struct tree_node *node = tree_first(&ep->items); node; node = tree_next(node)) {
		const struct epitem *item = tree_entry(node, struct epitem, node);
		const struct inode *inode = file_inode(item->file);

		sink_printf(out, "tfd: %8d events: %8x data: %16llx  pos:%lli ino:%lx sdev:%x\n",
			    item->fd, item->event.events, (unsigned long long)item->event.data,
			    (long long)item->file->f_pos, inode->i_ino,
			    (unsigned int)inode->i_sb->s_dev);
	}
	mutex_unlock(&ep->mtx);
}

static const struct file_operations eventpoll_fops = {
	.poll = ep_poll,
	.llseek = noop_llseek,
	.release = ep_release,
	.show_fdinfo = ep_show_fdinfo,
};

static long do_epoll_create(int flags)
{
	struct eventpoll *ep;
	struct file *file;
	int fd;

	if (flags & ~EPOLL_CLOEXEC)
		return -EINVAL;
	ep = kzalloc(sizeof(*ep), GFP_KERNEL);
	if (!ep)
		return -ENOMEM;
	mutex_init(&ep->mtx);
	spin_lock_init(&ep->lock);
	INIT_LIST_HEAD(&ep->ready);
	init_waitqueue_head(&ep->wq);
	init_waitqueue_head(&ep->poll_wait);
	fd = get_unused_fd_flags((unsigned int)flags);
	if (fd < 0) {
		kfree(ep);
		return fd;
	}
	file = anon_inode_getfile("[eventpoll]", &eventpoll_fops, ep, O_RDWR | flags);
	if (IS_ERR(file)) {
		put_unused_fd((unsigned int)fd);
		kfree(ep);
		return PTR_ERR(file);
	}
	ep->file = file;
	fd_install((unsigned int)fd, file);
	return fd;
}

/* ---------------------------------------------------------------- nesting */

/* Looking at nested sets, with epmutex. */
struct nest {
	const struct eventpoll *outer; /* who is not to be found below */
	bool circle;		       /* it was */
	unsigned int visits;
};

/* False: that is more than is looked at. */
static bool may_visit(struct nest *nest, unsigned int level)
{
	return level <= EP_MAX_NESTS && ++nest->visits <= EP_MAX_VISITS;
}

/* How deep sets are below `ep`; more than EP_MAX_NESTS: too deep. */
static unsigned int depth_below(struct nest *nest, struct eventpoll *ep, unsigned int level)
{
	unsigned int deepest = 0;

	nest->circle = nest->circle || ep == nest->outer;
	if (nest->circle || !may_visit(nest, level))
		return EP_MAX_NESTS + 1;
	mutex_lock(&ep->mtx);
	for (struct tree_node *node = tree_first(&ep->items); node && deepest <= EP_MAX_NESTS;
	     node = tree_next(node)) {
		const struct epitem *item = tree_entry(node, struct epitem, node);

		if (is_file_epoll(item->file))
			deepest = max(deepest,
				      1 + depth_below(nest, item->file->private_data, level + 1));
	}
	mutex_unlock(&ep->mtx);
	return deepest;
}

/* How many sets are around `ep`, one within the other. */
static unsigned int depth_above(struct nest *nest, const struct eventpoll *ep, unsigned int level)
{
	const struct epitem *item;
	unsigned int highest = 0;

	if (!may_visit(nest, level))
		return EP_MAX_NESTS + 1;
	list_for_each_entry(item, &ep->file->f_ep, f_link)
		highest = max(highest, 1 + depth_above(nest, item->ep, level + 1));
	return highest;
}

/* `inner` is to be in `ep`: 0, -ELOOP: that is a circle; -EINVAL: too deep. */
static int check_nesting(struct eventpoll *ep, struct eventpoll *inner)
{
	struct nest nest = { .outer = ep };
	unsigned int depth = depth_below(&nest, inner, 0);

	if (nest.circle)
		return -ELOOP;
	spin_lock(&ep_files_lock);
	depth += depth_above(&nest, ep, 0);
	spin_unlock(&ep_files_lock);
	return depth < EP_MAX_NESTS ? 0 : -EINVAL;
}

/* ---------------------------------------------------------------- the calls */

/* With ep->mtx. */
static int ep_change(struct eventpoll *ep, int op, struct file *file, int fd,
		     struct epoll_event *event)
{
	struct epitem *item = find_item(ep, file, fd);

	event->events |= (EPOLLERR | EPOLLHUP);
	switch (op) {
	case EPOLL_CTL_ADD:
		return item ? -EEXIST : ep_insert(ep, event, file, fd);
	case EPOLL_CTL_DEL:
		if (!item)
			return -ENOENT;
		remove_item(ep, item);
		return 0;
	case EPOLL_CTL_MOD:
		if (!item)
			return -ENOENT;
		return item->event.events & EPOLLEXCLUSIVE ? -EINVAL : ep_modify(ep, item, event);
	default:
		return -EINVAL;
	}
}

static int check_exclusive(int op, const struct epoll_event *event, const struct file *file)
{
	__poll_t events = (__poll_t)event->events;

	if (op == EPOLL_CTL_DEL || !(events & EPOLLEXCLUSIVE))
		return 0;
	if (op == EPOLL_CTL_MOD)
		return -EINVAL;
	if (op == EPOLL_CTL_ADD && (is_file_epoll(file) || events & ~EXCLUSIVE_OK_BITS))
		return -EINVAL;
	return 0;
}

static int ep_control(struct file *ep_file, int op, struct file *file, int fd,
		      struct epoll_event *event)
{
	struct eventpoll *ep;
	bool nests;
	int ret;

	if (!file_can_poll(file))
		return -EPERM;
	if (ep_file == file || !is_file_epoll(ep_file))
		return -EINVAL;
	ret = check_exclusive(op, event, file);
	if (ret)
		return ret;
	ep = ep_file->private_data;
	nests = op == EPOLL_CTL_ADD && is_file_epoll(file);
	if (nests) {
		mutex_lock(&epmutex);
		ret = check_nesting(ep, file->private_data);
	}
	if (!ret) {
		mutex_lock(&ep->mtx);
		ret = ep_change(ep, op, file, fd, event);
		mutex_unlock(&ep->mtx);
	}
	if (nests)
		mutex_unlock(&epmutex);
	return ret;
}

SYSCALL_DEFINE4(epoll_ctl, int, epfd, int, op, int, fd, struct epoll_event __user *, uevent)
{
	struct epoll_event event = { 0 };
	struct fd ep, f;
	int ret = -EBADF;

	if (op != EPOLL_CTL_DEL && copy_from_user(&event, uevent, sizeof(event)))
		return -EFAULT;
	ep = fdget((unsigned int)epfd);
	if (!ep.file)
		return -EBADF;
	f = fdget((unsigned int)fd);
	if (f.file) {
		ret = ep_control(ep.file, op, f.file, fd, &event);
		fdput(f);
	}
	fdput(ep);
	return ret;
}

SYSCALL_DEFINE1(epoll_create1, int, flags)
{
	return do_epoll_create(flags);
}

SYSCALL_DEFINE1(epoll_create, int, size)
{
	return size <= 0 ? -EINVAL : do_epoll_create(0);
}

static int do_epoll_wait(int epfd, struct epoll_event __user *events, int maxevents, u64 deadline)
{
	struct fd f;
	int ret = -EINVAL;

	if (maxevents <= 0 || maxevents > EP_MAX_EVENTS)
		return -EINVAL;
	if (!access_ok(events, (unsigned long)maxevents * sizeof(*events)))
		return -EFAULT;
	f = fdget((unsigned int)epfd);
	if (!f.file)
		return -EBADF;
	if (is_file_epoll(f.file))
		ret = wait_for_events(f.file->private_data, events, maxevents, deadline);
	fdput(f);
	return ret;
}

static u64 deadline_from_ms(int ms)
{
	return ms < 0 ? TIMEOUT_FOREVER : deadline_in((u64)ms * NSEC_PER_MSEC);
}

SYSCALL_DEFINE4(epoll_wait, int, epfd, struct epoll_event __user *, events, int, maxevents, int,
		timeout)
{
	return do_epoll_wait(epfd, events, maxevents, deadline_from_ms(timeout));
}

static long do_epoll_pwait(int epfd, struct epoll_event __user *events, int maxevents, u64 deadline,
			   const sigset_t __user *mask, size_t size)
{
	int ret = set_user_sigmask(mask, size);

	if (ret)
		return ret;
	ret = do_epoll_wait(epfd, events, maxevents, deadline);
	restore_saved_sigmask_unless(ret == -EINTR);
	return ret;
}

SYSCALL_DEFINE6(epoll_pwait, int, epfd, struct epoll_event __user *, events, int, maxevents, int,
		timeout, const sigset_t __user *, mask, size_t, size)
{
	return do_epoll_pwait(epfd, events, maxevents, deadline_from_ms(timeout), mask, size);
}

SYSCALL_DEFINE6(epoll_pwait2, int, epfd, struct epoll_event __user *, events, int, maxevents,
		const struct __kernel_timespec __user *, timeout, const sigset_t __user *, mask,
		size_t, size)
{
	u64 deadline;
	int ret = deadline_from_user(timeout, &deadline);

	if (ret)
		return ret;
	return do_epoll_pwait(epfd, events, maxevents, deadline, mask, size);
}

void __init epoll_init(void)
{
	fs_set_eventpoll_release(eventpoll_release_file);
}

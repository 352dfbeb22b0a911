// SPDX-License-Identifier: MIT
/*
 * What the linked files ask of rooms that are not: one CPU, one thread, a clock that only sleepers
 * move, and no interrupts.
 */
#include "drivers/apic/apic.h"
#include "drivers/apic/ioapic.h"
#include "drivers/pci/hotplug.h"
#include "drivers/pci/probe.h"
#include "kernel/core/fault_inject.h"
#include "kernel/core/panic.h"
#include "kernel/sched/mutex.h"
#include "kernel/sched/rwsem.h"
#include "kernel/sched/timeout.h"
#include "kernel/sched/workqueue.h"
#include "kernel/time/time.h"
#include "kernel/time/timespec.h"
#include "kernel/trap/reboot.h"

u32 cpu_number, lock_owner_id = 1;
struct task_struct *current_task;
u32 fault_sites;

bool __should_fail(enum fault_site site, unsigned long caller)
{
	(void)site;
	(void)caller;
	return false;
}

/* A lock that is not free never will be. */

void spin_lock_contended(spinlock_t *lock, unsigned long place)
{
	(void)lock;
	(void)place;
	panic("a lock is taken twice");
}

void spin_unlock_bad(spinlock_t *lock)
{
	(void)lock;
	panic("a lock is given back that is free");
}

int mutex_lock_slow(struct mutex *m, u32 state)
{
	(void)m;
	(void)state;
	return 0;
}

void mutex_unlock_slow(struct mutex *m)
{
	(void)m;
}

void down_write(struct rw_semaphore *sem)
{
	(void)sem;
}

void up_write(struct rw_semaphore *sem)
{
	(void)sem;
}

long work_on_cpu(unsigned int cpu, long (*fn)(void *arg), void *arg)
{
	(void)cpu;
	return fn(arg);
}

static u64 now; /* ns */

u64 ktime_get(void)
{
	return now;
}

void ktime_set_real(s64 time)
{
	(void)time;
}

void sleep_ns(u64 ns)
{
	now += ns;
}

void msleep(unsigned int ms)
{
	now += ms * 1000000ULL;
}

void udelay(u64 usec)
{
	now += usec * 1000;
}

struct wait wait_start(u64 nsec)
{
	return (struct wait){ .ns = now, .nsec = nsec };
}

bool wait_over(const struct wait *wait)
{
	now += 1000;
	return now - wait->ns >= wait->nsec;
}

void register_restart_handler(void (*restart)(void))
{
	(void)restart;
}

void register_poweroff_handler(void (*poweroff)(bool emergency))
{
	(void)poweroff;
}

void lapic_irq_eoi(struct irq_data *d)
{
	(void)d;
}

void msi_compose(unsigned int cpu, u8 vector, u64 *address, u32 *data)
{
	(void)cpu;
	(void)vector;
	*address = *data = 0;
}

unsigned int ioapic_count_pins(phys_addr_t addr)
{
	(void)addr;
	return 24;
}

void ioapic_set_wires(int (*walk)(ioapic_wire_fn fn, void *arg))
{
	(void)walk;
}

bool pciehp_has_switch(const struct pci_dev *port)
{
	(void)port;
	return false;
}

void pciehp_power_off(const struct pci_dev *port)
{
	(void)port;
}

void pciehp_power_on_slots(void)
{
}

void pci_irq_take_back(struct pci_dev *dev, const char *why)
{
	(void)dev;
	(void)why;
}

// SPDX-License-Identifier: MIT
/*
 * The whole boot, in order.
 *
 * Each line says what works once it has run; where a wrong order would bite,
 * the line says that too.  Nothing below is called from anywhere else.
 */
#include "boot/boot_info.h"
#include "drivers/acpi/device.h"
#include "drivers/acpi/gpe.h"
#include "drivers/acpi/pm.h"
#include "drivers/acpi/table/acpi.h"
#include "drivers/acpi/table/erst.h"
#include "drivers/apic/apic.h"
#include "drivers/char/char.h"
#include "drivers/clock/clock.h"
#include "drivers/edu/edu.h"
#include "drivers/firmware/dmi.h"
#include "drivers/firmware/efi.h"
#include "drivers/firmware/fw_cfg.h"
#include "drivers/firmware/initrd.h"
#include "drivers/firmware/ipmi_dmi.h"
#include "drivers/hpet/hpet.h"
#include "drivers/iommu/dmar.h"
#include "drivers/isa/isa.h"
#include "drivers/pci/early.h"
#include "drivers/pci/pci.h"
#include "drivers/serial/serial8250.h"
#include "drivers/sysfs/sysfs.h"
#include "drivers/tty/tty.h"
#include "drivers/video/video.h"
#include "drivers/virtio/virtio.h"
#include "kernel/aio/aio.h"
#include "kernel/core/cmdline.h"
#include "kernel/core/kcsan.h"
#include "kernel/core/ksyms.h"
#include "kernel/core/panic.h"
#include "kernel/core/percpu.h"
#include "kernel/core/printk.h"
#include "kernel/core/resource.h"
#include "kernel/core/stack_protector.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/random.h"
#include "kernel/event/event.h"
#include "kernel/fs/mount.h"
#include "kernel/gdb/gdb.h"
#include "kernel/irq/irq.h"
#include "kernel/monitor/monitor.h"
#include "kernel/proc/proc.h"
#include "kernel/sched/hung.h"
#include "kernel/sched/kthread.h"
#include "kernel/sched/sched.h"
#include "kernel/sched/smpboot.h"
#include "kernel/sched/watchdog.h"
#include "kernel/sched/workqueue.h"
#include "kernel/time/bootstage.h"
#include "kernel/time/clockevents.h"
#include "kernel/time/clocksource.h"
#include "kernel/time/hrtimer.h"
#include "kernel/time/time.h"
#include "kernel/time/tsc.h"
#include "kernel/trap/desc.h"
#include "kernel/trap/idt.h"
#include "kernel/user/entry.h"
#include "kernel/user/init.h"
#include "mm/crashkernel.h"
#include "mm/e820.h"
#include "mm/early_ioremap.h"
#include "mm/fixmap.h"
#include "mm/init.h"
#include "mm/kasan.h"
#include "mm/mtrr.h"
#include "mm/page_alloc.h"
#include "mm/pat.h"
#include "mm/reserved.h"
#include "mm/slab.h"
#include "mm/user/fault.h"
#include "mm/user/vma.h"
#include "mm/vmalloc.h"

void kmain(u32 magic, phys_addr_t info) __noreturn;

/*
 * Boot is over: what only it used is given back, then people take over.  Under
 * QEMU's -icount shift=0 a tick is an instruction, so the line is a measure.
 */
static void say_boot_is_over(void)
{
	free_initmem();
	bootstage_mark("monitor");
	pr_info("Boot: %lu TSC ticks from entry to monitor\n", bootstage_total());
}

static int monitor_thread(void *unused)
{
	(void)unused;
	monitor();
}

/* Pid 1's program has ended. */
static void start_monitor(void)
{
	if (IS_ERR(kthread_run(monitor_thread, NULL, "monitor")))
		panic("no memory for the monitor");
}

/* The first thread: the boot, what the command line asks of the monitor, and then the first program. */
static void first_thread(void *boot)
{
	((void (*)(void))boot)();
	say_boot_is_over();
	monitor_run_cmdline(); /* run="iomem; poweroff" */
	if (!init_is_there())
		monitor();
	run_init(start_monitor);
}

/* The boot's context is the idle thread from here on; it comes back here once boot code is gone. */
static noinline void __noreturn rest_init(void (*boot)(void))
{
	kernel_thread(first_thread, (void *)boot, "init");
	cpu_startup_entry();
}

/*
 * What is needed to read the loader's words, where a debugger's port may be named.  Nothing in here is looked at
 * by our own stub; all that follows is.
 */
static int __init setup_words(u32 magic, phys_addr_t info)
{
	int error;

	ksyms_init();	       /* messages name addresses */
	desc_setup_this_cpu(); /* our own segments and TSS: the loader's may be gone */
	idt_setup_early_traps(); /* #DB and #BP, and a report of any other exception instead of a reset */
	early_fixmap_init();		     /* set_fixmap() works: its tables are static */
	early_ioremap_setup();		     /* early_ioremap() works */
	error = boot_info_init(magic, info); /* boot_info holds all that the loader said */
	cmdline_append(boot_info.cmdline);   /* cmdline_*() work */
	return error;
}

/* The CPU. */
static void __init setup_cpu(void)
{
	bootstage_mark("processor");
	cpu_init();  /* boot_cpu tells features; WP, NX, SMEP and SMAP are on */
	time_init(); /* messages are stamped */
	irq_init();  /* vectors are opened with the traps */
	/* What the processor cannot address is nobody's. */
	iomem_resource.end = (1ULL << boot_cpu.phys_bits) - 1;
}

/* A console; `error` is what came of the loader's word.  Nothing is allocated before the next step. */
static void __init setup_console(int error)
{
	bootstage_mark("console");
	fw_cfg_append_cmdline("opt/terrier/cmdline"); /* the command line is whole */
	gdb_init();	   /* where the debugger's words stand in there */
	serial8250_init(); /* printk is seen; what came before is replayed */
	if (error)
		panic("the loader's information cannot be used");
	pr_info("Command line: %s\n", boot_command_line);
	cmdline_check(__cmdline_words_start, __cmdline_words_end);
	serial8250_setup_console(); /* console= chooses another port */
}

/* Memory, from the firmware's map to ioremap(). */
static void __init setup_memory(void)
{
	bootstage_mark("memory map");
	e820__memory_setup(&boot_info); /* what is RAM, after mem= and memmap= */
	efi_init();			/* efi_tables is known */
	pci_reserve_stolen();		/* ... and what graphics hides of it */
	mtrr_init();			/* memory types are known; uncached RAM is none */
	mem_reserve_boot(&boot_info);	/* image, loader data, modules: before any memblock_alloc */
	e820__memblock_setup();		/* memblock hands out RAM */
	efi_reserve_tables();		/* ... but not EFI's tables */
	bootstage_mark("page tables");
	pat_init();	    /* cache modes mean what we say, before a PTE uses them */
	init_mem_mapping(); /* final tables: __va() works, image is W^X, page 0 is gone */
	kasan_init();
	idt_setup_traps(); /* the other exceptions; IST stacks now have guard pages */

	bootstage_mark("ACPI tables");
	acpi_boot_table_init(); /* tables found and checked, through early_memremap() */
	reserve_crashkernel();	/* RAM for another kernel, before struct pages take theirs */
	bootstage_mark("allocators");
	mem_init();	   /* alloc_pages() works; memblock is closed */
	kmem_cache_init(); /* kmalloc() works */
	vmalloc_init();	   /* get_vm_area(), vmalloc() and ioremap() work */
	early_ioremap_shutdown();
	acpi_map_tables(); /* acpi_get_table() works */
	sched_init();	   /* threads may be made: this context is CPU 0's idle one */
}

/* Interrupts and time: the PIC must be quiet before the first `sti`. */
static void __init setup_interrupts(void)
{
	bootstage_mark("interrupt controllers");
	acpi_boot_init();   /* irq_routing and acpi_fadt are known */
	i8259_init();	    /* the old controllers are remapped and masked */
	lapic_init();	    /* interrupts can reach this CPU */
	smp_prepare_cpus(); /* each CPU that is there has its number and data */
	hrtimers_init();    /* timers may be started */
	clocksource_init();
	clocksource_watchdog_init();
	ioapic_init(); /* request_irq() works for ISA irqs, gsi_to_irq() for others */
	pit_init();    /* udelay() is right: the least of the clocks */
	acpi_pm_timer_init();
	local_irq_enable();
	bootstage_mark("clocks");
	hpet_init(); /* the best clock, and the first clock event device */
	pit_clockevent_init();
	lapic_timer_start_measuring();
	if (!clockevents_device(0))
		lapic_timer_init(); /* no timer would strike until drivers are there */
	serial8250_enable_irq();    /* the monitor can sleep until a key comes */
	gdb_enable_interrupt(ioapic_deliver_as_nmi);
}

/*
 * The register, in Linux's order: what comes later goes above or beneath what
 * is there, so the order decides who is whose parent.
 */
static void __init setup_register(void)
{
	bootstage_mark("register: RAM and board");
	probe_roms();		   /* Video, Adapter and System ROM: e820's Reserved goes above */
	e820__reserve_resources(); /* RAM, and what firmware reserved below 1 MiB */
	image_insert_resources();  /* Kernel code, rodata, data, bss inside their RAM */
	crashkernel_insert_resources();
	reserve_standard_io_resources(); /* the PC's own ports */
	reserve_setup();		 /* what a person keeps for himself */
	dmar_init(); /* IOMMUs, before what may lie around them: interrupts go through them */
	ivrs_init();
	bootstage_mark("SMBIOS, configuration space");
	dmi_scan_machine(); /* dmi_walk() works, and the board is known */
	pci_access_setup(); /* configuration space: the namespace's methods need it */
	bootstage_mark("ACPI namespace");
	acpi_scan_devices(); /* host bridges' windows and buses, devices' ranges */
	ipmi_dmi_init();     /* beneath the namespace's device of the same ports */
	bootstage_mark("PCI: buses and claims");
	pci_init(); /* all buses are known, windows and BARs claimed */
	bootstage_mark("register: reservations");
	e820__reserve_resources_late(); /* firmware's reservations around them */
	ioapic_insert_resources();
	pnp_init(); /* what the board holds: no BAR may go there */
	hpet_insert_resource();
	lapic_insert_resource();
	bootstage_mark("PCI: assignment");
	pci_assign_unassigned_resources(); /* what firmware left without an address */
	bootstage_mark("register: fixed devices");
	acpi_reserve_resources(); /* PM blocks, beneath the bridge's port region */
	rtc_init();
	pci_shpc_init();
	erst_init(); /* its registers lie in a device's BAR */
	pci_mmcfg_late_insert_resources();
	e820__insert_hmem_resources();
}

/* Drivers, and all that may sleep. */
static void __init kernel_init(void)
{
	bootstage_mark("file system");
	hung_task_init();
	fs_init(); /* a root without files, and nodes in /dev may be made */
	vma_cache_init();
	filemap_init(); /* files may be mapped, and truncated under those who do */
	pipe_init();
	epoll_init();
	aio_init();    /* requests end before their program's memory goes */
	initrd_load(); /* the root has what the loader or QEMU brought; fw_cfg's ports are free yet */
	setup_register();
	bootstage_mark("other CPUs");
	lapic_timer_init(); /* the rest of the boot was what its rate is measured over */
	smp_init();	    /* the other CPUs run, each with such a timer */
	hpet_fsb_init();    /* ... or with an HPET's comparator of its own */
	watchdog_init();    /* a CPU that goes deaf is found */
	kcsan_init();	    /* accesses that race are, in a build for that */
	bootstage_mark("rate of the TSC");
	tsc_init(); /* the best clock, where all CPUs' may be one */
	bootstage_mark("workers and programs");
	workqueue_init(); /* schedule_work() works: drivers are probed by it */
	gdb_thread_init();
	user_init(); /* programs may run */
	bootstage_mark("hot plug");
	acpi_gpe_init(); /* the board tells when cards come and go, and its ports do */
	pciehp_init();
	bootstage_mark("drivers");
	serial_pci_init(); /* console=ttyS4: messages are seen from here on at the latest */
	video_init();	   /* where the loader left a screen: a map and a console on it */
	virtio_init();	   /* drivers claim, map and use what the register granted */
	bootstage_mark("terminal, /proc and /dev");
	tty_init();  /* programs share the console with the monitor */
	proc_init(); /* /proc, /sys and /dev have what there is to be seen */
	char_dev_init();
	edu_init();
	bootstage_mark("/sys");
	sysfs_init();

	bootstage_mark("first process");
	fs_mount_trees(); /* /dev, /proc and /sys */
	check_early_ioremap_leak();
	init_setup(); /* processes may be made, and the first one's arguments are known */
}

void __init kmain(u32 magic, phys_addr_t info)
{
	int error;

	kasan_early_init();
	bootstage_mark("loader's word");
	percpu_setup_this_cpu(0);				    /* this_cpu() and locks work */
	pr_info("Terrier: a register of the PC's address space\n"); /* into the ring */
	error = setup_words(magic, info);
	gdb_init(); /* kgdboc=, kgdbwait: gdb stands here, and may look from here on */
	setup_cpu();
	this_cpu(stack_canary) =
		get_random_canary(); /* nothing is to return that had another one */
	setup_console(error);
	setup_memory();
	setup_interrupts();
	rest_init(kernel_init); /* from here on there are threads, and this is the idle one */
}

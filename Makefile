# SPDX-License-Identifier: MIT
#
# make help lists the verbs.  Sources are found by folder: a new .c or .asm file
# needs no line here.  The image is linked with room for its own symbol table,
# which kernel/core/ksyms.py fills in; when the room is not what the table needs, the
# link is done once more.

# Kernels that look at themselves, each in a folder of its own.  DEBUG=1: the order of locks, and
# where code runs; UBSAN=1: what C leaves undefined;
# KASAN=1: memory that is not to be touched; KCSAN=1: accesses that race; COVERAGE=1: what has run.
DEBUG	?=
UBSAN	?=
KASAN	?=
KCSAN	?=
COVERAGE ?=
BUILD	:= build$(if $(DEBUG),/debug)$(if $(UBSAN),/ubsan)$(if $(KASAN),/kasan)$(if $(KCSAN),/kcsan)$(if $(COVERAGE),/coverage)
MACHINE	?= -M q35 -m 512M
CMDLINE	?=
IMAGE	?= terrier
INITRD	?=
GUI	?=
ACCEL	?= tcg
BOOT	?= $(if $(microvm),kernel,iso)
V	?=
Q	:= $(if $(V),,@)
# By make itself: a process for each line, and one for each folder, were a tenth of the build.
say	= $(if $(V),,$(info $()  $(1) $(2)))

ifeq ($(origin CC),default)
CC	:= gcc
endif
NASM	:= nasm
QEMU	:= qemu-system-x86_64
PYTHON	:= /usr/bin/python3

# Functions with arrays of characters; where time does not count, those with any array or address of their own.
STACK_PROTECTOR := -fstack-protector$(if $(DEBUG)$(UBSAN)$(KASAN)$(KCSAN),-strong) -mstack-protector-guard=tls \
	-mstack-protector-guard-reg=gs -mstack-protector-guard-symbol=stack_canary
UBSAN_FLAGS := -DCONFIG_UBSAN -fsanitize=undefined -fno-sanitize=null,alignment,integer-divide-by-zero,bool -Wno-maybe-uninitialized
# Shadow is at address / 8 + the offset: mm/layout.h has where that begins.
KASAN_FLAGS := -DCONFIG_KASAN -fsanitize=kernel-address -fsanitize-address-use-after-scope -fasan-shadow-offset=0xdffffc0000000000 \
	--param asan-globals=1 --param asan-stack=1 --param asan-instrumentation-with-call-threshold=0 -Wno-maybe-uninitialized
KCSAN_FLAGS := -DCONFIG_KCSAN -fsanitize=thread --param tsan-distinguish-volatile=1 --param tsan-instrument-func-entry-exit=0 -Wno-tsan
COVERAGE_FLAGS := -fprofile-arcs -ftest-coverage -fprofile-info-section -Wno-maybe-uninitialized
CPPFLAGS = -D__KERNEL__ $(LAYOUT:%=-D%UL) -I.
CFLAGS	:= -std=gnu11 -O2 -g -ffile-prefix-map=$(CURDIR)=. -ffreestanding -mno-red-zone -mgeneral-regs-only -mcmodel=kernel \
	-fno-pic -fno-pie $(STACK_PROTECTOR) -fcf-protection=none -fno-strict-aliasing -fwrapv \
	-fno-omit-frame-pointer -fno-optimize-sibling-calls -fno-asynchronous-unwind-tables \
	-fno-delete-null-pointer-checks -Wall -Wextra -Werror -Wmissing-prototypes \
	-Wstrict-prototypes $(if $(DEBUG),-DCONFIG_DEBUG) $(if $(UBSAN),$(UBSAN_FLAGS)) $(if $(KASAN),$(KASAN_FLAGS)) $(if $(KCSAN),$(KCSAN_FLAGS)) $(if $(COVERAGE),$(COVERAGE_FLAGS))
# What the compiler adds is larger than all the rest.
IMAGE_TABLES := $(if $(UBSAN)$(KASAN)$(KCSAN)$(COVERAGE),16)
# Behind each local variable, too.
STACK_FACTOR := $(if $(KASAN),2)
LAYOUT	:= $(foreach name,IMAGE_TABLES STACK_FACTOR,$(if $($(name)),$(name)=$($(name))))
# nasm writes the folder of the build into it, so make release does without.
NASM_DEBUG ?= -g -F dwarf
NASMFLAGS := -f elf64 $(NASM_DEBUG) -w+all -Werror -I. -P $(BUILD)/layout.inc
LDFLAGS	:= -nostdlib -static -z max-page-size=4096 -z noexecstack --build-id=none

# Two images: the kernel, and the same with its tests and measurements in it.
FOLDERS	:= boot kernel kernel/* kernel/*/* mm mm/* drivers/* drivers/*/*
TESTS	:= tests/guest tests/bench
sources	 = $(sort $(wildcard $(1:%=%/*.c) $(1:%=%/*.asm)))
objects	 = $(patsubst %,$(BUILD)/%.o,$(basename $(call sources,$(1))))
OBJS	:= $(call objects,$(FOLDERS))
ALLOBJS	:= $(OBJS) $(call objects,$(TESTS))

ELF	:= $(BUILD)/terrier.elf
ISO	:= $(BUILD)/terrier.iso
RUN_ISO	:= $(BUILD)/$(IMAGE)$(if $(GUI),-gui).iso
TESTELF	:= $(BUILD)/terrier-test.elf
TESTISO	:= $(BUILD)/terrier-test.iso
DISK	:= $(BUILD)/disk.img

.DELETE_ON_ERROR:
.PHONY: all run lab shell user-programs user-parity user-suites torture-user fuzz-syscalls fuzz debug kgdb test test-bochs test-kvm test-odd torture \
	aml-suites bench bench-disk bench-boot bench-ours parity parity-random replay host-test check format setup clean help run-built debug-built kgdb-built test-built \
	report report-built mutants \
	check-built
.DEFAULT_GOAL := all

all: $(ISO) $(TESTISO) $(DISK) $(BUILD)/terrier.sym $(BUILD)/terrier.asm ## build/terrier.elf, .iso, .map, .sym, .asm, terrier-test.* and disk.img

# ---------------------------------------------------------------- the image

$(BUILD)/kernel/core/ubsan.o $(BUILD)/mm/kasan.o $(BUILD)/kernel/core/kcsan.o: CFLAGS := $(filter-out -fsanitize% -fasan%,$(CFLAGS))
# What runs in an NMI or a machine check, or while a debugger has the CPUs standing, waits for nobody; and
# whoever copies a string is not who knows what it is.  Who reads the time may read what is just being written: he
# looks at the count of writes, and reads again.
NOT_WATCHED := kernel/lib/string kernel/time/time kernel/trap/nmi kernel/trap/debugger kernel/trap/backtrace \
	kernel/trap/report $(basename $(wildcard kernel/trap/mce*.c kernel/gdb/*.c))
$(NOT_WATCHED:%=$(BUILD)/%.o): CFLAGS += -fno-sanitize=thread
# And who reads stacks word by word comes by what lies between local variables.
$(BUILD)/kernel/trap/backtrace.o: CFLAGS := $(if $(KASAN),$(filter-out -fsanitize% -fasan%,$(CFLAGS)),$(CFLAGS))

$(ALLOBJS): | $(sort $(dir $(ALLOBJS)))

.PRECIOUS: %/
%/:
	@mkdir -p $@

$(BUILD)/%.o: %.c Makefile
	$(call say,CC     ,$<)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/%.o: %.asm $(BUILD)/layout.inc Makefile
	$(call say,NASM   ,$<)
	$(Q)$(NASM) $(NASMFLAGS) -MD $(@:.o=.d) -MP -o $@ $<

# mm/layout.h's plain constants, for nasm.
$(BUILD)/layout.inc: mm/layout.h Makefile | $(BUILD)/
	$(Q)sed -nE 's/^#define ([A-Z0-9_]+)[ \t]+_UL\((0x[0-9a-f]+|[0-9]+)\)$$/%define \1 \2/p' $< > $@
	$(Q)$(foreach word,$(LAYOUT),echo '%define $(subst =, ,$(word))' >> $@;)

$(BUILD)/linker.ld: linker.ld mm/layout.h Makefile | $(BUILD)/
	$(Q)$(CC) -E -P -x c -D__ASSEMBLER__ $(LAYOUT:%=-D%) -I. -o $@ $<

# $(1): bytes for the symbol table
link	= $(LD) $(LDFLAGS) -T $(BUILD)/linker.ld -Map=$(@:.elf=.map) --defsym=KSYMS_SIZE=$(1) \
	-o $@ $(filter %.o,$^)

$(ELF): $(OBJS)
$(TESTELF): $(ALLOBJS)
$(ELF) $(TESTELF): $(BUILD)/objects $(BUILD)/linker.ld kernel/core/ksyms.py
	$(call say,LINK   ,$@)
	$(Q)size=$$(cat $(@:.elf=.ksyms) 2>/dev/null || echo 0); \
	$(call link,$$size) && need=$$($(PYTHON) kernel/core/ksyms.py $@) || exit 1; \
	[ "$$need" = "$$size" ] || { echo $$need > $(@:.elf=.ksyms); \
		$(call link,$$need) && [ "$$($(PYTHON) kernel/core/ksyms.py $@)" = "$$need" ]; }

# The list of sources is an input too: a removed file must relink.
$(BUILD)/objects: FORCE | $(BUILD)/
	@echo '$(ALLOBJS)' | cmp -s - $@ || echo '$(ALLOBJS)' > $@

$(BUILD)/terrier.sym: $(ELF)
	$(Q)nm -n $< > $@

$(BUILD)/terrier.asm: $(ELF)
	$(call say,DISASM ,$@)
	$(Q)objdump -d --no-show-raw-insn $< > $@

# ---------------------------------------------------------------- the media

$(BUILD)/%.iso: $(BUILD)/%.elf boot/grub.cfg boot/mkiso.sh
	$(call say,ISO    ,$@)
	$(Q)boot/mkiso.sh $< $@

# With a screen: GRUB sets a graphics mode, and brings a font.
GRUB_FONT := /usr/share/grub/unicode.pf2
$(BUILD)/%-gui.iso: $(BUILD)/%.elf boot/grub-gui.cfg boot/font.py boot/mkiso.sh
	$(call say,ISO    ,$@)
	$(Q)mkdir -p $@.d/boot/grub && cp boot/grub-gui.cfg $@.d/boot/grub/grub.cfg && \
		boot/font.py $(GRUB_FONT) $@.d/boot/font.psf && \
		boot/mkiso.sh $< $@ $@.d all_video

$(DISK): tests/mkdisk.py | $(BUILD)/
	$(call say,DISK   ,$@)
	$(Q)$(PYTHON) tests/mkdisk.py $@

# ---------------------------------------------------------------- programs

# Ours, for both kernels: one file each, static.  $(BUILD) of DEBUG=1 has none of its own.
USER_PROGRAMS := $(patsubst %.c,build/user/%,$(notdir $(wildcard tests/user/*.c tests/user/stress/*.c))) build/user/userbench

user-programs: $(USER_PROGRAMS)

vpath userbench.c tests/bench/linux
vpath %.c tests/user tests/user/stress
build/user/%: %.c Makefile | build/user/
	$(call say,USERCC ,$<)
	$(Q)$(CC) -std=gnu11 -O2 -Wall -Wextra -Werror -static -MMD -MP -MF $@.d -MT $@ -o $@ $< -lpthread

# ---------------------------------------------------------------- the machine

comma	:= ,
# As it was typed: a $ in it (memmap=nn$ss) is not make's.
override CMDLINE := $(value CMDLINE)
export CMDLINE
# A comma inside an option's value is written twice (QEMU).
QEMU_CMDLINE = $${CMDLINE:+-fw_cfg "name=opt/terrier/cmdline$(comma)string=$$(printf %s "$$CMDLINE" | sed 's/$(comma)/&&/g')"}
# run="...; exit N" ends by a reset where no exit device is present.  The disk is not locked,
# so that a machine left running in one terminal does not keep the tests from theirs.
QEMU_ARGS = $(MACHINE) -accel $(ACCEL) -nic none -display $(display) $(or $(boot-$(BOOT)),$(error BOOT is iso or kernel)) \
	-drive if=none,id=disk0,format=raw,file=$(DISK),file.locking=off \
	$(virtio) $(if $(INITRD),-fw_cfg 'name=opt/terrier/initrd$(comma)file=$(INITRD)') \
	$(if $(findstring exit,$(CMDLINE)),-no-reboot) $(QEMU_CMDLINE)
# microvm's firmware boots no CD, and the machine has no PCI: its virtio devices lie in memory.
microvm = $(findstring microvm,$(MACHINE))
virtio-bus = $(if $(microvm),device,pci)
virtio = -device virtio-blk-$(virtio-bus),drive=disk0 -device virtio-rng-$(virtio-bus) \
	$(if $(microvm),-global virtio-mmio.force-legacy=false)
# Through GRUB, or the short way, which has no framebuffer to hand over.
boot-iso = -boot d -cdrom $(RUN_ISO)
boot-kernel = $(if $(GUI),$(error GUI=1 needs GRUB, which sets a graphics mode: BOOT=iso))-kernel $(BUILD)/$(IMAGE).elf
# A window where there can be one, else VNC.
display = $(if $(GUI),$(if $(DISPLAY)$(WAYLAND_DISPLAY),gtk,vnc=localhost:0),none)

# As many compilers at a time as there are processors.
JOBS	?= $(shell nproc)
build-all = @$(MAKE) --no-print-directory -j$(JOBS) all $(RUN_ISO)

setup: ## install the tools that are missing (Debian; as root or through sudo)
	@boot/setup.sh

# QEMU's windows are a package of their own.
GTK := '/usr/lib/x86_64-linux-gnu/qemu/ui-gtk.so qemu-system-gui'

run: setup ## set up, build and boot in QEMU, the serial console on this terminal
	@$(if $(filter gtk,$(display)),boot/setup.sh $(GTK),:)
	$(build-all)
	@$(MAKE) --no-print-directory run-built

shell: setup ## the same with Debian's busybox-static as programs: its shell on the console
	@boot/setup.sh 'busybox busybox-static'
	$(build-all)
	@echo '  CPIO    $(BUILD)/shell.cpio'
	$(Q)tests/user/archive.py $(BUILD)/shell.cpio
	@$(MAKE) --no-print-directory run-built INITRD=$(BUILD)/shell.cpio

# On a terminal long output waits after each page of it.
run-built:
	$(Q)if [ -t 0 ]; then mon=mon:; echo 'Ctrl-A X ends QEMU, Ctrl-A C is its own prompt.'; \
		CMDLINE="lines=$$(stty size | cut -d' ' -f1) $$CMDLINE"; fi; \
	$(if $(filter vnc%,$(display)),echo 'no window here: the screen is shown by VNC at localhost:5900';) \
	$(QEMU) $(QEMU_ARGS) -serial $${mon}stdio

debug: setup ## boot halted, gdb attached, first stop at kmain; serial in build/serial.log
	@boot/setup.sh 'socat socat'
	$(build-all)
	@$(MAKE) --no-print-directory debug-built

# gdb is QEMU's parent and talks to it over a pipe: no port to collide, nothing left behind.
debug-built:
	@echo "serial console: build/serial.log; to type: socat - unix:build/serial.sock"
	$(Q)echo 'exec $(QEMU) $(subst ','\'',$(QEMU_ARGS)) -S -gdb stdio -chardev socket,id=con,path=$(BUILD)/serial.sock,server=on,wait=off,logfile=$(BUILD)/serial.log -serial chardev:con' \
		> $(BUILD)/debug-qemu.sh
	$(Q)gdb -q -x kernel/gdb/scripts/load.py $(BUILD)/$(IMAGE).elf -ex 'target remote | sh $(BUILD)/debug-qemu.sh' -ex 'hbreak kmain' -ex continue $(GDBFLAGS)

kgdb: setup ## boot with gdb attached to the kernel's own stub on the second serial port, stopped early
	@boot/setup.sh 'socat socat'
	$(build-all)
	@$(MAKE) --no-print-directory kgdb-built

# The port is a socket that QEMU waits at; the kernel waits as well, for gdb's first packet.
kgdb-built: override CMDLINE := $(CMDLINE) kgdboc=ttyS1 kgdbwait
kgdb-built:
	@echo "serial console: build/serial.log; to type: socat - unix:build/serial.sock"
	$(Q)rm -f $(BUILD)/kgdb.sock; \
	$(QEMU) $(QEMU_ARGS) -chardev socket,id=con,path=$(BUILD)/serial.sock,server=on,wait=off,logfile=$(BUILD)/serial.log -serial chardev:con \
		-chardev socket,id=gdb,path=$(BUILD)/kgdb.sock,server=on,wait=off -serial chardev:gdb & \
	until [ -S $(BUILD)/kgdb.sock ]; do sleep 0.1; done; \
	gdb -q -x kernel/gdb/scripts/load.py $(BUILD)/$(IMAGE).elf -ex 'set remotetimeout 5' -ex 'target remote $(BUILD)/kgdb.sock' $(GDBFLAGS); \
	kill $$! 2> /dev/null || true

REPORT	:= kernel/monitor/report/report.py
report: setup ## boot MACHINE= and write build/report.html: the machine in pictures, in one file
	@$(MAKE) --no-print-directory -j$(JOBS) $(ISO) $(ELF) $(DISK)
	@$(MAKE) --no-print-directory report-built

# A second boot counts instructions, one a tick; without the disk, whose answers take as long as they like.
report-built: override CMDLINE := $(CMDLINE) run="$(shell $(PYTHON) $(REPORT) --words)"
report-built:
	$(call say,REPORT ,$(BUILD)/report.html)
	$(Q)timeout 120 $(QEMU) $(QEMU_ARGS) -serial stdio < /dev/null > $(BUILD)/report.txt
	$(Q)timeout 120 $(QEMU) $(MACHINE) -accel tcg -icount shift=0$(comma)sleep=off -nic none -display none -no-reboot \
		$(boot-$(BOOT)) $(QEMU_CMDLINE) -serial stdio < /dev/null > $(BUILD)/report-counted.txt || \
		{ echo 'report: the instructions could not be counted on this machine'; : > $(BUILD)/report-counted.txt; }
	$(Q)$(PYTHON) $(REPORT) --machine '$(MACHINE)' --instructions $(BUILD)/report-counted.txt \
		--parity $(BUILD)/parity.json $(BUILD)/report.txt $(BUILD)/report.html

N	?=
lab: setup ## play the guided tour N=1 to 8 of tests/labs under gdb; without N the list
	@$(if $(N),boot/setup.sh 'busybox busybox-static')
	@$(MAKE) --no-print-directory $(ELF) user-programs
	@BUILD=$(BUILD) tests/labs/lab.py $(N)

# ---------------------------------------------------------------- the proofs

test: setup ## set up, build, then host tests and the kernel on each machine under pytest (LONG=1: more kinds at once)
	$(build-all)
	@$(MAKE) --no-print-directory test-built

# Guests wait much of their time, for timers and for each other: more of them than processors.  What some tests
# would build themselves, one file after another, is there before.
test-built: host-test user-programs $(BUILD)/terrier-gui.iso
	@$(MAKE) --no-print-directory -j$(JOBS) -f tests/aml/Makefile
	@$(MAKE) --no-print-directory -j$(JOBS) -f tests/replay/Makefile
	@$(MAKE) --no-print-directory -j$(JOBS) DEBUG=1 build/debug/terrier-test.elf build/debug/terrier.elf
	$(Q)tests/keep_logs.sh $(BUILD)/logs
	$(Q)BUILD=$(BUILD) LONG=$(LONG) $(PYTHON) -m pytest -n $$(($(JOBS) + 2)) --dist loadfile -rs $(PYTESTFLAGS) tests/

BOCHS_TOOLS := 'bochs bochs' '/usr/lib/x86_64-linux-gnu/bochs/plugins/libbx_term_gui.so bochs-term' \
	'/usr/share/bochs/BIOS-bochs-latest bochsbios' '/usr/share/vgabios/vgabios.bin vgabios'

# Where somebody watches: how far it is, on a line that goes away again.
progress = [ ! -t 2 ] || printf '\r\033[K%s' $(1) >&2
# The same of $(2), which takes $(1) seconds.
define timed
if [ -t 2 ]; then n=0; while sleep 1; do n=$$((n + 1)); $(call progress,"$$n/$(1) s"); done & ticker=$$!; fi; \
$(2); status=$$?; \
[ -z "$$ticker" ] || { kill $$ticker; $(call progress,''); }; exit $$status
endef

# SEED as a run before has said it, 0 or none to have one chosen; OPS="irq work": these alone.
SECONDS	?= 600
torture-run = timeout $$(($(SECONDS) + 120)) $(QEMU) -accel tcg$(comma)thread=multi -M q35 -m 512M -smp 4 \
	-nic none -display none -monitor none -no-reboot -serial stdio -kernel $(TESTELF) \
	-device isa-debug-exit,iobase=0xf4,iosize=4 \
	-append 'highmem=256M run="selftest torture $(SECONDS) $(if $(filter file,$(origin SEED)),0,$(SEED)) $(OPS); exit 0"' \
	< /dev/null > $(BUILD)/torture.txt || [ $$? = 1 ]

torture: setup ## four CPUs at everything that can be taken and given back, SECONDS=600 long
	@$(MAKE) --no-print-directory $(TESTELF)
	$(Q)$(call timed,$(SECONDS),$(torture-run))
	$(Q)sed -n '/^KTAP/,/^# pass/p' $(BUILD)/torture.txt; grep -q '^# pass:1 fail:0 skip:0' $(BUILD)/torture.txt

test-bochs: setup ## the register and the suites on Bochs, which is not QEMU (a minute or more)
	@boot/setup.sh $(BOCHS_TOOLS)
	@$(MAKE) --no-print-directory $(TESTISO)
	$(Q)tests/keep_logs.sh $(BUILD)/logs
	$(Q)$(PYTHON) -m pytest $(PYTESTFLAGS) tests/bochs/on_bochs.py

test-kvm: setup ## the suites of memory and of several CPUs under KVM (minutes where that is emulated; CPUS=2)
	$(build-all)
	$(Q)tests/keep_logs.sh $(BUILD)/logs
	$(Q)BUILD=$(BUILD) $(PYTHON) -m pytest $(PYTESTFLAGS) tests/qemu/on_kvm.py

# -s: the lines that each says of what it tried.
test-odd: setup ## odd machines, and memory that is refused in the boot and to programs (an hour; CASE="bars or disk")
	@$(MAKE) --no-print-directory -j$(JOBS) all user-programs
	$(Q)tests/keep_logs.sh $(BUILD)/logs
	$(Q)BUILD=$(BUILD) FAULTS=$(FAULTS) FROM=$(FROM) $(PYTHON) -m pytest -v -s $(PYTESTFLAGS) \
		$(if $(CASE),-k '$(CASE)') tests/qemu/on_odd.py tests/qemu/on_fault.py

# Both kernels, each built as it is: this make has a BUILD of its own.
SANITIZER := $(if $(KCSAN),kcsan,$(if $(KASAN),kasan,$(if $(UBSAN),ubsan)))
.PHONY: test-sanitizer
test-sanitizer: setup ## suites and programs on a kernel with UBSAN=1, KASAN=1 or KCSAN=1 (minutes)
	@$(if $(SANITIZER),,echo 'which sanitizer? UBSAN=1, KASAN=1 or KCSAN=1' >&2; exit 1)
	@$(MAKE) --no-print-directory -j$(JOBS) $(TESTELF) $(ELF) user-programs
	@$(MAKE) --no-print-directory -j$(JOBS) BUILD=build UBSAN= KASAN= KCSAN= all
	$(Q)tests/keep_logs.sh $(BUILD)/logs
	$(Q)KIND=$(SANITIZER) SANITIZED=$(BUILD) $(PYTHON) -m pytest $(PYTESTFLAGS) tests/qemu/on_sanitizer.py

# One machine for both sides; a tick of its TSC is one instruction.  The guest's exit code 0
# comes out of the exit device as 1.
BENCH_MACHINE := -M q35 -m 1G -nic none -cpu max -icount shift=0$(comma)sleep=off
# $(1): more arguments; $(2): where what it says goes
bench-run = timeout 240 $(QEMU) -accel tcg $(BENCH_MACHINE) $(1) -display none -monitor none -no-reboot \
	-serial stdio -boot d -cdrom $(TESTISO) -device isa-debug-exit,iobase=0xf4,iosize=4 \
	-fw_cfg 'name=opt/terrier/cmdline,string=run="bench; exit 0"' < /dev/null \
	> $(2) || [ $$? = 1 ]
define bench-both
$(Q)$(call progress,'bench: ours')
$(Q)$(call bench-run,,$(BUILD)/bench.txt)
$(Q)$(call progress,'bench: ours$(comma) a program')
$(Q)tests/bench/user.py $(BENCH_MACHINE) >> $(BUILD)/bench.txt
$(Q)$(call progress,'bench: ours$(comma) four CPUs')
$(Q)$(call bench-run,-smp 4,$(BUILD)/bench-smp.txt)
$(Q)$(call progress,'')
$(Q)$(PYTHON) tests/bench/compare.py $(BUILD)/bench.txt $(BUILD)/bench-smp.txt
endef

bench: setup ## what operations cost, in instructions, beside Linux on the same machine
	@boot/setup.sh 'busybox busybox-static' 'cpio cpio'
	@$(MAKE) --no-print-directory $(TESTISO) user-programs
	$(Q)$(call progress,'bench: Linux')
	$(Q)tests/bench/linux/run.sh $(BENCH_MACHINE) > $(BUILD)/bench-linux.txt
	$(bench-both) $(BUILD)/bench-linux.txt

aml-suites: setup ## ACPICA's and uACPI's suites of AML, here and under acpiexec
	$(Q)$(MAKE) --no-print-directory -f tests/aml/Makefile
	$(Q)$(PYTHON) tests/aml/suites.py

bench-disk: setup ## reads of a disk a second, by the wall clock, on Linux and here
	@boot/setup.sh 'busybox busybox-static' 'cpio cpio'
	@$(MAKE) --no-print-directory $(ELF) user-programs
	$(Q)tests/bench/user.py disk -M q35 -m 1G -nic none

bench-boot: setup ## what a boot to a shell takes, on Linux and here
	@boot/setup.sh 'busybox busybox-static' 'cpio cpio'
	@$(MAKE) --no-print-directory $(ELF) user-programs
	$(Q)tests/bench/user.py boot -M q35 -m 1024M -nic none

bench-ours: $(TESTISO) user-programs ## the same beside Linux's recorded figures, in seconds
	$(bench-both)

# Debian's Linux on the same machine; MACHINE of one's own, or all of tests/parity/machines.txt.
parity: setup ## our register beside Linux's and QEMU's own word, line by line
	@boot/setup.sh 'busybox busybox-static' 'cpio cpio'
	@$(MAKE) --no-print-directory $(ISO) $(BUILD)/terrier-gui.iso
	$(Q)$(PYTHON) tests/parity/parity.py --iso $(ISO) \
		$(if $(filter file,$(origin MACHINE)),,--machine '$(MACHINE)')

SEED	?= 1
COUNT	?= 50
parity-random: setup ## the same on COUNT=50 random machines of SEED=1
	@boot/setup.sh 'busybox busybox-static' 'cpio cpio'
	@$(MAKE) --no-print-directory $(ISO)
	$(Q)$(PYTHON) tests/parity/random_machines.py --seed $(SEED) --count $(COUNT) > $(BUILD)/random.txt
	$(Q)$(PYTHON) tests/parity/parity.py --iso $(ISO) $(BUILD)/random.txt

# Of a reporter's attachments: FLAGS=-j as JSON, -r the record that they make, -l what the kernel said.
CASE	?=
FLAGS	?=
replay: ## a machine's map from its dumps: CASE=folder or file, a log, acpidump, lspci ...
	@boot/setup.sh
	@$(MAKE) --no-print-directory -s -j$(JOBS) -f tests/replay/Makefile >&2
	$(Q)$(PYTHON) tests/replay/replay.py $(FLAGS) $(CASE)

user-parity: setup ## our test programs on Linux, held to what is kept of that
	@boot/setup.sh 'busybox busybox-static' 'cpio cpio'
	@$(MAKE) --no-print-directory user-programs
	$(Q)tests/user/both.py

user-suites: setup ## Linux's own tests of system calls, memory and /proc, on Linux and here (minutes)
	@boot/setup.sh 'busybox busybox-static' 'cpio cpio'
	@$(MAKE) --no-print-directory all
	$(Q)tests/user/suites.py

torture-user: setup ## processes at everything at once on four CPUs, SECONDS=600 long, of SEED=1
	@boot/setup.sh 'busybox busybox-static'
	@$(MAKE) --no-print-directory $(ELF) user-programs
	$(Q)$(call timed,$(SECONDS),BUILD=$(BUILD) tests/user/torture.py $(SECONDS) $(SEED) $(OPS))

fuzz-syscalls: setup ## random system calls on four CPUs, SECONDS=600 long, of SEED=1
	@boot/setup.sh 'busybox busybox-static' 'cpio cpio'
	@$(MAKE) --no-print-directory $(ELF) user-programs
	$(Q)$(call timed,$(SECONDS),BUILD=$(BUILD) tests/user/fuzz.py $(SECONDS) $(SEED))

# TARGET="gdb cmdline": these alone; RUNS=N: no more inputs than that.
TARGET	?=
fuzz: setup ## hostile input by libFuzzer, SECONDS=600 of each TARGET= of tests/fuzz
	@boot/setup.sh 'clang clang'
	$(Q)RUNS=$(RUNS) tests/fuzz/fuzz.sh $(SECONDS) $(TARGET)

host-test: ## the pure-logic files on this machine, under ASan and UBSan
	$(Q)$(MAKE) --no-print-directory -f tests/host/Makefile JOBS=$(JOBS) host-test

# M="NAME ...": these alone.  ALL=1: what catches each, the cheapest first.
M	?=
ALL	?=
mutants: setup ## slips in a copy of the tree, each caught by something (hours; M=NAME one, ALL=1 by what)
	@boot/setup.sh 'busybox busybox-static'
	$(Q)tests/mutants/mutants.py $(if $(ALL),--all) $(M)

check: setup ## layers and boot code by symbols, sparse, format, licence lines, W^X of the image
	@$(MAKE) --no-print-directory $(ELF) check-built

check-built:
	$(Q)CC='$(CC)' CPPFLAGS='$(CPPFLAGS)' tests/check.sh $(ELF)

VERSION	?= $(shell git describe --always --dirty 2> /dev/null || echo unknown)
.PHONY: release
release: setup ## build/release/terrier-VERSION.tar.gz: ISO, kernel with symbols, checksums, a short manual
	@$(MAKE) --no-print-directory -j$(JOBS) BUILD=build/release NASM_DEBUG= build/release/terrier.iso build/release/terrier.sym
	$(Q)boot/release.sh build/release $(VERSION)

.PHONY: reproducible
reproducible: setup ## two releases made in two folders are the same, byte for byte (minutes)
	$(Q)tests/reproduce.sh $(JOBS)

# What `make test` runs, with a kernel that counts and programs that do.
.PHONY: coverage
coverage: setup ## which lines and branches `make test` runs: build/coverage.html (half an hour)
	@$(MAKE) --no-print-directory COVERAGE=1 -j$(JOBS) all build/coverage/terrier-gui.iso user-programs
	$(Q)PYTHON=$(PYTHON) tests/coverage.sh $(JOBS)

format: ## bring all C files into the form that check asks for
	$(Q)git ls-files --cached --others --exclude-standard '*.[ch]' ':!tests/bench/linux' | xargs clang-format -i

clean: ## remove build/
	rm -rf $(BUILD)

help: ## this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1|\2/p' Makefile | column -t -s '|'
	@echo '  Variables: MACHINE="$(MACHINE)" CMDLINE="" ACCEL=$(ACCEL) IMAGE=$(IMAGE) INITRD= DEBUG= UBSAN= KASAN= KCSAN= V=1'
	@echo '  BOOT=kernel boots the ELF file by qemu -kernel, BOOT=iso (as it is) the ISO by GRUB'
	@echo '  GUI=1 has a screen beside the serial console: a map of physical memory, a console, a keyboard'
	@echo '  IMAGE=terrier-test is the kernel with its suites and measurements: selftest, bench'
	@echo '  DEBUG=1 checks the order of locks and where code runs (in build/debug)'
	@echo '  UBSAN=1 says where code does what C leaves undefined (in build/ubsan)'
	@echo '  KASAN=1 says where code touches memory that it was not given, or no longer has (in build/kasan)'
	@echo '  KCSAN=1 says where two accesses to the same memory race (in build/kcsan)'
	@echo '  for instance: make run CMDLINE='\''run="iomem; poweroff"'\'' MACHINE="-M pc -m 256M"'

FORCE:
-include $(ALLOBJS:.o=.d) $(USER_PROGRAMS:=.d)

# SPDX-License-Identifier: MIT
# /sys of a machine with bridges, a switch, several disks and CPUs: what no driver of either kernel decides.
show() { # FILE...: those that are there
	for file; do [ ! -e $file ] || echo "  $file: $(cat $file)"; done
}

for d in /sys/bus/pci/devices/*; do
	cd $d
	echo "-- $(readlink $d), $(readlink subsystem)"
	show ari_enabled class device local_cpulist local_cpus modalias numa_node resource revision \
		secondary_bus_number subordinate_bus_number subsystem_device subsystem_vendor vendor \
		max_link_speed max_link_width current_link_speed current_link_width
	ls -d [0-9a-f]*.[0-7] resource?* 2>/dev/null
	grep SLOT uevent
	stat -c '%n %a %s' config vendor
done
echo "-- roots and numbers"
cd /sys; ls devices | grep pci; ls bus/pci/devices | tr '\n' ' '; ls -d devices/pci*/0*
cat devices/system/cpu/online devices/system/cpu/possible devices/system/cpu/present
ls -d devices/system/cpu/cpu[0-9]*; show devices/system/cpu/cpu0/online devices/system/cpu/cpu1/online

for d in /sys/block/vd*; do
	cd $d
	echo "-- $(basename $d)"
	show alignment_offset dev hidden range removable ro size queue/*_sector_size queue/logical_block_size \
		queue/minimum_io_size queue/optimal_io_size queue/physical_block_size queue/rotational
	grep -v DISKSEQ uevent
	readlink /sys/dev/block/$(cat dev) | sed 's,.*/,,'; readlink /sys/class/block/$(basename $d) | sed 's,.*/,,'
	for what in getsz getss getbsz getro getsize64; do blockdev --$what /dev/$(basename $d); done
	dd if=/dev/zero of=/dev/$(basename $d) bs=4096 count=1 2>&1 | grep -c "perm\|Perm"
done
ls /sys/block /sys/class/block /sys/dev/block | grep "^vd\|^254"; cat /proc/partitions

echo "-- clocks"
cd /sys/devices/system/clocksource/clocksource0
grep -o "hpet acpi_pm" available_clocksource; echo hpet > current_clocksource; cat current_clocksource
echo none > current_clocksource; cat current_clocksource; printf acpi_pm > current_clocksource; cat current_clocksource

echo "-- firmware"
cd /sys/firmware; ls acpi/tables
for t in acpi/tables/SSDT dmi/tables/DMI; do
	[ "$(cat $t | md5sum)" != "$(dd if=$t bs=7 2>/dev/null | md5sum)" ] || echo "$t: the same in pieces"
	stat -c '%n %a %s' $t
done

# SPDX-License-Identifier: MIT
"""What `-device help` offers for a random machine, and what a device needs beside it."""

import re
import subprocess

QEMU = "qemu-system-x86_64"

# What cannot be had, by a pattern of its name, and why.
LEFT_OUT = {
    r"^vfio": "a device of the host's",
    r"^vhost": "a module or a daemon of the host's",
    r"input-host": "an input device of the host's",
    r"pvrdma": "RDMA hardware of the host's",
    r"-gl(-|$)": "a display with OpenGL",
    r"x-pci-proxy": "another process of QEMU's",
    r"ivshmem-doorbell": "a server beside QEMU",
    r"^tpm-": "an emulator beside QEMU",
    r"vmbus|^hv-": "KVM's Hyper-V",
    r"AMDVI-PCI": "part of amd-iommu, not for itself",
    r"vmmouse": "linked to the board's keyboard controller, which only the board can do",
    r"^sga$": "writes the screen to the serial line, between the lines of a dump",
    r"^isa-(cirrus-)?vga": "SeaBIOS hangs in its ROM on q35; pc has it as a display",
    r"bridge|upstream|downstream|root-port|cxl-rp|ioh3420|^pxb": "placed by Machine",
}

# The same on pc: they answer at the ports of the board's own IDE, on which the CD is.
LEFT_OUT_OF_PC = r"^piix[34]-ide"

SIZES = ["64K", "1M", "16M", "256M", "1G", "4G", "16G", "64G"]
RAM = "-object memory-backend-ram,id=o{n},size={backing},share=on"

# By a pattern of the name: what stands before `-device`, and the properties; {n} is a
# number of the device's own.  Where there are several, one of them is taken.
NEEDS = [
    (r"^nvme$", [("", "serial=s{n}"),
                 ("-device nvme-subsys,id=o{n}",
                  "serial=s{n},subsys=o{n},sriov_max_vfs={vfs},sriov_vq_flexible=240,"
                  "sriov_vi_flexible=120,max_ioqpairs=250,msix_qsize=251")]),
    (r"^pci-testdev$", [("", "membar={size}")]),
    (r"^rocker$", [("", "name=r{n}")]),
    (r"^virtio-blk", [("-blockdev null-co,node-name=o{n},size=1048576", "drive=o{n}")]),
    (r"^virtio-9p", [("-fsdev local,id=o{n},path=/tmp,security_model=none",
                      "fsdev=o{n},mount_tag=t{n}")]),
    (r"^virtio-crypto", [("-object cryptodev-backend-builtin,id=o{n}", "cryptodev=o{n}")]),
    (r"^(isa|pci)-ipmi", [("-device ipmi-bmc-sim,id=o{n}", "bmc=o{n}")]),
    (r"^acpi-erst$|^ivshmem-plain$", [(RAM, "memdev=o{n}")]),
    (r"^virtio-p?mem-pci$|^pc-dimm$|^nvdimm$", [(RAM.format(n="{n}", backing="{block}"),
                                                 "memdev=o{n}")]),
    (r"^cxl-type3$", [(RAM.format(n="{n}", backing="256M") +
                       " -object memory-backend-ram,id=l{n},size=256M,share=on",
                       "memdev=o{n},lsa=l{n}")]),
]

# What may be asked of a device beside that: other BARs, other sizes, another ROM.
OPTIONS = [
    (r"^virtio-", ["disable-legacy=on", "disable-modern=on", "page-per-vq=on",
                   "modern-pio-notify=on", "vectors=0", "ats=on"]),
    (r"^virtio-(gpu|vga)", ["hostmem=256M", "hostmem=8G"]),
    (r"^(VGA|secondary-vga|vmware-svga|cirrus-vga|ati-vga)$", ["vgamem_mb=4", "vgamem_mb=64"]),
    (r"^bochs-display$", ["vgamem=64M"]),
    (r"^qxl", ["vgamem_mb=64", "ram_size_mb=256", "vram_size_mb=512", "vram64_size_mb=2048"]),
    (r"^nvme$", ["cmb_size_mb=64", "cmb_size_mb=16,legacy-cmb=on", "msix_qsize=2048"]),
    (r"^(e1000|e1000e|rtl8139|virtio-net-pci|ne2k_pci|pcnet|vmxnet3|i82559c|tulip)$",
     ["rombar=0", "romfile=", "romsize=2M", "romsize=64M"]),
    (r"^(mptsas1068|megasas|lsi53c895a|pvscsi|qemu-xhci|intel-hda|edu)", ["multifunction=on"]),
]

# On no bus that has a name.
BOARD = ["pc-dimm", "pc-dimm", "pc-dimm", "nvdimm", "vmgenid", "vmcoreinfo"]

# The display: one, since another would want the same ports.
DISPLAYS = ["-vga std", "-vga cirrus", "-vga vmware", "-vga qxl", "-vga virtio", "-vga none",
            "-vga none -device ati-vga", "-vga none -device ramfb", "-vga none -device qxl-vga",
            "-vga none -device bochs-display"]
PC_DISPLAYS = DISPLAYS + ["-vga none -device isa-vga", "-vga none -device isa-cirrus-vga"]


def help_text(option):
    return subprocess.run([QEMU, *option.split(), "help"], capture_output=True, text=True,
                          check=True).stdout


def device_names(q35):
    """(PCI devices, ISA devices) that this QEMU offers for a board."""
    left_out = re.compile("|".join([*LEFT_OUT] + ([] if q35 else [LEFT_OUT_OF_PC])))
    found = {"PCI": [], "ISA": []}
    for name, bus in re.findall(r'^name "([^"]+)", bus (\w+)', help_text("-device"), re.M):
        if bus in found and not left_out.search(name):
            found[bus].append(name)
    return sorted(found["PCI"]), sorted(found["ISA"])


def machine_types(family):
    """Every version of a board ("q35", "i440fx") that QEMU still has."""
    return sorted(re.findall(rf"^(pc-{family}-\S+)", help_text("-M"), re.M))


def arguments(name, number, rng):
    """(what comes before, "NAME,PROPERTIES") for one device."""
    values = {"n": number, "size": rng.choice(SIZES), "vfs": rng.choice([4, 30, 120]),
              "backing": rng.choice(["1M", "16M", "256M"]),
              "block": rng.choice(["128M", "192M", "256M", "1G"])}
    before, properties = "", [name]
    for pattern, choices in NEEDS:
        if re.search(pattern, name):
            before, needed = (text.format(**values) for text in rng.choice(choices))
            properties.append(needed)
            break
    for pattern, choices in OPTIONS:
        if re.search(pattern, name) and rng.random() < 0.3:
            properties.append(rng.choice(choices))
    return before, ",".join(properties)

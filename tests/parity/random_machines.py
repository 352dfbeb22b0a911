#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Machines that nobody thought of: random_machines.py [--seed N] [--count N]

Prints lines "NAME: QEMU ARGUMENTS", as parity.py reads them; the same seed gives
the same machines on the same QEMU.  A machine is pc or q35, perhaps of an older
version, with an odd size of memory, perhaps several processors, OVMF, an IOMMU or
slots for DIMMs; host bridges beside the first, bridges three deep, big BARs, and up
to twenty devices out of what `-device help` offers (devices.py).  Each device is
tried before it stays: QEMU must accept the machine with it.
"""

import argparse
import random
import shlex
import subprocess

import devices

OVMF = "/usr/share/OVMF/OVMF_CODE.fd"
BOARD_OPTIONS = ["hpet=off", "usb=on", "smbus=off", "i8042=off", "vmport=on", "acpi=off",
                 "smbios-entry-point-type=64", "smm=off", "max-ram-below-4g=1G", "max-ram-below-4g=2500M",
                 "max-ram-below-4g=3G"]
PROCESSORS = ["max", "EPYC", "Nehalem", "Skylake-Server", "phenom", "qemu64,host-phys-bits=off"]
# Hot-plug by the ports' own controllers instead of ACPI.
NATIVE_HOTPLUG = {True: "ICH9-LPC", False: "PIIX4_PM"}
# How far the board opens above its memory.
BOARD_GLOBALS = {True: ["q35-pcihost.pci-hole64-size=256G", "q35-pcihost.x-pci-hole64-fix=off",
                        "mch.extended-tseg-mbytes=64"],
                 False: ["i440FX-pcihost.pci-hole64-size=256G",
                         "i440FX-pcihost.x-pci-hole64-fix=off", "PIIX4_PM.smb_io_base=0x1100"]}
RESERVES = ["hotplug=off", "io-reserve=8k", "mem-reserve=16M", "pref32-reserve=32M",
            "pref64-reserve=4G", "bus-reserve=1", "bus-reserve=4"]


def accepted(args):
    """QEMU starts with these arguments; it is stopped before the first instruction."""
    command = [devices.QEMU, "-S", "-display", "none", "-serial", "none", "-monitor", "stdio"]
    try:
        done = subprocess.run(command + shlex.split(args), input="quit\n", capture_output=True,
                              text=True, timeout=20)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


class Machine:
    """One machine as it grows."""

    def __init__(self, rng, names):
        self.rng = rng
        self.q35 = rng.random() < 0.6
        self.pci, self.isa = names[self.q35]
        self.parts = []
        self.number = 0
        self.slots = {}  # bus -> "pci", "shpc" (slot 0 cannot be had), "pcie" (one), "root", "cxl"
        self.depth = {}
        self.cxl = False

    def args(self, extra=""):
        return " ".join(self.parts + ([extra] if extra else []))

    def add(self, text):
        """Keep an argument if QEMU takes it."""
        if not accepted(self.args(text)):
            return False
        self.parts.append(text)
        return True

    def chance(self, probability):
        return self.rng.random() < probability

    def board(self):
        rng = self.rng
        name = "q35" if self.q35 else "pc"
        if self.chance(0.1):
            name = rng.choice(devices.machine_types("q35" if self.q35 else "i440fx"))
        options = [rng.choice(BOARD_OPTIONS)] if self.chance(0.4) else []
        if self.q35 and self.chance(0.1):
            self.cxl = True
            options.append("cxl=on")
        if self.chance(0.15):
            options.append("nvdimm=on")
        memory = rng.choice([rng.randrange(65, 1000), rng.randrange(1000, 4097),
                             rng.randrange(4097, 12000), 128 * rng.randrange(1, 40)])
        slots = ",slots=8,maxmem=64G" if self.chance(0.25) else ""
        return f"-M {','.join([name] + options)} -m {memory}M{slots} -nic none"

    def start(self):
        rng = self.rng
        self.parts = [self.board(),
                      rng.choice(devices.DISPLAYS if self.q35 else devices.PC_DISPLAYS)]
        if self.chance(0.4):
            self.parts.append(f"-smp {rng.randrange(2, 9)}")
        if self.chance(0.15):
            self.parts.append(f"-cpu {rng.choice(PROCESSORS)}")
        if self.chance(0.15):
            self.parts.append(f"-drive if=pflash,format=raw,readonly=on,file={OVMF}")
        if self.chance(0.2):
            self.parts.append(f"-global {NATIVE_HOTPLUG[self.q35]}."
                              "acpi-pci-hotplug-with-bridge-support=off")
        if self.chance(0.15):
            self.parts.append(f"-global {rng.choice(BOARD_GLOBALS[self.q35])}")
        if self.q35 and self.chance(0.1):
            self.parts.append(f"-device {rng.choice(['intel-iommu', 'amd-iommu'])}")
        self.slots[self.root()] = "pci"
        self.depth[self.root()] = 0

    def root(self):
        return "pcie.0" if self.q35 else "pci.0"

    def name(self, prefix):
        self.number += 1
        return f"{prefix}{self.number}"

    def add_bus(self, name, kind, depth, text):
        if self.add(f"-device {text}"):
            self.slots[name] = kind
            self.depth[name] = depth
            return True
        return False

    def add_host_bridge(self):
        name, bus_nr = self.name("h"), self.rng.randrange(16, 250)
        where = f"id={name},bus_nr={bus_nr},bus={self.root()}"
        if self.cxl and self.chance(0.5):
            self.add_bus(name, "cxl", 0, f"pxb-cxl,{where}")
        elif self.q35:
            self.add_bus(name, "root", 0, f"pxb-pcie,{where}")
        else:
            self.add_bus(name, "pci", 0, f"pxb,{where}")

    def add_port(self, name, parent, depth):
        """Beneath a root bus of PCI Express, which has ports and a bridge."""
        kind = self.rng.choice(["pcie-root-port", "ioh3420", "i82801b11-bridge", "pcie-root-port"])
        where = f"id={name},bus={parent}"
        if kind == "i82801b11-bridge":
            self.add_bus(name, "pci", depth, f"{kind},{where}")
            return
        more = ""
        if kind == "pcie-root-port" and self.chance(0.3):
            more = "," + self.rng.choice(RESERVES)
        self.add_bus(name, "pcie", depth,
                     f"{kind},{where},chassis={self.number},slot={self.number}{more}")

    def add_switch(self, name, parent, depth):
        up, down = (("cxl-upstream", "cxl-downstream") if self.cxl and self.chance(0.5)
                    else ("x3130-upstream", "xio3130-downstream"))
        if not self.add(f"-device {up},id={name},bus={parent}"):
            return
        for _ in range(self.rng.randrange(1, 4)):
            port = self.name("d")
            self.add_bus(port, "pcie", depth + 1, f"{down},id={port},bus={name},"
                         f"chassis={self.number},slot={self.number}")

    def add_conventional(self, name, parent, depth):
        kind = self.rng.choice(["pci-bridge", "pci-bridge", "i82801b11-bridge", "pci-bridge-seat"])
        where = f"id={name},bus={parent}{self.slot(parent)}"
        if kind == "i82801b11-bridge":
            self.add_bus(name, "pci", depth, f"{kind},{where}")
            return
        shpc = self.chance(0.3)
        self.add_bus(name, "shpc" if shpc else "pci", depth,
                     f"{kind},{where},chassis_nr={self.number}{',shpc=on' if shpc else ''}")

    def add_bridge(self):
        """A bridge of a kind that fits, at most three deep."""
        parent = self.rng.choice([bus for bus in self.slots if self.depth[bus] < 3])
        depth, name = self.depth[parent] + 1, self.name("b")
        kind = self.slots[parent]
        if kind == "cxl":
            self.add_bus(name, "pcie", depth, f"cxl-rp,id={name},bus={parent},port={self.number},"
                         f"chassis={self.number},slot={self.number}")
        elif self.q35 and (parent == self.root() or kind == "root"):
            self.add_port(name, parent, depth)
        elif kind == "pcie":
            self.slots.pop(parent)
            if self.chance(0.5):
                self.add_bus(name, "shpc", depth, f"pcie-pci-bridge,id={name},bus={parent}")
            else:
                self.add_switch(name, parent, depth)
        else:
            self.add_conventional(name, parent, depth)

    def slot(self, bus):
        """Where QEMU's own choice, the first slot that is free, would be refused."""
        if self.slots[bus] != "shpc":
            return ""
        self.number += 1
        return f",addr={self.number % 31 + 1}"

    def device(self, name, where=""):
        self.number += 1
        before, text = devices.arguments(name, self.number, self.rng)
        return self.add(f"{before} -device {text}{where}".strip())

    def add_device(self):
        rng = self.rng
        if self.chance(0.08):
            self.device(rng.choice(self.isa))
            return
        if self.chance(0.1):
            self.device(rng.choice(devices.BOARD))
            return
        bus = rng.choice([bus for bus in self.slots if self.slots[bus] not in ("root", "cxl")])
        self.device(rng.choice(self.pci), f",bus={bus}{self.slot(bus)}")
        if self.slots[bus] == "pcie":
            self.slots.pop(bus)

    def grow(self):
        self.start()
        if not accepted(self.args()):
            return False
        for _ in range(self.rng.choice([0, 0, 0, 1, 2])):
            self.add_host_bridge()
        for _ in range(self.rng.randrange(0, 7)):
            self.add_bridge()
        for _ in range(self.rng.randrange(0, 21)):
            self.add_device()
        return True


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=50)
    options = parser.parse_args()
    names = {q35: devices.device_names(q35) for q35 in (False, True)}
    number = 0
    while number < options.count:
        machine = Machine(random.Random(f"{options.seed}/{number}"), names)
        number += 1
        if machine.grow():
            print(f"random-{options.seed}-{number}: {machine.args()}", flush=True)


if __name__ == "__main__":
    main()

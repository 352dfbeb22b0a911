# SPDX-License-Identifier: MIT
"""PCI functions as the kernel found them: drivers/pci/pci.h.  Their registers are not read."""
from .command import command
from .target import each_in_list, variable


def functions():
    """By bus, and by device and function on it."""
    found = each_in_list(variable("pci_devices"), "struct pci_dev", "global_list")
    return sorted(found, key=lambda dev: (int(dev["bus"]["number"]), int(dev["devfn"])))


@command("lspci")
def lspci():
    """PCI functions, as lspci -n."""
    for dev in functions():
        devfn, revision = int(dev["devfn"]), int(dev["revision"])
        yield (f"{int(dev['bus']['number']):02x}:{devfn >> 3:02x}.{devfn & 7} "
               f"Class {int(dev['class']) >> 8:04x}: {int(dev['vendor']):04x}:{int(dev['device']):04x}" +
               (f" (rev {revision:02x})" if revision else ""))

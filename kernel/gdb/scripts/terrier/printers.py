# SPDX-License-Identifier: MIT
"""How gdb's `print` shows the kernel's structures.  `print/r` shows their fields."""
import gdb
import gdb.printing

from . import areas, pages, paging, register, threads
from .target import PAGE_SHIFT, text

VM_FLAGS = ((1, "r"), (2, "w"), (4, "x"))
VM_MAYSHARE = 0x80  # a shared mapping; of a file that is open to read alone, too


def resource(res):
    held = ", held" if int(res["flags"]) & register.BUSY else ""
    return f"{text(res['name']) or '<BAD>'} {register.describe(res)}{held}"


def vm_struct(vm):
    return areas.line(vm)


def page(value):
    pfn = pages.pfn_of(value)
    flags = pages.flags_of(value)
    names = [name for bit, name in enumerate(pages.FLAGS) if flags >> bit & 1]
    pins, references = divmod(pages.holders(value), pages.PIN_BIAS)
    return (f"page {pfn:#x} [mem {pfn << PAGE_SHIFT:#x}], {references} references, "
            f"{f'pinned {pins} times, ' if pins else ''}{pages.use_of(flags)}" +
            (f" ({' '.join(names)})" if names else ""))


def pte(value):
    return f"0x{int(value['pte']):016x} {paging.describe(int(value['pte']))}"


def thread(t):
    return f"{text(t['comm'])} [{int(t['pid'])}] {threads.state_letter(t)} on CPU {int(t['cpu'])}"


def vma(value):
    flags = int(value["vm_flags"])
    rights = "".join(word if flags & bit else "-" for bit, word in VM_FLAGS)
    file = value["vm_file"]
    name = f" {text(file['f_path']['dentry']['d_name'])}" if int(file) else ""
    return (f"{int(value['vm_start']):x}-{int(value['vm_end']):x} {rights}{'s' if flags & VM_MAYSHARE else 'p'} "
            f"{int(value['vm_pgoff']) << PAGE_SHIFT:08x}{name}")


def printer(describe):
    class Printer:
        def __init__(self, value):
            self.value = value

        def to_string(self):
            return describe(self.value)

    return Printer


def register_all():
    known = gdb.printing.RegexpCollectionPrettyPrinter("terrier")
    for name, describe in (("resource", resource), ("vm_struct", vm_struct), ("page", page), ("pte_t", pte),
                           ("task_struct", thread), ("vm_area_struct", vma)):
        known.add_printer(name, f"^{name}$", printer(describe))
    gdb.printing.register_pretty_printer(None, known, replace=True)


register_all()

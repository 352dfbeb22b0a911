# SPDX-License-Identifier: MIT
"""The interrupts: kernel/irq/desc.h, and what CPUs tell each other and themselves: vector.c."""
from .command import command
from .target import online_cpus, per_cpu, possible_cpus, text, variable

VECTORS = "kernel/irq/vector.c"
# kernel/cpu/vectors.h
FIRST_SYSTEM, TIMER, ERROR = 0xEC, 0xEC, 0xFE
NMI, MACHINE_CHECK = 2, 18


def irq_line(desc, digits, cpus):
    """None where nobody handles it and it has never struck."""
    data, names = desc["data"], []
    counts = [int(desc["counts"][cpu]) for cpu in cpus]
    action = desc["actions"]
    while int(action):
        names.append(text(action["name"]))
        action = action["next"]
    if not names and not any(counts):
        return None
    kind = "fasteoi" if data["level"] else "edge"
    return (f"{int(data['irq']):{digits}d}: " + "".join(f"{n:10d} " for n in counts) +
            f" {text(data['chip']['name']):>8} {int(data['hwirq']):{digits}d}-{kind:<8}" +
            ("  " if names else "") + ", ".join(names))


def local_count(vector, cpu):
    return int(per_cpu(variable("local_counts", VECTORS), cpu)[vector - FIRST_SYSTEM])


def trap_count(vector, cpu):
    return int(per_cpu(variable("counts", "kernel/trap/traps.c"), cpu)[vector])


def spurious_count(cpu):
    return int(per_cpu(variable("spurious_count", VECTORS), cpu))


def tlb_count(cpu):
    return int(per_cpu(variable("vm_counters"), cpu)["item"][int(variable("NR_TLB_REMOTE_FLUSH_RECEIVED"))])


def errors():
    stray = variable("stray_count", VECTORS)
    return sum(local_count(ERROR, cpu) + int(per_cpu(stray, cpu)) for cpu in possible_cpus())


@command("irq")
def interrupts():
    """The interrupts and how often each struck, as /proc/interrupts."""
    cpus = online_cpus()
    nr_irqs = int(variable("nr_irqs"))
    digits = max(3, len(str(nr_irqs)))
    descs = variable("descs", "kernel/irq/desc.c")

    def counted(label, count, what):
        return f"{label:>{digits}}: " + "".join(f"{count(cpu) & 0xFFFFFFFF:10d} " for cpu in cpus) + f"  {what}"

    def local(vector):
        entry = variable("local_vectors", VECTORS)[vector - FIRST_SYSTEM]
        if int(entry["handler"]):
            yield counted(text(entry["label"]), lambda cpu: local_count(vector, cpu), text(entry["text"]))

    yield " " * (digits + 8) + "".join(f"CPU{cpu:<8d}" for cpu in cpus)
    for irq in range(nr_irqs):
        if int(descs[irq]):
            shown = irq_line(descs[irq].dereference(), digits, cpus)
            if shown:
                yield shown
    yield counted("NMI", lambda cpu: trap_count(NMI, cpu), "Non-maskable interrupts")
    yield from local(TIMER)
    yield counted("SPU", spurious_count, "Spurious interrupts")
    for vector in range(ERROR - 1, TIMER, -1):
        yield from local(vector)
    yield counted("TLB", tlb_count, "TLB shootdowns")
    yield counted("MCE", lambda cpu: trap_count(MACHINE_CHECK, cpu), "Machine check exceptions")
    yield f"{'ERR':>{digits}}: {errors():10d}"
    yield f"{'MIS':>{digits}}: {int(variable('mismatches', 'kernel/irq/show.c')):10d}"

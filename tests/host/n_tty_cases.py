#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What Linux's line discipline does, asked of a pty: prints tests/host/n_tty_cases.inc.

A case is modes and steps: bytes typed, bytes written by the program, a read of so many bytes, new
modes.  Of each step it is kept what the terminal was shown, what the read gave, and what signals
came.  Some cases are chosen, others come by chance from bytes and modes that mean something.
"""
import fcntl
import os
import pty
import random
import select
import signal
import termios

I = {name: getattr(termios, name, value) for name, value in dict(
    ICRNL=0, INLCR=0, IGNCR=0, IXON=0, IXANY=0, ISTRIP=0, PARMRK=0, IUTF8=0o40000, IUCLC=0o1000).items()}
O = {name: getattr(termios, name, value) for name, value in dict(
    OPOST=0, ONLCR=0, OCRNL=0, ONOCR=0, ONLRET=0, OLCUC=0o2, XTABS=0o14000).items()}
L = {name: getattr(termios, name, value) for name, value in dict(
    ISIG=0, ICANON=0, ECHO=0, ECHOE=0, ECHOK=0, ECHONL=0, NOFLSH=0, IEXTEN=0, ECHOCTL=0o1000,
    ECHOPRT=0o2000, ECHOKE=0o4000).items()}
SANE = ("ICRNL IXON", "OPOST ONLCR", "ISIG ICANON ECHO ECHOE ECHOK ECHOCTL ECHOKE IEXTEN")
RAW = ("", "", "")

CASES = [
    (SANE, [("type", b"hello\n"), ("read", 100)]),
    (SANE, [("type", b"hel"), ("read", 100), ("type", b"lo\nmore"), ("read", 3), ("read", 100), ("read", 100)]),
    (SANE, [("type", b"abc\x7f\x7fd\n"), ("read", 100)]),
    (SANE, [("type", b"\x7f\x7f\n"), ("read", 100)]),
    (SANE, [("type", b"one two  \x17three\n"), ("read", 100)]),
    (SANE, [("type", b"foo.bar_1/x\x17\x17\x17y\n"), ("read", 100)]),
    (SANE, [("type", b"gone\x15here\n"), ("read", 100)]),
    (SANE, [("type", b"a\tb\tc\x7f\x7f\x7f\x7fd\n"), ("read", 100)]),
    (SANE, [("write", b"prompt> "), ("type", b"a\tb\x7f\x7fc\t\x15x\n"), ("read", 100)]),
    (SANE, [("type", b"a\x01\x02\x7fb\x7f\x7f\n"), ("read", 100)]),
    (SANE, [("type", b"\x04"), ("read", 100), ("read", 100)]),
    (SANE, [("type", b"abc\x04"), ("read", 100), ("type", b"\x04"), ("read", 100)]),
    (SANE, [("type", b"abc\x04"), ("read", 3), ("read", 100)]),
    (SANE, [("type", b"a\nb\n\x04c\n"), ("read", 100), ("read", 100), ("read", 100), ("read", 100)]),
    (SANE, [("type", b"\x16\x04\x16\x03\x16\x16\n"), ("read", 100)]),
    (SANE, [("type", b"lost\x03kept\n"), ("read", 100)]),
    (SANE, [("type", b"lost"), ("type", b"\x1c"), ("type", b"\x1a"), ("type", b"x\n"), ("read", 100)]),
    (("ICRNL", "OPOST ONLCR", "ISIG ICANON ECHO NOFLSH"), [("type", b"kept\x03\n"), ("read", 100)]),
    (SANE, [("type", b"ab\x12cd\n"), ("read", 100)]),
    (SANE, [("type", b"a\x13b"), ("write", b""), ("type", b"\x11c\n"), ("read", 100)]),
    (("ICRNL IXON IXANY", "OPOST ONLCR", "ICANON ECHO"), [("type", b"\x13a\n"), ("read", 100)]),
    (("IXON", "OPOST", "ICANON"), [("type", b"a\rb\nc"), ("read", 100), ("read", 100)]),
    (("INLCR", "OPOST ONLCR", "ICANON ECHO"), [("type", b"a\nb"), ("read", 100)]),
    (("IGNCR ICRNL", "OPOST ONLCR", "ICANON ECHO"), [("type", b"a\rb\n"), ("read", 100)]),
    (("ICRNL", "OPOST ONLCR", "ICANON ECHONL"), [("type", b"secret\n"), ("read", 100)]),
    (("ICRNL", "OPOST ONLCR", "ICANON ECHO ECHOE ECHOK"), [("type", b"a\x01b\x15c\x7f\n"), ("read", 100)]),
    (("ICRNL", "OPOST ONLCR", "ICANON ECHO ECHOK"), [("type", b"abc\x7f\x7f\x15d\n"), ("read", 100)]),
    (("ICRNL", "OPOST ONLCR", "ICANON ECHO ECHOE ECHOPRT ECHOCTL"),
     [("type", b"abcd\x7f\x7fe\x7f\x7f\x7f\x7ff\n"), ("read", 100)]),
    (("ICRNL IUTF8", "OPOST ONLCR", "ICANON ECHO ECHOE ECHOK ECHOKE ECHOCTL IEXTEN"),
     [("type", "aäö€\x7f\x7fx\ty\x7f\x7f\n".encode()), ("read", 100)]),
    (("ISTRIP", "OPOST", "ICANON ECHO"), [("type", b"\xe1\xe2\n"), ("read", 100)]),
    (("IUCLC", "OPOST OLCUC", "ICANON ECHO IEXTEN"), [("type", b"AbC\n"), ("read", 100), ("write", b"xYz\n")]),
    (("PARMRK", "", "ECHO"), [("type", b"a\xffb"), ("read", 100)]),
    (RAW, [("type", b"a\r\n\x03\x04\x7f"), ("read", 3), ("read", 100)]),
    (("", "", "ECHO ECHOCTL"), [("type", b"a\x01\x7f\n\t"), ("read", 100)]),
    (SANE, [("write", b"a\tb\r\nc\bd\n")]),
    (("", "OPOST XTABS", ""), [("write", b"a\tbcdefghi\tj\n\tk")]),
    (("", "OPOST OCRNL ONLRET", ""), [("write", b"abc\rdef\n\tx")]),
    (("", "OPOST ONOCR XTABS", ""), [("write", b"\rabc\r\rx\b\b\by\tz")]),
    (("", "ONLCR", ""), [("write", b"a\nb\r\n")]),
    (RAW, [("type", b"abc"), ("modes", SANE), ("read", 100), ("type", b"d\n"), ("read", 100)]),
    (SANE, [("type", b"one\ntwo"), ("modes", RAW), ("read", 100)]),
    (SANE, [("type", b"one\ntwo"), ("modes", RAW), ("modes", SANE), ("read", 2), ("read", 100), ("read", 100)]),
    (SANE, [("type", b"\x13ab"), ("modes", RAW), ("type", b"c"), ("read", 9)]),
]

BYTES = b"ab_ .\t\t\n\n\r\x7f\x7f\x17\x15\x12\x16\x04\x01\x03\x1a\xc3\xa4\xff"


def by_chance(rng):
    modes = tuple(" ".join(sorted(name for name in flags if rng.random() < share))
                  for flags, share in ((I, 0.3), (O, 0.4), (L, 0.7)))
    steps = []
    for _ in range(rng.randint(1, 5)):
        kind = rng.choice(["type", "type", "type", "read", "write"])
        text = bytes(rng.choice(BYTES) for _ in range(rng.randint(1, 12)))
        if kind == "type" and "IXON" in modes[0].split():
            text = text.replace(b"\x11", b"a")
        steps.append((kind, rng.randint(1, 30) if kind == "read" else text))
    return modes, steps + [("read", 100)] * 3


def flags_of(names, table):
    value = 0
    for name in names.split():
        value |= table[name]
    return value


def set_modes(fd, modes):
    attr = termios.tcgetattr(fd)
    attr[0], attr[1], attr[3] = (flags_of(m, t) for m, t in zip(modes, (I, O, L)))
    termios.tcsetattr(fd, termios.TCSANOW, attr)


def child(slave, modes, orders, answers):
    """A session of its own: signals that come are told with the next answer."""
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    came = []
    for sig in (signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP):
        signal.signal(sig, lambda number, frame: came.append(number))
    set_modes(slave, modes)
    os.set_blocking(slave, False)
    os.write(answers, b"ready\n")
    for line in os.fdopen(orders, "r"):
        kind, value = eval(line)
        result = None
        if kind == "read":
            try:
                result = os.read(slave, value)
            except BlockingIOError:
                result = None
        elif kind == "write" and value:
            os.write(slave, value)
        elif kind == "modes":
            set_modes(slave, value)
        os.write(answers, (repr((result, came)) + "\n").encode())
        came = []
        for sig in (signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP):
            signal.signal(sig, lambda number, frame: came.append(number))


def drain(master):
    """What the terminal is shown, until nothing comes."""
    shown = b""
    while select.select([master], [], [], 0.03)[0]:
        shown += os.read(master, 4096)
    return shown


def run(modes, steps):
    """[(kind, value, shown, result, signals)]"""
    master, slave = pty.openpty()
    order_r, order_w = os.pipe()
    answer_r, answer_w = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(master)
        os.close(order_w)
        child(slave, modes, order_r, answer_w)
        os._exit(0)
    answers, done = os.fdopen(answer_r, "r"), []
    answers.readline()
    for kind, value in steps:
        if kind == "type":
            os.write(master, value)
        shown = drain(master)
        os.write(order_w, (repr((kind, value)) + "\n").encode())
        result, came = eval(answers.readline())
        shown += drain(master)
        done.append((kind, value, shown, result, came))
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    for fd in (master, slave, order_r, order_w, answer_w):
        os.close(fd)
    answers.close()
    return done


def c_string(text):
    return '"' + "".join(f"\\{byte:03o}" if byte < 32 or byte > 126 or byte in b'"\\?' else chr(byte)
                         for byte in text) + f'", {len(text)}'


def modes_in_c(modes):
    return ", ".join(f"0{flags_of(m, t):o}" for m, t in zip(modes, (I, O, L)))


def main():
    rng = random.Random(11)
    print("/* SPDX-License-Identifier: MIT */\n/* What a pty of Linux did: printed by tests/host/n_tty_cases.py. */")
    for modes, steps in CASES + [by_chance(rng) for _ in range(150)]:
        print(f"CASE({modes_in_c(modes)})")
        for kind, value, shown, result, came in run(modes, steps):
            signals = sum(1 << number for number in came)
            if kind == "read":
                got = c_string(result) if result is not None else '"", -1'
                print(f"READ({value}, {got}, {c_string(shown)}, {signals:#x})")
            elif kind == "modes":
                print(f"MODES({modes_in_c(value)}, {c_string(shown)}, {signals:#x})")
            else:
                print(f"{kind.upper()}({c_string(value)}, {c_string(shown)}, {signals:#x})")


main()

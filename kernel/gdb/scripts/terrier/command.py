# SPDX-License-Identifier: MIT
"""`terrier NAME ARGUMENTS`: a subject's function yields the lines that the monitor would print."""
import gdb


class Terrier(gdb.Command):
    """What the kernel knows: `help terrier` lists the questions."""

    def __init__(self):
        super().__init__("terrier", gdb.COMMAND_DATA, prefix=True)


Terrier()


def command(name, arguments="", least=0, most=0):
    """Make `terrier NAME` of a generator of lines; its docstring is the help."""

    def register(function):
        def invoke(self, line, from_tty):
            argv = gdb.string_to_argv(line)
            if not least <= len(argv) <= most:
                raise gdb.GdbError(f"usage: terrier {name} {arguments}".rstrip())
            try:
                for out in function(*argv):
                    gdb.write(out + "\n")
            except gdb.MemoryError as error:
                raise gdb.GdbError(f"terrier {name}: {error}") from None

        members = {"__doc__": function.__doc__, "invoke": invoke}
        type(name, (gdb.Command,), members)(f"terrier {name}", gdb.COMMAND_DATA)
        return function

    return register

# SPDX-License-Identifier: MIT
"""The field's own suites of AML under this interpreter, and under acpiexec: make aml-suites.

ACPICA's aslts (functional, complex, exceptions) and uACPI's test cases.  They are fetched, or
taken from SUITES=DIR, which has a folder `acpica` and a folder `uACPI`; nothing of them is kept
in this tree.  What does not pass has its reason in suites.json: a pattern of its names, and why.
The exit status counts failures without a reason, and reasons without a failure.

Both run in ACPICA's slack mode, which is Linux's: aslts by its MN01, acpiexec by -es.

aslts counts an exception by a method \\_ERR that acpiexec calls, whose method then goes on; so
does aml_host -e.  Two comparisons of its ehandle.asl are taken out for both: of the exception's
code and name, which are ACPICA's own numbers.  That there was one, and how many, is compared.
"""
import collections
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
HOST = ROOT / "build" / "host" / "aml_host"
WORK = ROOT / "build" / "suites"
KNOWN = {re.compile(pattern): reason
         for pattern, reason in json.loads((HERE / "suites.json").read_text()).items()}
SOURCES = {"acpica": "https://github.com/acpica/acpica",
           "uACPI": "https://github.com/uACPI/uACPI"}
SECONDS = 300  # of one program of a suite


def sources(name):
    given = os.environ.get("SUITES")
    folder = (pathlib.Path(given) if given else WORK) / name
    if not folder.exists() and not given:
        subprocess.run(["git", "clone", "-q", "--depth", "1", SOURCES[name], folder], check=True)
    return folder


def run(*command, cwd=None):
    try:
        done = subprocess.run(list(map(str, command)), capture_output=True, timeout=SECONDS,
                              check=False, cwd=cwd)
    except subprocess.TimeoutExpired as late:
        return (late.stdout or b"").decode("latin-1")
    return done.stdout.decode("latin-1") + done.stderr.decode("latin-1")[-2000:]


def iasl(source, table, revision=None):
    table.unlink(missing_ok=True)
    option = ["-r", revision] if revision else []
    text = run("iasl", "-f", "-oa", *option, "-p", table.with_suffix(""), source.name,
               cwd=source.parent)
    return table.exists(), text


# ---------------------------------------------------------------- aslts

def aslts_copy():
    """Where the sources are compiled, with the codes of exceptions not compared."""
    folder = WORK / "aslts"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(sources("acpica") / "tests" / "aslts" / "src", folder)
    handler = folder / "runtime" / "cntl" / "ehandle.asl"
    text = handler.read_text()
    for compared in ("(Local3 != Local6)", "(Local4 != Local7)"):
        assert compared in text
        text = text.replace(compared, "Zero")
    handler.write_text(text)
    return folder / "runtime" / "collections"


def aslts_programs(collections_):
    for kind in ("functional", "complex", "exceptions"):
        for main in sorted((collections_ / kind).rglob("MAIN.asl")):
            made = main.with_name("Makefile")
            name = made.exists() and re.search(r"^AMLMOD *= *(\w+)$", made.read_text(), re.M)
            if name and main.parent.name != "FULL":
                yield f"{kind}/{name[1]}", main


def aslts_host(table):
    """{test: PASS, FAIL ...} and where its errors were found."""
    text = run(HOST, "-q", "-r", "-e", table, "-i", "\\MN01", "\\ERRP", "\\TFN0", "\\RP0P")
    words = dict(re.findall(r"^(\\\w+) = (.*)", text, re.M))
    tests = re.findall(r'":STST:(?:[^:"]*:){2}([^:"]*):(\w+)[^"]*"', words.get("\\RP0P", ""))
    files = re.findall(r'"([^"]*)"', words.get("\\TFN0", ""))
    numbers = [int(number, 16) for number in re.findall(r"0x\w+|\"[^\"]*\"|-",
               words.get("\\ERRP", "")) if number.startswith("0x")]
    places = []
    for number in numbers[::2]:
        index = number >> 12 & 0x7ff
        if number >> 28 and index < len(files):
            places.append(f"{files[index]}:{number & 0xfff}")
    if "\\MN01" not in words:
        places.append("the program did not end: " + text.strip()[-200:])
    return tests, places


def aslts_acpiexec(table):
    text = run("acpiexec", "-dr", "-es", "-el", "-to", "60", "-b", "evaluate \\MN01;quit", table)
    return re.findall(r":STST:(?:[^:\"]*:){2}([^:\"]*):(\w+)", text.split("ROOT METHODS SUMMARY")[-1])


def aslts_one(job):
    name, main, revision = job
    table = WORK / f"{name.replace('/', '-')}-{revision}.aml"
    made, text = iasl(main, table, revision)
    if not made:
        return job, None, text[-300:], None
    tests, places = aslts_host(table)
    return job, tests, places, aslts_acpiexec(table)


# ---------------------------------------------------------------- uACPI

def plain(text):
    return re.sub(r"\\x([0-9a-f]{2})", lambda m: chr(int(m[1], 16)),
                  text.replace('\\"', '"').replace("\\\\", "\\"))


def fits(kind, wanted, got):
    if kind == "int":
        return got is not None and got.startswith("0x") and int(got, 16) == int(wanted, 0)
    return got is not None and got.startswith('"') and plain(got[1:-1]) == wanted


def uacpi_one(source):
    head = source.read_text().split("\n")[:2]
    kind, wanted = [part.strip() for part in head[1].split(":", 1)[1].split("=>")]
    table = WORK / f"uacpi-{source.stem}.aml"
    made, text = iasl(source, table)
    if not made:
        return source.stem, "not compiled", text[-300:], "not compiled"
    ours = re.search(r"^\\MAIN = (.*)", run(HOST, "-q", table, "-i", "\\MAIN"), re.M)
    theirs = run("acpiexec", "-dr", "-es", "-el", "-b", "evaluate \\MAIN;quit", table)
    theirs = theirs.split("Evaluating \\MAIN")[-1]
    number = re.search(r"^ *\[Integer\] = (\w+)", theirs, re.M)
    string = re.search(r'^ *\[String\] Length \w+ = "(.*)"$', theirs, re.M)
    theirs = "0x" + number[1] if number else f'"{string[1]}"' if string else None
    ours = ours and ours[1]
    return (source.stem, "PASS" if fits(kind, wanted, ours) else "FAIL",
            f"{ours}, not {wanted}", "PASS" if fits(kind, wanted, theirs) else "FAIL")


# ---------------------------------------------------------------- the report

class Report:
    def __init__(self):
        self.ours, self.theirs = collections.Counter(), collections.Counter()
        self.unknown, self.unused = 0, set(KNOWN)

    def add(self, suite, test, verdict, detail, their):
        self.ours[suite, verdict] += 1
        self.theirs[suite, their] += 1
        if verdict in ("PASS", "SKIPPED", "BLOCKED"):
            return
        key = f"{suite}/{test}" if suite == "uACPI" else test
        known = [pattern for pattern in KNOWN if pattern.fullmatch(key)]
        self.unused.difference_update(known)
        self.unknown += not known
        print(f"  {verdict} {key} ({their} under acpiexec): {KNOWN[known[0]] if known else detail}",
              flush=True)

    def end(self, whole):
        for suite in sorted({suite for suite, _ in self.ours}):
            for who, counts in (("here", self.ours), ("acpiexec", self.theirs)):
                words = ", ".join(f"{n} {verdict}" for (of, verdict), n in sorted(counts.items())
                                  if of == suite)
                print(f"{suite:14} {who:9} {words}")
        unused = sorted(pattern.pattern for pattern in self.unused) if whole else []
        for pattern in unused:
            print(f"suites.json: nothing fails that is called {pattern}")
        print(f"{self.unknown} failures without a known reason")
        return min(self.unknown + len(unused), 255)


def aslts(report, pool, only):
    jobs = [(name, main, revision) for name, main in aslts_programs(aslts_copy())
            for revision in (2, 1) if not only or only in name]
    for (name, _, revision), tests, places, theirs in pool.map(aslts_one, jobs):
        suite = name.split("/")[0]
        if tests is None:
            report.add(suite, f"{name}-{revision}", "not compiled", places, "not compiled")
            continue
        verdicts = dict(theirs)
        failed = report.unknown
        for test, verdict in tests:
            report.add(suite, f"{name}-{revision}:{test}", verdict, "", verdicts.pop(test, "missing"))
        for test, verdict in verdicts.items():
            report.add(suite, f"{name}-{revision}:{test}", "missing", "", verdict)
        if report.unknown > failed or not tests:
            print(f"    errors at {', '.join(f'{n} {at}' for at, n in collections.Counter(places).items())}")


def main():
    WORK.mkdir(parents=True, exist_ok=True)
    report = Report()
    only = os.environ.get("ONLY", "")
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        if "uACPI".startswith(only[:5]) or not only:
            cases = sorted((sources("uACPI") / "tests" / "test-cases").glob("*.asl"))
            for result in pool.map(uacpi_one, cases):
                report.add("uACPI", *result)
        aslts(report, pool, only)
    return report.end(whole=not only)


if __name__ == "__main__":
    sys.exit(main())

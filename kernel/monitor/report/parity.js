// SPDX-License-Identifier: MIT
// Beside Linux and QEMU, where make parity has asked them.

const VERDICTS = {
  match: "all lines are Linux's", differ: "some lines differ", "did not answer": "one of the two kernels did not answer",
};

function parityOf(machine) {
  const trees = Object.keys(machine.differ), differ = trees.flatMap((t) => machine.differ[t].map((line) => `${t}: ${line}`));
  const told = trees.flatMap((t) => machine.qemu[t].map(([verdict, line]) => ({ tree: t, verdict, line: line.trim() })));
  return el("div", null,
    el("h3", null, machine.name === "machine" ? "This machine" : machine.name, el("span", { class: "badge" }, machine.verdict)),
    el("p", { class: "machine" }, machine.args),
    el("p", null, `${machine.same} of ${machine.total} lines match: ${VERDICTS[machine.verdict]}. `,
       [machine.why, ...machine.notes].filter(Boolean).join(" ")),
    differ.length ? el("pre", { class: "differ", tabindex: 0 }, differ.join("\n")) : null,
    differ.length ? el("p", { class: "soft" }, "- is Linux's alone, + is ours alone.") : null,
    told.length ? tableBeside("What QEMU says of the lines", [
      ["Register", (row) => row.tree], ["Verdict", (row) => row.verdict], ["Line", (row) => row.line]],
      told.filter((row) => row.verdict !== "agree").concat(told.filter((row) => row.verdict === "agree"))) : null);
}

function parity() {
  const machines = data.parity;
  const host = section("parity", "Beside Linux and QEMU", machines ?
    "What make parity found last: our register, Linux's on the same machine, and QEMU's own word." :
    "make parity was not run before this page was made: it boots Linux on the same machine, and leaves here what differs.");
  if (machines) host.append(...machines.map(parityOf));
}

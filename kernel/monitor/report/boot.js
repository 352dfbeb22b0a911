// SPDX-License-Identifier: MIT
// The boot by stages, in instructions where they were counted and in time.

function strip(stages, ticks, title, second) {
  const total = sum(stages, ticks);
  return [el("p", { class: "striplabel" }, title),
          el("div", { class: second ? "strip second" : "strip", "aria-hidden": "true" }, ...stages.map((stage) => {
            const share = percent(ticks(stage), total);
            return el("span", { style: `flex:${ticks(stage)} 1 0;padding:${ticks(stage) / total < 0.02 ? "0" : ""}`,
                                title: `${stage.name}: ${share}` },
                      el("b", null, ticks(stage) / total < 0.035 ? "" : stage.name),
                      ticks(stage) / total < 0.035 ? "" : share);
          }))];
}

function boot() {
  const { stages, seconds, ticks } = data.bootstage, counted = data.instructions?.stages;
  const host = section("boot", "The boot",
    `From the first line of C to the monitor: ${timeText(seconds)}` +
    (counted ? ` on this machine, and ${grouped(data.instructions.ticks)} instructions. These were counted in a boot of its own ` +
     "without a disk; a wait counts as long as it lasts." : "."));
  const work = counted ? (stage) => counted.find((c) => c.name === stage.name)?.ticks ?? 0 : null;
  if (work) host.append(...strip(stages, work, "Instructions", false));
  host.append(...strip(stages, (s) => s.ticks, "Time", true));
  const mostTicks = Math.max(...stages.map((s) => s.ticks)), mostWork = work ? Math.max(...stages.map(work)) : 0;
  const workColumns = work ? [["Instructions", (s) => grouped(work(s)), "num"],
    ["", (s) => percent(work(s), data.instructions.ticks), "num"], ["", (s) => bar(work(s) / mostWork), "bar"]] : [];
  host.append(table("Stages of the boot, in their order", [
    ["Begins", (s) => timeText(s.start), "num"], ["Stage", (s) => s.name, "name"], ...workColumns,
    ["Time", (s) => timeText(s.seconds), "num"], ["", (s) => percent(s.ticks, ticks), "num"],
    ["", (s) => bar(s.ticks / mostTicks, true), "bar"]], stages));
}

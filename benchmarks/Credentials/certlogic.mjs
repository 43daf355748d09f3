// Prints evaluations per second of processor time of the reference interpreter over cases.json, after one round of warming up.
import { readFileSync } from "node:fs";
import certlogic from "certlogic-js";

const cases = JSON.parse(readFileSync("cases.json", "utf8"));
const round = Number(process.argv[2]);

function used(start) {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

function rate() {
  const start = process.cpuUsage();
  let done = 0;
  while (used(start) < round) {
    for (const { logic, data } of cases) certlogic.evaluate(logic, data);
    done += cases.length;
  }
  return (done * 1000) / used(start);
}

rate();
console.log(rate());

// Prints evaluations per second of the reference interpreter over cases.json, after one round of warming up.
import { readFileSync } from "node:fs";
import certlogic from "certlogic-js";

const cases = JSON.parse(readFileSync("cases.json", "utf8"));
const round = Number(process.argv[2]);

function rate() {
  const start = performance.now();
  let done = 0;
  while (performance.now() - start < round) {
    for (const { logic, data } of cases) certlogic.evaluate(logic, data);
    done += cases.length;
  }
  return (done * 1000) / (performance.now() - start);
}

rate();
console.log(rate());

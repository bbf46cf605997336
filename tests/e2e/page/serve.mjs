// The layer's machine for a person to look at, or for the real daemon's spec to be tried on:
//   node serve.mjs [PORT]     prints a pairing link
import { start } from "./server.mjs";

const { machine, url } = await start({ port: Number(process.argv[2] ?? 0), stepMs: 700 });
console.log(`${url}/pair#${machine.invite()}`);

// One build that never ends, so that there is a log to watch.
let seq = 0;
setInterval(() => {
    machine.printLog(machine.cases.building, "build", seq, [`building step ${seq} of a long build`]);
    seq += 1;
}, 1500);

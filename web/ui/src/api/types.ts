// The values of the HTTP API, as docs/contracts.md defines them. Nothing else in the page says what
// the daemon sends: a change of the contract is a change of one of these files.

export type * from "./apply.ts";
export type * from "./diff.ts";
export type * from "./effects.ts";
export type * from "./log.ts";
export type * from "./machine.ts";
export type * from "./proposal.ts";

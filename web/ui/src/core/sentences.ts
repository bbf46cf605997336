// One line for each kind of log entry. An entry of an unknown type is shown by its name: the log may
// know more than this page.
import type { Entry } from "../api/types.ts";
import { plain, STATES, STEPS } from "./words.ts";

type Body = Record<string, unknown>;

function str(body: Body, name: string): string {
    const value = body[name];
    return value === null || value === undefined ? "" : String(value);
}

function capital(word: string): string {
    return word.charAt(0).toUpperCase() + word.slice(1);
}

function state(name: string): string {
    return (STATES as Record<string, { word: string } | undefined>)[name]?.word.toLowerCase() ?? name;
}

const BRAKES: Record<string, (body: Body) => string> = {
    frozen: (b) => `Frozen, nothing is applied: ${str(b, "reason")}`,
    unfrozen: () => "Not frozen any more",
    quarantined: (b) => `Set aside, not to be applied again: ${str(b, "path")}: ${str(b, "reason")}`,
    lifted: (b) => `May be applied again: ${str(b, "path")}`,
};

const WRITERS: Record<string, (body: Body) => string> = {
    "log.opened": (b) => `Log opened: ${str(b, "origin")}`,
    "audit.tail_discarded": (b) => `${str(b, "bytes")} unfinished bytes discarded from the end of the log`,
    "audit.disk_full": (b) => `The disk was full: ${str(b, "refused")} entries found no room`,
    "audit.loss_accepted": (b) => `A person went on with a log that lost entries: ${str(b, "kept_size")} of ${str(b, "signed_size")} are left`,
    "proposal.drafted": (b) => `Drafted #${str(b, "number")}: ${str(b, "title")}`,
    "proposal.refused": (b) => `Refused at ${str(b, "stage")}: ${str(b, "message")}`,
    "proposal.state": (b) => `From ${state(str(b, "from"))} to ${state(str(b, "to"))}`
        + (str(b, "reason") ? `: ${str(b, "reason")}` : ""),
    "evidence.recorded": (b) => `${capital(plain(str(b, "level")))} ${plain(str(b, "status"))}`
        + (str(b, "summary") ? `: ${str(b, "summary")}` : ""),
    "proposal.verified": (b) => `Built and compared: ${str(b, "toplevel")}`,
    "decision.made": (b) => `Policy decided: ${str((b["verdict"] as Body | undefined) ?? {}, "level")}`,
    "approval.granted": (b) => `Approved by ${str(b, "approver")}`
        + ` (${str((b["presence"] as Body | undefined) ?? {}, "method")})`,
    "approval.rejected": (b) => `Rejected by ${str(b, "by")}: ${str(b, "reason")}`,
    "apply.intent": (b) => `About to ${str(b, "mode")} to ${str(b, "to")}`,
    "apply.step": (b) => `${STEPS[str(b, "step")] ?? plain(str(b, "step"))}${str(b, "detail") ? `: ${str(b, "detail")}` : ""}`,
    "apply.outcome": (b) => `${capital(plain(str(b, "outcome")))}${str(b, "reason") ? `: ${str(b, "reason")}` : ""}`,
    "apply.brake": (b) => BRAKES[str(b, "brake")]?.(b) ?? `${capital(plain(str(b, "brake")))}: ${str(b, "reason")}`,
    "generation.adopted": (b) => `Began without agentd (${str(b, "by") === "boot" ? "booted" : "by hand"}): ${str(b, "to")}`
        + (str(b, "headline") ? `: ${str(b, "headline")}` : ""),
    "landing.done": (b) => `Landed on ${str(b, "branch")} (${str(b, "how")})`,
    "landing.refused": (b) => `Not landed on ${str(b, "branch")}: ${str(b, "reason")}`,
    "observation.opened": (b) => `Seen: ${str(b, "title")}`,
    "observation.changed": (b) => `Changed: ${str(b, "detail")}`,
    "observation.resolved": (b) => `Over: ${str(b, "detail")}`,
    "approver.enrolled": (b) => `Approver enrolled: ${str(b, "label")} (${str(b, "method")})`,
    "statement.refused": (b) => `Statement refused: ${str(b, "message")}`,
    "daemon.started": (b) => `${str(b, "program")} ${str(b, "version")} started`,
    "daemon.stopped": (b) => `${str(b, "program")} ${str(b, "version")} stopped`,
};

export const TYPES = Object.keys(WRITERS).toSorted();

export function sentence(entry: Entry): string {
    return WRITERS[entry.type]?.(entry.body) ?? entry.type;
}

const BAD = new Set(["proposal.refused", "approval.rejected", "statement.refused", "landing.refused",
    "audit.tail_discarded", "audit.disk_full", "audit.loss_accepted"]);

export function isTrouble(entry: Entry): boolean {
    if (entry.type === "apply.outcome") return entry.body["outcome"] !== "confirmed";
    if (entry.type === "apply.brake") return entry.body["brake"] === "frozen";
    if (entry.type === "evidence.recorded") return entry.body["status"] !== "passed";
    return BAD.has(entry.type);
}

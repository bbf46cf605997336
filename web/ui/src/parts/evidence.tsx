// What was tried, in order, with how it ended. A level that did not run is said to have not run:
// nothing is green that was not judged.
import { useState } from "preact/hooks";
import type { Detail, Evidence } from "../api/types.ts";
import { type Tail, type Tails } from "../core/logs.ts";
import { duration } from "../core/time.ts";
import { EVIDENCE_LEVELS, EVIDENCE_STATUS } from "../core/words.ts";
import { ToneBadge } from "./badge.tsx";
import type { IconName } from "./icon.tsx";
import { FetchedLog, LiveLog } from "./logview.tsx";
import { Hash, Text, Time } from "./text.tsx";

type Level = (typeof EVIDENCE_LEVELS)[number];

const ICONS: Record<Evidence["status"], IconName> = {
    passed: "check", failed: "cross", cancelled: "dash", timed_out: "clock", limit: "triangle",
    unjudged: "dash", not_tried: "dash",
};

/** The newest evidence of a level: a proposal that was tested again has several. */
function latest(evidence: Evidence[], level: string): Evidence | undefined {
    return evidence.findLast((one) => one.level === level);
}

function Ran({ of, proposal, word }: { of: Evidence; proposal: string; word: string }) {
    const [open, setOpen] = useState(false);
    return (
        <>
            <p class="evidence-summary"><Text of={of.summary} /></p>
            <p class="evidence-facts">
                <span>{duration(of.duration_ms)}</span>
                {of.nix_ms > 0 && <span>{duration(of.nix_ms)} of it in Nix</span>}
                <Time at={of.started} />
                {of.result_digest && (
                    <span>result <Hash of={of.result_digest} what="result digest" keep={10} /></span>
                )}
            </p>
            {of.log_blob && (
                <details class="more" onToggle={(event) => setOpen(event.currentTarget.open)}>
                    <summary>{word} log</summary>
                    {open && <FetchedLog proposal={proposal} level={of.level} label={`${word} log`} />}
                </details>
            )}
        </>
    );
}

function Status({ of, tail, checking, settled }: {
    of: Evidence | undefined; tail: Tail | undefined; checking: boolean; settled: boolean;
}) {
    // Whether a file is Nix is for Nix to say: a template that nobody evaluates is no trouble.
    if (of?.level === "parse" && of.status !== "passed" && settled) {
        return <ToneBadge tone="quiet" icon="ring" word="Nix took it" />;
    }
    if (of) {
        const { word, tone } = EVIDENCE_STATUS[of.status];
        return <ToneBadge tone={tone} icon={ICONS[of.status]} word={word} />;
    }
    if (checking && tail) return <ToneBadge tone="busy" icon="turn" word="Running" spin />;
    return <ToneBadge tone="quiet" icon="ring" word={checking ? "Waiting" : "Did not run"} />;
}

/** A level that not every proposal goes through is named only where it ran: acts and rollbacks build nothing. */
function shownLevels(detail: Detail, tails: Tails): Level[] {
    const always = (level: string) => detail.kind === "change" && !["parse", "checks", "dry_activate", "rehearsal", "hosts"].includes(level);
    return EVIDENCE_LEVELS.filter(({ level }) => always(level) || latest(detail.evidence, level) || tails[level]);
}

function Row({ level, detail, tail }: { level: Level; detail: Detail; tail: Tail | undefined }) {
    const checking = detail.state === "checking";
    const found = latest(detail.evidence, level.level);
    const live = checking && !found && tail;
    return (
        <li class="evidence" data-level={level.level} data-status={found?.status ?? "none"}>
            <div class="evidence-head">
                <h3>{level.word}</h3>
                <Status of={found} tail={tail} checking={checking} settled={latest(detail.evidence, "evaluate")?.status === "passed"} />
            </div>
            {!found && <p class="muted">{level.says}</p>}
            {found && <Ran of={found} proposal={detail.id} word={level.word} />}
            {live && <LiveLog tail={live} label={`${level.word} log, live`} />}
        </li>
    );
}

/** Those that the change brings first; of the others it is enough that they were there before. */
function Warnings({ detail }: { detail: Detail }) {
    const { warnings, new_warnings: fresh } = detail;
    const shown = fresh ?? warnings;
    const old = warnings.filter((line) => !shown.includes(line));
    return (
        <>
            {shown.length > 0 && <h3>{fresh ? "New warnings" : "Warnings of the evaluation"}</h3>}
            {shown.length > 0 && <ul class="plain">{shown.map((line) => <li><Text of={line} /></li>)}</ul>}
            {old.length > 0 && (
                <details class="more">
                    <summary>Warnings that the base has as well ({old.length})</summary>
                    <ul class="plain">{old.map((line) => <li><Text of={line} /></li>)}</ul>
                </details>
            )}
        </>
    );
}

export function EvidenceView({ detail, tails }: { detail: Detail; tails: Tails }) {
    const levels = shownLevels(detail, tails);
    return (
        <>
            {levels.length === 0
                ? <p class="muted">Nothing is built for it, so there was nothing to try.</p>
                : (
                    <ol class="evidences">
                        {levels.map((level) => (
                            <Row level={level} detail={detail} tail={tails[level.level]} />
                        ))}
                    </ol>
                )}
            <Warnings detail={detail} />
        </>
    );
}

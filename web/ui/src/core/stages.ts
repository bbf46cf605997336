// Where a proposal stands on its way. The way is the same for all of them; what differs is how far
// one came and how it ended.
import type { Detail, State } from "../api/types.ts";
import { STATES } from "./words.ts";

export type Mark = "done" | "here" | "ahead" | "ended";

export interface Stage {
    word: string;
    mark: Mark;
}

const WAY = ["Drafted", "Tested", "Decided", "Approved", "Applied", "Confirmed"];
const NOW = ["Drafted", "Testing", "Deciding", "Your turn", "Applying", "Confirmed"];

const PLACE: Partial<Record<State, number>> = {
    drafted: 0, checking: 1, verified: 2, decided: 3, approved: 4, applying: 4, confirmed: 5,
};

/** How many stages an ended proposal had behind it, read off its evidence. */
function reached(detail: Detail): number {
    if (detail.apply) return detail.state === "rolled_back" ? 5 : 4;
    if (detail.approval) return 4;
    // Denied by the policy it stops at the decision; denied by a person, after it.
    if (detail.state === "denied") return detail.blocked || !detail.statement_ready ? 2 : 3;
    if (detail.verdict) return 3;
    if (detail.effects) return 2;
    return detail.evidence.length > 0 ? 1 : 0;
}

export function stages(detail: Detail): Stage[] {
    const place = PLACE[detail.state];
    if (detail.state === "confirmed") return WAY.map((word) => ({ word, mark: "done" }));
    if (place !== undefined) {
        const now = detail.state === "approved" ? "To apply" : NOW[place] ?? "";
        return WAY.map((word, i) => (
            i === place ? { word: now, mark: "here" } : { word, mark: i < place ? "done" : "ahead" }
        ));
    }
    const end = reached(detail);
    return WAY.map((word, i) => (
        i === end ? { word: STATES[detail.state].word, mark: "ended" }
            : { word, mark: i < end ? "done" : "ahead" }
    ));
}

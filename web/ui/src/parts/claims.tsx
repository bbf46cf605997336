// What the proposer says, apart from what was found, and where the two do not fit.
import type { Detail, Doubt } from "../api/types.ts";
import { Icon } from "./icon.tsx";
import { Text } from "./text.tsx";

export function Doubts({ of }: { of: Doubt[] }) {
    if (of.length === 0) return null;
    return (
        <div class="note note-bad" data-doubts={of.length}>
            <Icon name="triangle" />
            <div>
                <p><strong>The proposer's words do not fit what was built</strong></p>
                <ul class="plain">
                    {of.map(({ claim, text }) => (
                        <li>It says <q><Text of={claim} /></q>; <Text of={text} />.</li>
                    ))}
                </ul>
            </div>
        </div>
    );
}

export function Claims({ detail }: { detail: Detail }) {
    const doubts = detail.explanation?.doubts.length ?? 0;
    return (
        <div class="claims">
            <p class="claims-mark">
                <Icon name="person" />
                <span>
                    Claimed by <strong><Text of={detail.proposer.id} /></strong>, {doubts === 0
                        ? "not checked"
                        : <>and doubted: see <a href="#effects">what changes</a></>}
                </span>
            </p>
            <p><span class="muted">Title:</span> <Text of={detail.title} /></p>
            {detail.goal && <p><span class="muted">Goal:</span> <Text of={detail.goal} /></p>}
            <p class="prose"><Text of={detail.rationale || "No reason was given."} /></p>
        </div>
    );
}

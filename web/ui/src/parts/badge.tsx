// State and risk: always a word, an icon and a colour, so that none of the three is needed alone.
import type { Risk, State } from "../api/types.ts";
import { RISKS, STATES, type Tone } from "../core/words.ts";
import { Icon, type IconName } from "./icon.tsx";

const STATE_ICONS: Record<State, IconName> = {
    drafted: "ring", checking: "turn", verified: "ring", decided: "person", approved: "check",
    applying: "turn", confirmed: "check", rolled_back: "back", failed: "cross", refused: "cross",
    denied: "cross", withdrawn: "dash", superseded: "dash", lapsed: "clock", expired: "clock",
    stale: "clock",
};

const RISK_ICONS: Record<Risk, IconName> = {
    critical: "octagon", high: "triangle", notice: "info", low: "dot", none: "dash",
};

export function ToneBadge({ tone, icon, word, spin = false }: {
    tone: Tone; icon: IconName; word: string; spin?: boolean;
}) {
    return (
        <span class={`badge tone-${tone}`}>
            <Icon name={icon} spin={spin} />
            {word}
        </span>
    );
}

export function StateBadge({ state }: { state: State }) {
    const { word, tone } = STATES[state];
    return (
        <span class={`badge badge-state tone-${tone}`} data-state={state}>
            <Icon name={STATE_ICONS[state]} spin={tone === "busy"} />
            {word}
        </span>
    );
}

/** `open`: more may become known of it. */
export function RiskBadge({ risk, open = true }: { risk: Risk | null; open?: boolean }) {
    // A proposal that was not built yet has no known risk, which is not the same as none.
    if (!risk) {
        return <span class="badge risk-unknown"><Icon name="question" />{open ? "Risk not known yet" : "Risk never known"}</span>;
    }
    return (
        <span class={`badge risk-${risk}`} data-risk={risk}>
            <Icon name={RISK_ICONS[risk]} />
            {RISKS[risk].word}
        </span>
    );
}

export function RiskIcon({ risk }: { risk: Risk }) {
    return (
        <span class={`risk-icon risk-${risk}`}>
            <Icon name={RISK_ICONS[risk]} />
            <span class="hidden">{RISKS[risk].word}: </span>
        </span>
    );
}

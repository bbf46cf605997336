// Who may have what done without being asked, why, and until when. Nothing is granted here: that is signed in a terminal.
import type { Standing } from "../api/types.ts";
import { useResource } from "../core/hooks.ts";
import type { Tone } from "../core/words.ts";
import { ToneBadge } from "./badge.tsx";
import type { IconName } from "./icon.tsx";
import { Loading, Problem } from "./problem.tsx";
import { Text, Time } from "./text.tsx";

const LEVELS: Record<Standing["level"], { word: string; tone: Tone; icon: IconName }> = {
    revoked: { word: "Revoked: a person decides", tone: "bad", icon: "cross" },
    ask: { word: "Asks", tone: "quiet", icon: "person" },
    veto: { word: "Happens unless somebody objects", tone: "warn", icon: "clock" },
    auto: { word: "Happens by itself", tone: "warn", icon: "play" },
};

function One({ of }: { of: Standing }) {
    const { word, tone, icon } = LEVELS[of.level];
    return (
        <li data-trust={of.level}>
            <p>
                <strong><Text of={`${of.proposer.kind}:${of.proposer.id}`} /></strong>{" "}
                <code>{of.class}</code> <ToneBadge tone={tone} icon={icon} word={word} />
                {of.until && <> until <Time at={of.until} /></>}
            </p>
            <p class="muted"><Text of={of.class_means} />. <Text of={of.bound} /></p>
            <ul>
                {of.reasons.map((reason) => <li>Because <Text of={reason} /></li>)}
                {of.suggested && <li>Earned: {of.suggested}, if a person signs for it</li>}
                {of.missing.map((what) => <li class="muted">For more: <Text of={what} /></li>)}
            </ul>
        </li>
    );
}

export function Trust() {
    const { data, error, reload } = useResource<{ standings: Standing[]; verified: boolean }>("/trust", (event) =>
        event.kind === "entry" && ["apply.outcome", "trust.changed", "apply.brake"].includes(event.data.type));
    return (
        <section class="section" aria-labelledby="trust">
            <h2 id="trust">Who is trusted with what</h2>
            <Problem error={error} retry={reload} />
            {!data && !error && <Loading what="who is trusted" />}
            {data && !data.verified && <p class="note note-bad">The log is not what its seals say: nobody is trusted</p>}
            {data && data.standings.length === 0 && <p class="muted">Nobody had anything applied here yet: everybody asks.</p>}
            {data && data.standings.length > 0 && (
                <ul class="plain">{data.standings.map((standing) => <One of={standing} />)}</ul>
            )}
            <p class="muted">In a terminal: <code>agentctl trust grant</code>, <code>agentctl trust revoke</code></p>
        </section>
    );
}

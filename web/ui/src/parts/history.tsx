// What happened to the proposal, from the log, and where it landed.
import type { Detail, HistoryLine, Landing } from "../api/types.ts";
import { localTimes } from "../core/time.ts";
import { brief } from "../core/untrusted.ts";
import { Link } from "../core/router.tsx";
import { Icon } from "./icon.tsx";
import { Text, Time } from "./text.tsx";

function actorName(actor: HistoryLine["actor"]): string {
    return typeof actor === "string" ? actor : actor.id;
}

export function History({ lines }: { lines: HistoryLine[] }) {
    if (lines.length === 0) return <p class="muted">Nothing yet.</p>;
    return (
        <ol class="timeline">
            {lines.map((line) => (
                <li>
                    <p><Text of={localTimes(brief(line.text))} /></p>
                    <p class="timeline-facts">
                        <span><Text of={actorName(line.actor)} /></span>
                        <Time at={line.time} />
                        <Link to={`/audit?at=${line.index}`}>entry {line.index}</Link>
                    </p>
                </li>
            ))}
        </ol>
    );
}

export function LandingView({ detail, landing }: { detail: Detail; landing: Landing }) {
    if (detail.landed) {
        return (
            <p class="note note-good">
                <Icon name="check" />
                <span>
                    Landed on <code><Text of={landing.branch} /></code>
                    {landing.how && <> by <Text of={landing.how} /></>}
                    {landing.commit && <> as <code>{landing.commit.slice(0, 12)}</code></>}.
                </span>
            </p>
        );
    }
    return (
        <p class="note note-warn">
            <Icon name="info" />
            <span>
                Not on <code><Text of={landing.branch} /></code>
                {landing.reason ? <>: <Text of={landing.reason} /></> : " yet"}.{" "}
                {landing.hint ? <Text of={landing.hint} /> : <>Run <code>agentctl pull</code> in your clone.</>}
            </span>
        </p>
    );
}

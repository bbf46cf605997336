// How the machine is: what runs, what is unwell, what agentd's own parts say.
import { send } from "../api/client.ts";
import type { Observation, Status } from "../api/types.ts";
import { useAction, useResource, useTitle } from "../core/hooks.ts";
import { Link } from "../core/router.tsx";
import { type Tone } from "../core/words.ts";
import { ToneBadge } from "../parts/badge.tsx";
import { Icon, type IconName } from "../parts/icon.tsx";
import { Loading, Problem } from "../parts/problem.tsx";
import { Hash, StorePath, Text, Time } from "../parts/text.tsx";

const SEVERITIES: Record<Observation["severity"], { word: string; tone: Tone; icon: IconName; rank: number }> = {
    critical: { word: "Critical", tone: "bad", icon: "octagon", rank: 0 },
    warning: { word: "Warning", tone: "warn", icon: "triangle", rank: 1 },
    info: { word: "Note", tone: "calm", icon: "info", rank: 2 },
};

const HEAD_WORDS: Record<Status["machine"]["running_is_head"], { word: string; tone: Tone; icon: IconName }> = {
    yes: { word: "The running system is what the head builds", tone: "good", icon: "check" },
    no: { word: "The running system is not what the head builds", tone: "warn", icon: "triangle" },
    unknown: { word: "Not known whether the head builds the running system", tone: "quiet", icon: "question" },
};

function Observed({ of }: { of: Observation }) {
    const { word, tone, icon } = SEVERITIES[of.severity];
    return (
        <li class="observed" data-severity={of.severity}>
            <ToneBadge tone={tone} icon={icon} word={word} />
            <div>
                <h3><Text of={of.title} /></h3>
                {of.detail && <p class={of.trusted ? "" : "quoted"}><Text of={of.detail} /></p>}
                {!of.trusted && of.detail && (
                    <p class="muted">These words come from a program on the machine, not from agentd.</p>
                )}
                {of.remedy && <p>What could be done: <Text of={of.remedy} /></p>}
                <p class="muted">Seen <Time at={of.opened} />{of.changed !== of.opened && <>, changed <Time at={of.changed} /></>}</p>
            </div>
        </li>
    );
}

function Observations({ all }: { all: Observation[] }) {
    const open = all.filter(({ resolved }) => resolved === null)
        .toSorted((a, b) => SEVERITIES[a.severity].rank - SEVERITIES[b.severity].rank);
    return (
        <section class="section" aria-labelledby="observed">
            <h2 id="observed">What it sees <span class="count">{open.length}</span></h2>
            {open.length === 0
                ? <p class="muted">Nothing out of order. What the machine notices appears here; to look now: <code>agentctl observe</code></p>
                : <ul class="observeds">{open.map((one) => <Observed key={one.key} of={one} />)}</ul>}
        </section>
    );
}

function Systems({ status }: { status: Status }) {
    const { machine } = status;
    const head = HEAD_WORDS[machine.running_is_head];
    return (
        <section class="section" aria-labelledby="systems">
            <h2 id="systems">Systems</h2>
            <p><ToneBadge tone={head.tone} icon={head.icon} word={head.word} /></p>
            <dl class="facts">
                <div><dt>Running</dt><dd><StorePath of={machine.running} /></dd></div>
                <div><dt>Booted</dt><dd><StorePath of={machine.booted} />{machine.booted !== machine.running && <span class="muted"> differs from running</span>}</dd></div>
                <div><dt>Next boot</dt><dd><StorePath of={machine.profile} />{machine.profile !== machine.running && <span class="muted"> differs from running</span>}</dd></div>
                <div><dt>Head</dt><dd><Text of={machine.head.branch} /> at <Hash of={machine.head.commit} what="head commit" /></dd></div>
                {machine.head.toplevel && <div><dt>Head builds</dt><dd><StorePath of={machine.head.toplevel} /></dd></div>}
            </dl>
        </section>
    );
}

function Units({ units }: { units: Status["units"] }) {
    return (
        <section class="section" aria-labelledby="units">
            <h2 id="units">Units</h2>
            <p>
                {units.failed.length === 0
                    ? <ToneBadge tone="good" icon="check" word="None failed" />
                    : <ToneBadge tone="bad" icon="cross" word={`${units.failed.length} failed`} />}
                {" "}<span class="muted">of {units.total}</span>
            </p>
            {units.failed.length > 0 && (
                <ul class="plain">{units.failed.map((unit) => <li><code><Text of={unit} /></code></li>)}</ul>
            )}
        </section>
    );
}

function Parts({ status }: { status: Status }) {
    const { log } = status;
    const verified = log.verified === null ? "not verified yet" : log.verified ? "verified" : "NOT in order";
    return (
        <section class="section" aria-labelledby="parts">
            <h2 id="parts">agentd itself</h2>
            {!status.separation && (
                <p class="note note-warn">
                    <Icon name="triangle" />
                    <span>Separation is off: all parts run as one user. Good for a demo, not for a machine that matters.</span>
                </p>
            )}
            <ul class="checks">
                {status.parts.map((part) => (
                    <li class={part.ok ? "ok" : "not-ok"}>
                        <Icon name={part.ok ? "check" : "cross"} />
                        <span>
                            <strong><Text of={part.name} /></strong>
                            <span class="hidden">{part.ok ? " works" : " does not work"}</span>
                            {part.detail && <>: <Text of={part.detail} /></>}
                        </span>
                    </li>
                ))}
            </ul>
            <dl class="facts">
                <div><dt>Version</dt><dd>{status.version}</dd></div>
                <div><dt>Nix</dt><dd>{status.nix.version}</dd></div>
                <div><dt>Log</dt><dd>{log.size} entries, <Link to="/audit">{verified}</Link></dd></div>
            </dl>
        </section>
    );
}

function Useful({ useful }: { useful: Status["useful"] }) {
    if (!useful) return null;
    return (
        <aside class="useful" aria-label="One useful thing">
            <p class="useful-mark">One useful thing you could do</p>
            <p><Link to={`/proposals/${useful.id}`}>#{useful.number} <Text of={useful.title} /></Link></p>
            <p class="muted"><Text of={useful.headline} /></p>
        </aside>
    );
}

export function MachineView() {
    useTitle("Machine");
    const found = useResource<Status>("/status", (event) =>
        event.kind === "status" || event.kind === "observation"
        || (event.kind === "entry" && event.data.type !== "evidence.recorded"));
    const looking = useAction(async () => {
        await send("/observe", {});
        found.reload();
    });
    const status = found.data;
    return (
        <>
            <div class="title-row">
                <h1 tabIndex={-1}>{status ? <Text of={status.host} /> : "Machine"}</h1>
                <button type="button" class="button" aria-disabled={looking.busy} onClick={() => void looking.run()}>
                    {looking.busy ? "Looking…" : "Look now"}
                </button>
            </div>
            <Problem error={found.error} retry={found.reload} />
            <Problem error={looking.error} />
            {!status && !found.error && <Loading what="the status" />}
            {status && (
                <>
                    <p class="figures-line">
                        <span><strong>{status.proposals.waiting}</strong> waiting for you</span>
                        <span><strong>{status.proposals.open}</strong> open</span>
                        <span><strong>{status.proposals.applied}</strong> applied</span>
                    </p>
                    <Useful useful={status.useful} />
                    <div class="sections">
                        <Observations all={status.observations} />
                        <Units units={status.units} />
                        <Systems status={status} />
                        <Parts status={status} />
                    </div>
                </>
            )}
        </>
    );
}

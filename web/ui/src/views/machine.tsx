// How the machine is, on one screen: who owns what and its state, what is unwell, what it could go back to.
import { send } from "../api/client.ts";
import type { Fact, Status } from "../api/types.ts";
import { useAction, useResource, useTitle } from "../core/hooks.ts";
import { Link } from "../core/router.tsx";
import { plain, type Tone } from "../core/words.ts";
import { ToneBadge } from "../parts/badge.tsx";
import { Generations } from "../parts/generations.tsx";
import { Icon, type IconName } from "../parts/icon.tsx";
import { Observations } from "../parts/observed.tsx";
import { Loading, Problem } from "../parts/problem.tsx";
import { Hash, StorePath, Text, Time } from "../parts/text.tsx";
import { Trust } from "../parts/trust.tsx";

const FACTS: Record<Fact["state"], { word: string; tone: Tone; icon: IconName }> = {
    good: { word: "Good", tone: "good", icon: "check" },
    amiss: { word: "Amiss", tone: "warn", icon: "triangle" },
    unknown: { word: "Not known", tone: "quiet", icon: "question" },
};

const OWNERS: Record<string, string> = {
    flake: "the flake", nix: "Nix", systemd: "systemd", agentd: "agentd", you: "you",
};

function Owners({ status }: { status: Status }) {
    return (
        <section class="section" aria-labelledby="owners">
            <h2 id="owners">Who owns what, and how it is</h2>
            {/* The roles are said, because a phone lays the rows out as blocks and browsers then forget them. */}
            <table class="owners" role="table" aria-labelledby="owners">
                <thead role="rowgroup">
                    <tr role="row">
                        <th scope="col" role="columnheader">What</th>
                        <th scope="col" role="columnheader">How it is</th>
                        <th scope="col" role="columnheader">Whose</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">
                    {status.facts.map((fact) => {
                        const { word, tone, icon } = FACTS[fact.state];
                        return (
                            <tr role="row" data-fact={fact.name} data-state={fact.state}>
                                <th scope="row" role="rowheader"><Text of={plain(fact.name)} /></th>
                                <td role="cell">
                                    <div class="owners-state">
                                        <ToneBadge tone={tone} icon={icon} word={word} />
                                        <span><Text of={fact.text} /></span>
                                    </div>
                                </td>
                                <td role="cell">{OWNERS[fact.owner] ?? <Text of={fact.owner} />}</td>
                            </tr>
                        );
                    })}
                </tbody>
            </table>
            <p class="muted">Looked at <Time at={status.seen} />. In a terminal: <code>agentctl status</code></p>
        </section>
    );
}

const HEAD_WORDS: Record<Status["machine"]["running_is_head"], { word: string; tone: Tone; icon: IconName }> = {
    yes: { word: "The running system is what the head builds", tone: "good", icon: "check" },
    no: { word: "The running system is not what the head builds", tone: "warn", icon: "triangle" },
    unknown: { word: "Not known whether the head builds the running system", tone: "quiet", icon: "question" },
};

/** A system in several roles stands there once, with all of them. */
function Systems({ status: { machine } }: { status: Status }) {
    const head = HEAD_WORDS[machine.running_is_head];
    const roles = [
        { word: "Runs now", path: machine.running }, { word: "Booted", path: machine.booted },
        { word: "Next boot", path: machine.profile }, { word: "Head builds", path: machine.head.toplevel },
    ];
    const paths = [...new Set(roles.flatMap(({ path }) => (path ? [path] : [])))];
    return (
        <section class="section" aria-labelledby="systems">
            <h2 id="systems">Systems</h2>
            <p><ToneBadge tone={head.tone} icon={head.icon} word={head.word} /></p>
            <dl class="facts">
                {paths.map((path) => (
                    <div>
                        <dt>{roles.filter((role) => role.path === path).map(({ word }) => word).join(", ")}</dt>
                        <dd><StorePath of={path} /></dd>
                    </div>
                ))}
                <div><dt>Head</dt><dd><Text of={machine.head.branch} /> at <Hash of={machine.head.commit} what="head commit" /></dd></div>
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
                        <Owners status={status} />
                        <Observations open={status.observations} over={status.resolved} />
                        <Systems status={status} />
                        <Generations adopted={status.adopted} />
                        <Trust />
                        <Units units={status.units} />
                        <Parts status={status} />
                    </div>
                </>
            )}
        </>
    );
}

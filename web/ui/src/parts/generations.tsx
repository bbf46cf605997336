// The systems this machine had. Going back to one is drafted as a proposal like any other: nothing here applies.
import { useState } from "preact/hooks";
import { send } from "../api/client.ts";
import type { Adopted, Generation, Summary } from "../api/types.ts";
import { useAction, useResource } from "../core/hooks.ts";
import { Link, navigate } from "../core/router.tsx";
import { type Tone } from "../core/words.ts";
import { ToneBadge } from "./badge.tsx";
import { Dialog } from "./dialog.tsx";
import type { IconName } from "./icon.tsx";
import { Loading, Problem } from "./problem.tsx";
import { StorePath, Text, Time } from "./text.tsx";

const SHOWN = 8;

const MARKS: { is: (of: Generation) => boolean; word: string; tone: Tone; icon: IconName }[] = [
    { is: (of) => of.running, word: "Runs now", tone: "good", icon: "dot" },
    { is: (of) => of.booted, word: "Booted", tone: "calm", icon: "play" },
    { is: (of) => of.profile, word: "Next boot", tone: "calm", icon: "arrow" },
    { is: (of) => of.confirmed, word: "Was healthy", tone: "quiet", icon: "check" },
    { is: (of) => of.by_hand, word: "Made by hand", tone: "warn", icon: "person" },
];

function GoBack({ of, close }: { of: Generation; close: () => void }) {
    const drafting = useAction(async () => {
        const { proposal } = await send<{ proposal: Summary }>("/proposals", { rollback: { generation: of.number } });
        navigate(`/proposals/${proposal.id}`);
    });
    return (
        <Dialog title={`Go back to generation ${of.number}?`} close={close}>
            <p>
                A proposal is drafted: it shows what would move and what stays. Nothing on the machine changes until
                it is approved and applied, as with any other.
            </p>
            <dl class="facts">
                <div><dt>System</dt><dd><StorePath of={of.path} /></dd></div>
                <div><dt>Made</dt><dd><Time at={of.made} /></dd></div>
            </dl>
            <Problem error={drafting.error} />
            <div class="dialog-actions">
                <button type="button" class="button button-quiet" onClick={close}>Cancel</button>
                <button type="button" class="button button-primary" aria-disabled={drafting.busy}
                    onClick={() => void drafting.run()}>
                    {drafting.busy ? "Drafting…" : "Draft it"}
                </button>
            </div>
        </Dialog>
    );
}

const BY: Record<Adopted["by"], string> = { hand: "somebody switched to it", boot: "it was booted" };

/** What began without agentd is not hidden: it stands in the log, with what it changed. */
function AdoptedList({ adopted }: { adopted: Adopted[] }) {
    if (adopted.length === 0) return null;
    return (
        <>
            <h3>Not by agentd, and taken into the log</h3>
            <ul class="plain">
                {adopted.map((one) => (
                    <li>
                        <Time at={one.at} /> {BY[one.by]}: <StorePath of={one.to} />{" "}
                        {one.headline && <><Text of={one.headline} />. </>}
                        <Link to={`/audit?at=${one.entry}`}>entry {one.entry}</Link>
                    </li>
                ))}
            </ul>
        </>
    );
}

function Row({ of, choose }: { of: Generation; choose: () => void }) {
    return (
        <li class="generation" data-generation={of.number}>
            <span class="generation-number" aria-hidden="true">{of.number}</span>
            <div>
                <h3 class="hidden">Generation {of.number}</h3>
                <p class="generation-marks">
                    {MARKS.filter(({ is }) => is(of)).map(({ word, tone, icon }) => (
                        <ToneBadge tone={tone} icon={icon} word={word} />
                    ))}
                    <span class="muted">made <Time at={of.made} /></span>
                </p>
                <p><StorePath of={of.path} /></p>
            </div>
            {!of.running && (
                <button type="button" class="button" onClick={choose}>
                    Go back to this one…<span class="hidden"> generation {of.number}</span>
                </button>
            )}
        </li>
    );
}

export function Generations({ adopted }: { adopted: Adopted[] }) {
    const found = useResource<{ generations: Generation[] }>("/generations", (event) =>
        event.kind === "status" || (event.kind === "entry" && /^(apply\.outcome|generation\.)/.test(event.data.type)));
    const [all, setAll] = useState(false);
    const [chosen, setChosen] = useState<Generation | null>(null);
    const list = found.data?.generations ?? [];
    // What runs or boots is never folded away, however old it is.
    const shown = all ? list : list.filter((of, i) => i < SHOWN || of.running || of.booted || of.profile);
    return (
        <section class="section" aria-labelledby="generations">
            <h2 id="generations">Generations <span class="count">{list.length}</span></h2>
            <Problem error={found.error} retry={found.reload} />
            {!found.data && !found.error && <Loading what="the generations" />}
            {found.data && list.length === 0 && <p class="muted">The system profile has none yet: there is nothing to go back to.</p>}
            <ul class="generations">
                {shown.map((of) => <Row key={of.number} of={of} choose={() => setChosen(of)} />)}
            </ul>
            {shown.length < list.length && (
                <button type="button" class="button" onClick={() => setAll(true)}>Show all {list.length}</button>
            )}
            <AdoptedList adopted={adopted} />
            {chosen && <GoBack of={chosen} close={() => setChosen(null)} />}
        </section>
    );
}

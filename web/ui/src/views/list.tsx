// All proposals: what waits for a person first.
import { useId, useState } from "preact/hooks";
import { type Reading, send } from "../api/client.ts";
import type { Summary } from "../api/types.ts";
import { useAction, useResource, useTitle } from "../core/hooks.ts";
import { Link, navigate } from "../core/router.tsx";
import { isOpen, KINDS, LEVELS, plain, RISKS } from "../core/words.ts";
import { RiskBadge, StateBadge } from "../parts/badge.tsx";
import { Loading, Problem } from "../parts/problem.tsx";
import { Text, Time } from "../parts/text.tsx";

const CLOSED_SHOWN = 20;
const MAX_GOAL = 1000;

/** What is being applied may wait for a person, with the clock running; then what a person has to act on, the
    dangerous first, before what the machine is still doing. */
const URGENCY: Partial<Record<Summary["state"], number>> = { applying: 0, decided: 1, approved: 2 };

export function arrange(all: Summary[]): { open: Summary[]; closed: Summary[] } {
    const rank = ({ risk }: Summary) => (risk ? RISKS[risk].rank : 0);
    const newest = (a: Summary, b: Summary) => b.created.localeCompare(a.created);
    return {
        open: all.filter(({ state }) => isOpen(state)).toSorted(
            (a, b) => (URGENCY[a.state] ?? 3) - (URGENCY[b.state] ?? 3) || rank(b) - rank(a) || newest(a, b),
        ),
        closed: all.filter(({ state }) => !isOpen(state))
            .toSorted((a, b) => b.updated.localeCompare(a.updated)),
    };
}

/** What a goal may mean: the person says which. */
function Choice({ of, choose }: { of: Reading[]; choose: (say: string) => Promise<boolean> }) {
    return (
        <div role="alert">
            <p>Which do you mean?</p>
            <ul class="plain">
                {of.map(({ say, understood }) => (
                    <li>
                        <button type="button" class="button" onClick={() => void choose(say)}><Text of={understood.join(", ")} /></button>
                    </li>
                ))}
            </ul>
        </div>
    );
}

function Goal({ host }: { host: string | null }) {
    const [goal, setGoal] = useState("");
    const id = useId();
    const asking = useAction(async (wanted: string) => {
        const { proposal } = await send<{ proposal: Summary }>("/proposals", { goal: wanted });
        navigate(`/proposals/${proposal.id}`);
    });
    const readings = asking.error?.readings;
    return (
        <form
            class="goal"
            onSubmit={(event) => {
                event.preventDefault();
                if (goal.trim()) void asking.run(goal.trim());
            }}
        >
            <label for={id}>What should change{host ? ` on ${host}` : ""}?</label>
            <div class="goal-row">
                <input
                    id={id} type="text" value={goal} maxLength={MAX_GOAL} autocomplete="off"
                    placeholder="install ripgrep, open port 8080, …"
                    onInput={(event) => setGoal(event.currentTarget.value)}
                />
                <button type="submit" class="button button-primary" aria-disabled={asking.busy}>
                    {asking.busy ? "Drafting…" : "Propose"}
                </button>
            </div>
            <p class="muted">It is drafted and tested. Nothing changes until it is approved.</p>
            {readings
                ? <Choice of={readings} choose={asking.run} />
                : <Problem error={asking.error} />}
        </form>
    );
}

/** A number belongs to a proposal while it is open; afterwards the next one is given it. */
function Item({ of }: { of: Summary }) {
    const numbered = isOpen(of.state);
    return (
        <li class={`item item-${of.state}`}>
            <span class="item-number" aria-hidden="true">{numbered ? of.number : ""}</span>
            <div class="item-body">
                <h3>
                    <Link to={`/proposals/${of.id}`}>
                        {numbered && <span class="hidden">#{of.number} </span>}<Text of={of.title} />
                    </Link>
                </h3>
                {of.headline && <p class="item-headline"><Text of={of.headline} /></p>}
                <p class="item-facts">
                    <StateBadge state={of.state} />
                    <RiskBadge risk={of.risk} open={isOpen(of.state)} />
                    {of.kind !== "change" && <span>{KINDS[of.kind].word}</span>}
                    {of.level && <span>{LEVELS[of.level]}</span>}
                    <span><Text of={of.proposer.id} /> ({plain(of.proposer.kind)})</span>
                    <Time at={of.created} />
                </p>
            </div>
        </li>
    );
}

function Empty() {
    return (
        <div class="empty">
            <h3>Nothing is waiting for you</h3>
            <p>
                Proposals appear here when the machine notices something it can mend, an agent
                proposes a change, or you ask for one above. In a terminal:
            </p>
            <pre><code>agentctl run "install ripgrep"</code></pre>
        </div>
    );
}

function Closed({ closed }: { closed: Summary[] }) {
    const [all, setAll] = useState(false);
    if (closed.length === 0) return null;
    const shown = all ? closed : closed.slice(0, CLOSED_SHOWN);
    return (
        <section aria-labelledby="closed">
            <h2 id="closed">Closed <span class="count">{closed.length}</span></h2>
            <ul class="items items-closed">{shown.map((one) => <Item key={one.id} of={one} />)}</ul>
            {shown.length < closed.length && (
                <button type="button" class="button" onClick={() => setAll(true)}>
                    Show all {closed.length}
                </button>
            )}
        </section>
    );
}

export function ListView({ host }: { host: string | null }) {
    useTitle("Proposals");
    const found = useResource<{ proposals: Summary[] }>("/proposals?all=1", (event) =>
        event.kind === "entry" && /^(proposal|evidence|decision|approval|apply|landing)\./.test(event.data.type));
    const { open, closed } = arrange(found.data?.proposals ?? []);
    return (
        <>
            <h1 tabIndex={-1}>Proposals</h1>
            <Goal host={host} />
            <Problem error={found.error} retry={found.reload} />
            {!found.data && !found.error && <Loading what="the proposals" />}
            {found.data && (
                <>
                    <section aria-labelledby="open">
                        <h2 id="open">Open <span class="count">{open.length}</span></h2>
                        {open.length > 0
                            ? <ul class="items">{open.map((one) => <Item key={one.id} of={one} />)}</ul>
                            : <Empty />}
                    </section>
                    <Closed closed={closed} />
                </>
            )}
        </>
    );
}

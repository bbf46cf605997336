// The audit trail, newest first. The address holds the filter, so a view of the log can be sent on.
import { useEffect, useId, useState } from "preact/hooks";
import { read } from "../api/client.ts";
import type { AuditVerdict, IndexedEntry } from "../api/types.ts";
import { useAction, useTitle } from "../core/hooks.ts";
import { Link, navigate, useLocation } from "../core/router.tsx";
import { isTrouble, sentence, TYPES } from "../core/sentences.ts";
import { type Filter, matches, useTrail } from "../core/trail.ts";
import { Icon } from "../parts/icon.tsx";
import { Loading, Problem } from "../parts/problem.tsx";
import { Copy, Hash, Text, Time } from "../parts/text.tsx";

const ULID = /^[0-9A-HJKMNP-TV-Z]{26}$/;

function Verify() {
    const [verdict, setVerdict] = useState<AuditVerdict | null>(null);
    const verifying = useAction(async () => setVerdict(await read<AuditVerdict>("/audit/verify")));
    useEffect(() => {
        void verifying.run();
    }, []);
    const tone = !verdict ? "note" : verdict.ok ? "note note-good" : "note note-bad";
    return (
        <div class={`verify ${tone}`} data-verified={verdict ? String(verdict.ok) : "unknown"}>
            <Icon name={!verdict ? "turn" : verdict.ok ? "check" : "octagon"} spin={verifying.busy} />
            <div role="status">
                {!verdict && <p>{verifying.busy ? "Verifying every entry and every signature…" : "Not verified."}</p>}
                {verdict?.ok && (
                    <p>
                        <strong>Verified.</strong> All {verdict.size} entries are in order and signed.
                        Root <Hash of={verdict.root} what="root of the log" keep={16} />
                    </p>
                )}
                {verdict && !verdict.ok && (
                    <p>
                        <strong>The log is not in order</strong>
                        {verdict.problem && (
                            <>
                                {verdict.problem.entry !== null && <> at entry {verdict.problem.entry}</>}
                                {verdict.problem.offset !== null && <> (byte {verdict.problem.offset})</>}
                                : <Text of={verdict.problem.message} />
                            </>
                        )}. Do not apply anything. See: agentctl audit verify
                    </p>
                )}
                <Problem error={verifying.error} />
            </div>
            <button type="button" class="button" aria-disabled={verifying.busy} onClick={() => void verifying.run()}>
                Verify again
            </button>
        </div>
    );
}

function setFilter(url: URL, change: Partial<Filter>): void {
    for (const [name, value] of Object.entries(change)) {
        if (value) url.searchParams.set(name, value);
        else url.searchParams.delete(name);
    }
    navigate(url.pathname + url.search, "replace");
}

function Filters({ url, filter }: { url: URL; filter: Filter }) {
    const type = useId();
    const text = useId();
    return (
        <form class="filters" role="search" onSubmit={(event) => event.preventDefault()}>
            <div class="field">
                <label for={type}>Kind of entry</label>
                <select
                    id={type} value={filter.type}
                    onChange={(event) => setFilter(url, { type: event.currentTarget.value })}
                >
                    <option value="">All</option>
                    {TYPES.map((name) => <option value={name}>{name}</option>)}
                </select>
            </div>
            <div class="field field-wide">
                <label for={text}>Who or what</label>
                <input
                    id={text} type="search" value={filter.text} autocomplete="off"
                    placeholder="a name, a proposal, a word"
                    onInput={(event) => setFilter(url, { text: event.currentTarget.value })}
                />
            </div>
        </form>
    );
}

function Item({ of, here }: { of: IndexedEntry; here: boolean }) {
    const { entry, index } = of;
    return (
        <li class={`entry ${isTrouble(entry) ? "entry-trouble" : ""} ${here ? "entry-here" : ""}`} data-type={entry.type}>
            <span class="entry-index">{index}</span>
            <div>
                <p class="entry-says">
                    {isTrouble(entry) && <><Icon name="triangle" /><span class="hidden">Trouble: </span></>}
                    <Text of={sentence(entry)} />
                </p>
                <p class="entry-facts">
                    <code>{entry.type}</code>
                    <span><Text of={entry.actor.id} /> ({entry.actor.kind}{entry.actor.uid !== undefined && <>, uid {entry.actor.uid}</>})</span>
                    <Time at={entry.time} />
                    {ULID.test(entry.subject)
                        ? <Link to={`/proposals/${entry.subject}`}>proposal</Link>
                        : <span><Text of={entry.subject} /></span>}
                    <span>id <code>…{entry.id.slice(-6)}</code><Copy value={entry.id} what={`id of entry ${index}`} /></span>
                </p>
                <details class="more">
                    <summary>Whole entry</summary>
                    <pre class="log" tabIndex={0}><Text of={JSON.stringify(entry, null, 2)} /></pre>
                </details>
            </div>
        </li>
    );
}

export function AuditView() {
    useTitle("Audit");
    const url = useLocation();
    const filter = { type: url.searchParams.get("type") ?? "", text: url.searchParams.get("text") ?? "" };
    const asked = Number.parseInt(url.searchParams.get("at") ?? "", 10);
    const at = Number.isSafeInteger(asked) && asked >= 0 ? asked : null;
    const trail = useTrail(at);
    const shown = trail.entries.filter((one) => matches(one, filter));
    const newest = trail.entries[0]?.index ?? 0;
    useEffect(() => {
        document.querySelector(".entry-here")?.scrollIntoView({ block: "center" });
    }, [at, trail.entries.length > 0]);
    return (
        <>
            <h1 tabIndex={-1}>Audit trail</h1>
            <Verify />
            <Filters url={url} filter={filter} />
            <Problem error={trail.error} retry={trail.newer} />
            {trail.entries.length === 0 && !trail.error && <Loading what="the log" />}
            {trail.entries.length > 0 && newest < trail.size - 1 && (
                <button type="button" class="button" onClick={trail.newer}>Show newer entries</button>
            )}
            <ol class="entries" reversed>
                {shown.map((one) => <Item key={one.index} of={one} here={one.index === at} />)}
            </ol>
            {trail.entries.length > 0 && (
                <div class="trail-end">
                    <p class="muted" role="status">
                        {shown.length} shown of the entries {trail.from} to {newest}; the log holds {trail.size}.
                    </p>
                    {trail.from > 0 && (
                        <button type="button" class="button" aria-disabled={trail.busy} onClick={trail.older}>
                            {trail.busy ? "Reading…" : "Look further back"}
                        </button>
                    )}
                </div>
            )}
        </>
    );
}

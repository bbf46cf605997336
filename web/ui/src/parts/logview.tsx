// A log: live while something runs, fetched when it is opened afterwards.
import { useEffect, useRef, useState } from "preact/hooks";
import { type ApiError, asApiError, isAbort, read } from "../api/client.ts";
import { KEEP, type Tail } from "../core/logs.ts";
import { withoutColours } from "../core/untrusted.ts";
import { Loading, Problem } from "./problem.tsx";
import { Text } from "./text.tsx";

const NEAR_END = 40;

export function LogLines({ lines, dropped, label, live }: {
    lines: string[]; dropped: number; label: string; live: boolean;
}) {
    const box = useRef<HTMLDivElement>(null);
    const follow = useRef(true);
    useEffect(() => {
        const element = box.current;
        if (element && live && follow.current) element.scrollTop = element.scrollHeight;
    }, [lines.length, live]);
    return (
        <div
            class="log" ref={box} role={live ? "log" : "region"} aria-label={label} tabIndex={0}
            onScroll={({ currentTarget: box_ }) => {
                // Whoever scrolls up is reading: the end no longer pulls.
                follow.current = box_.scrollHeight - box_.scrollTop - box_.clientHeight < NEAR_END;
            }}
        >
            {dropped > 0 && <p class="log-dropped">{dropped} earlier lines are not shown here.</p>}
            <pre>{lines.map((line) => <><Text of={withoutColours(line)} />{"\n"}</>)}</pre>
        </div>
    );
}

export function LiveLog({ tail, label }: { tail: Tail; label: string }) {
    return <LogLines lines={tail.lines} dropped={tail.dropped} label={label} live />;
}

export function FetchedLog({ proposal, level, label }: {
    proposal: string; level: string; label: string;
}) {
    const [text, setText] = useState<string | null>(null);
    const [error, setError] = useState<ApiError | null>(null);
    const [attempt, setAttempt] = useState(0);
    useEffect(() => {
        const controller = new AbortController();
        setError(null);
        read<{ text: string }>(`/proposals/${proposal}/log/${level}`, controller.signal).then(
            (answer) => setText(answer.text),
            (failure: unknown) => {
                if (!isAbort(failure)) setError(asApiError(failure));
            },
        );
        return () => controller.abort();
    }, [proposal, level, attempt]);
    if (error) return <Problem error={error} retry={() => setAttempt(attempt + 1)} />;
    if (text === null) return <Loading what="the log" />;
    if (text === "") return <p class="muted">The log is empty.</p>;
    const lines = text.replace(/\n$/, "").split("\n");
    const dropped = Math.max(0, lines.length - KEEP);
    return <LogLines lines={lines.slice(dropped)} dropped={dropped} label={label} live={false} />;
}

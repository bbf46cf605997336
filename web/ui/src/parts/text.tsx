// Text that came from outside, times, digests: the small things that stand inside lines.
import { useState } from "preact/hooks";
import { useNow } from "../core/hooks.ts";
import { age, clock, fullTime } from "../core/time.ts";
import { pieces, visible } from "../core/untrusted.ts";
import { Icon } from "./icon.tsx";

export function Chip({ code }: { code: string }) {
    return <span class="chip" title={`A character that cannot be seen: ${code}`}>{code}</span>;
}

/** Draws what a reader would not see as chips, and keeps foreign direction inside its own words. */
export function Text({ of, also }: { of: string; also?: ReadonlySet<string> }) {
    return (
        <bdi>
            {pieces(of, also).map((piece) => ("text" in piece ? piece.text : <Chip code={piece.code} />))}
        </bdi>
    );
}

export function Time({ at }: { at: string }) {
    const now = useNow();
    return <time dateTime={at} title={fullTime(at)}>{age(at, now)}</time>;
}

export function Clock({ at }: { at: string }) {
    return <time dateTime={at} title={fullTime(at)}>{clock(at)}</time>;
}

export function Copy({ value, what }: { value: string; what: string }) {
    const [done, setDone] = useState(false);
    const copy = () => {
        // Not there outside a secure context; the value is on the screen to be selected by hand.
        navigator.clipboard?.writeText(value).then(() => {
            setDone(true);
            window.setTimeout(() => setDone(false), 2000);
        }, () => setDone(false));
    };
    return (
        <button type="button" class="copy" onClick={copy} aria-label={`Copy ${what}`}>
            <Icon name={done ? "check" : "copy"} />
            <span class="hidden" role="status">{done ? "Copied" : ""}</span>
        </button>
    );
}

/** A digest, a commit or a store path: shortened to look at, whole to copy. */
export function Hash({ of, what, keep = 12 }: { of: string; what: string; keep?: number }) {
    return (
        <span class="hash">
            <code title={visible(of)}>{of.length > keep ? `${of.slice(0, keep)}…` : of}</code>
            <Copy value={of} what={what} />
        </span>
    );
}

export function StorePath({ of }: { of: string }) {
    const base = of.replace(/^\/nix\/store\//, "");
    const match = /^([a-z0-9]{32})-(.+)$/.exec(base);
    const shown = match ? `${match[1]?.slice(0, 8)}…-${match[2]}` : base;
    return (
        <span class="hash">
            <code class="path" title={visible(of)}><Text of={shown} /></code>
            <Copy value={of} what="store path" />
        </span>
    );
}

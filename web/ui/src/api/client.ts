// The one place that speaks HTTP. Every failure becomes an ApiError that says what was wrong, where,
// and what to do next, so that no view has to invent words for it.

/** One way in which a goal can be read: how to say just that, and what it is. */
export interface Reading {
    say: string;
    understood: string[];
}

interface Told {
    status: number;
    code: string;
    message: string;
    where?: string | null;
    hint?: string | null;
    /** Of a goal that may mean this or that. */
    readings?: Reading[] | undefined;
}

export class ApiError extends Error {
    declare readonly status: number;
    declare readonly code: string;
    declare readonly where: string | null;
    declare readonly hint: string | null;
    declare readonly readings: Reading[] | undefined;

    constructor(told: Told) {
        super();
        Object.assign(this, { where: null, hint: null }, told);
    }
}

const BASE = "/api/v1";
/** What a browser without a session may ask for: a refusal there says nothing about a session. */
const OPEN: ReadonlySet<string> = new Set(["/session", "/pair", "/login"]);

function unreachable(cause: unknown): ApiError {
    return new ApiError({
        status: 0,
        code: "unreachable",
        message: "The daemon did not answer.",
        where: cause instanceof Error ? cause.message : null,
        hint: "Is it running? See: systemctl status agentd. This page tries again by itself.",
    });
}

function text(value: unknown): string | null {
    return typeof value === "string" && value !== "" ? value : null;
}

/** Reads the contract's error document; anything else is reported as what it is. */
export function errorFrom(status: number, body: unknown, path: string): ApiError {
    const outer = body as { error?: Record<string, unknown> } | null;
    const error = outer?.error;
    if (error && typeof error === "object") {
        return new ApiError({
            status,
            code: text(error["code"]) ?? "failed",
            message: text(error["message"]) ?? `The daemon answered ${status}.`,
            where: text(error["where"]),
            hint: text(error["hint"]),
            readings: error["readings"] as Reading[] | undefined,
        });
    }
    return new ApiError({
        status,
        code: "unexpected",
        message: `The daemon answered ${status} without saying why.`,
        where: path,
        hint: "See: journalctl -u agentd, or agentctl doctor.",
    });
}

/** How far the daemon's clock is ahead of this browser's, at most: a countdown to one of its times shows
    rather too little than too much. `Date` has whole seconds, and was written after `sent`. */
let ahead = 0;

function heardTime(date: string | null, sent: number): void {
    const at = Date.parse(date ?? "");
    if (!Number.isNaN(at)) ahead = at + 999 - sent;
}

/** The time on the daemon's clock, in milliseconds. */
export function daemonNow(): number {
    return Date.now() + ahead;
}

const PROOF = "agentd-session";

/** What makes the session's cookie this page's own: a cookie is sent to every port of the host, and what an origin
    stores is read by that origin alone. Tabs share it, as they share the cookie. */
export function sessionProof(): string {
    const kept = localStorage.getItem(PROOF) ?? "";
    return /^[0-9a-f]{64}$/.test(kept) ? kept : ""; // else no request could carry it
}

let comeBack: () => Promise<boolean> = () => Promise.resolve(false);

/** A refusal may mean that the session ended: whoever keeps the session says whether there is one again. */
export function onForbidden(listener: () => Promise<boolean>): void {
    comeBack = listener;
}

async function call<T>(path: string, init: RequestInit, again = false): Promise<T> {
    const lost = (cause: unknown): never => {
        // An aborted request was taken back by its own view: not a failure to show.
        throw isAbort(cause) ? cause : unreachable(cause);
    };
    const sent = Date.now();
    const response = await fetch(BASE + path, {
        credentials: "same-origin",
        cache: "no-store",
        redirect: "error",
        ...init,
        headers: { ...init.headers, "X-Agentd-Session": sessionProof() },
    }).catch(lost);
    heardTime(response.headers.get("Date"), sent);
    const body: unknown = await response.json().catch(
        (cause: unknown) => (cause instanceof SyntaxError ? undefined : lost(cause)),
    );
    if (response.ok && body !== undefined) {
        const proof = (body as { session?: unknown }).session;
        if (OPEN.has(path) && typeof proof === "string") localStorage.setItem(PROOF, proof);
        return body as T;
    }
    const error = errorFrom(response.status, body, path);
    // Nothing was done for a request without a session, so asking once more is asking for the first time.
    if (response.status === 403 && !OPEN.has(path) && !again && await comeBack()
        && error.code === "not_paired") {
        return call<T>(path, init, true);
    }
    throw error;
}

export function read<T>(path: string, signal?: AbortSignal): Promise<T> {
    return call<T>(path, signal ? { signal } : {});
}

export function send<T>(path: string, body: object, signal?: AbortSignal): Promise<T> {
    return call<T>(path, {
        ...(signal ? { signal } : {}),
        method: "POST",
        // No form of another page can set this header without the daemon's leave.
        headers: { "Content-Type": "application/json", "X-Agentd": "1" },
        body: JSON.stringify(body),
    });
}

export function isAbort(error: unknown): boolean {
    return error instanceof DOMException && error.name === "AbortError";
}

export function asApiError(error: unknown): ApiError {
    if (error instanceof ApiError) return error;
    return new ApiError({
        status: 0,
        code: "page",
        message: error instanceof Error ? error.message : String(error),
        hint: "This is a fault of the page itself. Reload; if it stays, agentctl can do the same.",
    });
}

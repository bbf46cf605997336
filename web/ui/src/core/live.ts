// One event stream for the whole browser. HTTP/1.1 gives a browser six connections to a host, so six
// tabs with a stream each would hang the seventh: the tab that holds a Web Lock reads the stream and
// hands it to the others over a BroadcastChannel. Where there is no stream, everybody polls.
import { sessionProof } from "../api/client.ts";
import type { EntryEvent, LogEvent } from "../api/types.ts";

export type Connection = "connecting" | "live" | "polling" | "offline";

export type LiveEvent =
    | { kind: "entry"; data: EntryEvent }
    | { kind: "log"; data: LogEvent }
    | { kind: "early"; data: { proposal: string } }
    | { kind: "observation" | "status" | "poll" };

type Message = { event: LiveEvent } | { connection: Connection } | { hello: true };

const CHANNEL = "agentd-events";
const POLL_MS = 5000;
const RETRY_MS = 15_000;

const listeners = new Set<(event: LiveEvent) => void>();
const watchers = new Set<(state: Connection) => void>();
let connection: Connection = "connecting";
let channel: BroadcastChannel | null = null;
let leading = false;
let source: EventSource | null = null;
let pollTimer: number | undefined;

export function onEvent(listener: (event: LiveEvent) => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
}

export function onConnection(watcher: (state: Connection) => void): () => void {
    watchers.add(watcher);
    watcher(connection);
    return () => watchers.delete(watcher);
}

function deliver(event: LiveEvent): void {
    for (const listener of listeners) listener(event);
}

function setConnection(next: Connection): void {
    if (next === connection) return;
    const was = connection;
    connection = next;
    for (const watcher of watchers) watcher(next);
    if (leading) post({ connection: next });
    // Whoever heard nothing for a while reads once more. The leader does so at every opening.
    else if (next === "live" && was !== "connecting") deliver({ kind: "poll" });
}

function post(message: Message): void {
    channel?.postMessage(message);
}

function fromStream(event: LiveEvent): void {
    deliver(event);
    post({ event });
}

function parse<T>(event: Event): T | null {
    try {
        return JSON.parse((event as MessageEvent<string>).data) as T;
    } catch {
        return null;
    }
}

function startPolling(): void {
    pollTimer ??= window.setInterval(() => {
        // A tab nobody sees need not ask; it asks at once when it is looked at again.
        if (document.visibilityState === "visible") fromStream({ kind: "poll" });
    }, POLL_MS);
}

function stopPolling(): void {
    window.clearInterval(pollTimer);
    pollTimer = undefined;
}

function lost(): void {
    setConnection(navigator.onLine ? "polling" : "offline");
    startPolling();
}

/**
 * The stream tells nothing of what happened before it was open: since this page was read, or since
 * the tab that led before was closed.
 */
function streaming(): void {
    setConnection("live");
    fromStream({ kind: "poll" });
}

/** Whoever asked the daemon itself knows better than a stream that has merely fallen silent. */
export function reached(answered: boolean): void {
    if (!answered) setConnection("offline");
    else if (connection !== "offline") return;
    else if (!leading) post({ hello: true });
    else if (source?.readyState === EventSource.OPEN) streaming();
    else lost();
}

/** Reads the stream for as long as this page lives. */
function stream(): void {
    const made = new EventSource(`/api/v1/events?session=${sessionProof()}`); // which takes no header
    source = made;
    made.onopen = () => {
        stopPolling();
        streaming();
    };
    made.onerror = () => {
        lost();
        // CLOSED: the daemon refused the stream, and the browser will not try again by itself.
        if (made.readyState === EventSource.CLOSED) window.setTimeout(stream, RETRY_MS);
    };
    made.addEventListener("entry", (event) => {
        const data = parse<EntryEvent>(event);
        if (data) fromStream({ kind: "entry", data });
    });
    made.addEventListener("log", (event) => {
        const data = parse<LogEvent>(event);
        if (data) fromStream({ kind: "log", data });
    });
    made.addEventListener("early", (event) => {
        const data = parse<{ proposal: string }>(event);
        if (data) fromStream({ kind: "early", data });
    });
    made.addEventListener("observation", () => fromStream({ kind: "observation" }));
    made.addEventListener("status", () => fromStream({ kind: "status" }));
}

function receive(message: Message): void {
    if ("event" in message && !leading) deliver(message.event);
    if ("connection" in message && !leading) setConnection(message.connection);
    if ("hello" in message && leading) post({ connection });
}

let started = false;

/** Called once, when the browser is known to be paired. */
export function startLive(): void {
    if (started) return;
    started = true;
    document.addEventListener("visibilitychange", () => {
        if (document.visibilityState === "visible" && connection !== "live") {
            deliver({ kind: "poll" });
        }
    });
    if (!("locks" in navigator) || typeof BroadcastChannel === "undefined") {
        // Not a secure context: tabs cannot agree on one stream, so none is opened.
        setConnection("polling");
        startPolling();
        return;
    }
    channel = new BroadcastChannel(CHANNEL);
    channel.onmessage = (event: MessageEvent<Message>) => receive(event.data);
    post({ hello: true });
    void navigator.locks.request(CHANNEL, () => {
        leading = true;
        stream();
        return new Promise<never>(() => {});
    });
}

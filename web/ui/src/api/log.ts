// The API, the log, and the events of the stream.
import type { EvidenceLevel } from "./proposal.ts";

export interface Actor {
    id: string;
    kind: string;
    uid?: number;
}

export interface Entry {
    actor: Actor;
    body: Record<string, unknown>;
    boot_id: string;
    cause: string | null;
    id: string;
    mono_us: number;
    schema: string;
    subject: string;
    time: string;
    type: string;
}

export interface IndexedEntry {
    index: number;
    entry: Entry;
}

export interface AuditPage {
    size: number;
    entries: IndexedEntry[];
}

export interface AuditVerdict {
    ok: boolean;
    size: number;
    root: string;
    problem: { entry: number | null; offset: number | null; message: string } | null;
}

// Server-sent events.
export interface EntryEvent {
    index: number;
    type: string;
    subject: string;
    time: string;
}

export interface LogEvent {
    proposal: string;
    level: EvidenceLevel;
    seq: number;
    lines: string[];
}

// The API, what a change does: the effects, the sentences made of them, and what is told beside them.

export type Risk = "none" | "low" | "notice" | "high" | "critical";

export interface Effect {
    area: string;
    kind: string;
    subject: string;
    before: string | null;
    after: string | null;
    risk: Risk;
    sentence: string;
}

export interface Effects {
    schema: string;
    from: string;
    to: string;
    effects: Effect[];
    closure: {
        paths_added: number;
        paths_removed: number;
        bytes_before: number;
        bytes_after: number;
    };
    reboot_needed: boolean;
    truncated: boolean;
}

/** Where what a sentence tells was written down. */
export interface Place {
    file: string;
    line: number | null;
    /** `file` is in the built system, not in the flake. */
    built: boolean;
}

export interface Sentence {
    risk: Risk;
    text: string;
    /** Positions in the list of the effects. */
    facts: number[];
    place: Place | null;
}

/** A claim of the proposer's that the effects do not bear out. */
export interface Doubt {
    claim: string;
    text: string;
    facts: number[];
}

export interface Explanation {
    headline: string;
    doubts: Doubt[];
    sentences: Sentence[];
}

/** What a switch would do to the units that ran when it was tested. */
export interface SwitchPlan {
    stop: string[];
    restart: string[];
    reload: string[];
    start: string[];
    keep: string[];
    goes_on: string[];
    restarts_manager: boolean;
    /** There were more units than can be listed. */
    truncated: boolean;
    /** The same in words, as the terminal says it. */
    lines: string[];
}

export interface OptionChange {
    name: string;
    before: string | null;
    after: string | null;
    /** Of a list: the elements that came and went. */
    added: string[];
    removed: string[];
    secret: boolean;
    file: string | null;
    line: number | null;
    /** Of the definition, where it is none of the usual. */
    priority: number | null;
}

export interface OptionChanges {
    changes: OptionChange[];
    more: boolean;
    /** Empty when both sides could be read. */
    trouble: string;
}

/** Where the options and the system built of them say different things; the built system counts. */
export interface Disagreements {
    items: { topic: string; subject: string; options: string | null; built: string | null; text: string }[];
    more: boolean;
    /** Topics that change and that one side does not tell. */
    not_compared: string[];
    /** Empty when both sides could be read. */
    trouble: string;
}

export interface HostChanges {
    hosts: { name: string; fate: string; why: string }[];
    sentences: string[];
    more: boolean;
}

export interface LockedInput {
    name: string;
    type: string;
    origin: string;
    revision: string;
    hash: string;
    direct: boolean;
    change: "same" | "changed" | "added" | "removed" | "unknown";
    before: string;
}

/** How far an input of the flake moves, as the two locks say it. */
export interface InputNews {
    name: string;
    text: string;
    /** A page of its forge that shows what is between; "" where none is known. */
    compare: string;
    days: number;
}

/** What the flake locks; whether an evaluation read it is not known. */
export interface LockedInputs {
    inputs: LockedInput[];
    news?: InputNews[];
    more: boolean;
    trouble: string;
}

export interface SoFar {
    /** False where nothing is known of the base: then the facts are the candidate's own. */
    compared: boolean;
    facts: { name: string; says: string; before: string | null; after: string | null }[];
    options: OptionChanges | null;
    warnings: string[];
    hosts: number;
}

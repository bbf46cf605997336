// The sentences of an explanation arranged for a reader, and what their risk asks for. The words are the
// daemon's: the terminal shows the very same.
import type { Effect, Effects, Explanation, Place, Risk, Sentence } from "../api/types.ts";
import { RISKS } from "./words.ts";

export interface Told {
    text: string;
    risk: Risk;
    facts: Effect[];
    place: Place | null;
}

export interface Section {
    risk: Risk;
    sentences: Told[];
}

export function highest(effects: Effect[]): Risk {
    return effects.reduce<Risk>(
        (worst, { risk }) => (RISKS[risk].rank > RISKS[worst].rank ? risk : worst), "none",
    );
}

function tell({ text, risk, facts, place }: Sentence, effects: Effect[]): Told {
    return { text, risk, place, facts: facts.flatMap((at) => effects[at] ?? []) };
}

/** Gravest first. The approval binds the facts: one that no sentence speaks of stands in its own words. */
export function sections({ effects }: Effects, explanation: Explanation | null): Section[] {
    const told = (explanation?.sentences ?? []).map((one) => tell(one, effects));
    const spoken = new Set(told.flatMap(({ facts }) => facts));
    const silent = effects.filter((fact) => !spoken.has(fact))
        .map((fact) => ({ text: fact.sentence, risk: fact.risk, facts: [fact], place: null }));
    const all = [...told, ...silent];
    return (Object.keys(RISKS) as Risk[])
        .map((risk) => ({ risk, sentences: all.filter((one) => one.risk === risk) }))
        .filter((section) => section.sentences.length > 0);
}

/** High and critical effects ask for more than a click. */
export function needsHostName(effects: Effects | null): boolean {
    // Nothing shown is nothing known: unknown facts never make an approval easier.
    return !effects || effects.truncated || RISKS[highest(effects.effects)].rank >= RISKS.high.rank;
}

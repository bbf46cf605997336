// The effects document arranged for a reader: by area, the most dangerous first.
import type { Effect, Effects, Risk } from "../api/types.ts";
import { AREAS, RISKS } from "./words.ts";

export interface Group {
    area: string;
    title: string;
    risk: Risk;
    effects: Effect[];
}

const ORDER = Object.keys(AREAS);

export function highest(effects: Effect[]): Risk {
    return effects.reduce<Risk>(
        (worst, { risk }) => (RISKS[risk].rank > RISKS[worst].rank ? risk : worst), "none",
    );
}

export function groups(effects: Effect[]): Group[] {
    const byArea = Map.groupBy(effects, ({ area }) => area);
    return [...byArea]
        .map(([area, members]) => ({
            area,
            title: AREAS[area] ?? area,
            risk: highest(members),
            effects: members.toSorted((a, b) => RISKS[b.risk].rank - RISKS[a.risk].rank),
        }))
        .toSorted((a, b) => RISKS[b.risk].rank - RISKS[a.risk].rank
            || ORDER.indexOf(a.area) - ORDER.indexOf(b.area));
}

/** High and critical effects ask for more than a click. */
export function needsHostName(effects: Effects | null): boolean {
    // Nothing shown is nothing known: unknown facts never make an approval easier.
    return !effects || effects.truncated || RISKS[highest(effects.effects)].rank >= RISKS.high.rank;
}

export function countByRisk(effects: Effect[]): { risk: Risk; count: number }[] {
    return (Object.keys(RISKS) as Risk[])
        .map((risk) => ({ risk, count: effects.filter((effect) => effect.risk === risk).length }))
        .filter(({ count }) => count > 0);
}

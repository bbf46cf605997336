import { describe, expect, test } from "vitest";
import { errorFrom } from "../src/api/client.ts";
import type { Effect, Entry, Risk } from "../src/api/types.ts";
import { choices } from "../src/core/decide.ts";
import { needsHostName, sections } from "../src/core/effects.ts";
import { append } from "../src/core/logs.ts";
import { sentence } from "../src/core/sentences.ts";
import { stages } from "../src/core/stages.ts";
import { age, bytes, duration, localTimes, signedBytes } from "../src/core/time.ts";
import { matches, merge } from "../src/core/trail.ts";
import { brief, pieces, withoutColours } from "../src/core/untrusted.ts";
import { detail, NOW } from "./support.ts";

function effect(area: string, risk: Risk, subject = "x"): Effect {
    return { area, kind: "k", subject, before: null, after: null, risk, sentence: "s" };
}

describe("times and sizes", () => {
    test.each([
        ["2026-05-01T11:59:30Z", "just now"], ["2026-05-01T11:58:00Z", "2 min. ago"],
        ["2026-05-01T09:00:00Z", "3 hr. ago"], ["2026-04-30T12:00:00Z", "yesterday"],
        ["2026-05-01T12:10:00Z", "in 10 min."], ["not a time", "not a time"],
    ])("%s is %s", (time, words) => expect(age(time, NOW)).toBe(words));

    test("the contract's times in words are told as the time of day here, and nothing else is touched", () => {
        expect(localTimes("until 2026-05-01T12:00:00.000001Z: port 22, 2026-05-01")).toMatch(/^until \d\d:\d\d:\d\d: port 22, 2026-05-01$/);
    });

    test("durations and sizes are short", () => {
        expect([12, 2345, 125_000, 7_380_000].map(duration)).toEqual(["12 ms", "2.3 s", "2 min 5 s", "2 h 3 min"]);
        expect([0, 1023, 1536, 3 * 2 ** 30].map(bytes)).toEqual(["0 B", "1023 B", "1.5 KiB", "3.0 GiB"]);
        expect([2048, -2048].map(signedBytes)).toEqual(["+2.0 KiB", "−2.0 KiB"]);
    });
});

describe("effects", () => {
    test("sentences stand by risk, and a fact that none speaks of stands in its own words", () => {
        const of = { ...detail().effects!, effects: [effect("packages", "low", "a"), effect("ssh", "critical", "b"), effect("ssh", "high", "c")] };
        const told = sections(of, { headline: "", doubts: [], sentences: [{ risk: "critical", text: "both", facts: [1, 0, 99], place: null }] });
        expect(told.map(({ risk }) => risk)).toEqual(["critical", "high"]);
        expect(told[0]?.sentences[0]?.facts.map(({ subject }) => subject)).toEqual(["b", "a"]);
        expect(told[1]?.sentences[0]?.facts[0]?.subject).toBe("c");
        expect(sections(of, null).flatMap(({ sentences }) => sentences).length).toBe(3);
    });

    test("high, critical, cut-off or unseen effects ask for the name of the machine", () => {
        const of = (risk: Risk, truncated = false) => ({ ...detail().effects!, effects: [effect("ssh", risk)], truncated });
        expect(needsHostName(of("notice"))).toBe(false);
        expect([of("high"), of("critical"), of("none", true), null].map(needsHostName)).toEqual([true, true, true, true]);
    });
});

describe("text from outside", () => {
    test("what cannot be seen becomes a chip", () => {
        expect(pieces("a\u202eb\u200bc")).toEqual([
            { text: "a" }, { code: "U+202E" }, { text: "b" }, { code: "U+200B" }, { text: "c" },
        ]);
    });

    test("a character the daemon marked is a chip too", () => {
        expect(pieces("pаypal", new Set(["U+0430"]))).toEqual([{ text: "p" }, { code: "U+0430" }, { text: "ypal" }]);
    });

    test("letters of the world, tabs and joined lines stay", () => {
        expect(pieces("a\u{e0041}b\ufe0fc\u{1d173}d\u0000\r").filter((piece) => "code" in piece)).toEqual(
            ["U+E0041", "U+FE0F", "U+1D173", "U+0000", "U+000D"].map((code) => ({ code })));
        expect(pieces("größe\tשלום 日本\n")).toEqual([{ text: "größe\tשלום 日本\n" }]);
    });

    test("terminal colours are not text", () => {
        expect(withoutColours("\u001b[31;1merror:\u001b[0m x")).toBe("error: x");
    });
});

describe("what may be done", () => {
    test("a decided proposal may be approved with the paired key", () => {
        expect(choices(detail(), "ready").approve.why).toBeNull();
    });

    test("each hindrance is said", () => {
        const ssh = { ...detail().verdict!, presence: "ssh" as const };
        expect(choices(detail({ verdict: ssh }), "ready").approve.why).toMatch(/SSH key.*agentctl approve 1/);
        expect(choices(detail({ blocked: "base moved" }), "ready").approve.why).toBe("base moved");
        expect(choices(detail({ state: "checking" }), "ready").approve.why).toMatch(/tested/);
        expect(choices(detail(), "missing").approve.why).toMatch(/agentctl web login/);
        expect(choices(detail({ statement_ready: false }), "ready").approve.why).toMatch(/not ready/);
    });

    test("only an approved proposal may be applied", () => {
        expect(choices(detail(), "ready").apply.why).not.toBeNull();
        expect(choices(detail({ state: "approved" }), "ready").apply.why).toBeNull();
    });
});

describe("stages", () => {
    test("a proposal that waits has three stages behind it", () => {
        expect(stages(detail()).map(({ mark }) => mark))
            .toEqual(["done", "done", "done", "here", "ahead", "ahead"]);
    });

    test("a refused one ends where it was refused", () => {
        const refused = detail({ state: "refused", effects: null, verdict: null, evidence: [] });
        expect(stages(refused)[0]?.mark).toBe("ended");
    });
});

describe("logs and entries", () => {
    const event = (seq: number, lines: string[]) => ({ proposal: "p", level: "build" as const, seq, lines });

    test("lines are joined once, in order, and a new run begins anew", () => {
        let tail = append(undefined, event(0, ["a"]));
        tail = append(tail, event(1, ["b"]));
        expect(append(tail, event(1, ["b"])).lines).toEqual(["a", "b"]);
        expect(append(tail, event(0, ["z"])).lines).toEqual(["z"]);
    });

    const entry = (type: string, body: Record<string, unknown>): Entry => ({
        actor: { id: "alice", kind: "human", uid: 1000 }, body, boot_id: "", cause: null, id: "01J", mono_us: 0,
        schema: "agentd.audit/1", subject: "log", time: "2026-05-01T12:00:00Z", type,
    });

    test("an entry of an unknown type is still shown", () => {
        expect(sentence(entry("future.thing", {}))).toBe("future.thing");
        expect(sentence(entry("decision.made", {}))).toBe("Policy decided: ");
    });

    test("entries are found by actor and joined newest first", () => {
        const one = { index: 4, entry: entry("log.opened", { origin: "o" }) };
        expect(matches(one, { type: "", text: "ALICE" })).toBe(true);
        expect(matches(one, { type: "apply.step", text: "" })).toBe(false);
        expect(merge([one], [{ ...one, index: 9 }, one]).map(({ index }) => index)).toEqual([9, 4]);
    });
});

test("an error without the contract's shape still says what, where and what next", () => {
    const error = errorFrom(502, "<html>", "/status");
    expect([error.code, error.where]).toEqual(["unexpected", "/status"]);
    expect(error.hint).toMatch(/agentctl doctor/);
});

test("the readings of a goal are taken as they are told", () => {
    const readings = [{ say: "enable docker", understood: ["set virtualisation.docker.enable to true"] }];
    const error = { code: "two_readings", message: "two" };
    expect(errorFrom(400, { error: { ...error, readings } }, "/p").readings).toEqual(readings);
    expect(errorFrom(400, { error }, "/p").readings).toBeUndefined();
});

test("a store path in agentd's own words is short, and other words stay", () => {
    expect(brief(`back to /nix/store/${"a".repeat(32)}-nixos-web-1 at once`)).toBe("back to aaaaaaaa…-nixos-web-1 at once");
    expect(brief("/nix/store/short-x /nix/var")).toBe("/nix/store/short-x /nix/var");
});

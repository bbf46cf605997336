import { describe, expect, test } from "vitest";
import { choices } from "../src/core/decide.ts";
import { detail } from "./support.ts";

describe("what a person may do now", () => {
    test("what is approved is applied, though there is no statement to sign any more", () => {
        // `blocked` says why nothing can be signed, and the daemon says it of everything but `decided`.
        const may = choices(detail({ state: "approved", blocked: "it is approved already", statement_ready: false }), "ready");
        expect(may.apply.why).toBeNull();
        expect(may.approve.why).toBe("it is approved already");
    });
    test("what is only decided is not applied", () => {
        expect(choices(detail(), "ready").apply.why).not.toBeNull();
    });
});

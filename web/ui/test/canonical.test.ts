import { describe, expect, test } from "vitest";
import { canonical } from "../src/core/canonical.ts";

describe("canonical JSON", () => {
    test("keys are sorted and nothing stands between", () => {
        expect(canonical({ b: 1, a: [true, null, "x"], c: { z: 0, y: -5 } }))
            .toBe('{"a":[true,null,"x"],"b":1,"c":{"y":-5,"z":0}}');
    });

    test("strings are escaped as RFC 8785 says and no further", () => {
        expect(canonical("\u0000\b\t\n\f\r\u001f\"\\/é€😀\u007f\u2028"))
            .toBe('"\\u0000\\b\\t\\n\\f\\r\\u001f\\"\\\\/é€😀\u007f\u2028"');
    });

    test("minus nought is nought", () => {
        expect(canonical(-0)).toBe("0");
    });

    test.each([0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, undefined, "\ud800", () => 1])(
        "what the subset does not hold is refused: %s", (value) => {
            expect(() => canonical(value)).toThrow();
        },
    );

    test("what was canonical is unchanged by a round trip", () => {
        const text = '{"a":"…","b":[1,2,{"c":null}]}';
        expect(canonical(JSON.parse(text))).toBe(text);
    });
});

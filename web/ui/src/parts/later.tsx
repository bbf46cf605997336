// A view that is a file of its own, fetched when it is first opened: who looks at a proposal on a
// phone does not wait for what he did not ask for.
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ApiError } from "../api/client.ts";
import { focusHeading } from "../core/router.tsx";
import { Loading, Problem } from "./problem.tsx";

/** A browser may remember that a file did not come, and a newer agentd has other files: only the whole page anew helps. */
const NOT_THERE = new ApiError({
    status: 0, code: "unreachable", message: "This part of the page did not come.",
    hint: "agentd may have been updated or is not running: load the page again.",
});

export function later<Props extends object>(what: string, load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
    let kept: ComponentType<Props> | null = null;
    return function Later(props: Props) {
        const [view, setView] = useState({ is: kept, failed: false });
        useEffect(() => {
            if (kept) return;
            let here = true;
            load().then(
                (loaded) => {
                    kept = loaded;
                    if (here) setView({ is: loaded, failed: false });
                },
                () => here && setView({ is: null, failed: true }),
            );
            return () => {
                here = false;
            };
        }, []);
        useEffect(() => {
            if (view.is) focusHeading();
        }, [view.is]);
        if (view.failed) return <Problem error={NOT_THERE} retry={() => location.reload()} />;
        return view.is ? <view.is {...props} /> : <Loading what={what} />;
    };
}

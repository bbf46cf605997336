// How the diff is laid out: side by side where there is room, unless its reader wants one column.
import { useEffect, useState } from "preact/hooks";

export type Layout = "unified" | "split";

const KEPT = "agentd.diff";
const WIDE = "(width >= 64rem)";

export function useLayout(): { layout: Layout; wide: boolean; choose: (layout: Layout) => void } {
    const [wide, setWide] = useState(() => window.matchMedia(WIDE).matches);
    const [unified, setUnified] = useState(() => localStorage.getItem(KEPT) === "unified");
    useEffect(() => {
        const media = window.matchMedia(WIDE);
        const heard = () => setWide(media.matches);
        media.addEventListener("change", heard);
        return () => media.removeEventListener("change", heard);
    }, []);
    const choose = (layout: Layout) => {
        localStorage.setItem(KEPT, layout);
        setUnified(layout === "unified");
    };
    return { layout: wide && !unified ? "split" : "unified", wide, choose };
}

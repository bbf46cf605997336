// The History API as a router: the path is the state, a link is a link.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";

interface LinkProps {
    to: string;
    class?: string;
    "aria-current"?: "page" | undefined;
    children: ComponentChildren;
}

const CHANGED = "agentd:location";
let moved = false;

/** After following a link, not when the page opens: the new view may come later than the address. */
export function focusHeading(): void {
    if (moved) document.querySelector<HTMLElement>("main h1")?.focus({ preventScroll: true });
}

export function navigate(to: string, how: "push" | "replace" = "push"): void {
    if (how === "replace") history.replaceState(null, "", to);
    else history.pushState(null, "", to);
    window.dispatchEvent(new Event(CHANGED));
}

export function useLocation(): URL {
    const [href, setHref] = useState(location.href);
    useEffect(() => {
        const changed = () => {
            moved = true;
            setHref(location.href);
        };
        window.addEventListener("popstate", changed);
        window.addEventListener(CHANGED, changed);
        return () => {
            window.removeEventListener("popstate", changed);
            window.removeEventListener(CHANGED, changed);
        };
    }, []);
    return new URL(href);
}

function isPlainClick(event: MouseEvent): boolean {
    return event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
}

export function Link({ to, children, ...rest }: LinkProps) {
    return (
        <a
            {...rest}
            href={to}
            onClick={(event) => {
                if (!isPlainClick(event)) return;
                event.preventDefault();
                navigate(to);
                window.scrollTo(0, 0);
            }}
        >
            {children}
        </a>
    );
}

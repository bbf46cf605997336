// The one-time token of a pairing link.

/** Read once, before anything else: the token must not stay in the history of the browser. */
let taken: string | null = null;

export function takeToken(): string | null {
    if (location.pathname === "/pair" && location.hash.length >= 2) {
        taken = location.hash.slice(1);
        history.replaceState(null, "", "/pair");
    }
    return taken;
}

export function dropToken(): void {
    taken = null;
}

// Pairing: a one-time link from `agentctl web login` enrols a passkey, or a key that this browser makes here.
import { useEffect, useId, useState } from "preact/hooks";
import { ApiError, send } from "../api/client.ts";
import { sha256Hex } from "../core/digest.ts";
import { useAction, useTitle } from "../core/hooks.ts";
import { type BrowserKey, keepKey, makeKey, whyNoKeys } from "../core/key.ts";
import { makePasskey, passkeysHere } from "../core/passkey.ts";
import { navigate } from "../core/router.tsx";
import { dropToken, takeToken } from "../core/token.ts";
import { Icon } from "../parts/icon.tsx";
import { Problem } from "../parts/problem.tsx";
import { NotPaired } from "./not_paired.tsx";

function deviceName(): string {
    const agent = navigator.userAgent;
    const browser = /Firefox/.test(agent) ? "Firefox" : /Edg\//.test(agent) ? "Edge"
        : /Chrom/.test(agent) ? "Chromium" : /Safari/.test(agent) ? "Safari" : "Browser";
    const system = /Android/.test(agent) ? "Android" : /iPhone|iPad/.test(agent) ? "iOS"
        : /Mac OS/.test(agent) ? "macOS" : /Windows/.test(agent) ? "Windows" : "Linux";
    return `${browser} on ${system}`;
}

/** What the terminal shows of a key as well: `a1b2-c3d4-e5f6`. */
async function codeOf(keyId: string): Promise<string> {
    const digest = await sha256Hex(`agentd-pairing@v1:${keyId}`);
    return [0, 4, 8].map((at) => digest.slice(at, at + 4)).join("-");
}

async function pair(token: string, label: string, passkey: boolean, show: (code: string) => void): Promise<void> {
    let key: BrowserKey;
    let offer: { spki: string } | { passkey: string };
    if (passkey) {
        const made = await makePasskey(token, label, location.hostname);
        key = made.key;
        offer = { passkey: made.registration };
    } else {
        const made = await makeKey(label);
        key = made.key;
        offer = { spki: made.spki };
    }
    show(await codeOf(key.keyId));
    const answer = await send<{ key_id: string }>("/pair", { token, label, ...offer });
    if (answer.key_id !== key.keyId) {
        throw new ApiError({
            status: 0, code: "other_key", message: "The daemon enrolled another key than this browser's.",
            where: answer.key_id, hint: "Do not use this pairing. Look at the approvers on the machine.",
        });
    }
    await keepKey(key);
}

function Insecure({ why }: { why: string }) {
    return (
        <div class="note note-bad">
            <Icon name="octagon" />
            <div>
                <p><strong>This browser cannot be paired at this address.</strong></p>
                <p>{why} Use the <code>http://localhost:…</code> link on the machine itself, or an HTTPS
                    name in front of the daemon for a phone.</p>
            </div>
        </div>
    );
}

function PairForm({ token, paired }: { token: string; paired: () => Promise<unknown> }) {
    const [label, setLabel] = useState(deviceName);
    const [code, setCode] = useState("");
    const id = useId();
    const pairing = useAction(async (passkey: boolean) => {
        await pair(token, label.trim(), passkey, setCode);
        dropToken();
        await paired();
        navigate("/", "replace");
    });
    return (
        <form
            onSubmit={(event) => {
                event.preventDefault();
                if (label.trim()) void pairing.run(false);
            }}
        >
            <div class="field">
                <label for={id}>A name for this browser, as the log will show it</label>
                <input
                    id={id} type="text" value={label} maxLength={64} autocomplete="off"
                    onInput={(event) => setLabel(event.currentTarget.value)}
                />
            </div>
            <Problem error={pairing.error} />
            {pairing.busy && code && (
                <p class="note" role="status">
                    Now say yes in the terminal where <code>agentctl web login</code> runs, if it shows this
                    code: <strong data-code>{code}</strong>
                </p>
            )}
            <p class="decision-buttons">
                {passkeysHere() && (
                    <button type="button" class="button button-primary" aria-disabled={pairing.busy}
                        onClick={() => {
                            if (label.trim()) void pairing.run(true);
                        }}>
                        {pairing.busy ? "Pairing…" : "Enrol a passkey"}
                    </button>
                )}
                <button type="submit" class={passkeysHere() ? "button" : "button button-primary"} aria-disabled={pairing.busy}>
                    {pairing.busy ? "Pairing…" : "Pair this browser"}
                </button>
            </p>
        </form>
    );
}

export function PairView({ paired }: { paired: () => Promise<unknown> }) {
    useTitle("Pair this browser");
    const [token, setToken] = useState(takeToken);
    useEffect(() => {
        // The same tab may be handed another link.
        const again = () => setToken(takeToken());
        window.addEventListener("hashchange", again);
        return () => window.removeEventListener("hashchange", again);
    }, []);
    const why = whyNoKeys();
    if (!token) return <NotPaired entered={paired} />;
    return (
        <div class="narrow">
            <h1 tabIndex={-1}>Pair this browser</h1>
            <p>
                A <strong>passkey</strong> asks for your finger, face or PIN each time you approve: it shows that
                it was you, and counts for all that policy lets a person approve here. A{" "}
                <strong>key of this browser</strong> asks nothing. It cannot be read out, not even by this page, and
                counts for what policy lets a browser approve.
            </p>
            <ul class="plain">
                <li>The link you opened is used up by pairing, and is gone from the history already.</li>
                <li>The key is written down on the machine, in a file only root can change.</li>
                <li>Clearing this site's data in the browser removes the browser's key, and no passkey.</li>
                {!passkeysHere() && <li>Passkeys work over HTTPS under a name, or on http://localhost: not at this address.</li>}
            </ul>
            {why ? <Insecure why={why} /> : <PairForm token={token} paired={paired} />}
        </div>
    );
}

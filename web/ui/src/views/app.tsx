// The frame: who this browser is, which view the address names, and whether news come in.
import { useCallback, useEffect, useState } from "preact/hooks";
import { type ApiError, asApiError, onForbidden } from "../api/client.ts";
import type { Session, Status } from "../api/types.ts";
import { useConnection, useEvents, useResource } from "../core/hooks.ts";
import { type Connection, startLive } from "../core/live.ts";
import { whoAmI } from "../core/login.ts";
import { focusHeading, Link, useLocation } from "../core/router.tsx";
import { SessionContext } from "../core/session.ts";
import { Icon, type IconName } from "../parts/icon.tsx";
import { later } from "../parts/later.tsx";
import { Guard, Loading, Problem } from "../parts/problem.tsx";
import { Text, Time } from "../parts/text.tsx";
import { ListView } from "./list.tsx";
import { NotPaired } from "./not_paired.tsx";
import { ProposalView } from "./proposal.tsx";

const AuditView = later("the trail", async () => (await import("./audit.tsx")).AuditView);
const MachineView = later("the machine", async () => (await import("./machine.tsx")).MachineView);
const PairView = later<{ paired: () => Promise<unknown> }>("how to pair", async () => (await import("./pair.tsx")).PairView);

const CONNECTIONS: Record<Connection, { word: string; icon: IconName }> = {
    connecting: { word: "Connecting", icon: "turn" },
    live: { word: "Live", icon: "dot" },
    polling: { word: "Asking every 5 s", icon: "clock" },
    offline: { word: "Offline", icon: "plug" },
};

const NAV = [
    { to: "/", word: "Proposals", is: (path: string) => path === "/" || path.startsWith("/proposals") },
    { to: "/machine", word: "Machine", is: (path: string) => path === "/machine" },
    { to: "/audit", word: "Audit", is: (path: string) => path === "/audit" },
];

function Connected() {
    const state = useConnection();
    const { word, icon } = CONNECTIONS[state];
    return (
        <span class={`connection connection-${state}`} role="status" data-connection={state}>
            <Icon name={icon} />
            <span>{word}</span>
        </span>
    );
}

function Bar({ path, session }: { path: string; session: Session | null }) {
    return (
        <header class="bar">
            <div class="bar-in">
                <Link to="/" class="brand">
                    <svg class="brand-mark" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
                        <path d="M10 1.5a8.5 8.5 0 1 0 8.5 8.5" />
                        <path d="M6.2 10.2l2.7 2.7 8-9.4" />
                    </svg>
                    <span>agentd</span>
                    {session?.paired && <span class="brand-host">{session.host}</span>}
                </Link>
                {session?.paired && (
                    <>
                        <nav aria-label="Main">
                            {NAV.map(({ to, word, is }) => (
                                <Link to={to} aria-current={is(path) ? "page" : undefined}>{word}</Link>
                            ))}
                        </nav>
                        <Connected />
                    </>
                )}
            </div>
        </header>
    );
}

function NotFound() {
    return (
        <div class="narrow">
            <h1 tabIndex={-1}>There is no such page</h1>
            <p><Link to="/">All proposals</Link></p>
        </div>
    );
}

/** While nothing is applied, every view says so: an approval would only be refused. */
function Frozen() {
    const { data } = useResource<Status>("/status", (event) =>
        event.kind === "status" || (event.kind === "entry" && event.data.type === "apply.brake"));
    if (!data?.frozen) return null;
    return (
        <div class="note note-bad" role="status" data-frozen>
            <Icon name="octagon" />
            <div>
                <p><strong>Frozen: nothing is applied</strong> (<Time at={data.frozen.since} />)</p>
                {data.frozen.because && <p>Why: <Text of={data.frozen.because} /></p>}
                <p>Looking, planning and testing go on. When that is over, on the machine: <code>sudo agentctl unfreeze</code></p>
            </div>
        </div>
    );
}

function View({ path, session, paired }: {
    path: string; session: Session; paired: () => Promise<unknown>;
}) {
    if (path === "/pair") return <PairView paired={paired} />;
    if (!session.paired) return <NotPaired entered={paired} />;
    if (path === "/") return <ListView host={session.host} />;
    if (path === "/audit") return <AuditView />;
    if (path === "/machine") return <MachineView />;
    const proposal = /^\/proposals\/([0-9A-Za-z]{1,32})$/.exec(path)?.[1];
    return proposal ? <ProposalView key={proposal} id={proposal} /> : <NotFound />;
}

function useSessionState() {
    const [session, setSession] = useState<Session | null>(null);
    const [error, setError] = useState<ApiError | null>(null);
    const load = useCallback(async () => {
        try {
            const now = await whoAmI();
            setSession(now);
            setError(null);
            if (now.paired) startLive();
            return now.paired;
        } catch (failure) {
            setError(asApiError(failure));
            return false;
        }
    }, []);
    useEffect(() => {
        void load();
    }, [load]);
    // While the stream is down the session may have ended: then nothing may stay readable.
    useEvents((event) => {
        if (event.kind === "poll") void load();
    });
    useEffect(() => onForbidden(load), [load]);
    return { session, error, load };
}

/** After following a link, a screen reader and the tab key begin at the new view's heading. */
function useFocusOnMove(path: string): void {
    useEffect(focusHeading, [path]);
}

export function App() {
    const path = useLocation().pathname;
    const { session, error, load } = useSessionState();
    useFocusOnMove(path);
    return (
        <SessionContext value={session}>
            <a class="skip" href="#main">Skip to content</a>
            <Bar path={path} session={session} />
            <main id="main" tabIndex={-1}>
                {/* With a view on the screen, the view says what it could not read, and the bar that nobody answers. */}
                <Problem error={session && error?.code === "unreachable" ? null : error} retry={() => void load()} />
                {!session && !error && <Loading what="who you are" />}
                {session?.paired && path !== "/pair" && <Frozen />}
                <Guard key={path}>
                    {session && <View path={path} session={session} paired={load} />}
                </Guard>
            </main>
            {session?.paired && (
                <footer class="foot">
                    <p>
                        Paired as <strong>{session.name ?? "this browser"}</strong>.
                        {!session.separation && <> Separation is off: a demo, not a guarded machine.</>}
                    </p>
                    <p>The same in a terminal: <code>agentctl</code></p>
                </footer>
            )}
        </SessionContext>
    );
}

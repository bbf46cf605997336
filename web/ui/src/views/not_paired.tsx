// What somebody sees whose browser agentd does not know.
import { useAction, useTitle } from "../core/hooks.ts";
import { enterWithPasskey } from "../core/login.ts";
import { passkeysHere } from "../core/passkey.ts";
import { Problem } from "../parts/problem.tsx";

function Enter({ entered }: { entered: () => Promise<unknown> }) {
    const entering = useAction(async () => {
        await enterWithPasskey();
        await entered();
    });
    return (
        <>
            <p>Was a passkey enrolled for this machine? Then it opens this page here as well.</p>
            <Problem error={entering.error} />
            <p>
                <button type="button" class="button" aria-disabled={entering.busy}
                    onClick={() => {
                        if (!entering.busy) void entering.run();
                    }}>
                    {entering.busy ? "Waiting for the passkey…" : "Come in with a passkey"}
                </button>
            </p>
        </>
    );
}

export function NotPaired({ entered }: { entered: () => Promise<unknown> }) {
    useTitle("Not paired");
    return (
        <div class="narrow">
            <h1 tabIndex={-1}>This browser is not paired</h1>
            <p>
                agentd shows nothing of the machine to a browser it does not know. To pair this one, run
                on the machine:
            </p>
            <pre class="command"><code>sudo agentctl web login</code></pre>
            <p>and open the link it prints. The link works once, for two minutes.</p>
            {passkeysHere() && <Enter entered={entered} />}
        </div>
    );
}

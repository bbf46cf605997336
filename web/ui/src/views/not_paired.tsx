// What somebody sees whose browser agentd does not know.
import { useTitle } from "../core/hooks.ts";

export function NotPaired() {
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
        </div>
    );
}

// What a switch does to what runs: the daemon's own lines.
import type { SwitchPlan } from "../api/types.ts";
import { Text } from "./text.tsx";

export function SwitchView({ plan }: { plan: SwitchPlan | null }) {
    return (
        <section class="group" data-switch>
            <h3>What a switch does to what runs</h3>
            {plan
                ? <ul class="plain">{plan.lines.map((line) => <li><Text of={line} /></li>)}</ul>
                : <p>Not known: what would be stopped, started or restarted could not be worked out.</p>}
        </section>
    );
}

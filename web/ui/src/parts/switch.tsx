// What a switch does to what runs: the daemon's own lines.
import type { SwitchPlan } from "../api/types.ts";
import { Text } from "./text.tsx";

export function SwitchView({ plan }: { plan: SwitchPlan }) {
    return (
        <section class="group" data-switch>
            <h3>What a switch does to what runs</h3>
            <ul class="plain">{plan.lines.map((line) => <li><Text of={line} /></li>)}</ul>
        </section>
    );
}

// What was understood of a goal, which file it goes into, why there, and whose file that is.
import type { PlanStep, PlanTold } from "../api/types.ts";
import { Text } from "./text.tsx";

function Step({ step, host }: { step: PlanStep; host: string }) {
    const others = step.hosts.filter((one) => one !== host);
    return (
        <li>
            <p><strong><Text of={step.wish} /></strong></p>
            {step.changed
                ? <p>In <code class="path"><Text of={step.file} /></code>{step.how !== "" && <>: <Text of={step.how} /></>}</p>
                : <p class="muted">Nothing to do{step.how !== "" && <>: <Text of={step.how} /></>}</p>}
            {step.changed && step.by_other_means === true && (
                <p><strong>By other means: what else comes with it the operations do not say</strong></p>
            )}
            {step.changed && others.length > 0 && (
                <p><strong>{others.length === 1 ? "The host" : "The hosts"} <Text of={others.join(", ")} /> {others.length === 1 ? "is" : "are"} made of that file too</strong></p>
            )}
            {step.notes.length > 0 && <ul class="plain">{step.notes.map((note) => <li><Text of={note} /></li>)}</ul>}
        </li>
    );
}

/** `host`: the one whose page this is. */
export function PlanView({ plan, host }: { plan: PlanTold; host: string }) {
    return (
        <>
            <ol class="inputs">{plan.steps.map((step) => <Step step={step} host={host} />)}</ol>
            <p class="muted">Why there, and whose file it is, agentd-analyze says; proved are the diff and the hosts that were evaluated.</p>
        </>
    );
}

// What went wrong, where, and what to do. Shown until it is over or seen off.
import { Component, type ComponentChildren } from "preact";
import { type ApiError, asApiError } from "../api/client.ts";
import { Icon } from "./icon.tsx";
import { Text } from "./text.tsx";

export function Problem({ error, retry }: { error: ApiError | null; retry?: () => void }) {
    if (!error) return null;
    return (
        <div class="problem" role="alert">
            <Icon name="octagon" />
            <div>
                <p class="problem-what"><Text of={error.message} /></p>
                {error.where && <p class="problem-where"><code><Text of={error.where} /></code></p>}
                {error.hint && <p><Text of={error.hint} /></p>}
                <p class="problem-code">Code: {error.code}</p>
            </div>
            {retry && <button type="button" class="button" onClick={retry}>Try again</button>}
        </div>
    );
}

/** A fault in one view is said in its place; the rest of the page goes on. */
export class Guard extends Component<{ children: ComponentChildren }, { error: ApiError | null }> {
    override state: { error: ApiError | null } = { error: null };

    override componentDidCatch(error: unknown): void {
        this.setState({ error: asApiError(error) });
    }

    override render() {
        return this.state.error
            ? <Problem error={this.state.error} retry={() => this.setState({ error: null })} />
            : this.props.children;
    }
}

export function Loading({ what }: { what: string }) {
    return <p class="loading" role="status"><Icon name="turn" spin /> Reading {what}…</p>;
}

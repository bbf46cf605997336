import type { Detail } from "../api/types.ts";
import { type Mark, stages } from "../core/stages.ts";
import { Icon, type IconName } from "./icon.tsx";

const ICONS: Record<Mark, IconName> = { done: "check", here: "dot", ahead: "ring", ended: "cross" };

const WORDS: Record<Mark, string> = { done: "done", here: "now", ahead: "not yet", ended: "the end" };

export function Track({ detail }: { detail: Detail }) {
    return (
        <ol class="track" aria-label="Stages">
            {stages(detail).map(({ word, mark }) => (
                <li class={`track-${mark}`} aria-current={mark === "here" ? "step" : undefined}>
                    <Icon name={ICONS[mark]} />
                    <span>{word}</span>
                    <span class="hidden">: {WORDS[mark]}</span>
                </li>
            ))}
        </ol>
    );
}

// The browser's own modal dialog: it holds the focus, closes on Escape and hides the rest from
// screen readers, none of which is worth writing again.
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";

export function Dialog({ title, close, children }: {
    title: string; close: () => void; children: ComponentChildren;
}) {
    const element = useRef<HTMLDialogElement>(null);
    const id = useId();
    useEffect(() => {
        const before = document.activeElement;
        element.current?.showModal();
        return () => {
            if (before instanceof HTMLElement) before.focus();
        };
    }, []);
    return (
        <dialog
            ref={element} aria-labelledby={id} class="dialog"
            onCancel={(event) => {
                event.preventDefault();
                close();
            }}
        >
            <h2 id={id}>{title}</h2>
            {children}
        </dialog>
    );
}

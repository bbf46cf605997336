// Every icon of the page: 16 units square, drawn with the colour of the text, never the only carrier
// of a meaning (a word is always beside it).

const PATHS = {
    check: "M3 8.5l3.2 3.2L13 4.8",
    cross: "M4 4l8 8M12 4l-8 8",
    dot: "M8 6.2a1.8 1.8 0 1 0 .01 0z",
    dash: "M4 8h8",
    ring: "M8 3a5 5 0 1 0 .01 0z",
    turn: "M13 8a5 5 0 1 1-1.6-3.7M13 2v3h-3",
    back: "M6.5 3L3 6.5 6.5 10M3 6.5h6a4 4 0 0 1 0 7H7",
    hand: "M8 2v6M8 11.6v.4M2.6 13.5L8 3l5.4 10.5z",
    octagon: "M5.5 2h5L14 5.5v5L10.5 14h-5L2 10.5v-5zM8 5v3.6M8 10.9v.3",
    triangle: "M8 2.2L14.4 13.5H1.6zM8 6.2v3.6M8 11.6v.2",
    info: "M8 2a6 6 0 1 0 .01 0zM8 7.4v3.8M8 4.9v.2",
    person: "M8 8a2.6 2.6 0 1 0-.01 0zM3 14c.4-2.8 2.4-4.2 5-4.2s4.6 1.4 5 4.2",
    play: "M5 3.5v9l7-4.5z",
    clock: "M8 2a6 6 0 1 0 .01 0zM8 4.8V8l2.3 1.6",
    arrow: "M3 8h10M9.4 4.4L13 8l-3.6 3.6",
    copy: "M5.5 5.5h7v7h-7zM3.5 10.5v-7h7",
    search: "M7 2.8a4.2 4.2 0 1 0 .01 0zM10.2 10.2L13.6 13.6",
    plug: "M5.5 2v3.5M10.5 2v3.5M4 5.5h8V8a4 4 0 0 1-8 0zM8 12v2.5",
    question: "M5.6 6a2.4 2.4 0 1 1 3.5 2.1C8.3 8.6 8 9 8 9.8M8 12v.3",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, spin = false }: { name: IconName; spin?: boolean }) {
    return (
        <svg
            class={spin ? "icon icon-spin" : "icon"} viewBox="0 0 16 16" width="16" height="16"
            fill="none" stroke="currentColor" stroke-width="1.7" stroke-linecap="round"
            stroke-linejoin="round" aria-hidden="true" focusable="false"
        >
            <path d={PATHS[name]} />
        </svg>
    );
}

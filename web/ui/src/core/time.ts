// Times and sizes in words. `now` is always handed in, so that tests own the clock.

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
    ["year", 31_536_000], ["month", 2_592_000], ["day", 86_400], ["hour", 3_600], ["minute", 60],
];

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "short" });
const daytime = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });
const exact = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "long" });

export function age(time: string, now: Date): string {
    const seconds = (Date.parse(time) - now.getTime()) / 1000;
    if (Number.isNaN(seconds)) return time;
    for (const [unit, size] of UNITS) {
        if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
    }
    return "just now";
}

export function fullTime(time: string): string {
    const date = new Date(time);
    return Number.isNaN(date.getTime()) ? time : exact.format(date);
}

/** The time of day, for steps that lie seconds apart. */
export function clock(time: string): string {
    const date = new Date(time);
    return Number.isNaN(date.getTime()) ? time : daytime.format(date);
}

/** agentd's own words with the contract's times in them as a person here reads them. */
export function localTimes(text: string): string {
    return text.replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z/g, clock);
}

export function duration(ms: number): string {
    if (ms < 1000) return `${Math.round(ms)} ms`;
    if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
    const minutes = Math.floor(ms / 60_000);
    const seconds = Math.floor((ms % 60_000) / 1000);
    if (minutes < 60) return `${minutes} min ${seconds} s`;
    return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Minutes and seconds that are left: never more than there are, never less than none. */
export function countdown(ms: number): string {
    const seconds = Math.max(0, Math.floor(ms / 1000));
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

export function bytes(count: number): string {
    const names = ["B", "KiB", "MiB", "GiB", "TiB"];
    let value = Math.abs(count);
    let unit = 0;
    while (value >= 1024 && unit < names.length - 1) {
        value /= 1024;
        unit += 1;
    }
    const digits = unit === 0 || value >= 100 ? 0 : 1;
    return `${count < 0 ? "−" : ""}${value.toFixed(digits)} ${names[unit]}`;
}

export function signedBytes(count: number): string {
    return count > 0 ? `+${bytes(count)}` : bytes(count);
}

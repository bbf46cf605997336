// Serves the built page with the daemon's headers, and the layer's API beside it.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { READ, WRITE } from "./api.mjs";
import { HOST } from "./data.mjs";
import { Machine } from "./machine.mjs";
import { Refusal } from "./refusal.mjs";

export const DIST = process.env.AGENTD_PAGE_DIST ?? fileURLToPath(new URL("../../../web/ui/dist", import.meta.url));
const MIME = {
    ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml", ".webmanifest": "application/manifest+json",
};
const HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        + "connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; "
        + "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
};
const MAX_BODY = 1 << 20;

async function staticFile(path, response) {
    // Every path that is not a file is the page's own affair: its router reads it.
    const wanted = extname(path) ? normalize(path) : "/index.html";
    const bytes = await readFile(join(DIST, wanted)).catch(() => null);
    const cache = wanted.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache";
    response.writeHead(bytes ? 200 : 404, { ...HEADERS, "Content-Type": MIME[extname(wanted)] ?? "text/plain", "Cache-Control": cache });
    response.end(bytes ?? "not found");
}

async function json(request) {
    let text = "";
    for await (const chunk of request) {
        text += chunk;
        if (text.length > MAX_BODY) throw new Refusal(400, "usage", "The request is too large");
    }
    return JSON.parse(text);
}

function guard(request) {
    if (request.method === "GET") return;
    if (request.headers["x-agentd"] !== "1" || request.headers["content-type"] !== "application/json"
        || request.headers["sec-fetch-site"] !== "same-origin") {
        throw new Refusal(403, "denied", "This request does not come from the page");
    }
}

function sessionOf(machine, request, url) {
    const cookie = /(?:^|; )agentd=([^;]+)/.exec(request.headers.cookie ?? "")?.[1];
    const session = machine.sessions.get(cookie) ?? null;
    // A cookie is sent to every port of the host: alone it opens nothing.
    const proof = request.headers["x-agentd-session"] ?? url.searchParams.get("session");
    return session?.proof === proof ? session : null;
}

function stream(machine, request, response) {
    response.writeHead(200, { ...HEADERS, "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
    response.write(": open\n\n");
    const write = ({ id, event, data }) => response.write(`id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    const last = Number(request.headers["last-event-id"] ?? machine.ring.length);
    machine.ring.slice(last).forEach(write);
    machine.events.on("message", write);
    machine.streams += 1;
    request.on("close", () => {
        machine.streams -= 1;
        machine.events.off("message", write);
    });
}

async function api(machine, request, response, url) {
    const path = url.pathname.slice("/api/v1".length);
    guard(request);
    const session = sessionOf(machine, request, url);
    if (path === "/session") {
        return { paired: session !== null, key_id: session?.key_id ?? null, name: session?.name ?? null, separation: false, host: session ? HOST : "", challenge: session ? null : machine.challenge() };
    }
    if (path === "/pair" || path === "/login") {
        const body = await json(request);
        const { cookie, key_id, name } = path === "/pair" ? machine.pair(body) : machine.login(body);
        response.setHeader("Set-Cookie", `agentd=${cookie}; HttpOnly; SameSite=Strict; Path=/`);
        return { key_id, name, session: machine.sessions.get(cookie).proof };
    }
    if (!session) throw new Refusal(403, "not_paired", "This browser is not paired", null, "agentctl web login");
    if (path === "/events") {
        if (machine.noStream) throw new Refusal(503, "unavailable", "No stream now");
        machine.asked += 1;
        await machine.gate;
        return stream(machine, request, response);
    }
    const writing = request.method === "POST";
    for (const [pattern, handle] of writing ? WRITE : READ) {
        const found = pattern.exec(path);
        if (!found) continue;
        return writing
            ? handle(machine, await json(request), { ...session, began: request.socket.began }, ...found.slice(1))
            : handle(machine, url.searchParams, ...found.slice(1));
    }
    throw new Refusal(404, "not_found", "There is no such thing");
}

function answer(response, statusCode, body, more = {}) {
    response.writeHead(statusCode, { ...HEADERS, "Content-Type": "application/json", "Cache-Control": "no-store", ...more });
    response.end(JSON.stringify(body));
}

async function handle(machine, request, response) {
    const url = new URL(request.url, "http://localhost");
    // A firewall that swallows what comes in: no answer, and no end either.
    if (machine.silent) return;
    response.setHeader("Date", new Date(Date.now() + machine.skewMs).toUTCString());
    if (!url.pathname.startsWith("/api/v1/")) return staticFile(url.pathname, response);
    try {
        const body = await api(machine, request, response, url);
        if (body !== undefined) answer(response, 200, body);
    } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        const { code, message, where, hint, readings } = error;
        answer(response, error.status, { error: { code, message, where, hint, ...(readings && { readings }) } }, code === "old_connection" ? { Connection: "close" } : {});
    }
}

/** Starts a machine and its server. `close` ends open streams as well. */
export async function start(options = {}) {
    const machine = new Machine(options);
    machine.streams = 0;
    machine.asked = 0; // for a stream, so far
    machine.gate = null; // what a stream waits for before it opens
    const server = createServer((request, response) => {
        handle(machine, request, response).catch((error) => {
            console.error(error);
            response.destroy();
        });
    });
    // A browser's idle connection stays as old as it is, also on a machine that is slow to look at the page.
    server.keepAliveTimeout = 120_000;
    server.on("connection", (socket) => { socket.began = Date.now(); });
    const listen = (port) => new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
    await listen(options.port ?? 0);
    const { port } = server.address();
    return {
        machine,
        // localhost, never 127.0.0.1: only the name is a secure context everywhere.
        url: `http://localhost:${port}`,
        /** Gone from the network, and back at the same address. */
        down: () => {
            server.closeAllConnections();
            server.close();
        },
        up: () => listen(port),
        close: () => {
            server.closeAllConnections();
            server.close();
        },
    };
}

// How the layer's machine applies: its steps, the wait for a confirmation that is truly verified, and the way back.
import { randomBytes } from "node:crypto";
import { isConfirmation } from "./canonical.mjs";
import { RUNNING } from "./data.mjs";
import { Refusal } from "./refusal.mjs";

const RESIDUE = ["files that services wrote while the new system ran are still there"];
const AREAS = new Set(["network", "ssh"]);

class Apply {
    constructor(machine, one) {
        Object.assign(this, { machine, one, decided: null });
        machine.record("apply.intent", one.id, { mode: "switch", to: one.toplevel }, "system", "agentd-applyd");
        one.apply = { intent_at: machine.time(), deadline: machine.time(300_000), steps: [], confirm: null, outcome: null };
        machine.applies.set(one.id, this);
        machine.move(one, "applying");
    }

    pause(ms) {
        return new Promise((resolve) => setTimeout(resolve, ms));
    }

    step(step, detail = "") {
        this.one.apply.steps.push({ step, detail, at: this.machine.time() });
        this.machine.record("apply.step", this.one.id, { step, detail }, "system", "agentd-applyd");
    }

    wantsConfirmation() {
        return this.machine.confirmMs > 0 && (this.one.effects?.effects ?? []).some(({ area }) => AREAS.has(area));
    }

    /** Resolves with what ended the wait: a name that confirmed, a name that cancelled, or nobody. */
    wait() {
        const { machine, one } = this;
        one.apply.confirm = {
            nonce: machine.nonce ?? randomBytes(32).toString("hex"), since: machine.time(), until: machine.time(machine.confirmMs),
            because: "Port 22 is open to every network this machine is on, and 2 more like it",
        };
        this.began = Date.now();
        const answer = new Promise((resolve) => { this.answer = resolve; });
        setTimeout(() => this.answer({}), machine.confirmMs);
        this.step("confirm_wanted", `by an approver, from a new connection, until ${one.apply.confirm.until}: ${one.apply.confirm.because}`);
        return answer;
    }

    back(reason) {
        this.step("taking_back", reason);
        this.end("rolled_back", reason, RUNNING, RESIDUE);
    }

    end(outcome, reason, running, residue = []) {
        const { machine, one } = this;
        one.apply.outcome = { outcome, reason, from: RUNNING, to: one.toplevel, running, checks: [{ name: "no unit failed", ok: true, detail: "" }], residue, settled: false };
        one.outcome = outcome;
        one.landed = outcome === "confirmed";
        one.landing = one.landed ? { branch: "main", commit: one.candidate_commit, how: "fast-forward" } : null;
        machine.applies.delete(one.id);
        machine.record("apply.outcome", one.id, one.apply.outcome, "system", "agentd-applyd");
        machine.move(one, outcome);
    }

    async run() {
        const { machine, one } = this;
        for (const step of ["way_back_armed", "activated", "healthy"]) {
            await this.pause(machine.stepMs);
            if (this.cancelled) return this.back(`${this.cancelled} cancelled it`);
            this.step(step);
        }
        if (this.wantsConfirmation()) {
            const { confirmed, cancelled } = await this.wait();
            one.apply.confirm = null;
            if (cancelled) return this.back(`${cancelled} cancelled it`);
            if (!confirmed) return this.back("nobody confirmed in time that the machine is still reached");
            this.step("confirmed_by", confirmed);
        }
        for (const step of ["profile_set", "boot_set", "disarmed"]) {
            await this.pause(machine.stepMs);
            this.step(step);
        }
        return this.end("confirmed", "", one.toplevel);
    }

    confirm({ presence }, session) {
        const { confirm } = this.one.apply;
        if (!confirm) throw new Refusal(409, "not_waiting", "Nothing waits for a confirmation");
        this.machine.connectionsTried.push(session.began >= this.began);
        if (session.began < this.began) throw new Refusal(409, "old_connection", "This connection is from before the switch", null, "Ask again");
        if (presence.key_id !== session.key_id || !isConfirmation(session.spki, confirm.nonce, presence)) {
            throw new Refusal(403, "bad_signature", "The signature does not fit the nonce");
        }
        this.answer({ confirmed: session.name });
    }

    cancel(session) {
        if (this.one.apply.steps.some(({ step }) => step === "profile_set")) throw new Refusal(409, "too_late", "It is being made to last");
        this.step("cancelled_by", session.name);
        this.cancelled = session.name;
        this.answer?.({ cancelled: session.name });
    }
}

export async function apply(machine, one) {
    if (one.state !== "approved") throw new Refusal(409, "stale", "It is not approved");
    await new Apply(machine, one).run();
    return { proposal: machine.summary(one), outcome: one.apply.outcome };
}

export function answerTo(what) {
    return (machine, body, session, id) => {
        const one = machine.find(id);
        const running = machine.applies.get(one.id);
        if (!running) throw new Refusal(409, "not_waiting", "Nothing waits for that");
        if (what === "confirm") running.confirm(body, session);
        else running.cancel(session);
        return { proposal: machine.summary(one) };
    };
}

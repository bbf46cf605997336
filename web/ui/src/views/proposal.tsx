// One proposal, in the order in which it should be judged: facts, reasons, evidence, claims, diff.
import type { ComponentChildren } from "preact";
import type { Detail, DiffFile } from "../api/types.ts";
import { useResource, useTitle } from "../core/hooks.ts";
import { useReach } from "../core/reach.ts";
import { useTails } from "../core/logs.ts";
import { Link } from "../core/router.tsx";
import { isOpen, KINDS, plain } from "../core/words.ts";
import { ApplyingBar } from "../parts/applying.tsx";
import { RiskBadge, StateBadge } from "../parts/badge.tsx";
import { Claims, Doubts } from "../parts/claims.tsx";
import { DecisionBar } from "../parts/decision.tsx";
import { DiffView } from "../parts/diff.tsx";
import { DisagreementView } from "../parts/disagreement.tsx";
import { EffectsView } from "../parts/effects.tsx";
import { EvidenceView } from "../parts/evidence.tsx";
import { History, LandingView } from "../parts/history.tsx";
import { Icon } from "../parts/icon.tsx";
import { HostsView, InputsView, SoFarView } from "../parts/hints.tsx";
import { OptionsView } from "../parts/options.tsx";
import { ApplyView } from "../parts/outcome.tsx";
import { PlanView } from "../parts/plan.tsx";
import { Guard, Loading, Problem } from "../parts/problem.tsx";
import { Hash, StorePath, Text, Time } from "../parts/text.tsx";
import { Track } from "../parts/track.tsx";
import { VerdictView } from "../parts/verdict.tsx";

function Section({ id, title, children }: { id: string; title: string; children: ComponentChildren }) {
    return (
        <section class="section" id={id} aria-labelledby={`${id}-title`}>
            <h2 id={`${id}-title`}>{title}</h2>
            <Guard>{children}</Guard>
        </section>
    );
}

function Header({ detail }: { detail: Detail }) {
    return (
        <header class="head">
            <p class="head-up">
                <Link to="/">Proposals</Link> <span aria-hidden="true">/</span>{" "}
                {/* A number is free again when its proposal is closed. */}
                {isOpen(detail.state) ? `#${detail.number}` : `was #${detail.number}`}
                {" "}on <Text of={detail.host} />
                {detail.kind !== "change" && <> <span aria-hidden="true">/</span> {KINDS[detail.kind].word}</>}
            </p>
            <h1 tabIndex={-1}><Text of={detail.title} /></h1>
            <div class="head-badges">
                <StateBadge state={detail.state} />
                <RiskBadge risk={detail.risk} open={isOpen(detail.state)} />
                {detail.landed && <span class="badge tone-quiet"><Icon name="check" />Landed</span>}
            </div>
            <p class="head-facts">
                Proposed, and titled, by <strong><Text of={detail.proposer.id} /></strong> ({plain(detail.proposer.kind)},
                from {plain(detail.source)}), <Time at={detail.created} />
            </p>
            <Track detail={detail} />
        </header>
    );
}

function Refusal({ detail }: { detail: Detail }) {
    const { refusal } = detail;
    if (!refusal) return null;
    return (
        <div class="problem">
            <Icon name="octagon" />
            <div>
                <p class="problem-what">
                    Refused at {plain(refusal.stage)}: <Text of={refusal.message} />
                </p>
                {refusal.where && <p class="problem-where"><code><Text of={refusal.where} /></code></p>}
                {refusal.hint && <p><Text of={refusal.hint} /></p>}
                <p class="problem-code">Code: {refusal.code}</p>
            </div>
        </div>
    );
}

function Origins({ detail }: { detail: Detail }) {
    return (
        <dl class="facts">
            <div><dt>Id</dt><dd><Hash of={detail.id} what="id" keep={26} /></dd></div>
            {detail.base_commit && (
                <div><dt>Base</dt><dd><Text of={detail.base_branch ?? ""} /> at <Hash of={detail.base_commit} what="base commit" /></dd></div>
            )}
            {detail.rollback && (
                <div>
                    <dt>Goes back to</dt>
                    <dd>
                        {detail.rollback.generation !== null && <>generation {detail.rollback.generation}, </>}
                        <StorePath of={detail.rollback.to} />
                    </dd>
                </div>
            )}
            {detail.act && (
                <div>
                    <dt>Act</dt>
                    <dd>{Object.entries(detail.act).filter(([name]) => name !== "schema").map(([name, value]) => (
                        <code class="fact"><Text of={name === "act" ? String(value) : `${name} = ${value}`} /></code>
                    ))}</dd>
                </div>
            )}
            {detail.candidate_commit && (
                <div><dt>Commit</dt><dd><Hash of={detail.candidate_commit} what="commit" /></dd></div>
            )}
            {detail.toplevel && !detail.rollback && <div><dt>System</dt><dd><StorePath of={detail.toplevel} /></dd></div>}
            {detail.approval && (
                <div>
                    <dt>Approved</dt>
                    <dd>
                        by <strong><Text of={detail.approval.approver} /></strong> with {plain(detail.approval.method)}
                        {" "}(<Hash of={detail.approval.key_id} what="key" keep={18} />), <Time at={detail.approval.at} />
                    </dd>
                </div>
            )}
        </dl>
    );
}

function Diff({ detail }: { detail: Detail }) {
    const diff = useResource<{ files: DiffFile[] }>(`/proposals/${detail.id}/diff`, (event) =>
        event.kind === "entry" && event.data.subject === detail.id && event.data.type === "proposal.drafted");
    if (diff.error) return <Problem error={diff.error} retry={diff.reload} />;
    if (detail.refusal && diff.data?.files.length === 0) {
        return <p class="muted">There is none: it was refused before it became a commit.</p>;
    }
    return diff.data ? <DiffView files={diff.data.files} known={detail.files} /> : <Loading what="the diff" />;
}

function Body({ detail }: { detail: Detail }) {
    const tails = useTails(detail.id);
    return (
        <div class="sections">
            {detail.apply && (
                <Section id="apply" title={detail.apply.outcome ? "How applying it went" : "Applying it"}>
                    <ApplyView detail={detail} apply={detail.apply} />
                    {detail.landing && <LandingView detail={detail} landing={detail.landing} />}
                </Section>
            )}
            <Section id="effects" title={KINDS[detail.kind].effects}>
                <Doubts of={detail.explanation?.doubts ?? []} />
                <DisagreementView of={detail.disagreement} />
                {detail.effects
                    ? <EffectsView effects={detail.effects} explanation={detail.explanation} plan={detail.switch} kind={detail.kind} notes={detail.notes} />
                    : (
                        <p class="muted">
                            {detail.refusal
                                ? "Not known: it was refused before it could be built and compared."
                                : detail.kind === "change"
                                    ? "Known once the change is built. Nothing is guessed from the text of the patch."
                                    : "Known once it is worked out."}
                        </p>
                    )}
            </Section>
            {detail.so_far && <Section id="so-far" title="So far"><SoFarView soFar={detail.so_far} /></Section>}
            {detail.options && (
                <Section id="options" title="Options that the changed files set otherwise">
                    <OptionsView options={detail.options} />
                </Section>
            )}
            {detail.inputs && (detail.inputs.inputs.length > 0 || detail.inputs.trouble !== "") && (
                <Section id="inputs" title="Inputs that the flake locks"><InputsView locked={detail.inputs} /></Section>
            )}
            {detail.hosts && (
                <Section id="hosts" title="Other hosts of this flake"><HostsView hosts={detail.hosts} /></Section>
            )}
            <Section id="verdict" title={detail.state === "decided" ? "Why this needs you" : "What the policy says"}><VerdictView detail={detail} /></Section>
            <Section id="evidence" title="Evidence"><EvidenceView detail={detail} tails={tails} /></Section>
            <Section id="claims" title="In the proposer's words"><Claims detail={detail} /></Section>
            {detail.plan && detail.plan.steps.length > 0 && (
                <Section id="plan" title="What was understood, and where it goes">
                    <PlanView plan={detail.plan} host={detail.host} />
                </Section>
            )}
            {detail.kind === "change" && (
                <Section id="diff" title="Diff">
                    {/* Another commit is another diff: nothing of the old one may stay on the screen. */}
                    <Diff key={detail.candidate_commit ?? ""} detail={detail} />
                </Section>
            )}
            <Section id="origin" title="Origin"><Origins detail={detail} /></Section>
            <Section id="history" title="History"><History lines={detail.history} /></Section>
        </div>
    );
}

export function ProposalView({ id }: { id: string }) {
    const path = `/proposals/${id}`;
    const found = useResource<{ proposal: Detail }>(path, (event) =>
        (event.kind === "entry" && event.data.subject === id) ||
        (event.kind === "early" && event.data.proposal === id));
    const detail = found.data?.proposal ?? null;
    const applying = detail?.state === "applying";
    const lost = useReach<{ proposal: Detail }>(applying ? path : null, found.put);
    useTitle(detail ? `#${detail.number} ${detail.title}` : "Proposal");
    if (!detail) {
        return found.error
            ? <Problem error={found.error} retry={found.reload} />
            : <Loading what="the proposal" />;
    }
    return (
        <article class="proposal" data-proposal={detail.id}>
            <Header detail={detail} />
            {!applying && <Problem error={found.error} retry={found.reload} />}
            <Refusal detail={detail} />
            {applying
                ? <ApplyingBar detail={detail} lost={lost} reload={found.reload} />
                : <DecisionBar detail={detail} reload={found.reload} />}
            <Body detail={detail} />
        </article>
    );
}

#include "agentd/applyd/verifier.hpp"

#include "agentd/applyd/brake.hpp"

#include "agentd/applyd/trusted_file.hpp"
#include "agentd/core/crypto.hpp"

#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace agentd::applyd {

namespace {

using core::Done;
using core::Problem;
using core::Result;
using proposals::Mode;
using proposals::Statement;

/// What every toplevel of NixOS has, and in the store: a link that leads out of it would let
/// somebody say after the approval what root runs. Presence of names only, no content is read.
bool looks_like_a_toplevel(const core::StorePath& path) {
    struct stat info {};
    if (::lstat(path.str().c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) {
        return false;
    }
    const auto has = [&](const char* name, int mode) {
        std::error_code error;
        const auto real = std::filesystem::canonical(path.str() + name, error);
        return !error && real.string().starts_with("/nix/store/") &&
               ::access(real.c_str(), mode) == 0;
    };
    return has("/bin/switch-to-configuration", X_OK) && has("/activate", X_OK) &&
           has("/etc", F_OK) && has("/init", F_OK);
}

/// Paths of the candidate that the running system does not have: those whose bytes nobody relied on
/// yet.
std::vector<core::StorePath> new_paths(const evaluator::Closure& before,
                                       const evaluator::Closure& after) {
    std::vector<core::StorePath> paths;
    for (const auto& info : after.paths) {
        if (before.find(info.path) == nullptr) {
            paths.push_back(info.path);
        }
    }
    return paths;
}

Result<Done> check_hashes(const Statement& statement, const evaluator::Closure& before,
                          const evaluator::Closure& after) {
    const auto* from = before.find(before.root);
    const auto* to = after.find(after.root);
    if (from == nullptr || from->nar_hash != statement.from.nar_hash) {
        return Problem{.code = "from_mismatch",
                       .message = "the running system's NAR hash is another"};
    }
    if (to == nullptr || to->nar_hash != statement.toplevel_nar_hash) {
        return Problem{.code = "wrong_nar_hash",
                       .message = "the system's NAR hash is not the approved one",
                       .where = after.root.str()};
    }
    if (evaluator::manifest_of(after).digest.hex() != statement.closure_manifest_sha256) {
        return Problem{.code = "wrong_manifest",
                       .message = "the system's closure is not the approved one",
                       .where = after.root.str()};
    }
    return Done{};
}

} // namespace

Verifier::Verifier(const Config& config, const core::Clock& clock, const Journal& journal,
                   const evaluator::Nix& nix, machine::Machine& machine,
                   const Announcements& announced, analysis::Worker worker)
    : config_(config), clock_(clock), journal_(journal), nix_(nix), machine_(machine),
      announced_(announced), worker_(std::move(worker)), trust_(config, clock) {}

Result<VerifiedStatement> Verifier::verify(const std::string& statement_bytes,
                                           const Presences& presences, const core::Peer& peer,
                                           const std::stop_token& stop) {
    auto statement = proposals::parse_statement(statement_bytes);
    if (!statement) {
        return statement.problem();
    }
    if (const auto done = check_fields(*statement); !done) {
        return done.problem();
    }
    auto verified = verify_rest(statement_bytes, std::move(*statement), presences, peer, stop);
    if (!verified) {
        return verified;
    }
    // Reading back what is new takes its time: meanwhile it may have run out, or somebody pulled
    // the brake.
    if (const auto still = check_fields(verified->statement()); !still) {
        return still.problem();
    }
    return verified;
}

Result<VerifiedStatement> Verifier::verify_rest(const std::string& statement_bytes,
                                                Statement statement, const Presences& presences,
                                                const core::Peer& peer,
                                                const std::stop_token& stop) {
    auto approvers = check_presence(statement_bytes, statement, presences, peer);
    if (!approvers) {
        return approvers.problem();
    }
    const std::string sha256 = core::sha256(statement_bytes).hex();
    const auto links = machine_.links();
    const auto running = links.running;
    const auto from = core::StorePath::parse(statement.from.path);
    if (!running || !from || *running != *from) {
        return Problem{.code = "from_mismatch",
                       .message =
                           "the machine runs another system than the one this was approved for",
                       .where = running ? running->str() : "/run/current-system",
                       .hint = "verify the proposal again and approve what it says then"};
    }
    if (statement.mode == Mode::act) {
        return verify_act(std::move(statement), sha256, *from, std::move(*approvers), presences,
                          stop);
    }
    if (presences.empty() && statement.mode != Mode::test && links.profile != from) {
        // The effects say what changes against what runs. For the next boot that may be far more: a
        // trial that somebody signed must not become lasting through a change without effects that
        // nobody signs.
        return Problem{.code = "presence",
                       .message =
                           "what runs is not what the next boot takes, so a person has to agree",
                       .where = links.profile ? links.profile->str() : ""};
    }
    const auto to = core::StorePath::parse(statement.toplevel.value_or(""));
    if (statement.mode == Mode::rollback && to) {
        if (const auto ours = check_ours(*to); !ours) {
            return ours.problem();
        }
    }
    if (!to || !looks_like_a_toplevel(*to)) {
        return Problem{.code = "not_a_toplevel",
                       .message = "what was approved is not a built NixOS system",
                       .where = statement.toplevel.value_or("")};
    }
    if (const auto was = Brake(journal_.directory()).quarantined(*to)) {
        return problem_of(*was);
    }
    auto effects = check_store(statement, *from, *to, stop);
    if (!effects) {
        return effects.problem();
    }
    const auto waited = check_policy(statement, *effects, sha256, presences, *approvers);
    if (!waited) {
        return waited.problem();
    }
    VerifiedStatement verified(std::move(statement), sha256, *from, *to, std::move(*effects),
                               std::move(*approvers));
    verified.waited_ = *waited;
    return verified;
}

Result<Done> Verifier::still_the_same(const VerifiedStatement& verified,
                                      const std::stop_token& stop) const {
    const auto closure = evaluator::closure_of(nix_, verified.to(), stop);
    if (!closure) {
        return closure.problem();
    }
    if (evaluator::manifest_of(*closure).digest.hex() !=
        verified.statement().closure_manifest_sha256) {
        return Problem{.code = "wrong_manifest",
                       .message =
                           "the system was built anew while it was looked at, and is not the "
                           "approved one any more",
                       .where = verified.to().str()};
    }
    return Done{};
}

Result<Done> Verifier::check_fields(const Statement& statement) const {
    if (statement.host != config_.host.str()) {
        return Problem{.code = "wrong_host",
                       .message = "the statement is for host " + statement.host};
    }
    if (statement.machine_id != machine_.machine_id()) {
        return Problem{.code = "wrong_machine", .message = "the statement is for another machine"};
    }
    const auto now = clock_.now();
    if (now < statement.not_before) {
        return Problem{.code = "not_yet", .message = "the statement is not valid yet"};
    }
    if (now >= statement.expires ||
        statement.expires - statement.not_before > std::chrono::hours(48)) {
        return Problem{.code = "expired",
                       .message =
                           "the statement ran out at " + core::format_instant(statement.expires),
                       .hint = "approve the proposal again"};
    }
    if (journal_.spent(statement.nonce)) {
        return Problem{.code = "used", .message = "this statement was used before"};
    }
    const std::string& inhibit = config_.apply.inhibit;
    if (!inhibit.empty() && ::access(inhibit.c_str(), F_OK) == 0) {
        return Problem{.code = "frozen",
                       .message = "a file says that nothing may be applied now",
                       .where = inhibit,
                       .hint = "remove it to let changes in again"};
    }
    if (const auto why = Brake(journal_.directory()).frozen()) {
        return Problem{.code = "frozen",
                       .message = "nothing is applied now: " + *why,
                       .hint = "when that is mended: sudo agentctl unfreeze"};
    }
    return Done{};
}

Result<std::vector<std::string>> Verifier::check_presence(const std::string& bytes,
                                                          const Statement& statement,
                                                          const Presences& presences,
                                                          const core::Peer& peer) const {
    if (presences.empty()) {
        if (const auto broken = Brake(journal_.directory()).glass_broken(clock_.now())) {
            return *broken;
        }
        // Nobody signed: only what policy grants by itself, which check_policy finds out.
        return statement.required_level >= proposals::Level::veto
                   ? Result<std::vector<std::string>>(std::vector<std::string>())
                   : Problem{.code = "presence", .message = "nobody signed this statement"};
    }
    if (is_by_hand(presences)) {
        return break_glass(statement, presences, peer);
    }
    if (presences.size() > most_presences) {
        return Problem{.code = "presence", .message = "more people signed than anybody wants"};
    }
    const auto approvers = proposals::parse_approvers(read_trusted(config_.apply.approvers));
    std::vector<std::string> names;
    for (const proposals::Presence& presence : presences) {
        auto approver = proposals::verify_presence(bytes, presence, approvers.approvers);
        if (!approver) {
            return approver.problem();
        }
        names.push_back(std::move(approver->name));
    }
    return names;
}

Result<proposals::Effects> Verifier::check_store(const Statement& statement,
                                                 const core::StorePath& from,
                                                 const core::StorePath& to,
                                                 const std::stop_token& stop) const {
    const auto before = evaluator::closure_of(nix_, from, stop);
    if (!before) {
        return before.problem();
    }
    const auto after = evaluator::closure_of(nix_, to, stop);
    if (!after) {
        return after.problem();
    }
    if (const auto done = check_hashes(statement, *before, *after); !done) {
        return done.problem();
    }
    if (const auto sound = evaluator::verify_paths(nix_, new_paths(*before, *after), stop);
        !sound) {
        return sound.problem();
    }
    auto effects = analysis::effects_between(worker_, *before, *after, stop);
    if (effects && proposals::digest(*effects).hex() != statement.effects_sha256) {
        return Problem{.code = "wrong_effects",
                       .message = "the effects worked out here are not the approved ones"};
    }
    return effects;
}

} // namespace agentd::applyd

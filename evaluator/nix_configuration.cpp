/// The forced settings: none that a version does not know, or it would warn.
#include "evaluator/nix.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/text.hpp"
#include "evaluator/nix_differences.hpp"
#include "evaluator/remote_builders.hpp"

namespace agentd::evaluator {
namespace {

struct Forced {
    const char* name;
    const char* value;
    std::optional<NixAbility> needs{};
};

/// Whatever Nix is run for.
constexpr Forced always[] = {
    {"experimental-features", "nix-command flakes"},
    {"accept-flake-config", "false"},
    {"allow-dirty", "false"},
    {"allow-import-from-derivation", "false"},
    {"allow-unsafe-native-code-during-evaluation", "false"},
    {"access-tokens", ""},
    {"diff-hook", ""},
    {"eval-cache", "false"},
    {"flake-registry", ""},
    {"hashed-mirrors", ""},
    {"max-call-depth", "10000", NixAbility::max_call_depth},
    {"netrc-file", "/dev/null"},
    {"nix-path", ""},
    {"plugin-files", ""},
    {"post-build-hook", ""},
    {"pre-build-hook", ""},
    {"pure-eval", "true"},
    {"require-sigs", "true"},
    {"restrict-eval", "true"},
    {"run-diff-hook", "false"},
    {"secret-key-files", ""},
    {"use-registries", "false"},
    {"warn-dirty", "false"},
};

constexpr Forced for_builds[] = {
    {"allow-new-privileges", "false"}, {"fallback", "false"},
    {"filter-syscalls", "true"},       {"sandbox", "true"},
    {"sandbox-fallback", "false"},     {"system-features", "benchmark big-parallel nixos-test"},
};

/// What keeps Nix from waiting for a network it does not have.
constexpr Forced without_substitutes[] = {
    {"substitute", "false"},
    {"substituters", ""},
};

/// Who the caches are, and their keys, is added by the fetch itself. That nothing can be built here
/// follows from what is asked for: outputs, never derivations.
constexpr Forced for_fetches[] = {
    {"connect-timeout", "10"},
    {"download-attempts", "2"},
    {"fallback", "false"},
    {"max-jobs", "0", NixAbility::max_substitution_jobs},
    {"max-substitution-jobs", "16", NixAbility::max_substitution_jobs},
    {"narinfo-cache-negative-ttl", "0"},
    {"narinfo-cache-positive-ttl", "300"},
    {"sandbox", "true"},
    {"sandbox-fallback", "false"},
    {"stalled-download-timeout", "20"},
    {"substitute", "true"},
};

void add(std::string& out, std::string_view name, std::string_view value) {
    if (value.find('\n') != std::string_view::npos) {
        throw core::Failure(core::FailureKind::misconfigured, "a line break in a setting of Nix",
                            std::string(name));
    }
    out.append(name).append(" = ").append(value).append("\n");
}

template <std::size_t n>
void add_all(std::string& out, const Forced (&settings)[n], const NixVersion& version) {
    for (const auto& setting : settings) {
        if (!setting.needs || has(version, *setting.needs)) {
            add(out, setting.name, setting.value);
        }
    }
}

std::string seconds(std::chrono::milliseconds duration) {
    return std::to_string(std::chrono::ceil<std::chrono::seconds>(duration).count());
}

} // namespace

std::string Nix::configuration(NixPurpose purpose) const {
    std::string out;
    const auto& version = installation_.version();
    add_all(out, always, version);
    if (purpose != NixPurpose::build || !machines_daemon(settings_.store)) {
        add(out, "builders", ""); // unsaid, a daemon takes its own: never a proposal's
    }
    add(out, "allowed-uris", core::join(settings_.allowed_uris, " "));
    add(out, "build-users-group", settings_.build_users_group);
    if (purpose == NixPurpose::fetch) {
        add_all(out, for_fetches, version);
        if (!has(version, NixAbility::max_substitution_jobs)) {
            add(out, "max-jobs", "16"); // the older ones count what they fetch as jobs
        }
    } else {
        add_all(out, without_substitutes, version);
    }
    if (purpose == NixPurpose::build) {
        add_all(out, for_builds, version);
        add(out, "cores", std::to_string(settings_.cores));
        add(out, "max-jobs", std::to_string(settings_.jobs));
        add(out, "max-build-log-size", std::to_string(settings_.build_log));
        add(out, "max-silent-time", seconds(settings_.build_silence));
        add(out, "timeout", seconds(settings_.build_deadline));
        if (!settings_.sandbox_paths.empty()) {
            add(out, "sandbox-paths", core::join(settings_.sandbox_paths, " "));
        }
    }
    return out;
}

} // namespace agentd::evaluator

/// @file
/// The Nix of this machine: which one it is, and the one place that says how it may run.
#pragma once

#include "sandbox/run.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::evaluator {

enum class NixFlavour { nix, lix, determinate };

/// What `nix --version` says, e.g. `nix (Nix) 2.8.0`.
struct NixVersion {
    NixFlavour flavour = NixFlavour::nix;
    int major = 0;
    int minor = 0;
    int patch = 0;      ///< 0 when there is none
    std::string text{}; ///< the line itself

    static std::optional<NixVersion> parse(std::string_view line);
    /// Lix and Determinate number themselves; their ages are compared by the Nix they come from.
    bool at_least(int wanted_major, int wanted_minor) const noexcept;
};

/// Absolute paths of the programs. An empty one is looked for in a fixed list of folders.
struct NixPrograms {
    std::string nix{};
    std::string nix_store{};
    std::string git{}; ///< Nix calls it for `git+file`
};

/// The programs, found and asked for their version. Made once.
class NixInstallation {
  public:
    /// @throws core::Failure{misconfigured} naming the folders when a program is missing, or when
    /// `nix
    /// --version` cannot be read.
    explicit NixInstallation(NixPrograms programs = {});

    const NixPrograms& programs() const noexcept { return programs_; }
    const NixVersion& version() const noexcept { return version_; }

  private:
    NixPrograms programs_;
    NixVersion version_;
};

/// How Nix may run. The defaults are the strict ones.
struct NixSettings {
    std::string scratch{}; ///< absolute, ours; HOME and the caches of Nix live below it
    std::string machine_settings = "/etc/nix"; ///< folder of the running system's nix.conf
    /// "" is Nix's own choice; or `daemon`, `unix:///…`, which is never asked to fetch.
    std::string store{};
    std::string build_users_group{}; ///< "" builds as the uid we run as (only without a daemon)
    std::vector<std::string> sandbox_paths{}; ///< `/bin/sh=/bin/busybox`; empty keeps Nix's default
    std::vector<std::string> allowed_uris{}; ///< besides those of a flake's locked inputs
    std::vector<std::string> origins{}; ///< whose inputs a lock may name besides those of its base
    bool fetch = false; ///< take from the running system's caches what a build lacks
    sandbox::Need isolation = sandbox::Need::required; ///< a network with nobody in it
    sandbox::Need files =
        sandbox::Need::required; ///< an evaluation can open only the store, its repository and Nix
    std::vector<std::string> repositories{}; ///< bare repositories of another uid that git may read
    std::vector<std::string> libraries{}; ///< folders of Nix's own libraries, outside /usr and /nix
    std::string confine{};                ///< agentd-confine; "" as sandbox::confine_program()

    std::chrono::milliseconds evaluation_deadline = std::chrono::minutes(2);
    std::chrono::milliseconds build_deadline = std::chrono::hours(1);
    std::chrono::seconds build_silence = std::chrono::minutes(15);
    std::chrono::milliseconds query_deadline = std::chrono::minutes(2);
    std::uint64_t evaluation_memory = 6ULL << 30; ///< bytes of address space
    std::size_t evaluation_log = 1U << 20;        ///< bytes of stderr
    std::size_t evaluation_answer = 32U << 20;    ///< bytes of JSON
    std::size_t build_log = 16U << 20;            ///< bytes, all derivations together
    std::chrono::milliseconds fetch_deadline = std::chrono::minutes(30);
    std::uint64_t fetch_bytes = 20ULL << 30;   ///< most that is taken from caches for one build
    std::uint64_t disk_reserve = 128ULL << 20; ///< bytes of the store's disk that stay free
    int jobs = 1;
    int cores = 0; ///< 0: all
};

enum class NixPurpose {
    evaluate, ///< pure, restricted, no network, no import from derivation
    build,    ///< sandboxed, no network; who is not root: but for what states its hash beforehand
    fetch,    ///< the network, and nothing that runs: takes store paths from caches
    query,    ///< reads the store
};

/// An installation together with its settings: makes every command line agentd runs Nix with.
class Nix {
  public:
    /// Makes the scratch directory (0700). @throws core::Failure when it cannot.
    Nix(NixInstallation installation, NixSettings settings);

    /// `nix <arguments>` or, for `nix_store`, `nix-store <arguments>`, with the forced
    /// configuration, an explicit environment, a deadline and a profile that suit `purpose`.
    sandbox::Command nix(NixPurpose purpose, std::vector<std::string> arguments) const;
    sandbox::Command nix_store(NixPurpose purpose, std::vector<std::string> arguments) const;
    /// `git --git-dir=<repository> <arguments>` without any configuration but the repository's own.
    sandbox::Command git(const std::string& repository, std::vector<std::string> arguments) const;

    /// The text NIX_CONFIG gets: every forced setting, one a line.
    std::string configuration(NixPurpose purpose) const;

    const NixInstallation& installation() const noexcept { return installation_; }
    const NixSettings& settings() const noexcept { return settings_; }

  private:
    sandbox::Command command(NixPurpose purpose, const std::string& program,
                             std::vector<std::string> arguments) const;
    NixInstallation installation_;
    NixSettings settings_;
};

} // namespace agentd::evaluator

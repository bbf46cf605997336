/// @file
/// What commits evaluated to, kept by content: a base is evaluated once, however many proposals are
/// made on it.
#pragma once

#include "evaluator/evaluation.hpp"

#include <optional>
#include <string>

namespace agentd::evaluator {

/// What a host was at a commit, and which words its options were read with.
struct KnownEvaluation {
    Evaluated evaluated;
    OptionWords words{};

    /// The options as these words would have read them; nullopt when they cannot be told from what
    /// was read.
    std::optional<OptionValues> options_for(const OptionWords& wanted) const;
};

/// Our own answers in a folder of ours, never Nix's evaluation cache. An entry is found by commit,
/// host, Nix, our scripts and kind of machine alone; one that is not what it should be is removed,
/// which the log says, and counts for nothing. Good for comparing, never for what is built: a
/// candidate is always evaluated. May be used by several threads.
class EvaluationShelf {
  public:
    static constexpr std::size_t most_entries = 256; ///< those that were used longest ago go

    /// @param directory absolute; made when missing
    EvaluationShelf(const Nix& nix, std::string directory);

    std::optional<KnownEvaluation> find(const FlakeSource& source,
                                        const core::HostName& host) const;
    void keep(const FlakeSource& source, const core::HostName& host, const KnownEvaluation& known);
    /// Of `host_derivation`.
    std::optional<core::StorePath> find_derivation(const FlakeSource& source,
                                                   const core::HostName& host) const;
    void keep_derivation(const FlakeSource& source, const core::HostName& host,
                         const core::StorePath& drv);

  private:
    std::string key(const FlakeSource& source, const core::HostName& host,
                    std::string_view kind) const;
    std::optional<std::string> read(const std::string& key) const;
    void write(const std::string& key, const std::string& body);

    std::string directory_;
    std::string environment_; ///< what else an answer depends on
};

} // namespace agentd::evaluator

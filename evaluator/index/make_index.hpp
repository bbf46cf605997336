/// @file
/// Making an index of a host: one evaluation, one file.
#pragma once

#include "agentd/core/names.hpp"
#include "evaluator/flake_source.hpp"
#include "evaluator/index/option_index.hpp"
#include "evaluator/nix.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>

namespace agentd::evaluator {

/// Evaluates the host's options and packages and writes them to `file`, which is there whole or not
/// at all. Problems: those of evaluate(); `cancelled`; `unknown_host`.
core::Result<core::Done> make_index(const Nix& nix, const FlakeSource& source,
                                    const core::HostName& host, const std::string& file,
                                    std::stop_token stop = {});

/// From what evaluator/nix/index.nix answered. What is not of its shape is left out; at most 131072
/// options and 262144 packages.
void write_index(const core::Json& answer, const std::string& file);

/// Indexes kept in a folder by commit, folder of the flake and host, the last 64 of them. May be
/// used by several threads.
class IndexShelf {
  public:
    /// @param directory absolute; made when missing.
    IndexShelf(const Nix& nix, std::string directory);

    /// Where it is in such a folder, if it is there.
    static std::string file_in(const std::string& directory, const FlakeSource& source,
                               const core::HostName& host);
    /// nullptr where there is none that can be read.
    std::unique_ptr<OptionIndex> known(const FlakeSource& source, const core::HostName& host) const;
    /// Makes it where there is none, or none that can be read. One thread at a time may use what it
    /// gives.
    core::Result<std::unique_ptr<OptionIndex>>
    get(const FlakeSource& source, const core::HostName& host, std::stop_token stop = {});

  private:
    std::string file_of(const FlakeSource& source, const core::HostName& host) const {
        return file_in(directory_, source, host);
    }
    void remember(const std::string& file, const core::Problem& problem);
    const Nix& nix_;
    std::string directory_;
    std::mutex making_; ///< one evaluation at a time; guards what failed
    std::map<std::string, core::Problem> failed_{};
};

} // namespace agentd::evaluator

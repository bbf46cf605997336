/// @file
/// Answers that may be given again: of what runs now, which is asked about with every change.
#pragma once

#include "agentd/rehearsal/place.hpp"
#include "agentd/rehearsal/question.hpp"
#include "agentd/rehearsal/rehearsal.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace agentd::rehearsal {

/// A folder of root's with the last few answers, each by the digest of all that it depends on: the
/// question, the bounds, the place (kernel, systemd-nspawn, limits) and this program itself.
/// Another of them is another answer, and what nobody asks for any more goes.
class Kept {
  public:
    static constexpr std::size_t most = 4;
    static constexpr std::chrono::hours longest{1}; ///< what is lent may change below us

    /// @param folder made when something is kept
    /// @param place one line: what `environment_of` says, and what this program is
    Kept(std::string folder, const Question& question, const Bounds& bounds,
         const std::string& place);

    /// nullopt: there is none, it is too old, or it is none. Its log says that it is a kept one.
    std::optional<Rehearsal> find() const;
    /// What did not come up, or was seen in part, is tried again and not kept. Where nothing can be
    /// written nothing is.
    void keep(const Rehearsal& seen) const;

  private:
    std::string folder_;
    std::string system_;
    std::string file_;
};

/// Where answers of this program are kept, and what it is: a digest of its bytes.
std::string folder_of_kept();
std::string digest_of_self();

} // namespace agentd::rehearsal

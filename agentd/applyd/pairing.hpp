/// @file
/// How a browser's key gets into the approvers file: root invites once, the browser answers in
/// time.
#pragma once

#include "agentd/core/clock.hpp"
#include "agentd/core/result.hpp"

#include <string>

namespace agentd::applyd {

struct Enrolled {
    std::string key_id{};
    std::string name{};
    std::string label{};
    std::string line{}; ///< of the approvers file
};

/// An invitation is a 256-bit token, good for two minutes and once; only its SHA-256 is kept.
class Pairing {
  public:
    Pairing(std::string directory, std::string approvers_file, const core::Clock& clock)
        : directory_(std::move(directory)), approvers_file_(std::move(approvers_file)),
          clock_(clock) {}

    std::string invite(const std::string& label);
    /// Uses the invitation up. Problems: `bad_token` (unknown, used or too old), `bad_key`,
    /// `bad_label`.
    core::Result<Enrolled> check(const std::string& token, const std::string& spki_base64,
                                 const std::string& label);
    /// The key is in the approvers file, durably, when it returns. Once it is on record, not
    /// before.
    void admit(const Enrolled& enrolled);

  private:
    std::string invitation_path(const std::string& token) const;
    std::string directory_;
    std::string approvers_file_;
    const core::Clock& clock_;
};

} // namespace agentd::applyd

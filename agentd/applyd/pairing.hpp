/// @file
/// How a browser's key or a passkey gets into the approvers file: root invites once, the browser
/// answers in time.
#pragma once

#include "agentd/core/clock.hpp"
#include "agentd/core/result.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace agentd::applyd {

/// Whom root invites. Who pairs does not say who he is: roles go by names, and people are counted.
struct Invitation {
    std::string label{};
    std::string name{}; ///< of the approver; empty: made of the label
};

/// One of the two.
struct Offer {
    std::string spki{};    ///< of a browser's own key, base64
    std::string passkey{}; ///< the text of a proposals::Registration
};

struct Enrolled {
    std::string method{};
    std::string key_id{};
    std::string name{};
    std::uint32_t counter = 0; ///< of a passkey
    std::string label{};
    std::string line{}; ///< of the approvers file
};

/// An invitation is a 256-bit token, good for two minutes and once; only its SHA-256 is kept.
class Pairing {
  public:
    /// @param origins of the page: where a passkey may be made.
    Pairing(std::string directory, std::string approvers_file, const core::Clock& clock,
            std::vector<std::string> origins = {})
        : directory_(std::move(directory)), approvers_file_(std::move(approvers_file)),
          clock_(clock), origins_(std::move(origins)) {}

    std::string invite(const Invitation& invitation);
    /// Uses the invitation up. Problems: `bad_token` (unknown, used or too old), `bad_key`, and
    /// those of check_registration.
    core::Result<Enrolled> check(const std::string& token, const Offer& offer,
                                 const std::string& label);
    /// The key is in the approvers file, durably, when it returns. Once it is on record, not
    /// before.
    void admit(const Enrolled& enrolled);

  private:
    std::string invitation_path(const std::string& token) const;
    std::string directory_;
    std::string approvers_file_;
    const core::Clock& clock_;
    std::vector<std::string> origins_;
};

/// What a passkey signs for when it is made: its challenge is the SHA-256 of this.
std::string enrolment_message(const std::string& token);

} // namespace agentd::applyd

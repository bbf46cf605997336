// A passkey's assertion, and a line of the approvers file: read within their bounds and in one
// spelling, and nobody's signature is taken.
#include "tests/fuzz/fuzz.hpp"

#include "agentd/core/crypto.hpp"
#include "proposals/presence.hpp"
#include "proposals/webauthn.hpp"

using namespace agentd;
using namespace agentd::proposals;

namespace {

constexpr const char* line =
    "passkey alice AAAA "
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEtZRyPk70vku7Bth2YwWrs8cjEJhETJS7g"
    "ijYaFieP6HB+dXVTTKSM2zySdMY5hNqXzM638i0KmwQWqPbSWKGXw== localhost http://localhost:8484";

void read_line(std::string_view text) {
    const auto approver = parse_approver_line(text);
    fuzz::hold_refusal(approver);
    if (approver) {
        const auto again = parse_approver_line(approver_line(*approver));
        fuzz::hold(again && *again == *approver, "a line is read back as it was");
        fuzz::hold(approver->method != PresenceMethod::passkey ||
                       !approver->passkey.origins.empty(),
                   "a passkey is for some page");
    }
}

void read_assertion(std::string_view text) {
    const auto assertion = parse_assertion(text);
    fuzz::hold_refusal(assertion);
    if (assertion) {
        static const Approver alice = parse_approver_line(line).value();
        fuzz::hold(assertion_text(*assertion) == text, "an assertion has one spelling");
        fuzz::hold(counter_of(*assertion).has_value(), "what is read has a counter");
        const auto verified = verify_assertion(*assertion, "m", alice);
        fuzz::hold_refusal(verified);
        fuzz::hold(!verified, "nobody has signed this");
        fuzz::hold_refusal(check_registration({.authenticator_data = assertion->authenticator_data,
                                               .client_data = assertion->client_data,
                                               .spki = alice.key},
                                              "m", alice.passkey.origins));
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = fuzz::view_of(data, size);
    read_line(text);
    read_assertion(text);
    const auto parts = fuzz::texts_of(text);
    if (parts.size() == 2) { // what is inside of the base64, so that bytes and not letters change
        read_assertion(assertion_text({.authenticator_data = std::string(parts[0]),
                                       .client_data = std::string(parts[1]),
                                       .signature = "s"}));
    }
    return 0;
}

#include "agentd/api/api.hpp"

#include "agentd/core/crypto.hpp"
#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/core/log.hpp"
#include "proposals/approvers.hpp"

#include <nlohmann/json.hpp>

namespace agentd::api {

using core::Json;
using core::Problem;
using core::Result;

namespace {

/// Another prefix than an approval's, so that no login can ever be taken for one.
constexpr std::string_view login_namespace = "agentd-login@v1:";

/// The browser's key as the root-owned file has it now.
Result<proposals::Approver> browser_key(const std::string& approvers_file,
                                        const std::string& key_id) {
    std::string text;
    try {
        text =
            core::read_file_if_exists(approvers_file, proposals::Approvers::max_bytes).value_or("");
    } catch (const core::Failure& failure) {
        core::log(core::Level::warning, std::string("no browser is let in: ") + failure.what());
        return Problem{.code = "unavailable",
                       .message = "who may approve cannot be read, so no browser is let in: " +
                                  failure.message(),
                       .where = approvers_file,
                       .hint = "on the machine: let agentd read that file; `agentctl doctor` looks "
                               "for more"};
    }
    const auto known = proposals::parse_approvers(text);
    const auto* found =
        proposals::find_approver(known.approvers, proposals::PresenceMethod::browser, key_id);
    if (found == nullptr) {
        return Problem{.code = "unknown_key",
                       .message = "this browser's key is not among the approvers of this machine",
                       .hint = "run `agentctl web login` on the machine and open its link"};
    }
    return *found;
}

Json named(const proposals::Approver& approver) {
    return {{"key_id", approver.key_id}, {"name", approver.name}};
}

} // namespace

Result<Json> Api::session_login(const Call& call) {
    core::ObjectReader reader(call.params, "params");
    const std::string key_id = reader.text("key_id", 128);
    const std::string challenge = reader.text("challenge", 256);
    const std::string signature = reader.text("signature", 256);
    if (const auto done = reader.finish(); !done) {
        return done.problem();
    }
    auto key = browser_key(in_.config.apply.approvers, key_id);
    if (!key) {
        return key.problem();
    }
    const auto bytes = core::base64_decode(signature);
    if (!bytes || !core::p256_verify(key->key, std::string(login_namespace) + challenge, *bytes)) {
        return Problem{.code = "bad_signature",
                       .message = "the login was not signed by this browser's key"};
    }
    return named(*key);
}

Result<Json> Api::session_check(const Call& call) {
    core::ObjectReader reader(call.params, "params");
    const std::string key_id = reader.text("key_id", 128);
    if (const auto done = reader.finish(); !done) {
        return done.problem();
    }
    const auto key = browser_key(in_.config.apply.approvers, key_id);
    return key ? Result<Json>(named(*key)) : Result<Json>(key.problem());
}

} // namespace agentd::api

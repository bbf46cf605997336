#include "agentd/ctl/presence.hpp"

#include "agentd/core/text.hpp"
#include "agentd/ctl/signing.hpp"

#include <nlohmann/json.hpp>

namespace agentd::ctl {

using core::Json;

namespace {

std::variant<SigningKey, Trouble> signing_key(Context& context) {
    const Surroundings& around = context.around();
    SigningKey key;
    if (const auto given = context.asked().value("--key")) {
        key.file = context.absolute(*given);
    } else if (const auto home = around.variable("HOME"); home && !home->empty()) {
        key.file = *home + "/.ssh/id_ed25519";
    } else {
        return needs_presence("there is no home to look for a key in", "name one: --key FILE");
    }
    const auto config = context.config();
    const auto* loaded = std::get_if<std::optional<Config>>(&config);
    if (loaded != nullptr && *loaded && !(*loaded)->programs.ssh_keygen.empty()) {
        key.program = (*loaded)->programs.ssh_keygen;
    } else if (const auto found = find_program(around, "ssh-keygen")) {
        key.program = *found;
    } else {
        return needs_presence("there is no ssh-keygen in " +
                                  core::join(around.program_folders, " or "),
                              "install OpenSSH, or set [programs] ssh_keygen in agentd.toml");
    }
    return key;
}

} // namespace

Trouble needs_presence(std::string message, std::string hint) {
    return {.problem = {.code = "presence",
                        .message = "presence needed: " + std::move(message),
                        .hint = std::move(hint)},
            .exit = status::presence};
}

std::variant<Json, Trouble> sign_with_key(Context& context, const std::string& bytes,
                                          std::string_view purpose) {
    auto key = signing_key(context);
    if (auto* trouble = std::get_if<Trouble>(&key)) {
        return std::move(*trouble);
    }
    try {
        const auto presence =
            sign_bytes(bytes, purpose, std::get<SigningKey>(key), context.around());
        if (presence) {
            return proposals::to_json(*presence);
        }
        Trouble trouble = trouble_of(presence.problem());
        if (trouble.problem.code == "declined") {
            return trouble;
        }
        trouble.exit = status::presence;
        trouble.problem.message = "presence needed: " + trouble.problem.message;
        return trouble;
    } catch (const core::Failure& failure) {
        return trouble_of(failure);
    }
}

} // namespace agentd::ctl

#include "evaluator/caches.hpp"

#include "agentd/core/text.hpp"
#include "evaluator/builder.hpp"

#include <algorithm>
#include <optional>

namespace agentd::evaluator {
namespace {

using core::Problem;

std::string value(const ShownSettings& settings, std::string_view name) {
    const auto it = settings.find(name);
    return it == settings.end() ? "" : it->second;
}

/// Whoever builds for us has to keep what it builds shut in.
std::optional<Problem> unsafe_builder(const Nix& nix, const ShownSettings& settings) {
    const std::string sandbox = value(settings, "sandbox");
    if (!through_daemon(nix) || own_daemon(nix.settings().store) || sandbox == "true") {
        return std::nullopt;
    }
    return Problem{.code = "unsafe_builder",
                   .message = "the Nix daemon of this machine builds with `sandbox = " + sandbox +
                              "`: a proposal's builders would see the machine and its network",
                   .where = nix.settings().machine_settings + "/nix.conf",
                   .hint = "set nix.settings.sandbox = true"};
}

} // namespace

core::Result<Caches> caches_of(const Nix& nix, std::stop_token stop) {
    const auto settings = running_settings(nix, std::move(stop));
    if (!settings) {
        return settings.problem();
    }
    if (auto unsafe = unsafe_builder(nix, *settings)) {
        return std::move(*unsafe);
    }
    Caches out{.names = value(*settings, "substituters"),
               .keys = value(*settings, "trusted-public-keys"),
               .netrc = value(*settings, "netrc-file")};
    if (value(*settings, "substitute") == "false" || !nix.settings().fetch) {
        out.names.clear();
    }
    if (!out.names.empty() && through_daemon(nix) && value(*settings, "require-sigs") != "true") {
        return Problem{.code = "caches_unsafe",
                       .message = "the running system takes packages that nobody signed, and it "
                                  "would do so for a proposal",
                       .where = nix.settings().machine_settings + "/nix.conf",
                       .hint = "set nix.settings.require-sigs = true"};
    }
    for (const auto cache : core::split(out.names, ' ')) {
        const auto query = cache.find('?');
        if (query != cache.npos && cache.substr(query).find("trusted") != cache.npos) {
            return Problem{.code = "caches_unsafe",
                           .message = "a cache is marked as trusted, so that its signatures would "
                                      "not be looked at",
                           .where = without_credentials(cache),
                           .hint =
                               "take `trusted` out of its address in nix.settings.substituters"};
        }
    }
    return out;
}

std::string without_credentials(std::string_view text) {
    constexpr std::string_view ends = " \t\n'\"<>`,;)";
    std::string out;
    for (auto mark = text.find("://"); mark != text.npos; mark = text.find("://")) {
        out += text.substr(0, mark + 3);
        text.remove_prefix(mark + 3);
        const auto address = text.substr(0, text.find_first_of(ends));
        const auto host = address.substr(0, address.find_first_of("/?#"));
        const auto at = host.rfind('@');
        const auto from = at == host.npos ? 0 : at + 1;
        out += address.substr(from, address.find('?') - from);
        text.remove_prefix(address.size());
    }
    return out += text;
}

std::vector<std::string> blamed(const Caches& caches, const std::vector<std::string>& complaints) {
    std::vector<std::string> out;
    for (const auto cache : core::split(caches.names, ' ')) {
        // By the address, never by the words around it.
        const std::string address = without_credentials(cache.substr(0, cache.find('?')));
        const auto bare = address.substr(0, address.find_last_not_of('/') + 1);
        const bool named =
            std::any_of(complaints.begin(), complaints.end(),
                        [&](const std::string& said) { return said.find(bare) != said.npos; });
        if (!bare.empty() && named) {
            out.push_back(bare);
        }
    }
    return out;
}

} // namespace agentd::evaluator

// One value of an option: of which kind it is, beside what stands there.
#include "proposals/plan/set_option.hpp"

#include <algorithm>
#include <array>

namespace agentd::proposals::plan {

using core::Problem;

namespace {

/// Options of NixOS that are lists, and often met.
bool is_known_list(const OptionPath& option) {
    static constexpr std::array<std::string_view, 12> known{"boot.kernelModules",
                                                            "boot.kernelParams",
                                                            "environment.systemPackages",
                                                            "fonts.packages",
                                                            "networking.nameservers",
                                                            "nix.settings.allowed-users",
                                                            "nix.settings.substituters",
                                                            "nix.settings.trusted-public-keys",
                                                            "nix.settings.trusted-users",
                                                            "services.openssh.ports",
                                                            "nix.settings.experimental-features",
                                                            "home.packages"};
    const auto& last = option.parts().back();
    return std::find(known.begin(), known.end(), option.str()) != known.end() ||
           last == "extraGroups" || last == "allowedTCPPorts" || last == "allowedUDPPorts";
}

} // namespace

std::optional<Problem> SetOption::below_a_value() const {
    const auto& parts = option_.parts();
    for (std::size_t count = parts.size() - 1; count >= 2; --count) {
        std::string text;
        for (std::size_t i = 0; i < count; ++i) {
            text += (text.empty() ? "\"" : ".\"") + parts[i] + "\"";
        }
        const auto path = OptionPath::parse(text);
        for (const Definition& one :
             path ? space_.said(candidates_, *path).definitions : std::vector<Definition>{}) {
            const char first = one.value.empty() ? ' ' : one.value.front();
            const bool plain = first == '"' || first == '[' || (first >= '0' && first <= '9') ||
                               one.value == "true" || one.value == "false" || one.value == "null";
            if (plain) {
                return Problem{.code = "other_kind",
                               .message = path->str() + " is one value, at " + one.where() +
                                          ": nothing stands below it",
                               .where = one.where(),
                               .hint = "say set " + path->str()};
            }
        }
    }
    return std::nullopt;
}

namespace {

/// `"10"` where a number stands, `"true"` where true or false does.
bool is_quoted_other(const std::string& wanted, const std::string& now) {
    if (wanted.size() < 3 || wanted.front() != '"') {
        return false;
    }
    const std::string inside = wanted.substr(1, wanted.size() - 2);
    const auto digits = [](std::string_view text) {
        return !text.empty() &&
               std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    };
    return (digits(inside) && digits(now)) ||
           ((inside == "true" || inside == "false") && (now == "true" || now == "false"));
}

} // namespace

std::optional<Problem> SetOption::other_kind() const {
    for (const Definition& one : said_.definitions) {
        if (is_quoted_other(wanted_, one.value)) {
            return Problem{.code = "other_kind",
                           .message = option_.str() + " is " + one.value + " at " + one.where() +
                                      ", and " + wanted_ + " is a text",
                           .where = one.where(),
                           .hint = "say it without quotes"};
        }
    }
    if (auto problem = said_.definitions.empty() ? below_a_value() : std::nullopt) {
        return problem;
    }
    const bool one_value = std::holds_alternative<std::string>(*ask_.wish.value) ||
                           std::holds_alternative<std::int64_t>(*ask_.wish.value) ||
                           std::holds_alternative<PackageAttr>(*ask_.wish.value);
    const auto list =
        std::find_if(said_.definitions.begin(), said_.definitions.end(),
                     [](const Definition& one) { return one.value.starts_with('['); });
    const bool found = list != said_.definitions.end();
    if (!one_value || (!found && !(said_.definitions.empty() && is_known_list(option_)))) {
        return std::nullopt;
    }
    return Problem{.code = "other_kind",
                   .message = option_.str() + " is a list" + (found ? ", at " + list->where() : ""),
                   .where = found ? list->where() : "",
                   .hint = "say add " + wanted_ + " to " + option_.str() +
                           ", or write the whole list: [ " + wanted_ + " ]"};
}

void SetOption::read_as_text() {
    const auto* number = std::get_if<std::int64_t>(&*ask_.wish.value);
    if (number == nullptr) {
        return;
    }
    std::vector<Candidate> others;
    for (const std::string& file : space_.files().nix_files()) {
        if (said_.definitions.empty() && !space_.map().hosts_of(file).empty()) {
            others.push_back({.file = file});
        }
    }
    const auto elsewhere = space_.said(others, option_);
    const auto& all = said_.definitions.empty() ? elsewhere.definitions : said_.definitions;
    const bool texts = !all.empty() && std::all_of(all.begin(), all.end(), [](const auto& one) {
        return one.value.starts_with('"');
    });
    if (texts) {
        wanted_ = "\"" + std::to_string(*number) + "\"";
        written_ = ask_.wish.weak ? "lib.mkDefault " + wanted_ : wanted_;
    }
}

} // namespace agentd::proposals::plan

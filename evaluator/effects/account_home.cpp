#include "evaluator/effects/account_home.hpp"

#include "evaluator/effects/places.hpp"
#include "evaluator/effects/tmpfiles_line.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace agentd::evaluator::effects {
namespace {

using core::Json;

/// Folders that hold those of others.
constexpr std::array shared{
    "/home", "/var", "/var/lib", "/var/cache", "/var/log", "/var/spool", "/var/tmp",
    "/tmp",  "/run", "/srv",     "/mnt",       "/media",   "/opt",       "/var/lib/private"};

bool is_below(const std::string& path, const std::string& folder) {
    return path.starts_with(folder + "/");
}

/// The account whose home it is, or holds, or lies in; "" for none.
std::string other_owner(const std::string& name, const std::string& home, const Accounts& all) {
    for (const auto& [each, user] : all.users) {
        const auto other = plain_path(text_of(user, "home"));
        if (each != name && !other.empty() && other != "/var/empty" &&
            (other == home || is_below(other, home) || (is_person(user) && is_below(home, other))))
            return each;
    }
    return {};
}

/// Others than the owner may write there.
bool is_open(const std::string& mode) {
    return std::any_of(mode.end() - std::min<std::ptrdiff_t>(2, std::ssize(mode)), mode.end(),
                       [](char c) { return c < '0' || c > '7' || ((c - '0') & 2) != 0; });
}

Effect judged(const std::string& name, const Json& user, const Accounts& all) {
    const auto home = plain_path(text_of(user, "home"));
    const auto mode = text_of(user, "homeMode");
    const auto whose = other_owner(name, home, all);
    Effect out = effect_of("accounts", "user_changed", name, Risk::none,
                           "root gives " + home + " to " + name +
                               (mode.empty() ? "" : " (mode " + mode + ")"));
    out.after = "home=" + home + " homeMode=" + mode;
    if ((home.find("agentd") != home.npos || may_mean(home, "/var/lib/agentd")) &&
        !name.starts_with("agentd")) {
        out.area = "system";
        out.kind = "agentd_changed";
        out.risk = Risk::critical;
        out.sentence += ", a folder of agentd";
    } else if (home.empty() || is_grave_place(home) || home.find("..") != home.npos ||
               std::find(shared.begin(), shared.end(), home) != shared.end()) {
        out.risk = Risk::critical;
        out.sentence += ", which holds more than what is its own";
    } else if (!whose.empty()) {
        out.risk = Risk::critical;
        out.sentence += ", which is a folder of " + whose;
    } else if (!is_person(user) && !is_owner_of(name, home)) {
        out.risk = Risk::high;
        out.sentence += ", which is not called after it";
    } else if (is_open(mode)) {
        out.risk = Risk::high;
        out.sentence += ", where others may write as well";
    }
    return out;
}

} // namespace

std::string told_home(const Json& user) {
    const auto mode = text_of(user, "homeMode");
    return text_of(user, "createHome") != "true"
               ? std::string{}
               : " home=" + text_of(user, "home") + (mode.empty() ? "" : " homeMode=" + mode);
}

void tell_home(const std::string& name, const Json* before, const Accounts& after, Sink& sink) {
    static constexpr std::array fields{"createHome", "home", "homeMode", "uid", "group"};
    const auto& user = after.users.at(name);
    const bool differs =
        before == nullptr || std::any_of(fields.begin(), fields.end(), [&](const char* field) {
            return text_of(*before, field) != text_of(user, field);
        });
    if (text_of(user, "createHome") != "true" || name == "root" || !differs)
        return;
    if (auto effect = judged(name, user, after); effect.risk != Risk::none)
        sink.add(std::move(effect));
}

} // namespace agentd::evaluator::effects

#include "agentd/applyd/brake.hpp"

#include "agentd/core/fd.hpp"
#include "agentd/core/json.hpp"
#include "agentd/core/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <unistd.h>

namespace agentd::applyd {

namespace {

constexpr std::size_t longest_file = 16U << 10;
constexpr std::size_t longest_reason = 1000;

/// What root wrote by hand, or what was cut off, counts as well: only its reason is not known.
Quarantined read(const std::string& file, std::string path) {
    const auto text = core::read_file_if_exists(file, longest_file);
    const auto json = core::parse_json(text.value_or(""));
    Quarantined what{.path = std::move(path), .reason = "put there by hand"};
    if (!json || !json->is_object()) {
        return what;
    }
    core::ObjectReader in(*json, "quarantine");
    Quarantined found{
        .path = in.text("path"), .proposal = in.text("proposal"), .reason = in.text("reason")};
    const auto at = core::parse_instant(in.text("at"));
    if (!in.finish() || !at) {
        return what;
    }
    found.at = *at;
    return found;
}

} // namespace

core::Problem problem_of(const Quarantined& what) {
    return {.code = "quarantined",
            .message = "this very system ran here and was taken back: " + what.reason,
            .where = what.path,
            .hint =
                "change something, or when its cause is mended: sudo agentctl quarantine --lift " +
                what.path};
}

std::string Brake::file_of(const core::StorePath& system) const {
    constexpr std::size_t hash_size = 32;
    return directory_ + "/quarantine/" +
           std::filesystem::path(system.str()).filename().string().substr(0, hash_size);
}

std::optional<std::string> Brake::frozen() const {
    const std::string file = directory_ + "/frozen";
    if (::access(file.c_str(), F_OK) != 0) {
        return std::nullopt;
    }
    const auto text = core::read_file_if_exists(file, longest_file).value_or("");
    const std::string reason = core::printable(core::trim(core::to_utf8(text)));
    return reason.empty() ? "the owner froze this machine" : core::shorten(reason, longest_reason);
}

void Brake::freeze(const std::string& reason) {
    core::write_file_durably(directory_ + "/frozen", core::shorten(reason, longest_reason) + "\n");
}

bool Brake::unfreeze() {
    const bool was = ::unlink((directory_ + "/frozen").c_str()) == 0;
    core::sync_directory(directory_);
    return was;
}

std::optional<Quarantined> Brake::quarantined(const core::StorePath& system) const {
    const std::string file = file_of(system);
    return ::access(file.c_str(), F_OK) == 0 ? std::optional(read(file, system.str()))
                                             : std::nullopt;
}

std::vector<Quarantined> Brake::list() const {
    std::vector<Quarantined> all;
    std::error_code error;
    for (const auto& file :
         std::filesystem::directory_iterator(directory_ + "/quarantine", error)) {
        all.push_back(read(file.path().string(), "/nix/store/" + file.path().filename().string()));
    }
    std::sort(all.begin(), all.end(),
              [](const Quarantined& a, const Quarantined& b) { return a.at > b.at; });
    return all;
}

void Brake::quarantine(const Quarantined& what) {
    const auto system = core::StorePath::parse(what.path);
    AGENTD_CHECK(system.has_value());
    core::make_directories(directory_ + "/quarantine", 0700);
    core::write_file_durably(
        file_of(*system),
        core::canonical({{"path", what.path},
                         {"proposal", what.proposal},
                         {"reason", core::to_utf8(core::shorten(what.reason, longest_reason))},
                         {"at", core::format_instant(what.at)}}) +
            "\n");
}

bool Brake::lift(const core::StorePath& system) {
    const bool was = ::unlink(file_of(system).c_str()) == 0;
    if (was) {
        core::sync_directory(directory_ + "/quarantine");
    }
    return was;
}

void Brake::prepare(const Quarantined& what) {
    ::unlink(ready_freeze().c_str()); // of an apply that nobody settled
    const std::size_t others = lately(what.at);
    quarantine(what);
    if (others + 1 >= too_many && !frozen()) {
        core::write_file_durably(ready_freeze(), std::to_string(others + 1) +
                                                     " changes were taken back within a day, the "
                                                     "last was proposal " +
                                                     what.proposal + "\n");
    }
}

void Brake::acquit(const core::StorePath& system, const std::string& proposal) {
    ::unlink(ready_freeze().c_str());
    const auto found = quarantined(system);
    if (found && found->proposal == proposal) {
        lift(system);
    }
}

bool Brake::convict() noexcept {
    const std::string frozen = directory_ + "/frozen";
    if (::access(frozen.c_str(), F_OK) == 0) { // somebody was quicker: his reason stands
        ::unlink(ready_freeze().c_str());
        return false;
    }
    return ::rename(ready_freeze().c_str(), frozen.c_str()) == 0;
}

void Brake::broke_glass(core::Instant now) {
    core::write_file_durably(directory_ + "/glass_broken", core::format_instant(now) + "\n");
}

std::optional<core::Problem> Brake::glass_broken(core::Instant now) const {
    const std::string file = directory_ + "/glass_broken";
    const auto text = core::read_file_if_exists(file, longest_file);
    const auto at = core::parse_instant(core::trim(text.value_or("")));
    if (!text || (at && now >= *at + std::chrono::hours(7 * 24))) {
        return std::nullopt;
    }
    return core::Problem{.code = "glass_broken",
                         .message = "the glass was broken on this machine within a week: nothing "
                                    "happens here unless somebody signs it",
                         .where = file,
                         .hint = "approve it with your key; root may remove the file"};
}

std::size_t Brake::lately(core::Instant now) const {
    const auto all = list();
    return static_cast<std::size_t>(
        std::count_if(all.begin(), all.end(), [&](const Quarantined& what) {
            return what.at > now - std::chrono::hours(24); // also of a clock that was ahead
        }));
}

} // namespace agentd::applyd

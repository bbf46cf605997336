#include "agentd/applyd/announced.hpp"

#include "agentd/core/crypto.hpp"
#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/core/json.hpp"
#include "agentd/core/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace agentd::applyd {

namespace {

using core::Done;
using core::Json;
using core::Problem;
using core::Result;
using proposals::Statement;

constexpr std::size_t longest_file = 256U << 10;
constexpr std::int64_t longest_time = (std::int64_t{1} << 53) - 1;
constexpr auto kept = std::chrono::hours(30 * 24); ///< an objection

std::string what_of(const Statement& statement) {
    return statement.toplevel.value_or(core::sha256(statement.act.value_or("")).hex());
}

Problem objected(const Announced& one) {
    return {.code = "objected",
            .message = one.objected + " objected to this: it does not happen by itself",
            .where = one.what,
            .hint = "whoever wants it approves it with his key"};
}

Json to_json(const Announced& one) {
    return {{"statement_sha256", one.statement_sha256},
            {"proposal", one.proposal},
            {"what", one.what},
            {"at", core::format_instant(one.at)},
            {"since_boot_us", one.since_boot_us},
            {"boot_id", one.boot_id},
            {"expires", core::format_instant(one.expires)},
            {"objected", one.objected}};
}

std::optional<Announced> from_json(const Json& value) {
    core::ObjectReader in(value, "announced");
    Announced one{.statement_sha256 = in.text("statement_sha256", 64),
                  .proposal = in.text("proposal", 26),
                  .what = in.text("what", 512)};
    const auto at = core::parse_instant(in.text("at", 64));
    one.since_boot_us = in.integer("since_boot_us", 0, longest_time);
    one.boot_id = in.text("boot_id", 64);
    const auto expires = core::parse_instant(in.text("expires", 64));
    one.objected = in.text("objected", 256);
    if (!in.finish() || !at || !expires) {
        return std::nullopt;
    }
    one.at = *at;
    one.expires = *expires;
    return one;
}

/// The objection to this, if there is one.
const Announced* against(const std::vector<Announced>& all, const std::string& what) {
    const auto found = std::find_if(all.begin(), all.end(), [&](const Announced& one) {
        return one.what == what && !one.objected.empty();
    });
    return found == all.end() ? nullptr : &*found;
}

} // namespace

std::vector<Announced> Announcements::read() const {
    const auto text = core::read_file_if_exists(file(), longest_file);
    if (!text) {
        return {};
    }
    const auto json = core::parse_json(*text);
    std::vector<Announced> all;
    for (const Json& value : json && json->is_array() ? *json : Json{nullptr}) {
        auto one = from_json(value);
        if (!one) {
            throw core::Failure(core::FailureKind::corrupt, "cannot be read", file());
        }
        all.push_back(std::move(*one));
    }
    return all;
}

void Announcements::write(const std::vector<Announced>& all) const {
    Json out = Json::array();
    for (const Announced& one : all) {
        out.push_back(to_json(one));
    }
    core::write_file_durably(file(), core::canonical(out) + "\n");
}

/// No clock that is set makes it longer: of another boot only what this one has lasted counts.
std::chrono::microseconds Announcements::elapsed(const Announced& one) const {
    const auto shown = std::chrono::duration_cast<std::chrono::microseconds>(clock_.now() - one.at);
    const std::chrono::microseconds counted(clock_.monotonic_us() -
                                            (one.boot_id == boot_id_ ? one.since_boot_us : 0));
    return std::min(shown, counted);
}

Result<Announced> Announcements::announce(const Statement& statement, const std::string& sha256,
                                          const std::function<void()>& tell) {
    const auto now = clock_.now();
    auto all = read();
    std::erase_if(all, [&](const Announced& one) {
        return now > one.expires + (one.objected.empty() ? std::chrono::hours(0) : kept);
    });
    const std::string what = what_of(statement);
    if (const Announced* no = against(all, what)) {
        return objected(*no);
    }
    const auto found = std::find_if(all.begin(), all.end(), [&](const Announced& one) {
        return one.statement_sha256 == sha256;
    });
    if (found != all.end()) {
        return *found;
    }
    if (now >= statement.expires) {
        return Problem{.code = "expired", .message = "the statement has run out"};
    }
    if (all.size() >= most) {
        return Problem{.code = "too_many", .message = "too much waits already"};
    }
    tell();
    all.push_back({.statement_sha256 = sha256,
                   .proposal = statement.proposal,
                   .what = what,
                   .at = clock_.now(),
                   .since_boot_us = clock_.monotonic_us(),
                   .boot_id = boot_id_,
                   .expires = std::min(statement.expires, now + 2 * kept)});
    write(all);
    return all.back();
}

Result<Done> Announcements::waited(const Statement& statement, const std::string& sha256,
                                   std::chrono::seconds delay) const {
    const auto all = read();
    if (const Announced* no = against(all, what_of(statement))) {
        return objected(*no);
    }
    const auto found = std::find_if(all.begin(), all.end(), [&](const Announced& one) {
        return one.statement_sha256 == sha256;
    });
    if (found == all.end()) {
        return Problem{.code = "not_announced",
                       .message = "nobody was told of this before, so nobody could object"};
    }
    if (const auto left = delay - elapsed(*found); left.count() > 0) {
        return Problem{
            .code = "too_early",
            .message = "it waits for somebody to object",
            .where = core::format_instant(
                clock_.now() + std::chrono::duration_cast<std::chrono::microseconds>(left))};
    }
    return Done{};
}

Result<Done> Announcements::begin(const Statement& statement, const std::string& sha256) {
    auto all = read();
    if (const Announced* no = against(all, what_of(statement))) {
        return objected(*no);
    }
    if (std::erase_if(all, [&](const Announced& one) { return one.statement_sha256 == sha256; }) >
        0) {
        write(all);
    }
    return Done{};
}

Result<Done> Announcements::object(const std::string& proposal, const std::string& by) {
    auto all = read();
    bool found = false;
    for (Announced& one : all) {
        if (one.proposal == proposal) {
            found = true;
            one.objected = one.objected.empty() ? by : one.objected;
        }
    }
    if (!found) {
        return Problem{.code = "not_announced",
                       .message = "nothing of this proposal waits to happen by itself",
                       .where = proposal};
    }
    write(all);
    return Done{};
}

void Announcements::forget_waiting() {
    auto all = read();
    if (std::erase_if(all, [](const Announced& one) { return one.objected.empty(); }) > 0) {
        write(all);
    }
}

} // namespace agentd::applyd

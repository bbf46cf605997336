#include "agentd/auditd/session.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/text.hpp"
#include "audit/types.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <unistd.h>

namespace agentd::auditd {

using core::Json;
using core::LineChannel;
using core::Problem;
using core::Result;

namespace {

constexpr std::int64_t max_number = (std::int64_t{1} << 53) - 1;
constexpr std::int64_t max_page_lines = 4096;
/// A line of JSON inside JSON can double: an answer stays below the 1 MiB of a message.
constexpr std::size_t max_page_bytes = 400U << 10;
constexpr std::chrono::minutes idle{10};

std::string line_of(const Json& value) {
    return core::canonical(value);
}

Problem bad_request(std::string message) {
    return {.code = "usage", .message = std::move(message)};
}

/// Whether this peer may have an entry of this type written.
std::optional<Problem> refuse_type(const std::string& name, const core::Peer& peer) {
    const auto* type = audit::find_entry_type(name);
    if (type == nullptr) {
        return Problem{.code = "unknown_type",
                       .message =
                           "no such type of entry: " + core::shorten(core::printable(name), 64)};
    }
    const bool helper = peer.uid == 0 || peer.uid == ::geteuid();
    if (type->origin == audit::Origin::writer ||
        (type->origin == audit::Origin::apply && !helper)) {
        return Problem{.code = "denied",
                       .message = "entries of type " + name + " are not this peer's to write"};
    }
    return std::nullopt;
}

Result<std::vector<audit::Draft>> read_drafts(const Json& entries, const core::Peer& peer) {
    if (!entries.is_array() || entries.empty() || entries.size() > audit::max_group_entries) {
        return bad_request("`entries` has to be a list of 1 to " +
                           std::to_string(audit::max_group_entries));
    }
    std::vector<audit::Draft> drafts;
    for (const Json& value : entries) {
        auto draft = audit::draft_from_json(value);
        if (!draft) {
            return draft.problem();
        }
        if (auto refused = refuse_type(draft->type, peer)) {
            return *refused;
        }
        draft->actor.uid = peer.uid;
        drafts.push_back(std::move(*draft));
    }
    return drafts;
}

/// Op and fields, nothing else; a Problem when it is not of that form.
std::optional<Problem> trouble_of(core::ObjectReader& in) {
    in.text("op", 16);
    const auto done = in.finish();
    return done ? std::nullopt : std::optional(bad_request(done.problem().message));
}

} // namespace

std::string error_line(const Problem& problem) {
    const std::string message =
        problem.hint.empty() ? problem.message : problem.message + " (" + problem.hint + ")";
    return line_of(
        Json{{"ok", false},
             {"error", Json{{"code", problem.code}, {"message", core::to_utf8(message)}}}});
}

void Session::serve(std::stop_token stop) {
    for (;;) {
        const auto read = channel_.read_line(idle, stop);
        if (read.end == LineChannel::End::too_long) {
            channel_.write_line(error_line(bad_request("a request may have 1 MiB")));
        }
        if (read.end != LineChannel::End::line) {
            return;
        }
        const std::string reply = answer(read.line, stop);
        if (reply.empty() || !channel_.write_line(reply)) {
            return;
        }
    }
}

std::string Session::answer(const std::string& line, const std::stop_token& stop) {
    const auto request = core::parse_json(line, {.bytes = LineChannel::max_line, .depth = 40});
    if (!request || !request->is_object()) {
        return error_line(bad_request("a request is one JSON object a line" +
                                      (request ? "" : ": " + request.problem().message)));
    }
    const auto op = request->find("op");
    const std::string name =
        op != request->end() && op->is_string() ? op->get<std::string>() : std::string();
    try {
        return name == "append" ? append(*request)
               : name == "read" ? read(*request)
               : name == "head" ? head(*request)
               : name == "follow"
                   ? follow(*request, stop)
                   : error_line(bad_request("`op` is one of append, read, head, follow"));
    } catch (const core::Failure& failure) {
        return error_line({.code = "unavailable", .message = failure.what()});
    }
}

std::string Session::append(const Json& request) {
    core::ObjectReader in(request, "request");
    auto drafts = read_drafts(in.any("entries"), peer_);
    if (const auto trouble = trouble_of(in)) {
        return error_line(*trouble);
    }
    if (!drafts) {
        return error_line(drafts.problem());
    }
    const auto done = desk_.committer.append(std::move(*drafts));
    if (!done) {
        return error_line(done.problem());
    }
    return line_of(Json{{"ok", true},
                        {"first", done->numbers.front()},
                        {"size", done->head.size},
                        {"root", done->head.root.hex()}});
}

std::string Session::read(const Json& request) const {
    core::ObjectReader in(request, "request");
    const auto from = static_cast<std::uint64_t>(in.integer("from", 0, max_number));
    const auto limit = static_cast<std::size_t>(in.integer("limit", 0, max_page_lines));
    if (const auto trouble = trouble_of(in)) {
        return error_line(*trouble);
    }
    return line_of(Json{{"ok", true},
                        {"size", desk_.reader.size()},
                        {"lines", desk_.reader.read(from, limit, max_page_bytes)}});
}

std::string Session::head(const Json& request) const {
    core::ObjectReader in(request, "request");
    if (const auto trouble = trouble_of(in)) {
        return error_line(*trouble);
    }
    const auto head = desk_.committer.head();
    return line_of(
        Json{{"ok", true}, {"size", head.size}, {"root", head.root.hex()}, {"vkey", desk_.vkey}});
}

bool Session::send_from(std::uint64_t& next) {
    bool taken = true;
    desk_.reader.for_each(next, [&](std::uint64_t number, std::string_view line) {
        taken = channel_.write_line(
            line_of(Json{{"ok", true}, {"index", number}, {"line", std::string(line)}}));
        next = number + 1;
        return taken;
    });
    return taken;
}

std::string Session::follow(const Json& request, const std::stop_token& stop) {
    core::ObjectReader in(request, "request");
    auto next = static_cast<std::uint64_t>(in.integer("from", 0, max_number));
    if (const auto trouble = trouble_of(in)) {
        return error_line(*trouble);
    }
    while (!stop.stop_requested()) {
        // Taken before looking: what is sealed after the look stops the wait.
        const auto growth = desk_.committer.growth();
        if (!send_from(next)) {
            return {};
        }
        std::stop_source wake;
        const auto ring = [&wake] { wake.request_stop(); };
        const std::stop_callback on_growth(growth, ring);
        const std::stop_callback on_stop(stop, ring);
        const auto read = channel_.read_line(std::chrono::milliseconds(-1), wake.get_token());
        if (read.end != LineChannel::End::stopped) {
            return {}; // the peer went, or spoke where it should listen
        }
    }
    return {};
}

} // namespace agentd::auditd

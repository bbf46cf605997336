#include "audit/client.hpp"

#include "agentd/core/failure.hpp"

#include <nlohmann/json.hpp>

namespace agentd::audit {

using core::Failure;
using core::FailureKind;
using core::Json;
using core::LineChannel;
using core::Problem;
using core::Result;

namespace {

constexpr std::size_t max_page_lines = 4096;
constexpr std::int64_t max_count = (std::int64_t{1} << 53) - 1;

Failure not_understood(const std::string& why) {
    return Failure(FailureKind::internal, "the log's writer answered strangely: " + why);
}

/// The answer's object, or the Problem it carries.
Result<Json> read_answer(const std::string& line) {
    auto parsed = core::parse_json(line, {.bytes = LineChannel::max_line, .depth = 16});
    if (!parsed || !parsed->is_object() || !parsed->contains("ok") ||
        !parsed->at("ok").is_boolean()) {
        throw not_understood(parsed ? "no `ok` in it" : parsed.problem().message);
    }
    if (parsed->at("ok").get<bool>()) {
        return std::move(parsed).value();
    }
    const Json error = parsed->value("error", Json::object());
    core::ObjectReader in(error, "error");
    Problem problem{.code = in.text("code", 64), .message = in.text("message", 4096)};
    if (const auto done = in.finish(); !done) {
        throw not_understood(done.problem().message);
    }
    return problem;
}

std::uint64_t count(core::ObjectReader& in, const char* key) {
    return static_cast<std::uint64_t>(in.integer(key, 0, max_count));
}

core::Digest digest(core::ObjectReader& in, const char* key) {
    const auto parsed = core::Digest::parse(in.text(key, 64));
    if (!parsed) {
        in.refuse(key, "is not a digest");
    }
    return parsed.value_or(core::Digest(core::Digest::Bytes{}));
}

void finish(core::ObjectReader& in) {
    in.boolean("ok");
    if (const auto done = in.finish(); !done) {
        throw not_understood(done.problem().message);
    }
}

} // namespace

Result<Json> Client::ask(const std::string& request) {
    if (request.size() > LineChannel::max_line) {
        return Problem{.code = "too_large", .message = "a request may have 1 MiB"};
    }
    if (!channel_) {
        channel_.emplace(core::connect_to(path_));
    }
    // An idle connection may have been closed meanwhile, so one fresh one is tried. Should the
    // request have been done already, that does no harm: an id is written once.
    for (const bool again : {true, false}) {
        // Whoever is turned away finds the reason waiting even when nothing can be sent any more.
        (void)channel_->write_line(request);
        const auto answer = channel_->read_line(patience_);
        if (answer.end == LineChannel::End::line) {
            return read_answer(answer.line);
        }
        channel_.reset();
        if (!again || answer.end != LineChannel::End::closed) {
            break;
        }
        channel_.emplace(core::connect_to(path_));
    }
    throw Failure(FailureKind::unavailable, "the log's writer does not answer", path_);
}

Result<Client::Appended> Client::append(std::span<const Draft> drafts) {
    Json entries = Json::array();
    for (const Draft& draft : drafts) {
        if (const auto good = check(draft); !good) {
            return good.problem();
        }
        entries.push_back(to_json(draft));
    }
    const auto answer =
        ask(core::canonical(Json{{"op", "append"}, {"entries", std::move(entries)}}));
    if (!answer) {
        return answer.problem();
    }
    core::ObjectReader in(*answer, "answer");
    Appended out{
        .first = count(in, "first"), .size = count(in, "size"), .root = digest(in, "root")};
    finish(in);
    return out;
}

Result<Client::Page> Client::read(std::uint64_t from, std::size_t limit) {
    const auto answer =
        ask(core::canonical(Json{{"op", "read"}, {"from", from}, {"limit", limit}}));
    if (!answer) {
        return answer.problem();
    }
    core::ObjectReader in(*answer, "answer");
    Page out{.size = count(in, "size"), .lines = in.texts("lines", max_page_lines)};
    finish(in);
    return out;
}

Result<Client::Head> Client::head() {
    const auto answer = ask(core::canonical(Json{{"op", "head"}}));
    if (!answer) {
        return answer.problem();
    }
    core::ObjectReader in(*answer, "answer");
    Head out{.size = count(in, "size"), .root = digest(in, "root"), .vkey = in.text("vkey", 512)};
    finish(in);
    return out;
}

Result<core::Done> Client::follow(std::uint64_t from,
                                  const std::function<bool(std::uint64_t, std::string_view)>& visit,
                                  std::stop_token stop) {
    LineChannel channel = core::connect_to(path_);
    if (!channel.write_line(core::canonical(Json{{"op", "follow"}, {"from", from}}))) {
        throw Failure(FailureKind::unavailable, "the log's writer went away", path_);
    }
    for (;;) {
        const auto read = channel.read_line(std::chrono::milliseconds(-1), stop);
        if (read.end == LineChannel::End::stopped) {
            return core::Done{};
        }
        if (read.end != LineChannel::End::line) {
            throw Failure(FailureKind::unavailable, "the log's writer went away", path_);
        }
        const auto answer = read_answer(read.line);
        if (!answer) {
            return answer.problem();
        }
        core::ObjectReader in(*answer, "answer");
        const auto index = count(in, "index");
        const auto line = in.text("line", max_entry_bytes);
        finish(in);
        if (!visit(index, line)) {
            return core::Done{};
        }
    }
}

} // namespace agentd::audit

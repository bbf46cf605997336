#include "agentd/fetching/worker.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <sys/socket.h>
#include <utility>

namespace agentd::fetching {

namespace {

using core::Problem;
using core::Result;
using namespace std::chrono;

constexpr std::size_t most_line = 64U << 10;
constexpr std::array<std::string_view, 8> known{
    "input_not_fetched", "input_mismatch", "input_origin", "input_private",
    "input_type",        "fetch_timeout",  "fetch_limit",  "lock_unreadable"};

Problem refused(const core::Json& error) {
    core::ObjectReader in(error, "error");
    Problem out{.code = in.text("code", 64),
                .message = core::printable(core::shorten(in.text("message", 4'000), 1'500)),
                .where = core::printable(in.optional_text("where", 500).value_or("")),
                .hint = core::printable(in.optional_text("hint", 1'000).value_or(""))};
    if (std::find(known.begin(), known.end(), out.code) == known.end()) {
        out.code = "input_not_fetched";
    }
    return out;
}

} // namespace

Worker::Worker(std::string socket, evaluator::OwnFetch wanted, milliseconds patience,
               const std::stop_token& stop)
    : socket_(std::move(socket)), wanted_(std::move(wanted)), patience_(patience), stop_(stop),
      end_(steady_clock::now() + patience + seconds(30)) {}

Result<core::Json> Worker::ask(std::string_view line) {
    try {
        channel_.emplace(core::connect_to(socket_));
    } catch (const core::Failure& failure) {
        return Problem{.code = "input_not_fetched",
                       .message = std::string("the process that fetches inputs does not answer: ") +
                                  failure.what(),
                       .where = socket_,
                       .hint = "systemctl status agentd-fetch.socket"};
    }
    channel_->write_line(line);
    const auto json = core::parse_json(read_line(), {.bytes = most_line, .depth = 4});
    if (!json || !json->is_object() || json->size() != 1) {
        return ended();
    }
    if (const auto error = json->find("error"); error != json->end() && error->is_object()) {
        return refused(*error);
    }
    const auto result = json->find("result");
    return result != json->end() ? Result<core::Json>(*result) : ended();
}

std::string Worker::some(std::size_t most) {
    while (held_.empty() && !stop_.stop_requested() && !late()) {
        pollfd waiting{channel_->fd(), POLLIN, 0};
        if (::poll(&waiting, 1, 200) > 0) {
            std::string buffer(65'536, '\0');
            const auto got = ::recv(channel_->fd(), buffer.data(), buffer.size(), 0);
            if (got <= 0) {
                return "";
            }
            buffer.resize(static_cast<std::size_t>(got));
            held_ = std::move(buffer);
        }
    }
    std::string out = held_.substr(0, most);
    held_.erase(0, out.size());
    return out;
}

std::string Worker::read_line() {
    std::string out;
    while (out.size() < most_line) {
        std::string more = some(most_line);
        const auto end = more.find('\n');
        if (end != std::string::npos) {
            held_ = more.substr(end + 1) + held_;
            return out + more.substr(0, end);
        }
        if (more.empty()) {
            break;
        }
        out += more;
    }
    return "";
}

Problem Worker::ended() const {
    if (stop_.stop_requested()) {
        return {.code = "cancelled", .message = "stopped on request"};
    }
    if (late()) {
        return evaluator::fetch_slow(wanted_, patience_);
    }
    return {.code = "input_not_fetched",
            .message =
                wanted_.what + " did not come: the process that fetches it ended in the middle",
            .where = "flake.lock",
            .hint = "journalctl -u 'agentd-fetch@*' says why; then " + wanted_.again};
}

seconds asked_seconds(milliseconds patience) {
    return std::clamp(duration_cast<seconds>(patience), seconds(1), seconds(604'800));
}

} // namespace agentd::fetching

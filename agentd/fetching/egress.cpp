#include "agentd/fetching/egress.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/text.hpp"
#include "agentd/fetching/addresses.hpp"
#include "agentd/fetching/socks.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <system_error>
#include <vector>

namespace agentd::fetching {

namespace {

using core::Problem;
using namespace std::chrono;

constexpr int slice_ms = 200;
constexpr milliseconds in_all{8'000}; ///< Nix waits for ten seconds
constexpr milliseconds at_first{2'000};

Problem not_named(const Server& server) {
    return {.code = "input_origin",
            .message = "who gives it leads to " + as_origin(server) +
                       ", and nothing of this input comes from there",
            .where = "flake.lock",
            .hint = "if whoever is there may decide what this machine runs, add \"" +
                    as_origin(server) + "\" to flake.origins in agentd.toml and verify again"};
}

Problem within(const Server& server, const std::string& address) {
    return {.code = "input_private",
            .message = server.host + " is " + address + ", inside of this machine's own network",
            .where = "flake.lock",
            .hint = "if a forge of your own is there, name it: add \"" + as_origin(server) +
                    "\" to flake.origins in agentd.toml and verify again"};
}

Problem unknown(const Server& server, int error) {
    return {.code = "input_not_fetched",
            .message = "the name " + server.host + " leads nowhere: " + ::gai_strerror(error),
            .where = "flake.lock",
            .hint = "is this machine offline? Once it is not, verify the proposal again"};
}

Problem unreachable(const Server& server) {
    return {.code = "input_not_fetched",
            .message = "nobody answers at " + as_origin(server),
            .where = "flake.lock",
            .hint = "once it can be reached from here, verify the proposal again"};
}

core::Fd connected(const addrinfo& to, milliseconds patience) {
    core::Fd fd(::socket(to.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd) {
        return {};
    }
    if (::connect(fd.get(), to.ai_addr, to.ai_addrlen) != 0) {
        pollfd waiting{fd.get(), POLLOUT, 0};
        int error = errno;
        socklen_t size = sizeof error;
        if (error != EINPROGRESS || ::poll(&waiting, 1, static_cast<int>(patience.count())) <= 0 ||
            ::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0) {
            return {};
        }
    }
    return fd;
}

/// This machine under an address that is anybody's.
bool is_ourselves(const core::Fd& fd) {
    sockaddr_storage here{};
    sockaddr_storage there{};
    socklen_t first = sizeof here;
    socklen_t second = sizeof there;
    const auto text = [](const sockaddr_storage& each) {
        return text_of(reinterpret_cast<const sockaddr&>(each));
    };
    return ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&here), &first) != 0 ||
           ::getpeername(fd.get(), reinterpret_cast<sockaddr*>(&there), &second) != 0 ||
           text(here) == text(there);
}

/// One kind of address after the other: where one of them is announced and dead, the other is next.
std::vector<const addrinfo*> in_turn(const addrinfo* found) {
    std::vector<const addrinfo*> first;
    std::vector<const addrinfo*> other;
    for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
        (each->ai_family == found->ai_family ? first : other).push_back(each);
    }
    std::vector<const addrinfo*> out;
    for (std::size_t i = 0; i < std::max(first.size(), other.size()); ++i) {
        for (const auto* list : {&first, &other}) {
            if (i < list->size()) {
                out.push_back((*list)[i]);
            }
        }
    }
    return out;
}

} // namespace

Egress::Egress(core::Fd listener, Reach reach, std::uint64_t most_bytes)
    : listener_(std::move(listener)), reach_(std::move(reach)), most_bytes_(most_bytes),
      accepting_([this](const std::stop_token& stop) { accept_all(stop); }) {}

Egress::~Egress() = default; // the thread that accepts ends the others

std::optional<Problem> Egress::refused() const {
    const std::lock_guard lock(mutex_);
    return refused_;
}

void Egress::note(Problem problem) {
    const std::lock_guard lock(mutex_);
    if (!refused_) {
        refused_ = std::move(problem);
    }
}

void Egress::accept_all(const std::stop_token& stop) {
    std::size_t ever = 0;
    while (!stop.stop_requested()) {
        pollfd waiting{listener_.get(), POLLIN, 0};
        if (::poll(&waiting, 1, slice_ms) <= 0) {
            continue;
        }
        core::Fd inner(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (!inner || open_ >= most_at_once || ++ever > most_ever) {
            continue;
        }
        connections_.remove_if([](const Connection& each) { return each.over->load(); });
        begin(std::move(inner));
    }
    for (auto& each : connections_) {
        each.thread.request_stop();
    }
    connections_.clear();
}

void Egress::begin(core::Fd inner) {
    auto& made = connections_.emplace_back();
    ++open_;
    try {
        made.thread = std::jthread([this, over = made.over.get(),
                                    inner = std::move(inner)](const std::stop_token& own) mutable {
            serve(std::move(inner), own);
            --open_;
            *over = true;
        });
    } catch (const std::system_error&) { // the other half may have taken all threads that there are
        --open_;
        connections_.pop_back();
    }
}

void Egress::serve(core::Fd inner, const std::stop_token& stop) {
    const auto server = read_request(inner.get(), seconds(10));
    if (!server) {
        return;
    }
    if (!reach_.may_ask(*server)) {
        note(not_named(*server));
        reply(inner.get(), SocksReply::not_allowed);
        return;
    }
    const auto outer = connect_to(*server);
    reply(inner.get(), outer ? SocksReply::connected : SocksReply::unreachable);
    if (outer) {
        pump(inner.get(), outer.get(), stop);
    }
}

core::Fd Egress::connect_to(const Server& server) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const int error =
        ::getaddrinfo(server.host.c_str(), std::to_string(server.port).c_str(), &hints, &found);
    if (error != 0) {
        note(unknown(server, error));
        return {};
    }
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> all(found, &::freeaddrinfo);
    bool tried = false;
    std::string closed;
    const bool inside = reach_.may_be_inside(server);
    auto left = in_all;
    for (const addrinfo* each : in_turn(found)) {
        if (!inside && !is_public(*each->ai_addr)) {
            closed = text_of(*each->ai_addr);
            continue;
        }
        const auto began = steady_clock::now();
        auto fd = connected(*each, std::min(left, each->ai_next == nullptr ? in_all : at_first));
        if (fd && (inside || !is_ourselves(fd))) {
            return fd;
        }
        closed = fd ? text_of(*each->ai_addr) : closed;
        tried = tried || !fd;
        left -= std::min(left, duration_cast<milliseconds>(steady_clock::now() - began));
    }
    const Server written = reach_.as_written(server);
    note(tried || closed.empty() ? unreachable(written) : within(written, closed));
    return {};
}

/// False when there is no more.
bool Egress::carry(int from, int to, bool counted, const std::stop_token& stop) {
    std::array<char, 65'536> buffer;
    const auto got = ::recv(from, buffer.data(), buffer.size(), 0);
    if (got <= 0) {
        return got < 0 && (errno == EAGAIN || errno == EINTR);
    }
    if (counted && (bytes_ += static_cast<std::uint64_t>(got)) > most_bytes_) {
        note({.code = "fetch_limit",
              .message = "more than " + std::to_string(most_bytes_ >> 20) + " MiB come for it",
              .where = "flake.lock",
              .hint = "raise nix.fetch_mb if it is meant to be that big"});
        return false;
    }
    std::string_view rest(buffer.data(), static_cast<std::size_t>(got));
    while (!rest.empty() && !stop.stop_requested()) {
        pollfd waiting{to, POLLOUT, 0};
        if (::poll(&waiting, 1, slice_ms) <= 0) {
            continue;
        }
        const auto sent = ::send(to, rest.data(), rest.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN && errno != EINTR) {
            return false;
        }
        rest.remove_prefix(sent > 0 ? static_cast<std::size_t>(sent) : 0);
    }
    return rest.empty();
}

void Egress::pump(int inner, int outer, const std::stop_token& stop) {
    std::array<pollfd, 2> both{pollfd{inner, POLLIN, 0}, pollfd{outer, POLLIN, 0}};
    while (!stop.stop_requested() && (both[0].fd >= 0 || both[1].fd >= 0)) {
        if (::poll(both.data(), both.size(), slice_ms) <= 0) {
            continue;
        }
        for (std::size_t i = 0; i < both.size(); ++i) {
            if (both[i].fd >= 0 && both[i].revents != 0 &&
                !carry(i == 0 ? inner : outer, i == 0 ? outer : inner, i == 1, stop)) {
                both[i].fd = -1; // that way is closed; the other may still say something
                ::shutdown(i == 0 ? outer : inner, SHUT_WR);
                if (bytes_ > most_bytes_) {
                    return;
                }
            }
        }
    }
}

} // namespace agentd::fetching

#include "web/auth.hpp"

#include "agentd/core/crypto.hpp"
#include "agentd/core/text.hpp"

#include <algorithm>

namespace agentd::web {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view cookie_name = "__Host-agentd";
constexpr std::size_t most_sessions = 256;
constexpr std::size_t token_digits = 64;
constexpr auto longest_unchecked = 3min;

bool is_own_host(std::string_view host, const std::vector<std::string>& origins) {
    return std::any_of(origins.begin(), origins.end(), [&](std::string_view origin) {
        const auto scheme = origin.find("://");
        return scheme != std::string_view::npos && origin.substr(scheme + 3) == host;
    });
}

} // namespace

std::optional<Response> Guard::refuse(const Request& request) const {
    if (!is_own_host(request.header("host"), origins)) {
        return error_response(421, "wrong_host", "this address is not one the daemon answers to",
                              "open the link that `agentctl web login` prints, or add the origin "
                              "under [web] origins");
    }
    if (request.method == Method::get) {
        return std::nullopt;
    }
    if (request.method != Method::post) {
        Response response = error_response(405, "bad_method", "only GET and POST are spoken here");
        response.headers.emplace_back("Allow", "GET, POST");
        return response;
    }
    const auto site = request.header("sec-fetch-site");
    const auto origin = request.header("origin");
    const bool own_origin = std::find(origins.begin(), origins.end(), origin) != origins.end();
    if (site.empty() ? !own_origin : site != "same-origin") {
        return error_response(403, "cross_site",
                              "the request does not come from agentd's own page");
    }
    if (!origin.empty() && !own_origin) {
        return error_response(403, "cross_site", "the request comes from another origin");
    }
    if (request.header("x-agentd") != "1") {
        return error_response(403, "cross_site", "the header `X-Agentd: 1` is missing");
    }
    const auto type = core::trim(core::split(request.header("content-type"), ';').front());
    if (type != "application/json") {
        return error_response(415, "bad_content_type", "only application/json is read");
    }
    return std::nullopt;
}

Opened Sessions::open(std::string key_id, std::string name, std::string identity) {
    const std::lock_guard lock(mutex_);
    const auto now = clock_.now();
    expire(now);
    if (by_token_digest_.size() >= most_sessions) {
        const auto oldest = std::min_element(
            by_token_digest_.begin(), by_token_digest_.end(),
            [](const auto& a, const auto& b) { return a.second.last_seen < b.second.last_seen; });
        by_token_digest_.erase(oldest);
    }
    const std::string token = core::hex_encode(core::random_bytes(32));
    std::string proof = core::hex_encode(core::random_bytes(32));
    const std::string digest = core::sha256(token + proof).hex();
    by_token_digest_[digest] = {.key_id = std::move(key_id),
                                .name = std::move(name),
                                .created = now,
                                .last_seen = now,
                                .checked = now,
                                .digest = digest,
                                .identity = std::move(identity)};
    return {.set_cookie = std::string(cookie_name) + "=" + token +
                          "; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=43200",
            .proof = std::move(proof)};
}

std::optional<Session> Sessions::find(const Request& request) {
    const auto token = request.cookie(cookie_name);
    const auto proof = request.header("x-agentd-session");
    if (!token || token->size() != token_digits || proof.size() != token_digits) {
        return std::nullopt;
    }
    const std::lock_guard lock(mutex_);
    const auto now = clock_.now();
    expire(now);
    const auto it = by_token_digest_.find(core::sha256(*token + std::string(proof)).hex());
    if (it == by_token_digest_.end() || it->second.identity != request.identity) {
        return std::nullopt;
    }
    it->second.last_seen = now;
    return it->second;
}

bool Sessions::is_alive(const Session& session) {
    const std::lock_guard lock(mutex_);
    const auto now = clock_.now();
    expire(now);
    const auto it = by_token_digest_.find(session.digest);
    return it != by_token_digest_.end() && !it->second.doubted &&
           std::chrono::abs(now - it->second.checked) <= longest_unchecked; // a clock may be set
}

bool Sessions::is_due(const Session& session) {
    const std::lock_guard lock(mutex_);
    const auto it =
        by_token_digest_.find(session.digest); // as it is now: a long answer has an old one
    return it != by_token_digest_.end() &&
           (it->second.doubted || std::chrono::abs(clock_.now() - it->second.checked) >= 1min);
}

void Sessions::confirm(const std::string& key_id) {
    const std::lock_guard lock(mutex_);
    for (auto& [digest, session] : by_token_digest_) {
        if (session.key_id == key_id) {
            session.checked = clock_.now();
            session.doubted = false;
        }
    }
}

void Sessions::doubt(const std::string& key_id) {
    const std::lock_guard lock(mutex_);
    for (auto& [digest, session] : by_token_digest_) {
        session.doubted = session.doubted || session.key_id == key_id;
    }
}

void Sessions::close_all(const std::string& key_id) {
    const std::lock_guard lock(mutex_);
    std::erase_if(by_token_digest_, [&](const auto& item) { return item.second.key_id == key_id; });
}

std::size_t Sessions::size() const {
    const std::lock_guard lock(mutex_);
    return by_token_digest_.size();
}

void Sessions::expire(core::Instant now) {
    std::erase_if(by_token_digest_, [&](const auto& item) {
        return now - item.second.last_seen > 30min || now - item.second.created > 12h;
    });
}

} // namespace agentd::web

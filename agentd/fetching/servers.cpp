#include "agentd/fetching/servers.hpp"

#include "agentd/core/text.hpp"
#include "proposals/flake/web_address.hpp"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

namespace agentd::fetching {

namespace {

constexpr std::uint16_t https = 443;
constexpr std::uint16_t http = 80;

std::string text_of(const core::Json& object, const char* key) {
    const auto it = object.find(key);
    return it != object.end() && it->is_string() ? it->get<std::string>() : "";
}

std::string host_of(std::string text) {
    text = core::to_lower(text);
    if (text.size() > 2 && text.front() == '[' && text.back() == ']') {
        text = text.substr(1, text.size() - 2);
    }
    return text.ends_with('.') ? text.substr(0, text.size() - 1) : text;
}

/// `host`, `host:8443`, `[::1]:8443`.
std::optional<Server> server_at(std::string_view authority, std::uint16_t usual) {
    const auto bracket = authority.rfind(']');
    const auto colon = authority.rfind(':');
    const bool with_port =
        colon != authority.npos && (bracket == authority.npos || bracket < colon);
    Server out{.host =
                   host_of(std::string(authority.substr(0, with_port ? colon : authority.npos))),
               .port = usual};
    if (with_port) {
        const auto port = core::parse_integer(authority.substr(colon + 1));
        if (!port || *port < 1 || *port > 65'535) {
            return std::nullopt;
        }
        out.port = static_cast<std::uint16_t>(*port);
    }
    return out.host.empty() ? std::nullopt : std::optional(out);
}

void add_url(std::vector<Server>& out, std::string_view url) {
    const bool plain = url.starts_with("http://");
    if (!plain && !url.starts_with("https://")) {
        return;
    }
    const auto rest = url.substr(url.find("//") + 2);
    const auto server = server_at(rest.substr(0, rest.find_first_of("/?#")), plain ? http : https);
    if (!server) {
        return;
    }
    out.push_back({.host = server->host, .port = server->port, .plain = plain});
    if (plain && server->port == http) {
        out.push_back({.host = server->host}); // many lead from one to the other
    }
}

bool has(const std::vector<Server>& all, const Server& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
}

void add_all(std::vector<Server>& out, const std::vector<Server>& more) {
    std::copy_if(more.begin(), more.end(), std::back_inserter(out),
                 [&](const Server& each) { return !has(out, each); });
}

/// Of what a lock says of an input: `locked`, or `original`.
std::vector<Server> servers_at(const core::Json& place) {
    std::vector<Server> out;
    if (!place.is_object()) {
        return out;
    }
    const std::string type = text_of(place, "type");
    if (type == "git" || type == "tarball" || type == "file") {
        add_url(out, text_of(place, "url"));
        return out;
    }
    const std::string named = text_of(place, "host");
    const char* usual = type == "gitlab"      ? "gitlab.com"
                        : type == "sourcehut" ? "git.sr.ht"
                        : type == "github"    ? "github.com"
                                              : "";
    const auto server = server_at(named.empty() ? usual : named, https);
    if (server && *usual != '\0') {
        out.push_back(*server);
    }
    return out;
}

/// An address of flake.nix, as a lock would say it.
core::Json place_of(std::string_view address) {
    const auto mark = address.find("://");
    if (mark == address.npos) {
        const auto host = address.find("host=");
        const auto rest = host == address.npos ? "" : address.substr(host + 5);
        return {{"type", std::string(address.substr(0, address.find(':')))},
                {"host", std::string(rest.substr(0, rest.find('&')))}};
    }
    const auto plus = address.substr(0, mark).find('+');
    return {{"type", "git"},
            {"url", std::string(plus == address.npos ? address : address.substr(plus + 1))}};
}

std::vector<Server> with_where_they_lead(std::vector<Server> own) {
    auto out = own;
    for (const Server& each : own) {
        for (const auto& [from, to] : proposals::flake::leads_by_design()) {
            if (each.host == from) {
                add_all(out, {{.host = std::string(to)}});
            }
        }
    }
    return out;
}

} // namespace

std::vector<Server> servers_of(const evaluator::LockedSource& source) {
    const auto locked = core::parse_json(source.locked, {.bytes = 1U << 20, .depth = 16});
    return locked ? with_where_they_lead(servers_at(*locked)) : std::vector<Server>{};
}

std::vector<Server> servers_of(const evaluator::LockWanted& wanted) {
    const auto lock = core::parse_json(wanted.lock, {.bytes = 1U << 20, .depth = 16});
    std::vector<Server> out;
    const core::Json none = core::Json::object();
    const core::Json& nodes =
        lock && lock->is_object() && lock->contains("nodes") ? lock->at("nodes") : none;
    for (const auto& node : nodes) {
        for (const char* part : {"locked", "original"}) {
            if (node.is_object() && node.contains(part)) {
                add_all(out, servers_at(node.at(part)));
            }
        }
    }
    for (const std::string& address : wanted.addresses) {
        add_all(out, servers_at(place_of(address)));
    }
    return with_where_they_lead(std::move(out));
}

std::vector<Server> servers_of(const std::vector<std::string>& origins) {
    std::vector<Server> out;
    for (const std::string& origin : origins) {
        add_url(out, origin);
        const auto at = origin.rfind('@');
        if (at != origin.npos && origin.find("://") == origin.npos) {
            if (const auto server = server_at(std::string_view(origin).substr(at + 1), https)) {
                out.push_back(*server);
            }
        }
    }
    return out;
}

bool Reach::may_ask(const Server& server) const {
    return has(own_, server) || has(named_, server);
}

bool Reach::may_be_inside(const Server& server) const {
    return has(own_, server) && has(named_, server);
}

Server Reach::as_written(const Server& server) const {
    const auto found = std::find(own_.begin(), own_.end(), server);
    return found == own_.end() ? server : *found;
}

std::string as_origin(const Server& server) {
    const std::string host =
        server.host.find(':') == std::string::npos ? server.host : "[" + server.host + "]";
    const bool plain = server.plain || server.port == http;
    return (plain ? "http://" : "https://") + host +
           (server.port == (plain ? http : https) ? "" : ":" + std::to_string(server.port));
}

} // namespace agentd::fetching

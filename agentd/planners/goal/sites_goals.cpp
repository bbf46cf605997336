// Sites that a web server of the host answers for: a folder, or another server behind it.
#include "agentd/planners/goal/clause.hpp"

#include <array>

namespace agentd::planners::goal {

namespace {

using core::Problem;
using core::Result;

std::string below_site(std::string_view server, const std::string& domain,
                       std::string_view option) {
    return "services." + std::string(server) + ".virtualHosts.\"" + domain + "\"." +
           std::string(option);
}

/// With a certificate of Let's Encrypt; who is told of its end is asked by the terms.
void encrypted(Made& out, const State& match, const std::string& domain) {
    out.wishes.push_back(set(below_site("nginx", domain, "enableACME"), true));
    out.wishes.push_back(set(below_site("nginx", domain, "forceSSL"), true));
    out.wishes.push_back(set("security.acme.acceptTerms", true));
    if (match.has("email")) {
        out.wishes.push_back(set("security.acme.defaults.email", match.text("email")));
    }
}

Made nginx(const State& match, std::string_view option, const std::string& value) {
    const std::string domain = match.text("domain");
    Made out{.wishes = {set("services.nginx.enable", true),
                        set(below_site("nginx", domain, option), value)},
             .service = "services.nginx.enable"};
    if (match.has("tls")) {
        encrypted(out, match, domain);
    }
    return out;
}

/// Caddy gets its certificates by itself.
Made caddy(const State& match, const std::string& says) {
    Wish site = set(below_site("caddy", match.text("domain"), "extraConfig"), says);
    site.fresh = true;
    return {.wishes = {set("services.caddy.enable", true), std::move(site)},
            .service = "services.caddy.enable"};
}

Result<Made> proxy(const State& match, const Situation&) {
    const std::string to = match.text("upstream");
    return match.has("caddy") ? caddy(match, "reverse_proxy " + to)
                              : nginx(match, "locations.\"/\".proxyPass", to);
}

Result<Made> files(const State& match, const Situation&) {
    const std::string folder = match.text("path");
    return match.has("caddy") ? caddy(match, "root * " + folder + "\nfile_server")
                              : nginx(match, "root", folder);
}

/// Which web server is to do it is not said.
Result<Made> either(const State& match, const Situation&) {
    const std::string to = match.text("upstream");
    const std::string folder = match.text("path");
    return match.has("upstream") ? all_of({{nginx(match, "locations.\"/\".proxyPass", to),
                                            caddy(match, "reverse_proxy " + to)}})
                                 : all_of({{nginx(match, "root", folder),
                                            caddy(match, "root * " + folder + "\nfile_server")}});
}

#define SERVER "(nginx {nothing:nginx}|caddy {nothing:caddy})"
#define TLS                                                                                        \
    "[[,|and] (with|over|using) (https|tls|ssl|a certificate|certificate|let's encrypt|acme) "     \
    "{nothing:tls} [[,|and] (for|with|by) [email|mail] [address] {email}]]"
#define LEADS "(proxying|proxied|forwarding|leading|pointing|that proxies|which proxies)"

constexpr auto patterns = std::to_array<Pattern>({
    {"(set up|add|create|configure|make) [new] " SERVER
     " (virtual host|vhost|site|virtualhost|reverse proxy|proxy) [for|called|named] {domain} "
     "[" LEADS "] (to|for) {upstream} " TLS,
     proxy, "add an nginx virtual host for example.org proxying to port 3000"},
    {"(set up|use|configure) " SERVER " [as reverse proxy|as proxy] for {domain} [" LEADS
     "] to {upstream} " TLS,
     proxy},
    {"(proxy|forward|reverse proxy) {domain} to {upstream} (with|using|through|by|via) " SERVER
     " " TLS,
     proxy, "proxy example.org to port 3000 with caddy"},
    {"(proxy|reverse proxy) {domain} to {upstream}", either},
    {"(set up|add|create|configure|make) [new] " SERVER
     " (virtual host|vhost|site|virtualhost) [for|called|named] {domain} (serving|that "
     "serves|which serves|with "
     "root|with files from|from) {path} " TLS,
     files},
    {"(serve|host|publish) [files|folder|directory] [in|of|from] {path} (on|at|as|under|for) "
     "{domain} (with|using|through|by|via) " SERVER " " TLS,
     files, "serve /srv/www on example.org with nginx"},
    {"(serve|host|publish) [files|folder|directory] [in|of|from] {path} (on|at|as|under|for) "
     "{domain}",
     either},
    {"(serve|host|publish) {domain} (from|out of|with files from) {path} "
     "(with|using|through|by|via) " SERVER " " TLS,
     files, "serve example.org from /srv/www with nginx"},
    {"(serve|host|publish) {domain} (from|out of|with files from) {path}", either},
});

#undef SERVER
#undef TLS
#undef LEADS

} // namespace

Patterns site_patterns() {
    return patterns;
}

} // namespace agentd::planners::goal

// What doctor says of the machine's Nix.
#include "agentd/api/prerequisites.hpp"

#include "agentd/core/text.hpp"
#include "evaluator/builder.hpp"
#include "evaluator/nix_differences.hpp"

#include <algorithm>
#include <utility>

namespace agentd::api {

namespace {

using evaluator::Nix;
using evaluator::NixPurpose;

Prerequisite version_of(const evaluator::NixVersion& version) {
    std::vector<std::string> lacks;
    for (const auto& difference : evaluator::nix_differences()) {
        if (!has(version, difference.ability)) {
            lacks.emplace_back(difference.name);
        }
    }
    const std::string more = lacks.empty() ? "" : "; it does not know " + core::join(lacks, ", ");
    return {.name = "nix",
            .ok = version.at_least(2, 8),
            .detail = version.text + more,
            .mend = "use Nix 2.18 or newer: nix.package in the configuration"};
}

Prerequisite holes_of(const evaluator::NixVersion& version) {
    std::string detail;
    for (const auto& hole : holes_in(version)) {
        detail += (detail.empty() ? "by its number it has " : "; ") + std::string(hole.advisory) +
                  " (" + std::string(hole.what) + ")";
    }
    return {
        .name = "nix-holes",
        .ok = detail.empty(),
        .detail = detail.empty() ? "no published way out of its sandbox is known for it" : detail,
        .mend = "use a newer Nix (nix.package), or let nothing be automatic that somebody else "
                "proposed: what it builds could look about the machine",
        .needed = false};
}

Prerequisite forced(const Nix& nix) {
    Prerequisite out{.name = "nix-forced", .ok = true, .detail = "Nix takes every setting of ours"};
    for (const auto purpose : {NixPurpose::evaluate, NixPurpose::build}) {
        if (const auto taken = read_back(nix, purpose); !taken) {
            return {.name = out.name,
                    .ok = false,
                    .detail = taken.problem().message,
                    .mend = taken.problem().hint};
        }
    }
    return out;
}

std::string value(const evaluator::ShownSettings& settings, std::string_view name) {
    const auto it = settings.find(name);
    return it == settings.end() ? "unknown" : core::shorten(it->second, 200);
}

/// Whoever builds for us follows these, not ours.
std::vector<Prerequisite> running(const Nix& nix) {
    const auto settings = evaluator::running_settings(nix);
    if (!settings) {
        return {
            {.name = "nix-settings",
             .ok = false,
             .detail = settings.problem().message +
                       (settings.problem().where.empty() ? "" : ": " + settings.problem().where),
             .mend = settings.problem().hint}};
    }
    const bool daemon = through_daemon(nix);
    const std::string sandbox = value(*settings, "sandbox");
    const std::string signatures = value(*settings, "require-sigs");
    const std::string trusted = value(*settings, "trusted-users");
    const auto names = core::split(trusted, ' ');
    const bool wide = std::any_of(names.begin(), names.end(), [](std::string_view name) {
        return name == "*" || name == "agentd" || name == "@agentd";
    });
    return {
        {.name = "nix-sandbox",
         .ok = sandbox == "true",
         .detail = "sandbox = " + sandbox +
                   (daemon ? ", of the daemon that builds" : "; what agentd builds has its own"),
         .mend = "set nix.settings.sandbox = true",
         .needed = daemon},
        {.name = "nix-signatures",
         .ok = signatures == "true",
         .detail = "require-sigs = " + signatures,
         .mend = "set nix.settings.require-sigs = true"},
        {.name = "nix-trust",
         .ok = !wide,
         .detail = "trusted-users = " + trusted,
         .mend = "take `*` and agentd out of nix.settings.trusted-users: a trusted user is "
                 "root"}};
}

/// Who builds for us; none where we do it ourselves.
std::vector<Prerequisite> of_builder(const Nix& nix) {
    const auto builder = evaluator::builder_of(nix);
    if (builder.daemon.empty()) {
        return {};
    }
    std::string detail = builder.machine ? "the machine's Nix daemon" : "agentd's own Nix daemon";
    detail += builder.version ? ", " + builder.version->text.substr(std::size("nix (Nix) ") - 1)
                              : ", which does not tell its version";
    std::vector<std::string> wrong = builder.open;
    for (const auto& hole : builder.version ? holes_in(*builder.version)
                                            : std::vector<evaluator::NixHole>{}) {
        wrong.push_back(std::string(hole.advisory) + " (" + std::string(hole.what) + ")");
    }
    if (!wrong.empty()) {
        detail += ": " + core::join(wrong, "; ");
    }
    std::vector<Prerequisite> out{
        {.name = "nix-builder",
         .ok = wrong.empty() && builder.version,
         .detail = core::shorten(detail, 1500),
         .mend = "services.agentd.nixDaemon = true gives agentd a daemon with settings of its own "
                 "(and nix.package a newer Nix); until then no build is automatic by the default "
                 "policy",
         .needed = false}};
    if (const auto settings = evaluator::running_settings(nix); builder.machine && settings) {
        const std::string remembers = value(*settings, "narinfo-cache-negative-ttl");
        const std::string log = value(*settings, "max-build-log-size");
        out.push_back({.name = "nix-memory",
                       .ok = core::parse_integer(remembers).value_or(3600) <= 300,
                       .detail = "the daemon remembers for " + remembers +
                                 " s what a cache has not; it keeps " +
                                 (log == "0" ? "all" : log + " bytes") + " of a build's log",
                       .mend = "where a package reaches a cache shortly before it is proposed: "
                               "nix.settings.narinfo-cache-negative-ttl = 0",
                       .needed = false});
    }
    return out;
}

} // namespace

std::vector<Prerequisite> nix_prerequisites(const Nix& nix) {
    const auto& version = nix.installation().version();
    std::vector<Prerequisite> out{version_of(version), holes_of(version), forced(nix)};
    for (auto& some : {running(nix), of_builder(nix)}) {
        out.insert(out.end(), some.begin(), some.end());
    }
    return out;
}

} // namespace agentd::api

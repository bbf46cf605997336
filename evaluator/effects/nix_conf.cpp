/// Whom Nix trusts: the rendered nix.conf, its builders and its registry.
#include "evaluator/effects/classifier.hpp"
#include "evaluator/effects/compare.hpp"
#include "evaluator/effects/etc_text.hpp"
#include "evaluator/effects/nix_settings.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>

namespace agentd::evaluator::effects {
namespace {

/// Settings that decide who may put what into the store, or run what as root (nix.conf(5)).
constexpr std::array trust{"trusted-users",
                           "allowed-users",
                           "sandbox",
                           "build-use-sandbox",
                           "use-sandbox",
                           "sandbox-fallback",
                           "sandbox-paths",
                           "build-sandbox-paths",
                           "build-use-chroot",
                           "build-chroot-dirs",
                           "build-extra-chroot-dirs",
                           "build-extra-sandbox-paths",
                           "external-builders",
                           "build-users-group",
                           "require-sigs",
                           "substituters",
                           "binary-caches",
                           "trusted-substituters",
                           "trusted-binary-caches",
                           "trusted-public-keys",
                           "binary-cache-public-keys",
                           "secret-key-files",
                           "builders",
                           "accept-flake-config",
                           "allow-unsafe-native-code-during-evaluation",
                           "allow-new-privileges",
                           "filter-syscalls",
                           "plugin-files",
                           "netrc-file",
                           "access-tokens",
                           "ssl-cert-file",
                           "impure-env",
                           "allowed-impure-host-deps",
                           "hashed-mirrors",
                           "flake-registry",
                           "restrict-eval",
                           "pure-eval",
                           "allowed-uris",
                           "include",
                           "not understood"};

bool is_trust(std::string key) {
    if (key.starts_with("extra-"))
        key = key.substr(6);
    return key.ends_with("-hook") || std::find(trust.begin(), trust.end(), key) != trust.end();
}

/// Lines that say something, in their order.
std::string written(const std::string* text) {
    std::string out;
    if (text == nullptr)
        return out;
    for (const auto line : core::lines(*text))
        if (const auto clean = core::trim(line.substr(0, line.find('#'))); !clean.empty())
            out += std::string(clean) + "\n";
    return out;
}

/// Fewer names on a list of trusted ones, or a protection switched on.
bool is_stricter(const std::string& key, const std::string& before, const std::string& after) {
    if (key == "sandbox" || key == "require-sigs" || key == "restrict-eval" || key == "pure-eval" ||
        key == "filter-syscalls")
        return after == "true";
    if (key != "trusted-users" && key != "extra-trusted-users" && key != "substituters" &&
        key != "extra-substituters" && key != "trusted-public-keys" &&
        key != "extra-trusted-public-keys")
        return false;
    const auto old_words = words_of_setting(before);
    const auto new_words = words_of_setting(after);
    return !new_words.empty() &&
           std::includes(old_words.begin(), old_words.end(), new_words.begin(), new_words.end());
}

void tell(const std::string& key, const std::string& before, const std::string& after, Sink& sink) {
    const bool trusted = is_trust(key);
    auto risk = trusted ? Risk::critical : Risk::notice;
    if (trusted && is_stricter(key, before, after))
        risk = Risk::high;
    auto sentence =
        trusted ? "whom Nix trusts changes: " + key : "the Nix setting " + key + " changes";
    if (key == "include")
        sentence = "Nix reads settings from a file that is not part of the system";
    sink.add({.area = "nix",
              .kind = trusted ? "nix_trust" : "nix_setting",
              .subject = key,
              .before = before.empty() ? std::nullopt : std::optional(before),
              .after = after.empty() ? std::nullopt : std::optional(after),
              .risk = risk,
              .sentence = sentence});
}

void whole_file(const Side& before, const Side& after, const std::string& path, bool trusted,
                Claims& claims, Sink& sink) {
    if (differing(before, after, path).count(path) == 0 || !is_text_or_absent(before, after, path))
        return;
    claim_file(before, after, path, claims);
    Comparer comparer(before, after);
    if (comparer.nodes(before.tree.find(path), after.tree.find(path)) == Likeness::builds)
        return tell_builds(path, sink);
    sink.add({.area = "nix",
              .kind = trusted ? "nix_trust" : "nix_setting",
              .subject = path,
              .before = std::nullopt,
              .after = core::join(comparer.lines(), "\n"),
              .risk = trusted ? Risk::critical : Risk::high,
              .sentence = trusted ? "the machines Nix builds on change"
                                  : "names of flakes stand for other things (" + path + ")"});
}

} // namespace

NixSettings parse_nix_conf(const std::string* text) {
    NixSettings out;
    if (text == nullptr)
        return out;
    const auto append = [&](const std::string& key, std::string_view value) {
        auto& held = out[key];
        held += (held.empty() ? "" : "\n") + std::string(value);
    };
    for (auto line : core::lines(*text)) {
        line = core::trim(line.substr(0, line.find('#')));
        if (line.empty())
            continue;
        const auto blank = line.find_first_of(" \t");
        const auto first = line.substr(0, blank);
        const auto equals = line.find('=');
        if (first == "include" || first == "!include")
            append("include", line);
        else if (equals == line.npos)
            append("not understood", line);
        else if (const auto key = std::string(core::trim(line.substr(0, equals)));
                 key.starts_with("extra-"))
            append(key, core::trim(line.substr(equals + 1)));
        else
            out[key] = std::string(core::trim(line.substr(equals + 1))); // the last one counts
    }
    return out;
}

std::set<std::string> words_of_setting(std::string_view text) {
    std::set<std::string> out;
    for (const auto line : core::lines(text))
        for (const auto word : core::split(line, ' '))
            if (!core::trim(word).empty())
                out.insert(std::string(core::trim(word)));
    return out;
}

void classify_nix_conf(const Side& before, const Side& after, Claims& claims, Sink& sink) {
    whole_file(before, after, "etc/nix/machines", true, claims, sink);
    whole_file(before, after, "etc/nix/registry.json", false, claims, sink);
    const std::string path = "etc/nix/nix.conf";
    if (differing(before, after, path).count(path) == 0 || !is_text_or_absent(before, after, path))
        return;
    claim_file(before, after, path, claims);
    const auto old_settings = parse_nix_conf(before.tree.file(path));
    const auto new_settings = parse_nix_conf(after.tree.file(path));
    std::set<std::string> keys;
    for (const auto* side : {&old_settings, &new_settings})
        for (const auto& [key, value] : *side)
            keys.insert(key);
    Comparer comparer(before, after);
    bool told = false;
    for (const auto& key : keys) {
        const auto of = [&](const NixSettings& side) {
            const auto found = side.find(key);
            return found == side.end() ? std::string{} : found->second;
        };
        if (comparer.texts(of(old_settings), of(new_settings)) != Likeness::differs)
            continue;
        told = true;
        tell(key, of(old_settings), of(new_settings), sink);
    }
    if (told)
        return;
    if (const auto old_lines = written(before.tree.file(path)),
        new_lines = written(after.tree.file(path));
        comparer.texts(old_lines, new_lines) == Likeness::differs)
        sink.add(effect_of("nix", "nix_setting", path, Risk::high,
                           "the settings of Nix stand in another order, and a later one may count "
                           "now"));
    else
        tell_builds(path, sink);
}

} // namespace agentd::evaluator::effects

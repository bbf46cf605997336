/// Secrets that the system declares, by name only: agenix and sops-nix, and the credentials of
/// units. Who may read one, and that what is encrypted changed, can be seen; what it says cannot.
#include "evaluator/effects/classifier.hpp"
#include "evaluator/effects/scripts_of.hpp"
#include "evaluator/effects/store_text.hpp"
#include "evaluator/effects/unit_file.hpp"

#include "agentd/core/crypto.hpp"
#include "agentd/core/json.hpp"
#include "agentd/core/text.hpp"

#include <array>
#include <nlohmann/json.hpp>

namespace agentd::evaluator::effects {
namespace {

struct Secret {
    std::string path{};
    std::string mode{};
    std::string owner{};
    std::string group{};
    std::string blob{}; ///< digest of the encrypted file, never its text
};
using Secrets = std::map<std::string, Secret>;

std::string digest_of(const Side& side, const std::string& file) {
    if (file.empty())
        return {};
    const auto bytes = side.store.read(file, 4U << 20);
    return bytes ? core::sha256(*bytes).hex() : "not readable: " + file;
}

/// What stands between the `number`th pair of quotes.
std::string quoted(std::string_view line, char quote) {
    const auto first = line.find(quote);
    const auto last = first == line.npos ? first : line.find(quote, first + 1);
    return last == line.npos ? std::string{}
                             : std::string(line.substr(first + 1, last - first - 1));
}

/// agenix writes one block of shell a secret; each block begins by setting `_truePath`.
void read_agenix(const Side& side, const std::string& text, Secrets& out) {
    std::string name;
    for (const auto line : core::lines(text)) {
        const auto trimmed = core::trim(line);
        if (trimmed.starts_with("_truePath=")) {
            const auto path = quoted(trimmed, '"');
            const auto generation = path.find("$_agenix_generation/");
            name = generation == path.npos ? path : path.substr(path.find('/', generation) + 1);
            if (!name.empty() && generation == path.npos)
                out[name].path = path;
        } else if (name.empty()) {
            continue;
        } else if (trimmed.starts_with("echo \"decrypting '")) {
            out[name].blob = digest_of(side, quoted(trimmed, '\''));
        } else if (trimmed.starts_with("chmod ") && trimmed.ends_with("\"$TMP_FILE\"")) {
            out[name].mode = std::string(core::trim(trimmed.substr(6, trimmed.find('"') - 6)));
        } else if (trimmed.starts_with("chown ") && trimmed.ends_with("\"$_truePath\"")) {
            const auto who = std::string(core::trim(trimmed.substr(6, trimmed.find('"') - 6)));
            out[name].owner = who.substr(0, who.find(':'));
            out[name].group = who.find(':') == who.npos ? "" : who.substr(who.find(':') + 1);
        } else if (trimmed.starts_with("[ \"") && trimmed.find("ln -sfn") != trimmed.npos) {
            out[name].path = quoted(trimmed, '"');
        }
    }
}

std::string text_of(const core::Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

/// sops-nix hands a `manifest.json` to sops-install-secrets.
void read_sops(const Side& side, const std::string& manifest, Secrets& out) {
    constexpr std::size_t limit = 4U << 20;
    const auto text = side.store.read(manifest, limit);
    const auto json = text ? core::parse_json(*text, {.bytes = limit})
                           : core::Result<core::Json>(core::Problem{.code = "unreadable"});
    if (!json || !json->is_object() || !json->contains("secrets") ||
        !json->at("secrets").is_array())
        return;
    for (const auto& each : json->at("secrets")) {
        if (!each.is_object() || text_of(each, "name").empty())
            continue;
        out[text_of(each, "name")] = {.path = text_of(each, "path"),
                                      .mode = text_of(each, "mode"),
                                      .owner = text_of(each, "owner"),
                                      .group = text_of(each, "group"),
                                      .blob = digest_of(side, text_of(each, "sopsFile"))};
    }
}

void read_scripts(const Side& side, Secrets& out) {
    for (const auto& text : scripts_of(
             side, {"agenix-install-secrets.service", "agenix-chown-secrets.service",
                    "sops-install-secrets.service", "sops-install-secrets-for-users.service"})) {
        if (text.find("agenix") != std::string::npos)
            read_agenix(side, text, out);
    }
    for (const auto* path : {"activate", "etc/systemd/system/sops-install-secrets.service",
                             "etc/systemd/system/sops-install-secrets-for-users.service"})
        if (const auto* text = side.tree.file(path);
            text != nullptr && text->find("sops-install-secrets") != std::string::npos)
            for (const auto& reference : store_references(*text, side.store.prefix()))
                if (reference.name.ends_with("manifest.json"))
                    read_sops(side, reference.top, out);
}

void read_credentials(const Side& side, Secrets& out) {
    static constexpr std::array keys{"Service.LoadCredential", "Service.LoadCredentialEncrypted",
                                     "Service.SetCredential", "Service.SetCredentialEncrypted",
                                     "Service.ImportCredential"};
    for (const auto& [unit, settings] : side.units)
        for (const auto* key : keys)
            if (const auto found = settings.settings.find(key); found != settings.settings.end())
                for (const auto& value : found->second) {
                    const bool inside = std::string_view(key).find("Set") != std::string::npos;
                    // Without a name the whole value may be the secret.
                    const auto name = inside && value.find(':') == value.npos
                                          ? "something"
                                          : value.substr(0, value.find(':'));
                    const auto from = value.find(':') == value.npos
                                          ? std::string{}
                                          : value.substr(value.find(':') + 1);
                    out[name + " of " + unit] = {.path = inside ? "" : from,
                                                 .owner = unit,
                                                 .blob = inside ? core::sha256(from).hex() : ""};
                }
}

Secrets read_secrets(const Side& side) {
    Secrets out;
    read_scripts(side, out);
    read_credentials(side, out);
    return out;
}

std::string access(const Secret& secret) {
    auto out = secret.mode.empty() ? std::string{} : "mode " + secret.mode + " ";
    out += secret.owner.empty() ? "" : "owner " + secret.owner + " ";
    out += secret.group.empty() ? "" : "group " + secret.group + " ";
    return std::string(core::trim(out + (secret.path.empty() ? "" : "at " + secret.path)));
}

/// The last digit of a mode says what everybody may do.
bool is_open(const Secret& secret) {
    return !secret.mode.empty() && secret.mode.back() != '0';
}

void add(std::string kind, const std::string& name, Risk risk, std::string sentence,
         std::optional<std::string> before, std::optional<std::string> after, Sink& sink) {
    sink.add({.area = "secrets",
              .kind = std::move(kind),
              .subject = name,
              .before = std::move(before),
              .after = std::move(after),
              .risk = risk,
              .sentence = std::move(sentence)});
}

} // namespace

void classify_secrets(const Side& before, const Side& after, Claims&, Sink& sink) {
    const auto old_ones = read_secrets(before);
    const auto new_ones = read_secrets(after);
    for (const auto& [name, secret] : new_ones) {
        const auto found = old_ones.find(name);
        const auto warning = is_open(secret) ? ", readable for everybody on this machine" : "";
        const auto risk = is_open(secret) ? Risk::critical : Risk::high;
        if (found == old_ones.end()) {
            add("secret_added", name, is_open(secret) ? Risk::critical : Risk::notice,
                "the secret " + name + " is put on the machine" + warning, std::nullopt,
                access(secret), sink);
            continue;
        }
        if (access(found->second) != access(secret))
            add("secret_access", name, risk,
                "who may read the secret " + name + ", or where it lies, changes" + warning,
                access(found->second), access(secret), sink);
        if (found->second.blob != secret.blob)
            add("secret_changed", name, Risk::high,
                "the secret " + name + " is replaced by another, which cannot be read here",
                std::nullopt, std::nullopt, sink);
    }
    for (const auto& [name, secret] : old_ones)
        if (!new_ones.contains(name))
            add("secret_removed", name, Risk::notice,
                "the secret " + name + " is taken off the machine", access(secret), std::nullopt,
                sink);
}

} // namespace agentd::evaluator::effects

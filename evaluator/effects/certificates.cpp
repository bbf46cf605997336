/// Whom the machine believes about other machines: certificates of authorities, and the clock.
#include "evaluator/effects/classifier.hpp"
#include "evaluator/effects/etc_text.hpp"
#include "evaluator/effects/file_rows.hpp"

#include "agentd/core/crypto.hpp"
#include "agentd/core/text.hpp"

#include <array>

namespace agentd::evaluator::effects {
namespace {

constexpr std::string_view begins = "-----BEGIN CERTIFICATE-----";
constexpr std::string_view ends = "-----END CERTIFICATE-----";

/// Digest of the certificate -> the line above it, which names it in the bundles that are usual.
using Authorities = std::map<std::string, std::string>;

/// False when there is none, or a block is of another kind, does not end or is no base64: TLS
/// libraries differ in what they make of that.
bool read_bundle(const std::string* text, Authorities& out) {
    if (text == nullptr)
        return true;
    std::string name;
    std::string block;
    bool inside = false;
    for (const auto line : core::lines(*text)) {
        const auto trimmed = core::trim(line);
        if (trimmed == begins && !inside) {
            inside = true;
            block.clear();
        } else if (trimmed == ends && inside) {
            const auto bytes = core::base64_decode(block);
            if (!bytes || bytes->size() < 64)
                return false;
            out.emplace(core::sha256(*bytes).hex(), name);
            inside = false;
            name.clear();
        } else if (trimmed.starts_with("-----")) {
            return false;
        } else if (inside) {
            block += trimmed;
        } else if (!trimmed.empty() && trimmed.find_first_not_of("=#- ") != trimmed.npos) {
            name = std::string(trimmed.substr(trimmed.find_first_not_of("# ")));
        }
    }
    return !inside && !out.empty();
}

Effect trust(std::string kind, const std::string& digest, const std::string& name, Risk risk,
             const std::string& sentence) {
    const auto shown = name.empty() ? "an authority without a name" : core::shorten(name, 120);
    return {.area = "trust",
            .kind = std::move(kind),
            .subject = shown + " (SHA-256 " + digest.substr(0, 16) + "…)",
            .before = std::nullopt,
            .after = digest,
            .risk = risk,
            .sentence = shown + sentence};
}

/// Bundles that carry the same authorities under several names say so once: `Sink` keeps one.
void bundle(const std::string& path, const Side& before, const Side& after, Claims& claims,
            Sink& sink) {
    Authorities old_ones;
    Authorities new_ones;
    if (!is_text_or_absent(before, after, path) || !read_bundle(before.tree.file(path), old_ones) ||
        !read_bundle(after.tree.file(path), new_ones))
        return;
    claim_file(before, after, path, claims);
    bool told = false;
    for (const auto& [digest, name] : new_ones)
        if (!old_ones.contains(digest)) {
            told = true;
            sink.add(trust("ca_added", digest, name, Risk::critical,
                           " may vouch for any web site and mail server"));
        }
    for (const auto& [digest, name] : old_ones)
        if (!new_ones.contains(digest)) {
            told = true;
            sink.add(trust("ca_removed", digest, name, Risk::notice,
                           " is no longer believed about web sites and mail servers"));
        }
    if (!told)
        tell_builds(path, sink);
}

bool is_bundle(const std::string& path) {
    return path.ends_with(".crt") || path.ends_with(".pem");
}

} // namespace

void classify_certificates(const Side& before, const Side& after, Claims& claims, Sink& sink) {
    for (const auto* folder : {"etc/ssl/", "etc/pki/"})
        for (const auto& path : differing(before, after, folder))
            if (is_bundle(path))
                bundle(path, before, after, claims, sink);
    static constexpr std::array rows{
        FileRow{"etc/ssl/trust-source/", "trust", "ca_store", Risk::critical,
                "which authorities are believed, and for what, changes"},
        FileRow{"etc/ssl/openssl.cnf", "trust", "tls_settings", Risk::high,
                "which encryption is accepted changes"},
        FileRow{"etc/crypto-policies/", "trust", "tls_settings", Risk::high,
                "which encryption is accepted changes"},
        FileRow{"etc/systemd/timesyncd.conf", "trust", "time_source", Risk::high,
                "the machine takes the time from elsewhere"},
        FileRow{"etc/systemd/timesyncd.conf.d/", "trust", "time_source", Risk::high,
                "the machine takes the time from elsewhere"},
        FileRow{"etc/chrony.conf", "trust", "time_source", Risk::high,
                "the machine takes the time from elsewhere"},
        FileRow{"etc/ntp.conf", "trust", "time_source", Risk::high,
                "the machine takes the time from elsewhere"}};
    tell_rows(rows, before, after, claims, sink);
}

} // namespace agentd::evaluator::effects

#include "agentd/observers/graphics.hpp"

#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"

#include <filesystem>

namespace agentd::observers {

namespace {

constexpr std::size_t largest_file = 256U << 10;
constexpr std::size_t most_files = 512;

std::map<std::string, std::string> declared_by(const std::string& system) {
    std::map<std::string, std::string> all;
    std::error_code error;
    std::size_t files = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator(system + "/etc/tmpfiles.d", error)) {
        if (++files > most_files || entry.path().extension() != ".conf") {
            continue;
        }
        const auto text = core::read_file_if_exists(entry.path().string(), largest_file);
        all.merge(declared_bridges(text.value_or("")));
    }
    return all;
}

} // namespace

std::map<std::string, std::string> declared_bridges(std::string_view tmpfiles) {
    std::map<std::string, std::string> out;
    for (const auto line : core::lines(tmpfiles)) {
        std::vector<std::string> words;
        for (std::size_t at = 0; at < line.size();) {
            const auto begin = line.find_first_not_of(" \t", at);
            if (begin == line.npos) {
                break;
            }
            at = std::min(line.find_first_of(" \t", begin), line.size());
            words.emplace_back(line.substr(begin, at - begin));
        }
        if (words.size() >= 7 && words[0].starts_with('L') &&
            (words[1] == "/run/opengl-driver" || words[1] == "/run/opengl-driver-32")) {
            out.emplace(words[1], words[6]);
        }
    }
    return out;
}

Findings Graphics::look(Sight& sight) {
    const auto& running = sight.links().running;
    if (sight.moment().switching || !running) {
        return {.blind = true};
    }
    Findings findings;
    const auto declared = declared_by(running->str());
    for (const auto& [link, target] : declared) {
        std::error_code error;
        const auto leads = std::filesystem::read_symlink(sight.on_host(link), error).string();
        if (!error && leads == target) {
            continue;
        }
        findings.conditions.push_back(
            {.key = "graphics_stale:" + link,
             .kind = "graphics_stale",
             .subject = link,
             .title = "programs find no graphics drivers of the running system",
             .detail = link + (error ? " is not there"
                                     : " leads to " + quoted(leads, 200) + ", not to " +
                                           quoted(target, 200)),
             .severity = Severity::warning});
    }
    const bool good = findings.conditions.empty();
    findings.facts.push_back({.name = "graphics",
                              .owner = "flake",
                              .state = good ? Fact::State::good : Fact::State::amiss,
                              .text = declared.empty() ? "none declared"
                                      : good           ? "drivers of the running system"
                                             : "drivers are missing or of another system"});
    return findings;
}

} // namespace agentd::observers

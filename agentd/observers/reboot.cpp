#include "agentd/observers/reboot.hpp"

#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"

#include <array>
#include <filesystem>
#include <utility>

namespace agentd::observers {

namespace {

constexpr std::size_t largest_parameters = 64U << 10;

std::string target_of(const std::string& path) {
    std::error_code error;
    const auto target = std::filesystem::canonical(path, error);
    return error ? std::string() : target.string();
}

} // namespace

std::vector<std::string> Reboot::parts_that_differ(const std::string& booted,
                                                   const std::string& running) {
    constexpr std::array links{std::pair("kernel", "the kernel"), std::pair("initrd", "the initrd"),
                               std::pair("kernel-modules", "the kernel's modules")};
    std::vector<std::string> parts;
    for (const auto& [name, words] : links) {
        if (target_of(booted + "/" + name) != target_of(running + "/" + name)) {
            parts.emplace_back(words);
        }
    }
    const auto parameters = [](const std::string& system) {
        return core::read_file_if_exists(system + "/kernel-params", largest_parameters)
            .value_or("");
    };
    if (core::trim(parameters(booted)) != core::trim(parameters(running))) {
        parts.emplace_back("the kernel's parameters");
    }
    return parts;
}

Findings Reboot::look(Sight& sight) {
    const auto& links = sight.links();
    if (sight.moment().switching) {
        return {.blind = true};
    }
    Findings findings;
    if (!links.booted || !links.running) {
        findings.facts.push_back({.name = "reboot",
                                  .owner = "you",
                                  .state = Fact::State::unknown,
                                  .text = "what was booted is not known (no /run/booted-system)"});
        return findings;
    }
    const auto parts = *links.booted == *links.running
                           ? std::vector<std::string>()
                           : parts_that_differ(links.booted->str(), links.running->str());
    if (!parts.empty()) {
        findings.conditions.push_back({.key = "reboot_needed",
                                       .kind = "reboot_needed",
                                       .title = "a reboot is needed for all of the running system",
                                       .detail = core::join(parts, ", ") +
                                                 " of the running system are not those that were "
                                                 "booted (" +
                                                 links.booted->str() + ")",
                                       .severity = Severity::info});
    }
    findings.facts.push_back(
        {.name = "reboot",
         .owner = "you",
         .state = parts.empty() ? Fact::State::good : Fact::State::amiss,
         .text = parts.empty() ? "not needed" : "needed for " + core::join(parts, ", ")});
    return findings;
}

} // namespace agentd::observers

#include "agentd/observers/parts.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"

#include <sys/statvfs.h>

namespace agentd::observers {

namespace {

constexpr std::size_t largest_table = 4U << 20;
constexpr std::uint64_t mib = 1U << 20;

Condition down(const std::string& part, const std::string& detail) {
    return {.key = "part_down:" + part,
            .kind = "part_down",
            .subject = part,
            .title = part + " is not there",
            .detail = detail,
            .severity = Severity::critical};
}

} // namespace

bool listens_at(std::string_view table, std::string_view path) {
    for (const auto line : core::lines(table)) {
        // Num RefCount Protocol Flags Type St Inode Path: SO_ACCEPTCON is 0x10000.
        std::vector<std::string_view> words;
        for (const auto word : core::split(line, ' ')) {
            if (!word.empty()) {
                words.push_back(word);
            }
        }
        if (words.size() == 8 && words[3] == "00010000" && words[7] == path) {
            return true;
        }
    }
    return false;
}

std::vector<std::string> Parts::kinds() const {
    return {"part_down", "log_space", "landing_waits"};
}

/// Without a connection: the helper is started by its socket, and a look must not keep it running.
bool Parts::helper_listens() const {
    const auto table = core::read_file_if_exists("/proc/self/net/unix", largest_table);
    return !table || listens_at(*table, knowledge_.apply_socket);
}

void Parts::look_at_space(Findings& findings) const {
    for (const auto& [what, folder] : {std::pair("the log", knowledge_.audit_directory),
                                       std::pair("agentd's state", knowledge_.state_directory)}) {
        struct statvfs now {};
        if (folder.empty() || ::statvfs(folder.c_str(), &now) != 0) {
            continue;
        }
        const auto free = static_cast<std::uint64_t>(now.f_bavail) * now.f_frsize / mib;
        if (free < 256) {
            findings.conditions.push_back(
                {.key = "log_space:" + folder,
                 .kind = "log_space",
                 .subject = folder,
                 .title = std::string("there is little room for ") + what,
                 .detail = "less than " + std::string(free < 64 ? "64" : "256") +
                           " MiB are free at " + folder +
                           "; what cannot be written down is not done",
                 .severity = free < 64 ? Severity::critical : Severity::warning});
        }
    }
}

Findings Parts::look(Sight&) {
    Findings findings;
    const bool log = !knowledge_.log_reachable || knowledge_.log_reachable();
    const bool helper = helper_listens();
    if (!log) {
        findings.conditions.push_back(
            down("agentd-auditd", "the log takes no entries at " + knowledge_.append_socket +
                                      ": nothing is decided and nothing is applied meanwhile"));
    }
    if (!helper) {
        findings.conditions.push_back(
            down("agentd-applyd", "nobody listens at " + knowledge_.apply_socket +
                                      ": nothing can be applied or taken back"));
    }
    look_at_space(findings);
    const auto unlanded = knowledge_.unlanded ? knowledge_.unlanded() : std::vector<std::string>();
    if (!unlanded.empty()) {
        findings.conditions.push_back({.key = "landing_waits",
                                       .kind = "landing_waits",
                                       .title = "what the machine runs is not on your branch yet",
                                       .detail = std::to_string(unlanded.size()) +
                                                 " confirmed: " + quoted(unlanded.front(), 120) +
                                                 (unlanded.size() > 1 ? ", and more" : ""),
                                       .severity = Severity::warning,
                                       .trusted = false});
    }
    findings.facts.push_back(
        {.name = "agentd",
         .owner = "agentd",
         .state = findings.conditions.empty() ? Fact::State::good : Fact::State::amiss,
         .text = std::string("the log ") + (log ? "is written" : "IS NOT WRITTEN") +
                 ", the root helper " + (helper ? "listens" : "IS NOT THERE") +
                 (unlanded.empty() ? ", everything landed"
                                   : ", " + std::to_string(unlanded.size()) + " not landed")});
    return findings;
}

} // namespace agentd::observers

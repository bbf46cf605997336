#include "evaluator/nix_probe.hpp"

#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"
#include "evaluator/nix_differences.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <sys/stat.h>
#include <unistd.h>

namespace agentd::evaluator {
namespace {

using core::Done;
using core::Problem;
using core::Result;

constexpr std::size_t most_settings = 1U << 20; ///< bytes
constexpr int deepest_include = 8;

std::set<std::string_view> words(std::string_view text) {
    const auto all = core::split(text, ' ');
    std::set<std::string_view> out(all.begin(), all.end());
    out.erase("");
    return out;
}

Result<ShownSettings> shown(sandbox::Command command, std::stop_token stop) {
    command.deadline = std::chrono::seconds(20);
    command.out = {.bytes = most_settings, .above = sandbox::Cap::Above::stop};
    const auto outcome = sandbox::run(command, std::move(stop));
    if (!outcome.succeeded()) {
        return Problem{.code = "probe_failed",
                       .message = "Nix does not tell its settings: it " +
                                  sandbox::describe(outcome.ending),
                       .where = command.program};
    }
    return parse_shown_settings(outcome.out.bytes);
}

Problem open_to_others(const std::string& path) {
    return {.code = "settings_open",
            .message = "others than root can write the settings of Nix",
            .where = path,
            .hint = "chown root " + path + " and chmod go-w " + path +
                    ": whoever writes it decides whose packages this machine takes"};
}

/// The file, its folder, and what it includes.
Result<Done> roots_alone(const std::filesystem::path& file, int depth) {
    std::error_code error;
    const auto real = std::filesystem::canonical(file, error);
    if (error) {
        return Done{}; // not there, or not for us: Nix does not read it either
    }
    for (const auto& path : {real, real.parent_path(), file.parent_path()}) {
        struct stat info {};
        // The store is root's, and its group may add to it.
        const bool store = path == "/nix/store";
        if (::stat(path.c_str(), &info) != 0 || info.st_uid != 0 ||
            (!store && (info.st_mode & 0022) != 0)) {
            return open_to_others(path.string());
        }
    }
    const std::string text = core::read_file_if_exists(real.string(), most_settings).value_or("");
    for (const auto line : core::lines(text)) {
        const auto trimmed = core::trim(line);
        const auto space = trimmed.find_first_of(" \t");
        const auto word = trimmed.substr(0, space);
        if ((word != "include" && word != "!include") || space == trimmed.npos) {
            continue;
        }
        if (depth == deepest_include) {
            return Problem{.code = "settings_open",
                           .message = "the settings of Nix include one another without end",
                           .where = real.string()};
        }
        const std::filesystem::path included(core::trim(trimmed.substr(space)));
        if (auto sure = roots_alone(real.parent_path() / included, depth + 1); !sure) {
            return sure;
        }
    }
    return Done{};
}

} // namespace

ShownSettings parse_shown_settings(std::string_view text) {
    ShownSettings out;
    for (const auto line : core::lines(text)) {
        const auto equals = line.find(" =");
        if (equals != line.npos && equals > 0 && line.find(' ') == equals) {
            out.insert_or_assign(
                std::string(line.substr(0, equals)),
                core::printable(core::to_utf8(core::trim(line.substr(equals + 2)))));
        }
    }
    return out;
}

bool same_setting(std::string_view name, std::string_view wanted, std::string_view shown) {
    auto want = words(wanted);
    auto have = words(shown);
    if (name == "experimental-features") {
        have.erase("fetch-tree"); // comes with flakes
        // Where they are experiments no longer they are not told; what counts is that no other is
        // on.
        want.erase("flakes");
        want.erase("nix-command");
        have.erase("flakes");
        have.erase("nix-command");
    }
    return want == have;
}

Result<Done> read_back(const Nix& nix, NixPurpose purpose, std::stop_token stop) {
    return read_back(nix, nix.nix(purpose, {}), std::move(stop));
}

Result<Done> read_back(const Nix& nix, sandbox::Command command, std::stop_token stop) {
    const auto told = parse_shown_settings(command.environment.at("NIX_CONFIG"));
    command.program = nix.installation().programs().nix;
    command.arguments = show_settings_words(nix.installation().version());
    command.on_line = {};
    const auto found = shown(std::move(command), std::move(stop));
    if (!found) {
        return found.problem();
    }
    for (const auto& [name, wanted] : told) {
        const auto it = found->find(name);
        const std::string what = it == found->end() ? "nothing" : "`" + it->second + "`";
        if (it == found->end() || !same_setting(name, wanted, it->second)) {
            return Problem{.code = "settings_not_taken",
                           .message =
                               "Nix was told `" + name + " = " + wanted + "` and uses " + what,
                           .where = nix.installation().programs().nix,
                           .hint = "this Nix (" + nix.installation().version().text +
                                   ") is not known to agentd: use another, nix.nix in agentd.toml"};
        }
    }
    return Done{};
}

Result<ShownSettings> running_settings(const Nix& nix, std::stop_token stop) {
    const std::string& folder = nix.settings().machine_settings;
    if (auto sure = roots_alone(folder + "/nix.conf", 0); !sure) {
        return sure.problem();
    }
    auto command = nix.nix(NixPurpose::query, show_settings_words(nix.installation().version()));
    command.environment["NIX_CONFIG"] = "";
    // Without any address Nix says that it takes nothing from caches, unless a file says that it
    // does; nix.conf itself would not count as one. What stands later is read first.
    const std::string first = nix.settings().scratch + "/home/first.conf";
    constexpr std::string_view takes = "substitute = true\n";
    if (core::read_file_if_exists(first) != takes) {
        core::write_file_durably(first, takes, 0600);
    }
    command.environment["NIX_USER_CONF_FILES"] = folder + "/nix.conf:" + first;
    command.arguments.insert(command.arguments.end(),
                             {"--extra-experimental-features", "nix-command"});
    return shown(std::move(command), std::move(stop));
}

bool through_daemon(const Nix& nix) {
    const auto& store = nix.settings().store;
    return store.empty() ? ::access("/nix/var/nix", R_OK | W_OK) != 0
                         : store == "daemon" || store.starts_with("unix://");
}

} // namespace agentd::evaluator

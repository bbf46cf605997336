#include "agentd/ctl/own_nix.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/ctl/aside.hpp"
#include "agentd/programs.hpp"

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <unistd.h>

namespace agentd::ctl {

std::variant<std::optional<Config>, Trouble> own_settings(Context& context) {
    auto loaded = context.config();
    if (context.asked().value("--config")) {
        return loaded;
    }
    const std::string file = context.config_file();
    const int error = ::access(file.c_str(), R_OK) == 0 ? 0 : errno;
    std::string why;
    if (const auto* trouble = std::get_if<Trouble>(&loaded)) {
        why = trouble->problem.message;
    } else if (error != 0 && error != ENOENT && error != ENOTDIR) {
        why = std::generic_category().message(error);
    }
    if (why.empty()) {
        return loaded;
    }
    note(context.around(), file + " is not used, defaults are: " + why);
    return std::optional<Config>();
}

evaluator::Nix own_nix(const std::optional<Config>& config, const std::string& scratch,
                       bool offline) {
    evaluator::NixSettings settings;
    settings.scratch = scratch + "/nix";
    settings.confine = program_path(config ? config->programs.confine : "", "agentd-confine");
    settings.isolation = sandbox::Need::best_effort;
    settings.files = sandbox::Need::best_effort;
    settings.fetch = !offline;
    evaluator::NixPrograms programs;
    if (config) {
        programs = {.nix = config->nix.nix, .nix_store = config->nix.nix_store};
        settings.evaluation_deadline = config->nix.evaluation;
        settings.build_deadline = config->nix.build;
        settings.evaluation_memory = static_cast<std::uint64_t>(config->nix.memory_mb) << 20;
        settings.build_log = static_cast<std::size_t>(config->nix.log_kb) << 10;
        settings.fetch = !offline && config->nix.fetch;
        settings.origins = config->flake.origins;
        settings.store = config->nix.daemon.empty() ? "" : "unix://" + config->nix.daemon;
        settings.fetch_deadline = config->nix.fetch_time;
        settings.fetch_bytes = static_cast<std::uint64_t>(config->nix.fetch_mb) << 20;
    }
    return {evaluator::NixInstallation(std::move(programs)), std::move(settings)};
}

rehearsal::Theatre own_theatre(const std::optional<Config>& config) {
    rehearsal::Theatre theatre;
    try {
        theatre.program = program_path(config ? config->programs.rehearse : "", "agentd-rehearse");
    } catch (const core::Failure&) { // who does not want a rehearsal need not have it
    }
    if (config) {
        theatre.lent = config->rehearse.lend;
        theatre.patience = config->rehearse.patience;
    }
    return theatre;
}

void forget_roots(const std::string& scratch) {
    std::error_code error;
    for (const auto& entry :
         std::filesystem::directory_iterator("/nix/var/nix/gcroots/auto", error)) {
        std::error_code ignored;
        const auto target = std::filesystem::read_symlink(entry.path(), ignored).string();
        if (!ignored && target.starts_with(scratch + "/")) {
            std::filesystem::remove(entry.path(), ignored);
        }
    }
}

} // namespace agentd::ctl

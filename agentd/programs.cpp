#include "agentd/programs.hpp"

#include "agentd/core/failure.hpp"

#include <filesystem>
#include <unistd.h>

namespace agentd {

std::string program_path(const std::string& configured, std::string_view name) {
    namespace fs = std::filesystem;
    if (!configured.empty()) {
        if (::access(configured.c_str(), X_OK) != 0) {
            throw core::Failure(core::FailureKind::misconfigured, "this program cannot be run",
                                configured);
        }
        return configured;
    }
    const fs::path folder = fs::read_symlink("/proc/self/exe").parent_path();
    for (const fs::path& place : {folder / name, folder.parent_path() / "libexec" / name}) {
        if (::access(place.c_str(), X_OK) == 0) {
            return place.string();
        }
    }
    throw core::Failure(core::FailureKind::misconfigured,
                        "the program " + std::string(name) + " is not there", folder.string());
}

} // namespace agentd

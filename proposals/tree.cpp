#include "proposals/tree.hpp"

namespace agentd::proposals {

std::string_view to_string(FileMode mode) noexcept {
    switch (mode) {
    case FileMode::file:
        return "100644";
    case FileMode::executable:
        return "100755";
    case FileMode::symlink:
        return "120000";
    case FileMode::submodule:
        return "160000";
    case FileMode::directory:
        return "040000";
    }
    return "000000";
}

} // namespace agentd::proposals

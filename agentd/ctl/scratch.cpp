#include "agentd/ctl/scratch.hpp"

#include "agentd/core/failure.hpp"

#include <cerrno>
#include <cstdlib>
#include <filesystem>

namespace agentd::ctl {

Scratch::Scratch() : path_("/tmp/agentctl.XXXXXX") {
    if (::mkdtemp(path_.data()) == nullptr) {
        throw core::system_failure("cannot make a directory", path_, errno);
    }
}

Scratch::~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

} // namespace agentd::ctl

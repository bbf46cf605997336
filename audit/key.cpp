#include "audit/key.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"

#include <cerrno>
#include <sys/stat.h>
#include <unistd.h>

namespace agentd::audit {

using core::Failure;
using core::FailureKind;

core::Ed25519Key load_key(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) {
        throw core::system_failure("cannot find the log's signing key", path, errno);
    }
    if (!S_ISREG(status.st_mode) || (status.st_mode & 0077) != 0) {
        throw Failure(FailureKind::misconfigured,
                      "the log's signing key must be a file that only its owner may read (0600)",
                      path);
    }
    const std::string text = core::read_file(path, 256);
    const auto seed = text.ends_with('\n')
                          ? core::base64_decode(std::string_view(text).substr(0, text.size() - 1))
                          : std::nullopt;
    auto key = seed ? core::Ed25519Key::from_seed(*seed) : std::nullopt;
    if (!key) {
        throw Failure(FailureKind::misconfigured,
                      "not a signing key: one line of base64 of 32 bytes is expected", path);
    }
    return std::move(*key);
}

core::Ed25519Key make_key(const std::string& path) {
    if (::access(path.c_str(), F_OK) == 0) {
        throw Failure(FailureKind::misconfigured, "there is a signing key already", path);
    }
    auto key = core::Ed25519Key::generate();
    core::write_file_durably(path, core::base64_encode(key.seed()) + "\n", 0600);
    return key;
}

} // namespace agentd::audit

#include "evaluator/lock_maker.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"
#include "evaluator/nix_differences.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>

namespace agentd::evaluator {
namespace {

using core::Problem;
using core::Result;

/// The flake's two files, for as long as Nix works on them.
class Folder {
  public:
    explicit Folder(const std::string& above) : path_(above + "/relock-XXXXXX") {
        if (::mkdtemp(path_.data()) == nullptr) {
            throw core::system_failure("making a folder", above, errno);
        }
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    const std::string& path() const noexcept { return path_; }

  private:
    std::string path_;
};

class OwnMaker : public LockMaker {
  public:
    OwnMaker(const Nix& nix, Environment environment)
        : nix_(nix), environment_(std::move(environment)) {}

    Result<std::string> make(const LockWanted& wanted, std::chrono::milliseconds patience,
                             const std::stop_token& stop) const override {
        const Folder folder(nix_.settings().scratch);
        const std::string lock = folder.path() + "/flake.lock";
        put(folder.path() + "/flake.nix", wanted.flake);
        if (!wanted.lock.empty()) {
            put(lock, wanted.lock);
        }
        auto fetch = fetch_of(wanted);
        fetch.words = relock_words(nix_.installation().version(), folder.path(), wanted.inputs);
        fetch.words.insert(fetch.words.end(), {"--log-format", "internal-json"});
        if (auto done = fetch_by_own_nix(nix_, fetch, environment_, patience, stop); !done) {
            return done;
        }
        std::error_code ignored;
        if (std::filesystem::file_size(lock, ignored) > LockWanted::max_text) {
            return Problem{.code = "lock_unreadable",
                           .message = "the new flake.lock is above 256 KiB",
                           .where = "flake.lock"};
        }
        return core::read_file(lock);
    }

  private:
    static void put(const std::string& file, const std::string& text) {
        const core::Fd out = core::open_file(file, O_WRONLY | O_CREAT | O_EXCL);
        core::write_all(out.get(), text, file);
    }

    const Nix& nix_;
    Environment environment_;
};

} // namespace

bool is_input_name(std::string_view name) noexcept {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    return !name.empty() && name.size() <= 128 && letter(name.front()) &&
           std::all_of(name.begin(), name.end(), [&](char c) {
               return letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-';
           });
}

OwnFetch fetch_of(const LockWanted& wanted) {
    return {.what = "the newest of `" + core::join(wanted.inputs, "`, `") + "`",
            .origin = "whoever flake.nix names",
            .again = "ask again"};
}

std::unique_ptr<LockMaker> own_lock_maker(const Nix& nix, Environment environment) {
    return std::make_unique<OwnMaker>(nix, std::move(environment));
}

} // namespace agentd::evaluator

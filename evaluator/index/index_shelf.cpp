#include "agentd/core/crypto.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/core/keep_newest.hpp"
#include "evaluator/index/index_file.hpp"
#include "evaluator/index/make_index.hpp"

#include <chrono>
#include <filesystem>

namespace agentd::evaluator {
namespace {

/// What a writer that was killed left half made.
void drop_half_made(const std::string& directory) {
    namespace fs = std::filesystem;
    const auto long_ago = fs::file_time_type::clock::now() - std::chrono::hours(1);
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(directory, error)) {
        std::error_code gone;
        if (entry.path().filename().string().find(half_made) != std::string::npos &&
            entry.last_write_time(gone) < long_ago) {
            fs::remove(entry.path(), gone);
        }
    }
}

} // namespace

IndexShelf::IndexShelf(const Nix& nix, std::string directory)
    : nix_(nix), directory_(std::move(directory)) {
    core::make_directories(directory_, 0700);
}

std::string IndexShelf::file_in(const std::string& directory, const FlakeSource& source,
                                const core::HostName& host) {
    const std::string folder =
        source.folder.empty() ? "" : core::sha256(source.folder).hex().substr(0, 16) + "-";
    return directory + "/" + source.commit.str() + "-" + folder + host.str() + ".db";
}

std::unique_ptr<OptionIndex> IndexShelf::known(const FlakeSource& source,
                                               const core::HostName& host) const {
    return OptionIndex::open(file_of(source, host));
}

/// What a commit cannot be asked once it cannot be asked again: the answer would be the same.
void IndexShelf::remember(const std::string& file, const core::Problem& problem) {
    constexpr std::size_t most_failed = 64;
    if (failed_.size() >= most_failed) {
        failed_.clear();
    }
    failed_.emplace(file, problem);
}

core::Result<std::unique_ptr<OptionIndex>>
IndexShelf::get(const FlakeSource& source, const core::HostName& host, std::stop_token stop) {
    constexpr std::size_t most_kept = 64;
    if (auto found = known(source, host)) {
        return found;
    }
    const std::string file = file_of(source, host);
    const std::lock_guard one_at_a_time(making_);
    if (auto found = known(source, host)) {
        return found; // another thread made it meanwhile
    }
    if (const auto failed = failed_.find(file); failed != failed_.end()) {
        return failed->second;
    }
    if (auto made = make_index(nix_, source, host, file, stop); !made) {
        if (!stop.stop_requested() && made.problem().code != "evaluation_timeout") {
            remember(file, made.problem());
        }
        return made.problem();
    }
    core::keep_newest(directory_, ".db", most_kept);
    drop_half_made(directory_);
    auto index = OptionIndex::open(file);
    if (!index) {
        return core::Problem{.code = "index_unreadable",
                             .message = "the index of options that was just written cannot be read",
                             .where = file,
                             .hint = "is the disk full or failing? `agentctl doctor` looks at it"};
    }
    return index;
}

} // namespace agentd::evaluator

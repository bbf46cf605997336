/// @file
/// What lies at the paths of a store, asked of the kernel: through folders that are held open, and
/// of links and folders once only, for what is built does not change.
#pragma once

#include "agentd/core/fd.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <unordered_map>

namespace agentd::evaluator::effects {

/// The last few folders that were asked for more than once in a row, held open: to look a name up
/// in one of them is less work than to walk to it.
class OpenFolders {
  public:
    /// As the `…at` calls take it.
    struct Place {
        int folder;
        const char* name;
    };
    /// `path` has to outlive the answer, and the folder it lies in may not be a link.
    Place of(const std::string& path);

  private:
    struct Slot {
        std::string folder{};
        core::Fd open{};
        bool tried = false;
    };
    std::array<Slot, 8> slots_{};
    std::size_t next_ = 0;
};

/// The bytes of a regular file of that size, or nullopt when it is none, unreadable or has grown.
std::optional<std::string> read_regular(OpenFolders::Place place, std::size_t size);
/// What a link says, or nullopt when it is none or too long.
std::optional<std::string> link_text(int folder, const char* name);

/// What one path is itself; a link is not followed.
struct StoreFact {
    mode_t mode = 0;
    std::size_t size = 0;
    std::optional<std::string> target{}; ///< of a link that can be read
};

/// For one thread.
class StoreFiles {
  public:
    /// nullptr where nothing is. Stands until the next call.
    const StoreFact* look(const std::string& path);
    std::optional<std::string> read(const std::string& path, std::size_t size);

  private:
    static constexpr std::size_t most_known = 100'000;
    OpenFolders folders_;
    std::unordered_map<std::string, StoreFact> known_; ///< folders and links
    StoreFact last_;
};

} // namespace agentd::evaluator::effects

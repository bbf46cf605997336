/// @file
/// The files of a commit as one text, for a worker that may open nothing.
#pragma once

#include "agentd/core/result.hpp"
#include "proposals/tree.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::proposals {

/// What is left out of the text; the paths are all there.
struct PackLimits {
    std::size_t nix_bytes = 2U << 20;     ///< a larger `.nix` file comes without its bytes
    std::size_t other_bytes = 256U << 10; ///< so does any other file above this
    std::size_t total_bytes = 160U << 20; ///< and each that does not fit any more
};

/// `agentd-tree/1`: for each path `MODE PATH-BYTES CONTENT-BYTES LF`, the path and the bytes, `-`
/// where there are none. Links and submodules have none. A path that the tree has not is left out.
/// Problem `cancelled`.
core::Result<std::string> pack(const TreeReader& tree, const std::vector<std::string>& paths,
                               const PackLimits& limits = {}, const std::stop_token& stop = {});

/// The same tree again. Its bytes are a view of the text, which lives longer.
class PackedTree final : public TreeReader {
  public:
    /// Strict: Problem `bad_value` where the text is not as `pack` writes it.
    static core::Result<PackedTree> open(std::string_view text);

    std::vector<std::string> paths() const;
    std::optional<TreeEntry> find(std::string_view path) const override;
    std::optional<std::string> read(std::string_view path) const override;

  private:
    struct Entry {
        FileMode mode = FileMode::file;
        std::optional<std::string_view> bytes{};
    };
    std::map<std::string, Entry, std::less<>> entries_{};
};

} // namespace agentd::proposals

/// @file
/// A committed tree as intake sees it, and an edit of one of its files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace agentd::proposals {

enum class FileMode : std::uint32_t {
    file = 0100644,
    executable = 0100755,
    symlink = 0120000,
    submodule = 0160000,
    directory = 0040000,
};

/// `100644` and so on.
std::string_view to_string(FileMode mode) noexcept;

struct TreeEntry {
    FileMode mode = FileMode::file;
    std::string blob_id{}; ///< git object id, 40 hex digits
    friend bool operator==(const TreeEntry&, const TreeEntry&) = default;
};

class TreeReader {
  public:
    virtual ~TreeReader() = default;
    /// The file, link, submodule or directory at `path`.
    virtual std::optional<TreeEntry> find(std::string_view path) const = 0;
    /// Bytes of the blob at `path`; nullopt when there is no blob there.
    virtual std::optional<std::string> read(std::string_view path) const = 0;
    /// The same where it has at most so many bytes; nullopt where it has more, and then it need not
    /// have been read.
    virtual std::optional<std::string> read_within(std::string_view path, std::size_t most) const {
        auto bytes = read(path);
        return bytes && bytes->size() > most ? std::nullopt : std::move(bytes);
    }
    /// Of a path that is not there: what is, and differs from it (or from a folder above it) only
    /// by upper and lower case. On many file systems the two are one. Asked by intake alone.
    virtual std::optional<std::string> other_case([[maybe_unused]] std::string_view path) const {
        return std::nullopt;
    }
};

/// One file as it shall be afterwards.
struct FileEdit {
    std::string path{};
    FileMode mode = FileMode::file;     ///< file or executable
    std::optional<std::string> bytes{}; ///< nullopt: the file goes
    friend bool operator==(const FileEdit&, const FileEdit&) = default;
};

} // namespace agentd::proposals

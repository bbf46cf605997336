#include "audit/tiles.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/core/log.hpp"
#include "agentd/core/text.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

namespace agentd::audit {

namespace {

namespace fs = std::filesystem;

std::string bytes_of(std::span<const core::Digest> hashes) {
    std::string out;
    out.reserve(hashes.size() * core::Digest::size);
    for (const auto& hash : hashes) {
        out.append(reinterpret_cast<const char*>(hash.bytes().data()), core::Digest::size);
    }
    return out;
}

std::vector<core::Digest> read_hashes(const std::string& path) {
    std::vector<core::Digest> out;
    const auto bytes = core::read_file_if_exists(path, tile_width * core::Digest::size);
    for (std::size_t at = 0; bytes && at + core::Digest::size <= bytes->size();
         at += core::Digest::size) {
        core::Digest::Bytes hash{};
        std::copy_n(bytes->data() + at, hash.size(), hash.begin());
        out.emplace_back(hash);
    }
    return out;
}

void write_at(const std::string& path, std::string_view bytes, std::uint64_t offset) {
    const core::Fd fd = core::open_file(path, O_WRONLY | O_CREAT | O_NOFOLLOW, 0640);
    const ssize_t put = ::pwrite(fd.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (put != static_cast<ssize_t>(bytes.size())) {
        throw core::system_failure("cannot write", path, put < 0 ? errno : ENOSPC);
    }
}

void rename_file(const std::string& from, const std::string& to) {
    if (::rename(from.c_str(), to.c_str()) != 0) {
        throw core::system_failure("cannot rename", from, errno);
    }
}

bool holds(const std::string& path, std::span<const core::Digest> hashes) {
    const auto there = read_hashes(path);
    return there.size() == tile_width &&
           std::equal(there.begin(), there.end(), hashes.begin(), hashes.begin() + tile_width);
}

/// The widest partial tile below `directory`, 0 when there is none.
std::uint64_t widest_partial(const std::string& directory) {
    std::uint64_t width = 0;
    std::error_code error;
    for (fs::directory_iterator it(directory, error), end; !error && it != end;
         it.increment(error)) {
        const auto number = core::parse_integer(it->path().filename().string());
        if (number && *number > 0 && *number < static_cast<std::int64_t>(tile_width)) {
            width = std::max(width, static_cast<std::uint64_t>(*number));
        }
    }
    return width;
}

} // namespace

bool TileWriter::flush() noexcept {
    return try_to_write(true);
}
bool TileWriter::flush_full() noexcept {
    return try_to_write(false);
}

bool TileWriter::try_to_write(bool partial_too) noexcept {
    try {
        write_tiles(partial_too);
        return true;
    } catch (const std::exception& trouble) {
        // A cache: the next group tries again, and nothing that was promised depends on it.
        core::log(core::Level::warning, std::string("tiles are behind the log: ") + trouble.what());
        partial_width_ = 0;
        return false;
    }
}

void TileWriter::write_tiles(bool partial_too) {
    while (pending_.size() >= tile_width || (partial_too && pending_.size() != partial_width_)) {
        const std::uint64_t width = std::min<std::uint64_t>(pending_.size(), tile_width);
        if (width < tile_width || partial_width_ > 0 ||
            !holds(layout_.tile_path(tile_), pending_)) {
            write_tile(width);
        }
        if (width < tile_width) {
            return;
        }
        pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(width));
        partial_width_ = 0;
        ++tile_;
    }
}

void TileWriter::write_tile(std::uint64_t width) {
    const std::string target =
        width == tile_width ? layout_.tile_path(tile_) : layout_.partial_tile_path(tile_, width);
    const std::string partials = layout_.tile_path(tile_) + ".p";
    // The partial file grows in place and its name follows: no reader sees a torn tile.
    std::string growing = layout_.partial_tile_path(tile_, partial_width_);
    if (partial_width_ == 0) {
        fs::remove_all(partials);
        core::make_directories(partials, 0750);
        growing = partials + "/new";
    }
    write_at(growing, bytes_of(std::span(pending_).subspan(partial_width_, width - partial_width_)),
             partial_width_ * core::Digest::size);
    rename_file(growing, target);
    partial_width_ = width;
    if (width == tile_width) {
        fs::remove_all(partials);
    }
}

TileReader::TileReader(Layout layout) : layout_(std::move(layout)) {
    // The last partial file is read first: a live writer may rename it at any moment.
    for (std::uint64_t number = 0;; ++number) {
        std::error_code error;
        const auto bytes = fs::file_size(layout_.tile_path(number), error);
        if (error || bytes != tile_width * core::Digest::size) {
            const auto width = widest_partial(layout_.tile_path(number) + ".p");
            partial_ = width == 0 ? std::vector<core::Digest>{}
                                  : read_hashes(layout_.partial_tile_path(number, width));
            size_ = number * tile_width + partial_.size();
            return;
        }
    }
}

const std::vector<core::Digest>& TileReader::tile(std::uint64_t number) {
    if (number == size_ / tile_width) {
        return partial_;
    }
    if (cached_number_ != number) {
        cached_ = read_hashes(layout_.tile_path(number));
        cached_number_ = number;
    }
    return cached_;
}

std::optional<core::Digest> TileReader::leaf(std::uint64_t index) {
    if (index >= size_) {
        return std::nullopt;
    }
    const auto& hashes = tile(index / tile_width);
    const auto at = static_cast<std::size_t>(index % tile_width);
    return at < hashes.size() ? std::optional(hashes[at]) : std::nullopt;
}

} // namespace agentd::audit

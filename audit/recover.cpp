#include "audit/recover.hpp"

#include "agentd/core/crypto.hpp"
#include "agentd/core/failure.hpp"
#include "audit/entry.hpp"
#include "audit/lines.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

namespace agentd::audit {

namespace {

constexpr std::size_t max_checkpoint = 4096;

struct TailSeals {
    std::uint64_t largest = 0; ///< size that one of them signs, whatever became of the entries
    bool foreign = false;      ///< one is whole, and another key's
};

TailSeals seals_in_tail(const Layout& layout, Place from, const VerifierKey& key) {
    TailSeals out;
    const std::uint64_t segments = layout.segments().count;
    for (; from.segment < segments; ++from.segment, from.offset = 0) {
        LineScanner scanner(layout.segment_path(from.segment), from.offset);
        while (const auto line = scanner.next()) {
            const auto note = line->whole && line->bytes.starts_with(seal_prefix)
                                  ? note_of_seal(line->bytes)
                                  : std::nullopt;
            if (!note) {
                continue;
            }
            const auto sealed = open_note(*note, key);
            out.largest = std::max(out.largest, sealed ? sealed->size : 0);
            out.foreign = out.foreign || (!sealed && sealed.problem().code == "wrong_key");
        }
    }
    return out;
}

std::optional<Checkpoint> read_checkpoint(const Layout& layout, const VerifierKey& key) {
    const auto note = core::read_file_if_exists(layout.checkpoint_path(), max_checkpoint);
    if (!note) {
        return std::nullopt;
    }
    const auto opened = open_note(*note, key);
    return opened ? std::optional(*opened) : std::nullopt;
}

core::Digest root_at(Tree tree, const std::vector<Leaf>& leaves, std::uint64_t size) {
    for (const Leaf& leaf : leaves) {
        if (tree.size() == size) {
            break;
        }
        tree.append(leaf.hash);
    }
    return tree.root();
}

/// Copies what lies behind `place` in one file to `to`, and into the digest.
std::uint64_t copy_from(const std::string& path, std::uint64_t offset, const core::Fd& to,
                        core::Sha256& digest) {
    const core::Fd from = core::open_file(path, O_RDONLY);
    char buffer[65536];
    std::uint64_t copied = 0;
    for (;;) {
        const ssize_t got =
            ::pread(from.get(), buffer, sizeof buffer, static_cast<off_t>(offset + copied));
        if (got < 0) {
            throw core::system_failure("cannot read", path, errno);
        }
        if (got == 0) {
            return copied;
        }
        const std::string_view bytes(buffer, static_cast<std::size_t>(got));
        digest.update(bytes);
        core::write_all(to.get(), bytes, "quarantine");
        copied += bytes.size();
    }
}

void cut(const Layout& layout, Place end, std::uint64_t segments) {
    // From the back: a crash in between leaves a tail again, never a hole.
    for (std::uint64_t segment = segments; segment-- > end.segment;) {
        const std::string path = layout.segment_path(segment);
        if (segment > end.segment) {
            ::unlink(path.c_str());
            continue;
        }
        const core::Fd fd = core::open_file(path, O_WRONLY);
        if (::ftruncate(fd.get(), static_cast<off_t>(end.offset)) != 0 || ::fsync(fd.get()) != 0) {
            throw core::system_failure("cannot cut off an unsealed tail", path, errno);
        }
    }
    core::sync_directory(layout.log_directory());
}

} // namespace

Recovered recover(const Layout& layout, const VerifierKey& key, TileWriter& tiles) {
    Recovered out;
    const auto checkpoint = read_checkpoint(layout, key);
    std::vector<std::string> ids; // of the lines since the last good seal
    const Visits visits{.line = [&](std::uint64_t, std::string_view line,
                                    Place) { ids.emplace_back(id_in_line(line)); },
                        .sealed =
                            [&](const Tree& before, const std::vector<Leaf>& leaves) {
                                for (std::size_t i = 0; i < leaves.size(); ++i) {
                                    tiles.append(leaves[i].hash);
                                    out.ids.add(ids[i], before.size() + i);
                                }
                                ids.clear();
                                tiles.flush_full();
                                if (checkpoint && checkpoint->size > before.size() &&
                                    checkpoint->size <= before.size() + leaves.size()) {
                                    out.forked = root_at(before, leaves, checkpoint->size) !=
                                                 checkpoint->root;
                                }
                            }};
    out.walked = walk(layout, key, visits);
    const auto tail = seals_in_tail(layout, out.walked.end, key);
    out.known_size = std::max(checkpoint ? checkpoint->size : 0, tail.largest);
    // No crash leaves a whole seal by somebody else: key or log were exchanged.
    out.forked = out.forked || tail.foreign;
    return out;
}

std::optional<Discarded> discard_tail(const Layout& layout, Place end, core::Instant now) {
    const std::uint64_t segments = layout.segments().count;
    std::uint64_t tail = 0;
    for (std::uint64_t segment = end.segment; segment < segments; ++segment) {
        tail += std::filesystem::file_size(layout.segment_path(segment));
    }
    if (segments == 0) {
        return std::nullopt;
    }
    if (tail == end.offset) {
        cut(layout, end, segments); // at most empty files of a segment that never began
        return std::nullopt;
    }
    core::make_directories(layout.quarantine_directory(), 0750);
    const std::string path = layout.quarantine_directory() + "/" + core::make_ulid(now) + ".tail";
    const core::Fd to = core::open_file(path, O_WRONLY | O_CREAT | O_EXCL, 0640);
    core::Sha256 digest;
    Discarded out;
    for (std::uint64_t segment = end.segment; segment < segments; ++segment) {
        const std::uint64_t offset = segment == end.segment ? end.offset : 0;
        out.bytes += copy_from(layout.segment_path(segment), offset, to, digest);
    }
    out.sha256 = digest.finish();
    if (::fsync(to.get()) != 0) {
        throw core::system_failure("cannot sync", path, errno);
    }
    core::sync_directory(layout.quarantine_directory());
    cut(layout, end, segments);
    return out;
}

std::optional<std::string> vkey_of_log(const Layout& layout) {
    if (layout.segments().count == 0) {
        return std::nullopt;
    }
    LineScanner scanner(layout.segment_path(0));
    const auto line = scanner.next();
    const auto entry =
        line && line->whole ? parse_line(line->bytes) : core::Result<Entry>(core::Problem{});
    if (!entry || entry->type() != "log.opened") {
        return std::nullopt;
    }
    const auto body = entry->body();
    const auto it = body.find("vkey");
    return it != body.end() && it->is_string() ? std::optional(it->get<std::string>())
                                               : std::nullopt;
}

} // namespace agentd::audit

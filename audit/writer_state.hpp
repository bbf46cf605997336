/// @file
/// What a Writer holds. Private to writer.cpp and writer_open.cpp.
#pragma once

#include "agentd/core/fd.hpp"
#include "audit/ballast.hpp"
#include "audit/ids.hpp"
#include "audit/reader.hpp"
#include "audit/recover.hpp"
#include "audit/segment_file.hpp"
#include "audit/tiles.hpp"
#include "audit/tree.hpp"
#include "audit/writer.hpp"

#include <optional>

namespace agentd::audit {

struct Writer::State {
    State(WriterOptions wanted, const core::Clock& a_clock);

    /// A line that waits for its commit.
    struct Line {
        std::string bytes;
        core::Digest hash;
    };

    void open();
    void refuse_loss(const Recovered& found) const;
    void set_old_checkpoint_aside() const;
    /// Takes what is there as it is, and records what had to be done to the log itself.
    void record_opening(const Recovered& found, const std::optional<Discarded>& discarded);
    /// A draft by the writer itself.
    Draft own(std::string type, const core::Json& body) const;
    Stamp stamp() const;

    core::Result<Appended> append(std::span<const Draft> drafts);
    std::optional<core::Problem> take(std::span<const Draft> drafts, std::size_t at,
                                      std::vector<Line>& lines,
                                      std::vector<std::uint64_t>& numbers);
    bool known_is_same(std::span<const Draft> drafts, const Draft& draft, std::uint64_t number,
                       std::span<const std::uint64_t> numbers);
    bool commit(std::span<const Line> lines);
    bool commit_in_groups(std::span<const Line> lines);
    /// Takes back ids of drafts that were not written.
    void forget(std::span<const Draft> drafts, std::span<const std::uint64_t> numbers);
    /// Uses the ballast to put on record that `refused` entries found no room.
    void on_full(std::size_t refused);
    /// Brings checkpoint and tiles up to date; both are made again at every start.
    void publish();

    WriterOptions options;
    const core::Clock& clock;
    core::Fd lock;
    core::Ed25519Key key;
    VerifierKey vkey;
    TileWriter tiles;
    SegmentFile file;
    Ballast ballast;
    std::string boot_id;
    Tree tree{};
    Checkpoint head{};
    IdIndex ids{};
    std::optional<Reader> reader{};
    bool full = false;
    bool full_on_record = false; ///< since entries were last taken
    bool broken = false;
};

} // namespace agentd::audit

#include "audit/walk.hpp"

#include "audit/lines.hpp"

#include <utility>

namespace agentd::audit {

namespace {

constexpr std::string_view entry_prefix = "{\"actor\":";

class Walker {
  public:
    Walker(const Layout& layout, const VerifierKey& key, const Visits& visits)
        : layout_(layout), key_(key), visits_(visits) {}

    Walked run() {
        const std::uint64_t segments = layout_.segments().count;
        for (segment_ = 0; segment_ < segments; ++segment_) {
            if (!walk_segment()) {
                return std::move(walked_);
            }
        }
        return std::move(walked_);
    }

  private:
    bool walk_segment() {
        LineScanner scanner(layout_.segment_path(segment_));
        while (const auto line = scanner.next()) {
            const Place place{.segment = segment_, .offset = line->offset};
            if (!line->whole) {
                return stop(Stop::torn, place);
            }
            const bool good = line->bytes.starts_with(seal_prefix) ? take_seal(*line, place)
                                                                   : take_leaf(*line, place);
            if (!good) {
                return false;
            }
        }
        if (!walked_.open.empty()) {
            return stop(Stop::unsealed, walked_.open.front().place);
        }
        return true;
    }

    bool take_leaf(const Line& line, Place place) {
        const std::uint64_t number = walked_.tree.size() + walked_.open.size();
        if (walked_.open.empty() && number / layout_.segment_leaves != segment_) {
            return stop(Stop::misplaced, place);
        }
        if (walked_.open.size() > max_group_entries) {
            return stop(Stop::unsealed, walked_.open.front().place);
        }
        if (visits_.line) {
            visits_.line(number, line.bytes, place);
        }
        walked_.open.push_back({.hash = leaf_hash(line.bytes),
                                .place = place,
                                .like_entry = line.bytes.starts_with(entry_prefix)});
        return true;
    }

    bool take_seal(const Line& line, Place place) {
        const auto note = note_of_seal(line.bytes);
        if (!note) {
            walked_.detail = "it is not spelled as a seal is";
            return stop(Stop::bad_seal, place);
        }
        const auto opened = open_note(*note, key_);
        if (!opened) {
            walked_.detail = opened.problem().message;
            return stop(Stop::bad_seal, place);
        }
        Tree grown = walked_.tree;
        for (const Leaf& leaf : walked_.open) {
            grown.append(leaf.hash);
        }
        // A seal over nothing new says nothing, and a doubled one is an alteration.
        if (walked_.open.empty() || opened->size != grown.size() || opened->root != grown.root()) {
            walked_.claimed = *opened;
            return stop(Stop::mismatch, place);
        }
        if ((grown.size() - 1) / layout_.segment_leaves != segment_) {
            return stop(Stop::misplaced, place);
        }
        if (visits_.sealed) {
            visits_.sealed(walked_.tree, walked_.open);
        }
        walked_.tree = std::move(grown);
        walked_.open.clear();
        walked_.end = {.segment = segment_, .offset = line.end()};
        ++walked_.seals;
        return true;
    }

    bool stop(Stop why, Place at) {
        walked_.stop = why;
        walked_.stopped_at = at;
        return false;
    }

    const Layout& layout_;
    const VerifierKey& key_;
    const Visits& visits_;
    Walked walked_;
    std::uint64_t segment_ = 0;
};

} // namespace

Walked walk(const Layout& layout, const VerifierKey& key, const Visits& visits) {
    return Walker(layout, key, visits).run();
}

} // namespace agentd::audit

#include "audit/pinpoint.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace agentd::audit {

namespace {

std::string at_place(Place place) {
    return fmt::format("{} at byte {}", Layout::segment_name(place.segment), place.offset);
}

class Pinpoint {
  public:
    Pinpoint(const Walked& walked, TileReader& tiles, std::uint64_t known_size)
        : walked_(walked), lines_(walked.open), base_(walked.tree.size()), known_(known_size) {
        // With a good signature over a size the group's end is certain; else it is what the tiles
        // hold.
        const std::uint64_t until =
            walked.claimed ? walked.claimed->size
                           : std::min<std::uint64_t>(tiles.size(), base_ + lines_.size() + 1);
        const std::uint64_t most = base_ + max_group_entries + 1;
        for (std::uint64_t i = base_; i < std::min(until, most); ++i) {
            const auto hash = tiles.leaf(i);
            if (!hash) {
                break;
            }
            held_.push_back(*hash);
        }
        if (walked.claimed && walked.claimed->size == base_ + held_.size()) {
            Tree tree = walked.tree;
            for (const auto& hash : held_) {
                tree.append(hash);
            }
            proven_ = tree.root() == walked.claimed->root;
        }
    }

    Finding mismatch() const {
        const Checkpoint& sealed = *walked_.claimed;
        if (sealed.size <= base_) {
            return at(
                Flaw::inserted, base_ == 0 ? 0 : base_ - 1, walked_.stopped_at,
                fmt::format("{}: a seal over {} entries stands behind one over {}: it was put "
                            "there again or moved",
                            at_place(walked_.stopped_at), sealed.size, base_));
        }
        if (!proven_) {
            return group_unclear(sealed.size);
        }
        return difference();
    }

    Finding bad_seal() const {
        if (first_difference() < std::min(lines_.size(), held_.size())) {
            return difference();
        }
        return seal_damaged(base_ + lines_.size(), walked_.stopped_at, walked_.detail);
    }

    /// The log ends without a seal although more was known to be sealed.
    Finding end() const {
        const auto i = first_difference();
        if (i < std::min(lines_.size(), held_.size())) {
            return difference();
        }
        if (base_ + lines_.size() < known_) {
            return at(Flaw::truncated, base_ + lines_.size(), walked_.end,
                      fmt::format("entry {} and all behind it are missing: {} entries were sealed, "
                                  "the log ends after {}",
                                  base_ + lines_.size(), known_, base_ + lines_.size()));
        }
        const Place place = i < lines_.size() ? lines_[i].place : walked_.stopped_at;
        return seal_damaged(known_, place, "it is cut off or no longer a seal");
    }

  private:
    std::size_t first_difference() const {
        const std::size_t both = std::min(lines_.size(), held_.size());
        std::size_t i = 0;
        while (i < both && lines_[i].hash == held_[i]) {
            ++i;
        }
        return i;
    }

    bool line_is(std::size_t line, std::size_t held) const {
        return line < lines_.size() && held < held_.size() && lines_[line].hash == held_[held];
    }

    Finding difference() const {
        const auto i = first_difference();
        const std::uint64_t entry = base_ + i;
        const Place place = i < lines_.size() ? lines_[i].place : walked_.stopped_at;
        if (line_is(i, i + 1) && line_is(i + 1, i)) {
            return at(Flaw::reordered, entry, place,
                      fmt::format("entries {} and {} changed places", entry, entry + 1));
        }
        if (i >= lines_.size() || line_is(i, i + 1)) {
            return at(Flaw::missing, entry, place, fmt::format("entry {} was taken out", entry));
        }
        if ((i >= held_.size() || line_is(i + 1, i)) && !lines_[i].like_entry) {
            return seal_damaged(entry, place, "a line stands there that is neither seal nor entry");
        }
        if (i >= held_.size() || line_is(i + 1, i)) {
            return at(Flaw::inserted, entry == 0 ? 0 : entry - 1, place,
                      fmt::format("{}: a line that was never sealed stands behind {}",
                                  at_place(place),
                                  entry == 0 ? "nothing" : fmt::format("entry {}", entry - 1)));
        }
        return at(Flaw::altered, entry, place,
                  fmt::format("entry {} ({}) is not what was sealed: its bytes were altered", entry,
                              at_place(place)));
    }

    Finding group_unclear(std::uint64_t sealed_size) const {
        const Place place = lines_.empty() ? walked_.stopped_at : lines_.front().place;
        const std::uint64_t last = sealed_size - 1;
        return at(Flaw::altered, base_, place,
                  base_ == last
                      ? fmt::format("entry {} ({}) is not what was sealed", base_, at_place(place))
                      : fmt::format("one of the entries {} to {} ({}) is not what was sealed; the "
                                    "tiles are gone or altered too, so which one cannot be said",
                                    base_, last, at_place(place)));
    }

    Finding seal_damaged(std::uint64_t covered, Place place, const std::string& why) const {
        const std::uint64_t entry = covered == 0 ? 0 : covered - 1;
        return at(Flaw::seal, entry, place,
                  fmt::format("the seal behind entry {} ({}) is damaged: {}", entry,
                              at_place(place), why));
    }

    static Finding at(Flaw flaw, std::uint64_t entry, Place place, std::string message) {
        return {.flaw = flaw,
                .entry = entry,
                .segment = Layout::segment_name(place.segment),
                .offset = place.offset,
                .message = std::move(message)};
    }

    const Walked& walked_;
    const std::vector<Leaf>& lines_;
    std::uint64_t base_;
    std::uint64_t known_;
    std::vector<core::Digest> held_; ///< the tiles' hashes for the group
    bool proven_ = false;            ///< the signed root shows that they are the sealed ones
};

Finding unsealed(const Walked& walked) {
    return {.flaw = Flaw::unsealed,
            .entry = walked.tree.size(),
            .segment = Layout::segment_name(walked.end.segment),
            .offset = walked.end.offset,
            .message = fmt::format(
                "what stands behind byte {} of {} was never sealed, so nobody was told it is on "
                "record; a crash leaves this, and agentd-auditd sets it aside when it starts",
                walked.end.offset, Layout::segment_name(walked.end.segment))};
}

} // namespace

std::optional<Finding> pinpoint(const Walked& walked, TileReader& tiles, std::uint64_t known_size,
                                bool live) {
    const Pinpoint look(walked, tiles, std::max(known_size, walked.tree.size()));
    const bool all_there = known_size <= walked.tree.size();
    switch (walked.stop) {
    case Stop::end:
        return all_there ? std::nullopt : std::optional(look.end());
    case Stop::mismatch:
        return look.mismatch();
    case Stop::bad_seal:
        return look.bad_seal();
    case Stop::torn:
    case Stop::unsealed:
        if (all_there) {
            return live ? std::nullopt : std::optional(unsealed(walked));
        }
        return look.end();
    case Stop::misplaced:
        return Finding{.flaw = Flaw::missing,
                       .entry = walked.tree.size(),
                       .segment = Layout::segment_name(walked.stopped_at.segment),
                       .offset = walked.stopped_at.offset,
                       .message = fmt::format("entry {} does not stand where it belongs: a segment "
                                              "is not whole",
                                              walked.tree.size())};
    }
    return std::nullopt;
}

} // namespace agentd::audit

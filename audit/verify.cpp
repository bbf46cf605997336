#include "audit/verify.hpp"

#include "agentd/core/fd.hpp"
#include "audit/entry.hpp"
#include "audit/ids.hpp"
#include "audit/pinpoint.hpp"
#include "audit/recover.hpp"
#include "audit/tiles.hpp"
#include "audit/walk.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace agentd::audit {

namespace {

constexpr std::size_t max_checkpoint = 4096;

/// Looks over one directory; keeps the first finding of each rank.
class Verifier {
  public:
    Verifier(const std::string& directory, const VerifyOptions& options)
        : layout_{.directory = directory, .segment_leaves = options.segment_leaves},
          options_(options), tiles_(layout_) {}

    VerifyReport run() {
        const auto key = choose_key();
        if (!key) {
            return std::move(report_);
        }
        report_.vkey = key->str();
        read_checkpoint(*key);
        const Walked walked = walk(layout_, *key, visits());
        report_.size = walked.tree.size();
        report_.root = walked.tree.root();
        report_.seals = walked.seals;
        report_.problem = pinpoint(walked, tiles_, known_size(), options_.live);
        for (auto* lesser : {&fork_, &checkpoint_trouble_, &not_strict_, &tile_}) {
            if (!report_.problem) {
                report_.problem = *lesser;
            }
        }
        look_for_strangers();
        return std::move(report_);
    }

  private:
    void found(Flaw flaw, std::uint64_t entry, std::string file, std::string message) {
        report_.problem = Finding{.flaw = flaw,
                                  .entry = entry,
                                  .segment = std::move(file),
                                  .message = std::move(message)};
    }

    std::optional<VerifierKey> choose_key() {
        if (layout_.segments().count == 0) {
            found(Flaw::no_log, 0, Layout::segment_name(0),
                  "there is no log in " + layout_.directory);
            return std::nullopt;
        }
        const auto text = vkey_of_log(layout_);
        const auto own = text ? VerifierKey::parse(*text) : std::nullopt;
        if (options_.key) {
            if (own && *own != *options_.key) {
                found(Flaw::wrong_key, 0, Layout::segment_name(0),
                      "this log was sealed with " + own->str() + ", not with the key given");
                return std::nullopt;
            }
            return options_.key;
        }
        if (!own) {
            found(Flaw::altered, 0, Layout::segment_name(0),
                  "entry 0 does not hold the log's key: it was altered or cut off");
        }
        return own;
    }

    void read_checkpoint(const VerifierKey& key) {
        const auto note = core::read_file_if_exists(layout_.checkpoint_path(), max_checkpoint);
        if (!note) {
            return;
        }
        const auto opened = open_note(*note, key);
        if (opened) {
            checkpoint_ = *opened;
            return;
        }
        checkpoint_trouble_ =
            Finding{.flaw = Flaw::checkpoint,
                    .segment = "checkpoint",
                    .message = "the checkpoint file is damaged: " + opened.problem().message +
                               "; agentd-auditd writes it again when it starts"};
    }

    std::uint64_t known_size() const {
        std::uint64_t known = tiles_.size();
        known = std::max(known, checkpoint_ ? checkpoint_->size : 0);
        return std::max(known, options_.anchor ? options_.anchor->size : 0);
    }

    Visits visits() {
        return {.line =
                    [this](std::uint64_t number, std::string_view line, Place place) {
                        if (options_.strict && !not_strict_) {
                            look_strictly(number, line, place);
                        }
                    },
                .sealed =
                    [this](const Tree& before, const std::vector<Leaf>& leaves) {
                        compare_tiles(before.size(), leaves);
                        compare_head(options_.anchor, "the anchor", before, leaves);
                        compare_head(checkpoint_, "the checkpoint file", before, leaves);
                    }};
    }

    void look_strictly(std::uint64_t number, std::string_view line, Place place) {
        const auto complain = [&](const std::string& why) {
            not_strict_ = Finding{.flaw = Flaw::not_strict,
                                  .entry = number,
                                  .segment = Layout::segment_name(place.segment),
                                  .offset = place.offset,
                                  .message = fmt::format("entry {}: {}", number, why)};
        };
        const auto entry = parse_line(line);
        if (!entry) {
            complain(entry.problem().message);
            return;
        }
        if (number == 0 && entry->type() != "log.opened") {
            complain("the first entry is not log.opened");
        } else if (!ids_.add(entry->draft.id.str(), number)) {
            complain("its id was used before");
        } else if (entry->stamp.boot_id == last_.boot_id && entry->stamp.mono_us < last_.mono_us) {
            complain("time since boot went back");
        }
        last_ = entry->stamp;
    }

    void compare_tiles(std::uint64_t first, const std::vector<Leaf>& leaves) {
        for (std::size_t i = 0; i < leaves.size() && !tile_; ++i) {
            const std::uint64_t entry = first + i;
            const auto held = tiles_.leaf(entry);
            if (held && *held != leaves[i].hash) {
                tile_ = Finding{
                    .flaw = Flaw::tile,
                    .entry = entry,
                    .segment = "tile/0",
                    .offset = entry % tile_width * core::Digest::size,
                    .message = fmt::format("the tile's hash of entry {} is not that of the sealed "
                                           "entry; tiles are a cache and made again at start",
                                           entry)};
            }
        }
    }

    void compare_head(const std::optional<Checkpoint>& head, std::string_view name,
                      const Tree& before, const std::vector<Leaf>& leaves) {
        if (!head || fork_ || head->size <= before.size() ||
            head->size > before.size() + leaves.size()) {
            return;
        }
        Tree tree = before;
        for (std::size_t i = 0; tree.size() < head->size; ++i) {
            tree.append(leaves[i].hash);
        }
        if (tree.root() != head->root) {
            fork_ = Finding{.flaw = Flaw::forked,
                            .entry = head->size - 1,
                            .segment = Layout::segment_name(leaves.front().place.segment),
                            .offset = leaves.front().place.offset,
                            .message = fmt::format("{} was signed over {} other entries: this log "
                                                   "is not its continuation",
                                                   name, head->size)};
        }
    }

    void look_for_strangers() {
        const auto strangers = layout_.segments().strangers;
        if (!report_.problem && !strangers.empty()) {
            found(Flaw::stranger, report_.size, strangers.front(),
                  "log/" + strangers.front() +
                      " does not belong there, or a segment before it is "
                      "missing");
        }
    }

    Layout layout_;
    const VerifyOptions& options_;
    TileReader tiles_;
    VerifyReport report_{.root = Tree{}.root()};
    std::optional<Checkpoint> checkpoint_;
    std::optional<Finding> fork_;
    std::optional<Finding> checkpoint_trouble_;
    std::optional<Finding> not_strict_;
    std::optional<Finding> tile_;
    IdIndex ids_;
    Stamp last_;
};

} // namespace

std::string_view to_string(Flaw flaw) noexcept {
    switch (flaw) {
    case Flaw::no_log:
        return "no_log";
    case Flaw::altered:
        return "altered";
    case Flaw::missing:
        return "missing";
    case Flaw::inserted:
        return "inserted";
    case Flaw::reordered:
        return "reordered";
    case Flaw::seal:
        return "seal";
    case Flaw::wrong_key:
        return "wrong_key";
    case Flaw::truncated:
        return "truncated";
    case Flaw::unsealed:
        return "unsealed";
    case Flaw::forked:
        return "forked";
    case Flaw::checkpoint:
        return "checkpoint";
    case Flaw::tile:
        return "tile";
    case Flaw::not_strict:
        return "not_strict";
    case Flaw::stranger:
        return "stranger";
    }
    return "unknown";
}

VerifyReport verify_directory(const std::string& directory, const VerifyOptions& options) {
    return Verifier(directory, options).run();
}

} // namespace agentd::audit

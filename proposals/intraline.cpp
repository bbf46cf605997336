#include "proposals/intraline.hpp"

#include <algorithm>
#include <iterator>
#include <span>
#include <string_view>
#include <utility>

namespace agentd::proposals {

namespace {

// What a person can compare at a look; more is only work.
constexpr std::size_t longest_block = 24;
constexpr std::size_t most_words = 160;
// A digest is one word, however long.
constexpr std::uint32_t heaviest = 6;

struct Word {
    std::string_view text{};
    LineSpan span{};
    std::uint32_t weight = 0; ///< 0: blank
};

bool is_blank(char c) noexcept {
    return c == ' ' || c == '\t';
}

/// Bytes above ASCII count as letters, so that no code point is cut.
bool is_letter(char c) noexcept {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '-' || c == '\'' || static_cast<unsigned char>(c) >= 0x80;
}

std::uint32_t code_points(std::string_view text) noexcept {
    return static_cast<std::uint32_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
}

/// Empty of a line with too many.
std::vector<Word> words_of(std::string_view line) {
    std::vector<Word> out;
    std::uint32_t at = 0;
    while (!line.empty()) {
        const auto same = is_blank(line[0]) ? is_blank : is_letter;
        const auto end =
            same(line[0]) ? std::find_if_not(line.begin(), line.end(), same) : line.begin() + 1;
        const auto text = line.substr(0, static_cast<std::size_t>(end - line.begin()));
        const std::uint32_t length = code_points(text);
        out.push_back({.text = text,
                       .span = {.start = at, .end = at + length},
                       .weight = is_blank(text[0]) ? 0 : std::min(length, heaviest)});
        at += length;
        line.remove_prefix(text.size());
        if (out.size() > most_words) {
            return {};
        }
    }
    return out;
}

/// The words that count, sorted, to be compared with those of many other lines.
struct Bag {
    std::vector<std::pair<std::string_view, std::uint32_t>> words{}; ///< and the weight of each
    std::uint32_t weight = 0;
};

Bag bag_of(const std::vector<Word>& words) {
    Bag out;
    for (const Word& word : words) {
        if (word.weight > 0) {
            out.words.emplace_back(word.text, word.weight);
            out.weight += word.weight;
        }
    }
    std::sort(out.words.begin(), out.words.end());
    return out;
}

/// What two lines have in common, in hundredths, without regard to the order of words.
std::uint32_t likeness(const Bag& before, const Bag& after) {
    std::uint32_t common = 0;
    auto left = before.words.begin();
    auto right = after.words.begin();
    while (left != before.words.end() && right != after.words.end()) {
        const int order = left->first.compare(right->first);
        common += order == 0 ? 2 * left->second : 0;
        left += order <= 0 ? 1 : 0;
        right += order >= 0 ? 1 : 0;
    }
    const std::uint32_t all = before.weight + after.weight;
    return all == 0 ? 0 : common * 100 / all;
}
constexpr std::uint32_t alike = 40;

/// A table of one row and column more than there are pairs, filled from its end.
class Table {
  public:
    Table(std::size_t rows, std::size_t columns)
        : columns_(columns + 1), cells_((rows + 1) * (columns + 1)) {}
    std::uint32_t& at(std::size_t row, std::size_t column) {
        return cells_[row * columns_ + column];
    }

  private:
    std::size_t columns_;
    std::vector<std::uint32_t> cells_;
};

/// The pairs (i, j), in order, whose gains add up to the most. `gain` of 0 is no pair.
template <class Gain>
std::vector<std::pair<std::size_t, std::size_t>> align(std::size_t rows, std::size_t columns,
                                                       const Gain& gain) {
    Table best(rows, columns), own(rows, columns);
    for (std::size_t i = rows; i-- > 0;) {
        for (std::size_t j = columns; j-- > 0;) {
            own.at(i, j) = gain(i, j);
            const auto paired = own.at(i, j) == 0 ? 0 : own.at(i, j) + best.at(i + 1, j + 1);
            best.at(i, j) = std::max({paired, best.at(i + 1, j), best.at(i, j + 1)});
        }
    }
    std::vector<std::pair<std::size_t, std::size_t>> out;
    for (std::size_t i = 0, j = 0; i < rows && j < columns;) {
        if (own.at(i, j) > 0 && best.at(i, j) == own.at(i, j) + best.at(i + 1, j + 1)) {
            out.emplace_back(i++, j++);
        } else if (best.at(i, j) == best.at(i + 1, j)) {
            ++i;
        } else {
            ++j;
        }
    }
    return out;
}

/// The spans of the words that are not kept. What stands between two of them and is hardly more
/// than nothing belongs to them.
std::vector<LineSpan> spans_of(const std::vector<Word>& words, const std::vector<bool>& kept) {
    std::vector<LineSpan> out;
    std::uint32_t between = heaviest;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (kept[i]) {
            between += words[i].weight;
        } else if (!out.empty() && between <= 1) {
            out.back().end = words[i].span.end;
            between = 0;
        } else {
            out.push_back(words[i].span);
            between = 0;
        }
    }
    return out;
}

void mark(DiffLine& before, const std::vector<Word>& old_words, DiffLine& after,
          const std::vector<Word>& new_words) {
    std::vector<bool> old_kept(old_words.size()), new_kept(new_words.size());
    const auto common =
        align(old_words.size(), new_words.size(), [&](std::size_t i, std::size_t j) {
            return old_words[i].text == new_words[j].text ? 2 * old_words[i].weight + 1 : 0;
        });
    for (const auto& [i, j] : common) {
        old_kept[i] = true;
        new_kept[j] = true;
    }
    before.changed = spans_of(old_words, old_kept);
    after.changed = spans_of(new_words, new_kept);
}

void mark_block(std::span<DiffLine> removed, std::span<DiffLine> added) {
    if (removed.size() > longest_block || added.size() > longest_block) {
        return;
    }
    const auto read = [](std::span<DiffLine> lines) {
        std::vector<std::vector<Word>> out;
        for (const DiffLine& line : lines) {
            out.push_back(words_of(line.text));
        }
        return out;
    };
    const auto bags = [](const std::vector<std::vector<Word>>& lines) {
        std::vector<Bag> out;
        std::transform(lines.begin(), lines.end(), std::back_inserter(out), bag_of);
        return out;
    };
    const auto before = read(removed), after = read(added);
    const auto old_bags = bags(before), new_bags = bags(after);
    const auto pairs = align(before.size(), after.size(), [&](std::size_t i, std::size_t j) {
        const auto found = likeness(old_bags[i], new_bags[j]);
        return found < alike ? 0 : found;
    });
    for (const auto& [i, j] : pairs) {
        removed[i].pair = added[j].new_line;
        added[j].pair = removed[i].old_line;
        mark(removed[i], before[i], added[j], after[j]);
    }
}

} // namespace

void mark_changes(DiffHunk& hunk) {
    const std::span lines(hunk.lines);
    const auto run = [&](std::size_t from, char kind) {
        std::size_t end = from;
        while (end < lines.size() && lines[end].kind == kind) {
            ++end;
        }
        return end - from;
    };
    for (std::size_t at = 0; at < lines.size();) {
        const auto removed = run(at, '-');
        const auto added = run(at + removed, '+');
        mark_block(lines.subspan(at, removed), lines.subspan(at + removed, added));
        at += std::max<std::size_t>(removed + added, 1);
    }
}

} // namespace agentd::proposals

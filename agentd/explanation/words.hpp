/// @file
/// A proposer's text as plain words, for looking up phrases in it.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::explanation {

/// Lower-case words of letters, digits and `. _ - + /` between them. The end of a sentence or a
/// line is an empty word, so that no phrase goes across it. At most 4,000.
class Words {
  public:
    explicit Words(std::string_view text);

    /// Where the phrase (words with one space between) begins, from `start` on; nullopt when not at
    /// all.
    std::optional<std::size_t> find(std::string_view phrase, std::size_t start = 0) const;
    bool has(std::string_view phrase) const { return find(phrase).has_value(); }
    /// One of these words stands anywhere.
    bool has_any(std::initializer_list<std::string_view> words) const;
    /// The same of one word, by a table.
    bool contains(std::string_view word) const { return sorted_.contains(word); }
    /// "" behind the end.
    const std::string& at(std::size_t index) const;
    std::size_t size() const noexcept { return words_.size(); }

  private:
    std::vector<std::string> words_;
    std::set<std::string, std::less<>> sorted_;
};

} // namespace agentd::explanation

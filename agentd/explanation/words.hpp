/// @file
/// A proposer's text as plain words, for looking up phrases in it.
#pragma once

#include <optional>
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
    /// "" behind the end.
    const std::string& at(std::size_t index) const;
    std::size_t size() const noexcept { return words_.size(); }

  private:
    std::vector<std::string> words_;
};

} // namespace agentd::explanation

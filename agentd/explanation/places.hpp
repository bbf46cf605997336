/// @file
/// The line of the change that brought a fact about, or where the fact is found in what was built.
#pragma once

#include "agentd/explanation/explanation.hpp"

#include <map>
#include <set>

namespace agentd::explanation {

/// Reads the sources once. They are hints for people and may be wrong: of an option of the change
/// that is known to lead to such a fact, else of the first changed line that names its subject,
/// else of the file in the built system.
class Places {
  public:
    explicit Places(const Sources& sources);

    /// nullopt when none can be told.
    std::optional<Place> of(const proposals::Effect& effect) const;

  private:
    struct Option {
        const proposals::OptionChange* change;
        std::set<std::string> words;
    };
    void read_lines(const proposals::DiffFile& file, char kind);
    std::optional<Place> from_options(const proposals::Effect& effect) const;

    std::vector<Option> options_;
    std::map<std::string, Place, std::less<>> lines_; ///< the first line that has the word
    std::size_t read_ = 0;
};

} // namespace agentd::explanation

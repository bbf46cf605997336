#include "agentd/core/text.hpp"
#include "evaluator/index/index_state.hpp"

#include <algorithm>

namespace agentd::evaluator {
namespace {

/// Names that hold `wanted`, the shortest first, then names spelled alike.
std::vector<std::string> near(std::string_view wanted, const std::vector<std::string>& names,
                              std::size_t limit) {
    constexpr std::size_t most_letters = 80;
    const std::string lower = core::to_lower(wanted.substr(0, most_letters));
    std::vector<std::string> out;
    if (lower.size() >= 3) {
        std::copy_if(names.begin(), names.end(), std::back_inserter(out),
                     [&](const std::string& name) {
                         return core::to_lower(name).find(lower) != std::string::npos;
                     });
        std::stable_sort(out.begin(), out.end(),
                         [](const auto& a, const auto& b) { return a.size() < b.size(); });
    }
    auto alike = core::nearest(lower, names, limit);
    // One that is spelled almost the same is meant more often than one that merely holds the word.
    const bool typo =
        !alike.empty() && core::edit_distance(lower, core::to_lower(alike.front())) <= 2;
    out.insert(typo ? out.begin() : out.end(), alike.begin(), alike.end());
    std::vector<std::string> unique;
    for (auto& name : out) {
        if (unique.size() < limit &&
            std::find(unique.begin(), unique.end(), name) == unique.end()) {
            unique.push_back(std::move(name));
        }
    }
    return unique;
}

constexpr std::string_view service_start = "services.";
constexpr std::string_view service_end = ".enable";

} // namespace

std::vector<std::string> OptionIndex::nearest_options(std::string_view wanted,
                                                      std::size_t limit) const {
    return near(wanted, state_->texts("SELECT path FROM option WHERE hidden = 0 ORDER BY path"),
                limit);
}

std::vector<std::string> OptionIndex::nearest_packages(std::string_view wanted,
                                                       std::size_t limit) const {
    std::vector<std::string> out;
    auto row = state_->database.prepare(
        "SELECT attribute FROM package WHERE pname = ? AND pname <> '' ORDER BY attribute LIMIT ?");
    row.bind(wanted, static_cast<std::int64_t>(limit));
    while (row.step()) {
        out.push_back(row.text(0));
    }
    for (auto& name :
         near(wanted, state_->texts("SELECT attribute FROM package ORDER BY attribute"), limit)) {
        if (out.size() < limit && std::find(out.begin(), out.end(), name) == out.end()) {
            out.push_back(std::move(name));
        }
    }
    return out;
}

std::vector<std::string> OptionIndex::nearest_services(std::string_view wanted,
                                                       std::size_t limit) const {
    std::vector<std::string> names;
    for (const auto& path :
         state_->texts("SELECT path FROM option WHERE path GLOB 'services.*.enable' AND "
                       "hidden = 0 ORDER BY path")) {
        auto name = path.substr(service_start.size(),
                                path.size() - service_start.size() - service_end.size());
        if (name.find('.') == name.npos) {
            names.push_back(std::move(name));
        }
    }
    return near(wanted, names, limit);
}

} // namespace agentd::evaluator

#include "evaluator/remainder.hpp"

#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>

namespace agentd::evaluator {
namespace {

constexpr std::size_t most_text = 4U << 20; ///< of one derivation; what is longer is cut
constexpr std::size_t most_names = 100;
constexpr std::size_t most_said = 3;

/// The file's beginning; "" when it cannot be read.
std::string beginning_of(const std::string& path) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "re"),
                                                               &std::fclose);
    std::string text;
    std::array<char, 65536> buffer{};
    while (file && text.size() < most_text) {
        const auto got = std::fread(buffer.data(), 1, buffer.size(), file.get());
        if (got == 0) {
            break;
        }
        text.append(buffer.data(), got);
    }
    return text;
}

/// Takes the quoted word at the beginning; nullopt when there is none. No word of an output has a
/// backslash in it.
std::optional<std::string_view> take_word(std::string_view& text) {
    const auto end = text.starts_with('"') ? text.find('"', 1) : text.npos;
    if (end == text.npos) {
        return std::nullopt;
    }
    const auto word = text.substr(1, end - 1);
    text.remove_prefix(end + 1);
    if (text.starts_with(',')) {
        text.remove_prefix(1);
    }
    return word;
}

template <class Wanted>
std::vector<std::string> names_of(const std::vector<core::StorePath>& derivations, Wanted wanted) {
    std::vector<std::string> out;
    for (const auto& derivation : derivations) {
        if (out.size() < most_names && wanted(nature_of(derivation))) {
            const auto name = derivation.name();
            out.emplace_back(name.substr(0, name.size() - 4)); // without .drv
        }
    }
    return out;
}

} // namespace

std::optional<DerivationNature> nature_of(std::string_view text) {
    constexpr std::string_view opening = "Derive([(";
    if (!text.starts_with(opening)) {
        return std::nullopt;
    }
    auto rest = text.substr(opening.size());
    const auto name = take_word(rest);
    const auto path = take_word(rest);
    const auto method = take_word(rest);
    const auto hash = take_word(rest);
    if (!name || !path || !method || !hash) {
        return std::nullopt;
    }
    DerivationNature out{.fixed_output = !method->empty() && !hash->empty()};
    // As an attribute of the environment, or in the JSON of `__structuredAttrs`.
    const auto says = [&](std::string_view plain, std::string_view json) {
        return text.find(plain) != text.npos || text.find(json) != text.npos;
    };
    const bool never = says(R"(("allowSubstitutes",""))", R"(\"allowSubstitutes\":false)");
    const bool may = says(R"(("allowSubstitutes","1"))", R"(\"allowSubstitutes\":true)");
    const bool near = says(R"(("preferLocalBuild","1"))", R"(\"preferLocalBuild\":true)");
    out.never_cached = never || (near && !may && !out.fixed_output);
    return out;
}

std::optional<DerivationNature> nature_of(const core::StorePath& derivation) {
    return nature_of(beginning_of(derivation.str()));
}

std::vector<std::string> fixed_outputs(const std::vector<core::StorePath>& derivations) {
    return names_of(derivations, [](const auto& each) { return each && each->fixed_output; });
}

std::vector<std::string> unreadable(const std::vector<core::StorePath>& derivations) {
    return names_of(derivations, [](const auto& each) { return !each; });
}

std::vector<std::string> may_be_cached(const std::vector<core::StorePath>& derivations) {
    return names_of(derivations, [](const auto& each) { return !each || !each->never_cached; });
}

core::Problem source_missing(const std::vector<std::string>& names) {
    return {.code = "source_missing",
            .message = a_few(names) + (names.size() == 1 ? " is a source" : " are sources") +
                       " that no cache of this machine has, and no build has a network to fetch " +
                       (names.size() == 1 ? "it" : "them"),
            .where = names.empty() ? "" : names.front(),
            .hint = "build it by hand once (nix build), or put it into a cache that "
                    "nix.settings.substituters names; then verify the proposal again"};
}

core::Problem nature_unknown(const std::vector<std::string>& names) {
    return {.code = "source_missing",
            .message = "the machine's Nix daemon would have to build " + a_few(names) +
                       ", and whether it would fetch something for that cannot be read",
            .where = names.empty() ? "" : names.front(),
            .hint = "build it by hand once (nix build), then verify the proposal again"};
}

std::string a_few(const std::vector<std::string>& names) {
    std::vector<std::string> said(
        names.begin(),
        names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), most_said)));
    const std::size_t more = names.size() - said.size();
    return core::printable(core::join(said, ", ")) +
           (more == 0 ? "" : " and " + std::to_string(more) + " more");
}

} // namespace agentd::evaluator

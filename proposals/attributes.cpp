#include "proposals/attributes.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>

namespace agentd::proposals {

namespace {

bool changes(std::string_view attribute) {
    // A filter (LFS, git-crypt) is no more than a name where no configuration has a driver for it,
    // and nothing that evaluates here reads one that has.
    constexpr std::array<std::string_view, 4> names{"export-ignore", "export-subst", "ident",
                                                    "working-tree-encoding"};
    if (attribute.starts_with('-') || attribute.starts_with('!')) {
        return false; // unset: nothing is done
    }
    const auto name = attribute.substr(0, attribute.find('='));
    return std::find(names.begin(), names.end(), name) != names.end() || attribute == "eol=crlf";
}

/// The words of a line after its pattern. Of a quoted pattern git goes on right behind the closing
/// quote; so every quote parts words there, and parts of the pattern count as words.
std::vector<std::string_view> words_of(std::string_view line) {
    const std::string_view blanks = line.starts_with('"') ? " \t\r\"" : " \t\r";
    std::vector<std::string_view> out;
    for (;;) {
        const auto start = line.find_first_not_of(blanks);
        if (start == std::string_view::npos) {
            break;
        }
        line.remove_prefix(start);
        const auto end = std::min(line.find_first_of(blanks), line.size());
        out.push_back(line.substr(0, end));
        line.remove_prefix(end);
    }
    if (!out.empty()) {
        out.erase(out.begin());
    }
    return out;
}

} // namespace

std::optional<std::string> attribute_that_changes(std::string_view text) {
    for (auto line : core::lines(text)) {
        line.remove_prefix(std::min(line.find_first_not_of(" \t\r"), line.size()));
        if (line.starts_with('#')) {
            continue;
        }
        const auto words = words_of(line); // of a macro (`[attr]x ident`) as of a pattern
        const auto found = std::find_if(words.begin(), words.end(), changes);
        if (found != words.end()) {
            return std::string(*found);
        }
    }
    return std::nullopt;
}

core::Result<core::Done> check_attributes(const Repository& repository,
                                          const core::Commit& commit) {
    const auto tree = repository.tree(commit);
    for (const auto& path : repository.list_files(commit)) {
        if (path != ".gitattributes" && !path.ends_with("/.gitattributes")) {
            continue;
        }
        const auto text = tree->read(path);
        const auto found =
            text ? attribute_that_changes(*text) : std::optional<std::string>("(not a file)");
        if (found) {
            return core::Problem{
                .code = "attributes",
                .message = "git would hand out other bytes than are committed: " + path +
                           " sets `" + core::printable(core::shorten(*found, 80)) + "`",
                .where = path,
                .hint = "what is evaluated has to be what the diff shows: take that line out"};
        }
    }
    return core::Done{};
}

} // namespace agentd::proposals

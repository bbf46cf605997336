#include "agentd/stages/parse.hpp"

#include "agentd/core/text.hpp"
#include "agentd/stages/lacking.hpp"
#include "agentd/stages/measure.hpp"
#include "proposals/nix/check.hpp"
#include "proposals/nix/tree.hpp"

#include <algorithm>

namespace agentd::stages {

namespace {

using proposals::EvidenceLevel;
using proposals::EvidenceStatus;

constexpr std::size_t longest_file = 1U << 20;
constexpr std::size_t most_bytes = 8U << 20; ///< of all files together
constexpr const char* too_much = "nix_limit";

/// What is wrong with a text by its grammar, or by the names it defines.
std::optional<core::Problem> wrong_in(const std::string& file, std::string text) {
    const auto read = proposals::nix::parse(std::move(text));
    if (const auto* error = std::get_if<proposals::nix::SyntaxError>(&read)) {
        auto problem = error->problem(file);
        if (error->expected.starts_with("at most ")) {
            problem.code = too_much; // for us, which says nothing of it
        }
        return problem;
    }
    const auto violation = proposals::nix::check(std::get<proposals::nix::Tree>(read));
    if (!violation) {
        return std::nullopt;
    }
    return core::Problem{.code = "nix_syntax",
                         .message = violation->message(),
                         .where = file + ":" + std::to_string(violation->at.line) + ":" +
                                  std::to_string(violation->at.column)};
}

struct Parsed {
    std::size_t files = 0;
    std::size_t unread = 0;
    std::optional<core::Problem> first{};
};

Parsed parse_changed(const Candidate& candidate, const std::stop_token& stop) {
    const auto repository = proposals::Repository::open_or_init_bare(candidate.source.repository);
    const auto tree = repository.tree(candidate.source.commit);
    Parsed out;
    std::size_t bytes = 0;
    for (const auto& file : candidate.options.diff) {
        auto text = file.path.ends_with(".nix") ? tree->read(file.path) : std::nullopt;
        if (!text) {
            continue;
        }
        bytes += text->size();
        if (text->size() > longest_file || bytes > most_bytes || stop.stop_requested()) {
            ++out.unread;
            continue;
        }
        auto wrong = wrong_in(core::printable(file.path), std::move(*text));
        if (wrong && wrong->code == too_much) {
            ++out.unread;
            continue;
        }
        ++out.files;
        if (wrong && !out.first) {
            out.first = std::move(wrong);
        }
    }
    return out;
}

std::string summary_of(const Parsed& parsed) {
    if (parsed.first) {
        return parsed.first->where + ": " + parsed.first->message + "; Nix decides";
    }
    const std::string read = parsed.files > 0 || parsed.unread == 0
                                 ? (parsed.files == 0 ? "no Nix file is changed"
                                                      : many(parsed.files, "Nix file") + " read")
                                 : "";
    return read + (parsed.unread == 0
                       ? ""
                       : (read.empty() ? "" : ", ") + many(parsed.unread, "Nix file") +
                             " too large to be read here");
}

} // namespace

std::optional<core::Problem> parse(const Candidate& candidate, const TestTools& tools,
                                   const Reporter& report, const std::stop_token& stop) {
    const Measure measure(EvidenceLevel::parse, tools);
    auto parsed = parse_changed(candidate, stop);
    report.evidence(measure.end(parsed.first        ? EvidenceStatus::failed
                                : parsed.unread > 0 ? EvidenceStatus::unjudged
                                                    : EvidenceStatus::passed,
                                summary_of(parsed), {}, ""));
    return std::move(parsed.first);
}

} // namespace agentd::stages

#include "agentd/stages/patch.hpp"

#include "agentd/core/match.hpp"
#include "agentd/core/text.hpp"
#include "agentd/stages/keep.hpp"
#include "agentd/stages/plan.hpp"
#include "proposals/flake/check.hpp"
#include "proposals/intake_path.hpp"

#include <algorithm>
#include <array>

namespace agentd::stages {

namespace {

using core::Problem;
using core::Result;
using proposals::IntakeFile;

/// Files that passed intake, and what they were made of where that was operations.
struct Taken {
    std::vector<IntakeFile> files{};
    std::optional<proposals::plan::Request> operations{};
    std::vector<proposals::plan::Step> steps{};
};

Result<Taken> take(Files given, const proposals::TreeReader& tree) {
    auto files = proposals::take_edits(std::move(given.edits), tree);
    if (!files) {
        return files.problem();
    }
    return Taken{.files = std::move(files).value(),
                 .operations = std::move(given.operations),
                 .steps = std::move(given.steps)};
}

Result<Taken> take(const Request& request, const PatchPlace& place) {
    const auto tree = place.repository.tree(place.head);
    return core::match(
        request.change,
        [&](const std::string& diff) -> Result<Taken> {
            auto files = proposals::take_patch(diff, *tree);
            return files ? Result<Taken>(Taken{.files = std::move(files).value()})
                         : files.problem();
        },
        [&](const proposals::plan::Request& operations) -> Result<Taken> {
            auto files = planned(operations, place);
            return files ? take(std::move(files).value(), *tree) : files.problem();
        },
        [&](const Files& files) { return take(files, *tree); });
}

Problem stale(const core::Commit& base, const PatchPlace& place) {
    return {.code = "stale_base",
            .message = "the change was made for " + base.short_form() + ", but " + place.branch +
                       " is at " + place.head.short_form() + " now",
            .where = place.branch,
            .hint = "make the change again on the new head; nothing was taken"};
}

/// A title is one printable line.
std::string clean_title(std::string_view title) {
    // What is drawn for hidden characters is longer than they are: cut again.
    std::string line = core::shorten(core::printable(core::shorten(core::trim(title), 400)), 100);
    for (char& c : line) {
        c = c == '\n' || c == '\t' ? ' ' : c;
    }
    return line.empty() ? "a change without a title" : line;
}

proposals::Draft describe(const Request& request, const PatchPlace& place,
                          const core::Commit& candidate, const Taken& taken) {
    const auto files = place.repository.diff(place.head, candidate);
    proposals::Change change{
        .base_commit = place.head.str(),
        .base_branch = place.branch,
        .candidate_commit = candidate.str(),
        .candidate_tree = place.repository.tree_digest(candidate).hex(),
        .diff_blob = keep(place.blobs, proposals::as_text(files)).hex(),
    };
    if (const auto* diff = std::get_if<std::string>(&request.change)) {
        change.patch_blob = keep(place.blobs, *diff).hex();
    }
    if (taken.operations) {
        change.operations = taken.operations->operations;
        change.plan = {.hosts = taken.operations->hosts,
                       .every_host = taken.operations->every_host,
                       .steps = taken.steps};
    }
    for (const auto& file : files) {
        const auto of =
            std::find_if(taken.files.begin(), taken.files.end(),
                         [&](const IntakeFile& one) { return one.edit.path == file.path; });
        change.files.push_back(
            {.path = file.path,
             .change = file.change,
             .flags = of == taken.files.end() ? std::vector<proposals::Flag>{} : of->flags});
    }
    auto draft = draft_of(request, place.host);
    draft.revision = std::move(change);
    return draft;
}

/// What passed intake, as a candidate.
Result<proposals::Draft> name(const Request& request, const PatchPlace& place,
                              const core::ProposalId& id, const core::Commit& candidate,
                              const Taken& taken) {
    if (const auto set = place.repository.set_ref(id, candidate); !set) {
        return set.problem();
    }
    return describe(request, place, candidate, taken);
}

} // namespace

proposals::Draft draft_of(const Request& request, const core::HostName& host) {
    return {.host = host.str(),
            .title = clean_title(request.title),
            .rationale = core::shorten(core::to_utf8(request.rationale),
                                       proposals::Draft::max_rationale - 8),
            .proposer = request.proposer,
            .source = request.source,
            .goal = request.goal,
            .observation = request.observation};
}

Result<proposals::Draft> patch(const Request& request, const PatchPlace& place,
                               const core::ProposalId& id, core::Instant now) {
    if (request.base && *request.base != place.head) {
        return stale(*request.base, place);
    }
    const auto taken = take(request, place);
    if (!taken) {
        return taken.problem();
    }
    const auto base = place.repository.tree(place.head);
    if (const auto fits = proposals::flake::check_flakes(taken->files, *base); !fits) {
        return fits.problem();
    }
    std::vector<proposals::FileEdit> edits;
    for (const IntakeFile& file : taken->files) {
        edits.push_back(file.edit);
    }
    const auto candidate =
        place.repository.commit_edits(place.head, edits,
                                      {.title = clean_title(request.title),
                                       .rationale = core::printable(request.rationale),
                                       .proposal = id,
                                       .host = place.host},
                                      now);
    if (!candidate) {
        return candidate.problem();
    }
    return name(request, place, id, *candidate, *taken);
}

bool of_the_forge(const proposals::FileEdit& edit) {
    constexpr std::array<std::string_view, 4> folders{".github/", ".gitlab/", ".gitea/",
                                                      ".forgejo/"};
    constexpr std::array<std::string_view, 3> names{".gitignore", ".gitlab-ci.yml",
                                                    ".git-blame-ignore-revs"};
    const std::string_view path = edit.path;
    const auto rest = path.substr(path.find('/') == path.npos ? 0 : path.find('/') + 1);
    const bool forge = std::any_of(folders.begin(), folders.end(),
                                   [&](auto folder) { return path.starts_with(folder); }) &&
                       rest.find("/.git") == rest.npos && !rest.starts_with(".git");
    const auto name = path.substr(path.rfind('/') + 1);
    const bool top =
        path.find('/') == path.npos && std::find(names.begin(), names.end(), name) != names.end();
    const bool plain = std::all_of(path.begin(), path.end(), [](char c) {
        return c > ' ' && c < 0x7F &&
               std::string_view("\\\":*?<>|").find(c) == std::string_view::npos;
    });
    const bool text =
        edit.mode == proposals::FileMode::file || edit.mode == proposals::FileMode::executable;
    return (forge || top) && plain && text && !proposals::is_evaluated_text(path);
}

Result<proposals::Draft> adopt(const Request& request, const PatchPlace& place,
                               const core::ProposalId& id, const core::Commit& candidate) {
    const proposals::IntakeLimits limits;
    auto edits = place.repository.edits(place.head, candidate, limits);
    if (!edits) {
        return edits.problem();
    }
    if (edits->empty()) {
        return Problem{.code = "no_change",
                       .message = "the files of " + candidate.short_form() + " are those of " +
                                  place.head.short_form()};
    }
    std::erase_if(*edits, of_the_forge);
    const auto tree = place.repository.tree(place.head);
    auto files = edits->empty() ? Result<std::vector<IntakeFile>>(std::vector<IntakeFile>{})
                                : proposals::take_edits(std::move(*edits), *tree, limits);
    if (!files) {
        return files.problem();
    }
    if (const auto fits = proposals::flake::check_flakes(*files, *tree); !fits) {
        return fits.problem();
    }
    return name(request, place, id, candidate, {.files = std::move(files).value()});
}

} // namespace agentd::stages

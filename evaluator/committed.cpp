#include "evaluator/committed.hpp"

#include "agentd/core/text.hpp"
#include "proposals/attributes.hpp"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <set>

namespace agentd::evaluator {

namespace {

/// A folder that goes with the value; "" where none can be made.
class OwnFolder {
  public:
    explicit OwnFolder(const std::string& below) : path_(below + "/attributes-XXXXXX") {
        if (::mkdtemp(path_.data()) == nullptr) {
            path_.clear();
        }
    }
    ~OwnFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    OwnFolder(const OwnFolder&) = delete;
    OwnFolder& operator=(const OwnFolder&) = delete;
    const std::string& path() const noexcept { return path_; }

  private:
    std::string path_;
};

/// Every file and, with a slash behind it, every folder: a folder can be left out as a whole.
std::string places(const std::vector<std::string>& files) {
    std::set<std::string> folders;
    std::string out;
    for (const auto& file : files) {
        out += file + '\0';
        for (auto slash = file.rfind('/'); slash != std::string::npos && slash > 0;
             slash = file.rfind('/', slash - 1)) {
            if (!folders.insert(file.substr(0, slash + 1)).second) {
                break;
            }
        }
    }
    for (const auto& folder : folders) {
        out += folder + '\0';
    }
    return out;
}

/// The first place of git's answers, `path NUL attribute NUL value NUL`, that is handed out
/// otherwise; "" when none is.
std::string first_changed(std::string_view answers) {
    std::array<std::string_view, 3> row{};
    for (std::size_t n = 0; !answers.empty(); ++n) {
        const auto end = std::min(answers.find('\0'), answers.size());
        row[n % 3] = answers.substr(0, end);
        answers.remove_prefix(std::min(end + 1, answers.size()));
        if (n % 3 != 2 || row[2] == "unspecified" || row[2] == "unset") {
            continue;
        }
        if (row[1] != "eol" || row[2] == "crlf") {
            return std::string(row[0]);
        }
    }
    return {};
}

/// What git says of all of the commit; nullopt when it says nothing.
std::optional<std::string> first_met(const Nix& nix, const FlakeSource& source,
                                     const std::vector<std::string>& files,
                                     const std::stop_token& stop) {
    const OwnFolder folder(nix.settings().scratch + "/tmp");
    if (folder.path().empty()) {
        return std::nullopt;
    }
    auto read = nix.git(source.repository, {"read-tree", source.commit.str()});
    auto check =
        nix.git(source.repository, {"check-attr", "--cached", "-z", "--stdin", "export-ignore",
                                    "export-subst", "ident", "working-tree-encoding", "eol"});
    for (auto* each : {&read, &check}) {
        each->environment["GIT_INDEX_FILE"] = folder.path() + "/index";
    }
    check.input = places(files);
    check.out = {.bytes = 256U << 20, .above = sandbox::Cap::Above::stop};
    if (!sandbox::run(read, stop).succeeded()) {
        return std::nullopt;
    }
    const auto outcome = sandbox::run(check, stop);
    return outcome.succeeded() ? std::optional(first_changed(outcome.out.bytes)) : std::nullopt;
}

} // namespace

core::Result<core::Done> as_committed(const Nix& nix, const FlakeSource& source,
                                      const std::stop_token& stop) {
    std::error_code error;
    if (!std::filesystem::exists(source.repository + "/HEAD", error)) {
        return core::Done{}; // Nix says that there is none
    }
    const auto repository = proposals::Repository::open_or_init_bare(source.repository);
    if (!repository.has_commit(source.commit)) {
        return core::Done{};
    }
    auto suspected = proposals::check_attributes(repository, source.commit);
    if (suspected) {
        return suspected;
    }
    const auto met = first_met(nix, source, repository.list_files(source.commit), stop);
    if (met && met->empty()) {
        return core::Done{}; // it is about files that are not there
    }
    auto problem = suspected.problem();
    if (met) {
        problem.message += " for " + core::printable(core::shorten(*met, 200));
    }
    return problem;
}

} // namespace agentd::evaluator

// What bench scripts time inside of one process, so that no start of a program is in it. Prints
// JSON.
#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"
#include "evaluator/index/make_index.hpp"
#include "evaluator/index/option_index.hpp"
#include "proposals/git.hpp"
#include "proposals/intake.hpp"
#include "store/sqlite.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <iostream>
#include <string>
#include <vector>

using namespace agentd;

namespace {

constexpr const char* usage =
    "agentd-bench-tool index FILE          < what evaluator/nix/index.nix answered, as JSON\n"
    "agentd-bench-tool search INDEX       < queries, one a line: milliseconds of each search, and "
    "of looking for\n"
    "                                     the same words through all names and descriptions\n"
    "agentd-bench-tool intake REPOSITORY COMMIT PATCH ROUNDS FILES\n"
    "                                     take_patch, and a commit of it, on a bare repository of "
    "agentd's own\n";

struct Took {
    core::Json clock = core::Json::array();
    core::Json processor = core::Json::array(); ///< of this thread: others take none of it

    template <class Work> void time(const Work& work) {
        const auto spent = processor_now();
        const auto began = std::chrono::steady_clock::now();
        work();
        const auto ended = std::chrono::steady_clock::now();
        clock.push_back(std::chrono::duration<double, std::milli>(ended - began).count());
        processor.push_back(processor_now() - spent);
    }
    static double processor_now() {
        timespec now{};
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
        return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
    }
    core::Json told() const { return {{"clock", clock}, {"processor", processor}}; }
};

/// What there is to search, in lower case, one option a text.
std::vector<std::string> all_texts(const std::string& file) {
    store::Database database(file, store::Access::read);
    auto row = database.prepare("SELECT path, description FROM option WHERE hidden = 0");
    std::vector<std::string> out;
    while (row.step()) {
        out.push_back(core::to_lower(row.text(0) + "\n" + row.text(1)));
    }
    return out;
}

std::size_t look_through(const std::vector<std::string>& texts, const std::string& query) {
    const std::string lower = core::to_lower(query);
    const auto words = core::split(lower, ' ');
    const auto answers = [&](const std::string& text) {
        return std::all_of(words.begin(), words.end(), [&](std::string_view word) {
            return text.find(word) != std::string::npos;
        });
    };
    return static_cast<std::size_t>(std::count_if(texts.begin(), texts.end(), answers));
}

int search(const std::string& file) {
    const auto index = evaluator::OptionIndex::open(file);
    if (!index) {
        std::cerr << "no index of this program's: " << file << '\n';
        return 1;
    }
    const auto texts = all_texts(file);
    Took ours;
    Took through;
    std::size_t answered = 0;
    std::size_t seen = 0;
    for (std::string query; std::getline(std::cin, query);) {
        ours.time([&] { answered += index->search(query).empty() ? 0 : 1; });
        through.time([&] { seen += look_through(texts, query); });
    }
    std::cout << core::Json{{"options", index->options()},
                            {"answered", answered},
                            {"seen", seen},
                            {"search", ours.told()},
                            {"through", through.told()}}
                     .dump()
              << '\n';
    return 0;
}

int index(const std::string& file) {
    evaluator::write_index(core::Json::parse(std::cin), file);
    return 0;
}

int intake(const std::vector<std::string>& given) {
    using namespace proposals;
    auto repository = Repository::open_or_init_bare(given[1]);
    const auto base = core::Commit::parse(given[2]).value();
    const std::string patch = core::read_file(given[3]);
    const IntakeLimits limits{.files = std::stoul(given[5])};
    const CommitMessage message{.title = "bench",
                                .proposal =
                                    core::ProposalId::parse("01ARZ3NDEKTSV4RRFFQ69G5FAV").value(),
                                .host = core::HostName::parse("bench").value()};
    Took taken;
    Took committed;
    std::string commit;
    std::size_t files = 0;
    for (int round = std::stoi(given[4]); round > 0; --round) {
        const auto tree = repository.tree(base);
        std::vector<FileEdit> edits;
        taken.time([&] {
            auto result = take_patch(patch, *tree, limits);
            if (!result) {
                throw core::Failure(core::FailureKind::misconfigured, result.problem().message,
                                    result.problem().where);
            }
            for (auto& file : *result) {
                edits.push_back(std::move(file.edit));
            }
        });
        files = edits.size();
        committed.time([&] {
            commit = repository.commit_edits(base, edits, message, core::Instant{}).value().str();
        });
    }
    std::cout << core::Json{{"bytes", patch.size()},
                            {"files", files},
                            {"commit", commit},
                            {"take", taken.told()},
                            {"make", committed.told()}}
                     .dump()
              << '\n';
    return 0;
}

int run(const std::vector<std::string>& arguments) {
    if (arguments.size() == 2 && arguments[0] == "index") {
        return index(arguments[1]);
    }
    if (arguments.size() == 2 && arguments[0] == "search") {
        return search(arguments[1]);
    }
    if (arguments.size() == 6 && arguments[0] == "intake") {
        return intake(arguments);
    }
    std::cerr << usage;
    return 64;
}

} // namespace

int main(int argc, char** argv) {
    try {
        return run({argv + 1, argv + argc});
    } catch (const std::exception& broken) {
        std::cerr << "agentd-bench-tool: " << broken.what() << '\n';
        return 1;
    }
}

#include "agentd/fetching/answer.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/line_socket.hpp"
#include "agentd/core/match.hpp"
#include "agentd/core/text.hpp"
#include "agentd/fetching/egress.hpp"
#include "agentd/fetching/half.hpp"
#include "agentd/fetching/inside.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <iostream>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace agentd::fetching {

namespace {

using core::Failure;
using core::FailureKind;
using core::Json;
using core::Problem;
using namespace std::chrono;

constexpr std::size_t most_line = 64U << 10;

struct Options {
    std::vector<std::string> origins{};
    evaluator::NixPrograms programs{};
    std::string work = "/var/tmp";
};

Options options_from(const std::vector<std::string>& words) {
    Options out;
    for (std::size_t i = 0; i < words.size(); i += 2) {
        const std::string value = i + 1 < words.size() ? words[i + 1] : "";
        if (value.empty()) {
            throw Failure(FailureKind::misconfigured, "a value is missing", words[i]);
        } else if (words[i] == "--origin") {
            out.origins.push_back(value);
        } else if (words[i] == "--nix") {
            out.programs.nix = value;
        } else if (words[i] == "--nix-store") {
            out.programs.nix_store = value;
        } else if (words[i] == "--git") {
            out.programs.git = value;
        } else if (words[i] == "--work" && value.starts_with('/')) {
            out.work = value;
        } else {
            throw Failure(FailureKind::misconfigured, "this is not understood",
                          words[i] + " " + value);
        }
    }
    return out;
}

/// What is done for a question.
struct Job {
    std::string subject{}; ///< for messages
    std::chrono::seconds seconds{};
    std::uint64_t bytes = 0;
    std::vector<Server> servers{};
    std::function<int(const Inside& inside, int out)> work{};
};

bool is_socket(int fd) {
    struct stat what {};
    return ::fstat(fd, &what) == 0 && S_ISSOCK(what.st_mode);
}

void say(const Json& line) {
    core::write_all(STDOUT_FILENO, core::canonical(line) + "\n", "the answer");
}

int refuse(const Problem& problem) {
    say({{"error", core::to_json(problem)}});
    return 0;
}

/// What comes out of the other half, while somebody waits for it and there is time.
class Tap {
  public:
    Tap(int fd, seconds patience) : fd_(fd), end_(steady_clock::now() + patience) {}

    /// Some bytes; "" at the end, or when it is over.
    std::string some() {
        while (!late() && !left_alone()) {
            pollfd waiting{fd_, POLLIN, 0};
            if (::poll(&waiting, 1, 200) > 0) {
                std::string buffer(65'536, '\0');
                const auto got = ::read(fd_, buffer.data(), buffer.size());
                buffer.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
                return buffer;
            }
        }
        return "";
    }
    bool late() const { return steady_clock::now() >= end_; }

  private:
    /// Whoever asked has gone away.
    static bool left_alone() {
        pollfd asker{STDIN_FILENO, POLLRDHUP, 0};
        return is_socket(STDIN_FILENO) && ::poll(&asker, 1, 0) > 0;
    }

    int fd_;
    steady_clock::time_point end_;
};

/// The line that it says first; the bytes after it are left in `rest`.
std::string first_line(Tap& tap, std::string& rest) {
    std::string line;
    for (;;) {
        const auto end = line.find('\n');
        if (end != std::string::npos) {
            rest = line.substr(end + 1);
            return line.substr(0, end);
        }
        const std::string more = tap.some();
        if (more.empty() || line.size() > most_line) {
            return "";
        }
        line += more;
    }
}

const Json* field(const Json& object, const char* key) {
    const auto it = object.is_object() ? object.find(key) : object.end();
    return it == object.end() ? nullptr : &*it;
}

/// How much comes after it; 0 for what is no result. It met hostile bytes, and may say anything.
std::uint64_t announced(const Json& answer) {
    const Json* result = field(answer, "result");
    const Json* bytes = result == nullptr ? nullptr : field(*result, "nar_bytes");
    if (result != nullptr && bytes == nullptr) {
        bytes = field(*result, "lock_bytes");
    }
    return bytes != nullptr && bytes->is_number_unsigned() ? bytes->get<std::uint64_t>() : 0;
}

std::string code_of(const Json& answer) {
    const Json* error = field(answer, "error");
    const Json* code = error == nullptr ? nullptr : field(*error, "code");
    return code != nullptr && code->is_string() ? code->get<std::string>() : "";
}

/// What it says, or what kept it from saying more: the way out knows better than Nix.
Json verdict(const std::string& line, const std::optional<Problem>& kept, const Job& job,
             bool late) {
    auto said = core::parse_json(line, {.bytes = most_line, .depth = 4});
    if (said && (announced(*said) > 0 || code_of(*said) == "input_mismatch")) {
        return std::move(said).value();
    }
    const std::string name = job.subject + ": ";
    if (kept) {
        Problem why = *kept;
        why.message = name + why.message;
        return {{"error", core::to_json(why)}};
    }
    if (said && !code_of(*said).empty()) {
        return std::move(said).value();
    }
    return {{"error", core::to_json({.code = late ? "fetch_timeout" : "input_not_fetched",
                                     .message = name + (late ? "it did not come in time"
                                                             : "its fetch ended without a word"),
                                     .where = "flake.lock",
                                     .hint = "journalctl -u 'agentd-fetch@*'"})}};
}

Job job_of(const Asked& asked) {
    return core::match(
        asked,
        [](const Question& one) {
            return Job{.subject = "the input `" + one.name + "`",
                       .seconds = one.seconds,
                       .bytes = one.bytes,
                       .servers = servers_of(one.source),
                       .work = [&one](const Inside& inside, int out) {
                           return fetch_inside(one, inside, out);
                       }};
        },
        [](const LockQuestion& one) {
            return Job{.subject = evaluator::fetch_of(one.wanted).what,
                       .seconds = one.seconds,
                       .bytes = one.bytes,
                       .servers = servers_of(one.wanted),
                       .work = [&one](const Inside& inside, int out) {
                           return relock_inside(one, inside, out);
                       }};
        });
}

int serve(const Asked& asked, const Options& options) {
    const Folder folder(options.work);
    const Job job = job_of(asked);
    const Inside inside{.programs = options.programs, .folder = folder.path()};
    const Half half([&](int out) { return job.work(inside, out); });
    std::optional<Egress> egress;
    if (auto listener = half.listener()) {
        const auto named = servers_of(options.origins);
        egress.emplace(std::move(listener), Reach(job.servers, named), job.bytes);
    }
    Tap tap(half.answer(), job.seconds + seconds(15));
    std::string rest;
    const std::string line = first_line(tap, rest);
    const Json answer = verdict(line, egress ? egress->refused() : std::nullopt, job, tap.late());
    say(answer);
    for (std::uint64_t left = announced(answer); left > 0; rest.clear()) {
        if (rest.empty()) {
            rest = tap.some();
        }
        if (rest.empty()) {
            return 1; // the other half died, whoever asked left, or it took too long
        }
        rest.resize(std::min<std::uint64_t>(rest.size(), left));
        core::write_all(STDOUT_FILENO, rest, "the answer");
        left -= rest.size();
    }
    return 0;
}

core::Result<Asked> asked() {
    if (!is_socket(STDIN_FILENO)) {
        std::string line(most_asked + 1, '\0');
        std::cin.getline(line.data(), static_cast<std::streamsize>(line.size()));
        line.resize(static_cast<std::size_t>(std::max<std::streamsize>(std::cin.gcount() - 1, 0)));
        return asked_from(line);
    }
    core::LineChannel in(core::Fd(::dup(STDIN_FILENO)));
    const auto read = in.read_line(seconds(10));
    return asked_from(read.line);
}

} // namespace

int answer_one(const std::vector<std::string>& words) {
    const Options options = options_from(words);
    if (::geteuid() == 0) {
        return refuse({.code = "denied",
                       .message = "agentd-fetch does not run as root",
                       .hint = "as a user that has nothing: setpriv --reuid 65534 …"});
    }
    const auto question = asked();
    if (!question) {
        return refuse(question.problem());
    }
    try {
        return serve(*question, options);
    } catch (const Failure& failure) {
        return refuse(
            {.code = "input_not_fetched", .message = failure.what(), .where = failure.where()});
    }
}

} // namespace agentd::fetching

// agentd-probe: one question on stdin, one line of JSON on stdout. Started by root's helper, and
// then once more by itself, shut in.
#include "agentd/core/fd.hpp"
#include "agentd/probe/ask.hpp"
#include "agentd/probe/shut_in.hpp"

#include <exception>
#include <string_view>
#include <unistd.h>

namespace {

using namespace agentd;

probe::Answer answer(bool shut_in) {
    std::string words;
    char bytes[4096];
    ssize_t got = 0;
    while (words.size() <= probe::longest_question &&
           (got = ::read(STDIN_FILENO, bytes, sizeof bytes)) > 0) {
        words.append(bytes, static_cast<std::size_t>(got));
    }
    const auto question = probe::parse_question(words);
    if (!question) {
        return probe::cannot("agentd-probe takes one question as JSON on its stdin: " +
                             question.problem().message);
    }
    return shut_in ? probe::ask(*question) : probe::cannot(probe::start_shut_in(*question).message);
}

int run(bool shut_in) {
    core::write_all(STDOUT_FILENO, probe::to_json_line(answer(shut_in)), "stdout");
    return 0;
}

} // namespace

#if defined(__SANITIZE_ADDRESS__) // looking for leaks takes a child and looks into it
extern "C" const char* __asan_default_options() {
    return "detect_leaks=0";
}
#endif

int main(int count, char** words) try {
    return run(count == 2 && std::string_view(words[1]) == "shut-in");
} catch (const std::exception& error) {
    static_cast<void>(!::write(STDERR_FILENO, error.what(), std::string_view(error.what()).size()));
    return 1;
}

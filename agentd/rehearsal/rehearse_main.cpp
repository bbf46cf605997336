/// agentd-rehearse [--peer USER] [--lend FOLDER]…: one question on stdin, one answer on stdout;
/// boots a proposed system in a container and tells what became of it. agentd-rehearse --enter PID
/// PROGRAM …: see enter.hpp.
#include "agentd/core/failure.hpp"
#include "agentd/rehearsal/answer.hpp"
#include "agentd/rehearsal/enter.hpp"
#include "agentd/rehearsal/fence.hpp"
#include "agentd/rehearsal/place.hpp"

#include <iostream>
#include <string>
#include <vector>

int main(int argc, char** argv) {
    using namespace agentd;
    const std::vector<std::string> words(argv + 1, argv + argc);
    try {
        rehearsal::fence_off(); // inherited by all that is started here
        if (!words.empty() && words.front() == "--enter") {
            return rehearsal::enter_and_run({words.begin() + 1, words.end()});
        }
        if (!words.empty() && words.front() == "--boot") {
            return rehearsal::boot_here({words.begin() + 1, words.end()});
        }
        return rehearsal::answer_one(words);
    } catch (const core::Failure& failure) {
        std::cerr << "agentd-rehearse: " << failure.what() << '\n';
        return failure.kind() == core::FailureKind::misconfigured ? 78 : 1;
    }
}

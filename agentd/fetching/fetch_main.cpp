/// agentd-fetch [--origin ORIGIN]… [--nix PROGRAM] [--nix-store PROGRAM] [--git PROGRAM]
/// [--work FOLDER]: one locked input on stdin, what became of it and its NAR on stdout.
#include "agentd/core/failure.hpp"
#include "agentd/fetching/answer.hpp"

#include <csignal>
#include <iostream>
#include <string>
#include <vector>

int main(int argc, char** argv) {
    using namespace agentd;
    std::signal(SIGPIPE, SIG_IGN); // whoever asked may be gone
    try {
        return fetching::answer_one({argv + 1, argv + argc});
    } catch (const core::Failure& failure) {
        std::cerr << "agentd-fetch: " << failure.what() << '\n';
        return failure.kind() == core::FailureKind::misconfigured ? 78 : 1;
    }
}

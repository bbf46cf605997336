// agentd-probe: exit 0 when something is as it should be, 1 when not, 64 when that cannot be found
// out at all; one line on stdout says what was seen.
#include "agentd/core/text.hpp"
#include "agentd/probe/questions.hpp"

#include <cstdio>

int main(int argc, char** argv) {
    const auto answer = agentd::probe::ask({argv + 1, argv + argc});
    std::printf("%s\n", agentd::core::printable(answer.said).c_str());
    return answer.status;
}

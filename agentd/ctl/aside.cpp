#include "agentd/ctl/aside.hpp"

#include "agentd/ctl/view.hpp"

#include <ostream>

namespace agentd::ctl {

void note(const Surroundings& around, std::string_view text) {
    around.out.flush();
    around.err << "note: " << one_line(text, 1000) << std::endl;
}

void complain(const Surroundings& around, const core::Problem& problem) {
    around.out.flush();
    around.err << "agentctl: " << one_line(problem.message, 1000) << '\n';
    if (!problem.where.empty()) {
        around.err << "  where: " << one_line(problem.where, 1000) << '\n';
    }
    if (!problem.hint.empty()) {
        around.err << "  next: " << one_line(problem.hint, 1000) << '\n';
    }
    around.err.flush();
}

} // namespace agentd::ctl

#include "agentd/auditd/options.hpp"
#include "agentd/auditd/service.hpp"
#include "agentd/core/failure.hpp"
#include "agentd/core/log.hpp"

#include <exception>

int main(int argc, char** argv) {
    using namespace agentd;
    constexpr int busy = 75;
    core::log_as("agentd-auditd");
    const auto parsed = auditd::parse_options(argc, argv);
    if (const int* status = std::get_if<int>(&parsed)) {
        return *status;
    }
    try {
        return auditd::serve(std::get<auditd::Options>(parsed));
    } catch (const core::Failure& failure) {
        core::log(core::Level::error, failure.what());
        return failure.kind() == core::FailureKind::busy ? busy : 1;
    } catch (const std::exception& trouble) {
        core::log(core::Level::error, trouble.what());
        return 1;
    }
}

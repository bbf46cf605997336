/// @file
/// Root's tools over folders of a test's own, and a log that gives everybody the same answer.
#pragma once

#include "agentd/applyd/apply.hpp"
#include "agentd/core/line_socket.hpp"
#include "agentd/machine/options.hpp"
#include "tests/support/fixed_clock.hpp"
#include "tests/support/temp_dir.hpp"

#include <thread>

namespace agentd::test {

/// The log's writer, with the same answer for everybody.
class Writer {
  public:
    Writer(const std::string& path, std::string answer)
        : listener_({.path = path}),
          thread_([this, answer = std::move(answer)](const std::stop_token& stop) {
              while (auto connection = listener_.accept(stop)) {
                  connection->channel.read_line(std::chrono::seconds(5), stop);
                  connection->channel.write_line(answer);
              }
          }) {}

  private:
    core::Listener listener_;
    std::jthread thread_;
};

struct Desk {
    TempDir dir;
    FixedClock clock;
    Config config = configured();
    applyd::Journal journal{dir / "apply"};
    evaluator::Nix nix{evaluator::NixInstallation(evaluator::NixPrograms{}),
                       {.scratch = dir / "scratch"}};
    machine::Machine machine{machine::options_from(config)};
    applyd::Switcher switcher{config, machine, nix};
    applyd::Health health{config, machine, "/nowhere"};
    applyd::WayBack way_back{config, dir / "agentd.toml"};
    audit::Client log{config.audit.socket, std::chrono::seconds(5)};
    applyd::Confirmation confirmation;
    applyd::Brake brake{dir / "apply"};
    applyd::TrustRecords trust{config, clock};
    applyd::Tools tools{.config = config,
                        .clock = clock,
                        .journal = journal,
                        .nix = nix,
                        .machine = machine,
                        .switcher = switcher,
                        .health = health,
                        .way_back = way_back,
                        .log = log,
                        .confirmation = confirmation,
                        .brake = brake,
                        .trust = trust};
    applyd::InFlight in_flight{.proposal = "01ARZ3NDEKTSV4RRFFQ69G5FAV",
                               .intent = "01ARZ3NDEKTSV4RRFFQ69G5FAW",
                               .statement_sha256 = std::string(64, 'a'),
                               .nonce = std::string(64, '7'),
                               .mode = "switch"};

    Config configured() const {
        Config out{.host = *core::HostName::parse("web")};
        out.machine = {.kind = MachineKind::demo, .root = dir.path()};
        out.audit = {.directory = dir.path(), .socket = dir / "log"};
        out.apply.directory = dir / "apply";
        return out;
    }
    void intend() {
        (void)journal.spend(in_flight.nonce, clock.now(), clock.now());
        applyd::Apply(in_flight, tools, {}).intend();
    }
};

} // namespace agentd::test

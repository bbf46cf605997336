#include "agentd/applyd/apply.hpp"
#include "agentd/applyd/intent.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/line_socket.hpp"
#include "agentd/machine/options.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fixed_clock.hpp"
#include "tests/support/temp_dir.hpp"

#include <thread>

using namespace agentd;
using applyd::Apply;

namespace {

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
    test::TempDir dir;
    test::FixedClock clock;
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
                        .brake = brake};
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
        journal.spend(in_flight.nonce, clock.now(), clock.now());
        Apply(in_flight, tools, {}).intend();
    }
};

std::string refusal(const std::string& code) {
    return R"({"ok":false,"error":{"code":")" + code + R"(","message":"no"}})";
}

} // namespace

TEST_CASE("an intent that the log refused never was: the statement is good for another try") {
    Desk desk;
    const Writer writer(desk.config.audit.socket, refusal("disk_full"));
    CHECK_THROWS_AS(desk.intend(), core::Failure);
    CHECK_FALSE(desk.journal.in_flight());
    CHECK_FALSE(desk.journal.spent(desk.in_flight.nonce));
}

TEST_CASE("an intent that the log's disk broke under may be found in it: it is settled, and its "
          "statement used") {
    Desk desk;
    const Writer writer(desk.config.audit.socket, refusal("unavailable"));
    CHECK_THROWS_AS(desk.intend(), core::Failure);
    REQUIRE(desk.journal.in_flight());
    CHECK(desk.journal.in_flight()->intent == desk.in_flight.intent);
    CHECK(desk.journal.spent(desk.in_flight.nonce));
}

TEST_CASE("the way back is armed for no longer than was meant, whatever the clock was set to") {
    using namespace std::chrono_literals;
    const test::FixedClock clock;
    const Config::Apply settings{.way_back = 300s, .confirm_wait = 120s};
    applyd::InFlight in_flight{.deadline = clock.now() + 300s};
    CHECK(applyd::time_left(in_flight, settings, clock.now() + 40s) == 260s);
    CHECK(applyd::time_left(in_flight, settings, clock.now() - std::chrono::hours(240)) == 300s);
    CHECK(applyd::time_left(in_flight, settings, clock.now() + std::chrono::hours(240)) == 1s);
    in_flight.confirm = "the firewall";
    CHECK(applyd::time_left(in_flight, settings, clock.now() - std::chrono::hours(240)) == 420s);
}

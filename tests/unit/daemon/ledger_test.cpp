#include "agentd/core/failure.hpp"
#include "agentd/core/line_socket.hpp"
#include "agentd/pipeline/ledger.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fixed_clock.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/store/log_lines.hpp"

#include <nlohmann/json.hpp>

#include <mutex>
#include <thread>

using namespace agentd;
using core::Json;

namespace {

/// The log's writer, in memory. Somebody else's entry may come in just before the next one.
class Log {
  public:
    explicit Log(const std::string& path)
        : listener_({.path = path}), thread_([this](const std::stop_token& stop) {
              while (auto connection = listener_.accept(stop)) {
                  for (;;) {
                      const auto read =
                          connection->channel.read_line(std::chrono::seconds(5), stop);
                      if (read.end != core::LineChannel::End::line) {
                          break;
                      }
                      connection->channel.write_line(
                          core::canonical(answer(Json::parse(read.line))));
                  }
              }
          }) {}

    void next_comes_after(const std::string& type, const std::string& subject, const Json& body) {
        const std::lock_guard lock(mutex_);
        quicker_ = [=, this] { lines_.add(type, subject, body); };
    }

  private:
    Json answer(const Json& request) {
        const std::lock_guard lock(mutex_);
        if (request.at("op") == "read") {
            return {{"ok", true},
                    {"size", lines_.lines().size()},
                    {"lines", lines_.from(request.at("from"), request.at("limit"))}};
        }
        if (quicker_) {
            std::exchange(quicker_, nullptr)();
        }
        std::size_t first = 0;
        for (const Json& entry : request.at("entries")) {
            first = lines_.add(entry.at("type").get<std::string>(),
                               entry.at("subject").get<std::string>(), entry.at("body"));
        }
        return {{"ok", true},
                {"first", first},
                {"size", lines_.lines().size()},
                {"root", std::string(64, '0')}};
    }

    std::mutex mutex_;
    test::LogLines lines_;
    std::function<void()> quicker_;
    core::Listener listener_;
    std::jthread thread_;
};

Json moves(const char* from, const char* to) {
    return {{"from", from}, {"to", to}, {"reason", ""}};
}

} // namespace

TEST_CASE(
    "who writes what no longer fits behind somebody else's entry hears that it changed nothing") {
    const test::TempDir dir;
    const test::FixedClock clock;
    Log log(dir / "append.sock");
    store::Projection projection(dir / "rows.db");
    web::EventHub events;
    pipeline::Ledger ledger(dir / "append.sock", projection, events, clock);
    const std::string id = test::proposal_id(1);
    ledger.record("proposal.drafted", id, test::draft_body(1));
    log.next_comes_after("proposal.state", id, moves("drafted", "withdrawn"));
    try {
        ledger.record("proposal.state", id, moves("drafted", "checking"));
        FAIL("it was taken for done");
    } catch (const core::Failure& failure) {
        CHECK(failure.kind() == core::FailureKind::busy);
        CHECK(failure.message().find("nothing was changed") != std::string::npos);
    }
    CHECK(ledger.queries().proposal(id)->state == proposals::State::withdrawn);
    log.next_comes_after("proposal.drafted", test::proposal_id(2), test::draft_body(2));
    ledger.record("proposal.drafted", test::proposal_id(3),
                  test::draft_body(3)); // fits all the same
    CHECK(ledger.queries().proposals(store::Which::open).size() == 2);
}

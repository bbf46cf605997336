// What people are told beside the proof, with the real Nix on the demo's flake.
#include "agentd/pipeline/aside.hpp"
#include "agentd/stages/base.hpp"
#include "agentd/stages/hosts.hpp"
#include "agentd/stages/so_far.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fixed_clock.hpp"
#include "tests/unit/evaluator/nix_fixture.hpp"

#include <atomic>
#include <future>
#include <nlohmann/json.hpp>

using namespace agentd;
using namespace std::chrono_literals;
using evaluator::EvaluationShelf;
using proposals::HostFate;
using stages::BaseLook;
using test::NixFixture;

namespace {

NixFixture& fixture() {
    static NixFixture made;
    return made;
}

/// As strict as can be: with this nothing can be evaluated.
evaluator::Nix no_nix() {
    auto settings = fixture().settings();
    settings.evaluation_deadline = 1ms;
    return fixture().nix(settings);
}

stages::OptionScope scope(const evaluator::FlakeSource& base, evaluator::OptionWords words) {
    return {.base = base, .words = std::move(words)};
}

stages::Base look(const evaluator::Nix& nix, EvaluationShelf& shelf,
                  const stages::OptionScope& of) {
    return BaseLook({.nix = nix, .shelf = &shelf, .scope = of, .host = NixFixture::host()}, {})
        .get();
}

std::map<std::string, HostFate> fates(const evaluator::FlakeSource& base,
                                      const evaluator::FlakeSource& candidate,
                                      const std::vector<std::string>& hosts,
                                      const evaluator::Nix& nix, EvaluationShelf* shelf = nullptr) {
    const test::FixedClock clock;
    const auto all = stages::other_hosts(
        {.base = base, .candidate = candidate, .host = NixFixture::host(), .hosts = hosts},
        {.nix = nix, .shelf = shelf, .clock = clock}, {});
    std::map<std::string, HostFate> out;
    for (const auto& host : all.hosts) {
        out[host.name] = host.fate;
    }
    return out;
}

/// Each look at it is a second later.
class TickingClock : public core::Clock {
  public:
    explicit TickingClock(std::int64_t& now_us) : now_us_(now_us) {}
    core::Instant now() const override { return {}; }
    std::int64_t monotonic_us() const override { return now_us_ += 1'000'000; }

  private:
    std::int64_t& now_us_;
};

const std::string broken = "{ ... }: {\n  a = ;\n}\n";

} // namespace

TEST_CASE("a second proposal on the same base evaluates no base") {
    const auto base = fixture().with_module("{ warnings = [ \"old\" ]; }");
    const auto nix = fixture().nix();
    EvaluationShelf shelf(nix, fixture() / "known");
    const auto one = scope(base, {"networking", "firewall", "allowedTCPPorts"});
    const auto first = look(nix, shelf, one);
    REQUIRE(first.options);
    CHECK(first.options->size() == 1);
    CHECK(first.warnings == std::vector<std::string>{"old"});

    const auto never = no_nix();
    const auto second = look(never, shelf, one);
    REQUIRE(second.options);
    CHECK(second.options->front().value == first.options->front().value);
    CHECK(second.warnings == first.warnings);
    // Options that nobody asked about are read, and then known.
    const auto strange = scope(base, {"security", "sudo", "wheelNeedsPassword"});
    CHECK_FALSE(look(never, shelf, strange).options);
    CHECK(look(nix, shelf, strange).options);
    CHECK(look(never, shelf, strange).options);
    CHECK(look(never, shelf, one).options);
}

TEST_CASE("a base that could not say what its options say of the machine is not evaluated again") {
    const auto base = fixture().with_module("{ warnings = [ \"kept\" ]; }");
    const auto nix = fixture().nix();
    EvaluationShelf shelf(nix, fixture() / "less");
    const auto one = scope(base, {"services", "openssh", "enable"});
    REQUIRE(look(nix, shelf, one).declared);
    auto known = shelf.find(base, NixFixture::host()).value();
    known.evaluated.declared.reset();
    shelf.keep(base, NixFixture::host(), known);
    const auto found = look(no_nix(), shelf, one);
    CHECK(found.options);
    CHECK(found.warnings == std::vector<std::string>{"kept"});
    CHECK_FALSE(found.declared);
}

TEST_CASE("a base that cannot be evaluated still tells its options") {
    const auto base =
        fixture().with_module("{ environment.etc.\"x\".text = throw \"not this one\"; }");
    const auto nix = fixture().nix();
    EvaluationShelf shelf(nix, fixture() / "throws");
    const auto found = look(nix, shelf, scope(base, {"services", "openssh", "enable"}));
    REQUIRE(found.options);
    CHECK(found.options->size() == 1);
    CHECK_FALSE(found.warnings);
}

TEST_CASE("only warnings that the base has not are new") {
    using All = std::vector<std::string>;
    CHECK(stages::new_warnings({"a", "b"}, All{"a"}) == All{"b"});
    CHECK_FALSE(stages::new_warnings({"a"}, std::nullopt));
}

TEST_CASE("a shared module changes the other host, a file of one host does not") {
    const auto base = fixture().head();
    const auto nix = fixture().nix();
    CHECK(fates(base, fixture().with_module("{ networking.firewall.allowedTCPPorts = [ 8080 ]; }"),
                {"db", "web"}, nix) == std::map<std::string, HostFate>{{"db", HostFate::same}});
    const auto moved = fixture().commit(
        {{"modules/agentd.nix", "{ networking.firewall.allowedUDPPorts = [ 4000 ]; }"}});
    CHECK(fates(base, moved, {"db", "web"}, nix)["db"] == HostFate::changed);
}

TEST_CASE("a host that breaks, one that was broken, one that comes and one that goes are told") {
    const auto good = fixture().head();
    const auto bad = fixture().commit({{"hosts/db/default.nix", broken}});
    const auto nix = fixture().nix();
    CHECK(fates(good, bad, {"db", "web"}, nix)["db"] == HostFate::breaks);
    CHECK(fates(bad, bad, {"db", "web"}, nix)["db"] == HostFate::broken);
    CHECK(fates(bad, good, {"db", "web"}, nix)["db"] == HostFate::mended);
    CHECK(fates(good, good, {"db", "gate", "web"}, nix)["gate"] == HostFate::added);
    CHECK(fates(good, good, {"web"}, nix)["db"] == HostFate::removed);
    CHECK(fates(good, bad, {"db", "web"}, no_nix())["db"] == HostFate::unknown);
}

TEST_CASE("a host that was not looked at to its end is not judged, and one that alone is left has "
          "no others") {
    store::Blobs blobs(fixture() / "blobs");
    const auto nix = no_nix();
    const test::FixedClock clock;
    const auto judge = [&](const std::vector<std::string>& hosts) {
        return stages::judge_hosts({.base = fixture().head(),
                                    .candidate = fixture().head(),
                                    .host = NixFixture::host(),
                                    .hosts = hosts},
                                   {.nix = nix, .clock = clock}, blobs, {});
    };
    CHECK(judge({"db", "web"}).evidence.status == proposals::EvidenceStatus::unjudged);
    CHECK(judge({"web"}).changes.hosts.empty());
}

TEST_CASE("where the base cannot say its hosts none is told to come or to go, which is said") {
    store::Blobs blobs(fixture() / "blobs");
    const auto nix = fixture().nix();
    const test::FixedClock clock;
    const auto torn = fixture().commit({{"flake.nix", "{ outputs = throw \"no\"; }\n"}});
    const auto judged = stages::judge_hosts(
        {.base = torn, .candidate = fixture().head(), .host = NixFixture::host()},
        {.nix = nix, .clock = clock}, blobs, {});
    CHECK(judged.evidence.status == proposals::EvidenceStatus::unjudged);
    CHECK(judged.evidence.summary.find("Which hosts come and which go is not known") !=
          std::string::npos);
    REQUIRE(judged.changes.hosts.size() == 1);
    CHECK(judged.changes.hosts.front().name == "db");
}

TEST_CASE("a host whose name is two lines forges no line of the log") {
    store::Blobs blobs(fixture() / "blobs");
    const auto nix = fixture().nix();
    const test::FixedClock clock;
    const auto judged =
        stages::judge_hosts({.base = fixture().head(),
                             .candidate = fixture().head(),
                             .host = NixFixture::host(),
                             .hosts = std::vector<std::string>{"db", "nas: same\ngate", "web"}},
                            {.nix = nix, .clock = clock}, blobs, {});
    const auto log = blobs.get(judged.evidence.log_blob.value()).value();
    CHECK(log.find("\ngate") == std::string::npos);
    CHECK(log.find("gate: added") != std::string::npos);
}

TEST_CASE("a host that lacks an input of its lock is not said to break") {
    const auto nix = fixture().nix();
    const std::string lock =
        R"({"nodes":{"root":{"inputs":{"far":"far"}},"far":{"locked":{"type":"github","owner":"x",)"
        R"("repo":"y","rev":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","narHash":)"
        R"("sha256-5Drk9YU5pfm1z2EolgJjzAU97Rx1FqQDUimZLQSFWDI="},"original":{"type":"github",)"
        R"("owner":"x","repo":"y"}}},"root":"root","version":7})";
    const auto lacking = fixture().commit({{"flake.lock", lock}, {"hosts/db/default.nix", broken}});
    CHECK(fates(fixture().head(), lacking, {"db", "web"}, nix)["db"] == HostFate::unknown);
}

TEST_CASE("what a host was at the base is known after the first proposal") {
    const auto nix = fixture().nix();
    const auto base = fixture().head();
    EvaluationShelf shelf(nix, fixture() / "hosts");
    CHECK(fates(base, base, {"db", "web"}, nix, &shelf)["db"] == HostFate::same);
    CHECK(fates(base, base, {"db", "web"}, no_nix(), &shelf)["db"] == HostFate::same);
}

TEST_CASE("what is known early is told beside the base, and alone where there is none") {
    const evaluator::EarlyFacts early{.facts_json = "{\"ssh_passwords\":true,\"tcp_ports\":[22]}",
                                      .hosts = {"db", "web"},
                                      .warnings = {"old", "new"}};
    const auto path = core::StorePath::parse("/nix/store/" + std::string(32, 'a') + "-x").value();
    const evaluator::KnownEvaluation base{
        .evaluated = {.drv = path,
                      .toplevel = path,
                      .warnings = {"old"},
                      .facts_json = "{\"ssh_passwords\":false,\"tcp_ports\":[22]}"}};
    const auto of = scope(fixture().head(), {});
    const auto beside = stages::so_far(early, of, base);
    REQUIRE(beside.at("facts").size() == 1);
    CHECK(beside.at("facts").at(0).at("says") == "the SSH server takes passwords");
    CHECK(beside.at("facts").at(0).at("before") == "false");
    CHECK(beside.at("warnings") == core::Json{"new"});
    const auto alone = stages::so_far(early, of, std::nullopt);
    CHECK(alone.at("compared") == false);
    CHECK(alone.at("facts").size() == 2);
}

TEST_CASE("what nobody waits for steps aside, and is done again afterwards") {
    pipeline::Aside aside;
    std::promise<void> began, done;
    std::atomic<int> times = 0;
    aside.post("x", [&](const std::stop_token& stop) {
        aside.in_turn(stop, [&](const std::stop_token& own) {
            if (++times == 1) {
                began.set_value();
                while (!own.stop_requested()) {
                    std::this_thread::yield();
                }
                return false;
            }
            return true;
        });
        done.set_value();
    });
    began.get_future().wait();
    { const pipeline::Aside::Hold hold(aside); }
    done.get_future().wait();
    CHECK(times == 2);
}

TEST_CASE("what came to its end while somebody began to hold is not done again") {
    pipeline::Aside aside;
    std::promise<void> began, held, done;
    auto now_held = held.get_future();
    std::atomic<int> times = 0;
    aside.post("x", [&](const std::stop_token& stop) {
        aside.in_turn(stop, [&](const std::stop_token&) {
            if (++times == 1) {
                began.set_value();
                now_held.wait();
            }
            return true;
        });
        done.set_value();
    });
    began.get_future().wait();
    {
        const pipeline::Aside::Hold hold(aside);
        held.set_value();
        done.get_future().wait();
    }
    CHECK(times == 1);
}

TEST_CASE("what always has to step aside ends when its time is over, and is not judged") {
    store::Blobs blobs(fixture() / "blobs");
    const auto nix = fixture().nix();
    std::int64_t now_us = 0;
    const TickingClock clock(now_us);
    std::stop_source stopped;
    stopped.request_stop();
    const auto judged = stages::judge_hosts({.base = fixture().head(),
                                             .candidate = fixture().head(),
                                             .host = NixFixture::host(),
                                             .hosts = std::vector<std::string>{"db", "web"}},
                                            {.nix = nix,
                                             .clock = clock,
                                             .most = 10s,
                                             .in_turn =
                                                 [&](const stages::HostsTools::Look& look) {
                                                     while (!look(stopped.get_token())) {
                                                     }
                                                 }},
                                            blobs, {});
    CHECK(judged.evidence.status == proposals::EvidenceStatus::unjudged);
}

TEST_CASE("while somebody holds nothing is begun, and what is cancelled is not done") {
    pipeline::Aside aside;
    std::atomic<int> times = 0;
    std::promise<void> last;
    const auto work = [&](const std::stop_token& stop) {
        aside.in_turn(stop, [&](const std::stop_token& own) {
            times += own.stop_requested() ? 0 : 1;
            return true;
        });
    };
    {
        const pipeline::Aside::Hold hold(aside);
        aside.post("a", work);
        aside.post("b", work);
        CHECK(times == 0);
        aside.cancel("a");
    }
    aside.post("c", [&](const std::stop_token&) { last.set_value(); });
    last.get_future().wait();
    CHECK(times == 1);
}

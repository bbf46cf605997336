#include "agentd/core/failure.hpp"
#include "evaluator/build.hpp"
#include "evaluator/store_info.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/evaluator/nix_fixture.hpp"

#include <algorithm>
#include <chrono>
#include <fcntl.h>
#include <filesystem>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

using namespace agentd;
using namespace std::chrono_literals;
using evaluator::BuildCancelled;
using evaluator::BuildEvent;
using evaluator::BuildRefused;
using evaluator::Built;
using test::NixFixture;

namespace {

NixFixture& fixture() {
    static NixFixture made;
    return made;
}

core::StorePath derivation(const std::string& name, const std::string& script,
                           const std::string& more = "") {
    return fixture().derivation(name, script, more);
}

evaluator::BuildOutcome built(const core::StorePath& drv, const evaluator::NixSettings& settings,
                              const evaluator::BuildCallback& on_event = {},
                              std::stop_token stop = {}) {
    return evaluator::build(fixture().nix(settings),
                            {.drv = drv, .gc_root = fixture() / "gcroots/x"}, on_event, stop);
}

BuildRefused refused(const core::StorePath& drv, const evaluator::NixSettings& settings) {
    auto outcome = built(drv, settings);
    REQUIRE(std::holds_alternative<BuildRefused>(outcome));
    return std::get<BuildRefused>(outcome);
}

bool holds(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

/// True when a process with this mark in its arguments runs.
bool seen(const std::string& mark) {
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
        try {
            if (holds(core::read_file(entry.path().string() + "/cmdline"), mark)) {
                return true;
            }
        } catch (const core::Failure&) {
            continue; // not a process, or gone meanwhile
        }
    }
    return false;
}

/// True when it goes on: newer versions kill a builder and do not wait until it is gone.
bool runs(const std::string& mark) {
    for (int tenths = 0; tenths < 50; ++tenths) {
        if (!seen(mark)) {
            return false;
        }
        static_cast<void>(::poll(nullptr, 0, 100));
    }
    return true;
}

} // namespace

TEST_CASE(
    "an evaluated host is built, rooted, and described by a manifest that is always the same") {
    const auto nix = fixture().nix();
    const auto outcome = evaluator::evaluate(nix, fixture().head(), NixFixture::host());
    REQUIRE(std::holds_alternative<evaluator::Evaluated>(outcome));
    const auto& evaluated = std::get<evaluator::Evaluated>(outcome);
    const std::string root = fixture() / "gcroots/host";
    auto result = evaluator::build(nix, {.drv = evaluated.drv, .gc_root = root});
    if (const auto* no = std::get_if<BuildRefused>(&result)) {
        INFO(no->log.text);
        FAIL(no->problem.message);
    }
    const auto& done = std::get<Built>(result);
    REQUIRE(done.outputs == std::vector{evaluated.toplevel});
    CHECK(done.nix_time > 0ms);
    CHECK(std::filesystem::read_symlink(root) == evaluated.toplevel.str());
    CHECK(std::filesystem::exists(evaluated.toplevel.str() + "/bin/switch-to-configuration"));

    const auto closure = evaluator::closure_of(nix, evaluated.toplevel);
    REQUIRE(closure);
    CHECK(closure->paths.size() > 10);
    CHECK(std::is_sorted(closure->paths.begin(), closure->paths.end(),
                         [](const auto& a, const auto& b) { return a.path < b.path; }));
    REQUIRE(closure->find(evaluated.toplevel) != nullptr);
    for (const auto& info : closure->paths) {
        for (const auto& reference : info.references) {
            CHECK(closure->find(reference) != nullptr);
        }
    }
    const auto manifest = evaluator::manifest_of(*closure);
    CHECK(manifest.text ==
          evaluator::manifest_of(evaluator::closure_of(nix, evaluated.toplevel).value()).text);
    CHECK(holds(manifest.text, evaluated.toplevel.str() + "\tsha256-"));
    CHECK(evaluator::path_info(nix, evaluated.toplevel)->nar_hash ==
          closure->find(evaluated.toplevel)->nar_hash);
    CHECK(evaluator::verify_paths(nix, {evaluated.toplevel}));

    auto again = evaluator::build(nix, {.drv = evaluated.drv, .gc_root = root});
    CHECK(std::get<Built>(again).built.empty());
}

TEST_CASE("a path the store does not have is a problem that says so") {
    const auto path =
        core::StorePath::parse("/nix/store/9pwif5z7b8nbvcmg7p2071g2hi6z9yc7-nowhere").value();
    CHECK(evaluator::closure_of(fixture().nix(), path).problem().code == "not_in_store");
    CHECK(evaluator::path_info(fixture().nix(), path).problem().code == "not_in_store");
}

TEST_CASE("a path whose bytes were changed does not verify") {
    const auto drv = derivation("damaged", "echo right > $out");
    const auto outcome = built(drv, fixture().settings());
    const auto path = std::get<Built>(outcome).outputs.front();
    std::filesystem::permissions(path.str(), std::filesystem::perms(0644));
    core::Fd file = core::open_file(path.str(), O_WRONLY | O_TRUNC);
    core::write_all(file.get(), "wrong\n", path.str());
    const auto no = evaluator::verify_paths(fixture().nix(), {path});
    REQUIRE_FALSE(no);
    CHECK(no.problem().code == "store_damaged");
    CHECK(no.problem().where == path.str());
    file = core::open_file(path.str(), O_WRONLY | O_TRUNC);
    core::write_all(file.get(), "right\n", path.str());
    std::filesystem::permissions(path.str(), std::filesystem::perms(0444));
    std::filesystem::last_write_time(path.str(), std::filesystem::file_time_type{});
    CHECK(evaluator::verify_paths(fixture().nix(), {path}));
}

TEST_CASE("what happens in a build is told as it happens") {
    const auto drv = derivation("talks", "echo one; echo two >&2; printf three; echo x > $out");
    std::vector<std::string> told;
    const auto outcome = built(drv, fixture().settings(), [&](const BuildEvent& event) {
        switch (event.kind) {
        case BuildEvent::Kind::started:
            told.push_back("started");
            break;
        case BuildEvent::Kind::log:
            told.push_back(event.line);
            break;
        case BuildEvent::Kind::finished:
            told.push_back("finished");
            break;
        case BuildEvent::Kind::failed:
            told.push_back("failed");
            break;
        case BuildEvent::Kind::phase:
        case BuildEvent::Kind::fetching:
        case BuildEvent::Kind::fetched:
        case BuildEvent::Kind::progress:
            return;
        }
        CHECK(event.derivation == drv.str());
    });
    CHECK(told == std::vector<std::string>{"started", "one", "two", "three", "finished"});
    const auto& done = std::get<Built>(outcome);
    CHECK(done.log.text == "talks> one\ntalks> two\ntalks> three\n");
    CHECK(done.built == std::vector{drv.str()});
}

TEST_CASE("a failing build names its derivation and gives its last lines") {
    const auto bad =
        derivation("bad", "i=0; while [ $i -lt 40 ]; do echo line $i; i=$((i+1)); done; exit 3");
    const auto no = refused(bad, fixture().settings());
    CHECK(no.problem.code == "build_failed");
    CHECK(no.problem.message == "bad did not build");
    CHECK(no.failed_derivation == bad.str());
    REQUIRE(no.last_lines.size() == 25);
    CHECK(no.last_lines.back() == "line 39");
    CHECK(holds(no.log.text, "bad> line 0\n"));
}

TEST_CASE("the derivation that failed is named, not the one that needed it") {
    const auto bad = derivation("inner", "echo because; exit 1");
    const auto top = derivation("outer", "echo x > $out", "needs = import " + bad.str() + ";");
    CHECK(refused(top, fixture().settings()).failed_derivation == bad.str());
}

TEST_CASE("of several builds at once only the one that failed is blamed") {
    auto settings = fixture().settings();
    settings.jobs = 3;
    const auto good = derivation("good", "echo fine; echo x > $out");
    const auto slow = derivation("patient", "echo waiting; sleep 4444.4444");
    const auto bad = derivation("hasty", "echo because; sleep 0.3; exit 1");
    const auto top = derivation("three", "echo x > $out",
                                "needs = [ (import " + good.str() + ") (import " + slow.str() +
                                    ") (import " + bad.str() + ") ];");
    const auto no = refused(top, settings);
    CHECK(no.failed_derivation == bad.str());
    CHECK(no.last_lines == std::vector<std::string>{"because"});
    CHECK_FALSE(runs("4444.4444"));
}

TEST_CASE("what a builder writes cannot harm who reads it") {
    const auto drv =
        derivation("rude", "printf '\\033]0;title\\007\\033[31mred\\033[0m \\001bell\\n'; exit 1");
    const auto no = refused(drv, fixture().settings());
    CHECK(holds(no.log.text, "rude> red bell"));
    CHECK_FALSE(holds(no.log.text, "\x1b"));
}

TEST_CASE("bytes that are no text do not break the build's report") {
    const auto drv = derivation("bytes", "printf 'a\\377b\\n'; echo after; echo x > $out");
    const auto outcome = built(drv, fixture().settings());
    if (const auto* no = std::get_if<BuildRefused>(&outcome)) {
        CHECK_FALSE(
            no->problem.message.empty()); // 2.8 ends the build; it must still be a tidy refusal
    } else {
        CHECK(holds(std::get<Built>(outcome).log.text, "after"));
    }
}

TEST_CASE("a very long line is cut and the build goes on") {
    const auto drv = derivation(
        "wide", "head -c 300000 /dev/zero | tr '\\\\0' x; echo; echo end; echo x > $out");
    const auto outcome = built(drv, fixture().settings());
    REQUIRE(std::holds_alternative<Built>(outcome));
    CHECK(holds(std::get<Built>(outcome).log.text, "wide> end"));
    CHECK(std::get<Built>(outcome).log.text.size() < 200000);
}

TEST_CASE("a stopped build ends its builder") {
    const std::string mark = "4242.4242";
    const auto drv = derivation("sleeper", "echo up; sleep " + mark);
    std::stop_source source;
    const auto outcome = built(
        drv, fixture().settings(),
        [&](const BuildEvent& event) {
            if (event.kind == BuildEvent::Kind::log) {
                source.request_stop();
            }
        },
        source.get_token());
    CHECK(std::holds_alternative<BuildCancelled>(outcome));
    CHECK_FALSE(runs(mark));
}

TEST_CASE("a build that takes too long is ended") {
    auto settings = fixture().settings();
    settings.build_deadline = 1s;
    const auto no = refused(derivation("slow", "echo up; sleep 4343.4343"), settings);
    CHECK(no.problem.code == "build_timeout");
    CHECK(no.nix_time < 15s);
    CHECK_FALSE(runs("4343.4343"));
}

TEST_CASE("a build that floods its log is ended") {
    auto settings = fixture().settings();
    settings.build_log = 100'000;
    const auto no =
        refused(derivation("flood", "while :; do echo flood flood flood flood; done"), settings);
    CHECK(no.problem.code == "build_limit");
    CHECK(no.log.text.size() <= settings.build_log);
}

TEST_CASE("a build has no network and sees nothing of the machine") {
    core::Fd bait(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(::bind(bait.get(), reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(::listen(bait.get(), 4) == 0);
    REQUIRE(::getsockname(bait.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
    const std::string url = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/";
    const std::string fetch = "[ ! -e " + fixture().repository() + " ] || exit 9; wget -q -O - " +
                              url + "; echo x > $out";
    // A fixed-output derivation has the network of whoever builds it.
    const auto fixed =
        derivation("fixed", fetch,
                   "outputHashMode = \"flat\"; outputHashAlgo = \"sha256\"; outputHash = "
                   "\"73cb3858a687a8494ca3323053016282f3dad39d42cf62ca4e79dda2aac7d9ac\";");
    CHECK(std::holds_alternative<Built>(built(fixed, fixture().settings())));
    CHECK(std::holds_alternative<Built>(built(derivation("plain", fetch), fixture().settings())));
    pollfd waiting{bait.get(), POLLIN, 0};
    CHECK(::poll(&waiting, 1, 0) == 0);
}

TEST_CASE("a build that asks to be left out of the sandbox is refused") {
    const auto no =
        refused(derivation("free", "echo x > $out", "__noChroot = true;"), fixture().settings());
    CHECK(no.problem.code == "build_failed");
}

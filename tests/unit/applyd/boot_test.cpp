#include "agentd/applyd/boot.hpp"

#include "agentd/applyd/boot_try.hpp"
#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/applyd/desk.hpp"

using namespace agentd;
using applyd::BootTry;
using applyd::leave_alone;
using applyd::Phase;
using test::Desk;

namespace {

/// A change is under way in this boot; a system that was made the default in another is not judged.
struct Booted : Desk {
    explicit Booted(Phase phase) {
        in_flight.boot_id = switcher.this_boot();
        in_flight.phase = phase;
        journal.write(in_flight);
    }
    void unjudged() const {
        BootTry{.proposal = in_flight.proposal, .system = "/nix/store/x", .boot_id = "another"}
            .write(config.apply.directory);
    }
};

} // namespace

TEST_CASE("a boot that is still to be judged waits for a change that has not begun to switch") {
    const Booted booted(Phase::intent);
    booted.unjudged();
    CHECK_FALSE(leave_alone(booted.tools));
}

TEST_CASE("a boot that is still to be judged waits for an act that starts no unit") {
    Booted booted(Phase::activated);
    booted.in_flight.act = R"({"act":"gc_older_than","days":30,"schema":"agentd.act/1"})";
    booted.journal.write(booted.in_flight);
    booted.unjudged();
    CHECK_FALSE(leave_alone(booted.tools));
}

TEST_CASE("a boot is not judged while what may wait for the judgement is at work") {
    for (const Phase phase : {Phase::armed, Phase::activated, Phase::confirming}) {
        const Booted booted(phase);
        booted.unjudged();
        CHECK_THROWS_AS(leave_alone(booted.tools), core::Failure);
    }
    Booted booted(Phase::activated);
    booted.in_flight.act = R"({"act":"restart_unit","schema":"agentd.act/1","unit":"a.service"})";
    booted.journal.write(booted.in_flight);
    booted.unjudged();
    CHECK_THROWS_AS(leave_alone(booted.tools), core::Failure);
}

TEST_CASE("a boot that has nothing to judge leaves alone what began in it") {
    for (const Phase phase : {Phase::intent, Phase::armed, Phase::profile_set}) {
        CHECK(leave_alone(Booted(phase).tools));
    }
    const Desk nothing;
    CHECK_FALSE(leave_alone(nothing.tools));
}

TEST_CASE("what a helper left behind in this boot is settled before the boot is judged") {
    Booted booted(Phase::intent);
    const test::Writer writer(booted.config.audit.socket,
                              R"({"ok":true,"first":0,"size":1,"root":")" + std::string(64, '0') +
                                  "\"}");
    booted.unjudged();
    CHECK(applyd::settle_and_judge(booted.tools).empty());
    CHECK_FALSE(booted.journal.in_flight());
    CHECK_FALSE(BootTry::read(booted.config.apply.directory));
}

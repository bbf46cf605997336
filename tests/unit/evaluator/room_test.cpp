#include "evaluator/room.hpp"

#include "tests/support/catch.hpp"

using namespace agentd::evaluator;

TEST_CASE("what is written for a proposal leaves a part of the disk to the machine") {
    constexpr std::uint64_t gibi = 1ULL << 30;
    CHECK(kept_free(1000 * gibi, 500 * gibi, gibi) == 50 * gibi);
    CHECK(kept_free(1000 * gibi, 20 * gibi, gibi) == 5 * gibi);
    CHECK(kept_free(10 * gibi, gibi / 2, gibi) == gibi);
    CHECK(kept_free(0, 0, gibi) == gibi);
    CHECK(Room("/", 0).left());
    CHECK_FALSE(Room("/", 1ULL << 62).left());
    CHECK(Room("/no/such/folder", 1ULL << 62).left());
}

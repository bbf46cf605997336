#include "agentd/observers/disk.hpp"
#include "tests/support/catch.hpp"

using namespace agentd;
using observers::Disk;
using observers::Severity;

namespace {
constexpr std::uint64_t gib = 1ULL << 30;
}

TEST_CASE("only file systems that keep data are looked at, each once") {
    const auto mounts = observers::real_mounts(
        "21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
        "22 21 0:20 / /proc rw shared:2 - proc proc rw\n"
        "23 21 0:21 / /run rw - tmpfs tmpfs rw\n"
        "24 21 8:1 /nix/store /nix/store ro,relatime shared:1 - ext4 /dev/sda1 rw\n"
        "25 21 8:2 / /boot rw - vfat /dev/sda2 ro,fmask=0022\n"
        "26 21 0:40 /@home /home rw - btrfs /dev/sdb rw\n"
        "27 21 0:41 /@srv /srv/a\\040b rw - btrfs /dev/sdb rw\n"
        "28 21 7:0 / /snap ro - squashfs /dev/loop0 ro\n"
        "nonsense\n");
    REQUIRE(mounts.size() == 3);
    CHECK(mounts[0].point == "/");
    CHECK_FALSE(mounts[0].read_only);
    CHECK(mounts[1].point == "/boot");
    CHECK(mounts[1].read_only);
    CHECK(mounts[2].point == "/home");
}

TEST_CASE("a small disk is full by share, a large one only when little is left") {
    Disk disk;
    CHECK(disk.judge("/",
                     {.bytes = 100 * gib, .bytes_free = 50 * gib, .inodes = 10, .inodes_free = 9})
              .empty());
    CHECK(disk.judge("/a",
                     {.bytes = 4000 * gib, .bytes_free = 100 * gib, .inodes = 10, .inodes_free = 9})
              .empty());
    const auto warned = disk.judge(
        "/b", {.bytes = 100 * gib, .bytes_free = 9 * gib, .inodes = 10, .inodes_free = 9});
    REQUIRE(warned.size() == 1);
    CHECK(warned[0].key == "disk_full:/b");
    CHECK(warned[0].severity == Severity::warning);
    const auto grave = disk.judge(
        "/c", {.bytes = 100 * gib, .bytes_free = 1 * gib, .inodes = 10, .inodes_free = 9});
    REQUIRE(grave.size() == 1);
    CHECK(grave[0].severity == Severity::critical);
}

TEST_CASE("a disk at its limit does not open and close with every look") {
    Disk disk;
    const auto at = [&](std::uint64_t free) {
        return disk.judge("/", {.bytes = 1000, .bytes_free = free, .inodes = 10, .inodes_free = 9})
            .size();
    };
    CHECK(at(99) == 1);
    CHECK(at(105) == 1);
    CHECK(at(99) == 1);
    CHECK(at(125) == 0);
    CHECK(at(105) == 0);
}

TEST_CASE("a file system without inodes of its own is never out of them") {
    Disk disk;
    CHECK(disk.judge("/boot", {.bytes = gib, .bytes_free = gib / 2}).empty());
    CHECK(disk.judge("/x",
                     {.bytes = gib, .bytes_free = gib / 2, .inodes = 1000, .inodes_free = 20})[0]
              .kind == "inodes_full");
}

TEST_CASE("what fstab wants read-only is meant to be") {
    CHECK(observers::wanted_read_only("# /dev/x /a ext4 ro 0 0\n/dev/y /b\\040c ext4 ro,nofail 0 "
                                      "0\n/dev/z /d ext4 rw 0 0\n") ==
          std::set<std::string>{"/b c"});
}

#include "audit/proof.hpp"
#include "audit/tree.hpp"
#include "tests/support/catch.hpp"

#include <bit>
#include <string>

using namespace agentd;
using namespace agentd::audit;

namespace {

std::vector<core::Digest> leaves(std::size_t count) {
    std::vector<core::Digest> out;
    for (std::size_t i = 0; i < count; ++i) {
        out.push_back(leaf_hash("leaf " + std::to_string(i)));
    }
    return out;
}

/// MTH as RFC 6962 section 2.1 writes it down.
core::Digest by_the_book(std::span<const core::Digest> d);

core::Digest root_of_known(std::initializer_list<std::string> inputs) {
    Tree tree;
    for (const auto& input : inputs) {
        tree.append(leaf_hash(input));
    }
    return tree.root();
}

core::Digest by_the_book(std::span<const core::Digest> d) {
    if (d.size() == 1) {
        return d[0];
    }
    const std::size_t k = std::bit_floor(d.size() - 1);
    return node_hash(by_the_book(d.first(k)), by_the_book(d.subspan(k)));
}

} // namespace

TEST_CASE("roots of the known RFC 6962 leaves are the published ones") {
    using namespace std::string_literals;
    // The leaves of Certificate Transparency's reference tests.
    const std::string l0 = "", l1 = "\0"s, l2 = "\x10", l3 = " !", l4 = "01", l5 = "@ABC",
                      l6 = "PQRSTUVW", l7 = "`abcdefghijklmno";
    CHECK(Tree{}.root().hex() ==
          "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(root_of_known({l0}).hex() ==
          "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    CHECK(root_of_known({l0, l1}).hex() ==
          "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125");
    CHECK(root_of_known({l0, l1, l2}).hex() ==
          "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77");
    CHECK(root_of_known({l0, l1, l2, l3, l4, l5, l6, l7}).hex() ==
          "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
}

TEST_CASE("the growing root is the root by the book for every size up to 300") {
    const auto all = leaves(300);
    Tree tree;
    for (std::size_t n = 1; n <= all.size(); ++n) {
        tree.append(all[n - 1]);
        REQUIRE(tree.size() == n);
        REQUIRE(tree.root() == by_the_book(std::span(all).first(n)));
    }
}

TEST_CASE("every inclusion proof up to 40 leaves verifies, and with one bit flipped none does") {
    const auto all = leaves(40);
    for (std::size_t n = 1; n <= all.size(); ++n) {
        const auto tree = std::span(all).first(n);
        const TreeHead head{.size = n, .root = by_the_book(tree)};
        for (std::size_t i = 0; i < n; ++i) {
            auto proof = inclusion_proof(tree, i);
            REQUIRE(proof);
            REQUIRE(verify_inclusion(all[i], i, head, *proof));
            REQUIRE_FALSE(verify_inclusion(leaf_hash("other"), i, head, *proof));
            if (n > 1) {
                REQUIRE_FALSE(verify_inclusion(all[i], (i + 1) % n, head, *proof));
                auto bytes = proof->front().bytes();
                bytes[i % bytes.size()] ^= 1;
                proof->front() = core::Digest(bytes);
                REQUIRE_FALSE(verify_inclusion(all[i], i, head, *proof));
            }
        }
        REQUIRE_FALSE(inclusion_proof(tree, n));
    }
}

TEST_CASE("every consistency proof up to 40 leaves verifies, and a fork never does") {
    const auto all = leaves(40);
    auto forked = all;
    forked[0] = leaf_hash("another history");
    for (std::size_t n = 1; n <= all.size(); ++n) {
        const TreeHead newer{.size = n, .root = by_the_book(std::span(all).first(n))};
        for (std::size_t m = 1; m <= n; ++m) {
            const TreeHead older{.size = m, .root = by_the_book(std::span(all).first(m))};
            const TreeHead fork{.size = m, .root = by_the_book(std::span(forked).first(m))};
            const auto proof = consistency_proof(std::span(all).first(n), m);
            REQUIRE(proof);
            REQUIRE(verify_consistency(older, newer, *proof));
            REQUIRE_FALSE(verify_consistency(fork, newer, *proof));
        }
    }
}

#include "audit/proof.hpp"

#include "audit/tree.hpp"

#include <bit>

namespace agentd::audit {

namespace {

using Leaves = std::span<const core::Digest>;

core::Digest root_of(Leaves leaves) {
    Tree tree;
    for (const auto& leaf : leaves) {
        tree.append(leaf);
    }
    return tree.root();
}

/// The largest power of two below `n`, for n > 1.
std::size_t split_of(std::size_t n) {
    return std::bit_floor(n - 1);
}

void inclusion(Leaves leaves, std::size_t index, Proof& out) {
    if (leaves.size() <= 1) {
        return;
    }
    const std::size_t k = split_of(leaves.size());
    if (index < k) {
        inclusion(leaves.first(k), index, out);
        out.push_back(root_of(leaves.subspan(k)));
    } else {
        inclusion(leaves.subspan(k), index - k, out);
        out.push_back(root_of(leaves.first(k)));
    }
}

void consistency(Leaves leaves, std::size_t old_size, bool whole, Proof& out) {
    if (old_size == leaves.size()) {
        if (!whole) {
            out.push_back(root_of(leaves));
        }
        return;
    }
    const std::size_t k = split_of(leaves.size());
    if (old_size <= k) {
        consistency(leaves.first(k), old_size, whole, out);
        out.push_back(root_of(leaves.subspan(k)));
    } else {
        consistency(leaves.subspan(k), old_size - k, false, out);
        out.push_back(root_of(leaves.first(k)));
    }
}

} // namespace

std::optional<Proof> inclusion_proof(Leaves leaves, std::uint64_t index) {
    if (index >= leaves.size()) {
        return std::nullopt;
    }
    Proof out;
    inclusion(leaves, index, out);
    return out;
}

std::optional<Proof> consistency_proof(Leaves leaves, std::uint64_t old_size) {
    if (old_size == 0 || old_size > leaves.size()) {
        return std::nullopt;
    }
    Proof out;
    consistency(leaves, old_size, true, out);
    return out;
}

bool verify_inclusion(const core::Digest& leaf, std::uint64_t index, const TreeHead& head,
                      std::span<const core::Digest> proof) {
    if (index >= head.size) {
        return false;
    }
    std::uint64_t fn = index;
    std::uint64_t sn = head.size - 1;
    core::Digest r = leaf;
    for (const auto& p : proof) {
        if (sn == 0) {
            return false;
        }
        if ((fn & 1) != 0 || fn == sn) {
            r = node_hash(p, r);
            while ((fn & 1) == 0 && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            r = node_hash(r, p);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && r == head.root;
}

bool verify_consistency(const TreeHead& older, const TreeHead& newer,
                        std::span<const core::Digest> proof) {
    if (older.size == 0 || older.size > newer.size) {
        return false;
    }
    if (older.size == newer.size) {
        return proof.empty() && older.root == newer.root;
    }
    Proof path(proof.begin(), proof.end());
    if (std::has_single_bit(older.size)) {
        path.insert(path.begin(), older.root);
    }
    if (path.empty()) {
        return false;
    }
    std::uint64_t fn = older.size - 1;
    std::uint64_t sn = newer.size - 1;
    while ((fn & 1) != 0) {
        fn >>= 1;
        sn >>= 1;
    }
    core::Digest fr = path.front();
    core::Digest sr = path.front();
    for (std::size_t i = 1; i < path.size(); ++i) {
        if (sn == 0) {
            return false;
        }
        if ((fn & 1) != 0 || fn == sn) {
            fr = node_hash(path[i], fr);
            sr = node_hash(path[i], sr);
            while ((fn & 1) == 0 && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            sr = node_hash(sr, path[i]);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && fr == older.root && sr == newer.root;
}

} // namespace agentd::audit

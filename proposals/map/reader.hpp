/// @file
/// Reads expressions of a repository as Nix would evaluate them, as far as nothing from outside of
/// it is needed: which files a host is made of is said so.
#pragma once

#include "proposals/map/value.hpp"

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::proposals::map {

/// Lazy, bounded, and never wrong on purpose: what cannot be told is `unknown`, what comes from
/// elsewhere is `outside` by its name. Functions of nixpkgs' lib are known by their last name.
/// Values live as long as the reader.
class Reader {
  public:
    struct Bounds {
        std::size_t steps = 3'000'000;
        std::size_t values = 2'000'000;
        std::size_t held = 4'000'000; ///< elements of all lists and sets that were put together
        std::size_t text = 4096;      ///< bytes; a longer one is not known
        int depth = 500;
    };
    explicit Reader(Files& files);
    Reader(Files& files, const Bounds& bounds) : files_(files), bounds_(bounds) {}

    Files& files() noexcept { return files_; }
    /// Bounds were reached: later answers are `unknown`.
    bool exhausted() const noexcept { return exhausted_; }

    /// What a file says; one value for each file.
    Value* import_file(const std::string& path);
    /// Of a path value: a folder's default.nix, the one file that fits where a piece is unknown.
    Value* import_path(Value* path);
    std::vector<std::string> files_for(const std::string& path) const;

    Value* force(Value* value);
    /// nullptr when it certainly has no such name.
    Value* member(Value* value, const std::string& name);
    Value* apply(Value* function, Value* argument);
    /// Names of a set, those of `rest` too.
    std::vector<std::string> names_of(Value* set);
    /// Of what a condition leaves open.
    Value* either(Value* one, Value* other);
    Value* update(Value* left, Value* right);
    /// Lists only; anything else makes a list that may have more.
    std::vector<Item> items_of(Value* list, bool* maybe = nullptr);
    /// A text or a path as text; a hole for anything else.
    std::string text_of(Value* value);

    /// Room for so much more; false when there is none.
    bool hold(std::size_t amount);
    Value* make(Value::Kind kind);
    Value* unknown() { return make(Value::Kind::unknown); }
    Value* outside(std::string name);
    Value* text(std::string text);
    Value* path(std::string path);
    Value* boolean(bool truth);
    Value* list(std::vector<Item> items, bool maybe = false);
    Value* later(const SourceFile& file, nix::NodeId node, Scope* scope);
    /// What a function makes of its arguments, when somebody asks for it.
    Value* call_later(Value* function, std::vector<Item> arguments);
    Value* lazily(std::function<Value*()> maker);
    /// The same text, for as long as the reader.
    std::string_view lasting(const std::string& name) { return *names_.insert(name).first; }

    /// The name that `config.networking.hostName` has; "" is not known.
    std::string host{};
    /// The outputs of the flake, for `self.x`.
    Value* outputs{};
    std::string flake_folder{};
    /// What `lib.extend` made.
    Value* extended_lib{};
    /// The inputs of the flake.
    Value* inputs{};
    /// The outputs that a flake-parts module makes.
    std::function<Value*(Value* arguments, Value* module)> parts{};

  private:
    friend struct Evaluation;
    Scope* scope(Scope* up);
    bool spend();
    Value* made(const Value& waiting);

    Files& files_;
    Bounds bounds_;
    std::deque<Value> values_{};
    std::deque<Scope> scopes_{};
    std::deque<std::function<Value*()>> makers_{};
    std::set<std::string> names_{};
    std::map<std::string, Value*> imported_{};
    std::size_t steps_{};
    std::size_t held_{};
    int depth_{};
    bool exhausted_{};
};

/// A known function of Nix or of nixpkgs' lib.
struct Known {
    std::size_t arguments{};
    Value* (*call)(Reader& reader, std::span<const Item> arguments){};
};
/// nullptr when the last name of `dotted` is none.
const Known* known_function(std::string_view dotted);

} // namespace agentd::proposals::map

// The members of a JSON object in the order of insertion. nlohmann::ordered_map searches them one by one, which takes
// quadratic time for an object with many members; this map has a hash index once there are more than a few.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

#include "record/json_fwd.hpp"

namespace intelia {

/** As nlohmann::ordered_map<std::string, T>, for basic_json. Reading it from several threads at once is safe. */
template <class Key, class T, class Ignored, class Allocator>
class IndexedMap : private std::vector<std::pair<const Key, T>, Allocator> {
  using Members = std::vector<std::pair<const Key, T>, Allocator>;

 public:
  using key_type = Key;
  using mapped_type = T;
  using key_compare = std::equal_to<>;
  using typename Members::allocator_type;
  using typename Members::const_iterator;
  using typename Members::const_pointer;
  using typename Members::const_reference;
  using typename Members::difference_type;
  using typename Members::iterator;
  using typename Members::pointer;
  using typename Members::reference;
  using typename Members::size_type;
  using typename Members::value_type;

  IndexedMap() = default;
  explicit IndexedMap(const Allocator& allocator) : Members(allocator) {}
  template <class Iterator>
  IndexedMap(Iterator first, Iterator last, const Allocator& allocator = Allocator()) : Members(allocator) {
    insert(first, last);
  }
  IndexedMap(std::initializer_list<value_type> list, const Allocator& allocator = Allocator())
      : IndexedMap(list.begin(), list.end(), allocator) {}

  using Members::begin;
  using Members::cbegin;
  using Members::cend;
  using Members::empty;
  using Members::end;
  using Members::max_size;
  using Members::size;

  iterator find(std::string_view key) { return begin() + static_cast<difference_type>(place_of(key)); }
  const_iterator find(std::string_view key) const { return begin() + static_cast<difference_type>(place_of(key)); }
  size_type count(std::string_view key) const { return place_of(key) < size() ? 1 : 0; }

  T& at(std::string_view key) { return member(*this, key).second; }
  const T& at(std::string_view key) const { return member(*this, key).second; }
  template <class Name>
  T& operator[](Name&& key) {
    return emplace(std::forward<Name>(key), T{}).first->second;
  }
  const T& operator[](std::string_view key) const { return at(key); }

  template <class Name, class Value>
  std::pair<iterator, bool> emplace(Name&& key, Value&& value) {
    if (const iterator found = find(key); found != end()) return {found, false};
    Members::emplace_back(std::forward<Name>(key), std::forward<Value>(value));
    add_to_index();
    return {end() - 1, true};
  }
  std::pair<iterator, bool> insert(value_type&& member) { return emplace(member.first, std::move(member.second)); }
  std::pair<iterator, bool> insert(const value_type& member) { return emplace(member.first, member.second); }
  template <class Iterator>
  void insert(Iterator first, Iterator last) {
    for (; first != last; ++first) insert(*first);
  }

  size_type erase(std::string_view key) {
    const iterator found = find(key);
    if (found == end()) return 0;
    erase(found);
    return 1;
  }
  iterator erase(const_iterator place) { return erase(place, place + 1); }
  iterator erase(const_iterator first, const_iterator last) {
    const difference_type begin_place = first - begin(), end_place = last - begin();
    Members kept(Members::get_allocator());
    kept.reserve(size());
    for (difference_type i = 0; i < static_cast<difference_type>(size()); ++i)
      if (i < begin_place || i >= end_place) kept.emplace_back(begin()[i].first, std::move(begin()[i].second));
    Members::swap(kept);
    slots_.clear();
    add_to_index();
    return begin() + begin_place;
  }
  void clear() {
    Members::clear();
    slots_.clear();
  }
  void swap(IndexedMap& other) noexcept {
    Members::swap(other);
    slots_.swap(other.slots_);
  }

  friend bool operator==(const IndexedMap& a, const IndexedMap& b) {
    return static_cast<const Members&>(a) == static_cast<const Members&>(b);
  }
  friend std::partial_ordering operator<=>(const IndexedMap& a, const IndexedMap& b) {
    return static_cast<const Members&>(a) <=> static_cast<const Members&>(b);
  }

 private:
  static constexpr size_type kFew = 16;  // members that are searched one by one

  template <class Self>
  static auto& member(Self& self, std::string_view key) {
    const auto found = self.find(key);
    if (found == self.end()) throw std::out_of_range("key not found");
    return *found;
  }

  /** The place of `key`, or size(). */
  size_type place_of(std::string_view key) const {
    if (slots_.empty()) {
      size_type place = 0;
      while (place < size() && std::string_view(begin()[static_cast<difference_type>(place)].first) != key) ++place;
      return place;
    }
    for (size_type slot = first_slot(key);; slot = (slot + 1) & (slots_.size() - 1)) {
      if (slots_[slot] == 0) return size();
      const size_type place = slots_[slot] - 1;
      if (std::string_view(begin()[static_cast<difference_type>(place)].first) == key) return place;
    }
  }

  size_type first_slot(std::string_view key) const { return std::hash<std::string_view>()(key) & (slots_.size() - 1); }

  void set_slot(size_type place) {
    size_type slot = first_slot(begin()[static_cast<difference_type>(place)].first);
    while (slots_[slot] != 0) slot = (slot + 1) & (slots_.size() - 1);
    slots_[slot] = place + 1;
  }

  /** Adds the last member to the index, which is made anew when it is half full. */
  void add_to_index() {
    if (size() <= kFew) return;
    if (2 * size() <= slots_.size()) return set_slot(size() - 1);
    size_type num_slots = 4 * kFew;
    while (num_slots < 4 * size()) num_slots *= 2;
    slots_.assign(num_slots, 0);
    for (size_type place = 0; place < size(); ++place) set_slot(place);
  }

  std::vector<size_type> slots_;  // a power of two, or empty: for each hash 1 + the place of a member; 0: none
};

}  // namespace intelia

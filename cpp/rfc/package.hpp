// The rows of one call as Arrow columns: lines that are cut, or typed fields.

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "call.hpp"
#include "columns.hpp"

namespace erp::rfc {

// Cells that are no value of their kind. All are counted, the first are kept.
class Refusals {
 public:
  struct Refusal {
    std::size_t row;
    std::string column;  // empty: the whole line
    std::u16string text;
  };

  void add(std::size_t row, const std::string& column, Cell text);

  std::size_t count() const { return count_; }
  const std::vector<Refusal>& kept() const { return kept_; }

 private:
  std::size_t count_ = 0;
  std::vector<Refusal> kept_;
};

struct Package {
  std::shared_ptr<const Batch> batch;
  Refusals refusals;
  double invoke_seconds = 0;
  Record exports{};
};

// What to call, and which of its tables to read.
struct TableCall {
  std::u16string function;
  Record parameters;
  std::u16string table;
  Names small_tables;  // to return as values
};

// See erp_rfc/_core.pyi. A failure throws; there is no partial package.
Package read_lines(Connection& connection, const TableCall& wanted, const std::vector<Cut>& columns,
                   std::optional<char16_t> delimiter);
Package read_table(Connection& connection, const TableCall& wanted,
                   const std::optional<std::vector<Cut>>& columns);

// The same for lines in memory.
Package decode_lines(const std::vector<std::u16string>& lines, const std::vector<Cut>& columns,
                     std::optional<char16_t> delimiter);

}  // namespace erp::rfc
